"""A latent-class model and parameters in, the parameters after Gibbs sweeps out.

The sweep of Manrique-Vallier: draw how many were never listed, share out the cases of each
cell among the classes, then draw the classes' parameters anew. Cells are shared out, not
cases, so a sweep costs the same however many cases there are.
"""

from __future__ import annotations

import numpy as np

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.mixture_density import FARTHEST, RATE, SHAPE, Mixture

_MOST_UNSEEN = 1e15
_LEAST_LENGTH = 1e-17


def swept(table: Mixture, at: Floats, sweeps: int, every: int, rng: np.random.Generator) -> Floats:
    """Return chance of no list and log likelihood at every so many sweeps, (2, kept, columns)."""
    kept = []
    for done in range(1, sweeps + 1):
        at = sweep(table, at, rng)
        if done % every == 0:
            log_chance = _log_chance(table, at, np.exp(at[table.logits :]))
            kept.append((_unseen(log_chance), _log_likelihood(table, log_chance)))
    return np.array(kept).swapaxes(0, 1)


def sweep(table: Mixture, at: Floats, rng: np.random.Generator) -> Floats:
    """Draw parameters anew, each column by itself.

    Parameters
    ----------
    table : Mixture
    at : array (parameters, columns)
        Logits and log breaks, as `mixture_density` takes them.
    rng : Generator

    Returns
    -------
    array (parameters, columns)
    """
    length = np.exp(at[table.logits :])
    log_chance = _log_chance(table, at, length)
    members = _members(table, log_chance, rng)
    caught = table.on.T @ members
    of_class = members.sum(axis=1)
    missed = of_class[:, None, :] - caught
    logit = np.log(rng.standard_gamma(caught + 1)) - np.log(rng.standard_gamma(missed + 1))
    strength = rng.standard_gamma(table.classes - 1 + SHAPE, at.shape[1])
    strength /= RATE + length.sum(axis=0)
    later = of_class[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:] + strength[:, None]
    odds = np.log(rng.standard_gamma(of_class[:, :-1] + 1)) - _log_gamma(later, rng)
    log_length = np.log(np.maximum(np.logaddexp(0.0, odds), _LEAST_LENGTH))
    flat = logit.reshape(at.shape[1], table.logits)
    drawn = np.concatenate([flat, log_length], axis=1).T
    return np.asarray(np.clip(drawn, -FARTHEST, FARTHEST))


def _log_chance(table: Mixture, at: Floats, length: Floats) -> Floats:
    """Return the log chance of each cell and class, shape (columns, cells + 1, classes)."""
    lists, classes, columns = table.on.shape[1], table.classes, at.shape[1]
    logit = at[: table.logits].reshape(lists, classes, columns).transpose(2, 0, 1)
    log_size = np.zeros((columns, classes))
    np.cumsum(-length.T, axis=1, out=log_size[:, 1:])
    log_size[:, :-1] += np.log(-np.expm1(-length.T))
    alone = log_size - np.logaddexp(0.0, logit).sum(axis=1)
    return np.asarray(table.on @ logit + alone[:, None, :])


def _members(table: Mixture, log_chance: Floats, rng: np.random.Generator) -> Floats:
    """Share out the cases of each cell, and the number unseen, among the classes."""
    chance = np.exp(log_chance - log_chance.max(axis=2, keepdims=True))
    chance /= chance.sum(axis=2, keepdims=True)
    cases = np.empty(chance.shape[:2], dtype=np.int64)
    cases[:, :-1] = table.counts.astype(np.int64)
    cases[:, -1] = numbers_unseen(table, _unseen(log_chance), rng)
    return rng.multinomial(cases, chance).astype(np.float64)


def numbers_unseen(table: Mixture, chance: Floats, rng: np.random.Generator) -> Ints:
    """Draw the number unseen given the chance to be on no list: negative binomial."""
    rate = rng.standard_gamma(table.n, chance.shape) * chance / np.maximum(1 - chance, 1e-12)
    return np.asarray(rng.poisson(np.minimum(rate, _MOST_UNSEEN)))


def _log_likelihood(table: Mixture, log_chance: Floats) -> Floats:
    """Return the log likelihood of the cases listed, shape (columns,)."""
    listed = np.maximum(1 - _unseen(log_chance), 1e-12)
    chance = np.maximum(np.exp(log_chance[:, :-1]).sum(axis=2), 1e-300)
    return np.asarray(np.log(chance) @ table.counts - table.n * np.log(listed))


def _unseen(log_chance: Floats) -> Floats:
    """Return the chance to be on no list, shape (columns,)."""
    return np.asarray(np.exp(log_chance[:, -1]).sum(axis=1))


def _log_gamma(shape: Floats, rng: np.random.Generator) -> Floats:
    """Draw the logarithm of a Gamma variable; finite where the variable itself would be 0."""
    return np.asarray(
        np.log(rng.standard_gamma(shape + 1)) - rng.standard_exponential(shape.shape) / shape
    )
