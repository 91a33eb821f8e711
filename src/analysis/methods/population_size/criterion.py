"""A table of overlapping lists in, totals by the Bayesian information criterion out.

All hierarchical models are fitted where they are few enough (up to six lists with pairs, up
to five with larger groups), else those that a search comes by. The limits come from resamples in
which the choice, or the average, is made again: they allow for the model having been
chosen from the same data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import MethodError
from analysis.methods.confidence import tail
from analysis.methods.population_size.bca import Bca, Ties, limits, resampled
from analysis.methods.population_size.existence import code, terms_of
from analysis.methods.population_size.hierarchical import all_models, groups, terms_up_to
from analysis.methods.population_size.mixture import mixed_limits
from analysis.methods.population_size.models import fit_model
from analysis.methods.population_size.ranking import Ranked, rank_all
from analysis.methods.population_size.refusals import refusal
from analysis.methods.population_size.reselection import refit
from analysis.methods.population_size.result import (
    EXISTS,
    NOT_FINITE,
    Diagnostics,
    Method,
    PopulationEstimate,
    Weighed,
)
from analysis.methods.population_size.search import search
from analysis.methods.population_size.tables import Lists, lists_of
from analysis.methods.scalars import is_whole

if TYPE_CHECKING:
    import pandas as pd

TOP = 100
"""Models that a resample chooses among, as R's MultipleSystemsEstimation for five and six lists."""
SHOWN = 20
"""Models that an estimate carries along."""
NEGLIGIBLE = 1e-4
"""A model with a smaller weight, relative to the best, is left out of a resample's average."""
FEWEST_LISTS = 3
"""With two, no interaction can be told from the unseen: there is one model."""


def bic(
    lists: pd.DataFrame | Lists,
    *,
    max_order: int = 2,
    bootstrap: int = 1000,
    top: int = TOP,
    level: float = 0.95,
    rng: np.random.Generator | int,
    ties: Ties = "half",
) -> PopulationEstimate:
    """Estimate the total by the model with the lowest Bayesian information criterion.

    The criterion is ``p log(n) - 2 l`` with p the parameters, those at minus infinity
    included, and n the number of cases. Models without a finite and single estimate do not
    take part. The total is only as good as the best model, and the next ones, though hardly
    worse, may say something quite different: look at ``diagnostics.models``.

    Parameters
    ----------
    lists : DataFrame or Lists
        One 0/1 column a list and a last column ``count``; or a row a case without it.
    max_order : int
        Largest group of lists that a model may let depend on each other (2: pairs); never
        all lists.
    bootstrap : int
        Resamples, from 20 on; 0: limits that take the model as known, which are too narrow.
    top : int
        How many models, the best for the table itself, a resample chooses among; those
        that cannot be best in it are recognised by bounds and not fitted.
    level : float
        Confidence level, between 0 and 1.
    rng : Generator or int
    ties : {"half", "below"}
        How resamples that give the estimate again count; see `bca`.

    Returns
    -------
    PopulationEstimate

    Raises
    ------
    MethodError
        If there are fewer than three lists, or an option is not usable.
    NoEstimateError
        If no model has a finite and single estimate, or the resamples set no limits.

    References
    ----------
    Silverman, Chan & Vincent (2024), Stat. Comput. 34, 44.

    Examples
    --------
    >>> korea = Lists(("b", "c", "d"), np.array([0, 5, 5, 54, 41, 6, 0, 12]))
    >>> found = bic(korea, rng=1)
    >>> round(found.estimate, 1), found.model
    (157.2, (('b', 'c'), ('c', 'd')))
    """
    table = _checked("bic", lists, top)
    tail("bic", level)
    found = _ranked(table, max_order)
    best = fit_model(table, groups(table.names, found.terms, found.holds[0]), level=level)
    total = float(found.totals[0])
    shown = _diagnostics(table, found)
    if is_whole(bootstrap, 0, 0):
        return _estimate(
            table,
            "bic",
            total,
            best.low,
            best.high,
            level,
            replace(shown, interval="given the model"),
        )
    tables = resampled(table.counts, bootstrap=bootstrap, rng=rng)
    chosen, totals = refit(found.best(top), tables, margin=0.0).best()
    totals[0] = total
    spread = limits(table.counts, totals, level=level, ties=ties)
    same = float((chosen[len(tables) - spread.resamples :] == 0).mean())
    shown = replace(_with_limits(shown, spread), same_model=same)
    return _estimate(table, "bic", total, spread.low, spread.high, level, shown)


