"""Difference in differences: against Card & Krueger and statsmodels, at their edges."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from statsmodels.regression.linear_model import OLS

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.counterfactual.clustered import clustered
from analysis.methods.counterfactual.difference import Cell, changes, two_by_two

REFERENCE = Path(__file__).parents[1] / "reference" / "did_card_krueger"
CHECKS = json.loads((REFERENCE / "expected.json").read_text(encoding="utf-8"))["checks"]


def restaurants() -> dict[str, Floats]:
    """Full-time equivalents before and after by state; NaN where not reached."""
    with (REFERENCE / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            [float(value) if value else np.nan for value in row]
            for row in list(csv.reader(file))[1:]
        ]
    table = np.array(rows)
    return {name: table[table[:, 0] == nj, 1:] for name, nj in (("PA", 0), ("NJ", 1))}


def found_values() -> dict[str, float]:
    """Everything the reference checks, from our functions."""
    seen = restaurants()
    cells = [column[~np.isnan(column)] for state in ("PA", "NJ") for column in seen[state].T]
    twice = [seen[state][~np.isnan(seen[state]).any(axis=1)] for state in ("PA", "NJ")]
    unpaired = two_by_two(*cells)
    balanced = changes(*twice, errors="pooled")
    values = {
        "PA before": unpaired.control_before.mean,
        "PA after": unpaired.control_after.mean,
        "NJ before": unpaired.treated_before.mean,
        "NJ after": unpaired.treated_after.mean,
        "DiD": unpaired.difference.value,
        "did": unpaired.difference.value,
        "DiD balanced": balanced.difference.value,
        "balanced_did": balanced.difference.value,
        "balanced_se": balanced.difference.error,
        "balanced_n": float(balanced.control.n + balanced.treated.n),
        "unpaired_se": unpaired.difference.error,
        "ols_se": two_by_two(*cells, errors="pooled").difference.error,
        "hc1_se": two_by_two(*cells, errors="hc1").difference.error,
    }
    four: list[tuple[str, Cell]] = [
        ("[0].0", unpaired.control_before),
        ("[0].1", unpaired.control_after),
        ("[1].0", unpaired.treated_before),
        ("[1].1", unpaired.treated_after),
    ]
    for place, cell in four:
        values |= {
            f"cells{place}": cell.mean,
            f"cell_se{place}": cell.error,
            f"cell_n{place}": float(cell.n),
        }
    return values


@pytest.mark.parametrize("check", CHECKS, ids=[check["quantity"] for check in CHECKS])
def test_card_and_krueger_come_out_as_printed(check: dict[str, float | str]) -> None:
    """Card & Krueger (1994), table 3, and R 4.2.2: see SOURCE.md beside the data."""
    found = found_values()[str(check["quantity"])]
    assert found == pytest.approx(float(check["value"]), abs=float(check["abs_tol"]))


def test_limits_of_changes_are_those_of_welch() -> None:
    """Reference: scipy ttest_ind of the changes, unequal variances."""
    rng = np.random.default_rng(1)
    control, treated = rng.normal(size=(12, 2)), rng.normal(size=(7, 2)) * 3
    found = changes(control, treated, level=0.9).difference
    test = ttest_ind(np.diff(treated)[:, 0], np.diff(control)[:, 0], equal_var=False)
    limits = test.confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))
    assert found.degrees_of_freedom == pytest.approx(test.df)


def clustered_rows(seed: int, treated: int = 12, others: int = 13) -> tuple[Floats, ...]:
    """Clusters of 6 rows with a level of their own, and the plan in the first of them."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(treated + others), 6)
    after = np.tile([0.0, 0, 0, 1, 1, 1], treated + others)
    plan = (cluster < treated).astype(float)
    outcome = (
        rng.normal(size=treated + others)[cluster] + plan * after + rng.normal(size=len(after))
    )
    return outcome, plan, after, cluster.astype(float)


