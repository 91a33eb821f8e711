"""An open store in, `Cases` out: every form with pseudonyms, persons, what is owed and came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from analysis.cases import kept, memory
from analysis.cases.columns import BIRTH_YEAR, TOKENS
from analysis.cases.newest import newest
from analysis.cases.pseudonyms import derived
from analysis.cases.resolve import persons
from analysis.cases.rules import LinkageRules, rules_of
from analysis.contracts.partner.cases import Basis, Cases
from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile, expected
from analysis.contracts.partner.store import ArrowTable, Submission
from analysis.errors import LinkageError
from analysis.vault.encoding.arrow import arrow

EXPECTED = {"organisation": "string", "form": "string", "period": "string", "due_on": "date32"}
RECEIVED = {
    "organisation": "string", "form": "string", "period": "string", "received_on": "date32",
    "version": "int32", "state": "string", "rows": "int32", "set_aside": "int32",
    "questions": "int32",
}  # fmt: skip


def open_cases(
    store: Any,
    profiles: Mapping[str, Profile],
    forms: Forms,
    *,
    as_of: date,
    basis: Basis = "submitted",
) -> Cases:
    """Resolve what the store holds to persons, by the last run of linkage.

    Parameters
    ----------
    store : Store
        Open for reading; ``workbench link`` has run since the last submission.
    profiles : mapping
        Every sender by id: what it owes, and of which kind it is.
    forms : Forms
        Whose keys say which rows are the same row, told again for a later period.
    as_of : date
        What was received later does not count, nor do duties for periods that end later.
        Of a corrected submission the store counts the newest version alone: one received
        after this day takes its earlier versions with it.
    basis : "submitted" or "synthetic"
        What the submissions must be.

    Raises
    ------
    LinkageError
        If records came since the last run, or a submission is of the other basis.
    """
    came = [one for one in store.submissions() if one.received_on <= as_of]
    _require_basis(came, basis)
    sent = sorted({name for profile in profiles.values() for name in profile.forms})
    rows = {form: _counted(store.rows(form), came) for form in sent}
    links = _links(store, rows)
    rules = last_rules(store)
    tables = {form: _with_pseudonyms(table, links) for form, table in rows.items()}
    with memory.in_memory() as connection:
        resolved = persons(connection, tables, links, came, profiles, rules.wins if rules else {})
        tables = {
            form: newest(connection, table, forms.forms[form]) for form, table in tables.items()
        }
        every = _every_draw(connection, store, links, rules.draws if rules else 0)
    # Identity tokens served to link; nothing that reads cases has a use for them.
    tables = {form: _without_identities(table) for form, table in tables.items()}
    return Cases(
        basis=basis,
        as_of=as_of,
        tables={
            **tables,
            "persons": resolved,
            "person_rows": tables.get("persons"),
            "links": every,
        },
        expected=_owed(profiles, as_of),
        received=_received(came),
        draws=rules.draws if rules else 0,
        fingerprint=store.fingerprint(),
    )


def last_rules(store: Any) -> LinkageRules | None:
    """Return the rules that were in force at the last run of linkage; None before the first."""
    content = store.named(kept.RUN)
    return None if content is None else rules_of(json.loads(content)["rules"])


def _require_basis(came: Sequence[Submission], basis: Basis) -> None:
    other = sum(one.synthetic != (basis == "synthetic") for one in came)
    if other:
        raise LinkageError(
            f"cases: {other} submissions in this store are not {basis}. Invented and real data "
            "never stand in one store; open the other one."
        )


def _counted(table: ArrowTable, came: Sequence[Submission]) -> ArrowTable:
    pa = arrow()
    pc = pa.compute
    ids = pa.array([one.id for one in came], pa.string())
    return table.filter(pc.is_in(table["submission"], value_set=ids))


def _links(store: Any, rows: Mapping[str, ArrowTable]) -> ArrowTable:
    """Return every record that any form names, with its pseudonym.

    A record of which no sender wrote a row in ``persons`` is a person of its own, which
    cannot be linked.
    """
    pa = arrow()
    table = kept.unpacked(store.named(kept.LINKS))
    linked = (
        {row["record"]: (row["pseudonym"], row["linkable"]) for row in table.to_pylist()}
        if table is not None
        else {}
    )
    named = {form: table for form, table in rows.items() if "person" in table.column_names}
    found: dict[str, tuple[str, str, bool]] = {}
    unlinked = 0
    for form in sorted(named, key=lambda form: form != "persons"):
        columns = (named[form][name].to_pylist() for name in ("person", "organisation"))
        for record, organisation in zip(*columns, strict=True):
            if record is None or record in found:
                continue
            unlinked += form == "persons" and record not in linked
            pseudonym, linkable = linked.get(record, (derived(record), False))
            found[record] = (organisation, pseudonym, linkable)
    if unlinked:
        raise LinkageError(
            f"cases: {unlinked} records came since the last run of linkage. Run workbench link."
        )
    ordered = sorted(found)
    return pa.table(
        {
            "record": pa.array(ordered, pa.string()),
            "organisation": pa.array([found[one][0] for one in ordered], pa.string()),
            "pseudonym": pa.array([found[one][1] for one in ordered], pa.string()),
            "linkable": pa.array([found[one][2] for one in ordered], pa.bool_()),
        }
    )


def _with_pseudonyms(table: ArrowTable, links: ArrowTable) -> ArrowTable:
    """Put ``pseudonym`` and ``record`` in the place of ``person``."""
    pc = arrow().compute
    if "person" not in table.column_names:
        return table
    at = pc.index_in(table["person"], value_set=links["record"])
    place = table.column_names.index("person")
    table = table.set_column(place, "record", table["person"])
    return table.add_column(place, "pseudonym", links["pseudonym"].take(at))


def _without_identities(table: ArrowTable) -> ArrowTable:
    return table.drop_columns(
        [name for name in table.column_names if name in TOKENS and name != BIRTH_YEAR]
    )


def _every_draw(connection: Any, store: Any, links: ArrowTable, draws: int) -> ArrowTable:
    """Return record, organisation, pseudonym, draw: draw 0, then each draw whole."""
    pa = arrow()
    moved = kept.unpacked(store.named(kept.DRAWS))
    if moved is None:
        empty = {"draw": pa.int32(), "record": pa.string(), "pseudonym": pa.string()}
        moved = pa.table({name: pa.array([], kind) for name, kind in empty.items()})
    connection.register("links", links)
    connection.register("moved", moved)
    return connection.sql(
        "select record, organisation, coalesce(moved.pseudonym, links.pseudonym) as pseudonym, "
        "number.draw::integer as draw from links "
        f"cross join (select unnest(range({draws + 1})) as draw) number "
        "left join moved using (record, draw) order by draw, record"
    ).to_arrow_table()


def _owed(profiles: Mapping[str, Profile], as_of: date) -> ArrowTable:
    return _table(
        EXPECTED,
        [
            (one.organisation, one.form, str(one.period), one.due_on)
            for name in sorted(profiles)
            for one in expected(profiles[name], profiles[name].agreement.first, as_of)
        ],
    )


def _received(came: Sequence[Submission]) -> ArrowTable:
    return _table(
        RECEIVED,
        [
            (
                one.organisation,
                one.form,
                one.period,
                one.received_on,
                one.version,
                one.state,
                one.rows,
                len(one.set_aside),
                len({row for question in one.questions for row in question.rows}),
            )
            for one in came
        ],
    )


def _table(kinds: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> ArrowTable:
    pa = arrow()
    return pa.table(
        {
            name: pa.array([row[at] for row in rows], getattr(pa, kind)())
            for at, (name, kind) in enumerate(kinds.items())
        }
    )
