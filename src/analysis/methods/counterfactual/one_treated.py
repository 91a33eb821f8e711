"""A panel with one treated unit in; a permutation p and the limits that follow from it out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.counterfactual.panel import Panel


@dataclass(frozen=True, slots=True)
class OneTreated:
    """Change of the one treated unit less the mean change of the others.

    ``p`` is the share of units whose change lies as far from the mean of all, in
    either direction (ties count against the treated unit); it cannot be below
    ``smallest_p``. Limits hold the effects that such a test does not reject; they
    are infinite where the units are too few for ``level``. ``changes`` are those of
    ``units``, the treated first.
    """

    value: float
    low: float
    high: float
    level: float
    p: float
    smallest_p: float
    units: tuple[str, ...]
    changes: tuple[float, ...]


def one_treated(panel: Panel, treated: str, *, level: float = 0.95) -> OneTreated:
    """Test the change of one treated unit against the changes of all others.

    One treated unit has no error of its own to estimate, and clustered errors are
    meaningless; how much untreated units changed shows what chance does. Each unit is
    reduced to one number, its mean after less its mean before, so that likeness of
    its years does no harm.

    Parameters
    ----------
    panel : Panel
        Outcomes of the treated unit and two others or more; predictors are not used.
    treated : str
        The unit with the plan.
    level : float
        Confidence level, between 0 and 1. 95 percent needs 19 other units.

    Returns
    -------
    OneTreated
        Exact if, without an effect, every order of the changes is equally likely:
        units of like size and spread.

    Raises
    ------
    MethodError
        If there are fewer than 2 other units, or all changes are equal.

    References
    ----------
    Conley & Taber (2011), Review of Economics and Statistics 93, 113-125; Fisher
    (1935), The Design of Experiments.

    Examples
    --------
    >>> panel = Panel.of(
    ...     [[0, 0, 0, 0], [9, 1, 2, 3]], periods=[1, 2], units=["a", "b", "c", "d"], first_after=2
    ... )
    >>> found = one_treated(panel, "a")
    >>> found.value, found.p, found.low
    (7.0, 0.25, -inf)
    """
    tail = confidence.tail("one_treated", level)
    unit = panel.column(treated)
    change = panel.outcomes[panel.before :].mean(axis=0) - panel.outcomes[: panel.before].mean(
        axis=0
    )
    own, others = float(change[unit]), np.delete(change, unit)
    _require_others(others, own)
    low, high = _limits(own, others, 2 * tail)
    names = tuple(name for name in panel.units if name != treated)
    return OneTreated(
        value=own - float(others.mean()),
        low=low,
        high=high,
        level=level,
        p=_share_as_far(own, others),
        smallest_p=1 / len(change),
        units=(treated, *names),
        changes=(own, *others.tolist()),
    )


def _require_others(others: Floats, own: float) -> None:
    if len(others) < 2:
        raise MethodError(
            f"one_treated: {len(others)} other units, 2 or more are needed, as their spread "
            "shows what chance does. Name more comparators."
        )
    if np.ptp(np.append(others, own)) == 0:
        raise MethodError(
            "one_treated: all units changed by the same amount, so nothing can be ranked. "
            "Show the series by themselves."
        )


def _share_as_far(own: float, others: Floats) -> float:
    """Compare distances from the mean of all; a unit's own change is among them."""
    middle = (own + others.sum()) / (len(others) + 1)
    # Sums in another order differ in the last digits, and a tie must stay one.
    reach = abs(own - middle) * (1 - 1e-12)
    as_far = int(np.count_nonzero(np.abs(others - middle) >= reach))
    return (1 + as_far) / (len(others) + 1)


def _limits(own: float, others: Floats, alpha: float) -> tuple[float, float]:
    """Invert the test in closed form.

    Without effect a, the treated unit's change would be y = own - a. Other unit j
    lies as far as y from the mean of all exactly if y is between x_j and
    ``(2 S - (n + 1) x_j) / (n - 1)``, with S the sum of the n others. All these
    intervals hold S / n, so that y is kept while k of them reach to it.
    """
    n = len(others)
    needed = math.floor(alpha * (n + 1) * (1 + 1e-12))
    if needed == 0:
        return -math.inf, math.inf
    mirrored = (2 * others.sum() - (n + 1) * others) / (n - 1)
    least, most = np.minimum(others, mirrored), np.maximum(others, mirrored)
    lowest = float(np.sort(least)[needed - 1])
    highest = float(np.sort(most)[n - needed])
    return own - highest, own - lowest


def smallest_p(others: int) -> float:
    """Return the smallest p that so many other units allow.

    Raises
    ------
    MethodError
        If there are fewer than 2.

    Examples
    --------
    >>> smallest_p(15)
    0.0625
    """
    count = checked.whole_counts("smallest_p", "others", [others])[0]
    if count < 2:
        raise MethodError("smallest_p: fewer than 2 other units. Name more comparators.")
    return 1 / (int(count) + 1)
