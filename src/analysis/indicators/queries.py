"""Compiled definitions in, one query for those that count the same rows by one day; cells out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.indicators.catalogue import PERSONS, Catalogue, Table
from analysis.indicators.compiling import Compiled, Measure, Spell
from analysis.indicators.model import ALL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Names = tuple[str, ...]
Key = tuple[int, str, tuple[tuple[str, str], ...]]
"""Of one cell: place of its window, code of ``each`` (or "all"), strata with their codes."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Part, whole and rows of one cell in one draw; in draws above 0 what is added to draw 0."""

    part: float = 0
    whole: float = 0
    rows: int = 0
    spells: Spells | None = None


@dataclass(frozen=True, slots=True)
class Spells:
    """Days of each spell, whether it ended, and whether it adds (1) or takes away (-1)."""

    days: Any
    ended: Any
    adds: Any


Cells = dict[Key, dict[int, Sums]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One compiled definition and the combinations of strata that it is asked for."""

    one: Compiled
    sets: tuple[Names, ...]

    @property
    def names(self) -> Names:
        """Every stratum of any combination, once."""
        return tuple(dict.fromkeys(name for names in self.sets for name in names))

    @property
    def linked(self) -> bool:
        """Whether the linkage can move the result: persons are counted, or divide rows."""
        return self.one.linked or any(name not in self.one.own for name in self.names)

    @property
    def alone(self) -> str:
        """Why it needs a query of its own: different persons among rows, or days; or ""."""
        if isinstance(self.one.part, Spell):
            return self.one.definition.label
        apart = self.one.part.unique and self.one.table.id != PERSONS
        return self.one.part.unique if apart else ""


def answer(
    con: DuckDBPyConnection, asked: Sequence[Asked], known: Catalogue, as_of: date
) -> dict[str, Cells]:
    """Run one query for each group of definitions; return the cells of each by label."""
    groups: dict[tuple[Any, ...], list[Asked]] = {}
    for each in asked:
        one = each.one
        spread = (one.definition.each.form, one.definition.each.field, one.codes) if (
            one.definition.each) else None  # fmt: skip
        key = (one.table.id, one.period, spread, each.linked, each.alone)
        groups.setdefault(key, []).append(each)
    found: dict[str, Cells] = {each.one.definition.label: {} for each in asked}
    for group in groups.values():
        _run(con, group, known, as_of, found)
    return found


def _run(
    con: DuckDBPyConnection,
    group: list[Asked],
    known: Catalogue,
    as_of: date,
    found: dict[str, Cells],
) -> None:
    names = tuple(dict.fromkeys(name for each in group for name in each.names))
    sets = tuple(dict.fromkeys(one for each in group for one in each.sets))
    values = {name: value for each in group for name, value in each.one.values.items()}
    if group[0].one.codes:
        values["codes"] = list(group[0].one.codes)
    if isinstance(group[0].one.part, Spell):
        table = con.sql(_spells(group[0], names, known), params={**values, "as_of": as_of})
        found[group[0].one.definition.label].update(
            _by_cell(table.to_arrow_table(), names, group[0].sets)
        )
        return
    rows = con.execute(_sums(group, names, sets, known), values).fetchall()
    for place, each in enumerate(group):
        _keep(each, rows, names, place, found[each.one.definition.label])


def _keep(each: Asked, rows: list[tuple[Any, ...]], names: Names, place: int, cells: Cells) -> None:
    """Put the rows of the definition's own combinations of strata into its cells."""
    wanted = {
        sum(1 << (len(names) - 1 - at) for at, name in enumerate(names) if name not in chosen):
            [(at, name) for at, name in enumerate(names) if name in chosen]
        for chosen in each.sets
    }  # fmt: skip
    first = 4 + len(names) + 3 * place
    for row in rows:
        idx, code, draw, mask = row[:4]
        if mask in wanted:
            key = (idx, code or ALL, tuple((name, row[4 + at]) for at, name in wanted[mask]))
            part, whole, counted = row[first : first + 3]
            cells.setdefault(key, {})[draw] = Sums(part or 0, whole or 0, counted or 0)


def _sums(group: list[Asked], names: Names, sets: Sequence[Names], known: Catalogue) -> str:
    keys = ["idx", "code", "draw", *(_quoted(name) for name in names)]
    unique = group[0].alone
    inner, outer = [], []
    for place, each in enumerate(group):
        one = each.one
        for kind, measure in (("p", one.part), ("w", one.whole), ("r", one.rows)):
            column = f"{kind}{place}"
            inner.append(f"{_inner(measure, one, unique, kind)} AS {column}")
            outer.append(
                f"sum(sign) FILTER (WHERE {column})" if unique and measure else f"sum({column})"
            )
    reference = ["sign", "reference"] if unique else []
    stage = (
        f"SELECT {', '.join([*keys, *reference, *inner])} FROM {_source(group, names, known)} "
        + ("WHERE reference IS NOT NULL " if unique else "")
        + f"GROUP BY {', '.join([*keys, *reference])}"
    )
    return _rolled(stage, outer, names, sets)


def _inner(measure: Any, one: Compiled, unique: str, kind: str) -> str:
    if not isinstance(measure, Measure):
        return "NULL::BIGINT"
    held = measure.held
    if one.each and kind == "p":
        held += f" AND list_contains(string_split({one.each}, ';'), code)"
    if unique:
        return f"coalesce(bool_or({held}), FALSE)"
    value = "sign" if measure.value == "1" else f"sign * ({measure.value})"
    return f"sum({value}) FILTER (WHERE {held})"


def _spells(each: Asked, names: Names, known: Catalogue) -> str:
    spell = each.one.part
    if not isinstance(spell, Spell):
        raise TypeError("a median without days")
    ended = f"coalesce({spell.end} <= {spell.stop}, FALSE)"
    return (
        f"SELECT idx, {', '.join(['code', 'draw', *(_quoted(name) for name in names)])}, sign, "
        f"{ended} AS ended, greatest(0, date_diff('day', {spell.start}, "
        f"CASE WHEN {ended} THEN {spell.end} ELSE {spell.stop} END))::INTEGER AS days "
        f"FROM {_source([each], names, known)} WHERE {spell.held}"
    )


def _by_cell(table: Any, names: Names, sets: Sequence[Names]) -> Cells:
    """Sort spells into their cells, once for each combination of strata."""
    import numpy as np

    columns = {name: _encoded(table[_bare(name)]) for name in names}
    columns["code"] = _encoded(table["code"])
    idx, draw, sign, ended, days = (
        table[name].to_numpy() for name in ("idx", "draw", "sign", "ended", "days")
    )
    cells: Cells = {}
    for chosen in sets:
        place = idx.astype(np.int64) * 1024 + draw
        for name in ("code", *chosen):
            place = place * len(columns[name][1]) + columns[name][0]
        order = np.argsort(place, kind="stable")
        starts = np.flatnonzero(np.diff(place[order], prepend=-1))
        for rows in np.split(order, starts[1:]) if len(order) else []:
            at = rows[0]
            codes = tuple((name, _said(columns[name], at)) for name in chosen)
            key = (int(idx[at]), _said(columns["code"], at) or ALL, codes)
            spells = Spells(days[rows], ended[rows], sign[rows])
            cells.setdefault(key, {})[int(draw[at])] = Sums(spells=spells)
    return cells


def _encoded(column: Any) -> tuple[Any, list[Any]]:
    """Return each value's number, and the values by number; one None where nothing is."""
    import numpy as np

    if column.null_count == len(column):
        return np.zeros(len(column), np.int64), [None]
    coded = column.combine_chunks().dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()


def _said(column: tuple[Any, list[Any]], row: Any) -> Any:
    return column[1][column[0][row]]


def _bare(name: str) -> str:
    return f"s_{name}"


def _quoted(name: str) -> str:
    return f'"{_bare(name)}"'


def _rolled(stage: str, outer: Iterable[str], names: Names, sets: Sequence[Names]) -> str:
    """Add the cells of the finest division up to every combination that is asked for."""
    quoted = [_quoted(name) for name in names]
    mask = f"grouping({', '.join(quoted)})" if quoted else "0"
    rolled = ", ".join(
        "(" + ", ".join(["idx", "code", "draw", *(_quoted(name) for name in one)]) + ")"
        for one in sets
    )
    return (
        f"WITH stage AS MATERIALIZED ({stage}) "
        f"SELECT {', '.join(['idx', 'code', 'draw', f'{mask} AS mask', *quoted, *outer])} "
        f"FROM stage GROUP BY GROUPING SETS ({rolled})"
    )


def _source(group: list[Asked], names: Names, known: Catalogue) -> str:
    """Return what is read: rows, their persons and weights, their window, what was asked."""
    one, linked = group[0].one, group[0].linked
    spread = bool(one.codes)
    by_name = {name: sql for each in group for name, sql in each.one.strata.items()}
    strata = "".join(f', {by_name[name]} AS "s_{name}"' for name in names)
    unique = group[0].alone if isinstance(one.part, Measure) else ""
    reference = {"": "", "person": ", x.entity AS reference"}.get(
        unique, f', x."{unique}" AS reference'
    )
    asked = _asked(group, known, spread)
    persons = one.table.id == PERSONS
    if persons:
        origin = "entities e JOIN weights w ON w.entity = e.entity"
        weight = "w.in_draw AS draw, w.adds AS sign"
    elif linked:
        origin = (
            f'"g_{one.table.id}" x LEFT JOIN weights w ON w.entity = x.entity '
            "LEFT JOIN entities e ON e.entity = x.entity"
        )
        weight = "coalesce(w.in_draw, 0) AS draw, coalesce(w.adds, 1) AS sign"
    else:
        origin, weight = f'"f_{one.table.id}" x', "0 AS draw, 1 AS sign"
    code = "k.each_code" if spread else "NULL::VARCHAR"
    spreading = "CROSS JOIN (SELECT unnest($codes) AS each_code) k" if spread else ""
    lateral = f"LATERAL (SELECT {weight}, d.place AS idx, {code} AS code{strata}{reference}) keys"
    return f"{origin} JOIN days d ON d.day = {one.period} {spreading} {asked}, {lateral}"


def _asked(group: list[Asked], known: Catalogue, spread: bool) -> str:
    """Return what other forms say of each person, one row a person (and code of ``each``)."""
    asks: dict[str, dict[str, str]] = {}
    for each in group:
        for form, columns in each.one.asked.items():
            asks.setdefault(form, {}).update(columns)
    by = group[0].one.definition.each
    joins = []
    for form, columns in asks.items():
        table = known.tables[form]
        code = f', x."{by.field}" AS each_code' if spread and by and by.form == form else ""
        listed = "".join(f', {sql} AS "{name}"' for name, sql in columns.items())
        joins.append(
            f"LEFT JOIN (SELECT e.entity AS entity{code}{listed} FROM entities e "
            f'JOIN {_rows(table)} x ON {_belongs(table)} GROUP BY ALL) "of_{form}" '
            f'ON "of_{form}".entity = e.entity'
            + (f' AND "of_{form}".each_code = k.each_code' if code else "")
        )
    return " ".join(joins)


def _rows(table: Table) -> str:
    return f'"g_{table.id}"' if table.by_person else f'"f_{table.id}"'


def _belongs(table: Table) -> str:
    return "x.entity = e.entity" if table.by_person else 'x."case" = e.case_group'
