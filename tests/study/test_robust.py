"""Headlines under every registered choice: by hand, each way once, nothing lost in silence."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from analysis.contracts import protocol as protocols
from analysis.contracts.findings import Finding
from analysis.errors import ParameterError
from analysis.methods.multiverse.estimating import REASONS
from analysis.methods.multiverse.orders import ASSUMED
from analysis.study import Study, robust_told
from analysis.study.comparison import Counted
from analysis.study.robust import Robust, Untold, protocol_of, registered
from analysis.study.ways import REGISTERED, checked

HOME = Path(__file__).parents[2]
LIMITS = REGISTERED["dispersion"]


def _robust(opened: Study, indicator: str, **only: str) -> Robust:
    found = opened.robustness(indicator, draws=99, seed=1, **only)
    assert isinstance(found, Robust)
    return found


@pytest.fixture(scope="module")
def prosecuted(danish: Study) -> Robust:
    """Persons prosecuted: 7, <5, <5, <5 before; 22, 25, 29, 17 after."""
    return _robust(danish, "persons_prosecuted")


def _value(found: Robust, **taken: str) -> float:
    first = {choice.name: choice.options[0] for choice in found.ways.grid.choices}
    wanted = tuple((first | taken)[name] for name in found.curve.choices)
    (value,) = (one.estimate.value for one in found.curve.points if one.options == wanted)
    return value


# Reference: worked out by hand from the printed counts


@pytest.mark.parametrize(
    ("taken", "ratio"),
    [
        ({}, 93 / 19),
        ({"reading": "most"}, 93 / 7),
        # 2004-2006 against 2007-2009.
        ({"window": "three_years"}, (76 / 3) / (12 / 3)),
        # 12, 9, 21 and <5 follow the plan.
        ({"window": "years_after"}, ((93 + 12 + 9 + 21) / 8) / (19 / 4)),
        # 2007 counts as before, 2011 as after.
        ({"start": "year_later"}, (25 + 29 + 17 + 12) / (12 + 22)),
        ({"excluded": "highest_year"}, (64 / 3) / (19 / 4)),
        # Breaks with a source: the strategy of 2006, agreement and reflection period of 2007.
        ({"excluded": "break_years"}, (71 / 3) / (15 / 3)),
        ({"reading": "most", "excluded": "break_years"}, (71 / 3) / (7 / 3)),
    ],
)
def test_each_way_is_the_ratio_that_its_name_says(
    prosecuted: Robust, taken: dict[str, str], ratio: float
) -> None:
    """A choice whose name says one thing and whose years are others is worse than none."""
    assert _value(prosecuted, **taken) == pytest.approx(ratio, rel=1e-12)


def test_other_countries_are_added_up_and_divided_by(prosecuted: Robust) -> None:
    """Least favourable at home goes with the reading that shows the largest rise elsewhere."""
    others = prosecuted.ways.comparators["countries"]
    before = sum(others.events.low[:4])
    after = sum(others.events.high[4:8])
    assert _value(prosecuted, comparator="countries") == pytest.approx(
        (93 / 19) / (after / before), rel=1e-12
    )


def test_inhabitants_are_those_of_the_record(danish: Study, prosecuted: Robust) -> None:
    """Per inhabitant means over the mid-year population of the same years."""
    people = danish.population_of("DNK")
    before, after = (
        sum(people.value(year).bounds[0] for year in range(first, first + 4))
        for first in (2003, 2007)
    )
    assert _value(prosecuted, exposure="population") == pytest.approx(
        (93 / after) / (19 / before), rel=1e-12
    )


def test_one_year_at_a_time_is_left_out(prosecuted: Robust) -> None:
    """Without 2009: 64 in three years; without 2003 there may have been none before."""
    found = {one.year: one.ratio for one in prosecuted.without}
    assert found[2009] == pytest.approx(((64 / 3) / (19 / 4), (64 / 3) / (7 / 4)))
    assert found[2003] == pytest.approx(((93 / 4) / (12 / 3), math.inf))
    assert [one.year for one in prosecuted.without if one.open] == [2003]


def test_something_unseen_is_measured_against_the_ratio_nearest_to_no_change(
    prosecuted: Robust,
) -> None:
    """E-value of 4.89: 4.89 + sqrt(4.89 x 3.89), by the formula of VanderWeele and Ding."""
    assert prosecuted.unseen is not None
    ratio = 93 / 19
    assert prosecuted.unseen.ratio == pytest.approx(ratio)
    assert prosecuted.unseen.needed.point == pytest.approx(ratio + math.sqrt(ratio * (ratio - 1)))


# Properties


@pytest.mark.parametrize("indicator", ["persons_prosecuted", "persons_convicted"])
def test_no_two_ways_count_the_same(danish: Study, indicator: str) -> None:
    """Counting one way twice makes a large number of ways out of few."""
    found = _robust(danish, indicator)
    drawn = robust_told.drawn(found)
    options = [way.options for way in drawn.ways]
    assert len(options) == len(set(options))
    kept = len(found.curve.points) + len(found.curve.refusals)
    left_out = sum(count for _, count in found.curve.excluded)
    assert kept + left_out == found.ways.grid.combinations
    per_year = [way for way in drawn.ways if way.options[4:] == ("years", "none")]
    ratios = [(way.options[:3], round(way.ratio, 12)) for way in per_year]
    assert len(ratios) == len(set(ratios))


def test_limits_make_no_further_way_of_counting(prosecuted: Robust) -> None:
    """Two rules for limits would double every number of ways without counting anything new."""
    held = robust_told.held(prosecuted)
    assert held.ways * len(LIMITS) == len(prosecuted.curve.points)
    assert held.above + held.below <= held.ways


def test_ways_are_drawn_from_the_lowest_ratio_to_the_highest(prosecuted: Robust) -> None:
    """The picture's whole meaning is its order."""
    drawn = robust_told.drawn(prosecuted)
    assert all(one.ratio <= two.ratio for one, two in pairwise(drawn.ways))
    headline = [way.ratio for way in drawn.ways if way.headline]
    assert headline == pytest.approx([93 / 19, 93 / 7])


