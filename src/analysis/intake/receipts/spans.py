"""Periods in, whether one lies in another and how it is said out."""

from __future__ import annotations

from functools import cache

from analysis.contracts.partner.periods import Period, period
from analysis.contracts.published import Language
from analysis.language import numbers, words


@cache
def within(part: str, whole: Period) -> bool:
    """Say whether a period, as the store writes it, lies whole in another."""
    inner = period(part)
    return whole.first <= inner.first and inner.last <= whole.last


def said(span: Period, language: Language) -> str:
    """Word a period: ``the first half of 2008``."""
    if span.rhythm == "year":
        return str(span.first.year)
    if span.rhythm == "month":
        return numbers.day(f"{span.first:%Y-%m}", language)
    months = {"half_year": 6, "quarter": 3}[span.rhythm]
    number = (span.first.month - 1) // months + 1
    key = f"{span.rhythm}_{number}"
    return words.say(f"receipts.{key}", language, year=span.first.year)
