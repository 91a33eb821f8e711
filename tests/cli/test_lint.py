"""`workbench lint`: exit codes, places and words, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import Places

Call = Callable[..., Any]


def _plant(places: Places, name: str, cell: int, text: str) -> Path:
    path = places.notebooks / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][cell]["source"].append(f"\n\n{text}")
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def test_our_prose_is_clean(places: Places, call: Call) -> None:
    """A check that our own notebooks fail would be switched off by everyone who writes one."""
    said = call("lint")
    assert (said.code, said.out, said.err) == (0, "Marked: 0.\n", "")


@pytest.mark.parametrize(
    ("cell", "text", "words", "instead"),
    [
        (0, "Planen førte til flere domme.", "førte til", "faldt sammen med"),
        (1, "The plan led to more convictions.", "led to", "coincided with"),
        (0, "Planen havde ingen effekt.", "ingen effekt", "ingen tegn på en forskel"),
        (1, "The plan had no effect.", "no effect", "no evidence of a difference"),
        (0, "Planen har **styrket** støtten.", "Planen har **styrket", "faldt sammen med"),
        (1, "The plan reduced trafficking.", "plan reduced", "coincided with"),
        (0, "50 % af 12 ofre.", "50 % af 12", "antallene selv, uden procent"),
        (1, "50 % of 12 victims.", "50 % of 12", "the counts themselves, without a percentage"),
    ],
)
def test_a_planted_overclaim_fails(
    places: Places, call: Call, cell: int, text: str, words: str, instead: str
) -> None:
    """The build server stops on it, and the author reads where and what to write."""
    path = _plant(places, "prosecution", cell, text)
    said = call("lint", str(path))
    assert said.code == 2
    assert f"notebooks/prosecution.ipynb: cell {cell + 1}, line 5: “{words}” says" in said.out
    assert f"Write: {instead}." in said.out
    assert said.err.startswith("lint: 1 places say more than the evidence bears.")


def test_without_a_name_all_prose_is_read(places: Places, call: Call) -> None:
    """The build server names no file."""
    _plant(places, "prosecution", 1, "The plan led to more convictions.")
    said = call("lint")
    assert said.code == 2
    assert said.err.startswith("lint: 1 places say more than the evidence bears.")


def test_machines_get_every_field(places: Places, call: Call) -> None:
    """An editor that underlines the words needs place, rule and remedy apart."""
    path = _plant(places, "prosecution", 1, "The plan led to more convictions.")
    said = call("lint", "--json", str(path))
    assert said.code == 2
    (hit,) = json.loads(said.out)
    assert hit == {
        "file": "notebooks/prosecution.ipynb",
        "cell": 2,
        "line": 5,
        "part": "",
        "language": "en",
        "rule": "causal",
        "words": "led to",
        "instead": "coincided with",
        "grade": "C",
    }


def test_prose_beside_stronger_evidence_may_say_more(places: Places, call: Call) -> None:
    """A quasi-experiment is made so that a cause can be named."""
    path = _plant(places, "prosecution", 1, "The plan led to more convictions.")
    assert call("lint", "--grade", "A", str(path)).code == 0
    assert call("lint", "--grade", "B", str(path)).code == 2


def test_a_path_that_is_not_there_is_named(places: Places, call: Call) -> None:
    """Nothing read is not nothing found."""
    said = call("lint", "notebooks/prosecutoin.ipynb")
    assert said.code == 2
    assert "there is no file or folder notebooks/prosecutoin.ipynb" in said.err


def test_no_json_but_an_empty_list_where_nothing_is_marked(places: Places, call: Call) -> None:
    """A machine that reads the answer reads it also when all is well."""
    said = call("lint", "--json")
    assert (said.code, json.loads(said.out)) == (0, [])
