"""BIC over hierarchical models: against R, against fits without shortcuts, at the edges."""

import csv
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.errors import MethodError
from analysis.methods.population_size import bca
from analysis.methods.population_size.criterion import (
    average,
    bic,
    compare_models,
    compares_all,
    rank,
)
from analysis.methods.population_size.existence import code
from analysis.methods.population_size.fits import NO_TERM, fit_all, log_likelihood
from analysis.methods.population_size.hierarchical import (
    Models,
    all_models,
    groups,
    neighbours,
    notation,
    terms_up_to,
)
from analysis.methods.population_size.lockstep import bracket, climb, opened_by
from analysis.methods.population_size.models import fit_model
from analysis.methods.population_size.ranking import Ranked, independent, rank_all
from analysis.methods.population_size.reselection import refit, terms_used
from analysis.methods.population_size.result import NoEstimateError
from analysis.methods.population_size.search import search
from analysis.methods.population_size.tables import Lists, at_least

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected_bic.json").read_text(encoding="utf-8"))
RANKINGS = [(name, kind) for name in EXPECTED for kind in ("pairs", "all_orders")]
RANKINGS = [(name, kind) for name, kind in RANKINGS if kind in EXPECTED[name]]


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    """A warning would mean a number that nobody can rely on."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def published(name: str) -> Lists:
    """One of the published tables."""
    with (FOLDER / "tables.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == name]
    met = list(dict.fromkeys(one for row in rows for one in row["lists"].split()))
    names = EXPECTED[name]["lists"] if name in EXPECTED else met
    counts = np.zeros(1 << len(names), dtype=np.int64)
    for row in rows:
        counts[sum(1 << names.index(one) for one in row["lists"].split())] = row["count"]
    return Lists(tuple(names), counts)


def drawn(lists: int, cases: int, seed: int) -> Lists:
    """A table of lists that are independent of each other, sparse if there are few cases."""
    rng = np.random.default_rng(seed)
    while True:
        on = rng.random((cases, lists)) < rng.uniform(0.05, 0.4, lists)
        counts = np.bincount(on @ (1 << np.arange(lists)), minlength=1 << lists)
        counts[0] = 0
        table = Lists(tuple("ABCDEFGHIJ"[:lists]), counts.astype(np.int64))
        if min(table.sizes):
            return table


def shuffled(lists: Lists, order: list[int]) -> Lists:
    """The same table with its lists in another order."""
    counts = np.zeros_like(lists.counts)
    for cell, count in enumerate(lists.counts):
        counts[sum(1 << new for new, old in enumerate(order) if cell >> old & 1)] = count
    return Lists(tuple(lists.names[old] for old in order), counts)


def plain(counts: Any, models: Models, rows: Any) -> tuple[Any, Any, Any]:
    """Criterion, total and whether it exists, for every model and table, from nothing."""
    terms = models.terms
    holds = np.hstack([np.ones((len(rows), terms.always), dtype=bool), models.holds[rows]])
    listed = np.where(holds, terms.cells, NO_TERM)
    fits = fit_all(
        np.tile(counts, (len(rows), 1)),
        np.repeat(listed, len(counts), axis=0)
        .reshape(len(rows), len(counts), -1)
        .reshape(-1, listed.shape[1]),
        close=1e-9,
    )
    every = np.tile(counts, (len(rows), 1))
    n = every.sum(axis=1)
    p = np.repeat(holds.sum(axis=1), len(counts))
    value = p * np.log(n) - 2 * log_likelihood(every, fits.expected)
    shape = (len(rows), len(counts))
    value = np.where(fits.converged, value, np.inf).reshape(shape)
    return value, (n + fits.expected[:, 0]).reshape(shape), fits.converged.reshape(shape)


@pytest.mark.parametrize(("name", "kind"), RANKINGS)
def test_ranks_models_as_r_does(name: str, kind: str) -> None:
    """MultipleSystemsEstimation 1.2.0, assemble_bic: order, totals, criterion, how many exist."""
    lists, known = published(name), EXPECTED[name][kind]
    found = rank(lists, 2 if kind == "pairs" else len(lists.names))
    models = [
        notation(lists.names, groups(lists.names, found.terms, holds))
        for holds in found.holds[: len(known["top"])]
    ]
    assert models == [one["model"] for one in known["top"]]
    for at, one in enumerate(known["top"]):
        assert found.totals[at] == pytest.approx(one["total"], rel=1e-8)
        assert found.bic[at] == pytest.approx(one["bic"], rel=1e-10)
    assert len(found.bic) == known["n_valid"]
    assert found.compared == known.get("n_models", found.compared)


@pytest.mark.parametrize("name", EXPECTED)
def test_averages_models_as_r_does(name: str) -> None:
    """The same package's fits, weighted by exp(-BIC/2) in R."""
    found = average(published(name), bootstrap=0, rng=1)
    assert found.estimate == pytest.approx(EXPECTED[name]["pairs"]["bma_est"], rel=1e-8)


