"""Published lists as the study reads them: totals, what speaks against them, and the refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.methods.population_size.tables import Lists
from analysis.published.overlaps import ListedCount
from analysis.study import Study, open_study
from analysis.study.hidden import checking, drawn, listed, told, worlds
from analysis.study.hidden.estimating import (
    METHODS,
    Hidden,
    NoTable,
    Options,
    Tried,
    by_method,
    lists_of,
    of_lists,
)
from analysis.study.hidden.told import Looked

OPTIONS = Options(threshold=0.02, bootstrap=50, seed=1, factor=1.5)


@pytest.fixture(scope="module")
def study() -> Study:
    """The two plans of Denmark."""
    return open_study("DK-2002", "DK-2007", country="DNK", language="en")


def _hidden(study: Study, table: str, factor: float = 1.5) -> Looked:
    found = study.hidden(table, threshold=0.02, bootstrap=50, seed=1, factor=factor)
    assert isinstance(found, Looked)
    return found


@pytest.fixture(scope="module")
def korea(study: Study) -> Looked:
    """Three lists, on which methods disagree."""
    return _hidden(study, "KOR3")


@pytest.fixture(scope="module")
def new_orleans(study: Study) -> Looked:
    """Five lists, on which methods agree."""
    return _hidden(study, "NOLA5")


def test_disagreement_is_told_as_a_range(study: Study, korea: Looked) -> None:
    """Six methods, from the independent lists' 142 to the stepwise 269."""
    found = study.hidden_finding("hidden_population.korea", korea)
    assert found.verdict == "undecided"
    assert found.estimate.bounds[1] == 269
    assert told.kept(korea, found)
    assert found.country == "IDN"
    assert "hvor mange der blev overset her: Danmark" in "".join(one.da for one in found.caveats)


def test_a_wider_factor_turns_the_range_into_a_number(study: Study, korea: Looked) -> None:
    """The factor is the reader's to state; the totals do not move."""
    spread = korea.hidden.spread
    assert spread is not None
    wide = replace(spread, factor=10.0, agrees=True)
    changed = replace(korea, hidden=replace(korea.hidden, spread=wide))
    found = study.hidden_finding("hidden_population.korea", changed)
    assert (found.verdict, found.estimate.bounds) == ("described", (269, 269))
    assert told.kept(changed, found)
    assert not told.kept(korea, found)


def test_agreement_stands_with_what_speaks_against_it(study: Study, new_orleans: Looked) -> None:
    """Hidden lists are missed, one list carries the number, and others printed another one."""
    found = study.hidden_finding("hidden_population.new_orleans", new_orleans)
    assert (found.verdict, found.estimate.bounds) == ("described", (1034, 1034))
    against = " ".join(one.text.en for one in found.contrary)
    assert "Published is 1,184 (717–1,657)" in against
    assert "Without C the total becomes 612" in against
    assert "For 3 of 5 lists" in against
    assert all(one.rows for one in found.contrary)


def test_published_totals_come_out_again(korea: Looked, new_orleans: Looked) -> None:
    """157 by BIC and 1,034 stepwise, to the person."""
    assert listed.reprints(korea)
    assert listed.reprints(new_orleans)
    spoilt = replace(korea.table.printed[0], estimate=200.0)
    wrong = replace(korea, table=replace(korea.table, printed=(spoilt,)))
    assert not listed.reprints(wrong)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "The same number as here."),
        ({"low": None, "high": None}, "The same number as here."),
        ({"estimate": 500.0}, "The nearest is stepwise choice with 269"),
        ({"method": "bic_all", "estimate": 500.0}, "three or more lists"),
        ({"before_merging": True}, "Rests on the lists before some were merged."),
        ({"estimate": None, "low": 100.0, "high": 170.0}, "of 6 methods here lie in it"),
    ],
)
def test_each_published_total_is_explained(
    korea: Looked, changed: dict[str, object], said: str
) -> None:
    """A difference without its reason reads as somebody's mistake."""
    one = replace(korea.table.printed[0], **changed)  # type: ignore[arg-type]
    assert said in listed.why(korea, one).en


def test_a_downhill_search_is_named_by_its_place_among_all_models(study: Study) -> None:
    """12,262 is the second model by BIC of the UK's five lists, 0.95 behind the first."""
    table = study.record_of.overlaps.table("UK5")
    lists = lists_of(table)
    tried = tuple(by_method(lists, method, OPTIONS) for method in ("bic", "average"))
    found = Hidden(table, lists, OPTIONS, tried, None, None)
    (downhill,) = (one for one in table.printed if one.method == "bic_downhill")
    assert (
        "number 2 by BIC" in listed.why(Looked(table, found, checking.checked(found)), downhill).en
    )


