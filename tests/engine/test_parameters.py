"""parameters: what a notebook declares, and what is refused before a kernel starts."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.engine.notebook import literals
from analysis.engine.notebook.allowed import Allowed
from analysis.engine.notebook.parameters import Parameter, bind, read
from analysis.engine.notebook.ranges import ends
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
    [
        ((), "no code cell is tagged"),
        (("parameters", "parameters"), r"2 code cells are tagged `parameters` \(1, 2\)"),
    ],
)
def test_a_run_needs_exactly_one_parameters_cell(
    tmp_path: Path, write_notebook: Callable[..., Path], tags: tuple[str, ...], told: str
) -> None:
    """Papermill injects above the first cell, where the defaults then win."""
    with pytest.raises(NotebookError, match=told):
        read(write_notebook(tmp_path / "a.ipynb", "x = 1", "y = 2", tags=tags))


def _tagged(path: Path, *cells: tuple[str, list[object]]) -> Path:
    made: list[dict[str, object]] = [
        {"cell_type": kind, "id": f"c{place}", "metadata": {"tags": tags}, "source": "x = 1"}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for place, (kind, tags) in enumerate(cells)
    ]
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": made}), encoding="utf-8")
    return path


@pytest.mark.parametrize("beside", [[], ["parameters"]])
def test_a_text_cell_is_no_parameters_cell(tmp_path: Path, beside: list[object]) -> None:
    """Papermill takes the first cell that is tagged, of any kind, and injects below it."""
    notebook = _tagged(tmp_path / "a.ipynb", ("markdown", ["parameters"]), ("code", beside))
    with pytest.raises(NotebookError) as refused:
        read(notebook)
    assert str(refused.value) == (
        "a.ipynb: cell 1 is tagged `parameters` and not code. Tag the code cell that sets "
        "them, and only it, in JupyterLab (property inspector, Cell Tags)."
    )


def test_a_tag_twice_on_one_cell_is_refused_with_the_cells(tmp_path: Path) -> None:
    """The format forbids it, and nbformat's own words name no cell."""
    notebook = _tagged(
        tmp_path / "a.ipynb",
        ("code", ["parameters", "parameters"]),
        ("code", []),
        ("markdown", ["lang-da", "lang-en", "lang-da"]),
    )
    with pytest.raises(NotebookError, match="cells 1, 3 are carrying a tag twice"):
        read(notebook)


def test_a_tag_that_is_no_text_is_no_notebook(tmp_path: Path) -> None:
    """A merge by hand leaves such things, and they must not end in a traceback."""
    with pytest.raises(NotebookError, match="not a notebook of format 4"):
        read(_tagged(tmp_path / "a.ipynb", ("code", [1])))


DECLARED = """\
years = "2002..2006"  # the plan's years [1995..2030]
days: "range" = "2002-01-01..2006-12-31"
level = 0.95  # confidence level [0.5..0.999], as [1] has it
seed = 1  # first seed [0..]
language = "en"  # [da|en] wording
sizes = [1, 3]  # [1|3|5]
as_of = "2026-11-24"  # [..2026-12-31]
source: "file" = "data/lists.csv"  # who was identified
more: list["file"] = []
note = "a..b"  # a text
digits: str = "1..2"
steps: "range[float]" = "1..2"
counts: list[int] = [  # how many [0..9]
    1,
]
"""


