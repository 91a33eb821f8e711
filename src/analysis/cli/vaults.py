"""Options of verbs that need the keys, and mostly the store: which folders, whose identity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from analysis.places import Places, find_places

if TYPE_CHECKING:
    from analysis.vault.keys import IntakeKeys, StoreKey
    from analysis.vault.rotation import Opener

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Vault:
    """Folders of the store and of its keys, and the file of who opens them."""

    store: Path
    keys: Path
    identity: Path | None

    def store_key(self) -> StoreKey:
        """Open the ring of those who read the store."""
        from analysis.vault import keys

        return keys.open_store_key(self.keys, self.identity)

    def intake_keys(self) -> IntakeKeys:
        """Open the ring of intake."""
        from analysis.vault import keys

        return keys.open_intake_keys(self.keys, self.identity)

    def opener(self) -> Opener:
        """Say who opens the rings, to what changes them."""
        from analysis.vault.rotation import Opener

        return Opener(self.keys, self.identity)


def folders(decorated: Decorated) -> Decorated:
    """Add ``--store``, ``--keys``, ``--identity`` and ``--synthetic``; give a ``vault``."""

    @wraps(decorated)
    def run(
        *given: Any,
        store_folder: Path | None,
        keys_folder: Path | None,
        identity: Path | None,
        synthetic: bool,
        **named: Any,
    ) -> Any:
        found = _vault(find_places(), store_folder, keys_folder, identity, synthetic)
        return decorated(*given, vault=found, **named)

    folder = click.Path(path_type=Path, file_okay=False)
    for option in (
        click.option("--synthetic", is_flag=True, help="Use store and keys of the rehearsal."),
        click.option(
            "--identity",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="A holder's identity.  [default: WORKBENCH_IDENTITY, else holder.txt]",
        ),
        click.option(
            "--keys",
            "keys_folder",
            type=folder,
            metavar="DIR",
            help="Folder of the keys.  [default: WORKBENCH_KEYS, else ~/.config/workbench/keys]",
        ),
        click.option(
            "--store", "store_folder", type=folder, metavar="DIR", help="Folder of the store."
        ),
    ):
        run = option(run)
    return run  # type: ignore[return-value]


def _vault(
    places: Places, store: Path | None, keys: Path | None, identity: Path | None, synthetic: bool
) -> Vault:
    from analysis.vault.keys import default_folder

    usual = places.rehearsal / "store" if synthetic else places.submissions
    usual_keys = places.rehearsal / "keys" if synthetic else default_folder()
    return Vault(store or usual, keys or usual_keys, identity)
