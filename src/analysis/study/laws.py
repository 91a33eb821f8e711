"""Scores and the years of laws in, a staggered event study out: a by-product, not about plans.

No set holds the years in which countries adopted their plans. The 3P file does hold the
year in which a country's law came to prohibit all trafficking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.contracts.published import Series
from analysis.errors import MethodError
from analysis.methods.counterfactual.parallel_trends import Sensitivity, relative_magnitudes
from analysis.methods.counterfactual.staggered import FEWEST_IN_GROUP, Staggered, staggered
from analysis.methods.counterfactual.trends import Trends
from analysis.published.beyond import Law
from analysis.study.comparison import Refused

DRAWS, SEED = 4_000, 20_261_124
"""Draws of the simultaneous band (its multiple is then known to about 0.03), and their seed."""


@dataclass(frozen=True, slots=True)
class LawStudy:
    """What the score did around the law, over countries whose laws came in different years.

    ``years`` are first and last; ``lawful`` countries got their law in between, ``others``
    had none by the last year. ``small`` countries are left out because fewer than five
    share their year, ``early`` because their law is as old as the scores, ``unknown``
    because the file does not say.
    """

    series: Series
    years: tuple[int, int]
    lawful: int
    others: int
    small: int
    early: int
    unknown: int
    found: Staggered
    sensitivity: Sensitivity
    rows: tuple[str, ...]


def law_study(
    own: Series, scores: Sequence[Series], laws: Sequence[Law], years: tuple[int, int]
) -> LawStudy | Refused:
    """Compare countries that got a full law with those that had none yet.

    Parameters
    ----------
    own : Series
        The series that the finding is filed under.
    scores : sequence of Series
        Complete over ``years``, one a country.
    laws : sequence of Law
        By country; a country without one is *unknown*.
    years : tuple of int
        First and last year: the last is one up to which laws are known.
    """
    begins, left = _begins(scores, {law.country: law for law in laws}, years)
    kept = [one for one in scores if one.country in begins]
    periods = range(years[0], years[1] + 1)
    try:
        found = staggered(
            np.array([[one.value(year).bounds[0] for one in kept] for year in periods]),
            periods=list(periods),
            begins=[begins[one.country] for one in kept],
            controls="not_yet",
            base="universal",
            draws=DRAWS,
            rng=SEED,
        )
        sensitivity = relative_magnitudes(Trends.from_study(found.by_event))
    except MethodError:
        return Refused(own, "event_study", "small_groups", len(kept), FEWEST_IN_GROUP)
    lawful = sum(year is not None for year in begins.values())
    rows = tuple(row for one in kept for row in one.within(*years).rows)
    return LawStudy(
        own,
        years,
        lawful,
        len(kept) - lawful,
        left["small"],
        left["early"],
        left["unknown"],
        found,
        sensitivity,
        rows,
    )


def _begins(
    scores: Sequence[Series], laws: Mapping[str, Law], years: tuple[int, int]
) -> tuple[dict[str, float | None], Counter[str]]:
    """Return when each country's law came, and how many are left out for which reason."""
    begins: dict[str, float | None] = {}
    left: Counter[str] = Counter()
    for one in scores:
        law = laws.get(one.country)
        if law is None or (law.since is None and law.known_until < years[1]):
            left["unknown"] += 1
        elif law.since is not None and law.since <= years[0]:
            left["early"] += 1
        else:
            later = law.since is not None and law.since > years[1]
            begins[one.country] = None if later else law.since
    many = Counter(begins.values())
    small = [
        country
        for country, year in begins.items()
        if year is not None and many[year] < FEWEST_IN_GROUP
    ]
    for country in small:
        del begins[country]
    left["small"] = len(small)
    return begins, left
