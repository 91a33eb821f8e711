"""Files and folders in, the passages out that a reader is shown, each with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis.contracts.findings import Grade
from analysis.contracts.outputs import FINDING
from analysis.contracts.published import LANGUAGES, Language
from analysis.errors import AnalysisError, NotebookError
from analysis.prose import strings

_SKIPPED = (".ipynb_checkpoints", "__pycache__", "node_modules")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some prose: where it stands, in which language if known, beside which evidence.

    ``first_line`` is the line of the file (or, where ``cell`` is not 0, of that cell) on
    which ``text`` begins. ``grade`` is that of the finding it belongs to, or the strongest
    of its notebook; None where nothing says.
    """

    file: str
    text: str
    first_line: int = 1
    cell: int = 0
    part: str = ""
    language: Language | None = None
    grade: Grade | None = None


def read(paths: Iterable[Path], *, home: Path) -> Iterator[Passage]:
    """Read prose from files, and from every file of a known kind below folders.

    Parameters
    ----------
    paths : iterable of Path
        Notebooks, Markdown, word files (YAML), tables with columns ending in ``_da`` and
        ``_en``, templates; or folders of them.
    home : Path
        Files below it are named by their place in it.

    Raises
    ------
    AnalysisError
        If a path is missing, of an unknown kind, or cannot be read as what it says it is.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _files(path):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield from _passages(file, _named(file, home))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        inside = (each for each in sorted(path.rglob("*")) if each.suffix in READERS)
        yield from (each for each in inside if each.is_file() and not _is_skipped(each, path))
        return
    if not path.is_file():
        raise AnalysisError(f"lint: there is no file or folder {path}. Correct the path.")
    if path.suffix not in READERS:
        raise AnalysisError(
            f"lint: {path.name} is no prose that is read. Name files of: "
            f"{', '.join(sorted(READERS))}."
        )
    yield path


def _is_skipped(file: Path, below: Path) -> bool:
    return any(part in _SKIPPED for part in file.relative_to(below).parts)


def _named(file: Path, home: Path) -> str:
    full, base = file.resolve(), home.resolve()
    return full.relative_to(base).as_posix() if full.is_relative_to(base) else file.as_posix()


def _passages(file: Path, name: str) -> Iterator[Passage]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnalysisError(f"{name}: not UTF-8. Save the file as UTF-8.") from error
    except OSError as error:
        raise AnalysisError(
            f"{name}: cannot be read ({error.strerror}). Allow reading it."
        ) from error
    yield from READERS[file.suffix](name, text)


def _notebook(name: str, text: str) -> Iterator[Passage]:
    try:
        cells = json.loads(text)["cells"]
        found = [_Cell.of(number, cell) for number, cell in enumerate(cells, start=1)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotebookError(f"{name}: no notebook that can be read. Save it anew.") from error
    strongest = min((grade for cell in found for grade in cell.grades), default=None)
    for cell in found:
        yield from cell.passages(name, strongest)


@dataclass(frozen=True, slots=True)
class _Cell:
    number: int
    kind: str
    source: str
    language: Language | None
    findings: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, number: int, cell: Mapping[str, Any]) -> _Cell:
        tags = cell.get("metadata", {}).get("tags", ())
        known = [language for language in LANGUAGES if f"lang-{language}" in tags]
        outputs = (output.get("data", {}) for output in cell.get("outputs", ()))
        return cls(
            number,
            cell["cell_type"],
            "".join(cell["source"]),
            known[0] if len(known) == 1 else None,
            tuple(data[FINDING] for data in outputs if FINDING in data),
        )

    @property
    def grades(self) -> tuple[Grade, ...]:
        return tuple(one["grade"] for one in self.findings)

    def passages(self, name: str, strongest: Grade | None) -> Iterator[Passage]:
        if self.kind == "markdown":
            yield Passage(
                name, self.source, 1, self.number, language=self.language, grade=strongest
            )
        if self.kind == "code":
            for line, text in strings.shown(self.source):
                yield Passage(
                    name, text, line, self.number, language=self.language, grade=strongest
                )
        for finding in self.findings:
            yield from _of_finding(name, self.number, finding)


def _of_finding(name: str, cell: int, finding: Mapping[str, Any]) -> Iterator[Passage]:
    """Yield what an executed notebook's finding says, beside its own grade."""
    said = [finding["sentence"], finding["short"], *finding["caveats"]]
    for text in said:
        for language in LANGUAGES:
            yield Passage(
                name, text[language], 1, cell, f"finding {finding['id']}", language,
                finding["grade"],
            )  # fmt: skip


def _whole(name: str, text: str) -> Iterator[Passage]:
    yield Passage(name, text)


def _words(name: str, text: str) -> Iterator[Passage]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise AnalysisError(f"{name}: not YAML. Write it as the others are.") from error
    if root is not None:
        yield from _of_node(name, root, ())


def _of_node(name: str, node: yaml.Node, keys: tuple[str, ...]) -> Iterator[Passage]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _of_node(name, value, (*keys, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _of_node(name, value, keys)
    elif isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
        line = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
        yield Passage(name, node.value, line, part=".".join(keys), language=_language(keys[-1:]))


def _language(keys: Iterable[str]) -> Language | None:
    for key in keys:
        for language in LANGUAGES:
            if key == language or key.endswith(f"_{language}"):
                return language
    return None


def _table(name: str, text: str) -> Iterator[Passage]:
    """Read the columns that end in a language; a row with a quote tells what its source says."""
    lines = csv.reader(io.StringIO(text, newline=""))
    columns = next(lines, [])
    before = lines.line_num
    try:
        for cells in lines:
            row = dict(zip(columns, cells, strict=False))
            for column, cell in row.items():
                if (language := _language([column])) and not row.get("quote"):
                    yield Passage(name, cell, before + 1, part=column, language=language)
            before = lines.line_num
    except csv.Error as error:
        raise AnalysisError(f"{name}: not CSV (line {lines.line_num}). Save it anew.") from error


_LANGUAGE_OF_FILE = re.compile(r"[._-](da|en)\.[a-z0-9.]+$")


def _template(name: str, text: str) -> Iterator[Passage]:
    marked = _LANGUAGE_OF_FILE.search(name)
    yield Passage(name, text, language=_language([marked[1]]) if marked else None)


READERS: Mapping[str, Callable[[str, str], Iterator[Passage]]] = {
    ".ipynb": _notebook,
    ".md": _whole,
    ".txt": _template,
    ".html": _template,
    ".j2": _template,
    ".typ": _template,
    ".yml": _words,
    ".yaml": _words,
    ".csv": _table,
}
"""How each kind of file is read, by its ending."""
