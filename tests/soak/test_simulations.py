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
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from analysis.contracts.findings import Limits
from analysis.contracts.published import Break, Text
from analysis.contracts.values import interval
from analysis.errors import MethodError
from analysis.findings import verdict
from analysis.methods.counts import Count, Yearly
from analysis.methods.dispersion import dispersed_ratio, wider
from analysis.methods.rates import rate_ratio

pytestmark = pytest.mark.soak

YEARS = 4
LEVEL = 0.95
HIDDEN_BELOW = 5
"""A count of fewer persons is printed as "<5" (UNODC's export, txtVALUE)."""

MEAN_CASE = 4.0
"""Mean persons a case where cases hold 1 to 12 persons: a third hold one (own assumption)."""

LARGEST_CASE = 12
GAMMA_SHAPE = 5.0
"""Years whose rates vary by 1 / sqrt(5) = 45 percent around their mean (own assumption)."""

SIGMAS = 4.0
"""So many standard errors a simulated share may lie on the wrong side of its bound."""

MOST_DRAWS = 4_000
"""Draws a line where time allows; docs/methods.md holds the figures of so many."""

PAGE = Path(__file__).parents[2] / "docs" / "methods.md"
COLUMNS = (
    "law             ", "mean", "ratio", "<5 ", "exact", "dispersed", "wider", "width exact",
    "width wider", "said ", "said by exact", "refused",
)  # fmt: skip

Ints = npt.NDArray[np.int64]
Draw = Callable[[np.random.Generator, float], Ints]
Tell = Callable[[str], None]


def poisson(rng: np.random.Generator, mean: float) -> Ints:
    """Events independent of each other."""
    return rng.poisson(mean, YEARS)


def varying_years(rng: np.random.Generator, mean: float) -> Ints:
    """Years that differ by more than chance: a negative binomial law."""
    return rng.poisson(mean * rng.gamma(GAMMA_SHAPE, 1 / GAMMA_SHAPE, YEARS))


def persons_in_cases(rng: np.random.Generator, mean: float) -> Ints:
    """Cases that come by a Poisson law, and bring 1 to 12 persons each."""
    cases = rng.poisson(mean / MEAN_CASE, YEARS)
    return np.array([_persons(rng, number) for number in cases])


def _persons(rng: np.random.Generator, cases: int) -> int:
    return int(rng.choice(np.arange(1, LARGEST_CASE + 1), size=cases, p=CASE_SIZES).sum())


def _case_sizes() -> npt.NDArray[np.float64]:
    """Shares of cases by size: falling geometrically from one person, with mean `MEAN_CASE`."""
    sizes = np.arange(1, LARGEST_CASE + 1)
    low, high = 0.01, 0.999
    shares: npt.NDArray[np.float64] = np.ones(LARGEST_CASE) / LARGEST_CASE
    for _ in range(60):
        base = (low + high) / 2
        shares = base**sizes / (base**sizes).sum()
        low, high = (base, high) if (shares * sizes).sum() < MEAN_CASE else (low, base)
    return shares


CASE_SIZES = _case_sizes()
LAWS: dict[str, Draw] = {
    "Poisson": poisson,
    "varying years": varying_years,
    "persons in cases": persons_in_cases,
}


@dataclass
class Kept:
    """How often each pair of limits held the truth, how wide it was, and what was said."""

    drawn: int = 0
    refused: int = 0
    covers: dict[str, int] = field(default_factory=lambda: {"exact": 0, "dispersed": 0, "wider": 0})
    paired: int = 0
    log_widths: dict[str, list[float]] = field(
        default_factory=lambda: {"exact": [], "dispersed": [], "wider": []}
    )
    said: dict[str, int] = field(default_factory=dict)
    exact_alone: int = 0

    def share(self, pair: str) -> float:
        """Share of draws with limits whose ``pair`` covers the truth."""
        return self.covers[pair] / (self.drawn if pair == "exact" else self.paired)

    def width(self, pair: str) -> float:
        """Median of upper over lower limit, where both are finite and above 0."""
        widths = self.log_widths[pair]
        return math.exp(float(np.median(widths))) if widths else math.inf

    def decided(self) -> float:
        """Share of draws in which more or fewer were said to be."""
        wrong = sum(self.said.get(word, 0) for word in DECIDED)
        return wrong / self.drawn


DECIDED = ("higher", "lower", "recorded_more", "recorded_fewer")
BREAK = Break("B", "F4", "XXX", "2007", ("*",), Text("", ""), Text("", ""), source_url="", quote="")


def simulate(
    law: Draw,
    mean: float,
    ratio: float,
    rng: np.random.Generator,
    draws: int,
    *,
    hidden: bool = False,
    breaks: tuple[Break, ...] = (),
) -> Kept:
    """Draw both periods ``draws`` times and compute what a finding would say of each."""
    kept = Kept()
    for _ in range(draws):
        before, after = law(rng, mean), law(rng, mean * ratio)
        try:
            _take(kept, _printed(before, hidden), _printed(after, hidden), ratio, breaks)
        except MethodError:
            kept.refused += 1
    return kept


def _printed(counts: Ints, hidden: bool) -> Yearly:
    """Print counts as a source does: small ones as the interval that "<5" is read as."""
    low, high = counts.copy(), counts.copy()
    if hidden:
        small = counts < HIDDEN_BELOW
        low[small], high[small] = 0, HIDDEN_BELOW - 1
    return Yearly(tuple(map(int, low)), tuple(map(int, high)))


