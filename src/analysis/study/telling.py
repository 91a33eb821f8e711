"""Rows of words in, the findings that tell them out: statements, links, traces, gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import pandas as pd

from analysis.contracts.findings import Finding
from analysis.contracts.published import Text
from analysis.findings import record
from analysis.language import words
from analysis.published.files import records
from analysis.published.rows import ids_in
from analysis.study.making import contrary, joined
from analysis.study.reading import Reading, Row, owed_years, subject

_DIRECTIONS = ("positive", "negative", "mixed", "recommendation", "descriptive")


def statements(reading: Reading, notebook: str, topics: Iterable[str]) -> Iterator[Finding]:
    """Tell what documents say on some topics, one finding a topic.

    A statement that sets the two plans side by side is told as it stands. Without one,
    what is said of each plan alone is told, and a plan of which nothing is said is
    *not submitted*; so is a topic on which the country has no statement at all.
    """
    for topic in topics:
        table = reading.statements()
        own = table[table["topic"] == topic]
        both = records(own[own["plan_id"] == reading.pair])
        id = f"{notebook}.{topic}"
        if own.empty:
            yield _none_submitted(reading, id, topic)
        elif both:
            yield _documented(reading, id, topic, both, _both_plans)
        else:
            yield _documented(reading, id, topic, records(own), _plan_by_plan)


def links(reading: Reading, id: str) -> Finding:
    """Tell which measures carried over, as far as a quote says so."""
    found = reading.linked_measures()
    if reading.measures().empty:
        return _none_submitted(reading, id, "links")
    if found.empty:
        said = short = words.text("study.no_link")
    else:
        said = words.text("study.links", list=_each(found, "study.link"))
        short = words.text("study.links_short", list=_each(found, "study.link_short"))
    rows = tuple(found["row_id"]) or tuple(reading.measures()["row_id"])
    return record.documented(
        id,
        words.text("study.question_links"),
        said,
        short,
        rows,
        reading.compared,
        contrary=contrary(reading, id),
        fingerprint=reading.fingerprint(rows),
        country=reading.country.iso3,
    )


def traces(reading: Reading, id: str) -> Iterator[Finding]:
    """Tell what became of each finding of the evaluation of the earlier plan."""
    trace = reading.traced()
    if trace.empty:
        yield _none_submitted(reading, id, "trace")
    taken: set[str] = set()
    for finding_id in map(str, dict.fromkeys(trace["finding"])):
        code, name = reading.criterion_of(finding_id)
        own_id = _distinct(f"{id}.{code}", {"row_id": finding_id}, taken)
        yield _traced(reading, own_id, finding_id, name, trace[trace["finding"] == finding_id])


def gaps(reading: Reading, notebook: str) -> Iterator[Finding]:
    """Tell each count that somebody owes and nobody published."""
    table = reading.owed()
    if table.empty:
        yield _none_submitted(reading, f"{notebook}.owed", "owed")
    taken: set[str] = set()
    for row in records(table):
        rows = (row["row_id"],)
        yield record.owed(
            _distinct(f"{notebook}.owed.{row['topic']}", row, taken),
            words.text("study.question_owed", subject=subject(row["topic"])),
            _text(row, "what"),
            _text(row, "body"),
            _text(row, "why"),
            rows,
            reading.compared,
            fingerprint=reading.fingerprint(rows),
            contrary=contrary(reading, f"{notebook}.owed.{row['topic']}"),
            years=owed_years(row, reading.baseline.first_year, reading.current.last_year),
            country=reading.country.iso3,
        )


def judgements(reading: Reading, notebook: str) -> Iterator[Finding]:
    """Tell, criterion by criterion, how evaluators judged each plan."""
    table = reading.evaluation_findings()
    if table.empty:
        yield _none_submitted(reading, f"{notebook}.criteria", "evaluations")
    for code in dict.fromkeys(table["criterion"]):
        own = table[table["criterion"] == code]
        rows = tuple(own["row_id"])
        name = reading.record_of.label("criteria", str(code))
        id = f"{notebook}.{code}"
        yield record.counted_statements(
            id,
            words.text("study.question_evaluations", criterion=_lower(name)),
            name,
            (_tally(own, reading, 0), _tally(own, reading, 1)),
            reading.compared,
            rows=rows,
            contrary=contrary(reading, id),
            fingerprint=reading.fingerprint(rows),
            country=reading.country.iso3,
        )


def _documented(
    reading: Reading,
    id: str,
    topic: str,
    told: list[Row],
    word: Callable[[Reading, list[Row], str], Text],
) -> Finding:
    rows = tuple(dict.fromkeys(id for row in told for id in ids_in(row["rows"])))
    return record.documented(
        id,
        _question(topic),
        word(reading, told, "statement"),
        word(reading, told, "short"),
        rows,
        reading.compared,
        contrary=contrary(reading, id),
        fingerprint=reading.fingerprint(rows),
        country=reading.country.iso3,
    )


def _both_plans(reading: Reading, told: list[Row], stem: str) -> Text:
    return joined(_text(row, stem) for row in told)


def _plan_by_plan(reading: Reading, told: list[Row], stem: str) -> Text:
    """Word what is said of each plan: a statement names its plan itself, a short one does not."""
    said = []
    for plan in reading.compared:
        ids = reading.with_amendments(plan)
        own = [_text(row, stem) for row in told if row["plan_id"] in ids]
        if own and stem == "statement":
            said += own
        else:
            silence = words.text("study.nothing_submitted")
            said.append(words.text("study.of_plan", plan=plan.short, said=joined(own or [silence])))
    return joined(Text(words.capital(each.da), words.capital(each.en)) for each in said)


def _distinct(id: str, row: Mapping[str, str], taken: set[str]) -> str:
    """Return an id that no other finding has: two rows on one subject are two findings."""
    own = f"{id}.{row['row_id']}" if id in taken else id
    taken.add(own)
    return own


def _none_submitted(reading: Reading, id: str, topic: str) -> Finding:
    return record.not_submitted(
        id,
        _question(topic),
        subject(topic),
        reading.country.name,
        reading.compared,
        country=reading.country.iso3,
    )


def _question(topic: str) -> Text:
    key = f"question_statement_{topic}"
    known = words.catalogues()["study"]
    return words.text(f"study.{key}" if key in known else "study.question_statement")


def _each(found: pd.DataFrame, key: str) -> Text:
    told = [
        words.text(key, **{name: _text(row, name) for name in ("from", "to", "why")})
        for row in records(found)
    ]
    return Text("; ".join(one.da for one in told), "; ".join(one.en for one in told))


def _traced(
    reading: Reading, id: str, finding_id: str, criterion: Text, steps: pd.DataFrame
) -> Finding:
    asked = reading.row(finding_id)
    told = [words.text("study.trace_asked", asked=asked.what)]
    for relation in dict.fromkeys(steps["relation"]):
        own = steps[steps["relation"] == relation]
        whys = joined(_text(row, "why") for row in records(own))
        told.append(words.text(f"study.trace_{relation}", why=whys))
    rows = (finding_id, *steps["row_id"], *steps["target"])
    met = "says_met" in set(steps["relation"]), "says_unmet" in set(steps["relation"])
    return record.documented(
        id,
        words.text("study.question_trace", criterion=_lower(criterion)),
        joined(told),
        words.text(f"study.trace_short_{_outcome(*met)}", asked=asked.what),
        rows,
        reading.compared,
        contrary=contrary(reading, id),
        fingerprint=reading.fingerprint(rows),
        country=reading.country.iso3,
    )


def _outcome(met: bool, unmet: bool) -> str:
    return {(True, True): "both", (True, False): "met", (False, True): "unmet"}.get(
        (met, unmet), "open"
    )


def _tally(own: pd.DataFrame, reading: Reading, side: int) -> record.Tally:
    ids = reading.with_amendments(reading.compared[side])
    of_plan = own[own["plan_id"].isin(ids)]
    counts = {name: int((of_plan["direction"] == name).sum()) for name in _DIRECTIONS}
    return record.Tally(**counts)


def _lower(name: Text) -> Text:
    return Text(name.da[:1].lower() + name.da[1:], name.en[:1].lower() + name.en[1:])


def _text(row: dict[str, str], stem: str) -> Text:
    return Text(row[f"{stem}_da"], row[f"{stem}_en"])
