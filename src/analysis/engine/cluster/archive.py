"""A sweep's jobs in, one archive of the files that they need out: what a cluster is sent.

In it lie ``home/`` (notebooks and data), ``src/`` (the code of this package) and the
versions that are installed here. The same files give the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import analysis
from analysis.engine.cluster.folder import VERSIONS, versions
from analysis.engine.notebook import parameters
from analysis.engine.running.run import Job
from analysis.errors import NotebookError

LARGEST_MB = 256
"""A folder with more is hardly one that was meant to travel."""

_OF_A_WORKBENCH = ("data", "evaluations", "notebooks")
# Submissions hold what partners entrusted to one machine.
_STAYS = (Path("outputs"), Path("data/submissions"))
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Archive:
    """Packed files: ``content`` with its SHA-256, and where ``home`` lies on this machine."""

    content: bytes
    sha256: str
    home: Path

    def place_of(self, path: Path) -> str:
        """Return where in the archive a notebook or folder of this machine lies."""
        whole = path.parent.resolve() / path.name
        if whole.is_relative_to(self.home):
            return (Path("home") / whole.relative_to(self.home)).as_posix()
        return f"beside/{whole.name}"


def pack(jobs: Sequence[Job], home: Path) -> Archive:
    """Pack what a workbench, or the folder of a notebook, holds.

    Of a workbench these are data, evaluations and notebooks; of another folder all that
    is in it. Left out is what git ignores, what is hidden, outputs and submissions,
    unless a job names a folder of them.

    Raises
    ------
    NotebookError
        If a file lies elsewhere by a link, or there are more than `LARGEST_MB`.
    """
    root = home.resolve()
    archive = Archive(b"", "", root)
    chosen = {*_files_of(root), *_named_files(jobs, root)}
    for folder in _named_folders(jobs, root):
        chosen.update(_walk(folder))
    _refuse_elsewhere(root, chosen)
    chosen |= {job.notebook.resolve() for job in jobs}
    members = {archive.place_of(path): path for path in chosen}
    package = Path(analysis.__file__).resolve().parent
    members |= {f"src/analysis/{path.relative_to(package)}": path for path in _walk(package)}
    _refuse_large(root, members.values())
    content = _packed(members)
    return replace(archive, content=content, sha256=hashlib.sha256(content).hexdigest())


def _files_of(root: Path) -> Iterator[Path]:
    whole_workbench = all((root / name).is_dir() for name in _OF_A_WORKBENCH)
    known = _not_ignored(root)
    for path in _walk(root) if known is None else known:
        relative = path.relative_to(root)
        if any(relative.is_relative_to(stays) for stays in _STAYS):
            continue
        if not whole_workbench or relative.parts[0] in _OF_A_WORKBENCH:
            yield path


def _not_ignored(root: Path) -> list[Path] | None:
    """List what git knows or would add; ``None`` where there is no git, or no repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    paths = (root / os.fsdecode(name) for name in listed.split(b"\0") if name)
    return [path for path in paths if path.is_file()]


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif entry.is_file():
            yield entry


def _named_files(jobs: Sequence[Job], root: Path) -> set[Path]:
    """Files that are values of parameters."""
    with_files = {
        notebook
        for notebook in {job.notebook for job in jobs}
        if any("file" in one.type for one in parameters.read(notebook))
    }
    return {
        file
        for job in jobs
        if job.notebook in with_files
        for file in parameters.files(job.notebook, job.parameters, home=root)
    }


def _named_folders(jobs: Sequence[Job], root: Path) -> set[Path]:
    named = {folder.resolve() for job in jobs for folder in job.folders.values()} - {root}
    outside = sorted(folder.name for folder in named if not folder.is_relative_to(root))
    if outside:
        raise NotebookError(
            f"{root.name}: {len(outside)} folders that runs are given lie outside it "
            f"({', '.join(outside[:_SHOWN])}), and would not reach a cluster. Run without "
            "--scheduler."
        )
    return {folder for folder in named if folder.is_dir()}


def _refuse_elsewhere(root: Path, paths: Iterable[Path]) -> None:
    outside = sorted(
        path.relative_to(root).as_posix()
        for path in paths
        if not path.resolve().is_relative_to(root)
    )
    if outside:
        raise NotebookError(
            f"{root.name}: {len(outside)} files lie elsewhere and are only linked "
            f"({', '.join(outside[:_SHOWN])}). Copy them in, or run without --scheduler."
        )


def _refuse_large(root: Path, paths: Iterable[Path]) -> None:
    size_mb = sum(path.stat().st_size for path in paths) >> 20
    if size_mb > LARGEST_MB:
        raise NotebookError(
            f"{root.name}: holds {size_mb} MB, and at most {LARGEST_MB} MB travel to a cluster. "
            "Give the notebook a folder of its own, with the data that it reads."
        )


def _packed(members: dict[str, Path]) -> bytes:
    contents = {name: path.read_bytes() for name, path in members.items()}
    contents[VERSIONS] = json.dumps(versions()).encode()
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(contents):
            member = tarfile.TarInfo(name)
            member.size = len(contents[name])
            archive.addfile(member, io.BytesIO(contents[name]))
    return gzip.compress(plain.getvalue(), compresslevel=6, mtime=0)
