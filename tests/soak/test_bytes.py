"""The default evaluation, built twice in two places and two environments: the same bytes.

Only where two builds of one state are equal does a difference between two reports mean that
something changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

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

Tell = Callable[[str], None]


def test_two_builds_of_the_default_evaluation_have_the_same_bytes(
    workbench: Places, tmp_path_factory: pytest.TempPathFactory, tell: Tell
) -> None:
    """A reviewer who builds the report again must get the one that was published."""
    other = tmp_path_factory.mktemp("elsewhere") / "a workbench with a longer name, æøå"
    shutil.copytree(workbench.home, other)
    trees = []
    for home, environment, workers in ((workbench.home, HERE, 1), (other, ELSEWHERE, 2)):
        began = time.monotonic()
        folder = _build(home, environment, workers)
        trees.append(_tree(folder))
        tell(f"bytes: build with -j{workers} took {time.monotonic() - began:.0f} s")
    one, two = trees
    differing = sorted(path for path in {*one, *two} if one.get(path) != two.get(path))
    tell(f"bytes: {len(one)} files, {len(one) - len(differing)} equal, {len(differing)} differ")
    for path in differing:
        tell(f"  differs: {path}")
    assert len(one) > 0
    assert differing == []


def _build(home: Path, environment: dict[str, str], workers: int) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "build", f"-j{workers}"],
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
