"""page: an executed notebook as HTML, the same bytes, nothing from the network."""

import json
import re
from collections.abc import Callable
from pathlib import Path

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
