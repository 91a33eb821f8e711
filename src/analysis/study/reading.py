"""One comparison's data, read-only: plans, tables, series, breaks and the rows behind them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property

import pandas as pd

from analysis.contracts.published import LANGUAGES, Break, Language, Plan, Series, SourceRow, Text
from analysis.language import words
from analysis.places import Places
from analysis.published import parts as published_parts
from analysis.published import series as published_series
from analysis.published.codes import Country
from analysis.published.files import records
from analysis.published.load import Record
from analysis.published.parts import By
from analysis.published.rows import ids_in

Row = dict[str, str]

MEASURE = "measure"

EVALUATORS = ("commissioned", "other")
"""Kinds of evaluator that evaluate a plan: not who watches, reports on itself or decides."""

HELP = {
    "shelter": ("shelter", ""),
    "stay_rule": ("stay_promise", "stay_rule"),
    "prepared_return": ("prepared_return", "prepared_return_rule"),
    "aim": ("aim", ""),
    "children": ("children", ""),
    "men": ("men", ""),
}
"""Kinds of help by the topic of what is owed: topics of the promise and of the rule."""

_PROMISE = (
    *(
        f"{stem}_{language}"
        for stem in ("subject", "promised", "rule", "delivered", "owed")
        for language in ("da", "en")
    ),
    "rows",
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a total by one dimension, and whether they add up to it, year by year."""

    series: tuple[Series, ...]
    adding_up: Mapping[int, str]


