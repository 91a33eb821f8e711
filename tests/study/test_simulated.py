"""Simulated worlds as a study draws them: sized by the record, held to claims, never a finding."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from analysis.contracts.findings import to_json
from analysis.contracts.outputs import FINDING
from analysis.contracts.published import LANGUAGES, Language, Text
from analysis.errors import FindingError
from analysis.findings import export, register
from analysis.language import words
from analysis.methods.simulated.judged import Held, Share
from analysis.methods.simulated.ratios import Ratios
from analysis.places import Places
from analysis.reporting import tables
from analysis.study import Study, open_study
from analysis.study.simulated import Simulation, holding, pictured, scale_of, settings, telling
from analysis.study.simulated.running import UP, compare, verdicts, world_of
from analysis.study.simulated.scale import YEARS_OTHERWISE, Scale

HOME = Places(Path(__file__).parents[2])
SERIES = ("persons_prosecuted", "persons_convicted", "victims_identified")
NOTHING = Scale((4, 4), 14.0, 4.0, (), (0, 0), Text("", ""))


@cache
def _study(country: str = "DNK") -> Study:
    return open_study("DK-2002", "DK-2007", country=country, language="en", places=HOME)


@cache
def _found() -> Simulation:
    return _study().simulate(*SERIES, usual=10.0, draws=400, seed=11)


def _setting(id: str) -> settings.Setting:
    return next(one for one in settings.SETTINGS if one.id == id)


# The size


def test_the_size_is_that_of_the_first_series_with_figures_under_both_plans() -> None:
    """7-19 and 93 in four years each: at most 112 in eight years, 14 a year."""
    scale = scale_of(_study(), SERIES, otherwise=10.0)
    assert (scale.years, scale.usual, scale.small) == ((4, 4), 14.0, 4.0)
    assert len(scale.peers) == 8
    assert "2003–2006" in scale.told.en


def test_a_country_without_such_a_series_gets_a_size_that_says_it_is_our_own() -> None:
    """A size that nobody published must not read as one that somebody did."""
    scale = scale_of(_study(), ("victims_identified",), otherwise=10.0)
    assert (scale.years, scale.usual, scale.peers) == (YEARS_OTHERWISE, 10.0, ())
    assert "our own" in scale.told.en


def test_the_same_seed_gives_the_same_numbers() -> None:
    """A reader who builds again must see what is printed."""
    again = _study().simulate(*SERIES, usual=10.0, draws=400, seed=11)
    assert repr(again) == repr(_found())


# The rule across a detector


def test_a_fall_behind_a_better_detector_is_recorded_more_and_never_higher() -> None:
    """The plan built the detector: "more because of the plan" would be the worst answer."""
    large = replace(NOTHING, usual=80.0)
    for id in ("detector", "detector_cases"):
        setting = _setting(id)
        found = compare(setting, world_of(setting, large), np.random.default_rng(3), 4_000)
        assert found.world.happened == 0.75
        assert not {"higher", "lower"} & set(found.said)
        assert found.said["recorded_more"].value > 0.3


def test_without_the_noted_break_the_same_counts_say_higher() -> None:
    """What the page admits: the rule is as good as the record of breaks."""
    setting = _setting("detector_unsaid")
    large = replace(NOTHING, usual=80.0)
    found = compare(setting, world_of(setting, large), np.random.default_rng(3), 1_000)
    assert found.said["higher"].value > 0.9
    assert found.false_more.value == found.said["higher"].value


def test_one_large_case_is_not_called_a_rise() -> None:
    """Exact limits alone would; the wider pair must not."""
    setting = _setting("large_case")
    found = compare(setting, world_of(setting, NOTHING), np.random.default_rng(3), 4_000)
    assert found.false_more.value <= 0.05
    assert found.exact_alone.value > 0.5


def _one(least: float, exact: tuple[float, float], spread: tuple[float, float]) -> Ratios:
    one, low, high, spread_low, spread_high = (np.array([n]) for n in (least, *exact, *spread))
    return Ratios(one, one, low, high, spread_low, spread_high, np.array([False]))


@pytest.mark.parametrize(
    ("spread", "said"),
    [((1.2, 3.0), "higher"), ((0.9, 4.0), "undecided"), ((np.nan, np.nan), "undecided")],
)
def test_the_rule_is_that_of_the_findings(spread: tuple[float, float], said: str) -> None:
    """Both pairs must agree; persons without dispersed limits decide nothing."""
    assert verdicts(_one(2.0, (1.5, 2.5), spread)) == [said]


# Claims


def test_every_claim_holds_at_the_size_of_the_country() -> None:
    """What the notebook requires, and the build stops on."""
    found = _study().simulate(*SERIES, usual=10.0, draws=2_000, seed=20_021)
    assert {name: claim(found) for name, claim in holding.CLAIMS.items()} == dict.fromkeys(
        holding.CLAIMS, True
    )


@pytest.mark.parametrize(
    ("share", "claim", "kept"),
    [
        (0.95, "about", True),
        (0.92, "about", False),
        (0.98, "about", False),
        (0.98, "at_least", True),
        (0.92, "at_least", False),
        (0.40, "none", True),
    ],
)
def test_limits_are_held_to_what_they_claim(
    share: float, claim: settings.Claim, kept: bool
) -> None:
    """A check that cannot fail would let a broken method through."""
    assert holding.keeps(Held(Share(share, 2_000), 2.0), claim) == kept


def test_a_method_that_stops_holding_is_noticed() -> None:
    """Each claim in turn is broken in an otherwise sound simulation."""
    found = _found()
    first, *rest = found.compared
    often = Share(0.2, 400)
    narrow = replace(first, exact=Held(often, 1.1))
    hasty = replace(first, false_more=often)
    assert not holding.coverage(replace(found, compared=(narrow, *rest)))
    assert not holding.verdicts(replace(found, compared=(hasty, *rest)))
    crossed = next(one for one in found.compared if one.setting.break_flag)
    blind = replace(crossed, said={"higher": Share(0.01, 400)})
    assert not holding.never_higher(replace(found, compared=(blind,)))
    watched = replace(found.watched[0], any_signal=often)
    assert not holding.alarms(replace(found, watched=(watched,)))


def test_a_false_direction_counts_as_wrong_and_a_true_one_does_not() -> None:
    """Power must not be booked as error, nor error as power."""
    by_id = {one.setting.id: one for one in _found().compared}
    assert by_id["rise"].said["higher"].value > 0.5
    assert by_id["rise"].false_more.value == 0
    assert by_id["detector"].false_more.value == 0
    calm = by_id["calm_cases"]
    said = sum(calm.said[name].value for name in UP if name in calm.said)
    assert calm.false_more.value == pytest.approx(said)


# What is shown


@pytest.mark.parametrize("name", sorted(telling.LISTINGS))
@pytest.mark.parametrize("told", LANGUAGES)
def test_every_table_is_synthetic_in_every_line(name: str, told: Language) -> None:
    """Exports are opened without the page around them."""
    listing = telling.LISTINGS[name](_found())
    assert listing.basis == "synthetic"
    assert not any(listing.rows_of)
    table = tables.rows_table("a", listing, language=told).table
    assert {line[-1] for line in table.cells} == {words.say("simulation.basis", told)}
    assert all(len(line) == len(table.columns) for line in table.cells)
    assert "nan" not in " ".join(cell for line in table.cells for cell in line)


def test_verdict_shares_add_up_to_all_repetitions() -> None:
    """A missing verdict would make a rule look quieter than it is."""
    for _, _, shares, _, _ in pictured.answers(_found()).worlds:
        assert sum(shares) == pytest.approx(1.0)


# Never a finding

NOTEBOOK = HOME.home / "notebooks" / "simulation.ipynb"


def _invented() -> dict[str, object]:
    """Make a finding by hand of what no maker here would make."""
    counted = _study().series("persons_prosecuted")
    finding = _study().record("prosecution.prosecuted", _study().compare(counted)).finding
    return to_json(replace(finding, id="simulation.calm", basis="synthetic"))


def test_the_notebook_records_nothing() -> None:
    """No call that makes a finding: what is invented is shown, not registered."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert "study.record" not in code


def test_a_synthetic_finding_is_refused_on_every_way_into_a_report(tmp_path: Path) -> None:
    """The register of a build, what it writes, and what a synthesis reads: all refuse."""
    invented = _invented()
    executed = {"cells": [{"cell_type": "code", "outputs": [{"data": {FINDING: invented}}]}]}
    with pytest.raises(FindingError, match="1 findings rest on synthetic data"):
        register.collect({("simulation", "en"): executed})
    with pytest.raises(FindingError, match="1 findings rest on synthetic data"):
        export.write([{**invented, "notebook": "simulation"}], tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / register.REGISTER).write_text(
        json.dumps([{**invented, "notebook": "simulation"}]), encoding="utf-8"
    )
    with pytest.raises(FindingError, match="1 findings rest on synthetic data"):
        register.load(tmp_path)
