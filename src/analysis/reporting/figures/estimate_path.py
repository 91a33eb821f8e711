"""The estimate after each more list in, its way down the rows of a picture out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from analysis.contracts.population import Step
from analysis.contracts.published import Language, Text
from analysis.language import numbers, words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    BLUE,
    BODY,
    GREY,
    GRID,
    MARGIN,
    SMALL,
    WIDTH,
)
from analysis.reporting.figures.totals import (
    LEFT,
    LIMITS,
    TOTAL,
    TotalAxis,
    cell,
    column_heads,
    draw_axis,
    draw_limits,
    draw_over,
    draw_refusal,
    draw_truth,
    limits_words,
    lines_words,
    told,
    truth_label,
)
from analysis.reporting.shown import Shown

LEAST = 40.0
SEEN = LEFT - 18
"""Right edge of the printed numbers of those who were seen."""

NAMES = SEEN - 62 - MARGIN
WIDE = WIDTH - MARGIN - LIMITS
FIELD = "#DCDCDC"


def estimate_path(
    id: str,
    title: Text,
    steps: Sequence[Step],
    *,
    language: Language,
    truth: float | None = None,
    rows: Sequence[str] = (),
    source: str = "",
    synthetic: bool = False,
    level: float | None = None,
) -> Shown:
    """Draw how the estimate of one total moves as lists are added, one list a row.

    The grey field shows those who were seen on the lists so far. Where there is no estimate,
    the row is hatched and says why, and the way is broken.

    Parameters
    ----------
    title : Text
        What is estimated, such as the name of the table: the picture's title is this name and
        where the way begins and ends.
    steps : sequence of Step
        In the order in which lists were added. ``added`` of the first may name several lists.
    truth : float or None
        The true total, known of invented lists only.
    synthetic : bool
        Whether the lists are invented: title, watermark, note, data and alternative say so.
    level : float or None
        Confidence level of the limits, said in the second line where it is given.
    """
    name = title.said_in(language)
    said = told("titled", language, name=name, told=_answer(steps, language)) if steps else name
    sheet = Sheet(
        id,
        language,
        labelled_title(said, language, synthetic=synthetic),
        _subtitle(steps, level, language) if steps else "",
    )
    y = (
        _draw(sheet, steps, truth)
        if steps
        else sheet.silence(sheet.top, sheet.say("not_submitted"))
    )
    data = [_line(step, language) for step in steps]
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=_alt(steps, truth, language) or [sheet.say("not_submitted")],
        columns=[
            told(f"path_column_{one}", language)
            for one in ("lists", "added", "seen", "total", "low", "high", "why")
        ],
        data=data,
        rows=rows,
        source=source,
    )


def _totals(steps: Sequence[Step]) -> list[tuple[int, float]]:
    return [(step.lists, step.total) for step in steps if step.total is not None]


def _answer(steps: Sequence[Step], language: Language) -> str:
    known, last = _totals(steps), steps[-1]
    if not known:
        return told("path_none", language)
    if last.total is None:
        return told("path_last_none", language, lists=last.lists)
    if len(known) == 1:
        total = numbers.number(last.total, language)
        return told("path_one", language, lists=last.lists, total=total)
    return told(
        "path_moves",
        language,
        first=numbers.number(known[0][1], language),
        fewest=known[0][0],
        last=numbers.number(last.total, language),
        lists=last.lists,
    )


def _subtitle(steps: Sequence[Step], level: float | None, language: Language) -> str:
    first = told("path_subtitle", language, lines=lines_words(level, language, ours=False))
    known = [total for _, total in _totals(steps)]
    if len(known) < 3:
        return first
    low, high = (numbers.number(one, language) for one in (min(known), max(known)))
    return f"{first} {told('path_range', language, low=low, high=high)}"


def _draw(sheet: Sheet, steps: Sequence[Step], truth: float | None) -> float:
    known = [step for step in steps if step.total is not None]
    counts = [float(max(step.n, 1)) for step in steps]
    totals = [*(step.total for step in known), *(counts if known else ()), truth]
    axis = TotalAxis.over(min(counts), totals, [step.high for step in known])
    language = sheet.language
    said = told("path_seen_head", language)
    sheet.write(SEEN, sheet.top, said, size=SMALL, ha="right", colour=GREY)
    top, tops = column_heads(sheet, "tree_limits_only") + 3, [sheet.top]
    if truth is not None:
        top, tops = draw_over(sheet, sheet.top, [truth_label(axis, truth, language)])
    y, beyond, places = top, False, []
    for step in steps:
        low, left = _row(sheet, y, axis, step, _added(step, steps[0], language))
        places.append((step.total, (y + low) / 2))
        y, beyond = low, beyond or left
    _way(sheet, axis, places)
    if truth is not None:
        draw_truth(sheet, axis, truth, tops[0], y)
    y = draw_axis(sheet, axis, top, y)
    if beyond:
        y = sheet.write(LEFT, y, told("beyond", language), size=SMALL, colour=GREY) + 4
    return y + 4


def _row(sheet: Sheet, y: float, axis: TotalAxis, step: Step, added: str) -> tuple[float, bool]:
    """Draw one step; return the lower edge, and whether a limit leaves the axis."""
    language = sheet.language
    said, beyond = _told(step, language), False
    head = _lists(step, language)
    left = block_height(head, NAMES, BODY, "bold") + block_height(added, NAMES, SMALL)
    high = max(left, block_height(said, WIDE, SMALL), LEAST - 8) + 8
    middle = y + high / 2
    low = sheet.write(MARGIN, middle - left / 2, head, width=NAMES, weight="bold")
    sheet.write(MARGIN, low, added, width=NAMES, size=SMALL, colour=GREY)
    sheet.middle(SEEN, middle, numbers.number(step.n, language), ha="right")
    sheet.middle(LIMITS, middle, said, width=WIDE, size=SMALL)
    if step.total is None:
        draw_refusal(sheet, middle, high - 8)
    else:
        seen = Box(LEFT, y, axis.place(step.n) - LEFT, high)
        sheet.rectangle(seen, fill=FIELD, z=0.4)
        beyond = _mark(sheet, middle, axis, step, step.total)
    sheet.line((MARGIN, y + high), (WIDTH - MARGIN, y + high), colour=GRID, z=0.5)
    return y + high, beyond


def _mark(sheet: Sheet, y: float, axis: TotalAxis, step: Step, total: float) -> bool:
    beyond = False
    if step.low is not None or step.high is not None:
        low = total if step.low is None else step.low
        high = total if step.high is None else step.high
        beyond = draw_limits(sheet, y, axis, low, high, BLUE, "solid")
    sheet.mark(axis.place(total), y, "o", colour=BLUE, size=9)
    sheet.middle(TOTAL, y, numbers.number(total, sheet.language), weight="bold", ha="right")
    return beyond


def _way(sheet: Sheet, axis: TotalAxis, places: Sequence[tuple[float | None, float]]) -> None:
    """Join estimates that follow on each other; a row without one breaks the way."""
    for (one, upper), (other, lower) in pairwise(places):
        if one is not None and other is not None:
            start, end = (axis.place(one), upper), (axis.place(other), lower)
            sheet.line(start, end, colour=BLUE, width=1.6, dashes="dotted", z=2.8)


def _lists(step: Step, language: Language) -> str:
    if step.lists == 1:
        return told("path_list", language)
    return told("path_lists", language, n=step.lists)


def _added(step: Step, first: Step, language: Language) -> str:
    """Name the list that came; those to begin with came to nothing."""
    if step is first:
        return step.added
    return told("path_added", language, added=step.added)


def _told(step: Step, language: Language) -> str:
    if step.total is not None:
        return limits_words(step.low, step.high, language)
    if step.refused is None:
        return told("no_reason", language)
    return words.capital(step.refused.said_in(language))


def _line(step: Step, language: Language) -> tuple[str, ...]:
    known = step.total is not None
    return (
        numbers.number(step.lists, language),
        step.added,
        numbers.number(step.n, language),
        cell(step.total, language) or told("no_estimate", language),
        cell(step.low if known else None, language),
        cell(step.high if known else None, language),
        "" if known else _told(step, language),
    )


def _alt(steps: Sequence[Step], truth: float | None, language: Language) -> list[str]:
    lines = []
    if steps and truth is not None:
        total = numbers.number(truth, language)
        lines.append(told("tree_alt_truth", language, total=total))
    for step in steps:
        total = cell(step.total, language) or told("no_estimate", language)
        said = f"{total}; {_told(step, language)}"
        lines.append(
            told(
                "path_alt",
                language,
                lists=_lists(step, language),
                added=_added(step, steps[0], language),
                seen=numbers.number(step.n, language),
                told=said.rstrip("."),
            )
        )
    return lines
