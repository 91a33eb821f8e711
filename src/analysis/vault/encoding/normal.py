"""What stands in an identity cell in, its normal form out; None where nothing can be read."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

APOSTROPHES = "'\u2019\u2018`\u00b4\u02bc\u02bb\u2032"
LETTERS: dict[str, str] = {
    "å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "œ": "oe", "ü": "ue",
    "ß": "ss", "þ": "th", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "ə": "e",
}  # fmt: skip
"""Letters that lose more than a mark when they are written with a plain keyboard."""

UNKNOWN: frozenset[str] = frozenset({
    "ukendt", "unknown", "anonym", "anonymous", "ikke oplyst", "ikke kendt", "kendes ikke",
    "not stated", "not known", "nn", "n n", "x", "xx", "xxx",
})  # fmt: skip
"""What is written where no name is known; without this list all the nameless would meet."""

FIRST_YEAR, LAST_YEAR = 1900, 2100

_LETTERS = str.maketrans({**LETTERS, **dict.fromkeys(APOSTROPHES)})
_NO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES))
_NOT_PLAIN = re.compile("[^a-z]+")
_CPR = re.compile("[0-9]{6}[0-9A-Z]{4}")
_DAY = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, in order, in plain letters where that is possible.

    Empty where no name is known.

    Examples
    --------
    >>> words("Søren-Åge  O'Brien")
    ('soeren', 'aage', 'obrien')
    """
    plain = name.lower() if name.isascii() else _folded(name)
    if plain.isascii():
        joined = _NOT_PLAIN.sub(" ", plain.translate(_NO_APOSTROPHE)).strip()
    else:
        joined = " ".join("".join(s if s.isalpha() else " " for s in plain).split())
    return () if joined in UNKNOWN else tuple(joined.split())


def _folded(name: str) -> str:
    composed = unicodedata.normalize("NFKC", name.translate(_NO_APOSTROPHE)).lower()
    apart = unicodedata.normalize("NFD", composed.translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.category(sign).startswith("M"))


def in_order(parts: set[str] | tuple[str, ...]) -> str:
    """Join what is sorted by UTF-16 code unit, as JavaScript sorts."""
    if len(parts) == 1:
        return next(iter(parts))
    return " ".join(sorted(parts, key=lambda part: part.encode("utf-16-be")))


def date_of(day: str) -> date | None:
    """Read ``YYYY-MM-DD``; None where it is no day of the years 1900 to 2100."""
    found = _DAY.fullmatch(day.strip())
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def swapped(day: date) -> str | None:
    """Return the day with day and month exchanged; None where that is no other day."""
    if day.day > 12 or day.day == day.month:
        return None
    return f"{day.year:04d}-{day.day:02d}-{day.month:02d}"


def cpr(number: str) -> str | None:
    """Return a civil registration number as ten signs; None where it is none.

    Numbers given for want of a real one hold letters among the last four signs. The check
    digit is not tried: numbers given since 2007 need not obey it.
    """
    plain = "".join(
        sign for sign in number if not sign.isspace() and unicodedata.category(sign) != "Pd"
    ).upper()
    return plain if _CPR.fullmatch(plain) else None


def reference(number: str) -> str:
    """Return a sender's own number without outer and double blanks, in upper case."""
    return " ".join(unicodedata.normalize("NFC", number).split()).upper()
