"""Rows of persons and assessments with pseudonyms in, one row a person out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.cases.columns import BIRTH_YEAR
from analysis.cases.records import NOT_STATED, turns
from analysis.cases.rules import RESOLVED
from analysis.contracts.partner.cases import PERSON_COLUMNS
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.store import ArrowTable, Submission
from analysis.vault.encoding.arrow import arrow

ADULT_FROM = 18
_PERSONS = {
    "pseudonym": "string", "record": "string", "organisation": "string", "submission": "string",
    "source_row": "int32", "sex": "string", "citizenship": "string", BIRTH_YEAR: "int32",
    "child": "bool_", "first_contact_on": "date32",
}  # fmt: skip
_ASSESSMENTS = {
    "pseudonym": "string", "organisation": "string", "status": "string",
    "deciding_body": "string", "decided_on": "date32", "purposes": "string",
    "case_group": "string",
}  # fmt: skip


def persons(
    connection: Any,
    rows: Mapping[str, ArrowTable],
    links: ArrowTable,
    submissions: Iterable[Submission],
    profiles: Mapping[str, Profile],
    wins: Mapping[str, tuple[str, ...]],
) -> ArrowTable:
    """Return one row a person, with the columns of `PERSON_COLUMNS`.

    Of each record the latest row counts; where records of one person contradict each
    other, the kind of sender that ``wins`` names first is believed, then the latest record,
    and the field is counted in ``conflicts``. A person was presumed or identified on the
    earliest day on which anybody decided so.

    Parameters
    ----------
    connection
        From `memory.in_memory`.
    rows : mapping of form to pyarrow.Table
        ``persons`` and ``assessments`` with columns ``pseudonym`` and ``record``.
    links : pyarrow.Table
        Columns record, organisation, pseudonym, linkable: every record that any form names.
    submissions, profiles
        In which order rows came; of which kind each sender is.
    wins : mapping
        From `rules.LinkageRules`.
    """
    connection.register("links", links)
    connection.register("came", turns(submissions))
    connection.register("person_rows", complete(rows.get("persons"), _PERSONS))
    connection.register("assessment_rows", complete(rows.get("assessments"), _ASSESSMENTS))
    connection.register("ranks", _ranks(profiles, wins))
    found = connection.sql(_SQL.format(wins=_winners(), conflicts=_conflicts()))
    table = found.to_arrow_table().select(list(PERSON_COLUMNS))
    for name in ("links", "came", "person_rows", "assessment_rows", "ranks"):
        connection.unregister(name)
    return table


_SQL = f"""
with turned as (
    select person_rows.*, ranks.* exclude (organisation),
        row_number() over (order by came.turn, source_row) as turn
    from person_rows left join came using (submission) left join ranks using (organisation)
), latest as (
    select pseudonym, record, max(turn) as turn,
        {", ".join(f"any_value(rank_{name}) as rank_{name}" for name in RESOLVED)},
        arg_max(sex, turn) filter (where sex <> '{NOT_STATED}') as sex,
        bool_or(sex = '{NOT_STATED}') as not_stated,
        arg_max(citizenship, turn) as citizenship,
        arg_max({BIRTH_YEAR}, turn) as {BIRTH_YEAR},
        arg_max(child, turn) as child,
        min(first_contact_on) as first_contact_on
    from turned group by pseudonym, record
), one as (
    select pseudonym, {{wins}}, {{conflicts}} as conflicts,
        bool_or(not_stated) as not_stated, min(first_contact_on) as first_contact_on
    from latest group by pseudonym
), decided as (
    select pseudonym,
        min(decided_on) filter (where status = 'presumed') as presumed_on,
        first(organisation order by decided_on, organisation)
            filter (where status = 'presumed') as presumed_by,
        min(decided_on) filter (where status = 'identified') as identified_on,
        first(organisation order by decided_on, organisation)
            filter (where status = 'identified') as identified_by,
        first(deciding_body order by decided_on, organisation)
            filter (where status = 'identified') as identified_body,
        min(decided_on) filter (where status = 'not_a_victim') as not_victim_on,
        first(case_group order by status <> 'identified', decided_on, case_group)
            filter (where case_group is not null) as case_group
    from assessment_rows group by pseudonym
), purposes as (
    select pseudonym, string_agg(code, ';' order by code) as purposes from (
        select distinct pseudonym, unnest(string_split(purposes, ';')) as code
        from assessment_rows where purposes is not null and status <> 'not_a_victim'
    ) group by pseudonym
), counted as (
    select pseudonym, count(distinct organisation)::integer as organisations,
        count(*)::integer as records, bool_or(linkable) as linkable
    from links group by pseudonym
)
select counted.pseudonym,
    coalesce(one.sex, case when not_stated then '{NOT_STATED}' end) as sex,
    citizenship, {BIRTH_YEAR},
    case
        when age < {ADULT_FROM} then true
        when age > {ADULT_FROM} then false
        else child
    end as child,
    first_contact_on, presumed_on, presumed_by, identified_on, identified_by, identified_body,
    not_victim_on, purposes, case_group, organisations, records,
    coalesce(conflicts, 0)::integer as conflicts, linkable
from counted
left join one using (pseudonym) left join decided using (pseudonym)
left join purposes using (pseudonym)
-- By years alone, so at 18 it is not known which side of the birthday it was.
cross join lateral (select year(coalesce(identified_on, first_contact_on)) - {BIRTH_YEAR} as age)
order by counted.pseudonym
"""


def _winners() -> str:
    return ", ".join(
        f"first({name} order by rank_{name}, turn desc) filter (where {name} is not null) as {name}"
        for name in RESOLVED
    )


def _conflicts() -> str:
    return " + ".join(f"(count(distinct {name}) > 1)::integer" for name in RESOLVED)


def _ranks(profiles: Mapping[str, Profile], wins: Mapping[str, tuple[str, ...]]) -> ArrowTable:
    """Return, a sender, the place of its kind in each field's order; last where not named."""
    pa = arrow()
    senders = sorted(profiles)
    found = {"organisation": pa.array(senders, pa.string())}
    for name, kinds in wins.items():
        place = {kind: at for at, kind in enumerate(kinds)}
        ranks = [place.get(profiles[one].kind, len(kinds)) for one in senders]
        found[f"rank_{name}"] = pa.array(ranks, pa.int32())
    return pa.table(found)


def complete(table: ArrowTable | None, wanted: Mapping[str, str]) -> ArrowTable:
    """Return the wanted columns; those that nobody sent are empty."""
    pa = arrow()
    kinds = {name: getattr(pa, kind)() for name, kind in wanted.items()}
    if table is None:
        return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    return pa.table(
        {
            name: table[name] if name in table.column_names else pa.nulls(table.num_rows, kind)
            for name, kind in kinds.items()
        }
    )
