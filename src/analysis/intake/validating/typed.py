"""A sheet of text in, each field typed out: values for rules, words for tokens, faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.contracts.partner.forms import Field, Form, Kind
from analysis.intake.reading.sheets import Sheet
from analysis.intake.validating import dates, identities, lists, numbers
from analysis.intake.validating.columns import ArrowArray, Bools, Column, column
from analysis.intake.validating.parsed import Parse, Parsed, Values
from analysis.intake.validating.setting import Setting, folded
from analysis.vault.tokens import Tokens

_PARSE: Mapping[Kind, Parse] = {
    "reference": identities.parse_reference,
    "date": dates.parse_date,
    "month": dates.parse_month,
    "code": lists.parse_code,
    "codes": lists.parse_codes,
    "yesno": lists.parse_yesno,
    "count": numbers.parse_count,
    "amount": numbers.parse_amount,
    "organisation": lists.parse_organisation,
    "country": lists.parse_country,
    "place": lists.parse_place,
}
NOT_APPLICABLE = frozenset({
    "not applicable", "n/a", "n.a.", "ikke relevant", "irrelevant", "i/r",
})  # fmt: skip
"""Words that say that a field does not apply. No form has a place for them yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """One field of a sheet: its words, what they mean, and the value of each row."""

    field: Field
    column: Column
    parsed: Parsed
    values: Values

    @property
    def broken(self) -> Bools:
        """Which rows hold a word that breaks a rule."""
        found = np.zeros(len(self.column.codes), dtype=bool)
        for words in self.parsed.faults.values():
            found |= self.column.rows_of(words)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A sheet, typed. ``fields`` are those that the sheet holds, in the form's order."""

    form: Form
    sheet: Sheet
    fields: dict[str, Typed]

    @property
    def rows(self) -> int:
        """How many rows the sheet has."""
        return len(self.sheet.rows)

    def frame(self) -> pd.DataFrame:
        """Return the values for rules: no name, number or word of the sender's is in it.

        References are running codes; of identities only dates of birth are there, those of
        civil registration numbers included (column ``cpr``).
        """
        kept = {
            name: one.values
            for name, one in self.fields.items()
            if one.field.kind != "identity" or str(one.values.dtype).startswith("datetime")
        }
        return pd.DataFrame(kept, index=pd.RangeIndex(self.rows), copy=False)


def typed(sheet: Sheet, setting: Setting, tokens: Tokens | None = None) -> Table:
    """Read every cell of a sheet as its field says.

    Parameters
    ----------
    tokens : Tokens, optional
        Judges identities that the sender made into tokens itself; without it they pass.
    """
    form = setting.forms.forms[sheet.form]
    return Table(
        form,
        sheet,
        {
            field.name: _typed(column(sheet.cells[field.name]), field, setting, tokens)
            for field in form.fields
            if field.name in sheet.cells.columns
        },
    )


def _typed(cells: Column, field: Field, setting: Setting, tokens: Tokens | None) -> Typed:
    if field.kind == "identity":
        parsed = identities.parse_identity(cells.words, field, setting, tokens)
    else:
        parsed = _PARSE[field.kind](cells.words, field, setting)
    parsed = _without_not_applicable(cells.words, parsed)
    return Typed(field, cells, parsed, _spread(parsed.values, cells))


def _without_not_applicable(words: ArrowArray, parsed: Parsed) -> Parsed:
    """Tell of words for *not applicable* under that name, not as a date that is none."""
    if len(words) > 10_000:  # then they are numbers or names, not the words of a list
        return parsed
    said = np.array([folded(word) in NOT_APPLICABLE for word in words.to_pylist()], dtype=bool)
    if not said.any():
        return parsed
    others = {rule: mask & ~said for rule, mask in parsed.faults.items()}
    return Parsed(parsed.values, {"not_applicable": said, **others}, parsed.exchanged)


def _spread(values: Values, cells: Column) -> Any:
    """Return one value a row from one value a word."""
    if len(values) == 0:
        return _all_missing(values, len(cells.codes))
    return values.take(cells.codes, allow_fill=True)


def _all_missing(values: Values, rows: int) -> Any:
    return type(values)._from_sequence([pd.NA] * rows, dtype=values.dtype)
