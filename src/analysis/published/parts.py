"""A total and its parts in, whether they add up out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from analysis.contracts.published import Series
from analysis.contracts.values import Value
from analysis.published.load import Record
from analysis.published.named import breakdown_keys
from analysis.published.series import series

By = Literal["sex", "age", "form", "citizenship"]
Sum = Literal["adds up", "contradicts", "cannot tell"]

_UNKNOWN_SEX_AND_AGE = {"age": "unknown", "sex": "unknown"}


def parts(record: Record, indicator: str, country: str, by: By) -> tuple[Series, ...]:
    """Return the parts of an indicator by sex, age, form of exploitation or citizenship.

    Only parts of the publisher that the total is taken from, one series each; persons
    of unknown sex and age are a part of both. A heading that the source prints twice in
    a year is *not known* there, with its rows as conflicts: never summed, never picked.
    """
    total = series(record, indicator, country)
    found = (
        series(record, indicator, country, breakdown)
        for breakdown in _breakdowns(record, total, by)
    )
    return tuple(part for part in found if part.points and part.publisher == total.publisher)


def adding_up(total: Series, among: Sequence[Series]) -> dict[int, Sum]:
    """Say for each year of the total whether the parts can be parts of it.

    Bounds are added, so that ``<5`` counts as 0 to 4. *adds up*: the total lies within
    the sum. *contradicts*: the parts come to more, however they are read. *cannot tell*:
    no parts, one not known, or fewer than the total, as sources leave out small groups.
    """
    return {
        year: _sum(total.value(year), [part.value(year) for part in among if _has(part, year)])
        for year in total.years
    }


def _sum(total: Value, among: Sequence[Value]) -> Sum:
    low, high = total.bounds
    known = [value.bounds for value in among if value.known]
    # A part that is not known can only add: what the others come to is a lower bound.
    if sum(part_low for part_low, _ in known) > high:
        return "contradicts"
    if not among or len(known) < len(among):
        return "cannot tell"
    return "adds up" if sum(part_high for _, part_high in known) >= low else "cannot tell"


def _has(part: Series, year: int) -> bool:
    return any(point.year == year for point in part.points)


def _breakdowns(record: Record, total: Series, by: By) -> tuple[str, ...]:
    rows: Sequence[Mapping[str, object]] = (
        record.sets.rows(name, total.country)
        if (name := record.sets.of_publisher(total.publisher))
        else record.figures(total.country)
    )
    mine = (str(row["breakdown"]) for row in rows if row["indicator"] == total.indicator)
    return tuple(breakdown for breakdown in dict.fromkeys(mine) if _is_part(breakdown, by))


def _is_part(breakdown: str, by: By) -> bool:
    keys = breakdown_keys(breakdown)
    return set(keys) == {by} or (by in keys and keys == _UNKNOWN_SEX_AND_AGE)