class Reading:
    """What one comparison reads of the published record.

    The plans set the periods. Where they are not the plans of ``country``, the
    country's own tables may be missing; every table is then empty, which the
    figures, tables and findings word as *not submitted*.
    """

    def __init__(
        self,
        record: Record,
        places: Places,
        plans: tuple[Plan, Plan],
        country: Country,
        language: Language,
    ) -> None:
        self.record_of = record
        self.places = places
        self.baseline, self.current = plans
        self.country = country
        self.language = language

    # Plans and tables

    @property
    def compared(self) -> tuple[Plan, Plan]:
        """The baseline and the current plan."""
        return self.baseline, self.current

    def plans(self) -> tuple[Plan, ...]:
        """The two plans and what of the country's own amends them, by first year."""
        compared = {plan.id for plan in self.compared}
        own = self.record_of.plans(self.country.iso3)
        amending = [plan for plan in own if plan.amends in compared and plan.id not in compared]
        return tuple(
            sorted({*self.compared, *amending}, key=lambda plan: (plan.first_year, plan.id))
        )

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the country, all cells text; empty where not submitted."""
        return self.record_of.table(name, self.country.iso3)

    def submitted(self, name: str) -> bool:
        """Whether the country has submitted the table."""
        return self.record_of.submitted(name, self.country.iso3)

    def codes(self, name: str) -> pd.DataFrame:
        """Return a code list: ``pillars``, ``criteria``, ``roles`` ..."""
        return self.record_of.codes.codelist(name)

    def measures(self) -> pd.DataFrame:
        """Measures of the plans and their appendices; no headings, no repetitions."""
        table = self.table("measures")
        own = table["plan_id"].isin([plan.id for plan in self.plans()])
        return table[own & (table["kind"] == MEASURE)].reset_index(drop=True)

    @property
    def pair(self) -> str:
        """How the record names the comparison of these two plans."""
        return f"{self.baseline.id};{self.current.id}"

    def with_amendments(self, plan: Plan) -> tuple[str, ...]:
        """Ids of a plan and of what amends it."""
        return (plan.id, *(other.id for other in self.plans() if other.amends == plan.id))

    def statements(self) -> pd.DataFrame:
        """Statements on the two plans side by side, or on one of them."""
        return self._of_plans("statements", self.pair)

    def evaluation_findings(self) -> pd.DataFrame:
        """What evaluators found on the plans and their appendices."""
        return self._of_plans("evaluation_findings")

    def roles(self) -> pd.DataFrame:
        """Roles under the two plans."""
        return self._of_plans("roles")

    def linked_measures(self) -> pd.DataFrame:
        """Links from measures of the earlier plan to measures of the later, in words."""
        measures = self.table("measures").set_index("row_id")
        links = self.table("measure_links")
        earlier, later = (self.with_amendments(plan) for plan in self.compared)
        own = links[
            links["from_measure"].map(measures["plan_id"]).isin(earlier)
            & links["to_measure"].map(measures["plan_id"]).isin(later)
        ].copy()
        for side in ("from", "to"):
            for language in ("da", "en"):
                own[f"{side}_{language}"] = own[f"{side}_measure"].map(
                    measures[f"measure_{language}"]
                )
        return own.reset_index(drop=True)

    def traced(self) -> pd.DataFrame:
        """Steps from what the evaluation of the earlier plan found to measures and later findings.

        What monitors and Parliament asked for is no finding of the plan's evaluation; the
        trace of recommendations (`study.traced`) follows that too.
        """
        findings = self.table("evaluation_findings").set_index("row_id")
        plans = self.with_amendments(self.baseline)
        found = findings[
            findings["plan_id"].isin(plans) & findings["evaluator_kind"].isin(EVALUATORS)
        ]
        trace = self.table("trace")
        return trace[trace["finding"].isin(found.index)].reset_index(drop=True)

    def criterion_of(self, finding_id: str) -> tuple[str, Text]:
        """Return the criterion that an evaluator's finding falls under, and its name."""
        table = self.table("evaluation_findings").set_index("row_id")
        code = str(table.loc[finding_id, "criterion"])
        return code, self.record_of.label("criteria", code)

    def owed(self) -> pd.DataFrame:
        """Counts that somebody owes for the years of either plan."""
        table = self.table("owed")
        first, last = self.baseline.first_year, self.current.last_year
        years = [owed_years(row, first, last) for row in records(table)]
        touched = [start <= last and end >= first for start, end in years]
        return table[pd.Series(touched, index=table.index, dtype=bool)].reset_index(drop=True)

    def promises(self) -> pd.DataFrame:
        """What was promised, ruled and counted, by kind of help, under the later plan.

        Columns as `reporting.figures.promise_grid` reads them; a kind of help is in
        it when the record holds a promise or rule and a count that is owed.
        """
        said = self.statements()
        own = {row["topic"]: row for row in records(said[said["plan_id"] == self.current.id])}
        owed = {row["topic"]: row for row in records(self.owed())}
        lines = [
            _promise(topic, own.get(promise), own.get(rule), owed[topic])
            for topic, (promise, rule) in HELP.items()
            if topic in owed
        ]
        return pd.DataFrame(lines, columns=list(_PROMISE))

    def _of_plans(self, name: str, *more: str) -> pd.DataFrame:
        table = self.table(name)
        ids = [*(plan.id for plan in self.plans()), *more]
        return table[table["plan_id"].isin(ids)].reset_index(drop=True)

    def figures(self, *indicators: str) -> pd.DataFrame:
        """Published figures of some indicators, one row a figure, conflicts included."""
        table = self.table("figures")
        return table[table["indicator"].isin(indicators)].reset_index(drop=True)

    # Series and breaks

    @cached_property
    def breaks(self) -> tuple[Break, ...]:
        """Breaks of the country; where none is submitted, that itself is one, without source."""
        return breaks_of(self.record_of, self.country.iso3, self.compared)

    def series(self, indicator: str, breakdown: str = "total") -> Series:
        """Return one indicator of the country by year; no points where nothing is published."""
        found = published_series.series(
            self.record_of, indicator, self.country.iso3, breakdown=breakdown
        )
        return self._with_breaks(found)

    def parts(self, indicator: str, by: By, *, during: Plan | None = None) -> Parts:
        """Return an indicator by sex, age, form or citizenship, and where it adds up.

        ``during`` keeps the years of one plan, and the parts that have a figure in them.
        """
        total = self.series(indicator)
        found = published_parts.parts(self.record_of, indicator, self.country.iso3, by)
        sums = published_parts.adding_up(total, found)
        if during is None:
            return Parts(found, sums)
        inside = (part.within(during.first_year, during.last_year) for part in found)
        return Parts(
            tuple(part for part in inside if part.points),
            {year: state for year, state in sums.items() if year in during.years},
        )

    def neighbours(self, indicator: str) -> tuple[Series, ...]:
        """Return the same indicator of the country and of those it is shown beside."""
        ids = (self.country.iso3, *self.country.neighbours)
        return tuple(published_series.series(self.record_of, indicator, iso3) for iso3 in ids)

    def population_of(self, iso3: str) -> Series:
        """Return the mid-year population of a country."""
        return published_series.population(self.record_of, iso3)

    @property
    def counted(self) -> tuple[str, ...]:
        """Indicators of which UNODC keeps a series."""
        return tuple(self.record_of.codes.unodc_names.values())

    def policy_index(self) -> dict[str, pd.DataFrame]:
        """Return the policy index by country: the country first, then its neighbours."""
        ids = (self.country.iso3, *self.country.neighbours)
        return {iso3: published_series.policy_index(self.record_of, iso3) for iso3 in ids}

    # Rows

    def row(self, row_id: str) -> SourceRow:
        """Return the published row of this id."""
        return self.record_of.row(row_id)

    def fingerprint(self, row_ids: Iterable[str]) -> str:
        """Return the SHA-256 of the content of published rows, wherever each stands in its file."""
        rows = [asdict(replace(self.row(id), line=0)) for id in sorted(set(row_ids))]
        content = json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()
        return hashlib.sha256(content if rows else b"").hexdigest()

    def _with_breaks(self, series: Series) -> Series:
        own = tuple(brk for brk in self.breaks if brk.touches(series.indicator))
        return replace(series, breaks=own)


