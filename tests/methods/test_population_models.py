"""One model of overlapping lists, and whether it has an estimate: against R and a plain solver."""

import csv
import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.errors import MethodError
from analysis.methods.population_size.existence import code, existence, terms_of
from analysis.methods.population_size.fits import fit_all
from analysis.methods.population_size.models import fit_model
from analysis.methods.population_size.result import NoEstimateError
from analysis.methods.population_size.tables import Lists, by_size, framed

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
EXPECTED: dict[str, Any] = json.loads(
    (FOLDER / "expected_stepwise.json").read_text(encoding="utf-8")
)["tables"]

every_table = pytest.mark.parametrize("name", EXPECTED)

# R's error of the constant is that of the step before its last: its limits are good to this.
R_LIMITS = 5e-5


def published(name: str) -> Lists:
    """One of the published tables."""
    names = EXPECTED[name]["lists"]
    counts = np.zeros(1 << len(names), dtype=np.int64)
    with (FOLDER / "tables.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["table"] == name:
                cell = sum(1 << names.index(one) for one in row["lists"].split())
                counts[cell] += int(row["count"])
    return Lists(tuple(names), counts)


def pairs_in(parameters: dict[str, float]) -> list[list[str]]:
    """The pairs of lists among R's coefficients."""
    return [name.split() for name in parameters if " " in name]


def models_known() -> list[tuple[str, str]]:
    """Every model that R fitted: independent lists, and what it chose at each threshold."""
    return [(name, which) for name in EXPECTED for which in ("main", *EXPECTED[name]["stepwise"])]


@pytest.mark.parametrize(("name", "which"), models_known())
def test_fits_what_r_fits(name: str, which: str) -> None:
    """The estimate, every parameter, deviance and AIC are SparseMSE's."""
    known = EXPECTED[name]
    r = known["main"] if which == "main" else known["stepwise"][which]
    found = fit_model(published(name), pairs_in(r["parameters"]))
    assert found.n == known["n"]
    assert (found.estimate, found.deviance, found.aic) == pytest.approx(
        (r["total"], r["deviance"], r["aic"]), rel=1e-8
    )
    assert (found.low, found.high) == pytest.approx((r["low"], r["high"]), rel=R_LIMITS)
    assert {" ".join(one.group): one.value for one in found.parameters} == pytest.approx(
        r["parameters"], abs=2e-7
    )


def test_existence_codes_are_those_of_table_3() -> None:
    """Chan, Silverman & Vincent (2021) print the code of all eight models of this table."""
    lists = published("Artificial_3")
    known = {
        (): 0,
        ("AB",): 1,
        ("AC",): 0,
        ("BC",): 0,
        ("AB", "AC"): 1,
        ("AB", "BC"): 1,
        ("AC", "BC"): 0,
        ("AB", "AC", "BC"): 2,
    }
    assert {model: existence(lists, model) for model in known} == known
    assert {model: existence(lists, model, programme=True) for model in known} == known


@every_table
def test_the_model_with_all_pairs_has_the_code_that_r_gives(name: str) -> None:
    """R: checkident(table, mX = 0); Korea's has no maximum, Artificial_3's no single one."""
    lists = published(name)
    every_pair = list(combinations(lists.names, 2))
    assert existence(lists, every_pair) == EXPECTED[name]["all_pairs_code"]


def literally(counts: Any, terms: list[int]) -> int:
    """The code by the programme as it is printed, with the table's own counts, and by the rank."""
    inside = {t: sum(int(counts[c]) for c in range(len(counts)) if c & t == t) for t in terms}
    empty = [t for t in terms[1:] if not inside[t]]
    cells = [c for c in range(1, len(counts)) if not any(c & t == t for t in empty)]
    kept = [t for t in terms if t not in empty]
    design = np.array([[float(c & t == t) for t in kept] for c in cells])
    found = linprog(
        [0.0] * len(cells) + [-1.0],
        A_eq=np.hstack([design.T, np.zeros((len(kept), 1))]),
        b_eq=design.T @ np.array([counts[c] for c in cells]),
        A_ub=np.hstack([-np.eye(len(cells)), np.ones((len(cells), 1))]),
        b_ub=np.zeros(len(cells)),
        bounds=(0, None),
    )
    return int(np.asarray(found.x)[-1] < 1e-7) + 2 * int(np.linalg.matrix_rank(design) < len(kept))


def sparse_model(chance: np.random.Generator) -> tuple[Any, list[int]]:
    """A sparse table of two to five lists, and a model of any order for it."""
    several = int(chance.integers(2, 6))
    cells = 1 << several
    size = np.bitwise_count(np.arange(cells)).astype(float)
    counts = chance.poisson(chance.gamma(0.4, 30, cells) * 0.3 ** np.maximum(size - 1, 0))
    counts[0] = 0
    counts[1] += 1
    share = chance.choice([0.1, 0.3, 0.7])
    tops = [c for c in by_size(several) if c.bit_count() > 1 and chance.random() < share]
    terms = [0] + [
        c for c in by_size(several) if c.bit_count() == 1 or any(c & top == c for top in tops)
    ]
    return counts, terms


def test_a_converged_fit_is_proof_and_the_programme_knows_the_others() -> None:
    """If a diverging fit ever passed for an answer, its number would be printed."""
    chance = np.random.default_rng(3)
    tally = {0: 0, 1: 0, 2: 0, 3: 0}
    for _ in range(500):
        counts, terms = sparse_model(chance)
        known = literally(counts, terms)
        assert code(counts, np.array(terms)) == known
        assert bool(fit_all(counts[None], np.array([terms])).converged[0]) == (known == 0)
        tally[known] += 1
    assert min(tally.values()) > 20, tally


def test_rounding_never_passes_for_convergence() -> None:
    """Everybody is on list C of 81,065: the constant runs away, below what sums can hold."""
    counts = np.array([0, 0, 0, 0, 81053, 12, 0, 0])
    terms = np.array([0, 1, 2, 4])
    fits = fit_all(counts[None], terms[None])
    assert not fits.converged[0]
    assert code(counts, terms) == 1


def test_expected_counts_have_the_sums_that_the_model_fits() -> None:
    """The score equations hold: what the fit says of each group is what the table says."""
    lists = published("NewOrl_5")
    found = fit_model(lists, [("A", "BEFG"), ("C", "H")])
    assert found.empty == (("C", "H"),)
    assert found.parameter("H", "C") == -math.inf
    for group in ((), ("A",), ("H",), ("A", "BEFG"), ("C", "H")):
        inside = [cell for cell in found.cells if set(group) <= set(cell.group)]
        assert sum(cell.expected for cell in inside) == pytest.approx(
            sum(cell.seen for cell in inside), abs=1e-9
        )
    assert found.hidden == pytest.approx(math.exp(found.parameter()), rel=1e-12)
    assert found.estimate == pytest.approx(found.n + found.hidden, rel=1e-15)


def test_a_group_of_three_brings_its_pairs() -> None:
    """Hierarchical models only: a dependence of three lists without its pairs means nothing."""
    lists = published("UKdat_5")
    found = fit_model(lists, [("LA", "NG", "GO")])
    assert found.model == (("LA", "NG"), ("LA", "GO"), ("NG", "GO"), ("LA", "NG", "GO"))
    assert terms_of("ABC", ["AB"], method="x") == (0, 1, 2, 4, 3)


def test_two_lists_are_lincoln_and_petersen() -> None:
    """30 and 40 with 10 in common: 120, the oldest answer there is."""
    two = Lists(("police", "shelter"), np.array([0, 20, 30, 10]))
    assert fit_model(two).estimate == pytest.approx(120.0, rel=1e-12)


def test_a_frame_is_as_good_as_counts() -> None:
    """People have tables, not cells."""
    lists = published("Western")
    assert fit_model(framed(lists), ["AE"]) == fit_model(lists, ["AE"])


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ([("LA", "police")], "1 of 2 names in a group are no list"),
        ([("LA",)], "group of 1 names with 1 different"),
        ([("LA", "LA")], "group of 2 names with 1 different"),
    ],
)
def test_refuses_groups_that_are_none(groups: list[tuple[str, ...]], says: str) -> None:
    """A misspelt list must not become another model."""
    with pytest.raises(MethodError, match=says):
        fit_model(published("UKdat_5"), groups)
    with pytest.raises(MethodError, match=says):
        existence(published("UKdat_5"), groups)


def test_refuses_a_model_without_estimate_and_says_its_code() -> None:
    """R returns the code; a caller who ignores it goes on with nothing."""
    with pytest.raises(
        NoEstimateError, match="cannot tell the model's parameters apart"
    ) as refused:
        fit_model(published("Artificial_3"), ["AB", "AC", "BC"])
    assert refused.value.existence == 2
    with pytest.raises(NoEstimateError, match="no finite maximum") as refused:
        fit_model(published("Artificial_3"), ["AB"])
    assert refused.value.existence == 1