@pytest.mark.parametrize("name", EXPECTED)
def test_best_model_has_the_deviance_of_rcapture(name: str) -> None:
    """Rcapture 1.4-4, closedpMS.t, is a second program; fits that it warns of are left out."""
    lists = published(name)
    wanted = {one["model"]: one for one in EXPECTED[name]["rcapture"]["top"] if not one["infoFit"]}
    seen = 0
    for one in compare_models(lists):
        known = wanted.get(notation(lists.names, one.groups))
        if known is not None:
            seen += 1
            assert one.total == pytest.approx(known["abundance"], rel=1e-6)
            assert one.bic == pytest.approx(known["BIC"], rel=1e-8)
            deviance = fit_model(lists, one.groups).deviance
            assert deviance == pytest.approx(known["deviance"], rel=1e-6)
    assert seen or not wanted


@pytest.mark.parametrize(
    ("name", "total"),
    [("UKdat_6", 12350), ("Ned_6", 116667), ("Ned_5", 48013), ("NewOrl_8_v2019", 1184)],
)
def test_finds_the_published_best_totals_of_large_tables(name: str, total: int) -> None:
    """Six lists are compared model by model; eight are searched and give the published 1,184."""
    assert round(compare_models(published(name), top=1)[0].total) == total


@pytest.mark.parametrize("name", ["Korea", "Artificial_3"])
@pytest.mark.parametrize(("top", "known"), [(1, "BCa_ntop1"), (10, "BCa_last")])
def test_limits_are_those_of_r_within_the_noise_of_its_resamples(
    name: str, top: int, known: str
) -> None:
    """R's limits stand where 20,000 resamples put them, if its 1,000 moved z0 by 3 errors.

    By R's rules: resamples without an estimate dropped, only smaller ones below.
    """
    lists = published(name)
    found = rank(lists)
    tables = bca.resampled(lists.counts, bootstrap=20_000, rng=4)
    totals = refit(found.best(top), tables, margin=0.0).best()[1]
    cells = int((lists.counts > 0).sum())
    a = bca.acceleration(totals[1 : 1 + cells], lists.counts[lists.counts > 0])
    kept = totals[1 + cells :][np.isfinite(totals[1 + cells :])]
    z0 = bca.bias_correction(kept, found.totals[0], ties="below")
    for share, limit in EXPECTED[name]["bootstrap"][known].items():
        least, most = ((kept < limit * (1 - 1e-9)).mean(), (kept <= limit * (1 + 1e-9)).mean())
        assert least <= bca.adjusted(float(share), z0 + 0.12, a)
        assert most >= bca.adjusted(float(share), z0 - 0.12, a)


@pytest.mark.parametrize("name", ["Korea", "UKdat_4", "Western", "NewOrl_5"])
def test_bounds_leave_out_no_model_that_is_best_in_a_resample(name: str) -> None:
    """The same choice in every resample as fitting every model to it from nothing."""
    lists = published(name)
    found = rank(lists).best(60)
    tables = bca.resampled(lists.counts, bootstrap=60, rng=2)
    model, totals = refit(found, tables, margin=0.0).best()
    numbers = found.holds @ (1 << np.arange(found.holds.shape[1]))
    models = all_models(len(lists.names), 2)
    assert models is not None
    value, total, _ = plain(tables, models, models.places(numbers))
    best = np.round(value, 8).argmin(axis=0)
    assert model.tolist() == best.tolist()
    assert totals == pytest.approx(total[best, np.arange(len(tables))], rel=1e-8)


