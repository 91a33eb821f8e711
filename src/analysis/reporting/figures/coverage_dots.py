"""Who was offered what in, a dot with its limits for each promise and group out."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.contracts.partner.pictures import Coverage, Covered
from analysis.contracts.published import Language, Text
from analysis.language import words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.partner_told import count, percent, percents, told
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    BLUE,
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    PALE,
    PALE_BLUE,
    SMALL,
    WIDTH,
)
from analysis.reporting.shown import Shown

LEFT, RIGHT, GROUPS = 420.0, 860.0, 190.0
ROW, GAP = 25.0, 12.0


def coverage_dots(id: str, coverage: Coverage, *, smallest: int, language: Language) -> Shown:
    """Draw what share of each group was offered each thing, with limits and counts.

    Where a count may not be shown, the share is a bar as long as the count leaves it open. Of
    invented persons the true share is an upright line.

    Parameters
    ----------
    smallest : int
        Fewest persons that a number stands for; smaller groups are merged before.
    """
    synthetic, known = coverage.synthetic, bool(coverage.promises)
    sheet = Sheet(
        id,
        language,
        labelled_title(_title(coverage, language), language, synthetic=synthetic),
        _subtitle(coverage, smallest, language) if known else "",
    )
    silence = told("nothing", language)
    y = _draw(sheet, coverage) if known else sheet.silence(sheet.top, silence)
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=list(_alt(coverage, language)) or [silence],
        columns=[
            told(f"covered_column_{one}", language)
            for one in ("promise", "group", "persons", "offered", "low", "high", "truth")
        ],
        data=list(_data(coverage, language)),
        rows=(),
        source=coverage.source.said_in(language),
    )


def _title(coverage: Coverage, language: Language) -> str:
    """Name the most and the least offered of all, if that is not a matter of one promise."""
    if not coverage.promises:
        return told("nothing", language)
    whole = [(name, groups[0]) for name, groups in coverage.promises if not groups[0].withheld]
    if len(whole) < 2:
        return told("covered_title_plain", language)
    most, least = (pick(whole, key=lambda one: one[1].share_high) for pick in (max, min))
    return told(
        "covered_title",
        language,
        most=words.capital(most[0].said_in(language)),
        most_share=percents(most[1].share_low, most[1].share_high, language),
        least=least[0].said_in(language).lower(),
        least_share=percents(least[1].share_low, least[1].share_high, language),
    )


def _subtitle(coverage: Coverage, smallest: int, language: Language) -> str:
    level = percent(coverage.level, language)
    said = told("covered_subtitle", language, level=level, smallest=smallest)
    truth = any(one.truth is not None for _, groups in coverage.promises for one in groups)
    return f"{said} {told('covered_truth', language)}" if truth else said


def _draw(sheet: Sheet, coverage: Coverage) -> float:
    top = sheet.top + 6
    y = top
    for turn, (name, groups) in enumerate(coverage.promises):
        label = name.said_in(sheet.language)
        wide = LEFT - GROUPS - MARGIN - 16
        high = max(ROW * len(groups), block_height(label, wide, weight="bold") + 4) + GAP
        if turn % 2 == 0:
            sheet.rectangle(Box(MARGIN, y, WIDTH - 2 * MARGIN, high), fill=PALE, z=0.1)
        sheet.write(MARGIN + 8, y + GAP / 2 + 3, label, width=wide, weight="bold")
        for place, one in enumerate(groups):
            _group(sheet, y + GAP / 2 + ROW * (place + 0.5), one)
        y += high
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _x(share)
        sheet.line((x, top), (x, y), colour=GRID, z=0.3)
        sheet.write(x, y + 4, percent(share, sheet.language), size=SMALL, ha="center", colour=GREY)
    sheet.line((LEFT, y), (RIGHT, y), colour=LINE)
    return y + 28


def _x(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def _group(sheet: Sheet, y: float, one: Covered) -> None:
    name = one.group.said_in(sheet.language)
    sheet.middle(LEFT - 14, y, name, ha="right", size=SMALL)
    if one.withheld:
        sheet.rectangle(Box(LEFT, y - 7, RIGHT - LEFT, 14), fill="white", hatched=True, z=1)
    else:
        sheet.line((_x(one.low), y), (_x(one.high), y), colour=BLUE, width=1.6, z=2.6)
        if one.share_low == one.share_high:
            sheet.mark(_x(one.share_low), y, "o", colour=BLUE, size=8)
        else:
            left, right = _x(one.share_low), _x(one.share_high)
            bar = Box(left, y - 5, max(right - left, 3), 10)
            sheet.rectangle(bar, fill=PALE_BLUE, edge=BLUE, dashes="dashed", z=3)
    if one.truth is not None:
        x = _x(one.truth)
        sheet.line((x, y - 10), (x, y + 10), colour=INK, width=1.6, z=5.2)
    sheet.middle(RIGHT + 20, y, _told(one, sheet.language), size=SMALL)


def _told(one: Covered, language: Language) -> str:
    if one.withheld:
        return told("covered_withheld", language)
    counted = told(
        "covered_of",
        language,
        offered=count(one.offered, language),
        persons=count(one.persons, language),
    )
    limits = percents(one.low, one.high, language)
    return f"{counted}: {percents(one.share_low, one.share_high, language)} ({limits})"


def _alt(coverage: Coverage, language: Language) -> Iterator[str]:
    for promise, group in _every(coverage):
        yield told(
            "covered_alt",
            language,
            promise=promise.said_in(language),
            group=group.group.said_in(language),
            told=_told(group, language),
        )


def _data(coverage: Coverage, language: Language) -> Iterator[tuple[str, ...]]:
    for promise, one in _every(coverage):
        silent = one.withheld
        yield (
            promise.said_in(language),
            one.group.said_in(language),
            told("covered_withheld", language) if silent else count(one.persons, language),
            "" if silent else count(one.offered, language),
            "" if silent else percent(one.low, language),
            "" if silent else percent(one.high, language),
            "" if one.truth is None else percent(one.truth, language),
        )


def _every(coverage: Coverage) -> Iterator[tuple[Text, Covered]]:
    for promise, groups in coverage.promises:
        for one in groups:
            yield promise, one
