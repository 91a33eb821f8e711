"""What several folders of tests share: one real build of the default evaluation, made once."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from analysis.places import HOME_VARIABLE, Places

# The same examples every time, so that a change is judged by what it changes;
# `HYPOTHESIS_PROFILE=default pytest` looks for others.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

HOME = Path(__file__).parents[1]
PARTS = ("data", "evaluations", "notebooks")  # what a workbench is, besides its outputs


@dataclass(frozen=True)
class RealBuild:
    """A workbench of its own and what `workbench build --json` said of it. Only read it."""

    places: Places
    told: dict[str, Any]

    @property
    def folder(self) -> Path:
        """The evaluation's folder below ``outputs/``."""
        return Path(self.told["folder"])

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The register, as exported."""
        text = (self.folder / "findings" / "findings.json").read_text(encoding="utf-8")
        found: list[dict[str, Any]] = json.loads(text)
        return found

    def notebook(self, language: str, name: str) -> dict[str, Any]:
        """Return an executed notebook as JSON."""
        path = self.folder / "notebooks" / language / f"{name}.ipynb"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


@pytest.fixture(scope="session")
def real_build(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> RealBuild:
    """Build the default evaluation with real kernels, once for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    home, result = shared / "real-build", shared / "real-build.json"
    with (shared / "real-build.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            result.write_text(json.dumps(_build(home)), encoding="utf-8")
    done = json.loads(result.read_text(encoding="utf-8"))
    assert done["code"] == 0, done["err"]
    return RealBuild(Places(home), json.loads(done["out"]))


def _build(home: Path) -> dict[str, Any]:
    for name in PARTS:
        shutil.copytree(HOME / name, home / name)
    (home / "outputs").mkdir()
    # What this checkout ran already is taken over by its fingerprint, as any build would.
    shutil.copy(HOME / "requirements.lock", home)
    for name in ("objects", "runs", "traces"):
        if (HOME / ".workbench" / name).is_dir():
            shutil.copytree(HOME / ".workbench" / name, home / ".workbench" / name)
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "build", "--json"],
        env={**os.environ, HOME_VARIABLE: str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}