def test_averages_in_resamples_leave_out_only_what_weighs_nothing() -> None:
    """The same averages as over all fits, up to the weights left out by rule."""
    lists = published("Western")
    found = rank(lists).best(40)
    tables = bca.resampled(lists.counts, bootstrap=40, rng=2)
    numbers = found.holds @ (1 << np.arange(found.holds.shape[1]))
    models = all_models(5, 2)
    assert models is not None
    value, total, _ = plain(tables, models, models.places(numbers))
    weight = np.exp(-0.5 * (value - value.min(axis=0)))
    wanted = (weight * np.where(weight > 0, total, 0.0)).sum(axis=0) / weight.sum(axis=0)
    got = refit(found, tables, margin=-2 * np.log(1e-4)).averaged()
    assert got == pytest.approx(wanted, rel=2e-3)
    assert refit(found, tables, margin=60.0).averaged() == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_bounds_enclose_the_maximum(seed: int) -> None:
    """Weak duality: one step from anywhere bounds what the likelihood can reach."""
    lists = drawn(4, 60, seed)
    models = all_models(4, 3)
    assert models is not None
    rng = np.random.default_rng(seed)
    aim = at_least(lists.counts.astype(np.float64))[models.terms.cells]
    aim = np.tile(aim, (len(models.numbers), 1))
    used, empty = terms_used(models.terms, models.holds, aim)
    opened = opened_by(models.terms, empty)
    fitted = climb(models.terms, aim, used, opened, np.zeros(aim.shape))
    begin = np.where(
        fitted.reached[:, None], fitted.parameters, independent(models.terms, lists.counts)
    )
    near = begin + rng.normal(0, 0.1, aim.shape)
    found = bracket(models.terms, aim, used, opened, near)
    good = fitted.reached
    assert good.any()
    assert (found.lower[good] <= fitted.height[good] + 1e-7).all()
    assert (found.upper[good] >= fitted.height[good] - 1e-7).all()
    assert np.isfinite(found.upper[good]).any()
    assert not (found.proven & ~good).any()


@pytest.mark.parametrize("order", [2, 3])
def test_leaves_out_the_models_that_the_linear_programme_leaves_out(order: int) -> None:
    """On sparse tables: existence as Fienberg and Rinaldo define it, model by model."""
    without = 0
    for seed in range(12):
        lists = drawn(3 + seed % 2, 15 + 5 * seed, seed)
        models = all_models(len(lists.names), order)
        assert models is not None
        kept = {row.tobytes() for row in rank_all(lists.counts, models).holds}
        for holds in models.holds:
            terms = np.concatenate(
                [models.terms.cells[: models.terms.always], models.terms.interactions[holds]]
            )
            exists = code(lists.counts, terms) == 0
            without += not exists
            assert exists == (holds.tobytes() in kept)
    assert without > 10


@pytest.mark.parametrize("order", [2, 4])
def test_every_model_is_fitted_as_if_alone(order: int) -> None:
    """Starting from parents saves steps and must change no number."""
    lists = drawn(5 if order == 2 else 4, 300, 9)
    models = all_models(len(lists.names), order)
    assert models is not None
    found = rank_all(lists.counts, models)
    value, total, converged = plain(lists.counts[None], models, np.arange(len(models.numbers)))
    at = models.places(found.holds @ (1 << np.arange(found.holds.shape[1])))
    assert int(converged.sum()) == len(found.bic)
    assert found.bic == pytest.approx(value[at, 0], rel=1e-9)
    assert found.totals == pytest.approx(total[at, 0], rel=1e-8)


def test_an_interaction_more_never_makes_the_fit_worse() -> None:
    """Models with more parameters must be at least as likely; here over all pairs of neighbours."""
    lists = published("NewOrl_5")
    found = rank(lists)
    by = {row.tobytes(): one for row, one in zip(found.holds, found.log_likelihood, strict=True)}
    changed, source = neighbours(found.terms, found.holds)
    for row, of in zip(changed, source, strict=True):
        if row.sum() > found.holds[of].sum() and row.tobytes() in by:
            assert by[row.tobytes()] >= found.log_likelihood[of] - 1e-8