@pytest.mark.parametrize(
    "taken",
    [{"window": "three_years"}, {"comparator": "countries", "exposure": "population"}],
)
def test_a_narrowed_grid_gives_what_the_whole_grid_gives(
    danish: Study, prosecuted: Robust, taken: dict[str, str]
) -> None:
    """A sweep runs one way at a time: the years and countries behind it must not change."""
    one_way = {name: options[0] for name, options in REGISTERED.items()} | taken
    found = _robust(danish, "persons_prosecuted", **one_way)
    (point,) = found.curve.points
    (same,) = (one for one in prosecuted.curve.points if one.options == point.options)
    assert point == same
    assert found.ways.rows == prosecuted.ways.rows


def test_the_same_seed_gives_the_same_test(danish: Study, prosecuted: Robust) -> None:
    """A p-value that changes from build to build is no result."""
    assert _robust(danish, "persons_prosecuted").test == prosecuted.test


# Edges


def test_breaks_without_a_source_leave_no_year_out(bulgarian: Study) -> None:
    """What nobody has shown cannot take figures away; the option says so and stays empty."""
    found = _robust(bulgarian, "persons_prosecuted")
    (excluded,) = (one for one in robust_told.labels(found) if one.choice == "excluded")
    said = {one.option: one.silence.en for one in excluded.options if one.silence}
    assert said["break_years"] == "the breaks are unsourced"
    assert said["part_years"] == "no year was counted in part only"


def test_a_country_without_hidden_counts_has_one_reading_at_home(bulgarian: Study) -> None:
    """Four readings of the same numbers are one."""
    found = _robust(bulgarian, "persons_prosecuted")
    drawn = robust_told.drawn(found)
    alone = [way for way in drawn.ways if way.options[-1] == "none"]
    assert {way.options[3] for way in alone} == {"least"}


def test_a_series_without_a_baseline_is_refused_in_words(danish: Study) -> None:
    """No official series of victims before 2007: there is nothing to be robust."""
    found = danish.robustness("victims_identified", draws=99, seed=1)
    assert isinstance(found, Untold)
    assert isinstance(found.headline, Counted)
    made = robust_told.finding(danish, "robustness.identified", found)
    assert made.verdict == "refused"
    assert "2003–2006" in made.sentence.en
    assert made.sentence.da.startswith("Alle rimelige måder at tælle på: afvist.")


def test_an_option_that_says_nothing_is_refused_in_words(danish: Study) -> None:
    """A sweep asks every series every option; a silent fallback would be counted as a way."""
    found = danish.robustness("persons_prosecuted", draws=99, seed=1, excluded="part_years")
    made = robust_told.finding(danish, "robustness.prosecuted", found)
    assert made.verdict == "refused"
    assert "no year was counted in part only" in made.sentence.en


def test_a_way_without_a_ratio_is_refused_in_words(danish: Study) -> None:
    """2004-2006 may have had none: the most favourable ratio is infinite."""
    taken = {name: options[0] for name, options in REGISTERED.items()}
    taken |= {"window": "three_years", "reading": "most"}
    found = danish.robustness("persons_prosecuted", draws=99, seed=1, **taken)
    made = robust_told.finding(danish, "robustness.prosecuted", found)
    assert made.verdict == "refused"
    assert "a period has 0" in made.sentence.en


