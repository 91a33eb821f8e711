"""Estimates of one total in, a forest on a logarithmic axis out: ours, bounds, published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.contracts.population import Estimated, Spread, Standing
from analysis.contracts.published import Language, Text
from analysis.language import numbers, words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.sheet import Dashes, Sheet, block_height
from analysis.reporting.figures.style import (
    BLUE,
    BODY,
    GREY,
    GRID,
    INK,
    MARGIN,
    ORANGE,
    ORANGE_TEXT,
    SMALL,
    TINT,
    WIDTH,
)
from analysis.reporting.figures.totals import (
    LEFT,
    LIMITS,
    TOTAL,
    Over,
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
    persons,
    told,
    truth_label,
)
from analysis.reporting.shown import Shown

ORDER: tuple[Standing, ...] = ("ours", "bound", "published")
LEAST = 34.0
WIDE = WIDTH - MARGIN - LIMITS


@dataclass(frozen=True, slots=True)
class Mark:
    """How estimates of one standing are drawn; told apart by shape as well as by colour."""

    shape: str
    colour: str
    hollow: bool = False
    dashes: Dashes = "solid"


MARKS: dict[Standing, Mark] = {
    "ours": Mark("o", BLUE),
    "bound": Mark("s", GREY, hollow=True, dashes=(0.0, (4.0, 2.0))),
    "published": Mark("D", ORANGE),
}


def estimate_tree(
    id: str,
    title: Text,
    estimates: Sequence[Estimated],
    n: int,
    *,
    spread: Spread | None,
    language: Language,
    rows: Sequence[str] = (),
    source: str = "",
    synthetic: bool = False,
    level: float | None = None,
) -> Shown:
    """Draw every estimate of one total with its limits, in groups by who made it.

    An estimate that does not exist is a hatched row that says why. A limit that is infinite or
    beyond the axis is an open arrow. Where methods disagree, the range of their totals is
    shaded, and title and label give the range instead of one number.

    Parameters
    ----------
    title : Text
        What is estimated, such as the name of the table: the picture's title is this name and
        what the estimates say of it.
    estimates : sequence of Estimated
        In the order of rows within ``ours``, ``bound``, ``published``. An estimate without a
        total but with limits is a range that its source gives without a number.
    n : int
        Persons on at least one list.
    spread : Spread or None
        How far our own totals lie apart; None where fewer than two exist.
    synthetic : bool
        Whether the lists are invented: title, watermark, note, data and alternative say so.
    level : float or None
        Confidence level of our own limits, said in the second line where it is given.
    """
    name = title.said_in(language)
    said = told("titled", language, name=name, told=_answer(estimates, spread, language))
    sheet = Sheet(
        id,
        language,
        labelled_title(said if estimates else name, language, synthetic=synthetic),
        _subtitle(n, spread, level, language) if estimates else "",
    )
    drawn = _ordered(estimates)
    if drawn:
        y = _draw(sheet, drawn, n, spread)
    else:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    data = [_line(one, language) for one in drawn]
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=_alt(drawn, n, spread, language) or [sheet.say("not_submitted")],
        columns=[
            told(f"tree_column_{one}", language)
            for one in ("group", "estimate", "total", "low", "high", "model")
        ],
        data=data,
        rows=rows,
        source=source,
    )


def _ordered(estimates: Sequence[Estimated]) -> list[Estimated]:
    return [one for standing in ORDER for one in estimates if one.standing == standing]


def _answer(estimates: Sequence[Estimated], spread: Spread | None, language: Language) -> str:
    """Say what our own estimates say together: a range, one number, or nothing."""
    if spread is not None:
        low, high = (numbers.number(one, language) for one in (spread.low, spread.high))
        key = "tree_agree" if spread.agrees else "tree_disagree"
        return told(key, language, range=numbers.span(low, high, language))
    ours = [one.total for one in estimates if one.standing == "ours" and one.total is not None]
    if not ours:
        known = any(_drawable(one) for one in estimates)
        return told("tree_none_ours" if known else "tree_none", language)
    if len(ours) == 1:
        return told("tree_one", language, total=numbers.number(ours[0], language))
    low, high = (numbers.number(one, language) for one in (min(ours), max(ours)))
    return told("tree_several", language, low=low, high=high)


def _subtitle(n: int, spread: Spread | None, level: float | None, language: Language) -> str:
    lines = lines_words(level, language, ours=True)
    first = told("tree_subtitle", language, n=persons(n, language), lines=lines)
    if spread is None:
        return first
    factor, agree = (
        numbers.short_ratio(one, language) for one in (spread.factor, spread.agree_factor)
    )
    return f"{first} {told('tree_factor', language, factor=factor, agree=agree)}"


def _drawable(one: Estimated) -> bool:
    """Whether it has a mark or a line: a published range may have no number in it."""
    return one.refused is None and (one.total is not None or one.low is not None)


def _draw(sheet: Sheet, drawn: Sequence[Estimated], n: int, spread: Spread | None) -> float:
    axis = _axis(drawn, n, spread)
    heads = column_heads(sheet, "tree_limits")
    top, tops = draw_over(sheet, sheet.top, _over(axis, n, spread, sheet.language))
    top = max(top, heads)
    y, beyond, standing = top, False, ""
    for one in drawn:
        if one.standing != standing:
            standing = one.standing
            head = told(f"tree_{standing}", sheet.language)
            y = sheet.write(MARGIN, y + 8, head, width=LEFT - MARGIN - 8, weight="bold") + 3
        low, left = _row(sheet, y, axis, one)
        beyond |= left
        y = low
    _backdrop(sheet, axis, n, spread, tops, (top, y))
    y = draw_axis(sheet, axis, top, y)
    if beyond:
        y = sheet.write(LEFT, y, told("beyond", sheet.language), size=SMALL, colour=GREY) + 4
    return y + 4


def _axis(drawn: Sequence[Estimated], n: int, spread: Spread | None) -> TotalAxis:
    own = [one for one in drawn if _drawable(one)]
    truth = [spread.truth] if spread is not None else []
    totals = [one.total if one.total is not None else one.low for one in own]
    return TotalAxis.over(max(n, 1), [*totals, *truth], [one.high for one in own])


def _over(axis: TotalAxis, n: int, spread: Spread | None, language: Language) -> list[Over]:
    """Word what stands above the panel: the seen, the truth, the range, in this order."""
    seen = told("tree_seen", language, n=numbers.number(n, language))
    labels = [Over(axis.place(n), seen, "left")]
    if spread is None:
        return labels
    if spread.truth is not None:
        labels.append(truth_label(axis, spread.truth, language))
    if not spread.agrees:
        middle = (axis.place(spread.low) + axis.place(spread.high)) / 2
        low, high = (numbers.number(one, language) for one in (spread.low, spread.high))
        factor = numbers.short_ratio(spread.factor, language)
        said = numbers.span(low, high, language)
        range_ = told("tree_range", language, range=said, factor=factor)
        labels.append(Over(middle, range_, "middle", ORANGE_TEXT))
    return labels


def _backdrop(
    sheet: Sheet,
    axis: TotalAxis,
    n: int,
    spread: Spread | None,
    tops: Sequence[float],
    panel: tuple[float, float],
) -> None:
    """Draw what stands behind all rows: the seen, the truth, the range of disagreement."""
    top, bottom = panel
    x = axis.place(n)
    sheet.line((x, tops[0]), (x, bottom), colour=INK, width=1.4, z=2.4)
    if spread is None:
        return
    if spread.truth is not None:
        draw_truth(sheet, axis, spread.truth, tops[1], bottom)
    if not spread.agrees:
        left, right = axis.place(spread.low), axis.place(spread.high)
        sheet.rectangle(Box(left, top, right - left, bottom - top), fill=TINT, z=0.3)


def _row(sheet: Sheet, y: float, axis: TotalAxis, one: Estimated) -> tuple[float, bool]:
    """Draw one estimate; return the lower edge, and whether a limit leaves the axis."""
    label = words.capital(one.label.said_in(sheet.language))
    lines = _told(one, sheet.language)
    wide = LEFT - MARGIN - 34
    texts = sum(block_height(said, WIDE, SMALL) for said, _ in lines)
    high = max(block_height(label, wide), texts, LEAST - 10) + 10
    middle = y + high / 2
    sheet.middle(LEFT - 18, middle, label, width=wide, ha="right")
    line = middle - texts / 2
    for said, colour in lines:
        line = sheet.write(LIMITS, line, said, size=SMALL, colour=colour, width=WIDE)
    beyond = False
    if _drawable(one):
        beyond = _mark(sheet, middle, axis, one)
    else:
        draw_refusal(sheet, middle, high - 8)
    sheet.line((MARGIN, y + high), (WIDTH - MARGIN, y + high), colour=GRID, z=0.5)
    return y + high, beyond


def _told(one: Estimated, language: Language) -> list[tuple[str, str]]:
    """Word what stands at the right of a row, with its colours."""
    if not _drawable(one):
        return [(_why(one, language), INK)]
    lines = [(limits_words(one.low, one.high, language), INK)]
    if one.total is None:
        lines[0] = (f"{lines[0][0]} ({told('range_only', language)})", INK)
    if one.model is not None:
        lines.append((one.model.said_in(language), GREY))
    return lines


def _why(one: Estimated, language: Language) -> str:
    if one.refused is None:
        return told("no_reason", language)
    return words.capital(one.refused.said_in(language))


def _mark(sheet: Sheet, y: float, axis: TotalAxis, one: Estimated) -> bool:
    look, beyond = MARKS[one.standing], False
    if one.low is not None or one.high is not None:
        low = one.low if one.low is not None else one.total or axis.low
        high = one.high if one.high is not None else one.total or low
        beyond = draw_limits(sheet, y, axis, low, high, look.colour, look.dashes)
    if one.total is not None:
        x = axis.place(one.total)
        sheet.mark(x, y, look.shape, colour=look.colour, size=9, hollow=look.hollow)
        total = numbers.number(one.total, sheet.language)
        sheet.middle(TOTAL, y, total, size=BODY, weight="bold", ha="right")
    return beyond


def _line(one: Estimated, language: Language) -> tuple[str, ...]:
    model = one.model.said_in(language) if one.model else ""
    drawable = _drawable(one)
    return (
        told(f"tree_{one.standing}", language),
        one.label.said_in(language),
        cell(one.total if drawable else None, language) or told("no_estimate", language),
        cell(one.low if drawable else None, language),
        cell(one.high if drawable else None, language),
        model if drawable else _why(one, language),
    )


def _alt(
    drawn: Sequence[Estimated], n: int, spread: Spread | None, language: Language
) -> list[str]:
    if not drawn:
        return []
    lines = [told("tree_alt_seen", language, n=numbers.number(n, language))]
    if spread is not None and spread.truth is not None:
        total = numbers.number(spread.truth, language)
        lines.append(told("tree_alt_truth", language, total=total))
    for one in drawn:
        said = [part for part, _ in _told(one, language)]
        total = cell(one.total, language) if _drawable(one) else told("no_estimate", language)
        joined = "; ".join(part.rstrip(".") for part in (total, *said) if part)
        lines.append(
            told(
                "tree_alt",
                language,
                group=told(f"tree_{one.standing}", language),
                label=one.label.said_in(language),
                told=joined,
            )
        )
    return lines