@pytest.mark.parametrize("order", [[4, 2, 0, 1, 3], [1, 0, 2, 4, 3]])
def test_the_order_of_the_lists_changes_nothing(order: list[int]) -> None:
    """Which list a partner names first says nothing about how many were missed."""
    lists = published("Western")

    def told(found: tuple[Any, ...]) -> list[set[frozenset[str]]]:
        return [{frozenset(group) for group in one.groups} for one in found]

    first, second = compare_models(lists), compare_models(shuffled(lists, order))
    assert told(first) == told(second)
    for a, b in zip(first, second, strict=True):
        assert (a.total, a.weight, a.bic) == pytest.approx((b.total, b.weight, b.bic), rel=1e-7)


def test_weights_are_shares() -> None:
    """Of all models, so that those not shown are accounted for."""
    lists = published("UKdat_4")
    assert sum(one.weight for one in compare_models(lists, top=64)) == pytest.approx(1, abs=1e-12)
    assert sum(one.weight for one in compare_models(lists, top=3)) < 0.9


@pytest.mark.parametrize(
    ("lists", "order", "models"),
    [(3, 2, 8), (4, 2, 64), (5, 2, 1024), (6, 2, 32768), (3, 9, 8), (4, 9, 113), (5, 9, 6893)],
)
def test_there_are_as_many_models_as_combinatorics_say(lists: int, order: int, models: int) -> None:
    """Pairs: 2^(k(k-1)/2). All orders: simplicial complexes on k points (OEIS A006126) but one."""
    found = all_models(lists, order)
    assert found is not None
    assert len(found.numbers) == len(np.unique(found.numbers)) == models
    assert compares_all(lists, order)


@pytest.mark.parametrize(("lists", "order"), [(7, 2), (6, 3), (10, 2)])
def test_too_many_models_are_searched_and_said_to_be(lists: int, order: int) -> None:
    """2,097,152 models of seven lists would take a minute; a search says that it is one."""
    assert all_models(lists, order) is None
    assert not compares_all(lists, order)
    table = drawn(lists, 2000, 3)
    found = rank(table, order)
    assert not found.every
    told = bic(table, max_order=order, bootstrap=0, rng=1)
    assert told.diagnostics.models_compared == found.compared


@pytest.mark.parametrize("name", ["UKdat_5", "Western", "NewOrl_5", "UKdat_6", "Ned_6"])
def test_the_search_finds_what_comparing_all_models_finds(name: str) -> None:
    """Where both can be done, they agree on the best twenty."""
    lists = published(name)
    every = rank(lists)
    found = search(lists.counts, terms_up_to(len(lists.names), 2))
    assert found.compared < every.compared
    assert found.bic[:20] == pytest.approx(every.bic[:20], rel=1e-9)


def test_the_search_leaves_no_better_neighbour_of_the_best() -> None:
    """What a search promises: one group more or less improves none of its twenty best."""
    lists = published("NewOrl_8_v2019")
    found = search(lists.counts, terms_up_to(8, 3))
    met = {row.tobytes() for row in found.holds}
    changed, _ = neighbours(found.terms, found.holds[:20])
    missing = np.array([row for row in changed if row.tobytes() not in met]).reshape(
        -1, changed.shape[1]
    )
    for holds in missing:  # not fitted, or without an estimate
        with pytest.raises(NoEstimateError):
            fit_model(lists, groups(lists.names, found.terms, holds))


def test_neighbours_are_the_models_one_group_away() -> None:
    """A search that left the hierarchical models would compare what R and others never do."""
    models = all_models(4, 3)
    assert models is not None
    changed, source = neighbours(models.terms, models.holds)
    found = {(int(of), row.tobytes()) for of, row in zip(source, changed, strict=True)}
    apart = (models.holds[:, None, :] != models.holds[None, :, :]).sum(axis=2)
    wanted = {(int(a), models.holds[b].tobytes()) for a, b in np.argwhere(apart == 1)}
    assert found == wanted


