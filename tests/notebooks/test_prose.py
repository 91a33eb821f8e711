"""Prose of the notebooks: explanations and citations, never a result."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
NOTEBOOKS = sorted((HOME / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])

# What may hold a digit, as it is true for every country and plan.
EXPLAINED = (
    r"\([A-ZÆØÅ][\w.-]+(?: og \w+| and \w+)? \d{4}\)",  # a citation: (Garwood 1936)
    r"[»“]<5[«”]",  # how the source prints a hidden count
    r"(?:for )?0 (?:til|to) 4",  # and what it means
    r"fra 1 til 5|from 1 to 5",  # the scale of the index
    r"\b3P\b",  # the name of the index
)


def _prose(path: Path, language: str) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "markdown" and f"lang-{language}" in cell["metadata"]["tags"]
    ]


def _unexplained(text: str) -> list[str]:
    for pattern in EXPLAINED:
        text = re.sub(pattern, "", text)
    return re.findall(r".{0,20}\d.{0,20}", text)


@each_notebook
@pytest.mark.parametrize("language", ["da", "en"])
def test_prose_holds_no_result(path: Path, language: str) -> None:
    """A number typed into prose stays when the data change, and is false of the next country."""
    assert [found for text in _prose(path, language) for found in _unexplained(text)] == []


@pytest.mark.parametrize(
    "text", ["93 blev tiltalt", "the ratio is 4.9", "In 2007 the plan", "(Garwood 1936) and 17"]
)
def test_result_in_prose_is_caught(text: str) -> None:
    """A search that finds nothing would pass every notebook."""
    assert _unexplained(text)


@each_notebook
def test_prose_names_no_country_and_no_plan(path: Path) -> None:
    """The same notebook is run for many: what is Danish belongs in the data."""
    named = re.compile(r"\b(?:Danmark|Denmark|dansk\w*|Danish|CMM|DK-\d{4}|\d{4}-planen)\b|§")
    for language in ("da", "en"):
        assert [text for text in _prose(path, language) if named.search(text)] == []


@each_notebook
def test_danish_prose_is_danish_and_english_is_english(path: Path) -> None:
    """A cell under the wrong tag shows one edition's readers the other's language."""
    danish = " ".join(_prose(path, "da")).lower().split()
    english = " ".join(_prose(path, "en")).lower().split()
    assert not {"the", "and", "of", "that"} & set(danish)
    assert not {"og", "ikke", "af", "der"} & set(english)
    assert {"og", "der", "ikke"} & set(danish)
    assert {"the", "and", "of"} & set(english)


@each_notebook
def test_every_notebook_says_what_it_does_not_show(path: Path) -> None:
    """Limits stand beside the result, not in another document."""
    last = {language: _prose(path, language)[-1].splitlines()[0] for language in ("da", "en")}
    assert last["da"] in ("## Hvad dette ikke viser", "## Hvad der ville ændre vores mening")
    assert last["en"] in ("## What this does not show", "## What would change our mind")
