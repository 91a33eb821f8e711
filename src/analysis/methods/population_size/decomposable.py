"""Overlapping lists in, the total averaged over all decomposable graphs out.

Madigan and York: which lists depend on each other is unknown, so every decomposable graph is
a model, and each adds to the posterior of the total as much as the table speaks for it. With
a hyper-Dirichlet prior everything but the total integrates out exactly; what is left is a sum
over the number unseen, on a grid that the density itself makes as long and fine as needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.confidence import tail
from analysis.methods.population_size.chordal import Signs, cliques, margins_of_graphs
from analysis.methods.population_size.refusals import none_on_two_lists
from analysis.methods.population_size.result import (
    EXISTS,
    NOT_FINITE,
    Diagnostics,
    Group,
    NoEstimateError,
    PopulationEstimate,
    Weighed,
)
from analysis.methods.population_size.tables import Lists
from analysis.methods.population_size.unseen_grid import Grid, grid_for, quantile

FEWEST_LISTS = 3
MOST_LISTS = 6
"""Seven lists have 617,675 graphs."""
MOST_BEYOND = 1e-6
"""Largest share of the posterior that may lie beyond the end of the grid."""
MOST_UNBOUNDED = 0.25
"""Largest weight of graphs under which the table sets the total no upper limit. With at most
this much, the median lies between the tertiles of what the other graphs say, wherever the
prior puts the rest."""
SHOWN = 20


@dataclass(frozen=True, slots=True)
class TotalPosterior:
    """Posterior of the total, for a figure.

    Attributes
    ----------
    total : tuple of floats
        Persons, seen and unseen; increasing, closer together where the posterior bends.
    probability : tuple of floats
        That the total is one of the whole numbers that this one stands for; adds up to 1.
    density : tuple of floats
        Probability of each single whole number about there.
    beyond : float
        Upper bound of the share that lies beyond the last total, at most `MOST_BEYOND`.
    """

    total: tuple[float, ...]
    probability: tuple[float, ...]
    density: tuple[float, ...]
    beyond: float


@dataclass(frozen=True, slots=True)
class _Averaged:
    """The posterior by graph (rows) and number unseen (columns)."""

    grid: Grid
    mass: Floats
    beyond: float
    signs: Signs
    unbounded: npt.NDArray[np.bool_]


def decomposable(lists: Lists, *, level: float = 0.95) -> PopulationEstimate:
    """Average the total over all decomposable graphs between the lists.

    Uniform prior over graphs; hyper-Dirichlet with a prior count of 2^-k in each of the 2^k
    cells of k lists; prior of the total N proportional to 1/N, at least one person unseen.
    (With a flat prior of N the saturated graph has no proper posterior.) Independent cases;
    the same chances of being listed for all, but for what the edges explain.

    Parameters
    ----------
    lists : Lists
        Three to six lists.
    level : float
        Probability that the limits enclose, 0-1.

    Returns
    -------
    PopulationEstimate
        ``estimate`` is the posterior median, the limits are posterior quantiles with as much
        beyond on either side. ``model`` is the heaviest graph, as its cliques;
        ``diagnostics.models`` has each graph's weight and the median it alone would give;
        ``models_without_estimate`` counts graphs under which the table sets no upper limit.

    Raises
    ------
    MethodError
        If there are fewer than three or more than six lists.
    NoEstimateError
        If no two lists overlap, or graphs under which the table sets no upper limit
        outweigh `MOST_UNBOUNDED`: the answer would be the prior's.

    References
    ----------
    Madigan & York (1997), Biometrika 84, 19-31.
    Dawid & Lauritzen (1993), Annals of Statistics 21, 1272-1317.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis.methods.population_size import Lists
    >>> counts = np.array([0, 60, 49, 4, 247, 112, 142, 12])
    >>> found = decomposable(Lists(("a", "b", "c"), counts))
    >>> found.n, found.low < found.estimate < found.high
    (626, True)
    """
    beyond = tail("decomposable", level)
    found = _averaged(lists)
    overall = found.mass.sum(axis=0)
    low, middle, high = (
        quantile(found.grid, overall, share) for share in (beyond, 0.5, 1 - beyond)
    )
    models = _weighed(lists, found)
    return PopulationEstimate(
        estimate=lists.n + middle,
        low=lists.n + low,
        high=lists.n + high,
        level=level,
        hidden=middle,
        n=lists.n,
        method="decomposable",
        model=models[0].groups,
        existence=EXISTS,
        diagnostics=Diagnostics(
            interval="posterior",
            models=models,
            models_compared=len(found.signs),
            models_without_estimate=int(np.count_nonzero(found.unbounded)),
        ),
    )


def decomposable_posterior(lists: Lists) -> TotalPosterior:
    """Return the posterior that `decomposable` takes its median and limits from.

    Parameters
    ----------
    lists : Lists
        Three to six lists.

    Returns
    -------
    TotalPosterior

    Raises
    ------
    MethodError, NoEstimateError
        As `decomposable`.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis.methods.population_size import Lists
    >>> counts = np.array([0, 60, 49, 4, 247, 112, 142, 12])
    >>> round(sum(decomposable_posterior(Lists(("a", "b", "c"), counts)).probability), 6)
    1.0
    """
    found = _averaged(lists)
    overall = found.mass.sum(axis=0)
    return TotalPosterior(
        total=tuple((lists.n + found.grid.unseen).tolist()),
        probability=tuple(overall.tolist()),
        density=tuple((overall / found.grid.stands_for).tolist()),
        beyond=found.beyond,
    )


def log_posterior(lists: Lists, unseen: Floats, signs: Signs | None = None) -> Floats:
    """Return the log posterior, up to one constant, of each graph and number unseen.

    Parameters
    ----------
    unseen : array (m,)
        Numbers of persons on no list, above 0.
    signs : array (graphs, 2**k), optional
        As `margins_of_graphs` gives them, which is the default.

    Returns
    -------
    array (graphs, m)
    """
    signs = margins_of_graphs(len(lists.names)) if signs is None else signs
    cases, prior, seen = _margins(lists)
    total = lists.n + unseen
    lost = seen[:, None] - _log_falling(total, cases + 1 - prior)
    lost[0] = 0.0
    each = _log_falling(total, np.array([float(lists.n)]))[0] - np.log(total)
    return np.asarray(signs.astype(np.float64) @ lost + each)


def _averaged(lists: Lists) -> _Averaged:
    _require_lists(lists)
    signs = margins_of_graphs(len(lists.names))
    beyond, end = 1.0, 1e4 * lists.n
    while beyond > MOST_BEYOND:
        end *= 100
        grid = grid_for(lambda unseen: _log_sum(log_posterior(lists, unseen, signs)), end)
        logs = log_posterior(lists, grid.unseen, signs)
        top = float(logs.max())
        mass = np.exp(logs - top) * grid.stands_for
        last = np.exp(log_posterior(lists, np.array([end]), signs)[:, 0] - top)
        whole = float(mass.sum())
        beyond = float((last * end / (_fall(lists, signs) - 1)).sum()) / whole
    found = _Averaged(grid, mass / whole, beyond, signs, _bounding(lists, signs) <= 0)
    _require_bound(found)
    return found


def _margins(lists: Lists) -> tuple[Floats, Floats, Floats]:
    """Return cases on at least one list of each set, prior count, and what cells seen add."""
    from scipy.special import gammaln

    cells = np.arange(len(lists.counts))
    cases, prior, seen = np.zeros((3, len(cells)))
    for some in cells:
        here = np.bincount(cells & some, weights=lists.counts, minlength=len(cells))
        each = 0.5 ** int(some).bit_count()
        within = here[1:][(cells[1:] & some) == cells[1:]]
        cases[some], prior[some] = within.sum(), each
        seen[some] = (gammaln(within + each) - gammaln(each)).sum() - gammaln(each)
    return cases, prior, seen


def _log_falling(total: Floats, taken: Floats) -> Floats:
    """Return log Gamma(N + 1) - log Gamma(N + 1 - d), shape (len(taken), len(total)).

    By Stirling's series where N is large: there the two differ in digits that they do not have.
    """
    from scipy.special import gammaln

    above = total + 1
    below = above - taken[:, None]
    plain = gammaln(above) - gammaln(below)
    far = below > 1e4
    safe = np.where(far, below, 1e4)
    lost = np.log1p((above - safe) / safe)
    series = (above - 0.5) * lost + (above - safe) * (np.log(safe) - 1)
    return np.asarray(np.where(far, series + (1 / above - 1 / safe) / 12, plain))


def _log_sum(logs: Floats) -> Floats:
    top = logs.max(axis=0)
    return np.asarray(top + np.log(np.exp(logs - top).sum(axis=0)))


def _bounding(lists: Lists, signs: Signs) -> Floats:
    """Return the power of the total by which each graph's likelihood falls; 0: it does not."""
    cases, _, _ = _margins(lists)
    return np.asarray(signs.astype(np.float64) @ cases - lists.n)


