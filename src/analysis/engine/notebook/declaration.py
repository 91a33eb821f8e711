"""One statement of a ``parameters`` cell in, the parameter that it declares out."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from analysis.engine.notebook import allowed as allowing
from analysis.engine.notebook.allowed import Allowed
from analysis.engine.notebook.literals import TYPES, Misfit, fit, inner_type, type_of
from analysis.engine.notebook.nearest import nearest

# An annotation that leaves it to the literal which one of them it is.
_UNTOLD = ("", "range", "list")
# Types that Python would look up, and not find, when the cell runs.
_ONLY_IN_QUOTES = ("file", "list[file]", "range[int]", "range[float]", "range[date]")

_NOT_A_LITERAL = (
    "is not NAME = literal. Write a text, number, True/False, a date as a text, or a list of "
    "one of them; what must be computed belongs in a later cell."
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name a notebook can be given.

    ``type`` is ``str``, ``int``, ``float``, ``bool``, ``date`` (a text, YYYY-MM-DD),
    ``file`` (a path in the workbench), ``list[...]`` of one of them, or ``range[...]``
    of ``int``, ``float`` or ``date`` (a text, low..high). It is taken from ``default`` or
    from an annotation, ``allowed`` from the comment, of which ``comment`` is the rest.
    """

    name: str
    type: str
    default: object
    comment: str
    allowed: Allowed | None = None


class Misdeclared(Exception):  # noqa: N818 - not a failure until notebook and line are known
    """A line declares no parameter; the message goes on where its number ends."""


def declare(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    """Read ``name = literal  # comment``, with or without an annotation.

    Raises
    ------
    Misdeclared
        If it is anything else, the type is unknown, the comment's brackets cannot be
        read, or the default is not of the type or not allowed.
    """
    target, value, annotation = _assignment(statement)
    if target is None or value is None:
        raise Misdeclared(_NOT_A_LITERAL)
    try:
        default: object = ast.literal_eval(value)
    except ValueError as error:
        raise Misdeclared(_NOT_A_LITERAL) from error
    type_name = _type(annotation, default)
    default = _default(default, type_name)
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    words, allowed = _allowed(comments.get(last) or comments.get(first, ""), type_name, default)
    return Parameter(target.id, type_name, default, words, allowed)


def _assignment(
    statement: ast.stmt,
) -> tuple[ast.Name | None, ast.expr | None, ast.expr | None]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target, statement.value, statement.annotation
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target, statement.value, None
    return None, None, None


def _type(annotation: ast.expr | None, default: object) -> str:
    named = _name_of(annotation)
    if named in TYPES:
        return named
    if named not in _UNTOLD:
        raise Misdeclared(
            f"names a type that there is not.{nearest(named, TYPES)} There are: {', '.join(TYPES)}."
        )
    try:
        found = type_of(default)
    except Misfit as error:
        if isinstance(default, str):
            raise Misdeclared(_no_default(error, 'Write low..high, or NAME: "str".')) from error
        raise Misdeclared(_NOT_A_LITERAL) from error
    if named and not found.startswith(f"{named}["):
        raise Misdeclared(
            f"is annotated as a {named} and has a default that is none. "
            "Write a range as low..high, with both ends, and a list as [a, b]."
        )
    return found


def _name_of(annotation: ast.expr | None) -> str:
    if annotation is None:
        return ""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.strip()
    named = ast.unparse(annotation).replace("'", "")
    if named in _ONLY_IN_QUOTES and "'" not in ast.unparse(annotation):
        raise Misdeclared(
            f'names its type without quotes, which fails when it runs. Write NAME: "{named}".'
        )
    return named


def _default(default: object, type_name: str) -> object:
    try:
        fitted = fit(default, type_name)
    except Misfit as error:
        raise Misdeclared(_no_default(error, f"Write {TYPES[type_name]}.")) from error
    if inner_type(type_name) == "file" and _is_absolute(fitted):
        raise Misdeclared(
            "has a path of one machine as default. Write it relative to the workbench, "
            "as data/lists.csv."
        )
    return fitted


def _allowed(comment: str, type_name: str, default: object) -> tuple[str, Allowed | None]:
    try:
        words, allowed = allowing.declared(comment, type_name)
    except Misfit as error:
        raise Misdeclared(
            f"has {error} in the brackets of its comment, and is {type_name}. "
            "Write [low..high] or [a|b|c], once."
        ) from error
    if allowed is not None:
        try:
            allowing.require(default, type_name, allowed)
        except Misfit as error:
            raise Misdeclared(f"has a default that its own comment refuses: {error}") from error
    return words, allowed


def _no_default(error: Misfit, advice: str) -> str:
    return f"has a default that is {error}. {advice}"


def _is_absolute(value: object) -> bool:
    paths = value if isinstance(value, list) else [value]
    return any(PurePath(str(path)).is_absolute() for path in paths)
