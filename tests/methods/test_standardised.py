"""Standardised rates: against Fay & Feuer, against exact identities, at their edges."""

import csv
import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.rates import rate
from analysis.methods.standardised import Count, direct_rate, standardised_ratio

REFERENCE = Path(__file__).parents[1] / "reference" / "direct_rate_fay_feuer"
EXPECTED = json.loads((REFERENCE / "expected.json").read_text())["checks"]


@st.composite
def strata(draw: st.DrawFn, most: int = 0) -> list[Count]:
    """One to four strata, each known to within ``most`` events."""
    low = draw(st.lists(st.integers(0, 40), min_size=1, max_size=4))
    gaps = [draw(st.integers(0, most)) for _ in low]
    return [
        Count(events, events + gap, draw(st.floats(1, 1e4)))
        for events, gap in zip(low, gaps, strict=True)
    ]


# Reference


@pytest.fixture(scope="module")
def down_syndrome() -> dict[str, float]:
    """The rates of all birth orders, for 100,000 births."""
    with (REFERENCE / "data.csv").open() as file:
        rows = list(csv.DictReader(file))
    orders = list(dict.fromkeys(row["birth_order"] for row in rows))
    births = np.array([float(row["births"]) for row in rows]).reshape(len(orders), -1)
    cases = np.array([int(row["cases"]) for row in rows]).reshape(len(orders), -1)
    found: dict[str, float] = {}
    for order, born, ill in zip(orders, births.tolist(), cases.tolist(), strict=True):
        counts = [Count(many, many, of) for many, of in zip(ill, born, strict=True)]
        one = direct_rate(counts, births.mean(axis=0))
        found |= {
            f"{order} rate": 1e5 * one.low_estimate,
            f"{order} low": 1e5 * one.low,
            f"{order} high": 1e5 * one.high,
        }
    return found


@pytest.mark.parametrize("check", EXPECTED, ids=lambda check: str(check["quantity"]))
def test_matches_fay_and_feuer(check: dict[str, Any], down_syndrome: dict[str, float]) -> None:
    """Reference: tests/reference/direct_rate_fay_feuer; very uneven weights."""
    found = down_syndrome[check["quantity"]]
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


def test_an_smr_has_the_limits_of_its_count() -> None:
    """Reference: Garwood's and R's mid-p limits of 10 events, over the 4 expected."""
    found = standardised_ratio([Count(3, 3, 10.0), Count(7, 7, 20.0)], [0.2, 0.1])
    assert found.expected == pytest.approx(4)
    assert (found.low, found.high) == pytest.approx((4.7953886961 / 4, 18.390356042 / 4), rel=1e-9)
    mid = standardised_ratio([Count(3, 3, 10.0), Count(7, 7, 20.0)], [0.2, 0.1], mid_p=True)
    assert (mid.low, mid.high) == pytest.approx((5.0795218472 / 4, 17.8248536966 / 4), rel=1e-6)


# Properties


@settings(deadline=None, max_examples=40)
@given(strata(), st.floats(0.1, 100))
def test_a_standard_like_the_population_gives_the_exact_limits(
    counts: list[Count], factor: float
) -> None:
    """Fay & Feuer's limits are Garwood's of the crude rate where nothing is standardised."""
    found = direct_rate(counts, [factor * count.exposure for count in counts])
    events = sum(count.low for count in counts)
    crude = rate(Count(events, events, math.fsum(count.exposure for count in counts)))
    assert (found.low_estimate, found.low, found.high) == pytest.approx(
        (crude.low_estimate, crude.low, crude.high), rel=1e-9
    )


@settings(deadline=None, max_examples=40)
@given(strata(most=3), st.lists(st.floats(0.1, 10), min_size=4, max_size=4))
def test_limits_are_the_union_over_every_reading(counts: list[Count], sizes: list[float]) -> None:
    """All readings at once must give what each alone does."""
    weights = sizes[: len(counts)]
    readings = [
        direct_rate(
            [Count(k, k, count.exposure) for k, count in zip(reading, counts, strict=True)], weights
        )
        for reading in product(*(range(count.low, count.high + 1) for count in counts))
    ]
    found = direct_rate(counts, weights)
    assert found.low == pytest.approx(min(one.low for one in readings), rel=1e-9)
    assert found.high == pytest.approx(max(one.high for one in readings), rel=1e-9)
    assert found.low_estimate == pytest.approx(min(one.low_estimate for one in readings), rel=1e-9)
    assert found.high_estimate == pytest.approx(
        max(one.high_estimate for one in readings), rel=1e-9
    )


@settings(deadline=None, max_examples=40)
@given(strata(most=3))
def test_a_population_at_its_own_rates_has_a_ratio_of_1(counts: list[Count]) -> None:
    """Indirect standardisation to itself must change nothing."""
    if sum(count.high for count in counts) == 0:
        return
    own = [count.high / count.exposure for count in counts]
    found = standardised_ratio(counts, own)
    assert found.high_estimate == pytest.approx(1, rel=1e-12)
    assert found.low <= found.low_estimate <= found.high_estimate < found.high


def test_gamma_limits_hold_their_level_where_weights_are_uneven() -> None:
    """Nine tenths of the weight on one tenth of the exposure: limits must not be too narrow."""
    rng = np.random.default_rng(3)
    drawn = rng.poisson([1.0, 9.0], (3000, 2))
    pairs, times = np.unique(drawn, axis=0, return_counts=True)
    found = [direct_rate([Count(a, a, 1.0), Count(b, b, 9.0)], [9, 1]) for a, b in pairs.tolist()]
    covered = sum(
        many for one, many in zip(found, times.tolist(), strict=True) if one.low <= 1 <= one.high
    )
    assert covered / 3000 > 0.95 - 3 * math.sqrt(0.95 * 0.05 / 3000)


# Edges


def test_no_event_in_any_stratum_leaves_an_upper_limit() -> None:
    """None seen does not show that none happened; the heaviest stratum decides."""
    found = direct_rate([Count(0, 0, 10.0), Count(0, 0, 50.0)], [1, 1])
    assert found.low_estimate == found.low == 0
    assert found.high == pytest.approx(0.5 / 10 * 3.6888794541, rel=1e-9)


@pytest.mark.parametrize(
    ("counts", "weights", "said"),
    [
        ([], [], "no stratum"),
        ([Count(1, 1, 1.0)], [1, 2], "2 values beside 1"),
        ([Count(1, 1, 1.0), Count(1, 1, 1.0)], [1, 0], "1 of 2 values of the weights are 0"),
        ([Count(1, 1, 1.0)], [math.nan], "missing or infinite"),
        ([Count(0, 999, 1.0), Count(0, 999, 1.0)], [1, 1], "1000000 readings.*Merge strata"),
    ],
)
def test_direct_rate_refuses_what_it_cannot_weigh(
    counts: list[Count], weights: list[float], said: str
) -> None:
    """Each would otherwise print a rate of nobody, or not come to an end."""
    with pytest.raises(MethodError, match=said):
        direct_rate(counts, weights)


@pytest.mark.parametrize(
    ("standard", "said"),
    [([0.0], "no event is expected"), ([-0.1], "negative"), ([], "0 of at least 1")],
)
def test_standardised_ratio_refuses_a_standard_without_events(
    standard: list[float], said: str
) -> None:
    """A ratio to nothing is no ratio."""
    with pytest.raises(MethodError, match=said):
        standardised_ratio([Count(1, 1, 1.0)], standard)
