"""The tables of recommendations: followed, answered, left lying; and measures nobody asked for."""

from __future__ import annotations

from typing import Any

from analysis.contracts.outputs import Listing
from analysis.contracts.published import Text
from analysis.language import words
from analysis.places import Places
from analysis.study import open_study

NAMES = ("trace", "answers", "unanswered", "orphans")


def _open(places: Places) -> Any:
    return open_study("DK-2002", "DK-2007", country="DNK", language="en", places=places)


def _line(listing: Listing, row: str) -> tuple[str, ...]:
    """The cells, in English, of the first line that rests on a row."""
    lines = zip(listing.cells, listing.rows_of, strict=True)
    cells = next(cells for cells, rows in lines if rows[0] == row)
    return tuple(cell.en if isinstance(cell, Text) else cell for cell in cells)


def test_every_recommendation_of_the_record_is_followed(danish: Any) -> None:
    """One that falls out of the table is one nobody will ask about."""
    table = danish.table("evaluation_findings")
    asked = set(table[table["direction"] == "recommendation"]["row_id"])
    listing = danish.listing("trace")
    assert {rows[0] for rows in listing.rows_of} == asked
    assert len(listing.cells) == len(asked)
    assert f": {len(asked)} (" in listing.note.en


def test_owner_and_status_are_the_sources_own(danish: Any) -> None:
    """Who was to do it is taken from a measure's row, word for word, never from us."""
    measures = danish.table("measures").set_index("row_id")
    listing = danish.listing("answers")
    assert listing.cells
    for cells, rows in zip(listing.cells, listing.rows_of, strict=True):
        row = measures.loc[rows[-1]]
        assert cells[3:] == (
            Text(row["body_da"], row["body_en"]),
            Text(row["status_da"], row["status_en"]),
        )


def test_every_step_of_the_trace_reaches_the_reader(danish: Any) -> None:
    """A tie that is coded and not shown is neither checked nor missed."""
    shown = {row for rows in danish.listing("trace").rows_of for row in rows}
    assert set(danish.table("trace")["row_id"]) <= shown
    assert set(danish.table("trace")["target"]) <= shown


def test_a_tie_rests_on_the_words_of_the_row_that_it_leads_to(danish: Any) -> None:
    """A quote that its own source does not hold would be ours, not the source's."""
    for step in danish.table("trace").to_dict("records"):
        target = danish.row(step["target"])
        assert step["source_url"] == target.source_url, step["row_id"]
        assert step["quote"] in target.quote, step["row_id"]


def test_not_traced_and_unanswered_are_told_apart(danish: Any) -> None:
    """'Nobody answered' is an accusation; 'we found nothing' is a gap of ours."""
    listing = danish.listing("unanswered")
    silent = _line(listing, "DK-E-37")
    assert silent[2].startswith("Not traced")
    assert silent[3] == "nothing found"
    mentioned = _line(listing, "DK-E-39")
    assert mentioned[2].startswith("Unanswered")
    assert mentioned[3] != "nothing found"


def test_parliaments_order_was_answered_in_words(danish: Any) -> None:
    """Two ministers replied in 2008; no source calls anything the measuring of the effect."""
    line = _line(danish.listing("trace"), "DK-E-08")
    assert line[3].startswith("Answered in words")
    assert "no measured effect was seen" in line[2]
    ties = [cells[2] for cells, rows in zip(*_answers(danish), strict=True) if rows[0] == "DK-E-08"]
    assert set(ties) == {words.text("evaluations.tie_same_subject")}


def _answers(study: Any) -> tuple[Any, Any]:
    listing = study.listing("answers")
    return listing.cells, listing.rows_of


def test_where_only_words_answer_the_speaker_is_named(places: Places, edit: Any) -> None:
    """A reply has an owner too."""
    edit(
        "trace",
        lambda rows: rows.__setitem__(
            slice(None), [row for row in rows if row["target"] in ("DK-E-06", "DK-E-07")]
        ),
    )
    line = _line(_open(places).listing("trace"), "DK-E-08")
    assert line[1].startswith("Minister for Gender Equality 2008")
    assert _line(_open(places).listing("trace"), "DK-E-01")[1] == "no measure found"


def test_orphans_are_measures_of_the_later_plan(danish: Any) -> None:
    """The earlier plan could not answer what was said of it later."""
    measures = danish.table("measures").set_index("row_id")
    rows = [row for rows in danish.listing("orphans").rows_of for row in rows]
    plans = set(danish.with_amendments(danish.current))
    assert rows
    assert {measures.loc[row, "plan_id"] for row in rows} <= plans
    assert not set(rows) & set(danish.table("trace")["target"])


def test_where_no_measure_is_an_orphan_the_measures_looked_at_are_named(next_pair: Any) -> None:
    """'None' is a claim on rows, and a reader can open them."""
    listing = next_pair.listing("orphans")
    assert listing.cells[0][0] == words.text("evaluations.no_orphans")
    measures = next_pair.table("measures")
    own = measures[measures["plan_id"].isin(next_pair.with_amendments(next_pair.current))]
    assert listing.rows_of == (tuple(own["row_id"]),)


def test_an_empty_table_says_why_it_is_empty(places: Places, edit: Any) -> None:
    """'Not submitted' would be false where everything was answered."""

    def answered(rows: list[dict[str, str]]) -> None:
        known = {row["finding"] for row in rows if row["step"] == "measure"}
        table = _open(places).table("evaluation_findings")
        asked = set(table[table["direction"] == "recommendation"]["row_id"])
        step = next(row for row in rows if row["step"] == "measure")
        rows += [
            {**step, "row_id": f"DK-T-new-{id}", "finding": id} for id in sorted(asked - known)
        ]

    edit("trace", answered)
    edit(
        "measures",
        lambda rows: rows.__setitem__(
            slice(None), [row for row in rows if row["row_id"] in ("DK-M-2007-01", "DK-M-2007-P1")]
        ),
    )
    # The trace's other measures are gone too: one that answers everything is left.
    edit("trace", lambda rows: [row.update(target="DK-M-2007-01") for row in rows])
    edit("trace", lambda rows: [row.update(step="measure") for row in rows])
    study = _open(places)
    for name, key in (("unanswered", "all_answered"), ("orphans", "no_orphans")):
        listing = study.listing(name)
        assert listing.cells[0][0] == words.text(f"evaluations.{key}")
        assert len(listing.cells) == 1
        assert len(listing.cells[0]) == len(listing.columns)


def test_a_country_without_tables_has_no_lines(bulgarian: Any) -> None:
    """Nothing submitted is not 'everything answered'."""
    for name in NAMES:
        assert bulgarian.listing(name).cells == ()


def test_the_plans_own_evaluation_stays_apart_from_its_monitors(
    danish: Any, next_pair: Any
) -> None:
    """What a foreign ministry recommends is no finding of the plan's evaluation."""
    assert set(danish.traced()["finding"]) == {"DK-E-01", "DK-E-02", "DK-E-03"}
    assert set(next_pair.traced()["finding"]) == {"DK-E-42"}
