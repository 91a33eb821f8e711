"""parameters: what a notebook declares, and what is refused before a kernel starts."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.engine import literals
from analysis.engine.parameters import Parameter, bind, read
from analysis.errors import NotebookError, ParameterError

CELL = """\
baseline = "DK-2002"  # plan compared with, "#1"
years = 4  # whole calendar years
level = 0.95
clustered = True  # persons share cases
as_of = "2026-11-24"  # as the record stood
ranks = [1, 2]  # placebo ranks
share: float = 1  # 0-1
"""


def test_reads_names_types_defaults_and_comments(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The cell is the only declaration: help, checks and fingerprints all read it."""
    found = read(write_notebook(tmp_path / "a.ipynb", CELL))
    assert found == (
        Parameter("baseline", "str", "DK-2002", 'plan compared with, "#1"'),
        Parameter("years", "int", 4, "whole calendar years"),
        Parameter("level", "float", 0.95, ""),
        Parameter("clustered", "bool", True, "persons share cases"),
        Parameter("as_of", "date", "2026-11-24", "as the record stood"),
        Parameter("ranks", "list[int]", [1, 2], "placebo ranks"),
        Parameter("share", "float", 1.0, "0-1"),
    )


def test_texts_from_the_command_line_take_the_type_of_the_default(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """`-p years=5` is a text to the shell and must be a number to the notebook."""
    notebook = write_notebook(tmp_path / "a.ipynb", CELL)
    told = {"years": "5", "level": ".9", "clustered": "no", "ranks": "3,4", "as_of": "2027-01-01"}
    assert bind(notebook, told) == {
        "baseline": "DK-2002",
        "years": 5,
        "level": 0.9,
        "clustered": False,
        "as_of": "2027-01-01",
        "ranks": [3, 4],
        "share": 1.0,
    }


def test_a_date_read_from_yaml_is_given_as_text(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """YAML turns 2027-01-01 into a date, which is no notebook literal."""
    notebook = write_notebook(tmp_path / "a.ipynb", CELL)
    assert bind(notebook, {"as_of": date(2027, 1, 1)})["as_of"] == "2027-01-01"


def test_an_unknown_name_is_refused_with_the_nearest(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Papermill only warns, and the run silently answers another question."""
    notebook = write_notebook(tmp_path / "a.ipynb", CELL)
    with pytest.raises(ParameterError) as refused:
        bind(notebook, {"basline": "DK-2007"})
    assert str(refused.value) == (
        "a.ipynb: has no parameter basline. Did you mean baseline? "
        "It takes: baseline, years, level, clustered, as_of, ranks, share."
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("years", "four", "years is int and was given a text that cannot be read so"),
        ("years", True, "years is int and was given true or false"),
        ("years", 4.5, "years is int and was given a decimal number"),
        ("level", "nan", "level is float and was given a number that is not finite"),
        ("clustered", 1, "clustered is bool and was given a whole number"),
        ("baseline", 2002, "baseline is str and was given a whole number"),
        ("as_of", "2026-02-30", "as_of is date and was given a text"),
        ("ranks", ["x"], r"ranks is list\[int\] and was given a text"),
        ("ranks", None, r"ranks is list\[int\] and was given nothing"),
    ],
)
def test_an_ill_typed_value_is_refused_without_being_repeated(
    tmp_path: Path, write_notebook: Callable[..., Path], name: str, value: Any, told: str
) -> None:
    """A value can be a case number; the message is copied into e-mails."""
    notebook = write_notebook(tmp_path / "a.ipynb", CELL)
    with pytest.raises(ParameterError, match=told) as refused:
        bind(notebook, {name: value})
    assert "four" not in str(refused.value)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\ny = x + 1", 2),
        ("x = None", 1),
        ("x = {'a': 1}", 1),
        ("x = [1, 'a']", 1),
        ("import os", 1),
        ("x = y = 1", 1),
        ("a, b = 1, 2", 1),
        ("x = 1\nx = [1,", 2),
        ("%matplotlib inline", 1),
        ("x: int", 1),
    ],
)
def test_anything_but_a_literal_is_refused_with_its_line(
    tmp_path: Path, write_notebook: Callable[..., Path], source: str, line: int
) -> None:
    """A default that must be computed has no type a value could be checked against."""
    with pytest.raises(NotebookError, match=f"line {line} of the `parameters` cell"):
        read(write_notebook(tmp_path / "a.ipynb", source))


def test_a_parameter_set_twice_is_refused(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Which of the two defaults is meant is for the author to say."""
    with pytest.raises(NotebookError, match="set twice in the `parameters` cell: x"):
        read(write_notebook(tmp_path / "a.ipynb", "x = 1\nx = 2"))


@pytest.mark.parametrize(
    ("tags", "told"),
    [((), "no code cell is tagged"), (("parameters", "parameters"), "2 code cells are tagged")],
)
def test_a_run_needs_exactly_one_parameters_cell(
    tmp_path: Path, write_notebook: Callable[..., Path], tags: tuple[str, ...], told: str
) -> None:
    """Papermill injects above the first cell, where the defaults then win."""
    with pytest.raises(NotebookError, match=told):
        read(write_notebook(tmp_path / "a.ipynb", "x = 1", "y = 2", tags=tags))


def test_a_missing_notebook_is_told_with_the_nearest_name(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A slip of the finger should cost no search."""
    write_notebook(tmp_path / "notebooks" / "prosecution.ipynb", "x = 1")
    with pytest.raises(NotebookError) as refused:
        read(tmp_path / "notebooks" / "prosecutoin.ipynb")
    assert str(refused.value) == (
        "prosecutoin.ipynb: no such notebook in notebooks/. Did you mean prosecution.ipynb?"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"cells": [\n', r"not valid notebook JSON \(line 2\)"),
        (b"\xff\xfe", "not valid notebook JSON"),
        (b"[]", "not a notebook of format 4"),
        (b'{"nbformat": 3, "worksheets": []}', "not a notebook of format 4"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}', "not a notebook"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": 1}]}', "not a notebook"),
    ],
)
def test_a_broken_file_is_told_as_such(tmp_path: Path, content: bytes, told: str) -> None:
    """A merge conflict in a notebook must not end in a traceback."""
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError, match=told):
        read(path)


plain = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates().map(date.isoformat),
    st.text(),
)


@given(plain)
def test_a_value_survives_being_written_as_text(value: Any) -> None:
    """What the command line gives and what an evaluation file gives must agree."""
    kind = literals.type_of(value)
    assert literals.fit(str(value), kind) == value == literals.fit(value, kind)


def test_the_folder_of_a_notebook_need_not_exist(tmp_path: Path) -> None:
    """A wrong folder is the same slip as a wrong name."""
    with pytest.raises(NotebookError, match="no such notebook"):
        read(Path(tmp_path / "nowhere" / "a.ipynb"))
