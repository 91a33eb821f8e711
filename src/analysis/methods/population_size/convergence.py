"""Draws of several independent chains in, how far they disagree out."""

from __future__ import annotations

import numpy as np

from analysis.methods.checked import Floats


def r_hat(draws: Floats) -> float:
    """Return the potential scale reduction of rank-normalised halves of chains.

    The larger of two: of the draws (do chains agree on where the posterior is?) and of their
    distances from the median (on how wide it is?).

    Parameters
    ----------
    draws : array (chains, n)
        In the order drawn; each chain is split in two halves.

    Returns
    -------
    float
        1: the chains cannot be told apart.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Bayesian Analysis 16, 667-718.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> agreeing = rng.normal(size=(4, 500))
    >>> r_hat(agreeing) < 1.01 < r_hat(agreeing + np.arange(4)[:, None])
    True
    """
    half = draws.shape[1] // 2
    halves = np.concatenate([draws[:, :half], draws[:, half : 2 * half]])
    folded = np.abs(halves - np.median(halves))
    return max(_reduction(_normal_scores(one)) for one in (halves, folded))


def effective_draws(draws: Floats) -> float:
    """Return how many independent draws would fix the mean as well as these chains do.

    From how far the means of chains lie apart, so it holds whatever the draws of a chain have
    in common; no more than there are draws.

    Parameters
    ----------
    draws : array (chains, n)
        Of chains that are independent of each other.
    """
    scores = _normal_scores(draws)
    between = float(scores.mean(axis=1).var(ddof=1))
    within = float(scores.var(axis=1).mean())
    if between == 0:
        return float(draws.size)
    return min(float(draws.size), len(draws) * (within + between) / between)


def _reduction(draws: Floats) -> float:
    length = draws.shape[1]
    within = float(draws.var(axis=1, ddof=1).mean())
    between = float(draws.mean(axis=1).var(ddof=1))
    if within == 0:
        return 1.0 if between == 0 else float("inf")
    return float(np.sqrt((length - 1) / length + between / within))


def _normal_scores(draws: Floats) -> Floats:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    ranks = rankdata(draws, method="average").reshape(draws.shape)
    return np.asarray(ndtri((ranks - 0.375) / (draws.size + 0.25)))
