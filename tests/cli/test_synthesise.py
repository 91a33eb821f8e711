"""`workbench synthesise`: what is written where, what is said, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
SMALL = ("--people", "60", "--years", "2007-2008")


def test_a_country_is_written_and_said_to_be_invented(call: Call, tmp_path: Path) -> None:
    """Whoever reads the last line alone must know what they have."""
    said = call("synthesise", *SMALL, "--to", str(tmp_path / "land"))
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == (
        "Synthetic: none of these people exists. Never part of a real evaluation."
    )
    assert (tmp_path / "land" / "deliveries.csv").is_file()
    assert (tmp_path / "land" / "truth" / "records.csv").is_file()


def test_machines_are_told_what_was_written(call: Call, tmp_path: Path) -> None:
    """A script counts files without reading the folder."""
    folder = tmp_path / "land"
    said = call("synthesise", *SMALL, "--seed", "3", "--to", str(folder), "--json")
    told = json.loads(said.out)
    assert (told["seed"], told["people"], told["years"]) == (3, 60, "2007-2008")
    files = [path for path in (folder / "files").rglob("*.*") if path.is_file()]
    assert told["files"] == len(files)
    lines = (folder / "deliveries.csv").read_text(encoding="utf-8").splitlines()
    assert told["deliveries"] == len(lines) - 1


def test_an_earlier_draw_is_replaced(call: Call, tmp_path: Path) -> None:
    """Files of two draws in one folder would contradict the truth beside them."""
    folder = tmp_path / "land"
    call("synthesise", "--people", "60", "--years", "2003-2004", "--to", str(folder))
    call("synthesise", *SMALL, "--to", str(folder))
    assert not list(folder.rglob("*2003*"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--years", "soon"), "--years: it is no span of years. Write it as 2003-2012."),
        (("--years", "2012-2003"), "years: 2012 to 2003 is no span within"),
        (("--people", "3"), "people: 3 is outside 50 to"),
        (("--seed", "-1"), "Invalid value for '--seed'"),
    ],
)
def test_mistakes_end_with_what_to_write(
    arguments: tuple[str, ...], says: str, call: Call, tmp_path: Path
) -> None:
    """No traceback, exit code 2, and nothing written."""
    said = call("synthesise", *arguments, "--to", str(tmp_path / "land"))
    assert said.code == 2
    assert says in said.err
    assert not (tmp_path / "land").exists()


def test_somebody_elses_folder_is_left_alone(call: Call, tmp_path: Path) -> None:
    """The folder is emptied before it is written, so it must be one of ours."""
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    said = call("synthesise", *SMALL, "--to", str(tmp_path))
    assert said.code == 2
    assert "holds files that no synthetic country wrote" in said.err
    assert (tmp_path / "letter.txt").is_file()
