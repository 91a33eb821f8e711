"""Numbers, values, years and dates in, their Danish or English form out."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.contracts.published import Language, Text
from analysis.contracts.values import Value
from analysis.language import words

_LOCALE = {"da": "da_DK", "en": "en_GB"}
_DASH = {"da": "-", "en": "\N{EN DASH}"}
_TO = {"da": "til", "en": "to"}
_MINUSES = ("-", "\N{MINUS SIGN}")
SPACE = "\N{NO-BREAK SPACE}"


def number(amount: float, language: Language, digits: int = 0) -> str:
    """Write a number with ``digits`` decimals, halves upwards: ``1,067`` or ``1.067``."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    rounded = Decimal(repr(float(amount))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return str(format_decimal(rounded, format=pattern, locale=_LOCALE[language]))


def signed(amount: float, language: Language, digits: int = 2) -> str:
    """Write a change with its sign: ``+0.25``, ``−0.25``; none where it rounds to 0."""
    written = number(abs(amount), language, digits)
    if written == number(0, language, digits):
        return written
    return ("\N{MINUS SIGN}" if amount < 0 else "+") + written


def ratio(amount: float, language: Language) -> str:
    """Write a ratio with two decimals below 10, one below 20 and none above."""
    if math.isinf(amount):
        return "\N{INFINITY}"
    digits = 2 if amount < 9.995 else 1 if amount < 19.95 else 0
    return number(amount, language, digits)


def short_ratio(amount: float, language: Language) -> str:
    """Write a ratio for running text: one decimal below 20, none above."""
    if math.isinf(amount):
        return "\N{INFINITY}"
    return number(amount, language, 1 if amount < 19.95 else 0)


def span(low: str, high: str, language: Language) -> str:
    """Join two written bounds with the dash of the language; with a word where one is negative."""
    if low == high:
        return low
    negative = low.startswith(_MINUSES) or high.startswith(_MINUSES)
    return f"{low} {_TO[language]} {high}" if negative else f"{low}{_DASH[language]}{high}"


def value(amount: Value, language: Language, digits: int = 0) -> str:
    """Write a value: ``7``, ``7-19``, ``at least 36``, ``not known``."""
    if amount.low is None or amount.high is None:
        return words.say(f"values.{amount.kind}", language)
    low = number(amount.low, language, digits)
    if math.isinf(amount.high):
        return words.say("values.at_least", language, low=low)
    return span(low, number(amount.high, language, digits), language)


def percent(share: float, language: Language, digits: int = 0) -> str:
    """Write a share (0-1) as a percentage."""
    return number(100 * share, language, digits) + SPACE + "%"


def years(first: int, last: int, language: Language) -> str:
    """Write a span of calendar years: ``2003-2006``."""
    return span(str(first), str(last), language)


def day(stamp: str, language: Language) -> str:
    """Write an ISO date of any precision: ``2007``, ``2007-08``, ``2007-08-01``."""
    parts = [int(part) for part in stamp.split("-")]
    if len(parts) == 1:
        return str(parts[0])
    moment = date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
    pattern = {("da", 3): "d. MMMM y", ("en", 3): "d MMMM y"}.get((language, len(parts)), "MMMM y")
    return str(format_date(moment, format=pattern, locale=_LOCALE[language]))


def both(write: Callable[..., str], *args: object) -> Text:
    """Apply one of this module's functions in both languages."""
    return Text(da=write(*args, language="da"), en=write(*args, language="en"))
