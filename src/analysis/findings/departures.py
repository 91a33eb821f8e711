"""A finding and a protocol in, where the one is not what the other registered out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.contracts.findings import Finding, Limits
from analysis.contracts.protocol import Departure, Protocol, Question, Timing
from analysis.findings.limitations import SILENT

_NOTHING_COMPUTED = SILENT | {"not_known"}
"""Verdicts of findings that computed nothing: there is nothing to hold against the protocol."""

_NEEDS_POINTS = ("higher", "lower", "recorded_more", "recorded_fewer")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of departures: which finding, in what, and both values."""

    finding: str
    question: str
    departure: Departure


def of_finding(finding: Finding, protocol: Protocol, timing: Timing) -> tuple[Departure, ...]:
    """Return where a finding departs from what was registered.

    Country, plans and confidence level are registered for every finding; indicator, method,
    years, rule of dispersion and least points for the primary answer to a question. A
    finding that computed nothing departs in nothing but the comparison it belongs to.
    """
    asked = protocol.question_of(finding.id)
    found = [*_of_comparison(finding, protocol), *_of_claim(protocol, timing)]
    if finding.verdict not in _NOTHING_COMPUTED:
        found += _of_level(finding, protocol)
        if asked:
            found += _of_question(finding, asked)
            found += _of_thresholds(finding, protocol)
    return tuple(found)


def of_register(findings: Iterable[Finding], protocol: Protocol | None) -> tuple[Listed, ...]:
    """List every departure of a register, and each primary finding that nobody recorded.

    Without the protocol, which only a build is given, no finding can be missed: what is
    listed is then what the findings themselves carry.
    """
    recorded = tuple(findings)
    ids = {finding.id for finding in recorded}
    listed = [
        Listed(finding.id, finding.protocol.question, departure)
        for finding in recorded
        for departure in finding.protocol.departures
    ]
    for primary in protocol.primary if protocol else ():
        if protocol and primary not in ids:
            asked = protocol.question_of(primary)
            absent = Departure("not_recorded", primary, "")
            listed.append(Listed(primary, asked.id if asked else "", absent))
    return tuple(listed)


def _of_comparison(finding: Finding, protocol: Protocol) -> Iterator[Departure]:
    if finding.country != protocol.country:
        yield Departure("country", protocol.country, finding.country)
    plans = (protocol.baseline, protocol.current)
    if (finding.baseline, finding.current) != plans:
        yield Departure("plans", ", ".join(plans), f"{finding.baseline}, {finding.current}")


def _of_claim(protocol: Protocol, timing: Timing) -> Iterator[Departure]:
    if protocol.registered and timing == "after_data":
        yield Departure("registered", "before_data", "after_data")


def _of_level(finding: Finding, protocol: Protocol) -> Iterator[Departure]:
    levels = sorted({pair.level for pair in _pairs(finding)} - {protocol.level})
    if levels:
        used = ", ".join(f"{level:g}" for level in levels)
        yield Departure("level", f"{protocol.level:g}", used)


def _of_question(finding: Finding, asked: Question) -> Iterator[Departure]:
    if finding.indicator != asked.indicator:
        yield Departure("indicator", asked.indicator, finding.indicator)
    if finding.method != asked.method:
        yield Departure("method", asked.method, finding.method)
    wanted = [span for span in (asked.before, asked.after) if span]
    used = [(side.first_year, side.last_year) for side in finding.sides]
    if wanted and used != wanted:
        yield Departure("window", _spans(wanted), _spans(used))


def _of_thresholds(finding: Finding, protocol: Protocol) -> Iterator[Departure]:
    if finding.limits and finding.other_limits and not _leads(finding, protocol):
        yield Departure("dispersion", protocol.dispersion, finding.limits.method)
    points = sum(side.last_year - side.first_year + 1 for side in finding.sides)
    if finding.verdict in _NEEDS_POINTS and points < protocol.least_points:
        yield Departure("least_points", str(protocol.least_points), str(points))


def _leads(finding: Finding, protocol: Protocol) -> bool:
    """Whether the headline limits are the pair that the rule of dispersion names."""
    pairs = _pairs(finding)
    if protocol.dispersion == "wider":
        return _span(pairs[0]) >= max(_span(pair) for pair in pairs[1:])
    return pairs[0].method == protocol.dispersion


def _span(pair: Limits) -> float:
    return math.log(pair.high / pair.low) if pair.low > 0 else math.inf


def _pairs(finding: Finding) -> list[Limits]:
    return [*([finding.limits] if finding.limits else []), *finding.other_limits]


def _spans(spans: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"{first}-{last}" for first, last in spans)
