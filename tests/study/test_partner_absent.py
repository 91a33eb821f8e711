"""No submissions: the pages count nothing, and name everybody who owes something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analysis.errors import ParameterError
from analysis.places import Places
from analysis.study import Study, open_study
from analysis.study.partner import absent
from analysis.study.partner.opened import Absent, Opened

NOTEBOOKS = ("data_quality", "pathways", "cooperation", "coverage")


def _asked(study: Study, notebook: str, cases: str = "submitted") -> Absent:
    found = study.partners(notebook, cases=cases, smallest_count=5)
    assert isinstance(found, Absent)
    return found


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_whoever_owes_data_is_named_and_led_to(danish: Study, notebook: str) -> None:
    """*No data submitted* without names asks nobody to send any."""
    found = study_finding(danish, notebook)
    assert found.verdict == "not_submitted"
    assert "No data has been submitted" in found.sentence.en
    assert "Ingen data er indsendt" in found.sentence.da
    for name in ("PRO-Vest", "Red Barnet", "Politiet", "Udlændingemyndighederne"):
        assert name in found.sentence.da
    assert "er ikke fundet offentliggjort" in found.sentence.da
    assert len(found.rows) == 9
    assert all(danish.row(row).quote for row in found.rows)


def study_finding(study: Study, notebook: str) -> Any:
    """Return the finding of one page."""
    return study.absent_finding(f"{notebook}.submitted", _asked(study, notebook))


def test_what_is_only_proposed_is_told_as_no_debt(danish: Study) -> None:
    """How many reports were owed is in no public document, so no sentence may say it."""
    asked = _asked(danish, "coverage")
    said = danish.absent_finding("coverage.submitted", asked).sentence
    assert "170" not in said.da + said.en
    assert "Forslag" in danish.listing("partner_owed", asked).title.da
    agreed = tuple(
        replace(
            line,
            profile=replace(
                line.profile,
                agreement=replace(line.profile.agreement, confirmed=date(2007, 7, 1)),
            ),
        )
        for line in asked.owes
    )
    told = danish.absent_finding("coverage.submitted", replace(asked, owes=agreed)).sentence
    assert "skulle 9 organisationer og myndigheder have sendt 170 indberetninger" in told.da


def test_duties_add_up_to_those_of_the_agreements(danish: Study) -> None:
    """Reden owes five forms by half-year and two by quarter, from July 2007 to 2010."""
    own = [
        line for line in _asked(danish, "data_quality").owes if line.profile.organisation == "reden"
    ]
    assert {(line.rhythm, line.reports) for line in own} == {("half_year", 35), ("quarter", 28)}
    assert all((line.first.year, line.last.year) == (2007, 2010) for line in own)


def test_a_notebook_asks_only_for_the_forms_it_needs(danish: Study) -> None:
    """The police owes no support forms: on coverage it owes persons and assessments."""
    own = [one for one in _asked(danish, "coverage").owes if one.profile.organisation == "politi"]
    assert [one.forms for one in own] == [("persons", "assessments")]


def test_each_line_of_the_table_leads_to_the_sender(danish: Study) -> None:
    """A line without a row accuses somebody on nobody's word."""
    listing = danish.listing("partner_owed", _asked(danish, "pathways"))
    assert len(listing.cells) == len(listing.rows_of) == 9
    assert all(len(rows) == 1 for rows in listing.rows_of)


def test_a_country_without_agreements_owes_nothing() -> None:
    """That Sweden has no Danish agreements is no fault of Sweden's."""
    study = open_study("DK-2002", "DK-2007", country="SWE", language="en")
    found = _asked(study, "coverage")
    assert found.why == "no_agreement"
    assert not found.owes
    assert "No agreement" in study.absent_finding("coverage.submitted", found).sentence.en
    assert study.names_who_owes(found)


def test_an_evaluation_without_cases_looks_for_none(danish: Study) -> None:
    """Whoever switched it off must not read that partners failed."""
    found = _asked(danish, "coverage", "none")
    assert found.why == "not_read"
    said = danish.absent_finding("coverage.submitted", found).sentence.en
    assert "does not read" in said


def test_leaving_a_sender_out_is_noticed(danish: Study) -> None:
    """A check that holds whatever is named checks nothing."""
    found = _asked(danish, "pathways")
    assert absent.names_all(danish, found)
    assert not absent.names_all(danish, replace(found, owes=found.owes[1:]))


def test_invented_cases_must_be_made_first(places: Places) -> None:
    """A rehearsal without cases is a step left out, and the message names it."""
    for name in ("forms", "synthetic"):
        target = places.home / "data" / name
        target.symlink_to(Places(_home()).home / "data" / name)
    study = open_study("DK-2002", "DK-2007", country="DNK", language="en", places=places)
    with pytest.raises(ParameterError, match="workbench rehearse"):
        study.partners("coverage", cases="synthetic", smallest_count=5)


def _home() -> Any:
    from pathlib import Path

    return Path(__file__).parents[2]


def test_what_is_recorded_of_nothing_is_refused(danish: Study) -> None:
    """`record_absent` on opened cases would say that nobody sent anything."""
    with pytest.raises(TypeError):
        danish.absent_finding("x", Opened.__new__(Opened))
