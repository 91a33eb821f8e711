"""Imports point down: the contract in pyproject.toml holds, and covers every room."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_ERROR, EXIT_STATUS_SUCCESS, lint_imports

HOME = Path(__file__).parents[2]
LAYERS = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"][0]["layers"]


def test_imports_point_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A room that reaches up, or sideways, can no longer be read or replaced alone."""
    monkeypatch.chdir(HOME)
    status = lint_imports(
        config_filename=str(HOME / "pyproject.toml"), cache_dir=None, no_cache=True
    )
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_an_upward_import_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A contract that never fails would prove nothing."""
    package = tmp_path / "upside_down"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "low.py").write_text("from upside_down import high\n", encoding="utf-8")
    (package / "high.py").touch()
    config = tmp_path / "contract.toml"
    config.write_text(
        '[tool.importlinter]\nroot_package = "upside_down"\n'
        '[[tool.importlinter.contracts]]\nname = "down"\ntype = "layers"\n'
        'layers = ["upside_down.high", "upside_down.low"]\n',
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert (
        lint_imports(config_filename=str(config), cache_dir=None, no_cache=True)
        == EXIT_STATUS_ERROR
    )
    assert "upside_down.low is not allowed to import upside_down.high" in capsys.readouterr().out


def test_every_room_has_its_place_in_the_contract() -> None:
    """A module that no layer names may import whatever it likes."""
    placed = {name.strip() for layer in LAYERS for name in layer.split("|")}
    rooms = {
        f"analysis.{path.stem}"
        for path in (HOME / "src" / "analysis").iterdir()
        if (path.is_dir() or path.suffix == ".py") and not path.stem.startswith("__")
        if path.is_file() or (path / "__init__.py").exists()
    }
    assert rooms == placed
