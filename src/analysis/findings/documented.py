"""Sourced statements, gaps and refusals in, findings that hold no computed number out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from analysis.contracts.findings import Basis, Contrary, Finding
from analysis.contracts.published import Text
from analysis.contracts.values import NOT_APPLICABLE, NOT_KNOWN
from analysis.findings import grades, word
from analysis.findings.assemble import NOTHING_READ, Evidence, Plans, finish
from analysis.language import numbers, words

Method = Literal[
    "rate_ratio", "ratio_rank", "synthetic_control", "breakdown", "difference", "event_study",
    "specification_curve", "yearly_factor", "level_change", "control_chart", "cusum",
    "change_parts", "multiple_systems", "share_difference",
]  # fmt: skip


def documented(
    id: str,
    question: Text,
    statement: Text,
    short: Text,
    rows: tuple[str, ...],
    plans: Plans,
    *,
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    caveats: Iterable[Text] = (),
    indicator: str = "",
    country: str | None = None,
    basis: Basis = "published",
) -> Finding:
    """Record what documents say (grade E): our wording, carried by sourced rows.

    ``country`` defaults to the plans' own, here and below.
    """
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(rows, fingerprint, contrary, basis),
        verdict="described",
        caveats=caveats,
        estimate=NOT_APPLICABLE,
        indicator=indicator,
        country=country or plans[0].country,
        method="documents",
        grade=grades.grade(grades.Design("document")),
        sentence=word.sentence(statement),
        short=word.sentence(short),
    )


def owed(
    id: str,
    question: Text,
    what: Text,
    body: Text,
    why: Text,
    rows: tuple[str, ...],
    plans: Plans,
    *,
    fingerprint: str,
    contrary: tuple[Contrary, ...] = (),
    years: tuple[int, int] | None = None,
    indicator: str = "",
    country: str | None = None,
    basis: Basis = "published",
) -> Finding:
    """Record a count that one would expect and nobody published: *not known* (grade E).

    ``what`` stands before "not known", ``body`` owes it, ``why`` is a sentence.
    """
    within = numbers.both(numbers.years, *years) if years else None
    parts = {
        "what": word.capital(word.bare(what)),
        "body": Text(da=words.capital(body.da), en=body.en),
        "why": word.sentence(why),
        "years": words.text("findings.within", years=within) if within else Text("", ""),
    }
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(rows, fingerprint, contrary, basis),
        verdict="not_known",
        estimate=NOT_KNOWN,
        indicator=indicator,
        country=country or plans[0].country,
        method="documents",
        grade=grades.grade(grades.Design("document")),
        sentence=_stripped(words.text("findings.owed", **parts)),
        short=words.text("findings.owed_short", **parts),
    )


def not_submitted(
    id: str,
    question: Text,
    what: Text,
    country_name: Text,
    plans: Plans,
    *,
    indicator: str = "",
    country: str | None = None,
    basis: Basis = "published",
) -> Finding:
    """Record that a part of the record has not been filled in for a country (grade E)."""
    said = words.text("findings.not_submitted", what=word.bare(what), country=country_name)
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence((), NOTHING_READ, (), basis),
        verdict="not_submitted",
        indicator=indicator,
        country=country or plans[0].country,
        method="none",
        grade=grades.grade(grades.Design("document")),
        sentence=said,
        short=said,
    )


def refused(
    id: str,
    question: Text,
    method: Method,
    reason: Text,
    plans: Plans,
    *,
    rows: tuple[str, ...] = (),
    fingerprint: str = NOTHING_READ,
    contrary: tuple[Contrary, ...] = (),
    indicator: str = "",
    country: str | None = None,
    basis: Basis = "published",
) -> Finding:
    """Record that a method refused, with the reason as a sentence (grade D).

    Use `too_few_years` and its like for ``reason``: a `MethodError` speaks English only.
    """
    name = words.text(f"findings.method_{method}")
    said = words.text("findings.refused", method=name, reason=word.sentence(reason))
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(rows, fingerprint, contrary, basis),
        verdict="refused",
        indicator=indicator,
        country=country or plans[0].country,
        method=method,
        grade=grades.grade(grades.Design("one_point")),
        sentence=said,
        short=said,
    )


def too_few_years(found: int, needed: int) -> Text:
    """Say that a counterfactual needs more years before the plan."""
    return words.text("findings.reason_too_few_years", found=found, needed=needed)


def no_comparators() -> Text:
    """Say that no other country has a complete series."""
    return words.text("findings.reason_no_comparators")


def no_events() -> Text:
    """Say that both periods may have no event at all."""
    return words.text("findings.reason_no_events")


def no_upper_bound() -> Text:
    """Say that a source prints only a lower bound."""
    return words.text("findings.reason_no_upper_bound")


def years_missing(years: Iterable[int]) -> Text:
    """Say that a series lacks years."""
    return words.text("findings.reason_years_missing", years=numbers.both(word.years, years))


def parts_unequal(years: Iterable[int]) -> Text:
    """Say that the parts of a breakdown do not add up to the total."""
    return words.text("findings.reason_parts", years=numbers.both(word.years, years))


def _stripped(text: Text) -> Text:
    return Text(da=text.da.strip(), en=text.en.strip())
