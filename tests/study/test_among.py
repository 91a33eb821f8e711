"""A country among others: who is compared with, every reading, twins, laws, refusals in words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from analysis.contracts.published import Series, Text
from analysis.findings.others_said import OUTCOMES
from analysis.published.beyond import Law, laws, regions
from analysis.study import making
from analysis.study.among import COUNTS
from analysis.study.comparison import NEEDED_BEFORE, Ranked, Refused, Silent
from analysis.study.laws import LawStudy, law_study
from analysis.study.others import Differed, Measured, Pool, ScoreRanked, differ, rank_scores
from analysis.study.twin import Twin, twin, years_before

NOTHING = Text("", "")


def _steady(series: Any, country: str, after: str, before: str = "10") -> Series:
    cells = dict.fromkeys(range(2003, 2007), before) | dict.fromkeys(range(2007, 2011), after)
    made: Series = series(cells, country=country)
    return made


def _people(series: Any, country: str, number: str = "1000000") -> Series:
    made: Series = series(dict.fromkeys(range(1995, 2015), number), country=country)
    return made


def _differ(series: Any, plans: Any, own: Series, others: list[Series]) -> Any:
    people = {one.country: _people(series, one.country) for one in others}
    measured = Measured(own, _people(series, own.country))
    return differ(measured, Pool(tuple(others), ""), people, plans)


# Changes


def test_difference_by_hand(series: Any, plans: Any) -> None:
    """A million inhabitants: +30 a year against +0, +2 and +4 is 28 more than their mean."""
    others = [
        _steady(series, code, after) for code, after in zip("ABC", ("10", "12", "14"), strict=True)
    ]
    found = _differ(series, plans, _steady(series, "DNK", "40"), others)
    assert isinstance(found, Differed)
    assert (found.own, found.mean) == ((30.0, 30.0), (2.0, 2.0))
    assert (found.found.value_low, found.found.value_high) == (28.0, 28.0)
    assert (found.found.p_high, found.found.smallest_p) == (0.25, 0.25)


def test_hidden_counts_stay_bounds_to_the_end(series: Any, plans: Any) -> None:
    """A "<5" before is 0 to 4: the change after it is 6 to 10, so the difference is a range."""
    others = [
        _steady(series, code, after) for code, after in zip("ABC", ("10", "12", "14"), strict=True)
    ]
    found = _differ(series, plans, _steady(series, "DNK", "10", before="<5"), others)
    assert found.own == (6.0, 10.0)
    assert (found.found.value_low, found.found.value_high) == (4.0, 8.0)
    assert (found.sensitivity, found.unsure) == (None, "intervals")


def test_counts_are_set_against_the_inhabitants(series: Any, plans: Any) -> None:
    """Twice as many in a country twice as large is no difference."""
    small, large = _steady(series, "DNK", "20"), _steady(series, "A", "40", before="20")
    third = _steady(series, "B", "10")
    people = {"A": _people(series, "A", "2000000"), "B": _people(series, "B")}
    measured = Measured(small, _people(series, "DNK"))
    found = differ(measured, Pool((large, third), ""), people, plans)
    assert dict(found.changes)["A"] == found.own  # type: ignore[union-attr]


@pytest.mark.parametrize(("many", "reason"), [(0, "few_countries"), (1, "few_countries")])
def test_one_other_country_is_no_comparison(
    series: Any, plans: Any, many: int, reason: str
) -> None:
    """One comparator shows no spread; the refusal says how many there are."""
    others = [_steady(series, "A", "10")][:many]
    found = _differ(series, plans, _steady(series, "DNK", "40"), others)
    assert isinstance(found, Refused)
    assert (found.reason, found.found, found.needed) == (reason, many, 2)
    assert str(many) in making.reason(found).en


def test_equal_changes_are_refused_in_words(series: Any, plans: Any) -> None:
    """A country whose fellows all moved as it did is not first of them."""
    others = [_steady(series, code, "10") for code in "AB"]
    found = _differ(series, plans, _steady(series, "DNK", "10"), others)
    assert found.reason == "same_change"


def test_scores_rank_by_change_of_mean(series: Any, plans: Any) -> None:
    """+1 against +2, +1 and 0: second to third of four."""
    others = tuple(
        _steady(series, code, after, "3") for code, after in zip("ABC", "543", strict=True)
    )
    found = rank_scores(_steady(series, "DNK", "4", "3"), Pool(others, ""), plans)
    assert isinstance(found, ScoreRanked)
    assert (found.rank.best, found.rank.rank, found.rank.n) == (2, 3, 3)
    assert len(set(found.rows)) == 4 * 8


# Who is compared with


def test_the_region_is_taken_where_enough_lie_in_it(next_pair: Any) -> None:
    """37 European countries have complete scores; 34 with victims lie all over the world."""
    found = next_pair.differences()
    placed = regions(next_pair.record_of)
    scored, counted = found["protection"], found["victims_identified"]
    assert scored.pool.region == "Europe"
    assert {placed[one.country] for one in scored.pool.series} == {"Europe"}
    assert counted.pool.region == ""
    assert len({placed[one.country] for one in counted.pool.series}) > 1


def test_every_outcome_of_every_country_ends_in_a_finding(bulgarian: Any) -> None:
    """No country crashes and none is passed over in silence."""
    ranks, differences = bulgarian.ranks(), bulgarian.differences()
    recorded = [
        *bulgarian.record_each("comparators.rank", ranks).recorded,
        *bulgarian.record_each("comparators.difference", differences).recorded,
        *bulgarian.record_each("comparators.synthetic", bulgarian.synthetic_controls()).recorded,
    ]
    assert len(recorded) == 2 * 7 + 5
    for finding in recorded:
        assert finding.grade not in "AB"
        if finding.verdict not in ("refused", "not_submitted"):
            told = [caveat.en for caveat in finding.caveats]
            assert any("plans are another country's" in caveat for caveat in told) or (
                finding.id.startswith("comparators.rank.persons")
            )
    assert bulgarian.respects_smallest_p(ranks, differences, bulgarian.synthetic_controls())
    assert bulgarian.covers_readings(differences)


def test_shown_ranks_of_the_default_comparison(danish: Any) -> None:
    """Denmark's prosecutions rank first of nine, and nine allow no p below 0.11."""
    found = danish.ranks()
    prosecuted = found["persons_prosecuted"]
    assert isinstance(prosecuted, Ranked)
    assert (prosecuted.rank.rank_high, prosecuted.rank.n + 1) == (1, 9)
    assert isinstance(found["victims_identified"], Silent)
    finding = danish.record("comparators.rank.persons_prosecuted", prosecuted).finding
    assert finding.verdict == "undecided"
    assert finding.question.en.startswith("Prosecuted: ")
    assert len(finding.contrary) == 2


