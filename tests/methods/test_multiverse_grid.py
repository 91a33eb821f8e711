"""Grids: what is registered, what is excluded, and a hash of what is said, not how."""

import hashlib
import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.multiverse import Choice, Exclusion, Grid
from analysis.methods.multiverse.grid import Value, option_name

WINDOW = Choice.of("window", [3, 4, 8])
MODEL = Choice.of("model", ["before_after", "interrupted"])
SHORT = Exclusion((("window", "3"), ("model", "interrupted")), "three years bear no trend")

values = st.one_of(st.booleans(), st.integers(-9, 9), st.text(min_size=1, max_size=4))
choices = st.lists(
    st.builds(
        Choice.of,
        st.text(min_size=1, max_size=5),
        st.lists(values, min_size=1, max_size=4, unique_by=option_name),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda choice: choice.name,
)


# Reference


def test_a_grid_is_the_product_of_its_choices_without_what_is_excluded() -> None:
    """Reference: itertools.product; a combination that vanishes unseen is a hidden choice."""
    grid = Grid((WINDOW, MODEL), (SHORT,))
    every = list(product(WINDOW.options, MODEL.options))
    assert [one.options for one in grid.specifications()] == [
        pair for pair in every if pair != ("3", "interrupted")
    ]
    assert grid.excluded() == (("three years bear no trend", 1),)
    assert grid.combinations == 6


def test_the_hash_is_that_of_a_canonical_json_written_out_by_hand() -> None:
    """Whoever holds a protocol can check the hash with any tool: it is SHA-256 of this text."""
    text = (
        '{"choices":{"model":{"before_after":"before_after","interrupted":"interrupted"},'
        '"window":{"3":3,"4":4,"8":8}},"exclusions":[{"reason":"three years bear no trend",'
        '"together":{"model":"interrupted","window":"3"}}]}'
    )
    found = Grid((WINDOW, MODEL), (SHORT,)).sha256()
    assert found == hashlib.sha256(text.encode()).hexdigest()


# Properties


@settings(max_examples=30)
@given(choices, st.randoms(use_true_random=False))
def test_the_hash_does_not_depend_on_how_the_grid_was_typed(listed: list[Choice], random) -> None:  # type: ignore[no-untyped-def]
    """Sorting a protocol's lines must not look like a departure from it."""
    shuffled = []
    for choice in random.sample(listed, len(listed)):
        order = random.sample(range(len(choice.options)), len(choice.options))
        shuffled.append(
            Choice(
                choice.name,
                tuple(choice.options[place] for place in order),
                tuple(choice.values[place] for place in order),
            )
        )
    assert Grid(tuple(shuffled)).sha256() == Grid(tuple(listed)).sha256()


@settings(max_examples=30)
@given(choices)
def test_the_hash_changes_when_an_option_is_added(listed: list[Choice]) -> None:
    """A grid that grew after the results were seen is another grid."""
    first = listed[0]
    grown = Choice(first.name, (*first.options, "added later"), (*first.values, "added later"))
    assert Grid((grown, *listed[1:])).sha256() != Grid(tuple(listed)).sha256()


@settings(max_examples=30)
@given(choices)
def test_a_grid_survives_being_written_into_a_protocol(listed: list[Choice]) -> None:
    """What is registered is a file: read again, it has to be the same grid."""
    grid = Grid(tuple(listed))
    again = Grid.of(json.loads(json.dumps(grid.registered())))
    assert again.sha256() == grid.sha256()
    assert again.combinations == grid.combinations


def test_a_protocol_states_exclusions_by_option() -> None:
    """People write 3, not "3", and leave the names of options out where values say it all."""
    written = {
        "choices": {"window": [3, 4, 8], "model": ["before_after", "interrupted"]},
        "exclusions": [{"together": {"window": 3, "model": "interrupted"}, "reason": SHORT.reason}],
    }
    assert Grid.of(written).sha256() == Grid((WINDOW, MODEL), (SHORT,)).sha256()
    for wrong in ({}, {"choices": ["window"]}, {"choices": {"a": [1]}, "exclusions": [{"a": 1}]}):
        with pytest.raises(MethodError, match="not written as choices"):
            Grid.of(wrong)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([3, 4], [3.0, 4.0], True),
        ([1], [True], False),
        (["\u00e5r"], ["a\u030ar"], True),
        ([(2007, 2008)], [[2007, 2008]], True),
        ([None], ["none"], False),
    ],
)
def test_values_are_the_same_where_a_file_may_write_them_so(
    one: list[Value], other: list[Value], same: bool
) -> None:
    """YAML gives 3 or 3.0 and å in two encodings; neither is a change of plan, 1 for yes is."""
    hashes = [Grid((Choice.of("c", {"option": tuple(side)}),)).sha256() for side in (one, other)]
    assert (hashes[0] == hashes[1]) is same


# Edges


def test_a_reason_is_part_of_what_is_registered() -> None:
    """An exclusion may be rewritten after the fact only if somebody can see it."""
    other = Exclusion(SHORT.together, "looked bad")
    assert Grid((WINDOW, MODEL), (SHORT,)).sha256() != Grid((WINDOW, MODEL), (other,)).sha256()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Grid(()), "no choices"),
        (lambda: Choice.of("window", []), "no option"),
        (lambda: Choice.of("window", [3, 3.0]), "stand twice"),
        (lambda: Choice.of("window", {"a": 3, "b": 3}), "1 of 2 values"),
        (lambda: Choice.of("window", [float("nan")]), "no finite number"),
        (lambda: Choice.of("window", [object()]), "protocol cannot hold"),  # type: ignore[list-item]
        (lambda: Choice("window", ("a",), ()), "1 options and 0 values"),
        (lambda: Grid((WINDOW, WINDOW)), "1 of 2 choices stand twice"),
        (lambda: Exclusion((), "why"), "names no options"),
        (lambda: Exclusion((("window", "3"),), " "), "no reason"),
        (lambda: Grid((WINDOW,), (Exclusion((("window", "5"),), "why"),)), "does not have"),
        (lambda: Choice.of("", [1]), "no name"),
        (
            lambda: Grid(
                (WINDOW,), tuple(Exclusion((("window", o),), "all " + o) for o in WINDOW.options)
            ),
            "every combination is excluded",
        ),
        (
            lambda: Grid(tuple(Choice.of(str(n), list(range(10))) for n in range(6))),
            "1000000 combinations",
        ),
    ],
)
def test_refuses_a_grid_that_cannot_be_meant(build, message: str) -> None:  # type: ignore[no-untyped-def]
    """A slip in a registered grid cannot be mended once it is registered."""
    with pytest.raises(MethodError, match=message):
        build()


def test_refuses_an_exclusion_that_takes_nothing_away() -> None:
    """It was meant to exclude something, and does not."""
    wider = Exclusion((("window", "3"),), "too short for anything")
    with pytest.raises(MethodError, match="1 exclusions take nothing away"):
        Grid((WINDOW, MODEL), (wider, SHORT))
