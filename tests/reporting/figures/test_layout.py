"""Every picture: no text cut or covered, full width, and words where there is no data."""

from __future__ import annotations

import struct
from collections.abc import Callable

from analysis.contracts.published import Language
from analysis.reporting.shown import Shown, TextBox

Drawn = Callable[[str, Language], Shown]
# Line boxes are taller than letters: this much overlap of boxes covers no ink.
ACROSS, DOWN = 1.0, 2.5


def _size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def _covers(one: TextBox, other: TextBox) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > ACROSS and down > DOWN


def _covered(boxes: tuple[TextBox, ...]) -> list[tuple[str, str]]:
    pairs = [(one, other) for turn, one in enumerate(boxes) for other in boxes[turn + 1 :]]
    return [(one.words, other.words) for one, other in pairs if _covers(one, other)]


def _cut(shown: Shown) -> list[str]:
    width, height = _size(shown.picture.png)
    return [
        box.words
        for box in shown.boxes
        if box.left < 0 or box.top < 0 or box.right > width or box.bottom > height
    ]


def test_no_text_leaves_the_picture(full: Drawn, picture: str, language: Language) -> None:
    """A label cut at the edge is a number a reader cannot check."""
    assert _cut(full(picture, language)) == []


def test_no_text_covers_another(full: Drawn, picture: str, language: Language) -> None:
    """Two labels on one place read as neither; Danish words are longer than English ones."""
    assert _covered(full(picture, language).boxes) == []


def test_every_picture_is_as_wide_as_the_page(
    full: Drawn, picture: str, language: Language
) -> None:
    """One width keeps letters of one size through the whole report."""
    assert _size(full(picture, language).picture.png)[0] == 1220


def test_a_country_without_submissions_gets_words(
    empty: Drawn, picture: str, language: Language
) -> None:
    """An empty panel looks like a result of zero; silence must be said."""
    shown = empty(picture, language)
    said = " ".join(box.words for box in shown.boxes).lower()
    silent = {
        "da": ("ikke indsendt", "ingen placering", "ingen resultater", "ingen kurve"),
        "en": ("not submitted", "no rank", "no findings", "no curve"),
    }
    assert any(words in said for words in silent[language])
    assert (_cut(shown), _covered(shown.boxes)) == ([], [])


def test_ratios_without_limits_or_numbers_cover_nothing(
    odd_ratios: dict[str, Callable[[Language], Shown]], language: Language
) -> None:
    """A country with 0 before the plan has a ratio without an upper end."""
    for draw in odd_ratios.values():
        shown = draw(language)
        assert (_cut(shown), _covered(shown.boxes)) == ([], [])


def test_the_check_sees_an_overlap() -> None:
    """A layout test that cannot fail would prove nothing."""
    boxes = (TextBox("a", 0, 0, 20, 12), TextBox("b", 10, 4, 30, 16), TextBox("c", 40, 0, 50, 12))
    assert _covered(boxes) == [("a", "b")]


def test_a_foreign_pair_of_periods_covers_nothing(
    abroad: Callable[[str, Language], Shown], language: Language
) -> None:
    """Periods without plans have long names; a country has other gaps than ours."""
    for name in ("plan_timeline", "yearly_counts", "finding_board", "parts_by_year"):
        shown = abroad(name, language)
        assert (_cut(shown), _covered(shown.boxes)) == ([], [])