# Twins


def test_synthetic_control_refuses_five_years_of_eight(danish: Any) -> None:
    """A twin fitted to five years fits anything; the program must say so, not the author."""
    found = danish.synthetic_control(danish.index_sum())
    assert (found.reason, found.found, found.needed) == ("too_few_years", 5, NEEDED_BEFORE)
    finding = danish.record("policy_index.synthetic_control", found).finding
    assert finding.verdict == "refused"
    for said in (finding.sentence.da, finding.sentence.en):
        assert "8" in said
        assert "5" in said


def test_nine_years_before_carry_a_twin(next_pair: Any) -> None:
    """One pair later there are nine years, up to the year before the plan, and 33 donors."""
    found = next_pair.synthetic_control(next_pair.index_sum())
    assert isinstance(found, Twin)
    assert (found.before, found.after.span) == ((2002, 2010), (2011, 2013))
    assert sum(found.fit.weights) == pytest.approx(1)
    assert len(found.placebos.placebos) == len(found.pool.series) == 33
    assert found.placebos.smallest_p == pytest.approx(1 / 34)
    assert found.without.lowest_mean_gap <= found.fit.mean_gap_after
    finding = next_pair.record("comparators.synthetic.policy_index", found).finding
    assert finding.limits is None
    assert finding.grade == "C"
    assert "2014" in " ".join(caveat.en for caveat in finding.caveats)


def test_the_same_twin_twice(next_pair: Any) -> None:
    """A report built again must show the same digits."""
    one, other = (next_pair.synthetic_control(next_pair.index_sum()) for _ in range(2))
    assert (one.fit, one.placebos) == (other.fit, other.placebos)


def test_a_hidden_count_is_no_twin(next_pair: Any) -> None:
    """Eight years of prosecutions, four of them "<5": refused, with the reason in words."""
    found = next_pair.synthetic_control(next_pair.series("persons_prosecuted"))
    assert (found.reason, found.found) == ("intervals", 4)
    finding = next_pair.record("comparators.synthetic.persons_prosecuted", found).finding
    assert "interval" in finding.sentence.en
    assert "interval" in finding.sentence.da


