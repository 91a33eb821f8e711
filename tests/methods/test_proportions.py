"""Shares and their differences: against Newcombe and R, against symmetries, at their edges."""

import csv
import json
import math
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.errors import MethodError
from analysis.methods.elsewhere import wald_difference, wald_share
from analysis.methods.fisher import fisher_test
from analysis.methods.proportions import Limits, Part, share, share_difference

REFERENCE = Path(__file__).parents[1] / "reference"
SHARES = REFERENCE / "proportion_newcombe1998"
DIFFERENCES = REFERENCE / "diff_newcombe1998_abcd"
LIMITS: tuple[Limits, ...] = get_args(Limits)
NAMES = {
    "wilson": ("wilson", "Wilson"),
    "wilson_corrected": ("wilson_cc", "Wilson-cc"),
    "clopper_pearson": ("clopper_pearson", "C-P"),
    "mid_p": ("midp", "mid-p"),
}

levels = st.floats(0.5, 0.999)


def checks(folder: Path) -> list[dict[str, Any]]:
    """Every value that the reference states."""
    found: list[dict[str, Any]] = json.loads((folder / "expected.json").read_text())["checks"]
    return found


def rows(folder: Path) -> list[dict[str, str]]:
    """The reference's data."""
    with (folder / "data.csv").open() as file:
        return list(csv.DictReader(file))


@st.composite
def parts(draw: st.DrawFn, widest: int = 0) -> Part:
    """Parts of up to 300 members, known to within ``widest``."""
    total = draw(st.integers(1, 300))
    low = draw(st.integers(0, total))
    return Part(low, min(total, low + draw(st.integers(0, widest))), total)


# Reference


@pytest.fixture(scope="module")
def shares() -> dict[str, float]:
    """Every figure of Newcombe's first paper, found by our own functions."""
    found: dict[str, float] = {}
    for place, row in enumerate(rows(SHARES)):
        x, n = int(row["x"]), int(row["n"])
        part = Part(x, x, n)
        found |= {f"[{place}].x": part.low, f"[{place}].n": part.total}
        wald = wald_share(part)
        found |= {f"[{place}].wald[0]": wald.low, f"[{place}].wald[1]": wald.high}
        for limits in LIMITS:
            one = share(part, limits=limits)
            name, printed = NAMES[limits]
            column = f"[{place}].{name}"
            found |= {f"{column}[0]": one.low, f"{column}[1]": one.high}
            found |= {
                f"{printed} {x}/{n} lo": one.low,
                f"{printed} {x}/{n} hi": one.high,
            }
    return found


@pytest.mark.parametrize("check", checks(SHARES), ids=lambda check: str(check["quantity"]))
def test_shares_match_newcombe_and_r(check: dict[str, Any], shares: dict[str, float]) -> None:
    """Reference: tests/reference/proportion_newcombe1998, also at 0 of 20 and 1 of 29."""
    found = shares[check["quantity"]]
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


@pytest.fixture(scope="module")
def differences() -> dict[str, float]:
    """Every figure of Newcombe's second paper, found by our own functions."""
    found: dict[str, float] = {}
    for place, row in enumerate(rows(DIFFERENCES)):
        a, m, b, n = (int(row[key]) for key in "ambn")
        first, second = Part(a, a, m), Part(b, b, n)
        one, wald = share_difference(first, second), wald_difference(first, second)
        found |= {
            f"[{place}].{key}": value for key, value in zip("ambn", (a, m, b, n), strict=True)
        }
        found |= {
            f"[{place}].diff": one.low_estimate,
            f"[{place}].newcombe10[0]": one.low,
            f"[{place}].newcombe10[1]": one.high,
            f"[{place}].wald[0]": wald.low,
            f"[{place}].wald[1]": wald.high,
            f"[{place}].fisher_p": fisher_test(first, second).two_sided.low,
            f"{a}/{m}-{b}/{n} lo": one.low,
            f"{a}/{m}-{b}/{n} hi": one.high,
        }
    return found


@pytest.mark.parametrize("check", checks(DIFFERENCES), ids=lambda check: str(check["quantity"]))
def test_differences_match_newcombe_and_r(
    check: dict[str, Any], differences: dict[str, float]
) -> None:
    """Reference: tests/reference/diff_newcombe1998_abcd, also where nobody is in either part."""
    found = differences[check["quantity"]]
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


@settings(deadline=None, max_examples=40)
@given(parts(), levels)
def test_wilson_and_exact_limits_match_statsmodels(part: Part, level: float) -> None:
    """Reference: statsmodels, at every level and not only at 95 percent."""
    for limits, method in (("wilson", "wilson"), ("clopper_pearson", "beta")):
        low, high = proportion_confint(part.low, part.total, alpha=1 - level, method=method)
        found = share(part, level=level, limits=limits)  # type: ignore[arg-type]
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(parts(), parts(), levels)
def test_differences_match_statsmodels(first: Part, second: Part, level: float) -> None:
    """Reference: statsmodels' Newcombe limits."""
    low, high = confint_proportions_2indep(
        first.low, first.total, second.low, second.total, method="newcomb", alpha=1 - level
    )
    found = share_difference(first, second, level=level)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-9)


