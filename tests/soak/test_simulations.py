"""Intervals and verdicts against a known truth: how often they cover it, how often they mislead.

Counts are drawn with the lengths and sizes of the record: four years against four, and small
counts printed as "<5" where they are, as UNODC prints them. Under a Poisson law the exact
limits must keep their word. When persons are counted and come in cases they cannot, and how
far they fall short is printed, not hidden: docs/methods.md repeats these figures.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analysis.contracts.published import Text
from analysis.methods.simulated.judged import Held
from analysis.methods.simulated.laws import LAWS
from analysis.methods.simulated.worlds import World
from analysis.study.simulated import holding
from analysis.study.simulated.running import DOWN, UP, Compared, compare, simulate
from analysis.study.simulated.scale import Scale
from analysis.study.simulated.settings import LEVEL, Setting

pytestmark = pytest.mark.soak

YEARS = (4, 4)
SIGMAS = 4.0
"""So many standard errors a simulated share may lie on the wrong side of its bound."""

MOST_DRAWS = 20_000
"""Draws a line where time allows."""

PAGE_DRAWS = 4_000
"""Draws behind the figures of docs/methods.md."""

PAGE = Path(__file__).parents[2] / "docs" / "methods.md"
COLUMNS = (
    "law             ", "mean", "ratio", "<5 ", "exact", "dispersed", "wider", "width exact",
    "width wider", "said ", "said by exact", "refused",
)  # fmt: skip

Tell = Callable[[str], None]


def _error(share: float, draws: int) -> float:
    """Standard error of a simulated share, never below that of one draw in all."""
    return math.sqrt(max(share * (1 - share), 1 / draws) / draws)


CASES = [
    (name, mean, ratio, hidden)
    for name in LAWS
    for mean, ratio, hidden in (
        (3.0, 1.0, False),
        (3.0, 1.0, True),
        (10.0, 1.0, False),
        (25.0, 1.0, False),
        (3.0, 7.0, True),
        (10.0, 2.0, False),
    )
]
"""Mean events a year before, true ratio, and whether small counts are hidden."""


def _simulate(
    law: int, mean: float, ratio: float, *, hidden: bool, rng: np.random.Generator, draws: int
) -> Compared:
    setting = Setting("line", law=LAWS[law], incidence=ratio, hidden=hidden)
    world = World(setting.law, mean, YEARS, incidence=ratio, hidden=hidden)
    return compare(setting, world, rng, draws)


def test_limits_and_verdicts_keep_their_word(seconds: float, seed: int, tell: Tell) -> None:
    """A verdict of "more" when nothing changed would be quoted in Parliament."""
    draws = _affordable(seconds)
    tell(f"simulations: {YEARS[0]} years against {YEARS[1]}, {draws} draws a line, {LEVEL:.0%}")
    tell("share of draws whose limits cover the true ratio; median of upper over lower limit;")
    tell("share called more or fewer by every printed pair, and by the exact pair alone")
    tell(" | ".join(COLUMNS))
    found = {}
    for number, (name, mean, ratio, hidden) in enumerate(CASES):
        rng = np.random.default_rng([seed, number])
        kept = _simulate(LAWS.index(name), mean, ratio, hidden=hidden, rng=rng, draws=draws)
        cells = _cells(kept)
        found[cells[:4]] = cells
        tell(" | ".join(f"{cell:>{len(head)}}" for cell, head in zip(cells, COLUMNS, strict=True)))
        if name == "Poisson":
            _check_poisson(kept)
        # Both pairs must agree, so that the rule can only be slower to speak than each alone.
        assert _decided(kept) <= kept.exact_alone.value
    _check_page(found)


def _cells(kept: Compared) -> tuple[str, ...]:
    # The page gives shares of the draws that the methods did not refuse.
    answered = 1 - _said(kept, "refused")
    return (
        kept.world.law,
        f"{kept.world.mean:g}",
        f"{kept.world.recorded:g}",
        "yes" if kept.world.hidden else "no",
        *(f"{_held(one).covered.value:.3f}" for one in (kept.exact, kept.dispersed, kept.headline)),
        *(f"{_held(one).width:.3g}" for one in (kept.exact, kept.headline)),
        f"{_decided(kept) / answered:.3f}",
        f"{kept.exact_alone.value / answered:.3f}",
        f"{1 - answered:.3f}",
    )


def _held(one: Held | None) -> Held:
    assert one is not None
    return one


def _said(kept: Compared, *names: str) -> float:
    return sum(share.value for name, share in kept.said.items() if name in names)


def _decided(kept: Compared) -> float:
    return _said(kept, *UP, *DOWN)


def _check_page(found: dict[tuple[str, ...], tuple[str, ...]]) -> None:
    """The page a reviewer reads must say what the simulations say."""
    section = PAGE.read_text("utf-8").split("## What simulations show")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    printed = [tuple(cell.strip() for cell in line) for line in lines[2:]]
    assert {line[:4] for line in printed} == set(found)
    for line in printed:
        for place in (4, 5, 6, 9, 10, 11):
            said, share = line[place], found[line[:4]][place]
            allowed = SIGMAS * _error(float(share), PAGE_DRAWS) + 0.001
            assert float(said) == pytest.approx(float(share), abs=allowed), line


def _check_poisson(kept: Compared) -> None:
    draws = kept.exact_alone.draws
    allowed = 1 - LEVEL
    assert _held(kept.exact).covered.value >= LEVEL - SIGMAS * _error(LEVEL, draws)
    if kept.world.recorded == 1.0:
        assert _decided(kept) <= allowed + SIGMAS * _error(allowed, draws)


def test_a_coincident_break_never_gives_higher_or_lower(seed: int, tell: Tell) -> None:
    """Across a break the program may say what was recorded, never what became of the thing."""
    setting = Setting("break", incidence=3.0, break_flag="F2")
    world = World("Poisson", 10.0, YEARS, incidence=3.0)
    kept = compare(setting, world, np.random.default_rng([seed, 99]), MOST_DRAWS)
    tell(f"with a break of detection and a true ratio of 3: {dict(kept.said)}")
    assert not {"higher", "lower"} & set(kept.said)
    assert kept.said["recorded_more"].value > 0


@pytest.mark.parametrize("usual", [1.5, 4.0, 14.0, 60.0, 250.0])
@pytest.mark.parametrize("years", [(4, 4), (3, 4), (5, 4)])
def test_every_claim_of_the_notebook_holds_at_any_size(
    usual: float, years: tuple[int, int], seed: int, tell: Tell
) -> None:
    """The notebook is run for countries that nobody has looked at yet."""
    nothing = Text("", "")
    scale = Scale(years, usual, min(usual, 4.0), (usual,) * 19, (4, 16), nothing)
    found = simulate(scale, draws=4_000, seed=seed)
    held = {name: claim(found) for name, claim in holding.CLAIMS.items()}
    tell(f"{usual:g} a year, {years[0]} years against {years[1]}: {held}")
    assert all(held.values())


def _affordable(seconds: float) -> int:
    """So many draws a line fit the time: measured on a few, so that a slow machine draws fewer."""
    began = time.monotonic()
    for law in range(len(LAWS)):
        _simulate(law, 10.0, 1.0, hidden=True, rng=np.random.default_rng(1), draws=400)
    each = (time.monotonic() - began) / (400 * len(LAWS))
    return int(min(MOST_DRAWS, max(PAGE_DRAWS, seconds / len(CASES) / each)))
