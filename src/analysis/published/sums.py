"""Totals that somebody published for several years in, the yearly series beside them out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from analysis.contracts.values import Value, parse
from analysis.published.load import Record
from analysis.published.named import breakdown_keys
from analysis.published.series import disagree, one_year, series

Agreement = Literal["agrees", "disagrees", "cannot tell", "equals whole years"]


@dataclass(frozen=True, slots=True)
class SumCheck:
    """A published total over a period beside the sum of the yearly series.

    ``row`` is the figure, ``first`` and ``last`` the calendar years its period touches,
    ``against`` the breakdown of the series that was summed. *equals whole years*: the
    figure covers only part of its first or last year and is still exactly the sum of the
    whole years, so that one of the two is not what it says.
    """

    row: str
    line: int
    indicator: str
    against: str
    first: int
    last: int
    printed: Value
    summed: Value
    agreement: Agreement


def sums(record: Record, country: str) -> tuple[SumCheck, ...]:
    """Compare every figure of more than one year with the series of its indicator.

    Figures of indicators without a picked publisher, or in another unit than the
    indicator's, are not sums of a series and are left out.
    """
    table = record.figures(country)
    return tuple(
        _compared(record, country, cells, line)
        for line, cells in enumerate(table, start=2)
        if one_year(cells) is None
        and cells["period_start"]
        and cells["period_end"]
        and record.codes.picks(cells["indicator"])
        and record.indicator(cells["indicator"]).unit == cells["counting_unit"]
    )


def _compared(record: Record, country: str, cells: dict[str, str], line: int) -> SumCheck:
    start, end = cells["period_start"], cells["period_end"]
    first, last = int(start[:4]), int(end[:4])
    whole = len(start) == 4 and len(end) == 4
    printed = parse(cells["value"])
    against, summed = cells["breakdown"], Value("not_known")
    for breakdown in [against] if whole else _wider(against):
        found = series(record, cells["indicator"], country, breakdown).total(first, last)
        if found.known:
            against, summed = breakdown, found
            break
    return SumCheck(
        row=cells["row_id"],
        line=line,
        indicator=cells["indicator"],
        against=against,
        first=first,
        last=last,
        printed=printed,
        summed=summed,
        agreement=_agreement(printed, summed, whole=whole),
    )


def _agreement(printed: Value, summed: Value, *, whole: bool) -> Agreement:
    if not (printed.known and summed.known):
        return "cannot tell"
    if not whole:
        same = printed.exact and summed.exact and printed == summed
        return "equals whole years" if same else "cannot tell"
    return "disagrees" if disagree(printed, summed) else "agrees"


def _wider(breakdown: str) -> list[str]:
    """Return a breakdown, then the same with ever fewer keys, down to the total."""
    keys = [f"{key}={value}" for key, value in breakdown_keys(breakdown).items()]
    fewer = (
        ";".join(some) for size in range(len(keys), 0, -1) for some in combinations(keys, size)
    )
    return [*fewer, "total"]
