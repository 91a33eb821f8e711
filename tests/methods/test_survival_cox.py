"""cox and proportionality: against R and others, their symmetries, where no answer exists."""

import csv
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.survival import CoxModel, cox, proportionality

FOLDER = Path(__file__).parents[1] / "reference" / "km_freireich_6mp"
with (FOLDER / "delayed_entry.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
ENTRY, TIME, X = ([float(row[name]) for row in ROWS] for name in ("entry", "time", "x"))
ONE = [int(row["status"] == "1") for row in ROWS]
B, LAYER = [float(row["g"] == "b") for row in ROWS], [row["s"] for row in ROWS]
BOTH = {"x": X, "b": B}

R: dict[tuple[str, str], tuple[float, ...]] = {
    ("", "breslow"): (-0.315763315635, -0.381333699292, 0.292254586827, 0.578428505314,
                      -44.355482622, -43.7584950735),
    ("", "efron"): (-0.319824074856, -0.383039452439, 0.292159783725, 0.578422819127,
                    -44.3226927992, -43.7118918473),
    ("", "exact"): (-0.317598187337, -0.383340864472, 0.293234647886, 0.579877612196,
                    -43.6295456186, -43.0293137071),
    ("entry", "breslow"): (-0.279298014253, -0.0837640925719, 0.2947089338, 0.575614439237,
                           -40.1370752275, -39.6755916911),
    ("entry", "efron"): (-0.285694342182, -0.0851999463962, 0.294780441377, 0.575427308361,
                         -40.0905552119, -39.6086837082),
    ("strata", "efron"): (-0.222683656874, -0.221639452446, 0.31526868549, 0.749430438797,
                          -29.259909187, -29.0142108627),
}  # fmt: skip

SPLIT = [1, 2, 3, 4, 5, 6, 7, 8, 8, 9], [1, 1, 1, 1, 1, 0, 0, 0, 1, 0], [1] * 5 + [0] * 5
"""The first five all end before any of the others: a hazard ratio of infinity."""


def numbers(model: CoxModel) -> tuple[float, ...]:
    """Log ratios, errors, log-likelihoods without and with covariates."""
    ratios = [one.log_ratio for one in model.coefficients]
    errors = [one.error for one in model.coefficients]
    return (*ratios, *errors, model.log_likelihood_without, model.log_likelihood)


# Reference


@pytest.mark.parametrize("case", R, ids="-".join)
def test_matches_r_coxph(case: tuple[str, Any]) -> None:
    """R: coxph, in delayed_entry.R; its steps stop at a relative 1e-9 of the likelihood."""
    kind, ties = case
    found = cox(
        TIME,
        ONE,
        BOTH,
        entry=None if kind == "" else ENTRY,
        strata=LAYER if kind == "strata" else None,
        ties=ties,
    )
    assert numbers(found) == pytest.approx(R[case], rel=1e-6)


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_delayed_entry_matches_statsmodels_once_its_rule_on_days_is_moved(ties: Any) -> None:
    """PHReg has who enters on a day at risk on it; a hair later it follows R and us."""
    later = np.array([entry + 1e-9 if entry else 0.0 for entry in ENTRY])
    table = np.column_stack([X, B])
    model = sm.PHReg(np.array(TIME), table, status=np.array(ONE), entry=later, ties=ties)
    fitted = model.fit(method="newton", disp=0, tol=1e-12)
    found = cox(TIME, ONE, BOTH, entry=ENTRY, ties=ties)
    assert numbers(found)[:4] == pytest.approx((*fitted.params, *fitted.bse), rel=1e-6)


def test_exact_ties_are_the_choice_of_those_who_ended() -> None:
    """The definition gone through: every choice of as many among those at risk."""
    times, seen, x = [1, 1, 1, 2, 2, 3, 3, 4], [1, 1, 0, 1, 1, 0, 1, 0], np.arange(8) % 3
    found = cox(times, seen, {"x": x}, ties="exact")
    beta, log = found.coefficients[0].log_ratio, 0.0
    for day in (1, 2, 3):
        risk = [i for i in range(8) if times[i] >= day]
        dead = [i for i in risk if times[i] == day and seen[i]]
        choices = [np.exp(beta * x[list(c)].sum()) for c in combinations(risk, len(dead))]
        log += beta * x[dead].sum() - np.log(sum(choices))
    assert found.log_likelihood == pytest.approx(log, rel=1e-10)


def test_firth_matches_another_program() -> None:
    """Against firthmodels 0.8.2 (Breslow, profile limits, penalised ratio test)."""
    found = cox(TIME, ONE, BOTH, ties="breslow", penalty="firth")
    first, second = found.coefficients
    assert (first.log_ratio, second.log_ratio) == pytest.approx(
        (-0.32655528, -0.34645952), abs=1e-6
    )
    assert found.log_likelihood == pytest.approx(-41.87627189957739, abs=1e-8)
    assert np.log([first.ratio.low, first.ratio.high]) == pytest.approx(
        (-0.88115161, 0.25663698), abs=1e-6
    )
    assert np.log([second.ratio.low, second.ratio.high]) == pytest.approx(
        (-1.49997083, 0.73198975), abs=1e-6
    )
    assert (first.p, second.p) == pytest.approx((0.26449908, 0.53360954), abs=1e-7)


def test_firth_answers_where_the_likelihood_has_no_top() -> None:
    """Against firthmodels 0.8.2, whose search for limits stops early (chi-square 3.8416)."""
    times, seen, first = SPLIT
    (only,) = cox(times, seen, {"first": first}, ties="breslow", penalty="firth").coefficients
    assert only.log_ratio == pytest.approx(3.24305, abs=1e-5)
    assert np.log([only.ratio.low, only.ratio.high]) == pytest.approx(
        (0.97444111, 8.14304021), abs=1e-4
    )
    assert only.p == pytest.approx(0.00253899, abs=1e-7)


@pytest.mark.parametrize(
    ("clock", "chi_squares"),
    [
        ("identity", (1.67838758, 0.76353267, 1.85517042)),
        ("rank", (0.8136997, 1.4318043, 1.6556209)),
        ("survival", (1.4040682, 1.1843729, 1.8552550)),
    ],
)
def test_proportionality_matches_r(clock: Any, chi_squares: tuple[float, ...]) -> None:
    """R: cox.zph of survival 3.5 (score test), and its scaled residuals of the first days."""
    found = proportionality(TIME, ONE, BOTH, clock=clock)
    assert [test.chi_square for test in found.tests] == pytest.approx(chi_squares, rel=1e-6)
    assert [test.degrees_of_freedom for test in found.tests] == [1, 1, 2]
    assert found.times[:3] == (6, 11, 30)
    assert np.array(found.residuals[:3]) == pytest.approx(
        np.array([
            [-0.420680142654, -1.795404145023],
            [1.955840146927, 0.159623303664],
            [-0.487731300891, -1.924711706799],
        ]), abs=1e-6,
    )  # fmt: skip


def test_proportionality_with_delayed_entry_matches_r() -> None:
    """R: cox.zph(coxph(Surv(entry, time, one) ~ x + b), "identity")."""
    found = proportionality(TIME, ONE, BOTH, entry=ENTRY, clock="identity")
    assert [test.chi_square for test in found.tests] == pytest.approx(
        (2.2367611, 0.9942210, 2.6201223), rel=1e-6
    )


# Properties


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[int], list[int], list[float]]:
    """Thirty spells with ties, whose covariate says little of their end."""
    seed = draw(st.integers(0, 10_000))
    chance = np.random.default_rng(seed)
    times, seen = chance.integers(0, 20, 30), chance.random(30) < 0.7
    return times.tolist(), seen.astype(int).tolist(), chance.normal(size=30).round(2).tolist()


