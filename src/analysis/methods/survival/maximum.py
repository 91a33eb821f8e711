"""A partial likelihood in; where it is highest, or the reason that it has no top, out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.survival.partial_likelihood import RiskSet, Ties, partial_likelihood

MOST_STEPS = 100
"""Newton steps; a likelihood with a top needs fewer than ten, a penalised one some more."""

FAR = 10.0
"""Spread of the log hazards from which a top is suspected to lie at infinity."""

_STEP = 1e-4
"""Step of central differences of the information, in standard deviations of a covariate."""


@dataclass(frozen=True, slots=True)
class Model:
    """Risk sets with covariates, shape (n, p), a rule for ties, and Firth's penalty or none."""

    method: str
    sets: tuple[RiskSet, ...]
    x: Floats
    ties: Ties
    firth: bool

    def log(self, beta: Floats) -> float:
        """Return the log-likelihood, with half the log determinant of the information if Firth's.

        Minus infinity where the penalty has no value.
        """
        found = partial_likelihood(beta, self.sets, self.x, self.ties)
        if not self.firth:
            return found.log
        sign, log = np.linalg.slogdet(found.information.sum(axis=0))
        return found.log + float(log) / 2 if sign > 0 else -math.inf

    def slope(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return score, shape (p,), modified if Firth's, and information, shape (p, p)."""
        found = partial_likelihood(beta, self.sets, self.x, self.ties)
        score, information = found.score.sum(axis=0), found.information.sum(axis=0)
        if self.firth:
            score = score + self._pull(beta, information)
        return score, information

    def _pull(self, beta: Floats, information: Floats) -> Floats:
        """Return the derivative of the penalty, by central differences."""
        pull = np.empty(len(beta))
        for place, scale in enumerate(self.x.std(axis=0)):
            step = np.zeros(len(beta))
            step[place] = _STEP / scale
            above, below = (
                partial_likelihood(
                    beta + side * step, self.sets, self.x, self.ties
                ).information.sum(axis=0)
                for side in (1, -1)
            )
            change = (above - below) / (2 * step[place])
            pull[place] = np.trace(np.linalg.solve(information, change)) / 2
        return pull


def maximum(model: Model) -> tuple[Floats, float, Floats]:
    """Return the top, the log-likelihood there and the inverse information.

    Raises
    ------
    MethodError
        If a covariate does not vary among those at risk or follows from others; if the
        likelihood rises without end; if no top is found.
    """
    _require_varying(model)
    free = np.ones(model.x.shape[1], dtype=bool)
    at, log, settled = _climb(model, np.zeros(len(free)), free)
    if not model.firth and (not settled or float(np.ptp(model.x @ at)) > FAR) and _endless(model):
        raise MethodError(
            f"{model.method}: the likelihood rises without end, as in every risk set the events "
            "lie at one end of a covariate (a ratio of 0 or infinity). Use penalty='firth', or "
            "report the events of each group."
        )
    if not settled:
        raise MethodError(
            f"{model.method}: no highest likelihood was found in {MOST_STEPS} steps. "
            "Give fewer covariates, or in other units."
        )
    _, information = model.slope(at)
    covariance = np.linalg.inv(information).astype(np.float64)
    return at, log, covariance


def profile_limits(
    model: Model, at: Floats, log: float, covariance: Floats, place: int, tail: float
) -> tuple[float, float, float]:
    """Return where the profile of one coefficient has fallen too far, and its fall at 0.

    Raises
    ------
    MethodError
        If the profile never falls so far: the data leave that side open.
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2

    free = np.arange(len(at)) != place
    most = float(chi2.isf(2 * tail, 1))
    error = math.sqrt(float(covariance[place, place]))
    slope = covariance[place] / covariance[place, place]

    def fall(value: float) -> float:
        # The others follow along the tangent of the profile: a start close to its top.
        start = at + slope * (value - float(at[place]))
        start[place] = value
        return 2 * (log - _climb(model, start, free)[1])

    ends = []
    for side in (-1, 1):
        reach = error * math.sqrt(most)
        for _ in range(20):
            if fall(float(at[place]) + side * reach) > most:
                break
            reach *= 1.5
        else:
            raise MethodError(
                f"{model.method}: one limit of covariate {place + 1} lies beyond any number. "
                "Report the events of each group."
            )
        edge = float(at[place]) + side * reach
        ends.append(
            float(brentq(lambda b: fall(b) - most, float(at[place]), edge, xtol=1e-7 * error))
        )
    return ends[0], ends[1], max(0.0, fall(0.0))


def _climb(
    model: Model, start: Floats, free: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Floats, float, bool]:
    """Take Newton steps in the free coefficients, halved while they lead down.

    A step that promises less than rounding can show is taken, as steps shorten by squares
    (by a part, where the penalty bends the score), and is the last.
    """
    at, log = start, model.log(start)
    least = 1e-11 if model.firth else 1e-9
    for _ in range(MOST_STEPS if free.any() else 0):
        score, information = model.slope(at)
        try:
            step = np.linalg.solve(information[np.ix_(free, free)], score[free])
        except np.linalg.LinAlgError:
            return at, log, False
        gain = float(step @ score[free])
        for halved in range(30):
            ahead = at.copy()
            ahead[free] += step / 2**halved
            found = model.log(ahead)
            if found >= log - least:
                break
        else:
            return at, log, False
        at, log = ahead, found
        if gain < least:
            return at, log, True
    return at, log, not free.any()


def _require_varying(model: Model) -> None:
    scale = model.x.std(axis=0)
    size = len(scale)
    still = int(np.count_nonzero(scale <= 1e-12 * np.maximum(1, np.abs(model.x).max(axis=0))))
    if still:
        raise MethodError(
            f"{model.method}: {still} of {size} covariates have one value. Leave them out."
        )
    found = partial_likelihood(np.zeros(size), model.sets, model.x / scale, model.ties)
    values = np.linalg.eigvalsh(found.information.sum(axis=0))
    if values[0] <= 1e-9 * max(values[-1], 1e-9):
        raise MethodError(
            f"{model.method}: a covariate does not vary among those at risk, or follows from the "
            "others. Leave it out, or merge categories."
        )


def _endless(model: Model) -> bool:
    """Say whether some direction puts every event at the end of its risk set.

    Under the exact rule events of one day are compared with those without, under the
    others with all at risk. A linear programme seeks the direction (Bryson & Johnson).
    """
    from scipy.optimize import linprog

    gaps = []
    for one in model.sets:
        rows = model.x[one.rows]
        others = rows[one.died :] if model.ties == "exact" else rows
        gaps.append((rows[: one.died, None, :] - others).reshape(-1, rows.shape[1]))
    gap = np.unique(np.concatenate(gaps) / model.x.std(axis=0), axis=0)
    found = linprog(-gap.sum(axis=0), A_ub=-gap, b_ub=np.zeros(len(gap)), bounds=(-1, 1))
    return found.fun is not None and -float(found.fun) > 1e-7
