"""A country's series and its donors in, the synthetic control with all its tests out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.contracts.published import Plan, Series
from analysis.errors import MethodError
from analysis.findings.documented import Method
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.placebos import (
    PlaceboInTime,
    PlacebosInSpace,
    placebo_in_time,
    placebos_in_space,
)
from analysis.methods.counterfactual.rule import require_pre_years
from analysis.methods.counterfactual.synthetic import LeaveOneOut, SyntheticControl, leave_one_out
from analysis.study.comparison import NEEDED_BEFORE, Refused, Silent
from analysis.study.others import Measured, Pool, Scale, beside, panel_of
from analysis.study.windows import Window, window


@dataclass(frozen=True, slots=True)
class Twin:
    """A country beside the mixture of donors that was like it before the plan.

    ``hidden`` counts donors left out because a year of theirs is an interval; ``earlier``
    is None where fewer than 9 years before leave no date to pretend.
    """

    series: Series
    pool: Pool
    before: tuple[int, int]
    after: Window
    scale: Scale
    fit: SyntheticControl
    placebos: PlacebosInSpace
    without: LeaveOneOut
    earlier: PlaceboInTime | None
    hidden: int
    rows: tuple[str, ...]


def years_before(series: Series, plan: Plan) -> tuple[int, ...]:
    """Return the years without a gap that end when the plan begins, none where the last lacks."""
    found: list[int] = []
    for year in range(plan.first_year - 1, 0, -1):
        if year not in series.years:
            break
        found.append(year)
    return tuple(reversed(found))


def twin(
    own: Measured, pool: Pool, people: Mapping[str, Series], plan: Plan
) -> Twin | Silent | Refused:
    """Weigh donors so that their mixture is like the country before the plan, or say why not.

    The outcomes of all years before are fitted directly, without predictors: none is in the
    record for all countries, and no choice among years is left to anyone. A count known as
    an interval is refused: the weights at two readings do not bound those in between.
    """
    series = own.series
    years = years_before(series, plan)
    after = window(series, plan)
    if after is None:
        return Silent(series, tuple(plan.years), "synthetic_control")
    exact = beside(own, pool, people, years[0], after.last) if years else []
    donors = [one for one in exact if one.exact(years[0], after.last)]
    refused = _refused(own, years, after, len(exact), len(donors))
    if refused is not None:
        return refused
    held = [own, *donors]
    panel = panel_of(held, [*years, *range(after.first, after.last + 1)], after.first)
    try:
        placebos = placebos_in_space(panel, series.country)
        without = leave_one_out(panel, series.country)
        earlier = _earlier(panel, series.country)
    except MethodError:
        return Refused(series, "synthetic_control", "exact_fit", len(years))
    return Twin(
        series,
        Pool(tuple(one.series for one in donors), pool.region),
        (years[0], years[-1]),
        after,
        own.scale,
        without.full,
        placebos,
        without,
        earlier,
        len(exact) - len(donors),
        tuple(row for one in held for row in one.rows([(years[0], after.last)])),
    )


def _refused(
    own: Measured, years: tuple[int, ...], after: Window, complete: int, donors: int
) -> Refused | None:
    """Name the first condition that is not met; whether there are donors comes last."""
    series = own.series
    method: Method = "synthetic_control"
    try:
        require_pre_years(len(years), needed=NEEDED_BEFORE, donors=max(complete, 1))
    except MethodError:
        return Refused(series, method, "too_few_years", len(years), NEEDED_BEFORE)
    hidden = sum(
        not series.value(year).exact for year in (*years, *range(after.first, after.last + 1))
    )
    if hidden:
        return Refused(series, method, "intervals", hidden)
    if own.people is not None and own.people.missing(years[0], after.last):
        return Refused(series, method, "no_population")
    if not complete:
        return Refused(series, method, "no_comparators")
    if donors < 2:
        return Refused(series, method, "few_donors", donors, 2)
    return None


def _earlier(panel: Panel, country: str) -> PlaceboInTime | None:
    """Pretend that the plan began after the first eight years, where that leaves a year."""
    if panel.before <= NEEDED_BEFORE:
        return None
    return placebo_in_time(panel, country, panel.periods[NEEDED_BEFORE])
