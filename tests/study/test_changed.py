"""Changes of a series split by what rows say: the Danish record, other countries, and edges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analysis.contracts.findings import Finding
from analysis.contracts.published import Break, Text
from analysis.contracts.values import number
from analysis.places import Places
from analysis.study import Study, open_study
from analysis.study.changed import Known, NoStep, Step, steps, with_whole
from analysis.study.releases import OneRelease, Release, releases
from analysis.study.watched import LargeCase
from tests.study.conftest import Edit, MakeSeries

NOTHING = Text("", "")


def _break(flag: str, date: str, *, sourced: bool = True) -> Break:
    what = Text("Noget ændredes", "Something changed")
    quote = "q" if sourced else ""
    return Break(f"B-{flag}-{date}", flag, "DNK", date, ("*",), what, NOTHING, quote, quote)  # type: ignore[arg-type]


def _steps(study: Study, indicator: str) -> dict[tuple[int, int], Step]:
    series = study.series(indicator)
    found = (study.changes_during(series), study.changes_since(series))
    return {
        step.years: step
        for each in found
        if isinstance(each[indicator], tuple)
        for step in each[indicator]  # type: ignore[union-attr]
        if isinstance(step, Step)
    }


def _span(step: Step, part: Any) -> tuple[float, float, bool]:
    found = step.split.part(part)
    return found.low, found.high, found.asked


def test_the_case_of_2018_is_told_apart_from_the_rest(danish: Study) -> None:
    """One fewer hides 27 to 31 fewer beside one case: by hand, 97 - 98 less 26 to 30."""
    victims = _steps(danish, "victims_identified")
    assert _span(victims[2017, 2018], "one_large_case") == (26, 30, True)
    assert _span(victims[2017, 2018], "rest") == (-31, -27, True)
    assert _span(victims[2018, 2019], "one_large_case") == (-30, -26, True)
    assert _span(victims[2018, 2019], "rest") == (-7, -3, True)


def test_the_police_effort_of_2016_is_bounded_and_never_a_cause(danish: Study) -> None:
    """The source calls it part of the explanation and gives no number."""
    step = _steps(danish, "victims_identified")[2015, 2016]
    assert _span(step, "police_effort") == (0, 121, True)
    assert _span(step, "one_large_case") == (-37, 33, True)
    assert "DK-B-23" in step.rows
    told = {
        one.id: one
        for one in danish.record_changes(
            "trend.change", danish.changes_since(danish.series("victims_identified"))
        ).recorded
    }
    said = told["trend.change.victims_identified.2015-2016"].sentence
    assert "effort of police and others to find them means cannot be told: from none to 121" in (
        said.en
    )
    assert "accounts for" not in said.en
    assert "står for" not in said.da


def test_2007_counted_in_part_bounds_what_2008_could_hold_more(danish: Study) -> None:
    """August to December beside a whole year: anything from none to all 28 is the counting."""
    step = _steps(danish, "victims_identified")[2007, 2008]
    assert _span(step, "changed_definition") == (0, 28, True)
    (found, *_) = danish.record_changes(
        "identification.change", danish.changes_during(danish.series("victims_identified"))
    ).recorded
    assert found.id == "identification.change.victims_identified.2007-2008"
    assert "DK-B-14" in found.rows
    assert "2007 er måske kun talt i en del af året" in found.sentence.da


def test_a_figure_of_persons_that_is_one_of_charges_bounds_the_counting_rule(
    danish: Study,
) -> None:
    """40 and 67 are the prosecutor's charges; persons were 14 and 25."""
    suspected = _steps(danish, "persons_suspected")
    assert _span(suspected[2013, 2014], "changed_definition") == (0, 40 - 14, True)
    assert _span(suspected[2014, 2015], "changed_definition") == (0, 0, True)
    assert _span(suspected[2014, 2015], "rest") == (27, 27, True)
    assert _span(suspected[2015, 2016], "changed_definition") == (25 - 67, 0, True)


def test_every_change_is_split_once_under_either_pair_of_plans(
    danish: Study, next_pair: Study
) -> None:
    """A change before and one after the later plan stand in different notebooks."""
    for study, last in ((danish, 2010), (next_pair, 2014)):
        series = study.series("victims_identified")
        during, since = study.changes_during(series), study.changes_since(series)
        early, late = (
            {step.years[1] for step in each["victims_identified"]}  # type: ignore[union-attr]
            for each in (during, since)
        )
        assert max(early) <= last < min(late)


