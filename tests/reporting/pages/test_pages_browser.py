"""pages in a real browser: accessible, silent on the network, readable on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from analysis.contracts import outputs
from analysis.reporting import pages
from analysis.reporting.manuscript.report_input import ReportInput

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; `.ci/run` installs Debian's"),
]

PAGES = (
    *("index.html", "index.html#en", "da/support.html", "en/trial.html"),
    *("da/findings.html", "en/sources.html", "da/breaks.html"),
)
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def site(report: ReportInput, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the test report once."""
    folder = tmp_path_factory.mktemp("site")
    pages.write(report, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's chromium, with everything off that would call home."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *("--no-sandbox", "--disable-gpu", "--no-first-run"),
                "--disable-background-networking",
            ],
        )
        yield started
        started.close()


def _open(browser: Browser, site: Path, address: str, width: int, scheme: Scheme = "light") -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=True
    )
    page = context.new_page()
    page.goto((site / "index.html").as_uri().replace("index.html", address))
    return page


@pytest.mark.parametrize(
    ("address", "scheme"),
    [*((address, "light") for address in PAGES), ("index.html", "dark"), ("en/trial.html", "dark")],
)
def test_axe_finds_nothing_serious(
    browser: Browser, site: Path, address: str, scheme: Scheme
) -> None:
    """Public bodies owe their readers WCAG 2.2 AA; contrast must hold in the dark as well."""
    page = _open(browser, site, address, 1280, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page).response
    page.context.close()
    broken = [rule for rule in found["violations"] if rule["impact"] in _GRAVE]
    assert "color-contrast" in [rule["id"] for rule in found["passes"]]
    assert [(rule["id"], len(rule["nodes"])) for rule in broken] == []


_GRAVE = ("serious", "critical")


@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(browser: Browser, site: Path, address: str) -> None:
    """Wide tables and figures scroll in their own frame; the text never does."""
    page = _open(browser, site, address, 360)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert width <= 360


def test_no_request_leaves_the_machine(browser: Browser, site: Path) -> None:
    """A committee reads on closed networks, and nobody may learn what they read."""
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for address in PAGES:
        page.goto((site / "index.html").as_uri().replace("index.html", address))
        page.wait_for_load_state("networkidle")
    context.close()
    assert any(address.endswith("trial.by_year.en.svg") for address in asked)
    assert [address for address in asked if not address.startswith(("file://", "data:"))] == []


