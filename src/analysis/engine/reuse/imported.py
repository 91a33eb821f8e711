"""Python source in, the modules that it names out, by reading alone.

Import statements, and imports by a name that is a text (``import_module("a.b")``). What is
no Python yet, as a cell half written, is read line by line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# Lines that IPython takes: magics, shell commands, help, and assignments from the first two.
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}|[\w.\[\], ]+=\s*[%!](?!=).*)$")
_IMPORT_LINE = re.compile(r"^\s*(?:import|from)\s+\w")
# A module with one of these words may import, or read, what no import statement names.
_DYNAMIC = ("importlib", "__import__", "pkgutil", "runpy")
_BY_NAME = ("import_module", "__import__", "run_module")


def imports_in(sources: Iterable[str]) -> frozenset[str]:
    """Return the dotted names that the cells of a notebook may import.

    ``from a import b`` gives ``a`` and ``a.b``, as ``b`` may be a module. Magics are
    passed over; of a cell that is no Python even so, each line that begins with
    ``import`` or ``from`` counts.
    """
    return frozenset(name for source in sources for name in _names(_parsed(source)))


def imported_by(path: Path) -> frozenset[str]:
    """Return the dotted names that the import statements of a file may import."""
    return imports_in([path.read_text(encoding="utf-8", errors="replace")])


def named_by_text(path: Path, package: str) -> Iterator[str]:
    """Give what a module may import, or read, by a name that is a text.

    A text that is a whole dotted name counts; a name that is computed may be any module
    of the package that the module lies in.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    if not any(word in text for word in _DYNAMIC):
        return
    for node in ast.walk(_parsed(text)):
        if name := _text(node):
            yield name
        elif isinstance(node, ast.Call) and _called(node) in _BY_NAME and not _named(node):
            yield f"{package}.*"


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _parsed(source: str) -> ast.AST:
    for attempt in (source, _without_magics(source), _import_lines(source)):
        try:
            return ast.parse(attempt)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return ast.Module([], [])


def _without_magics(source: str) -> str:
    return "\n".join(_MAGIC.sub(r"\1pass", line) for line in source.split("\n"))


def _import_lines(source: str) -> str:
    kept = []
    for line in source.split("\n"):
        if _IMPORT_LINE.match(line):
            try:
                ast.parse(line.strip())
            except SyntaxError:
                continue
            kept.append(line.strip())
    return "\n".join(kept)


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in _BY_NAME:
            yield from filter(None, [_named(node)])


def _named(node: ast.Call) -> str:
    return _text(node.args[0]) if node.args else ""


def _text(node: ast.AST) -> str:
    """Return the dotted name that a node of source spells out, or nothing."""
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, str):
        return ""
    return value if all(part.isidentifier() for part in value.split(".")) else ""
