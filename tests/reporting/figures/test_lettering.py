"""A line of words: drawn as matplotlib would, only sooner; broken as word by word, only sooner."""

from __future__ import annotations

import io
from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from matplotlib import style as mpl_style
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from analysis.reporting.figures.lettering import Line
from analysis.reporting.figures.style import BODY, SETTINGS, font, text_width, wrap

Kind = type[Text]
SHORT = st.text("abcdfgijklmnorstuvæøå.,;:-()019AVWTfi", max_size=12)


def _drawn(kind: Kind, words: str, ha: str, *, halo: bool, form: str) -> bytes:
    with mpl_style.context({**SETTINGS, "svg.hashsalt": "one"}, after_reset=True):
        figure = Figure(figsize=(4, 2), dpi=100)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 400), ylim=(200, 0))
        written = kind(
            200.3,
            91.7,
            words,
            ha=ha,
            va="baseline",
            color="#A34700",
            fontproperties=font("bold", BODY),
            parse_math=False,
            transform=axes.transData,
        )
        if halo:
            written.set_path_effects([withStroke(linewidth=3, foreground="white")])
        axes.add_artist(written)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=form, metadata={"Date": None} if form == "svg" else {})
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["svg", "png"])
@pytest.mark.parametrize("halo", [False, True])
@pytest.mark.parametrize("ha", ["left", "center", "right"])
def test_a_line_gives_the_bytes_of_a_text_of_matplotlib(ha: str, halo: bool, form: str) -> None:
    """Drawing faster must change no picture that anybody has cited or compared."""
    words = "AV: 19 ofre (2007-2010), ikke oplyst"
    ours, theirs = (_drawn(kind, words, ha, halo=halo, form=form) for kind in (Line, Text))
    assert ours == theirs


def test_the_comparison_of_bytes_would_see_a_line_elsewhere() -> None:
    """A comparison that finds everything equal shows nothing."""
    left, right = (_drawn(Line, "19 ofre", ha, halo=False, form="svg") for ha in ("left", "right"))
    assert left != right


@settings(max_examples=60, deadline=None)
@given(
    st.lists(SHORT, max_size=25),
    st.sampled_from([40.0, 90.0, 200.0, 1000.0]),
    st.sampled_from([9.0, 14.0]),
    st.sampled_from(["normal", "bold"]),
)
def test_words_are_broken_as_if_each_were_tried_in_turn(
    parts: list[str], width: float, size: float, weight: str
) -> None:
    """Guessing where a line ends saves measuring; it must not move a word."""
    words = " ".join(parts)

    def fits(line: str) -> bool:
        return text_width(line, size, weight) <= width

    assert wrap(words, width, size, weight) == _in_turn(words, fits)


def _in_turn(words: str, fits: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}" if line else word
        if fits(longer):
            line = longer
            continue
        found += [line] if line else []
        *pieces, line = _cut(word, fits)
        found += pieces
    return [*found, line] if line or not found else found


def _cut(word: str, fits: Callable[[str], bool]) -> list[str]:
    pieces = []
    while not fits(word) and len(word) > 4:
        end = len(word) - 3
        while end > 3 and not fits(f"{word[:end]}-"):
            end -= 1
        pieces.append(word[:end] + ("" if word[end - 1] in "-/" else "-"))
        word = word[end:]
    return [*pieces, word]
