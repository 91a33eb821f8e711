"""Lists in; how well the method finds sizes that are known out.

The cases of one list are a population whose size is known. The other lists see some of
them. If the method does not find that size, there is no reason to believe the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.errors import MethodError
from analysis.methods.population_size.refits import Estimator, Refit, refit, refused
from analysis.methods.population_size.result import EXISTS, NOT_FINITE
from analysis.methods.population_size.subsets import conditioned, without_empty
from analysis.methods.population_size.tables import FEWEST_LISTS, Lists, lists_of
from analysis.methods.population_size.two_lists import pair_estimates

if TYPE_CHECKING:
    import pandas as pd

By = Literal["estimator", "lincoln_petersen"]

FACTOR = 2.0
"""How far off is called far: half or twice the truth."""


@dataclass(frozen=True, slots=True)
class HiddenList:
    """A list's known size beside the one estimated from the other lists.

    Attributes
    ----------
    list : str
    truth : int
        Cases on the list.
    refit : Refit
        Estimate from the other lists' table among these cases; its ``n`` of them are seen.
    ratio : float or None
        Estimate over truth; never below ``refit.n / truth``. ``None``: no estimate.
    covered : bool or None
        Whether the truth is within the limits.
    by : str
        What estimated it: where only two other lists share a case with it, Lincoln and
        Petersen's formula (limits by Sadinle, at 95%), which the models come down to.
    """

    list: str
    truth: int
    refit: Refit
    ratio: float | None
    covered: bool | None
    by: By


@dataclass(frozen=True, slots=True)
class Consistency:
    """Each list hidden in turn.

    ``within`` counts the lists whose size was found to within ``factor``, ``covered`` those
    within the limits, ``without_estimate`` those for which there is none.
    """

    hidden: tuple[HiddenList, ...]
    factor: float
    within: int
    covered: int
    without_estimate: int


def internal_consistency(
    given: pd.DataFrame | Lists,
    estimator: Estimator = "stepwise",
    *,
    factor: float = FACTOR,
) -> Consistency:
    """Hide each list, and estimate its known size from the others.

    A method that passes may still be wrong of those on no list: who is found by one is not
    like who is found by none. One that fails has been shown to fail on these very lists.

    Parameters
    ----------
    given : DataFrame or Lists
    estimator : method name or function
    factor : float
        Above 1; an estimate between truth / factor and truth * factor is called within.

    Returns
    -------
    Consistency
        A row for each list. A list that shares no case with the one hidden says nothing of it
        and is not in ``refit.lists``.

    Raises
    ------
    MethodError
        If it is no table of lists, or the factor is not above 1.

    References
    ----------
    Binette & Steorts (2022), Journal of the Royal Statistical Society A 185, 640-676.
    """
    lists = lists_of(given, method="internal_consistency")
    if not factor > 1:
        raise MethodError("internal_consistency: the factor is not above 1. Give 2, or 1.5.")
    rows = tuple(_hidden(lists, name, estimator) for name in lists.names)
    ratios = [row.ratio for row in rows if row.ratio is not None]
    return Consistency(
        rows,
        factor,
        sum(1 / factor <= ratio <= factor for ratio in ratios),
        sum(row.covered is True for row in rows),
        len(rows) - len(ratios),
    )


def _hidden(lists: Lists, name: str, estimator: Estimator) -> HiddenList:
    truth = lists.sizes[lists.names.index(name)]
    others = without_empty(conditioned(lists, name))
    if len(others.names) < FEWEST_LISTS:
        reason = (
            f"internal_consistency: {len(others.names)} other lists share a case with this one, "
            "at least 2 must. Its size cannot be estimated from them."
        )
        return HiddenList(name, truth, refused(others, reason, None), None, None, "estimator")
    two = len(others.names) == FEWEST_LISTS
    found = _of_two(others) if two else refit(others, estimator)
    by: By = "lincoln_petersen" if two else "estimator"
    if found.total is None or found.low is None or found.high is None:
        return HiddenList(name, truth, found, None, None, by)
    covered = found.low <= truth <= found.high
    return HiddenList(name, truth, found, found.total / truth, covered, by)


def _of_two(lists: Lists) -> Refit:
    (pair,) = pair_estimates(lists)
    total = pair.lincoln_petersen
    if total is None:
        return refused(lists, f"internal_consistency: {pair.refusal}", NOT_FINITE)
    return Refit(lists.names, lists.n, total, pair.low, pair.high, (), EXISTS, None)