def test_corrected_differences_match_newcombes_method_11() -> None:
    """Reference: Newcombe (1998), Table II, method 11, for 56/70 and 48/80: 0.0428 to 0.3422."""
    found = share_difference(Part(56, 56, 70), Part(48, 48, 80), limits="wilson_corrected")
    assert (found.low, found.high) == pytest.approx((0.0428, 0.3422), abs=6e-5)


# Properties


@settings(deadline=None, max_examples=40)
@given(parts(widest=20), levels, st.sampled_from(LIMITS))
def test_the_other_part_has_the_mirrored_limits(part: Part, level: float, limits: Limits) -> None:
    """The share of actions done and of actions not done must tell one story."""
    found = share(part, level=level, limits=limits)
    rest = Part(part.total - part.high, part.total - part.low, part.total)
    other = share(rest, level=level, limits=limits)
    assert (found.low, found.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)
    assert 0 <= found.low <= found.low_estimate <= found.high_estimate <= found.high <= 1


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 200), st.data(), levels)
def test_mid_p_limits_solve_their_definition(total: int, data: st.DataObject, level: float) -> None:
    """Half of the observed number and all beyond it have the tail's probability."""
    part = data.draw(st.integers(1, total - 1))
    found = share(Part(part, part, total), level=level, limits="mid_p")
    here = [float(binom.pmf(part, total, p)) / 2 for p in (found.low, found.high)]
    tail = (1 - level) / 2
    assert here[0] + binom.sf(part, total, found.low) == pytest.approx(tail, rel=1e-6)
    assert here[1] + binom.cdf(part - 1, total, found.high) == pytest.approx(tail, rel=1e-6)


@settings(deadline=None, max_examples=40)
@given(parts(widest=9), parts(widest=9), st.sampled_from(LIMITS))
def test_the_extreme_readings_bound_every_reading(
    first: Part, second: Part, limits: Limits
) -> None:
    """Only two readings are computed; none between them may reach further."""
    union = share_difference(first, second, limits=limits)
    for a, b in product(
        {first.low, (first.low + first.high) // 2, first.high},
        {second.low, (second.low + second.high) // 2, second.high},
    ):
        one = share_difference(Part(a, a, first.total), Part(b, b, second.total), limits=limits)
        assert union.low - 1e-9 <= one.low <= one.high <= union.high + 1e-9
        assert union.low_estimate - 1e-9 <= one.low_estimate <= union.high_estimate + 1e-9


@settings(deadline=None, max_examples=40)
@given(parts(widest=9), parts(widest=9), st.sampled_from(LIMITS))
def test_swapping_the_groups_turns_the_sign(a: Part, b: Part, limits: Limits) -> None:
    """Which group we name first must not change what we conclude."""
    there, back = share_difference(a, b, limits=limits), share_difference(b, a, limits=limits)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)


# Edges


@pytest.mark.parametrize("limits", LIMITS)
def test_none_and_all_keep_one_limit_exactly(limits: Limits) -> None:
    """0 of 20 has no lower limit but 0, and 20 of 20 no upper one but 1."""
    assert share(Part(0, 0, 20), limits=limits).low == 0
    assert share(Part(20, 20, 20), limits=limits).high == 1


def test_unknown_status_widens_to_both_bounds() -> None:
    """12 of 36 actions done, 9 unknown: neither "12 of 27" nor "12 of 36" is the answer."""
    found = share(Part(12, 21, 36))
    assert (found.low_estimate, found.high_estimate) == (12 / 36, 21 / 36)
    assert found.low == share(Part(12, 12, 36)).low
    assert found.high == share(Part(21, 21, 36)).high


@pytest.mark.parametrize(
    ("low", "high", "total"),
    [(-1, 2, 5), (3, 2, 5), (2, 6, 5), (0, 0, 0), (0.5, 1, 3), (0, math.nan, 3)],
)
def test_a_part_refuses_what_cannot_be_counted(low: float, high: float, total: int) -> None:
    """More done than planned is a misread table, not a share above 1."""
    with pytest.raises(MethodError, match="Part: "):
        Part(low, high, total)  # type: ignore[arg-type]


def test_refuses_limits_and_levels_that_do_not_exist() -> None:
    """Wald's limits are not on offer for findings."""
    with pytest.raises(MethodError, match="Choose one of wilson, wilson_corrected"):
        share(Part(1, 1, 2), limits="wald")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="between 0 and 1"):
        share_difference(Part(1, 1, 2), Part(1, 1, 2), level=95)
