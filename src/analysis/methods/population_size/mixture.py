"""Ranked models and a table in, limits for the total without resamples out."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.fits import error_of_constant
from analysis.methods.population_size.lockstep import opened_by
from analysis.methods.population_size.ranking import Ranked
from analysis.methods.population_size.reselection import terms_used
from analysis.methods.population_size.tables import at_least

_HALVINGS = 80
_NORMAL = NormalDist()


def mixed_limits(found: Ranked, counts: Ints, tail: float) -> tuple[float, float]:
    """Return what cuts off a tail on either side of the models' mixture.

    Each model says that the logarithm of the hidden part is normal around its own estimate;
    the mixture weighs them. So models that contradict each other widen the limits.

    Parameters
    ----------
    found : Ranked
    counts : array (cells,)
    tail : float
        Probability beyond each limit.

    References
    ----------
    Buckland, Burnham & Augustin (1997), Biometrics 53, 603-618.
    """
    weights, centres = found.weights, found.parameters[:, 0]
    errors = _errors_of_constant(found, counts)

    def beyond(value: float, side: int) -> float:
        scores = side * (value - centres) / errors
        return float(weights @ np.array([_NORMAL.cdf(float(score)) for score in scores]))

    n = float(counts.sum())
    edge = float((8 * errors).max())
    span = float(centres.min()) - edge, float(centres.max()) + edge
    low = _crossing(lambda value: beyond(value, 1) - tail, *span)
    high = _crossing(lambda value: tail - beyond(value, -1), *span)
    return n + math.exp(low), n + math.exp(high)


def _errors_of_constant(found: Ranked, counts: Ints) -> Floats:
    """Return each model's standard error of the logarithm of the hidden part."""
    terms = found.terms
    aim = at_least(counts.astype(np.float64))[terms.cells]
    used, empty = terms_used(terms, found.holds, np.tile(aim, (len(found.holds), 1)))
    opened = opened_by(terms, empty)
    errors = np.empty(len(used))
    for one in range(len(used)):
        within = terms.within[np.ix_(used[one], opened[one])]
        mean = np.exp(found.parameters[one, used[one]] @ within)
        errors[one] = error_of_constant(within, mean)
    return errors


def _crossing(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function crosses 0, by halving."""
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return 0.5 * (low + high)
