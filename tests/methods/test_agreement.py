"""Cohen's kappa: against vcd and statsmodels, against identities, at its edges."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.agreement import Weights, cohens_kappa, kappa_of_table

REFERENCE = Path(__file__).parents[1] / "reference" / "kappa_sexualfun"
EXPECTED = json.loads((REFERENCE / "expected.json").read_text())["checks"]

tables = st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=3, max_size=3)


def varied(table: list[list[int]]) -> bool:
    """Both coders use more than one code."""
    counts = np.array(table)
    return all(np.count_nonzero(counts.sum(axis)) > 1 for axis in (0, 1))


@pytest.mark.parametrize("check", EXPECTED, ids=lambda check: str(check["quantity"]))
def test_kappa_matches_vcd(check: dict[str, Any]) -> None:
    """Reference: tests/reference/kappa_sexualfun; unweighted and linear, error and limits."""
    rows = (REFERENCE / "data.csv").read_text().split()[1:]
    table = [[int(cell) for cell in row.split(",")[1:]] for row in rows]
    weights, name = check["quantity"].split()
    found = getattr(kappa_of_table(table, weights=weights), name)
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


@settings(deadline=None, max_examples=50)
@given(tables.filter(varied))
def test_quadratic_kappa_is_a_concordance(table: list[list[int]]) -> None:
    """Fleiss & Cohen (1973): twice the covariance over both variances and the squared gap."""
    counts = np.array(table, dtype=float)
    first, second = np.repeat(np.indices((3, 3)).reshape(2, -1), np.array(table).ravel(), axis=1)
    gap = first.mean() - second.mean()
    expected = 2 * np.cov(first, second, bias=True)[0, 1] / (first.var() + second.var() + gap**2)
    assert kappa_of_table(counts, weights="quadratic").value == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(tables.filter(varied), st.sampled_from(["none", "linear", "quadratic"]))
def test_codes_and_their_table_say_the_same(table: list[list[int]], weights: Weights) -> None:
    """Two doors to one room; and naming the second coder first changes nothing."""
    counts = np.array(table)
    first, second = np.repeat(np.indices((3, 3)).reshape(2, -1), counts.ravel(), axis=1).tolist()
    by_codes = cohens_kappa(first, second, categories=[0, 1, 2], weights=weights)
    by_table = kappa_of_table(counts, weights=weights)
    turned = kappa_of_table(counts.T, weights=weights)
    assert by_codes == by_table
    assert (turned.value, turned.low, turned.high) == pytest.approx(
        (by_table.value, by_table.low, by_table.high), abs=1e-12
    )
    assert -1 <= by_table.low <= by_table.value <= by_table.high <= 1
    assert by_table.value == pytest.approx(
        (by_table.agreed - by_table.by_chance) / (1 - by_table.by_chance), abs=1e-12
    )


def test_large_sample_limits_cover_the_true_kappa() -> None:
    """60 items in a steady mixture, drawn 500 times: near 95 percent, as the docs say."""
    chances = np.array([[0.40, 0.06, 0.02], [0.08, 0.20, 0.04], [0.02, 0.03, 0.15]])
    chance = float(chances.sum(0) @ chances.sum(1))
    true = (np.trace(chances) - chance) / (1 - chance)
    drawn = np.random.default_rng(11).multinomial(60, chances.ravel(), 500).reshape(-1, 3, 3)
    found = [kappa_of_table(table) for table in drawn]
    covered = np.mean([one.low <= true <= one.high for one in found])
    assert covered == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 500))


# Edges


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_agreement_on_every_item_is_no_certainty(weights: Weights) -> None:
    """Ten items, all alike: kappa is 1, but not known to be."""
    codes = ["done"] * 6 + ["none"] * 4
    found = cohens_kappa(codes, codes, categories=["none", "done"], weights=weights)
    assert (found.value, found.high, found.error) == (1, 1, 0)
    # Clopper-Pearson leaves 0.025 ** (1 / 10) of agreement; 0.52 comes by chance.
    assert found.low == pytest.approx((0.025**0.1 - 0.52) / 0.48, rel=1e-9)


def test_nothing_but_disagreement_is_below_chance() -> None:
    """Two coders who swap the codes agree less than dice would."""
    found = cohens_kappa([0, 1, 0, 1], [1, 0, 1, 0])
    assert found.value == pytest.approx(-1)
    assert found.low == -1


@pytest.mark.parametrize(
    ("first", "second", "options", "said"),
    [
        ([1, 1, 1], [1, 1, 1], {}, "both coders used a single code"),
        ([1, 1, 1], [1, 2, 1], {}, "one coder used a single code"),
        ([1, 2], [1], {}, "2 codes beside 1"),
        ([], [], {}, "0 codes beside 0"),
        ([1, None], [1, 2], {}, "1 codes are missing"),
        ([1, math.nan], [math.nan, 2], {}, "2 codes are missing"),
        ([1, 2], [2, 3], {"categories": [1, 2]}, "1 codes are none of the 2 categories"),
        ([1, 2], [2, 1], {"weights": "linear"}, "weights need the order"),
        ([1, 2], [2, 1], {"categories": [1, 2], "weights": "cubic"}, "no such weights"),
        ([1, 2], [2, 1], {"level": 95}, "between 0 and 1"),
    ],
)
def test_refuses_codes_that_leave_kappa_undefined(
    first: list[Any], second: list[Any], options: dict[str, Any], said: str
) -> None:
    """Each would otherwise print 0, 1 or no number."""
    with pytest.raises(MethodError, match=said):
        cohens_kappa(first, second, **options)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[1, 2, 3], [3, 4, 5]], "not square"),
        ([[0.5, 1], [2, 3]], "not whole"),
        ([[0, 0], [0, 0]], "no item"),
        ([[-1, 1], [2, 3]], "negative"),
    ],
)
def test_refuses_tables_that_count_no_items(table: list[list[float]], said: str) -> None:
    """Shares in the place of counts would make the error meaningless."""
    with pytest.raises(MethodError, match=said):
        kappa_of_table(table)
