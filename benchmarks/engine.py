"""Time the engine against papermill, nbconvert and what builds notebooks with them.

Run: python benchmarks/engine.py [SECTION...] [--rounds N] [--peers PYTHON] [--growth].
Sections: full, unchanged, changed, sweep, help, report; default all. It makes its own six
notebooks (pandas, matplotlib, 12 code cells, about a second of work each) and a short one
for sweeps in a temporary folder, which is removed. Every way of building them is run in
turn; only the ratios mean anything on another machine. Peers that ``--peers`` names an
interpreter for are installed there (pip install papermill nbconvert pandas matplotlib
ipykernel pytask pytask-parallel jupyter-cache snakemake joblib); without it papermill and
nbconvert of this interpreter are raced, and the others are skipped.
"""

from __future__ import annotations

import argparse
import compileall
import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from race import growth, notebooks, peers
from race.clock import Entry, demand, interleaved, middle, tell
from race.commands import CommandError, Commands
from race.ours import Ours
from race.report import Report

import analysis
from analysis.places import find_places

SLOW_ROUNDS = 2
"""Rounds of the loop over two commands: it is slow, and two show how much it varies."""

SWEEP_RUNS = 40
GROWTH_RUNS = 1000
PACKAGES = (
    *("papermill", "nbconvert", "nbclient", "ipykernel", "pandas", "matplotlib"),
    *("pytask", "pytask-parallel", "jupyter-cache", "snakemake", "joblib"),
)


@dataclass(frozen=True, slots=True)
class Race:
    """Everybody who is timed, and how often."""

    ours: Ours
    peers: tuple[peers.Peer, ...]
    folder: Path
    rounds: int


def main() -> None:
    """Time the sections asked for, and print medians, all values and ratios."""
    asked = _asked()
    compileall.compile_dir(str(Path(analysis.__file__).parent), quiet=1)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        race = _race(asked, Path(name))
        for section in asked.sections:
            began = time.perf_counter()
            try:
                SECTIONS[section](race)
            except CommandError as error:
                print(f"\n{section}: cannot be timed. {error}")
            print(f"  ({section} took {time.perf_counter() - began:.0f} s)", flush=True)
        if asked.growth:
            watch_growth(race, asked.growth)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sections", nargs="*", default=[], metavar="SECTION")
    parser.add_argument("--rounds", type=int, default=3, help="of each of us (default 3)")
    parser.add_argument("--peers", type=Path, help="a Python with the peers installed")
    parser.add_argument(
        "--growth", type=int, nargs="?", const=GROWTH_RUNS, help="look at a sweep of 1,000 runs"
    )
    asked = parser.parse_args()
    if unknown := [name for name in asked.sections if name not in SECTIONS]:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    if not asked.sections and asked.growth is None:
        asked.sections = list(SECTIONS)
    return asked


