"""Changes, limits, p-values and weights in, the phrases of findings among countries out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.contracts.findings import Verdict
from analysis.contracts.published import Language, Text
from analysis.findings import word
from analysis.findings.beside import written_p
from analysis.language import numbers, words
from analysis.methods.counterfactual.parallel_trends import Sensitivity

LEVEL = 0.95
OUTCOMES = 7
"""Outcomes that are tested side by side: four counts and three areas of the 3P index."""
SHOWN_WEIGHT = 0.005
"""Smallest weight that a sentence or table names."""
_SMALLEST = 0.005


def used(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the donors that are named, the largest weight first."""
    shown = [pair for pair in weights.items() if pair[1] >= SHOWN_WEIGHT]
    return sorted(shown, key=lambda pair: (-pair[1], pair[0]))


def weight_said(name: Text, share: float) -> Text:
    """Name a donor with its weight."""
    weight = numbers.both(two_decimals, share)
    return words.text("comparators.weight", country=name, weight=weight)


def two_decimals(amount: float, language: Language) -> str:
    """Write a number with two decimals; a small one never reads as 0."""
    if 0 < amount < _SMALLEST:
        return "<" + numbers.number(0.01, language, 2)
    return numbers.number(amount, language, 2)


def signed(low: float, high: float) -> Text:
    """Write a change with its sign, or the range of one."""
    first, second = (numbers.both(numbers.signed, bound) for bound in (low, high))
    return first if first == second else words.text("comparators.range", low=first, high=second)


def limits_said(low: float, high: float, level: float, needed: int) -> Text:
    """Write limits of a change, or how many countries they would take."""
    share = numbers.both(word.level, level)
    if math.isinf(low) or math.isinf(high):
        return words.text("comparators.limits_none", level=share, needed=needed)
    return words.text(
        "comparators.limits", level=share, low=signed(low, low), high=signed(high, high)
    )


def p_range(low: float, high: float) -> Text:
    """Write a p-value, or the range that the readings leave it."""
    first, second = (numbers.both(written_p, bound) for bound in (low, high))
    return first if first == second else words.text("comparators.range", low=first, high=second)


def outcome(said: Verdict, smallest_p: float) -> str:
    """Say which of three wordings fits: apart, undecided, or impossible with so few countries."""
    if smallest_p > 1 - LEVEL:
        return "impossible"
    return "undecided" if said == "undecided" else "apart"


def family(p: float) -> Text:
    """Say what p becomes if all outcomes are tested at once (Bonferroni)."""
    adjusted = numbers.both(written_p, min(1.0, OUTCOMES * p))
    return words.text("comparators.family", n=OUTCOMES, adjusted=adjusted)


def drift(sensitivity: Sensitivity | None, unsure: str) -> Text:
    """Say how far parallel trends may fail, or why that was not computed."""
    if sensitivity is None:
        return words.text(f"comparators.drift_{unsure}")
    if sensitivity.breakdown == 0:
        return words.text("comparators.drift_already")
    size = numbers.both(two_decimals, sensitivity.breakdown)
    return words.text("comparators.drift", size=size)
