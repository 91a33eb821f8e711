"""Overlapping lists in, the total under latent classes of cases out.

Cases differ in how they are listed: each belongs to one of several classes, and only within
a class do the lists know nothing of each other. How many classes are needed, how large they
are and how each is listed is not known and averaged over (Manrique-Vallier).
"""

from __future__ import annotations

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, generator
from analysis.methods.confidence import tail
from analysis.methods.population_size.annealing import annealed
from analysis.methods.population_size.convergence import effective_draws, r_hat
from analysis.methods.population_size.gibbs import numbers_unseen, swept
from analysis.methods.population_size.mixture_density import (
    Mixture,
    from_prior,
    mixture,
)
from analysis.methods.population_size.refusals import none_on_two_lists
from analysis.methods.population_size.result import (
    EXISTS,
    NOT_FINITE,
    Diagnostics,
    NoEstimateError,
    PopulationEstimate,
)
from analysis.methods.population_size.tables import Lists
from analysis.methods.scalars import whole

FEWEST_LISTS = 3
FEWEST_CHAINS = 4
FEWEST_DRAWS = 16
MOST_CLASSES = 50
CHAINS = 6
DRAWS = 40
CLASSES = 10
MOVES = (10, 20)
"""Moves at each degree of annealing: if chains disagree, all is drawn anew with twice as many."""
SWEEPS, EVERY = 100, 5
"""Gibbs sweeps of each draw with the whole table in, and how many apart they are kept."""
SCOUTS, SCOUTED = 32, 300
"""Single chains and their Gibbs sweeps. Chains that agree can all have missed a class: where a
scout explains the table better by more than a class is worth, they have. The rule was made
when these tables were known: it is no guarantee. (On eight published
tables scouts were 2 to 16 better, a class worth 9 to 28; where it was missed, 34 to 38 and 32.)"""
MOST_R_HAT = 1.05
MOST_HIDDEN = 20
"""Times the cases listed; LCMCR draws no more, so that beyond its answer is this limit."""
FEWEST_EFFECTIVE = 100.0
"""Fixes the median to about an eighth of the posterior's standard deviation."""


def latent_class(
    lists: Lists,
    *,
    level: float = 0.95,
    rng: np.random.Generator | int,
    chains: int = CHAINS,
    draws: int = DRAWS,
    classes: int = CLASSES,
) -> PopulationEstimate:
    """Estimate the total under a Bayesian mixture of latent classes.

    Uniform prior for the chance of each list in each class; sizes of classes by a broken
    stick with Gamma(0.25, 0.25) concentration, cut at ``classes``; prior of the total N
    proportional to 1/N. Independent cases; lists independent within a class.

    Parameters
    ----------
    lists : Lists
        Three lists or more.
    level : float
        Probability that the limits enclose, 0-1.
    rng : Generator or int
        What draws, or a seed for it.
    chains : int
        Independent populations of draws, 4 or more.
    draws : int
        Draws that each carries along, 16 or more; twenty times as many are kept.
    classes : int
        Largest number of classes, 1-50; at 1 the lists are independent.

    Returns
    -------
    PopulationEstimate
        ``estimate`` is the posterior median, the limits are posterior quantiles with as much
        beyond on either side; both with Monte Carlo error: the median's is about 1.25
        posterior standard deviations / sqrt(``diagnostics.effective_draws``). ``model`` is
        empty: no group of lists is singled out.

    Raises
    ------
    MethodError
        If there are fewer than three lists, or a setting is out of range.
    NoEstimateError
        If no two lists overlap, or half of the posterior lies beyond 20 times the cases.
    MethodError
        If the chains still disagree after 20 moves a degree (R-hat above 1.05, or fewer
        than 100 effective draws), or all of them explain the table worse than a single chain
        did, by more than a further class is worth.

    References
    ----------
    Manrique-Vallier (2016), Biometrics 72, 1246-1254 (model, priors, Gibbs sweep).
    Del Moral, Doucet & Jasra (2006), JRSS-B 68, 411-436 (annealed populations of draws).

    Examples
    --------
    >>> from analysis.methods.population_size import Lists
    >>> counts = np.array([0, 5, 41, 6, 5, 54, 0, 12])
    >>> found = latent_class(Lists(("a", "b", "c"), counts), rng=1, classes=2)
    >>> found.n, found.diagnostics.r_hat < 1.05
    (123, True)
    """
    beyond = tail("latent_class", level)
    draw = generator("latent_class", rng)
    _require_settings(chains, draws, classes)
    _require_lists(lists)
    unseen, disagreement, effective = _agreed(mixture(lists, classes), chains, draws, draw)
    low, middle, high = np.quantile(
        unseen, (beyond, 0.5, 1 - beyond), method="inverted_cdf"
    ).tolist()
    _require_within(lists, middle)
    return PopulationEstimate(
        estimate=lists.n + middle,
        low=lists.n + low,
        high=lists.n + high,
        level=level,
        hidden=middle,
        n=lists.n,
        method="latent_class",
        model=(),
        existence=EXISTS,
        diagnostics=Diagnostics(
            interval="posterior", chains=chains, r_hat=disagreement, effective_draws=effective
        ),
    )


