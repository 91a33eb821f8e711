"""Tables of invented numbers: labelled in title, note and every line, whoever shows them."""

from __future__ import annotations

import pytest

from analysis.contracts.outputs import TABLE, Column, Listing
from analysis.contracts.published import LANGUAGES, Language, Text
from analysis.language import words
from analysis.reporting import tables

PLAIN = Listing(
    title=Text("svar", "answers"),
    columns=(Column("world", Text("Verden", "World")),),
    cells=(("a",), ("b",)),
    rows_of=((), ()),
    source=Text("", ""),
)
INVENTED = Listing(
    PLAIN.title, PLAIN.columns, PLAIN.cells, PLAIN.rows_of, PLAIN.source, basis="synthetic"
)


@pytest.mark.parametrize("told", LANGUAGES)
def test_a_synthetic_listing_is_labelled_by_the_room_that_shows_it(told: Language) -> None:
    """A label that each caller must remember is forgotten once, and then quoted."""
    table = tables.rows_table("a", INVENTED, language=told).table
    assert table.title.startswith(words.say("simulation.label", told))
    assert table.note.startswith(words.say("simulation.note", told))
    assert table.columns[-1].name == "basis"
    assert {line[-1] for line in table.cells} == {words.say("simulation.basis", told)}


def test_the_label_goes_along_into_what_is_exported() -> None:
    """The CSV is written from this payload: a line copied out of it still says synthetic."""
    bundle = tables.rows_table("a", INVENTED, language="en")._repr_mimebundle_()
    assert all(line[-1] == "synthetic" for line in bundle[TABLE]["cells"])
    assert "Synthetic: answers" in bundle["text/html"]


def test_a_published_listing_bears_no_such_label() -> None:
    """A label on everything says nothing."""
    table = tables.rows_table("a", PLAIN, language="en").table
    assert table.title == "answers"
    assert [column.name for column in table.columns] == ["world"]
