"""attribute: against every order gone through, by hand, additivity; effort as bounds."""

import math
from collections.abc import Sequence
from itertools import chain, combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.change import (
    PARTS,
    REASONS,
    Attributed,
    Difference,
    Effort,
    Part,
    Reason,
    Split,
    attribute,
)

EVERY = [frozenset(c) for c in chain(*(combinations(REASONS, n) for n in range(4)))]

known = st.builds(
    lambda change, reasons: Difference(change, frozenset({reasons})),
    st.integers(-9, 9).filter(bool),
    st.sampled_from(EVERY),
)
unknown = st.builds(
    Difference,
    st.integers(-9, 9).filter(bool),
    st.frozensets(st.sampled_from(EVERY), min_size=1, max_size=3),
)
orders = st.permutations(REASONS).map(tuple)
efforts = st.one_of(
    st.none(),
    st.builds(
        lambda ratio, low, width: Effort(ratio, (low, low + width)),
        st.floats(0.2, 5),
        st.floats(-1, 1),
        st.floats(0, 1),
    ),
)


def split_of(
    differences: Sequence[Difference],
    order: tuple[Reason, ...] = REASONS,
    effort: Effort | None = None,
) -> Split:
    """Split, with the counts that the differences imply."""
    before = -sum(one.change for one in differences if one.change < 0)
    after = sum(one.change for one in differences if one.change > 0)
    return attribute(differences, before=before, after=after, order=order, effort=effort)


def one_reading(
    differences: Sequence[Difference], order: tuple[Reason, ...]
) -> tuple[dict[Part, int], int, int]:
    """Give each difference (one known set each) to the first of its reasons; count the rest."""
    parts: dict[Part, int] = dict.fromkeys(PARTS, 0)
    before = after = 0
    for one in differences:
        (reasons,) = one.possible
        first: Part = next((reason for reason in order if reason in reasons), "rest")
        parts[first] += one.change
        if first == "rest":
            before, after = before - min(0, one.change), after + max(0, one.change)
    return parts, before, after


# Reference


def test_the_order_free_parts_are_the_mean_over_every_order() -> None:
    """Reference: the definition of Shapley's value, all 7! orders of parts, effort included."""
    differences = [
        Difference(4, frozenset({frozenset({"late_reports"})})),
        Difference(3, frozenset({frozenset({"late_reports", "new_senders"})})),
        Difference(-2, frozenset({frozenset({"changed_definition", "corrections"})})),
        Difference(6, frozenset({frozenset({"one_large_case", "late_reports", "new_senders"})})),
        Difference(-20, frozenset({frozenset()})),
        Difference(25, frozenset({frozenset()})),
    ]
    factor = 1.2
    mean = dict.fromkeys(PARTS, 0.0)
    for order in permutations(PARTS):
        named: tuple[Reason, ...] = tuple(p for p in REASONS if p in order)
        named = tuple(sorted(named, key=order.index))
        parts, before, after = one_reading(differences, named)
        effort_first = order.index("police_effort") < order.index("rest")
        moved = before * (factor - 1) if effort_first else after * (1 - 1 / factor)
        for part in PARTS:
            mean[part] += parts[part] / math.factorial(7)
        mean["police_effort"] += moved / math.factorial(7)
        mean["rest"] -= moved / math.factorial(7)
    found = split_of(differences, effort=Effort(1.2, (1.0, 1.0)))
    for part in PARTS:
        assert found.part(part).order_free.value == pytest.approx(mean[part], abs=1e-9), part


def test_what_any_of_three_reasons_would_do_alone_is_shared_equally() -> None:
    """Reference: symmetry and efficiency (Shapley 1953): 60 among three alike is 20 each."""
    reasons = frozenset({"late_reports", "new_senders", "corrections"})
    found = split_of([Difference(60, frozenset({reasons}))])  # type: ignore[arg-type]
    shares = [found.part(part).order_free.value for part in PARTS]
    assert sorted(shares) == pytest.approx([0, 0, 0, 0, 20, 20, 20])
    assert found.leading == ("new_senders",)
    assert (found.part("corrections").least, found.part("corrections").most) == (0, 60)


# Properties


@given(st.lists(unknown, max_size=8), orders, efforts)
@settings(max_examples=60, deadline=None)
def test_parts_always_add_up_to_the_change(
    differences: list[Difference], order: tuple[Reason, ...], effort: Effort | None
) -> None:
    """A breakdown that does not add up explains nothing, whatever is unknown."""
    found = split_of(differences, order, effort)
    in_order = math.fsum(one.in_order.value for one in found.parts)
    assert in_order == (found.change if effort is None else pytest.approx(found.change, abs=1e-9))
    free = math.fsum(one.order_free.value for one in found.parts)
    assert free == pytest.approx(found.change, abs=1e-9)
    assert [one.part for one in found.parts] == [*order, "police_effort", "rest"]


@given(st.lists(unknown, max_size=8), orders, efforts)
@settings(max_examples=60, deadline=None)
def test_what_is_certain_lies_within_the_bounds(
    differences: list[Difference], order: tuple[Reason, ...], effort: Effort | None
) -> None:
    """Bounds that miss their own value would be nonsense in print."""
    for one in split_of(differences, order, effort).parts:
        for bounds in (one.in_order, one.order_free):
            assert bounds.low <= bounds.value <= bounds.high
            assert one.least - 1e-9 <= bounds.low
            assert bounds.high <= one.most + 1e-9


