"""A scale in; every world drawn and read by our own methods, and what they said, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.contracts.findings import Limits, Verdict
from analysis.contracts.published import Break, Flag, Text
from analysis.contracts.values import interval
from analysis.errors import MethodError
from analysis.findings import verdict
from analysis.methods import interrupted_series
from analysis.methods.simulated import alarms, judged, laws, peers
from analysis.methods.simulated.judged import Held, Share
from analysis.methods.simulated.laws import Ints
from analysis.methods.simulated.ratios import Ratios, ratios
from analysis.methods.simulated.worlds import World, drawn
from analysis.study.simulated.scale import Scale
from analysis.study.simulated.settings import (
    ALARMS,
    BESIDE,
    LEVEL,
    MOST_WATCHED,
    OTHERS,
    SETTINGS,
    STEPS,
    WATCHED,
    Alarm,
    Beside,
    Setting,
    Steps,
)

UP: tuple[Verdict, ...] = ("higher", "recorded_more")
DOWN: tuple[Verdict, ...] = ("lower", "recorded_fewer")
WATCHES = 10
"""A series under watch is charted in full: so many times fewer repetitions."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One world of two periods, as the comparison of two plans reads it.

    ``false_more`` and ``false_fewer`` are the shares in which a direction is said that is
    not there; ``bias`` is from what was recorded, ``gap`` from what truly happened (log
    scale, least and most favourable reading). ``holds_truth`` is the share of headline
    limits that hold what truly happened.
    """

    setting: Setting
    world: World
    said: Mapping[Verdict, Share]
    false_more: Share
    false_fewer: Share
    exact_alone: Share
    bias: tuple[float, float]
    gap: tuple[float, float]
    exact: Held | None
    dispersed: Held | None
    headline: Held | None
    holds_truth: Share | None


@dataclass(frozen=True, slots=True)
class Stepped:
    """One world of one series, as an interrupted series reads it; None: no fit at all."""

    setting: Steps
    found: interrupted_series.Performance | None


@dataclass(frozen=True, slots=True)
class Besides:
    """One world of a country beside others; None where the record has no others."""

    setting: Beside
    others: int
    found: peers.SetApart | None


@dataclass(frozen=True, slots=True)
class Watched:
    """One world under watch: any alarm, a sustained one (chart), what the method promises."""

    setting: Alarm
    any_signal: Share
    sustained: Share | None
    promised: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """All worlds of one scale, each drawn ``draws`` times from ``seed``."""

    scale: Scale
    draws: int
    compared: tuple[Compared, ...]
    stepped: tuple[Stepped, ...]
    beside: tuple[Besides, ...]
    watched: tuple[Watched, ...]


def simulate(scale: Scale, *, draws: int, seed: int) -> Simulation:
    """Draw every world and let every method read it; the same seed gives the same numbers."""

    def chance(group: int, number: int) -> np.random.Generator:
        return np.random.default_rng([seed, group, number])

    return Simulation(
        scale,
        draws,
        compared=tuple(
            compare(one, world_of(one, scale), chance(0, n), draws)
            for n, one in enumerate(SETTINGS)
        ),
        stepped=tuple(_stepped(one, scale, chance(1, n), draws) for n, one in enumerate(STEPS)),
        beside=tuple(_beside(one, scale, chance(2, n), draws) for n, one in enumerate(BESIDE)),
        watched=tuple(
            _watched(one, scale, chance(3, n), max(draws // WATCHES, 1))
            for n, one in enumerate(ALARMS)
        ),
    )


def world_of(setting: Setting, scale: Scale) -> World:
    """Make the world of a setting as large as the country's."""
    mean = scale.small if setting.size == "small" else scale.usual
    return World(
        setting.law,
        mean,
        scale.years,
        incidence=setting.incidence,
        detection=setting.detection,
        growth=setting.growth,
        large_case=round(setting.large * mean),
        hidden=setting.hidden,
    )


def compare(setting: Setting, world: World, rng: np.random.Generator, draws: int) -> Compared:
    """Draw a world, and compare its periods as two plans are compared."""
    found = ratios(drawn(world, rng, draws), level=LEVEL)
    said = verdicts(found, setting.break_flag)
    headline = judged.held(*found.headline, world.recorded)
    return Compared(
        setting=setting,
        world=world,
        said={name: _share(said, name) for name in sorted(set(said))},
        false_more=_false(said, UP, wrong=(world.happened <= 1, world.recorded <= 1)),
        false_fewer=_false(said, DOWN, wrong=(world.happened >= 1, world.recorded >= 1)),
        exact_alone=_decided(verdicts(found, setting.break_flag, exact_alone=True)),
        bias=judged.bias(found.least, found.most, world.recorded),
        gap=judged.bias(found.least, found.most, world.happened),
        exact=judged.held(found.exact_low, found.exact_high, world.recorded),
        dispersed=judged.held(found.dispersed_low, found.dispersed_high, world.recorded),
        headline=headline,
        holds_truth=_truth(found, world),
    )


