"""Tables: worded cells, row ids on each line, HTML that a screen reader can walk."""

from __future__ import annotations

import json
from pathlib import Path

from analysis.contracts import outputs
from analysis.contracts.findings import Finding
from analysis.contracts.outputs import Column, Listing
from analysis.contracts.published import Point, Series, SourceRow, Text
from analysis.contracts.values import NOT_KNOWN, interval, number
from analysis.reporting import tables
from analysis.reporting.figures import promise_grid

GOLDEN = Path(__file__).parent / "table.html"
LABEL = Text("Tiltalte", "Prosecuted")


def _series(country: str = "DNK", breakdown: str = "total", first: int = 7) -> Series:
    points = (
        Point(2003, number(first), str(first), f"{country}-{breakdown}-2003"),
        Point(2004, interval(0, 4), "<5", f"{country}-{breakdown}-2004"),
        Point(2005, NOT_KNOWN, "", f"{country}-{breakdown}-2005"),
    )
    picked = Text("UNODC dækker flest år.", "UNODC covers most years.")
    return Series("x", country, breakdown, LABEL, "persons", "", "unodc", points, (), (), picked)


def _listing(*cells: tuple[Text | str, ...]) -> Listing:
    return Listing(
        title=Text("Tiltag", "Measures"),
        columns=(
            Column("what", Text("Hvad", "What")),
            Column("days", Text("Dage", "Days"), "right"),
        ),
        cells=cells,
        rows_of=tuple((f"r{n}", "s1") for n, _ in enumerate(cells)),
        source=Text("Kilde: A & B.", "Source: A & B."),
    )


def test_the_html_is_as_read() -> None:
    """The golden file was read: caption, scopes, numbers to the right, rows, source."""
    shown = tables.rows_table("t", _listing((Text("Ophold <5", "Stay <5"), "15")), language="en")
    assert shown._repr_mimebundle_()["text/html"] + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_cells_come_in_the_language_asked_for() -> None:
    """A Danish report with an English cell is a fault a reader sees at once."""
    listing = _listing((Text("Ophold", "Stay"), "15"))
    assert tables.rows_table("t", listing, language="da").table.cells == (("Ophold", "15"),)


def test_a_table_without_lines_says_not_submitted() -> None:
    """An empty table looks like a table that failed to print."""
    table = tables.rows_table("t", _listing(), language="en").table
    assert table.cells[0][0].startswith("Not submitted")
    assert table.rows_of == ((),)


def test_a_series_shows_value_print_and_row() -> None:
    """A reader must see that 0–4 is our reading of <5."""
    table = tables.series_table("t", _series(), language="en").table
    assert table.cells == (("2003", "7", "7"), ("2004", "0–4", "<5"), ("2005", "not known", ""))
    assert table.rows_of[1] == ("DNK-total-2004",)
    assert table.note == "UNODC covers most years."
    assert table.source == "Source: UN Office on Drugs and Crime (UNODC)."


def test_countries_side_by_side_are_named_as_countries() -> None:
    """Five columns called *Prosecuted* tell nobody which is which."""
    table = tables.many_series_table("t", [_series(), _series("SWE")], language="da").table
    assert [column.label.da for column in table.columns] == ["År", "Danmark", "Sverige"]
    assert table.cells[0] == ("2003", "7", "7")
    assert table.rows_of[0] == ("DNK-total-2003", "SWE-total-2003")


def test_a_year_that_contradicts_is_marked_and_kept() -> None:
    """The contradiction in the source must be there to be seen."""
    parts = [_series(breakdown="sex=female", first=9)]
    table = tables.parts_table("t", _series(), parts, {2003: "contradicts"}, language="en").table
    assert [column.label.en for column in table.columns] == ["Part", "2003*", "2004"]
    assert table.cells[1] == ("women and girls", "9", "0–4")
    assert table.note.startswith("*")


def test_no_findings_is_said_in_words() -> None:
    """A synthesis without findings must not look finished."""
    table = tables.findings_table("t", [], language="da").table
    assert table.cells[0][0] == "Ingen resultater er registreret"


def test_findings_are_short_in_a_table() -> None:
    """Caveats stand on each finding's card: four lines a cell hide the answers."""
    question, told = Text("Hvorfor?", "Why?"), Text("Fordi.", "Because.")
    finding = Finding(
        *("plans.aim", question, "", "DNK", "A", "B", NOT_KNOWN, "", None, (), (), "document", ()),
        *("published", "E", "described", (), (), ("r1",), "", Text("Langt.", "Long."), told),
        caveats=(Text("Forbehold.", "Caveat."),),
    )
    table = tables.findings_table("t", [finding], language="en").table
    assert [column.name for column in table.columns] == [
        *("question", "verdict", "grade", "sentence", "estimate")
    ]
    assert table.cells == (("Why?", "described", "E", "Because.", ""),)
    assert table.rows_of == (("r1",),)


def test_sources_show_the_words_of_the_source() -> None:
    """Every number leads to a quote and an address."""
    row = SourceRow("r1", "f.csv", 2, LABEL, "7", "2003", "unodc", "http://a", "ord", "high", "")
    cells = tables.sources("t", [row], language="da").table.cells
    assert cells == (("r1", "Tiltalte", "7", "2003", "unodc", "ord", "http://a", "høj"),)


def test_a_table_is_its_own_mime_type_and_plain_json() -> None:
    """The executed notebook is the record: what is in it must read back."""
    shown = tables.rows_table("t", _listing((Text("Ophold", "Stay"), "15")), language="en")
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {outputs.TABLE, "text/html", "text/plain"}
    read = json.loads(json.dumps(bundle[outputs.TABLE]))
    assert read["columns"][1] == {
        "name": "days",
        "label": {"da": "Dage", "en": "Days"},
        "align": "right",
    }
    assert read["rows_of"] == [["r0", "s1"]]


def test_a_picture_is_told_in_json_and_drawn_beside_it() -> None:
    """The drawing stands once in each format, never inside the JSON."""
    shown = promise_grid("p", [{"subject_en": "Shelter", "rows": "r1;r2"}], language="en")
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {outputs.FIGURE, "image/svg+xml", "image/png", "text/plain"}
    told = bundle[outputs.FIGURE]
    assert set(told) == {
        *("id", "language", "title", "subtitle", "alt", "source", "columns", "data", "rows")
    }
    assert told["rows"] == ["r1", "r2"]
    assert bundle["image/png"].startswith("iVBOR")
    assert set(shown._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}
