"""One model and a table of overlapping lists in, its fit by extended maximum likelihood out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from analysis.methods.checked import Floats, Ints
from analysis.methods.confidence import tail
from analysis.methods.population_size.existence import (
    fit_or_code,
    group_of,
    groups_of,
    terms_of,
)
from analysis.methods.population_size.fits import error_of_constant, log_likelihood
from analysis.methods.population_size.refusals import refusal
from analysis.methods.population_size.result import EXISTS, Group
from analysis.methods.population_size.tables import Lists, by_size, lists_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Parameter:
    """The logarithm of how many times as many cases there are as without it.

    ``group``: the lists it belongs to; none of them: the constant, whose exponential is the
    number on no list. ``value`` is minus infinity where nobody is on all lists of the group.
    """

    group: Group
    value: float


@dataclass(frozen=True, slots=True)
class Expected:
    """Cases on exactly the lists of ``group``, as the model expects and as the table has them."""

    group: Group
    expected: float
    seen: int


@dataclass(frozen=True, slots=True)
class Fit:
    """A model fitted to a table.

    Attributes
    ----------
    model : tuple of groups
        Groups of two or more lists that depend on each other.
    estimate, low, high : float
        The total, and its limits at confidence ``level`` given that the model is right: the
        logarithm of the hidden part is taken as normal. Too narrow if the same table
        served to choose the model.
    hidden : float
        The part on no list.
    n : int
        Cases seen.
    parameters : tuple of Parameter
        The constant first, then each list, then the groups.
    cells : tuple of Expected
        Every combination of lists; 0 expected in those that contain an empty group.
    log_likelihood, deviance, aic, bic : float
        Parameters at minus infinity count as parameters; ``bic`` takes the number of
        cases as sample size.
    empty : tuple of groups
        Groups in the model that nobody is on.
    existence : int
        0: a fit without a finite and single estimate is refused.
    """

    model: tuple[Group, ...]
    estimate: float
    low: float
    high: float
    level: float
    hidden: float
    n: int
    parameters: tuple[Parameter, ...]
    cells: tuple[Expected, ...]
    log_likelihood: float
    deviance: float
    aic: float
    bic: float
    empty: tuple[Group, ...]
    existence: int

    def parameter(self, *lists: str) -> float:
        """Return the parameter of a group of lists, in any order; of none: the constant.

        Raises
        ------
        KeyError
            If the model has no such parameter.
        """
        return {frozenset(one.group): one.value for one in self.parameters}[frozenset(lists)]


def fit_model(
    lists: pd.DataFrame | Lists, groups: Iterable[Iterable[str]] = (), *, level: float = 0.95
) -> Fit:
    """Fit one model, known beforehand, to a table of lists.

    Parameters
    ----------
    lists : DataFrame or Lists
        One 0/1 column a list and a last column ``count``; or a row a case without it.
    groups : iterable of iterables of names
        Groups of two or more lists that depend on each other; with a group, all groups
        within it. None: the lists are independent.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Fit

    Raises
    ------
    MethodError
        If a group names no list, one list, or a list twice; or ``level`` is no share.
    NoEstimateError
        If the model has no finite and single estimate for this table.

    References
    ----------
    Chan, Silverman & Vincent (2021), J. Am. Stat. Assoc. 116, 1297-1306.

    Examples
    --------
    >>> from analysis.methods.population_size.tables import Lists
    >>> two = Lists(("police", "shelter"), np.array([0, 20, 30, 10]))
    >>> round(fit_model(two).estimate, 6)
    120.0
    """
    table = lists_of(lists, method="fit_model")
    z = NormalDist().inv_cdf(1 - tail("fit_model", level))
    terms = np.array(terms_of(table.names, groups, method="fit_model"))
    fits, codes = fit_or_code(table.counts[None], terms[None])
    if codes[0] != EXISTS:
        raise refusal(table, terms, int(codes[0]), method="fit_model")
    theta, expected = fits.parameters[0], fits.expected[0]
    spread = z * _error(expected, terms[np.isfinite(theta)])
    likelihood = float(log_likelihood(table.counts[None], fits.expected)[0])
    return Fit(
        model=groups_of(table.names, terms),
        estimate=table.n + float(expected[0]),
        low=table.n + float(expected[0] * np.exp(-spread)),
        high=table.n + float(expected[0] * np.exp(spread)),
        level=level,
        hidden=float(expected[0]),
        n=table.n,
        parameters=tuple(
            Parameter(group_of(table.names, int(term)), float(value))
            for term, value in zip(terms, theta, strict=True)
        ),
        cells=tuple(
            Expected(group_of(table.names, cell), float(expected[cell]), int(table.counts[cell]))
            for cell in by_size(len(table.names))
        ),
        log_likelihood=likelihood,
        deviance=_deviance(table.counts, expected),
        aic=2 * len(terms) - 2 * likelihood,
        bic=len(terms) * float(np.log(table.n)) - 2 * likelihood,
        empty=groups_of(table.names, terms[np.isneginf(theta)]),
        existence=EXISTS,
    )


def _error(expected: Floats, kept: Ints) -> float:
    """Return the standard error of the constant."""
    opened = np.flatnonzero(expected[1:] > 0) + 1
    within = (opened[None, :] & kept[:, None]) == kept[:, None]
    return error_of_constant(within.astype(np.float64), expected[opened])


def _deviance(counts: Ints, expected: Floats) -> float:
    seen, mean = counts[1:].astype(np.float64), expected[1:]
    some = seen > 0
    gain = float((seen[some] * np.log(seen[some] / mean[some])).sum())
    return 2 * (gain - float(seen.sum() - mean.sum()))
