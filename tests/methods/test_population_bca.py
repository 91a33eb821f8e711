"""BCa limits: against R on R's own kind of resamples, against definitions, at their edges."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.population_size.bca import (
    acceleration,
    adjusted,
    bca,
    bias_correction,
    limits,
    quantile,
    resampled,
)
from analysis.methods.population_size.result import NoEstimateError
from analysis.methods.population_size.stepwise import choose_all

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
EXPECTED: dict[str, Any] = json.loads(
    (FOLDER / "expected_stepwise.json").read_text(encoding="utf-8")
)


def counts_of(name: str) -> Any:
    """One of the published tables, by cell."""
    names = EXPECTED["tables"][name]["lists"]
    counts = np.zeros(1 << len(names), dtype=np.int64)
    with (FOLDER / "tables.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["table"] == name:
                counts[sum(1 << names.index(one) for one in row["lists"].split())] = row["count"]
    return counts


def stepwise(counts: Any) -> Any:
    """Choose again for each table."""
    return choose_all(counts, 0.02).totals


def leaving_one_out(counts: Any) -> Any:
    """The table with one case less in each cell that has cases."""
    seen = np.flatnonzero(counts)
    tables = np.repeat(counts[None], len(seen), axis=0)
    tables[np.arange(len(seen)), seen] -= 1
    return tables


def resamples_of_r() -> Any:
    """1,000 resamples of UKdat_5 that R drew and estimated."""
    with (FOLDER / "resamples.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    names = EXPECTED["tables"]["UKdat_5"]["lists"]
    cells = [sum(1 << names.index(one) for one in cell.split()) for cell in head]
    counts = np.zeros((len(rows), 32), dtype=np.int64)
    counts[:, cells] = np.array(rows, dtype=np.int64)
    return counts


@pytest.mark.parametrize("ties", ["half", "below"])
def test_limits_are_those_of_r_on_the_same_resamples(ties: Any) -> None:
    """SparseMSE needed 387 seconds for these; every end point is equal."""
    known = EXPECTED["bca"]
    counts = counts_of("UKdat_5")
    drawn = stepwise(resamples_of_r())
    total = float(stepwise(counts[None])[0])
    a = acceleration(stepwise(leaving_one_out(counts)), counts[counts > 0])
    assert total == pytest.approx(known["total"], rel=1e-9)
    assert a == pytest.approx(known["acceleration"], rel=1e-8)
    assert quantile(drawn, 0.5) == pytest.approx(known["median"], rel=1e-9)
    assert np.mean(drawn < total) == known["share_below"]
    for share, value in known["quantiles"].items():
        assert quantile(drawn, float(share)) == pytest.approx(value, rel=1e-9)
    z0 = bias_correction(drawn, total, ties=ties)
    for share, value in known["limits"].items():
        found = quantile(drawn, adjusted(float(share), z0, a))
        assert found == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("ties", ["half", "below"])
def test_the_whole_of_bca_is_its_parts(ties: Any) -> None:
    """`limits` on R's resamples gives R's 95 percent limits, the order of tables included."""
    counts = counts_of("UKdat_5")
    tables = np.concatenate([counts[None], leaving_one_out(counts), resamples_of_r()])
    found = limits(counts, stepwise(tables), level=0.95, ties=ties)
    known = EXPECTED["bca"]["limits"]
    assert (found.low, found.high) == pytest.approx((known["0.025"], known["0.975"]), rel=1e-9)
    assert (found.resamples, found.without_estimate) == (1000, 0)


@pytest.mark.parametrize("name", EXPECTED["tables"])
def test_acceleration_is_r_s_for_every_table(name: str) -> None:
    """Delete-one jackknife, choosing again, each cell weighing as many cases as it has.

    R stops its fits at a relative 1e-8 of the deviance, which is what the two differ by.
    """
    counts = counts_of(name)
    found = acceleration(stepwise(leaving_one_out(counts)), counts[counts > 0])
    assert found == pytest.approx(EXPECTED["tables"][name]["acceleration"], rel=1e-6)


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=40),
    st.floats(0, 1),
)
def test_quantiles_are_numpy_s_median_unbiased(values: list[float], share: float) -> None:
    """Type 8 of Hyndman and Fan, as R and numpy define it, wherever numbers are finite."""
    known = float(np.quantile(values, share, method="median_unbiased"))
    assert quantile(np.array(values), share) == pytest.approx(known, rel=1e-9, abs=1e-6)


def test_quantiles_take_resamples_without_estimate_as_the_largest() -> None:
    """Numpy makes NaN of this; dropping them would make a table look surer than it is."""
    values = np.array([1.0, 2.0, 3.0, 4.0, math.inf, math.inf])
    assert quantile(values, 0.2) == pytest.approx(1.6)
    assert quantile(values, 0.75) == math.inf
    assert quantile(values, 1.0) == math.inf


def test_ties_count_half_or_not_at_all() -> None:
    """Western's published upper limit is 3,671 or 3,672, as rounding decides ties in R."""
    drawn = np.array([1.0, 2.0, 3.0, 3.0 * (1 + 1e-12), 4.0, 5.0, 6.0, 7.0])
    assert bias_correction(drawn, 3.0, ties="half") == pytest.approx(-0.3186393639643752)  # 3 of 8
    assert bias_correction(drawn, 3.0, ties="below") == pytest.approx(-0.6744897501960817)  # 2 of 8


