"""The list of departures: what was laid down, what was done, why; and words where there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis import evaluations
from analysis.contracts.findings import Finding
from analysis.contracts.outputs import Listing
from analysis.contracts.protocol import VARIABLE, Departure, Registration
from analysis.contracts.published import Text
from analysis.language import words
from analysis.places import Places

HOME = Path(__file__).parents[2]
PRIMARY = ("prosecution.prosecuted", "prosecution.convicted", "identification.victims")
SERIES = {
    "prosecution.prosecuted": "persons_prosecuted",
    "prosecution.convicted": "persons_convicted",
    "identification.victims": "victims_identified",
}


@pytest.fixture(scope="module")
def protocol() -> str:
    """What the evaluation that is shipped lays down, as a build hands it to a run."""
    places = Places(HOME)
    return evaluations.read(places, evaluations.default(places)).protocol.canonical


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    """Run as in a build: under the evaluation's protocol."""
    monkeypatch.setenv(VARIABLE, protocol)


def _recorded(study: Any) -> tuple[Finding, ...]:
    return tuple(
        study.record(id, study.compare(study.series(SERIES[id]))).finding for id in PRIMARY
    )


def _said(listing: Listing) -> list[tuple[str, ...]]:
    return [
        tuple(cell.en if isinstance(cell, Text) else cell for cell in cells)
        for cells in listing.cells
    ]


@pytest.mark.usefixtures("build")
def test_the_departures_of_the_shipped_record_are_listed(danish: Any) -> None:
    """Convictions of 2003 and victims before 2007 were never published: said, not hidden."""
    listing = danish.listing("departures", _recorded(danish))
    lines = [line[1:] for line in _said(listing)]
    assert (
        "The years",
        "2003–2006 and 2007–2010",
        "2004–2006 and 2007–2010",
        "the source has no figure for 2003",
    ) in lines
    assert (
        "The method",
        "Ratio of yearly numbers",
        "Count without comparison",
        "the source has no figure for 2003–2006",
    ) in lines
    assert len(lines) == 2
    assert all(listing.rows_of)


@pytest.mark.usefixtures("build")
def test_no_departure_is_said_in_words(danish: Any) -> None:
    """An empty table could as well be one that nobody filled."""
    kept = [
        replace(one, protocol=replace(one.protocol, departures=())) for one in _recorded(danish)
    ]
    listing = danish.listing("departures", kept)
    assert listing.cells[0][0] == words.text("synthesis.departures_none")
    assert listing.rows_of == ((),)
    assert listing.cells[0][0].da.startswith("Ingen afvigelser")


@pytest.mark.usefixtures("build")
def test_a_primary_finding_that_is_missing_is_listed(danish: Any) -> None:
    """The question stands there with no finding beside it."""
    found = [one for one in _recorded(danish) if one.id != "prosecution.prosecuted"]
    lines = _said(danish.listing("departures", found))
    (missing,) = (line for line in lines if line[3] == "no finding")
    assert missing[0].startswith("Were more people prosecuted")
    assert missing[4] == "none given"


def test_by_itself_nothing_is_said_to_be_missing(
    danish: Any, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    """Outside a build there is no protocol to miss a finding of, and the table says so."""
    monkeypatch.setenv(VARIABLE, protocol)
    found = _recorded(danish)[:1]
    monkeypatch.delenv(VARIABLE)
    listing = danish.listing("departures", found)
    assert listing.cells[0][0] == words.text("synthesis.departures_none")
    assert words.text("synthesis.note_alone").en in listing.note.en


def test_findings_without_a_protocol_are_not_said_to_keep_to_one(danish: Any) -> None:
    """'No departures' would be praise that nobody earned."""
    listing = danish.listing("departures", _recorded(danish))
    assert listing.cells[0][0] == words.text("synthesis.departures_no_protocol")
    assert listing.note == words.text("synthesis.note_unbound", n=3)


@pytest.mark.usefixtures("build")
def test_one_departure_of_every_finding_takes_one_line(bulgarian: Any) -> None:
    """Seventy lines that say 'another country' would bury the one that matters."""
    twice = [replace(one, id=f"{one.id}.{copy}") for one in _recorded(bulgarian) for copy in (1, 2)]
    lines = _said(bulgarian.listing("departures", twice))
    country = [line for line in lines if line[1] == "The country"]
    assert country == [
        (
            "Every finding (6)",
            "The country",
            "Denmark",
            "Bulgaria",
            "run for another country than the protocol's",
        )
    ]


DEPARTURES: Mapping[str, tuple[Departure, str, str, str]] = {
    "indicator": (
        Departure("indicator", "persons_convicted", "persons_prosecuted"),
        "Convicted",
        "Prosecuted",
        "none given",
    ),
    "level": (
        Departure("level", "0.95", "0.9, 0.99"),
        "95\N{NO-BREAK SPACE}%",
        "90\N{NO-BREAK SPACE}% and 99\N{NO-BREAK SPACE}%",
        "none given",
    ),
    "dispersion": (
        Departure("dispersion", "wider", "exact"),
        "the wider limits",
        "exact method",
        "none given",
    ),
    "least points": (
        Departure("least_points", "6", "5"),
        "6 calendar years",
        "5 calendar years",
        "none given",
    ),
    "claim": (
        Departure("registered", "before_data", "after_data"),
        "before the data were known",
        "after the data were known",
        "none given",
    ),
    "plans": (
        Departure("plans", "DK-2007, DK-2011", "DK-2002, DK-2007"),
        "2007 plan and 2011 plan",
        "2002 plan and 2007 plan",
        "run for other plans than the protocol's",
    ),
    "years with figures": (
        Departure("window", "2003-2006, 2007-2010", "2004-2006, 2007-2010"),
        "2003–2006 and 2007–2010",
        "2004–2006 and 2007–2010",
        "none given",
    ),
}


@pytest.mark.parametrize("name", DEPARTURES)
def test_each_aspect_is_told_in_words(danish: Any, name: str) -> None:
    """Codes mean nothing to a reader; and a year with a figure gives no reason to leave it out."""
    departure, registered, computed, reason = DEPARTURES[name]
    finding = _recorded(danish)[0]
    bound = Registration("a" * 64, "2026-11-24", "after_data", "prosecuted", (departure,))
    (line,) = _said(danish.listing("departures", [replace(finding, protocol=bound)]))
    assert line[2:] == (registered, computed, reason)


def test_every_method_that_a_finding_may_carry_has_a_name() -> None:
    """A departure to 'rate' or 'none' tells a reader nothing."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for room in ("findings", "study")
        for path in (HOME / "src" / "analysis" / room).rglob("*.py")
    )
    methods = set(re.findall(r'method="([a-z_]+)"', source))
    methods |= set(re.findall(r'method="\w+" if .* else "(\w+)"', source))
    assert {"count", "rate", "rate_ratio", "documents"} <= methods
    known = words.catalogues()
    named = {
        key.removeprefix("method_") for name in ("synthesis", "findings") for key in known[name]
    }
    assert methods - named == set()


def test_both_editions_list_the_same(danish: Any, protocol: str) -> None:
    """The cells are made once, in both languages; none may be empty in one."""
    finding = _recorded(danish)[0]
    for departure, *_ in DEPARTURES.values():
        bound = Registration("a" * 64, "2026-11-24", "after_data", "", (departure,))
        listing = danish.listing("departures", [replace(finding, protocol=bound)])
        for cells in listing.cells:
            assert all(bool(cell.da) == bool(cell.en) for cell in cells if isinstance(cell, Text))
    assert json.loads(protocol)["country"] == "DNK"
