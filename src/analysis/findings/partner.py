"""Results on cases of persons in, findings out: with their basis, and none without its counts.

What is worked out here rests on counts that may be shown, so that no sentence, limit or
difference tells more of a small group than the counts beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.contracts.findings import Basis, Finding, Limits, Side
from analysis.contracts.published import Break, Language, Text
from analysis.contracts.values import NOT_APPLICABLE, Value, interval, number
from analysis.findings import grades, verdict, word
from analysis.findings.assemble import NOTHING_READ, Evidence, Plans, finish
from analysis.findings.documented import refused
from analysis.language import numbers, words
from analysis.methods.proportions import Part, share, share_difference

POINTS = "percentage points"
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Told:
    """What every finding on cases carries: who, on which basis, from which content.

    ``centre`` is the break between the two sides: more is found, and other persons are, from
    the day on which the centre began.
    """

    plans: Plans
    country: str
    basis: Basis
    fingerprint: str
    centre: Break
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """One side: how many of how many persons (or rows), as they may be shown, in which years."""

    part: Value
    total: int
    years: tuple[int, int]

    @property
    def bounds(self) -> Part:
        """The part between its bounds."""
        low, high = self.part.bounds
        return Part(int(low), int(high), self.total)


def nothing_submitted(
    id: str,
    question: Text,
    sentence: Text,
    short: Text,
    plans: Plans,
    *,
    country: str,
    rows: tuple[str, ...] = (),
    fingerprint: str = NOTHING_READ,
) -> Finding:
    """Record that a question about persons has no answer, as nobody handed in the data (grade E).

    ``rows`` are the published rows that name those who owe it, ``sentence`` says who they are.
    """
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(rows, fingerprint, ()),
        verdict="not_submitted",
        country=country,
        method="none",
        grade=grades.grade(grades.Design("document")),
        sentence=sentence,
        short=short,
    )


def compared(
    id: str,
    question: Text,
    what: Text,
    unit: str,
    before: Counted,
    after: Counted,
    told: Told,
    *,
    caveats: Iterable[Text] = (),
    linkage: tuple[float, float] | None = None,
) -> Finding:
    """Record a share before and after the centre, and their difference in points (grade C).

    Parameters
    ----------
    what : Text
        Who is counted, as the subject of the sentence.
    unit : str
        Code of what is counted: ``persons`` or another.
    linkage : tuple of float, optional
        The difference over the draws of the linkage, in points: lowest and highest.
    """
    found = share_difference(after.bounds, before.bounds, level=LEVEL)
    low, high = (round(100 * one, 1) for one in (found.low_estimate, found.high_estimate))
    estimate = interval(low, high)
    limits = Limits(
        min(round(100 * found.low, 1), low),
        max(round(100 * found.high, 1), high),
        LEVEL,
        "newcombe",
    )
    others: tuple[Limits, ...] = ()
    if linkage is not None:
        others = (Limits(min(linkage[0], low), max(linkage[1], high), LEVEL, "linkage"),)
    said = verdict.of_ratio(estimate, [limits], [told.centre], null=0.0)
    parts = _difference_parts(what, before, after, estimate, limits)
    return finish(
        id=id,
        question=question,
        plans=told.plans,
        evidence=Evidence((), told.fingerprint, (), told.basis),
        verdict=said,
        caveats=(words.text("partner.caveat_centre"), *caveats),
        estimate=estimate,
        limits=limits,
        other_limits=others,
        sides=tuple(
            Side(plan.id, *one.years, one.part, float(one.total), unit, unit)
            for plan, one in zip(told.plans, (before, after), strict=True)
        ),
        country=told.country,
        unit=POINTS,
        method="share_difference",
        breaks=told.breaks,
        grade=grades.grade(grades.before_after(before.years, after.years, [told.centre])),
        sentence=words.text(f"partner.compared_{said}", **parts),
        short=words.text("partner.compared_short", **parts),
    )


def too_few(
    id: str, question: Text, what: Text, least: int, told: Told, *, nobody: bool = False
) -> Finding:
    """Record that a side has too few persons to show anything of them, or nobody (grade D)."""
    reason = words.text(f"partner.{'nobody' if nobody else 'too_few'}", what=what, n=least)
    return refused(
        id,
        question,
        "share_difference",
        reason,
        told.plans,
        country=told.country,
        basis=told.basis,
        fingerprint=told.fingerprint,
    )


def described(
    id: str,
    question: Text,
    sentence: Text,
    short: Text,
    told: Told,
    *,
    method: str,
    estimate: Value = NOT_APPLICABLE,
    unit: str = "",
    caveats: Iterable[Text] = (),
) -> Finding:
    """Record what was counted, without a comparison (grade D)."""
    return finish(
        id=id,
        question=question,
        plans=told.plans,
        evidence=Evidence((), told.fingerprint, (), told.basis),
        verdict="described",
        caveats=caveats,
        estimate=estimate,
        country=told.country,
        unit=unit,
        method=method,
        grade=grades.grade(grades.Design("one_point")),
        sentence=word.sentence(sentence),
        short=word.sentence(short),
    )


def share_words(one: Counted) -> Text:
    """Write a share as a whole percentage, or the span that its count allows."""
    found = share(one.bounds, level=LEVEL)
    return numbers.both(_percents, found.low_estimate, found.high_estimate)


def counted_words(one: Counted) -> Text:
    """Write how many of how many."""
    part, total = numbers.both(numbers.value, one.part), numbers.both(numbers.number, one.total)
    return words.text("partner.of", part=part, total=total)


def days(amount: float) -> Value:
    """Return whole days as a value."""
    return number(round(amount))


def _difference_parts(
    what: Text, before: Counted, after: Counted, estimate: Value, limits: Limits
) -> dict[str, Text | int]:
    low, high = estimate.bounds
    return {
        "what": word.capital(what),
        "before": share_words(before),
        "before_of": counted_words(before),
        "after": share_words(after),
        "after_of": counted_words(after),
        "difference": numbers.both(_signed_span, low, high),
        "limits": numbers.both(_signed_span, limits.low, limits.high),
    }


def _percents(low: float, high: float, language: Language) -> str:
    first, last = (numbers.number(100 * end, language) for end in (low, high))
    return f"{numbers.span(first, last, language)}{numbers.SPACE}%"


def _signed_span(low: float, high: float, language: Language) -> str:
    first, last = (numbers.signed(end, language, 0) for end in (low, high))
    return first if first == last else words.say("partner.to", language, low=first, high=last)


def joined(texts: Sequence[Text]) -> Text:
    """Join names as a list in a sentence."""
    return Text(
        words.joined([one.da for one in texts], "da"), words.joined([one.en for one in texts], "en")
    )