def test_clustered_errors_match_statsmodels() -> None:
    """Reference: statsmodels OLS with clustered covariance, t with clusters less one."""
    y, d, t, cluster = clustered_rows(2)
    fit = OLS(y, np.column_stack([np.ones(len(y)), d, t, d * t])).fit(
        cov_type="cluster", cov_kwds={"groups": cluster.astype(int)}, use_t=True
    )
    found = clustered(y, d, t, [f"place {c}" for c in cluster])
    low, high = fit.conf_int()[3]
    assert found.difference.value == pytest.approx(fit.params[3])
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high))
    assert (found.clusters, found.treated_clusters) == (25, 12)
    assert found.difference.degrees_of_freedom == 24


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["unpaired", "pooled", "hc1"]))
def test_swapping_the_groups_turns_the_sign_and_nothing_else(seed: int, errors: str) -> None:
    """Which group we call treated must not change how sure we are."""
    rng = np.random.default_rng(seed)
    cells = [rng.normal(size=rng.integers(2, 9)) for _ in range(4)]
    one = two_by_two(*cells, errors=errors).difference  # type: ignore[arg-type]
    other = two_by_two(*cells[2:], *cells[:2], errors=errors).difference  # type: ignore[arg-type]
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))


def test_four_small_cells_still_have_limits_that_hold_the_estimate() -> None:
    """Two values a cell is the least that can be measured."""
    found = two_by_two([1, 2], [1, 3], [0, 1], [5, 5]).difference
    assert found.low < found.value < found.high


def test_one_treated_cluster_is_refused_whatever_its_rows() -> None:
    """Thousands of rows of one country are one cluster; clustered errors would be tiny."""
    y, d, t, cluster = clustered_rows(3, treated=1, others=30)
    with pytest.raises(MethodError, match=r"1 clusters with the plan and 30 without.*one_treated"):
        clustered(y, d, t, cluster.tolist())
    y, d, t, cluster = clustered_rows(3, treated=6, others=6)
    with pytest.raises(MethodError, match="6 clusters with the plan and 6 without"):
        clustered(y, d, t, cluster.tolist())


def test_refuses_what_measures_no_chance_or_is_no_table_of_changes() -> None:
    """An error of 0 would read as certainty."""
    with pytest.raises(MethodError, match="do not differ inside any group"):
        two_by_two([1, 1], [2, 2], [3, 3], [9, 9])
    with pytest.raises(MethodError, match="treated_after has 1 of at least 2"):
        two_by_two([1, 2], [1, 2], [1, 2], [1])
    with pytest.raises(MethodError, match="control has 2 units and 3 periods"):
        changes([[1, 2, 3], [2, 3, 4]], [[1, 2], [2, 4]])
    with pytest.raises(MethodError, match="1 of 2 values of control_before are missing"):
        two_by_two([1, np.nan], [1, 2], [1, 2], [1, 2])


def test_clustered_refuses_codes_that_are_not_yes_or_no_and_empty_cells() -> None:
    """A 2 for "unknown" must not become a dose."""
    y, d, t, cluster = clustered_rows(4)
    with pytest.raises(MethodError, match="150 of 150 values of treated"):
        clustered(y, d + 2, t, cluster.tolist())
    keep = (d == 0) | (t == 0)
    with pytest.raises(MethodError, match="1 of 4 cells"):
        clustered(y[keep], d[keep], t[keep], cluster[keep].tolist())
    with pytest.raises(MethodError, match="cluster has 3 values beside 150"):
        clustered(y, d, t, [1, 2, 3])


def test_clusters_without_a_name_and_outcomes_that_never_differ_are_refused() -> None:
    """Each hole in a column of clusters once made a cluster of its own; a constant gave NaN."""
    cluster = np.repeat(np.arange(44), 4)
    d, t = cluster % 2, np.tile([0, 1], 88)
    y = np.random.default_rng(1).normal(size=176)
    holed: list[object] = [float("nan"), float("nan"), *cluster.tolist()[2:]]
    with pytest.raises(MethodError, match="2 of 176 rows have no cluster"):
        clustered(y, d, t, holed)
    with pytest.raises(MethodError, match="do not differ inside any group"):
        clustered(np.ones(176), d, t, cluster.tolist())
