"""A file in, the sheets of its forms out; or one message that says why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.contracts.partner.forms import Field, Forms
from analysis.contracts.partner.profiles import Profile
from analysis.errors import SubmissionError
from analysis.intake.reading import cells, kobo, texts, workbook
from analysis.intake.reading.choosing import Chosen, choose, holds_any, refuse_columns
from analysis.intake.reading.headers import safe_title
from analysis.intake.reading.inherited import inherited
from analysis.intake.reading.kinds import kind_of
from analysis.intake.reading.limits import MAX_CHARACTERS, MAX_TOKEN_CHARACTERS
from analysis.intake.reading.refusing import Place, Refusal, shown_name
from analysis.intake.reading.sheets import ArrowArray, Rows, Sheet
from analysis.intake.reading.workbook import Found

_ISO_DAY = r"^([0-9]{4}-[0-9]{2})-[0-9]{2}(?:[ T].*)?$"


def read(
    name: str, content: bytes, profile: Profile, forms: Forms, *, form: str | None = None
) -> tuple[Sheet, ...]:
    """Read a file that a sender sent: CSV, the workbook of its template, or a Kobo export.

    Parameters
    ----------
    name : str
        The file's name. Its ending says what the sender meant to send.
    content : bytes
        The file as received; nothing is read from disk, nothing written.
    profile : Profile
        The sender: its fields, titles, dialect and language.
    form : str, optional
        Id of the form, where neither sheet nor header says which it is.

    Returns
    -------
    tuple of Sheet
        One a form, in the file's order. A sheet without rows says that there is nothing to
        tell: of a workbook in which another has some, or of a CSV file with a header alone.

    Raises
    ------
    SubmissionError
        If the file cannot be read whole and without doubt, in the sender's language.
    """
    refusal = Refusal(shown_name(name), profile.language)
    try:
        return _read(content, profile, forms, form, refusal)
    except SubmissionError as error:
        said = str(error)
    # Raised anew: what it grew from can hold cells, as the text of a library's error does.
    raise SubmissionError(said)


def _read(
    content: bytes, profile: Profile, forms: Forms, form: str | None, refusal: Refusal
) -> tuple[Sheet, ...]:
    if form is not None and form not in profile.forms:
        refusal.stop("form_not_agreed", forms=_labels(profile, forms, refusal))
    if kind_of(refusal.file, content, refusal) == "csv":
        grid = texts.grid(content, profile.dialect, refusal)
        found = [Found(grid, None)]
    else:
        found = workbook.grids(content, profile, forms, refusal)
        # The template has a sheet for each form; chosen is one, and the others may be empty.
        found = [one for one in found if form in (None, one.form) or not _is_idle(one)] or found
    chosen = [choose(one, profile, forms, form, refusal) for one in found]
    for one in chosen:
        refuse_columns(one, profile, forms, refusal)
    refusal.settle()
    sheets = [_sheet(one, chosen, profile, forms, refusal) for one in chosen]
    refusal.settle()
    return _with_rows(sheets, refusal)


def _is_idle(one: Found) -> bool:
    """Whether a sheet is named as a form and holds nothing below its titles."""
    return one.form is not None and not any(holds_any(column) for column in one.grid.columns)


def _labels(profile: Profile, forms: Forms, refusal: Refusal) -> str:
    return refusal.joined(forms.forms[id_].label.said_in(profile.language) for id_ in profile.forms)


def _with_rows(sheets: Sequence[Sheet], refusal: Refusal) -> tuple[Sheet, ...]:
    filled = [one.form for one in sheets if len(one.rows)]
    if len(sheets) > 1 and not filled:
        refusal.stop("no_rows")
    if twice := {form for form in filled if filled.count(form) > 1}:
        refusal.stop("form_twice", count=len(twice))
    kept: dict[str, Sheet] = {}
    for one in sheets:
        if len(one.rows) or one.form not in filled:
            kept.setdefault(one.form, one)
    return tuple(kept.values())


def _sheet(
    one: Chosen, others: Sequence[Chosen], profile: Profile, forms: Forms, refusal: Refusal
) -> Sheet:
    grid, form = one.grid, one.match.form
    columns: dict[str, ArrowArray] = {}
    headers: dict[str, str] = {}
    for field in form.fields:
        if field.name not in profile.forms[form.id]:
            continue
        raw, title = _raw(one, field, others, profile, refusal)
        headers[field.name] = title
        place = Place(grid.shown, title)
        longest = _longest(field, profile)
        cells.refuse_unsafe(raw, grid.rows, place, longest, refusal)
        columns[field.name] = _shaped(cells.tidied(raw), field, one, profile)
    filled = _filled(columns, grid.rows)
    rows = grid.rows[filled]
    last = int(rows[-1]) if len(rows) else 1
    frame = pd.DataFrame(
        {name: _text(column, filled) for name, column in columns.items()},
        index=pd.RangeIndex(len(rows)),
    )
    return Sheet(form.id, grid.shown, frame, rows, headers, last - 1 - len(rows))


def _raw(
    one: Chosen, field: Field, others: Sequence[Chosen], profile: Profile, refusal: Refusal
) -> tuple[ArrowArray, str]:
    """Return a field's column as it stands in the file, and the sender's title for it."""
    label = field.label.said_in(profile.language)
    place = one.match.fields.get(field.name)
    choices = one.choices.get(field.name, {})
    single = {code: one.grid.columns[at] for code, at in choices.items()}
    if place is None and single:
        return kobo.joined(single), label
    if place is None:
        return inherited(one, field, others, refusal), label
    column, title = one.grid.columns[place], safe_title(one.grid.header[place], label)
    if single:
        wrong = kobo.contradicting(cells.tidied(column), single)
        if wrong.any():
            rows = one.grid.rows[wrong].tolist()
            refusal.note("choices_differ", Place(one.grid.shown, title), rows)
    return column, title


def _shaped(column: ArrowArray, field: Field, one: Chosen, profile: Profile) -> ArrowArray:
    """Turn what a workbook or a server writes in its own way into the sender's way."""
    if field.kind == "month" and (one.grid.typed or one.exported):
        return pc.replace_substring_regex(column, _ISO_DAY, r"\1")
    if one.exported and field.kind == "codes":
        return kobo.with_separator(column)
    if one.exported and field.kind == "amount":
        return pc.replace_substring(column, ".", profile.dialect.decimal)
    return column


def _longest(field: Field, profile: Profile) -> int:
    tokens = field.kind == "identity" and profile.identities == "tokens"
    return MAX_TOKEN_CHARACTERS if tokens else MAX_CHARACTERS


def _filled(columns: dict[str, ArrowArray], rows: Rows) -> Any:
    filled = np.zeros(len(rows), dtype=bool)
    for column in columns.values():
        if filled.all():
            break
        filled |= column.is_valid().to_numpy(zero_copy_only=False).astype(bool)
    return filled


def _text(column: ArrowArray, filled: Any) -> Any:
    kept = column if filled.all() else column.filter(pa.array(filled))
    return pd.array(kept, dtype=pd.StringDtype("pyarrow", na_value=np.nan))