@given(st.lists(unknown, min_size=1, max_size=4), orders)
@settings(max_examples=40, deadline=None)
def test_every_truth_that_is_possible_lies_within_the_bounds(
    differences: list[Difference], order: tuple[Reason, ...]
) -> None:
    """Whoever finds out later what was unknown must find it inside what we printed."""
    found = split_of(differences, order)
    spans: dict[str, list[int]] = {part: [] for part in PARTS}
    for truth in product(*(one.possible for one in differences)):
        resolved = [
            Difference(one.change, frozenset({reasons}))
            for one, reasons in zip(differences, truth, strict=True)
        ]
        parts, _, _ = one_reading(resolved, order)
        for part, persons in parts.items():
            spans[part].append(persons)
    for part in REASONS:
        bounds = found.part(part).in_order
        assert (bounds.low, bounds.high) == (min(spans[part]), max(spans[part]))
    rest = found.part("rest").in_order
    assert rest.low <= min(spans["rest"])
    assert max(spans["rest"]) <= rest.high


@given(st.lists(known, min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_the_range_is_that_of_all_orders(differences: list[Difference]) -> None:
    """An order is a choice: the range says how much of the answer is that choice."""
    found = split_of(differences)
    each = [one_reading(differences, order)[0] for order in permutations(REASONS)]
    for part in REASONS:
        of_orders = [parts[part] for parts in each]
        one = found.part(part)
        # Gains and losses of different persons may need different orders at once.
        assert one.least <= min(of_orders)
        assert max(of_orders) <= one.most
        assert one.identified


@given(st.lists(known, min_size=1, max_size=6), efforts)
@settings(max_examples=30, deadline=None)
def test_swapping_the_counts_turns_every_part_round(
    differences: list[Difference], effort: Effort | None
) -> None:
    """Seven more than last year is seven fewer than this year, for the same reasons."""
    there = split_of(differences)
    back = split_of([Difference(-one.change, one.possible) for one in differences])
    for part in PARTS:
        one, other = there.part(part), back.part(part)
        assert one.in_order.value == -other.in_order.value
        assert one.order_free.value == pytest.approx(-other.order_free.value, abs=1e-9)
        assert (one.least, one.most) == (-other.most, -other.least)


# Edges


def test_effort_alone_is_a_range_and_the_rest_is_what_it_leaves() -> None:
    """20 persons before, 30 after, half as many investigations again: nobody knows who did it."""
    differences = [
        Difference(-20, frozenset({frozenset()})),
        Difference(30, frozenset({frozenset()})),
    ]
    found = split_of(differences, effort=Effort(1.5, (0.0, 1.0)))
    effort, rest = found.part("police_effort"), found.part("rest")
    assert (effort.in_order.value, effort.in_order.low, effort.in_order.high) == (0, 0, 10)
    assert (rest.in_order.low, rest.in_order.high) == (0, 10)
    assert effort.words == "change.police_effort.either"
    certain = split_of(differences, effort=Effort(1.5, (0.5, 0.5))).part("police_effort")
    assert certain.in_order.value == pytest.approx(20 * (1.5**0.5 - 1))
    assert certain.most == pytest.approx(30 * (1 - 1.5**-0.5))
    assert certain.direction == "more"
    fewer = split_of(differences, effort=Effort(0.5, (0.5, 1.0))).part("police_effort")
    assert fewer.in_order.high < 0
    assert fewer.in_order.value == fewer.in_order.high
    assert not split_of(differences).part("police_effort").asked


def test_each_part_has_a_key_for_its_words() -> None:
    """The sentence is written elsewhere, in two languages: from keys that cannot drift."""
    late: frozenset[Reason] = frozenset({"late_reports"})
    corrected: frozenset[Reason] = frozenset({"corrections"})
    found = split_of(
        [
            Difference(5, frozenset({late})),
            Difference(-1, frozenset({corrected})),
            Difference(3, frozenset({late, corrected})),
        ]
    )

    def words(one: Attributed) -> str:
        return one.words

    assert {words(one) for one in found.parts} == {
        "change.changed_definition.none",
        "change.new_senders.none",
        "change.one_large_case.none",
        "change.late_reports.more",
        "change.corrections.either",
        "change.police_effort.not_asked",
        "change.rest.either",
    }
    assert found.leading == ("late_reports", "rest", "corrections")


def test_no_difference_at_all_is_no_change() -> None:
    """Two equal releases are an answer too."""
    found = attribute([], before=0, after=0)
    assert found.change == 0
    assert found.leading == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: attribute([], before=1, after=3), "do not add up"),
        (lambda: attribute([], before=1, after=1, order=REASONS[:4]), "each of 5 reasons once"),
        (
            lambda: attribute([], before=1, after=1, order=(*REASONS[:4], REASONS[0])),
            "each of 5 reasons once",
        ),
        (lambda: Effort(0.0, (0.0, 1.0)), "effort ratio"),
        (lambda: Effort(1.5, (1.0, 0.0)), "the lower first"),
        (lambda: Effort(1.5, (0.0, math.inf)), "elasticities within 5"),
        (lambda: Effort(math.nan, (0.0, 1.0)), "effort ratio"),
    ],
)
def test_refuses_what_cannot_be_attributed(call, message: str) -> None:  # type: ignore[no-untyped-def]
    """A part that was left out, or an effort of nothing, would end up in the rest unseen."""
    with pytest.raises(MethodError, match=message):
        call()