def test_years_before_end_with_the_plan(series: Any, plans: Any) -> None:
    """A gap in the last year before leaves nothing that the twin could be tested on."""
    cells = dict.fromkeys(range(1998, 2007), "3")
    assert years_before(series(cells), plans[1]) == tuple(range(1998, 2007))
    assert years_before(series({**cells, 2006: ""}), plans[1]) == ()
    assert years_before(series({**cells, 2003: ""}), plans[1]) == (2004, 2005, 2006)


def test_a_donor_that_fits_exactly_is_refused_in_words(series: Any, plans: Any) -> None:
    """A ratio over a distance of 0 would rank first whatever happened."""
    years = range(1998, 2011)
    held = [
        replace(series({year: str(year % 7) for year in years}, country=code), unit="points")
        for code in ("DNK", "AAA", "BBB")
    ]
    pool = Pool(tuple(held[1:]), "")
    found = twin(Measured(held[0], None), pool, {}, plans[1])
    assert isinstance(found, Refused)
    assert found.reason == "exact_fit"
    assert "exactly" in making.reason(found).en


# Laws


def test_the_3p_file_knows_the_years_of_laws(danish: Any) -> None:
    """Denmark 2002, Sweden 2004, the Netherlands 2005, Bulgaria 2003 (column crim)."""
    known = {law.country: law.since for law in laws(danish.record_of)}
    assert [known[code] for code in ("DNK", "SWE", "NLD", "BGR")] == [2002, 2004, 2005, 2003]
    assert all(law.since != 1999 or law.known_until >= 1999 for law in laws(danish.record_of))


def test_laws_are_a_by_product_and_undecided(danish: Any) -> None:
    """The score counts the law itself, and the smallest drift undoes the rise."""
    found = danish.laws()
    assert isinstance(found, LawStudy)
    assert (found.lawful, found.others) == (66, 29)
    finding = danish.record("comparators.laws", found).finding
    assert finding.verdict == "undecided"
    assert finding.sentence.en.startswith("A by-product, not an answer about plans.")
    assert any("counts the law itself" in caveat.en for caveat in finding.caveats)
    assert "DNK" not in {row.split("-")[1] for row in found.rows}


def test_who_is_left_out_of_the_laws_is_counted(series: Any) -> None:
    """Early, unknown and lonely laws are three reasons, each told with its number."""
    scores = [
        series({2002: "3", 2003: str(3 + turn % 2), 2004: "4"}, country=f"C{turn:02d}")
        for turn in range(14)
    ]
    known = [Law(f"C{turn:02d}", 2003, 2004) for turn in range(5)]
    known += [Law(f"C{turn:02d}", None, 2004) for turn in range(5, 11)]
    known += [Law("C11", 2002, 2004), Law("C12", 2004, 2004)]
    found = law_study(scores[0], scores, known, (2002, 2004))
    assert isinstance(found, Refused)  # two years before are needed for a placebo
    assert (found.method, found.reason) == ("event_study", "small_groups")


def test_adoption_is_refused_in_both_languages(danish: Any) -> None:
    """No set holds the years of other countries' plans, and the notebook must say so."""
    finding = danish.record("comparators.adoption", danish.adoption()).finding
    assert finding.verdict == "refused"
    assert "adopted their plans" in finding.sentence.en
    assert "vedtog deres planer" in finding.sentence.da


# Tables


def test_every_table_has_a_line_an_outcome(danish: Any) -> None:
    """An outcome left out of a table is one that nobody asks after."""
    ranks, differences = danish.ranks(), danish.differences()
    assert len(danish.outcomes()) == OUTCOMES
    for name, results in (("ranks", ranks), ("differences", differences)):
        listing = danish.listing(name, results)
        assert len(listing.cells) == len(COUNTS) + 3
        assert {len(line) for line in listing.cells} == {len(listing.columns)}
    countries = danish.listing("comparators", ranks, differences)
    assert len(countries.cells) == 5


def test_weights_and_tests_of_the_twin_are_listed(next_pair: Any) -> None:
    """Weights without the tests beside them look surer than they are."""
    twins = next_pair.synthetic_controls()
    weights = next_pair.listing("weights", twins)
    shares = [float(line[2].en) for line in weights.cells]
    assert math.isclose(sum(shares), 1, abs_tol=0.02)
    tests = next_pair.listing("twin_tests", twins)
    assert len(tests.cells) == 1 + 1 + 3 + len(weights.cells) + 1
