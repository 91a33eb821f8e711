"""A repeated group of an export in, the sender's number of the row it belongs to out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.contracts.partner.forms import Field
from analysis.intake.reading import cells, kobo
from analysis.intake.reading.choosing import Chosen
from analysis.intake.reading.refusing import Place, Refusal
from analysis.intake.reading.sheets import ArrowArray, Grid


def inherited(one: Chosen, field: Field, others: Sequence[Chosen], refusal: Refusal) -> ArrowArray:
    """Return a column that stands on the sheet of the rows to which these belong."""
    parent = next(
        (
            other
            for other in others
            if field.name in other.match.fields and _place(other.grid, kobo.INDEX) is not None
        ),
        None,
    )
    place = Place(one.grid.shown)
    pointer = _place(one.grid, kobo.PARENT_INDEX)
    if parent is None or pointer is None:
        refusal.stop("no_parent", place)
    index = _place(parent.grid, kobo.INDEX)
    assert index is not None  # how the parent was found
    known = cells.tidied(parent.grid.columns[index])
    pointed = cells.tidied(one.grid.columns[pointer])
    if len(pc.unique(known)) < len(known):
        refusal.stop("index_twice", Place(parent.grid.shown))
    found = pc.index_in(pointed, value_set=known, skip_nulls=True)
    lost = np.asarray(found.is_null().to_numpy(zero_copy_only=False))
    if lost.any():
        refusal.note("no_such_parent", place, one.grid.rows[lost].tolist())
    values = parent.grid.columns[parent.match.fields[field.name]]
    return values.take(found) if len(values) else pa.nulls(len(found), pa.large_string())


def _place(grid: Grid, title: str) -> int | None:
    titles = [one.casefold() for one in grid.header]
    return titles.index(title) if title in titles else None
