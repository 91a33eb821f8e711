"""Findings in, one board of them out: question, grade, verdict, estimate with its limits."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language
from analysis.language import numbers, words
from analysis.reporting.figures.forest import every_pair, limits_words, ratio_words
from analysis.reporting.figures.grid import Cell, Head, draw_grid
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import GREY
from analysis.reporting.figures.verdicts import FLAGGED, verdict_words, verdicts_title
from analysis.reporting.shown import Shown

SILENT = ("not_known", "not_submitted", "refused")


def finding_board(
    id: str, findings: Sequence[Finding], *, language: Language, source: str = ""
) -> Shown:
    """Draw every finding on a line; those that are not known are hatched.

    Parameters
    ----------
    findings : sequence of Finding
        In the order drawn.
    """
    sheet = Sheet(
        id,
        language,
        verdicts_title(findings, language),
        words.say("figures.overview_subtitle", language),
    )
    data = [_data(finding, language) for finding in findings]
    if not findings:
        y = sheet.silence(sheet.top, sheet.say("findings_none"))
    else:
        heads = [
            Head(wide, sheet.say(f"column.{name}"))
            for wide, name in (
                (468, "question"),
                (70, "grade"),
                (220, "verdict"),
                (410, "estimate"),
            )
        ]
        y = draw_grid(sheet, sheet.top, heads, [_cells(f, language) for f in findings])
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


def estimate_words(finding: Finding, language: Language) -> str:
    """Write a finding's estimate and headline limits, or its counts where there is no ratio."""
    if finding.unit == "ratio" and finding.estimate.known:
        return ratio_words(finding, language)
    if finding.estimate.known:
        digits = 0 if all(bound == int(bound) for bound in _finite(finding)) else 1
        return numbers.value(finding.estimate, language, digits)
    return ""


def _finite(finding: Finding) -> list[float]:
    return [bound for bound in finding.estimate.bounds if bound != float("inf")]


def _data(finding: Finding, language: Language) -> tuple[str, str, str, str, str]:
    return (
        finding.question.said_in(language),
        words.say("figures.graded", language, grade=finding.grade),
        verdict_words(finding.verdict, language),
        "; ".join(part for part in _estimate(finding, language) if part),
        finding.id,
    )


def _estimate(finding: Finding, language: Language) -> tuple[str, str]:
    pairs = "; ".join(limits_words(pair, language) for pair in every_pair(finding))
    return estimate_words(finding, language), pairs


def _cells(finding: Finding, language: Language) -> list[Cell]:
    silent = finding.verdict in SILENT
    estimate, pairs = _estimate(finding, language)
    verdict = words.capital(verdict_words(finding.verdict, language))
    return [
        Cell(finding.question.said_in(language), note=finding.id),
        Cell(finding.grade, weight="bold", centred=True),
        Cell(
            verdict,
            weight="normal" if finding.verdict in FLAGGED or silent else "bold",
            hatched=silent,
        ),
        Cell(estimate or "–", note=pairs, colour=GREY if not estimate else "#222222"),
    ]
