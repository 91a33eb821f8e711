"""A panel with one treated unit in; its course against the others', period by period, out."""

from __future__ import annotations

import numpy as np

from analysis.errors import MethodError
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.trends import Trends

FEWEST_A_PERIOD = 2
"""Other units for each estimate: with fewer their spread is too poorly known for limits."""


def one_treated_trends(panel: Panel, treated: str) -> Trends:
    """Compare one unit's course with the mean of others, against the last period before.

    One treated unit has no spread of its own; what the others' courses differ by stands
    in for it. The error of an estimate is then that of one more unit drawn as they were:
    their covariance times 1 + 1 / n.

    Parameters
    ----------
    panel : Panel
        Outcomes of the treated unit and the others; predictors are not used.
    treated : str
        The unit with the plan.

    Returns
    -------
    Trends
        For `parallel_trends`, whose limits then rest on units of like spread and on
        a bell curve.

    Raises
    ------
    MethodError
        If fewer than 2 periods lie before, there are fewer than 2 others for each
        estimate, or in a period all others moved alike.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90, 2555-2591; Conley & Taber
    (2011), Review of Economics and Statistics 93, 113-125.

    Examples
    --------
    >>> rows = [[0, 0, 1, 2, 3, 4, 5], [1, 0, 2, 1, 3, 5, 4], [9, 1, 1, 2, 2, 5, 6]]
    >>> panel = Panel.of(rows, periods=[1, 2, 3], units="a b c d e f g".split(), first_after=3)
    >>> one_treated_trends(panel, "a").after.round(2)
    array([7.67])
    """
    column, before = panel.column(treated), panel.before
    if before < 2:
        raise MethodError(
            f"one_treated_trends: {before} period before the plan, 2 or more are needed to see "
            "a drift. Show the change alone."
        )
    course = panel.outcomes - panel.outcomes[before - 1]
    course = np.delete(course, before - 1, axis=0)
    others = np.delete(course, column, axis=1)
    periods, n = others.shape
    if n < FEWEST_A_PERIOD * periods:
        raise MethodError(
            f"one_treated_trends: {n} other units for {periods} estimates, "
            f"{FEWEST_A_PERIOD * periods} are needed. Name more comparators, or give fewer periods."
        )
    spread = np.atleast_2d(np.cov(others)) * (1 + 1 / n)
    alike = int(np.count_nonzero(spread.diagonal() <= 0))
    if alike:
        raise MethodError(
            f"one_treated_trends: in {alike} of {periods} periods all others moved alike, so "
            "that chance cannot be measured. Show the courses by themselves."
        )
    gap = course[:, column] - others.mean(axis=1)
    return Trends.of(gap[: before - 1], gap[before - 1 :], spread)