def _agreed(
    table: Mixture, chains: int, draws: int, rng: np.random.Generator
) -> tuple[Floats, float, float]:
    """Draw until the chains agree; the numbers unseen, R-hat and effective draws."""
    start = from_prior(table, SCOUTS, rng)
    best = float(swept(table, start, SCOUTED, SCOUTED, rng)[1].max())
    for moves in MOVES:
        at = annealed(table, chains, draws, moves, rng)
        chance, likelihood = swept(table, at, SWEEPS, EVERY, rng)
        by_chain = chance.reshape(-1, chains, draws).swapaxes(0, 1).reshape(chains, -1)
        unseen = numbers_unseen(table, by_chain, rng).astype(np.float64)
        disagreement, effective = r_hat(unseen), effective_draws(unseen)
        missed = best - float(np.median(likelihood)) > _cost_of_a_class(table)
        if disagreement <= MOST_R_HAT and effective >= FEWEST_EFFECTIVE and not missed:
            return unseen, disagreement, effective
    raise MethodError(_disagreement(chains, disagreement, effective, missed))


def _cost_of_a_class(table: Mixture) -> float:
    """Return by how much a further class must raise the log likelihood to be worth it (BIC)."""
    return float((table.on.shape[1] + 1) / 2 * np.log(table.n))


def _disagreement(chains: int, disagreement: float, effective: float, missed: bool) -> str:
    why = (
        f"R-hat {disagreement:.2f}, at most {MOST_R_HAT} accepted; {effective:.0f} effective "
        f"draws, at least {FEWEST_EFFECTIVE:.0f} needed"
    )
    if missed:
        why += "; and a single chain explains the table better by more than a class is worth"
    return (
        f"latent_class: {chains} independent chains have not found the posterior after "
        f"{MOVES[-1]} moves a degree ({why}), so the answer would depend on the seed. Give four "
        "times as many draws, or report the other methods."
    )


def _require_settings(chains: int, draws: int, classes: int) -> None:
    whole("latent_class", "chains", chains, fewest=FEWEST_CHAINS)
    whole("latent_class", "draws", draws, fewest=FEWEST_DRAWS)
    if whole("latent_class", "classes", classes, fewest=1) > MOST_CLASSES:
        raise MethodError(
            f"latent_class: more than {MOST_CLASSES} classes. Give fewer: classes that "
            "the table does not need stay empty."
        )


def _require_lists(lists: Lists) -> None:
    if len(lists.names) < FEWEST_LISTS:
        raise MethodError(
            f"latent_class: {len(lists.names)} lists where at least {FEWEST_LISTS} are needed. "
            "Compare two lists by chapman, which says what it assumes."
        )
    if sum(lists.sizes) == lists.n:
        raise none_on_two_lists(lists, method="latent_class")


def _require_within(lists: Lists, hidden: float) -> None:
    if hidden > MOST_HIDDEN * lists.n:
        raise NoEstimateError(
            f"latent_class: half of the posterior lies beyond {MOST_HIDDEN} times the {lists.n} "
            "cases listed: a class that hardly any list reaches, whose size the prior sets. "
            "Report the number seen, or merge lists.",
            NOT_FINITE,
        )
