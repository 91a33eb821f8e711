"""A typed sheet in, the columns that may be stored out: tokens where somebody could be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pandas as pd

from analysis.contracts.partner.forms import Form, Identity
from analysis.intake.validating.arrow import pa
from analysis.intake.validating.columns import ArrowArray
from analysis.intake.validating.identities import as_given
from analysis.intake.validating.setting import Setting
from analysis.intake.validating.typed import Table, Typed
from analysis.vault import encoding
from analysis.vault.tokens import Tokens

_TYPES = {
    "date": pa.date32(),
    "month": pa.date32(),
    "yesno": pa.bool_(),
    "count": pa.int64(),
    "amount": pa.float64(),
}


def reference_tokens(table: Table, setting: Setting, tokens: Tokens) -> dict[str, ArrowArray]:
    """Return the token of each word of each reference field."""
    sender = setting.profile.organisation
    return {
        name: tokens.references(one.field.of, sender, one.column.words)
        for name, one in table.fields.items()
        if one.field.kind == "reference"
    }


def protected(
    table: Table, references: dict[str, ArrowArray], setting: Setting, tokens: Tokens
) -> Any:
    """Return the rows as a `pyarrow.Table` in the stored columns (see `stored_columns`)."""
    columns: dict[str, ArrowArray] = {}
    for name, one in table.fields.items():
        if one.field.kind == "reference":
            columns[name] = _spread(references[name], one)
        elif one.field.kind == "identity":
            columns.update(_identity(one, setting, tokens))
        else:
            columns[name] = _plain(one)
    return pa.table(columns)


def stored_columns(form: Form) -> dict[str, Any]:
    """Return the columns of a form as stored, with their `pyarrow` types, without `META`."""
    return dict(_stored(form))


def _stored(form: Form) -> Iterator[tuple[str, Any]]:
    for field in form.fields:
        if field.kind == "identity":
            yield from encoding.columns(cast("Identity", field.of)).items()
        else:
            yield field.name, _TYPES.get(field.kind, pa.string())


def _identity(one: Typed, setting: Setting, tokens: Tokens) -> dict[str, ArrowArray]:
    which = cast("Identity", one.field.of)
    if setting.profile.identities == "tokens":
        by_word = tokens.from_sender(which, one.column.words)
    else:
        by_word = tokens.identities(which, as_given(one.column.words, which, setting))
    return {name: _spread(each, one) for name, each in by_word.items()}


def _spread(by_word: ArrowArray, one: Typed) -> ArrowArray:
    """Return one value a row from one a word."""
    return by_word.take(pa.array(one.column.codes, mask=one.column.empty))


def _plain(one: Typed) -> ArrowArray:
    values = one.values
    kind = _TYPES.get(one.field.kind)
    if kind is None:
        words = pa.array(values.categories.astype(object), type=pa.string())
        codes = np.asarray(values.codes, dtype=np.int32)
        return words.take(pa.array(codes, mask=codes < 0))
    if kind == pa.date32():
        days = np.asarray(values, dtype="datetime64[D]")
        return pa.array(days, type=pa.date32(), mask=np.isnat(days))
    return pa.array(pd.array(values), type=kind)
