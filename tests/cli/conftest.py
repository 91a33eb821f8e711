"""What the tests of the command share: a workbench of their own, and a way to call it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.places import HOME_VARIABLE, Places

HOME = Path(__file__).parents[2]
RENEW = "RENEW_GOLDEN"  # set it to write golden files anew; then read them


@dataclass(frozen=True)
class Said:
    """What a call of the command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command in this process, on a terminal 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        captured = capsys.readouterr()
        code = left.value.code
        return Said(code if isinstance(code, int) else int(bool(code)), captured.out, captured.err)

    return run


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Make a copy of this workbench's data, evaluations and notebooks, and go there."""
    for name in ("data", "evaluations", "notebooks"):
        shutil.copytree(HOME / name, tmp_path / name)
    (tmp_path / "outputs").mkdir()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return Places(tmp_path)


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a file of ``golden/`` that somebody has read."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if os.environ.get(RENEW):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare
