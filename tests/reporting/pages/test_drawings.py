"""document: figures whose words are words, cut where a page ends, and tables that fit."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.image import imsave

from analysis.contracts.outputs import Picture
from analysis.reporting.document import drawings, lettering
from analysis.reporting.document.widths import shares


@pytest.fixture(scope="module")
def drawn() -> Iterator[str]:
    """Draw two words as matplotlib draws them for the report: as outlines."""
    with mpl.rc_context(
        {"svg.fonttype": "path", "svg.hashsalt": "x", "font.family": "DejaVu Sans"}
    ):
        figure = Figure(figsize=(4, 2))
        figure.text(0.1, 0.5, "Tæl & vis <5", size=12)
        figure.text(0.1, 0.2, "Fed", size=9, weight="bold", rotation=90)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
        yield file.getvalue().decode("utf-8")


def test_outlined_words_become_text(drawn: str) -> None:
    """A committee that searches the PDF for a name must also find it in the figures."""
    lettered = lettering.as_text(drawn)
    assert ">Tæl &amp; vis &lt;5</text>" in lettered
    assert re.search(r'font-weight="bold" [^>]*font-size="9"[^>]*>Fed</text>', lettered)
    assert "<use" not in lettered


def test_a_drawing_with_a_strange_glyph_stays_as_it_is(drawn: str) -> None:
    """Half the words as text and half without their outlines would be a broken figure."""
    strange = drawn.replace("DejaVuSans-Bold-", "DejaVuSans-Bold-ffff")
    assert lettering.as_text(strange) == strange


def _picture(height: int, lines: list[int]) -> Picture:
    """Draw a picture 100 wide, with dark points on the given lines."""
    pixels = np.ones((height, 100, 3))
    for line in lines:
        pixels[line, ::2] = 0
    png = io.BytesIO()
    imsave(png, pixels, format="png")
    svg = f'<svg width="100pt" height="{height}pt" viewBox="0 0 100 {height}"><g/></svg>'
    nothing: tuple[str, ...] = ()
    return Picture("p", "en", "t", "", "a", "s", nothing, (), nothing, svg, png.getvalue())


def test_a_picture_that_fits_on_a_page_stays_whole() -> None:
    """Nobody should turn a page inside a figure without need."""
    (whole,) = drawings.pieces(_picture(120, []))
    assert (whole.place, whole.of) == (1, 1)


def test_a_tall_picture_is_cut_between_its_lines() -> None:
    """A cut through a row of words would leave half letters on two pages."""
    words = [line for line in range(200) if line % 12 < 8]
    pieces = drawings.pieces(_picture(200, words))
    tops = [_window(piece.svg)[0] for piece in pieces]
    assert len(pieces) == 2
    assert all(round(top) % 12 >= 8 for top in tops[1:])


@given(st.integers(130, 900))
def test_pieces_cover_the_whole_picture_and_fit_on_a_page(height: int) -> None:
    """What falls between two pieces would be missing from the report without a trace."""
    windows = [_window(piece.svg) for piece in drawings.pieces(_picture(height, []))]
    assert windows[0][0] == 0
    for (top, tall), (below, _) in pairwise(windows):
        assert top + tall == pytest.approx(below, abs=0.02)
    assert sum(windows[-1]) == pytest.approx(height, abs=0.02)
    assert all(tall <= 100 * drawings.TALLEST + 1 for _, tall in windows)


def _window(svg: str) -> tuple[float, float]:
    box = re.search(r'viewBox="\S+ (\S+) \S+ (\S+)"', svg)
    assert box is not None
    return float(box[1]), float(box[2])


def test_a_narrow_table_keeps_its_natural_widths() -> None:
    """Four short columns spread over a page are hard to read along."""
    assert shares([["Year", "2003"], ["Value", "7"]]) == [0, 0]


def test_the_longest_sentences_get_the_widest_column() -> None:
    """A judgement of 150 words set three words a line made a report of 346 pages."""
    sentence = "word " * 60
    grade, said, refs = shares([["Grade", "E"], ["Finding", sentence], ["Source", "[1-3, 7]"]])
    assert said > 3 * (grade + refs)


words = st.text(alphabet="abc ", min_size=0, max_size=200)
tables = st.integers(1, 8).flatmap(
    lambda lines: st.lists(st.lists(words, min_size=lines + 1, max_size=lines + 1), min_size=1,
                           max_size=9)
)  # fmt: skip


@given(tables)
def test_every_column_has_some_width(columns: list[list[str]]) -> None:
    """A column without width would print its words over its neighbour's."""
    found = shares(columns)
    assert len(found) == len(columns)
    assert all(width == 0 for width in found) or all(width > 0 for width in found)
