"""A sheet of text cells in, its questions and its pseudonymous rows out.

``setting``     what a file is judged against
``columns``     each different text of a column once
``dates``, ``numbers``, ``lists``, ``identities``   what each kind of field reads
``typed``       a sheet, read
``checks``      what forms require between fields
``schema``      the form's rules, judged by pandera
``whole``       what is odd about a file as a whole
``crossing``    what needs the sender's earlier files
``protecting``  tokens in place of whoever could be told
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.contracts.partner.store import Question
from analysis.intake.reading.sheets import Sheet
from analysis.intake.validating.countries import read_countries
from analysis.intake.validating.crossing import crossed
from analysis.intake.validating.protecting import protected, reference_tokens, stored_columns
from analysis.intake.validating.schema import Breach, breaches
from analysis.intake.validating.setting import Known, Setting, by_word, main_date, register_of
from analysis.intake.validating.typed import Table, Typed, typed
from analysis.intake.validating.validity import valid_then
from analysis.intake.validating.whole import (
    exchanged,
    half_exchanged,
    mostly_empty,
    only_ticks,
    perhaps_exchanged,
    ticked,
)
from analysis.vault.tokens import Tokens

__all__ = [
    "Known",
    "Setting",
    "Validated",
    "by_word",
    "main_date",
    "read_countries",
    "register_of",
    "stored_columns",
    "validate",
]

_OF_DATES = frozenset({"impossible_date", "in_the_future", "before_1900"})


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """``questions`` to the sender; ``rows`` in the form's stored columns (without `META`).

    ``rows`` is None while a question holds the file. ``tokens``: the reference tokens of a
    register's own key, by which later forms know its rows.
    """

    questions: tuple[Question, ...]
    rows: Any
    tokens: dict[str, Any]

    @property
    def held(self) -> bool:
        """Whether any question holds the file."""
        return any(one.holds for one in self.questions)


def validate(sheet: Sheet, setting: Setting, tokens: Tokens) -> Validated:
    """Judge every row of a sheet, and protect it if nothing holds it.

    No question, and nothing that is raised, holds a cell's content.
    """
    table = _without_ticks(typed(sheet, setting, tokens))
    references = reference_tokens(table, setting, tokens)
    swapped = exchanged(table)
    found = [*_found(table, setting, swapped), *crossed(table, references, setting)]
    if swapped:
        found = [one for one in found if not _about_dates(table, one)]
    questions = tuple(_question(table, one) for one in found)
    held = any(one.holds for one in questions)
    rows = None if held else protected(table, references, setting, tokens)
    return Validated(questions, rows, references)


def _found(table: Table, setting: Setting, swapped: Breach | None) -> Iterator[Breach]:
    """Yield breaches; where days and months are exchanged, that one in place of many."""
    for name, one in table.fields.items():
        yield from _faults(name, one, swapped is not None)
    if swapped:
        yield swapped
    yield from breaches(table, setting)
    yield from valid_then(table, setting)
    if swapped is None and (perhaps := perhaps_exchanged(table, setting)):
        yield perhaps
    yield from half_exchanged(table)
    yield from only_ticks(table)
    yield from mostly_empty(table)


def _faults(name: str, one: Typed, swapped: bool) -> Iterator[Breach]:
    for rule, words in one.parsed.faults.items():
        if swapped and rule in _OF_DATES:
            continue
        rows = one.column.rows_of(words)
        if rows.any():
            parts = (("list", one.field.of),) if rule == "not_in_list" else ()
            yield Breach(rule, (name,), rows, parts=parts)


def _about_dates(table: Table, breach: Breach) -> bool:
    """Whether a breach can follow from dates misread."""
    if breach.rule not in ("form_rule", "after_period", "before_period", "cpr_disagrees"):
        return False
    return any(table.fields[name].parsed.exchanged is not None for name in breach.fields)


def _without_ticks(table: Table) -> Table:
    """Read the empty cells of a column of crosses alone as no."""
    fields = {
        name: replace(one, values=_filled(one)) if ticked(one) else one
        for name, one in table.fields.items()
    }
    return replace(table, fields=fields)


def _filled(one: Typed) -> Any:
    truth = ~one.column.empty
    return pd.arrays.BooleanArray(truth, np.zeros(len(truth), dtype=bool))


def _question(table: Table, one: Breach) -> Question:
    sheet = table.sheet
    return Question(
        form=table.form.id,
        sheet=sheet.name,
        rule=one.rule,
        column=", ".join(sheet.headers.get(name, name) for name in one.fields),
        rows=tuple(sheet.rows[one.rows].tolist()) if one.listed else (),
        holds=one.holds,
        parts=one.parts,
    )
