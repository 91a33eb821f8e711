"""Time the command against a plain loop over papermill and nbconvert, whole processes.

Run: python benchmarks/report.py [ROUNDS]. The loop runs the same notebooks in both languages
one after another and turns each into a page: no checks, findings, front page, figures or PDF.
Everything happens in a temporary copy of this workbench, which is removed. Runs are
interleaved; only the ratios mean anything on another machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from analysis import evaluations
from analysis.engine.graph import order
from analysis.engine.run import Job
from analysis.evaluations import Evaluation
from analysis.places import HOME_VARIABLE, Places, find_places

ROUNDS = 3
PEER_ROUNDS = 2
"""The loop is slow; two rounds of it show how much it varies."""

BIN = Path(sysconfig.get_path("scripts"))
"""Where this interpreter's own commands lie, whatever is on the PATH."""

OURS = "workbench build -j2"
PEER = "papermill + nbconvert, one by one"


def main() -> None:
    """Time each command in turn and print medians and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with copied(find_places(Path(__file__).resolve().parent)) as places:
        chosen = evaluations.read(places, evaluations.default(places))
        timed: dict[str, tuple[int, Callable[[], None]]] = {
            "workbench --help": (rounds, lambda: call(places, "workbench", "--help")),
            "workbench data check": (rounds, lambda: call(places, "workbench", "data", "check")),
            "workbench build -j1": (rounds, lambda: call(places, "workbench", "build", "-j1")),
            OURS: (rounds, lambda: call(places, "workbench", "build", "-j2")),
            PEER: (min(rounds, PEER_ROUNDS), lambda: loop(places, chosen)),
        }
        found = interleaved(timed)
    runs = len(chosen.notebooks) * len(chosen.languages)
    print(f"{runs} runs of {len(chosen.notebooks)} notebooks; seconds: median (all)")
    for name, seconds in found.items():
        listed = ", ".join(f"{one:.1f}" for one in seconds)
        print(f"{name:<35} {median(seconds):6.1f} ({listed})")
    for name in ("workbench build -j1", OURS):
        print(f"{PEER} / {name}: {median(found[PEER]) / median(found[name]):.2f}")
    print(f"-j1 / -j2: {median(found['workbench build -j1']) / median(found[OURS]):.2f}")


def interleaved(timed: dict[str, tuple[int, Callable[[], None]]]) -> dict[str, list[float]]:
    """Run everything once, then again, so that a busy moment hits all alike."""
    found: dict[str, list[float]] = {name: [] for name in timed}
    for turn in range(max(rounds for rounds, _ in timed.values())):
        for name, (rounds, run) in timed.items():
            if turn < rounds:
                began = time.perf_counter()
                run()
                found[name].append(time.perf_counter() - began)
    return found


def loop(places: Places, chosen: Evaluation) -> None:
    """Run every notebook with papermill and turn it into a page, in the same order as we do."""
    into = places.home / "loop"
    for language in chosen.languages:
        (into / language).mkdir(parents=True, exist_ok=True)
        for name in in_order(places, chosen):
            executed = into / language / f"{name}.ipynb"
            call(
                places,
                "papermill",
                str(places.notebooks / f"{name}.ipynb"),
                str(executed),
                *("-k", "python3", "--no-progress-bar"),
                *("-p", "language", language),
                *("-p", "baseline", chosen.baseline),
                *("-p", "current", chosen.current),
                *("-p", "country", chosen.country),
                WORKBENCH_RUN=str(into),
            )
            call(places, "jupyter", "nbconvert", "--to", "html", "--log-level=ERROR", str(executed))
    shutil.rmtree(into)


def in_order(places: Places, chosen: Evaluation) -> list[str]:
    """Names of the notebooks, each after those it waits for."""
    jobs = [
        Job(name=entry.name, notebook=places.notebooks / f"{entry.name}.ipynb", after=entry.after)
        for entry in chosen.notebooks
    ]
    names: list[str] = []
    sorter = order(jobs)
    while ready := sorter.get_ready():
        names += ready
        sorter.done(*ready)
    return names


def call(places: Places, command: str, *arguments: str, **environment: str) -> None:
    """Run one of this interpreter's commands in the copy; stop with what it says if it fails."""
    settings = {
        HOME_VARIABLE: str(places.home),
        "TMPDIR": str(places.home / "tmp"),
        "IPYTHONDIR": str(places.home / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(places.home / "runtime"),
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    done = subprocess.run(
        [str(BIN / command), *arguments],
        cwd=places.home,
        env={**os.environ, **settings, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{command} {' '.join(arguments)} ended with {done.stderr[-2000:]}")


@contextmanager
def copied(places: Places) -> Iterator[Places]:
    """Give a temporary copy of a workbench, with nothing built; it is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder)
        for source in (places.home / "data", places.evaluations, places.notebooks):
            shutil.copytree(source, home / source.name)
        for name in ("outputs", "tmp"):
            (home / name).mkdir()
        yield Places(home)


if __name__ == "__main__":
    main()
