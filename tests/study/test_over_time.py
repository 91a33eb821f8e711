"""A series over time: the Danish replay, other countries' figures, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analysis.contracts.published import Break, Text
from analysis.places import Places
from analysis.study import Study, open_study
from analysis.study.trends import Level, Short, course, factor, level_change
from analysis.study.watched import LargeCase, Shift, Watched, shift, watch

HOME = Places(Path(__file__).parents[2])
NOTHING = Text("", "")


@cache
def _study(country: str = "DNK", pair: tuple[str, str] = ("DK-2002", "DK-2007")) -> Study:
    return open_study(*pair, country=country, language="en", places=HOME)


@cache
def _victims(country: str = "DNK", pair: tuple[str, str] = ("DK-2002", "DK-2007")) -> Any:
    opened = _study(country, pair)
    return opened.watch(opened.series("victims_identified"), baseline=8, draws=2_000, seed=2007)


def test_a_large_case_counted_once_raises_no_alarm() -> None:
    """2018 had no more cases than its neighbours; counted by persons it would look so."""
    found = _victims()
    assert found.replay("independent").judges(2018) == "always"
    assert found.replay("even").judges(2018) == "never"
    assert found.headline.judges(2018) == "never"
    assert _study().never_alone(found)


def test_a_police_effort_is_no_trend() -> None:
    """2016 is shown and not judged; left in, it stands out only if cases scatter by chance."""
    found = _victims()
    assert [brk.year for brk in found.efforts] == [2016]
    assert found.headline.charts[0].set_aside == (2016.0,)
    assert found.replay("even").judges(2016) == "always"
    assert found.replay("left_in").judges(2016) == "never"
    assert _study().effort_is_no_trend(found)


def test_sizes_that_nobody_states_are_bounds() -> None:
    """26 to 30 and 2 to 37: a size in between would be invented."""
    opened = _study()
    cases = opened.large_cases(opened.series("victims_identified"))
    assert [(one.year, one.low, one.high) for one in cases] == [(2015, 2, 37), (2018, 26, 30)]
    assert len(_victims().headline.charts) == 4
    counts = {one[10] for one in _victims().headline.counts}
    assert counts == {97 - 26 + 1, 97 - 30 + 1}


def test_a_case_told_under_other_headings_is_not_counted_twice() -> None:
    """The four from Sri Lanka are part of the case, not a case of their own."""
    opened = _study()
    rows = opened.figures("victims_identified")
    assert (rows["breakdown"] == "case=Padborg;citizenship=sri_lanka").any()
    names = [one.name for one in opened.large_cases(opened.series("victims_identified"))]
    assert names == ["Hvepsebo", "Padborg"]


def test_a_year_counted_in_part_is_left_out() -> None:
    """17 in August to December of 2007 would make any course rise."""
    found = course(_study().series("victims_identified"), 2007)
    assert (found.partial, found.years[0]) == ((2007,), 2008)
    assert course(_study().series("persons_prosecuted"), 2007).partial == ()


def test_level_is_refused_by_the_number_of_years() -> None:
    """No years before for victims, four for prosecutions: said, not crashed."""
    opened = _study()
    found = opened.levels(opened.series("victims_identified"), opened.series("persons_prosecuted"))
    victims, prosecuted = found.values()
    assert isinstance(victims, Short)
    assert (victims.before, victims.after) == (0, 15)
    assert isinstance(prosecuted, Short)
    assert (prosecuted.before, prosecuted.after) == (4, 16)
    shown = opened.record_over_time("trend.level", found).recorded
    assert {one.verdict for one in shown} == {"refused"}
    assert "no years with figures before 2007" in shown[0].sentence.en
    assert "Der er ingen år med tal før 2007" in shown[0].sentence.da


def test_level_is_told_where_eight_years_stand_on_either_side() -> None:
    """The plan of 2011 has eight years of prosecutions before it; they decide nothing."""
    opened = _study(pair=("DK-2007", "DK-2011"))
    found = opened.levels(opened.series("persons_prosecuted"))
    (result,) = found.values()
    assert isinstance(result, Level)
    assert (result.before, result.after) == (8, 12)
    (finding,) = opened.record_over_time("trend.level", found).recorded
    assert (finding.grade, finding.verdict) == ("C", "undecided")
    assert finding.limits is not None
    assert finding.limits.low < 1 < finding.limits.high


def test_level_of_exact_counts_leads_with_the_wider_limits() -> None:
    """Above a dispersion of 2 both families are fitted, and both are printed."""
    opened = _study("NLD", ("DK-2007", "DK-2011"))
    found = opened.levels(opened.series("persons_prosecuted"))
    (finding,) = opened.record_over_time("trend.level", found).recorded
    assert {finding.limits.method, finding.other_limits[0].method} == {  # type: ignore[union-attr]
        "quasi_poisson",
        "negative_binomial",
    }
    assert opened.leads_with_wider(finding)


def test_a_factor_claims_no_direction_of_the_plan() -> None:
    """Without a year before the plan the grade is D, and the verdict never more or fewer."""
    opened = _study()
    series = [opened.series(code) for code in ("victims_identified", "persons_convicted")]
    victims, convicted = opened.record_over_time("trend.slope", opened.factors(*series)).recorded
    assert (victims.grade, victims.verdict) == ("D", "described")
    assert convicted.verdict == "undecided"
    assert convicted.estimate.kind == "interval"
    assert any("2007 may be counted for part" in caveat.en for caveat in victims.caveats)


@pytest.mark.parametrize("country", ["SWE", "NLD", "BGR"])
def test_other_countries_are_charted_or_refused_in_words(country: str) -> None:
    """The same notebook runs for all; what the data cannot bear is said."""
    opened, found = _study(country), _victims(country)
    assert isinstance(found, Watched)
    assert not found.cases
    sentence = opened.record_chart("trend.odd_years", found).finding.sentence
    assert "known large cases" not in sentence.en
    assert "{" not in sentence.en + sentence.da
    (level,) = opened.levels(opened.series("victims_identified")).values()
    assert isinstance(level, Short)


def test_cusum_alarms_only_with_the_effort_left_in() -> None:
    """One odd year with a cause of its own must not pass for a lasting shift."""
    opened, found = _study(), _victims()
    result = opened.shift(found, ratio=1.5, run_length=100, within=4)
    assert isinstance(result, Shift)
    assert all(one.more.alarm is None and one.fewer.alarm is None for one in result.sums)
    assert all(one.more.alarm is not None for one in result.left_in)
    finding = opened.record_chart("trend.shift", result).finding
    assert "no alarm" in finding.sentence.en
    assert "ingen alarm" in finding.sentence.da


def test_the_smallest_shift_found_in_time_is_the_smallest() -> None:
    """The next smaller one tried takes longer than the years given, at the worse reading."""
    found = _victims()
    result = shift(found, ratio=1.5, run_length=100, within=4)
    assert isinstance(result, Shift)
    assert result.more is not None
    longer = shift(found, ratio=1.5, run_length=100, within=8)
    assert isinstance(longer, Shift)
    assert longer.more is not None
    assert longer.more[0] <= result.more[0]
    assert longer.more[1] <= result.more[1]


def test_cusum_refuses_large_counts() -> None:
    """A thousand a year need no chart for small counts."""
    opened = _study("NLD")
    result = opened.shift(_victims("NLD"), ratio=1.5, run_length=100, within=4)
    finding = opened.record_chart("trend.shift", result).finding
    assert finding.verdict == "refused"
    assert "at most 1,000 a year" in finding.sentence.en
    assert "højst 1.000 om året" in finding.sentence.da


def test_a_chart_is_refused_where_years_are_few_or_missing(series: Any) -> None:
    """Eight years to measure against and one to measure, without a gap."""
    short = course(series(dict.fromkeys(range(2007, 2015), "9")), 2007)
    found = watch(short, (), (), baseline=8, draws=1_000, seed=1)
    assert (found.reason, found.found, found.needed) == ("few_to_chart", 8, 9)  # type: ignore[union-attr]
    gap = course(series({year: "9" for year in range(2007, 2020) if year != 2012}), 2007)
    found = watch(gap, (), (), baseline=8, draws=1_000, seed=1)
    assert found.reason == "gap"  # type: ignore[union-attr]


def test_a_case_larger_than_its_year_is_refused(series: Any) -> None:
    """Twelve persons cannot hold a case of twenty: the two are not counted by one rule."""
    own = course(series(dict.fromkeys(range(2007, 2020), "12")), 2007)
    case = LargeCase("a", 2018, 20, 20, ())
    found = watch(own, (case,), (), baseline=8, draws=1_000, seed=1)
    assert found.reason == "no_chart"  # type: ignore[union-attr]


def test_the_first_charted_year_is_never_set_aside(series: Any) -> None:
    """What changed when the series begins holds for all of it, and is no single effort."""
    made = series(dict.fromkeys(range(2007, 2020), "12"))
    brk = Break("b", "F2", "DNK", "2007", ("*",), NOTHING, NOTHING, "", "")
    later = replace(brk, date="2015")
    found = watch(course(made, 2007), (), (brk, later), baseline=8, draws=1_000, seed=1)
    assert isinstance(found, Watched)
    assert found.efforts == (later,)


def test_a_series_without_figures_is_not_submitted(series: Any) -> None:
    """An empty series is a silence, not a crash."""
    opened = _study()
    empty = series({})
    results = {"a": factor(empty, 2007), "b": level_change(empty, 2007)}
    shown = opened.record_over_time("trend.slope", results).recorded
    assert {one.verdict for one in shown} == {"not_submitted"}
    silent = watch(course(empty, 2007), (), (), baseline=8, draws=1_000, seed=1)
    assert opened.record_chart("trend.odd_years", silent).finding.verdict == "not_submitted"


def test_hollow_years_lie_before_the_last_change_of_what_is_counted() -> None:
    """A reader must see at a glance which points are not one series."""
    opened, found = _study(), _victims()
    finding = opened.record_chart("trend.odd_years", found).finding
    headline = opened.charts(found, finding).panels[-1]
    hollow = [point.year for point in headline.points if point.hollow]
    assert hollow == [2008, 2009, 2010, 2011, 2016]
    (aside,) = (point for point in headline.points if point.state == "aside")
    assert aside.year == 2016
