"""One series over the years of two plans and its rate ratios in, a before-after finding out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.contracts.findings import Basis, Contrary, Finding, Limits, Side, Verdict
from analysis.contracts.published import Break, Plan, Series, Text
from analysis.contracts.values import Value, interval
from analysis.errors import FindingError
from analysis.findings import clauses, grades, word
from analysis.findings import verdict as verdicts
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.clauses import NOTHING, Years, at_home, of_plan
from analysis.language import numbers, words
from analysis.methods.dispersion import DispersedRange, wider
from analysis.methods.rates import RatioRange


def compare_rates(
    id: str,
    question: Text,
    series: Series,
    plans: Plans,
    *,
    before: Years,
    after: Years,
    exact: RatioRange,
    dispersed: DispersedRange | None,
    smallest_ratio: float | None,
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    basis: Basis = "published",
) -> Finding:
    """Record how often something was counted under one plan beside the other (grade C).

    Parameters
    ----------
    series : Series
        The counts, with their breaks; may be another country's than the plans.
    before, after : tuple of int
        First and last calendar year compared, each run without a gap.
    exact, dispersed : RatioRange, DispersedRange or None
        Ratios after / before of `methods.rates` and `methods.dispersion`, per
        calendar year. The wider pair of limits is the headline, both are printed.
    smallest_ratio : float or None
        Smallest ratio that so few events could be expected to show; printed
        beside an undecided result.
    contrary : tuple of Contrary
        What speaks against the finding; empty prints that none was found.
    fingerprint : str
        SHA-256 of the content of the rows used.

    Raises
    ------
    FindingError
        If a year compared has no known value, or limits do not cover the estimate.
    """
    sides = side_of(series, plans[0], before), side_of(series, plans[1], after)
    _require_known(id, sides)
    crossed = crossed_breaks(series, before[0], after[1])
    headline, others = _pairs(exact, dispersed)
    low, high = exact.least.estimate, exact.most.estimate
    estimate = interval(low, high)
    clustered = series.unit == "persons"
    pairs, rows = (headline, *others), _rows(series, before, after)
    said = verdicts.of_ratio(estimate, pairs, crossed, clustered=clustered)
    parts = _parts(series, plans, sides, estimate, pairs, crossed, said)
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(
            rows, fingerprint, (*contrary, *clauses.by_other_limits(said, pairs, rows)), basis
        ),
        verdict=said,
        caveats=clauses.caveats(
            series, plans, sides, crossed, dispersed, estimate, said, smallest_ratio
        ),
        estimate=estimate,
        limits=headline,
        other_limits=others,
        indicator=series.indicator,
        country=series.country,
        unit="ratio",
        sides=sides,
        method="rate_ratio",
        assumptions=_assumptions(dispersed),
        grade=grades.grade(grades.before_after(before, after, crossed)),
        breaks=tuple(brk.id for brk in crossed),
        sentence=_worded("compare", "", _verdict_key(said, crossed, headline), parts),
        short=_worded("compare_short", "_short", _verdict_key(said, crossed, headline), parts),
    )


def crossed_breaks(series: Series, first: int, last: int) -> tuple[Break, ...]:
    """Return the breaks from ``first`` to ``last`` that touch the series' indicator."""
    inside = series.crossed(range(first, last + 1), range(first, last + 1))
    return tuple(brk for brk in inside if brk.touches(series.indicator))


def side_of(series: Series, plan: Plan, years: Years) -> Side:
    """Count a series over years of a plan."""
    first, last = years
    total, length = series.total(first, last), float(last - first + 1)
    return Side(plan.id, first, last, total, length, unit=series.unit)


def _require_known(id: str, sides: Sequence[Side]) -> None:
    silent = [side for side in sides if not side.count.known]
    if silent:
        spans = ", ".join(f"{side.first_year}-{side.last_year}" for side in silent)
        raise FindingError(
            f"finding {id}: {len(silent)} of 2 periods have a year without a figure ({spans}). "
            "Compare years without a gap, or record count_only or no_baseline."
        )


def _pairs(
    exact: RatioRange, dispersed: DispersedRange | None
) -> tuple[Limits, tuple[Limits, ...]]:
    first = Limits(exact.low, exact.high, exact.level, "exact")
    if dispersed is None:
        return first, ()
    second = Limits(dispersed.low, dispersed.high, dispersed.level, "dispersed")
    return (second, (first,)) if wider(exact, dispersed) == "dispersed" else (first, (second,))


