"""Two groups before and after in; the difference of their changes with limits out.

The limits say how far chance in the sampled units could move the number. They do not
say whether the groups would have moved alike without the plan: with one treated region
and one other, no limit can (`one_treated`, `parallel_trends`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.scalars import require_one_of

Errors = Literal["unpaired", "pooled", "hc1"]
"""``unpaired``: each cell its own variance, Welch's degrees of freedom. ``pooled``: one
variance for all, as least squares. ``hc1``: White's, with n / (n - parameters)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The values of one group in one period: how many, their mean and its error."""

    n: int
    mean: float
    error: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Change of the treated less change of the others, in the outcome's unit.

    ``error`` is the standard error, ``degrees_of_freedom`` those of Student's t
    behind the limits at confidence ``level``.
    """

    value: float
    error: float
    low: float
    high: float
    degrees_of_freedom: float
    level: float


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Difference in differences with the four cells it is made of."""

    control_before: Cell
    control_after: Cell
    treated_before: Cell
    treated_after: Cell
    difference: Difference


@dataclass(frozen=True, slots=True)
class Changes:
    """Difference in differences of units seen in both periods: the changes of each group."""

    control: Cell
    treated: Cell
    difference: Difference


def two_by_two(
    control_before: npt.ArrayLike,
    control_after: npt.ArrayLike,
    treated_before: npt.ArrayLike,
    treated_after: npt.ArrayLike,
    *,
    errors: Errors = "unpaired",
    level: float = 0.95,
) -> TwoByTwo:
    """Compare two groups' changes, each cell a sample of its own.

    Units seen twice are not independent: use `changes` for them.

    Parameters
    ----------
    control_before, control_after, treated_before, treated_after : array_like, shape (n,)
        Outcomes of each cell's units, 2 or more; cells may differ in size.
    errors : {"unpaired", "pooled", "hc1"}
        Where the standard error comes from.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    TwoByTwo
        Above 0: the treated rose more, or fell less.

    Raises
    ------
    MethodError
        If a cell has fewer than 2 values, or no cell's values differ.

    References
    ----------
    Card & Krueger (1994), American Economic Review 84, 772-793, table 3.

    Examples
    --------
    >>> found = two_by_two([1, 2, 3], [2, 3, 4], [1, 2, 3], [4, 5, 6])
    >>> found.difference.value
    2.0
    """
    cells = [
        checked.numbers("two_by_two", name, values, fewest=2)
        for name, values in (
            ("control_before", control_before),
            ("control_after", control_after),
            ("treated_before", treated_before),
            ("treated_after", treated_after),
        )
    ]
    means = [float(cell.mean()) for cell in cells]
    value = means[3] - means[2] - means[1] + means[0]
    difference = _with_limits("two_by_two", value, cells, errors, level)
    first, second, third, fourth = (_cell(cell) for cell in cells)
    return TwoByTwo(first, second, third, fourth, difference)


def changes(
    control: npt.ArrayLike,
    treated: npt.ArrayLike,
    *,
    errors: Errors = "unpaired",
    level: float = 0.95,
) -> Changes:
    """Compare two groups' changes, every unit seen before and after (balanced).

    Parameters
    ----------
    control, treated : array_like, shape (n_units, 2)
        Outcome before and after, a row a unit; 2 or more units each.
    errors, level
        As `two_by_two`, of the units' changes.

    Returns
    -------
    Changes
        Above 0: the treated rose more, or fell less.

    Raises
    ------
    MethodError
        If a group has fewer than 2 units or another shape, or no change differs.

    Examples
    --------
    >>> changes([[1, 2], [2, 4]], [[1, 5], [2, 5]]).difference.value
    2.0
    """
    groups = [_changes(name, rows) for name, rows in (("control", control), ("treated", treated))]
    value = float(groups[1].mean() - groups[0].mean())
    difference = _with_limits("changes", value, groups, errors, level)
    return Changes(_cell(groups[0]), _cell(groups[1]), difference)


def _cell(values: Floats) -> Cell:
    return Cell(len(values), float(values.mean()), float(np.sqrt(_variance_of_mean(values))))


def _variance_of_mean(values: Floats) -> float:
    return float(values.var(ddof=1)) / len(values)


def _changes(name: str, rows: npt.ArrayLike) -> Floats:
    found = checked.table("changes", name, rows)
    if found.shape[1] != 2 or len(found) < 2:
        raise MethodError(
            f"changes: {name} has {len(found)} units and {found.shape[1]} periods, 2 or more "
            "units and 2 periods are needed. Give before and after, a row a unit."
        )
    return np.asarray(found[:, 1] - found[:, 0])


def _with_limits(
    method: str, value: float, cells: list[Floats], errors: Errors, level: float
) -> Difference:
    tail = confidence.tail(method, level)
    require_one_of(method, "errors", errors, get_args(Errors))
    n = sum(len(cell) for cell in cells)
    squares = [float(((cell - cell.mean()) ** 2).sum()) for cell in cells]
    if errors == "unpaired":
        parts = [_variance_of_mean(cell) for cell in cells]
        variance, freedom = sum(parts), _welch(parts, cells)
    elif errors == "pooled":
        freedom = n - len(cells)
        variance = sum(squares) / freedom * sum(1 / len(cell) for cell in cells)
    else:
        freedom = n - len(cells)
        white = sum(s / len(cell) ** 2 for s, cell in zip(squares, cells, strict=True))
        variance = white * n / freedom
    error = float(np.sqrt(variance))
    require_spread(method, error, max(float(np.abs(cell).max()) for cell in cells))
    return with_t_limits(value, error, freedom, tail, level)


def _welch(parts: list[float], cells: list[Floats]) -> float:
    below = sum(part**2 / (len(cell) - 1) for part, cell in zip(parts, cells, strict=True))
    return sum(parts) ** 2 / below if below else float(sum(len(cell) - 1 for cell in cells))


def require_spread(method: str, error: float, scale: float) -> None:
    """Refuse an error of 0: it comes from values that are all alike, not from certainty.

    Raises
    ------
    MethodError
        If ``error`` is 0 beside values of size ``scale``.
    """
    if error <= 1e-12 * scale:
        raise MethodError(
            f"{method}: the values do not differ inside any group, so that chance cannot be "
            "measured. Show the means by themselves."
        )


def with_t_limits(
    value: float, error: float, freedom: float, tail: float, level: float
) -> Difference:
    """Put Student's t limits around a difference; ``tail`` lies beyond each."""
    from scipy.special import stdtrit

    reach = float(stdtrit(freedom, 1 - tail)) * error
    return Difference(value, error, value - reach, value + reach, float(freedom), level)
