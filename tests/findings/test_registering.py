"""Registering: the protocol's hash in every finding, departures listed, nothing incomplete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts import protocol as protocols
from analysis.contracts.findings import Contrary, Finding, from_json, to_json
from analysis.contracts.protocol import Departure, Protocol
from analysis.contracts.published import SourceRow, Text
from analysis.errors import FindingError
from analysis.findings import departures, limitations, register
from analysis.findings.cite import cite
from analysis.findings.registering import registered, timing_of

SECTION: dict[str, Any] = {
    "written": "2026-11-24",
    "registered": False,
    "level": 0.95,
    "least_points": 6,
    "primary": ["prosecution.prosecuted"],
    "questions": [
        {
            "id": "prosecuted",
            "asks": {"da": "Flere?", "en": "More?"},
            "primary": "prosecution.prosecuted",
            "indicator": "persons_prosecuted",
            "method": "rate_ratio",
            "before": [2003, 2006],
            "after": [2007, 2010],
        }
    ],
    "note": {"da": "Fastlagt.", "en": "Laid down."},
}


def _protocol(**changes: Any) -> Protocol:
    section = json.loads(json.dumps(SECTION))
    asked = changes.pop("question", {})
    section |= changes
    section["questions"][0] |= asked
    return protocols.shaped(
        {"country": "DNK", "baseline": "DK-2002", "current": "DK-2007", "protocol": section}
    )


def _row(id: str, **fields: Any) -> SourceRow:
    usual: dict[str, Any] = {
        **{"file": "f.csv", "line": 2, "what": Text("a", "a"), "as_printed": "7"},
        **{"period": "2007", "publisher": f"of {id}", "source_url": "", "quote": "words"},
        **{"trust": "high", "licence": ""},
    }
    return SourceRow(id=id, **{**usual, **fields})


def _registered(finding: Finding, protocol: Protocol | None, published: str = "2009") -> Finding:
    return registered(finding, protocol, find_row=_row, published_on=lambda row: published)


@pytest.fixture
def prosecuted(cases: Mapping[str, Finding]) -> Finding:
    """The headline finding, as it was computed."""
    return cases["recorded more"]


def test_hash_and_declared_date_go_into_the_finding(prosecuted: Finding) -> None:
    """Whoever holds a finding can hold the protocol against it."""
    protocol = _protocol()
    found = _registered(prosecuted, protocol).protocol
    assert (found.sha256, found.declared) == (protocol.sha256, "2026-11-24")
    assert (found.question, found.departures) == ("prosecuted", ())


def test_a_finding_without_an_evaluation_says_so(prosecuted: Finding) -> None:
    """A notebook tried out by hand is no registered analysis."""
    found = _registered(prosecuted, None)
    assert found.protocol.timing == "no_protocol"
    assert "No protocol." in cite(found, "en", evaluation="x", version="1")


def test_published_figures_were_known(prosecuted: Finding) -> None:
    """Nobody registers in advance what has stood in a report for years."""
    found = _registered(prosecuted, _protocol(), "2025-04-14")
    assert found.protocol.timing == "after_data"
    said = cite(found, "en", evaluation="x", version="1")
    assert "Registered after the data were known (protocol of 24 November 2026" in said
    assert "efter at tallene var kendt" in cite(found, "da", evaluation="x", version="1")


def test_only_new_data_can_be_registered_in_advance(prosecuted: Finding) -> None:
    """Figures that came out a year after the protocol could not have shaped it."""
    assert _registered(prosecuted, _protocol(), "2027-11").protocol.timing == "before_data"


@pytest.mark.parametrize(
    ("published", "timing"),
    [
        (["2026-11-23"], "after_data"),
        (["2026-11-24"], "after_data"),
        (["2026-11-25"], "before_data"),
        (["2026-11"], "after_data"),
        (["2026-12"], "before_data"),
        (["2026"], "after_data"),
        (["2027"], "before_data"),
        (["2027", ""], "after_data"),
        (["2027", "2009"], "after_data"),
        ([], "nothing_read"),
    ],
)
def test_in_doubt_data_were_known(published: list[str], timing: str) -> None:
    """'Pre-registered' is a claim, and takes a date that proves it for every row."""
    assert timing_of(published, "2026-11-24") == timing


def test_a_false_claim_of_registration_is_listed(prosecuted: Finding) -> None:
    """The file may say that nobody had looked; the dates know better."""
    found = _registered(prosecuted, _protocol(registered=True))
    assert found.protocol.departures == (Departure("registered", "before_data", "after_data"),)


@pytest.mark.parametrize(
    ("changes", "departure"),
    [
        ({"question": {"method": "rate"}}, Departure("method", "rate", "rate_ratio")),
        (
            {"question": {"indicator": "persons_convicted"}},
            Departure("indicator", "persons_convicted", "persons_prosecuted"),
        ),
        (
            {"question": {"before": [2002, 2006]}},
            Departure("window", "2002-2006, 2007-2010", "2003-2006, 2007-2010"),
        ),
        ({"level": 0.9}, Departure("level", "0.9", "0.95")),
        ({"dispersion": "exact"}, Departure("dispersion", "exact", "dispersed")),
        ({"least_points": 12}, Departure("least_points", "12", "8")),
    ],
)
def test_every_departure_is_listed(
    prosecuted: Finding, changes: dict[str, Any], departure: Departure
) -> None:
    """What was done otherwise is printed beside what was planned, by the program."""
    found = _registered(prosecuted, _protocol(**changes))
    assert found.protocol.departures == (departure,)


def test_another_country_or_plan_is_a_departure_of_every_finding(
    cases: Mapping[str, Finding],
) -> None:
    """`-p country=SWE` is no longer the comparison that was registered."""
    swedish = _registered(cases["foreign plans"], _protocol()).protocol
    assert swedish.departures == (Departure("country", "DNK", "SWE"),)
    later = _registered(replace(cases["documented"], current="DK-2011"), _protocol()).protocol
    assert later.departures == (Departure("plans", "DK-2002, DK-2007", "DK-2002, DK-2011"),)


def test_a_refusal_departs_in_nothing_that_it_did_not_compute(
    cases: Mapping[str, Finding],
) -> None:
    """A method that rightly refused was the registered one."""
    refused = replace(cases["refused"], id="prosecution.prosecuted")
    assert _registered(refused, _protocol()).protocol.departures == ()


def test_a_primary_finding_that_nobody_recorded_is_listed(cases: Mapping[str, Finding]) -> None:
    """The easiest way to hide a result is not to compute it."""
    protocol = _protocol(level=0.9)
    other = _registered(cases["count"], protocol)
    listed = departures.of_register([other], protocol)
    assert [(one.finding, one.departure.aspect) for one in listed] == [
        ("victims", "level"),
        ("prosecution.prosecuted", "not_recorded"),
    ]
    # A notebook run by itself is given no protocol: it lists what the findings carry.
    assert departures.of_register([other], None) == listed[:1]


def test_every_registered_finding_keeps_the_published_schema(cases: Mapping[str, Finding]) -> None:
    """What others read by the schema must come back as it was."""
    protocol = _protocol(registered=True, level=0.9)
    made = [
        replace(_registered(one, protocol), id=f"n{place}", notebook="n")
        for place, one in enumerate(cases.values())
    ]
    plain = json.loads(json.dumps([to_json(one) for one in made]))
    register.check(plain)
    assert [from_json(one) for one in plain] == made


@pytest.mark.parametrize(
    "broken",
    [
        {"timing": "after_data"},
        {"sha256": "0" * 64},
        {"timing": "early"},
        {"declared": "yesterday"},
    ],
)
def test_a_half_registration_breaks_the_schema(
    cases: Mapping[str, Finding], broken: dict[str, str]
) -> None:
    """A hash without its date, or a timing without a hash, proves nothing."""
    plain = json.loads(json.dumps(to_json(cases["documented"])))
    plain["protocol"] |= broken
    with pytest.raises(FindingError, match=r"finding\.schema\.json"):
        register.check([plain])


# Contrary evidence and limitations


def test_sources_add_their_limitations(prosecuted: Finding) -> None:
    """They are read from the rows, so nobody can forget to write them."""
    rows = {
        "few": [_row("a", publisher="x", trust="low"), _row("b", publisher="x")],
        "several": [_row("a", conflicts_with=("z",)), _row("b", quote="", as_printed="")],
    }
    said = {name: [one.en for one in limitations.of_rows(own)] for name, own in rows.items()}
    assert said == {
        "few": [
            "Everything comes from one publisher and is not checked against another.",
            "Rows of medium or low trust: 1 of 2.",
        ],
        "several": ["Rows that another row contradicts: 1 of 2.", "Rows without a quote: 1 of 2."],
    }


def test_every_claim_has_a_limitation_of_its_design(cases: Mapping[str, Finding]) -> None:
    """There is no finding without a 'this does not show'."""
    for finding in cases.values():
        silent = finding.verdict in ("refused", "not_submitted")
        assert bool(finding.limitations) != silent


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contrary": (), "caveats": ()}, "no contrary evidence, and none said to be looked for"),
        ({"limitations": ()}, "no limitations"),
        ({"contrary": (Contrary(Text("x", "x"), ()),)}, "contrary evidence without a row: 1"),
    ],
)
def test_a_finding_without_its_other_side_does_not_register(
    prosecuted: Finding, change: dict[str, Any], said: str
) -> None:
    """A one-sided finding is advocacy; the message names it and what it lacks."""
    broken = replace(prosecuted, **change)
    with pytest.raises(FindingError, match=rf"prosecution\.prosecuted \({said}\)"):
        limitations.require([broken])
    plain = json.loads(json.dumps(to_json(broken)))
    with pytest.raises(FindingError):
        register.check([plain])


def test_looked_for_and_not_found_registers(cases: Mapping[str, Finding]) -> None:
    """Silence of the documents read is an answer, if it is said."""
    finding = cases["higher"]
    assert finding.contrary == ()
    assert _registered(finding, None).contrary == ()


def test_limits_that_disagree_speak_against_undecided(cases: Mapping[str, Finding]) -> None:
    """One pair excludes no difference: the reader of an 'undecided' is told so."""
    said = [one.text.en for one in cases["none before"].contrary]
    assert said == ["By one pair of limits (exact method) there were more a year."]
    assert cases["undecided"].contrary == ()


# The canonical form

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), _json, max_size=4))
def test_the_order_of_keys_does_not_change_the_hash(document: dict[str, Any]) -> None:
    """A file tidied up lays down the same as before."""
    turned = dict(reversed(document.items()))
    assert protocols.canonical(turned) == protocols.canonical(document)
    assert json.loads(protocols.canonical(document)) == document


@given(st.integers(-1000, 1000))
def test_a_whole_number_is_the_same_with_and_without_a_point(whole: int) -> None:
    """8 years and 8.0 years are one number to a reader, so to the hash."""
    assert protocols.canonical({"n": float(whole)}) == protocols.canonical({"n": whole})


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 0.9},
        {"written": "2026-11-25"},
        {"registered": True},
        {"least_points": 7},
        {"dispersion": "exact"},
        {"primary": []},
        {"grid": {"level": [0.95, 0.9]}},
        {"question": {"method": "rate"}},
        {"question": {"before": [2002, 2006]}},
        {"note": {"da": "Fastlagt.", "en": "Laid down later."}},
    ],
)
def test_any_change_to_what_was_laid_down_changes_the_hash(changes: dict[str, Any]) -> None:
    """Otherwise a protocol could be mended after the fact and nobody would see."""
    assert _protocol(**changes).sha256 != _protocol().sha256


def test_the_hash_covers_the_comparison_too() -> None:
    """The same section about other plans is another protocol."""
    document = {"country": "DNK", "baseline": "A", "current": "B", "protocol": SECTION}
    hashes = {protocols.shaped(document | {"current": plan}).sha256 for plan in ("B", "C")}
    assert len(hashes) == 2


def test_what_a_run_is_given_is_what_was_laid_down() -> None:
    """The kernel gets a text; from it the same protocol with the same hash must come."""
    protocol = _protocol(grid={"level": [0.95, 0.9], "start": ["2003", "2004"]})
    assert protocols.read(protocol.canonical) == protocol
    assert protocols.read("") is None