def _rows(series: Series, before: Years, after: Years) -> tuple[str, ...]:
    return tuple(
        point.row
        for point in series.points
        if before[0] <= point.year <= before[1] or after[0] <= point.year <= after[1]
    )


def _assumptions(dispersed: DispersedRange | None) -> tuple[Text, ...]:
    names = ["independent", "constant"] + (["exchangeable"] if dispersed else [])
    return tuple(words.text(f"findings.assume_{name}") for name in names)


def _parts(
    series: Series,
    plans: Plans,
    sides: tuple[Side, Side],
    estimate: Value,
    pairs: Sequence[Limits],
    crossed: Sequence[Break],
    said: Verdict,
) -> dict[str, Text]:
    """Word each part of the sentence, with ``_short`` parts for the front page."""
    home = at_home(series, plans)
    parts = {"label": word.capital(series.label), "unit": word.unit(series.unit, sides[0].count)}
    for name, plan_name, plan, side in zip(
        ("before", "after"), ("baseline", "current"), plans, sides, strict=True
    ):
        parts[name] = numbers.both(numbers.value, side.count)
        parts[f"{name}_years"] = numbers.both(numbers.years, side.first_year, side.last_year)
        parts[plan_name] = of_plan(plan) if home else NOTHING
    for ending in ("", "_short"):
        parts[f"ratio{ending}"] = _ratio(estimate, pairs, ending)
        parts[f"reasons{ending}"] = _reasons(crossed, home, ending)
    return parts


_COINCIDENT = {
    "recorded_more": "recorded_more_coincident",
    "recorded_fewer": "recorded_fewer_coincident",
}
"""Wording where something happened in the same years but counting did not change."""


def _verdict_key(said: Verdict, crossed: Sequence[Break], headline: Limits) -> str:
    spans_null = headline.low <= verdicts.NULL_RATIO <= headline.high
    if said == "undecided" and headline.method == "exact" and not spans_null:
        return "undecided_alone"
    recounted = any(brk.flag in verdicts.CHANGED for brk in crossed)
    return said if recounted else _COINCIDENT.get(said, said)


def _worded(key: str, ending: str, said: str, parts: dict[str, Text]) -> Text:
    verdict_key = said if said in ("higher", "lower") else f"{said}{ending}"
    verdict = words.text(f"findings.{verdict_key}", reasons=parts[f"reasons{ending}"])
    chosen = {name: part for name, part in parts.items() if not name.startswith("ratio")}
    whole = words.text(f"findings.{key}", **chosen, ratio=parts[f"ratio{ending}"], verdict=verdict)
    return Text(whole.da.strip(), whole.en.strip())


def _ratio(estimate: Value, pairs: Sequence[Limits], ending: str) -> Text:
    low, high = estimate.bounds
    written = _written_pairs(pairs, ending)
    if math.isinf(low):
        return words.text(f"findings.ratio_none{ending}", limits=written)
    if math.isinf(high):
        ratio = numbers.both(word.ratios, low, low)
        return words.text(f"findings.ratio_at_least{ending}", ratio=ratio, limits=written)
    ratio = numbers.both(word.ratios, low, high)
    return words.text(f"findings.ratio{ending}", ratio=ratio, limits=written)


def _written_pairs(pairs: Sequence[Limits], ending: str) -> Text:
    """Write the headline and the other pair; in short, the other without repeating the level."""
    if len(pairs) == 1:
        return numbers.both(word.limits, pairs[0])
    said = [_written_pair(pair, ending, first=pair is pairs[0]) for pair in pairs]
    return Text(da="; ".join(one.da for one in said), en="; ".join(one.en for one in said))


def _written_pair(pair: Limits, ending: str, *, first: bool) -> Text:
    if ending and first:
        return numbers.both(word.limits, pair)
    closed = math.isfinite(pair.high)
    limits = numbers.both(word.limits_span if ending and closed else word.limits, pair)
    return words.text(f"findings.pair_{pair.method}{ending}", limits=limits)


def _reasons(crossed: Sequence[Break], home: bool, ending: str) -> Text:
    flags = sorted({brk.flag for brk in crossed})
    changed = [words.text(f"findings.changed_{flag}") for flag in flags if flag in verdicts.CHANGED]
    listed = Text(
        words.joined([one.da for one in changed], "da"),
        words.joined([one.en for one in changed], "en"),
    )
    first = words.text("findings.changed", list=listed) if changed and not ending else NOTHING
    place = "" if home else "_foreign"
    second = words.text(f"findings.coincident{place}{ending}") if "F4" in flags else NOTHING
    return word.run_on(first, second)
