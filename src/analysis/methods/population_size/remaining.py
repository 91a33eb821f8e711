"""An estimate and an assumed dependence that the model leaves out in; the total under it out.

No data can show that lists are independent of each other among those on no list. What the
data can show is how much dependence it would take to change the conclusion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, numbers
from analysis.methods.population_size.existence import code, group_of, terms_of
from analysis.methods.population_size.fits import fit_all
from analysis.methods.population_size.offset_fits import hidden_under
from analysis.methods.population_size.result import (
    NOT_FINITE,
    WHY_NOT,
    Group,
    NoEstimateError,
    PopulationEstimate,
)
from analysis.methods.population_size.tables import Lists, lists_of, pairs

if TYPE_CHECKING:
    import pandas as pd

RATIOS = (0.1, 0.2, 1 / 3, 0.5, 2 / 3, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)

FURTHEST = 100.0
"""Ratios are looked for between 1 / 100 and 100. What stepwise models find in published tables:
at most 10 in the UK and the western US, 224 for one pair of lists of Korean prisoners."""

_PLACES = 81
"""Ratios that are tried before the root is closed in on; ten for each factor of ten, twice."""


@dataclass(frozen=True, slots=True)
class AssumedTotal:
    """The total if the dependence left out has this odds ratio."""

    ratio: float
    total: float


@dataclass(frozen=True, slots=True)
class Remaining:
    """How the total hangs on a dependence that the model leaves out.

    Attributes
    ----------
    between : tuple of groups
        The lists assumed dependent; each group's interaction has the ratio assumed.
    model : tuple of groups
        Dependences that the model estimates from the data.
    n : int
    total : float
        Under the model: ratio 1.
    course : tuple of AssumedTotal
        The total for each ratio asked for.
    halves, doubles : float or None
        Ratio at which the total is half, or twice, that of the model: the one nearest to 1.
        ``None``: none between 1/100 and 100 (half the total may be less than the cases seen).
    target : float or None
        Another total asked for, and in ``reaches`` the ratio at which it would be right.
    reaches : float or None
    """

    between: tuple[Group, ...]
    model: tuple[Group, ...]
    n: int
    total: float
    course: tuple[AssumedTotal, ...]
    halves: float | None
    doubles: float | None
    target: float | None
    reaches: float | None


def remaining_interaction(
    estimate: PopulationEstimate,
    names: Sequence[str],
    *,
    ratios: Sequence[float] = RATIOS,
    target: float | None = None,
) -> Remaining:
    """Assume an interaction of all k lists: total = n + hidden * ratio^((-1)^k), exactly.

    Every model leaves the interaction of all lists out, since nothing that is seen tells it: in
    the saturated model, log mu of no list = (-1)^k (interaction - sum over the cells seen of
    (-1)^(k - lists of the cell) log mu). The cells seen stay as fitted, so a ratio other than 1
    moves the hidden part alone. This holds for every method. With two lists the ratio is their
    odds ratio; with three, the odds ratio of two lists among those on the third over that among
    those who are not.

    Parameters
    ----------
    estimate : PopulationEstimate
    names : sequence of str
        All lists of the table that the estimate rests on.
    ratios : sequence of float
        Above 0.
    target : float, optional
        Another total, to find the ratio at which it would be right.

    Returns
    -------
    Remaining

    Raises
    ------
    MethodError
        If there are fewer than two lists, or a ratio is not above 0.

    References
    ----------
    Fienberg (1972), Biometrika 59, 591-603; Aleshin-Guendel, Sadinle & Wakefield (2024),
    Biometrics 80, ujad028 (the assumption that identifies the total); Gerritse, van der Heijden
    & Bakker (2015), Journal of Official Statistics 31, 357-379 (sensitivity).
    """
    if len(names) < 2 or len(set(names)) < len(names):
        raise MethodError(
            f"remaining_interaction: {len(names)} lists, or one twice. Name all lists once."
        )
    power = 1.0 if len(names) % 2 == 0 else -1.0

    def hidden(at: Floats) -> Floats:
        return np.asarray(estimate.hidden * at**power)

    return _remaining(
        "remaining_interaction",
        hidden,
        between=(tuple(names),),
        model=estimate.model,
        n=estimate.n,
        ratios=ratios,
        target=target,
    )


def remaining_dependence(
    given: pd.DataFrame | Lists,
    between: Sequence[Group],
    *,
    model: Sequence[Group] = (),
    ratios: Sequence[float] = RATIOS,
    target: float | None = None,
) -> Remaining:
    """Assume a dependence of some lists, and fit the model again beside it.

    The expected count of a cell is multiplied by the ratio once for each group that it contains,
    and the model's parameters are fitted by maximum likelihood beside that: a pair with ratio 2
    has odds of being on both that are twice what the model's other terms make them, whatever
    the other lists say. With two lists: total = n + hidden * ratio. All pairs at once stand for
    persons who differ in how easily they are found.

    Parameters
    ----------
    given : DataFrame or Lists
    between : sequence of groups
        Names of two or more lists each; not what the model estimates itself.
    model : sequence of groups
        Dependences that the model has, as in `PopulationEstimate.model`.
    ratios : sequence of float
        Above 0; above 1 the lists find the same persons.
    target : float, optional
        Another total, to find the ratio at which it would be right.

    Returns
    -------
    Remaining

    Raises
    ------
    NoEstimateError
        If the model has no finite estimate.
    MethodError
        If a group is not of two or more lists of the table, or is in the model, or a ratio is
        not above 0.

    References
    ----------
    Gerritse, van der Heijden & Bakker (2015), Journal of Official Statistics 31, 357-379.
    """
    lists = lists_of(given, method="remaining_dependence")
    terms = np.array(terms_of(lists.names, model, method="remaining_dependence"))
    assumed = [_combination(lists, group) for group in between]
    if not assumed or any(one in terms for one in assumed):
        raise MethodError(
            "remaining_dependence: no lists to assume dependent, or some that the model has. "
            "Name those that it leaves out: the data say how dependent the others are."
        )
    base = fit_all(lists.counts[None, :], terms[None, :])
    if not base.converged[0]:
        why = code(lists.counts, terms) or NOT_FINITE
        raise NoEstimateError(
            f"remaining_dependence: {WHY_NOT[why]}. Nothing is there to move: merge lists, or "
            "leave a dependence out of the model.",
            why,
        )
    cells = np.arange(len(lists.counts))
    times = sum((((cells & one) == one) & (cells > 0)).astype(np.float64) for one in assumed)

    def hidden(at: Floats) -> Floats:
        offsets = np.log(at)[:, None] * np.asarray(times)[None, :]
        return hidden_under(lists.counts, terms, offsets, base.parameters[0])

    return _remaining(
        "remaining_dependence",
        hidden,
        between=tuple(tuple(group) for group in between),
        model=tuple(tuple(group) for group in model),
        n=lists.n,
        ratios=ratios,
        target=target,
    )


def remaining_by_pair(
    given: pd.DataFrame | Lists,
    *,
    model: Sequence[Group] = (),
    ratios: Sequence[float] = RATIOS,
    target: float | None = None,
) -> tuple[Remaining, ...]:
    """Assume a dependence of each pair that the model leaves out, one at a time.

    Returns
    -------
    tuple of Remaining
        In the order of the lists; empty where the model has every pair. Parameters and errors
        are those of `remaining_dependence`.
    """
    lists = lists_of(given, method="remaining_by_pair")
    terms = terms_of(lists.names, model, method="remaining_by_pair")
    return tuple(
        remaining_dependence(
            lists, [group_of(lists.names, pair)], model=model, ratios=ratios, target=target
        )
        for pair in pairs(len(lists.names))
        if pair not in terms
    )


def _remaining(
    method: str,
    hidden: Callable[[Floats], Floats],
    *,
    between: tuple[Group, ...],
    model: tuple[Group, ...],
    n: int,
    ratios: Sequence[float],
    target: float | None,
) -> Remaining:
    asked = numbers(method, "ratios", ratios)
    wrong = int(np.count_nonzero(asked <= 0))
    if wrong:
        raise MethodError(
            f"{method}: {wrong} of {len(asked)} ratios are not above 0. Give 1 for independence."
        )
    totals = n + hidden(np.append(asked, 1.0))
    lost = int(np.count_nonzero(~np.isfinite(totals)))
    if lost:
        raise NoEstimateError(
            f"{method}: {lost} of {len(asked)} ratios have no finite estimate. "
            "Ask for ratios nearer to 1.",
            NOT_FINITE,
        )
    total = float(totals[-1])
    reached = _reached(hidden, n, [total / 2, total * 2, math.nan if target is None else target])
    course = tuple(
        AssumedTotal(float(ratio), float(there))
        for ratio, there in zip(asked, totals[:-1], strict=True)
    )
    return Remaining(between, model, n, total, course, reached[0], reached[1], target, reached[2])


def _reached(
    hidden: Callable[[Floats], Floats], n: int, aims: Sequence[float]
) -> list[float | None]:
    """Return the ratio nearest to 1 at which the total is each of the aims."""
    from scipy.optimize import brentq

    logs = np.linspace(-math.log(FURTHEST), math.log(FURTHEST), _PLACES)
    course = n + hidden(np.exp(logs))
    nearest = np.argsort(np.maximum(np.abs(logs[:-1]), np.abs(logs[1:])), kind="stable")
    found: list[float | None] = []
    for aim in aims:
        over = course - aim
        crossed = [at for at in nearest if over[at] * over[at + 1] <= 0]
        if not crossed:
            found.append(None)
            continue
        at = crossed[0]

        def gap(log: float, aim: float = aim) -> float:
            return float(n + hidden(np.exp(np.array([log])))[0] - aim)

        found.append(math.exp(float(brentq(gap, logs[at], logs[at + 1], xtol=1e-13))))
    return found


def _combination(lists: Lists, group: Group) -> int:
    return terms_of(lists.names, [group], method="remaining_dependence")[-1]
