"""A panel and its treated unit in; donor weights, the gap to their mixture and its fit out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.counterfactual.importance import (
    Search,
    nested_weights,
    outcome_weights,
    problem,
)
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.rule import FEWEST_PRE_YEARS, require_pre_years
from analysis.methods.counterfactual.simplex import closest_mixture
from analysis.methods.scalars import require_one_of

_METHOD = "synthetic control"


@dataclass(frozen=True, slots=True)
class SyntheticControl:
    """A unit beside the mixture of donors that stands for it without the plan.

    ``gap`` is ``observed - synthetic``, one a period, in the outcome's unit; the
    first ``before`` periods lie before the plan. ``rmspe_*`` is the root mean squared
    gap before and after; ``rmspe_floor`` the smallest that any weights could reach
    before (they would ignore the predictors). ``importance`` of the predictors sums
    to 1 and is None where the outcomes before are their own predictors.
    ``outcomes_outside`` and ``predictors_outside`` count periods before and
    predictors in which the unit lies beyond every donor: no mixture reaches there.
    """

    treated: str
    donors: tuple[str, ...]
    weights: tuple[float, ...]
    importance: tuple[float, ...] | None
    periods: tuple[float, ...]
    before: int
    observed: tuple[float, ...]
    synthetic: tuple[float, ...]
    gap: tuple[float, ...]
    rmspe_before: float
    rmspe_after: float
    rmspe_floor: float
    mean_gap_after: float
    outcomes_outside: int
    predictors_outside: int

    @property
    def extrapolates(self) -> bool:
        """Whether the unit lies beyond every donor somewhere before the plan."""
        return self.outcomes_outside + self.predictors_outside > 0

    def used(self, least: float = 0.0005) -> dict[str, float]:
        """Return the donors with at least this weight, as a table prints them."""
        pairs = zip(self.donors, self.weights, strict=True)
        return {donor: weight for donor, weight in pairs if weight >= least}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The fit without one donor."""

    donor: str
    fit: SyntheticControl


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """Fits that each miss one donor with weight; the range of their mean gap after."""

    full: SyntheticControl
    without: tuple[LeftOut, ...]
    lowest_mean_gap: float
    highest_mean_gap: float


def synthetic_control(
    panel: Panel,
    treated: str,
    *,
    search: Search = "many_starts",
    importance: Sequence[float] | None = None,
    fewest_before: int = FEWEST_PRE_YEARS,
) -> SyntheticControl:
    """Weigh donors so that their mixture is like the treated unit before the plan.

    With predictors, weights make the mixture close in predictors, and the
    predictors' importance is searched so that the outcome before fits best. Without,
    the outcomes before are fitted directly. Donors must be untouched by the plan and
    of its consequences, and alike enough that what moved them moved the unit.

    Parameters
    ----------
    panel : Panel
        Outcomes of the unit and its donors, without gaps.
    treated : str
        The unit with the plan; every other unit is a donor.
    search : {"many_starts", "nelder_mead"}
        How the importance is searched; the second is that of R's Synth and pysyncon
        and finds their published weights, which need not be the best.
    importance : sequence of float, shape (n_predictors,), optional
        Importance known beforehand, such as a paper's V: nothing is searched.
    fewest_before : int
        Fewest periods before the plan that are accepted.

    Returns
    -------
    SyntheticControl
        No limits: with one treated unit they come from placebos (`placebos`).

    Raises
    ------
    MethodError
        If there is no donor, too few periods before, or an importance that does not
        fit the predictors.

    References
    ----------
    Abadie & Gardeazabal (2003), American Economic Review 93, 113-132; Abadie,
    Diamond & Hainmueller (2010), JASA 105, 493-505.

    Examples
    --------
    >>> rows = [[t, t - 1, t + 1] for t in range(9)]
    >>> panel = Panel.of(rows, periods=range(9), units=["a", "b", "c"], first_after=8)
    >>> [round(weight, 3) for weight in synthetic_control(panel, "a").weights]
    [0.5, 0.5]
    """
    unit = panel.column(treated)
    require_one_of(_METHOD, "search", search, get_args(Search))
    require_pre_years(panel.before, needed=fewest_before, donors=len(panel.units) - 1)
    known, weights = _weights(panel, unit, search, importance)
    return _described(panel, unit, known, weights)


