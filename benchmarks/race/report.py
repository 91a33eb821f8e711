"""The report of this workbench in a temporary copy: built by us, run and set by the peers.

The peers run the same notebooks in both languages, in the same order, and turn each into
a page: no checks, findings, front page, figures or PDF.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import chain, product
from pathlib import Path

from analysis import evaluations
from analysis.evaluations import Evaluation
from analysis.places import Places
from race.commands import Commands
from race.pool import Run, run_pool


@dataclass(frozen=True, slots=True)
class Report:
    """A copy of a workbench, with nothing built, and the evaluation that is built there."""

    commands: Commands
    places: Places
    chosen: Evaluation

    @classmethod
    def copied(cls, commands: Commands, source: Places, folder: Path) -> Report:
        """Copy the data, the evaluations and the notebooks of a workbench to ``folder``."""
        for room in (source.home / "data", source.evaluations, source.notebooks):
            shutil.copytree(room, folder / room.name)
        places = Places(folder)
        places.outputs.mkdir()
        return cls(commands, places, evaluations.read(places, evaluations.default(places)))

    @property
    def runs(self) -> int:
        """How often a notebook is run: once a language."""
        return len(self.chosen.notebooks) * len(self.chosen.languages)

    def forget(self) -> None:
        """Remove the report and the cache."""
        for folder in (self.places.outputs, self.places.cache):
            shutil.rmtree(folder, ignore_errors=True)
        self.places.outputs.mkdir()

    def build(self, jobs: int = 2) -> None:
        """Build the report as a user does."""
        self.commands.call("workbench", "build", f"-j{jobs}", folder=self.places.home)

    def by_pool(self) -> None:
        """Run and set every notebook in a pool of two processes."""
        into = self._emptied("pool")
        named = {"WORKBENCH_RUN": str(into)}
        home = self.places.home
        run_pool(self.commands, home, self._waves(into), html=True, environment=named)

    def by_loop(self) -> None:
        """Run and set every notebook by the two commands, one after another."""
        into = self._emptied("loop")
        for run in (run for wave in self._waves(into) for run in wave):
            given = (("-p", name, str(value)) for name, value in run.parameters.items())
            told = ("-k", "python3", "--no-progress-bar", *chain.from_iterable(given))
            self._call("papermill", run.notebook, run.executed, *told, into=into)
            told = ("--to", "html", "--log-level=ERROR")
            self._call("jupyter", "nbconvert", *told, run.executed, into=into)

    def _call(self, *words: str, into: Path) -> None:
        command, *arguments = words
        named = {"WORKBENCH_RUN": str(into)}
        home = self.places.home
        self.commands.call(command, *arguments, folder=home, environment=named)

    def _emptied(self, name: str) -> Path:
        into = self.places.home / name
        shutil.rmtree(into, ignore_errors=True)
        for language in self.chosen.languages:
            (into / language).mkdir(parents=True)
        return into

    def _waves(self, into: Path) -> list[list[Run]]:
        sorter = TopologicalSorter({each.name: each.after for each in self.chosen.notebooks})
        sorter.prepare()
        waves = []
        while names := sorter.get_ready():
            pairs = product(names, self.chosen.languages)
            waves.append([self._run(into, name, language) for name, language in pairs])
            sorter.done(*names)
        return waves

    def _run(self, into: Path, name: str, language: str) -> Run:
        return Run(
            str(self.places.notebooks / f"{name}.ipynb"),
            str(into / language / f"{name}.ipynb"),
            {
                "baseline": self.chosen.baseline,
                "current": self.chosen.current,
                "country": self.chosen.country,
                "language": language,
            },
        )