def test_every_part_leads_to_a_row(danish: Study) -> None:
    """A bound without a row would be ours alone."""
    found = danish.changes_since(danish.series("victims_identified"))
    assert danish.parts_are_sourced(found)
    (series_steps,) = found.values()
    first = series_steps[0]  # type: ignore[index]
    unsourced = replace(first, bounds=tuple(replace(one, rows=()) for one in first.bounds))
    assert not danish.parts_are_sourced({"victims_identified": (unsourced,)})
    shown = danish.listing("change_parts", found)
    assert all(shown.rows_of)
    assert len(shown.cells) == len(shown.rows_of) > len(series_steps)  # type: ignore[arg-type]


def _refused(study: Study) -> list[Finding]:
    series = [study.series(name) for name in ("victims_identified", "persons_suspected")]
    return [
        *study.record_changes("trend.change", study.changes_since(*series)).recorded,
        *study.record_changes("trend.revised", study.releases(*series)).recorded,
    ]


@pytest.mark.parametrize("country", ["SWE", "NLD", "BGR"])
def test_other_countries_are_refused_in_words_with_the_bounds_of_their_changes(
    country: str, danish: Study
) -> None:
    """No row speaks of a part there: silence must not read as no case and no effort."""
    study = open_study("DK-2002", "DK-2007", country=country, language="en", places=danish.places)
    found = _refused(study)
    assert {one.verdict for one in found} == {"refused"}
    assert all(one.rows for one in found)
    assert "no part of them can be told apart" in found[0].sentence.en
    assert "ingen del af dem kan skilles ud" in found[0].sentence.da


def test_bulgarian_changes_are_bounded_by_the_series_itself(bulgarian: Study) -> None:
    """By hand from the printed counts 2010-2022: 153 less 466, and 540 less 429."""
    (found,) = bulgarian.changes_since(bulgarian.series("victims_identified")).values()
    assert found == NoStep(bulgarian.series("victims_identified"), (2010, 2022), -313, 111)


def test_one_early_total_differs_and_seven_do_not(danish: Study) -> None:
    """297 came out before 2013 was over: at most that year's 76 are late."""
    (found,) = danish.releases(danish.series("victims_identified")).values()
    assert isinstance(found, tuple)
    changed = [one for one in found if isinstance(one, Release) and not one.same]
    assert [(one.years, one.before, one.after) for one in changed] == [
        ((2007, 2013), number(297), number(347))
    ]
    late = changed[0].split.part("late_reports")
    assert (late.low, late.high) == (0, 76)
    assert (changed[0].split.part("rest").low, changed[0].split.part("rest").high) == (-26, 50)
    assert sum(one.same for one in found if isinstance(one, Release)) == 7


def test_two_tables_of_the_prosecutor_agree(danish: Study) -> None:
    """June 2019 and January 2022 print the same persons for each of five years."""
    (found,) = danish.releases(danish.series("persons_convicted")).values()
    assert isinstance(found, tuple)
    assert [(one.years, one.same) for one in found if isinstance(one, Release)] == [
        ((year, year), True) for year in range(2014, 2019)
    ]
    assert all(one.published == 2019 for one in found if isinstance(one, Release))


def test_a_corrected_table_shows(edit: Edit, places: Places) -> None:
    """The day the prosecutor prints another number, the report has to say so."""

    def corrected(rows: list[dict[str, str]]) -> None:
        (row,) = [row for row in rows if row["row_id"] == "DK-F-0079"]
        row["value"] = "16"

    edit("figures", corrected)
    study = open_study("DK-2002", "DK-2007", country="DNK", language="en", places=places)
    told = study.record_changes(
        "trend.revised", study.releases(study.series("persons_convicted"))
    ).recorded
    (changed,) = [one for one in told if one.id.endswith("2016-2016")]
    assert "2016: 14 in the early figure, 16 in the late one, 2 more" in changed.sentence.en
    assert "late reports" in changed.sentence.en.split("Not asked")[1]


def test_what_stands_once_cannot_be_compared(series: MakeSeries) -> None:
    """One release is no evidence of no corrections."""
    once = series({2008: "28"})
    assert releases(once, []) == OneRelease(once)


