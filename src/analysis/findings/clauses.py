"""What stands beside a comparison of two periods: its caveats, and what its own limits say."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.contracts.findings import Contrary, Limits, Side, Verdict
from analysis.contracts.published import Break, Plan, Series, Text
from analysis.contracts.values import Value
from analysis.findings import verdict as verdicts
from analysis.findings import word
from analysis.findings.assemble import Plans
from analysis.language import numbers, words
from analysis.methods.dispersion import DispersedRange

Years = tuple[int, int]

NOTHING = Text("", "")


def caveats(
    series: Series,
    plans: Plans,
    sides: tuple[Side, Side],
    crossed: Sequence[Break],
    dispersed: DispersedRange | None,
    estimate: Value,
    said: Verdict,
    smallest_ratio: float | None,
) -> list[Text]:
    """Say what must stand with a comparison: breaks, years left out, bounds, power, plans."""
    said_beside = [word.clause(brk) for brk in crossed]
    for plan, side in zip(plans, sides, strict=True):
        said_beside += left_out(series, plan, (side.first_year, side.last_year), plans)
    if sides[0].exposure != sides[1].exposure:
        lengths = {"before": int(sides[0].exposure), "after": int(sides[1].exposure)}
        said_beside.append(words.text("findings.unequal", **lengths))
    for brk in crossed:
        if brk.splits_a_year and (before_or_after := _within(brk, sides)):
            said_beside.append(words.text("findings.part_of_ratio", years=str(before_or_after)))
    if not all(side.count.exact for side in sides):
        said_beside.append(words.text("findings.bounds"))
    said_beside += _on_limits(series, dispersed)
    told = dispersed is not None or series.unit != "persons"
    said_beside += _on_power(estimate, said, smallest_ratio if told else None)
    if not at_home(series, plans):
        said_beside.append(words.text("findings.foreign_plans"))
    return said_beside


def _on_power(estimate: Value, said: Verdict, smallest_ratio: float | None) -> list[Text]:
    """Say which rise could have shown: beside every *undecided*, and where a rise is smaller."""
    if smallest_ratio is None or not math.isfinite(smallest_ratio):
        return [words.text("findings.smallest_unknown")] if said == "undecided" else []
    ratio = numbers.both(word.ratios, smallest_ratio, smallest_ratio)
    if said == "undecided":
        return [words.text("findings.smallest_ratio", ratio=ratio)]
    if verdicts.likely_exaggerated(estimate, said, smallest_ratio):
        return [words.text("findings.likely_exaggerated", ratio=ratio)]
    return []


def left_out(series: Series, plan: Plan, years: Years, plans: Plans) -> list[Text]:
    """Say which years of a plan are not among those used, and why."""
    outside = [year for year in plan.years if not years[0] <= year <= years[1]]
    unknown = [year for year in outside if year not in series.years]
    beyond = [year for year in outside if year in series.years]
    name = of_plan(plan) if at_home(series, plans) else NOTHING
    said = []
    for key, listed in (
        ("missing_year" if len(unknown) == 1 else "missing_years", unknown),
        ("beyond_gap", beyond),
    ):
        if listed:
            years_said = numbers.both(word.years, listed)
            said.append(words.text(f"findings.{key}", years=years_said, plan=name))
    return said


def _within(brk: Break, sides: Sequence[Side]) -> int:
    """Return the year of a break that lies in a period compared, else 0."""
    inside = any(side.first_year <= brk.year <= side.last_year for side in sides)
    return brk.year if inside else 0


def _on_limits(series: Series, dispersed: DispersedRange | None) -> list[Text]:
    said = [words.text("findings.cluster")] if series.unit == "persons" else []
    key = "two_pairs" if dispersed else "cluster_only"
    return [*said, words.text(f"findings.{key}")]


def by_other_limits(
    said: Verdict, pairs: Sequence[Limits], rows: tuple[str, ...]
) -> tuple[Contrary, ...]:
    """Return what a pair of limits that excludes the null says against *undecided*."""
    outside = [pair for pair in pairs if not pair.low <= verdicts.NULL_RATIO <= pair.high]
    if said != "undecided" or not outside:
        return ()
    method = words.text(f"findings.method_{outside[0].method}")
    more = "more" if outside[0].low > verdicts.NULL_RATIO else "fewer"
    return (Contrary(words.text(f"findings.reason_limits_{more}", method=method), rows),)


def at_home(series: Series, plans: Plans) -> bool:
    """Whether the plans are those of the series' country: if not, they only set the years."""
    return all(plan.country == series.country for plan in plans)


def of_plan(plan: Plan) -> Text:
    """Name a plan in brackets, with the space before them."""
    return words.text("findings.of_plan", plan=plan.short)
