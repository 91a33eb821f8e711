"""control_chart: against exact laws and plain loops, on replayed patterns, at its edges."""

import doctest
import importlib
import math
import pkgutil
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import analysis.methods.control_chart
from analysis.errors import MethodError
from analysis.methods.control_chart import (
    chart_performance,
    control_chart,
    count_cases,
    cusum,
    probability_limits,
)

YEARS = range(2007, 2023)
CASES = [12, 10, 13, 11, 12, 14, 11, 12, 13, 22, 12, 13, 11, 12, 10, 12]
"""Steady cases; in 2016 the police look harder."""

ONE_LARGE = [[40] if year == 2018 else [] for year in YEARS]
PERSONS = [count + 39 * (year == 2018) for year, count in zip(YEARS, CASES, strict=True)]
"""The same, with one case of 40 persons in 2018."""


def law(mean: float, dispersion: float) -> Any:
    """Reference law: scipy's, with the dispersion as variance over mean."""
    if dispersion == 1:
        return stats.poisson(mean)
    return stats.nbinom(mean / (dispersion - 1), 1 / dispersion)


# Reference


@pytest.mark.parametrize("mean", [0.3, 2.0, 10.0, 75.0])
@pytest.mark.parametrize("dispersion", [1.0, 1.4, 6.0])
@pytest.mark.parametrize("each_side", [0.025, 0.00135])
def test_limits_are_exact_quantiles(mean: float, dispersion: float, each_side: float) -> None:
    """Reference: scipy's laws; the next count inwards would be too likely."""
    low, high = probability_limits(mean, each_side=each_side, dispersion=dispersion)
    exact = law(mean, dispersion)
    assert exact.cdf(low - 1) <= each_side < exact.cdf(low)
    assert exact.sf(high) <= each_side < exact.sf(high - 1)


def survivors_without_run(above: Sequence[float], below: Sequence[float], length: int) -> float:
    """Probability that no run reaches the length: the chain of (side, run), period by period."""
    states = {(0, 0): 1.0}
    for up, down in zip(above, below, strict=True):
        after: dict[tuple[int, int], float] = {}
        for (side, run), chance in states.items():
            for to, p in ((1, up), (-1, down), (0, 1 - up - down)):
                state = (side, run) if to == 0 else (to, run + 1 if to == side else 1)
                if state[1] < length:
                    after[state] = after.get(state, 0.0) + chance * p
        states = after
    return sum(states.values())


@pytest.mark.parametrize(("rate", "dispersion"), [(3.5, 1.0), (10.0, 1.0), (10.0, 3.0)])
def test_computed_false_alarms_match_the_exact_chain(rate: float, dispersion: float) -> None:
    """With a known rate both rules can be worked out by hand; the chart says the same."""
    found = control_chart(
        YEARS, CASES, rate=rate, dispersion=dispersion, rng=1, draws=20_000, false_alarm=0.1
    )
    exact = law(rate, dispersion)
    assert found.run_length is not None
    above, below = [float(exact.sf(rate))] * 16, [float(exact.cdf(math.ceil(rate) - 1))] * 16
    runs = 1 - survivors_without_run(above, below, found.run_length)
    assert found.false_sustained == pytest.approx(runs, abs=4 * math.sqrt(runs / 20_000))
    inside = float(exact.cdf(found.high[0]) - exact.cdf(found.low[0] - 1))
    odd = 1 - inside**16
    assert odd <= 0.05 + 4 * math.sqrt(0.05 / 20_000)
    assert max(odd, runs) - 0.01 <= found.false_alarm <= odd + runs + 0.01


