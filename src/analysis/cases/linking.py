"""Records of all senders in, who is whom out: scored, decided, named, kept in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analysis.cases import deciding, fitting, kept, memory, pseudonyms
from analysis.cases.clusters import Grouped
from analysis.cases.comparing import agreement_sql
from analysis.cases.deciding import Decided
from analysis.cases.records import prepared
from analysis.cases.review import verdicts
from analysis.cases.rules import LinkageRules
from analysis.contracts.partner.store import ArrowTable
from analysis.vault.encoding.arrow import arrow


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What a run of linkage came to; counts of records, pairs and persons.

    ``linkable`` records know some identity; ``band`` pairs wait for a reviewer;
    ``contradicted`` pairs would have joined two cpr numbers, or two years of birth and two
    sexes; ``too_large`` pairs would have made a person of more records than the rules
    allow: they wait too. ``merged`` and ``split`` count pseudonyms that changed.
    ``left_out`` are lines of blocking that would have compared too many pairs.
    """

    records: int
    linkable: int
    scored: int
    matched: int
    same: int
    band: int
    contradicted: int
    too_large: int
    persons: int
    shared: int
    new: int
    merged: int
    split: int
    draws: int
    prior: float
    learned: int
    left_out: tuple[tuple[str, ...], ...]


def link(store: Any, rules: LinkageRules, *, on: date, threads: int | None = None) -> LinkReport:
    """Group the records of an open store into persons, and keep the result in it.

    Deterministic: the same rows, rules and verdicts give the same persons, whatever the
    number of threads. Verdicts of earlier reviews are kept and used.

    Parameters
    ----------
    store : Store
        Open for writing.
    rules : LinkageRules
        They are kept with the result.
    on : date
        Day of the run, from which new pseudonyms count.
    threads : int or None
        How many threads may work; None for all.
    """
    with memory.in_memory(threads) as connection:
        records = prepared(connection, store.rows("persons"), store.submissions())
        pairs, model = _scored(connection, records, rules)
        decisions = deciding.decided(records, pairs, verdicts(store), rules)
        first = deciding.best(records, decisions, rules)
        asked = _asked(connection, records, decisions, first)
    before = _before(store)
    named = pseudonyms.named(
        records["record"].to_pylist(), first.group.tolist(), kept.founded(store), before, on=on
    )
    links = _links(records, [named.of_group[group] for group in first.group.tolist()])
    draws = _draws(records, decisions, first, named.founded, rules, on)
    report = _report(records, decisions, first, named, model, rules, before)
    for name, table in ((kept.LINKS, links), (kept.DRAWS, draws), (kept.PAIRS, asked)):
        store.put_named(name, kept.packed(table))
    kept.put_founded(store, named.founded)
    kept.put_aliases(store, (*kept.aliases(store), *named.changes))
    store.put_named(kept.RUN, _run(rules, model, on))
    store.log("linked", records=report.records, persons=report.persons, band=report.band)
    return report


def _scored(
    connection: Any, records: ArrowTable, rules: LinkageRules
) -> tuple[ArrowTable, fitting.Model | None]:
    """Fit and score; no pairs where fewer than two records can be compared at all."""
    pc = arrow().compute
    comparable = records.filter(pc.field("linkable"))
    if comparable.num_rows < 2:
        return fitting.no_pairs(), None
    model = fitting.fit(connection, comparable, rules)
    return fitting.pairs(connection, comparable, model, rules), model


