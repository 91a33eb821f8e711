"""Tokens of a sheet and what the sender registered before in, late and unknown rows out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from analysis.intake.validating.arrow import pa, pc
from analysis.intake.validating.columns import ArrowArray, Bools
from analysis.intake.validating.schema import Breach
from analysis.intake.validating.setting import Known, Setting, main_date, register_of
from analysis.intake.validating.typed import Table, Typed

FEW = 5
"""Rows from which it tells something that none of them fits."""

Tokens = Mapping[str, ArrowArray]
"""Of each reference field, the token of each of its words."""


def crossed(table: Table, tokens: Tokens, setting: Setting) -> Iterator[Breach]:
    """Yield the questions that need more than this file: late registration, unknown numbers.

    A few late rows or unknown numbers are a query. Where none of a file's rows fits, it was
    sent for another period, or is another sender's, and is held.
    """
    late = _late(table, tokens, setting)
    if late is not None and late.any():
        when = main_date(table.form)
        of = (when.name,) if when else ()
        parts = (("period", str(setting.period)),)
        if late.all() and len(late) >= FEW:
            whole = (("count", len(late)), *parts)
            yield Breach("all_before_period", of, late, True, whole, listed=False)
        else:
            yield Breach("before_period", of, late, False, parts)
    for name, one in table.fields.items():
        if one.field.kind == "reference":
            yield from _unknown(table, name, one, tokens, setting)


def _late(table: Table, tokens: Tokens, setting: Setting) -> Bools | None:
    """Return rows of an earlier period that are told only now.

    A row that still has a date in the period, or later, is not late. In a register (persons,
    cases) a row that was there before is not late either, nor what began before the
    agreement did.
    """
    when = main_date(table.form)
    if when is None or when.name not in table.fields:
        return None
    first = np.datetime64(setting.period.first)
    main = np.asarray(table.fields[when.name].values, dtype="datetime64[D]")
    late = main < first
    for one in table.fields.values():
        if one.field.kind in ("date", "month"):
            late &= ~(np.asarray(one.values, dtype="datetime64[D]") >= first)
    late &= main >= np.datetime64(setting.profile.agreement.first)
    key = table.form.field(table.form.key[0]) if len(table.form.key) == 1 else None
    if key and key.kind == "reference" and key.name in tokens and late.any():
        column = table.fields[key.name].column
        late &= ~column.rows_of(_among(tokens[key.name], _before(setting, key.of)))
    return late


def _unknown(
    table: Table, name: str, one: Typed, tokens: Tokens, setting: Setting
) -> Iterator[Breach]:
    """Yield rows whose number the sender's own register never held."""
    register = register_of(one.field.of, setting.forms)
    if register is None or register is table.form or register.id not in setting.profile.forms:
        return
    known = setting.known.get(one.field.of)
    words = ~_among(tokens[name], known.tokens if known else pa.array([], pa.string()))
    rows = one.column.rows_of(words)
    if not rows.any():
        return
    of, count = ("register", register.id), ("count", int(rows.sum()))
    if register.id in setting.registered and rows.all() and len(rows) >= FEW:
        yield Breach("none_registered", (name,), rows, True, (of, count), listed=False)
    elif register.id in setting.registered:
        yield Breach("unknown_reference", (name,), rows, False, (of,))
    else:
        parts = (of, count, ("period", str(setting.period)))
        yield Breach("register_missing", (name,), rows, False, parts, listed=False)


def _before(setting: Setting, namespace: str) -> ArrowArray:
    """Return the tokens that files of other periods registered."""
    known: Known | None = setting.known.get(namespace)
    if known is None:
        return pa.array([], pa.string())
    return known.tokens.filter(pc.not_equal(known.periods, str(setting.period)))


def _among(tokens: ArrowArray, known: ArrowArray) -> Bools:
    found = pc.is_in(tokens, value_set=known)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