def verdicts(
    found: Ratios, break_flag: Literal["", "F2"] = "", *, exact_alone: bool = False
) -> list[Verdict]:
    """Let the verdict rule of findings speak on each draw, as `Study.compare` lets it.

    ``exact_alone`` shows what the rule would say if it saw the exact limits only, of
    events taken to be independent.
    """
    breaks = (_break(break_flag),) if break_flag else ()
    columns = (
        found.least, found.most, found.exact_low, found.exact_high,
        found.dispersed_low, found.dispersed_high, found.refused, found.paired,
    )  # fmt: skip
    said: list[Verdict] = []
    for least, most, low, high, spread_low, spread_high, refused, paired in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        if refused:
            said.append("refused")
            continue
        pairs = [Limits(low, high, LEVEL, "exact")]
        if paired and not exact_alone:
            pairs.append(Limits(spread_low, spread_high, LEVEL, "dispersed"))
        said.append(
            verdict.of_ratio(interval(least, most), pairs, breaks, clustered=not exact_alone)
        )
    return said


def _break(flag: Flag) -> Break:
    nothing = Text("", "")
    return Break("synthetic", flag, "", "", ("*",), nothing, nothing, source_url="", quote="")


def _share(said: Sequence[Verdict], *names: Verdict) -> Share:
    count = Counter(said)
    return Share(sum(count[name] for name in names) / len(said), len(said))


def _decided(said: Sequence[Verdict]) -> Share:
    return _share(said, *UP, *DOWN)


def _false(
    said: Sequence[Verdict], names: tuple[Verdict, ...], *, wrong: tuple[bool, bool]
) -> Share:
    """Count a direction that is said and not there: of the thing, or of what is recorded."""
    return _share(said, *(name for name, not_so in zip(names, wrong, strict=True) if not_so))


def _truth(found: Ratios, world: World) -> Share | None:
    held = judged.held(*found.headline, world.happened)
    return held.covered if held else None


def _stepped(one: Steps, scale: Scale, rng: np.random.Generator, draws: int) -> Stepped:
    """Draw series as long as the record's, and no shorter than the method asks for."""
    fewest = interrupted_series.Break("x", 0.0).fewest
    before, after = (max(points, fewest) for points in scale.points)
    model = interrupted_series.Model((interrupted_series.Break("plan", float(before)),))
    try:
        found = interrupted_series.performance(
            range(before + after),
            model,
            mean=scale.usual * one.growth ** np.arange(before + after, dtype=float),
            ratio=one.ratio,
            dispersion=one.dispersion,
            correlation=one.correlation,
            rng=rng,
            draws=draws,
            level=LEVEL,
        )
    except MethodError:
        return Stepped(one, None)
    return Stepped(one, found)


def _beside(one: Beside, scale: Scale, rng: np.random.Generator, draws: int) -> Besides:
    others = scale.peers if one.as_record else (scale.usual,) * OTHERS
    if len(others) < 2:
        return Besides(one, len(others), None)
    world = peers.PeerWorld(
        one.law,
        scale.usual / one.smaller,
        others,
        scale.years,
        own=one.own,
        common=one.common,
    )
    return Besides(one, len(others), peers.set_apart(world, rng, draws, level=LEVEL))


def _watched(one: Alarm, scale: Scale, rng: np.random.Generator, draws: int) -> Watched:
    counts, rate = _series(one, scale, rng, draws)
    apart = one.unit == "persons" and one.told_apart
    dispersion = laws.INFLATION if apart else 1.0
    if one.method == "cusum":
        summed = alarms.summed(counts, rate=rate, dispersion=dispersion)
        return Watched(one, summed.alarmed, None, summed.promised)
    charted = alarms.charted(counts, rng, dispersion=dispersion)
    return Watched(one, charted.any_signal, charted.sustained, 0.0)


def _series(one: Alarm, scale: Scale, rng: np.random.Generator, draws: int) -> tuple[Ints, float]:
    """Draw series of cases or persons; a large case is one case, however many persons it has."""
    persons = min(scale.usual, MOST_WATCHED)
    in_cases = one.unit == "cases"
    rate = max(persons / laws.MEAN_CASE, 1.0) if in_cases else persons
    means = np.full((draws, WATCHED), rate)
    means[:, WATCHED // 2 :] *= one.shift
    counts = laws.draw("Poisson" if in_cases else "persons in cases", means, rng)
    if one.large:
        struck = rng.integers(0, WATCHED, draws)
        counts[np.arange(draws), struck] += 1 if in_cases else round(one.large * persons)
    return counts, rate