def _asked(connection: Any, records: ArrowTable, decisions: Decided, first: Grouped) -> ArrowTable:
    """Return the pairs that a reviewer should see: of which records, why, what agrees."""
    pa = arrow()
    names = records["record"].to_pylist()
    band = np.flatnonzero(decisions.band)
    left, right = decisions.left[band].tolist(), decisions.right[band].tolist()
    probability = dict(
        zip(
            zip(decisions.left.tolist(), decisions.right.tolist(), strict=True),
            decisions.probability.tolist(),
            strict=True,
        )
    )
    rows = [
        *((one, other, "band") for one, other in zip(left, right, strict=True)),
        *((one, other, "too_large") for one, other in first.too_large),
        *((one, other, "contradicted") for one, other in first.contradicted),
    ]
    # A pair of the band that was not joined for another reason stands once, with that reason.
    why = {(one, other): reason for one, other, reason in rows}
    listed = pa.table(
        {
            "record_l": pa.array([names[one] for one, _ in why], pa.string()),
            "record_r": pa.array([names[other] for _, other in why], pa.string()),
            "probability": pa.array([probability[pair] for pair in why], pa.float64()),
            "why": pa.array(list(why.values()), pa.string()),
        }
    )
    connection.register("listed", listed)
    connection.register("records", records)
    columns = [name for name in records.column_names if name != "record"]
    sides = ", ".join(f"{side}.{name} as {name}_{side}" for side in "lr" for name in columns)
    return connection.sql(f"""
        with faced as (
            select listed.*, {sides} from listed
            join records l on l.record = record_l join records r on r.record = record_r
        )
        select record_l, record_r, probability, why, {agreement_sql()},
            organisation_l, submission_l, source_row_l,
            organisation_r, submission_r, source_row_r
        from faced order by probability desc, record_l, record_r
    """).to_arrow_table()


def _before(store: Any) -> dict[str, str]:
    """Return each record's pseudonym in the run before."""
    table = kept.unpacked(store.named(kept.LINKS))
    if table is None:
        return {}
    return dict(zip(table["record"].to_pylist(), table["pseudonym"].to_pylist(), strict=True))


def _links(records: ArrowTable, pseudonym: Sequence[str]) -> ArrowTable:
    pa = arrow()
    return pa.table(
        {
            "record": records["record"],
            "organisation": records["organisation"],
            "pseudonym": pa.array(pseudonym, pa.string()),
            "linkable": records["linkable"],
        }
    )


def _draws(
    records: ArrowTable,
    decisions: Decided,
    first: Grouped,
    founded: Sequence[pseudonyms.Founded],
    rules: LinkageRules,
    on: date,
) -> ArrowTable:
    """Return the pseudonyms of records that a draw can move: draw, record, pseudonym.

    A part that a draw splits off is named after its own first record, as a run would.
    """
    pa = arrow()
    names = np.array(records["record"].to_pylist(), dtype=object)
    rows: tuple[list[int], list[str], list[str]] = ([], [], [])
    for draw, (touched, group) in enumerate(
        deciding.drawn(records, decisions, first, rules), start=1
    ):
        some = names[touched].tolist()
        named = pseudonyms.named(some, group.tolist(), founded, {}, on=on)
        rows[0].extend([draw] * len(some))
        rows[1].extend(some)
        rows[2].extend(named.of_group[one] for one in group.tolist())
    return pa.table(
        {
            "draw": pa.array(rows[0], pa.int32()),
            "record": pa.array(rows[1], pa.string()),
            "pseudonym": pa.array(rows[2], pa.string()),
        }
    )


def _report(
    records: ArrowTable,
    decisions: Decided,
    first: Grouped,
    named: pseudonyms.Named,
    model: fitting.Model | None,
    rules: LinkageRules,
    before: Mapping[str, str],
) -> LinkReport:
    pc = arrow().compute
    organisations = records["organisation"].to_pylist()
    senders: dict[int, set[str]] = {}
    for group, organisation in zip(first.group.tolist(), organisations, strict=True):
        senders.setdefault(group, set()).add(organisation)
    changes = [change.why for change in named.changes]
    return LinkReport(
        records=records.num_rows,
        linkable=pc.sum(records["linkable"]).as_py() or 0,
        scored=len(decisions.left),
        matched=int((decisions.certain & ~decisions.same).sum()),
        same=int(decisions.same.sum()),
        band=int(decisions.band.sum()),
        contradicted=len(first.contradicted),
        too_large=len(first.too_large),
        persons=len(senders),
        shared=sum(len(one) > 1 for one in senders.values()),
        new=len(set(named.of_group.values()) - set(before.values())),
        merged=changes.count("merged"),
        split=changes.count("split"),
        draws=rules.draws,
        prior=model.prior if model else 0.0,
        learned=model.learned if model else 0,
        left_out=model.blocking.left_out if model else (),
    )


def _run(rules: LinkageRules, model: fitting.Model | None, on: date) -> bytes:
    plain = {
        "rules": json.loads(rules.as_json()),
        "model": json.loads(model.settings) if model else None,
        "on": on.isoformat(),
    }
    return json.dumps(plain, sort_keys=True).encode()
