"""Spells and covariates in; hazard ratios with limits out (Cox regression)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.scalars import require_one_of
from analysis.methods.survival.maximum import Model, maximum, profile_limits
from analysis.methods.survival.partial_likelihood import RiskSet, Ties, risk_sets
from analysis.methods.survival.spells import Groups, Spells, group_labels, observed_spells

if TYPE_CHECKING:
    import pandas as pd

FEWEST_EVENTS = 5
"""Fewest events a covariate without a penalty (Vittinghoff & McCulloch 2007, 5 to 9)."""

MOST_EXACT = 200_000
"""Steps (at risk times tied events, added up) that the exact method will take."""

Penalty = Literal["none", "firth"]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One covariate: log hazard ratio per unit, its error, the ratio with limits, its p."""

    name: str
    log_ratio: float
    error: float
    ratio: Estimate
    p: float


@dataclass(frozen=True, slots=True)
class CoxModel:
    """Fitted hazard ratios and the test of all of them (likelihood ratio).

    ``covariance`` of the log ratios, rows as ``coefficients``. With ``penalty`` "firth"
    likelihoods are penalised, and limits and p come from the profile of that likelihood;
    else from the normal law.
    """

    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    log_likelihood_without: float
    likelihood_ratio: float
    p: float
    spells: int
    events: int
    ties: Ties
    penalty: Penalty
    level: float


@dataclass(frozen=True, slots=True)
class CoxInput:
    """Checked spells, risk sets and covariates centred at their mean, shape (n, p)."""

    spells: Spells
    sets: tuple[RiskSet, ...]
    names: tuple[str, ...]
    x: Floats


def cox(
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    covariates: Mapping[str, npt.ArrayLike] | pd.DataFrame,
    *,
    entry: npt.ArrayLike | None = None,
    strata: Iterable[object] | None = None,
    ties: Ties = "efron",
    penalty: Penalty = "none",
    level: float = 0.95,
) -> CoxModel:
    """Fit hazard ratios that are taken to hold on every day (check `proportionality`).

    Parameters
    ----------
    times, observed, entry : array_like, shape (n,)
        As for `kaplan_meier`.
    covariates : mapping of name to array_like, shape (n,), or DataFrame
        Numbers known at the start of the spell: what happens later (support given) would
        credit it with the time survived until then (immortal time).
    strata : iterable, shape (n,), optional
        Labels of strata, each with its own baseline.
    ties : {"efron", "breslow", "exact"}
        How events of one day are taken; days of many events need Efron or exact.
    penalty : {"none", "firth"}
        "firth" takes out the bias of few events and has an answer where all events of a
        kind fall on one side.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    MethodError
        Without a penalty: with fewer than ``FEWEST_EVENTS`` events a covariate, or a
        likelihood that rises without end (a ratio of 0 or infinity). In any case: a
        covariate that does not vary among those at risk or follows from the others; exact
        ties beyond ``MOST_EXACT`` steps.

    References
    ----------
    Cox (1972), JRSS B 34, 187-220; Efron (1977), JASA 72, 557-565; Heinze & Schemper
    (2001), Biometrics 57, 114-119 (Firth's penalty).

    Examples
    --------
    >>> days, late = range(1, 13), [0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1]
    >>> round(cox(days, [1] * 12, {"late": late}).coefficients[0].ratio.value, 3)
    0.573
    """
    tail = confidence.tail("cox", level)
    require_one_of("cox", "rule for ties", ties, get_args(Ties))
    require_one_of("cox", "penalty", penalty, get_args(Penalty))
    data = cox_input("cox", times, observed, covariates, entry, strata)
    _require_feasible(data, ties, penalty)
    model = Model("cox", data.sets, data.x, ties, penalty == "firth")
    at, log, covariance = maximum(model)
    without = model.log(np.zeros(len(at)))
    ratio = max(0.0, 2 * (log - without))
    from scipy.stats import chi2

    return CoxModel(
        coefficients=_coefficients(model, data.names, at, log, covariance, tail),
        covariance=tuple(map(tuple, covariance.tolist())),
        log_likelihood=log,
        log_likelihood_without=without,
        likelihood_ratio=ratio,
        p=float(chi2.sf(ratio, len(at))),
        spells=len(data.spells),
        events=int(data.spells.cause.sum()),
        ties=ties,
        penalty=penalty,
        level=level,
    )


def cox_input(
    method: str,
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    covariates: Mapping[str, npt.ArrayLike] | pd.DataFrame,
    entry: npt.ArrayLike | None,
    strata: Iterable[object] | None,
) -> CoxInput:
    """Check what a Cox model takes.

    Raises
    ------
    MethodError
        As `kaplan_meier`; if there is no covariate or one is of another length.
    """
    spells = observed_spells(method, times, observed, entry)
    columns = {
        str(name): checked.numbers(method, f"covariate {place}", values)
        for place, (name, values) in enumerate(covariates.items(), start=1)
    }
    if not columns:
        raise MethodError(f"{method}: no covariate. Give kaplan_meier alone, or name one.")
    for place, values in enumerate(columns.values(), start=1):
        checked.require_length(method, f"covariate {place}", values, len(spells))
    one = Groups(("all",), np.zeros(len(spells), dtype=np.int64))
    layers = one if strata is None else group_labels(method, "strata", strata, len(spells))
    x = np.column_stack(list(columns.values()))
    return CoxInput(spells, risk_sets(spells, layers), tuple(columns), x - x.mean(axis=0))


def _require_feasible(data: CoxInput, ties: Ties, penalty: Penalty) -> None:
    events, size = int(data.spells.cause.sum()), len(data.names)
    if penalty == "none" and events < FEWEST_EVENTS * size:
        raise MethodError(
            f"cox: {events} events for {size} covariates, {FEWEST_EVENTS} each are needed. "
            "Use penalty='firth', or fewer covariates."
        )
    steps = sum(len(one.rows) * one.died for one in data.sets if one.died > 1)
    if ties == "exact" and steps > MOST_EXACT:
        raise MethodError(
            f"cox: exact ties would take {steps} steps, at most {MOST_EXACT} are gone through. "
            "Use ties='efron'."
        )


def _coefficients(
    model: Model, names: tuple[str, ...], at: Floats, log: float, covariance: Floats, tail: float
) -> tuple[Coefficient, ...]:
    from scipy.stats import chi2, norm

    found = []
    for place, name in enumerate(names):
        value, error = float(at[place]), math.sqrt(float(covariance[place, place]))
        if model.firth:
            low, high, fall = profile_limits(model, at, log, covariance, place, tail)
            p = float(chi2.sf(fall, 1))
        else:
            reach = float(norm.isf(tail)) * error
            low, high, p = value - reach, value + reach, float(2 * norm.sf(abs(value) / error))
        if max(abs(low), abs(high)) > 700:
            raise MethodError(
                f"cox: the limits of covariate {place + 1} pass any number. "
                "Give it in a larger unit (years for days), or leave it out."
            )
        ratio = Estimate(math.exp(value), math.exp(low), math.exp(high), 1 - 2 * tail)
        found.append(Coefficient(name, value, error, ratio, p))
    return tuple(found)