def test_a_break_before_both_years_is_no_part(series: MakeSeries) -> None:
    """A rule in force from January counts both years alike; from August, only the later."""
    counted = series({2007: "17", 2008: "28"})
    whole = Known(recounted=(_break("F6", "2007-01"), _break("F1", "2007")))
    assert isinstance(steps(counted, whole, 2007, 2008), NoStep)
    (found,) = steps(counted, Known(recounted=(_break("F6", "2007-08"),)), 2007, 2008)  # type: ignore[misc]
    assert _span(found, "changed_definition") == (0, 28, True)
    (found,) = steps(counted, Known(recounted=(_break("F6", "2008-08"),)), 2007, 2008)  # type: ignore[misc]
    assert _span(found, "changed_definition") == (-17, 0, True)


def test_what_may_go_either_way_alone_is_not_split(series: MakeSeries) -> None:
    """A changed scope that nobody sized bounds nothing: the whole change stays in the rest."""
    counted = series({2011: "60", 2012: "66"})
    scope = Known(recounted=(_break("F1", "2011-12-14"),))
    assert isinstance(steps(counted, scope, 2011, 2012), NoStep)
    effort = replace(scope, efforts=(_break("F2", "2012"),))
    (found,) = steps(counted, effort, 2011, 2012)  # type: ignore[misc]
    assert _span(found, "changed_definition") == (-60, 66, True)
    assert _span(found, "police_effort") == (0, 66, True)
    unsourced = Known(efforts=(_break("F2", "2012", sourced=False),))
    assert isinstance(steps(counted, unsourced, 2011, 2012), NoStep)


def test_hidden_counts_widen_the_rest_and_not_the_case(series: MakeSeries) -> None:
    """<5 is 0 to 4: what is not known of a count stays in what is left."""
    counted = series({2017: "<5", 2018: "40"})
    case = Known(cases=with_whole([LargeCase("A", 2018, 26, 30, ("R-1",))], []))
    (found,) = steps(counted, case, 2017, 2018)  # type: ignore[misc]
    assert (found.split.change_low, found.split.change_high) == (36, 40)
    assert _span(found, "one_large_case") == (26, 30, True)
    assert _span(found, "rest") == (6, 14, True)


def test_a_case_never_counts_more_than_it_has() -> None:
    """37 in all and at least 2 in one year leave at most 35 for another."""
    own, whole = LargeCase("A", 2015, 2, 37, ("R-1",)), LargeCase("A", 2016, 37, 37, ("R-2",))
    known = with_whole([own], [whole, replace(whole, name="B"), replace(whole, year=2015)])
    assert [(one.case.year, one.case.low, one.case.high) for one in known] == [
        (2015, 2, 37),
        (2016, 0, 35),
    ]
    assert known[1].case.rows == ("R-2", "R-1")


def test_years_apart_are_no_change(series: MakeSeries) -> None:
    """A gap between two years is not one change, and a count without end bounds none."""
    assert steps(series({2007: "17", 2009: "28"}), Known(), 2003, 2010) == NoStep(
        series({2007: "17", 2009: "28"}), (2003, 2010)
    )
    assert isinstance(steps(series({2007: ">5", 2008: "28"}), Known(), 2003, 2010), NoStep)


def test_the_picture_fills_only_what_is_certain(danish: Study) -> None:
    """A bound drawn like a number would be read as one."""
    found = danish.changes_since(danish.series("victims_identified"))
    drawn = danish.parted(found)
    assert drawn.title.en.startswith("Changes in which a part can be told apart: 3 of 5.")
    by_state = {
        (change.heading.en[-9:], bar.label.en): bar.state
        for change in drawn.changes
        for bar in change.bars
    }
    assert by_state[" 1 fewer.", "One large case"] == "known"
    assert by_state[" 28 more.", "Effort of police and others"] == "open"
    assert all(change.bars[-1].state == "rest" for change in drawn.changes)
    assert set(drawn.rows) == {row for step in found["victims_identified"] for row in step.rows}  # type: ignore[union-attr]


def test_the_picture_of_another_country_says_why_it_is_empty(bulgarian: Study) -> None:
    """An empty axis would read as no change."""
    drawn = bulgarian.parted(bulgarian.changes_since(bulgarian.series("victims_identified")))
    assert (drawn.changes, drawn.silence.en) == ((), "No row says anything of a part of a change")
    assert drawn.title.da == "Ingen ændring kan deles op"