def test_a_pair_without_a_case_is_a_parameter_at_minus_infinity() -> None:
    """It costs a parameter and closes its cells: 6 log(96) and not 5."""
    lists = published("Artificial_3")
    one = {model.groups: model for model in compare_models(lists, top=8)}[(("A", "C"), ("B", "C"))]
    fit = fit_model(lists, [("A", "C"), ("B", "C")])
    assert (len(fit.parameters), len(fit.empty)) == (6, 2)
    assert one.bic == pytest.approx(6 * np.log(96) - 2 * fit.log_likelihood, rel=1e-10)
    assert one.total == pytest.approx(296)


def test_a_list_that_is_empty_in_a_resample_is_left_out_of_it() -> None:
    """As if the list had never been: same total as from the others alone."""
    lists = published("Korea")
    counts = np.array([0, 30, 20, 10, 0, 0, 0, 0])
    found = rank(lists)
    alone = int(np.flatnonzero(~found.holds.any(axis=1))[0])
    only = Ranked(
        found.terms,
        found.holds[[alone]],
        found.parameters[[alone]],
        found.bic[[alone]],
        found.totals[[alone]],
        found.log_likelihood[[alone]],
        1,
        True,
    )
    totals = refit(only, np.array([lists.counts, counts]), margin=0.0).best()[1]
    assert totals[1] == pytest.approx(40 * 30 / 10)


def test_estimates_carry_what_they_rest_on() -> None:
    """How many models, how many without estimate, how often the same one was chosen again."""
    found = bic(published("Korea"), rng=1, bootstrap=500)
    told = found.diagnostics
    assert (told.models_compared, told.models_without_estimate) == (8, 2)
    assert told.interval == "bca"
    assert told.same_model is not None
    assert 0.4 < told.same_model < 0.9
    assert len(told.models) == 6
    assert found.low < found.estimate < found.high
    assert found == bic(published("Korea"), rng=1, bootstrap=500)


def test_choosing_again_widens_the_limits() -> None:
    """Limits that take a chosen model as known promise too much: UK, five lists."""
    lists = published("UKdat_5")
    known, again = bic(lists, bootstrap=0, rng=1), bic(lists, bootstrap=200, rng=1)
    assert known.diagnostics.interval == "given the model"
    assert again.high - again.low > 1.5 * (known.high - known.low)


def test_averages_without_resamples_mix_what_the_models_say() -> None:
    """With one model the mixture is that model's own limits; with many it is wider."""
    lists = published("UKdat_5")
    alone = average(lists, max_order=1, bootstrap=0, rng=1)
    main = fit_model(lists)
    assert (alone.estimate, alone.low, alone.high) == pytest.approx(
        (main.estimate, main.low, main.high), rel=1e-6
    )
    mixed = average(lists, bootstrap=0, rng=1)
    best = bic(lists, bootstrap=0, rng=1)
    assert mixed.high - mixed.low > 1.3 * (best.high - best.low)
    assert mixed.diagnostics.interval == "posterior"


@pytest.mark.parametrize("method", [bic, average])
def test_lists_without_a_case_in_common_are_refused(method: Any) -> None:
    """Nothing tells how many such lists have missed; a fit would say 10^12."""
    apart = Lists(("A", "B", "C"), np.array([0, 40, 30, 0, 20, 0, 0, 0]))
    with pytest.raises(NoEstimateError, match="none of 90 cases is on two lists") as caught:
        method(apart, rng=1)
    assert caught.value.existence != 0


def test_a_list_that_holds_every_case_is_refused() -> None:
    """If one list has everybody, the others found nobody new."""
    whole = Lists(("A", "B", "C"), np.array([0, 40, 0, 9, 0, 8, 0, 3]))
    with pytest.raises(NoEstimateError, match="hold every case"):
        bic(whole, rng=1)


def test_two_lists_and_unusable_options_are_refused() -> None:
    """With two lists there is one model, and nothing to compare it with."""
    with pytest.raises(MethodError, match="2 lists where 3 are needed"):
        compare_models(Lists(("A", "B"), np.array([0, 20, 30, 10])))
    korea = published("Korea")
    for options in ({"max_order": 0}, {"max_order": 2.5}, {"top": 0}, {"bootstrap": 3}):
        with pytest.raises(MethodError):
            bic(korea, rng=1, **options)
    with pytest.raises(MethodError, match="no seed"):
        bic(korea, rng=-1)
