"""Words in, the numbers that are one out: intervals, errors, spans of years, shares."""

from __future__ import annotations

import re

_PERCENT = r"[\s\u00a0]?%"
_NUMBER = r"[+\u2212<>]?\d+(?:[.,]\d+)*(?:" + _PERCENT + ")?"
_JOINT = r"(?:\s?[-\u2013\u00b1]\s?|\s(?:til|to)\s)"

WHOLE = re.compile(
    rf"(?<![\w./-])(?:{_NUMBER}(?:{_JOINT}{_NUMBER}){{1,2}}(?![\w/])|\d+(?:[.,]\d+)*{_PERCENT})"
)
"""Two or three numbers that are one, or a share with its sign: half of it misleads."""


def held_together(text: str) -> str:
    """Put spaces that break no line inside what is one."""
    return WHOLE.sub(lambda found: found.group().replace(" ", "\N{NO-BREAK SPACE}"), text)
