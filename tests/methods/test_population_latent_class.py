"""Latent classes: against LCMCR, against sums that are exact, against themselves, at edges."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import ks_2samp

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.population_size.annealing import _Walk, annealed
from analysis.methods.population_size.convergence import effective_draws, r_hat
from analysis.methods.population_size.gibbs import sweep, swept
from analysis.methods.population_size.latent_class import MOST_R_HAT, latent_class
from analysis.methods.population_size.mixture_density import evaluate, from_prior, mixture
from analysis.methods.population_size.result import NoEstimateError
from analysis.methods.population_size.tables import Lists

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected_bayes.json").read_text(encoding="utf-8"))
NAMES = {name: found["lists"] for name, found in EXPECTED.items()} | {"Ned_6": list("KIORZP")}


def table(name: str) -> Lists:
    """One of the published tables."""
    names = NAMES[name]
    counts = np.zeros(1 << len(names), dtype=np.int64)
    with (FOLDER / "tables.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["table"] == name:
                cell = sum(1 << names.index(one) for one in row["lists"].split())
                counts[cell] = int(row["count"])
    return Lists(tuple(names), counts)


def matches_lcmcr(name: str, seed: int) -> None:
    """Median to a quarter of a posterior standard deviation, limits to a half.

    Some 500 effective draws here (median: 0.06 of a deviation, a limit: 0.15) beside 10,000
    correlated ones there.
    """
    quantiles = EXPECTED[name]["lcmcr"]["quantiles"]
    deviation = (quantiles["0.9"] - quantiles["0.1"]) / 2.563
    found = latent_class(table(name), rng=seed)
    assert found.estimate == pytest.approx(quantiles["0.5"], abs=0.25 * deviation)
    assert found.low == pytest.approx(quantiles["0.025"], abs=0.5 * deviation)
    assert found.high == pytest.approx(quantiles["0.975"], abs=deviation)
    assert found.diagnostics.r_hat is not None
    assert found.diagnostics.r_hat <= MOST_R_HAT


@pytest.mark.parametrize("name", ["Korea", "Artificial_3", "NewOrl_5"])
def test_matches_lcmcr_where_lcmcr_mixes(name: str) -> None:
    """The same model and priors must be the same posterior, whatever draws from it."""
    matches_lcmcr(name, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["Korea", "Artificial_3", "NewOrl_5_v2019", "Western", "UKdat_4"])
def test_matches_lcmcr_from_any_seed(name: str, seed: int) -> None:
    """One seed that agrees could be luck."""
    matches_lcmcr(name, seed)


@pytest.mark.soak
def test_british_total_does_not_depend_on_the_seed() -> None:
    """One chain of LCMCR gives 12,900 or 21,000 to 22,000 by seed, even after 110,000 sweeps."""
    found = [latent_class(table("UKdat_5"), rng=seed).estimate for seed in range(5)]
    assert max(found) / min(found) < 1.1
    assert np.median(found) == pytest.approx(22_300, rel=0.04)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [101, 104, 105])
def test_refuses_where_all_chains_agree_on_the_worse_explanation(seed: int) -> None:
    """Six chains can settle at 94,000 with R-hat 1.01; the better explanation says 140,000."""
    with pytest.raises(MethodError, match="have not found the posterior"):
        latent_class(table("Ned_6"), rng=seed)


def test_one_class_equals_the_posterior_summed_over_every_total() -> None:
    """With independent lists the chances integrate to Beta functions, and only N is left."""
    counts = np.array([0, 21, 17, 9, 25, 8, 6, 3], dtype=np.int64)
    lists = Lists(("a", "b", "c"), counts)
    unseen = np.arange(0.0, 20001.0)
    total = lists.n + unseen
    logs = gammaln(total + 1) - gammaln(unseen + 1) - np.log(total)
    for size in lists.sizes:
        logs += gammaln(size + 1) + gammaln(total - size + 1) - gammaln(total + 2)
    upto = np.cumsum(np.exp(logs - logs.max()))
    exact = [lists.n + int(np.searchsorted(upto / upto[-1], q)) for q in (0.05, 0.5, 0.95)]
    deviation = (exact[2] - exact[0]) / 3.29
    found = latent_class(lists, level=0.9, rng=2, classes=1, chains=8, draws=100)
    assert found.estimate == pytest.approx(exact[1], abs=0.15 * deviation)
    assert (found.low, found.high) == pytest.approx((exact[0], exact[2]), abs=0.3 * deviation)


def test_slope_is_the_derivative_of_the_density() -> None:
    """A wrong slope would not bias the draws, only stop them from moving: nobody would see it."""
    rng = np.random.default_rng(1)
    known = mixture(table("Western"), 4)
    at = rng.normal(size=(known.parameters, 3))
    slope = evaluate(known, at, 0.7).slope
    for place in range(known.parameters):
        ends = []
        for way in (1e-5, -1e-5):
            moved = at.copy()
            moved[place] += way
            there = evaluate(known, moved, 0.7)
            ends.append(0.7 * there.likelihood + there.prior)
        assert slope[place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-4)


def test_moves_leave_the_prior_as_it_is() -> None:
    """Drawn by its definition, and moved 40 times by its density: the same distribution."""
    rng = np.random.default_rng(3)
    known = mixture(table("Korea"), 4)
    drawn = from_prior(known, 3000, rng)
    walk = _Walk(known, evaluate(known, drawn, 0.0), 0.0, 0.3, rng)
    for _ in range(40):
        walk.move()
    again = from_prior(known, 3000, rng)
    for place in (0, 5, known.logits, known.parameters - 1):
        assert ks_2samp(walk.places.at[place], again[place]).pvalue > 1e-4
    assert np.mean(walk.places.at[0] != drawn[0]) > 0.9


def apart(one: Floats, other: Floats) -> float:
    """Difference of two means in standard errors; each value is of an independent chain."""
    error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    return float(abs(one.mean() - other.mean()) / error)


def test_gibbs_chains_and_annealed_populations_have_one_posterior() -> None:
    """Two samplers that share no step must agree: one knows classes and N, the other neither.

    On a table where Gibbs chains from the prior settle within 600 sweeps; draws of one chain
    or population are not independent, so each counts once, by its mean.
    """
    rng = np.random.default_rng(4)
    known = mixture(table("Korea"), 3)
    chance, likelihood = swept(known, from_prior(known, 100, rng), 1200, 20, rng)
    found = evaluate(known, annealed(known, 40, 40, 10, rng), 1.0)
    moved = (np.log(found.unseen / (1 - found.unseen)), found.likelihood)
    swept_there = (np.log(chance / (1 - chance))[30:], likelihood[30:])
    for one, other in zip(moved, swept_there, strict=True):
        assert apart(one.reshape(40, 40).mean(axis=1), other.mean(axis=0)) < 4


def test_gibbs_sweeps_leave_the_annealed_posterior_as_it_is() -> None:
    """Where Gibbs needs thousands of sweeps to arrive, it must at least not walk away."""
    rng = np.random.default_rng(5)
    known = mixture(table("Artificial_3"), 3)
    at = annealed(known, 60, 40, 10, rng)
    before = evaluate(known, at, 1.0).unseen
    after = swept(known, at, 100, 100, rng)[0, 0]
    logits = [np.log(p / (1 - p)).reshape(60, 40).mean(axis=1) for p in (before, after)]
    assert apart(*logits) < 4
    assert np.mean(before != after) > 0.99


def test_likelihood_is_the_same_in_both_samplers() -> None:
    """Scouts are compared with chains: they must be measured with one measure."""
    rng = np.random.default_rng(5)
    known = mixture(table("NewOrl_5"), 3)
    at = annealed(known, 1, 16, 2, rng)
    same = np.random.default_rng(6), np.random.default_rng(6)
    after = evaluate(known, sweep(known, at, same[0]), 1.0)
    chance, likelihood = swept(known, at, 1, 1, same[1])
    assert chance[0] == pytest.approx(after.unseen, rel=1e-9)
    assert likelihood[0] == pytest.approx(after.likelihood, rel=1e-9)


def test_same_seed_same_result() -> None:
    """A finding that cannot be run again cannot be checked."""
    lists = table("Korea")
    assert latent_class(lists, rng=7, classes=3) == latent_class(lists, rng=7, classes=3)
    assert latent_class(lists, rng=8, classes=3) != latent_class(lists, rng=7, classes=3)


def test_order_of_lists_changes_nothing_but_chance() -> None:
    """Which list a spreadsheet names first must not change what is concluded."""
    lists = table("Artificial_3")
    order = (2, 0, 1)
    counts = np.zeros_like(lists.counts)
    for cell, cases in enumerate(lists.counts):
        counts[sum(((cell >> old) & 1) << new for new, old in enumerate(order))] = cases
    other = Lists(tuple(lists.names[old] for old in order), counts)
    one, two = (latent_class(some, rng=9, classes=4) for some in (lists, other))
    assert one.estimate == pytest.approx(two.estimate, rel=0.07)
    assert one.low == pytest.approx(two.low, rel=0.1)


def test_two_classes_that_the_lists_reach_unequally_raise_the_total() -> None:
    """Heterogeneity hides people from every list alike: ignoring it counts too few."""
    chance, sizes = np.array([[0.6, 0.5, 0.6, 0.5], [0.15, 0.1, 0.1, 0.15]]), (300.0, 700.0)
    cells = (np.arange(16)[:, None] >> np.arange(4)) & 1
    each = [
        size * np.prod(np.where(cells == 1, p, 1 - p), axis=1)
        for size, p in zip(sizes, chance, strict=True)
    ]
    counts = np.rint(np.sum(each, axis=0)).astype(np.int64)
    counts[0] = 0
    lists = Lists(tuple("abcd"), counts)
    alone = latent_class(lists, rng=1, classes=1)
    found = latent_class(lists, rng=1, classes=4)
    assert alone.high < 1000
    assert found.low < 1000 < found.high
    assert found.estimate > alone.high


def test_r_hat_tells_chains_that_lie_apart_or_are_unequally_wide() -> None:
    """Both are ways in which the answer depends on the chain that was looked at."""
    draws = np.random.default_rng(1).normal(size=(6, 400))
    shifted, wider = draws.copy(), draws.copy()
    shifted[2] += 1.0
    wider[2] *= 4.0
    assert r_hat(draws) < 1.01
    assert r_hat(shifted) > MOST_R_HAT
    assert r_hat(wider) > MOST_R_HAT
    assert r_hat(np.exp(5 * shifted)) > MOST_R_HAT  # tails too heavy to have a variance


def test_effective_draws_count_chains_that_never_move_once() -> None:
    """A chain of 500 copies of one draw is one draw."""
    rng = np.random.default_rng(2)
    stuck = np.repeat(rng.normal(size=(40, 1)), 500, axis=1) + 1e-3 * rng.normal(size=(40, 500))
    assert effective_draws(stuck) == pytest.approx(40, rel=0.1)
    assert effective_draws(rng.normal(size=(40, 500))) > 8000
    assert effective_draws(np.zeros((4, 10))) == 40
    assert r_hat(np.zeros((4, 10))) == 1
    assert r_hat(np.arange(4.0)[:, None] * np.ones((4, 10))) == np.inf


def test_refuses_when_chains_disagree() -> None:
    """Two answers by seed are none."""
    with pytest.raises(MethodError, match="4 independent chains have not found the posterior"):
        latent_class(table("UKdat_5"), rng=1, chains=4, draws=16)


def test_refuses_lists_without_a_case_in_common() -> None:
    """The posterior is proper even then, but only because the prior is."""
    lists = Lists(("a", "b", "c"), np.array([0, 9, 9, 0, 9, 0, 0, 0]))
    with pytest.raises(NoEstimateError, match="none of 27 cases is on two lists") as found:
        latent_class(lists, rng=1)
    assert found.value.existence == 1


def test_refuses_two_lists() -> None:
    """Classes cannot be told apart by one overlap."""
    with pytest.raises(MethodError, match="2 lists where at least 3 are needed"):
        latent_class(Lists(("a", "b"), np.array([0, 5, 5, 2])), rng=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chains": 1}, "chains is no whole number of at least 4"),
        ({"draws": 3}, "draws is no whole number of at least 16"),
        ({"classes": 0}, "classes is no whole number of at least 1"),
        ({"classes": 99}, "more than 50 classes"),
        ({"level": 95}, "level must lie between 0 and 1"),
        ({"rng": None}, "no seed to draw with"),
    ],
)
def test_refuses_settings_out_of_range(options: dict[str, Any], message: str) -> None:
    """One chain cannot disagree with itself; nothing may pass because nobody looked."""
    call: Callable[..., Any] = latent_class
    with pytest.raises(MethodError, match=message):
        call(table("Korea"), **({"rng": 1} | options))


def test_a_list_that_holds_everyone_leaves_few_unseen() -> None:
    """Where one list found all that any list found, the limits must still be finite."""
    lists = Lists(("a", "b", "c"), np.array([0, 40, 0, 20, 0, 20, 0, 10]))
    found = latent_class(lists, rng=1, classes=3)
    assert lists.n <= found.low <= found.estimate <= found.high < 2 * lists.n
    assert found.hidden == found.estimate - lists.n