def _fall(lists: Lists, signs: Signs) -> Floats:
    """Return the power by which each graph's posterior falls in the end: 2 - 2^-k or more."""
    cases, prior, _ = _margins(lists)
    taken = cases + 1 - prior
    return np.asarray(signs.astype(np.float64) @ taken - lists.n + 1)


def _weighed(lists: Lists, found: _Averaged) -> tuple[Weighed, ...]:
    weights = found.mass.sum(axis=1)
    heaviest = np.lexsort((np.arange(len(weights)), -weights))[:SHOWN]
    return tuple(
        Weighed(
            groups=_groups(lists, found.signs[one]),
            total=lists.n + quantile(found.grid, found.mass[one] / weights[one], 0.5),
            weight=float(weights[one]),
        )
        for one in heaviest
    )


def _groups(lists: Lists, signs: Signs) -> tuple[Group, ...]:
    joined = [one for one in cliques(signs) if one.bit_count() > 1]
    named = [
        tuple(name for place, name in enumerate(lists.names) if (one >> place) & 1)
        for one in joined
    ]
    return tuple(sorted(named, key=lambda group: [lists.names.index(name) for name in group]))


def _require_lists(lists: Lists) -> None:
    if not FEWEST_LISTS <= len(lists.names) <= MOST_LISTS:
        raise MethodError(
            f"decomposable: {len(lists.names)} lists, {FEWEST_LISTS} to {MOST_LISTS} can be "
            "averaged over. Merge lists of organisations that work together, or add a list."
        )
    if sum(lists.sizes) == lists.n:
        raise none_on_two_lists(lists, method="decomposable")


def _require_bound(found: _Averaged) -> None:
    weight = float(found.mass[found.unbounded].sum())
    if weight > MOST_UNBOUNDED:
        raise NoEstimateError(
            f"decomposable: the {int(np.count_nonzero(found.unbounded))} of "
            f"{len(found.signs)} graphs under which the table sets the total no upper limit "
            f"have {weight:.0%} of the weight (at most {MOST_UNBOUNDED:.0%}), so the prior would "
            "answer, not the table. Report the methods that state their assumption, or a range.",
            NOT_FINITE,
        )
