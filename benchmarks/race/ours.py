"""Six notebooks built and one swept by the command ``workbench``, in a folder of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.places import Places
from race import notebooks
from race.commands import Commands

JOBS = 2


@dataclass(frozen=True, slots=True)
class Ours:
    """A workbench without data that holds the notebooks of the benchmark."""

    commands: Commands
    folder: Path

    name = "workbench execute --html -j2"

    @property
    def into(self) -> Path:
        """Where the executed notebooks and pages are written."""
        return self.folder / "executed"

    def prepare(self) -> None:
        """Write the notebooks into a new workbench."""
        for name in ("evaluations", "data/published", "outputs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        notebooks.write_six(self.folder / "notebooks")
        notebooks.write_short(self.folder / "sweep")

    def forget(self) -> None:
        """Remove every result and the cache."""
        for folder in (self.into, Places(self.folder).cache):
            shutil.rmtree(folder, ignore_errors=True)

    def build(self, names: Sequence[str] = notebooks.NAMES) -> dict[str, float]:
        """Execute notebooks and set their pages; return the seconds each run says it took."""
        paths = [f"notebooks/{name}.ipynb" for name in names]
        told = ("--into", self.into, "--html", "-j", str(JOBS), "--json")
        said = self.commands.call("workbench", "execute", *paths, *told, folder=self.folder)
        return {run["name"]: run["seconds"] for run in json.loads(said)}

    def change(self, turn: int) -> None:
        """Change the last code cell of the first notebook."""
        notebooks.change(self.folder / "notebooks" / f"{notebooks.NAMES[0]}.ipynb", turn)

    def sweep(self, runs: int) -> None:
        """Run the short notebook with so many seeds."""
        command, *arguments = self.sweep_command(runs)
        self.commands.call(Path(command).name, *arguments, folder=self.folder)

    def sweep_command(self, runs: int) -> list[str]:
        """Return the words of the command that sweeps the short notebook over seeds."""
        command = self.commands.python.parent / "workbench"
        seeds = ",".join(str(seed) for seed in range(1, runs + 1))
        told = ["-g", f"seed={seeds}", "--into", str(self.folder / "swept"), f"-j{JOBS}"]
        return [str(command), "sweep", "sweep/short.ipynb", *told]

    def forget_sweep(self) -> None:
        """Remove the table of a sweep, its runs and the cache."""
        for folder in (self.folder / "swept", Places(self.folder).cache):
            shutil.rmtree(folder, ignore_errors=True)
