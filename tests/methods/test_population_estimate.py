"""`estimate`: what must not change it, what it refuses, and that no number is nonsense."""

import csv
import json
import math
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analysis.errors import MethodError
from analysis.methods.population_size.bca import bca
from analysis.methods.population_size.estimating import estimate
from analysis.methods.population_size.models import fit_model
from analysis.methods.population_size.result import Method, NoEstimateError, PopulationEstimate
from analysis.methods.population_size.stepwise import choose_all
from analysis.methods.population_size.tables import Lists, framed

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
R: dict[str, Any] = json.loads((FOLDER / "expected_stepwise.json").read_text(encoding="utf-8"))
EXPECTED, PRINTED = R["tables"], R["printed"]


def published(name: str) -> Lists:
    """One of the published tables."""
    names = (EXPECTED | PRINTED)[name]["lists"]
    counts = np.zeros(1 << len(names), dtype=np.int64)
    with (FOLDER / "tables.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["table"] == name:
                counts[sum(1 << names.index(one) for one in row["lists"].split())] = row["count"]
    return Lists(tuple(names), counts)


def groups(found: PopulationEstimate) -> set[frozenset[str]]:
    """The model, whatever order the lists stood in."""
    return {frozenset(group) for group in found.model}


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("method", ["main", "stepwise"])
def test_gives_r_s_total_and_limits_given_the_model(name: str, method: Any) -> None:
    """The figures that a reader can check against SparseMSE's estimatepopulation.0."""
    known = EXPECTED[name]
    r = known["main"] if method == "main" else known["stepwise"]["0.02"]
    found = estimate(framed(published(name)), method=method, bootstrap=0)
    assert found.estimate == pytest.approx(r["total"], rel=1e-8)
    # R takes the error of the constant one step before the end.
    assert (found.low, found.high) == pytest.approx((r["low"], r["high"]), rel=5e-5)
    assert found.diagnostics.interval == "given the model"
    assert found.hidden == pytest.approx(found.estimate - found.n, rel=1e-12)
    assert found.existence == 0


@pytest.mark.parametrize("name", PRINTED)
def test_gives_r_s_totals_for_tables_with_six_and_eight_lists(name: str) -> None:
    """R needs minutes to hours for limits of these; it has printed their totals."""
    lists = published(name)
    known = PRINTED[name]
    assert lists.n == known["n"]
    methods: tuple[Method, ...] = ("main", "stepwise")
    for method in methods:
        found = estimate(lists, method=method, bootstrap=0)
        assert round(found.estimate) == known[method]


@pytest.mark.parametrize("method", ["main", "stepwise"])
def test_the_order_and_names_of_lists_change_nothing(method: Any) -> None:
    """Whoever sends its list first must not matter."""
    frame = framed(published("UKdat_5"))
    found = estimate(frame, method=method, bootstrap=0)
    turned = estimate(
        frame[["GP", "NG", "LA", "GO", "PFNCA", "count"]].rename(columns={"LA": "councils"}),
        method=method,
        bootstrap=0,
    )
    assert turned.estimate == pytest.approx(found.estimate, rel=1e-9)
    assert (turned.low, turned.high) == pytest.approx((found.low, found.high), rel=1e-8)
    renamed = {
        frozenset("LA" if one == "councils" else one for one in group) for group in turned.model
    }
    assert renamed == groups(found)


@pytest.mark.parametrize("method", ["main", "stepwise"])
def test_how_the_counts_are_written_down_changes_nothing(method: Any) -> None:
    """Zero rows, rows in another order, counts split over rows, one row a case: one table."""
    frame = framed(published("Western"))
    found = estimate(frame, method=method, bootstrap=100)
    zero = pd.DataFrame([[1, 1, 1, 1, 1, 0]], columns=frame.columns)
    halves = [frame.assign(count=frame["count"] // 2), frame.assign(count=-(-frame["count"] // 2))]
    cases = frame.loc[frame.index.repeat(frame["count"])].drop(columns="count")
    for written in (
        pd.concat([frame, zero]),
        frame.iloc[::-1],
        pd.concat(halves),
        cases.sample(frac=1, random_state=1),
        published("Western"),
    ):
        assert estimate(written, method=method, bootstrap=100) == found


def test_the_same_call_gives_the_same_result_and_another_seed_another() -> None:
    """A figure in a report must be found again."""
    lists = published("Korea")
    found = estimate(lists)
    assert found == estimate(lists, rng=1)
    assert found != estimate(lists, rng=2)
    assert found.diagnostics.resamples == 1000
    assert found.diagnostics.interval == "bca"


def test_diagnostics_say_how_often_the_model_was_chosen_again() -> None:
    """Chosen again in half the resamples, a model is one of several that the data allow."""
    lists = published("Western")
    found = estimate(lists, bootstrap=200, rng=5)
    seen: list[Any] = []

    def watched(counts: Any) -> Any:
        chosen = choose_all(counts, 0.02)
        seen.append((chosen.pairs[-200:] == chosen.pairs[0]).all(axis=1).mean())
        return chosen.totals

    limits = bca(lists.counts, watched, bootstrap=200, rng=5)
    told = found.diagnostics
    assert (found.low, found.high) == (limits.low, limits.high)
    assert told.same_model == seen[0]
    assert 0 < seen[0] < 1
    assert (told.bias_correction, told.acceleration) == (
        limits.bias_correction,
        limits.acceleration,
    )


def sparse(chance: np.random.Generator) -> Lists:
    """Three to five lists with few cases on two of them."""
    several = int(chance.integers(3, 6))
    size = np.bitwise_count(np.arange(1 << several)).astype(float)
    rare = chance.choice([0.02, 0.1, 0.3])
    mean = chance.gamma(0.7, 20, 1 << several) * rare ** np.maximum(size - 1, 0)
    counts = chance.poisson(mean)
    counts[1 << np.arange(several)] += 1
    counts[0] = 0
    return Lists(tuple("ABCDE"[:several]), counts)


def exists(lists: Lists, model: Any) -> bool:
    """Whether an estimate exists, by the programme and the rank, with nothing of ours."""
    cells = range(1, len(lists.counts))
    masks = [sum(1 << lists.names.index(one) for one in group) for group in model]
    empty = [mask for mask in masks if not lists.overlap(mask)]
    opened = [c for c in cells if not any(c & mask == mask for mask in empty)]
    kept = [0, *(1 << i for i in range(len(lists.names))), *(m for m in masks if m not in empty)]
    design = np.array([[float(c & t == t) for t in kept] for c in opened])
    found = linprog(
        [0.0] * len(opened) + [-1.0],
        A_eq=np.hstack([design.T, np.zeros((len(kept), 1))]),
        b_eq=design.T @ lists.counts[opened],
        A_ub=np.hstack([-np.eye(len(opened)), np.ones((len(opened), 1))]),
        b_ub=np.zeros(len(opened)),
    )
    return bool(np.asarray(found.x)[-1] > 1e-7) and bool(np.linalg.matrix_rank(design) == len(kept))


def test_no_sparse_table_gives_a_silent_nonsense_number() -> None:
    """Each of 500 tables is refused, rightly, or has a total that its own sums bear out."""
    chance = np.random.default_rng(500)
    refused = 0
    for _ in range(500):
        lists = sparse(chance)
        threshold = float(chance.choice([0.02, 0.1, 0.5]))
        try:
            found = estimate(lists, threshold=threshold, bootstrap=0)
        except NoEstimateError:
            refused += 1
            assert not exists(lists, ())
            continue
        assert exists(lists, found.model)
        assert lists.n < found.estimate < math.inf
        assert lists.n <= found.low < found.estimate < found.high < math.inf
        fit = fit_model(lists, found.model)
        assert fit.hidden == pytest.approx(found.hidden, rel=1e-9)
        for group in ((), *((name,) for name in lists.names), *found.model):
            inside = [cell for cell in fit.cells if set(group) <= set(cell.group)]
            gap = sum(cell.expected - cell.seen for cell in inside)
            assert abs(gap) < 1e-6 * lists.n
        hidden = math.exp(fit.parameter())
        for name in lists.names:  # the cells that tell of the constant
            alone = next(cell for cell in fit.cells if cell.group == (name,))
            assert alone.expected == pytest.approx(hidden * math.exp(fit.parameter(name)), rel=1e-9)
    assert 25 < refused < 250


def test_limits_of_sparse_tables_are_refused_open_or_around_something() -> None:
    """Lower limits are finite and hold all cases seen; an upper one may be open."""
    chance = np.random.default_rng(77)
    endings = {"refused": 0, "open": 0, "closed": 0}
    for _ in range(40):
        lists = sparse(chance)
        try:
            found = estimate(lists, bootstrap=60)
        except NoEstimateError:
            endings["refused"] += 1
            continue
        assert lists.n <= found.low <= found.high
        assert found.low < math.inf
        endings["open" if math.isinf(found.high) else "closed"] += 1
    assert min(endings.values()) > 0, endings


@pytest.mark.parametrize("method", get_args(Method))
def test_every_method_refuses_lists_without_a_case_in_common(method: Any) -> None:
    """R's main effects make 10^12 of such a table."""
    apart = Lists(("A", "B", "C"), np.array([0, 50, 60, 0, 70, 0, 0, 0]))
    with pytest.raises(NoEstimateError, match="none of 180 cases is on two lists") as refused:
        estimate(apart, method=method)
    assert refused.value.existence == 1


@pytest.mark.parametrize("method", get_args(Method))
def test_two_lists_are_no_matter_for_a_model(method: Any) -> None:
    """Two lists can always be made to fit; say what is left instead."""
    two = Lists(("A", "B"), np.array([0, 20, 30, 10]))
    with pytest.raises(MethodError, match=r"2 lists where a model needs at least 3.*Chapman"):
        estimate(two, method=method)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ({"threshold": 0}, "threshold must lie above 0"),
        ({"threshold": 1.01}, "threshold must lie above 0"),
        ({"threshold": math.nan}, "threshold must lie above 0"),
        ({"threshold": "small"}, "threshold must lie above 0"),
        ({"level": 1}, "confidence level must lie between 0 and 1"),
        ({"level": 95}, "confidence level must lie between 0 and 1"),
        ({"bootstrap": -1}, "bootstrap must be a whole number"),
        ({"bootstrap": 10}, "bootstrap must be a whole number"),
        ({"bootstrap": False}, "bootstrap must be a whole number"),
        ({"rng": None}, "no seed to draw with"),
        ({"method": "guess"}, "no such method. Choose one of stepwise, bic, main"),
    ],
)
def test_refuses_options_that_mean_nothing(option: dict[str, Any], says: str) -> None:
    """A slip in an option must not become another analysis."""
    with pytest.raises(MethodError, match=says):
        estimate(published("Korea"), **option)


def test_refuses_what_is_no_table_of_lists() -> None:
    """What `lists_of` refuses, `estimate` does."""
    frame = framed(published("Korea"))
    with pytest.raises(MethodError, match="neither 0 nor 1"):
        estimate(frame.assign(b=frame["b"] * 2))
    with pytest.raises(MethodError, match="negative or not whole"):
        estimate(frame.assign(count=-frame["count"]))