def owed_years(row: Row, first: int, last: int) -> tuple[int, int]:
    """Return the years for which a count is owed; an end that is not known is the comparison's."""
    start, end = row["period_start"][:4], row["period_end"][:4]
    return int(start or first), int(end or last)


def _promise(topic: str, promise: Row | None, rule: Row | None, owed: Row) -> dict[str, str]:
    line = dict.fromkeys(_PROMISE, "")
    named = subject(topic)
    for language in LANGUAGES:
        line[f"subject_{language}"] = words.capital(named.said_in(language))
        line[f"owed_{language}"] = owed[f"body_{language}"]
        line[f"promised_{language}"] = promise[f"short_{language}"] if promise else ""
        line[f"rule_{language}"] = rule[f"short_{language}"] if rule else ""
    sourced = [id for said in (promise, rule) if said for id in ids_in(said["rows"])]
    return line | {"rows": ";".join(dict.fromkeys([owed["row_id"], *sourced]))}


def subject(topic: str) -> Text:
    """Name a topic of the record; one that the catalogue does not know, by its own name."""
    known = words.catalogues()["study"]
    name = topic.replace("_", " ")
    return words.text(f"study.subject_{topic}") if f"subject_{topic}" in known else Text(name, name)


def breaks_of(record: Record, iso3: str, plans: tuple[Plan, Plan]) -> tuple[Break, ...]:
    """Return the breaks of a country; where it submitted none, that itself is one, unsourced.

    Without it, figures of a country about which nothing is known would look comparable.
    """
    silence = Break(
        id=f"{iso3}-breaks",
        flag="F4",
        country=iso3,
        date=str(plans[1].first_year),
        indicators=("*",),
        what=words.text("study.breaks_not_submitted"),
        effect=words.text("study.breaks_not_submitted_effect"),
        source_url="",
        quote="",
    )
    return record.breaks(iso3) or (silence,)
