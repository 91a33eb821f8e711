"""Power and size: against R's examples and simulation, against each other, at their edges."""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, ttest_ind

from analysis.errors import MethodError
from analysis.methods.sample_size import (
    means_group_size,
    means_power,
    shares_group_size,
    shares_power,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "power_r_examples"
EXPECTED = json.loads((REFERENCE / "expected.json").read_text())["checks"]
PRINTED = {
    "power n=50 .50 v .75": "prop_n50_power",
    "n for 90%": "prop_pow90_n",
    "t power n=20": "t_n20_power",
    "t n for 90%": "t_pow90_n",
}


@pytest.fixture(scope="module")
def r_examples() -> dict[str, float]:
    """Every figure of the reference, found by our own functions."""
    with (REFERENCE / "data.csv").open() as file:
        cases = {row["id"]: row for row in csv.DictReader(file)}
    one, two, three, four = (cases[name] for name in ("prop_n50", "prop_pow90", "t_n20", "t_pow90"))
    shares = [(float(row["p1"]), float(row["p2"])) for row in (one, two)]
    return {
        "prop_n50_power": shares_power(*shares[0], float(one["n"])),
        "prop_pow90_n": shares_group_size(*shares[1], power=float(two["power"])),
        "t_n20_power": means_power(float(three["delta"]), float(three["n"])),
        "t_pow90_n": means_group_size(float(four["delta"]), power=float(four["power"])),
    }


@pytest.mark.parametrize("check", EXPECTED, ids=lambda check: str(check["quantity"]))
def test_power_matches_the_help_pages_of_r(
    check: dict[str, Any], r_examples: dict[str, float]
) -> None:
    """Reference: tests/reference/power_r_examples."""
    found = r_examples[PRINTED.get(check["quantity"], check["quantity"])]
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


def test_simulated_means_differ_as_often_as_promised() -> None:
    """The whole method again by drawing: 12 against 20 members, one deviation apart."""
    rng = np.random.default_rng(8)
    first, second = rng.normal(0, 1, (12, 4000)), rng.normal(1, 1, (20, 4000))
    shown = float(np.mean(ttest_ind(first, second).pvalue <= 0.05))
    promised = means_power(1.0, 12, second_size=20)
    assert shown == pytest.approx(promised, abs=4 * math.sqrt(0.8 * 0.2 / 4000))


def test_simulated_shares_differ_as_often_as_promised() -> None:
    """The z test on drawn counts: 150 against 100 members."""
    rng = np.random.default_rng(9)
    a, b = rng.binomial(150, 0.3, 20_000), rng.binomial(100, 0.5, 20_000)
    pooled = (a + b) / 250
    z = (a / 150 - b / 100) / np.sqrt(pooled * (1 - pooled) * (1 / 150 + 1 / 100))
    shown = float(np.mean(np.abs(z) > norm.isf(0.025)))
    assert shown == pytest.approx(shares_power(0.3, 0.5, 150, second_size=100), abs=0.015)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.3, 0.95))
def test_the_size_found_has_the_power_asked_for(a: float, b: float, power: float) -> None:
    """Size and power are one function read in two directions."""
    if abs(a - b) < 0.02:
        return
    size = shares_group_size(a, b, power=power)
    reached = shares_power(a, b, size)
    assert reached == pytest.approx(power, abs=1e-6) or (size == 1 and reached > power)
    apart = 3 * (a - b)
    members = means_group_size(apart, power=power)
    reached = means_power(apart, members)
    assert reached == pytest.approx(power, abs=1e-6) or (members == 2 and reached > power)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(5, 500), st.floats(5, 500))
def test_swapping_the_groups_keeps_the_power(a: float, b: float, n: float, m: float) -> None:
    """Which group we name first must not change what we promise."""
    there, back = shares_power(a, b, n, second_size=m), shares_power(b, a, m, second_size=n)
    assert there == pytest.approx(back, abs=1e-9)
    assert means_power(a - b, n, second_size=m) == pytest.approx(
        means_power(b - a, m, second_size=n), abs=1e-9
    )


def test_a_difference_beyond_doubt_has_full_power() -> None:
    """The noncentral t runs out of numbers there; the answer must still be one."""
    assert means_power(60.0, 1000) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: shares_power(0.0, 0.5, 10), "strictly between 0 and 1"),
        (lambda: shares_power(50, 75, 10), "shares, not percent"),
        (lambda: shares_power(0.5, 0.6, 0), "fewer than 1"),
        (lambda: shares_power(0.5, 0.6, 10, second_size=math.nan), "fewer than 1"),
        (lambda: shares_group_size(0.5, 0.5), "nothing differs"),
        (lambda: shares_group_size(0.5, 0.500001), "no group of up to"),
        (lambda: shares_group_size(0.5, 0.6, power=1.0), "power must be below 1"),
        (lambda: shares_group_size(0.5, 0.6, power=0.04), "power must be below 1"),
        (lambda: means_power(math.nan, 10), "no finite number"),
        (lambda: means_power(1.0, 1.5), "fewer than 2 members"),
        (lambda: means_group_size(0.0), "nothing differs"),
        (lambda: means_group_size(1e-6), "no group of up to"),
        (lambda: means_power(1.0, 10, level=95), "between 0 and 1"),
    ],
)
def test_refuses_what_has_no_answer(call: Callable[[], float], said: str) -> None:
    """Each would otherwise loop for ever or print no number."""
    with pytest.raises(MethodError, match=said):
        call()
