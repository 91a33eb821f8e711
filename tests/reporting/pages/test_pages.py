"""pages: files that open from a folder, whose links all lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from analysis.contracts.published import Text
from analysis.reporting import pages
from analysis.reporting.manuscript.report_input import ReportInput

HOSTILE = "<script>alert(1)</script> #panic $x$ @ref \\n & \"'"


class _Page(HTMLParser):
    """Ids, links and what a page would load."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: text or "" for name, text in attrs}
        self.tags.append(tag)
        if "id" in said:
            self.ids.append(said["id"])
        if tag == "a":
            self.links.append(said["href"])
        if tag in ("link", "img", "script", "source", "iframe"):
            self.loaded.append(said.get("href") or said.get("src", ""))


@pytest.fixture(scope="module")
def site(report: ReportInput, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the test report once."""
    folder = tmp_path_factory.mktemp("site")
    pages.write(report, folder)
    return folder


def _pages(site: Path) -> Iterator[tuple[Path, _Page]]:
    for path in sorted(site.rglob("*.html")):
        yield path, _Page(path)


def test_every_page_stands_in_every_language(site: Path) -> None:
    """A reader of one language may not find fewer pages than a reader of the other."""
    names = {"support.html", "trial.html", "findings.html", "sources.html", "breaks.html"}
    for language in ("da", "en"):
        assert {path.name for path in (site / language).iterdir()} == names
    assert (site / "index.html").is_file()


def test_every_link_leads_to_a_file_and_an_anchor(site: Path) -> None:
    """Every number leads to its row: a dead link would end that chain."""
    found = dict(_pages(site))
    dead = []
    for path, page in found.items():
        for link in page.links:
            if link.startswith("https://example.org/"):
                continue
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            anchors = found[target].ids if target in found else []
            if not target.is_file() or (anchor and unquote(anchor) not in anchors):
                dead.append((path.name, link))
    assert dead == []


def test_ids_stand_once_on_a_page(site: Path) -> None:
    """A link to an id that stands twice leads to the wrong one."""
    for _, page in _pages(site):
        assert len(page.ids) == len(set(page.ids))


def test_nothing_is_loaded_from_elsewhere_and_no_script_runs(site: Path) -> None:
    """The report must open on a machine without network, years from now."""
    for _, page in _pages(site):
        assert "script" not in page.tags
        assert all("://" not in address for address in page.loaded)
    assert "url(" not in (site / "report.css").read_text(encoding="utf-8")
    assert "@import" not in (site / "report.css").read_text(encoding="utf-8")


def test_code_is_one_click_away(site: Path) -> None:
    """Readers see results first; whoever doubts them opens the code."""
    text = (site / "en" / "trial.html").read_text(encoding="utf-8")
    folded = text.index('<details class="code">')
    assert text.index("study.record(&#34;trial.prosecuted&#34;)") > folded


def test_each_line_of_a_table_leads_to_its_row(site: Path) -> None:
    """The number 14 of 2004 must open the row of 2004, not a list of sources."""
    text = (site / "da" / "trial.html").read_text(encoding="utf-8")
    line = text[text.index('<th scope="row" class="whole stays">2004</th>') :]
    line = line[: line.index("</tr>")]
    assert '<td class="right whole">14</td>' in line
    assert 'href="sources.html#TST-prosecuted-2004"' in line


def test_figures_and_tables_are_files_with_their_data(site: Path) -> None:
    """Whoever wants to use the numbers must not have to type them off a picture."""
    assert (site / "figures" / "trial.by_year.da.svg").read_text().startswith("<svg")
    figure = (site / "figures" / "trial.by_year.en.csv").read_text().splitlines()
    assert figure[:2] == ["year,prosecuted", "2001,11"]
    table = (site / "tables" / "trial.by_year.en.csv").read_text().splitlines()
    assert table[:2] == ["year,prosecuted,rows", "2001,11,TST-prosecuted-2001"]


def test_links_between_notebooks_become_links_between_pages(site: Path) -> None:
    """A reader of the report has no notebooks to open."""
    text = (site / "en" / "trial.html").read_text(encoding="utf-8")
    assert '<a href="support.html">support</a>' in text


def test_the_same_report_gives_the_same_bytes(
    report: ReportInput, site: Path, tmp_path: Path
) -> None:
    """A file that changes by itself hides the change that matters."""
    pages.write(report, tmp_path)
    first = {path.relative_to(site): path.read_bytes() for path in site.rglob("*.*")}
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert first == again


def test_hostile_words_come_out_as_words(report: ReportInput, tmp_path: Path) -> None:
    """What a source or a sender wrote must never act in the reader's browser."""
    row = replace(report.sources["TST-owed"], quote=HOSTILE, what=Text(HOSTILE, HOSTILE))
    plan = replace(report.plans[0], short=Text(HOSTILE, HOSTILE))
    findings = [{**found, "sentence": {"da": HOSTILE, "en": HOSTILE}} for found in report.findings]
    hostile = replace(
        report,
        name=Text(HOSTILE, HOSTILE),
        plans=(plan, report.plans[1]),
        sources={**report.sources, "TST-owed": row},
        findings=findings,
    )
    pages.write(hostile, tmp_path)
    for path, page in _pages(tmp_path):
        assert "script" not in page.tags
        assert "&lt;script&gt;alert(1)&lt;/script&gt; #panic $x$ @ref" in path.read_text()


def test_every_row_used_has_an_anchor_with_its_quote(report: ReportInput, site: Path) -> None:
    """Rows of one file share a table; each number must still open its own line."""
    text = (site / "en" / "sources.html").read_text(encoding="utf-8")
    ids = _Page(site / "en" / "sources.html").ids
    for id, row in report.sources.items():
        assert id in ids
        at = text.index(f'id="{id}"')
        assert escape(row.quote, quote=False) in _unescaped(text[at : at + 2000])


def _unescaped(text: str) -> str:
    """Undo what Jinja escapes and `escape` leaves."""
    return text.replace("&#34;", '"').replace("&#39;", "'")


def test_a_card_lists_the_breaks_it_crosses_and_says_which_have_no_source(site: Path) -> None:
    """Fourteen caveats in one paragraph are not read; a break without a source must show it."""
    text = (site / "en" / "trial.html").read_text(encoding="utf-8")
    card = text[text.index('id="trial.prosecuted"') :]
    card = card[: card.index("<details>")]
    assert "Breaks crossed (2)" in card
    assert '<a href="breaks.html#TST-rule">2006: The counting rule changed.</a>' in card
    assert card.count("(unsourced)") == 1
    assert "<li>Two pairs of limits were computed.</li>" in card
    assert "More cases may be due to the unit" not in card


def test_a_figure_leads_to_its_full_size_and_names_its_sources_in_short(site: Path) -> None:
    """The picture says its own source; the caption leads to the rows, one number each."""
    text = (site / "en" / "trial.html").read_text(encoding="utf-8")
    figure = text[text.index('<figure class="picture">') :]
    figure = figure[: figure.index("</figure>")]
    assert '<a href="../figures/trial.by_year.en.svg"' in figure
    assert figure.count("sources.html#") == 1
    assert "Source: test data." not in figure


def test_the_code_is_folded_once_where_cells_show_nothing_else(site: Path) -> None:
    """Three folds in a row at the top of a page look like three faults."""
    text = (site / "en" / "trial.html").read_text(encoding="utf-8")
    top = text[: text.index('<figure class="picture">')]
    assert top.count('<details class="code">') == 1
    assert "TL-1999" in top
