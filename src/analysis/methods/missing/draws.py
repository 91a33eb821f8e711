"""A column with holes and the other columns in; values drawn for the holes out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats

_RIDGE = 1e-5
"""Share by which squares are raised, so that columns that say the same do no harm (as in mice)."""


def standardised(columns: Floats) -> Floats:
    """Return a constant and the columns in standard deviations, so that one ridge fits all."""
    spread = columns.std(axis=0)
    scaled = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.column_stack([np.ones(len(columns)), scaled])


def drawn(
    x: Floats,
    y: Floats,
    gone: npt.NDArray[np.bool_],
    donors: int,
    rng: np.random.Generator,
) -> Floats:
    """Draw the missing of ``y``: from the nearest donors, or from the regression (0 donors).

    Known records are predicted by the estimate, missing ones by a draw of the parameters
    ("type 1 matching"): with the same parameters for both, the donors would hardly change
    from one imputation to the next, and limits would be too narrow.
    """
    known, target = x[~gone], y[~gone]
    squares = known.T @ known
    inverse = np.linalg.inv(squares + _RIDGE * np.diag(np.diag(squares)))
    estimate = inverse @ (known.T @ target)
    left = target - known @ estimate
    spread = np.sqrt(left @ left / rng.chisquare(max(len(target) - x.shape[1], 1)))
    root = np.linalg.cholesky((inverse + inverse.T) / 2)
    predicted = x[gone] @ (estimate + spread * root @ rng.normal(size=len(estimate)))
    if not donors:
        return np.asarray(predicted + spread * rng.normal(size=len(predicted)))
    distance = np.abs(predicted[:, None] - (known @ estimate)[None, :])
    nearest = np.argpartition(distance, donors - 1, axis=1)[:, :donors]
    chosen = rng.integers(0, donors, len(predicted))
    return np.asarray(target[nearest[np.arange(len(predicted)), chosen]])
