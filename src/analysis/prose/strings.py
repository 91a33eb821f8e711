"""The source of a code cell in, the strings that a reader may be shown out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_MAGIC = re.compile(r"(?m)^[ \t]*[%!?].*$|^.*\?[ \t]*$")
_SENTENCE = re.compile(r"[^\W\d_]{2,}\W*\s\W*[^\W\d_]{2,}")
_LITERAL = re.compile(
    r"""(?s)(\"\"\"|'''|"|')((?:\\.|(?!\1).)*)\1""",
)

Found = tuple[int, str]
"""Line of the cell, from 1, and the text."""


def shown(source: str) -> tuple[Found, ...]:
    """Return each string of two words or more, with the line that it begins on.

    Parts of an f-string, and strings added together, are one text; what is put in is one
    word. Docstrings, comments, names and ids are shown to nobody. A cell that is no Python
    is read for anything between quotation marks.
    """
    try:
        tree = ast.parse(_MAGIC.sub("pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found: Iterator[Found] = (
            (source.count("\n", 0, one.start()) + 1, one[2]) for one in _LITERAL.finditer(source)
        )
        return tuple(each for each in found if _SENTENCE.search(each[1]))
    return tuple(each for each in _of(tree, _docstrings(tree)) if _SENTENCE.search(each[1]))


def _of(node: ast.AST, docstrings: frozenset[int]) -> Iterator[Found]:
    if id(node) in docstrings:
        return
    said = _said(node)
    if said is not None and isinstance(node, ast.expr):
        yield node.lineno, said
        return
    for child in ast.iter_child_nodes(node):
        yield from _of(child, docstrings)


def _said(node: ast.AST) -> str | None:
    """Return the text of a string, an f-string or a sum of them; None of anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part if (part := _said(value)) is not None else "{}" for value in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _said(node.left), _said(node.right)
        if left is None and right is None:
            return None
        return (left if left is not None else "{}") + (right if right is not None else "{}")
    return None


def _docstrings(tree: ast.Module) -> frozenset[int]:
    """Return which nodes are docstrings of functions and classes: a cell's own text is shown."""
    holders = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and isinstance(node.body[0], ast.Expr)
    )
