"""Forward stepwise: against R, against a plain loop with no shortcuts, and under renaming."""

import csv
import json
import warnings
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import linprog
from scipy.stats import poisson

from analysis.methods.population_size.models import fit_model
from analysis.methods.population_size.result import NoEstimateError
from analysis.methods.population_size.stepwise import choose, choose_all
from analysis.methods.population_size.tables import Lists, pairs

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
EXPECTED: dict[str, Any] = json.loads(
    (FOLDER / "expected_stepwise.json").read_text(encoding="utf-8")
)["tables"]

Pair = tuple[int, int]


def published(name: str) -> Lists:
    """One of the published tables."""
    names = EXPECTED[name]["lists"]
    counts = np.zeros(1 << len(names), dtype=np.int64)
    with (FOLDER / "tables.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["table"] == name:
                counts[sum(1 << names.index(one) for one in row["lists"].split())] = row["count"]
    return Lists(tuple(names), counts)


@pytest.mark.parametrize(
    ("name", "threshold"),
    [(name, threshold) for name in EXPECTED for threshold in EXPECTED[name]["stepwise"]],
)
def test_chooses_what_r_chooses(name: str, threshold: str) -> None:
    """SparseMSE's pairs and totals, at every threshold that it was run with."""
    lists = published(name)
    known = EXPECTED[name]["stepwise"][threshold]
    pairs_of_r = {tuple(one.split()) for one in known["parameters"] if " " in one}
    assert set(choose(lists, float(threshold))) == pairs_of_r
    total = choose_all(lists.counts[None], float(threshold)).totals[0]
    assert total == pytest.approx(known["total"], rel=1e-8)


class Plain:
    """The definition, one table at a time, lists without a case left out.

    A model by statsmodels for each step, the linear programme for each candidate.
    """

    def __init__(self, counts: Any) -> None:
        several = len(counts).bit_length() - 1
        self.counts = counts
        self.lists = [i for i in range(several) if self.inside(1 << i)]
        bits = sum(1 << i for i in self.lists)
        self.cells = [c for c in range(1, len(counts)) if c & ~bits == 0]

    def inside(self, combination: int) -> int:
        """Cases on all lists of a combination."""
        every = range(len(self.counts))
        return sum(int(self.counts[c]) for c in every if c & combination == combination)

    def design(self, model: list[Pair]) -> tuple[Any, list[int]]:
        """Columns of the model and the cells that it leaves open."""
        sums = {pair: self.inside(1 << pair[0] | 1 << pair[1]) for pair in model}
        closed = [1 << i | 1 << j for (i, j), cases in sums.items() if not cases]
        cells = [c for c in self.cells if not any(c & pair == pair for pair in closed)]
        columns = [[1.0] * len(cells)] + [[float(c >> i & 1) for c in cells] for i in self.lists]
        columns += [
            [float(c >> i & c >> j & 1) for c in cells] for (i, j), cases in sums.items() if cases
        ]
        return np.array(columns).T, cells

    def exists(self, model: list[Pair]) -> bool:
        """Fienberg and Rinaldo's programme, and the rank."""
        design, cells = self.design(model)
        if np.linalg.matrix_rank(design) < design.shape[1]:
            return False
        found = linprog(
            [0.0] * len(cells) + [-1.0],
            A_eq=np.hstack([design.T, np.zeros((design.shape[1], 1))]),
            b_eq=design.T @ self.counts[cells],
            A_ub=np.hstack([-np.eye(len(cells)), np.ones((len(cells), 1))]),
            b_ub=np.zeros(len(cells)),
        )
        return bool(np.asarray(found.x)[-1] > 1e-7)

    def fit(self, model: list[Pair]) -> tuple[float, dict[int, float]]:
        """The total, and the expected count of every open cell."""
        design, cells = self.design(model)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            glm = sm.GLM(self.counts[cells], design, family=sm.families.Poisson())
            fitted = glm.fit(tol=1e-13, maxiter=200)
        expected = dict(zip(cells, np.exp(design @ fitted.params), strict=True))
        return float(self.counts.sum() + np.exp(fitted.params[0])), expected

    def run(self, threshold: float) -> tuple[float, set[Pair]]:
        """Add pairs; ties go to the first."""
        if not self.exists([]):
            return np.inf, set()
        model: list[Pair] = []
        while True:
            total, expected = self.fit(model)
            best: tuple[float, Pair] | None = None
            for i, j in combinations(self.lists, 2):
                if (i, j) in model:
                    continue
                mean = sum(mu for c, mu in expected.items() if c >> i & c >> j & 1)
                cases = self.inside(1 << i | 1 << j)
                p = min(poisson.cdf(cases, mean), poisson.sf(cases - 1, mean))
                better = best is None or p < best[0] * (1 - 1e-7)
                if p < threshold and better and self.exists([*model, (i, j)]):
                    best = (p, (i, j))
            if best is None:
                return total, set(model)
            model.append(best[1])


def sparse_tables(chance: np.random.Generator, several: int, tables: int) -> Any:
    """Tables with few overlaps, some of them with empty lists or no overlap at all."""
    cells = 1 << several
    size = np.bitwise_count(np.arange(cells)).astype(float)
    mean = chance.gamma(0.5, 40, (tables, cells)) * 0.2 ** np.maximum(size - 1, 0)
    counts = chance.poisson(mean)
    counts[:, 0] = 0
    counts[counts.sum(axis=1) == 0, 1] = 1
    return counts


@pytest.mark.parametrize(
    ("several", "tables", "threshold"), [(3, 40, 0.3), (4, 40, 0.02), (5, 12, 0.1)]
)
def test_the_lockstep_is_the_plain_loop(several: int, tables: int, threshold: float) -> None:
    """Warm starts, loose fits and proofs by convergence must change no choice and no total."""
    counts = sparse_tables(np.random.default_rng(several), several, tables)
    found = choose_all(counts, threshold)
    order = [(cell & -cell, cell & (cell - 1)) for cell in pairs(several)]
    refused = 0
    for row in range(tables):
        total, model = Plain(counts[row]).run(threshold)
        refused += bool(np.isinf(total))
        assert found.totals[row] == pytest.approx(total, rel=1e-7)
        chosen = {
            (one.bit_length() - 1, other.bit_length() - 1)
            for (one, other), taken in zip(order, found.pairs[row], strict=True)
            if taken
        }
        assert chosen == model
    assert refused < tables / 2
    assert found.pairs.any()


def test_resamples_of_a_published_table_are_the_plain_loop() -> None:
    """What the bootstrap sees: resamples of New Orleans, in which overlaps vanish."""
    lists = published("NewOrl_5")
    chance = np.random.default_rng(8)
    counts = chance.multinomial(lists.n, lists.counts / lists.n, size=25)
    found = choose_all(counts, 0.05).totals
    plain = [Plain(row).run(0.05)[0] for row in counts]
    assert found == pytest.approx(plain, rel=1e-7)


def test_tables_do_not_know_of_each_other() -> None:
    """A table's answer must not depend on which others are estimated beside it."""
    counts = sparse_tables(np.random.default_rng(21), 4, 200)
    together = choose_all(counts, 0.02)
    alone = [choose_all(row[None], 0.02) for row in counts]
    assert together.totals == pytest.approx([one.totals[0] for one in alone], rel=1e-9)
    assert (together.pairs == [one.pairs[0] for one in alone]).all()


def test_a_list_without_a_case_is_as_if_it_were_not_there() -> None:
    """R's programme rejects every candidate of such a resample; its list says nothing at all."""
    lists = published("UKdat_4")
    wider = np.concatenate([lists.counts, np.zeros(16, dtype=np.int64)])
    with_empty, without = choose_all(wider[None], 0.02), choose_all(lists.counts[None], 0.02)
    assert with_empty.totals[0] == pytest.approx(without.totals[0], rel=1e-10)
    assert with_empty.pairs.sum() == without.pairs.sum() == 3


def test_every_pair_at_threshold_1_where_that_has_an_estimate() -> None:
    """R's pthresh = 1; Artificial_3 has no such estimate, and ends with what can be added."""
    lists = published("UKdat_5")
    every_pair = tuple(combinations(lists.names, 2))
    assert set(choose(lists, 1.0)) == set(every_pair)
    total = choose_all(lists.counts[None], 1.0).totals[0]
    assert total == pytest.approx(fit_model(lists, every_pair).estimate, rel=1e-9)
    assert set(choose(published("Artificial_3"), 1.0)) == {("A", "C"), ("B", "C")}


def test_tied_candidates_go_by_the_order_of_the_lists() -> None:
    """B and C can change places here, so both pairs with A are as unlikely; the first is added.

    With it the model with the other pair has no estimate any more: without a rule, rounding
    would choose the model.
    """
    counts = np.array([0, 2, 121, 2, 121, 2, 0, 4])
    assert choose(Lists(("A", "B", "C"), counts), 0.05) == (("A", "B"),)
    assert choose(Lists(("A", "C", "B"), counts), 0.05) == (("A", "C"),)
    among_others = choose_all(
        np.concatenate([counts[None], counts * np.arange(2, 40)[:, None]]), 0.05
    )
    assert among_others.pairs[:, :2].tolist() == [[True, False]] * 39


def test_cases_by_the_million_choose_as_well() -> None:
    """P-values below the smallest float are no reason to stop, nor is a fit's last digit."""
    lists = published("UKdat_5")
    many = Lists(lists.names, lists.counts * 10_000)
    total, model = Plain(many.counts).run(0.02)
    assert choose_all(many.counts[None], 0.02).totals[0] == pytest.approx(total, rel=1e-7)
    assert len(choose(many, 0.02)) == len(model)
    most = sparse_tables(np.random.default_rng(1), 4, 50) * 10**9
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        totals = choose_all(most, 0.02).totals
    assert not np.isnan(totals).any()
    assert np.isfinite(totals).any()


@pytest.mark.parametrize(
    ("counts", "says", "existence"),
    [
        ([0, 5, 6, 0, 7, 0, 0, 0], "none of 18 cases is on two lists", 1),
        ([0, 5, 0, 3, 0, 4, 0, 2], "1 of 3 lists \\(A\\) hold every case", 1),
    ],
)
def test_refuses_where_independent_lists_have_no_estimate(
    counts: list[int], says: str, existence: int
) -> None:
    """R goes on here and prints a million millions."""
    with pytest.raises(NoEstimateError, match=says) as refused:
        choose(Lists(("A", "B", "C"), np.array(counts)), 0.02)
    assert refused.value.existence == existence
    assert choose_all(np.array([counts]), 0.02).totals[0] == np.inf
