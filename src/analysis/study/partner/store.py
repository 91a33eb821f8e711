"""A store and its keys in, the cases that it holds out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.engine.reuse import recorder

if TYPE_CHECKING:
    from analysis.contracts.partner.cases import Cases


def keys_folder() -> Path:
    """Return where the keys of real submissions lie."""
    from analysis.vault.keys import default_folder

    return default_folder()


def read_cases(store: Path, keys: Path, profiles: Mapping[str, Profile], forms: Forms) -> Cases:
    """Open a store for reading and resolve what it holds to persons.

    Counted is what was received up to the day of the last submission. Its fingerprint is a
    SHA-256, whatever the store's own is.

    Raises
    ------
    VaultError
        If the store or its key cannot be opened.
    LinkageError
        If records came since the last run of linkage.
    """
    from analysis.cases import open_cases
    from analysis.vault.keys import open_store_key
    from analysis.vault.store import reading

    synthetic = any(profile.synthetic for profile in profiles.values())
    # The store file was announced by who asks; locks and keys decide nothing of what it holds.
    with recorder.answered_for(), reading(store, open_store_key(keys)) as opened:
        as_of = max((one.received_on for one in opened.submissions()), default=date.min)
        cases = open_cases(
            opened, profiles, forms, as_of=as_of, basis="synthetic" if synthetic else "submitted"
        )
    return replace(cases, fingerprint=sha256(cases.fingerprint.encode()).hexdigest())
