"""large: so many rows, different people, and nothing to ask about."""

from __future__ import annotations

import csv
import io

import pytest

from analysis.errors import ParameterError
from analysis.intake.reading import read
from analysis.intake.validating import Setting, by_word, read_countries, validate
from analysis.places import Places
from analysis.synthetic import World, large
from analysis.vault.tokens import Tokens


class _Keys:
    sharing = b"s" * 32
    chain = (b"c" * 32,)


@pytest.mark.parametrize(
    ("organisation", "form"),
    [("syn_a", "persons"), ("syn_police", "persons"), ("syn_b", "services"),
     ("syn_police", "charges")],
)  # fmt: skip
def test_a_large_file_is_valid_throughout(
    organisation: str, form: str, world: World, places: Places
) -> None:
    """A benchmark that measures how fast rows are refused measures something else."""
    made = large(world, seed=1, rows=5_000, organisation=organisation, form=form)
    profile = world.profiles[organisation]
    (sheet,) = read(made.name, made.content, profile, world.forms, form=form)
    assert len(sheet.rows) == 5_000
    setting = Setting(
        profile=profile,
        forms=world.forms,
        period=made.period,
        received_on=made.received_on,
        countries=read_countries(places.codelists / "countries.csv"),
        organisations=by_word(world.profiles.values()),
        registered=frozenset(),
    )
    asked = validate(sheet, setting, Tokens(_Keys())).questions
    assert {one.rule for one in asked} <= {"register_missing"}
    assert "synthetic" in made.name


def test_people_of_a_large_file_are_different_people(world: World) -> None:
    """Equal people would let a cache of tokens look like fast encryption."""
    made = large(world, seed=1, rows=50_000)
    text = io.StringIO(made.content.decode("windows-1252"))
    rows = list(csv.reader(text, delimiter=";"))[1:]
    assert len({row[0] for row in rows}) == len(rows) == 50_000
    assert len({tuple(row[1:4]) for row in rows}) > 0.999 * len(rows)


def test_the_same_seed_gives_the_same_file(world: World) -> None:
    """Two runs of a benchmark must read the same bytes."""
    first, again, other = (large(world, seed=seed, rows=2000).content for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("rows", "organisation", "form", "says"),
    [
        (0, "syn_a", "persons", "0 is outside 1 to"),
        (10, "syn_a", "rights", "no invented sender sends this"),
        (10, "syn_b", "places", "no number of a person stands in its key"),
    ],
)
def test_what_cannot_be_made_is_refused(
    rows: int, organisation: str, form: str, says: str, world: World
) -> None:
    """With what to take in its place."""
    with pytest.raises(ParameterError, match=says):
        large(world, seed=1, rows=rows, organisation=organisation, form=form)
