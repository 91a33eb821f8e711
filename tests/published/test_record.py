"""open_record: what is asked for, in both languages, with its source; nothing else read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.contracts.published import Text
from analysis.errors import DataError, ParameterError
from analysis.places import Places
from analysis.published.load import Record, open_record
from analysis.published.series import series

AS_OBTAINED = {
    "unodc_glotip/data_glotip_2025-04-14.csv": (
        "9da7797cd8c812e9ea8243db7376f4f6fa48106d82fe7eb391c9f097712feb13"
    ),
    "policy_3p/criminalization_cho_tiers_1999_2014.csv": (
        "39bffbdeba08b3ec73223995c094ce475e6c6398f5818abb6c2fee2c6f819ea6"
    ),
    "population/population_wb_1960_2024.csv": (
        "7d2dd6a17f5ed7916de1f89a9c116791e64d207f2e2f6ce47c57e1ab46f0088a"
    ),
}


@pytest.mark.parametrize("file", AS_OBTAINED)
def test_international_files_are_as_they_were_obtained(places: Places, file: str) -> None:
    """What comes in is never edited: not a space."""
    content = (places.published / "international" / file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == AS_OBTAINED[file]


def test_a_row_of_unodc_is_quoted_as_the_file_prints_it(record: Record) -> None:
    """A reader must find the line again in UNODC's own file."""
    row = record.row("UNODC-DNK-persons_prosecuted-total-2003")
    assert row.quote == "Denmark; Persons prosecuted; Total; 2003: 7"
    lines = (record_file := Path(row.file)).name, row.line
    assert lines == ("data_glotip_2025-04-14.csv", 12380)
    assert record_file.parts[0] == "international"


def test_the_line_of_a_row_is_where_it_stands(record: Record, places: Places) -> None:
    """Line numbers that are one off send the reader to another country."""
    for row_id in ("UNODC-DNK-victims_identified-sex=female-2010", "WB-DNK-2007", "3P-DNK-2007"):
        row = record.row(row_id)
        text = (places.published / row.file).read_text(encoding="utf-8").splitlines()
        cells = text[row.line - 1].split(",")
        assert row.as_printed in cells
        assert row.period in cells


def test_every_figure_is_reached_by_its_id(record: Record) -> None:
    """Every number in the report leads to its row, so no id may lead nowhere."""
    ids = record.table("figures", "DNK").row_id
    rows = record.rows(ids)
    assert [row.id for row in rows] == list(ids)
    assert all(row.quote and row.source_url and row.what.da and row.what.en for row in rows)


def test_conflicts_of_figures_name_each_other(record: Record) -> None:
    """Whoever comes from either side must learn of the other."""
    named = {
        row.id: row.conflicts_with for row in record.rows(record.table("figures", "DNK").row_id)
    }
    one_sided = {
        (row, other)
        for row, others in named.items()
        for other in others
        if other in named and row not in named[other]
    }
    assert one_sided == set()


def test_a_table_that_was_not_submitted_is_empty_with_its_columns(record: Record) -> None:
    """Notebooks ask the same way whether or not a country has sent anything."""
    table = record.table("measures", "NLD")
    assert table.empty
    assert "measure_da" in table.columns
    assert not record.submitted("measures", "NLD")
    assert record.submitted("figures", "DNK")


def test_a_country_is_named_in_both_languages(record: Record) -> None:
    """Country names come from CLDR, so that no language is forgotten."""
    found = record.country("NLD")
    assert found.name == Text(da="Nederlandene", en="Netherlands")
    assert (record.country("DNK").code_3p, record.country("SWE").code_3p) == ("DEN", "SWD")
    assert record.country("DNK").neighbours == ("FIN", "ISL", "NOR", "SWE")


def test_unknown_names_are_answered_with_the_nearest(record: Record) -> None:
    """Somebody mistyped: show what they may have meant."""
    with pytest.raises(ParameterError, match=r"^country: DNM is unknown\. Nearest: DNK, "):
        record.country("DNM")
    with pytest.raises(ParameterError, match=r"^plan: DK-2003 is unknown\. Nearest: DK-200"):
        record.plan("DK-2003")
    with pytest.raises(ParameterError, match=r"^indicator: victims is unknown\. Nearest: victims_"):
        record.indicator("victims")
    with pytest.raises(ParameterError, match=r"^row: DK-F-9999 is in no table of the record\."):
        record.row("DK-F-9999")


def test_only_what_is_needed_is_read_and_all_of_it_is_announced(places: Places) -> None:
    """A notebook runs again when what it read has changed, and only then."""
    read: list[Path] = []
    record = open_record(places, read.append)
    assert read == []
    record.country("DNK")
    assert [path.name for path in read] == ["countries.csv"]
    series(record, "persons_prosecuted", "DNK")
    names = [path.name for path in read]
    assert "data_glotip_2025-04-14.csv" in names
    assert "population_wb_1960_2024.csv" not in names
    assert len(names) == len(set(names))


def test_a_changed_file_is_read_anew(small: Places, figures: Callable[..., Path]) -> None:
    """The parsed file is kept in memory; it must not outlive the file."""
    figures({"value": "7"})
    assert open_record(small).table("figures", "SWE").value.tolist() == ["7"]
    figures({"value": "70"})
    assert open_record(small).table("figures", "SWE").value.tolist() == ["70"]


def test_a_table_without_a_column_is_refused_when_read(small: Places) -> None:
    """A notebook must not go on with half a table."""
    path = small.published / "countries" / "SWE" / "breaks.csv"
    path.write_text("row_id,flag\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"SWE/breaks\.csv: the file has no column date"):
        open_record(small).breaks("SWE")


def test_frames_that_are_handed_out_can_be_changed_without_harm(record: Record) -> None:
    """A notebook that overwrites a column must not change the record for the next one."""
    table = record.table("figures", "DNK")
    table["value"] = "0"
    assert set(record.table("figures", "DNK")["value"]) != {"0"}
