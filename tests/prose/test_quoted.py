"""What a reader sees of a text: the same claim in every dress, in every kind of file."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.prose import lint, texts
from analysis.prose.quoted import DROPPED, seen

CLAIMS = ("På grund af planen blev flere dømt.", "Convictions rose due to the plan.")
HONEST = ("Førte planen til flere domme?", "Did the plan lead to more convictions?")

DRESSES: dict[str, Callable[[str], str]] = {
    "bold": lambda text: f"**{text}**",
    "every other word": lambda text: " ".join(
        f"*{word}*" if place % 2 else word for place, word in enumerate(text.split())
    ),
    "link": lambda text: f"[{text[:13]}](https://example.org/a_(b)){text[13:]}",
    "picture": lambda text: f"![{text}](figure.png)",
    "list": lambda text: f"Not:\n\n* Ikke\n* {text}",
    "table": lambda text: f"| a | not |\n|---|---|\n| ikke | {text} |",
    "heading": lambda text: f"# Not\n\n## {text}\n\nIkke.",
    "tags": lambda text: f"<p>Not</p><p>{text.replace(' ', ' <b>', 1)}</b></p>",
    "text for those who do not see": lambda text: f'<img src="x.png" alt="{text}">',
    "line broken": lambda text: text.replace(" ", "<br/>\n"),
    "comment between": lambda text: text.replace(" ", " <!-- not --> "),
    "no-break spaces": lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
    "entities": lambda text: text.replace(" ", "&nbsp;").replace("å", "&aring;"),
    "soft hyphens": lambda text: text.replace("e", "e\N{SOFT HYPHEN}"),
    "without width": lambda text: text.replace(" ", " \N{ZERO WIDTH SPACE}"),
    "accents apart": lambda text: unicodedata.normalize("NFD", text),
    "capitals": str.upper,
}


def _marked(path: Path) -> int:
    return len(list(lint.hits(texts.read([path], home=path.parent))))


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
@pytest.mark.parametrize("text", CLAIMS + HONEST)
def test_a_dress_changes_nothing(tmp_path: Path, dress: Callable[[str], str], text: str) -> None:
    """Whoever may write it in bold has written it; a question in a table is still a question."""
    path = tmp_path / "page.md"
    path.write_text(dress(text), encoding="utf-8")
    assert bool(_marked(path)) == (text in CLAIMS)


@pytest.mark.parametrize(
    "code",
    ["figure(rows, title={})", "show(f'{{n}}: ' + {})", "ax.set_title({}\n)", "x = ('One. '\n{})"],
)
@pytest.mark.parametrize("text", CLAIMS + HONEST)
def test_a_title_in_code_is_prose(tmp_path: Path, code: str, text: str) -> None:
    """Most readers read the picture's title and nothing else."""
    cell = {"cell_type": "code", "source": code.format(repr(text)), "metadata": {}, "outputs": []}
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [cell], "nbformat": 4}), encoding="utf-8")
    assert bool(_marked(path)) == (text in CLAIMS)


@pytest.mark.parametrize("text", CLAIMS)
@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_the_words_pointed_to_are_the_authors(dress: Callable[[str], str], text: str) -> None:
    """What is dropped for reading must not shift the place that is shown."""
    whole = f"One.\nTwo.\n\n{dress(text)}"
    hit = lint.hits([texts.Passage("a.md", whole)])[0]
    assert hit.line >= 4
    assert all(word in " ".join(whole.split()) for word in hit.words.split())


@given(st.text(alphabet="ab <>/&;*_[]()|\n\N{SOFT HYPHEN}“”\"'`å", max_size=80))
def test_what_is_seen_stands_where_it_says(text: str) -> None:
    """Each letter that is read has one place in the file, in the same order."""
    read = seen(text)
    assert len(read.text) == len(read.places)
    assert list(read.places) == sorted(set(read.places))
    assert DROPPED not in read.text
    assert read.text.count("\n") == text.count("\n")
