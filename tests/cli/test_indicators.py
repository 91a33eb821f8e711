"""workbench indicators: definitions read, nothing submitted told as such, nothing written aside."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import Places

Call = Callable[..., Any]
COMPUTE = ("indicators", "compute", "--synthetic", "--as-of", "2009-06-30", "--years", "2008")


def test_every_indicator_is_listed_in_the_language_asked_for(places: Places, call: Call) -> None:
    """Whoever answers a question must find the measure without reading YAML."""
    danish, english = (call("indicators", "list", "-l", language).out for language in ("da", "en"))
    assert "Identificerede ofre" in danish
    assert "Identified victims" in english
    listed = json.loads(call("indicators", "list", "--json").out)
    assert len(listed) >= 30
    assert {one["shows"] for one in listed} == {"output", "outcome", "quality"}
    assert next(one for one in listed if one["id"] == "victims.registered")["version"] == 2


def test_definition_is_shown_with_versions_and_needs(places: Places, call: Call) -> None:
    """What was counted, and who must have sent, stands in one place."""
    said = call("indicators", "show", "victims.registered@1")
    assert said.code == 0
    assert "victims.registered@1, victims.registered@2" in said.out
    assert "persons; assessments" in said.out
    assert json.loads(call("indicators", "show", "housing.occupancy", "--json").out)["whole"]


def test_without_submissions_figures_say_who_owes_them(places: Places, call: Call) -> None:
    """An empty store must not read as: no victims."""
    said = call(*COMPUTE, "victims.identified", "--json")
    (row,) = json.loads(said.out)["figures"]
    assert (said.code, row["status"], row["value"]) == (0, "not_submitted", None)
    assert "syn_police" in row["missing"].split(";")
    plain = call(*COMPUTE, "victims.identified")
    assert plain.out.startswith("SYNTHETIC: nobody counted here exists.")
    assert "sensitivity: aggregate" in plain.err


def test_real_senders_are_named_where_nothing_was_sent(places: Places, call: Call) -> None:
    """The real report names the organisations of the agreements, not invented ones."""
    said = call("indicators", "compute", "outreach.contacts", "--years", "2008", "--json",
                "--as-of", "2009-06-30")  # fmt: skip
    found = json.loads(said.out)
    assert (found["basis"], found["sensitivity"]) == ("submitted", "aggregate")
    assert "syn_" not in said.out


def test_file_lies_below_outputs_and_says_that_it_is_synthetic(
    places: Places, call: Call, tmp_path: Path
) -> None:
    """Small counts beside a partner's own files, or in an e-mail folder, guard nobody."""
    refused = call(*COMPUTE, "--out", str(tmp_path / "figures.csv"))
    assert (refused.code, "below outputs/" in refused.err) == (2, True)
    sly = call(*COMPUTE, "--out", str(places.outputs / ".." / "figures.csv"))
    assert sly.code == 2
    assert not list(tmp_path.glob("*.csv"))
    assert call(*COMPUTE, "--out", str(places.outputs / "figures.csv")).code == 0
    (written,) = places.outputs.glob("*.csv")
    assert written.name == "synthetic-figures.csv"
    with written.open(encoding="utf-8", newline="") as file:
        assert {(row["basis"], row["sensitivity"]) for row in csv.DictReader(file)} == {
            ("synthetic", "aggregate")
        }


def test_versions_are_compared_row_by_row(places: Places, call: Call) -> None:
    """The line of the definition that changed stands above the figures."""
    ids = ("victims.registered@1", "victims.registered@2")
    said = call("indicators", "compare", *ids, *COMPUTE[2:], "--json")
    found = json.loads(said.out)
    assert [one["definition"] for one in found["changed"]] == [
        "count.where.any.0.known", "count.where.any.1.unknown",
    ]  # fmt: skip
    assert found["figures"][0]["period"] == "2008"


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("show", "victims.identfied"), "Did you mean victims.identified?"),
        ((*COMPUTE[1:-1], "2010-2007"), "no span of years"),
        ((*COMPUTE[1:], "victims.identified", "--by", "star_sign"), "can be divided by star_sign"),
        (("compare", "victims.registered@1", "victims.presumed@1", *COMPUTE[2:]),
         "not two versions of one indicator"),
        (("compare", "victims.registered@1", "victims.registered@9", *COMPUTE[2:]),
         "has no such version"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_without_a_traceback(
    places: Places, call: Call, arguments: tuple[str, ...], match: str
) -> None:
    """Exit code 2, one sentence, a remedy."""
    said = call("indicators", *arguments)
    assert (said.code, match in said.err) == (2, True), said.err
    assert "Traceback" not in said.err


def test_broken_definition_is_named_by_file(places: Places, call: Call) -> None:
    """Whoever edits a definition is told where, before anything is computed."""
    path = places.indicators / "justice.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("period: charged_on", "period: decided_on", 1), encoding="utf-8")
    before = call("indicators", "list")
    assert before.code == 0  # another day is another definition, and a sound one
    cohort = text.replace(
        "    period: charged_on\n    where:\n      outcome: convicted",
        "    period: decided_on\n    where:\n      outcome: convicted", 1,
    )  # fmt: skip
    path.write_text(cohort, encoding="utf-8")
    said = call("indicators", "list")
    assert said.code == 2
    assert "justice.convicted_of_charged@1" in said.err
    assert "different cohorts" in said.err
