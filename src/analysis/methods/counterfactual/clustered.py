"""Rows of many clusters in; difference in differences with clustered errors, or a refusal, out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.counterfactual.difference import Difference, require_spread, with_t_limits
from analysis.methods.scalars import is_there

FEWEST_CLUSTERS = 20
"""Clusters below which clustered errors are too small: the lower end of what Cameron &
Miller (2015), Journal of Human Resources 50, 317-372, call few."""
FEWEST_A_SIDE = 5
"""Treated and untreated clusters each: with fewer, clustered errors are far too small
however many clusters there are (MacKinnon & Webb 2017, J. Applied Econometrics 32)."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """Difference in differences whose errors allow for likeness inside clusters."""

    difference: Difference
    clusters: int
    treated_clusters: int


def clustered(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    after: npt.ArrayLike,
    cluster: Sequence[Hashable],
    *,
    level: float = 0.95,
) -> Clustered:
    """Compare two groups' changes where units of a cluster are alike.

    Least squares with clustered errors (CR1) and Student's t with clusters less one
    degrees of freedom. It needs many clusters on both sides.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        One value a row.
    treated, after : array_like, shape (n,)
        1 or 0: belongs to the treated group; was seen after.
    cluster : sequence, shape (n,)
        What each row belongs to, such as a municipality; at the level at which the
        plan was given out.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    MethodError
        If there are fewer than ``FEWEST_CLUSTERS`` clusters, or fewer than
        ``FEWEST_A_SIDE`` with or without the plan: use `one_treated` there.

    References
    ----------
    Liang & Zeger (1986), Biometrika 73, 13-22; Bertrand, Duflo & Mullainathan (2004),
    Quarterly Journal of Economics 119, 249-275.
    """
    from statsmodels.regression.linear_model import OLS

    tail = confidence.tail("clustered", level)
    y = checked.numbers("clustered", "outcome", outcome, fewest=8)
    d, t = (
        _zero_one(name, values, len(y)) for name, values in (("treated", treated), ("after", after))
    )
    codes = _codes(cluster, len(y))
    count, with_plan = _require_clusters(codes, d)
    _require_cells(d, t)
    design = np.column_stack([np.ones(len(y)), d, t, d * t])
    # Where the cells fit exactly, rounding leaves an error that is no number.
    require_spread("clustered", float(np.ptp(y)), float(np.abs(y).max()))
    model = OLS(y, design)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    value, error = float(fit.params[3]), float(fit.bse[3])
    require_spread("clustered", error, float(np.ptp(y)))
    return Clustered(with_t_limits(value, error, count - 1, tail, level), count, with_plan)


def _zero_one(name: str, values: npt.ArrayLike, length: int) -> Floats:
    found = checked.numbers("clustered", name, values)
    checked.require_length("clustered", name, found, length)
    wrong = int(np.count_nonzero((found != 0) & (found != 1)))
    if wrong:
        raise MethodError(
            f"clustered: {wrong} of {length} values of {name} are neither 0 nor 1. "
            "Say 1 for yes and 0 for no."
        )
    return found


def _codes(cluster: Sequence[Hashable], length: int) -> npt.NDArray[np.intp]:
    missing = sum(not is_there(name) for name in cluster)
    if missing:
        raise MethodError(
            f"clustered: {missing} of {length} rows have no cluster. Name it, or leave them out."
        )
    number: dict[Hashable, int] = {}
    codes = np.array([number.setdefault(name, len(number)) for name in cluster])
    checked.require_length("clustered", "cluster", codes, length)
    return codes


def _require_clusters(codes: npt.NDArray[np.intp], treated: Floats) -> tuple[int, int]:
    count = len(np.unique(codes))
    with_plan = len(np.unique(codes[treated == 1]))
    without = len(np.unique(codes[treated == 0]))
    if count < FEWEST_CLUSTERS or min(with_plan, without) < FEWEST_A_SIDE:
        raise MethodError(
            f"clustered: {with_plan} clusters with the plan and {without} without, at least "
            f"{FEWEST_A_SIDE} of each and {FEWEST_CLUSTERS} in all are needed, as errors from "
            "fewer are far too small. Use a permutation test (one_treated) instead."
        )
    return count, with_plan


def _require_cells(treated: Floats, after: Floats) -> None:
    empty = 4 - len(set(zip(treated.tolist(), after.tolist(), strict=True)))
    if empty:
        raise MethodError(
            f"clustered: {empty} of 4 cells (group by period) are empty. "
            "Both groups need rows before and after."
        )
