"""Findings on two periods in, a forest of rate ratios out: every reading, every pair of limits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.findings import Finding, Limits
from analysis.contracts.published import Language, Text
from analysis.language import numbers, words
from analysis.reporting.figures.catalogue import worded
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Dashes, Sheet, block_height
from analysis.reporting.figures.style import (
    BODY,
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    text_width,
    wrap,
)
from analysis.reporting.figures.verdicts import FLAGGED, verdict_words, verdicts_title
from analysis.reporting.shown import Shown

LEFT, RIGHT = 196.0, 566.0
FIRST, SECOND, RATIO = 662.0, 762.0, 768.0
PAIR = 22.0
# A longer beginning is a clause, not the name of what is counted (in characters).
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class LogAxis:
    """Ratios laid out on a logarithmic scale, symmetric steps of two around 1."""

    low: float
    high: float
    left: float = LEFT
    right: float = RIGHT

    def place(self, ratio: float) -> float:
        """Return the pixel of a ratio, kept inside the axis."""
        kept = min(max(ratio, self.low), self.high)
        share = math.log(kept / self.low) / math.log(self.high / self.low)
        return self.left + share * (self.right - self.left)

    def ticks(self) -> list[float]:
        """Return powers of two (of four on a long axis) inside the axis."""
        exponents = range(round(math.log2(self.low)), round(math.log2(self.high)) + 1)
        step = 1 if len(exponents) <= 9 else 2
        return [2.0**power for power in exponents if power % step == 0]


def rate_forest(
    id: str,
    findings: Sequence[Finding],
    *,
    language: Language,
    labels: Mapping[str, Text] | None = None,
    source: str = "",
) -> Shown:
    """Draw rate ratios with their limits, counts on both sides printed.

    A bar spans the least and the most favourable reading of interval counts. Each
    pair of limits has its own line; the headline pair is on top and dark. Hollow
    marks stand for findings whose verdict is flagged. A finding without a ratio
    says its verdict in words.

    Parameters
    ----------
    findings : sequence of Finding
        With ``unit="ratio"``, estimate and limits are the later rate over the earlier.
    labels : mapping of str to Text
        Row labels by indicator; default: what the finding's sentence names before
        its colon, else its question.
    """
    title = _title(findings, labels or {}, language)
    sheet = Sheet(id, language, title, words.say("figures.forest_subtitle", language))
    if not findings:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        y = _draw(sheet, findings, labels or {})
    data = [_data(finding, labels or {}, language) for finding in findings]
    return sheet.finish(
        y,
        alt=[_alt(sheet, line) for line in data] or [sheet.say("not_submitted")],
        columns=[
            sheet.say(f"column.{n}")
            for n in ("question", "before", "after", "ratio", "limits", "verdict")
        ],
        data=data,
        rows=[row for finding in findings for row in finding.rows],
        source=source,
    )


def _title(findings: Sequence[Finding], labels: Mapping[str, Text], language: Language) -> str:
    """Answer for each row; where that is too long to be read, tally the verdicts."""
    answers = [
        words.say(
            "figures.forest_answer",
            language,
            label=_label(finding, labels, language),
            verdict=verdict_words(finding.verdict, language),
        )
        for finding in findings
    ]
    return " · ".join(answers) if 0 < len(answers) <= 3 else verdicts_title(findings, language)


def two_decimals(ratio: float, language: Language) -> str:
    """Write a ratio or a limit of one with two decimals, whatever its size."""
    return "\N{INFINITY}" if math.isinf(ratio) else numbers.number(ratio, language, 2)


def whole_number(amount: float, language: Language) -> str:
    """Write a number of persons, or a limit of one."""
    return "\N{INFINITY}" if math.isinf(amount) else numbers.number(amount, language)


def ratio_words(finding: Finding, language: Language) -> str:
    """Write the estimate: one ratio, or its least and most favourable reading."""
    if not is_ratio(finding):
        return words.say("figures.forest_no_ratio", language)
    low, high = finding.estimate.bounds
    return numbers.span(two_decimals(low, language), two_decimals(high, language), language)


def is_ratio(finding: Finding) -> bool:
    """Whether the estimate is a ratio of two rates, so that it has a place on the axis."""
    return finding.unit == "ratio" and finding.estimate.known


def limits_words(limits: Limits, language: Language, *, whole: bool = False) -> str:
    """Write a pair of limits with its level and method; ``whole``: of persons, no decimals."""
    write = whole_number if whole else two_decimals
    return words.say(
        "figures.limits",
        language,
        low=write(limits.low, language),
        high=write(limits.high, language),
        level=numbers.percent(limits.level, language),
        method=worded(f"limits.{limits.method}", language, limits.method),
    )


def every_pair(finding: Finding) -> list[Limits]:
    """Return all pairs of limits, the headline first."""
    return [*((finding.limits,) if finding.limits else ()), *finding.other_limits]


def _axis(findings: Sequence[Finding]) -> LogAxis:
    bounds = [1.0]
    for finding in filter(is_ratio, findings):
        bounds += [bound for pair in every_pair(finding) for bound in (pair.low, pair.high)]
        bounds += finding.estimate.bounds
    kept = [bound for bound in bounds if 0 < bound < math.inf]
    low = 2.0 ** math.floor(math.log2(min(kept)) - 0.2)
    return LogAxis(min(low, 0.5), max(2.0 ** math.ceil(math.log2(max(kept)) + 0.1), 2.0))


def _draw(sheet: Sheet, findings: Sequence[Finding], labels: Mapping[str, Text]) -> float:
    axis = _axis(findings)
    y = _heads(sheet, sheet.top)
    top = y
    for finding in findings:
        y = _row(sheet, y + 6, axis, finding, labels)
    sheet.line((LEFT, y), (RIGHT, y), colour=LINE)
    for tick in axis.ticks():
        x = axis.place(tick)
        one = tick == 1
        sheet.line((x, top), (x, y), colour=INK if one else GRID, width=1.2 if one else 1, z=1)
        sheet.write(x, y + 4, _fraction(tick, sheet), size=SMALL, ha="center", colour=GREY)
    y += 24
    sheet.write(LEFT, y, sheet.say("forest_lower"), size=SMALL, colour=GREY)
    sheet.write(RIGHT, y, sheet.say("forest_higher"), size=SMALL, colour=GREY, ha="right")
    return y + 22


def _fraction(tick: float, sheet: Sheet) -> str:
    if tick >= 1:
        return numbers.number(tick, sheet.language)
    return f"1/{numbers.number(1 / tick, sheet.language)}"


def _heads(sheet: Sheet, y: float) -> float:
    low = y
    for x, name, ha in (
        (FIRST, "before", "right"),
        (SECOND, "after", "right"),
        (RATIO + 14, "ratio_limits", "left"),
    ):
        told = sheet.say(f"forest_{name}")
        low = max(
            low,
            sheet.write(
                x, y, told, size=SMALL, colour=GREY, ha=ha, width=104 if ha == "right" else 260
            ),
        )
    return low + 2


def _row(
    sheet: Sheet, y: float, axis: LogAxis, finding: Finding, labels: Mapping[str, Text]
) -> float:
    pairs = every_pair(finding) if is_ratio(finding) else []
    label = _label(finding, labels, sheet.language)
    told = _told(finding, sheet.language)
    wide = WIDTH - MARGIN - RATIO - 14
    high = (
        max(
            block_height(label, LEFT - MARGIN - 20),
            sum(block_height(line, wide, size, weight) for line, size, weight in told),
            (len(pairs) + 1) * PAIR,
            40,
        )
        + 12
    )
    middle = y + high / 2
    sheet.middle(LEFT - 16, middle, label, width=LEFT - MARGIN - 20, ha="right")
    _sides(sheet, middle, finding)
    line = (
        middle - sum(block_height(words_, wide, size, weight) for words_, size, weight in told) / 2
    )
    for words_, size, weight in told:
        line = sheet.write(RATIO + 14, line, words_, size=size, weight=weight, width=wide)
    if pairs:
        _marks(sheet, middle, axis, finding, pairs)
    else:
        _no_ratio(sheet, Box(LEFT + 8, y + 6, RIGHT - LEFT - 16, high - 12), finding)
    sheet.line((MARGIN, y + high), (WIDTH - MARGIN, y + high), colour=GRID, z=0.5)
    return y + high


def _told(finding: Finding, language: Language) -> list[tuple[str, float, str]]:
    if not is_ratio(finding):
        return [(ratio_words(finding, language), SMALL, "normal")]
    pairs = [(limits_words(pair, language), SMALL, "normal") for pair in every_pair(finding)]
    return [(ratio_words(finding, language), BODY, "bold"), *pairs]


def _sides(sheet: Sheet, middle: float, finding: Finding) -> None:
    for x, side in zip((FIRST, SECOND), finding.sides, strict=False):
        count = numbers.value(side.count, sheet.language)
        years = numbers.years(side.first_year, side.last_year, sheet.language)
        lines = wrap(count, 86, BODY, "bold")
        step = 17.0
        top = middle - (len(lines) * step + 16) / 2
        low = sheet.write(x, top, count, width=86, weight="bold", ha="right")
        sheet.write(x, low - 1, years, size=SMALL, colour=GREY, ha="right")


def _marks(
    sheet: Sheet, middle: float, axis: LogAxis, finding: Finding, pairs: Sequence[Limits]
) -> None:
    flagged = finding.verdict in FLAGGED
    y = middle - len(pairs) * PAIR / 2
    low, high = (axis.place(bound) for bound in finding.estimate.bounds)
    if high > low:
        bar = Box(low, y - 5, high - low, 10)
        sheet.rectangle(bar, fill="white" if flagged else INK, edge=INK, width=1.3, z=4)
    for x in {low, high}:
        sheet.mark(x, y, "s", size=9, hollow=flagged)
    for turn, pair in enumerate(pairs):
        y += PAIR
        colour = INK if turn == 0 else LINE
        _limits(sheet, y, axis, pair, colour, dashed=flagged)


def _limits(
    sheet: Sheet, y: float, axis: LogAxis, pair: Limits, colour: str, *, dashed: bool
) -> None:
    low, high = axis.place(pair.low), axis.place(pair.high)
    dashes: Dashes = (0.0, (4.0, 2.0)) if dashed else "solid"
    sheet.line((low, y), (high, y), colour=colour, width=1.8, dashes=dashes, z=3)
    for x, bound in ((low, pair.low), (high, pair.high)):
        if 0 < bound < math.inf:
            sheet.line((x, y - 5), (x, y + 5), colour=colour, width=1.8, z=3)
        else:
            sheet.mark(x, y, ">" if bound else "<", colour=colour, size=7)


def _no_ratio(sheet: Sheet, box: Box, finding: Finding) -> None:
    sheet.rectangle(box, fill="white", hatched=True, z=2)
    told = words.capital(verdict_words(finding.verdict, sheet.language))
    wide = box.width - 40
    lines = wrap(told, wide, BODY, "bold")
    high = block_height(told, wide, BODY, "bold") + 6
    across = max(text_width(line, BODY, "bold") for line in lines) + 16
    plate = Box(box.centre[0] - across / 2, box.centre[1] - high / 2, across, high)
    sheet.rectangle(plate, fill="white", z=3)
    sheet.middle(box.centre[0], box.centre[1], told, width=wide, weight="bold", ha="center")


def _label(finding: Finding, labels: Mapping[str, Text], language: Language) -> str:
    if finding.indicator in labels:
        return labels[finding.indicator].said_in(language)
    head, colon, _ = finding.sentence.said_in(language).partition(":")
    named = colon and len(head) <= LONGEST_LABEL
    return head if named else finding.question.said_in(language)


def _data(
    finding: Finding, labels: Mapping[str, Text], language: Language
) -> tuple[str, str, str, str, str, str]:
    counts = [
        words.say(
            "figures.clause_total",
            language,
            total=numbers.value(side.count, language),
            years=numbers.years(side.first_year, side.last_year, language),
        )
        for side in finding.sides
    ]
    before, after = (*counts, "", "")[:2]
    return (
        _label(finding, labels, language),
        before,
        after,
        ratio_words(finding, language),
        "; ".join(limits_words(pair, language) for pair in every_pair(finding))
        if is_ratio(finding)
        else "",
        verdict_words(finding.verdict, language),
    )


def _alt(sheet: Sheet, line: Sequence[str]) -> str:
    label, before, after, ratio, limits, verdict = line
    counts = "; ".join(part for part in (before, after) if part)
    told = [counts, f"{sheet.say('column.ratio')}: {ratio}", limits, verdict]
    return f"{label.rstrip('?.')} – {'; '.join(part for part in told if part)}"
