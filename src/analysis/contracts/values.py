"""What a cell of the record can be: a number, an interval, or one of three silences."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from analysis.errors import DataError

Kind = Literal["number", "interval", "not_known", "not_applicable", "suppressed"]

_SILENT: dict[str, Kind] = {
    "": "not_known",
    "not known": "not_known",
    "not applicable": "not_applicable",
    "suppressed": "suppressed",
}
_NUMBER = r"\d+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Value:
    """One cell: ``low == high`` for a number; bounds for an interval; neither for a silence.

    ``high`` is infinite where a source only says "more than". The five kinds are
    different things and never stand in for each other: a missing figure is not 0.
    """

    kind: Kind
    low: float | None = None
    high: float | None = None

    @property
    def known(self) -> bool:
        """Whether the value has bounds (a number or an interval)."""
        return self.kind in ("number", "interval")

    @property
    def exact(self) -> bool:
        """Whether the value is a single number."""
        return self.kind == "number"

    @property
    def bounds(self) -> tuple[float, float]:
        """Return ``(low, high)``; raise where there is nothing to bound."""
        if self.low is None or self.high is None:
            raise DataError(
                f"value: {self.kind.replace('_', ' ')} has no bounds. "
                "Ask `known` first, or report the silence."
            )
        return self.low, self.high


NOT_KNOWN = Value("not_known")
NOT_APPLICABLE = Value("not_applicable")
SUPPRESSED = Value("suppressed")


def number(amount: float) -> Value:
    """Make an exact value of one number (>= 0)."""
    return Value("number", float(amount), float(amount))


def interval(low: float, high: float) -> Value:
    """Make a value of two bounds; equal bounds give a number."""
    if low > high:
        raise DataError("value: an interval has its lower bound above its upper. Swap the two.")
    return number(low) if low == high else Value("interval", float(low), float(high))


def parse(text: str) -> Value:
    """Read one cell as a source prints it.

    ``"7"`` and ``"1,222"`` are numbers, ``"<5"`` is 0 to 4, ``"<=5"`` is 0 to 5,
    ``">35"`` is 36 or more, ``">=3"`` is 3 or more, ``"60-93"`` is an interval;
    an empty cell is *not known*. Thousands may carry a comma, decimals a point.

    Raises
    ------
    DataError
        If the text is none of these. A decimal comma or a minus sign is refused.
    """
    cell = text.strip()
    if cell.lower() in _SILENT:
        return Value(_SILENT[cell.lower()])
    plain = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", cell)
    if re.fullmatch(_NUMBER, plain):
        return number(float(plain))
    if found := re.fullmatch(rf"({_NUMBER})\s*[-\u2013]\s*({_NUMBER})", plain):
        return interval(float(found[1]), float(found[2]))
    if found := re.fullmatch(rf"(<=|>=|<|>)\s*({_NUMBER})", plain):
        return _one_sided(found[1], float(found[2]))
    raise DataError(
        "value: a cell is neither a number, an interval nor a silence. Write 7, 0.5, <5, >=3, "
        "60-93, 'not known', 'not applicable' or 'suppressed'."
    )


def _one_sided(sign: str, bound: float) -> Value:
    if sign == "<":
        return interval(0, max(bound - 1, 0))
    if sign == "<=":
        return interval(0, bound)
    return interval(bound + 1 if sign == ">" else bound, math.inf)


def total(values: Iterable[Value]) -> Value:
    """Add values; one silence makes the whole sum *not known*, never a partial sum."""
    low = high = 0.0
    empty = True
    for value in values:
        empty = False
        if value.low is None or value.high is None:
            return NOT_KNOWN
        low, high = low + value.low, high + value.high
    return NOT_KNOWN if empty else interval(low, high)
