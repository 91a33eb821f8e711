"""Published tables of overlapping lists: read whole, led to their rows, refused where spoilt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.contracts.tables import OVERLAP_COUNTS, OVERLAPS
from analysis.errors import DataError, ParameterError
from analysis.flow import records
from analysis.places import Places
from analysis.published.check import check_record
from analysis.published.load import Record, open_record
from analysis.published.overlaps import path_of
from analysis.published.problems import grouped

TABLES = {
    "row_id": "OT-T", "table": "T", "title_da": "En tabel", "title_en": "A table",
    "country": "SWE", "scope": "national", "period": "2013", "unit": "persons",
    "lists": "A+B+C", "publisher": "research", "source_url": "https://example.org/paper",
    "counts_url": "https://example.org/counts", "publication": "Somebody 2013",
    "trust": "medium", "licence": "facts",
}  # fmt: skip
COUNTS = [
    {"row_id": f"OL-T-{n}", "table": "T", "lists": lists, "count": count}
    for n, (lists, count) in enumerate([("A", "7"), ("A+B", "2"), ("B+C", "1"), ("C", "4")])
]
ESTIMATE = {
    "row_id": "OE-T-1", "table": "T", "method": "stepwise", "estimate": "30", "low": "20",
    "high": "50", "level": "0.95", "as_printed": "30 (20-50)", "publication": "Somebody 2013",
    "source_url": "https://example.org/paper", "quote": "thirty",
}  # fmt: skip


def _put(
    places: Places,
    tables: dict[str, str] | None = None,
    counts: list[dict[str, str]] | None = None,
    estimate: dict[str, str] | None = None,
) -> Places:
    """Write the three files anew, with some cells changed."""
    files = ([{**TABLES, **(tables or {})}], counts or COUNTS, [{**ESTIMATE, **(estimate or {})}])
    for contract, lines in zip(OVERLAPS, files, strict=True):
        path = path_of(places, contract)
        path.parent.mkdir(exist_ok=True)
        told = [",".join(f'"{line.get(name, "")}"' for name in contract.columns) for line in lines]
        path.write_text("\n".join([",".join(contract.columns), *told]) + "\n", encoding="utf-8")
    return places


def _said(places: Places) -> tuple[str, ...]:
    return grouped(check_record(places))


def test_a_sound_table_passes_and_is_read_in_the_order_of_its_lists(small: Places) -> None:
    """Ties between models are broken by the order of the lists: it must be the one declared."""
    record = open_record(_put(small))
    assert _said(small) == ()
    found = record.overlaps.table("T")
    assert found.names == ("A", "B", "C")
    assert [(one.lists, one.count) for one in found.counts][1] == (("A", "B"), 2)
    assert found.printed[0].estimate == 30
    assert found.rows == ("OL-T-0", "OL-T-1", "OL-T-2", "OL-T-3")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"lists": "A"}, "fewer than two lists, or one list twice"),
        ({"lists": "A+A+B"}, "fewer than two lists, or one list twice"),
        ({"lists": "A+B+C+D"}, "a list that nobody is on"),
        ({"lists": "A+B"}, "a list that its table does not name"),
        ({"merged_from": "T"}, "a merged_from that is not another table"),
        ({"country": "ATLANTIS"}, "a code in country that"),
        ({"scope": "world"}, "a word in scope that is not allowed"),
        ({"title_da": ""}, "no title_da"),
        ({"counts_url": ""}, "no counts_url"),
        ({"table": "U"}, "a table that tables.csv does not hold"),
    ],
)
def test_a_spoilt_table_is_named(small: Places, cells: dict[str, str], message: str) -> None:
    """A total is as good as the table: whoever typed it wrongly must be told where."""
    assert any(message in line for line in _said(_put(small, tables=cells)))


@pytest.mark.parametrize(
    ("lists", "count", "message"),
    [
        ("A+D", "3", "a list that its table does not name"),
        ("B+A", "3", "a combination of lists that stands twice"),
        ("A+A", "3", "a combination of lists that stands twice, or a list twice in one"),
        ("A+B+C", "-3", "no whole number in count"),
        ("A+B+C", "2.5", "no whole number in count"),
        ("A+B+C", "", "no count"),
        ("", "3", "no lists"),
    ],
)
def test_a_spoilt_count_is_named_by_its_row(
    small: Places, lists: str, count: str, message: str
) -> None:
    """The same combination in another order is the same persons counted twice."""
    wrong = {"row_id": "OL-T-9", "table": "T", "lists": lists, "count": count}
    said = _said(_put(small, counts=[*COUNTS, wrong]))
    assert any(message in line and "(row 6)" in line for line in said)
    assert not any("OL-T-9" in line for line in said)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"estimate": "60"}, "an estimate that is not between its limits"),
        ({"low": "70", "estimate": ""}, "an estimate that is not between its limits"),
        ({"estimate": "", "low": "", "high": ""}, "neither an estimate nor limits"),
        ({"level": "95"}, "a level that is not between 0 and 1"),
        ({"method": "guess"}, "a word in method that is not allowed"),
        ({"as_printed": ""}, "no as_printed"),
        ({"source_url": ""}, "no source_url"),
        ({"quote": ""}, "no quote"),
        ({"table": "U"}, "a table that tables.csv does not hold"),
    ],
)
def test_a_spoilt_total_is_named(small: Places, cells: dict[str, str], message: str) -> None:
    """A limit typed with one digit too many would pass for a difference of methods."""
    assert any(message in line for line in _said(_put(small, estimate=cells)))


def test_two_rows_of_one_id_are_named_across_files(small: Places) -> None:
    """A number that leads to two rows leads nowhere."""
    said = _said(_put(small, estimate={"row_id": "OL-T-0"}))
    assert any("a row_id that" in line for line in said)


def test_a_folder_lacks_none_of_its_three_files(small: Places) -> None:
    """Counts without a word of whose they are must not be used."""
    path_of(_put(small), OVERLAPS[0]).unlink()
    assert any("tables.csv" in line and "gone missing" in line for line in _said(small))


def test_a_workbench_without_lists_is_sound_and_has_none(small: Places) -> None:
    """Most partners hold none; nothing may be asked of them."""
    record = open_record(small)
    assert record.overlaps.codes == ()
    assert record.overlaps.of_country("SWE") is None
    assert len(record.overlaps.frame(OVERLAP_COUNTS)) == 0


def test_a_count_that_is_no_number_stops_a_run_too(small: Places) -> None:
    """A notebook run outside a build must not read around it."""
    spoilt = [{**COUNTS[0], "count": "seven"}, *COUNTS[1:]]
    record = open_record(_put(small, counts=spoilt))
    with pytest.raises(DataError, match="no whole number in count"):
        record.overlaps.table("T")


def test_an_unknown_table_is_refused_with_the_nearest(record: Record) -> None:
    """A parameter with a slip of the pen must not run on nothing."""
    with pytest.raises(ParameterError, match="UK5"):
        record.overlaps.table("UK55")


def test_only_a_table_about_the_whole_country_is_the_countrys(record: Record) -> None:
    """A site in the western United States is not the United States."""
    own = {iso3: record.overlaps.of_country(iso3) for iso3 in ("NLD", "GBR", "USA", "DNK")}
    assert [found.code if found else None for found in own.values()] == ["NLD6", "UK6", None, None]


@pytest.mark.parametrize(
    ("code", "n", "lists"),
    [
        ("UK6", 2744, 6), ("UK5", 2744, 5), ("WEST", 345, 5), ("NOLA8", 185, 8),
        ("NOLA5", 185, 5), ("KOR3", 123, 3), ("NLD6", 8234, 6),
    ],
)  # fmt: skip
def test_published_tables_have_the_cases_that_were_published(
    record: Record, code: str, n: int, lists: int
) -> None:
    """Re-typed by hand: the sum is what the sources give."""
    found = record.overlaps.table(code)
    assert sum(one.count for one in found.counts) == n
    assert len(found.names) == lists


@pytest.mark.parametrize("code", ["UK5", "NOLA5"])
def test_a_merged_table_is_its_source_with_lists_as_one(record: Record, code: str) -> None:
    """Merging moves persons between combinations and never makes or loses any."""
    merged = record.overlaps.table(code)
    source = record.overlaps.table({"UK5": "UK6", "NOLA5": "NOLA8"}[code])
    whole = {name: name for name in merged.names if name in source.names}
    (one,) = set(merged.names) - set(whole)
    parts = dict.fromkeys(set(source.names) - set(whole), one) | whole
    found: dict[frozenset[str], int] = {}
    for row in source.counts:
        cell = frozenset(parts[name] for name in row.lists)
        found[cell] = found.get(cell, 0) + row.count
    assert found == {frozenset(row.lists): row.count for row in merged.counts}


def test_totals_before_merging_stand_beside_and_are_marked(record: Record) -> None:
    """10,000-13,000 rests on six lists; beside five it must say so."""
    printed = record.overlaps.table("UK5").printed
    assert [one.row for one in printed if one.before_merging] == ["OE-UK6-1"]


def test_every_row_is_followed_to_its_file_and_address(record: Record, places: Places) -> None:
    """What the report cites must open."""
    for code in record.overlaps.codes:
        found = record.overlaps.table(code)
        for row_id in (found.row, *found.rows, *(one.row for one in found.printed)):
            row = record.row(row_id)
            line = (places.published / row.file).read_text(encoding="utf-8").splitlines()
            assert line[row.line - 1].startswith(row_id)
            assert row.licence
            assert row.what.da != row.what.en


def test_a_row_says_what_was_counted(record: Record) -> None:
    """A reader who follows a number must learn whose it is, in both languages."""
    row = record.row("OL-UK5-09")
    assert row.what.en.endswith("on NG and PFNCA only")
    assert row.what.da.endswith("kun på NG og PFNCA")
    assert row.as_printed == "62"
    assert record.row("OE-UK5-1").as_printed == "22991 [11456,43894]"


def test_every_count_and_total_has_address_and_words(record: Record) -> None:
    """An address under which the number does not stand would be a false source."""
    assert record.row("OL-UK5-09").quote == "LA 0, NG 1, PFNCA 1, GO 0, GP 0: 62"
    assert "[11456, 43894]" in record.row("OE-UK5-1").quote
    assert "reproduce-2024" in record.row("OE-UK5-1").source_url
    for code in record.overlaps.codes:
        found = record.overlaps.table(code)
        for row_id in (*found.rows, *(one.row for one in found.printed)):
            assert record.row(row_id).quote
            assert record.row(row_id).source_url


def test_lists_are_listed_shown_and_cut_to_a_country(places: Places) -> None:
    """The command shows what the report cites."""
    listed = {entry["table"]: entry for entry in records.list_data(places)}
    assert listed["overlap_counts"]["rows"] == 119
    assert listed["overlap_counts"]["file"] == "overlaps/counts.csv"
    own = records.show_table(places, "overlap_counts", "NLD")
    assert set(own["table"]) == {"NLD6"}
    assert records.show_row(places, "OT-WEST").file == "overlaps/tables.csv"


def test_the_page_of_sources_names_every_table(record: Record, places: Places) -> None:
    """Terms that are on no page are terms that nobody keeps."""
    page = Path(places.published / "SOURCES.md").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{code}\b", page) for code in record.overlaps.codes)
