"""What belongs to one open store: the file, the keys of submissions, the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analysis.vault import audit, schema
from analysis.vault.audit import Clock, Fact, utc_now
from analysis.vault.database import Connection
from analysis.vault.keys import StoreKey
from analysis.vault.submission_keys import SubmissionKeys


@dataclass(frozen=True, slots=True)
class Session:
    """An open store, and the time as it is told to it."""

    connection: Connection
    keys: SubmissionKeys
    key: StoreKey
    clock: Clock = utc_now

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return self.clock().date()

    def log(self, action: str, facts: Mapping[str, Fact]) -> None:
        """Add an entry to the log; see `audit.require_bare` for what it may hold."""
        audit.require_bare(action, facts, self._words())
        audit.append(self.connection, self.key.audit, self.clock(), action, facts)

    def anchor(self) -> None:
        """Tell the keys how far the log goes now."""
        self.keys.set_anchor(schema.meta(self.connection, "store"), *audit.head(self.connection))

    def _words(self) -> set[str]:
        found = self.connection.execute(
            "SELECT organisation FROM submissions UNION SELECT form FROM submissions "
            "UNION SELECT name FROM named"
        )
        return {word for (word,) in found}
