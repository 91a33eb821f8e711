"""Log-rank and incidence tests: against R and statsmodels, every shuffle, and at their edges."""

import csv
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import survdiff

from analysis.errors import MethodError
from analysis.methods.survival import log_rank, permuted_incidence_test, permuted_log_rank

FOLDER = Path(__file__).parents[1] / "reference" / "km_freireich_6mp"
with (FOLDER / "delayed_entry.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
ENTRY, TIME = ([float(row[name]) for row in ROWS] for name in ("entry", "time"))
STATUS = [int(row["status"]) for row in ROWS]
ONE = [int(status == 1) for status in STATUS]
GROUP, LAYER = [row["g"] for row in ROWS], [row["s"] for row in ROWS]


# Reference


def test_three_groups_match_r() -> None:
    """R: survdiff(Surv(time, one) ~ g), in delayed_entry.R."""
    found = log_rank(TIME, ONE, GROUP)
    assert found.chi_square == pytest.approx(0.301705607454, rel=1e-10)
    assert found.degrees_of_freedom == 2
    assert [group.observed for group in found.groups] == [5, 6, 5]
    assert [group.expected for group in found.groups] == pytest.approx(
        (5.44389490320, 6.48233515879, 4.07376993801), rel=1e-10
    )


def test_strata_and_peto_weights_match_r() -> None:
    """R: survdiff with strata(s), and with rho=1."""
    layered = log_rank(TIME, ONE, GROUP, strata=LAYER)
    assert layered.chi_square == pytest.approx(0.611088098036, rel=1e-10)
    assert sum(group.expected for group in layered.groups) == pytest.approx(16, rel=1e-12)
    peto = log_rank(TIME, ONE, GROUP, weighting="survival")
    assert peto.chi_square == pytest.approx(0.409509404462, rel=1e-10)


def test_delayed_entry_matches_statsmodels() -> None:
    """Another program with the same rule on days (with strata and entry it fails itself)."""
    chi_square, p = survdiff(np.array(TIME), np.array(ONE), np.array(GROUP), entry=np.array(ENTRY))
    found = log_rank(TIME, ONE, GROUP, entry=ENTRY)
    assert (found.chi_square, found.p) == pytest.approx((chi_square, p), rel=1e-9)


@pytest.mark.parametrize(
    ("cause", "left"),
    [
        (1, (-0.825673217338, 0.267466443921, 0.558206773417)),
        (2, (0.918767796657, -1.060420792414, 0.141652995757)),
    ],
)
def test_events_less_expected_under_one_incidence_match_r(
    cause: int, left: tuple[float, ...]
) -> None:
    """R: martingale residuals of coxph on finegray(), added up by group."""
    found = permuted_incidence_test(TIME, STATUS, GROUP, cause=cause, rng=1, draws=99)
    assert [group.observed - group.expected for group in found.groups] == pytest.approx(
        left, rel=1e-9
    )


@pytest.mark.parametrize("layers", [["one"] * 9, ["one"] * 5 + ["two"] * 4])
def test_permuted_p_is_that_of_every_shuffle(layers: list[str]) -> None:
    """A loop over all ways to hand out the labels: the draws must come to the same share."""
    times, seen = [1, 2, 2, 4, 5, 6, 6, 8, 9], [1, 1, 0, 1, 1, 0, 1, 1, 0]
    groups = list("aabababbb")
    found = permuted_log_rank(times, seen, groups, strata=layers, rng=7, draws=40_000)
    share = every_shuffle(times, seen, groups, layers)
    assert found.p == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 40_000))


def every_shuffle(times: list[int], seen: list[int], groups: list[str], layers: list[str]) -> float:
    """Share of label choices whose sum of (O - E)^2 / n is as large as that seen."""
    left = np.zeros(len(times))
    for layer in set(layers):
        mine = [i for i, name in enumerate(layers) if name == layer]
        for i in mine:
            risk = [j for j in mine if times[j] <= times[i] and seen[j]]
            left[i] = seen[i] - sum(1 / sum(times[k] >= times[j] for k in mine) for j in risk)
    size = groups.count("a")
    first = sum(groups[i] == "a" for i, name in enumerate(layers) if name == "one")

    def statistic(chosen: tuple[int, ...]) -> float:
        inside = left[list(chosen)].sum()
        return float(inside**2 / size + (left.sum() - inside) ** 2 / (len(times) - size))

    everyone = [
        chosen
        for chosen in combinations(range(len(times)), size)
        if sum(layers[i] == "one" for i in chosen) == first
    ]
    seen_one = statistic(tuple(i for i, name in enumerate(groups) if name == "a"))
    return sum(statistic(one) >= seen_one - 1e-9 for one in everyone) / len(everyone)