def test_a_country_without_lists_is_refused(study: Study) -> None:
    """Denmark: nobody has published any."""
    found = study.hidden("country", threshold=0.02, bootstrap=50, seed=1, factor=1.5)
    assert found == NoTable("DNK")
    made = study.hidden_finding("hidden_population.DNK", found)
    assert made.verdict == "refused"
    assert told.kept(found, made)
    assert study.overlapping(found).n == 0
    assert not study.estimated(found)
    assert not study.steps(found)
    assert study.listing("hidden_totals", found).cells == ()


def test_a_table_without_any_overlap_is_refused_and_its_reasons_said(
    study: Study, korea: Looked
) -> None:
    """A million million persons is what other programs print here."""
    apart = replace(
        korea.table,
        counts=tuple(ListedCount(f"OL-KOR3-0{n}", (name,), 9) for n, name in enumerate("bcd", 1)),
        printed=(),
    )
    found = of_lists(Lists(("b", "c", "d"), np.array([0, 9, 9, 0, 9, 0, 0, 0])), OPTIONS, apart)
    result = Looked(apart, found, checking.checked(found))
    assert found.estimates == ()
    made = study.hidden_finding("hidden_population.korea", result)
    assert made.verdict == "refused"
    assert "Too few are on two lists" in made.sentence.en
    assert all(one.refused for one in study.estimated(result) if one.standing == "ours")
    assert told.kept(result, made)
    assert all(step.total is None for step in study.steps(result))


def test_one_methods_number_alone_is_no_answer(study: Study, korea: Looked) -> None:
    """With nothing to hold it against, it would be believed."""
    only = tuple(
        one if one.method == "main" else Tried(one.method, None, korea.table.title)
        for one in korea.hidden.tried
    )
    alone = replace(korea, hidden=replace(korea.hidden, tried=only, spread=None))
    made = study.hidden_finding("hidden_population.korea", alone)
    assert made.verdict == "refused"
    assert "Only one method gives a number (independent lists: 142)" in made.sentence.en


def test_a_method_that_takes_no_such_table_says_why_in_both_languages(study: Study) -> None:
    """Eight lists are too many for graphs: a refusal, not a gap."""
    lists = lists_of(study.record_of.overlaps.table("NOLA8"))
    graphs = by_method(lists, "decomposable", OPTIONS)
    assert graphs.found is None
    assert graphs.why is not None
    assert "at most six lists" in graphs.why.en
    assert "højst seks lister" in graphs.why.da


def test_every_method_has_a_line_in_picture_and_table(study: Study, korea: Looked) -> None:
    """A method left out of one of them would be a choice made after looking."""
    ours = [one for one in study.estimated(korea) if one.standing == "ours"]
    assert len(ours) == len(METHODS)
    lines = study.listing("hidden_totals", korea).cells
    assert len(lines) == len(METHODS) + 1 + len(korea.table.printed)


@pytest.mark.parametrize("name", ["totals", "checks", "pairs"])
def test_every_line_leads_to_rows_that_can_be_opened(
    study: Study, new_orleans: Looked, name: str
) -> None:
    """A line without a row is an assertion; a row that does not open is worse."""
    listing = study.listing(f"hidden_{name}", new_orleans)
    assert len(listing.rows_of) == len(listing.cells) > 0
    for rows in listing.rows_of:
        assert rows
        assert [study.row(row).id for row in rows] == list(rows)


def test_the_way_to_the_total_begins_with_two_lists(study: Study, new_orleans: Looked) -> None:
    """Chapman first, then a model from the third list on; the last step is the whole table."""
    steps = study.steps(new_orleans)
    assert [step.lists for step in steps] == [2, 3, 4, 5]
    assert steps[0].added == "A + BEFG"
    assert steps[-1].n == new_orleans.n
    whole = new_orleans.hidden.by("stepwise")
    assert whole is not None
    assert steps[-1].total == pytest.approx(whole.estimate)


@pytest.fixture(scope="module")
def covering() -> worlds.Covering:
    """Five tables of each world."""
    return worlds.cover(replace(OPTIONS, bootstrap=20), draws=5)


def test_invented_lists_are_labelled_and_know_their_truth(
    study: Study, covering: worlds.Covering
) -> None:
    """They must not be taken for anybody's, and every method answers for itself."""
    found = covering
    assert study.overlapping(found.shown).synthetic
    spread = drawn.spread(found.shown)
    assert spread is not None
    assert spread.truth == worlds.PERSONS
    assert study.listing("hidden_covered", found).basis == "synthetic"
    assert len(found.held) == len(METHODS) * len(worlds.WORLDS)
    slow = [one.drawn for one in found.held if one.method in worlds.SLOW]
    assert set(slow) == {1}


def test_claims_about_invented_lists_can_fail(covering: worlds.Covering) -> None:
    """A check that holds whatever is drawn checks nothing."""
    found = covering
    spoilt = tuple(
        replace(one, held=0 if one.world.id != "hard" else one.answered, middle=2000.0)
        for one in found.held
    )
    assert not any(claim(replace(found, held=spoilt)) for claim in worlds.CLAIMS.values())
