"""Totals of overlapping lists in, the finding that gives one number, a range or neither out.

Methods that agree may share an error, so what speaks against them stands beside. Methods that
lie further apart than the stated factor give a range, and the verdict says *undecided*.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from analysis.contracts.findings import Contrary, Finding, Limits
from analysis.contracts.population import IN_ALL
from analysis.contracts.published import Language, Text
from analysis.contracts.values import interval, number
from analysis.findings import grades, word
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.documented import refused
from analysis.language import numbers, words

METHOD: Final = "multiple_systems"


@dataclass(frozen=True, slots=True)
class Totals:
    """What several methods say of one table of lists.

    ``n`` are on at least one list. ``lowest`` to ``highest`` are the totals of ``methods``
    methods, ``ratio`` the one over the other, ``factor`` up to which they are said to agree.
    ``limits`` go from the lowest to the highest limit of all methods, ``headline_limits`` are
    those of the declared method. ``silent`` counts the methods without a total.
    """

    title: Text
    n: int
    methods: int
    silent: int
    lowest: float
    highest: float
    lowest_by: Text
    highest_by: Text
    ratio: float
    factor: float
    headline: float
    headline_by: Text
    limits: Limits
    headline_limits: Limits

    @property
    def agrees(self) -> bool:
        """Whether one number may stand for all."""
        return self.ratio <= self.factor


def of_totals(
    id: str,
    totals: Totals,
    plans: Plans,
    *,
    country: str,
    rows: tuple[str, ...],
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    caveats: Iterable[Text] = (),
) -> Finding:
    """Record how many there were in all (grade D): a number where methods agree, else a range."""
    key = "agree" if totals.agrees else "apart"
    parts = _parts(totals)
    said = [words.text(f"hidden_population.{key}", **parts)]
    if totals.silent:
        many = "one" if totals.silent == 1 else "many"
        said.append(words.text(f"hidden_population.silent_{many}", n=totals.silent))
    low, high = round(totals.lowest), round(totals.highest)
    return finish(
        id=id,
        question=question(totals.title),
        plans=plans,
        evidence=Evidence(rows, fingerprint, contrary),
        verdict="described" if totals.agrees else "undecided",
        caveats=caveats,
        estimate=number(round(totals.headline)) if totals.agrees else interval(low, high),
        limits=_whole(totals.limits),
        other_limits=(_whole(totals.headline_limits),) if totals.agrees else (),
        country=country,
        unit=IN_ALL,
        method=METHOD,
        assumptions=tuple(
            words.text(f"hidden_population.assume_{name}")
            for name in ("same_time", "linked", "chance", "left_out")
        ),
        grade=grades.grade(grades.Design("one_point")),
        sentence=word.run_on(*said),
        short=words.text(f"hidden_population.{key}_short", **parts),
    )


def too_few(
    id: str,
    title: Text,
    reason: Text,
    plans: Plans,
    *,
    country: str,
    rows: tuple[str, ...],
    fingerprint: str,
) -> Finding:
    """Record that a table bears no total, or that only one method gives any (grade D)."""
    return refused(
        id,
        question(title),
        METHOD,
        words.text("hidden_population.reason", title=title, reason=reason),
        plans,
        rows=rows,
        fingerprint=fingerprint,
        country=country,
    )


def no_lists(id: str, country_name: Text, plans: Plans, *, country: str) -> Finding:
    """Record that nobody published or handed in overlapping lists for a country (grade D)."""
    return refused(
        id,
        words.text("hidden_population.question_country", country=country_name),
        METHOD,
        words.text("hidden_population.reason_no_table", country=country_name),
        plans,
        country=country,
    )


def question(title: Text) -> Text:
    """Ask how many there were in all."""
    return words.text("hidden_population.question", title=title)


def persons(amount: float) -> Text:
    """Write a number of persons."""
    return numbers.both(numbers.number, round(amount))


def limits_words(pair: Limits) -> Text:
    """Write a pair of limits of a number of persons."""
    whole = _whole(pair)
    return Text(word.limits(whole, "da", digits=0), word.limits(whole, "en", digits=0))


def span(low: float, high: float) -> Text:
    """Write a range of persons; an open end is said in words."""
    if math.isinf(high):
        return words.text("values.at_least", low=persons(low))
    return numbers.both(_span, low, high)


def _span(low: float, high: float, language: Language) -> str:
    first, last = (numbers.number(round(end), language) for end in (low, high))
    return numbers.span(first, last, language)


def times(ratio: float) -> Text:
    """Write how many times, with no more decimals than it has, at most two."""
    return numbers.both(_times, ratio)


def _times(ratio: float, language: Language) -> str:
    digits = next(fewer for fewer in (0, 1, 2) if fewer == 2 or round(ratio, fewer) == ratio)
    return numbers.number(ratio, language, digits)


def _parts(totals: Totals) -> dict[str, Text | int]:
    return {
        "title": totals.title,
        "n": persons(totals.n),
        "methods": totals.methods,
        "lowest": persons(totals.lowest),
        "highest": persons(totals.highest),
        "lowest_by": totals.lowest_by,
        "highest_by": totals.highest_by,
        "ratio": times(totals.ratio),
        "factor": times(totals.factor),
        "headline": persons(totals.headline),
        "headline_by": totals.headline_by,
        "headline_limits": limits_words(totals.headline_limits),
        "limits": span(_whole(totals.limits).low, _whole(totals.limits).high),
    }


def _whole(pair: Limits) -> Limits:
    """Round limits outwards to whole persons, an open end stays open."""
    low = float(math.floor(pair.low))
    high = pair.high if math.isinf(pair.high) else float(math.ceil(pair.high))
    return Limits(low, high, pair.level, pair.method)
