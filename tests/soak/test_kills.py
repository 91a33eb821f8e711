"""A build stopped at random moments: what was built before stands, and the next one goes on.

Three small notebooks are really built, over and over, in one of two versions. Each round
begins with nothing kept, builds the other version and is stopped at a moment drawn from
one phase: as the build starts, while notebooks run, or while the report is written and
moved into place. Then the same is built again: it takes over what had ended, and gives
what an undisturbed build gives.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.places import HOME_VARIABLE, Places

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc"),
]

ID = "denmark-2002-2007"
GONE_SECONDS = 10.0
"""So long may workers and kernels outlive a killed build on a busy machine."""

INTERRUPTED = 130
POLL_SECONDS = 0.005
PROBE = b"blat"  # CPython, Lib/tempfile.py, _get_default_tempdir
KILLS = 20
INTERRUPTS = 4
PHASES = ("start", "notebooks", "report")
SHARES = (1, 3, 3)
"""Of seven stops one falls as the build starts, three while notebooks run, three later."""

PLACES = {"data", "evaluations", "notebooks", "outputs", ".workbench"}
"""What a workbench holds after a build, the cache included."""

PAST_THE_END = 1.1
"""The last moments drawn of a phase may lie this far behind its usual length."""

PARAMETERS = """\
baseline = "DK-2002"  # the earlier plan
current = "DK-2007"  # the later plan
country = "DNK"  # whose figures
language = "en"  # da or en"""
OPEN = """\
from analysis.reporting import tables
from analysis.study import open_study

study = open_study(baseline, current, country=country, language=language)"""
PROSECUTED = 'study.record("prosecution.prosecuted", study.compare(study.series("{}")))'
LINKED = """\
study.record_links("plans.links")
tables.rows_table("plans.links", study.listing("links"), language=language)"""
CONVICTED = 'study.record("prosecution.convicted", study.compare(study.series("{}")))'
NOTEBOOKS = ("plans", "convicted", "prosecution")
SERIES = {"A": "persons_prosecuted", "B": "persons_convicted"}
"""What the two versions differ in."""

Tell = Callable[[str], None]
Tree = dict[str, str]


