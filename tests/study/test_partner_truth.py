"""Perfect reports of an invented country: what is counted of them is the truth, exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from analysis.contracts.partner.cases import PERSON_COLUMNS, Cases
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.flow.synthesising import synthesise
from analysis.indicators import matrix, nothing_submitted
from analysis.places import Places
from analysis.study import Study
from analysis.study.partner import covered, drawn, holding, shares, spells
from analysis.study.partner.eras import SIDES, eras
from analysis.study.partner.opened import Opened
from analysis.study.partner.truth import Truth, read_truth

HOME = Path(__file__).parents[2]
AS_OF = date(2012, 12, 31)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """Eight hundred invented victims and all that is true of them."""
    folder = tmp_path_factory.mktemp("drawn")
    synthesise(Places(HOME), seed=3, people=800, to=folder)
    return read_truth(folder)


@pytest.fixture(scope="module")
def asked(truth: Truth, danish: Study) -> Opened:
    """The truth handed in as if partners had reported all of it under its true ids."""
    places = Places(HOME)
    forms = read_forms(places.forms, places.partner_codelists)
    profiles = read_profiles(places.synthetic / "profiles", forms)
    known = truth.frames(AS_OF)
    owed = nothing_submitted(profiles, first=date(2003, 1, 1), as_of=AS_OF, basis="synthetic")
    rows = ("services", "rights", "returns", "referrals", "assessments")
    tables: dict[str, Any] = {name: _rows(getattr(known, name)) for name in rows}
    tables["persons"] = _persons(known.persons)
    links: dict[str, list[str]] = {"record": [], "organisation": [], "pseudonym": [], "draw": []}
    tables["links"] = pa.table({name: pa.array(one, pa.string()) for name, one in links.items()})
    received = _all_received(owed.expected, owed.received.schema)
    cases = Cases("synthetic", AS_OF, tables, owed.expected, received, 0, "0" * 64)
    spans = eras(profiles, *danish.compared)
    return Opened("coverage", cases, forms, profiles, 5, spans, places.indicators, truth)


def _all_received(owed: Any, schema: Any) -> Any:
    """Every report came on the day it was due."""
    rows = [
        {
            **{name: one[name] for name in ("organisation", "form", "period")},
            "received_on": min(one["due_on"], AS_OF),
            "version": 1,
            "state": "accepted",
            "rows": 1,
            "set_aside": 0,
            "questions": 0,
        }
        for one in owed.to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema)


def _rows(frame: pd.DataFrame) -> Any:
    found = frame.assign(
        pseudonym=frame["pseudonym"].astype(str),
        record=[str(number) for number in range(len(frame))],
        submission="S-0",
        period="2012",
        source_row=range(len(frame)),
    )
    for name in found.columns:
        if name.endswith("_on"):
            found[name] = found[name].dt.date
    kept = found.drop(columns=["basis", "sent", "episode"], errors="ignore")
    return pa.Table.from_pandas(kept, preserve_index=False)


def _persons(frame: pd.DataFrame) -> Any:
    found = frame.reindex(columns=list(PERSON_COLUMNS))
    found["pseudonym"] = found["pseudonym"].astype(str)
    for name, kind in PERSON_COLUMNS.items():
        if kind == "date32":
            found[name] = pd.to_datetime(found[name]).dt.date
    kinds = {"string": pa.string(), "int32": pa.int32(), "bool": pa.bool_(), "date32": pa.date32()}
    return pa.table(
        {
            name: pa.array([one if one == one else None for one in found[name].astype(object)],
                           kinds[kind])
            for name, kind in PERSON_COLUMNS.items()
        }
    )  # fmt: skip


def test_coverage_is_recovered_exactly(asked: Opened) -> None:
    """The definitions of the indicators, and the truth, group by group and side by side."""
    assert asked.true_frames is not None
    assert len(asked.offers) == 16
    for offer in asked.offers:
        true = covered.by_hand(asked.true_frames, asked.eras, offer.key, offer.side, asked.national)
        assert offer.counted == true, (offer.key, offer.side)
        assert true["all"][1] > 20 or offer.key == "guardian"
    assert holding.counts_alike(asked)


def test_shares_and_curves_are_recovered_exactly(asked: Opened) -> None:
    """With nothing unreported, estimate and truth are one number."""
    assert asked.true_frames is not None
    for name, ask in shares.ALL.items():
        assert ask(asked.frames, asked.eras) == ask(asked.true_frames, asked.eras), name
    for picture in (drawn.waits(asked), drawn.leaving(asked)):
        drawn_curves = [one for panel in picture.panels for one in panel.curves if one.days]
        assert drawn_curves
        for one in drawn_curves:
            assert one.share == pytest.approx(one.truth)


def test_planted_medians_are_recovered_within_their_limits(asked: Opened) -> None:
    """Help comes sooner after the centre, as world.yml plants it, far beyond the limits."""
    found = spells.first_help(asked.frames, asked.eras)
    before, after = (spells.median(found[side]) for side in SIDES)
    assert before is not None
    assert after is not None
    assert after.high < before.low


def test_the_centre_becomes_the_hub_that_was_planted(asked: Opened) -> None:
    """No referral reaches it before it opens, and it receives most afterwards."""
    counts = {side: asked.referred[side].counts for side in SIDES}
    centre = asked.bodies.index("syn_centre")
    assert counts["before"][:, centre].sum() == 0
    assert counts["after"][:, centre].sum() == counts["after"].sum(axis=0).max()


def test_pictures_of_it_are_labelled_and_hide_small_counts(asked: Opened) -> None:
    """Invented persons are shown as real ones would be."""
    for picture in (drawn.funnel(asked), drawn.coverage(asked), drawn.ties(asked)):
        assert picture.synthetic
        assert holding.hides_small(picture, 5)
    few = replace(asked, smallest=400)
    assert holding.hides_small(drawn.coverage(few), 400)


def test_reports_that_never_came_are_no_zero(asked: Opened) -> None:
    """Nothing was handed in: every cell says so, coverage is withheld, the truth is missed."""
    none = replace(asked, cases=replace(asked.cases, received=asked.cases.received.slice(0, 0)))
    assert set(matrix(none.cases)["state"]) <= {"not_submitted", "not_due"}
    states = {due.state for _, dues in drawn.due_matrix(none).lines for due in dues}
    assert states <= {"none", "not_due"}
    assert not holding.finds_planted(none)
    shown = [one for _, groups in drawn.coverage(none).promises for one in groups]
    assert all(one.withheld for one in shown)


def test_a_finding_on_a_side_without_anybody_says_so(asked: Opened, danish: Study) -> None:
    """*Too few* would be a guess: nothing may have been sent."""
    none = replace(asked, cases=replace(asked.cases, received=asked.cases.received.slice(0, 0)))
    found = list(danish.offer_findings("coverage", none))
    assert found
    assert {one.verdict for one in found} == {"refused"}
    assert all("nothing was submitted" in one.sentence.en for one in found)


def test_findings_carry_the_truth_and_their_basis(asked: Opened, danish: Study) -> None:
    """An invented number that forgets that it is invented is the worst outcome of all."""
    found = [
        *danish.offer_findings("coverage", asked),
        *danish.share_findings("pathways", asked, shares.ALL),
        danish.wait_finding("pathways.wait", asked),
        danish.network_finding("cooperation.network", asked),
        danish.reports_finding("data_quality.received", asked),
    ]
    assert {one.basis for one in found} == {"synthetic"}
    assert all(one.fingerprint == asked.cases.fingerprint for one in found)
    told = [one for one in found if one.verdict in ("recorded_more", "recorded_fewer", "undecided")]
    assert len(told) > 10
    for one in told:
        assert any("the limits of the difference hold it" in each.en for each in one.caveats)
        assert one.grade == "C"
