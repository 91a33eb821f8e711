"""A condition of a definition in, parameterised SQL out; names are checked, values bound.

A condition is a mapping, and all of its entries must hold::

    {status: identified}                 a field has this value, or one of a list
    {known: [citizenship]}               fields are known; ``unknown``: are not
    {includes: {purposes: sexual}}       a field of several codes includes one
    {at_least: {organisations: 2}}       a number is at least, or ``at_most``, so much
    {exceeds: {days: legal_days}}        one number is larger than another field of the row
    {within: {from: a, to: b, days: n}}  day ``to`` is from day ``from`` to n days later
    {any: [..., ...]}, {not: ...}        one of several conditions; the opposite of one
    {has: {form: services, where: ...}}  the person has such a row in another form; if need be
                                         its ``date`` from day ``after`` of the person on, to
                                         ``within_days`` later, or no later than
                                         ``within_days`` after day ``before``

What is not known makes neither a condition nor its opposite hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.errors import IndicatorError
from analysis.indicators.catalogue import PERSONS, Catalogue, Column, Table
from analysis.indicators.model import First, Where

_PLAIN = ("code", "yesno", "organisation", "country", "place")
NUMBERS = ("count", "amount", "number", "change")


@dataclass(slots=True)
class Scope:
    """What one definition is compiled in: its table, values bound, rows of other forms asked for.

    ``asked`` maps a form to what is asked of its rows for each person, by column name;
    ``used`` a table to the fields that are read.
    """

    label: str
    known: Catalogue
    table: Table
    values: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)

    @property
    def alias(self) -> str:
        """Name of the table in SQL: ``e`` for persons, ``x`` for rows of a form."""
        return "e" if self.table.id == PERSONS else "x"

    def column(self, name: str) -> Column:
        """Return a column of the table, or refuse."""
        if name not in self.table.columns:
            raise self.refusal(f"the table {self.table.id} has no field {name}")
        return self.table.columns[name]

    def sql(self, name: str, kinds: Iterable[str] = ()) -> str:
        """Name a column in SQL, its kind being one of ``kinds``."""
        kind = self.column(name).kind
        if kinds and kind not in kinds:
            raise self.refusal(f"{name} of {self.table.id} is a {kind}, and cannot be used so")
        self.used.setdefault(self.table.id, set()).add(name)
        return f'{self.alias}."{name}"'

    def bind(self, value: Any) -> str:
        """Bind a value; the same value has the same name, so that equal SQL is equal text."""
        name = "v" + _digest([type(value).__name__, str(value)])
        self.values[name] = value
        return f"${name}"

    def refusal(self, what: str) -> IndicatorError:
        """Return the error that says what is wrong with the definition."""
        return IndicatorError(f"{self.label}: {what}. Correct the definition.")

    def beside(self, form: str) -> Scope:
        """Return the scope of another form's rows, values and questions shared."""
        if form not in self.known.tables:
            raise self.refusal(f"there is no form {form}")
        return replace(self, table=self.known.tables[form])


def condition(scope: Scope, where: Where) -> str:
    """Compile a condition; an empty one always holds.

    Raises
    ------
    IndicatorError
        If a field, code or operator does not exist, or does not fit the field.
    """
    parts = [_entry(scope, key, value) for key, value in where.items()]
    return "(" + " AND ".join(parts) + ")" if parts else "TRUE"


def first(scope: Scope, what: First) -> str:
    """Ask for a person's first such day in another form; return its name in SQL."""
    inner = _other(scope, what.form)
    day = inner.sql(what.date, ("date",))
    return _ask(scope, what.form, f"min({day}) FILTER (WHERE {condition(inner, what.where)})")


def _entry(scope: Scope, key: str, value: Any) -> str:
    if key in _OPERATORS:
        return str(_OPERATORS[key](scope, value))
    column, name = scope.column(key), scope.sql(key, _PLAIN)
    wanted = value if isinstance(value, list) else [value]
    if column.kind == "yesno":
        if any(not isinstance(one, bool) for one in wanted):
            raise scope.refusal(f"{key} is yes or no: write true or false")
    else:
        _require_codes(scope, key, column, wanted)
    bound = [scope.bind(one) for one in wanted]
    return f"{name} = {bound[0]}" if len(bound) == 1 else f"{name} IN ({', '.join(bound)})"


