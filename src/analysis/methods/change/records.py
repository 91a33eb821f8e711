"""Columns of a table of persons in; contributions to a count, checked and ready to compare, out."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from analysis.errors import MethodError

if TYPE_CHECKING:
    import pandas as pd

Period = int | str
Definitions = frozenset[str]


@dataclass(frozen=True, slots=True)
class Contributions:
    """What each row adds to a count: all columns have one entry a row.

    A row is a person, or (``persons`` above 1) so many of whom nothing else is told apart.
    None is what is not known: it makes bounds, and is never guessed.

    Attributes
    ----------
    period : tuple of int or str
        When the event was: a year, or a label such as ``2009-Q1``.
    persons : tuple of int
        How many the row adds, 0 or more.
    sender : tuple of str or None
        Who reported.
    case : tuple of str or None
        The case or cluster that a person belongs to.
    reported_on : tuple of date or None
        When the report came in.
    counted_by : tuple of frozenset of str, str or None
        Versions of the definition that count the row. A set is complete: others do not
        count it. A single text is the version it was recorded under: of others nothing is
        known.
    release : tuple of str or None
        Which release of the table the row stands in.
    unit : tuple of str or None
        A pseudonym that is the same in every release. All or none.
    """

    period: tuple[Period, ...]
    persons: tuple[int, ...]
    sender: tuple[str | None, ...]
    case: tuple[str | None, ...]
    reported_on: tuple[date | None, ...]
    counted_by: tuple[Definitions | str | None, ...]
    release: tuple[str | None, ...]
    unit: tuple[str | None, ...]

    @classmethod
    def of(cls, columns: Mapping[str, Iterable[Any]] | pd.DataFrame) -> Self:
        """Make contributions of columns by name: lists, arrays, or a data frame.

        ``period`` is needed; ``persons`` is 1 where it is left out, and other columns that
        are left out are not known. Empty cells of a data frame are not known either.

        Raises
        ------
        MethodError
            If a column is unknown or of another length, the table is empty, a period is
            missing, or a cell is not of the column's kind.

        Examples
        --------
        >>> Contributions.of({"period": [2009, 2009], "sender": ["a", None]}).persons
        (1, 1)
        """
        names = cls.__slots__
        unknown = sum(name not in names for name in columns)
        if unknown or "period" not in columns:
            raise MethodError(
                f"change: {unknown} columns are unknown, or there is no period. Name them "
                f"{', '.join(names)}."
            )
        listed = {name: [_known(cell) for cell in columns[name]] for name in map(str, columns)}
        rows = len(listed["period"])
        if not rows or any(len(column) != rows for column in listed.values()):
            raise MethodError(
                "change: the table has no rows, or columns of different lengths. Give whole "
                "columns."
            )
        listed.setdefault("persons", [1] * rows)
        checked = {name: tuple(_checked(name, listed.get(name, [None] * rows))) for name in names}
        _require_all_units(checked["unit"])
        return cls(**checked)

    def __len__(self) -> int:
        return len(self.period)

    def places(
        self, periods: Collection[Period] | None = None, release: str | None = None
    ) -> list[int]:
        """Return the rows of these periods (None: all) in this release (None: all)."""
        return [
            place
            for place in range(len(self))
            if (periods is None or self.period[place] in periods)
            and (release is None or self.release[place] == release)
        ]


def counts_under(counted_by: Definitions | str | None, version: str | None) -> bool | None:
    """Say whether a definition counts a row; None: not known.

    ``version`` None means that there is only one definition.
    """
    if version is None:
        return True
    if counted_by is None:
        return None
    if isinstance(counted_by, str):
        return True if counted_by == version else None
    return version in counted_by


def as_periods(periods: Period | Collection[Period]) -> frozenset[Period]:
    """Return one period or several as a set.

    Raises
    ------
    MethodError
        If there is none, or one is neither a year nor a label.
    """
    try:
        listed = [periods] if isinstance(periods, str | int | np.integer) else list(periods)
        found = frozenset(_period(_known(one)) for one in listed)
    except TypeError as error:
        raise MethodError(
            "change: a period is missing or no year and no label. Name the periods as they "
            "stand in the table."
        ) from error
    if not found:
        raise MethodError("change: no period to count. Name at least one.")
    return found


def as_day(day: object) -> date | None:
    """Return a day as a date; None where none is given (None or NaT).

    Raises
    ------
    MethodError
        If it is no day.
    """
    try:
        return _date(_known(day))
    except (TypeError, ValueError) as error:
        raise MethodError("change: a day is no date. Give a date, or None.") from error


def _require_all_units(units: Sequence[Hashable]) -> None:
    missing = sum(unit is None for unit in units)
    if 0 < missing < len(units):
        raise MethodError(
            f"change: {missing} of {len(units)} rows have no unit, the others have. Give all a "
            "pseudonym, or leave the column out."
        )


def _checked(name: str, cells: list[Any]) -> list[Any]:
    """Return a column's cells in one form, or refuse those of another kind."""
    kinds = {"period": _period, "persons": _persons, "reported_on": _date, "counted_by": _versions}
    kind = kinds.get(name, _label)
    found, wrong = [], 0
    for cell in cells:
        try:
            found.append(kind(cell))
        except (TypeError, ValueError, OverflowError):
            wrong += 1
    if wrong:
        raise MethodError(
            f"change: {wrong} of {len(cells)} cells of column {name} are missing or of the wrong "
            "kind. Correct them; see Contributions for what each column holds."
        )
    return found


def _known(cell: Any) -> Any:
    if isinstance(cell, list | tuple | set | frozenset):
        return cell
    cell = cell.item() if isinstance(cell, np.generic) and not _is_day(cell) else cell
    same = cell == cell
    return cell if isinstance(same, bool | np.bool_) and same else None


def _is_day(cell: object) -> bool:
    return isinstance(cell, np.datetime64)


def _period(cell: Any) -> Period:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | str) or cell == "":
        raise TypeError
    return cell


def _persons(cell: Any) -> int:
    if isinstance(cell, bool) or cell != int(cell) or cell < 0:
        raise ValueError
    return int(cell)


def _date(cell: Any) -> date | None:
    if cell is None:
        return None
    if _is_day(cell):
        cell = cell.astype("datetime64[D]").item()
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, str):
        return date.fromisoformat(cell)
    if not isinstance(cell, date):
        raise TypeError
    return cell


def _versions(cell: Any) -> Definitions | str | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        return _label(cell)
    return frozenset(str(one) for one in cell)


def _label(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int) or cell == "":
        raise TypeError
    return str(cell)
