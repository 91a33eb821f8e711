"""Two figures of R that ours do not meet: shown to be R's early stop, not our error.

R's `uniroot` stops when it knows the root to 1.2e-4. Both figures come from roots much
smaller than 1 or from ratios of them, so that the stop shows in the fourth digit.
Here Brent's method runs with R's stopping rule on our probabilities, and must print
R's figure; our own limits must solve the equation that R meant to solve.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from scipy.stats import binom, nchypergeom_fisher

from analysis.methods.elsewhere import median_ratio
from analysis.methods.fisher import Part, odds_ratio
from analysis.methods.rates import Count, rate_ratio

REFERENCE = Path(__file__).parents[1] / "reference"
EPSILON = 2.0**-52
STOP = EPSILON**0.25
"""R's default tolerance."""


def expected(example: str, quantity: str) -> tuple[float, float]:
    """The stated value and its tolerance."""
    checks = json.loads((REFERENCE / example / "expected.json").read_text())["checks"]
    check = next(check for check in checks if check["quantity"] == quantity)
    return check["value"], check["tolerance"]


def early_root(function: Callable[[float], float], a: float, b: float) -> float:
    """Brent (1973), Algorithms for Minimization without Derivatives, chapter 4, stopped early."""
    at_a, at_b = function(a), function(b)
    c, at_c = a, at_a
    while True:
        before = b - a
        if abs(at_c) < abs(at_b):
            a, b, c = b, c, b
            at_a, at_b, at_c = at_b, at_c, at_b
        enough = 2 * EPSILON * abs(b) + STOP / 2
        step = (c - b) / 2
        if abs(step) <= enough or at_b == 0:
            return b
        if abs(before) >= enough and abs(at_a) > abs(at_b):
            step = _interpolated(a, b, c, at_a, at_b, at_c, before, enough, step)
        if abs(step) < enough:
            step = enough if step > 0 else -enough
        a, at_a = b, at_b
        b += step
        at_b = function(b)
        if at_b * at_c > 0:
            c, at_c = a, at_a


def _interpolated(
    a: float, b: float, c: float, at_a: float, at_b: float, at_c: float,
    before: float, enough: float, bisection: float,
) -> float:  # fmt: skip
    """The secant's or inverse parabola's step where it is trusted, else half of the interval."""
    s = at_b / at_a
    if a == c:
        p, q = (c - b) * s, 1 - s
    else:
        r, t = at_b / at_c, at_a / at_c
        p = s * ((c - b) * t * (t - r) - (b - a) * (r - 1))
        q = (t - 1) * (r - 1) * (s - 1)
    p, q = (p, -q) if p > 0 else (-p, q)
    trusted = p < 0.75 * (c - b) * q - abs(enough * q) / 2 and p < abs(before * q / 2)
    return p / q if trusted else bisection


def test_epitools_upper_limit_is_the_mid_p_limit_stopped_early() -> None:
    """The exactly solved limit is 1.1e-4 larger, just outside the stated tolerance."""

    def as_few(share: float) -> float:
        return float(binom.pmf(41, 56, share) / 2 + binom.cdf(40, 56, share))

    exposures = 19017.0 / 28010.0
    roots = [early_root(lambda p, at=at: as_few(p) - at, 0.0, 1.0) for at in (0.5, 0.975, 0.025)]  # type: ignore[misc]
    estimate, low, high = (root / (1 - root) * exposures for root in roots)
    for found, quantity in (
        (estimate, "epitools_midp_est"),
        (low, "epitools_midp_ci[0]"),
        (high, "epitools_midp_ci[1]"),
    ):
        value, tolerance = expected("rate_ratio_rothman", quantity)
        assert found == pytest.approx(value, rel=0, abs=tolerance)
        assert found == pytest.approx(value, rel=1e-9)
    ours = rate_ratio(Count(15, 15, 19017.0), Count(41, 41, 28010.0), mid_p=True)
    share = ours.high / (ours.high + exposures)
    assert as_few(share) == pytest.approx(0.025, rel=1e-9)
    assert median_ratio(Count(15, 15, 19017.0), Count(41, 41, 28010.0)) == pytest.approx(
        estimate, rel=1e-4
    )


def test_r_upper_limit_of_the_odds_ratio_is_the_exact_limit_stopped_early() -> None:
    """R solves for the inverse ratio, 0.0016, to within 0.00012: 621.93 in the place of 626.24."""

    def as_few(ratio: float) -> float:
        return float(nchypergeom_fisher.cdf(3, 8, 4, 4, ratio))

    stopped = 1 / early_root(lambda inverse: as_few(1 / inverse) - 0.025, EPSILON, 1.0)
    value, tolerance = expected("fisher_tea", "ci[1]")
    assert stopped == pytest.approx(value, rel=0, abs=tolerance)
    assert stopped == pytest.approx(value, rel=1e-9)
    ours = odds_ratio(Part(3, 3, 4), Part(1, 1, 4)).high
    assert as_few(ours) == pytest.approx(0.025, rel=1e-9)
    assert ours == pytest.approx(stopped, rel=0.01)
