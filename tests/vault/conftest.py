"""What the tests of the vault share: a store of its own, and small invented submissions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from analysis.contracts.partner.store import Incoming, Question, State, Submission
from analysis.vault import keys as vault_keys
from analysis.vault import store

pa: Any = pyarrow
NOON = datetime(2008, 9, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Vault:
    """A folder of keys and one of a store, and the keys opened."""

    keys: Path
    store: Path

    @property
    def key(self) -> vault_keys.StoreKey:
        """What opens the store, read anew each time."""
        return vault_keys.open_store_key(self.keys)

    @property
    def intake(self) -> vault_keys.IntakeKeys:
        """What makes tokens and opens originals."""
        return vault_keys.open_intake_keys(self.keys)

    def put(self, *incoming: Incoming) -> tuple[Submission, ...]:
        """Put submissions in one transaction."""
        with store.writing(self.store, self.key, clock=lambda: NOON) as found:
            return found.put(incoming)

    def persons(self) -> list[str]:
        """The persons of all accepted submissions, in order."""
        with store.reading(self.store, self.key) as found:
            table = found.rows("persons")
        return table["person"].to_pylist() if "person" in table.column_names else []


Make = Callable[..., Incoming]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Make keys whose one holder lies beside them, and name a folder for a store."""
    vault_keys.create(tmp_path / "keys", holders=None, on=date(2008, 1, 1))
    return Vault(tmp_path / "keys", tmp_path / "store")


@pytest.fixture
def incoming() -> Make:
    """Make one submission of organisation ``syn_a``, with two persons unless told otherwise."""

    def make(
        number: int = 1,
        *,
        state: State = "accepted",
        persons: tuple[str, ...] | None = None,
        original: bytes | None = None,
        aside: bytes = b"",
        rows: Any = None,
        **changed: Any,
    ) -> Incoming:
        persons = persons or (f"{number:031x}a", f"{number:031x}b")
        content = original or f"person\n{number}\n".encode()
        one = Submission(
            id=f"S-{number:012x}",
            organisation="syn_a",
            form="persons",
            period="2008H1",
            received_on=date(2008, 8, 1),
            file=f"synthetic-{number}.csv",
            sha256=hashlib.sha256(content).hexdigest(),
            version=1,
            state=state,
            rows=len(persons) if rows is None else rows.num_rows,
            set_aside=(),
            questions=(Question("persons", "", "dates", "Dato", (2, 5), False, (("n", 2),)),),
            purpose="evaluation",
            agreement="SYN-A",
            delete_after=date(2013, 8, 1),
            schema_version=1,
            synthetic=True,
        )
        one = replace(one, **changed)
        table = pa.table(
            {
                "source_row": pa.array(range(2, 2 + len(persons)), pa.int32()),
                "person": list(persons),
            }
        )
        given = table if rows is None else rows
        return Incoming(one, None if state == "held" else given, content, aside)

    return make