def _race(asked: argparse.Namespace, folder: Path) -> Race:
    here = Commands(Path(sys.executable), folder / "room")
    there = Commands(asked.peers.absolute(), folder / "room") if asked.peers else here
    print(f"ours:  {here.versions(*PACKAGES)}\npeers: {there.versions(*PACKAGES)}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    ours = Ours(here, folder / "ours")
    ours.prepare()
    ready = []
    for peer in peers.everyone(there, folder / "peers"):
        if missing := peer.missing():
            print(f"{peer.name}: left out, as {missing} is not installed beside the peers' Python")
            continue
        peer.prepare()
        ready.append(peer)
    return Race(ours, tuple(ready), folder, asked.rounds)


def full(race: Race) -> None:
    """Time builds from nothing: every notebook executed and set as a page."""
    entries = [Entry(race.ours.name, race.ours.build, race.ours.forget)]
    for peer in race.peers:
        slow = SLOW_ROUNDS if isinstance(peer, peers.CommandLoop) else race.rounds
        entries.append(Entry(peer.name, peer.build, peer.forget, slow))
    found = interleaved(entries, race.rounds)
    tell("Full build of six notebooks with HTML, two at a time", found)
    ours = middle(found, race.ours.name)
    demand("ours / pool", ours / middle(found, peers.Pool.name), 1 / 2)
    demand("ours / loop", ours / middle(found, peers.CommandLoop.name), 1 / 6)
    for peer in race.peers:
        if peer.writes and {race.ours.name, peer.name} <= found.keys():
            _require_same(race.ours.into, peer.folder / "executed", peer.name)


def unchanged(race: Race) -> None:
    """Time builds after which nothing has changed."""
    race.ours.build()
    entries = [Entry(race.ours.name, race.ours.build)]
    for peer in race.peers:
        if peer.remembers:
            _begin(peer)
            entries.append(Entry(peer.name, peer.build))
    found = interleaved(entries, race.rounds)
    tell("Nothing changed, whole process", found)
    demand("ours, seconds", middle(found, race.ours.name), 0.4)


def changed(race: Race) -> None:
    """Time builds after one notebook of six was changed, and that notebook's own run."""
    race.ours.build()
    turns = iter(range(1, sys.maxsize))
    first = notebooks.NAMES[0]
    own: list[float] = []

    def build() -> None:
        own.append(race.ours.build()[first])

    entries = [Entry(race.ours.name, build, lambda: race.ours.change(next(turns)))]
    for peer in race.peers:
        if peer.remembers:
            _begin(peer)
            entries.append(Entry(peer.name, peer.build, lambda p=peer: p.change(next(turns))))  # type: ignore[misc]
    found = interleaved(entries, race.rounds)
    found["ours: its run alone, as told by it"] = own
    source = race.ours.folder / "notebooks" / f"{first}.ipynb"
    found["its cells, in a process with the imports done"] = [
        _cells_alone(source) for _ in range(race.rounds)
    ]
    tell("One notebook of six changed", found)
    rest = middle(found, race.ours.name) - middle(found, "ours: its run alone, as told by it")
    demand("ours - its own run, seconds", rest, 1.0)


def sweep(race: Race) -> None:
    """Time sweeps of a short notebook; the figure is runs a second."""
    there = next(peer.commands for peer in race.peers if isinstance(peer, peers.Pool))
    ours, theirs = "workbench sweep -j2", "pool of 2: papermill API"
    seconds = interleaved(
        [
            Entry(ours, lambda: race.ours.sweep(SWEEP_RUNS), race.ours.forget_sweep),
            Entry(theirs, lambda: peers.sweep_pool(there, race.folder / "swept", SWEEP_RUNS)),
        ],
        race.rounds,
    )
    found = {name: [SWEEP_RUNS / one for one in values] for name, values in seconds.items()}
    tell(f"Sweep of {SWEEP_RUNS} runs", found, unit="runs a second")
    demand("ours / pool", middle(found, ours) / middle(found, theirs), 5, at_least=True)


def help_(race: Race) -> None:
    """Time the help, beside an interpreter that does nothing."""
    here, folder = race.ours.commands, race.ours.folder
    found = interleaved(
        [
            Entry("workbench --help", lambda: here.call("workbench", "--help", folder=folder)),
            Entry("python -c pass", lambda: here.call("python", "-c", "pass", folder=folder)),
        ],
        max(race.rounds, 10),
    )
    tell("Help", found)
    demand("workbench --help, seconds", middle(found, "workbench --help"), 0.15)


def report(race: Race) -> None:
    """Time this workbench's own report: from nothing, with nothing changed, and by peers."""
    source = find_places(Path(__file__).resolve().parent)
    own = Report.copied(race.ours.commands, source, race.folder / "report")
    ours, pool, loop = "workbench build -j2", peers.Pool.name, peers.CommandLoop.name
    found = interleaved(
        [
            Entry(ours, own.build, own.forget),
            Entry(f"{ours}, nothing changed", own.build),
            Entry("workbench build -j1", lambda: own.build(1), own.forget),
            Entry(pool, own.by_pool),
            Entry(loop, own.by_loop, rounds=SLOW_ROUNDS),
        ],
        race.rounds,
    )
    tell(f"The report of this workbench, {own.runs} runs", found)
    demand("ours / pool", middle(found, ours) / middle(found, pool), 1 / 2)
    demand("ours / loop", middle(found, ours) / middle(found, loop), 1 / 6)
    demand("nothing changed, seconds", middle(found, f"{ours}, nothing changed"), 0.4)


def watch_growth(race: Race, runs: int) -> None:
    """Look at memory, processes and open files of a long sweep."""
    race.ours.forget_sweep()
    command, folder = race.ours.sweep_command(runs), race.ours.folder
    growth.tell(growth.watch(command, folder, race.ours.commands.environment(folder)), runs)


def _begin(peer: peers.Peer) -> None:
    """Build once, so that there is something to remember."""
    if not (peer.folder / "executed").is_dir():
        peer.forget()
    peer.build()


def _cells_alone(notebook: Path) -> float:
    """Run a notebook's cells in this process and return the seconds without the imports."""
    import matplotlib.pyplot as plt
    import pandas as pd

    plt.switch_backend("agg")
    named: dict[str, object] = {"pd": pd}
    began = time.perf_counter()
    with redirect_stdout(None):
        for source in notebooks.code_of(notebook):
            exec(compile(source, notebook.name, "exec"), named)
    plt.close("all")
    return time.perf_counter() - began


def _require_same(ours: Path, theirs: Path, name: str) -> None:
    """Stop where two ways show other things: then their times compare nothing."""
    for each in notebooks.NAMES:
        one, other = (notebooks.shown_by(folder / f"{each}.ipynb") for folder in (ours, theirs))
        if one != other:
            raise SystemExit(
                f"{name}: {each} shows other outputs than ours, so that times tell nothing."
            )
        if not (ours / f"{each}.html").is_file():
            raise SystemExit(f"ours: no page was written for {each}: times tell nothing.")


SECTIONS = {
    "full": full,
    "unchanged": unchanged,
    "changed": changed,
    "sweep": sweep,
    "help": help_,
    "report": report,
}

if __name__ == "__main__":
    main()
