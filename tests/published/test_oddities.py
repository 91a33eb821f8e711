"""oddities and sums: what is strange in the sources, worked out from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.contracts.values import number
from analysis.places import Places
from analysis.published.check import check_record
from analysis.published.load import Record, open_record
from analysis.published.oddities import oddities
from analysis.published.problems import grouped
from analysis.published.sums import sums

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def said(record: Record) -> str:
    """Everything odd in what is published of Denmark."""
    return "\n".join(grouped(oddities(record, "DNK")))


@pytest.mark.parametrize(
    ("first", "last", "total"),
    [(2007, 2019, 891), (2007, 2021, 1048), (2007, 2022, 1121), (2016, 2019, 380)],
)
def test_yearly_figures_add_up_to_the_totals_published_elsewhere(
    record: Record, first: int, last: int, total: int
) -> None:
    """Independent totals are what makes the yearly series trustworthy."""
    found = [
        check
        for check in sums(record, "DNK")
        if (check.first, check.last, check.against) == (first, last, "total")
    ]
    assert {(check.agreement, check.printed) for check in found} == {("agrees", number(total))}


def test_a_total_of_297_conflicts_with_the_years(record: Record) -> None:
    """The press total for 2007-2013 is 50 short; nothing may be worked out from it."""
    found = next(check for check in sums(record, "DNK") if check.printed == number(297))
    assert (found.agreement, found.summed) == ("disagrees", number(347))


def test_a_part_of_a_year_that_equals_whole_years_is_seen(record: Record) -> None:
    """92 from August 2007 is also 92 from January 2007: the 17 may cover five months."""
    found = next(check for check in sums(record, "DNK") if check.printed == number(92))
    assert (found.agreement, found.first, found.last) == ("equals whole years", 2007, 2009)


@pytest.mark.parametrize(
    "oddity",
    [
        "DNK victims_identified 2010: the parts by sex come to more than the total "
        "(49 + 7 for 53).",
        "DNK victims_identified 2021: the parts by sex come to more than the total "
        "(238 + 101 + <5 for 80).",
        "victims_identified (total): the years 2007-2013 add up to 347, printed is 297.",
        "Figures of 2007 or 2009 may cover part of the year: state no yearly rate and no change",
        "persons_prosecuted (form=sexual) 2009: ustip prints 25, unodc 29.",
        "persons_convicted (form=sexual) 2009: ustip prints 11, unodc 10.",
        "significantly lower than in previous years, where UNODC peaks",
        "persons_convicted (total) 2015: ra prints 4, unodc 7.",
        "persons_convicted (total) 2016: ra prints 14, unodc 15.",
        "DNK victims_identified form=other: several figures stand under one heading "
        "(2017, 2018, 2019, 2020).",
    ],
)
def test_what_is_odd_in_the_danish_sources_is_told(said: str, oddity: str) -> None:
    """A reader must know of it before using the number."""
    assert oddity in said


def test_placeholders_among_the_counts_are_seen(record: Record) -> None:
    """UNODC's rows for Sierra Leone hold question numbers (61,102,019) for persons."""
    found = grouped(oddities(record, "SLE"))
    assert any("counts are larger than the population" in message for message in found)


def test_a_partial_sum_of_the_index_is_seen(record: Record) -> None:
    """Haiti 2009: two scores, and a sum of three printed."""
    assert any(
        "2009: the printed sum is not" in message for message in grouped(oddities(record, "HTI"))
    )


def test_oddities_are_of_any_country(small: Places, figures: Write) -> None:
    """Nothing in the search knows Denmark: an invented Swedish contradiction is found."""
    figures(
        {"row_id": "SE-F-1", "indicator": "persons_prosecuted", "value": "9"},
        {"row_id": "SE-F-2", "conflicts_with": "SE-F-1", "source_url": "https://example.org/2"},
    )
    assert grouped(check_record(small)) == (
        "data/published/countries/SWE/figures.csv (row 2): persons_prosecuted (total) 2007: "
        "press prints 9, unodc 7. The series takes unodc; both stand.",
        "data/published/countries/SWE/figures.csv (row 3): a conflict is named on one side only "
        "(SE-F-1). Name it in both rows.",
    )


def test_a_sum_over_a_missing_year_is_not_judged(small: Places, figures: Write) -> None:
    """Two of three years known: neither agreement nor conflict."""
    figures({"indicator": "persons_prosecuted", "period_end": "2009", "value": "30"})
    assert [check.agreement for check in sums(open_record(small), "SWE")] == ["cannot tell"]
