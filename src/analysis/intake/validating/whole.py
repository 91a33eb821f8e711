"""A typed sheet in, what is odd about it as a whole out: half empty, days and months exchanged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.contracts.partner.forms import Form
from analysis.intake.validating.columns import Bools, matching
from analysis.intake.validating.lists import TICK
from analysis.intake.validating.schema import Breach
from analysis.intake.validating.setting import Setting, folded, main_date
from analysis.intake.validating.typed import Table, Typed

MOST_EMPTY = 0.4
"""Share of cells above which a file cannot be told from one that was not filled in."""

FEW_EXCHANGED, SHARE_EXCHANGED = 3, 0.05
"""From so many dates, and such a share of all, that fit only with day and month exchanged."""

FEW_DATES, MOST_NOW, LEAST_THEN = 5, 0.5, 0.9
"""From so many dates; at most such a share in the period as written, at least such exchanged."""

SWAPPED = "impossible_date"

MONTHS = 12
_TRUE = r"^\d{4}-\d{2}-\d{2}"
"""How `reading` writes what was a true date."""

FEW_HALVES = 4
"""From so many true dates, and as many dates that stand as text, of one column."""


def mostly_empty(table: Table) -> Iterator[Breach]:
    """Yield a breach where over 40 percent of required, or of all, cells are empty.

    Cells that a rule of the form lets be empty (an end, a length, a means) do not count.
    """
    spared = _may_be_empty(table.form)
    required = [one for one in table.fields.values() if one.field.required]
    counted = [one for name, one in table.fields.items() if name not in spared]
    for fields in (required, counted):
        share = _share_empty(fields)
        if share > MOST_EMPTY:
            parts = (("share", round(100 * share)), ("most", round(100 * MOST_EMPTY)))
            every = np.ones(table.rows, dtype=bool)
            yield Breach("mostly_empty", (), every, True, parts, listed=False)
            return


def exchanged(table: Table) -> Breach | None:
    """Return a breach where many dates fit only with day and month exchanged."""
    rows = np.zeros(table.rows, dtype=bool)
    fields, cells, filled = [], 0, 0
    for name, one in _dates(table):
        words = one.parsed.faults[SWAPPED] & ~np.isnat(one.parsed.exchanged)
        found = one.column.rows_of(words)
        filled += int((~one.column.empty).sum())
        if found.any():
            fields.append(name)
            cells += int(found.sum())
            rows |= found
    if cells < max(FEW_EXCHANGED, SHARE_EXCHANGED * filled):
        return None
    return Breach("swapped_dates", tuple(fields), rows)


def perhaps_exchanged(table: Table, setting: Setting) -> Breach | None:
    """Return a query where all dates fit both ways, but the other way far better in the period."""
    when = main_date(table.form)
    if when is None or when.name not in dict(_dates(table)):
        return None
    one = table.fields[when.name]
    other = one.parsed.exchanged
    weights = one.column.counted()
    both = ~np.isnat(other)
    if weights.sum() < FEW_DATES or not both.all():
        return None
    now = np.asarray(one.parsed.values, dtype="datetime64[D]")
    inside = [float(weights[_inside(days, setting)].sum() / weights.sum()) for days in (now, other)]
    if inside[0] > MOST_NOW or inside[1] < LEAST_THEN:
        return None
    return Breach("maybe_swapped", (when.name,), ~one.column.empty, False)


def half_exchanged(table: Table) -> Iterator[Breach]:
    """Yield a breach for each column of a workbook in which a spreadsheet exchanged a part.

    A spreadsheet of another country reads 05-02-2008 as a true date, the 2nd of May, and leaves
    17-02-2008 as text. So true dates have no day above 12, and those left as text always do.
    """
    if not table.sheet.name:
        return  # a CSV file holds no true dates
    for name, one in _dates(table):
        days = np.asarray(one.parsed.values, dtype="datetime64[D]")
        true = matching(one.column.words, _TRUE) & ~np.isnat(days)
        text = ~matching(one.column.words, _TRUE) & ~np.isnat(days)
        month = days.astype("datetime64[M]").astype("datetime64[D]")
        clear = np.isnat(one.parsed.exchanged)  # no other reading of the text is a day
        late = (days - month).astype(np.int64) >= MONTHS
        rows = one.column.rows_of(true)
        enough = min(rows.sum(), one.column.rows_of(text).sum()) >= FEW_HALVES
        if enough and not late[true].any() and clear[text].all():
            yield Breach("half_swapped", (name,), rows)


def only_ticks(table: Table) -> Iterator[Breach]:
    """Yield a query for each column of crosses alone, whose empty cells are read as no."""
    for name, one in table.fields.items():
        if ticked(one) and one.column.empty.any():
            yield Breach("only_ticks", (name,), one.column.empty, False)


def ticked(one: Typed) -> bool:
    """Whether the cells of a yes-or-no column that are not empty are crosses alone."""
    if one.field.kind != "yesno" or not 0 < len(one.column.words) <= 2:
        return False
    return all(folded(word) == TICK for word in one.column.words.to_pylist())


def _dates(table: Table) -> Iterator[tuple[str, Typed]]:
    for name, one in table.fields.items():
        if one.parsed.exchanged is not None and SWAPPED in one.parsed.faults:
            yield name, one


def _inside(days: np.ndarray, setting: Setting) -> Bools:
    first, last = np.datetime64(setting.period.first), np.datetime64(setting.period.last)
    return np.asarray((days >= first) & (days <= last))


def _share_empty(fields: list[Typed]) -> float:
    cells = sum(len(one.column.codes) for one in fields)
    return sum(int(one.column.empty.sum()) for one in fields) / cells if cells else 0.0


def _may_be_empty(form: Form) -> set[str]:
    spared: set[str] = set()
    for rule in form.rules:
        if rule.check in ("dates_in_order", "act_means_purpose", "no_overlap"):
            spared.update(rule.fields[1:])
        elif rule.check == "needs":
            spared.add(rule.fields[0])
        elif rule.check == "legal_days":
            spared.add(rule.fields[-1])
    return {name for name in spared if not form.field(name).required}