def test_reads_ranges_files_bounds_and_choices(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """What a value may be is said once, in the line that sets it, and people read it there."""
    assert read(write_notebook(tmp_path / "a.ipynb", DECLARED)) == (
        Parameter("years", "range[int]", "2002..2006", "the plan's years", Allowed(1995, 2030)),
        Parameter("days", "range[date]", "2002-01-01..2006-12-31", ""),
        Parameter("level", "float", 0.95, "confidence level, as [1] has it", Allowed(0.5, 0.999)),
        Parameter("seed", "int", 1, "first seed", Allowed(0, None)),
        Parameter("language", "str", "en", "wording", Allowed(choices=("da", "en"))),
        Parameter("sizes", "list[int]", [1, 3], "", Allowed(choices=(1, 3, 5))),
        Parameter("as_of", "date", "2026-11-24", "", Allowed(None, "2026-12-31")),
        Parameter("source", "file", "data/lists.csv", "who was identified"),
        Parameter("more", "list[file]", [], ""),
        Parameter("note", "str", "a..b", "a text"),
        Parameter("digits", "str", "1..2", ""),
        Parameter("steps", "range[float]", "1.0..2.0", ""),
        Parameter("counts", "list[int]", [1], "how many", Allowed(0, 9)),
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('x: "flie" = "a"', "names a type that there is not. Did you mean file?"),
        ('x: file = "a"', 'names its type without quotes.* Write NAME: "file"'),
        ('x: range[int] = "1..2"', "names its type without quotes"),
        ('x: "range" = "2002.."', "annotated as a range and has a default that is none"),
        ('x: "range" = 4', "names a type|annotated as a range"),
        ('x: "range[date]" = "1..2"', "default that is a text that cannot be read so"),
        ('x = "2006..2002"', "default that is a range that ends before it begins"),
        ('x: "file" = "/data/a.csv"', "a path of one machine as default"),
        ('x: int = "four"', "default that is a text that cannot be read so. Write a whole number"),
        ("x = 3  # [4..9]", "default that its own comment refuses: a value outside its bounds"),
        ("x = 3  # [1..2] [3..4]", "has 2 brackets that say what is allowed"),
        ("x = 3  # [9..1]", "bounds of which the second is the lower"),
        ("x = 3  # [..]", "bounds that cannot be read"),
        ("x = 3  # [a..b]", "a text that cannot be read so in the brackets"),
        ('x = "a"  # [a..b]', "bounds, which are for numbers, dates and ranges"),
        ('x = "a"  # [a|]', "a choice that is empty or stands there twice"),
        ("x = True  # [true|false]", "choices, which are for texts, numbers and dates"),
        ('x = "1..2"  # [1|2]', "choices, which are for texts, numbers and dates"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused(
    tmp_path: Path, write_notebook: Callable[..., Path], line: str, told: str
) -> None:
    """A check that is misread would check nothing, and nobody would know."""
    with pytest.raises(NotebookError, match=f"line 1 of the `parameters` cell.*({told})"):
        read(write_notebook(tmp_path / "a.ipynb", line))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("years", "1990..2006", "parameter years was given a value outside its bounds"),
        ("years", "2006..2002", "was given a range that ends before it begins. Give a range of"),
        ("years", "2006..", "was given a range with an open end. Give a range of whole numbers"),
        ("years", "2002", "was given a text that cannot be read so. Give a range of whole"),
        ("years", 2002, "was given a whole number. Give a range of whole numbers"),
        ("years", "1.5..2.5", "is range.int. and was given a text"),
        ("days", "2002-01-01..2002-02-30", "is range.date. and was given a text"),
        ("level", "1", "level was given a value outside its bounds. Give one within 0.5..0.999"),
        ("seed", -1, "seed was given a value outside its bounds. Give one within 0..."),
        ("as_of", "2027-01-01", "Give one within ..2026-12-31"),
        ("sizes", "1,2", "sizes was given a value that is none of its 3 choices. Give one of: 1"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(
    tmp_path: Path, write_notebook: Callable[..., Path], name: str, value: Any, told: str
) -> None:
    """A confidence level of 95 costs a run, or worse, is believed."""
    notebook = write_notebook(tmp_path / "a.ipynb", DECLARED)
    with pytest.raises(ParameterError, match=told):
        bind(notebook, {name: value})


def test_the_nearest_choice_is_suggested(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """What was meant is mostly one letter away."""
    notebook = write_notebook(tmp_path / "a.ipynb", 'x = "all"  # [all|women|men]')
    with pytest.raises(ParameterError) as refused:
        bind(notebook, {"x": "woman"})
    assert str(refused.value) == (
        "a.ipynb: parameter x was given a value that is none of its 3 choices. "
        "Did you mean women? Give one of: all, women, men."
    )


def test_a_range_has_one_way_of_writing(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Equal parameters must be equal texts, or the same run is run again."""
    notebook = write_notebook(tmp_path / "a.ipynb", 'x = "1..2"\ny = "0.5..0.9"')
    bound = bind(notebook, {"x": " +01 .. 2", "y": ".50..1"})
    assert bound == {"x": "1..2", "y": "0.5..1.0"}
    assert bind(notebook, bound) == bound


whole = st.integers(-(10**12), 10**12)
decimal = st.floats(allow_nan=False, allow_infinity=False)
day = st.dates().map(date.isoformat)


pairs = st.one_of(st.tuples(whole, whole), st.tuples(decimal, decimal), st.tuples(day, day))


@given(pairs)
def test_the_ends_of_a_range_are_what_was_written(pair: tuple[Any, Any]) -> None:
    """A notebook that reads other years than it was given answers another question."""
    low, high = sorted(pair)
    text = f"{low}..{high}"
    assert ends(text) == (low, high)
    assert literals.fit(text, literals.type_of(text)) == text


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