def test_an_estimate_beyond_all_resamples_leaves_a_finite_correction() -> None:
    """Half a resample is taken to be missing; R ends in an infinite score."""
    drawn = np.arange(10, 110, dtype=float)
    for estimate, side in ((1.0, -1), (1000.0, 1)):
        z0 = bias_correction(drawn, estimate)
        assert z0 == pytest.approx(side * 2.5758293035489004)  # normal score of 0.995


def test_without_correction_the_limits_are_plain_quantiles() -> None:
    """Neither bias nor acceleration: nothing is moved."""
    assert adjusted(0.025, 0.0, 0.0) == pytest.approx(0.025, rel=1e-12)
    assert adjusted(0.975, 0.0, 0.0) == pytest.approx(0.975, rel=1e-12)


def test_beyond_the_pole_of_the_correction_everything_or_nothing_is_cut() -> None:
    """The formula changes sign there and would put the upper limit below the lower."""
    assert adjusted(0.975, 0.5, 0.45) == 1.0
    assert adjusted(0.025, -0.5, -0.45) == 0.0


@given(st.integers(1, 20), st.integers(30, 200))
def test_acceleration_where_a_deletion_leaves_no_estimate_is_the_limit(few: int, many: int) -> None:
    """As the estimate after deletion grows beyond all bounds, the formula has a limit."""
    weights = np.array([few, many])
    at_infinity = acceleration(np.array([math.inf, 500.0]), weights)
    assert at_infinity == pytest.approx(acceleration(np.array([1e9, 500.0]), weights), rel=1e-4)
    assert acceleration(np.array([500.0, 500.0]), weights) == 0.0


def test_resamples_have_as_many_cases_and_no_new_combinations() -> None:
    """A resample is of the cases seen: what nobody was seen on, nobody is drawn on."""
    counts = counts_of("Western")
    tables = resampled(counts, bootstrap=200, rng=4)
    cells = int((counts > 0).sum())
    assert (tables[0] == counts).all()
    assert (tables[1 : 1 + cells].sum(axis=1) == counts.sum() - 1).all()
    assert (tables[1 + cells :].sum(axis=1) == counts.sum()).all()
    assert (tables[:, counts == 0] == 0).all()
    assert (tables == resampled(counts, bootstrap=200, rng=4)).all()
    mean = tables[1 + cells :].mean(axis=0)
    assert mean == pytest.approx(counts, abs=6 * math.sqrt(counts.max() / 200))


def test_many_resamples_without_estimate_leave_the_upper_limit_open() -> None:
    """Two cases on two lists: in every seventh resample both are gone."""
    counts = np.array([0, 20, 25, 2, 18, 0, 0, 0])
    found = bca(counts, stepwise, rng=1)
    assert found.high == math.inf
    assert 22 < found.low < 1000
    assert 0.1 < found.without_estimate / found.resamples < 0.18


def test_refuses_limits_that_most_resamples_cannot_set() -> None:
    """A sample that hangs by a thread has no interval, not a wide one."""
    counts = np.array([0, 20, 25, 2, 18, 0, 0, 0])

    def rarely(tables: Any) -> Any:
        totals = stepwise(tables)
        totals[counts.astype(bool).sum() + 1 :: 2] = np.inf
        totals[-40:] = np.inf
        return totals

    with pytest.raises(NoEstimateError, match=r"of 100 resamples have no finite estimate"):
        bca(counts, rarely, bootstrap=100, rng=1)


@pytest.mark.parametrize("bootstrap", [19, 100_001, 100.5, "many", None, True, math.nan])
def test_refuses_numbers_of_resamples_that_set_no_limits(bootstrap: Any) -> None:
    """From 19 resamples no tail of 2.5 percent can be read."""
    with pytest.raises(MethodError, match="bootstrap must be a whole number from 20 to"):
        bca(counts_of("Western"), stepwise, bootstrap=bootstrap, rng=1)
