"""Which columns each table of the record has, and what a cell of each may hold.

The contracts are data: the loader reads by them, the checker checks by them,
and `workbench new` writes empty files from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CellKind = Literal[
    "text", "id", "plan", "plans", "org", "rows", "code", "codes", "choice", "date", "year", "int",
    "value", "address",
]  # fmt: skip
Sensitivity = Literal["aggregate"]
Home = Literal["country", "codelist", "international", "overlaps"]

TRUST = ("high", "own_period", "medium", "low")
LIST_MARK = ";"


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    ``kind`` says how a cell is read: *id* is the row's own id, *rows* one or more ids of
    other rows, *plans* one or more plans, *code* a code of the list ``of``, *codes*
    several of them or ``*``, *choice* one of ``choices``, *date* an ISO date of any
    precision, *value* what `contracts.values.parse` reads, *address* where the source was
    read. An empty cell means *not known* and is an error only where the column is
    ``required``.
    """

    name: str
    kind: CellKind = "text"
    required: bool = False
    of: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TableContract:
    """One table: its columns in order, what must be unique, and how a row is told.

    ``says`` names the column (without ``_da``/``_en``) that tells a reader what the row
    is about, ``when`` the columns of its period. An ``open`` table may hold columns that
    nobody here reads, as files of others do.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    says: str = ""
    when: tuple[str, ...] = ()
    home: Home = "country"
    open: bool = False
    sensitivity: Sensitivity = "aggregate"

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(field.name for field in self.fields)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


def _both(*names: str) -> tuple[Field, ...]:
    return tuple(Field(f"{name}_{language}") for name in names for language in ("da", "en"))


def _choice(name: str, *choices: str, required: bool = True) -> Field:
    return Field(name, "choice", required=required, choices=choices)


def _code(name: str, of: str, *, required: bool = True) -> Field:
    return Field(name, "code", required=required, of=of)


ROW = Field("row_id", "id", required=True)
PLAN = Field("plan_id", "plan", required=True)
PUBLISHER = _code("publisher", "publishers", required=False)
QUOTED = (Field("source_url", "address"), Field("quote"))
SOURCED = (PUBLISHER, *QUOTED, _choice("trust", *TRUST, required=False))
SOURCED_FIRMLY = (
    _code("publisher", "publishers"),
    Field("source_url", "address", required=True),
    Field("quote", required=True),
    _choice("trust", *TRUST),
)
KNOWN = ("stated", "inferred", "not_found", "did_not_exist")

PLANS = TableContract(
    "plans",
    (
        ROW,
        PLAN,
        _choice("pick", "0", "1", required=False),
        *_both("title", "short", "scope", "lead_body"),
        *(Field(name, "date") for name in ("adopted", "period_start", "period_end")),
        Field("first_year", "year"),
        Field("last_year", "year"),
        *_both("years_rule"),
        Field("amends", "plan"),
        Field("budget", "value", unit="currency"),
        Field("currency"),
        *SOURCED,
        Field("conflicts_with", "rows"),
        Field("note"),
    ),
    says="title",
    when=("period_start", "period_end"),
)
MEASURES = TableContract(
    "measures",
    (
        ROW,
        PLAN,
        _choice("kind", "measure", "pillar_heading", "duplicate"),
        Field("duplicate_of", "rows"),
        _code("pillar", "pillars", required=False),
        *_both("measure", "body", "target"),
        Field("period"),
        _choice("tie", "named_in_source", "period_only"),
        _choice(
            "status", "done", "in_force", "running", "agreed", "announced", "planned",
            "not_reported",
        ),
        *_both("status"),
        *SOURCED_FIRMLY,
    ),
    says="measure",
    when=("period",),
)  # fmt: skip
MEASURE_LINKS = TableContract(
    "measure_links",
    (
        ROW,
        Field("from_measure", "rows", required=True),
        Field("to_measure", "rows", required=True),
        _choice("relation", "continues", "extends", "replaces", "amends"),
        *_both("why"),
        *QUOTED,
        Field("coder"),
    ),
    key=("from_measure", "to_measure", "relation"),
    says="why",
)
TRACE = TableContract(
    "trace",
    (
        ROW,
        Field("finding", "rows", required=True),
        _choice("step", "measure", "later_finding"),
        Field("target", "rows", required=True),
        _choice("relation", "stated_response", "same_subject", "says_met", "says_unmet"),
        *_both("why"),
        *QUOTED,
        Field("coder"),
    ),
    key=("finding", "step", "target", "relation"),
    says="why",
)
ORGANISATIONS = TableContract(
    "organisations",
    (
        ROW,
        Field("org_id", required=True),
        *_both("name", "short"),
        _choice(
            "group", "ministry", "centre", "agreement", "authority", "parliament",
            "international", "monitor", "evaluator", "ngo", "not_involved",
        ),
        *SOURCED,
    ),
    says="name",
)  # fmt: skip
ROLES = TableContract(
    "roles",
    (
        ROW,
        Field("org_id", "org", required=True),
        PLAN,
        _code("role", "roles", required=False),
        *_both("text"),
        _choice("known", *KNOWN),
        *SOURCED,
    ),
    says="text",
)
TIES = TableContract(
    "ties",
    (
        ROW,
        Field("from_org", "org", required=True),
        Field("to_org", "org", required=True),
        PLAN,
        _choice(
            "kind", "reports_to", "supplies_data_to", "has_agreement_with", "coordinates",
            "monitors", "answers",
        ),
        *_both("text"),
        _choice("known", "stated", "inferred"),
        *SOURCED,
    ),
    key=("from_org", "to_org", "plan_id", "kind"),
    says="text",
)  # fmt: skip
STATEMENTS = TableContract(
    "statements",
    (
        ROW,
        Field("topic", required=True),
        Field("plan_id", "plans", required=True),
        *_both("statement", "short"),
        Field("rows", "rows", required=True),
        Field("coder"),
    ),
    says="statement",
)
CONTRARY = TableContract(
    "contrary",
    (
        ROW,
        Field("finding", required=True),
        Field("plan_id", "plans"),
        *_both("text"),
        Field("rows", "rows", required=True),
        Field("coder"),
    ),
    says="text",
)
EVALUATION_FINDINGS = TableContract(
    "evaluation_findings",
    (
        ROW,
        *_both("evaluation"),
        _choice(
            "evaluator_kind", "self_report", "monitor", "parliament", "commissioned", "ngo",
            "other",
        ),
        Field("year", "date"),
        Field("plan_id", "plan"),
        _choice("plan_tie", "named_in_source", "by_year", required=False),
        _code("criterion", "criteria"),
        _choice("direction", "positive", "negative", "mixed", "recommendation", "descriptive"),
        *_both("finding"),
        *SOURCED_FIRMLY,
        Field("coder"),
    ),
    says="finding",
    when=("year",),
)  # fmt: skip
EVENTS = TableContract(
    "events",
    (ROW, Field("date", "date", required=True), *_both("event"), *SOURCED),
    says="event",
    when=("date",),
)
BREAKS = TableContract(
    "breaks",
    (
        ROW,
        _choice("flag", *(f"F{number}" for number in range(1, 10))),
        Field("date", "date", required=True),
        Field("indicators", "codes", required=True, of="indicators"),
        *_both("what", "effect"),
        *QUOTED,
    ),
    says="what",
    when=("date",),
)
CONFLICTS = TableContract(
    "conflicts",
    (
        ROW,
        *_both("subject"),
        Field("rows", "rows", required=True),
        Field("picked", "rows"),
        *_both("rule"),
    ),
    says="subject",
)
OWED = TableContract(
    "owed",
    (
        ROW,
        Field("topic", required=True),
        *_both("what"),
        Field("unit"),
        Field("period_start", "date"),
        Field("period_end", "date"),
        *_both("body", "why"),
        *QUOTED,
    ),
    says="what",
    when=("period_start", "period_end"),
)
INQUIRIES = TableContract(
    "inquiries",
    (
        ROW,
        Field("date_asked", "date"),
        Field("date_answered", "date"),
        Field("number"),
        *_both("asker", "addressee", "question"),
        Field("figures_used"),
        *SOURCED,
    ),
    says="question",
    when=("date_asked", "date_answered"),
)
OBLIGATIONS = TableContract(
    "obligations",
    (ROW, *_texts("body", "instrument", "cycle"), *_both("duty", "status"), *SOURCED),
    says="duty",
)
FIGURES = TableContract(
    "figures",
    (
        ROW,
        Field("period_start", "date"),
        Field("period_end", "date"),
        _code("indicator", "indicators"),
        Field("breakdown", required=True),
        Field("value", "value", unit="counting_unit"),
        _code("counting_unit", "units"),
        _code("counting_rule", "counting_rules"),
        _code("publisher", "publishers"),
        Field("source_url", "address", required=True),
        Field("source_published"),
        Field("as_of", "date"),
        Field("quote", required=True),
        _choice("trust", *TRUST),
        Field("conflicts_with", "rows"),
        Field("note"),
    ),
    key=(
        "period_start", "period_end", "indicator", "breakdown", "counting_rule", "publisher",
        "source_url", "as_of",
    ),
    when=("period_start", "period_end"),
)  # fmt: skip

_LABELLED = (Field("code", required=True), *_both("label"))


def _codelist(name: str, *more: Field, key: str = "code") -> TableContract:
    return TableContract(name, (*_LABELLED, *more), key=(key,), home="codelist")


CODELISTS = (
    TableContract(
        "countries",
        (
            Field("iso3", required=True),
            Field("iso2", required=True),
            *_texts("name_unodc", "code_3p", "name_3p"),
            Field("neighbours", "codes", of="countries"),
        ),
        key=("iso3",),
        home="codelist",
    ),
    _codelist(
        "indicators",
        *_both("noun"),
        _code("counting_unit", "units"),
        Field("unodc_indicator"),
    ),
    *(_codelist(name) for name in ("units", "counting_rules", "pillars", "criteria", "roles")),
    TableContract(
        "publishers",
        (
            Field("code", required=True),
            *_both("name"),
            _choice("trust", *TRUST),
            Field("licence", required=True),
        ),
        key=("code",),
        home="codelist",
    ),
    TableContract(
        "series_rules",
        (
            _code("indicator", "indicators"),
            _code("publisher", "publishers"),
            _code("counting_rule", "counting_rules"),
            *_both("why"),
        ),
        key=("indicator", "publisher"),
        home="codelist",
    ),
)

COUNTRY_TABLES = (
    PLANS, MEASURES, MEASURE_LINKS, TRACE, ORGANISATIONS, ROLES, TIES, STATEMENTS, CONTRARY,
    EVALUATION_FINDINGS, EVENTS, BREAKS, CONFLICTS, OWED, INQUIRIES, OBLIGATIONS, FIGURES,
)  # fmt: skip

SETS = TableContract(
    "sets",
    (
        _choice("set", "unodc_glotip", "policy_3p", "population"),
        _code("publisher", "publishers"),
        Field("file", required=True),
        Field("source_url", "address", required=True),
        Field("source_published", "date"),
        _choice("trust", *TRUST),
        Field("licence", required=True),
    ),
    key=("set",),
    home="international",
)
INTERNATIONAL = (
    TableContract(
        "unodc_glotip",
        (
            *_texts("Iso3_code", "Country", "Indicator", "Dimension", "Category", "Sex", "Age"),
            Field("Year", "year", required=True),
            Field("txtVALUE", "value", unit="persons or offences"),
        ),
        home="international",
        open=True,
    ),
    TableContract(
        "policy_3p",
        (
            *_texts("name"),
            Field("year", "year", required=True),
            *_texts("code", "tierupdated", "prosecution", "protection", "prevention", "p"),
        ),
        key=("name", "code", "year"),
        home="international",
        open=True,
    ),
    TableContract(
        "population",
        (
            *_texts("Country Name", "Country Code"),
            Field("Year", "year", required=True),
            Field("Value", "value", unit="persons"),
        ),
        key=("Country Code", "Year"),
        home="international",
        open=True,
    ),
)

OVERLAP_TABLES = TableContract(
    "overlap_tables",
    (
        ROW,
        Field("table", required=True),
        Field("title_da", required=True),
        Field("title_en", required=True),
        _code("country", "countries"),
        _choice("scope", "national", "local"),
        Field("period", "date"),
        _code("unit", "units"),
        Field("lists", required=True),
        *_both("lists"),
        Field("merged_from"),
        _code("publisher", "publishers"),
        Field("source_url", "address", required=True),
        Field("counts_url", "address", required=True),
        Field("publication", required=True),
        _choice("trust", *TRUST),
        Field("licence", required=True),
        Field("note"),
    ),
    key=("table",),
    home="overlaps",
)
OVERLAP_COUNTS = TableContract(
    "overlap_counts",
    (
        ROW,
        Field("table", required=True),
        Field("lists", required=True),
        Field("count", "int", required=True),
    ),
    home="overlaps",
)
OVERLAP_ESTIMATES = TableContract(
    "overlap_estimates",
    (
        ROW,
        Field("table", required=True),
        _choice("method", "authors", "stepwise", "bic_2", "bic_all", "bic_downhill"),
        *(Field(name, "int") for name in ("estimate", "low", "high")),
        Field("level", "value"),
        Field("as_printed", required=True),
        Field("publication", required=True),
        Field("source_url", "address", required=True),
        Field("quote", required=True),
        Field("note"),
    ),
    home="overlaps",
)
OVERLAPS = (OVERLAP_TABLES, OVERLAP_COUNTS, OVERLAP_ESTIMATES)
"""Published tables of overlapping lists: in ``overlaps/``, each file named without the prefix."""


def country_table(name: str) -> TableContract | None:
    """Return the contract of a country's table, or ``None`` where no table has the name."""
    return next((contract for contract in COUNTRY_TABLES if contract.name == name), None)
