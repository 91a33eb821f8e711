"""Prose out of every kind of file, with its place; and what a reader is never shown, left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.outputs import FINDING
from analysis.errors import AnalysisError, NotebookError
from analysis.prose import lint, strings, texts
from analysis.prose.quoted import unquoted

CLAIM = "The plan led to more convictions."


def _hits(path: Path) -> list[lint.Hit]:
    return list(lint.hits(texts.read([path], home=path.parent)))


def _notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _cell(kind: str, source: str, *tags: str, outputs: object = ()) -> dict[str, object]:
    return {
        "cell_type": kind,
        "source": source.splitlines(keepends=True),
        "metadata": {"tags": list(tags)},
        "outputs": outputs,
    }


def test_a_notebook_is_read_cell_by_cell(tmp_path: Path) -> None:
    """Text and strings that a reader sees; not the code around them."""
    path = tmp_path / "n.ipynb"
    code = "# It led to more.\nx = led.to\ntitle = 'The plan led to ' + 'more'\nf'{x} led to {x}'\n"
    path.write_text(
        _notebook(
            _cell("markdown", "# Title\n\nPlanen førte til mere.\n", "lang-da"),
            _cell("code", code),
            _cell("raw", CLAIM),
        ),
        encoding="utf-8",
    )
    assert [(hit.cell, hit.line, hit.words) for hit in _hits(path)] == [
        (1, 3, "førte til"),
        (2, 3, "led to"),
        (2, 4, "led to"),
    ]


def test_an_executed_notebook_is_held_against_its_own_findings(tmp_path: Path) -> None:
    """What grade A bears, prose beside a finding of grade A may say."""
    for grade, many in (("A", 0), ("B", 3)):
        finding = {
            "id": "x.y",
            "grade": grade,
            "sentence": {"da": "Planen førte til mere.", "en": CLAIM},
            "short": {"da": "Mere.", "en": "More."},
            "caveats": [],
        }
        path = tmp_path / f"{grade}.ipynb"
        shown = [{"data": {FINDING: finding}}, {"text": "streamed"}]
        path.write_text(
            _notebook(_cell("markdown", CLAIM, "lang-en"), _cell("code", "1", outputs=shown)),
            encoding="utf-8",
        )
        found = _hits(path)
        assert len(found) == many
        assert {hit.grade for hit in found} <= {grade}


@pytest.mark.parametrize(
    ("name", "content", "line", "part"),
    [
        ("a.md", f"# Title\n\n{CLAIM}\n", 3, ""),
        ("a.yml", f"one:\n  da: Godt nok\n  en: {CLAIM}\n", 3, "one.en"),
        ("a.yaml", f"note: >-\n  Some words.\n  {CLAIM}\n", 2, "note"),
        ("a.csv", f'row_id,text_da,text_en\n1,"to\nlinjer","{CLAIM}"\n', 2, "text_en"),
        ("a.html", f'<p class="x">\n<b>{CLAIM}</b></p>', 2, ""),
        ("page.html.j2", "{% if x %}\n<p>{{ plan }} led to {{ more }}.</p>{% endif %}", 2, ""),
        ("letter.en.txt", f"Dear all\n\n{CLAIM}", 3, ""),
    ],
)
def test_every_kind_of_file_is_read(
    tmp_path: Path, name: str, content: str, line: int, part: str
) -> None:
    """A claim is one wherever a reader meets it, and its author must find it again."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    (hit,) = _hits(path)
    assert (hit.line, hit.part, hit.cell) == (line, part, 0)


def test_rows_that_carry_a_quote_tell_what_their_source_says(tmp_path: Path) -> None:
    """Our wording of a quoted source is the source's claim; our own statements are ours."""
    path = tmp_path / "findings.csv"
    path.write_text(f"finding_en,quote\n{CLAIM},its words\n{CLAIM},\n", encoding="utf-8")
    assert [hit.line for hit in _hits(path)] == [3]


def test_a_folder_is_read_without_what_tools_leave_in_it(tmp_path: Path) -> None:
    """A checkpoint is an old draft of the same text."""
    (tmp_path / ".ipynb_checkpoints").mkdir()
    for name in ("a.md", "b.py", ".ipynb_checkpoints/a.md"):
        (tmp_path / name).write_text(CLAIM, encoding="utf-8")
    assert [passage.file for passage in texts.read([tmp_path], home=tmp_path)] == ["a.md"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    """One overclaim is not two."""
    (tmp_path / "a.md").write_text(CLAIM, encoding="utf-8")
    assert len(list(texts.read([tmp_path, tmp_path / "a.md"], home=tmp_path))) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.ipynb", b"{}", "a.ipynb: no notebook that can be read"),
        ("a.ipynb", b"[1]", "a.ipynb: no notebook that can be read"),
        ("a.ipynb", b"{", "a.ipynb: no notebook that can be read"),
        ("a.ipynb", b'{"cells": [{"cell_type": "code"}]}', "a.ipynb: no notebook"),
        ("a.md", b"\xff\xfe\x00", "a.md: not UTF-8"),
        ("a.yml", b"a: [1", "a.yml: not YAML"),
        ("a.py", b"x", "a.py is no prose that is read"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """A file passed over in silence would count as clean."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AnalysisError, match=said):
        _hits(path)


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    """A mistyped name must not pass for prose without fault."""
    with pytest.raises(AnalysisError, match="there is no file or folder"):
        _hits(tmp_path / "nowhere")


def test_a_broken_notebook_is_a_notebook_error(tmp_path: Path) -> None:
    """The command names what is broken, as every other verb does."""
    (tmp_path / "a.ipynb").write_text("null", encoding="utf-8")
    with pytest.raises(NotebookError):
        _hits(tmp_path / "a.ipynb")


@given(st.text(max_size=200))
def test_blanking_keeps_every_letter_in_its_place(text: str) -> None:
    """A hit is pointed to by counting lines: nothing may move."""
    plain = unquoted(text)
    assert len(plain) == len(text)
    assert [place for place, sign in enumerate(plain) if sign == "\n"] == [
        place for place, sign in enumerate(text) if sign == "\n"
    ]


@given(st.text(max_size=120))
def test_any_source_can_be_read_for_strings(source: str) -> None:
    """A cell half written, or with a magic, is no crash."""
    assert all(line >= 1 for line, _ in strings.shown(source))


def test_a_cell_with_a_magic_is_read() -> None:
    """IPython's own lines are no Python, and strings below them are shown all the same."""
    assert strings.shown("%matplotlib inline\n!ls\nshow('it led to more')") == (
        (3, "it led to more"),
    )


def test_docstrings_and_single_words_are_not_prose() -> None:
    """Ids and notes to programmers are shown to nobody."""
    assert strings.shown('def f():\n    """It led to more."""\n\nx = "prosecution.led"') == ()
