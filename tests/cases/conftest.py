"""What the tests of linkage share: keys, a store, and submissions of named invented people."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from analysis.cases import LinkageRules, link, read_rules
from analysis.contracts.partner.forms import IDENTITIES
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.partner.store import Incoming, Submission
from analysis.vault import keys, store
from analysis.vault.tokens import Tokens

pa: Any = pyarrow
DATA = Path(__file__).parents[2] / "data"
LINKED_ON = date(2008, 10, 1)
SHARING, FIRST = bytes(range(32)), bytes(range(32, 64))


@dataclass(frozen=True)
class Person:
    """One row of the form ``persons`` as a sender would write it."""

    number: str
    given_name: str | None = None
    family_name: str | None = None
    birth_date: str | None = None
    cpr: str | None = None
    sex: str | None = "female"
    citizenship: str | None = "ROU"
    child: bool | None = None
    first_contact_on: date | None = date(2008, 3, 1)


class World:
    """A store with the keys to it, into which senders' rows are put."""

    def __init__(self, folder: Path) -> None:
        self.keys, self.folder = folder / "keys", folder / "store"
        if not self.keys.exists():
            keys.create(self.keys, holders=None, on=date(2008, 1, 1))

    @property
    def tokens(self) -> Tokens:
        """Tokens by the keys as they are now, the first ones always the same.

        Sketches of names are keyed: by other keys a pair that is just in doubt may fall on
        the other side, so that a test of a whole run would fail once in some dozens.
        """
        found = keys.open_intake_keys(self.keys)
        fixed = replace(found, sharing=SHARING, chain=(FIRST, *found.chain[1:]))
        return Tokens(fixed)

    def reading(self) -> Any:
        """Open the store to read it."""
        return store.reading(self.folder, keys.open_store_key(self.keys))

    def writing(self) -> Any:
        """Open the store to write in it."""
        return store.writing(self.folder, keys.open_store_key(self.keys))

    def persons(
        self, organisation: str, people: Sequence[Person], period: str = "2008H1", **changed: Any
    ) -> None:
        """Put the rows of one sender's register."""
        tokens = self.tokens
        columns: dict[str, Any] = {
            "person": tokens.references("person", organisation, [one.number for one in people])
        }
        for which in IDENTITIES:
            columns |= tokens.identities(which, [getattr(one, which) for one in people])
        for name in ("sex", "citizenship"):
            columns[name] = pa.array([getattr(one, name) for one in people], pa.string())
        columns["child"] = pa.array([one.child for one in people], pa.bool_())
        days = [one.first_contact_on for one in people]
        columns["first_contact_on"] = pa.array(days, pa.date32())
        self.rows(organisation, "persons", columns, period, **changed)

    def rows(
        self, organisation: str, form: str, columns: Any, period: str = "2008H1", **changed: Any
    ) -> None:
        """Put rows of any form; ``person`` must hold tokens."""
        table = pa.table(columns)
        numbers = pa.array(range(2, table.num_rows + 2), pa.int32())
        content = f"{organisation} {form} {period}".encode()
        one = Submission(
            id=f"S-{hashlib.sha256(content).hexdigest()[:12]}", organisation=organisation,
            form=form, period=period, received_on=date(2008, 8, 1),
            file=f"synthetic-{organisation}-{form}.csv",
            sha256=hashlib.sha256(content).hexdigest(), version=1, state="accepted",
            rows=table.num_rows, set_aside=(), questions=(), purpose="evaluation", agreement="A",
            delete_after=date(2030, 1, 1), schema_version=1, synthetic=True,
        )  # fmt: skip
        one = replace(one, **changed)
        with self.writing() as found:
            found.put([Incoming(one, table.append_column("source_row", numbers), content)])


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Make an empty store with keys of its own."""
    return World(tmp_path)


@pytest.fixture(scope="session")
def rules() -> LinkageRules:
    """Read the rules that are in force."""
    return read_rules(DATA / "linkage.yml")


@pytest.fixture(scope="session")
def profiles() -> dict[str, Profile]:
    """Read the invented senders."""
    forms = read_forms(DATA / "forms", DATA / "codelists" / "partner")
    return read_profiles(DATA / "synthetic" / "profiles", forms)


@pytest.fixture(scope="session")
def person() -> Callable[..., Person]:
    """Give the shape of a row, which a test module cannot import from here."""
    return Person


@pytest.fixture(scope="session")
def crowd() -> Callable[..., list[Person]]:
    """Give people who have nothing to do with each other, so that a model has what to learn."""

    def make(count: int, *, first: int = 0) -> list[Person]:
        heads = ("Ma", "Je", "Sve", "Olu", "Gra", "Thi", "Ro", "Ka")
        tails = (
            "ria",
            "lena",
            "tlana",
            "wasun",
            "cena",
            "duong",
            "xandra",
            "milla",
            "bine",
            "ghit",
        )
        return [
            Person(
                f"n{at}",
                heads[at % 8] + tails[at // 8 % 10],
                heads[at * 5 % 8] + "vi" + tails[at * 3 % 10] + tails[at // 7 % 10],
                f"{1960 + at * 7 % 40}-{1 + at * 5 % 12:02d}-{1 + at * 11 % 28:02d}",
                citizenship=("ROU", "NGA", "THA", "UKR")[at % 4],
            )
            for at in range(first, first + count)
        ]

    return make


@pytest.fixture(scope="session")
def twice(
    tmp_path_factory: pytest.TempPathFactory, rules: LinkageRules, crowd: Callable[..., Any]
) -> Path:
    """Put sixty people at one sender, forty of them at another too, a little amiss; link them."""
    folder = tmp_path_factory.mktemp("twice")
    world = World(folder)
    world.persons("syn_a", crowd(60))
    again = [
        replace(
            one,
            given_name=one.given_name.upper() if at % 2 else one.given_name,
            family_name=one.family_name + "a" if at % 10 == 3 else one.family_name,
            birth_date=None if at % 8 == 1 else one.birth_date,
        )
        for at, one in enumerate(crowd(40))
    ]
    world.persons("syn_b", again)
    with world.writing() as found:
        link(found, rules, on=LINKED_ON)
    return folder


@pytest.fixture
def two_senders(twice: Path, tmp_path: Path) -> World:
    """Copy that store, so that each test may do with it what it will."""
    shutil.copytree(twice, tmp_path / "copy")
    return World(tmp_path / "copy")
