"""Named predictors in; a design that a regression can be fitted to, or a refusal, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats

INTERCEPT = "(intercept)"


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of a regression, the first of ones, with a name each; shape (n_points, n_columns)."""

    names: tuple[str, ...]
    columns: Floats

    @property
    def freedom(self) -> int:
        """Points that are left to see scatter."""
        points, columns = self.columns.shape
        return int(points - columns)


def design(
    method: str,
    predictors: Mapping[str, npt.ArrayLike],
    *,
    points: int,
    fewest_freedom: int = 1,
) -> Design:
    """Return the design of the predictors with an intercept before them.

    Parameters
    ----------
    method : str
        The calling method, for the message.
    predictors : mapping of name to array_like, shape (n_points,)
        May be empty: one mean for all points.
    points : int
        Number of points.
    fewest_freedom : int
        Fewest points beyond the columns that are accepted.

    Raises
    ------
    MethodError
        If a predictor has another length, holds what is no number, is named like the
        intercept or nothing, or follows from the others; if there are too few points.

    Examples
    --------
    >>> design("trend", {"after": [0, 0, 1, 1]}, points=4).names
    ('(intercept)', 'after')
    """
    columns = [np.ones(points)]
    for name, values in predictors.items():
        if not isinstance(name, str) or name in ("", INTERCEPT):
            raise MethodError(f"{method}: a predictor has no name of its own. Name each.")
        columns.append(checked.numbers(method, "a predictor", values))
        checked.require_length(method, "a predictor", columns[-1], points)
    found = Design((INTERCEPT, *predictors), np.column_stack(columns))
    if found.freedom < fewest_freedom:
        raise MethodError(
            f"{method}: {points} points for {len(columns)} columns, at least "
            f"{len(columns) + fewest_freedom} are needed. Use fewer predictors, or more points."
        )
    _require_rank(method, found)
    return found


def _require_rank(method: str, found: Design) -> None:
    columns = found.columns[:, 1:]
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    constant = spread <= 1e-12 * np.abs(middle)
    scaled = (columns - middle) / np.where(constant, 1, spread)
    rank = int(np.linalg.matrix_rank(scaled, tol=1e-8 * len(columns))) if scaled.size else 0
    if constant.any() or rank < scaled.shape[1]:
        raise MethodError(
            f"{method}: {scaled.shape[1] - rank} of {scaled.shape[1]} predictors are constant or "
            "follow from the others. Leave them out: nothing can tell them apart."
        )
