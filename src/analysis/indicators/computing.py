"""Cases and definitions in, every indicator by period and stratum out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.contracts.partner.cases import Cases
from analysis.errors import IndicatorError
from analysis.indicators.catalogue import SUBMISSIONS
from analysis.indicators.compiling import Compiled, compile_definition
from analysis.indicators.draws import further_draws
from analysis.indicators.figures import Figures, figures
from analysis.indicators.matrix import matrix
from analysis.indicators.model import ALL, CELL, FIGURES, NOT_KNOWN, Result, Strata, Window
from analysis.indicators.queries import Asked, Cells, Key, answer
from analysis.indicators.reading import Definitions
from analysis.indicators.status import Owed, State, owed_of
from analysis.indicators.tables import open_tables

if TYPE_CHECKING:
    from pandas import DataFrame

EVERY = "every"
"""For ``strata``: each definition by each stratum that it allows, one at a time."""


def compute(
    cases: Cases,
    definitions: Definitions,
    *,
    periods: Sequence[Window],
    ids: Sequence[str] | None = None,
    strata: Strata | str = (),
    versions: Mapping[str, int] | None = None,
) -> Result:
    """Compute indicators.

    Parameters
    ----------
    cases : Cases
        Persons, rows, what was owed and what came.
    definitions : Definitions
        Of `analysis.indicators.read_definitions`.
    periods : sequence of Window
        Calendar years (`analysis.indicators.years`) or the years of plans; they may overlap.
    ids : sequence of str, optional
        Which indicators, as ``ID`` or ``ID@VERSION``; left out, all.
    strata : sequence of str or of tuple of str, or "every"
        How to divide: ``["sex", ("sex", "age_group")]``. The total is always there. A
        definition that does not allow a stratum stays undivided by it.
    versions : mapping, optional
        Version by id; the newest where none is named. One version holds for all periods.

    Returns
    -------
    Result
        One row an indicator, period and stratum.

    Raises
    ------
    IndicatorError
        If an indicator or version does not exist, two periods have one label, no definition
        allows a stratum, or a definition does not compile.
    """
    _require_periods(periods)
    chosen = definitions.chosen(ids, versions)
    compiled = [compile_definition(one, definitions.known) for one in chosen]
    asked = [Asked(one, _sets(one, strata)) for one in compiled]
    _require_allowed(asked, strata)
    owed = matrix(cases)
    con = open_tables(cases, compiled, definitions.known, definitions.groups, periods, owed,
                      _linked(asked))  # fmt: skip
    try:
        cells = answer(con, asked, definitions.known, cases.as_of)
    finally:
        con.close()
    came, further = owed_of(cases, owed), further_draws(cases)
    rows: list[dict[str, Any]] = []
    for each in asked:
        full = _filled(each, cells[each.one.definition.label], periods, definitions, came)
        rows += _rows(each.one, full, periods, further, came)
    names = _names(asked)
    return Result(
        _frame(rows, names), names, chosen, tuple(periods), cases.basis, cases.as_of, further,
        cases.fingerprint,
    )  # fmt: skip


def _linked(asked: Sequence[Asked]) -> set[str]:
    """Return the tables whose rows must be known by their persons."""
    read = {form for each in asked for form in each.one.asked}
    return read | {each.one.table.id for each in asked if each.linked}


def _sets(one: Compiled, strata: Strata | str) -> tuple[tuple[str, ...], ...]:
    if isinstance(strata, str):
        wanted: Iterable[tuple[str, ...]] = [(name,) for name in one.definition.by]
        if strata != EVERY:
            raise IndicatorError(f'strata: give a list of strata, or "{EVERY}" for each alone.')
    else:
        wanted = [(name,) if isinstance(name, str) else tuple(name) for name in strata]
    allowed = [names for names in wanted if names and set(names) <= set(one.strata)]
    return ((), *dict.fromkeys(allowed))


def _require_allowed(asked: Sequence[Asked], strata: Strata | str) -> None:
    if isinstance(strata, str):
        return
    used = {names for each in asked for names in each.sets}
    for one in strata:
        names = (one,) if isinstance(one, str) else tuple(one)
        if names not in used:
            raise IndicatorError(
                f"strata: none of {len(asked)} indicators can be divided by {', '.join(names)}. "
                "See what each allows: workbench indicators show ID"
            )


def _require_periods(periods: Sequence[Window]) -> None:
    labels = [one.label for one in periods]
    if not labels or len(set(labels)) < len(labels):
        raise IndicatorError(
            "periods: there is none, or two have the same label. Give each period its own label."
        )


def _names(asked: Sequence[Asked]) -> tuple[str, ...]:
    named = [name for each in asked for name in each.names]
    spread = [each.one.definition.each.field for each in asked if each.one.definition.each]
    return tuple(dict.fromkeys([*spread, *named]))


def _filled(
    each: Asked, cells: Cells, periods: Sequence[Window], definitions: Definitions, came: Owed
) -> Cells:
    """Add the cells that nothing fell into: there, none is a number as well."""
    there: dict[frozenset[str], set[tuple[tuple[str, str], ...]]] = {}
    for _, _, codes in cells:
        there.setdefault(frozenset(name for name, _ in codes), set()).add(codes)
    full: Cells = {}
    for names in each.sets:
        found = _codes(each.one, names, there.get(frozenset(names), set()), definitions, came)
        for idx in range(len(periods)):
            for code in each.one.codes or (ALL,):
                for codes in found:
                    key: Key = (idx, code, codes)
                    full[key] = cells.get(key, {})
    return full


def _codes(
    one: Compiled,
    names: tuple[str, ...],
    there: set[tuple[tuple[str, str], ...]],
    definitions: Definitions,
    came: Owed,
) -> list[tuple[tuple[str, str], ...]]:
    """Return every code of one stratum; of several together, those that occur."""
    if len(names) != 1:
        return sorted(there) if names else [()]
    name = names[0]
    if name == "organisation":
        listed: tuple[str, ...] = came.organisations(one.definition.needs)
    else:
        table = one.table if name in one.table.columns else definitions.known.tables["persons"]
        column = table.columns[name]
        boolean = ("true", "false")
        listed = boolean if column.kind == "yesno" else definitions.known.codes.get(column.of, ())
    found = {codes[0][1] for codes in there}
    last = [NOT_KNOWN] if NOT_KNOWN in found else []
    more = sorted(found - set(listed) - {NOT_KNOWN})
    return [((name, code),) for code in (*listed, *more, *last)]


def _rows(
    one: Compiled, cells: Cells, periods: Sequence[Window], draws: int, came: Owed
) -> list[dict[str, Any]]:
    definition = one.definition
    field = definition.each.field if definition.each else ""
    rows = []
    for (idx, code, codes), by_draw in cells.items():
        window = periods[idx]
        state = _state(one, window, dict(codes), came, bool(by_draw))
        found = figures(one, by_draw, draws, state)
        rows.append(
            {
                "indicator": definition.id,
                "version": definition.version,
                "measure": definition.rule,
                "unit": definition.unit,
                "period": window.label,
                "first": window.first,
                "last": window.last,
                **({field: code} if field else {}),
                **dict(codes),
                **_as_columns(found),
            }
        )
    return rows


def _state(
    one: Compiled, window: Window, codes: Mapping[str, str], came: Owed, some: bool
) -> State:
    definition = one.definition
    if one.table.id == SUBMISSIONS:
        early = window.last > came.as_of
        return State("too_early" if early else "known" if some else "not_applicable")
    return came.state(
        definition.needs, window, definition.follow_days, codes.get("organisation", "")
    )


def _as_columns(found: Figures) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in FIGURES if name != "missing"},
        "missing": ";".join(found.missing),
    }


def _frame(rows: list[dict[str, Any]], names: tuple[str, ...]) -> DataFrame:
    import pandas as pd

    columns = [*CELL, *names, *FIGURES]
    frame = pd.DataFrame(rows, columns=columns)
    for name in names:
        frame[name] = frame[name].fillna(ALL)
    numbers = ("numerator", "denominator", "value", "low", "high", "limit_low", "limit_high")
    return frame.astype({**dict.fromkeys(numbers, "float64"), "n": "Int64"})
