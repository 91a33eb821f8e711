"""The shapes between a file and its cells: a grid as it was written, a sheet as it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

ArrowArray = Any
"""A `pyarrow.Array`, which has no type stubs."""

Rows = npt.NDArray[np.int32]
"""Row numbers as a spreadsheet shows them: the header is row 1."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Grid:
    """One table as it stands in a file: header and text cells, nothing matched yet.

    ``columns`` are large-string arrays of one length, one for each item of ``header``; a
    missing cell is null. ``shown`` is what a message may call its sheet, empty for CSV.
    ``typed``: cells were dates and numbers, not text, so that a day stands in ISO form.
    """

    header: tuple[str, ...]
    columns: tuple[ArrowArray, ...]
    rows: Rows
    shown: str = ""
    typed: bool = False

    def __repr__(self) -> str:
        return f"Grid({len(self.header)} columns, {len(self.rows)} rows)"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Sheet:
    """One form's rows as text, ready to be checked.

    Parameters
    ----------
    form : str
        Id of the form.
    name : str
        What messages may call the sheet, empty for CSV: its name if that is a form's,
        else its number, for a sheet can be named after a person.
    cells : pandas.DataFrame
        Columns named by field, in the form's order, dtype ``str`` backed by Arrow, no
        white space around, missing where the cell was empty. Cells of a CSV file are as
        the sender wrote them, in its dialect. True dates of a workbook are ISO
        (``2008-03-04``; ``2008-03`` in a *month* field), its numbers carry the sender's
        decimal mark and no grouping, its booleans are ``true`` and ``false``. Kobo
        exports always write ISO dates; their decimals and joined codes are turned to the
        sender's decimal mark and ``;``.
    rows : numpy.ndarray
        The sender's row number of each row (int32).
    headers : dict
        The sender's own header of each field.
    empty_rows : int
        Rows without any cell, which were skipped.
    """

    form: str
    name: str
    cells: pd.DataFrame
    rows: Rows
    headers: dict[str, str] = field(default_factory=dict)
    empty_rows: int = 0

    def __repr__(self) -> str:
        # Cells never reach a log or a traceback.
        return f"Sheet({self.form!r}, {len(self.rows)} rows)"
