"""What the tests of the invented country share: its laws, one draw of it, one draw written."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.flow.synthesising import world as read
from analysis.places import Places
from analysis.synthetic import Drawn, World, draw, write

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def places() -> Places:
    """Return this workbench."""
    return Places(HOME)


@pytest.fixture(scope="session")
def world(places: Places) -> World:
    """Read the laws of the invented country, and its senders."""
    return read(places)


@pytest.fixture(scope="session")
def drawn(world: World) -> Drawn:
    """Draw the country as ``workbench synthesise`` does."""
    return draw(world, seed=1, people=world.laws.people.default, years=(2003, 2012))


@pytest.fixture(scope="session")
def many(world: World) -> Drawn:
    """Draw it with so many people that shares are known to one or two in a hundred."""
    return draw(world, seed=5, people=60_000, years=(2003, 2012))


@pytest.fixture(scope="session")
def written(drawn: Drawn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the country as ``workbench synthesise`` does; only read it."""
    folder = tmp_path_factory.mktemp("synthetic") / "drawn"
    write(drawn, folder)
    return folder
