"""What a yearly series shows over time in, findings that say it with limits and breaks out.

A yearly factor, a chart and a CUSUM have no years before the plan beside them: grade D, and
no direction is claimed of the plan. A change of level sets years before beside years after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.contracts.findings import Contrary, Finding, Limits, Side
from analysis.contracts.published import Break, Language, Series, Text
from analysis.contracts.values import NOT_APPLICABLE, interval
from analysis.findings import grades, word
from analysis.findings import verdict as verdicts
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.clauses import at_home
from analysis.language import numbers, words
from analysis.methods.interrupted.readings import TermOverReadings

Years = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Over:
    """What every finding over time shares: whose series, which years, on what evidence.

    ``partial`` years are left out, as the source may have counted part of them; ``silent``
    are those without a figure between the first and the last.
    """

    id: str
    question: Text
    series: Series
    plans: Plans
    years: Years
    partial: tuple[int, ...]
    silent: tuple[int, ...]
    crossed: tuple[Break, ...]
    rows: tuple[str, ...]
    contrary: tuple[Contrary, ...]
    fingerprint: str

    @property
    def parts(self) -> dict[str, Text | int | str]:
        """What every sentence names."""
        return {
            "label": word.capital(self.series.label),
            "years": numbers.both(numbers.years, *self.years),
            "first": str(self.years[0]),
            "last": str(self.years[1]),
        }


def factor(over: Over, found: TermOverReadings) -> Finding:
    """Record by what factor a number changed from year to year, without a year before the plan."""
    limits = _limits(found)
    undecided = limits.low <= verdicts.NULL_RATIO <= limits.high
    key = "undecided" if undecided else "up" if limits.low > 1 else "down"
    parts = over.parts | {
        "ratio": numbers.both(word.ratios, found.low_estimate, found.high_estimate),
        "limits": numbers.both(word.limits, limits),
        "verdict": words.text(f"trend.factor_{key}"),
    }
    return _finish(
        over,
        verdict="undecided" if undecided else "described",
        caveats=[*_of_fit(over, found), words.text("trend.one_factor")],
        estimate=interval(found.low_estimate, found.high_estimate),
        limits=limits,
        unit="ratio",
        sides=(_side(over, "", over.years),),
        method="yearly_factor",
        assumptions=(words.text("trend.assume_factor"),),
        grade=grades.grade(grades.Design("one_point")),
        sentence=words.text("trend.factor", **parts),
        short=words.text("trend.factor_short", **parts),
    )


def level(
    over: Over,
    found: TermOverReadings,
    other: tuple[float, float, float] | None,
    *,
    start: int,
    points: tuple[int, int],
) -> Finding:
    """Record the change of level in the plan's first year beside one trend (grade C).

    Parameters
    ----------
    other : tuple of float or None
        Ratio and limits by the negative binomial, where it was fitted: the wider pair leads.
    points : tuple of int
        Years before the start, and from it on.
    """
    pairs = _pairs(found, other)
    estimate = interval(found.low_estimate, found.high_estimate)
    said = verdicts.of_ratio(estimate, pairs, over.crossed)
    parts = over.parts | {
        "before": points[0],
        "after": points[1],
        "start": str(start),
        "ratio": numbers.both(word.ratios, found.low_estimate, found.high_estimate),
        "limits": numbers.both(word.limits, pairs[0]),
        "verdict": words.text(f"trend.level_{said}"),
    }
    flags = frozenset(brk.flag for brk in over.crossed)
    return _finish(
        over,
        verdict=said,
        caveats=[*_of_fit(over, found), *_of_level(start)],
        estimate=estimate,
        limits=pairs[0],
        other_limits=tuple(pairs[1:]),
        unit="ratio",
        sides=_two_sides(over, start),
        method="level_change",
        assumptions=(words.text("trend.assume_trend"),),
        grade=grades.grade(grades.Design("before_after", *points, flags=flags)),
        sentence=words.text("trend.level", **parts),
        short=words.text("trend.level_short", **parts),
    )


def _of_level(start: int) -> list[Text]:
    return [words.text("trend.all_in_ratio", start=str(start)), words.text("trend.neighbours")]


def _two_sides(over: Over, start: int) -> tuple[Side, ...]:
    spans = (over.years[0], start - 1), (start, over.years[1])
    return tuple(_side(over, plan.id, span) for plan, span in zip(over.plans, spans, strict=True))


def charted(over: Over, said: Text, short: Text, caveats: Iterable[Text], method: str) -> Finding:
    """Record what a chart or a CUSUM said of a series; it is described, not tested (grade D)."""
    return _finish(
        over,
        verdict="described",
        caveats=caveats,
        estimate=NOT_APPLICABLE,
        unit=over.series.unit,
        sides=(_side(over, "", over.years),),
        method=method,
        assumptions=(words.text("trend.assume_steady"),),
        grade=grades.grade(grades.Design("one_point")),
        sentence=said,
        short=short,
    )


def too_few_years(label: Text, start: int, before: int, after: int, needed: int) -> Text:
    """Say how many years a change of level takes on either side, and how many there are."""
    key = "reason_none_before" if before == 0 else "reason_few_on_a_side"
    parts: dict[str, str | int] = {"start": str(start), "before": before, "after": after}
    return words.text(f"trend.{key}", label=word.capital(label), needed=needed, **parts)


def reason(label: Text, name: str, found: int, needed: int) -> Text:
    """Say why a method over time refuses."""
    many = numbers.both(numbers.number, found)
    return words.text(f"trend.reason_{name}", label=word.capital(label), found=many, needed=needed)


def several(texts: Sequence[Text]) -> Text:
    """Join phrases as a list in both languages."""
    return Text(
        words.joined([text.da for text in texts], "da"),
        words.joined([text.en for text in texts], "en"),
    )


def times(low: float, high: float, language: Language) -> str:
    """Write one size of a shift, or the span of several."""
    return numbers.span(numbers.ratio(low, language), numbers.ratio(high, language), language)


def _finish(over: Over, *, caveats: Iterable[Text], **parts: Any) -> Finding:
    return finish(
        id=over.id,
        question=over.question,
        plans=over.plans,
        evidence=Evidence(over.rows, over.fingerprint, over.contrary),
        caveats=[*(word.clause(brk) for brk in over.crossed), *caveats, *_of_years(over)],
        indicator=over.series.indicator,
        country=over.series.country,
        breaks=tuple(brk.id for brk in over.crossed),
        **parts,
    )


def _of_years(over: Over) -> list[Text]:
    said = []
    for key, years in (("partial", over.partial), ("silent", over.silent)):
        if years:
            said.append(words.text(f"trend.{key}", years=numbers.both(word.years, years)))
    if over.series.unit == "persons":
        said.append(words.text("trend.cluster"))
    if not at_home(over.series, over.plans):
        said.append(words.text("findings.foreign_plans"))
    return said


def _of_fit(over: Over, found: TermOverReadings) -> list[Text]:
    span = numbers.both(times, found.dispersion_low, found.dispersion_high)
    said = [words.text("trend.dispersion", dispersion=span)]
    if found.possible > 1:
        fitted, possible = (
            numbers.both(numbers.number, many) for many in (found.fitted, found.possible)
        )
        key = "all_readings" if found.fitted == found.possible else "some_readings"
        said.append(words.text(f"trend.{key}", fitted=fitted, possible=possible))
    return said


def _limits(found: TermOverReadings) -> Limits:
    return Limits(found.low, found.high, found.level, "quasi_poisson")


def _pairs(found: TermOverReadings, other: tuple[float, float, float] | None) -> list[Limits]:
    """Return the pairs of limits, the wider first."""
    pairs = [_limits(found)]
    if other is not None:
        pairs.append(Limits(other[1], other[2], found.level, "negative_binomial"))
    return sorted(pairs, key=lambda pair: pair.low / pair.high)


def _side(over: Over, plan: str, years: Years) -> Side:
    series = over.series
    length = float(years[1] - years[0] + 1)
    return Side(plan, *years, series.total(*years), length, unit=series.unit)
