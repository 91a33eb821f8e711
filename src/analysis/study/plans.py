"""Two plan ids and a country in, the two plans that are compared out."""

from __future__ import annotations

from dataclasses import replace

from analysis.contracts.published import Plan
from analysis.errors import ParameterError
from analysis.language import numbers, words
from analysis.published.load import Record


def choose_plans(record: Record, baseline: str, current: str) -> tuple[Plan, Plan]:
    """Return the two plans; refuse the same plan twice, or one that begins too early.

    Raises
    ------
    ParameterError
        If a plan is unknown, or the later plan does not come after the earlier.
    """
    plans = record.plan(baseline), record.plan(current)
    if plans[0].last_year >= plans[1].first_year:
        raise ParameterError(
            f"plans: {current} is not compared after {baseline}, whose years reach into its own. "
            "Name the earlier plan as baseline and the later as current."
        )
    return plans


def plans_for(record: Record, baseline: str, current: str, iso3: str) -> tuple[Plan, Plan]:
    """Return the two plans as they bear on a country: of another country's, only the years.

    Raises
    ------
    ParameterError
        As `choose_plans` does.
    """
    earlier, later = choose_plans(record, baseline, current)
    return (
        earlier if earlier.country == iso3 else _years_of(earlier, "earlier"),
        later if later.country == iso3 else _years_of(later, "later"),
    )


def _years_of(plan: Plan, which: str) -> Plan:
    """Strip another country's plan of all but its id and years: nothing else applies here."""
    years = numbers.both(numbers.years, plan.first_year, plan.last_year)
    silence = words.text("study.plan_not_submitted")
    return replace(
        plan,
        title=words.text("study.period_title", years=years),
        short=words.text(f"study.period_{which}"),
        scope=silence,
        lead_body=silence,
        adopted="",
        period=(str(plan.first_year), str(plan.last_year)),
        years_rule=words.text("study.years_borrowed"),
        amends=None,
        rows=(),
    )