def average(
    lists: pd.DataFrame | Lists,
    *,
    max_order: int = 2,
    bootstrap: int = 1000,
    top: int = TOP,
    level: float = 0.95,
    rng: np.random.Generator | int,
    ties: Ties = "half",
) -> PopulationEstimate:
    """Estimate the total by the average over models, weighted by ``exp(-BIC / 2)``.

    The weights approximate the models' posterior probabilities, all alike before. One
    number for models that contradict each other can be a total in which none of them
    believes: look at ``diagnostics.models``.

    Parameters
    ----------
    lists, max_order, level, rng, ties
        As for `bic`.
    bootstrap : int
        Resamples, from 20 on; 0: quantiles of the weighted mixture of what each model says of
        itself, an approximate posterior.
    top : int
        How many models, the heaviest for the table itself, a resample averages over. The
        estimate is the average over all of them.

    Returns
    -------
    PopulationEstimate
        ``model`` is the heaviest one.

    Raises
    ------
    MethodError
        As `bic`.
    NoEstimateError
        As `bic`.

    References
    ----------
    Raftery (1995), Sociol. Methodol. 25, 111-163; Buckland, Burnham & Augustin (1997),
    Biometrics 53, 603-618.

    Examples
    --------
    >>> korea = Lists(("b", "c", "d"), np.array([0, 5, 5, 54, 41, 6, 0, 12]))
    >>> round(average(korea, rng=1).estimate, 1)
    189.1
    """
    table = _checked("average", lists, top)
    alpha = tail("average", level)
    found = _ranked(table, max_order)
    total, shown = float(found.weights @ found.totals), _diagnostics(table, found)
    if is_whole(bootstrap, 0, 0):
        low, high = mixed_limits(found.best(top), table.counts, alpha)
        shown = replace(shown, interval="posterior")
        return _estimate(table, "average", total, low, high, level, shown)
    tables = resampled(table.counts, bootstrap=bootstrap, rng=rng)
    refits = refit(found.best(top), tables, margin=-2 * float(np.log(NEGLIGIBLE)))
    # The correction for bias compares resamples with what they resample: the same few models.
    spread = limits(table.counts, refits.averaged(), level=level, ties=ties)
    shown = _with_limits(shown, spread)
    return _estimate(table, "average", total, spread.low, spread.high, level, shown)


def compare_models(
    lists: pd.DataFrame | Lists, *, max_order: int = 2, top: int = SHOWN
) -> tuple[Weighed, ...]:
    """Return the models with the lowest Bayesian information criterion, the best first.

    Parameters
    ----------
    lists : DataFrame or Lists
    max_order : int
        As for `bic`.
    top : int
        How many.

    Returns
    -------
    tuple of Weighed
        Weights are shares of all models that have an estimate, those not returned included.

    Raises
    ------
    MethodError, NoEstimateError
        As `bic`.

    Examples
    --------
    >>> korea = Lists(("b", "c", "d"), np.array([0, 5, 5, 54, 41, 6, 0, 12]))
    >>> [(one.groups, round(one.total)) for one in compare_models(korea, top=2)]
    [((('b', 'c'), ('c', 'd')), 157), ((('b', 'c'),), 269)]
    """
    table = _checked("compare_models", lists, top)
    return _weighed(table, _ranked(table, max_order), top)


def rank(lists: Lists, max_order: int = 2) -> Ranked:
    """Fit all models, or those a search comes by, and order them; for benchmarks as well."""
    models = all_models(len(lists.names), max_order)
    if models is None:
        return search(lists.counts, terms_up_to(len(lists.names), max_order))
    return rank_all(lists.counts, models)


def compares_all(lists: int, max_order: int = 2) -> bool:
    """Say whether `bic` compares all models on so many lists, or only those a search comes by."""
    return all_models(lists, max_order) is not None


def _checked(method: str, lists: pd.DataFrame | Lists, top: int) -> Lists:
    table = lists_of(lists, method=method)
    if len(table.names) < FEWEST_LISTS:
        raise MethodError(
            f"{method}: {len(table.names)} lists where {FEWEST_LISTS} are needed to compare "
            "models. With two, compare the pair (Chapman) or take them as independent."
        )
    if not is_whole(top, 1):
        raise MethodError(f"{method}: top is no whole number of 1 or more. Take {TOP}.")
    return table


def _ranked(table: Lists, max_order: int) -> Ranked:
    if not is_whole(max_order, 1):
        raise MethodError(
            "estimate: max_order is no whole number of 1 or more. Take 2 for pairs of lists."
        )
    found = rank(table, int(max_order))
    if not len(found.bic):
        terms = np.array(terms_of(table.names, (), method="estimate"))
        # Independent lists are among the models, so it is for them to say why.
        raise refusal(table, terms, code(table.counts, terms) or NOT_FINITE)
    return found


def _weighed(table: Lists, found: Ranked, top: int) -> tuple[Weighed, ...]:
    weights = found.weights
    return tuple(
        Weighed(
            groups(table.names, found.terms, found.holds[one]),
            float(found.totals[one]),
            float(weights[one]),
            float(found.bic[one]),
        )
        for one in range(min(int(top), len(weights)))
    )


def _diagnostics(table: Lists, found: Ranked) -> Diagnostics:
    """Return what is known of the best model, and of how many it is the best."""
    best = fit_model(table, groups(table.names, found.terms, found.holds[0]))
    return Diagnostics(
        interval="bca",
        parameters=len(best.parameters),
        log_likelihood=best.log_likelihood,
        deviance=best.deviance,
        aic=best.aic,
        bic=best.bic,
        empty=best.empty,
        models=_weighed(table, found, SHOWN),
        models_compared=found.compared,
        models_without_estimate=found.compared - len(found.bic),
        searched=not found.every,
    )


def _with_limits(shown: Diagnostics, spread: Bca) -> Diagnostics:
    return replace(
        shown,
        resamples=spread.resamples,
        without_estimate=spread.without_estimate,
        bias_correction=spread.bias_correction,
        acceleration=spread.acceleration,
    )


def _estimate(
    table: Lists,
    method: Method,
    total: float,
    low: float,
    high: float,
    level: float,
    shown: Diagnostics,
) -> PopulationEstimate:
    return PopulationEstimate(
        estimate=total,
        low=low,
        high=high,
        level=level,
        hidden=total - table.n,
        n=table.n,
        method=method,
        model=shown.models[0].groups,
        existence=EXISTS,
        diagnostics=shown,
    )
