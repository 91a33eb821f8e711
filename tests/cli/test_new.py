"""workbench new: scaffolds that run as they are, and never write over what somebody wrote."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import evaluations
from analysis.places import Places
from analysis.published.check import check_record
from analysis.study import open_study

NLD = ("new", "evaluation", "nld", "-c", "NLD", "-n", "The Dutch plans")


def _plans(places: Places, country: str = "NLD") -> list[dict[str, str]]:
    path = places.published / "countries" / country / "plans.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _bytes(places: Places) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in places.home.rglob("*") if path.is_file()}


def test_years_given_are_the_plans_years(places: Places, call: Callable[..., Any]) -> None:
    """Whoever knows the years need not correct a file first."""
    said = call(*NLD, "--baseline-years", "2000-2004", "--current-years", "2006-2011")
    assert said.code == 0, said.err
    assert [(row["first_year"], row["last_year"]) for row in _plans(places)] == [
        ("2000", "2004"),
        ("2006", "2011"),
    ]


def test_years_not_given_are_marked_as_not_confirmed(
    places: Places, call: Callable[..., Any]
) -> None:
    """Borrowed years must not pass for the country's own."""
    call(*NLD, "--current-years", "2008-2011")
    earlier, later = _plans(places)
    assert "not confirmed" in earlier["years_rule_en"]
    assert "ikke bekræftet" in earlier["years_rule_da"]
    assert "not confirmed" not in later["years_rule_en"]


def test_new_country_is_sound_and_opens(places: Places, call: Callable[..., Any]) -> None:
    """What is scaffolded can be opened at once, and is silent on all that nobody filled in."""
    call(*NLD)
    assert [one for one in check_record(places) if one.severity == "error"] == []
    chosen = evaluations.read(places, "nld")
    study = open_study(chosen.baseline, chosen.current, country="NLD", language="en", places=places)
    assert [plan.country for plan in study.compared] == ["NLD", "NLD"]
    assert study.series("persons_prosecuted").points
    assert study.measures().empty
    assert (study.breaks[0].sourced, study.breaks[0].flag) == (False, "F4")


def test_nothing_of_the_model_is_taken_along_but_its_layout(
    places: Places, call: Callable[..., Any]
) -> None:
    """The Danish plans' titles in a Dutch file would be a false record."""
    call(*NLD)
    text = (places.published / "countries" / "NLD" / "plans.csv").read_text(encoding="utf-8")
    text += (places.evaluations / "nld.yml").read_text(encoding="utf-8")
    assert "DK-" not in text
    assert "Danish" not in text
    assert "DNK" not in text


def test_years_that_overlap_are_refused(places: Places, call: Callable[..., Any]) -> None:
    """A year under both plans would stand on both sides of the ratio."""
    before = _bytes(places)
    said = call(*NLD, "--baseline-years", "2003-2007", "--current-years", "2007-2010")
    assert (said.code, said.out) == (2, "")
    assert "reach into" in said.err
    assert _bytes(places) == before


def test_country_with_one_plan_keeps_it(places: Places, call: Callable[..., Any]) -> None:
    """A day's work on the first plan must not be overwritten by an empty pair."""
    call(*NLD)
    (places.evaluations / "nld.yml").unlink()
    path = places.published / "countries" / "NLD" / "plans.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:2]), encoding="utf-8")
    before = _bytes(places)
    said = call(*NLD)
    assert (said.code, said.out) == (2, "")
    assert (
        "NLD/plans.csv: it holds one plan (in rows: 1), and an evaluation compares two." in said.err
    )
    assert _bytes(places) == before


def test_country_with_plans_is_compared_by_its_first_two(
    places: Places, call: Callable[..., Any]
) -> None:
    """An appendix is not a plan: it would be compared with the plan that it amends."""
    said = call("new", "evaluation", "again", "-c", "DNK", "-n", "Again")
    assert said.code == 0, said.err
    found = evaluations.read(places, "again")
    assert (found.baseline, found.current) == ("DK-2002", "DK-2007")
    assert said.out.split() == [str(places.evaluations / "again.yml")]


def test_years_for_plans_that_have_their_own_are_refused(
    places: Places, call: Callable[..., Any]
) -> None:
    """An option that changes nothing would be believed to have changed something."""
    said = call(
        "new", "evaluation", "again", "-c", "DNK", "-n", "Again", "--current-years", "2008-2010"
    )
    assert (said.code, said.out) == (2, "")
    assert "DNK has plans with years of their own" in said.err
    assert not (places.evaluations / "again.yml").exists()


@pytest.mark.parametrize("id", ["Nld", "../nld", "1", "n l d", ""])
def test_id_that_is_no_file_name_is_refused(
    places: Places, call: Callable[..., Any], id: str
) -> None:
    """It becomes a file, a folder and part of an address."""
    before = _bytes(places)
    for arguments in (
        ("new", "evaluation", id, "-c", "NLD", "-n", "X"),
        ("new", "notebook", id, "--title-da", "X", "--title-en", "X"),
    ):
        said = call(*arguments)
        assert (said.code, said.out) == (2, "")
        assert "Choose another." in said.err
    assert _bytes(places) == before


def test_new_notebook_keeps_the_rules_of_the_house(
    places: Places, call: Callable[..., Any]
) -> None:
    """It has its checks and its limits, so that the tests stay green when it is added."""
    said = call("new", "notebook", "shelter", "--title-en", "Who?", "--title-da", "Hvem?")
    notebook = json.loads(Path(said.out.strip()).read_text(encoding="utf-8"))
    tags = [tag for cell in notebook["cells"] for tag in cell["metadata"].get("tags", [])]
    assert "checks" in tags
    assert tags.count("lang-da") == tags.count("lang-en") == 3
    assert all(not cell.get("outputs") for cell in notebook["cells"])
    last = ["".join(cell["source"]) for cell in notebook["cells"]][-2:]
    assert last[0].startswith("## Hvad dette ikke viser")
    assert last[1].startswith("## What this does not show")


def test_new_notebook_never_overwrites(places: Places, call: Callable[..., Any]) -> None:
    """The prosecution notebook must survive a second one of its name."""
    before = _bytes(places)
    said = call("new", "notebook", "prosecution", "--title-da", "X", "--title-en", "X")
    assert (said.code, said.out) == (2, "")
    assert _bytes(places) == before
