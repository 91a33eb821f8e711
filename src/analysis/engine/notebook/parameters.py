"""A notebook in, its declared parameters out; values in, checked values out.

The cell tagged ``parameters`` is the declaration, ``name = literal  # comment``, or
``name: "type" = literal`` where the literal alone does not tell (``"file"``). The
comment may say what is allowed: see `allowed`. Nothing is imported and no kernel
starts, so that a wrong value costs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.engine.notebook import allowed, named_files
from analysis.engine.notebook.declaration import Misdeclared, Parameter, declare
from analysis.engine.notebook.file import load, source_of, source_tagged
from analysis.engine.notebook.literals import TYPES, Misfit, fit, inner_type, split
from analysis.engine.notebook.nearest import nearest
from analysis.engine.notebook.trailing import trailing_comments
from analysis.errors import NotebookError, ParameterError

# Other modules of the engine read a notebook through this one.
__all__ = [
    "TAG",
    "Parameter",
    "bind",
    "files",
    "load",
    "nearest",
    "read",
    "seen_from",
    "source_of",
]

TAG = "parameters"


def read(notebook: Path) -> tuple[Parameter, ...]:
    """Read the parameters a notebook declares, in its own order.

    Raises
    ------
    NotebookError
        If the notebook is missing or is not notebook JSON, has no code cell tagged
        ``parameters`` or two, that cell holds anything but ``NAME = literal``, or a
        default is not what its line declares.
    """
    source = source_tagged(notebook, TAG)
    try:
        statements = ast.parse(source).body
        comments = trailing_comments(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _wrong_line(notebook, getattr(error, "lineno", None) or 1) from error
    found = []
    for statement in statements:
        if _is_bare_text(statement):
            continue
        try:
            found.append(declare(statement, comments))
        except Misdeclared as error:
            raise _wrong_line(notebook, statement.lineno, str(error)) from error
    _refuse_doubles(notebook, found)
    return tuple(found)


def bind(
    notebook: Path, given: Mapping[str, object], *, home: Path | None = None
) -> dict[str, object]:
    """Check ``given`` against what the notebook declares and fill in the defaults.

    A text is converted to the type of the default (``"2007"`` for an ``int``,
    ``"true"`` for a ``bool``, ``"a,b"`` for a ``list[str]``), as the command line
    has nothing but texts. A ``file`` must be there, and is stated relative to ``home``
    (default: the workbench, or the notebook's folder where there is none).

    Returns
    -------
    dict
        A value for every declared parameter, in the notebook's order; bound again, it
        is the same.

    Raises
    ------
    ParameterError
        If a name is unknown (the nearest is suggested), a value does not fit or is not
        allowed, or a file is not there.
    NotebookError
        As `read` raises it.
    """
    declared = {parameter.name: parameter for parameter in read(notebook)}
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise ParameterError(_unknown(notebook, unknown, declared))
    root = home or named_files.home_of(notebook)
    return {
        name: _given(notebook, parameter, given[name], root)
        if name in given
        else _default(notebook, parameter, root)
        for name, parameter in declared.items()
    }


def files(
    notebook: Path, bound: Mapping[str, object], *, home: Path | None = None
) -> tuple[Path, ...]:
    """Return the files that bound values name: what is in them is part of what a run is given."""
    root = home or named_files.home_of(notebook)
    return tuple(
        root / path
        for parameter in read(notebook)
        if inner_type(parameter.type) == "file" and parameter.name in bound
        for path in _each(bound[parameter.name])
    )


def seen_from(folder: Path, notebook: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return what a user in ``folder`` gave, with paths relative to the workbench.

    A path that is in ``folder`` wins over the same one in the workbench, as shells
    complete from where the user is. Unknown names are left for `bind` to refuse.
    """
    home = named_files.home_of(notebook)
    types = {parameter.name: parameter.type for parameter in read(notebook)}
    seen = dict(given)
    for name, text in given.items():
        if types.get(name) == "file":
            seen[name] = named_files.seen_from(folder, text, home)
        elif types.get(name) == "list[file]":
            paths = (named_files.seen_from(folder, path, home) for path in split(text))
            seen[name] = ",".join(paths)
    return seen


def _is_bare_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _wrong_line(
    notebook: Path, line: int, what: str = "is not Python that can be read. Write NAME = literal."
) -> NotebookError:
    return NotebookError(f"{notebook.name}: line {line} of the `{TAG}` cell {what}")


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


def _given(notebook: Path, parameter: Parameter, value: object, home: Path) -> object:
    where = f"{notebook.name}: parameter {parameter.name}"
    try:
        fitted = _stated(fit(value, parameter.type), parameter, home)
    except Misfit as error:
        raise ParameterError(
            f"{where} is {parameter.type} and was given {_ended(error)} "
            f"Give {TYPES[parameter.type]}."
        ) from error
    if parameter.allowed is not None:
        try:
            allowed.require(fitted, parameter.type, parameter.allowed)
        except Misfit as error:
            raise ParameterError(f"{where} was given {error}") from error
    return fitted


def _default(notebook: Path, parameter: Parameter, home: Path) -> object:
    try:
        return _stated(parameter.default, parameter, home)
    except Misfit as error:
        raise ParameterError(
            f"{notebook.name}: the default of parameter {parameter.name} is {_ended(error)} "
            f"Put the file there, or give another: -p {parameter.name}=FILE"
        ) from error


def _stated(value: object, parameter: Parameter, home: Path) -> object:
    if inner_type(parameter.type) != "file":
        return value
    paths = [named_files.stated(path, home) for path in _each(value)]
    return paths if isinstance(value, list) else paths[0]


def _each(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _ended(error: Misfit) -> str:
    text = str(error)
    return text if text.endswith((".", "?")) else f"{text}."
