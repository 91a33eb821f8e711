"""Many small Poisson regressions in, all fitted at once by iterated weighted least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats

Flags = npt.NDArray[np.bool_]

STEPS = 25
"""Newton steps before a fit is given up: it settles in fewer than ten, or zero counts
drive it to infinity by about 1 a step."""
SETTLED = 1e-9
"""Largest last step of a settled fit; the error left is of the order of its square."""
ALIKE = 1e-10
"""Smallest eigenvalue of the scaled cross-products at which columns can be told apart."""


@dataclass(frozen=True, slots=True)
class Fits:
    """Fits of ``m`` models; where not ``settled`` or not ``distinct`` the rest means nothing.

    ``coefficients`` has shape (m, p), ``variance`` (m,) is that of coefficient ``focal``
    at dispersion 1, ``pearson`` (m,) is X². ``distinct`` says whether the columns of the
    design could be told apart, ``settled`` whether the steps came to an end.
    """

    coefficients: Floats
    variance: Floats
    pearson: Floats
    distinct: Flags
    settled: Flags


def fit(design: Floats, events: Floats, exposure: Floats, inside: Flags, *, focal: int) -> Fits:
    """Fit log-linear Poisson models with an offset, batched.

    Parameters
    ----------
    design : array, shape (m, n, p)
        Columns of each model.
    events, exposure : arrays, shape (m, n)
        Counts, and what they were taken from (> 0).
    inside : array of bool, shape (m, n)
        Observations that belong to the model; others have no weight.
    focal : int
        The column whose variance is wanted.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., section 2.5.

    Examples
    --------
    >>> import numpy as np
    >>> design = np.stack([np.ones(4), np.array([0.0, 0, 1, 1])], axis=-1)[None]
    >>> events = np.array([[2.0, 4, 5, 7]])
    >>> found = fit(design, events, np.ones((1, 4)), np.ones((1, 4), bool), focal=1)
    >>> round(float(np.exp(found.coefficients[0, 1])), 12)
    2.0
    """
    columns = design * inside[:, :, None]
    distinct = _distinct(columns)
    coefficients = np.zeros((len(design), design.shape[2]))
    settled = np.zeros(len(design), dtype=bool)
    todo = np.flatnonzero(distinct)
    offset, counts = np.log(exposure), np.where(inside, events, 0.0)
    coefficients[todo] = _started(columns[todo], counts[todo], offset[todo], inside[todo])
    for _ in range(STEPS):
        mean = _mean(columns[todo], coefficients[todo], offset[todo], inside[todo])
        step = _step(columns[todo], counts[todo] - mean, mean)
        coefficients[todo] += step
        size = np.abs(step).max(axis=1)
        settled[todo] = size < SETTLED * (1 + np.abs(coefficients[todo]).max(axis=1))
        todo = todo[~settled[todo]]
        if not len(todo):
            break
    return _fits(columns, counts, offset, inside, coefficients, distinct, settled, focal)


def _fits(
    columns: Floats,
    counts: Floats,
    offset: Floats,
    inside: Flags,
    coefficients: Floats,
    distinct: Flags,
    settled: Flags,
    focal: int,
) -> Fits:
    variance, pearson = np.full((2, len(columns)), np.nan)
    mean = _mean(columns[settled], coefficients[settled], offset[settled], inside[settled])
    unit = np.zeros((len(mean), columns.shape[2], 1))
    unit[:, focal] = 1
    solved = _solved(_weighted(columns[settled], mean), unit)
    variance[settled] = solved[:, focal, 0]
    squares = (counts[settled] - mean) ** 2
    pearson[settled] = np.divide(squares, mean, out=np.zeros_like(mean), where=inside[settled]).sum(
        axis=1
    )
    return Fits(coefficients, variance, pearson, distinct, settled)


def _started(columns: Floats, counts: Floats, offset: Floats, inside: Flags) -> Floats:
    """Regress from means half way to the average, as usual; the first step is from there."""
    number = np.maximum(1, inside.sum(axis=1, keepdims=True))
    rate = counts.sum(axis=1, keepdims=True) / np.maximum(
        1e-300, (np.exp(offset) * inside).sum(axis=1, keepdims=True)
    )
    start = np.where(inside, (counts + rate * np.exp(offset)) / 2, 0.0)
    floor = np.maximum(1e-300, 1e-6 * start.sum(axis=1, keepdims=True) / number)
    start = np.where(inside, np.maximum(start, floor), 0.0)
    safe = np.where(inside, start, 1.0)
    working = np.where(inside, np.log(safe) - offset + (counts - safe) / safe, 0.0)
    right = np.einsum("mnp,mn->mp", columns, start * working)
    return _solved(_weighted(columns, start), right[:, :, None])[:, :, 0]


def _mean(columns: Floats, coefficients: Floats, offset: Floats, inside: Flags) -> Floats:
    line = np.einsum("mnp,mp->mn", columns, coefficients) + offset
    # A fit that runs away must not overflow before it is given up.
    return np.where(inside, np.exp(np.clip(line, -80, 80)), 0.0)


def _step(columns: Floats, residual: Floats, mean: Floats) -> Floats:
    right = np.einsum("mnp,mn->mp", columns, residual)
    return _solved(_weighted(columns, mean), right[:, :, None])[:, :, 0]


def _weighted(columns: Floats, weight: Floats) -> Floats:
    product: Floats = np.matmul(np.swapaxes(columns * weight[:, :, None], 1, 2), columns)
    return product


def _solved(matrix: Floats, right: Floats) -> Floats:
    """Solve after scaling to a unit diagonal, which keeps small weights apart from zero."""
    diagonal = np.einsum("mpp->mp", matrix)
    scale = 1 / np.sqrt(np.maximum(diagonal, 1e-300))
    scaled = matrix * scale[:, :, None] * scale[:, None, :]
    right = right * scale[:, :, None]
    try:
        solution = np.linalg.solve(scaled, right)
    except np.linalg.LinAlgError:
        # One model that runs to infinity must not stop the others.
        solution = np.matmul(np.linalg.pinv(scaled, hermitian=True), right)
    return np.asarray(solution * scale[:, :, None], dtype=np.float64)


def _distinct(columns: Floats) -> Flags:
    cross = np.matmul(np.swapaxes(columns, 1, 2), columns)
    diagonal = np.einsum("mpp->mp", cross)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    smallest = np.linalg.eigvalsh(cross * scale[:, :, None] * scale[:, None, :])[:, 0]
    return np.asarray((diagonal > 0).all(axis=1) & (smallest > ALIKE), dtype=bool)
