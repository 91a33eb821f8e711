"""Rows of words in, the findings that tell them out: statements, links, traces, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from analysis.contracts.findings import Finding
from analysis.contracts.published import Text
from analysis.findings import record
from analysis.language import words
from analysis.published.files import records
from analysis.study.making import contrary, joined
from analysis.study.reading import Reading, subject

_DIRECTIONS = ("positive", "negative", "mixed", "recommendation", "descriptive")


def statements(reading: Reading, notebook: str, topics: Iterable[str]) -> Iterator[Finding]:
    """Tell what documents say on some topics.

    A statement that sets the two plans side by side comes before statements on each
    of them. A topic on which the country has none is *not submitted*.
    """
    for topic in topics:
        chosen = _chosen(reading, topic)
        if chosen.empty:
            yield _none_submitted(reading, f"{notebook}.{topic}", topic)
        for index, row in enumerate(records(chosen)):
            own = "" if index == 0 and row["plan_id"] == reading.pair else f".{row['plan_id']}"
            yield _documented(reading, f"{notebook}.{topic}{own}", topic, row)


def links(reading: Reading, id: str) -> Finding:
    """Tell which measures carried over, as far as a quote says so."""
    found = reading.linked_measures()
    if not reading.submitted("measures"):
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
    for finding_id in dict.fromkeys(trace["finding"]):
        steps = trace[trace["finding"] == finding_id]
        yield _traced(reading, id, str(finding_id), steps)


def gaps(reading: Reading, notebook: str) -> Iterator[Finding]:
    """Tell each count that somebody owes and nobody published."""
    table = reading.owed()
    if table.empty:
        yield _none_submitted(reading, f"{notebook}.owed", "owed")
    for row in records(table):
        rows = (row["row_id"],)
        yield record.owed(
            f"{notebook}.owed.{row['topic']}",
            words.text("study.question_owed", subject=subject(row["topic"])),
            _text(row, "what"),
            _text(row, "body"),
            _text(row, "why"),
            rows,
            reading.compared,
            fingerprint=reading.fingerprint(rows),
            years=(int(row["period_start"][:4]), int(row["period_end"][:4])),
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


def _chosen(reading: Reading, topic: str) -> pd.DataFrame:
    table = reading.statements()
    own = table[table["topic"] == topic]
    both = own[own["plan_id"] == reading.pair]
    return own if both.empty else both


def _documented(reading: Reading, id: str, topic: str, row: dict[str, str]) -> Finding:
    rows = tuple(part.strip() for part in row["rows"].split(";"))
    return record.documented(
        id,
        _question(topic),
        _text(row, "statement"),
        _text(row, "short"),
        rows,
        reading.compared,
        contrary=contrary(reading, id),
        fingerprint=reading.fingerprint(rows),
        country=reading.country.iso3,
    )


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


def _traced(reading: Reading, id: str, finding_id: str, steps: pd.DataFrame) -> Finding:
    asked = reading.row(finding_id)
    criterion = reading.criterion_of(finding_id)
    told = [words.text("study.trace_asked", asked=asked.what)]
    for relation in dict.fromkeys(steps["relation"]):
        own = steps[steps["relation"] == relation]
        whys = joined(_text(row, "why") for row in records(own))
        told.append(words.text(f"study.trace_{relation}", why=whys))
    rows = (finding_id, *steps["row_id"], *steps["target"])
    code, name = criterion
    own_id = f"{id}.{code}"
    met = "says_met" in set(steps["relation"]), "says_unmet" in set(steps["relation"])
    return record.documented(
        own_id,
        words.text("study.question_trace", criterion=_lower(name)),
        joined(told),
        words.text(f"study.trace_short_{_outcome(*met)}", asked=asked.what),
        rows,
        reading.compared,
        contrary=contrary(reading, own_id),
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
