"""Outcomes of several units over the same periods in, checked; nothing is missing out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import is_one_of, number


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Outcomes ``(n_periods, n_units)`` of units without gaps; make it with `Panel.of`.

    ``predictors`` has a row a predictor and a column a unit, and is None where the
    outcomes before the plan are their own predictors. ``first_after`` is the first
    period in which the plan could show.
    """

    outcomes: checked.Floats
    periods: tuple[float, ...]
    units: tuple[str, ...]
    first_after: float
    predictors: checked.Floats | None

    @classmethod
    def of(
        cls,
        outcomes: npt.ArrayLike,
        *,
        periods: npt.ArrayLike,
        units: Sequence[str],
        first_after: float,
        predictors: npt.ArrayLike | None = None,
    ) -> Self:
        """Check a panel and keep it.

        Parameters
        ----------
        outcomes : array_like, shape (n_periods, n_units)
            One unit for all: rates or indices, or counts of units of like size.
        periods : array_like, shape (n_periods,)
            Years or other numbered periods, ascending.
        units : sequence of str, length n_units
            A name for each column.
        first_after : float
            First period that counts as after; one period or more before and after.
        predictors : array_like, shape (n_predictors, n_units), optional
            Known before the plan, such as means over years; any unit of measure.

        Raises
        ------
        MethodError
            If a cell is missing, names or periods do not fit or stand twice, a
            predictor is the same for all units, or no period lies before or after.

        Examples
        --------
        >>> Panel.of([[1, 2], [3, 4]], periods=[1, 2], units=["a", "b"], first_after=2).before
        1
        """
        values = checked.table("panel", "outcomes", outcomes)
        when = checked.periods("panel", periods)
        checked.require_length("panel", "periods", when, len(values))
        _require_names(units, values.shape[1])
        known = None if predictors is None else _predictors(predictors, values.shape[1])
        start = number("panel", "first_after", first_after)
        found = cls(values, tuple(when.tolist()), tuple(units), start, known)
        if not 0 < found.before < len(when):
            raise MethodError(
                f"panel: {found.before} of {len(when)} periods lie before the first one after. "
                "Give at least one period on each side."
            )
        return found

    @property
    def before(self) -> int:
        """Number of periods before ``first_after``."""
        return sum(period < self.first_after for period in self.periods)

    def column(self, unit: str) -> int:
        """Return where a unit stands.

        Raises
        ------
        MethodError
            If no unit has this name.
        """
        if not is_one_of(unit, self.units):
            raise MethodError(
                f"panel: none of {len(self.units)} units has the name given. Take one of `units`."
            )
        return self.units.index(unit)

    def without(self, unit: str) -> Panel:
        """Return the panel with one unit less."""
        keep = np.arange(len(self.units)) != self.column(unit)
        known = None if self.predictors is None else self.predictors[:, keep]
        units = tuple(name for name in self.units if name != unit)
        return Panel(self.outcomes[:, keep], self.periods, units, self.first_after, known)


def _require_names(units: Sequence[str], columns: int) -> None:
    names = {unit for unit in units if isinstance(unit, str) and unit}
    if isinstance(units, str) or len(units) != columns or len(names) != columns:
        raise MethodError(
            f"panel: {len(names)} different names for {columns} units. "
            "Give one name a column, each once."
        )


def _predictors(values: npt.ArrayLike, columns: int) -> checked.Floats:
    known = checked.table("panel", "predictors", values)
    if known.shape[1] != columns:
        raise MethodError(
            f"panel: predictors of {known.shape[1]} units beside outcomes of {columns}. "
            "Give one column a unit, in the same order."
        )
    same = int(np.count_nonzero(np.ptp(known, axis=1) == 0))
    if same:
        raise MethodError(
            f"panel: {same} of {len(known)} predictors are the same for every unit, so they "
            "tell no donor from another. Leave them out."
        )
    return known
