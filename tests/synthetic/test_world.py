"""world.yml: every constant is needed, known and of its type, and no real sender gets in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.errors import DataError
from analysis.places import Places
from analysis.synthetic import World, read_world


def _changed(places: Places, tmp_path: Path, old: str, new: str) -> Path:
    text = (places.synthetic / "world.yml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "world.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  growth: 0.03", "  growht: 0.03", "world.people.growht must be left out"),
        ("  raid: 0.85 ", "  # ", "world.complexes.raid must be given"),
        ("  growth: 0.03", "  growth: much", "world.people.growth must be a number"),
        ("  default: 2400", "  default: 2400.5", "world.people.default must be int"),
        ("on: '2010-10-05'", "on: '2010-13-05'", "world.complexes.large.on must be a day"),
        ("file: kobo", "file: fax", "world.senders.syn_f.file must be one of csv, xlsx, kobo"),
    ],
)
def test_a_mistake_in_the_laws_is_named_by_its_place(
    old: str, new: str, says: str, places: Places, world: World, tmp_path: Path
) -> None:
    """A constant that is silently ignored would make the known truth unknown."""
    path = _changed(places, tmp_path, old, new)
    with pytest.raises(DataError, match=says):
        read_world(path, world.forms, world.profiles)


def test_a_real_sender_is_refused(places: Places, world: World) -> None:
    """An invented file in a real organisation's name could be taken for its own."""
    profiles = dict(world.profiles)
    profiles["syn_a"] = replace(profiles["syn_a"], synthetic=False)
    with pytest.raises(DataError, match="1 are not of an invented sender"):
        read_world(places.synthetic / "world.yml", world.forms, profiles)


def test_a_sender_without_a_profile_is_refused(places: Places, world: World) -> None:
    """What it would send could not be judged."""
    rest = {name: one for name, one in world.profiles.items() if name != "syn_c"}
    with pytest.raises(DataError, match=r"stand only there or only among the profiles \(syn_c\)"):
        read_world(places.synthetic / "world.yml", world.forms, rest)
