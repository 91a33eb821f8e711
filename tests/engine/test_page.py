"""page: an executed notebook as HTML, the same bytes, nothing from the network."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbconvert.exporters.html import HTMLExporter

from analysis.engine.running.page import page_of
from analysis.engine.running.run import Job, run_job

FIRST = "n = 1  # number"
SHOWN = """\
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, display
display(pd.DataFrame({"year": [2002, 2007]}), Markdown("$x$ & **y**"))
plt.plot([1, 2]);
"""


def test_the_page_of_a_run_lies_beside_it_and_is_the_same_each_time(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Two builds are compared byte by byte, pages included."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, SHOWN)
    pages = []
    for turn in ("one", "two"):
        done = run_job(Job("en/a", notebook), tmp_path / turn, tmp_path / "work", page=True)
        assert done.page == tmp_path / turn / "en" / "a.html"
        pages.append(done.page.read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert "<title>a</title>" in pages[0]
    assert "<td>2007</td>" in pages[0]
    assert "<strong>y</strong>" in pages[0]
    assert 'src="data:image/png;base64,' in pages[0]


def test_a_page_loads_nothing_from_elsewhere(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Reports are read offline, and nobody else should learn that they are."""
    notebook = json.loads(write_notebook(tmp_path / "a.ipynb", FIRST).read_text())
    page = page_of(notebook, "a")
    assert 'class="jp-Cell' in page
    assert re.findall(r"<script|<link|<iframe|@import|\bsrc=\"http|url\(.?http", page) == []


def test_a_page_says_what_nbconvert_says(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The page is finished without parsing it again: nothing may be lost or let loose."""
    code = "said = \"<script>alert(1)</script> & 'quoted'\"  # <!-- kept --> &amp;\nsaid"
    written = write_notebook(tmp_path / "a.ipynb", FIRST, code, code, SHOWN)
    done = run_job(Job("a", written), tmp_path / "out", tmp_path / "work", page=True)
    assert done.page is not None
    notebook = nbformat.read(done.path, 4)  # type: ignore[no-untyped-call]
    theirs, _ = HTMLExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    ours = done.page.read_text(encoding="utf-8")
    assert _cells(ours) == _cells(theirs)
    assert "alert(1)</script>" not in ours
    assert _sheets(ours) <= _sheets(theirs)
    assert max(map(len, _sheets(ours))) == max(map(len, _sheets(theirs)))


def _cells(page: str) -> list[tuple[str, str | None]]:
    """Say what each element of the cells is, with its own text and every attribute but ids."""
    body = BeautifulSoup(page, "html.parser").select(".jp-Notebook *")
    return [
        (f"{each.name} {sorted((k, v) for k, v in each.attrs.items() if k != 'id')}", each.string)
        for each in body
    ]


def _sheets(page: str) -> set[str]:
    return {str(each.string) for each in BeautifulSoup(page, "html.parser").find_all("style")}
