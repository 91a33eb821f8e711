"""Simulated worlds: thousands at once equal our methods one by one, and the truth is the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import MethodError
from analysis.methods.comparators import ratio_rank
from analysis.methods.control_chart import control_chart, cusum
from analysis.methods.counterfactual.one_treated import one_treated
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counts import Count, Yearly
from analysis.methods.dispersion import dispersed_ratio, wider
from analysis.methods.rates import rate_ratio
from analysis.methods.simulated import alarms, judged, laws, peers
from analysis.methods.simulated.judged import Share
from analysis.methods.simulated.ratios import Ratios, ratios
from analysis.methods.simulated.worlds import Drawn, World, drawn

LAWS = pytest.mark.parametrize("law", laws.LAWS)


def _rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


# Laws and worlds


@LAWS
def test_each_law_has_the_mean_and_the_variance_it_claims(law: laws.Law) -> None:
    """If a world is not the one described, everything said of it is about another."""
    counts = laws.draw(law, np.full(200_000, 12.0), _rng())
    variance = {
        "Poisson": 12.0,
        "varying years": 12.0 + 12.0**2 / laws.GAMMA_SHAPE,
        "persons in cases": 12.0 * laws.INFLATION,
    }[law]
    assert counts.mean() == pytest.approx(12.0, rel=0.01)
    assert counts.var() == pytest.approx(variance, rel=0.03)


def test_case_sizes_have_the_stated_mean_and_inflation() -> None:
    """Hand-computed from the shares: the size of the case that a random person belongs to."""
    sizes = np.arange(1, 13)
    assert float(laws.CASE_SIZES @ sizes) == pytest.approx(laws.MEAN_CASE)
    persons = laws.CASE_SIZES * sizes / laws.MEAN_CASE
    assert float(persons @ sizes) == pytest.approx(laws.INFLATION)


@LAWS
def test_a_better_detector_raises_what_is_recorded_while_less_happens(law: laws.Law) -> None:
    """The world the whole notebook turns on: half as much again recorded of a quarter less."""
    world = World(law, 12.0, (4, 4), incidence=0.75, detection=2.0)
    found = drawn(world, _rng(), 40_000)
    assert (world.happened, world.recorded) == (0.75, 1.5)
    ratio = found.after_low.sum() / found.before_low.sum()
    assert ratio == pytest.approx(1.5, rel=0.02)


def test_growth_makes_the_mean_year_larger_and_no_step() -> None:
    """1.1 a year over four years against four is 1.1 to the fourth."""
    world = World("Poisson", 10.0, (4, 4), growth=1.1)
    assert world.recorded == pytest.approx(1.1**4)
    assert np.diff(np.log(world.means())) == pytest.approx(np.full(7, math.log(1.1)))


def test_the_large_case_falls_in_one_later_year() -> None:
    """One case, once: a world with several would be another."""
    calm = World("Poisson", 3.0, (4, 4))
    struck = World("Poisson", 3.0, (4, 4), large_case=500)
    assert struck.recorded == calm.recorded
    found = drawn(struck, _rng(), 300)
    assert ((found.after_low > 400).sum(axis=1) == 1).all()
    assert found.before_low.max() < 400


def test_hidden_counts_print_as_none_to_four_and_hold_the_count() -> None:
    """The same draw, printed openly and hidden: the interval must hold the number."""
    world = World("Poisson", 4.0, (4, 4))
    hidden = World("Poisson", 4.0, (4, 4), hidden=True)
    seen, printed = drawn(world, _rng(7), 200), drawn(hidden, _rng(7), 200)
    assert (printed.before_low <= seen.before_low).all()
    assert (seen.before_low <= printed.before_high).all()
    small = seen.after_low < 5
    assert (printed.after_low[small] == 0).all()
    assert (printed.after_high[small] == 4).all()
    assert (printed.after_high[~small] == seen.after_low[~small]).all()


@pytest.mark.parametrize(
    "wrong", [{"mean": 0.0}, {"years": (0, 4)}, {"detection": 5.0}, {"incidence": -1.0}]
)
def test_a_world_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    """More than all of it cannot be found."""
    with pytest.raises(MethodError, match="a world with a mean or ratio of 0 or less"):
        World(**{"law": "Poisson", "mean": 5.0, "years": (4, 4), **wrong})  # type: ignore[arg-type]


def test_no_draw_and_an_unknown_law_are_refused() -> None:
    """A share of nothing is no share."""
    with pytest.raises(MethodError, match="fewer than 1 draws"):
        drawn(World("Poisson", 5.0, (4, 4)), _rng(), 0)
    with pytest.raises(MethodError, match="an unknown law"):
        laws.draw("binomial", np.ones(3), _rng())  # type: ignore[arg-type]


# Ratios

years = st.integers(1, 5)


@st.composite
def tables(draw: st.DrawFn) -> Drawn:
    """One comparison of exact or hidden counts, zeros among them."""
    first, later = draw(years), draw(years)
    size = first + later
    counts = np.array([draw(st.lists(st.integers(0, 30), min_size=size, max_size=size))])
    exact = draw(st.booleans())
    low = np.where((counts < 5) & (not exact), 0, counts)
    high = np.where((counts < 5) & (not exact), 4, counts)
    return Drawn(low[:, :first], high[:, :first], low[:, first:], high[:, first:], exact)


@given(tables())
@settings(max_examples=300)
def test_thousands_at_once_equal_the_methods_one_by_one(table: Drawn) -> None:
    """The page judges our methods: it must not judge a copy that differs."""
    found = ratios(table)
    before, after = (
        Count(int(low.sum()), int(high.sum()), float(low.shape[1]))
        for low, high in (
            (table.before_low, table.before_high),
            (table.after_low, table.after_high),
        )
    )
    try:
        exact = rate_ratio(before, after)
    except MethodError:
        assert found.refused[0]
        assert np.isnan(found.exact_low[0])
        return
    assert not found.refused[0]
    assert _one(found, "exact") == pytest.approx((exact.low, exact.high))
    assert (found.least[0], found.most[0]) == pytest.approx(
        (exact.least.estimate, exact.most.estimate)
    )
    pairs = [
        Yearly(tuple(low[0].tolist()), tuple(high[0].tolist()))
        for low, high in (
            (table.before_low, table.before_high),
            (table.after_low, table.after_high),
        )
    ]
    try:
        spread = dispersed_ratio(*pairs)
    except MethodError:
        assert not found.paired[0]
        return
    assert _one(found, "dispersed") == pytest.approx((spread.low, spread.high))
    assert found.dispersed_leads[0] == (wider(exact, spread) == "dispersed")


def _one(found: Ratios, pair: str) -> tuple[float, float]:
    return getattr(found, f"{pair}_low")[0], getattr(found, f"{pair}_high")[0]


def test_exact_limits_cover_as_a_sum_over_all_counts_says() -> None:
    """Reference without chance: every pair of counts, weighted by its Poisson probability."""
    counts = np.arange(60)
    chance = stats.poisson.pmf(counts, 12.0)
    covered, answered = 0.0, 0.0
    for before in counts.tolist():
        for after in counts.tolist():
            if before + after == 0:
                continue
            one = rate_ratio(Count(before, before, 4.0), Count(after, after, 4.0))
            weight = chance[before] * chance[after]
            answered += weight
            covered += weight * (one.low <= 1 <= one.high)
    found = ratios(drawn(World("Poisson", 3.0, (4, 4)), _rng(5), 40_000))
    held = judged.held(found.exact_low, found.exact_high, 1.0)
    assert held is not None
    assert held.covered.value == pytest.approx(covered / answered, abs=4 * held.covered.error)


# Shares


def test_a_share_has_the_error_of_a_share() -> None:
    """Hand-computed: 0.05 of 2,000 is known to within half a percent."""
    assert Share(0.05, 2_000).error == pytest.approx(math.sqrt(0.05 * 0.95 / 2_000))
    assert Share(0.0, 100).error > 0


def test_bounds_allow_for_chance_and_no_more() -> None:
    """0.06 of 2,000 is two errors above 0.05, 0.07 is four."""
    assert Share(0.06, 2_000).keeps_to(0.05, errors=3)
    assert not Share(0.07, 2_000).keeps_to(0.05, errors=3)
    assert Share(0.94, 2_000).reaches(0.95, errors=3)
    assert not Share(0.93, 2_000).reaches(0.95, errors=3)


def test_no_limits_at_all_are_no_coverage_of_zero() -> None:
    """A method that always refuses has not failed to cover."""
    assert judged.held(np.full(3, np.nan), np.full(3, np.nan), 1.0) is None


# One country beside others


@given(st.integers(0, 10_000), st.sampled_from([3, 8, 19, 26]))
@settings(max_examples=60)
def test_rank_and_difference_equal_the_methods_one_by_one(seed: int, others: int) -> None:
    """As for ratios: what is judged must be what is used."""
    world = peers.PeerWorld("Poisson", 3.0, (3.0,) * others, (4, 3))
    counted = peers.counted(world, _rng(seed), 1)
    before, after = counted.before[0].tolist(), counted.after[0].tolist()
    p = peers.rank_p(counted, (4, 3))[0]
    pairs = [(Count(b, b, 4.0), Count(a, a, 3.0)) for b, a in zip(before, after, strict=True)]
    if before[0] + after[0]:
        named = {str(n): pair for n, pair in enumerate(pairs[1:])}
        assert p == pytest.approx(ratio_rank(pairs[0], named).p_high)
    else:
        assert p == 1.0
    change = peers.changes(counted, (4, 3))
    if np.ptp(change) == 0:
        return
    units = [str(n) for n in range(others + 1)]
    outcomes = np.vstack([np.zeros(others + 1), change[0]])
    one = one_treated(Panel.of(outcomes, periods=[1, 2], units=units, first_after=2), "0")
    low, high = peers.limits(change, 0.05)
    assert peers.permutation_p(change)[0] == pytest.approx(one.p)
    assert (low[0], high[0]) == pytest.approx((one.low, one.high))


def test_alike_countries_are_set_apart_as_rarely_as_a_permutation_allows() -> None:
    """Reference: with 20 alike countries, exactly 1 in 20 lies farthest out."""
    world = peers.PeerWorld("varying years", 40.0, (40.0,) * 19, (4, 4))
    found = peers.set_apart(world, _rng(2), 20_000)
    assert found.difference.value == pytest.approx(0.05, abs=4 * found.difference.error)
    assert found.limits is not None
    assert found.limits.covered.value == pytest.approx(0.95, abs=4 * found.limits.covered.error)


def test_too_few_countries_can_never_set_one_apart() -> None:
    """Eight others allow no p below 1 in 9, however large the change."""
    world = peers.PeerWorld("Poisson", 40.0, (40.0,) * 8, (4, 4), own=20.0)
    found = peers.set_apart(world, _rng(), 200)
    assert found.rank.value == found.difference.value == 0
    assert found.limits is None
    assert found.smallest_p == pytest.approx(1 / 9)


def test_one_other_country_is_refused() -> None:
    """One country shows nothing of what chance does."""
    with pytest.raises(MethodError, match="1 other countries"):
        peers.PeerWorld("Poisson", 5.0, (5.0,), (4, 4))


# Series under watch


def test_a_chart_of_one_total_reads_all_series_of_that_total() -> None:
    """One set-up a total saves hours, and must change no signal."""
    counts = _rng(3).poisson(8.0, (12, 12))
    counts[:, -1] += counts.sum(axis=1).max() - counts.sum(axis=1)
    counts[0, 0], counts[0, -1] = counts[0, 0] + counts[0, -1], 0
    runs = alarms.longest_runs(counts)
    chart = control_chart(range(12), counts[0], dispersion=1, rng=1, draws=1_000)
    odd, long = alarms.signals(chart, counts, runs)
    for number, own in enumerate(counts):
        one = control_chart(range(12), own, dispersion=1, rng=1, draws=1_000)
        assert odd[number] == any(signal.kind == "one period" for signal in one.signals)
        assert long[number] == one.sustained


@pytest.mark.parametrize("rate", [2.0, 9.0, 40.0])
def test_sums_alarm_where_those_of_the_method_do(rate: float) -> None:
    """A CUSUM of known rate is the same for every series."""
    counts = _rng(4).poisson(1.3 * rate, (40, 12))
    found = alarms.summed(counts, rate=rate)
    seen = [cusum(range(12), own, dispersion=1, rate=rate) for own in counts]
    alarmed = [one.more.alarm is not None or one.fewer.alarm is not None for one in seen]
    assert found.alarmed.value == np.mean(alarmed)
    assert found.promised == seen[0].run_length


def test_series_without_an_event_raise_no_alarm() -> None:
    """The chart refuses them; the share counts them as calm."""
    counts = np.zeros((3, 12), dtype=np.int64)
    counts[0] = 5
    assert alarms.charted(counts, _rng()).any_signal.value == 0
