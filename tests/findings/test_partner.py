"""Findings on cases: limits of the reference, spans that stay spans, a centre that is a break."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analysis.contracts.findings import Finding, to_json
from analysis.contracts.published import Break, Plan, Text
from analysis.contracts.values import Value, interval, number
from analysis.errors import FindingError
from analysis.findings import export, partner, register
from analysis.findings.partner import Counted, Told

NOTHING = Text("", "")
CENTRE = Break("centre", "F2", "", "", ("*",), NOTHING, NOTHING, "", "")
ASKED = Text("Blev flere tilbudt botilbud?", "Were more offered housing?")
WHAT = Text("ofre tilbudt botilbud", "victims offered housing")
Plans = tuple[Plan, Plan]


def _told(plans: Plans, basis: Any = "submitted") -> Told:
    return Told(plans, "DNK", basis, "a" * 64, CENTRE, ("DK-B-01",))


def _compared(plans: Plans, before: Value, after: Value, **more: Any) -> Finding:
    sides = (Counted(before, 80, (2003, 2006)), Counted(after, 70, (2007, 2010)))
    return partner.compared(
        "coverage.shelter", ASKED, WHAT, "persons", *sides, _told(plans), **more
    )


def test_limits_are_newcombes(plans: Plans) -> None:
    """Newcombe (1998), table II, example (a), method 10: 56/70 less 48/80 is 0.0524 to 0.3339."""
    found = _compared(plans, number(48), number(56))
    assert found.estimate == number(20.0)
    assert found.limits is not None
    assert (found.limits.low, found.limits.high) == (5.2, 33.4)
    assert found.limits.method == "newcombe"


def test_a_difference_across_the_centre_is_recorded_and_not_caused(plans: Plans) -> None:
    """The centre changes who is found: more recorded is all that can be said."""
    found = _compared(plans, number(48), number(56))
    assert found.verdict == "recorded_more"
    assert found.grade == "C"
    assert found.breaks == ("DK-B-01",)
    assert "centeret ændrede også" in found.sentence.da
    assert _compared(plans, number(70), number(20)).verdict == "recorded_fewer"
    assert _compared(plans, number(48), number(43)).verdict == "undecided"


def test_a_hidden_count_stays_hidden_in_every_part(plans: Plans) -> None:
    """0 to 4 of 80: the span goes into estimate, limits, sides and words."""
    found = _compared(plans, interval(0, 4), number(35))
    assert found.estimate == interval(45.0, 50.0)
    assert found.limits is not None
    assert found.limits.low < 45.0
    assert found.limits.high > 50.0
    assert found.sides[0].count == interval(0, 4)
    assert "0–5\N{NO-BREAK SPACE}%" in found.sentence.en
    assert "(0–4 of 80)" in found.sentence.en


def test_the_draws_of_the_linkage_stand_beside(plans: Plans) -> None:
    """Who is whom is not certain, and the reader sees how far that moves the number."""
    found = _compared(plans, number(48), number(56), linkage=(18.0, 21.5))
    (other,) = found.other_limits
    assert (other.low, other.high, other.method) == (18.0, 21.5, "linkage")


def test_too_few_and_nobody_are_two_refusals(plans: Plans) -> None:
    """*Fewer than five* is a statement about persons, *nobody counted* is none."""
    few = partner.too_few("a.b", ASKED, WHAT, 5, _told(plans))
    none = partner.too_few("a.b", ASKED, WHAT, 5, _told(plans), nobody=True)
    assert {few.verdict, none.verdict} == {"refused"}
    assert "fewer than 5" in few.sentence.en
    assert "fewer than 5" not in none.sentence.en


def test_what_is_submitted_needs_no_published_row_and_what_is_published_does(
    plans: Plans,
) -> None:
    """A claim on the record without a row is an assertion; cases have none that could be opened."""
    said = Text("otte rapporter kom", "eight reports came")
    made = partner.described("a.b", ASKED, said, said, _told(plans), method="completeness")
    assert made.rows == ()
    register.check([to_json(made) | {"notebook": "data_quality"}])
    with pytest.raises(FindingError, match="no published row"):
        partner.described(
            "a.b", ASKED, said, said, _told(plans, "published"), method="completeness"
        )


def test_every_kind_keeps_the_published_schema(plans: Plans) -> None:
    """A finding that the schema refuses stops the build of every report."""
    found = [
        _compared(plans, number(48), number(56)),
        replace(_compared(plans, interval(0, 4), number(35)), id="coverage.b"),
        partner.too_few("coverage.c", ASKED, WHAT, 5, _told(plans)),
        partner.nothing_submitted(
            "coverage.d", ASKED, WHAT, WHAT, plans, country="DNK", rows=("DK-O-x",)
        ),
    ]
    register.check([to_json(one) | {"notebook": "coverage"} for one in found])


def test_a_direction_needs_a_break_on_record_unless_the_country_is_invented(plans: Plans) -> None:
    """*More recorded* of real persons names what else changed."""
    made = to_json(replace(_compared(plans, number(48), number(56)), breaks=()))
    with pytest.raises(FindingError, match=r"coverage\.shelter\.breaks"):
        register.check([made | {"notebook": "coverage"}])
    register.check([made | {"notebook": "coverage", "basis": "synthetic"}], rehearsal=True)


def test_exports_of_a_rehearsal_say_so_in_their_names_and_are_no_register(
    plans: Plans, tmp_path: Any
) -> None:
    """A file is sent on without its folder; and nobody may load it as findings."""
    made = to_json(_compared(plans, number(48), number(56)))
    one = made | {"notebook": "coverage", "basis": "synthetic", "breaks": []}
    written = export.write([one], tmp_path / "rehearsal", rehearsal=True)
    assert all(
        path.name.startswith("synthetic-") or path.name == "finding.schema.json" for path in written
    )
    with pytest.raises(FindingError, match=r"rehearse"):
        register.load(tmp_path / "rehearsal")
    with pytest.raises(FindingError):
        export.write([one], tmp_path / "real")
