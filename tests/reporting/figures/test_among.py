"""Pictures of a country among others: the places, changes and gaps that the findings tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.published import LANGUAGES, Language
from analysis.language import numbers
from analysis.reporting.figures.axes import MOST_TICKS, LinearAxis, tick_words
from analysis.reporting.shown import Shown

Drawn = Callable[[str, Language], Shown]
each_language = pytest.mark.parametrize("told", LANGUAGES)


@given(st.lists(st.floats(-1e4, 1e4).filter(lambda x: abs(x) > 1e-3), min_size=1, max_size=30))
def test_axis_holds_every_value_and_zero(values: list[float]) -> None:
    """A change drawn at the edge because the axis ends there looks smaller than it is."""
    axis = LinearAxis.around(values, 100.0, 500.0)
    for value in (*values, 0.0):
        assert axis.low < value < axis.high
        assert 100 < axis.place(value) < 500
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= MOST_TICKS + 1
    assert any(abs(tick) < 1e-9 * max(map(abs, values)) for tick in ticks)


def test_ticks_have_signs_and_only_the_decimals_they_need() -> None:
    """+0.5 beside +1.0 reads as one scale; 1 beside 0.5 does not."""
    ticks = [-0.5, 0.0, 0.5, 1.0]
    assert [tick_words(tick, ticks, "en") for tick in ticks] == [
        "\N{MINUS SIGN}0.5", "0", "+0.5", "+1.0",
    ]  # fmt: skip
    assert tick_words(-20, [-20, 0], "da") == "\N{MINUS SIGN}20"


@each_language
def test_a_range_with_a_negative_end_is_joined_by_a_word(told: Language) -> None:
    """-0.5-1.2 cannot be read aloud."""
    said = numbers.span(numbers.signed(-0.5, told), numbers.signed(1.2, told), told)
    assert {"da": " til ", "en": " to "}[told] in said
    assert numbers.signed(-0.001, told) == numbers.number(0, told, 2)


@each_language
def test_every_rank_stands_with_its_smallest_possible_p(full: Drawn, told: Language) -> None:
    """A p of 0.11 among nine countries is the smallest there is, and must say so."""
    shown = full("rank_strips", told)
    word = {"da": "mindst", "en": "at least"}[told]
    assert len(shown.picture.data) == 7
    assert all(word in line[2] for line in shown.picture.data if line[2])


@each_language
def test_every_country_of_every_outcome_is_in_the_data(full: Drawn, told: Language) -> None:
    """Dots that lie on each other are all told in the table behind the picture."""
    shown = full("change_dots", told)
    outcomes = {line[0] for line in shown.picture.data}
    assert len(outcomes) == 7
    assert len(shown.picture.data) == len(set(shown.picture.data)) > 7 * 20


@each_language
def test_twin_is_drawn_over_its_placebos_with_rank_and_fit(full: Drawn, told: Language) -> None:
    """A gap without the others' gaps is an anecdote."""
    shown = full("twin_gaps", told)
    assert "34" in shown.picture.title
    assert numbers.number(1 / 34, told, 2) in shown.picture.subtitle
    assert len(shown.picture.data) == 12


@each_language
def test_laws_are_labelled_a_by_product(full: Drawn, told: Language) -> None:
    """Cut out of the report, the picture must not be taken for an answer about plans."""
    shown = full("law_event", told)
    assert shown.picture.title.startswith({"da": "Biprodukt", "en": "By-product"}[told])
    assert {"da": "Ikke et svar om planer", "en": "Not an answer about plans"}[
        told
    ] in shown.picture.subtitle