def test_an_unknown_option_names_what_is_known(danish: Study) -> None:
    """A misspelt option must not become the whole grid."""
    with pytest.raises(ParameterError, match="window=four_years"):
        danish.robustness("persons_prosecuted", draws=99, seed=1, window="four_years")


def test_every_reason_and_assumption_has_words() -> None:
    """A method that learns to refuse for a new reason must not print English code in Danish."""
    assert set(REASONS[1:]) <= set(robust_told.SILENCES)
    catalogue = yaml.safe_load(
        (HOME / "src/analysis/language/wording/robustness.yml").read_text(encoding="utf-8")
    )
    for name in robust_told.SILENCES.values():
        assert f"silence_{name}" in catalogue
    for name in ASSUMED.values():
        assert f"assume_{name}" in catalogue


# The protocol


def _protocol(**changes: object) -> str:
    document = yaml.safe_load(
        (HOME / "evaluations/denmark-2002-2007.yml").read_text(encoding="utf-8")
    )
    document["protocol"]["written"] = str(document["protocol"]["written"])
    document["protocol"] |= changes
    return protocols.shaped(document).canonical


def test_the_evaluations_grid_is_the_one_that_is_run(
    danish: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registered grid that is not the one run is a registration of nothing."""
    narrow = {name: [options[0]] for name, options in REGISTERED.items()}
    monkeypatch.setenv(protocols.VARIABLE, _protocol(grid=narrow | {"reading": ["least", "most"]}))
    kind, hashed = robust_told.laid_down(danish)
    kept = protocol_of(danish)
    assert kept is not None
    assert (kind, hashed) == ("protocol", kept.sha256)
    found = _robust(danish, "persons_prosecuted")
    assert {round(one.estimate.value, 9) for one in found.curve.points} == {
        round(93 / 19, 9),
        round(93 / 7, 9),
    }


def test_the_shipped_protocol_registers_every_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The evaluation's file and the notebook must not drift apart."""
    laid_down = protocols.read(_protocol())
    assert laid_down is not None
    assert checked(laid_down.grid) == REGISTERED


def test_a_protocol_on_another_comparison_lays_down_nothing_here(
    bulgarian: Study, next_pair: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was registered for one country was not registered for the next."""
    monkeypatch.setenv(protocols.VARIABLE, _protocol(grid={"reading": ["least"]}))
    for opened in (bulgarian, next_pair):
        assert registered(opened) == REGISTERED
        assert robust_told.laid_down(opened)[0] == "generic"


def test_a_grid_that_nothing_can_do_is_refused() -> None:
    """A choice that is registered and silently dropped is the worst of both."""
    with pytest.raises(ParameterError, match=r"2 choices or options are unknown"):
        checked({"limits": ["wider"], "reading": ["least", "middle"]})


# What is told


def _told(opened: Study, found: Robust) -> Finding:
    return robust_told.finding(opened, "robustness.prosecuted", found)


def test_the_finding_counts_ways_and_claims_no_direction(danish: Study, prosecuted: Robust) -> None:
    """Agreement is not evidence of a cause; the verdict of the headline stands beside it."""
    made, held = _told(danish, prosecuted), robust_told.held(prosecuted)
    assert made.verdict == "described"
    assert made.limits is None
    assert f"in {held.above} of {held.ways} reasonable ways" in made.sentence.en
    assert not any("signific" in said.en for said in (made.sentence, made.short, *made.caveats))
    assert any("more recorded, cannot be put down to the plan" in one.en for one in made.caveats)
    assert made.contrary


def test_ways_on_the_other_side_speak_against_the_finding(danish: Study) -> None:
    """The lowest ratio is told with the choices that lead there."""
    found = _robust(danish, "persons_convicted")
    made, held = _told(danish, found), robust_told.held(found)
    assert held.below
    said = [one.text.en for one in made.contrary]
    assert any(one.startswith(f"In {held.below} of {held.ways} ways") for one in said)


def test_one_way_has_limits_and_no_test(danish: Study) -> None:
    """A sweep's table needs an estimate with limits from each run."""
    taken = {name: options[0] for name, options in REGISTERED.items()}
    found = _robust(danish, "persons_prosecuted", **taken)
    made = _told(danish, found)
    assert made.estimate.exact
    assert made.limits is not None
    assert made.limits.method == "dispersed"
    assert found.test is None
    assert "counted in one way" in made.sentence.en


def test_choices_left_out_of_a_sentence_are_those_of_the_headline(prosecuted: Robust) -> None:
    """A reader is told what differs, not what does not."""
    held = robust_told.held(prosecuted)
    assert "calendar year" not in held.furthest.en