@settings(max_examples=25, deadline=None)
@given(worlds(), st.sampled_from(["breslow", "efron", "exact"]), st.floats(0.2, 5))
def test_units_and_signs_of_a_covariate_only_rename_the_ratio(
    data: tuple[list[int], list[int], list[float]], ties: Any, scale: float
) -> None:
    """Years or months, women or men as reference: the same statement."""
    times, seen, x = data
    one = cox(times, seen, {"x": x}, ties=ties)
    other = cox(times, seen, {"x": [-scale * value + 7 for value in x]}, ties=ties)
    assert -other.coefficients[0].log_ratio * scale == pytest.approx(
        one.coefficients[0].log_ratio, rel=1e-6, abs=1e-8
    )
    assert other.likelihood_ratio == pytest.approx(one.likelihood_ratio, rel=1e-7, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(worlds())
def test_without_ties_the_three_rules_are_one(
    data: tuple[list[int], list[int], list[float]],
) -> None:
    """The rules differ only in what they make of days shared."""
    _, seen, x = data
    found = [
        cox(range(1, 31), seen, {"x": x}, ties=ties).coefficients[0]
        for ties in ("breslow", "efron", "exact")
    ]
    for other in found[1:]:
        assert other.log_ratio == pytest.approx(found[0].log_ratio, rel=1e-9, abs=1e-9)
        assert other.error == pytest.approx(found[0].error, rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_splitting_a_spell_in_two_changes_no_ratio(
    data: tuple[list[int], list[int], list[float]],
) -> None:
    """Someone watched in two stretches is the same person."""
    times, seen, x = data
    whole = cox(times, seen, {"x": x})
    cut = [min(5, time) if time > 5 else 0 for time in times]
    late = [i for i, day in enumerate(cut) if day]
    split = cox(
        [*times, *[5] * len(late)],
        [*seen, *[0] * len(late)],
        {"x": [*x, *[x[i] for i in late]]},
        entry=[*cut, *[0] * len(late)],
    )
    assert split.coefficients[0].log_ratio == pytest.approx(
        whole.coefficients[0].log_ratio, rel=1e-7, abs=1e-8
    )


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_work_done_in_pieces_gives_the_same(ties: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many spells are gone through in batches, which no small example would reach."""
    whole = numbers(cox(TIME, ONE, BOTH, entry=ENTRY, ties=ties))
    module = sys.modules["analysis.methods.survival.partial_likelihood"]
    monkeypatch.setattr(module, "MOST_CELLS", 100)
    assert numbers(cox(TIME, ONE, BOTH, entry=ENTRY, ties=ties)) == pytest.approx(whole, rel=1e-9)


def test_firth_pulls_towards_no_difference() -> None:
    """The bias it takes out is away from 0: an estimate further out would be a wrong sign."""
    chance = np.random.default_rng(11)
    for _ in range(5):
        group = np.repeat([0, 1], 12)
        times = np.ceil(chance.exponential(20 / np.exp(1.5 * group))) + 1
        plain = cox(times, [1] * 24, {"late": group}).coefficients[0].log_ratio
        pulled = cox(times, [1] * 24, {"late": group}, penalty="firth").coefficients[0].log_ratio
        assert 0 < pulled < plain


def test_limits_cover_the_true_ratio_as_often_as_they_say() -> None:
    """Delayed entry at random days: forgetting it biases the ratio and loses the level."""
    chance = np.random.default_rng(2)
    covered = 0
    for _ in range(120):
        group, entry = np.repeat([0, 1], 40), chance.integers(0, 15, 80)
        times = np.ceil(chance.exponential(30 / np.exp(0.7 * group)))
        kept = times > entry
        seen = chance.random(80) < 0.8
        ratio = (
            cox(times[kept], seen[kept], {"late": group[kept]}, entry=entry[kept])
            .coefficients[0]
            .ratio
        )
        covered += ratio.low <= np.exp(0.7) <= ratio.high
    assert 0.89 <= covered / 120 <= 1


# Edges


@pytest.mark.parametrize("ties", ["breslow", "efron", "exact"])
def test_refuses_a_likelihood_that_rises_without_end(ties: Any) -> None:
    """Programs print a ratio of a billion here, with limits from 0 to infinity."""
    times, seen, first = SPLIT
    with pytest.raises(MethodError, match=r"rises without end.*penalty='firth'"):
        cox(times, seen, {"first": first}, ties=ties)


def test_a_large_but_finite_ratio_is_not_taken_for_an_endless_one() -> None:
    """A refusal must rest on proof: one event on the other side gives the likelihood a top."""
    risk = [float(value) for value in range(40, 0, -1)]
    risk[10], risk[11] = risk[11], risk[10]
    found = cox(range(1, 41), [1] * 40, {"risk": risk})
    spread = found.coefficients[0].log_ratio * 39
    assert 10 < spread < 200


def test_a_table_of_covariates_may_be_a_frame() -> None:
    """Notebooks hold covariates in a DataFrame."""
    assert cox(TIME, ONE, pd.DataFrame(BOTH)) == cox(TIME, ONE, BOTH)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cox([1, 2, 3, 4], [1, 1, 1, 1], {"x": [1, 2, 1, 3]}), "4 events for 1 covariates"),
        (lambda: cox(TIME, ONE, {}), "no covariate"),
        (lambda: cox(TIME, ONE, {"x": X[1:]}), "covariate 1 has 39 values beside 40"),
        (lambda: cox(TIME, ONE, {"x": [3.3] * 40}), "1 of 1 covariates have one value"),
        (lambda: cox(TIME, ONE, {"x": X, "y": [2 * x + 1 for x in X]}), "follows from the others"),
        (lambda: cox([5] * 40, [1] * 40, {"x": X}, ties="efron", strata=range(40)),
         "does not vary among those at risk"),
        (lambda: cox([1] * 900, [1] * 450 + [0] * 450, {"x": [0, 1] * 450}, ties="exact"),
         "405000 steps"),
        (lambda: proportionality(TIME, ONE, BOTH, ties="exact"), "not provided for exact ties"),
        (lambda: proportionality([1, 2] * 10, [1] * 20, {"x": [0, 0, 1, 1] * 5}),
         "fewer than 5 days"),
    ],
)  # fmt: skip
def test_refuses_models_that_have_no_honest_answer(call: Any, said: str) -> None:
    """Each would otherwise print a ratio."""
    with pytest.raises(MethodError, match=said):
        call()


def test_a_covariate_of_one_enormous_value_shows_no_course() -> None:
    """A person 10^18 days old is a slip of the keyboard; the test divided by 0."""
    days = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23]
    seen = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1]
    with pytest.raises(MethodError, match="outweighs all others"):
        proportionality(days, seen, {"age": [2.0**60, *([1.0, 0.0] * 7), 1.0]})
