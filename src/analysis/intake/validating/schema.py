"""Typed rows in, the rules they break out: judged by pandera, told without its words.

pandera prints the content of cells: in the text of what it raises, in its failure cases, and
in whatever shows that exception as a cause or context. So nothing of it leaves this module
but the name of a check and the positions of rows, its exception is dropped before anything
else happens, and checks are asked for one failure case only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.validating.checks import CHECKS, cpr_agrees, units_apart
from analysis.intake.validating.columns import Bools
from analysis.intake.validating.setting import Setting, main_date
from analysis.intake.validating.typed import Table

REQUIRED, DUPLICATE = "required", "duplicate_key"


@dataclass(frozen=True, slots=True, eq=False)
class Breach:
    """One rule broken: by which rows, in which fields, and whether it holds the file.

    ``listed``: whether the question names the rows, or is about the file as a whole.
    """

    rule: str
    fields: tuple[str, ...]
    rows: Bools
    holds: bool = True
    parts: tuple[tuple[str, str | int], ...] = ()
    listed: bool = True


@dataclass(frozen=True, slots=True)
class _Judged:
    """One check between fields, as pandera is given it."""

    breach: Callable[[Bools], Breach]
    passes: Callable[[pd.DataFrame], Bools]


def breaches(table: Table, setting: Setting) -> list[Breach]:
    """Return what rows break of the form's own rules, in the order of the form."""
    frame = table.frame()
    judged = dict(_rules(table, frame, setting))
    found: list[Breach] = []
    for name, field, failed in _failures(_schema(table, judged), frame):
        if name == REQUIRED:
            # A cell that could not be read is asked about already, as what it is not.
            failed = failed & table.fields[field].column.empty
            found.append(Breach(REQUIRED, (field,), failed))
        elif name == DUPLICATE:
            complete = frame[list(table.form.key)].notna().all(axis=1).to_numpy()
            found.append(Breach(DUPLICATE, table.form.key, failed & complete))
        else:
            one = judged[name].breach(failed)
            found.append(replace(one, rows=one.rows & _readable(table, one.fields)))
    return [one for one in found if one.rows.any()]


def _readable(table: Table, fields: tuple[str, ...]) -> Bools:
    """Return rows without a cell that is asked about by itself: no rule can be judged on it."""
    found = np.ones(table.rows, dtype=bool)
    for name in fields:
        found &= ~table.fields[name].broken
    return found


def _rules(table: Table, frame: pd.DataFrame, setting: Setting) -> Iterator[tuple[str, _Judged]]:
    """Yield the form's rules for which the sheet holds all fields, then those of intake."""
    for rule in table.form.rules:
        if set(rule.fields) <= set(frame.columns):
            yield (
                rule.name,
                _Judged(
                    lambda rows, rule=rule: Breach(  # type: ignore[misc]
                        "form_rule", rule.fields, rows, not rule.query, (("name", rule.name),)
                    ),
                    lambda frame, rule=rule: CHECKS[rule.check](  # type: ignore[misc]
                        frame, rule.fields, setting
                    ),
                ),
            )
    when = main_date(table.form)
    if when and when.name in frame.columns:
        last = np.datetime64(setting.period.last, "s")
        yield (
            "after_period",
            _Judged(
                lambda rows: Breach(
                    "after_period", (when.name,), rows, parts=(("period", str(setting.period)),)
                ),
                lambda frame: ~(frame[when.name] > last).to_numpy(),
            ),
        )
    if {"persons", "counted_as"} <= set(frame.columns):
        fields = ("persons", "counted_as")
        yield "units_mixed", _Judged(lambda rows: Breach("units_mixed", fields, rows), units_apart)
    if {"cpr", "birth_date"} <= set(frame.columns):
        both = ("cpr", "birth_date")
        yield "cpr_disagrees", _Judged(lambda rows: Breach("cpr_disagrees", both, rows), cpr_agrees)


def _schema(table: Table, judged: dict[str, _Judged]) -> Any:
    import pandera.pandas as pandera

    def check(name: str) -> Any:
        def passes(frame: pd.DataFrame) -> pd.Series[bool]:
            return pd.Series(judged[name].passes(frame), index=frame.index)

        return pandera.Check(passes, name=name, ignore_na=False, n_failure_cases=1)

    frame = table.frame()
    return pandera.DataFrameSchema(
        {
            name: pandera.Column(nullable=not table.fields[name].field.required)
            for name in frame.columns
        },
        checks=[check(name) for name in judged],
        unique=[name for name in table.form.key if name in frame.columns] or None,
        report_duplicates="all",
    )


def _failures(schema: Any, frame: pd.DataFrame) -> list[tuple[str, str, Bools]]:
    """Return (check, field, rows); nothing else of what pandera says is looked at."""
    import pandera.pandas as pandera

    told: list[tuple[str, str, Bools]] = []
    odd = ""
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as raised:
        reasons = pandera.errors.SchemaErrorReason
        for one in raised.schema_errors:
            if one.reason_code is reasons.DATAFRAME_CHECK and one.check_output is not None:
                told.append((one.check.name, "", ~one.check_output.to_numpy(dtype=bool)))
            elif one.reason_code is reasons.SERIES_CONTAINS_NULLS:
                told.append((REQUIRED, one.schema.name, _at(one.failure_cases, len(frame))))
            elif one.reason_code is reasons.DUPLICATES:
                told.append((DUPLICATE, "", _at(one.failure_cases, len(frame))))
            else:
                odd = f"{one.reason_code.name} in {getattr(one.check, 'name', 'the schema')}"
    except Exception as raised:  # noqa: BLE001 (its text could hold a cell)
        odd = type(raised).__name__
    # Outside the handlers, so that what pandera raised is no context of this.
    if odd:
        raise RuntimeError(f"validating: a rule could not be judged ({odd}). This is a bug.")
    return told


def _at(cases: Any, rows: int) -> Bools:
    mask = np.zeros(rows, dtype=bool)
    mask[cases["index"].to_numpy(dtype=np.int64)] = True
    return mask
