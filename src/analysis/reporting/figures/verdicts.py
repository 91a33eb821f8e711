"""Verdicts and counts in, the words of a title out: no figure claims more than its finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analysis.contracts.findings import Finding, Side, Verdict
from analysis.contracts.published import Language, Plan, Series
from analysis.language import numbers, words

# Left to right as on the axis of time: what a reader may rest on comes first.
ORDER: tuple[Verdict, ...] = (
    "higher",
    "lower",
    "recorded_more",
    "recorded_fewer",
    "undecided",
    "not_comparable",
    "not_known",
    "refused",
    "not_submitted",
    "described",
)
# More questions than these make a title nobody reads.
NAMED = 2
FLAGGED: tuple[Verdict, ...] = (
    "recorded_more",
    "recorded_fewer",
    "not_comparable",
    "not_known",
    "refused",
    "not_submitted",
)


def verdict_words(verdict: Verdict, language: Language) -> str:
    """Word a verdict for use after a colon."""
    return words.say(f"figures.verdict.{verdict}", language)


def verdicts_title(findings: Sequence[Finding], language: Language) -> str:
    """Word the verdicts of findings: one or two by their questions, more by a tally."""
    if not findings:
        return words.say("figures.findings_none", language)
    if len(findings) <= NAMED:
        return ". ".join(_answered(finding, language) for finding in findings)
    tally = Counter(finding.verdict for finding in findings)
    parts = [
        words.say(
            "figures.verdict_count", language, n=tally[name], verdict=verdict_words(name, language)
        )
        for name in ORDER
        if tally[name]
    ]
    return words.say("figures.verdicts_title", language, n=len(findings), parts="; ".join(parts))


def _answered(finding: Finding, language: Language) -> str:
    question = finding.question.said_in(language).rstrip()
    end = "" if question.endswith(("?", ".")) else ":"
    return f"{question}{end} {words.capital(verdict_words(finding.verdict, language))}"


def counts_clause(
    series: Series, plans: Sequence[Plan], language: Language, finding: Finding | None = None
) -> str:
    """State the counts of one series in each plan's years, and claim nothing more.

    A finding on the series replaces the plans' years by those it compares, and
    adds its verdict.
    """
    label = series.label.said_in(language)
    if not series.years:
        return words.say("figures.clause_none", language, label=label)
    if finding is not None and finding.sides:
        parts = [_side_counts(side, language) for side in finding.sides]
    else:
        parts = [_plan_counts(series, plan, language) for plan in plans]
    if finding is not None:
        return words.say(
            "figures.clause_judged",
            language,
            label=label,
            parts=_joined(parts, language),
            verdict=verdict_words(finding.verdict, language),
        )
    return words.say("figures.clause", language, label=label, parts=_joined(parts, language))


def _joined(parts: Sequence[str], language: Language) -> str:
    """Join with *and*, or with semicolons where a part holds a comma itself."""
    if any(", " in part for part in parts):
        return "; ".join(parts)
    return words.joined(parts, language)


def _plan_counts(series: Series, plan: Plan, language: Language) -> str:
    span = numbers.years(plan.first_year, plan.last_year, language)
    known = [year for year in plan.years if series.value(year).known]
    if not known:
        return words.say("figures.clause_unknown", language, years=span)
    missing = series.missing(plan.first_year, plan.last_year)
    if missing:
        return words.say(
            "figures.clause_partly",
            language,
            years=span,
            missing=words.joined([str(year) for year in missing], language),
        )
    total = numbers.value(series.total(plan.first_year, plan.last_year), language)
    return words.say("figures.clause_total", language, total=total, years=span)


def _side_counts(side: Side, language: Language) -> str:
    span = numbers.years(side.first_year, side.last_year, language)
    if not side.count.known:
        return words.say("figures.clause_unknown", language, years=span)
    total = numbers.value(side.count, language)
    return words.say("figures.clause_total", language, total=total, years=span)
