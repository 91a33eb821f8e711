"""series: against the figures as the sources print them, and at the edges of what is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.contracts.values import interval, number
from analysis.errors import ParameterError
from analysis.places import Places
from analysis.published.load import Record, open_record
from analysis.published.series import comparators, policy_index, population, series


def test_prosecutions_are_the_rows_that_unodc_prints(record: Record) -> None:
    """The headline of the whole comparison rests on these eight cells."""
    found = series(record, "persons_prosecuted", "DNK").within(2003, 2010)
    assert [point.as_printed for point in found.points] == [
        "7", "<5", "<5", "<5", "22", "25", "29", "17",
    ]  # fmt: skip
    assert found.total(2003, 2006) == interval(7, 19)
    assert found.total(2007, 2010) == number(93)


def test_convictions_begin_in_2004_and_are_not_filled_in_before(record: Record) -> None:
    """A year nobody published is not known: four years against four would be invented."""
    found = series(record, "persons_convicted", "DNK")
    assert found.missing(2003, 2006) == (2003,)
    assert found.total(2004, 2006) == interval(7, 15)
    assert found.total(2007, 2010) == interval(27, 31)
    assert not found.total(2003, 2006).known


def test_victims_have_no_year_before_2007(record: Record) -> None:
    """The first plan has no baseline, and a series must not pretend one."""
    found = series(record, "victims_identified", "DNK")
    assert [found.value(year).low for year in range(2007, 2011)] == [17, 28, 47, 53]
    assert found.years[0] == 2007


def test_contacts_are_another_series_than_identified_victims(record: Record) -> None:
    """1,067 women met by outreach workers are not 1,067 victims."""
    contacts = series(
        record, "potential_victims_contacted", "DNK", "by=social_organisations;sex=female"
    )
    victims = series(record, "victims_identified", "DNK")
    assert contacts.value(2009) == number(1067)
    assert contacts.rule != victims.rule
    assert not set(contacts.rows) & {*victims.rows, *victims.conflicts}


def test_a_figure_for_part_of_a_year_is_never_a_year(record: Record) -> None:
    """92 victims of August 2007 to December 2009 stand beside the series, not in it."""
    found = series(record, "victims_identified", "DNK")
    beside = [record.row(row) for row in found.conflicts]
    assert ("92", "2007-08-01/2009-12-31") in [(row.as_printed, row.period) for row in beside]


def test_figures_of_others_that_exclude_the_picked_one_are_conflicts(record: Record) -> None:
    """25 and 11 (US TIP) against 29 and 10, and the prosecutor's 4 and 14 against 7 and 15."""
    convicted = record.rows(series(record, "persons_convicted", "DNK").conflicts)
    assert {("ustip", "2009", "11"), ("ra", "2015", "4"), ("ra", "2016", "14")} <= {
        (row.publisher, row.period, row.as_printed) for row in convicted
    }
    prosecuted = record.rows(series(record, "persons_prosecuted", "DNK").conflicts)
    assert [(row.publisher, row.as_printed) for row in prosecuted] == [("ustip", "25")]


def test_a_figure_within_the_interval_is_no_conflict(record: Record) -> None:
    """The prosecutor's 1 of 2016 is one of the readings of UNODC's <5."""
    table = record.table("figures", "DNK")
    prosecutor = table[(table.indicator == "persons_prosecuted") & (table.publisher == "ra")]
    found = series(record, "persons_prosecuted", "DNK")
    assert found.value(2016) == interval(0, 4)
    assert not set(prosecutor.row_id) & set(found.conflicts)


def test_nothing_published_is_a_series_without_points(record: Record) -> None:
    """A country that nobody counted is a finding, not a crash."""
    found = series(record, "hotline_calls", "SWE")
    assert (found.points, found.total(2007, 2010).known) == ((), False)


def test_a_heading_printed_twice_is_not_known(record: Record) -> None:
    """Four rows of *other forms* in one year: adding or picking one would be a guess."""
    found = series(record, "victims_identified", "DNK", "form=other")
    assert not found.value(2017).known
    assert {f"UNODC-DNK-victims_identified-form=other-2017.{n}" for n in (1, 2, 3, 4)} <= set(
        found.conflicts
    )