def plain_run_length(
    mean: float, reference: float, units: int, cut: int, sign: int, dispersion: float
) -> float:
    """Mean time to alarm by the equations of Brook & Evans, state by state in a loop."""
    cap, drift, exact = max(1, units // 2), round(cut * reference), law(mean, dispersion)
    chain, chances = np.zeros((units, units)), exact.pmf(np.arange(200)).tolist()
    for state in range(units):
        for count, chance in enumerate(chances):
            state_after = max(0, state + min(sign * (cut * count - drift), cap))
            if state_after < units:
                chain[state, state_after] += chance
    return float(np.linalg.solve(np.eye(units) - chain, np.ones(units))[0])


@pytest.mark.parametrize(("rate", "dispersion"), [(2.0, 1.0), (10.0, 1.0), (10.0, 2.5)])
def test_run_lengths_match_a_plain_markov_chain(rate: float, dispersion: float) -> None:
    """Both sides, unchanged and shifted; the threshold is the smallest that holds."""
    found = cusum(YEARS, CASES, rate=rate, dispersion=dispersion, run_length=50)
    for sign, shift, side in ((1, 1.5, found.more), (-1, 1 / 1.5, found.fewer)):
        reference = rate * (shift - 1) / math.log(shift)
        cut = found.steps_an_event
        units = round(cut * side.threshold)
        usual = plain_run_length(rate, reference, units, cut, sign, dispersion)
        assert side.run_length == pytest.approx(usual, rel=1e-6)
        moved = plain_run_length(rate * shift, reference, units, cut, sign, dispersion)
        assert side.shifted == pytest.approx(moved, rel=1e-6)
        less = plain_run_length(rate, reference, units - 1, cut, sign, dispersion)
        assert less < 100 <= usual


def test_run_length_with_unequal_exposures_matches_simulation() -> None:
    """Half years and whole ones: the chain over their order against plain draws."""
    exposure = np.array([1.0, 0.5, 2.0])
    found = cusum(range(3), [8, 4, 16], exposure=exposure, rate=8.0, dispersion=1, run_length=20)
    rng, cut = np.random.default_rng(9), found.steps_an_event
    cap = math.floor(cut * found.more.threshold / 2 + 1e-9) / cut
    reference = np.rint(cut * 8 * exposure * 0.5 / math.log(1.5)) / cut
    sums, time, running = np.zeros(4_000), np.zeros(4_000), np.ones(4_000, dtype=bool)
    for place in range(3_000):
        counts = rng.poisson(8 * exposure[place % 3], size=4_000)
        sums = np.maximum(0, sums + np.minimum(counts - reference[place % 3], cap))
        time += running
        running &= sums < found.more.threshold - 1e-9
    assert not running.any()
    error = time.std() / math.sqrt(len(time))
    assert abs(time.mean() - found.more.run_length) < 4 * error


# The patterns of the trend notebook, replayed


def test_one_year_of_police_effort_and_one_large_case_are_no_trend() -> None:
    """2016 and 2018: neither may be called a trend, whichever way persons are counted."""
    known = count_cases(PERSONS, ONE_LARGE)
    assert list(known.counts) == CASES
    cases = control_chart(YEARS, known.counts, dispersion=1, rng=1)
    assert cases.signals == ()
    inflated = control_chart(YEARS, PERSONS, dispersion=known.inflation, rng=1)
    assert inflated.signals == ()
    naive = control_chart(YEARS, PERSONS, dispersion=1, rng=1)
    assert [(s.kind, s.direction, s.first) for s in naive.signals] == [("one period", "more", 2018)]
    assert not naive.sustained
    for counts in (PERSONS, known.counts):
        sums = cusum(YEARS, counts, baseline=8, dispersion=1)
        assert sums.more.alarm is None
        assert sums.fewer.alarm is None


def test_a_level_that_stays_up_is_called_sustained() -> None:
    """A chart that never alarms would pass every test above."""
    counts = [10, 9, 12, 8, 11, 10, 9, 11, 17, 18, 16, 19, 20, 17, 18, 16]
    found = control_chart(YEARS, counts, dispersion=1, rng=1)
    assert [(s.direction, s.first, s.last) for s in found.signals] == [
        ("fewer", 2007, 2014),
        ("more", 2015, 2022),
    ]
    assert found.sustained
    sums = cusum(YEARS, counts, baseline=8, dispersion=1)
    assert sums.more.began == 2015
    assert sums.more.alarm is not None
    assert sums.more.alarm <= 2017


def test_a_period_set_aside_is_shown_and_changes_nothing() -> None:
    """A year with a cause of its own must not set the rate, break a run, or signal."""
    wild = [*CASES[:9], 400, *CASES[10:]]
    calm = control_chart(YEARS, CASES, dispersion=1, rng=1, set_aside=[2016])
    found = control_chart(YEARS, wild, dispersion=1, rng=1, set_aside=[2016])
    assert found.set_aside == (2016.0,)
    assert found.counts[9] == 400
    assert (found.signals, found.rate) == (calm.signals, calm.rate)


# Properties


@pytest.mark.parametrize("mean", [3, 10])
@pytest.mark.parametrize("baseline", [None, 8])
def test_unchanged_series_alarm_no_more_often_than_stated(
    mean: float, baseline: int | None
) -> None:
    """Computed, not assumed: estimated rates are part of what is simulated (5 percent)."""
    found = chart_performance([mean] * 16, baseline=baseline, rng=3, draws=120)
    assert found.any_signal <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 120)
    assert found.sustained <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 120)


