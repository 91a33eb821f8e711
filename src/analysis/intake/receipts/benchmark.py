"""Tallies of all senders in, what each may be told of the others out.

The rule for every count of persons that a benchmark rests on, taken over all *other* senders
that have any:

* at least `LEAST_ALL` persons together;
* whichever one of them is taken out, at least `LEFT` senders and `LEAST_LEFT` persons are
  left, and none of those has more than `LARGEST` of what is left.

So one of the others who lays its own figures beside the sheet is still looking at three
bodies, none of which dominates. Whoever knows the rule and the exact total can rule out none
of 1 to 5 persons for any of them (``tests/intake/test_receipts_attack.py`` tries all ways to
share each total). A share needs the rule for the part and for the rest.

A figure once given for a period is never computed anew: two versions of it, before and after
a late or corrected file, would differ by that one file. And only half-years are compared:
figures for spans that overlap could be taken from each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from analysis.intake.receipts.tallies import MEASURES, Measure, Tally

LEFT = 3
"""Senders that must be left when any one of the others is taken out."""

LEAST_LEFT = 10
LEAST_ALL = 15
LARGEST = 0.5
ROUNDED_TO = 5
"""Persons are said to the nearest five, days from ten on likewise."""


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """What each sender may be told of the others for one half-year, drawn on one day.

    ``figures``: by organisation, then by id of a measure: persons, a share, or days.
    A measure that is not there is not told.
    """

    period: str
    drawn_on: date
    figures: Mapping[str, Mapping[str, float]]


def safe(persons: Sequence[int]) -> bool:
    """Say whether a sum over these senders may be told (see the rule above).

    Parameters
    ----------
    persons : sequence of int
        Persons of each other sender; those without any do not count as senders.

    Examples
    --------
    >>> safe([12, 9, 15, 11]), safe([12, 9, 15]), safe([50, 3, 4, 5])
    (True, False, False)
    """
    some = sorted(count for count in persons if count > 0)
    if len(some) <= LEFT or sum(some) < LEAST_ALL:
        return False
    for at, one in enumerate(some):
        left = sum(some) - one
        largest = some[-2] if at == len(some) - 1 else some[-1]
        if left < LEAST_LEFT or largest > LARGEST * left:
            return False
    return True


def drawn(
    found: Mapping[str, Mapping[str, Tally]], organisations: Sequence[str], period: str, on: date
) -> Benchmarks:
    """Draw the benchmarks of one half-year for all senders at once.

    Parameters
    ----------
    found : Mapping
        Tallies by measure, then by organisation, as `tallies.tallies` gives them.
    organisations : sequence of str
        Whom benchmarks may be told.
    """
    return Benchmarks(
        period,
        on,
        {
            organisation: {
                measure.id: figure
                for measure in MEASURES
                if (figure := _of_others(measure, found.get(measure.id, {}), organisation))
                is not None
            }
            for organisation in organisations
        },
    )


def rounded(amount: float) -> float:
    """Round to the nearest five from ten on, halves upwards; below ten to a whole number."""
    step = ROUNDED_TO if amount >= 2 * ROUNDED_TO else 1
    return float(step * int(amount / step + 0.5))


def to_json(benchmarks: Benchmarks) -> bytes:
    """Write benchmarks as the store keeps them; the same figures, the same bytes."""
    plain = {
        "period": benchmarks.period,
        "drawn_on": benchmarks.drawn_on.isoformat(),
        "figures": {key: dict(each) for key, each in benchmarks.figures.items()},
    }
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def from_json(content: bytes) -> Benchmarks:
    """Read what `to_json` wrote."""
    plain = json.loads(content)
    return Benchmarks(plain["period"], date.fromisoformat(plain["drawn_on"]), plain["figures"])


def _of_others(
    measure: Measure, by_organisation: Mapping[str, Tally], organisation: str
) -> float | None:
    others = [one for key, one in by_organisation.items() if key != organisation]
    if measure.rule == "share":
        return _share(others)
    if not safe([one.whole for one in others]):
        return None
    if measure.rule == "days":
        return rounded(median(day for one in others for day in one.days))
    if measure.rule == "filled":
        cells = sum(one.cells for one in others)
        return _percent(sum(one.filled for one in others) / cells) if cells else None
    return rounded(sum(one.whole for one in others))


def _share(others: Sequence[Tally]) -> float | None:
    parts = [one.part for one in others]
    rests = [one.whole - one.part for one in others]
    if not (safe(parts) and safe(rests)):
        return None
    return _percent(sum(parts) / (sum(parts) + sum(rests)))


def _percent(share: float) -> float:
    """Round a share to whole per cent."""
    return round(share, 2)
