"""The same notebooks built and swept by what others use, each as its own documentation says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from race import notebooks
from race.commands import Commands
from race.pool import SCRIPTS, Run, run_pool


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to build the notebooks, in a folder of its own; knows nothing when it begins."""

    commands: Commands
    folder: Path

    name: ClassVar[str]
    remembers: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    """Whether executed notebooks lie in ``executed``, so that they can be compared with ours."""
    state: ClassVar[tuple[str, ...]] = ()

    def missing(self) -> str:
        """Say what is not installed (empty: nothing)."""
        lacking = [name for name in self._needs() if not self.commands.imports(name)]
        return ", ".join(lacking)

    def prepare(self) -> None:
        """Write the notebooks, and whatever the peer wants to be told of them."""
        notebooks.write_six(self.folder / "notebooks")

    def forget(self) -> None:
        """Remove every result and all memory of it."""
        for name in ("executed", *self.state):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / "executed").mkdir(parents=True)

    def build(self) -> None:
        """Bring every executed notebook and page up to date."""
        raise NotImplementedError

    def change(self, turn: int) -> None:
        """Change the last code cell of the first notebook."""
        notebooks.change(self.folder / "notebooks" / f"{notebooks.NAMES[0]}.ipynb", turn)

    def _needs(self) -> tuple[str, ...]:
        return ("papermill", "nbconvert", "pandas", "matplotlib", "ipykernel")

    def _paths(self) -> list[Path]:
        return [self.folder / "notebooks" / f"{name}.ipynb" for name in notebooks.NAMES]


class Pool(Peer):
    """papermill and nbconvert by their Python interfaces, in a pool of two processes."""

    name = "pool of 2: papermill + nbconvert API"

    def build(self) -> None:
        """Run every notebook: a pool remembers nothing."""
        runs = [Run(str(path), str(self.folder / "executed" / path.name)) for path in self._paths()]
        run_pool(self.commands, self.folder, [runs], html=True)


class CommandLoop(Peer):
    """The commands papermill and nbconvert, one notebook after another."""

    name = "loop: papermill, jupyter nbconvert"

    def build(self) -> None:
        """Run every notebook and turn it into a page."""
        for path in self._paths():
            executed = self.folder / "executed" / path.name
            told = ("-k", "python3", "--no-progress-bar")
            self.commands.call("papermill", path, executed, *told, folder=self.folder)
            told = ("--to", "html", "--log-level=ERROR")
            self.commands.call("jupyter", "nbconvert", *told, executed, folder=self.folder)


class Pytask(Peer):
    """pytask with a task a notebook that calls papermill and nbconvert, two at a time."""

    name = "pytask -n 2"
    remembers = True
    state = (".pytask", "__pycache__")

    def prepare(self) -> None:
        """Write the notebooks and the tasks."""
        Peer.prepare(self)
        shutil.copy(SCRIPTS / "task_notebooks.py", self.folder)

    def build(self) -> None:
        """Run what is out of date."""
        parallel = ("-n", "2") if self.commands.imports("pytask_parallel") else ()
        self.commands.call("pytask", *parallel, folder=self.folder)

    def _needs(self) -> tuple[str, ...]:
        return (*Peer._needs(self), "_pytask")


class Snakemake(Peer):
    """snakemake with a rule that calls both commands, two jobs at a time."""

    name = "snakemake -c2"
    remembers = True
    state = (".snakemake",)

    def prepare(self) -> None:
        """Write the notebooks and the rules."""
        Peer.prepare(self)
        shutil.copy(SCRIPTS / "Snakefile", self.folder)

    def build(self) -> None:
        """Run what is out of date."""
        self.commands.call("snakemake", "-c2", "--quiet", "all", folder=self.folder)

    def _needs(self) -> tuple[str, ...]:
        return (*Peer._needs(self), "snakemake")


class JupyterCache(Peer):
    """jupyter-cache with its parallel executor; it makes no pages."""

    name = "jupyter-cache local-parallel (no HTML)"
    remembers = True
    writes = False
    state = ("cache",)

    def build(self) -> None:
        """Execute what is not in the cache."""
        where = {"JUPYTERCACHE": str(self.folder / "cache")}
        if not (self.folder / "cache").is_dir():
            add: list[str | Path] = ["notebook", "add", *self._paths()]
            self.commands.call("jcache", *add, folder=self.folder, environment=where, answer="y\n")
        told = ("project", "execute", "-e", "local-parallel", "-t", "600", "-v", "ERROR")
        self.commands.call("jcache", *told, folder=self.folder, environment=where)

    def _needs(self) -> tuple[str, ...]:
        return (*Peer._needs(self), "jupyter_cache")


class Joblib(Peer):
    """joblib: two workers, and a memory keyed by the text of a notebook and nothing else."""

    name = "joblib Parallel(2) + Memory"
    remembers = True
    state = ("memory",)

    def build(self) -> None:
        """Execute what the memory does not hold, and write it."""
        paths = self._paths()
        script = SCRIPTS / "remembered.py"
        self.commands.call("python", script, "executed", *paths, folder=self.folder)

    def _needs(self) -> tuple[str, ...]:
        return (*Peer._needs(self), "joblib")


def everyone(commands: Commands, within: Path) -> Iterator[Peer]:
    """Return every peer, each with a folder of its own below ``within``."""
    for kind in (Pool, CommandLoop, Pytask, JupyterCache, Snakemake, Joblib):
        yield kind(commands, within / kind.__name__.lower())


def sweep_pool(commands: Commands, folder: Path, runs: int) -> None:
    """Run the short notebook with so many seeds in a pool of two processes of papermill."""
    into = folder / "executed"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    short = str(notebooks.write_short(folder))
    wave = [Run(short, str(into / f"{seed}.ipynb"), {"seed": seed}) for seed in range(1, runs + 1)]
    run_pool(commands, folder, [wave], html=False)