def test_persons_from_cases_cry_wolf_unless_cases_are_known() -> None:
    """The reason for counting cases: as independent persons, nearly every series alarms."""
    sizes, cases = (1, 1, 1, 2, 3, 12), [10] * 12

    def alarms(unit: str) -> float:
        return chart_performance(
            cases,
            sizes=sizes,
            unit=unit,  # type: ignore[arg-type]
            rng=4,
            draws=50,
        ).any_signal

    assert alarms("persons") > 0.9
    assert alarms("cases") <= 0.14
    assert alarms("persons inflated") <= 0.14


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 40), min_size=10, max_size=20), st.integers(1, 50))
def test_the_unit_of_exposure_does_not_matter(counts: list[int], unit: int) -> None:
    """Months or years: the same signals."""
    counts = [*counts, 7]
    plain = control_chart(range(len(counts)), counts, dispersion=1, rng=1, draws=1_000)
    scaled = control_chart(
        range(len(counts)),
        counts,
        exposure=[float(unit)] * len(counts),
        dispersion=1,
        rng=1,
        draws=1_000,
    )
    assert scaled.signals == plain.signals
    assert scaled.rate * unit == pytest.approx(plain.rate)


@given(
    st.lists(st.lists(st.integers(1, 30), max_size=4), min_size=1, max_size=8),
    st.integers(0, 20),
)
def test_cases_of_known_size_are_counted_once_each(sizes: list[list[int]], others: int) -> None:
    """The bookkeeping identity, and inflation between 1 and the largest case."""
    persons = [sum(own) + others + (not own) for own in sizes]
    found = count_cases(persons, sizes)
    expected = [len(own) + others + (not own) for own in sizes]
    assert list(found.counts) == expected
    largest = max([1, *(size for own in sizes for size in own)])
    assert 1 <= found.inflation <= largest


def test_inflation_is_the_dispersion_of_persons_who_come_in_cases() -> None:
    """The formula behind it, by simulation: variance over mean of compound counts."""
    rng = np.random.default_rng(6)
    sizes = np.array([1, 1, 2, 6])
    own = [rng.choice(sizes, size=n).tolist() for n in rng.poisson(5, size=4_000)]
    found = count_cases([sum(each) for each in own], own)
    persons = np.array(found.persons)
    assert found.inflation == pytest.approx(42 / 10, rel=0.03)
    assert persons.var() / persons.mean() == pytest.approx(found.inflation, rel=0.1)


def test_no_period_alarms_alone_in_the_sums() -> None:
    """A single count of any size adds at most half of the threshold."""
    counts = [10] * 16
    counts[8] = 5_000
    found = cusum(YEARS, counts, rate=10.0, dispersion=1)
    assert found.more.alarm is None
    assert max(found.more.sums) <= found.more.threshold / 2


def test_an_estimated_rate_shortens_the_run_length_it_promises() -> None:
    """Eight years say little of the rate: the chart prints what that may cost."""
    found = cusum(YEARS, CASES, baseline=8, dispersion=1, run_length=100)
    assert found.run_length >= 100
    assert found.run_length_low is not None
    assert found.run_length_low < found.run_length / 2
    assert cusum(YEARS, CASES, rate=12.0, dispersion=1).run_length_low is None


def test_dispersion_can_be_taken_from_the_baseline() -> None:
    """Where case sizes are not known, the years themselves show how far they scatter."""
    counts = [4, 20, 9, 31, 2, 15, 28, 6, 22, 3, 18, 11]
    found = control_chart(range(12), counts, dispersion=None, rng=1, draws=2_000)
    expected = np.mean(counts)
    assert found.dispersion == pytest.approx(np.var(counts, ddof=1) / expected)
    assert found.signals == ()
    assert control_chart(range(12), counts, dispersion=1, rng=1, draws=2_000).signals != ()


