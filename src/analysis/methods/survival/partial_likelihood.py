"""Risk sets and covariates in; Cox's partial log-likelihood, score and information out.

Written out because statsmodels' PHReg counts who enters on a day among those at risk on
it, and has neither the exact method nor a penalty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.methods.checked import Floats, Ints
from analysis.methods.survival.spells import Groups, Spells

Ties = Literal["efron", "breslow", "exact"]

MOST_CELLS = 2_000_000
"""Cells of shares held at once (16 MB), more where a day has many events."""


@dataclass(frozen=True, slots=True)
class RiskSet:
    """Rows at risk on a day with events, those with the event first: ``died`` of them."""

    day: float
    rows: Ints
    died: int


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihood, score (n_sets, p) and information (n_sets, p, p) by risk set."""

    log: float
    score: Floats
    information: Floats


def risk_sets(spells: Spells, strata: Groups) -> tuple[RiskSet, ...]:
    """List the risk sets of every stratum, by day within it."""
    found = []
    for layer in range(len(strata.names)):
        here = strata.code == layer
        ended = here & (spells.cause > 0)
        for day in np.unique(spells.time[ended]):
            dead = ended & (spells.time == day)
            rest = here & (spells.entry < day) & (spells.time >= day) & ~dead
            rows = np.concatenate((np.flatnonzero(dead), np.flatnonzero(rest)))
            found.append(RiskSet(float(day), rows, int(dead.sum())))
    return tuple(found)


def partial_likelihood(
    beta: Floats, sets: tuple[RiskSet, ...], x: Floats, ties: Ties
) -> Likelihood:
    """Evaluate at ``beta``, shape (p,), for covariates ``x``, shape (n, p).

    Sets stand in the order of ``sets``, but under "exact" those of one event first.
    Breslow lets tied events share one risk set; Efron takes them out by equal parts; exact
    is the probability of just these among all choices of as many at risk (discrete time).
    """
    if ties != "exact":
        return _averaged(beta, sets, x, ties)
    shared = [one for one in sets if one.died > 1]
    alone = _averaged(beta, tuple(one for one in sets if one.died == 1), x, "breslow")
    parts = [_exact(beta, one, x[one.rows]) for one in shared]
    size = x.shape[1]
    return Likelihood(
        log=alone.log + float(sum(part[0] for part in parts)),
        score=np.concatenate([alone.score, *(part[1].reshape(1, size) for part in parts)]),
        information=np.concatenate(
            [alone.information, *(part[2].reshape(1, size, size) for part in parts)]
        ),
    )


def _averaged(beta: Floats, sets: tuple[RiskSet, ...], x: Floats, ties: Ties) -> Likelihood:
    """Evaluate under Breslow's or Efron's rule, all sets of a batch in one product."""
    size = x.shape[1]
    line = x @ beta
    top = line.max()
    weight = np.exp(line - top)
    columns = np.column_stack(
        [np.ones(len(x)), x, np.einsum("ij,ik->ijk", x, x).reshape(len(x), -1)]
    )
    log, scores, information = 0.0, [np.empty((0, size))], [np.empty((0, size, size))]
    per_batch = max(1, MOST_CELLS // len(x))
    for start in range(0, len(sets), per_batch):
        batch = sets[start : start + per_batch]
        shares, owner = _shares(batch, len(x), ties)
        sums = shares @ (weight[:, None] * columns)
        if not np.all(sums[:, 0] > 0):
            # So far apart that a whole set weighs nothing in floats: no top lies there.
            return Likelihood(-np.inf, np.zeros((1, size)), np.eye(size)[None])
        mean = sums[:, 1 : size + 1] / sums[:, :1]
        second = (sums[:, size + 1 :] / sums[:, :1]).reshape(-1, size, size)
        second -= np.einsum("ij,ik->ijk", mean, mean)
        dead = [one.rows[: one.died] for one in batch]
        log += float(sum((line[rows] - top).sum() for rows in dead) - np.log(sums[:, 0]).sum())
        own = np.array([x[rows].sum(axis=0) for rows in dead])
        scores.append(own - np.add.reduceat(mean, owner, axis=0))
        information.append(np.add.reduceat(second, owner, axis=0))
    return Likelihood(log, np.concatenate(scores), np.concatenate(information))


def _shares(batch: tuple[RiskSet, ...], size: int, ties: Ties) -> tuple[Floats, Ints]:
    """Return each spell's share in each denominator, and the first denominator of each set.

    One denominator an event. Under Efron's rule the tied events lose an equal part of
    their share from one denominator to the next.
    """
    counts = np.array([one.died for one in batch])
    owner = np.concatenate(([0], np.cumsum(counts)[:-1]))
    shares = np.zeros((int(counts.sum()), size))
    for first, one in zip(owner.tolist(), batch, strict=True):
        shares[first : first + one.died, one.rows] = 1.0
        if ties == "efron" and one.died > 1:
            left = 1 - np.arange(one.died) / one.died
            shares[first : first + one.died, one.rows[: one.died]] = left[:, None]
    return shares, owner


def _exact(beta: Floats, one: RiskSet, x: Floats) -> tuple[float, Floats, Floats]:
    """Return one set's part under the exact rule.

    The sum over all choices of d among those at risk is an elementary symmetric polynomial,
    built up spell by spell together with its first and second derivatives.
    """
    d, p = one.died, x.shape[1]
    line = x @ beta
    top = line.max()
    value, slope, bend = np.zeros(d + 1), np.zeros((d + 1, p)), np.zeros((d + 1, p, p))
    value[0] = 1.0
    for weight, row in zip(np.exp(line - top), x, strict=True):
        cross = slope[:-1, :, None] * row
        bend[1:] += weight * (
            bend[:-1]
            + cross
            + cross.transpose(0, 2, 1)
            + value[:-1, None, None] * np.outer(row, row)
        )
        slope[1:] += weight * (slope[:-1] + value[:-1, None] * row)
        value[1:] += weight * value[:-1]
    mean = slope[d] / value[d]
    log = float(line[:d].sum() - d * top - np.log(value[d]))
    return log, x[:d].sum(axis=0) - mean, bend[d] / value[d] - np.outer(mean, mean)
