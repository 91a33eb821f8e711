"""`workbench store`: what is in the encrypted store, whether it is sound, copied and restored."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from analysis.cli import options, printing
from analysis.cli.vaults import Vault, folders
from analysis.cli.verbs import Verbs, examples

_FOLDER = click.Path(path_type=Path, file_okay=False)
_COLUMNS = (
    "submission", "organisation", "form", "period", "version", "state", "received_on", "rows",
    "set_aside", "questions", "delete_after",
)  # fmt: skip


@examples(
    "workbench store list",
    "workbench store check",
    "workbench store backup /media/backup/store --keys-to /media/safe/keys",
)
@click.group("store", cls=Verbs)
def verb() -> None:
    """List, check, copy and restore the encrypted store."""


@examples("workbench store list", "workbench store list --json")
@verb.command("list")
@folders
@options.as_json
def list_(vault: Vault, as_json: bool) -> None:
    """List submissions: from whom, for when, which state."""
    from analysis.vault.store import reading

    with reading(vault.store, vault.store_key()) as found:
        lines = [_line(one) for one in found.submissions()]
    if as_json:
        printing.as_json(lines)
    else:
        printing.as_table(lines, _COLUMNS)


@examples("workbench store check")
@verb.command("check")
@folders
@options.as_json
def check(vault: Vault, as_json: bool) -> None:
    """Check every page, the log, every submission and its key.

    The exit code is 2 where anything is wrong.
    """
    from analysis.vault import checking

    found = checking.check(vault.store, vault.store_key())
    if as_json:
        printing.as_json(asdict(found))
    checking.require_sound(found, vault.store.name)
    if not as_json:
        click.echo(
            f"Sound: {found.submissions} submissions, {found.blobs} encrypted parts, "
            f"{found.entries} entries in the log, {found.bytes} bytes."
        )


@examples("workbench store log", "workbench store log --json")
@verb.command("log")
@folders
@options.as_json
def log(vault: Vault, as_json: bool) -> None:
    """Show what was done to the store, and when; it names no person."""
    from analysis.vault.store import reading

    with reading(vault.store, vault.store_key()) as found:
        entries = found.audit()
    if as_json:
        printing.as_json([asdict(one) for one in entries])
        return
    lines = [
        {**asdict(one), "facts": " ".join(f"{name}={value}" for name, value in one.facts.items())}
        for one in entries
    ]
    printing.as_table(lines, ("number", "at", "action", "facts"))


@examples(
    "workbench store backup /media/backup/store",
    "workbench store backup /media/backup/store --keys-to /media/safe/keys",
)
@verb.command("backup")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.option("--keys-to", type=_FOLDER, metavar="DIR", help="Copy the keys too, to another place.")
@folders
def backup(folder: Path, keys_to: Path | None, vault: Vault) -> None:
    """Copy the store while it is in use, and read the copy back.

    The copy is encrypted and holds no key. Without a copy of the keys at another place it
    is of no use: give --keys-to, or run workbench keys backup.
    """
    from analysis.vault import backup as backups

    key = vault.store_key()
    if keys_to:
        backups.require_separate(folder, keys_to)
    written = backups.write(vault.store, key, folder)
    click.echo(f"{written.path}: {written.checked.submissions} submissions, read back and sound.")
    if keys_to:
        backups.write_keys(key, keys_to)
        click.echo(f"{keys_to}: a copy of the keys. It belongs to another place.")


@examples("workbench store restore /media/backup/store", "workbench store restore DIR --replace")
@verb.command("restore")
@click.argument("source", type=click.Path(path_type=Path), metavar="DIR|FILE")
@click.option("--replace", is_flag=True, help="Put it in the place of the store that is here.")
@folders
def restore(source: Path, replace: bool, vault: Vault) -> None:
    """Put a backup, or the newest of a folder, in the store's place.

    What retention deleted since it was made stays deleted. The store that was here is kept
    beside it.
    """
    from analysis.vault import backup as backups

    path = source if source.is_file() else backups.newest(source)
    kept = backups.restore(vault.store, vault.store_key(), path, replace=replace)
    click.echo(f"{vault.store}: restored from {path.name}.")
    if kept:
        click.echo(f"What was here is kept in {kept}; remove it when all is well.")
    click.echo("Bring its tokens up to the keys: workbench keys rotate --catch-up")


def _line(one: Any) -> dict[str, Any]:
    return {
        "submission": one.id,
        "organisation": one.organisation,
        "form": one.form,
        "period": one.period,
        "version": one.version,
        "state": one.state,
        "received_on": one.received_on.isoformat(),
        "rows": one.rows,
        "set_aside": len(one.set_aside),
        "questions": len(one.questions),
        "delete_after": one.delete_after.isoformat(),
        "synthetic": one.synthetic,
    }
