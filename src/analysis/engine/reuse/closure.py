"""Names of imports in, the local files that they lead to out, by reading alone.

What a warm process holds overstates what a notebook needs, so the files are found
from the source: from a notebook's cells to modules, from those (by grimp) to all that
they import in turn. Only *local* packages count, file by file: those below
``<home>/src`` or in ``PYTHONPATH``, and this one. Whatever is installed counts by its
version, elsewhere.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.engine.reuse.imported import imported_by, named_by_text

if TYPE_CHECKING:
    from grimp import ImportGraph

_OWN = __name__.partition(".")[0]
_OWN_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Closure:
    """Local files that imports lead to: name to file, and name to the module that leads there.

    A module goes by its dotted name, any other file of a package by its path from the
    folder of the outermost package (``analysis/language/wording/figures.yml``).
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    imported_by: Mapping[str, str] = field(default_factory=dict)


class Imports:
    """The local packages of a workbench, read when first asked for and again when changed."""

    def __init__(self, home: Path) -> None:
        stated = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        self._roots = [home.resolve() / "src", *(Path(folder) for folder in stated if folder)]
        self._known: tuple[tuple[object, ...], _Packages] | None = None

    def closure(self, names: Iterable[str]) -> Closure:
        """Return every local file that importing ``names`` leads to.

        With each module come the packages it lies in, and with a package all its files
        that are not Python: they may be read as resources.
        """
        (found,) = self.closures(names)
        return found

    def closures(self, *wanted: Iterable[str]) -> tuple[Closure, ...]:
        """Return the closures of several sets of names, as the files are at one time."""
        names = [sorted(set(one)) for one in wanted]
        tops = sorted({name.partition(".")[0] for each in names for name in each})
        folders = {top: found for top in tops if (found := self._find(top))}
        packages = self._packages(folders)
        return tuple(packages.closure(each) for each in names)

    def _find(self, top: str) -> Path | None:
        """Find a local package, or a module that is one file, by its outermost name."""
        if top == _OWN:
            return _OWN_ROOT / top
        for root in self._roots:
            for candidate in (root / top, root / f"{top}.py"):
                if candidate.exists():
                    return candidate
        return None

    def _packages(self, folders: Mapping[str, Path]) -> _Packages:
        """Read packages and what other local packages they import, or return what is known."""
        whole = dict(folders)
        if self._known is not None:
            before, packages = self._known
            held = {top: path for top, path in packages.folders.items() if path.exists()}
            if whole.keys() <= held.keys() and before == _signature(held.values()):
                return packages
            whole = held | whole
        while True:
            signature = _signature(whole.values())
            packages = _Packages(dict(whole))
            more = {
                top: found
                for top in packages.tops_imported
                if top not in whole and (found := self._find(top))
            }
            if not more:
                self._known = signature, packages
                return packages
            whole |= more


