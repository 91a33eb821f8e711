"""A panel in; how the treated unit's gap ranks among units and dates without a plan out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.counterfactual.importance import Search
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.rule import FEWEST_PRE_YEARS
from analysis.methods.counterfactual.synthetic import SyntheticControl, synthetic_control

LIMITS = (20.0, 5.0, 2.0)
"""Mean squared gaps before, in multiples of the treated unit's, above which a placebo is
left out in the sensitivity (Abadie, Diamond & Hainmueller 2010)."""
_EXACT = 1e-7
"""Root mean squared gap before, as a share of the outcomes' spread, that counts as none."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One unit's fit as if it had the plan; ``ratio`` is RMSPE after over before."""

    unit: str
    ratio: float
    rmspe_before: float
    rmspe_after: float
    gap: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The rank among units that fit at most so much worse than the treated unit before.

    ``limit`` is the largest mean squared gap before that is kept, in multiples of the
    treated unit's; ``left_out`` placebos exceed it.
    """

    limit: float
    left_out: int
    rank: int
    p: float
    smallest_p: float


@dataclass(frozen=True, slots=True)
class PlacebosInSpace:
    """The treated unit among all donors, each treated in turn as if it had the plan.

    ``rank`` 1 is the largest ratio; ties count against the treated unit. ``p`` is rank
    over number of units, and can not be below ``smallest_p`` whatever the effect.
    ``trimmed`` is a sensitivity, beside ``p`` and never in its place.
    """

    treated: Ranked
    placebos: tuple[Ranked, ...]
    rank: int
    p: float
    smallest_p: float
    trimmed: tuple[Trimmed, ...]


@dataclass(frozen=True, slots=True)
class PlaceboInTime:
    """A fit to an earlier date at which nothing happened, on the periods before the plan."""

    pretended: float
    fit: SyntheticControl
    ratio: float


def placebos_in_space(
    panel: Panel,
    treated: str,
    *,
    search: Search = "many_starts",
    treated_is_donor: bool = True,
    limits: Sequence[float] = LIMITS,
    fewest_before: int = FEWEST_PRE_YEARS,
) -> PlacebosInSpace:
    """Rank the unit's ratio of gaps, after to before, among donors taken for treated.

    If the plan did nothing and units are exchangeable, each rank is equally likely.

    Parameters
    ----------
    panel, treated, search, fewest_before
        As `synthetic_control`.
    treated_is_donor : bool
        Whether placebos may draw on the treated unit. True makes the test exact
        under no effect; False keeps an effect out of the placebos' mixtures.
    limits : sequence of float
        Multiples for the labelled sensitivity that leaves badly fitting placebos out.

    Returns
    -------
    PlacebosInSpace
        In the order of ``panel.units``, without the treated one.

    Raises
    ------
    MethodError
        As `synthetic_control`; if there are fewer than 2 donors, if a unit fits
        exactly before, so that its ratio has no value, or if a limit is below 1.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105, 493-505; Firpo & Possebom (2018),
    Journal of Causal Inference 6(2).
    """
    _require_placebos(panel, limits)
    own = synthetic_control(panel, treated, search=search, fewest_before=fewest_before)
    pool = panel if treated_is_donor else panel.without(treated)
    fits = [own] + [
        synthetic_control(pool, unit, search=search, fewest_before=fewest_before)
        for unit in own.donors
    ]
    _require_inexact(panel, fits)
    mine, *others = [_ranked(fit) for fit in fits]
    rank, p, smallest = _rank(mine, others)
    trimmed = tuple(_trimmed(mine, others, limit) for limit in limits)
    return PlacebosInSpace(mine, tuple(others), rank, p, smallest, trimmed)


def placebo_in_time(
    panel: Panel,
    treated: str,
    pretended: float,
    *,
    predictors: npt.ArrayLike | None = None,
    search: Search = "many_starts",
    fewest_before: int = FEWEST_PRE_YEARS,
) -> PlaceboInTime:
    """Pretend that the plan began earlier, and look for a gap where there can be none.

    Parameters
    ----------
    panel, treated, search, fewest_before
        As `synthetic_control`; periods from the plan on are not looked at.
    pretended : float
        First period after the pretended plan, before the true one.
    predictors : array_like, shape (n_predictors, n_units), optional
        As known before the pretended date. Needed if the panel has predictors, as
        those may hold what came later.

    Raises
    ------
    MethodError
        As `synthetic_control`; if the date leaves no period on one side, predictors
        are missing, or the fit before is exact.

    References
    ----------
    Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59,
    495-510.
    """
    if panel.predictors is not None and predictors is None:
        raise MethodError(
            f"placebo in time: the panel has {len(panel.predictors)} predictors and none are "
            "given for the pretended date. Give them as they were known before it."
        )
    earlier = Panel.of(
        panel.outcomes[: panel.before],
        periods=panel.periods[: panel.before],
        units=panel.units,
        first_after=pretended,
        predictors=predictors,
    )
    fit = synthetic_control(earlier, treated, search=search, fewest_before=fewest_before)
    _require_inexact(earlier, [fit])
    return PlaceboInTime(float(pretended), fit, fit.rmspe_after / fit.rmspe_before)


def _require_placebos(panel: Panel, limits: Sequence[float]) -> None:
    if len(panel.units) < 3:
        raise MethodError(
            f"placebos in space: {len(panel.units) - 1} donors, 2 or more are needed, as each "
            "needs a donor of its own. Name more comparators."
        )
    multiples = checked.numbers("placebos in space", "limits", limits, fewest=0)
    if (multiples < 1).any():
        raise MethodError(
            "placebos in space: a limit is below 1, so that the treated unit itself would be "
            "left out. Give multiples of its own mean squared gap, such as 5."
        )


def _require_inexact(panel: Panel, fits: Sequence[SyntheticControl]) -> None:
    spread = float(np.ptp(panel.outcomes))
    exact = sum(fit.rmspe_before <= _EXACT * spread for fit in fits)
    if exact:
        raise MethodError(
            f"placebos: {exact} of {len(fits)} units fit exactly before, so that the ratio "
            "of gaps has no value. Use more periods before, or leave out units that are "
            "copies or sums of others."
        )


def _ranked(fit: SyntheticControl) -> Ranked:
    ratio = fit.rmspe_after / fit.rmspe_before
    return Ranked(fit.treated, ratio, fit.rmspe_before, fit.rmspe_after, fit.gap)


def _rank(mine: Ranked, others: Sequence[Ranked]) -> tuple[int, float, float]:
    rank = 1 + sum(other.ratio >= mine.ratio for other in others)
    return rank, rank / (len(others) + 1), 1 / (len(others) + 1)


def _trimmed(mine: Ranked, others: Sequence[Ranked], limit: float) -> Trimmed:
    kept = [o for o in others if o.rmspe_before**2 <= limit * mine.rmspe_before**2]
    return Trimmed(float(limit), len(others) - len(kept), *_rank(mine, kept))