def _known(scope: Scope, names: Any) -> str:
    return " AND ".join(_is_known(scope, name) for name in _listed(names))


def _unknown(scope: Scope, names: Any) -> str:
    return " AND ".join(f"NOT ({_is_known(scope, name)})" for name in _listed(names))


def _is_known(scope: Scope, name: str) -> str:
    sql = scope.sql(name)
    textual = scope.column(name).kind in ("code", "codes", "text")
    return f"coalesce({sql}, '') <> ''" if textual else f"{sql} IS NOT NULL"


def _includes(scope: Scope, wanted: Any) -> str:
    parts = []
    for name, codes in _pairs(scope, "includes", wanted):
        sql, listed = scope.sql(name, ("codes",)), _listed(codes)
        _require_codes(scope, name, scope.column(name), listed)
        parts += [
            " OR ".join(
                f"list_contains(string_split({sql}, ';'), {scope.bind(one)})" for one in listed
            )
        ]
    return "(" + ") AND (".join(parts) + ")"


def _compare(sign: str) -> Any:
    def compiled(scope: Scope, wanted: Any) -> str:
        return " AND ".join(
            f"{scope.sql(name, NUMBERS)} {sign} {scope.bind(number)}"
            for name, number in _pairs(scope, "at_least", wanted)
        )

    return compiled


def _exceeds(scope: Scope, wanted: Any) -> str:
    return " AND ".join(
        f"{scope.sql(name, NUMBERS)} > {scope.sql(other, NUMBERS)}"
        for name, other in _pairs(scope, "exceeds", wanted)
    )


def _within(scope: Scope, wanted: Any) -> str:
    begin, end = (scope.sql(wanted[name], ("date",)) for name in ("from", "to"))
    return f"{end} BETWEEN {begin} AND {begin} + {scope.bind(int(wanted['days']))}::INTEGER"


def _any(scope: Scope, wanted: Any) -> str:
    return "(" + " OR ".join(condition(scope, one) for one in wanted) + ")"


def _not(scope: Scope, wanted: Any) -> str:
    return f"NOT {condition(scope, wanted)}"


def _has(scope: Scope, wanted: Any) -> str:
    inner = _other(scope, wanted["form"])
    held = condition(inner, wanted.get("where", {}))
    for key in ("after", "before"):
        if key in wanted:
            limit, day = scope.sql(wanted[key], ("date",)), inner.sql(wanted["date"], ("date",))
            held += f" AND {day} >= {limit}" if key == "after" else ""
            if key == "before" or "within_days" in wanted:
                further = scope.bind(int(wanted.get("within_days", 0)))
                held += f" AND {day} <= {limit} + {further}::INTEGER"
    return f"coalesce({_ask(scope, wanted['form'], f'bool_or({held})')}, FALSE)"


def _other(scope: Scope, form: str) -> Scope:
    if scope.table.id != PERSONS:
        raise scope.refusal(f"rows of {scope.table.id} are not persons, so no other form is theirs")
    inner = scope.beside(form)
    if form == PERSONS or not (inner.table.by_person or inner.table.by_case):
        raise scope.refusal(f"rows of {form} belong to no person and to no case")
    return inner


def _ask(scope: Scope, form: str, sql: str) -> str:
    name = "a" + _digest(sql)
    scope.asked.setdefault(form, {})[name] = sql
    return f'"of_{form}"."{name}"'


def _require_codes(scope: Scope, name: str, column: Column, wanted: list[Any]) -> None:
    if any(not isinstance(one, str) for one in wanted):
        raise scope.refusal(f"{name} holds codes: write texts")
    unknown = sorted(set(wanted) - set(scope.known.codes.get(column.of, wanted)))
    if unknown:
        raise scope.refusal(f"{column.of} knows no code {', '.join(unknown)} (of {name})")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pairs(scope: Scope, operator: str, wanted: Any) -> list[tuple[str, Any]]:
    if not isinstance(wanted, Mapping) or not wanted:
        raise scope.refusal(f"{operator} needs fields with their values")
    return list(wanted.items())


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


_OPERATORS: dict[str, Any] = {
    "known": _known,
    "unknown": _unknown,
    "includes": _includes,
    "at_least": _compare(">="),
    "at_most": _compare("<="),
    "exceeds": _exceeds,
    "within": _within,
    "any": _any,
    "not": _not,
    "has": _has,
}
