"""The rule of grades and the verdicts they bear: every row, and what no design gets round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Grade, Verdict
from analysis.contracts.published import Flag
from analysis.contracts.values import interval
from analysis.errors import FindingError
from analysis.findings import grades, verdict
from analysis.findings.grades import Design

BEST = Design("quasi_experiment", before=31, after=8, controls=38, checked=True)

designs = st.builds(
    Design,
    kind=st.sampled_from(get_args(grades.Kind)),
    before=st.integers(0, 40),
    after=st.integers(0, 40),
    controls=st.integers(0, 40),
    checked=st.booleans(),
    flags=st.frozensets(st.sampled_from(get_args(Flag))),
)


@pytest.mark.parametrize(
    ("design", "expected"),
    [
        (BEST, "A"),
        (replace(BEST, checked=False), "B"),
        (replace(BEST, flags=frozenset({"F4"})), "B"),
        (replace(BEST, kind="controlled_series"), "B"),
        (replace(BEST, before=7), "C"),
        (replace(BEST, controls=0), "C"),
        (replace(BEST, flags=frozenset({"F3"})), "C"),
        (Design("before_after", before=4, after=4), "C"),
        (Design("before_after", before=4, after=4, flags=frozenset({"F1", "F4"})), "C"),
        (Design("before_after", before=0, after=4), "D"),
        (replace(BEST, before=0), "D"),
        (Design("one_point", before=9, after=9, controls=9, checked=True), "D"),
        (Design("document", before=9, after=9, controls=9, checked=True), "E"),
    ],
)
def test_each_row_of_the_rule(design: Design, expected: Grade) -> None:
    """The letter on the front page is this table, and nobody's choice."""
    assert grades.grade(design) == expected


@given(designs)
def test_a_grade_lacks_nothing_and_every_better_one_something(design: Design) -> None:
    """A grade that skipped one of its conditions would be a better one by mistake."""
    given_to = grades.grade(design)
    assert grades.lacking(design, given_to) == ()
    better = [one for one in grades.RULE if one < given_to]
    assert all(grades.lacking(design, one) for one in better)


@given(designs, st.sampled_from(get_args(Flag)))
def test_one_more_break_never_betters_a_grade(design: Design, flag: Flag) -> None:
    """Trouble found later must not make evidence look stronger."""
    worse = replace(design, flags=design.flags | {flag})
    assert grades.grade(worse) >= grades.grade(design)


@given(designs)
def test_more_data_and_passed_checks_never_worsen_a_grade(design: Design) -> None:
    """Whoever adds a control or a year must not be punished for it."""
    better = replace(
        design,
        before=design.before + 1,
        after=design.after + 1,
        controls=design.controls + 1,
        checked=True,
    )
    assert grades.grade(better) <= grades.grade(design)


@given(designs.filter(lambda design: design.kind == "before_after"))
def test_before_and_after_never_gets_above_c(design: Design) -> None:
    """No number of years tells a plan apart from what else changed with it."""
    assert grades.grade(design) >= "C"


def test_the_conditions_of_a_better_grade_contain_those_of_a_worse() -> None:
    """Otherwise a design could be good enough for A and not for B."""
    rows = [set(one) for one in grades.RULE.values()]
    assert rows[0] > rows[1] > rows[2]
    assert list(grades.RULE) == list(get_args(Grade))


def test_what_is_lacking_is_said_in_words() -> None:
    """An author told only 'C' does not know what would make it a B."""
    assert grades.lacking(Design("before_after", before=4, after=4), "B") == (
        "a comparable series without the plan",
        "8 points before the plan",
    )


def test_a_negative_number_of_points_is_refused() -> None:
    """It is a mistake in counting, and would pass for a short series."""
    with pytest.raises(FindingError, match="negative number of points"):
        grades.grade(Design("before_after", before=-1, after=4))


@pytest.mark.parametrize("said", get_args(Verdict))
@pytest.mark.parametrize("grade", get_args(Grade))
def test_a_direction_takes_a_count_before_and_after(said: Verdict, grade: Grade) -> None:
    """'Higher' of one point in time, or of a document, compares with nothing."""
    directed = said in ("higher", "lower", "recorded_more", "recorded_fewer")
    assert grades.bears(said, grade) == (grade in "ABC" or not directed)


def test_breaks_and_years_make_the_design() -> None:
    """The grade of a comparison follows from its years and breaks alone."""
    design = grades.before_after((2003, 2006), (2007, 2010), ())
    assert design == Design("before_after", before=4, after=4)


@given(st.floats(0.2, 20), st.floats(0.2, 20), st.floats(1.1, 20))
def test_only_a_rise_below_the_detectable_one_is_likely_exaggerated(
    low: float, span: float, smallest: float
) -> None:
    """Of rises too small to be expected, those that show are the ones chance made larger."""
    estimate = interval(low, low + span)
    assert verdict.likely_exaggerated(estimate, "higher", smallest) == (low < smallest)
    assert not verdict.likely_exaggerated(estimate, "undecided", smallest)
    assert not verdict.likely_exaggerated(estimate, "lower", smallest)


def test_the_glossary_prints_the_rule() -> None:
    """Readers look a grade up there: it must say what the program does."""
    glossary = Path(__file__).parents[2] / "docs" / "glossary.md"
    text = glossary.read_text(encoding="utf-8")
    names = {one.name for conditions in grades.RULE.values() for one in conditions}
    assert [name for name in names if name not in text] == []
