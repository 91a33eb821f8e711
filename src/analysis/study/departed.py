"""Findings in, the list of what was done otherwise than laid down out, worded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from analysis.contracts import protocol as protocols
from analysis.contracts.findings import Finding
from analysis.contracts.outputs import Column, Listing
from analysis.contracts.protocol import Departure, Protocol
from analysis.contracts.published import Text
from analysis.errors import ParameterError
from analysis.findings import departures as departing
from analysis.findings.departures import Listed
from analysis.language import numbers, words
from analysis.study.reading import Reading

NAMES = ("finding", "aspect", "registered", "computed", "reason")

NAMED = 3
"""As many findings with one and the same departure are named; more are counted."""


class _Same(NamedTuple):
    """What findings must share to stand on one line."""

    departure: Departure
    reason: Text


def departures(reading: Reading, findings: Sequence[Finding]) -> Listing:
    """Each departure from the protocol: laid down, done, and why, as far as the data say it.

    Says in words that there is none, or that the findings stand under no protocol.
    """
    protocol = protocols.read(os.environ.get(protocols.VARIABLE, ""))
    by_id = {one.id: one for one in findings}
    listed = departing.of_register(findings, protocol)
    lines = _lines(reading, listed, by_id, protocol)
    if not lines:
        bound = any(one.protocol.timing != "no_protocol" for one in findings)
        lines = [(_silence("none" if bound else "no_protocol"), ())]
    return Listing(
        title=words.text("synthesis.title_departures"),
        columns=tuple(Column(name, words.text(f"synthesis.column_{name}")) for name in NAMES),
        cells=tuple(cells for cells, _ in lines),
        rows_of=tuple(rows for _, rows in lines),
        source=words.text("synthesis.source_departures"),
        note=_note(findings, protocol),
    )


def _lines(
    reading: Reading,
    listed: Iterable[Listed],
    by_id: dict[str, Finding],
    protocol: Protocol | None,
) -> list[tuple[tuple[Text, ...], tuple[str, ...]]]:
    groups: dict[_Same, list[Listed]] = {}
    for one in listed:
        same = _Same(one.departure, _reason(reading, one.departure, by_id.get(one.finding)))
        groups.setdefault(same, []).append(one)
    return [
        (_cells(reading, same, own, by_id, protocol), _rows(own, by_id))
        for same, own in groups.items()
    ]


def _cells(
    reading: Reading,
    same: _Same,
    own: Sequence[Listed],
    by_id: dict[str, Finding],
    protocol: Protocol | None,
) -> tuple[Text, ...]:
    departure = same.departure
    if len(own) > NAMED:
        key = "every_finding" if len(own) == len(by_id) else "some_findings"
        who = words.text(f"synthesis.{key}", n=len(own))
    else:
        asked = [_asked(one, by_id, protocol) for one in own]
        who = Text(" ".join(one.da for one in asked), " ".join(one.en for one in asked))
    return (
        who,
        words.text(f"synthesis.aspect_{departure.aspect}"),
        _value(reading, departure, departure.registered),
        _value(reading, departure, departure.computed),
        same.reason,
    )


def _asked(one: Listed, by_id: dict[str, Finding], protocol: Protocol | None) -> Text:
    if one.finding in by_id:
        return by_id[one.finding].question
    asked = protocol.question_of(one.finding) if protocol else None
    return asked.asks if asked else Text(one.finding, one.finding)


def _rows(own: Sequence[Listed], by_id: dict[str, Finding]) -> tuple[str, ...]:
    if len(own) > NAMED:
        return ()
    found = [by_id[one.finding] for one in own if one.finding in by_id]
    return tuple(dict.fromkeys(row for one in found for row in one.rows))


def _silence(key: str) -> tuple[Text, ...]:
    return (words.text(f"synthesis.departures_{key}"), *[Text("", "")] * (len(NAMES) - 1))


def _note(findings: Sequence[Finding], protocol: Protocol | None) -> Text:
    bound = [one for one in findings if one.protocol.sha256]
    if not bound:
        return words.text("synthesis.note_unbound", n=len(findings))
    under = bound[0].protocol
    said = words.text(
        "synthesis.note_departures",
        n=len(bound),
        day=numbers.both(numbers.day, under.declared),
        hash=under.sha256[:12],
        primary=sum(bool(one.protocol.question) for one in bound),
    )
    if protocol is not None:
        return said
    alone = words.text("synthesis.note_alone")
    return Text(f"{said.da} {alone.da}", f"{said.en} {alone.en}")


# Why, as far as the data say it


def _reason(reading: Reading, departure: Departure, finding: Finding | None) -> Text:
    """Give the reason that can be read from the run or from the figures themselves."""
    if finding is None:
        return words.text("synthesis.reason_none")
    if departure.aspect == "country" and finding.country == reading.country.iso3:
        return words.text("synthesis.reason_country")
    plans = tuple(plan.id for plan in reading.compared)
    if departure.aspect == "plans" and (finding.baseline, finding.current) == plans:
        return words.text("synthesis.reason_plans")
    missing = _missing(reading, departure, finding)
    if missing:
        years = _in_words([numbers.both(numbers.years, *span) for span in missing])
        return words.text("synthesis.reason_no_figure", years=years)
    return words.text("synthesis.reason_none")


def _missing(
    reading: Reading, departure: Departure, finding: Finding
) -> tuple[tuple[int, int], ...]:
    """Return years that were laid down and for which there is no figure.

    Of a window: those left out, if the series has a figure for none of them. Of a method:
    a whole side of the comparison.
    """
    if departure.aspect == "method":
        return tuple(
            (side.first_year, side.last_year) for side in finding.sides if not side.count.known
        )
    if departure.aspect != "window":
        return ()
    used = {year for span in _spans(departure.computed) for year in range(span[0], span[1] + 1)}
    wanted = (
        year
        for first, last in _spans(departure.registered)
        for year in range(first, last + 1)
        if year not in used
    )
    left_out = list(wanted)
    series = reading.series(finding.indicator)
    return () if any(series.value(year).known for year in left_out) else _runs(left_out)


def _runs(years: Sequence[int]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for year in years:
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return tuple(runs)


def _spans(written: str) -> list[tuple[int, int]]:
    """Read back the years of a departure: ``2003-2006, 2007-2010``."""
    pairs = (part.split("-") for part in written.split(", ") if part)
    return [(int(first), int(last)) for first, last in pairs]


# What a value of each aspect is called


def _value(reading: Reading, departure: Departure, written: str) -> Text:
    aspect = departure.aspect
    if aspect == "not_recorded":
        return words.text(f"synthesis.finding_{'due' if written else 'absent'}")
    if not written:
        return words.text("synthesis.nothing")
    if aspect == "country":
        return reading.record_of.country(written).name
    if aspect == "window":
        return _in_words([numbers.both(numbers.years, *span) for span in _spans(written)])
    if aspect == "level":
        shares = [float(part) for part in written.split(", ")]
        return _in_words([numbers.both(numbers.percent, share) for share in shares])
    if aspect == "least_points":
        return words.text("synthesis.years", n=written)
    if aspect == "plans":
        return _in_words([reading.record_of.plan(plan).short for plan in written.split(", ")])
    return _coded(reading, aspect, written)


def _coded(reading: Reading, aspect: str, code: str) -> Text:
    """Name the code of an indicator, a method, a pair of limits or a time."""
    if aspect == "indicator":
        try:
            return reading.record_of.indicator(code).label
        except ParameterError:
            # A finding made of no indicator of the record, such as a count of statements.
            return Text(code, code)
    known = words.catalogues()
    for catalogue, key in (("synthesis", f"{aspect}_{code}"), ("findings", f"method_{code}")):
        if key in known[catalogue]:
            return words.text(f"{catalogue}.{key}")
    return Text(code, code)


def _in_words(items: Sequence[Text]) -> Text:
    return Text(
        words.joined([one.da for one in items], "da"), words.joined([one.en for one in items], "en")
    )


LISTINGS: dict[str, Callable[..., Listing]] = {"departures": departures}
