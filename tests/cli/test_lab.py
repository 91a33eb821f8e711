"""`workbench lab`: what it says, and what it hands on; its server is tested in tests/desk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import HOME_VARIABLE, Places


def test_outside_a_workbench_it_says_so(
    tmp_path: Path, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLab on the wrong folder would save notebooks nobody strips."""
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    said = call("lab")
    assert said.code == 2
    assert said.err.startswith("workbench: no folder from here upwards holds evaluations/")


def test_arguments_are_those_of_jupyter_lab(places: Places) -> None:
    """Whoever knows `jupyter lab` knows this; what they ask for wins over what is set here."""
    root = f"--ServerApp.root_dir={places.notebooks}"
    asked = ("--show-config", "--allow-root", "--port", "9999", root)
    said = subprocess.run(
        [sys.executable, "-c", "from analysis.cli.lab import verb; verb()", *asked],
        env={**os.environ, HOME_VARIABLE: str(places.home)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ".port = 9999" in said
    assert f".root_dir = '{places.notebooks}'" in said
    assert ".default_kernel_name = 'workbench'" in said