def test_the_latest_count_of_one_publisher_is_taken(
    small: Places, figures: Callable[..., Path]
) -> None:
    """Registers are counted again as cases proceed; the day of the count decides."""
    both = {"publisher": "ra", "counting_rule": "prosecutor_262a", "indicator": "charges_raised"}
    figures(
        {**both, "row_id": "SE-F-1", "as_of": "2019-06-01", "value": "7"},
        {**both, "row_id": "SE-F-2", "as_of": "2022-01-15", "value": "9"},
    )
    found = series(open_record(small), "charges_raised", "SWE")
    assert [(point.row, point.as_printed) for point in found.points] == [("SE-F-2", "9")]


def test_a_publisher_that_contradicts_itself_is_not_known(
    small: Places, figures: Callable[..., Path]
) -> None:
    """Two counts of the same day exclude each other: neither is picked."""
    both = {"publisher": "ra", "counting_rule": "prosecutor_262a", "indicator": "charges_raised"}
    figures(
        {**both, "row_id": "SE-F-1", "value": "7"},
        {**both, "row_id": "SE-F-2", "value": "9", "source_url": "https://example.org/2"},
    )
    found = series(open_record(small), "charges_raised", "SWE")
    assert not found.value(2007).known
    assert set(found.conflicts) == {"SE-F-1", "SE-F-2"}


def test_comparators_are_complete_and_never_the_country_itself(record: Record) -> None:
    """A comparator with a hole would be compared on years it does not have."""
    found = comparators(record, "persons_prosecuted", 2003, 2010, exclude="BGR")
    assert [each.country for each in found] == [
        "ARM",
        "AZE",
        "BLR",
        "CZE",
        "DNK",
        "KAZ",
        "NLD",
        "TJK",
    ]
    assert all(each.missing(2003, 2010) == () for each in found)


def test_thousands_are_read_as_thousands(record: Record) -> None:
    """UNODC prints 1,222 for the Netherlands in 2011: not 1.222."""
    assert series(record, "victims_identified", "NLD").value(2011) == number(1222)


def test_the_policy_index_is_danish_from_2002_to_2013(record: Record) -> None:
    """Sums as PROVENANCE gives them; the file codes Denmark DEN, not DNK."""
    found = policy_index(record, "DNK")
    assert found.drop_duplicates("year").total.tolist() == [
        13, 14, 13, 13, 14, 15, 15, 13, 13, 12, 12, 11,
    ]  # fmt: skip
    yearly = found.groupby("year")
    assert yearly.score.sum().tolist() == yearly.total.first().tolist()


def test_a_partial_sum_of_the_policy_index_is_not_taken_over(record: Record) -> None:
    """Haiti 2009 lacks a score and is printed with the sum of the two others."""
    haiti = policy_index(record, "HTI")
    year = haiti[haiti.year == 2009]
    assert year.score.tolist() == [2, 2]
    assert year.total.isna().all()


@pytest.mark.parametrize("country", ["MKD", "MAC", "SVN", "CHE", "AUS"])
def test_codes_that_look_like_another_country_are_not_mixed_up(
    record: Record, country: str
) -> None:
    """In the index MAC is Macau and Macedonia, SLV Slovenia, SWZ Switzerland, AUS Austria."""
    names = {"MKD": "Macedonia", "MAC": "Macau", "SVN": "Slovenia", "CHE": "Switzerland"}
    row = record.row(policy_index(record, country).row_id.iloc[0])
    assert row.quote.startswith(names.get(country, "Australia") + ";")


def test_every_country_of_the_crosswalk_can_be_asked_for(record: Record) -> None:
    """A build for any country must begin without a crash."""
    for country in record.known_countries:
        policy_index(record, country)
        series(record, "persons_prosecuted", country)


def test_population_is_of_the_country(record: Record) -> None:
    """World Bank: 5,461,438 people in Denmark in 2007."""
    assert population(record, "DNK").value(2007) == number(5461438)


def test_an_indicator_without_rule_makes_no_series(record: Record) -> None:
    """Which publisher to believe is declared, never chosen by the code."""
    with pytest.raises(ParameterError, match="no rule picks a publisher for plan_budget"):
        series(record, "plan_budget", "DNK")