def _take(
    kept: Kept, before: Yearly, after: Yearly, truth: float, breaks: tuple[Break, ...]
) -> None:
    counts = [Count(sum(one.low), sum(one.high), float(YEARS)) for one in (before, after)]
    exact = rate_ratio(*counts, level=LEVEL)
    pairs = [Limits(exact.low, exact.high, LEVEL, "exact")]
    kept.drawn += 1
    _hold(kept, "exact", pairs[0], truth)
    if min(count.high for count in counts) > 0:
        spread = dispersed_ratio(before, after, level=LEVEL)
        pairs.append(Limits(spread.low, spread.high, LEVEL, "dispersed"))
        kept.paired += 1
        _hold(kept, "dispersed", pairs[1], truth)
        _hold(kept, "wider", pairs[wider(exact, spread) == "dispersed"], truth)
    estimate = interval(exact.least.estimate, exact.most.estimate)
    said = verdict.of_ratio(estimate, pairs, breaks, clustered=True)
    kept.said[said] = kept.said.get(said, 0) + 1
    kept.exact_alone += verdict.of_ratio(estimate, pairs[:1], breaks) in DECIDED


def _hold(kept: Kept, name: str, pair: Limits, truth: float) -> None:
    kept.covers[name] += pair.low <= truth <= pair.high
    if pair.low > 0 and pair.high < math.inf:
        kept.log_widths[name].append(math.log(pair.high / pair.low))


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


def test_limits_and_verdicts_keep_their_word(seconds: float, seed: int, tell: Tell) -> None:
    """A verdict of "more" when nothing changed would be quoted in Parliament."""
    draws = _affordable(seconds)
    tell(f"simulations: {YEARS} years against {YEARS}, {draws} draws a line, level {LEVEL:.0%}")
    tell("share of draws whose limits cover the true ratio; median of upper over lower limit;")
    tell("share called more or fewer by every printed pair, and by the exact pair alone")
    tell(" | ".join(COLUMNS))
    found = {}
    for number, (name, mean, ratio, hidden) in enumerate(CASES):
        rng = np.random.default_rng([seed, number])
        kept = simulate(LAWS[name], mean, ratio, rng, draws, hidden=hidden)
        cells = _cells(kept, name, mean, ratio, hidden)
        found[cells[:4]] = cells
        tell(" | ".join(f"{cell:>{len(head)}}" for cell, head in zip(cells, COLUMNS, strict=True)))
        if name == "Poisson":
            _check_poisson(kept, ratio)
        # Both pairs must agree, so that the rule can only be slower to speak than each alone.
        assert kept.decided() <= kept.exact_alone / kept.drawn
    if draws == MOST_DRAWS:
        _check_page(found)


def _cells(kept: Kept, name: str, mean: float, ratio: float, hidden: bool) -> tuple[str, ...]:
    return (
        name,
        f"{mean:g}",
        f"{ratio:g}",
        "yes" if hidden else "no",
        *(f"{kept.share(pair):.3f}" for pair in ("exact", "dispersed", "wider")),
        *(f"{kept.width(pair):.3g}" for pair in ("exact", "wider")),
        f"{kept.decided():.3f}",
        f"{kept.exact_alone / kept.drawn:.3f}",
        f"{kept.refused / (kept.drawn + kept.refused):.3f}",
    )


def _check_page(found: dict[tuple[str, ...], tuple[str, ...]]) -> None:
    """The page a reviewer reads must say what the simulations say."""
    section = PAGE.read_text("utf-8").split("## What simulations show")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    printed = [tuple(cell.strip() for cell in line) for line in lines[2:]]
    assert {line[:4] for line in printed} == set(found)
    for line in printed:
        for place in (4, 5, 6, 9, 10, 11):
            said, share = line[place], found[line[:4]][place]
            allowed = SIGMAS * _error(float(share), MOST_DRAWS) + 0.001
            assert float(said) == pytest.approx(float(share), abs=allowed), line


def _check_poisson(kept: Kept, ratio: float) -> None:
    allowed = 1 - LEVEL
    assert kept.share("exact") >= LEVEL - SIGMAS * _error(LEVEL, kept.drawn)
    if ratio == 1.0:
        assert kept.decided() <= allowed + SIGMAS * _error(allowed, kept.drawn)


def test_a_coincident_break_never_gives_higher_or_lower(seed: int, tell: Tell) -> None:
    """Across a break the program may say what was recorded, never what became of the thing."""
    kept = simulate(
        poisson, 10.0, 3.0, np.random.default_rng([seed, 99]), 300, hidden=False, breaks=(BREAK,)
    )
    tell(f"with a coincident break and a true ratio of 3: {kept.said}")
    assert not {"higher", "lower"} & set(kept.said)
    assert kept.said["recorded_more"] > 0


def _affordable(seconds: float) -> int:
    """So many draws a line fit the time: measured on a few, so that a slow machine draws fewer."""
    began = time.monotonic()
    for name in LAWS:
        simulate(LAWS[name], 10.0, 1.0, np.random.default_rng(1), 40)
    each = (time.monotonic() - began) / (40 * len(LAWS))
    return int(min(MOST_DRAWS, max(400, seconds / len(CASES) / each)))
