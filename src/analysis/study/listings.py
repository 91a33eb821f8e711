"""Parts of one comparison's data in, tables to show out: worded in both languages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import pandas as pd

from analysis.contracts.outputs import Column, Listing
from analysis.contracts.published import Break, Language, Series, Text
from analysis.language import numbers, words
from analysis.methods import rates
from analysis.published.files import records
from analysis.published.rows import ids_in
from analysis.study.comparison import Compared
from analysis.study.reading import Reading, subject
from analysis.study.windows import window

PER = 100_000
"""Inhabitants that a rate is given for."""

AREAS = ("prosecution", "protection", "prevention")
"""Areas of the policy index."""

Row = dict[str, str]
Cell = Text | str


def from_rows(
    reading: Reading,
    title: str,
    table: pd.DataFrame,
    cells: dict[str, Callable[[Row], Cell]],
    *,
    rows_of: Callable[[Row], tuple[str, ...]] = lambda row: (row["row_id"],),
) -> Listing:
    """Make a listing of a table: ``cells`` maps column names to what stands in them."""
    lines = records(table)
    ids = tuple(rows_of(line) for line in lines)
    return Listing(
        title=words.text(f"study.title_{title}"),
        columns=columns(cells),
        cells=tuple(tuple(make(line) for make in cells.values()) for line in lines),
        rows_of=ids,
        source=source(reading, (row for each in ids for row in each)),
    )


def plans(reading: Reading) -> Listing:
    """The plans and their appendices: years compared and why, adoption, lead body."""
    told = reading.plans()
    return Listing(
        title=words.text("study.title_plans"),
        columns=columns(("plan", "title", "years", "years_rule", "adopted", "body")),
        cells=tuple(
            (
                _capital(plan.short),
                plan.title,
                numbers.both(numbers.years, plan.first_year, plan.last_year),
                plan.years_rule,
                plan.adopted and _adopted(plan.adopted),
                plan.lead_body,
            )
            for plan in told
        ),
        rows_of=tuple(plan.rows for plan in told),
        source=source(reading, (row for plan in told for row in plan.rows)),
    )


def _adopted(stamp: str) -> Text:
    return numbers.both(numbers.day, stamp)


def measures(reading: Reading) -> Listing:
    """The measures of the plans, with status as reported and how they are tied to the plan."""
    pillars = _labels(reading, "pillars")
    return from_rows(
        reading,
        "measures",
        reading.measures(),
        {
            "plan": lambda row: _plan(reading, row["plan_id"]),
            "pillar": lambda row: pillars.get(row["pillar"], row["pillar"]),
            "measure": _pair("measure"),
            "body": _pair("body"),
            "status": lambda row: _or(_pair("status")(row), words.text("study.status_none")),
            "tie": lambda row: words.text(f"study.tie_{row['tie']}"),
        },
    )


def links(reading: Reading) -> Listing:
    """The links between measures of the two plans, each with its quote."""
    return from_rows(
        reading,
        "links",
        reading.linked_measures(),
        {
            "from": _pair("from"),
            "to": _pair("to"),
            "relation": lambda row: words.text(f"study.relation_{row['relation']}"),
            "quote": lambda row: row["quote"],
        },
        rows_of=lambda row: (row["row_id"], row["from_measure"], row["to_measure"]),
    )


def statements(reading: Reading) -> Listing:
    """What the documents say of each plan, topic by topic."""
    return from_rows(
        reading,
        "statements",
        reading.statements(),
        {
            "subject": lambda row: _capital(subject(row["topic"])),
            "plan": lambda row: _plans(reading, row["plan_id"]),
            "statement": _pair("statement"),
        },
        rows_of=lambda row: ids_in(row["rows"]),
    )


def roles(reading: Reading) -> Listing:
    """What each body did under each plan."""
    names = reading.table("organisations").drop_duplicates("org_id").set_index("org_id")
    return from_rows(
        reading,
        "roles",
        reading.roles(),
        {
            "organisation": lambda row: _cells(names, row["org_id"], "name"),
            "plan": lambda row: _plan(reading, row["plan_id"]),
            "role": _pair("text"),
            "known": lambda row: words.text(f"study.known_{row['known']}"),
        },
    )


def conflicts(reading: Reading, *indicators: str) -> Listing:
    """Where sources disagree: both, and the rule that decides.

    With indicators: conflicts that touch one of their figures; without: those that
    touch no figure of any series, as on budgets and dates.
    """
    table = reading.table("conflicts")
    touched = table["rows"].map(lambda cell: _touches(reading, cell, indicators))
    return from_rows(
        reading,
        "conflicts",
        table[touched],
        {
            "subject": _pair("subject"),
            "rule": _pair("rule"),
            "picked": lambda row: row["picked"] or words.text("study.picked_none"),
        },
        rows_of=lambda row: ids_in(row["rows"]),
    )


def figures(reading: Reading, *indicators: str) -> Listing:
    """Published figures of some indicators as the sources print them."""
    return from_rows(
        reading,
        "figures",
        reading.figures(*indicators),
        {
            "figure": lambda row: reading.row(row["row_id"]).what,
            "period": lambda row: _period(row["period_start"], row["period_end"]),
            "value": lambda row: row["value"],
            "unit": lambda row: reading.record_of.label("units", row["counting_unit"]),
            "rule": lambda row: reading.record_of.label("counting_rules", row["counting_rule"]),
            "publisher": lambda row: _publisher(reading, row["publisher"]),
        },
    )


def evaluations(reading: Reading) -> Listing:
    """Every judgement found, by criterion and plan."""
    criteria = _labels(reading, "criteria")
    table = reading.evaluation_findings().sort_values(["criterion", "plan_id"], kind="stable")
    return from_rows(
        reading,
        "evaluations",
        table,
        {
            "criterion": lambda row: criteria.get(row["criterion"], row["criterion"]),
            "plan": lambda row: _plan(reading, row["plan_id"]),
            "who": _pair("evaluation"),
            "direction": lambda row: words.text(f"study.direction_{row['direction']}"),
            "finding": _pair("finding"),
            "tie": lambda row: words.text(f"study.tie_{row['plan_tie'] or 'unknown'}"),
        },
    )


def breaks(reading: Reading) -> Listing:
    """The comparability breaks, with their sources or *unsourced*."""
    own = reading.breaks
    return Listing(
        title=words.text("study.title_breaks"),
        columns=columns(("date", "flag", "what", "effect", "source")),
        cells=tuple(_break(brk) for brk in own),
        rows_of=tuple((brk.id,) if brk.sourced else () for brk in own),
        source=words.text("study.source_column"),
    )


def index(reading: Reading) -> Listing:
    """Scores of the policy index by year, country and area."""
    lines = [
        (iso3, *line)
        for iso3, table in reading.policy_index().items()
        for line in _index_lines(table)
    ]
    return Listing(
        title=words.text("study.title_index"),
        columns=columns(("country", "year", *AREAS, "sum", "tier")),
        cells=tuple((reading.record_of.country(line[0]).name, *line[1:7]) for line in lines),
        rows_of=tuple((line[7],) for line in lines),
        source=source(reading, [line[7] for line in lines]),
    )


def population_rates(reading: Reading, indicator: str) -> Listing:
    """Counts of the later plan's years per 100,000 inhabitants and year, with exact limits.

    For the country and its neighbours, over those of the plan's years that both the
    count and the population cover without a gap.
    """
    lines = [_population_rate(reading, series) for series in reading.neighbours(indicator)]
    return Listing(
        title=words.text("study.title_population_rates", per=numbers.both(numbers.number, PER)),
        columns=columns(("country", "years", "count", "person_years", "rate", "limits")),
        cells=tuple(cells for cells, _ in lines),
        rows_of=tuple(rows for _, rows in lines),
        source=source(reading, (row for _, rows in lines for row in rows)),
        note=words.text("study.note_population_rates"),
    )


def readings(reading: Reading, *results: object) -> Listing:
    """Ratios at the least and the most favourable reading of interval-valued counts.

    Takes what `Study.compare` returned; results that are no comparison are left out.
    """
    compared = [result for result in results if isinstance(result, Compared)]
    lines = [line for result in compared for line in _readings(result)]
    return Listing(
        title=words.text("study.title_readings"),
        columns=columns(("indicator", "reading", "before", "after", "ratio", "exact")),
        cells=tuple(cells for cells, _ in lines),
        rows_of=tuple(rows for _, rows in lines),
        source=source(reading, (row for _, rows in lines for row in rows)),
        note=words.text("study.note_readings"),
    )


def _readings(result: Compared) -> Iterator[tuple[tuple[Cell, ...], tuple[str, ...]]]:
    rows = (*result.before.rows, *result.after.rows)
    exact = result.exact
    for name, ratio in (("least", exact.least), ("most", exact.most)):
        yield (
            (
                result.series.label,
                words.text(f"study.reading_{name}"),
                numbers.both(numbers.number, ratio.before),
                numbers.both(numbers.number, ratio.after),
                numbers.both(_two_decimals, ratio.estimate, ratio.estimate),
                numbers.both(_two_decimals, ratio.low, ratio.high),
            ),
            rows,
        )
    if result.dispersed is None:
        return
    spread = result.dispersed
    low, high = (
        numbers.both(_two_decimals, value, value)
        for value in (spread.dispersion_low, spread.dispersion_high)
    )
    yield (
        (
            result.series.label,
            words.text("study.reading_dispersed", low=low, high=high),
            numbers.both(numbers.value, result.series.total(*result.before.span)),
            numbers.both(numbers.value, result.series.total(*result.after.span)),
            numbers.both(_two_decimals, spread.estimate_low, spread.estimate_high),
            numbers.both(_two_decimals, spread.low, spread.high),
        ),
        rows,
    )


def columns(names: Iterable[str]) -> tuple[Column, ...]:
    """Name the columns of a listing; counts and rates stand to the right."""
    right = {
        "value",
        "count",
        "person_years",
        "rate",
        "sum",
        "prosecution",
        "protection",
        "prevention",
    }
    return tuple(
        Column(name, words.text(f"study.column_{name}"), "right" if name in right else "left")
        for name in names
    )


def source(reading: Reading, row_ids: Iterable[str]) -> Text:
    """Write the source line of some rows: who published them."""
    every = publishers(reading, row_ids)
    if not every.en:
        return words.text("study.source_none")
    return words.text("study.source", publishers=every)


def publishers(reading: Reading, row_ids: Iterable[str]) -> Text:
    """Name who published some rows, each once; empty where nobody is noted."""
    codes = dict.fromkeys(reading.row(row).publisher for row in dict.fromkeys(row_ids))
    named = [_publisher(reading, code) for code in codes if code]
    return Text("; ".join(name.da for name in named), "; ".join(name.en for name in named))


def _population_rate(reading: Reading, series: Series) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    name = reading.record_of.country(series.country).name
    people = reading.population_of(series.country)
    span = window(series, reading.current)
    split = [brk for brk in span.breaks if brk.splits_a_year] if span else []
    if span and split:
        # A year that is counted in part has no rate: it and those before it are left out.
        span = span.after(max(brk.year for brk in split))
    if span is None or not span.bounded or people.missing(*span.span):
        silence = words.text("values.not_known")
        return (name, "", silence, silence, silence, ""), ()
    years = numbers.both(numbers.years, *span.span)
    count = numbers.both(numbers.value, series.total(*span.span))
    if split:
        years = words.text("study.years_cut", years=years, why=split[-1].what)
    person_years = people.total(*span.span).bounds[0]
    found = rates.rate(rates.Count(span.count.low, span.count.high, person_years / PER))
    rows = (*span.rows, *people.within(*span.span).rows)
    return (
        name,
        years,
        count,
        numbers.both(numbers.number, person_years),
        numbers.both(_two_decimals, found.low_estimate, found.high_estimate),
        numbers.both(_two_decimals, found.low, found.high),
    ), rows


def _two_decimals(low: float, high: float, language: Language) -> str:
    return numbers.span(_fixed(low, language), _fixed(high, language), language)


def _fixed(amount: float, language: Language) -> str:
    return numbers.number(amount, language, 2) if math.isfinite(amount) else "\N{INFINITY}"


def _index_lines(table: pd.DataFrame) -> list[tuple[str, ...]]:
    lines = []
    for year in sorted(set(table["year"])):
        own = table[table["year"] == year]
        score = dict(zip(own["area"], own["score"], strict=True))
        scores = (str(score.get(area, "")) for area in AREAS)
        first = own.iloc[0]
        lines.append((str(year), *scores, str(first["total"]), first["tier"], first["row_id"]))
    return lines


def _break(brk: Break) -> tuple[Cell, ...]:
    unsourced = words.text("values.unsourced")
    return (
        numbers.both(numbers.day, brk.date),
        words.text(f"study.flag_{brk.flag}"),
        brk.what,
        brk.effect,
        brk.source_url if brk.sourced else unsourced,
    )


def _touches(reading: Reading, cell: str, indicators: Sequence[str]) -> bool:
    ids = ids_in(cell)
    figured = reading.table("figures").set_index("row_id")["indicator"]
    found = {str(figured[row]) for row in ids if row in figured.index}
    found |= {row.split("-")[2] for row in ids if row.startswith("UNODC-")}
    counted = found & set(reading.counted)
    return bool(found & set(indicators)) if indicators else not counted


def _labels(reading: Reading, codelist: str) -> dict[str, Text]:
    table = reading.codes(codelist)
    return {row["code"]: Text(row["label_da"], row["label_en"]) for row in records(table)}


def _plan(reading: Reading, plan_id: str) -> Text:
    return reading.record_of.plan(plan_id).short


def _plans(reading: Reading, cell: str) -> Text:
    return words.text("study.both_plans") if cell == reading.pair else _plan(reading, cell)


def _publisher(reading: Reading, code: str) -> Text:
    return reading.record_of.label("publishers", code)


def _period(start: str, end: str) -> Text:
    if not (start or end):
        return words.text("values.not_known")
    if start == end or not end or not start:
        key = "period_from" if start and not end else "period_until" if end and not start else ""
        day = numbers.both(numbers.day, start or end)
        return words.text(f"study.{key}", day=day) if key else day
    return words.text(
        "study.period", start=numbers.both(numbers.day, start), end=numbers.both(numbers.day, end)
    )


def _pair(stem: str) -> Callable[[Row], Text]:
    return lambda row: Text(row[f"{stem}_da"], row[f"{stem}_en"])


def _cells(table: pd.DataFrame, key: str, stem: str) -> Text:
    return Text(str(table.loc[key, f"{stem}_da"]), str(table.loc[key, f"{stem}_en"]))


def _or(text: Text, otherwise: Text) -> Text:
    return text if text.da else otherwise


def _capital(text: Text) -> Text:
    return Text(words.capital(text.da), words.capital(text.en))
