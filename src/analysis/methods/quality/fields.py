"""Records in; the shares of their required fields that are filled, and where they are not, out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.errors import MethodError
from analysis.methods.quality.completeness import Label, Share
from analysis.methods.scalars import is_there

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field that is empty in ``missing`` of the ``records`` of one submission."""

    sender: Label
    period: Label
    field: str
    missing: int
    records: int


@dataclass(frozen=True, slots=True)
class FieldCompleteness:
    """Shares of fields that are filled, over all records, and where they are not."""

    overall: Share
    by_field: tuple[Share, ...]
    by_sender: tuple[Share, ...]
    by_period: tuple[Share, ...]
    missing: tuple[MissingField, ...]


def fields(
    records: pd.DataFrame,
    required: Sequence[str],
    *,
    sender: str,
    period: str,
    unknown: Collection[object] = (),
) -> FieldCompleteness:
    """Count the required fields that are filled, and say in which submission they are not.

    Parameters
    ----------
    records : DataFrame, shape (n_records, n_columns)
        One row a record. Missing and blank text are empty.
    required : sequence of str
        Columns that must be filled.
    sender, period : str
        Columns that say who sent a record, and for when.
    unknown : collection
        Values that say "not known" (a code of the form): they are filled, and tell nothing,
        so they count as empty.

    Raises
    ------
    MethodError
        If there is no record, no required field, a column is not there, or a record does
        not say who sent it or for when.

    References
    ----------
    World Health Organization (2017), Data Quality Review, module 1: completeness.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"from": ["a", "a"], "year": [2008, 2008], "age": [31, None]})
    >>> fields(rows, ["age"], sender="from", period="year").missing[0].missing
    1
    """
    _require_columns(records, required, sender, period)
    empty = records[list(required)].map(lambda cell: _says_nothing(cell, unknown)).to_numpy(bool)
    senders = records[sender].tolist()
    periods = records[period].tolist()
    rows: dict[tuple[Label, Label], list[int]] = {}
    for place, key in enumerate(zip(senders, periods, strict=True)):
        rows.setdefault(key, []).append(place)
    return FieldCompleteness(
        overall=Share("all", int((~empty).sum()), empty.size),
        by_field=tuple(
            Share(name, int((~empty[:, place]).sum()), len(empty))
            for place, name in enumerate(required)
        ),
        by_sender=_filled(empty, senders),
        by_period=_filled(empty, periods),
        missing=tuple(
            MissingField(who, when, name, int(empty[places, column].sum()), len(places))
            for (who, when), places in rows.items()
            for column, name in enumerate(required)
            if empty[places, column].any()
        ),
    )


def _require_columns(
    records: pd.DataFrame, required: Sequence[str], sender: str, period: str
) -> None:
    if not len(records) or not len(required):
        raise MethodError(
            f"fields: {len(records)} records and {len(required)} required fields. "
            "Give at least one of each; submissions that never came are counted by submissions."
        )
    absent = [
        name
        for name in (*required, sender, period)
        if not isinstance(name, str) or name not in records.columns
    ]
    if absent:
        raise MethodError(
            f"fields: {len(absent)} columns are not in the records. Name columns as they stand "
            "there."
        )
    if not records.columns.is_unique:
        raise MethodError("fields: two columns have one name. Give each its own.")
    nameless = int(records[[sender, period]].isna().any(axis=1).sum())
    if nameless:
        raise MethodError(
            f"fields: {nameless} of {len(records)} records do not say who sent them or for when. "
            "Fill both first: what is missing could not be named."
        )


def _filled(empty: np.ndarray[Any, np.dtype[np.bool_]], names: list[Label]) -> tuple[Share, ...]:
    groups: dict[Label, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(name, []).append(place)
    return tuple(
        Share(name, int((~empty[places]).sum()), empty[places].size)
        for name, places in groups.items()
    )


def _says_nothing(cell: object, unknown: Collection[object]) -> bool:
    if not is_there(cell) or (isinstance(cell, str) and not cell.strip()):
        return True
    return cell in tuple(unknown)