@dataclass
class Stage:
    """A workbench of three notebooks, a temporary folder of its own, and how to build there."""

    places: Places
    temporary: Path

    @property
    def final(self) -> Path:
        """What a build writes."""
        return self.places.outputs / ID

    @property
    def filling(self) -> Path:
        """What a build fills before it moves it into place."""
        return self.places.outputs / f".{ID}.new"

    def turn_to(self, version: str) -> None:
        """Put one version of the notebook in place."""
        _write_notebook(
            self.places.notebooks / "prosecution.ipynb", PROSECUTED.format(SERIES[version])
        )

    def start(self, jobs: int = 1) -> subprocess.Popen[str]:
        """Start a build in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "analysis", "build", f"-j{jobs}", "--json"],
            env={
                **os.environ,
                HOME_VARIABLE: str(self.places.home),
                "TMPDIR": str(self.temporary),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def forget(self) -> None:
        """Take away what earlier builds kept, so that the next one has all to do."""
        shutil.rmtree(self.places.cache, ignore_errors=True)

    def phase(self) -> str:
        """Name the phase that a build is in, as far as its folders tell."""
        if not self.filling.exists():
            return "start"
        return "report" if (self.filling / "report").exists() else "notebooks"

    def ended(self) -> int:
        """How many runs a build has ended so far."""
        return len(list((self.filling / "notebooks").rglob("*.ipynb")))

    def left(self) -> list[str]:
        """Files in the temporary folder, but for what Python's own probe of it may leave.

        `tempfile.gettempdir` writes four bytes to see whether it can, and takes them away;
        a kill between the two is nobody's to mend.
        """
        found = []
        for path in sorted(self.temporary.iterdir()):
            try:
                if path.stat().st_size <= len(PROBE) and PROBE.startswith(path.read_bytes()):
                    continue
            except OSError:  # a folder, or gone meanwhile
                if not path.exists():
                    continue
            found.append(path.name)
        return found

    def living(self) -> list[int]:
        """Processes that know this workbench: the build, its workers and their kernels."""
        mark = os.fsencode(str(self.places.home))
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                known = mark in (folder / "environ").read_bytes()
                over = (folder / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
            except OSError:
                continue
            if known and not over and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        return found


@pytest.fixture
def stage(small: Places) -> Iterator[Stage]:
    """A small workbench with three notebooks, and a temporary folder whose path is short."""
    for path in small.notebooks.glob("*.ipynb"):
        path.unlink()
    _write_notebook(small.notebooks / "plans.ipynb", LINKED)
    _write_notebook(small.notebooks / "convicted.ipynb", CONVICTED.format(SERIES["B"]))
    path = small.evaluations / f"{ID}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["protocol"]["written"] = str(content["protocol"]["written"])
    content["languages"] = ["en"]
    content["notebooks"] = [{"name": name} for name in NOTEBOOKS]
    content["front_page"] = {
        "answer": ["plans.links"],
        "outcomes": [],
        "changed": [],
        "counted": [{"findings": ["prosecution.prosecuted"]}],
        "missing": [],
    }
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    temporary = Path(tempfile.mkdtemp(prefix="soak-"))
    yield Stage(small, temporary)
    shutil.rmtree(temporary, ignore_errors=True)


@dataclass(frozen=True)
class Stop:
    """A moment at which a build is stopped, and how: a share of the length of one phase."""

    signal: signal.Signals
    phase: str
    share: float
    jobs: int


@dataclass
class Undisturbed:
    """What each version gives when nothing stops it, and how long each phase lasts."""

    wanted: dict[str, Tree] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def test_a_stopped_build_leaves_old_or_new_and_the_next_goes_on(
    stage: Stage, seed: int, tell: Tell
) -> None:
    """Power fails, people press Ctrl-C, schedulers kill: the report in hand must not suffer."""
    usual = _undisturbed(stage)
    state, fell, reused, slowest = "B", Counter[str](), Counter[str](), 0.0
    for stop in _stops(random.Random(seed)):
        target = "A" if state == "B" else "B"
        stage.turn_to(target)
        stage.forget()
        left = _names(stage)
        build = stage.start(stop.jobs)
        _wait(stage, build, stop, usual)
        over, phase, ended = build.poll() is not None, stage.phase(), stage.ended()
        found, said, took = _stop(stage, build, stop.signal)
        if phase == "start" and found == usual.wanted[target]:
            phase = "end"
        where = f"{stop.signal.name} {'after the end' if over else phase}"
        slowest = max(slowest, took)
        fell[where] += 1
        assert found in (usual.wanted[state], usual.wanted[target]), _mixed(where, found, usual)
        _check_nothing_left(stage, where)
        if stop.signal is signal.SIGINT:
            _check_interrupted(stage, build.returncode, said, left)
        told = _build_again(stage)
        assert _tree(stage.final) == usual.wanted[target], _mixed(where, _tree(stage.final), usual)
        _check_nothing_left(stage, f"again after {where}")
        assert _names(stage) == {ID}, where
        # Each worker may have written a run that the build had not yet kept.
        fewest = len(NOTEBOOKS) if phase in ("report", "end") else ended - stop.jobs
        assert told["reused"] >= fewest, f"{where}: {told['reused']} of {ended} runs reused"
        reused[phase] += told["reused"]
        state = target
    lengths = ", ".join(f"{phase} {usual.seconds[phase]:.1f} s" for phase in PHASES)
    tell(f"kills: {sum(fell.values())} stops of builds of three notebooks ({lengths}),")
    tell(f"  each built again to the same bytes; all gone after at most {slowest:.1f} s")
    tell("stopped: " + ", ".join(f"{number} {where}" for where, number in sorted(fell.items())))
    tell("runs taken over: " + ", ".join(f"{number} {at}" for at, number in sorted(reused.items())))
    for phase in PHASES:
        assert fell[f"SIGKILL {phase}"] > 0, f"no kill fell in this phase: {phase}"


def _stops(rng: random.Random) -> list[Stop]:
    """Draw the stops: in each phase one moment from each of as many equal parts as it has stops."""
    signals = [signal.SIGKILL] * KILLS + [signal.SIGINT] * INTERRUPTS
    rng.shuffle(signals)
    phases = [phase for phase, share in zip(PHASES, SHARES, strict=True) for _ in range(share)]
    drawn = [phases[number % len(phases)] for number in range(len(signals))]
    stops = []
    for phase in PHASES:
        number = drawn.count(phase)
        for part in range(number):
            share = (part + rng.random()) / number * PAST_THE_END
            stops.append(Stop(signals.pop(), phase, share, jobs=1 + part % 2))
    rng.shuffle(stops)
    return stops


def _undisturbed(stage: Stage) -> Undisturbed:
    """Build each version undisturbed, from nothing kept."""
    usual = Undisturbed()
    for version in ("A", "B"):
        stage.turn_to(version)
        stage.forget()
        entered = {"start": time.monotonic()}
        build = stage.start()
        while build.poll() is None:
            # When the folder has been moved into place it looks as at the start.
            at = "end" if "report" in entered and stage.phase() == "start" else stage.phase()
            entered.setdefault(at, time.monotonic())
            time.sleep(POLL_SECONDS)
        _, said = build.communicate()
        assert build.returncode == 0, said
        _check_nothing_left(stage, "undisturbed")
        usual.wanted[version] = _tree(stage.final)
        entered.setdefault("end", time.monotonic())
        assert list(entered) == [*PHASES, "end"]
        usual.seconds = {
            phase: ended - began
            for (phase, began), ended in zip(entered.items(), [*entered.values()][1:], strict=False)
        }
    assert usual.wanted["A"] != usual.wanted["B"]
    return usual


def _wait(stage: Stage, build: subprocess.Popen[str], stop: Stop, usual: Undisturbed) -> None:
    """Let a build run into a phase, then for a share of the phase's usual length.

    A machine is now busy, now idle: where a phase is over sooner than usual the build is
    stopped at once, and that length is usual from then on.
    """
    while build.poll() is None and PHASES.index(stage.phase()) < PHASES.index(stop.phase):
        time.sleep(POLL_SECONDS)
    began = time.monotonic()
    while build.poll() is None:
        lasted = time.monotonic() - began
        if stage.phase() != stop.phase:
            usual.seconds[stop.phase] = lasted
            return
        if lasted >= stop.share * usual.seconds[stop.phase]:
            return
        time.sleep(POLL_SECONDS)


def _stop(
    stage: Stage, build: subprocess.Popen[str], stop: signal.Signals
) -> tuple[Tree, str, float]:
    """Stop the build, as a scheduler or Ctrl-C does; wait until nothing of it lives."""
    began = time.monotonic()
    if build.poll() is None:
        build.send_signal(stop)
    _, said = build.communicate()
    while time.monotonic() - began < GONE_SECONDS and (stage.living() or stage.left()):
        time.sleep(0.1)
    return _tree(stage.final), said, time.monotonic() - began


def _build_again(stage: Stage) -> dict[str, Any]:
    """Build what was stopped; return what the command tells a machine."""
    build = stage.start(2)
    out, said = build.communicate()
    assert build.returncode == 0, said
    told: dict[str, Any] = json.loads(out)
    return told


def _check_nothing_left(stage: Stage, where: str) -> None:
    assert stage.living() == [], f"{where}: processes outlived the build"
    assert stage.left() == [], f"{where}: temporary files"
    assert {path.name for path in stage.places.home.iterdir()} <= PLACES, where


def _mixed(where: str, found: Tree, usual: Undisturbed) -> str:
    odd = set.intersection(*(_differing(found, tree) for tree in usual.wanted.values()))
    return f"{where}: neither old nor new, or both mixed: {sorted(odd)[:8]}"


def _names(stage: Stage) -> set[str]:
    return {path.name for path in stage.places.outputs.iterdir()}


def _check_interrupted(stage: Stage, code: int, said: str, left: set[str]) -> None:
    """Ctrl-C may come before Python can hear it, or too late; else it is answered in words."""
    assert code in (INTERRUPTED, 0, -signal.SIGINT, 1), said
    if code == INTERRUPTED:
        assert "Interrupted. What was built before is as it was." in said
        assert "Traceback" not in said
        # What an earlier kill left is cleared by the next build that gets as far.
        assert _names(stage) <= {ID, *left}


def _tree(folder: Path) -> Tree:
    """Give every file of a folder with what is in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _differing(one: Tree, other: Tree) -> set[str]:
    return {path for path in {*one, *other} if one.get(path) != other.get(path)}


def _write_notebook(path: Path, analysis: str) -> None:
    cells = [
        ("title-da", "markdown", "# Spørgsmålet", ["lang-da"]),
        ("title-en", "markdown", "# The question", ["lang-en"]),
        ("parameters", "code", PARAMETERS, ["parameters"]),
        ("open", "code", OPEN, []),
        ("analysis", "code", analysis, []),
    ]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"id": id, "cell_type": kind, "metadata": {"tags": tags}, "source": source}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for id, kind, source, tags in cells
        ],
    }
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