# Properties


@st.composite
def compared(draw: st.DrawFn) -> tuple[list[int], list[int], list[str]]:
    """Spells of two or three groups with 10 events or more."""
    n = draw(st.integers(14, 40))
    times = draw(st.lists(st.integers(0, 25), min_size=n, max_size=n))
    seen = [1] * 10 + draw(st.lists(st.integers(0, 1), min_size=n - 10, max_size=n - 10))
    rest = draw(st.lists(st.sampled_from("abc"), min_size=n - 4, max_size=n - 4))
    groups = ["a", "b", "a", "b", *rest]
    return times, seen, groups


@given(compared())
def test_names_of_groups_and_order_of_rows_change_nothing(
    data: tuple[list[int], list[int], list[str]],
) -> None:
    """A test that depends on the sorting of a table cannot be repeated."""
    times, seen, groups = data
    try:
        found = log_rank(times, seen, groups)
    except MethodError:
        return
    turned = log_rank(times[::-1], seen[::-1], ["xyz"["cba".index(name)] for name in groups[::-1]])
    assert turned.chi_square == pytest.approx(found.chi_square, rel=1e-7, abs=1e-9)
    expected = sum(group.expected for group in found.groups)
    assert expected == pytest.approx(sum(seen), rel=1e-9)


@settings(max_examples=20)
@given(compared())
def test_an_incidence_without_competing_causes_is_a_log_rank(
    data: tuple[list[int], list[int], list[str]],
) -> None:
    """Where nothing competes, both tests must be one."""
    times, seen, groups = data
    one = permuted_log_rank(times, seen, groups, rng=1, draws=199)
    other = permuted_incidence_test(times, seen, groups, cause=1, rng=1, draws=199)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-7, abs=1e-9)
    assert other.as_extreme == one.as_extreme


def test_permuted_p_is_even_when_labels_mean_nothing() -> None:
    """Under no difference a p below 0.1 must come in a tenth of the trials, not more."""
    chance = np.random.default_rng(5)
    low = 0
    for _ in range(400):
        times, seen = chance.integers(0, 30, 16), chance.integers(0, 2, 16)
        seen[0] = 1
        low += permuted_log_rank(times, seen, list("ab" * 8), rng=chance, draws=99).p <= 0.1
    assert low / 400 <= 0.1 + 3 * np.sqrt(0.09 / 400)


# Edges


def test_the_same_seed_draws_the_same_p() -> None:
    """A finding must be computable again to the last digit."""
    one, other = (permuted_log_rank(TIME, ONE, GROUP, rng=3, draws=500) for _ in range(2))
    assert one == other


def test_no_draw_as_extreme_still_leaves_p_above_0() -> None:
    """(1 + k) / (1 + draws): a p of 0 would claim more than was drawn."""
    found = permuted_log_rank([*range(1, 21)], [1] * 20, ["a"] * 10 + ["b"] * 10, rng=1, draws=99)
    assert found.p >= 0.01


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: log_rank([1, 2, 3], [1, 1, 1], "aab"), "3 events, 10 are needed.*permuted"),
        (lambda: log_rank(range(12), [1] * 12, ["a"] * 12), "1 group, 2 are needed"),
        (lambda: log_rank(range(12), [1] * 12, ["a"] * 11), "groups has 11 values beside 12"),
        (lambda: log_rank(range(12), [1] * 12, [*"a" * 11, None]), "1 of 12 spells have no label"),
        (
            lambda: log_rank([*range(12), 40], [1] * 12 + [0], ["a"] * 12 + ["b"],
                             entry=[0] * 12 + [20]),
            "never at risk together",
        ),
        (lambda: permuted_log_rank([1, 2], [1, 1], "ab", rng=1, draws=50), "fewer than 99"),
        (lambda: permuted_log_rank([1, 2], [1, 1], "ab", rng=-1), "no seed to draw with"),
        (
            lambda: permuted_incidence_test([1, 2], [1, 1], "ab", cause=2, rng=1),
            "the cause ends none of 2 spells",
        ),
    ],
)  # fmt: skip
def test_refuses_comparisons_that_show_nothing(call: Any, said: str) -> None:
    """Each would otherwise print a p-value."""
    with pytest.raises(MethodError, match=said):
        call()
