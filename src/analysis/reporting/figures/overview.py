"""Findings in, one board of them out: by notebook, numbers and gaps in full, documents in brief."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from analysis.contracts.findings import Finding
from analysis.contracts.population import IN_ALL
from analysis.contracts.published import Language
from analysis.language import numbers, words
from analysis.reporting.figures.catalogue import worded
from analysis.reporting.figures.forest import every_pair, is_ratio, limits_words, ratio_words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    BODY,
    GREY,
    GRID,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    line_height,
    text_width,
)
from analysis.reporting.figures.verdicts import FLAGGED, verdict_words, verdicts_title
from analysis.reporting.shown import Shown

SILENT = ("not_known", "not_submitted", "refused")
GRADE, VERDICT, TOLD = MARGIN, MARGIN + 22, MARGIN + 208
BETWEEN = 26.0


def finding_board(
    id: str, findings: Sequence[Finding], *, language: Language, source: str = ""
) -> Shown:
    """Draw every finding, notebook by notebook.

    Findings with a number, and those that are not known, have a line with verdict
    and words; those that only say what documents say are listed by their question.

    Parameters
    ----------
    findings : sequence of Finding
        In the order drawn; neighbours of one notebook are one group.
    """
    sheet = Sheet(
        id,
        language,
        verdicts_title(findings, language),
        words.say("figures.overview_subtitle", language),
    )
    y = sheet.top
    if not findings:
        y = sheet.silence(y, sheet.say("findings_none"))
    for notebook, group in groupby(findings, key=notebook_of):
        y = _group(sheet, y, notebook, list(group))
    data = [_data(finding, language) for finding in findings]
    return sheet.finish(
        y,
        alt=[f"{line[0].rstrip('?.')} – {line[2]}; {line[3]}; {line[1]}" for line in data]
        or [sheet.say("findings_none")],
        columns=[
            sheet.say(f"column.{n}") for n in ("question", "grade", "verdict", "estimate", "id")
        ],
        data=data,
        rows=[row for finding in findings for row in finding.rows],
        source=source,
    )


def notebook_of(finding: Finding) -> str:
    """Return the notebook of a finding: as recorded, else what its id begins with."""
    return finding.notebook or finding.id.partition(".")[0]


def estimate_words(finding: Finding, language: Language) -> str:
    """Write a finding's estimate: a ratio, a number, or nothing where there is none."""
    if is_ratio(finding):
        return ratio_words(finding, language)
    if finding.estimate.known:
        digits = 0 if all(bound == int(bound) for bound in _finite(finding)) else 1
        return numbers.value(finding.estimate, language, digits)
    return ""


def estimate_and_limits(finding: Finding, language: Language) -> str:
    """Write the estimate with every pair of limits."""
    whole = finding.unit == IN_ALL
    pairs = [limits_words(pair, language, whole=whole) for pair in every_pair(finding)]
    return "; ".join(part for part in (estimate_words(finding, language), *pairs) if part)


def _finite(finding: Finding) -> list[float]:
    return [bound for bound in finding.estimate.bounds if bound != float("inf")]


def _data(finding: Finding, language: Language) -> tuple[str, str, str, str, str]:
    return (
        finding.question.said_in(language),
        words.say("figures.graded", language, grade=finding.grade),
        verdict_words(finding.verdict, language),
        estimate_and_limits(finding, language),
        finding.id,
    )


def _group(sheet: Sheet, y: float, notebook: str, findings: Sequence[Finding]) -> float:
    brief = [one for one in findings if one.verdict == "described" and one.grade == "E"]
    y = _head(sheet, y, notebook)
    for finding in findings:
        if finding not in brief:
            y = _full(sheet, y, finding)
    return _in_brief(sheet, y + 2, brief) + 8 if brief else y + 8


def _head(sheet: Sheet, y: float, notebook: str) -> float:
    name = worded(f"notebook.{notebook}", sheet.language, notebook)
    sheet.write(MARGIN, y, name, weight="bold")
    if name != notebook:
        after = MARGIN + text_width(name, weight="bold") + 9
        sheet.write(after, y + 0.6, notebook, size=SMALL, colour=GREY)
    y += line_height(BODY) + 1
    sheet.line((MARGIN, y), (WIDTH - MARGIN, y), colour=LINE)
    return y + 4


def _full(sheet: Sheet, y: float, finding: Finding) -> float:
    """Write grade, verdict, and in words what was found."""
    language, silent = sheet.language, finding.verdict in SILENT
    verdict = words.capital(verdict_words(finding.verdict, language))
    told = finding.question if is_ratio(finding) else finding.short
    named = told.said_in(language) or finding.question.said_in(language)
    sheet.write(GRADE, y, finding.grade, weight="bold")
    low = sheet.write_pair(TOLD, y, named, _own_id(finding), width=WIDTH - MARGIN - TOLD)
    if is_ratio(finding):
        limits = estimate_and_limits(finding, language)
        low = sheet.write(TOLD, low, limits, width=WIDTH - MARGIN - TOLD, size=SMALL)
    wide = TOLD - VERDICT - 18
    weight = "normal" if finding.verdict in FLAGGED else "bold"
    if silent:
        _hatch(sheet, y, verdict, wide)
    under = sheet.write(VERDICT + (7 if silent else 0), y, verdict, width=wide, weight=weight)
    low = max(low, under) + 3
    sheet.line((TOLD, low), (WIDTH - MARGIN, low), colour=GRID)
    return low + 2


def _hatch(sheet: Sheet, y: float, verdict: str, width: float) -> None:
    """Hatch the place of a verdict that says nothing is known, white behind its words."""
    high = line_height(BODY)
    sheet.rectangle(Box(VERDICT, y, width, high), fill="white", hatched=True, z=2)
    plate = Box(VERDICT + 4, y + 1.5, text_width(verdict) + 6, high - 3)
    sheet.rectangle(plate, fill="white", z=2.5)


def _in_brief(sheet: Sheet, y: float, findings: Sequence[Finding]) -> float:
    """List questions in two columns, one line each where they fit."""
    sheet.write(VERDICT, y, sheet.say("overview_described"), size=SMALL, colour=GREY)
    wide = (WIDTH - MARGIN - TOLD - BETWEEN) / 2
    half = (len(findings) + 1) // 2
    low = y
    for column, part in enumerate((findings[:half], findings[half:])):
        x, line = TOLD + column * (wide + BETWEEN), y
        for finding in part:
            sheet.write(x, line, finding.grade, size=SMALL, weight="bold")
            told = finding.question.said_in(sheet.language)
            line = sheet.write_pair(x + 16, line, told, _own_id(finding), width=wide - 16)
        low = max(low, line)
    return low


def _own_id(finding: Finding) -> str:
    """Return the id without the notebook that stands above."""
    return finding.id.removeprefix(f"{notebook_of(finding)}.")
