"""Which two plans: the earlier first, and of another country's plan nothing but its years."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from analysis.errors import ParameterError
from analysis.places import Places
from analysis.study import open_study


@pytest.mark.parametrize(("baseline", "current"), [("DK-2007", "DK-2002"), ("DK-2007", "DK-2007")])
def test_later_plan_must_follow_the_earlier(danish: Any, baseline: str, current: str) -> None:
    """Swapped plans would turn every rise into a fall."""
    with pytest.raises(ParameterError, match="whose years reach into its own"):
        open_study(baseline, current, country="DNK", language="en", places=danish.places)


def test_plan_that_amends_belongs_to_its_plan(danish: Any) -> None:
    """The appendix on children is no third plan."""
    assert [plan.id for plan in danish.plans()] == ["DK-2002", "DK-2005A", "DK-2007"]
    assert danish.with_amendments(danish.baseline) == ("DK-2002", "DK-2005A")


def test_other_pair_does_not_inherit_the_amendment(next_pair: Any) -> None:
    """What amended the first plan says nothing of the third."""
    assert [plan.id for plan in next_pair.plans()] == ["DK-2007", "DK-2011"]


def test_another_countrys_plan_lends_its_years_alone(danish: Any, bulgarian: Any) -> None:
    """Titles, scope, bodies and appendices of one country are false of any other."""
    assert [plan.id for plan in bulgarian.plans()] == ["DK-2002", "DK-2007"]
    for own, lent in zip(danish.compared, bulgarian.compared, strict=True):
        assert (lent.first_year, lent.last_year) == (own.first_year, own.last_year)
        assert lent.rows == ()
        for field in ("title", "short", "scope", "lead_body", "years_rule"):
            ours, theirs = getattr(own, field), getattr(lent, field)
            assert ours.da not in theirs.da
            assert ours.en not in theirs.en


def test_lent_plan_names_no_country(bulgarian: Any) -> None:
    """The borrowed words stand in reports on every country."""
    for plan in bulgarian.compared:
        words = " ".join(str(value) for value in dataclasses.asdict(plan).values())
        assert "anish" not in words
        assert "Danmark" not in words


def test_unknown_language_is_refused(danish: Any) -> None:
    """A third language would otherwise be half of one report."""
    with pytest.raises(ParameterError, match="Write da or en"):
        open_study("DK-2002", "DK-2007", country="DNK", language="sv", places=danish.places)


def test_numbers_do_not_depend_on_the_language(danish: Any) -> None:
    """Both editions are of one study."""
    other = open_study("DK-2002", "DK-2007", country="DNK", language="da", places=danish.places)
    for indicator in ("persons_prosecuted", "persons_convicted", "victims_identified"):
        found = [study.compare(study.series(indicator)) for study in (danish, other)]
        assert found[0] == found[1]


def test_workbench_is_found_from_its_folder(places: Places, monkeypatch: Any) -> None:
    """A notebook names no path; it lies in its workbench."""
    monkeypatch.delenv("WORKBENCH_HOME", raising=False)
    monkeypatch.chdir(places.evaluations)
    assert open_study("DK-2002", "DK-2007", country="DNK", language="en").places == places