def leave_one_out(
    panel: Panel,
    treated: str,
    *,
    search: Search = "many_starts",
    fewest_before: int = FEWEST_PRE_YEARS,
) -> LeaveOneOut:
    """Fit again without each donor that had weight: one alone must not carry the result.

    Parameters
    ----------
    panel, treated, search, fewest_before
        As `synthetic_control`.

    Returns
    -------
    LeaveOneOut
        Predictors' scales and importance are found anew each time.

    Raises
    ------
    MethodError
        As `synthetic_control`, and if there are fewer than 2 donors.

    References
    ----------
    Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59,
    495-510.
    """
    if len(panel.units) < 3:
        raise MethodError(
            f"{_METHOD}: {len(panel.units) - 1} donors, 2 or more are needed to leave one out. "
            "Name more comparators, or show the one fit."
        )
    full = synthetic_control(panel, treated, search=search, fewest_before=fewest_before)
    without = tuple(
        LeftOut(
            donor,
            synthetic_control(
                panel.without(donor), treated, search=search, fewest_before=fewest_before
            ),
        )
        for donor in full.used()
    )
    means = [left.fit.mean_gap_after for left in without]
    return LeaveOneOut(full, without, min(means), max(means))


def _weights(
    panel: Panel, unit: int, search: Search, importance: Sequence[float] | None
) -> tuple[Floats | None, Floats]:
    outcomes = panel.outcomes[: panel.before]
    if panel.predictors is None:
        if importance is not None:
            raise MethodError(
                f"{_METHOD}: an importance of predictors, but the panel has none. "
                "Give the panel its predictors."
            )
        return None, outcome_weights(outcomes, unit)
    if importance is None:
        return nested_weights(panel.predictors, outcomes, unit, search)
    known = _known_importance(importance, len(panel.predictors))
    nested = problem(panel.predictors, outcomes, unit)
    return known, closest_mixture(nested.gram(known))


def _known_importance(importance: Sequence[float], predictors: int) -> Floats:
    known = checked.numbers(_METHOD, "importance", importance)
    checked.require_length(_METHOD, "importance", known, predictors)
    wrong = int(np.count_nonzero(known < 0))
    if wrong or known.sum() == 0:
        raise MethodError(
            f"{_METHOD}: {wrong} of {predictors} importances are negative, or all are 0. "
            "Give 0 or more each, and more than 0 to one."
        )
    return np.asarray(known / known.sum())


def _described(panel: Panel, unit: int, known: Floats | None, weights: Floats) -> SyntheticControl:
    others = np.arange(len(panel.units)) != unit
    observed, synthetic = panel.outcomes[:, unit], panel.outcomes[:, others] @ weights
    gap, before = observed - synthetic, panel.before
    best = weights if known is None else outcome_weights(panel.outcomes[:before], unit)
    floor = observed[:before] - panel.outcomes[:before, others] @ best
    return SyntheticControl(
        treated=panel.units[unit],
        donors=tuple(name for name in panel.units if name != panel.units[unit]),
        weights=tuple(weights.tolist()),
        importance=None if known is None else tuple(known.tolist()),
        periods=panel.periods,
        before=before,
        observed=tuple(observed.tolist()),
        synthetic=tuple(synthetic.tolist()),
        gap=tuple(gap.tolist()),
        rmspe_before=_root_mean_square(gap[:before]),
        rmspe_after=_root_mean_square(gap[before:]),
        rmspe_floor=_root_mean_square(floor),
        mean_gap_after=float(gap[before:].mean()),
        outcomes_outside=_outside(panel.outcomes[:before], unit),
        predictors_outside=0 if panel.predictors is None else _outside(panel.predictors, unit),
    )


def _root_mean_square(gap: Floats) -> float:
    return float(np.sqrt(np.mean(gap**2)))


def _outside(rows: Floats, unit: int) -> int:
    """Count the rows in which the unit lies beyond all others."""
    others = np.delete(rows, unit, axis=1)
    beyond = (rows[:, unit] < others.min(axis=1)) | (rows[:, unit] > others.max(axis=1))
    return int(np.count_nonzero(beyond))
