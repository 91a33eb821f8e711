"""A table of overlapping lists in, how many there are in all out, by the method asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints
from analysis.methods.confidence import tail
from analysis.methods.population_size.bca import Bca, bca, require_bootstrap
from analysis.methods.population_size.existence import fit_or_code, terms_of
from analysis.methods.population_size.models import Fit, fit_model
from analysis.methods.population_size.refusals import none_on_two_lists
from analysis.methods.population_size.result import (
    EXISTS,
    NOT_FINITE,
    Diagnostics,
    Method,
    NoEstimateError,
    PopulationEstimate,
)
from analysis.methods.population_size.stepwise import choose, choose_all
from analysis.methods.population_size.tables import Lists, lists_of
from analysis.methods.scalars import is_whole, real, require_one_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST_LISTS = 3
"""A model of two lists fits any two lists: nothing could contradict it."""
_MOST = 1e12
"""Persons: a hundred times as many as live."""
SEED = 1
"""Of the resamples, unless another is given: the same call gives the same result."""


def estimate(
    lists: pd.DataFrame | Lists,
    method: Method = "stepwise",
    threshold: float = 0.02,
    max_order: int = 2,
    bootstrap: int = 1000,
    level: float = 0.95,
    rng: np.random.Generator | int = SEED,
) -> PopulationEstimate:
    """Estimate how many there are, seen and unseen, from lists that overlap.

    Assumes that a case keeps its chance to be listed during the time that the lists
    cover, that records of one case are linked, and that what the chosen model leaves out
    (lists that depend on each other in ways it has no parameter for) is absent. None of it
    can be seen in the table: compare methods, and leave lists out, before quoting a number.

    Parameters
    ----------
    lists : DataFrame or Lists
        One 0/1 column a list and a last column ``count``; or a row a case without it. Three
        lists or more.
    method : {"stepwise", "bic", "main", "average", "latent_class", "decomposable"}
        Pairs of lists added while their overlap is unlikely; the model with the lowest BIC;
        independent lists; averages of models by their BIC; classes of cases that differ
        in how they are listed; average over decomposable graphs.
    threshold : float
        For "stepwise": p-value below which a pair is added; above 0, at most 1.
    max_order : int
        For "bic" and "average": most lists in a group that may depend on each other.
    bootstrap : int
        Resamples for the limits, each with its own choice of model; 0: limits that take the
        model as known, which are too narrow if it was chosen ("main" chooses none).
        "latent_class" and "decomposable" have posterior limits instead, and so has "average" at 0.
    level : float
        Confidence level, between 0 and 1.
    rng : Generator or int
        What draws, or its seed; 1 unless given, so that the same call gives the same result.

    Returns
    -------
    PopulationEstimate

    Raises
    ------
    MethodError
        If there are fewer than three lists, the table is none, or an option is not usable.
    NoEstimateError
        If no case is on two lists, no finite and single estimate exists or it is above 10^12,
        or the resamples set not even a lower limit.

    References
    ----------
    Chan, Silverman & Vincent (2021), J. Am. Stat. Assoc. 116, 1297-1306; Silverman, Chan &
    Vincent (2024), Stat. Comput. 34, 44.

    Examples
    --------
    >>> from analysis.methods.population_size.tables import Lists
    >>> three = Lists(("A", "B", "C"), np.array([0, 40, 30, 6, 20, 0, 0, 0]))
    >>> found = estimate(three, method="main", bootstrap=0)
    >>> round(found.estimate, 2), found.diagnostics.interval
    (539.09, 'given the model')
    """
    table = lists_of(lists, method="estimate")
    _require_options(method, threshold, max_order, level, bootstrap)
    _require_lists(table)
    if sum(table.sizes) == table.n:
        raise none_on_two_lists(table)
    return _believable(_by_method(table, method, threshold, max_order, bootstrap, level, rng))


def _by_method(
    table: Lists,
    method: Method,
    threshold: float,
    max_order: int,
    bootstrap: int,
    level: float,
    rng: np.random.Generator | int,
) -> PopulationEstimate:
    if method == "stepwise":
        return stepwise(table, threshold=threshold, bootstrap=bootstrap, level=level, rng=rng)
    if method == "main":
        return independent(table, bootstrap=bootstrap, level=level, rng=rng)
    if method in ("bic", "average"):
        from analysis.methods.population_size import criterion

        by = criterion.bic if method == "bic" else criterion.average
        return by(table, max_order=max_order, bootstrap=bootstrap, level=level, rng=rng)
    if method == "decomposable":
        from analysis.methods.population_size.decomposable import decomposable

        return decomposable(table, level=level)
    from analysis.methods.population_size.latent_class import latent_class

    return latent_class(table, level=level, rng=rng)


def _believable(found: PopulationEstimate) -> PopulationEstimate:
    """Refuse a total that is finite in name only; a limit like it is no limit."""
    if found.estimate > _MOST:
        raise NoEstimateError(
            f"estimate: the total comes out above 10^12, for {found.n} cases. It hangs on next to "
            "nobody on two lists, and is no number of persons. Merge lists, or report the number "
            "seen.",
            NOT_FINITE,
        )
    return found if found.high <= _MOST else replace(found, high=math.inf)


def stepwise(
    lists: Lists, *, threshold: float, bootstrap: int, level: float, rng: np.random.Generator | int
) -> PopulationEstimate:
    """Estimate by the pairs that `stepwise.choose` adds; options as of `estimate`."""
    fit = fit_model(lists, choose(lists, threshold), level=level)
    found = _given_the_model(fit, "stepwise")
    if not bootstrap:
        return found
    same: list[float] = []

    def totals_of(counts: Ints) -> Floats:
        chosen = choose_all(counts, threshold)
        drawn = chosen.pairs[-bootstrap:]
        same.append(float((drawn == chosen.pairs[0]).all(axis=1).mean()))
        return chosen.totals

    limits = bca(lists.counts, totals_of, bootstrap=bootstrap, level=level, rng=rng)
    return _with_limits(found, limits, same_model=same[0])


def independent(
    lists: Lists, *, bootstrap: int, level: float, rng: np.random.Generator | int
) -> PopulationEstimate:
    """Estimate as if the lists knew nothing of each other; options as of `estimate`."""
    found = _given_the_model(fit_model(lists, level=level), "main")
    if not bootstrap:
        return found
    terms = np.array(terms_of(lists.names, (), method="estimate"))

    def totals_of(counts: Ints) -> Floats:
        fits, codes = fit_or_code(counts, terms[None])
        totals = counts.sum(axis=1) + fits.expected[:, 0]
        return np.where(codes == EXISTS, totals, np.inf)

    limits = bca(lists.counts, totals_of, bootstrap=bootstrap, level=level, rng=rng)
    return _with_limits(found, limits, same_model=None)


def _given_the_model(fit: Fit, method: Method) -> PopulationEstimate:
    return PopulationEstimate(
        estimate=fit.estimate,
        low=fit.low,
        high=fit.high,
        level=fit.level,
        hidden=fit.hidden,
        n=fit.n,
        method=method,
        model=fit.model,
        existence=fit.existence,
        diagnostics=Diagnostics(
            interval="given the model",
            parameters=len(fit.parameters),
            log_likelihood=fit.log_likelihood,
            deviance=fit.deviance,
            aic=fit.aic,
            bic=fit.bic,
            empty=fit.empty,
        ),
    )


def _with_limits(
    found: PopulationEstimate, limits: Bca, *, same_model: float | None
) -> PopulationEstimate:
    told = replace(
        found.diagnostics,
        interval="bca",
        resamples=limits.resamples,
        without_estimate=limits.without_estimate,
        same_model=same_model,
        bias_correction=limits.bias_correction,
        acceleration=limits.acceleration,
    )
    return replace(found, low=limits.low, high=limits.high, diagnostics=told)


def _require_options(
    method: str, threshold: float, max_order: int, level: float, bootstrap: int
) -> None:
    require_one_of("estimate", "method", method, get_args(Method))
    if not 0 < real(threshold) <= 1:
        raise MethodError(
            "estimate: the threshold must lie above 0 and be at most 1. "
            "Give a p-value, such as 0.02."
        )
    if not is_whole(max_order, 1):
        raise MethodError(
            "estimate: max_order is no whole number of 1 or more. Take 2 for pairs of lists."
        )
    tail("estimate", level)
    if bootstrap is False or real(bootstrap) != 0:
        require_bootstrap(bootstrap)


def _require_lists(lists: Lists) -> None:
    if len(lists.names) < FEWEST_LISTS:
        raise MethodError(
            f"estimate: {len(lists.names)} lists where a model needs at least {FEWEST_LISTS}: with "
            "fewer, no figure could show that the lists depend on each other. What is left is "
            "Chapman's estimate, which assumes that they do not: pair_estimates(lists)."
        )