def test_the_same_seed_gives_the_same_chart() -> None:
    """A report that is built twice must print the same limits."""
    once, again = (control_chart(YEARS, CASES, dispersion=1, rng=5) for _ in range(2))
    assert once == again


# Edges


@pytest.mark.parametrize(
    ("counts", "options", "said"),
    [
        ([5] * 7, {}, "7 periods of at least 8 needed"),
        ([5] * 9, {"baseline": 7}, "7 periods of at least 8 needed"),
        ([5] * 9, {"baseline": 10}, "baseline, of 9 judged"),
        ([0] * 9, {}, "all counts of the baseline's 9 periods are 0"),
        ([5] * 9, {"set_aside": [99]}, "1 of 1 periods set aside are not in the series"),
        ([5] * 9, {"set_aside": [0, 1]}, "7 periods of at least 8 needed"),
        ([5] * 9, {"false_alarm": 0.0}, "false-alarm rate outside"),
        ([5] * 9, {"draws": 10}, "fewer than 1000 draws"),
        ([5] * 9, {"dispersion": 0.9}, "1 or more"),
        ([5] * 9, {"rate": 0.0}, "no finite number above 0"),
        ([5] * 9, {"rate": 5.0, "baseline": 8}, "a rate beside a baseline"),
        ([5] * 9, {"rate": 1e6}, "expect 0 events or more than 10000"),
        ([5] * 9, {"exposure": [0.0] * 9}, "0 or less"),
        ([5.5] * 9, {}, "not whole"),
    ],
)
def test_refuses_charts_that_would_mislead(
    counts: list[float], options: dict[str, object], said: str
) -> None:
    """Each refusal names the condition and a way out."""
    with pytest.raises(MethodError, match=said):
        control_chart(range(len(counts)), counts, **({"dispersion": 1.0, "rng": 1} | options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "either a baseline or a rate"),
        ({"baseline": 8, "rate": 9.0}, "either a baseline or a rate"),
        ({"baseline": 7}, "baseline of fewer than 8 or more than 16 periods"),
        ({"rate": 9.0, "ratio": 1.0}, "a ratio of at most 1"),
        ({"rate": 9.0, "run_length": 5.0}, "run length outside"),
        ({"rate": 2_000.0}, "more than 1000 events"),
        ({"rate": -1.0}, "expect 0 events"),
        ({"rate": 9.0, "dispersion": 0.5}, "1 or more"),
        ({"rate": 0.1, "ratio": 1.01, "run_length": 1e4}, "more than 2000 states"),
    ],
)
def test_refuses_sums_without_a_known_start(options: dict[str, float], said: str) -> None:
    """A baseline that includes the shift would hide it; none is assumed."""
    with pytest.raises(MethodError, match=said):
        cusum(YEARS, CASES, **({"dispersion": 1.0} | options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("persons", "sizes", "said"),
    [
        ([5, 5], [[6], []], "1 of 2 periods have known cases"),
        ([5, 5], [[]], "1 periods beside 2"),
        ([5, 5], [[0], []], "1 of 2 periods"),
        ([0, 0], [[], []], "no period has a person"),
    ],
)
def test_refuses_cases_that_do_not_fit_their_persons(
    persons: list[int], sizes: list[list[int]], said: str
) -> None:
    """More persons in known cases than in all: two sources with two counting rules."""
    with pytest.raises(MethodError, match=said):
        count_cases(persons, sizes)


def test_refuses_a_tail_that_is_none_and_a_simulation_of_nothing() -> None:
    """Arguments outside their range are named."""
    with pytest.raises(MethodError, match=r"between 0 and 0\.5"):
        probability_limits(5.0, each_side=0.5)
    with pytest.raises(MethodError, match="no draw"):
        chart_performance([5] * 9, rng=1, draws=0)


def test_few_events_leave_no_low_count_to_signal() -> None:
    """With 2 a year, a year without events is nothing odd, and the chart says so."""
    assert probability_limits(2.0, each_side=0.01)[0] == 0


def test_examples_in_docstrings_give_what_they_say() -> None:
    """A reader copies the example first."""
    tried = 0
    for module in pkgutil.iter_modules(analysis.methods.control_chart.__path__):
        name = f"analysis.methods.control_chart.{module.name}"
        result = doctest.testmod(importlib.import_module(name))
        assert result.failed == 0
        tried += result.attempted
    assert tried >= 8
