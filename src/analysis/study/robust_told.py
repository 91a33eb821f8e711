"""A headline under every registered choice in, its finding and the words of its choices out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import numpy as np

from analysis.contracts.findings import Finding, Limits, Verdict
from analysis.contracts.published import Text
from analysis.contracts.values import interval
from analysis.contracts.ways import ChoiceLabel, OptionLabel, Way, WayCurve
from analysis.findings import record, word
from analysis.findings import verdict as verdicts
from analysis.findings.comparison import crossed_breaks
from analysis.findings.ways import Held, JointP, Needed, over_ways, question
from analysis.language import numbers, words
from analysis.methods.multiverse import Grid, Point
from analysis.methods.multiverse.curve import NULL, median_of
from analysis.methods.multiverse.estimating import (
    ALIKE,
    FEW,
    INFINITE,
    NO_AFTER,
    NO_BEFORE,
    NO_SCATTER,
    NO_WIDTH,
    REASONS,
    ZERO,
)
from analysis.methods.multiverse.grid import Value
from analysis.study import making
from analysis.study.comparison import Compared, Counted, Refused, Silent
from analysis.study.reading import Reading
from analysis.study.robust import Robust, Untold, protocol_of, registered
from analysis.study.ways import REGISTERED
from analysis.study.ways_counted import SAME_COUNTS

LIMITS_ONLY = "dispersion"
"""The choice that changes limits and no ratio: it makes no further way of counting."""

SILENCES: Mapping[str, str] = {
    REASONS[NO_BEFORE]: "no_before",
    REASONS[NO_AFTER]: "no_after",
    REASONS[FEW]: "few",
    REASONS[ZERO]: "zero",
    REASONS[ALIKE]: "alike",
    REASONS[INFINITE]: "infinite",
    REASONS[NO_SCATTER]: "no_scatter",
    REASONS[NO_WIDTH]: "no_width",
    SAME_COUNTS: SAME_COUNTS,
}
"""The words of each reason for which a method gives no ratio."""

Result = Robust | Untold

Taken = tuple[str, ...]
"""One option of each choice but that of limits."""


def finding(reading: Reading, id: str, told: Robust | Untold) -> Finding:
    """Make the finding of one headline under every registered choice, or its refusal."""
    if isinstance(told, Untold):
        return _refused(reading, id, told)
    headline = told.headline
    years = told.ways.series.periods
    return over_ways(
        id,
        told.series,
        reading.compared,
        held(told),
        before=headline.before.span,
        after=headline.after.span,
        used=(int(years[0]), int(years[-1])),
        headline=verdict(headline),
        rows=told.ways.rows,
        contrary=making.contrary(reading, id),
        fingerprint=reading.fingerprint(told.ways.rows),
    )


def verdict(headline: Compared) -> Verdict:
    """Return the verdict of the headline by itself, as its own finding has it."""
    exact, spread = headline.exact, headline.dispersed
    pairs = [Limits(exact.low, exact.high, exact.level, "exact")]
    if spread is not None:
        pairs.append(Limits(spread.low, spread.high, spread.level, "dispersed"))
    series = headline.series
    return verdicts.of_ratio(
        interval(exact.least.estimate, exact.most.estimate),
        pairs,
        crossed_breaks(series, headline.before.first, headline.after.last),
        clustered=series.unit == "persons",
    )


def by_way(told: Robust, points: Iterable[Point]) -> dict[Taken, list[Point]]:
    """Group points by what they count, from the lowest ratio: limits make no further way."""
    place = told.curve.choices.index(LIMITS_ONLY)
    found: dict[Taken, list[Point]] = {}
    for point in points:
        found.setdefault((*point.options[:place], *point.options[place + 1 :]), []).append(point)
    return found


def held(told: Robust) -> Held:
    """Sum up a curve, each way of counting once."""
    ways = [points[0] for points in by_way(told, told.curve.points).values()]
    ratios = np.array([point.estimate.value for point in ways])
    above, below = int((ratios > NULL["ratio"]).sum()), int((ratios < NULL["ratio"]).sum())
    ends = [one.ratio for one in told.without if one.ratio and not one.open]
    return Held(
        ways=len(ways),
        above=above,
        below=below,
        low=float(ratios[0]),
        high=float(ratios[-1]),
        median=median_of(ratios, "ratio"),
        refused=refused(told),
        headline=(told.headline.exact.least.estimate, told.headline.exact.most.estimate),
        moves=moves(told),
        without=(min(a for a, _ in ends), max(b for _, b in ends)) if ends else None,
        open_without=tuple(one.year for one in told.without if one.open),
        test=_tested(told),
        unseen=_needed(told),
        limits=_limits(told),
        furthest=_furthest(told, ways[0 if above >= below else -1]),
    )


def refused(told: Robust) -> int:
    """Count the ways of counting that give no ratio, whatever limits are asked for."""
    place = told.curve.choices.index(LIMITS_ONLY)
    given = by_way(told, told.curve.points)
    lost = {(*one.options[:place], *one.options[place + 1 :]) for one in told.curve.refusals}
    return len(lost - set(given))


def moves(told: Robust) -> str:
    """Name the choice that explains most of the spread; nothing where none explains any."""
    largest = told.shares.choices[0] if told.shares else None
    return largest.choice if largest and largest.share > 0 else ""


def _tested(told: Robust) -> JointP | None:
    test = told.test
    if test is None:
        return None
    return JointP(test.median.p, test.smallest_p, test.draws, test.without, test.assumed)


def _needed(told: Robust) -> Needed | None:
    if told.unseen is None or told.unseen.needed.limit is None:
        return None
    return Needed(told.unseen.ratio, told.unseen.needed.point, told.unseen.needed.limit)


def _limits(told: Robust) -> Limits | None:
    """Return the limits of the one way of a run that takes a single option of every choice."""
    if len(told.curve.points) != 1:
        return None
    (point,) = told.curve.points
    rule = point.options[told.curve.choices.index(LIMITS_ONLY)]
    method = "dispersed" if rule == "floored" else rule
    found = point.estimate
    return Limits(found.low, found.high, found.level, method)


def _furthest(told: Robust, point: Point) -> Text:
    """Word in what a way differs from the registered analysis."""
    headline, events = told.ways.headline(), told.ways.series.events
    exact = events.low == events.high
    told_apart = {
        choice: {way[place] for way in headline} if choice != "reading" or exact else set()
        for place, choice in enumerate(told.curve.choices)
        if choice != LIMITS_ONLY
    }
    said = [
        option_words(told, choice, option)
        for choice, option in zip(told.curve.choices, point.options, strict=True)
        if option not in told_apart.get(choice, {option})
    ]
    return Text("; ".join(one.da for one in said), "; ".join(one.en for one in said))


def _refused(reading: Reading, id: str, told: Untold) -> Finding:
    return record.refused(
        id,
        question(told.series),
        "specification_curve",
        words.text(
            "robustness.reason",
            label=word.capital(told.series.label),
            reason=_lower(reason(reading, told)),
        ),
        reading.compared,
        rows=told.series.rows,
        fingerprint=reading.fingerprint(told.series.rows),
        indicator=told.series.indicator,
        country=reading.country.iso3,
    )


def _lower(said: Text) -> Text:
    """Begin the English with a small letter, as it stands after a colon."""
    return Text(said.da, said.en[:1].lower() + said.en[1:])


def reason(reading: Reading, told: Untold) -> Text:
    """Say why a headline has no curve."""
    headline = told.headline
    if told.lost:
        option = words.text(f"robustness.option_bare_{told.lost.choice}_{told.lost.option}")
        why = words.text(f"robustness.silence_{told.lost.reason}")
        return words.text("robustness.not_here", option=option, reason=why)
    if isinstance(headline, Counted):
        plan = reading.baseline
        return record.years_missing(told.series.missing(plan.first_year, plan.last_year))
    if isinstance(headline, Silent):
        return record.years_missing(headline.missing)
    if isinstance(headline, Refused):
        return making.reason(headline)
    return words.text("robustness.no_estimate")


def drawn(told: Robust) -> WayCurve:
    """Lay a result out for a reader: each way once, with its limits by either rule."""
    place = told.curve.choices.index(LIMITS_ONLY)
    headline = {(*way[:place], *way[place + 1 :]) for way in told.ways.headline()}
    ways = [
        Way(
            ratio=points[0].estimate.value,
            varied=_pair(points, place, "floored"),
            plain=_pair(points, place, "poisson"),
            options=way,
            headline=way in headline,
        )
        for way, points in by_way(told, told.curve.points).items()
    ]
    return WayCurve(
        ways=tuple(ways),
        choices=labels(told),
        verdict=verdict(told.headline),
        level=told.headline.exact.level,
        median=held(told).median,
        together=told.shares.interactions + told.shares.confounded if told.shares else None,
    )


def _pair(points: Iterable[Point], place: int, rule: str) -> tuple[float, float] | None:
    own = [point.estimate for point in points if point.options[place] == rule]
    return (own[0].low, own[0].high) if own else None


def labels(told: Robust) -> tuple[ChoiceLabel, ...]:
    """Name every registered choice but that of limits, with what each option is or lacks."""
    registered = {choice.name: choice.options for choice in told.ways.registered.choices}
    shares = {one.choice: one.share for one in told.shares.choices} if told.shares else {}
    return tuple(
        ChoiceLabel(
            name,
            words.text(f"robustness.choice_{name}"),
            tuple(_option(told, name, option) for option in registered[name]),
            shares.get(name),
        )
        for name in REGISTERED
        if name != LIMITS_ONLY
    )


def _option(told: Robust, choice: str, option: str) -> OptionLabel:
    silence = next(
        (one.reason for one in told.ways.dropped if (one.choice, one.option) == (choice, option)),
        _silence(told, choice, option),
    )
    said = words.text(f"robustness.silence_{silence}") if silence else None
    return OptionLabel(option, option_words(told, choice, option), said)


def _silence(told: Robust, choice: str, option: str) -> str:
    """Say why an option of the grid has no ratio; nothing where it has one."""
    place = told.curve.choices.index(choice)
    if any(point.options[place] == option for point in told.curve.points):
        return ""
    reasons = [one.reason for one in told.curve.refusals if one.options[place] == option]
    if reasons:
        return SILENCES[reasons[0]]
    asked = next(one for one in told.ways.grid.choices if one.name == choice)
    return SAME_COUNTS if option in asked.options else "not_asked"


def option_words(told: Robust, choice: str, option: str) -> Text:
    """Word an option with the years or countries that it stands for in this series."""
    value = _value(told, choice, option)
    bare = f"option_bare_{choice}_{option}"
    if value in (None, ()) and bare in words.catalogues()["robustness"]:
        return words.text(f"robustness.{bare}")
    parts: dict[str, str | int | Text] = {}
    if choice == "start":
        parts["year"] = cast(int, value)
    if choice == "window":
        before, after = cast(tuple[int, int], value)
        parts |= {"before": before, "after": after}
    if choice == "excluded" and value:
        parts["years"] = numbers.both(word.years, value)
    if choice == "comparator" and option in told.ways.pooled:
        parts["n"] = numbers.both(numbers.number, told.ways.pooled[option])
    return words.text(f"robustness.option_{choice}_{option}", **parts)


def _value(told: Robust, choice: str, option: str) -> Value:
    """Return what an option stands for; None where it stands for nothing here."""
    return told.ways.values.get(choice, {}).get(option)


def laid_down(reading: Reading) -> tuple[str, str]:
    """Say where the choices come from, and the SHA-256 of what lays them down."""
    kept = protocol_of(reading)
    grid = Grid.of({"choices": registered(reading)})
    return ("protocol", kept.sha256) if kept else ("generic", grid.sha256())