class _Packages:
    """Local packages: which module imports which, and where each file lies."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self.folders = folders
        self._closures: dict[tuple[str, ...], Closure] = {}
        self.files: dict[str, Path] = {}
        self.resources: dict[str, dict[str, Path]] = {}
        for top, folder in folders.items():
            self._list(top, folder)
        self._direct: dict[str, frozenset[str]] = {}
        self._graph = _graph(folders)

    @property
    def tops_imported(self) -> frozenset[str]:
        """Outermost names of all that any module of these packages imports."""
        known = self._graph.modules if self._graph else set[str]()
        unread = [one for one in self.files if not (self._graph and _is_read(self._graph, one))]
        found = {name for module in unread for name in self._imported(module)}
        return frozenset(name.partition(".")[0] for name in found | known)

    def closure(self, wanted: Iterable[str]) -> Closure:
        """Follow imports from ``wanted``, nearest first."""
        key = tuple(wanted)
        if key not in self._closures:
            self._closures[key] = self._follow(key)
        return self._closures[key]

    def _follow(self, wanted: Iterable[str]) -> Closure:
        queue = deque((name, "") for name in self._real(wanted))
        by: dict[str, str] = {}
        while queue:
            name, importer = queue.popleft()
            if name in by:
                continue
            by[name] = importer
            parent = name.rpartition(".")[0]
            queue.extend([(parent, importer)] if parent else [])
            queue.extend((other, name) for other in self._real(self._imported(name)))
        files = {name: self.files[name] for name in by if name in self.files}
        for name in by:
            files |= self.resources.get(name, {})
        return Closure(dict(sorted(files.items())), {name: one for name, one in by.items() if one})

    def _real(self, names: Iterable[str]) -> Iterator[str]:
        """Give the modules among ``names``; ``package.*`` stands for all in a package."""
        for name in sorted(names):
            if name.endswith(".*"):
                yield from (one for one in self.files if one.startswith(name[:-1]))
            elif name in self.files:
                yield name

    def _imported(self, module: str) -> frozenset[str]:
        if module not in self._direct:
            self._direct[module] = frozenset(self._ask(module))
        return self._direct[module]

    def _ask(self, module: str) -> Iterator[str]:
        path = self.files.get(module)
        if path is None:
            return
        is_package = path.name == "__init__.py"
        if self._graph is None or not _is_read(self._graph, module):
            # Read by grimp or not at all: one that cannot be read leads to its whole package.
            yield from imported_by(path)
            yield f"{module.partition('.')[0]}.*"
            return
        yield from self._graph.find_modules_directly_imported_by(module)
        yield from named_by_text(path, module if is_package else module.rpartition(".")[0])

    def _list(self, top: str, folder: Path) -> None:
        if folder.is_file():
            self.files[top] = folder
            return
        for path in (Path(name) for name, _ in _stats(str(folder))):
            within = path.relative_to(folder.parent)
            package = path.parent
            while package != folder and not (package / "__init__.py").is_file():
                package = package.parent
            dotted = ".".join(package.relative_to(folder.parent).parts)
            if path.suffix == ".py" and path.parent == package:
                self.files[dotted if path.stem == "__init__" else f"{dotted}.{path.stem}"] = path
            else:
                self.resources.setdefault(dotted, {})[within.as_posix()] = path


def _is_read(graph: ImportGraph, module: str) -> bool:
    """Whether grimp has read a module, not only met its name."""
    return module in graph.modules and not graph.is_module_squashed(module)


def _graph(folders: Mapping[str, Path]) -> ImportGraph | None:
    """Build grimp's graph; ``None`` where it cannot (one file does not parse, no package)."""
    tops = [top for top, folder in folders.items() if (folder / "__init__.py").is_file()]
    if not tops:
        return None
    import grimp
    from grimp.exceptions import GrimpException

    with _importable({folder.parent for folder in folders.values()}):
        try:
            # Reading all anew takes hundredths of a second; grimp's own cache goes by
            # time of change alone, and would be wrong once in a while.
            return grimp.build_graph(
                tops[0],
                *tops[1:],
                include_external_packages=True,
                exclude_type_checking_imports=True,
                cache_dir=None,
            )
        except (GrimpException, ValueError):
            return None


@contextmanager
def _importable(roots: Iterable[Path]) -> Iterator[None]:
    before = list(sys.path)
    sys.path[:0] = [str(root) for root in roots if str(root) not in before]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = before


def _signature(folders: Iterable[Path]) -> tuple[object, ...]:
    """Name, size and times of every file: equal where nothing was touched in between."""
    return tuple(
        (path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        for folder in folders
        for path, stat in _stats(str(folder))
    )


def _stats(path: str) -> Iterator[tuple[str, os.stat_result]]:
    if not os.path.isdir(path):  # noqa: PTH112 - once a run, so as fast as can be
        with suppress(FileNotFoundError):
            yield path, os.stat(path)  # noqa: PTH116
        return
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            if entry.is_dir():
                yield from _stats(entry.path)
            else:
                # A lock of an editor, or a link that leads nowhere, may not be there.
                with suppress(FileNotFoundError):
                    yield entry.path, entry.stat()
