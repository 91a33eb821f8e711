"""The default evaluation, really built: every number leads to a source, both editions agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from analysis import evaluations
from analysis.contracts import tables
from analysis.contracts.outputs import FIGURE, FINDING, TABLE, of_kind
from analysis.findings import register
from analysis.published.load import open_record

LANGUAGES = ("da", "en")
SILENT = ("not_found", "did_not_exist")  # a role that nobody found has no source to show


@pytest.fixture(scope="module")
def record(real_build: Any) -> Any:
    """The record that the build read."""
    return open_record(real_build.places)


@pytest.fixture(scope="module")
def carried(real_build: Any) -> dict[str, set[str]]:
    """Every row id that a finding, its contrary evidence, a table or a figure carries."""
    found: dict[str, set[str]] = {"finding": set(), "table": set(), "figure": set()}
    for notebook in _notebooks(real_build):
        for finding in of_kind(notebook, FINDING):
            found["finding"] |= {*finding["rows"]}
            found["finding"] |= {row for one in finding["contrary"] for row in one["rows"]}
        for table in of_kind(notebook, TABLE):
            found["table"] |= {row for rows in table["rows_of"] for row in rows}
        for figure in of_kind(notebook, FIGURE):
            found["figure"] |= {*figure["rows"]}
    return found


def _notebooks(real_build: Any) -> Iterator[dict[str, Any]]:
    for path in sorted((real_build.folder / "notebooks").glob("*/*.ipynb")):
        yield json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["finding", "table", "figure"])
def test_every_row_that_is_carried_has_address_and_words(
    record: Any, carried: dict[str, set[str]], kind: str
) -> None:
    """A number whose source cannot be opened is an assertion."""
    assert len(carried[kind]) > 50
    for row_id in carried[kind] - _silent(record):
        row = record.row(row_id)
        assert row.source_url, row_id
        assert row.quote, row_id
        assert row.licence or not _has_publisher(row.file), row_id


def test_every_row_names_its_publisher(record: Any, carried: dict[str, set[str]]) -> None:
    """Who says so is half of what a source is; tables of our own coding quote an address."""
    for row_id in set().union(*carried.values()) - _silent(record):
        row = record.row(row_id)
        assert row.publisher or not _has_publisher(row.file), row_id


def _silent(record: Any) -> set[str]:
    roles = record.table("roles", "DNK")
    return set(roles[roles["known"].isin(SILENT)]["row_id"])


def _has_publisher(file: str) -> bool:
    contract = tables.country_table(Path(file).stem)
    return contract is None or "publisher" in contract.columns


def test_estimates_are_those_of_both_languages(real_build: Any) -> None:
    """One study in two editions: the numbers, limits and rows are the same to the last digit."""
    runs = []
    for language in LANGUAGES:
        found = [
            {**finding, "notebook": path.stem}
            for path in sorted((real_build.folder / "notebooks" / language).glob("*.ipynb"))
            for finding in of_kind(json.loads(path.read_text(encoding="utf-8")), FINDING)
        ]
        runs.append(found)
    assert runs[0]
    register.agree(*runs)
    assert {one["id"] for one in runs[0]} == {one["id"] for one in real_build.findings}


def test_register_is_exported_in_every_form(real_build: Any) -> None:
    """A statistician opens Parquet, an office XLSX, a machine JSON."""
    names = {path.name for path in (real_build.folder / "findings").iterdir()}
    for ending in ("json", "csv", "parquet", "xlsx"):
        assert f"findings.{ending}" in names
    assert "finding.schema.json" in names


def test_every_notebook_has_its_page_in_both_languages(real_build: Any) -> None:
    """A question without a page is left out of the report."""
    chosen = evaluations.read(real_build.places, evaluations.default(real_build.places))
    for language in LANGUAGES:
        for entry in chosen.notebooks:
            assert (real_build.folder / "report" / language / f"{entry.name}.html").is_file()
        assert (real_build.folder / "report" / f"report-{language}.pdf").stat().st_size > 10_000


class _Links(HTMLParser):
    """Collect what a page links to, and what can be linked to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses and ids of one element."""
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.links.append(value)
            if value and name == "id":
                self.anchors.add(value)


def test_every_link_between_pages_leads_somewhere(real_build: Any) -> None:
    """The way from a sentence to its source must not end in nothing."""
    pages: dict[Path, _Links] = {}
    for path in sorted((real_build.folder / "report").rglob("*.html")):
        pages[path.resolve()] = _Links()
        pages[path.resolve()].feed(path.read_text(encoding="utf-8"))
    dead = [
        f"{path.name} -> {link}"
        for path, page in pages.items()
        for link in page.links
        if not re.match(r"[a-z]+:", link) and not _leads_somewhere(path, link, pages)
    ]
    assert dead == []


def _leads_somewhere(path: Path, link: str, pages: dict[Path, _Links]) -> bool:
    file, _, anchor = link.partition("#")
    target = (path.parent / file).resolve() if file else path
    if not target.exists():
        return False
    return not anchor or target not in pages or unquote(anchor) in pages[target].anchors


def test_figures_and_tables_lie_beside_the_report(real_build: Any) -> None:
    """Whoever wants the numbers alone need not open a page."""
    for name in ("figures", "tables"):
        beside = {path.name for path in (real_build.folder / name).iterdir()}
        shown = {path.name for path in (real_build.folder / "report" / name).iterdir()}
        assert beside == shown != set()


def test_outputs_hold_no_path_and_no_time_of_this_machine(real_build: Any) -> None:
    """Two builds of one state give the same bytes, and tell nothing of who built them."""
    home = str(real_build.places.home)
    for path in real_build.folder.rglob("*"):
        if path.suffix in (".ipynb", ".json", ".csv", ".html", ".svg", ".css"):
            assert home not in path.read_text(encoding="utf-8"), path.name
    for notebook in _notebooks(real_build):
        text = json.dumps(notebook)
        assert "papermill" not in notebook["metadata"]
        assert not re.search(r"0x[0-9a-f]{9,}", text)
