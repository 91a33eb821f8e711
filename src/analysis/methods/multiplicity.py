"""P-values of several hypotheses in; p-values that allow for their number, and decisions, out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import is_one_of, real

Method = Literal["bonferroni", "holm", "hochberg", "bh", "by"]
Purpose = Literal["confirmatory", "exploratory"]

_METHODS = ("bonferroni", "holm", "hochberg", "bh", "by")


@dataclass(frozen=True, slots=True)
class Adjusted:
    """P-values adjusted for their number, in the order given; rejected where at most ``alpha``."""

    method: Method
    alpha: float
    names: tuple[str, ...]
    p: tuple[float, ...]
    adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]

    @property
    def rejections(self) -> int:
        """How many hypotheses are rejected."""
        return sum(self.rejected)


@dataclass(frozen=True, slots=True)
class Family:
    """Hypotheses that answer one question together, adjusted among themselves."""

    name: str
    purpose: Purpose
    result: Adjusted


def adjust(
    p_values: npt.ArrayLike,
    *,
    method: Method,
    alpha: float = 0.05,
    names: Sequence[str] | None = None,
) -> Adjusted:
    """Adjust p-values for the number of hypotheses that were looked at.

    Bonferroni, Holm and Hochberg bound the probability of any false rejection; BH and BY
    bound the expected share of false ones among the rejections. Holm is never weaker
    than Bonferroni and assumes as little. Hochberg and BH assume that tests are
    independent or positively dependent; BY assumes nothing and pays for it.

    Parameters
    ----------
    p_values : array_like, shape (n,)
        One for each hypothesis looked at, also those that came out dull.
    method : {"bonferroni", "holm", "hochberg", "bh", "by"}
        How to adjust.
    alpha : float
        Error allowed, strictly between 0 and 1.
    names : sequence of str, shape (n,), optional
        What each hypothesis is called; "1", "2", ... if left out.

    Raises
    ------
    MethodError
        If a p-value is missing or lies outside 0 to 1, names are missing or doubled, or the
        method is not one of the five.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6, 65-70; Hochberg (1988), Biometrika 75, 800-802;
    Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; Benjamini & Yekutieli
    (2001), Ann. Stat. 29, 1165-1188.

    Examples
    --------
    >>> [round(p, 3) for p in adjust([0.01, 0.04, 0.03], method="holm").adjusted]
    [0.03, 0.06, 0.06]
    """
    found = _p_values("adjust", p_values)
    if not is_one_of(method, _METHODS):
        raise MethodError(f"adjust: no such method. Take one of {', '.join(_METHODS)}.")
    if not 0 < real(alpha) < 1:
        raise MethodError("adjust: alpha must lie between 0 and 1. Give a share, such as 0.05.")
    called = _names(names, len(found))
    adjusted = _adjusted(found, method)
    # One rule for all five: a p-value on the line is rejected, whatever its last bit.
    rejected = adjusted <= alpha * (1 + 1e-12)
    return Adjusted(
        method=method,
        alpha=float(alpha),
        names=called,
        p=tuple(float(p) for p in found),
        adjusted=tuple(float(p) for p in adjusted),
        rejected=tuple(bool(no) for no in rejected),
    )


def families(
    p_values: npt.ArrayLike,
    family: Sequence[str],
    *,
    exploratory: Collection[str] = (),
    confirmatory_method: Method = "holm",
    exploratory_method: Method = "bh",
    alpha: float = 0.05,
    names: Sequence[str] | None = None,
) -> tuple[Family, ...]:
    """Adjust inside each family: Holm where something is to be shown, BH where one looks around.

    Nothing is adjusted between families: a family is one question, and each question is
    registered beforehand with its error.

    Parameters
    ----------
    p_values : array_like, shape (n,)
        One for each hypothesis.
    family : sequence of str, shape (n,)
        The family each hypothesis belongs to.
    exploratory : collection of str
        Families that only look around.
    confirmatory_method, exploratory_method : Method
        As of `adjust`.
    alpha : float
        Error allowed in each family.
    names : sequence of str, shape (n,), optional
        What each hypothesis is called.

    Raises
    ------
    MethodError
        As `adjust`, or if a family is called exploratory and has no hypothesis.

    References
    ----------
    As `adjust`; families: Bender & Lange (2001), J. Clin. Epidemiol. 54, 343-349.

    Examples
    --------
    >>> found = families([0.01, 0.04, 0.2], ["support", "support", "law"])
    >>> [(one.name, one.result.rejections) for one in found]
    [('support', 2), ('law', 0)]
    """
    found = _p_values("families", p_values)
    checked.require_length("families", "family", np.empty(len(family)), len(found))
    _require_names("families", family)
    labels = np.array([str(label) for label in family])
    called = np.array(_names(names, len(found)))
    absent = set(exploratory) - set(labels.tolist())
    if absent:
        raise MethodError(
            f"families: {len(absent)} exploratory families have no hypothesis. "
            "Name families as they stand beside the p-values."
        )
    result = []
    for name in dict.fromkeys(labels.tolist()):
        at = labels == name
        purpose: Purpose = "exploratory" if name in exploratory else "confirmatory"
        method = exploratory_method if purpose == "exploratory" else confirmatory_method
        inside = adjust(found[at], method=method, alpha=alpha, names=called[at].tolist())
        result.append(Family(name, purpose, inside))
    return tuple(result)


def _adjusted(p: checked.Floats, method: Method) -> checked.Floats:
    """Adjust in order of size: step down takes the largest so far, step up the smallest to come."""
    order, n = np.argsort(p, kind="stable"), len(p)
    rising, rank = p[order], np.arange(1, n + 1)
    if method == "bonferroni":
        steps = n * rising
    elif method == "holm":
        steps = np.maximum.accumulate((n + 1 - rank) * rising)
    else:
        harmonic = np.sum(1 / rank) if method == "by" else 1.0
        factor = (n + 1 - rank) if method == "hochberg" else harmonic * n / rank
        steps = np.minimum.accumulate((factor * rising)[::-1])[::-1]
    result = np.empty(n)
    result[order] = np.minimum(1, steps)
    return result


def _p_values(method: str, p_values: npt.ArrayLike) -> checked.Floats:
    found = checked.numbers(method, "p-values", p_values)
    wrong = int(np.count_nonzero((found < 0) | (found > 1)))
    if wrong:
        raise MethodError(
            f"{method}: {wrong} of {len(found)} p-values lie outside 0 to 1. "
            "Give probabilities, not percent or test statistics."
        )
    return found


def _require_names(method: str, names: Sequence[str]) -> None:
    nameless = sum(not isinstance(name, str) or not name for name in names)
    if isinstance(names, str) or nameless:
        raise MethodError(
            f"{method}: {nameless} of {len(names)} names are missing or no text. Name each."
        )


def _names(names: Sequence[str] | None, length: int) -> tuple[str, ...]:
    called = tuple(str(place + 1) for place in range(length)) if names is None else tuple(names)
    _require_names("adjust", called)
    if len(called) != length or len(set(called)) != length:
        raise MethodError(
            f"adjust: {len(set(called))} different names beside {length} hypotheses. "
            "Give each hypothesis a name of its own."
        )
    return called