def test_the_language_switch_works_without_a_script(browser: Browser, site: Path) -> None:
    """The front page opens in the evaluation's first language; one link shows the other."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    danish, english = page.locator("#da main"), page.locator("#en main")
    assert (danish.is_visible(), english.is_visible()) == (True, False)
    page.get_by_role("link", name="English").click()
    assert (danish.is_visible(), english.is_visible()) == (False, True)
    page.get_by_role("link", name="Dansk").click()
    assert (danish.is_visible(), english.is_visible()) == (True, False)
    context.close()


def test_a_page_leads_to_itself_in_the_other_language(browser: Browser, site: Path) -> None:
    """Whoever changes language must not have to search for the place again."""
    page = _open(browser, site, "da/trial.html", 1280)
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("en/trial.html")
    assert page.locator("html").get_attribute("lang") == "en"
    page.context.close()


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: Path) -> None:
    """Without a mouse, the first stop is the way past the top of the page, and it is seen."""
    page = _open(browser, site, "en/trial.html", 1280)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.evaluate("link => link.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_the_front_page_prints_on_one_sheet(browser: Browser, site: Path) -> None:
    """It is handed out on paper; a second sheet is not read."""
    page = _open(browser, site, "index.html", 1280)
    printed = PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    page.context.close()
    # Ligatures are part of the drawing, not of the words.
    text = " ".join(normalize("NFKC", printed.pages[0].extract_text()).split())
    assert len(printed.pages) == 1
    assert "Det kunne vi ikke finde" in text
    assert "What changed" not in text


def test_a_figure_scrolls_in_its_own_box_on_a_phone(browser: Browser, site: Path) -> None:
    """Text of a figure shrunk to 360 points cannot be read; the box must be reachable by key."""
    page = _open(browser, site, "en/trial.html", 360)
    box = page.get_by_role("region", name="Figure: More prosecuted each year")
    inner, outer = box.evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert (inner >= 720, outer <= 360) == (True, True)
    assert box.get_attribute("tabindex") == "0"
    page.context.close()


def test_what_is_folded_away_is_printed(browser: Browser, site: Path) -> None:
    """On paper there is nothing to open: what stands behind a finding would be lost."""
    page = _open(browser, site, "en/trial.html", 1280)
    printed = PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    page.context.close()
    text = normalize("NFKC", " ".join(one.extract_text() for one in printed.pages))
    assert "In 2009 the number fell again." in " ".join(text.split())
    assert "Bars from 11 to 18." in " ".join(text.split())


def _wide_table(report: ReportInput) -> ReportInput:
    """Give the table a long title, a wordy column and eight rows of the record a line."""
    notebooks = deepcopy(dict(report.notebooks))
    every = [f"TST-prosecuted-{year}" for year in range(2001, 2009)]
    scattered = [*every[::2], "INT-TST-convicted-total-2003", "TST-owed", "TST-plan-1"]
    for cell in (cell for book in notebooks.values() for cell in book["cells"]):
        for shown in (one["data"].get(outputs.TABLE) for one in cell.get("outputs", [])):
            if shown:
                shown["title"] = "Prosecuted by year, and every word that a long title may need"
                shown["cells"] = [(year, "0,6 ± 0,2 " * 9) for year, _ in shown["cells"]]
                shown["rows_of"] = [scattered for _ in shown["rows_of"]]
    return replace(report, notebooks=notebooks)


@pytest.fixture(scope="module")
def wide(report: ReportInput, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report with a table that is wider than a phone."""
    folder = tmp_path_factory.mktemp("wide")
    pages.write(_wide_table(report), folder)
    return folder


def test_a_title_stays_in_sight_while_its_table_scrolls(browser: Browser, wide: Path) -> None:
    """A title that is cut off at the edge of a phone says something else."""
    page = _open(browser, wide, "en/trial.html", 360)
    box = page.locator("figure.shown .wide")
    title = page.locator("figure.shown caption span")
    for scrolled in (0, 10_000):
        box.evaluate("(box, left) => { box.scrollLeft = left }", scrolled)
        left, right = title.evaluate(
            "t => [t.getBoundingClientRect().left, t.getBoundingClientRect().right]"
        )
        assert (left >= 0, right <= 360) == (True, True)
    assert box.evaluate("box => box.scrollLeft") > 0
    page.context.close()


def test_a_long_list_of_rows_folds_and_is_all_there(browser: Browser, wide: Path) -> None:
    """Columns of row numbers made lines of a table taller than a phone's screen."""
    page = _open(browser, wide, "en/trial.html", 360)
    fold = page.locator("figure.shown td details.rows").first
    assert fold.locator("summary").inner_text() == "7 rows"
    closed = fold.evaluate("fold => fold.closest('tr').getBoundingClientRect().height")
    fold.locator("summary").click()
    assert fold.locator("a").first.is_visible()
    runs = [ref.inner_text().split("–") for ref in fold.locator("a").all()]
    assert sum(int(run[-1]) - int(run[0]) + 1 for run in runs) == 7
    assert closed < 400
    page.context.close()


def test_no_interval_breaks_over_two_lines(browser: Browser, wide: Path) -> None:
    """Half an interval at the end of a line is read as a number of its own."""
    page = _open(browser, wide, "en/trial.html", 360)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    lines = page.evaluate(
        "[...document.querySelectorAll('span.whole')].map(s => s.getClientRects().length)"
    )
    page.context.close()
    assert (len(lines) > 8, set(lines)) == (True, {1})
