"""A range as text in (``2002..2006``), its two ends out.

Both ends belong to the range, and both are there: whole numbers, decimals
(``0.5..0.9``) or dates (``2002-01-01..2006-12-31``).
"""

from __future__ import annotations

from analysis.engine.notebook.scalars import Misfit, fit_scalar, told

# Each kind of range with what a user is told to give; narrow before wide.
RANGES = {
    "range[int]": "a range of whole numbers, as 2002..2006",
    "range[date]": "a range of dates, as 2002-01-01..2006-12-31",
    "range[float]": "a range of numbers, as 0.5..0.9",
}
_BETWEEN = ".."

End = int | float | str


def ends(text: str) -> tuple[End, End]:
    """Return the two ends of a range, low before high; a date stays a text, YYYY-MM-DD.

    For notebooks: a parameter that is a range is given as text.

    Raises
    ------
    Misfit
        If the text is no range, has an open end, or ends before it begins.

    Examples
    --------
    >>> first, last = ends("2002..2006")
    >>> last - first
    4
    """
    kind = kind_of(text)
    if kind is None:
        raise Misfit(_why_not(text))
    return _ends(text, kind)


def kind_of(text: str) -> str | None:
    """Name the kind of range that a text is (a key of `RANGES`); ``None`` if it is none.

    Raises
    ------
    Misfit
        If it is one that ends before it begins.
    """
    for kind in RANGES:
        try:
            fit_range(text, kind)
        except _EndsFirst:
            raise
        except Misfit:
            continue
        return kind
    return None


def fit_range(value: object, kind: str) -> str:
    """Return a range in its one way of writing, so that equal ranges are equal texts.

    Raises
    ------
    Misfit
        If ``value`` is not a range of that kind.
    """
    if not isinstance(value, str):
        raise Misfit(told(value))
    low, high = _ends(value, kind)
    return f"{low}{_BETWEEN}{high}"


class _EndsFirst(Misfit):
    """A range of which the second end lies before the first."""


def _ends(text: str, kind: str) -> tuple[End, End]:
    parts = [part.strip() for part in text.split(_BETWEEN)]
    # Three dots could be a decimal point on either side.
    if len(parts) != 2 or "..." in text or not all(parts):
        raise Misfit(_why_not(text))
    inner = kind.removeprefix("range[").removesuffix("]")
    low, high = (fit_scalar(part, inner) for part in parts)
    if low > high:  # type: ignore[operator]  # both are of one type that has an order
        raise _EndsFirst("a range that ends before it begins")
    return low, high  # type: ignore[return-value]


def _why_not(text: str) -> str:
    first, between, last = text.partition(_BETWEEN)
    if between and not (first.strip() and last.strip()):
        return "a range with an open end"
    return told(text)
