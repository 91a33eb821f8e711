"""A definition in, parts of a query out; what would mix units or cohorts is refused here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.errors import IndicatorError
from analysis.indicators.catalogue import (
    PERSON_ROWS,
    PERSON_STRATA,
    PERSONS,
    SUBMISSIONS,
    Catalogue,
    Table,
)
from analysis.indicators.filters import NUMBERS, Scope, condition, first
from analysis.indicators.model import CELL, FIGURES, Count, Days, Definition, First

_UNIQUE = {"person": "person", "accused": "accused", "case": "case"}
_DIVIDES = ("code", "yesno", "organisation", "country", "place")
_NEVER_OUTCOME = ("contacts", "places")


@dataclass(frozen=True, slots=True)
class Measure:
    """What one number adds up: ``value`` where ``held``; ``unique`` the reference, or ""."""

    held: str
    value: str = "1"
    unique: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """Days from ``start`` to ``end``, watched until ``stop``, where ``held``; all in SQL."""

    held: str
    start: str
    end: str
    stop: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """One definition as parts of SQL over the tables of `analysis.indicators.tables`.

    ``strata`` maps each stratum that the definition allows to its SQL; ``own`` are those
    that belong to the row and not to a person. ``rows`` counts the rows of a mean, with and
    without a figure.
    """

    definition: Definition
    table: Table
    period: str
    part: Measure | Spell
    whole: Measure | None
    rows: Measure | None
    strata: Mapping[str, str]
    own: frozenset[str]
    each: str
    codes: tuple[str, ...]
    forms: frozenset[str]
    values: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    used: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def linked(self) -> bool:
        """Whether the linkage of records to persons can move the result without strata."""
        unique = isinstance(self.part, Measure) and self.part.unique == "person"
        return self.table.id == PERSONS or unique


def compile_definition(definition: Definition, known: Catalogue) -> Compiled:
    """Check a definition against the forms and compile it.

    Raises
    ------
    IndicatorError
        If it names what does not exist; mixes counting units; takes a share of another
        cohort; adds contacts that may repeat to persons; divides persons by what one person
        can have several of; calls an outcome what only shows that something was done.
    """
    table = known.tables.get(definition.count.table)
    if table is None:
        raise _refusal(definition, f"there is no table {definition.count.table}")
    scope = Scope(definition.label, known, table)
    period = scope.sql(definition.count.period, ("date",))
    _require_units(definition, known)
    _require_cohort(definition)
    _require_outcome(definition)
    part, whole, rows = _measures(definition, scope)
    codes, each = _each(definition, scope)
    strata = {name: _stratum(definition, scope, name) for name in definition.by}
    forms = _forms(scope)
    _require_needs(definition, forms)
    return Compiled(
        definition,
        table,
        period,
        part,
        whole,
        rows,
        strata,
        frozenset(name for name in definition.by if name in table.columns and scope.alias == "x"),
        each,
        codes,
        forms,
        scope.values,
        scope.asked,
        {name: frozenset(columns) for name, columns in scope.used.items()},
    )


def _require_units(definition: Definition, known: Catalogue) -> None:
    units = [
        _unit(definition, count, known)
        for count in (definition.count, definition.whole)
        if count is not None
    ]
    if len(set(units)) > 1:
        raise _refusal(
            definition,
            f"its part counts in {units[0]} and its whole in {units[1]}; units never mix",
        )
    if units[0] != definition.unit:
        raise _refusal(
            definition, f"it says that it counts in {definition.unit} but counts in {units[0]}"
        )


def _unit(definition: Definition, count: Count, known: Catalogue) -> str:
    if count.table not in known.tables:
        raise _refusal(definition, f"there is no table {count.table}")
    table = known.tables[count.table]
    if definition.rule == "mean":
        return _sum_unit(definition, table, (definition.weight,), count)
    if count.sum:
        return _sum_unit(definition, table, count.sum, count)
    if not count.unique:
        return table.unit
    there = table.by_person if count.unique == "person" else count.unique in table.columns
    if count.unique not in _UNIQUE or not there:
        raise _refusal(
            definition,
            f"rows of {count.table} name no {count.unique}"
            + (", and the same person can be in several" if table.repeats else ""),
        )
    return _UNIQUE[count.unique]


def _sum_unit(definition: Definition, table: Table, fields: Iterable[str], count: Count) -> str:
    units = set()
    for name in fields:
        column = table.columns.get(name)
        if column is None or not column.unit:
            raise _refusal(definition, f"{name} of {table.id} cannot be added up")
        needed, value = column.only
        if needed and count.where.get(needed) != value:
            raise _refusal(
                definition,
                f"{name} of {table.id} may hold repeats; add it up where {needed} is {value} only",
            )
        units.add(column.unit)
    if len(units) > 1:
        raise _refusal(definition, f"its sum mixes {' and '.join(sorted(units))}; units never mix")
    return units.pop()


def _require_cohort(definition: Definition) -> None:
    part, whole = definition.count, definition.whole
    if (definition.rule == "share") != (whole is not None):
        raise _refusal(definition, "a share, and nothing else, needs a whole")
    if whole is None:
        return
    if part.table != whole.table or part.period != whole.period:
        raise _refusal(
            definition,
            f"its part is counted by {part.period} of {part.table}, its whole by {whole.period} "
            f"of {whole.table}: they are different cohorts. Count both by the same day",
        )
    if bool(part.sum) != bool(whole.sum) or part.unique != whole.unique:
        raise _refusal(definition, "its part and its whole are not counted alike")


def _require_outcome(definition: Definition) -> None:
    table = definition.count.table
    if definition.shows != "outcome":
        return
    if table in _NEVER_OUTCOME or (table == "trainings" and definition.mean != "score_change"):
        raise _refusal(
            definition,
            f"{table} show what was done, not what changed. Call it an output, "
            "or measure the change",
        )


def _measures(
    definition: Definition, scope: Scope
) -> tuple[Measure | Spell, Measure | None, Measure | None]:
    count, whole = definition.count, definition.whole
    held = condition(scope, count.where)
    if definition.rule == "median_days":
        if definition.days is None or count.sum or count.unique:
            raise scope.refusal("a median needs rows, and days from one day to another")
        return _spell(scope, definition.days, held), None, None
    if definition.rule == "mean":
        mean, weight = (scope.sql(name, NUMBERS) for name in (definition.mean, definition.weight))
        both = f"{held} AND {mean} IS NOT NULL AND {weight} IS NOT NULL"
        return Measure(both, f"{mean} * {weight}"), Measure(both, weight), Measure(held)
    part = Measure(held, _value(scope, count), count.unique)
    if whole is None:
        return part, None, None
    within = condition(scope, whole.where)
    both = held if count.sum else f"{held} AND {within}"
    whole_counted = Measure(within, _value(scope, whole), whole.unique)
    return Measure(both, part.value, count.unique), whole_counted, None


def _value(scope: Scope, count: Count) -> str:
    if count.unique in scope.table.columns:
        scope.sql(count.unique, ("reference",))
    return " + ".join(scope.sql(name, NUMBERS) for name in count.sum) if count.sum else "1"


def _spell(scope: Scope, days: Days, held: str) -> Spell:
    start = scope.sql(days.start, ("date",))
    end, *until = (_day(scope, day) for day in (days.end, *days.until))
    stop = ", ".join(["$as_of::DATE", *until])
    return Spell(f"{held} AND {start} <= $as_of::DATE", start, end, f"least({stop})")


def _day(scope: Scope, day: str | First) -> str:
    return first(scope, day) if isinstance(day, First) else scope.sql(day, ("date",))


def _each(definition: Definition, scope: Scope) -> tuple[tuple[str, ...], str]:
    each = definition.each
    if each is None:
        return (), ""
    table = scope.known.tables.get(each.form) if each.form else scope.table
    if table is None or each.field not in table.columns:
        raise scope.refusal(f"there is no field {each.field} to give one result for each code of")
    column = table.columns[each.field]
    if each.form and each.form not in scope.asked:
        raise scope.refusal(f"it gives results by {each.field} but asks nothing of {each.form}")
    if column.kind != ("code" if each.form else "codes"):
        raise scope.refusal(f"{each.field} divides the rows: name it in by")
    scope.used.setdefault(table.id, set()).add(each.field)
    sql = "" if each.form else f'{scope.alias}."{each.field}"'
    return scope.known.codes[column.of], sql


def _stratum(definition: Definition, scope: Scope, name: str) -> str:
    if name in (*CELL, *FIGURES):
        raise scope.refusal(f"{name} is a column of every result, and cannot be a stratum")
    unique, base = definition.count.unique, scope.table
    of_person = name in PERSON_STRATA and base.by_person and base.id != PERSONS
    if unique and base.id != PERSONS and not (unique == "person" and of_person):
        raise scope.refusal(
            f"one {unique} can have several {name} in {base.id}, so parts would not add up"
        )
    if name in base.columns:
        return f"coalesce({scope.sql(name, _DIVIDES)}::VARCHAR, 'not_known')"
    if not of_person:
        raise scope.refusal(f"{base.id} cannot be divided by {name}")
    scope.used.setdefault(PERSONS, set()).add(name)
    return f"coalesce(e.\"{name}\"::VARCHAR, 'not_known')"


def _forms(scope: Scope) -> frozenset[str]:
    named = set(scope.asked) | {scope.table.id}
    if PERSONS in named:
        named.add("assessments")
    if PERSON_ROWS in named:
        named.add(PERSONS)
    return frozenset(named - {SUBMISSIONS, PERSON_ROWS})


def _require_needs(definition: Definition, forms: frozenset[str]) -> None:
    lacking = sorted(forms - set(definition.needs))
    if lacking:
        raise _refusal(
            definition, f"it reads {', '.join(lacking)} but does not say that it needs them"
        )


def _refusal(definition: Definition, what: str) -> IndicatorError:
    return IndicatorError(f"{definition.label}: {what}. Correct the definition.")
