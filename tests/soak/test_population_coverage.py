"""Totals from overlapping lists against a known truth: how often their limits hold it.

The worlds are those of the notebook *hidden_population*, drawn often enough for a share to mean
something; docs/methods/population.md repeats the figures that are printed here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from analysis.study.hidden.estimating import METHODS, Options
from analysis.study.hidden.worlds import LEVEL, PERSONS, SLOW, WORLDS, Held, draw, held

pytestmark = pytest.mark.soak

DRAWS, SLOW_DRAWS = 400, 60
OPTIONS = Options(threshold=0.02, bootstrap=200, seed=1, factor=1.5)
SEED = 20_260
SIGMAS = 4.0


@pytest.fixture(scope="module")
def told() -> dict[tuple[str, str], Held]:
    """Every method in every world."""
    found: dict[tuple[str, str], Held] = {}
    for number, world in enumerate(WORLDS):
        tables = draw(world, DRAWS, np.random.default_rng([SEED, number]))
        for method in METHODS:
            tried = SLOW_DRAWS if method in SLOW else DRAWS
            found[world.id, method] = held(world, tables, method, OPTIONS, tried)
    return found


def test_coverage_of_every_method(
    told: dict[tuple[str, str], Held], tell: Callable[[str], None]
) -> None:
    """The figures of the page, as they come out today."""
    tell(f"{PERSONS:,} persons, four lists; limits at {LEVEL:.0%}")
    tell("| world | method | tables | no answer | held the truth | error | middle total |")
    for (world, method), one in told.items():
        share = one.share
        shown = f"{share.value:.3f} | {share.error:.3f}" if share else "- | -"
        counts, middle = f"{one.drawn} | {one.refused}", f"{one.middle or 0:.0f}"
        tell(f"| {world} | {method} | {counts} | {shown} | {middle} |")


@pytest.mark.parametrize("method", METHODS)
def test_limits_keep_their_word_where_all_are_alike(
    told: dict[tuple[str, str], Held], method: str
) -> None:
    """Nothing is left out of any model there: whoever fails now fails everywhere."""
    share = told["alike", method].share
    assert share is not None
    assert share.reaches(0.92, errors=SIGMAS)


@pytest.mark.parametrize("method", ["stepwise", "bic", "average", "decomposable", "latent_class"])
def test_methods_that_look_for_ties_find_the_truth_more_often(
    told: dict[tuple[str, str], Held], method: str
) -> None:
    """Police who refer victims to a shelter are the usual case, not an exception."""
    tied, blind = told["referred", method].share, told["referred", "main"].share
    assert tied is not None
    assert blind is not None
    assert tied.value > blind.value + SIGMAS * (tied.error**2 + blind.error**2) ** 0.5


@pytest.mark.parametrize("method", METHODS)
def test_no_method_sees_those_who_are_hard_to_find(
    told: dict[tuple[str, str], Held], method: str
) -> None:
    """All are too low together: that methods agree is no proof, and the page says so."""
    one = told["hard", method]
    assert one.middle is not None
    assert one.middle < 0.9 * PERSONS
    assert one.share is not None
    assert one.share.value < 0.5
