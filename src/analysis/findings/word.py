"""Ratios, limits, counts and breaks in, the phrases of a finding out, in one language."""

from __future__ import annotations

import math
from collections.abc import Iterable

from analysis.contracts.findings import Limits
from analysis.contracts.published import Break, Language, Text
from analysis.contracts.values import Value
from analysis.language import numbers, words

_FINE_BELOW = 1.5
"""Ratios whose lower end is below this get two decimals, so that 1 is told from nearly 1."""
_MOST_DIGITS = 6
_FINE_MEAN_BELOW = 10.0
_NAMED_UNITS = ("persons", "cases")
_SMALLEST_WRITTEN = 0.005


def ratios(low: float, high: float, language: Language) -> str:
    """Write finite ratios ``low`` to ``high`` with as many decimals as their lower end needs.

    A ratio other than 1 never reads as 1: readers take "1.00" for no difference.
    """
    fine = low < _FINE_BELOW
    return numbers.span(_ratio(low, language, fine), _ratio(high, language, fine), language)


def _ratio(amount: float, language: Language, fine: bool) -> str:
    if amount == 0:
        return "0"
    if amount < _SMALLEST_WRITTEN:
        return "<" + numbers.number(0.01, language, 2)
    if not fine:
        return numbers.short_ratio(amount, language)
    if amount == 1 or round(amount, 2) != 1:
        return numbers.ratio(amount, language)
    digits = next((more for more in range(3, _MOST_DIGITS) if round(amount, more) != 1), 0)
    if digits:
        return numbers.number(amount, language, digits)
    return (">" if amount > 1 else "<") + numbers.number(1, language)


def level(share: float, language: Language) -> str:
    """Write a confidence level: ``95 %``, ``99.5 %``."""
    whole = math.isclose(100 * share, round(100 * share))
    return numbers.percent(share, language, 0 if whole else 1)


def mean_digits(high: float) -> int:
    """Decimals of a yearly mean and its limits: two below 10, one above."""
    return 2 if high < _FINE_MEAN_BELOW else 1


def limits(pair: Limits, language: Language, *, digits: int | None = None) -> str:
    """Write a pair of limits: ``95 % limits 3.0–34``; an open end is said in words.

    ``digits`` is for limits of a mean; without it they are limits of a ratio.
    """
    share = level(pair.level, language)
    if math.isinf(pair.high):
        key = "limits_above" if pair.low > 0 else "limits_none"
        low = _one(pair.low, language, digits)
        return words.say(f"findings.{key}", language, level=share, low=low)
    span = limits_span(pair, language, digits=digits)
    return words.say("findings.limits", language, level=share, limits=span)


def limits_span(pair: Limits, language: Language, *, digits: int | None = None) -> str:
    """Write the two limits alone: ``3.0–34``. Both must be finite."""
    if digits is None:
        return ratios(pair.low, pair.high, language)
    low, high = _one(pair.low, language, digits), _one(pair.high, language, digits)
    return numbers.span(low, high, language)


def _one(amount: float, language: Language, digits: int | None) -> str:
    if digits is None:
        return ratios(amount, amount, language)
    return numbers.number(amount, language, digits)


def counts(values: Iterable[Value], language: Language) -> str:
    """Write yearly values as a list: ``17, 28, 47 and 53``."""
    return words.joined([numbers.value(value, language) for value in values], language)


def years(listed: Iterable[int], language: Language) -> str:
    """Write years as runs: ``2002, 2005–2007 and 2011``."""
    runs: list[list[int]] = []
    for year in sorted(listed):
        if runs and runs[-1][1] == year - 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    written = [numbers.years(first, last, language) for first, last in runs]
    return words.joined(written, language)


def unit(code: str, count: Value) -> Text:
    """Name what is counted, with the space before it; nothing for units without a name here."""
    one = "_one" if count.exact and count.low == 1 else ""
    return words.text(f"findings.unit_{code}{one}") if code in _NAMED_UNITS else Text("", "")


def capital(text: Text) -> Text:
    """Begin with a capital letter in both languages."""
    return Text(da=words.capital(text.da), en=words.capital(text.en))


def sentence(text: Text) -> Text:
    """Begin with a capital and end with exactly one full stop, in both languages."""
    return Text(da=_full(text.da), en=_full(text.en))


def _full(said: str) -> str:
    said = words.capital(said.strip())
    return said if said.endswith((".", "?", "!")) or not said else said + "."


def bare(text: Text) -> Text:
    """Take the final full stop off, so that a phrase can stand inside a sentence."""
    return Text(da=text.da.strip().removesuffix("."), en=text.en.strip().removesuffix("."))


def run_on(*texts: Text) -> Text:
    """Put sentences one after the other, leaving out empty ones."""
    return Text(
        da=" ".join(text.da for text in texts if text.da),
        en=" ".join(text.en for text in texts if text.en),
    )


def clause(brk: Break) -> Text:
    """Word a break as the clause that stands with every finding that crosses it."""
    key = "findings.break" if brk.sourced else "findings.break_unsourced"
    day = numbers.both(numbers.day, brk.date)
    return run_on(words.text(key, day=day, what=sentence(brk.what)), sentence(brk.effect))
