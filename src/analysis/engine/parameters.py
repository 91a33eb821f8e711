"""A notebook in, its declared parameters out; values in, checked values out.

The cell tagged ``parameters`` is the declaration: ``name = literal  # comment``.
Nothing is imported and no kernel starts, so that a wrong value costs nothing.
"""

from __future__ import annotations

import ast
import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.engine.literals import TYPES, Misfit, fit, type_of
from analysis.engine.trailing import trailing_comments
from analysis.errors import NotebookError, ParameterError

TAG = "parameters"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name a notebook can be given.

    ``type`` is ``str``, ``int``, ``float``, ``bool``, ``date`` (a text, YYYY-MM-DD)
    or ``list[...]`` of one of them, taken from ``default`` or from an annotation.
    """

    name: str
    type: str
    default: object
    comment: str


def read(notebook: Path) -> tuple[Parameter, ...]:
    """Read the parameters a notebook declares, in its own order.

    Raises
    ------
    NotebookError
        If the notebook is missing or is not notebook JSON, has no cell tagged
        ``parameters`` or two, or that cell holds anything but ``NAME = literal``.
    """
    source = _parameters_cell(notebook, load(notebook))
    try:
        statements = ast.parse(source).body
        comments = trailing_comments(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(notebook, getattr(error, "lineno", None) or 1) from error
    found = [
        _parameter(notebook, statement, comments)
        for statement in statements
        if not _is_bare_text(statement)
    ]
    _refuse_doubles(notebook, found)
    return tuple(found)


def bind(notebook: Path, given: Mapping[str, object]) -> dict[str, object]:
    """Check ``given`` against what the notebook declares and fill in the defaults.

    A text is converted to the type of the default (``"2007"`` for an ``int``,
    ``"true"`` for a ``bool``, ``"a,b"`` for a ``list[str]``), as the command line
    has nothing but texts.

    Returns
    -------
    dict
        A value for every declared parameter, in the notebook's order.

    Raises
    ------
    ParameterError
        If a name is unknown (the nearest is suggested) or a value does not fit.
    NotebookError
        As `read` raises it.
    """
    declared = {parameter.name: parameter for parameter in read(notebook)}
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise ParameterError(_unknown(notebook, unknown, declared))
    return {
        name: _fitted(notebook, parameter, given[name]) if name in given else parameter.default
        for name, parameter in declared.items()
    }


def load(notebook: Path) -> dict[str, Any]:
    """Read a notebook file as JSON, as far as it must be right for a run.

    Raises
    ------
    NotebookError
        If it is missing (the nearest name is suggested), unreadable, or not a
        notebook of format 4.
    """
    try:
        loaded = json.loads(notebook.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotebookError(_missing(notebook)) from error
    except OSError as error:
        raise NotebookError(f"{notebook.name}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise NotebookError(
            f"{notebook.name}: is not valid notebook JSON{_at_line(error)}. "
            "Restore it from git, or save it again in JupyterLab."
        ) from error
    if not _is_notebook(loaded):
        raise NotebookError(
            f"{notebook.name}: is JSON, but not a notebook of format 4. Save it in JupyterLab."
        )
    notebook_json: dict[str, Any] = loaded
    return notebook_json


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source as one text, however the file splits it."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest of ``known``, as the end of a message; empty if none is near."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else ""


def _missing(notebook: Path) -> str:
    beside = [entry.name for entry in notebook.parent.glob("*.ipynb")]
    return (
        f"{notebook.name}: no such notebook in {notebook.parent.name or '.'}/."
        f"{nearest(notebook.name, beside) or ' See which there are, or make it.'}"
    )


def _at_line(error: Exception) -> str:
    return f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""


def _is_notebook(loaded: object) -> bool:
    return (
        isinstance(loaded, dict)
        and loaded.get("nbformat") == 4
        and isinstance(loaded.get("cells"), list)
        and all(_is_cell(cell) for cell in loaded["cells"])
    )


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return False
    source, metadata = cell.get("source", ""), cell.get("metadata", {})
    lines = [source] if isinstance(source, str) else source
    return (
        isinstance(metadata, dict)
        and isinstance(metadata.get("tags", []), list)
        and isinstance(lines, list)
        and all(isinstance(line, str) for line in lines)
    )


def _parameters_cell(notebook: Path, loaded: Mapping[str, Any]) -> str:
    tagged = [
        cell
        for cell in loaded["cells"]
        if cell["cell_type"] == "code" and TAG in cell.get("metadata", {}).get("tags", [])
    ]
    if len(tagged) == 1:
        return source_of(tagged[0])
    what = "no code cell is" if not tagged else f"{len(tagged)} code cells are"
    raise NotebookError(
        f"{notebook.name}: {what} tagged `{TAG}`, and a run needs exactly one. "
        "Set the tag in JupyterLab (property inspector, Cell Tags)."
    )


def _is_bare_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _parameter(notebook: Path, statement: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    target, value, annotation = _assignment(statement)
    if target is None or value is None:
        raise _unreadable(notebook, statement.lineno)
    try:
        default: object = ast.literal_eval(value)
        declared = annotation if annotation in TYPES else type_of(default)
        default = fit(default, declared)
    except (ValueError, Misfit) as error:
        raise _unreadable(notebook, statement.lineno) from error
    comment = comments.get(statement.end_lineno or statement.lineno, "")
    return Parameter(target.id, declared, default, comment)


def _assignment(statement: ast.stmt) -> tuple[ast.Name | None, ast.expr | None, str]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target, statement.value, ast.unparse(statement.annotation)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target, statement.value, ""
    return None, None, ""


def _unreadable(notebook: Path, line: int) -> NotebookError:
    return NotebookError(
        f"{notebook.name}: line {line} of the `{TAG}` cell is not NAME = literal. "
        "Write a text, number, True/False, a date as a text, or a list of one of them; "
        "what must be computed belongs in a later cell."
    )


def _refuse_doubles(notebook: Path, found: Iterable[Parameter]) -> None:
    names = [parameter.name for parameter in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise NotebookError(
            f"{notebook.name}: set twice in the `{TAG}` cell: {', '.join(twice)}. "
            "Keep one line of each."
        )


def _unknown(notebook: Path, unknown: list[str], declared: Mapping[str, Parameter]) -> str:
    word = "parameter" if len(unknown) == 1 else "parameters"
    hints = "".join(nearest(name, declared) for name in unknown)
    return (
        f"{notebook.name}: has no {word} {', '.join(unknown)}.{hints} "
        f"It takes: {', '.join(declared) or 'none'}."
    )


def _fitted(notebook: Path, parameter: Parameter, value: object) -> object:
    try:
        return fit(value, parameter.type)
    except Misfit as error:
        raise ParameterError(
            f"{notebook.name}: parameter {parameter.name} is {parameter.type} and was given "
            f"{error}. Give {TYPES[parameter.type]}."
        ) from error
