"""A drawing whose words are outlines in, the same drawing with words that are text out.

matplotlib draws each letter as a path, so that a figure looks the same in every
browser. In a PDF that costs a megabyte and hides the words from search. The paths
are named by font and glyph, so they can be read back.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import matplotlib
from matplotlib.ft2font import FT2Font

FOLDER: Final = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_FONTS: Final = {
    "DejaVuSans": ("DejaVu Sans", "normal", "normal"),
    "DejaVuSans-Bold": ("DejaVu Sans", "bold", "normal"),
    "DejaVuSans-Oblique": ("DejaVu Sans", "normal", "italic"),
    "DejaVuSans-BoldOblique": ("DejaVu Sans", "bold", "italic"),
}
_UNITS: Final = 100  # a glyph is drawn 100 units to the em
_WORD = re.compile(
    r"<g(?P<style>(?: style=\"[^\"]*\")?) transform=\"(?P<put>[^\"]*?) ?"
    r"scale\((?P<scale>[\d.]+) -[\d.]+\)\">\s*(?:<defs>.*?</defs>)?\s*"
    r"(?P<glyphs>(?:<use [^>]*/>\s*)+)</g>",
    re.DOTALL,
)
_GLYPH = re.compile(
    r"<use xlink:href=\"#[^\"]*?(?P<font>DejaVuSans(?:-[A-Za-z]+)?)-(?P<at>[0-9a-f]+)\""
)


def as_text(svg: str) -> str:
    """Turn outlined words into text; a drawing with any glyph that cannot be read stays whole."""
    try:
        lettered = _WORD.sub(_text, svg)
    except KeyError:
        return svg
    # An outline that is still used would have lost its definition.
    return svg if _GLYPH.search(lettered) else lettered


def _text(word: re.Match[str]) -> str:
    glyphs = _GLYPH.findall(word["glyphs"])
    if len({font for font, _ in glyphs}) != 1 or len(glyphs) != word["glyphs"].count("<use "):
        raise KeyError(word["glyphs"])
    family, weight, slant = _FONTS[glyphs[0][0]]
    said = "".join(_letters(glyphs[0][0])[int(at, 16)] for _, at in glyphs)
    size = _UNITS * float(word["scale"])
    return (
        f'<text transform="{word["put"]}"{word["style"]} font-family="{family}" '
        f'font-weight="{weight}" font-style="{slant}" font-size="{size:g}" '
        f'xml:space="preserve">{escape(said)}</text>'
    )


@cache
def _letters(font: str) -> dict[int, str]:
    """Return the letter that each glyph of a font draws."""
    known: dict[int, str] = {}
    for letter, glyph in FT2Font(str(FOLDER / f"{font}.ttf")).get_charmap().items():
        known.setdefault(glyph, chr(letter))
    return known
