"""A drawn figure in, the same SVG and PNG every time out, with the places of its texts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

from matplotlib import style as mpl_style
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.reporting.figures.style import DPI, SETTINGS
from analysis.reporting.shown import TextBox


@dataclass(frozen=True, slots=True)
class Files:
    """One picture as SVG and PNG; ``measure`` says where its texts stand."""

    svg: str
    png: bytes
    measure: Callable[[], tuple[TextBox, ...]]


def write_files(figure: Figure, texts: Sequence[Text], name: str, title: str, told: str) -> Files:
    """Write a figure without dates, versions or settings of the machine.

    Parameters
    ----------
    name : str
        Unique on a page: prefix of every id in the SVG, and salt of its hashes.
    title, told : str
        Name and text alternative, written into the SVG for screen readers.
    """
    with _settled(name):
        svg, png = _svg(figure, name, title, told), _png(figure)
    # A canvas keeps every pixel it drew, and the figure keeps its canvas.
    FigureCanvasBase(figure)

    def measure() -> tuple[TextBox, ...]:
        with _settled(name):
            return _boxes(figure, texts)

    return Files(svg, png, measure)


@contextmanager
def _settled(name: str) -> Iterator[None]:
    with mpl_style.context({**SETTINGS, "svg.hashsalt": name}, after_reset=True):
        yield


def _svg(figure: Figure, name: str, title: str, told: str) -> str:
    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=nothing)
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = _without(_without(drawn, "<metadata>", "</metadata>"), "<!--", "-->")
    head, _, rest = _own_ids(drawn, name).partition(">")
    return (
        f'{head} role="img" aria-labelledby="{name}-title">'
        f'<title id="{name}-title">{escape(title)}</title><desc>{escape(told)}</desc>{rest}'
    )


def _without(drawn: str, begin: str, end: str) -> str:
    """Take out what stands between two marks, with the marks and the blanks before them."""
    # An expression tries each blank of a megabyte anew.
    first, *others = drawn.split(begin)
    kept = [first, *(other.partition(end)[2] for other in others)]
    return "".join([*(part.rstrip() for part in kept[:-1]), kept[-1]])


def _own_ids(drawn: str, name: str) -> str:
    """Prefix every id, as a page may hold several pictures."""
    drawn = re.sub(r'\bid="', f'id="{name}-', drawn)
    drawn = drawn.replace('href="#', f'href="#{name}-')
    return drawn.replace("url(#", f"url(#{name}-")


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def _boxes(figure: Figure, texts: Sequence[Text]) -> tuple[TextBox, ...]:
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    height = figure.get_size_inches()[1] * DPI
    found = []
    for text in texts:
        place = text.get_window_extent(renderer)
        words = text.get_text()
        found.append(TextBox(words, place.x0, height - place.y1, place.x1, height - place.y0))
    return tuple(found)
