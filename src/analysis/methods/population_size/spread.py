"""Estimates by several methods in; whether they agree, and the range to report, out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import MethodError
from analysis.methods.population_size.result import PopulationEstimate

FACTOR = 1.5
"""Largest over smallest total that is still called agreement.

Of eleven published tables, by main effects, stepwise, BIC, latent classes and decomposable
graphs where they apply, the ratio is 1.1 to 1.34 in four (UK four lists, New Orleans five lists
twice, western US), then there is a gap up to 1.66 (New Orleans, eight lists), 1.9 to 2.0 (UK,
Kosovo, Korea), 2.5 and 2.7 (Netherlands) and 7.9 (Australia). The upper BCa limit of the
stepwise total is 1.15 to 1.65 times the total in the same tables (Australia 2.5): below 1.5 the
choice of a method matters about as little as chance does.
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far methods lie apart.

    Attributes
    ----------
    lowest, highest : float
        Smallest and largest total: what to report where they disagree.
    lowest_by, highest_by : str
        Whose they are; the first named where two are equal.
    ratio : float
        ``highest / lowest``.
    hidden_ratio : float
        The same of the parts on no list: infinite where one method says that nobody is hidden
        and another does not, 1 where all say so.
    factor : float
        Largest ratio that is called agreement.
    agrees : bool
        Whether one number may be reported.
    low, high : float
        Smallest lower and largest upper limit; ``high`` is infinite where a method sets none.
    estimates : int
        How many there are.
    """

    lowest: float
    highest: float
    lowest_by: str
    highest_by: str
    ratio: float
    hidden_ratio: float
    factor: float
    agrees: bool
    low: float
    high: float
    estimates: int


def spread(estimates: Sequence[PopulationEstimate], *, factor: float = FACTOR) -> Spread:
    """Say whether methods agree on a total.

    Methods that agree may share an error: all take for granted that nothing but what was
    modelled makes the lists depend on each other. Methods that disagree cannot all be right,
    and the data do not say which is.

    Parameters
    ----------
    estimates : sequence of PopulationEstimate
        Two or more, of one table. Which methods are compared is declared before looking.
    factor : float
        Above 1.

    Returns
    -------
    Spread

    Raises
    ------
    MethodError
        If there are fewer than two estimates, they rest on different numbers of cases, or the
        factor is not above 1.

    References
    ----------
    Silverman (2020), Journal of the Royal Statistical Society A 183, 691-736; Whitehead,
    Jackson, Balch & Francis (2021), Journal of Human Trafficking 7(1).
    """
    _require_comparable(estimates, factor)
    least = min(estimates, key=lambda one: one.estimate)
    most = max(estimates, key=lambda one: one.estimate)
    ratio = most.estimate / least.estimate
    return Spread(
        lowest=least.estimate,
        highest=most.estimate,
        lowest_by=least.method,
        highest_by=most.method,
        ratio=ratio,
        hidden_ratio=_ratio(most.hidden, least.hidden),
        factor=factor,
        agrees=ratio <= factor,
        low=min(one.low for one in estimates),
        high=max(one.high for one in estimates),
        estimates=len(estimates),
    )


def _ratio(most: float, least: float) -> float:
    if most <= 0:
        return 1.0
    return most / least if least > 0 else math.inf


def _require_comparable(estimates: Sequence[PopulationEstimate], factor: float) -> None:
    if len(estimates) < 2:
        raise MethodError(
            f"spread: {len(estimates)} estimates where at least 2 are needed. "
            "Estimate by another method; where none has an estimate, report that."
        )
    cases = {one.n for one in estimates}
    if len(cases) > 1:
        raise MethodError(
            f"spread: the estimates rest on {len(cases)} different numbers of cases. "
            "Compare methods on one table."
        )
    if not factor > 1:
        raise MethodError("spread: the factor is not above 1. Give 1.5, or 2.")
