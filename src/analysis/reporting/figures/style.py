"""Colours, sizes and marks that every picture shares."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from analysis.contracts.published import Plan

WIDTH = 1220
DPI = 100
MARGIN = 26.0

# Sizes in points; 9-10 pt stays readable when the picture fills a page of A4.
TITLE, SUBTITLE, BODY, SMALL = 14.0, 10.0, 9.5, 9.0
LEADING = 1.34

# Okabe & Ito (2008): told apart by colour-blind readers; words use darker tones
# of the same hues, as small text needs a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).
BLUE, ORANGE = "#0072B2", "#D55E00"
BLUE_TEXT, ORANGE_TEXT = "#00598C", "#A34700"
# The two differ in lightness as well, so that the plans' years are told apart in grey.
PALE_BLUE, PALE_ORANGE = "#CFE4F2", "#FDF0E6"
TINT = "#FAE0CE"
INK, GREY, LINE, GRID, PALE = "#222222", "#5F5F5F", "#8A8A8A", "#E4E4E4", "#F3F3F3"
HATCH = "////"

SETTINGS = {
    "svg.fonttype": "path",
    "svg.image_inline": True,
    "text.hinting": "none",
    "text.antialiased": True,
    "path.simplify": False,
    "hatch.linewidth": 0.7,
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one plan is drawn: colour, colour of words, shade of its span, marker."""

    colour: str
    words: str
    shade: str
    marker: str


LOOKS = (
    Look(BLUE, BLUE_TEXT, PALE_BLUE, "o"),
    Look(ORANGE, ORANGE_TEXT, PALE_ORANGE, "D"),
    Look("#555555", "#444444", PALE, "s"),
)
OUTSIDE = Look("#777777", GREY, "#FFFFFF", "s")


def main_plans(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """Return the plans that are compared, without those that only amend another."""
    return tuple(plan for plan in plans if plan.amends is None)


def look(plans: Sequence[Plan], plan_id: str) -> Look:
    """Return the look of a plan; an amendment looks like the plan it amends."""
    owner = {plan.id: plan.amends or plan.id for plan in plans}.get(plan_id, plan_id)
    order = [plan.id for plan in main_plans(plans)]
    return LOOKS[min(order.index(owner), len(LOOKS) - 1)] if owner in order else OUTSIDE


def look_of_year(plans: Sequence[Plan], year: int) -> Look:
    """Return the look of the plan whose compared years hold ``year``."""
    for plan in main_plans(plans):
        if year in plan.years:
            return look(plans, plan.id)
    return OUTSIDE


def font(weight: str = "normal", size: float = BODY, slant: str = "normal") -> FontProperties:
    """Return the one font that matplotlib always brings."""
    return FontProperties(
        family="DejaVu Sans",
        weight=weight,
        size=size,
        style="italic" if slant == "italic" else "normal",
    )


@cache
def text_width(words: str, size: float = BODY, weight: str = "normal") -> float:
    """Measure one line of words in pixels."""
    width, _, _ = text_to_path.get_text_width_height_descent(words, font(weight, size), False)
    return float(width) * DPI / 72


def line_height(size: float) -> float:
    """Return the distance of two lines of ``size`` points, in pixels."""
    return size * DPI / 72 * LEADING


def wrap(words: str, width: float, size: float = BODY, weight: str = "normal") -> list[str]:
    """Break words into lines of at most ``width`` pixels; a word too long is cut with a hyphen."""
    found: list[str] = []
    line, left = "", words.split(" ")
    while left:
        fitting = _fitting(line, left, width, size, weight)
        line = _joined(line, left[:fitting])
        if fitting == len(left):
            break
        if line:
            found.append(line)
        *pieces, line = _cut(left[fitting], width, size, weight)
        found.extend(pieces)
        left = left[fitting + 1 :]
    return [*found, line] if line or not found else found


def _fitting(line: str, more: Sequence[str], width: float, size: float, weight: str) -> int:
    """Count how many of ``more`` words stand on a line that has begun.

    Measuring is slow, so the widths of single letters say how many that should be, and
    the line is measured with so many and with one more: more words are never narrower.
    """
    ends = accumulate(
        (_roughly(f" {word}", size, weight) for word in more), initial=_roughly(line, size, weight)
    )
    count = min(sum(end <= width for end in ends), len(more))

    def fits(number: int) -> bool:
        return text_width(_joined(line, more[:number]), size, weight) <= width

    while count and not fits(count):
        count -= 1
    while count < len(more) and fits(count + 1):
        count += 1
    return count


def _joined(line: str, more: Sequence[str]) -> str:
    # Blanks that a line would begin with are dropped.
    return " ".join([line, *more]) if line else " ".join(more).lstrip(" ")


def _roughly(words: str, size: float, weight: str) -> float:
    """Add up the widths of single letters: near the width of the words, which letters share."""
    return size / BODY * sum(_letter_width(letter, weight) for letter in words)


@cache
def _letter_width(letter: str, weight: str) -> float:
    return text_width(f"n{letter}n", BODY, weight) - text_width("nn", BODY, weight)


def _cut(word: str, width: float, size: float, weight: str) -> list[str]:
    pieces = []
    while text_width(word, size, weight) > width and len(word) > 4:
        longest = len(word) - 3
        fitting = bisect_right(
            range(4, longest + 1), width, key=lambda end: text_width(f"{word[:end]}-", size, weight)
        )
        end = min(3 + fitting, longest)
        joint = "" if word[end - 1] in "-/" else "-"
        pieces.append(word[:end] + joint)
        word = word[end:]
    return [*pieces, word]
