"""The default evaluation, built twice in two places and two environments: the same bytes.

Once cold, one notebook after the other, as a release is built; once with warm kernels, two
at a time. Every file is compared, the run manifest included. Only where two builds of one
state are equal does a difference between two reports mean that something changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from analysis.engine.manifest import file as manifest
from analysis.places import HOME_VARIABLE, Places

pytestmark = pytest.mark.soak

HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1"}
ELSEWHERE = {
    "TZ": "Asia/Tokyo",
    "LC_ALL": "da_DK.UTF-8",
    "LANG": "da_DK.UTF-8",
    "LANGUAGE": "da",
    "PYTHONHASHSEED": "4711",
    "COLUMNS": "40",
    "SOURCE_DATE_EPOCH": "1000000000",
}

KINDS = {".ipynb", ".html", ".css", ".svg", ".png", ".csv", ".xlsx", ".parquet", ".pdf", ".json"}
"""What a build writes. No DOCX is written; `tests/engine/test_archives.py` has archives."""

Tell = Callable[[str], None]


def test_two_builds_of_the_default_evaluation_have_the_same_bytes(
    workbench: Places, tmp_path_factory: pytest.TempPathFactory, tell: Tell
) -> None:
    """A reviewer who builds the report again must get the one that was published."""
    other = tmp_path_factory.mktemp("elsewhere") / "a workbench with a longer name, æøå"
    shutil.copytree(workbench.home, other)
    trees = []
    for home, environment, options in (
        (workbench.home, HERE, ("-j1", "--cold")),
        (other, ELSEWHERE, ("-j2",)),
    ):
        began = time.monotonic()
        trees.append(_tree(_build(home, environment, options)))
        tell(f"bytes: build with {' '.join(options)} took {time.monotonic() - began:.0f} s")
    one, two = trees
    differing = sorted(path for path in {*one, *two} if one.get(path) != two.get(path))
    tell(f"bytes: {len(one)} files, {len(one) - len(differing)} equal, {len(differing)} differ")
    for path in differing:
        tell(f"  differs: {path}")
    kinds = Counter(Path(path).suffix for path in one)
    tell("bytes: " + ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    assert differing == []
    assert manifest.NAME in one
    assert {*kinds} >= KINDS


def _build(home: Path, environment: dict[str, str], options: Sequence[str]) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "build", *options],
        env={**os.environ, **environment, HOME_VARIABLE: str(home)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().splitlines()[-1]).parents[1]


def _tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
