"""Imputed data in; how far the imputed would have to be off to change the conclusion out.

Imputation takes the missing to be like the known of the same kind. They may not be: the
pattern-mixture model moves all imputed values by delta and looks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate
from analysis.methods.missing.rubin import rubin
from analysis.methods.scalars import number

FEWEST_KNOWN = 2
"""Values in each group, so that a variance exists."""


@dataclass(frozen=True, slots=True)
class Shifted:
    """The estimate when the missing differ by ``delta`` (unit or odds ratio: see the method)."""

    delta: float
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Estimates at each delta, and the nearest delta at which the conclusion changes.

    The conclusion is whether the limits leave out ``null`` (and on which side) when the
    missing are like the known. ``tipping_below`` and ``tipping_above`` are the deltas on
    either side at which it changes, None where it does not within the deltas given (or no
    null was given).
    """

    shifted: tuple[Shifted, ...]
    null: float | None
    tipping_below: float | None
    tipping_above: float | None


def delta_adjusted(
    imputed: npt.ArrayLike,
    missing: npt.ArrayLike,
    deltas: npt.ArrayLike,
    *,
    later: npt.ArrayLike | None = None,
    null: float = 0.0,
    level: float = 0.95,
) -> Sensitivity:
    """Move imputed values by delta, pool again, and find the delta that tips the conclusion.

    Parameters
    ----------
    imputed : array_like, shape (m, n)
        Completed values of n records in m imputed data sets.
    missing : array_like of bool, shape (n,)
        True where a value was imputed and is to be moved. Leave one group's imputed
        values False to move only the other's.
    deltas : array_like, shape (k,)
        Shifts in the unit of the values, rising, with one below or at 0 and one at or above.
    later : array_like of bool, shape (n,), optional
        True for records of the later group: the estimate is then the difference of means,
        later less earlier. Without it, the mean of all.
    null : float
        Value that the limits must leave out for a conclusion.
    level : float
        Confidence level.

    Raises
    ------
    MethodError
        If nothing is marked as missing, known values differ between imputations, deltas do
        not rise or do not reach 0, or a group has fewer than 2 records.

    References
    ----------
    Rubin (1977), JASA 72, 538-543; van Buuren (2018), Flexible Imputation of Missing Data,
    section 9.2; Cro et al. (2020), Statistics in Medicine 39, 2815-2842 (tipping point).

    Examples
    --------
    >>> data = [[5.0, 6.0, 7.0, 6.0, 6.5], [5.0, 6.0, 7.0, 5.5, 6.5]]
    >>> found = delta_adjusted(data, [0, 0, 0, 1, 0], [-9, 0, 9])
    >>> found.tipping_above is None, found.tipping_below is None
    (True, False)
    """
    confidence.tail("delta_adjusted", level)
    values = checked.table("delta_adjusted", "imputed", imputed)
    moved = _marks("missing", missing, values.shape[1])
    groups = _groups(later, values.shape[1])
    number("delta_adjusted", "the null", null)
    _require_known(values, moved)
    steps = rising("delta_adjusted", deltas)

    def at(delta: float) -> Estimate:
        return _pooled(values + delta * moved, groups, level)

    return scan(at, steps, origin=0.0, null=null)


def rising(method: str, deltas: npt.ArrayLike, *, origin: float = 0.0) -> checked.Floats:
    """Return deltas in order that reach ``origin`` (no difference) from both sides.

    Raises
    ------
    MethodError
        If they do not rise, or do not reach it.
    """
    steps = checked.periods(method, deltas, name="deltas")
    if not steps[0] <= origin <= steps[-1]:
        raise MethodError(
            f"{method}: the deltas do not hold {origin:g}, at which the missing are like the "
            "known. Give deltas on both sides, or from it on."
        )
    return steps


def scan(
    at: Callable[[float], Estimate],
    steps: checked.Floats,
    *,
    origin: float,
    null: float | None,
) -> Sensitivity:
    """Evaluate ``at`` at each step, and find where the conclusion of ``origin`` first changes."""
    shifted = tuple(Shifted(float(step), at(float(step))) for step in steps)
    if null is None:
        return Sensitivity(shifted, None, None, None)

    def side(delta: float) -> int:
        found = at(delta)
        return int(found.low > null) - int(found.high < null)

    below = [float(step) for step in steps[::-1] if step < origin]
    above = [float(step) for step in steps if step > origin]
    return Sensitivity(shifted, null, _tipping(side, origin, below), _tipping(side, origin, above))


def _tipping(side: Callable[[float], int], origin: float, steps: list[float]) -> float | None:
    """Return where ``side`` first differs from its value at ``origin``, by halving the step."""
    here, same = side(origin), origin
    for step in steps:
        if side(step) == here:
            same = step
            continue
        other = step
        for _ in range(60):
            middle = (same + other) / 2
            if side(middle) == here:
                same = middle
            else:
                other = middle
        return other
    return None


def _marks(name: str, marks: npt.ArrayLike, length: int) -> npt.NDArray[np.bool_]:
    found = checked.numbers("delta_adjusted", name, marks)
    checked.require_length("delta_adjusted", name, found, length)
    if not np.all((found == 0) | (found == 1)):
        raise MethodError(
            f"delta_adjusted: {name} is neither true nor false for a record. Mark each with 1 or 0."
        )
    if not found.any():
        raise MethodError(
            f"delta_adjusted: {name} is True for no record. Mark those that it is true of."
        )
    return np.asarray(found == 1)


def _groups(later: npt.ArrayLike | None, n: int) -> tuple[npt.NDArray[np.bool_], ...]:
    if later is None:
        groups: tuple[npt.NDArray[np.bool_], ...] = (np.ones(n, dtype=bool),)
    else:
        after = _marks("later", later, n)
        groups = (~after, after)
    fewest = min(int(group.sum()) for group in groups)
    if fewest < FEWEST_KNOWN:
        raise MethodError(
            f"delta_adjusted: a group has {fewest} records, {FEWEST_KNOWN} are needed. "
            "Report bounds instead (mean_bounds)."
        )
    return groups


def _require_known(values: checked.Floats, moved: npt.NDArray[np.bool_]) -> None:
    if len(values) < 2:
        raise MethodError(
            "delta_adjusted: 1 imputed data set, 2 are needed. One hides what imputing costs."
        )
    changed = int(np.count_nonzero(np.ptp(values[:, ~moved], axis=0)))
    wholly = int(np.count_nonzero(moved)) == len(moved)
    if wholly:
        raise MethodError(
            "delta_adjusted: every value is missing, so nothing was counted. "
            "A series that was never counted cannot be imputed."
        )
    # Records that were imputed but are not to be moved may differ; then none is constant.
    if changed and not np.any(np.ptp(values[:, moved], axis=0)):
        raise MethodError(
            f"delta_adjusted: {changed} records that are not marked as missing differ between "
            "imputations, and none of those marked does. Mark the imputed ones."
        )


def _pooled(
    values: checked.Floats, groups: tuple[npt.NDArray[np.bool_], ...], level: float
) -> Estimate:
    means = [values[:, group].mean(axis=1) for group in groups]
    variances = [values[:, group].var(axis=1, ddof=1) / group.sum() for group in groups]
    estimates = means[0] if len(groups) == 1 else means[1] - means[0]
    return rubin(
        estimates,
        np.sum(variances, axis=0),
        observations=values.shape[1],
        parameters=len(groups),
        level=level,
    ).estimate
