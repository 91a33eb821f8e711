"""Spells and covariates in; whether hazard ratios stay the same over time out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.scalars import require_one_of
from analysis.methods.survival.cox import CoxInput, cox_input
from analysis.methods.survival.maximum import Model, maximum
from analysis.methods.survival.partial_likelihood import Likelihood, Ties, partial_likelihood
from analysis.methods.survival.spells import at_risk, events_on

if TYPE_CHECKING:
    import pandas as pd

FEWEST_DAYS = 5
"""Fewest days with events on which a course over time can be told from chance (our rule)."""

Clock = Literal["identity", "rank", "survival"]


@dataclass(frozen=True, slots=True)
class CourseTest:
    """Chi-square that a covariate's log ratio does not run with the clock; name "all" for all."""

    name: str
    chi_square: float
    degrees_of_freedom: int
    p: float


@dataclass(frozen=True, slots=True)
class Proportionality:
    """Tests by covariate and of all, and scaled Schoenfeld residuals by day with events.

    ``residuals[day][covariate]``: around the log hazard ratio of that day; plot them
    against ``times``. Days of several strata stand one after another.
    """

    tests: tuple[CourseTest, ...]
    times: tuple[float, ...]
    residuals: tuple[tuple[float, ...], ...]
    clock: Clock


def proportionality(
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    covariates: Mapping[str, npt.ArrayLike] | pd.DataFrame,
    *,
    entry: npt.ArrayLike | None = None,
    strata: Iterable[object] | None = None,
    ties: Ties = "efron",
    clock: Clock = "survival",
) -> Proportionality:
    """Check that hazard ratios hold on every day, as a Cox model takes them to.

    The score test of adding covariate times clock to the model, as R's cox.zph does since
    survival 3.0. A large p does not show proportionality: with few events it shows
    nothing.

    Parameters
    ----------
    times, observed, covariates, entry, strata
        As for `cox`.
    ties : {"efron", "breslow"}
        Rule for events of one day.
    clock : {"survival", "identity", "rank"}
        The clock: one less the pooled Kaplan-Meier share ("km" in R), days, or the rank of
        the day among the last days of all spells.

    Raises
    ------
    MethodError
        As `cox` without a penalty; for exact ties; for fewer than ``FEWEST_DAYS`` days
        with events.

    References
    ----------
    Grambsch & Therneau (1994), Biometrika 81, 515-526.

    Examples
    --------
    >>> days, late = range(1, 13), [0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1]
    >>> round(proportionality(days, [1] * 12, {"late": late}).tests[0].p, 2)
    0.76
    """
    method = "proportionality"
    require_one_of(method, "rule for ties", ties, get_args(Ties))
    require_one_of(method, "clock", clock, get_args(Clock))
    data = cox_input(method, times, observed, covariates, entry, strata)
    if ties == "exact":
        raise MethodError(f"{method}: not provided for exact ties. Use ties='efron'.")
    if len({one.day for one in data.sets}) < FEWEST_DAYS:
        raise MethodError(
            f"{method}: events on fewer than {FEWEST_DAYS} days show no course over time. "
            "Compare the groups by restricted_mean, which needs no proportionality."
        )
    at, _, covariance = maximum(Model(method, data.sets, data.x, ties, False))
    found = partial_likelihood(at, data.sets, data.x, ties)
    events = np.array([one.died for one in data.sets], dtype=float)
    scaled = at + events.sum() * (found.score / events[:, None]) @ covariance
    return Proportionality(
        tests=_tests(data.names, found, _centred(_clock(data, clock), events)),
        times=tuple(one.day for one in data.sets),
        residuals=tuple(map(tuple, scaled.tolist())),
        clock=clock,
    )


def _clock(data: CoxInput, clock: Clock) -> Floats:
    """Return the reading of the clock on the day of each risk set."""
    days = np.array([one.day for one in data.sets])
    if clock == "identity":
        return days
    if clock == "rank":
        from scipy.stats import rankdata

        ends = np.sort(data.spells.time)
        return np.asarray(rankdata(ends)[np.searchsorted(ends, days)], dtype=np.float64)
    every = np.unique(data.spells.time[data.spells.cause > 0])
    still = np.cumprod(1 - events_on(data.spells, every) / at_risk(data.spells, every))
    before = np.concatenate(([1.0], still[:-1]))
    gone: Floats = 1 - before[np.searchsorted(every, days)]
    return gone


def _centred(readings: Floats, events: Floats) -> Floats:
    centred: Floats = readings - np.average(readings, weights=events)
    return centred


def _tests(names: tuple[str, ...], found: Likelihood, clock: Floats) -> tuple[CourseTest, ...]:
    """Return the score tests, given that the log ratios themselves are free."""
    from scipy.stats import chi2

    score = clock @ found.score
    plain = found.information.sum(axis=0)
    once = np.einsum("d,dij->ij", clock, found.information)
    twice = np.einsum("d,dij->ij", clock**2, found.information)
    left = twice - once @ np.linalg.solve(plain, once)
    if not (np.diag(left) > 0).all():
        raise MethodError(
            "proportionality: a covariate has a single value that outweighs all others, so that no "
            "course over time is left to see. Check its unit, or give its logarithm."
        )
    tests = []
    for place, name in enumerate(names):
        square = float(score[place] ** 2 / left[place, place])
        tests.append(CourseTest(name, square, 1, float(chi2.sf(square, 1))))
    square = float(score @ np.linalg.solve(left, score))
    return (*tests, CourseTest("all", square, len(names), float(chi2.sf(square, len(names)))))
