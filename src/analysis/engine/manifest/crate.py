"""What a build was made of and what it gave: the shapes a run manifest is read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Input:
    """Something that was read: its path from the workbench, and what lay there.

    ``state`` is as `recorder.state_of` gives it: the SHA-256 of a file, ``absent``, or
    ``names:`` and a hash of the names in a folder. Only a file has a size.
    """

    path: str
    state: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """A file that was written, its path from the folder that the manifest lies in."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """A notebook with its parameters, the inputs it read, the runs it waited for, what it gave.

    ``notebook`` and ``reads`` are paths of inputs, ``results`` paths of outputs.
    """

    name: str
    notebook: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """The program: version, licence (an SPDX id), hash of all its files, and where git had it.

    Outside a git repository ``commit`` is ``None``. ``changed``: something that counts
    was not as in the commit.
    """

    version: str
    licence: str
    sha256: str
    commit: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """What the program ran on: interpreter, system, packages by name, hash of the lock file."""

    python: str
    system: str
    packages: Mapping[str, str]
    lock: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """Inputs below one folder, and the page that says where they come from and their terms."""

    folder: str
    source: str


@dataclass(frozen=True, slots=True)
class Crate:
    """All that decides the bytes of a build, and the bytes it gave.

    ``plan`` is the path of the file that was built, one of the inputs; ``settings`` are
    the values that replaced what it says. ``published`` is a date (ISO 8601) that the
    state fixes: never that of today.
    """

    name: str
    description: str
    published: str
    licence: str
    plan: str
    settings: Mapping[str, str]
    inputs: tuple[Input, ...]
    data_sets: tuple[DataSet, ...]
    runs: tuple[Run, ...]
    outputs: tuple[Output, ...]
    code: Code
    platform: Platform
