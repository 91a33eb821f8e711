"""Verdict words: from limits and breaks alone, whatever the author hoped for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Limits
from analysis.contracts.published import Break, Text
from analysis.contracts.values import NOT_KNOWN, interval, number
from analysis.errors import FindingError
from analysis.findings import verdict

NOTHING = Text("", "")
positive = st.floats(0.01, 100)
confounding = st.sampled_from(["F1", "F2", "F3", "F4"])
harmless = st.sampled_from(["F5", "F6", "F7", "F8", "F9"])


def _break(flag: str) -> Break:
    return Break(flag, flag, "DNK", "2007", ("*",), NOTHING, NOTHING, "", "")  # type: ignore[arg-type]


def _limits(low: float, high: float) -> Limits:
    return Limits(low, high, 0.95, "exact")


@st.composite
def ratios(draw: st.DrawFn) -> tuple[float, float, Limits]:
    """An estimate with bounds and limits that cover it; the upper limit may be infinite."""
    low, first, last, high = sorted(draw(st.tuples(*[positive] * 4)))
    return first, last, _limits(low, draw(st.sampled_from([high, math.inf])))


@given(ratios(), st.lists(harmless), confounding)
def test_no_direction_is_claimed_across_a_break_of_scope_detection_rule_or_shock(
    ratio: tuple[float, float, Limits], others: list[str], flag: str
) -> None:
    """A centre that looks for victims finds more of them: that is not "higher"."""
    low, high, pair = ratio
    breaks = [_break(one) for one in [*others, flag]]
    assert verdict.of_ratio(interval(low, high), [pair], breaks) not in ("higher", "lower")


@given(ratios(), ratios(), st.lists(harmless | confounding))
def test_limits_that_include_no_difference_are_always_undecided(
    one: tuple[float, float, Limits], other: tuple[float, float, Limits], flags: list[str]
) -> None:
    """Two pairs are printed: a reader who sees 1 inside either must not read a verdict."""
    low, high = min(one[0], other[0]), max(one[1], other[1])
    pairs = [_limits(min(low, pair.low), max(high, pair.high)) for _, _, pair in (one, other)]
    said = verdict.of_ratio(interval(low, high), pairs, [_break(flag) for flag in flags])
    assert (said == "undecided") == any(pair.low <= 1 <= pair.high for pair in pairs)


@given(ratios(), st.lists(harmless | confounding))
def test_turning_the_ratio_over_turns_the_verdict_over(
    ratio: tuple[float, float, Limits], flags: list[str]
) -> None:
    """Which plan is called the later one must not change what is found."""
    low, high, pair = ratio
    breaks = [_break(flag) for flag in flags]
    turned = _limits(0.0 if math.isinf(pair.high) else 1 / pair.high, 1 / pair.low)
    opposite = {
        "higher": "lower",
        "lower": "higher",
        "recorded_more": "recorded_fewer",
        "recorded_fewer": "recorded_more",
    }
    said = verdict.of_ratio(interval(low, high), [pair], breaks)
    other = verdict.of_ratio(interval(1 / high, 1 / low), [turned], breaks)
    if pair.low != 1 and pair.high != 1:
        assert other == opposite.get(said, said)


@pytest.mark.parametrize(
    ("low", "high", "flags", "said"),
    [
        (2.97, 33.96, [], "higher"),
        (2.97, 33.96, ["F6", "F9"], "higher"),
        (2.97, 33.96, ["F4"], "recorded_more"),
        (0.2, 0.9, [], "lower"),
        (0.2, 0.9, ["F3"], "recorded_fewer"),
        (0.69, 8.94, ["F1"], "undecided"),
        (1.0, 8.94, [], "undecided"),
        (2.97, math.inf, [], "higher"),
        (0.0, math.inf, [], "undecided"),
    ],
)
def test_the_wording_rule(low: float, high: float, flags: list[str], said: str) -> None:
    """The rule of the methods page: interval excludes 1 and no F1-F4, or no direction."""
    estimate = number(min(max(1.2 if low < 1 < high else low, low), high))
    breaks = [_break(flag) for flag in flags]
    assert verdict.of_ratio(estimate, [_limits(low, high)], breaks) == said


@given(st.floats(1.01, 50.0), st.floats(1.0, 20.0))
def test_exact_limits_alone_decide_nothing_about_persons(low: float, width: float) -> None:
    """Persons come in cases: exact limits called 8 of 100 unchanged rates changed (soak)."""
    pair = _limits(low, low * width)
    estimate = interval(low, low * width)
    assert verdict.of_ratio(estimate, [pair], (), clustered=True) == "undecided"
    assert verdict.of_ratio(estimate, [pair], ()) == "higher"
    wider = Limits(low, low * width, 0.95, "dispersed")
    assert verdict.of_ratio(estimate, [pair, wider], (), clustered=True) == "higher"


def test_refuses_limits_that_do_not_cover_the_estimate() -> None:
    """Limits of one reading of "<5" would decide for all of them."""
    with pytest.raises(FindingError, match="1 of 1 pairs of limits do not cover"):
        verdict.of_ratio(interval(4.9, 13.3), [_limits(2.97, 8.49)], [])


def test_without_an_estimate_or_limits_nothing_is_compared() -> None:
    """A missing figure is not a ratio of 1."""
    assert verdict.of_ratio(NOT_KNOWN, [_limits(0.5, 2)], []) == "not_comparable"
    assert verdict.of_ratio(number(2), [], []) == "not_comparable"


def test_a_count_without_a_baseline_is_not_comparable() -> None:
    """The 2002 plan has no series of victims, and the program says so by itself."""
    total = number(145)
    assert verdict.of_count(total, known_years=4, baseline_wanted=True) == "not_comparable"
    assert verdict.of_count(total, known_years=4, baseline_wanted=False) == "described"
    assert verdict.of_count(NOT_KNOWN, known_years=0, baseline_wanted=True) == "not_known"


def test_a_rank_among_few_countries_decides_nothing() -> None:
    """Among 9 countries p cannot fall below 1/9, so the first place proves nothing."""
    assert verdict.of_rank(1 / 9, level=0.95) == "undecided"
    assert verdict.of_rank(1 / 21, level=0.95) == "described"
