"""Codes with a first or last day in, the rows that use them at another time out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from analysis.contracts.partner.forms import SEVERAL, Code
from analysis.contracts.partner.periods import period
from analysis.intake.validating.schema import Breach
from analysis.intake.validating.setting import Setting, main_date
from analysis.intake.validating.typed import Table, Typed


def valid_then(table: Table, setting: Setting) -> Iterator[Breach]:
    """Yield rows with a code that was not in use on the row's main date."""
    when = main_date(table.form)
    if when is None or when.name not in table.fields:
        return
    days = np.asarray(table.fields[when.name].values, dtype="datetime64[D]")
    for name, one in table.fields.items():
        if one.field.kind not in ("code", "codes"):
            continue
        bounded = [c for c in setting.forms.codes[one.field.of] if c.valid_from or c.valid_to]
        rows = _outside(one, bounded, days)
        if rows.any():
            yield Breach("code_not_valid_then", (name,), rows, parts=(("list", one.field.of),))


def _outside(one: Typed, codes: Sequence[Code], days: np.ndarray) -> np.ndarray:
    found = np.zeros(len(days), dtype=bool)
    for code in codes:
        holds = [code.code in str(each).split(SEVERAL) for each in one.values.categories]
        uses = np.append(np.array(holds, dtype=bool), False)[one.values.codes]
        if code.valid_from:
            found |= uses & (days < np.datetime64(_edge(code.valid_from, last=False)))
        if code.valid_to:
            found |= uses & (days > np.datetime64(_edge(code.valid_to, last=True)))
    return found


def _edge(text: str, *, last: bool) -> date:
    """Return the first or last day of a year, a month or a day."""
    if len(text) == len("2008-05-01"):
        return date.fromisoformat(text)
    span = period(text)
    return span.last if last else span.first
