"""A build stopped at random moments: what was built before stands, and nothing is left behind.

Two small notebooks are really built, over and over, in one of two versions. Each round
builds the other version and is stopped somewhere on the way, half of the rounds while the
report is written or moved into place.
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
from dataclasses import dataclass
from pathlib import Path

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
FEWEST_ROUNDS = 6
UNSEEN = "with no folder to be seen"
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
SERIES = {"A": "persons_prosecuted", "B": "persons_convicted"}
"""What the two versions differ in."""

Tell = Callable[[str], None]
Tree = dict[str, str]


@dataclass
class Stage:
    """A workbench of two notebooks, a temporary folder of its own, and how to build there."""

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

    def start(self) -> subprocess.Popen[str]:
        """Start a build in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "analysis", "build", "-j2"],
            env={
                **os.environ,
                HOME_VARIABLE: str(self.places.home),
                "TMPDIR": str(self.temporary),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

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
    """A small workbench with two notebooks, and a temporary folder whose path is short."""
    for path in small.notebooks.glob("*.ipynb"):
        path.unlink()
    _write_notebook(small.notebooks / "plans.ipynb", LINKED)
    path = small.evaluations / f"{ID}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["protocol"]["written"] = str(content["protocol"]["written"])
    content["languages"] = ["en"]
    content["notebooks"] = [{"name": "plans"}, {"name": "prosecution"}]
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


def test_a_stopped_build_leaves_the_old_state_or_the_new_one(
    stage: Stage, seconds: float, seed: int, tell: Tell
) -> None:
    """Power fails, people press Ctrl-C, schedulers kill: the report in hand must not suffer."""
    end = time.monotonic() + seconds
    wanted, whole_seconds, report_seconds = _references(stage)
    rng, died, rounds, slowest, state = random.Random(seed), Counter[str](), 0, 0.0, "B"
    while time.monotonic() < end or rounds < FEWEST_ROUNDS:
        target = "A" if state == "B" else "B"
        stage.turn_to(target)
        stop = rng.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGINT))
        late = rng.random() < 0.5
        share = rng.uniform(0, 1.05)
        left = _names(stage)
        build = stage.start()
        _wait(stage, build, late, share * (report_seconds if late else whole_seconds))
        where = _phase(stage, build)
        found, code, said, took = _stop(stage, build, stop)
        rounds, slowest = rounds + 1, max(slowest, took)
        if where == UNSEEN:
            where = "once moved into place" if found == wanted[target] else "before it wrote"
        died[f"{stop.name} {where}"] += 1
        odd = _differing(found, wanted[state]) & _differing(found, wanted[target])
        assert not odd, f"{stop.name} {where}: neither old nor new: {sorted(odd)[:8]}"
        assert found in (wanted[state], wanted[target]), f"{stop.name} {where}: old and new mixed"
        assert stage.living() == [], f"{stop.name} {where}: processes outlived the build"
        assert list(stage.temporary.iterdir()) == [], f"{stop.name} {where}: temporary files"
        if stop is signal.SIGINT:
            _check_interrupted(stage, code, said, left)
        state = target if found == wanted[target] else state
    stage.turn_to("B" if state == "A" else "A")
    assert _undisturbed(stage)[0] == wanted["B" if state == "A" else "A"]
    assert sorted(path.name for path in stage.places.outputs.iterdir()) == [ID]
    tell(
        f"kills: {rounds} rounds over an undisturbed build of {whole_seconds:.1f} s; "
        f"processes and files gone after at most {slowest:.1f} s"
    )
    tell("stopped: " + ", ".join(f"{number} {where}" for where, number in sorted(died.items())))
    assert any("notebooks" in where for where in died)


def _references(stage: Stage) -> tuple[dict[str, Tree], float, float]:
    """Build each version undisturbed: what it gives, how long it takes, and its report alone."""
    wanted = {}
    for version in ("A", "B"):
        stage.turn_to(version)
        wanted[version], whole_seconds, report_seconds = _undisturbed(stage)
    assert wanted["A"] != wanted["B"]
    return wanted, whole_seconds, report_seconds


def _undisturbed(stage: Stage) -> tuple[Tree, float, float]:
    began = report_began = time.monotonic()
    build = stage.start()
    while build.poll() is None:
        if report_began == began and (stage.filling / "report").exists():
            report_began = time.monotonic()
        time.sleep(POLL_SECONDS)
    _, said = build.communicate()
    ended = time.monotonic()
    assert build.returncode == 0, said
    assert list(stage.temporary.iterdir()) == []
    return _tree(stage.final), ended - began, ended - report_began


def _wait(stage: Stage, build: subprocess.Popen[str], late: bool, delay: float) -> None:
    """Let a build run for a while, or (late) for a while after its report is begun."""
    while late and build.poll() is None and not (stage.filling / "report").exists():
        time.sleep(POLL_SECONDS)
    end = time.monotonic() + delay
    while time.monotonic() < end and build.poll() is None:
        time.sleep(POLL_SECONDS)


def _phase(stage: Stage, build: subprocess.Popen[str]) -> str:
    if build.poll() is not None:
        return "after it had ended"
    if not stage.filling.exists():
        return UNSEEN
    return "in the report" if (stage.filling / "report").exists() else "in the notebooks"


def _stop(
    stage: Stage, build: subprocess.Popen[str], stop: signal.Signals
) -> tuple[Tree, int, str, float]:
    """Stop the build, as a scheduler or Ctrl-C does; wait until nothing of it lives."""
    began = time.monotonic()
    if build.poll() is None:
        build.send_signal(stop)
    _, said = build.communicate()
    while time.monotonic() - began < GONE_SECONDS and (
        stage.living() or any(stage.temporary.iterdir())
    ):
        time.sleep(0.1)
    return _tree(stage.final), build.returncode, said, time.monotonic() - began


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
