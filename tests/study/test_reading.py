"""Promises, fingerprints, breaks: what a comparison reads, and that silence stays silence."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.places import Places
from analysis.study import Study, open_study

ROWS = ("UNODC-DNK-persons_prosecuted-total-2007", "DK-P-01", "DK-F-0116")


def _open(places: Places, country: str = "DNK") -> Study:
    return open_study("DK-2002", "DK-2007", country=country, language="en", places=places)


def test_fingerprint_does_not_depend_on_order(danish: Any) -> None:
    """The same rows are the same evidence, however they were gathered."""
    assert danish.fingerprint(ROWS) == danish.fingerprint((*reversed(ROWS), ROWS[0]))


def test_fingerprint_of_nothing_is_that_of_no_content(danish: Any) -> None:
    """A finding that read nothing says so by a known value."""
    assert danish.fingerprint(()).startswith("e3b0c442")


def test_fingerprint_survives_a_row_that_moves(places: Places, edit: Any, danish: Any) -> None:
    """A row added above changes no evidence, so no finding may look changed."""
    edit("plans", lambda rows: rows.reverse())
    edit("figures", lambda rows: rows.insert(0, {**rows[0], "row_id": "DK-F-new", "as_of": "1999"}))
    assert _open(places).fingerprint(ROWS) == danish.fingerprint(ROWS)


@pytest.mark.parametrize("column", ["quote", "source_url", "title_en", "trust", "note"])
def test_fingerprint_changes_with_a_rows_content(
    places: Places, edit: Any, danish: Any, column: str
) -> None:
    """Whoever quoted a finding must be able to see that what it rests on has changed."""
    value = "low" if column == "trust" else "https://example.org/other"
    edit("plans", lambda rows: rows[0].update({column: value}))
    assert _open(places).fingerprint(ROWS) != danish.fingerprint(ROWS)


def test_fingerprint_changes_with_a_figure(places: Places, edit: Any, danish: Any) -> None:
    """The number itself, first of all."""
    edit(
        "figures",
        lambda rows: [row.update(value="999") for row in rows if row["row_id"] == "DK-F-0116"],
    )
    assert _open(places).fingerprint(ROWS) != danish.fingerprint(ROWS)


def test_breaks_not_submitted_are_a_break(bulgarian: Any) -> None:
    """Figures of a country about which nothing is known must not look comparable."""
    (silence,) = bulgarian.breaks
    assert not silence.sourced
    assert (silence.flag, silence.year) == ("F4", 2007)
    assert bulgarian.series("persons_prosecuted").breaks == (silence,)


def test_breaks_submitted_replace_the_silence(danish: Any) -> None:
    """What is known is told instead."""
    assert "DNK-breaks" not in {brk.id for brk in danish.breaks}
    assert all(brk.id.startswith("DK-B-") for brk in danish.breaks)


def test_break_touches_its_own_indicators_alone(danish: Any) -> None:
    """A change in how victims are found says nothing of how courts count."""
    flags = {brk.id for brk in danish.series("victims_identified").breaks}
    courts = {brk.id for brk in danish.series("persons_prosecuted").breaks}
    assert flags - courts
    assert courts - flags


def test_each_promise_names_who_owes_the_count(danish: Any) -> None:
    """A hatched cell is an open task, and a task has an owner."""
    table = danish.promises()
    assert list(table["subject_en"]) == [
        "A place to live",
        "Time to stay in the country",
        "Prepared return",
        "An alternative to being trafficked again",
        "Help to children",
        "Help to men",
    ]
    assert (table["owed_da"] != "").all()
    assert (table["owed_en"] != "").all()
    assert (table["delivered_en"] == "").all()


def test_promises_lead_to_sources_and_not_to_our_own_wording(danish: Any) -> None:
    """A statement is ours; the reader is led to the row whose words carry it."""
    for cell in danish.promises()["rows"]:
        for row in cell.split(";"):
            opened = danish.row(row)
            assert opened.source_url
            assert opened.quote


def test_promises_are_those_of_the_later_plan(danish: Any, next_pair: Any) -> None:
    """The third plan promised other things than the second."""
    assert list(danish.promises()["promised_en"]) != list(next_pair.promises()["promised_en"])


def test_no_promise_without_a_table(bulgarian: Any) -> None:
    """Nothing submitted gives no row, and the figure says *not submitted*."""
    assert bulgarian.promises().empty
    assert "subject_da" in bulgarian.promises().columns


def test_missing_tables_are_empty_with_their_columns(bulgarian: Any) -> None:
    """A notebook asks for a column whether or not the country sent the table."""
    for name in ("measures", "organisations", "roles", "ties", "statements", "owed", "events"):
        table = bulgarian.table(name)
        assert table.empty
        assert "row_id" in table.columns
        assert not bulgarian.submitted(name)


def test_headings_and_repetitions_are_no_measures(danish: Any) -> None:
    """Counted, they would make a plan look fuller than it is."""
    measures = danish.measures()
    assert set(measures["kind"]) == {"measure"}
    dropped = danish.table("measures")
    assert len(dropped[dropped["kind"] != "measure"]) > 0


def test_neighbours_begin_with_the_country(danish: Any, bulgarian: Any) -> None:
    """The first column of a table of countries is the one the report is about."""
    for study, iso3 in ((danish, "DNK"), (bulgarian, "BGR")):
        shown = [series.country for series in study.neighbours("victims_identified")]
        assert shown[0] == iso3
        assert len(shown) == len(set(shown)) > 1


def test_parts_that_contradict_the_total_are_marked(danish: Any) -> None:
    """UNODC 2010: 49 women and 7 men for 53; 2021: 238 and 101 for 80."""
    parts = danish.parts("victims_identified", "sex")
    assert {parts.adding_up[year] for year in (2010, 2021)} == {"contradicts"}


def test_parts_of_one_plan_keep_its_years_and_drop_the_silent(danish: Study) -> None:
    """A hundred citizenships, nearly all unknown in the years compared, hide the few."""
    every = danish.parts("victims_identified", "citizenship")
    during = danish.parts("victims_identified", "citizenship", during=danish.current)
    assert 0 < len(during.series) < len(every.series)
    assert all(set(part.years) <= set(danish.current.years) for part in during.series)
    assert all(part.points for part in during.series)
    assert set(during.adding_up) == set(danish.current.years)
