"""Pictures are the same bytes every time, and carry nothing of the machine that drew them."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable

from analysis.contracts.published import Language
from analysis.reporting import figures
from analysis.reporting.shown import Shown

Drawn = Callable[[str, Language], Shown]
ELSEWHERE = """
import hashlib, matplotlib
matplotlib.rcParams.update({"font.size": 33, "svg.fonttype": "none", "axes.facecolor": "red"})
from analysis.reporting import figures
shown = figures.promise_grid("a", [%r], language="da")
print(hashlib.sha256(shown.picture.svg.encode() + shown.picture.png).hexdigest())
"""
ROW = {"subject_da": "Krisecenter", "promised_da": "plads til alle", "owed_da": "centret"}


def _digest(shown: Shown) -> str:
    return hashlib.sha256(shown.picture.svg.encode() + shown.picture.png).hexdigest()


def test_another_process_with_other_settings_draws_the_same_bytes() -> None:
    """Two builds of one state must be equal, whatever a user set in matplotlib."""
    here = _digest(figures.promise_grid("a", [ROW], language="da"))
    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE % ROW],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
    )
    assert there.stdout.strip() == here


def test_drawing_again_changes_no_byte(
    draw: dict[str, Callable[[Language], Shown]], full: Drawn, picture: str
) -> None:
    """Hatches, markers, curves and halos are where random ids would creep in."""
    assert _digest(draw[picture]("en")) == _digest(full(picture, "en"))


def test_the_svg_names_no_date_and_no_program(full: Drawn, picture: str) -> None:
    """A date in a file would change it at every build."""
    svg = full(picture, "en").picture.svg
    assert not re.search(r"metadata|<!--|dc:date|matplotlib", svg, flags=re.I)


def test_the_png_holds_only_the_picture(full: Drawn, picture: str) -> None:
    """Text chunks of a PNG name program and version."""
    png = full(picture, "da").picture.png
    assert not any(kind in png for kind in (b"tEXt", b"iTXt", b"zTXt", b"tIME"))


def test_ids_in_the_svg_are_its_own(full: Drawn, picture: str) -> None:
    """Several pictures stand on one page: shared ids would mix up their clips and names."""
    svg = full(picture, "da").picture.svg
    ids = re.findall(r'\bid="([^"]+)"', svg)
    used = re.findall(r'(?:url\(#|href="#)([^")]+)', svg)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("a-da-") for name in ids)
    assert set(used) <= set(ids)


def test_words_of_the_data_are_escaped_in_the_svg() -> None:
    """A quote with < or & in it must not break the page."""
    row = {"subject_en": "a < b & c", "promised_en": "x", "delivered_en": "y", "rows": "r"}
    assert "a &lt; b &amp; c" in figures.promise_grid("a", [row], language="en").picture.svg
