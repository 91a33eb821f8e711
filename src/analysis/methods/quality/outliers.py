"""Figures by period in; how far each strays from the rest, by three yardsticks, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import real

THRESHOLD = 3.5
"""Modified z beyond which a figure is flagged (Iglewicz & Hoaglin 1993)."""

FEWEST = 5
"""Figures; with fewer, the median of the distances says next to nothing."""

_TO_DEVIATION = 1.4826022185056018
"""1 / (quantile 0.75 of the normal law): makes the MAD of normal data a standard deviation."""


@dataclass(frozen=True, slots=True)
class Outliers:
    """How far each figure strays; places count from 0.

    ``modified_z`` is None where half of the figures or more are equal (MAD 0);
    ``residual`` (Poisson deviance residual about the mean, no unit) is None where the
    figures are no counts. ``z`` is None where all are equal. ``flagged`` are the places
    beyond ``threshold`` by ``basis``, ``z_beyond_3`` those the ordinary rule would flag.
    No figure can have a larger z than ``z_ceiling``.
    """

    modified_z: tuple[float, ...] | None
    residual: tuple[float, ...] | None
    z: tuple[float, ...] | None
    basis: Literal["modified z", "Poisson residual"]
    flagged: tuple[int, ...]
    z_beyond_3: tuple[int, ...]
    z_2_to_3: tuple[int, ...]
    z_ceiling: float
    threshold: float


def outliers(values: npt.ArrayLike, *, threshold: float = THRESHOLD) -> Outliers:
    """Flag figures that lie far from the others, so that somebody asks about them.

    A stray figure widens the standard deviation and so hides itself; the median and the
    median distance from it (MAD) do not move. Small counts often give a MAD of 0, and then
    the Poisson deviance residual decides.

    Parameters
    ----------
    values : array_like, shape (n,)
        Figures of periods that should be alike: no trend, no season, one definition.
    threshold : float
        Distance from which a figure is flagged, above 0.

    Raises
    ------
    MethodError
        If there are fewer than ``FEWEST`` figures, all are 0, one is missing, or the MAD
        is 0 and they are no counts.

    References
    ----------
    Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers, ASQC; World Health
    Organization (2017), Data Quality Review; McCullagh & Nelder (1989), section 2.4.

    Examples
    --------
    >>> outliers([12, 9, 14, 11, 10, 13, 41, 12, 8, 11, 0, 12]).flagged
    (6, 10)
    """
    found = checked.numbers("outliers", "values", values, fewest=FEWEST)
    if not 0 < real(threshold) < math.inf:
        raise MethodError("outliers: the threshold must be above 0. 3.5 is the usual one.")
    if not np.any(found):
        raise MethodError(
            f"outliers: all {len(found)} values are 0, so none strays. "
            "Ask whether nothing happened or nobody reported."
        )
    robust, residual, z = _modified_z(found), _residual(found), _z(found)
    deciding = residual if robust is None else robust
    if deciding is None:
        raise MethodError(
            "outliers: half of the values or more are equal, and they are no counts, so there "
            "is no yardstick. Look at the values that differ by themselves."
        )
    distance = np.abs(np.zeros(len(found)) if z is None else z)
    return Outliers(
        modified_z=_tuple(robust),
        residual=_tuple(residual),
        z=_tuple(z),
        basis="Poisson residual" if robust is None else "modified z",
        flagged=_places(np.abs(deciding) > threshold),
        z_beyond_3=_places(distance > 3),
        z_2_to_3=_places((distance >= 2) & (distance <= 3)),
        z_ceiling=(len(found) - 1) / math.sqrt(len(found)),
        threshold=float(threshold),
    )


def _modified_z(values: checked.Floats) -> checked.Floats | None:
    away = values - np.median(values)
    spread = float(np.median(np.abs(away))) * _TO_DEVIATION
    return away / spread if spread > 0 else None


def _residual(values: checked.Floats) -> checked.Floats | None:
    """Return signed roots of the Poisson deviance about the mean of all figures."""
    if np.any(values < 0) or np.any(values != np.floor(values)):
        return None
    mean = values.mean()
    # y log(y / mean) is 0 at y = 0.
    log = np.log(np.where(values > 0, values, mean) / mean)
    deviance = 2 * (values * log - (values - mean))
    signed: checked.Floats = np.sign(values - mean) * np.sqrt(np.maximum(deviance, 0))
    return signed


def _z(values: checked.Floats) -> checked.Floats | None:
    if np.all(values == values[0]):
        return None
    scaled: checked.Floats = (values - values.mean()) / values.std(ddof=1)
    return scaled


def _tuple(values: checked.Floats | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(float(one) for one in values)


def _places(which: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(place) for place in np.flatnonzero(which))
