"""The source line: who published most, how many rows, one checksum, one line."""

from __future__ import annotations

from collections.abc import Callable

from analysis.contracts.published import Language
from analysis.reporting.figures.sources import source_line
from analysis.reporting.figures.style import MARGIN, SMALL, WIDTH, text_width
from analysis.reporting.shown import Shown

Drawn = Callable[[str, Language], Shown]
ROWS = ("UNODC-a", "UNODC-b", "DK-c")
NAMES = {"ft": "Parliament", "ngo": "Charities"}


def test_the_line_is_one_line(full: Drawn, picture: str, language: Language) -> None:
    """A paragraph of row ids below a picture is read by nobody."""
    source = full(picture, language).picture.source
    assert text_width(source, SMALL) <= WIDTH - 2 * MARGIN


def test_every_picture_counts_its_rows(
    full: Drawn, picture: str, without_rows: tuple[str, ...]
) -> None:
    """The number in the line is the number of rows that a reader can open."""
    shown = full(picture, "en").picture
    if picture in without_rows:
        # What is invented rests on no row, and must not look as if it did.
        assert shown.source == source_line((), (), "en")
        return
    assert f" {len(shown.rows)} rows, checksum " in f" {shown.source}"


def test_the_publisher_of_most_rows_comes_first() -> None:
    """Named in the order of what a picture rests on."""
    line = source_line(ROWS, (), "en", publishers=["ngo", "ft", "ft"], names=NAMES)
    assert line.startswith("Source: Parliament; Charities. 3 rows, checksum ")


def test_publishers_without_a_name_are_others() -> None:
    """A code says nothing to a reader, and silence would claim too few sources."""
    line = source_line(ROWS, (), "da", publishers=["ft", "ft", "zz"], names=NAMES)
    assert line.startswith("Kilde: Parliament m.fl. 3 rækker, kontrolsum ")


def test_a_minor_publisher_does_not_stand_for_all() -> None:
    """Naming the one source we have words for, of many, would mislead."""
    line = source_line(ROWS, (), "en", publishers=["zz", "zz", "ft"], names=NAMES)
    assert line.startswith("3 rows, checksum ")


def test_row_ids_name_the_publisher_where_nothing_else_does() -> None:
    """Ratios and ranks hand over rows, not tables."""
    line = source_line(ROWS, (), "en")
    assert line.startswith("Source: UN Office on Drugs and Crime (UNODC) and others. 3 rows")


def test_another_figure_has_another_checksum() -> None:
    """The checksum tells whether a copied picture shows the data of today."""
    assert source_line(ROWS, (("7",),), "en") != source_line(ROWS, (("8",),), "en")


def test_a_picture_without_rows_says_so() -> None:
    """No source line would look like a forgotten one."""
    assert source_line((), (), "en") == "No rows of the published record."
