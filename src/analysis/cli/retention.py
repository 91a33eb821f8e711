"""`workbench retention`: what is due deleted, and proof of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.cli import options, printing
from analysis.cli.vaults import Vault, folders
from analysis.cli.verbs import examples

if TYPE_CHECKING:
    from analysis.vault.retention import Proof

_COLUMNS = ("submission", "deleted_on", "rows", "bytes", "blobs", "sha256", "proved_at")


@examples(
    "workbench retention --dry-run",
    "workbench retention --keys-to /media/safe/keys",
    "workbench retention --proofs --json > proofs.json",
)
@click.command("retention")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="What is due on that day.  [default: today]",
)
@click.option("--dry-run", is_flag=True, help="Show what is due, and change nothing.")
@click.option("--proofs", "only_proofs", is_flag=True, help="Show all proofs there are.")
@click.option(
    "--keys-to",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Renew the copy of the keys, which still holds those that were destroyed.",
)
@folders
@options.as_json
def verb(
    as_of: datetime | None,
    dry_run: bool,
    only_proofs: bool,
    keys_to: Path | None,
    vault: Vault,
    as_json: bool,
) -> None:
    """Delete submissions that are due, and prove it.

    Rows, originals, cells aside and the key of each go; counts, hashes and days stay. The
    encrypted file is written anew and read back. Copies of the store that were made before
    cannot be read without the key; a copy of the keys that was made before holds it, so
    renew that with --keys-to.
    """
    day = as_of.date() if as_of else datetime.now(UTC).date()
    if dry_run or only_proofs:
        _show(vault, day, only_proofs, as_json)
        return

    from analysis.vault import backup, retention

    key = vault.store_key()
    done = retention.delete(vault.store, key, as_of=day)
    if keys_to:
        backup.write_keys(key, keys_to)
    if as_json:
        printing.as_json([_plain(one) for one in done.proofs])
        return
    if done.proofs:
        printing.as_table([_line(one) for one in done.proofs], _COLUMNS)
    click.echo(f"Deleted and proved: {len(done.proofs)}.")
    if done.proofs and not keys_to:
        click.echo(
            "The copy of the keys at the other place still opens old backups. "
            "Renew it: workbench keys backup DIR"
        )
    if done.pruned:
        click.echo(f"Lines about them left {', '.join(done.pruned)}. Run workbench link again.")


def _show(vault: Vault, day: date, only_proofs: bool, as_json: bool) -> None:
    from analysis.vault import retention
    from analysis.vault.store import reading

    with reading(vault.store, vault.store_key()) as found:
        if only_proofs:
            proofs = retention.proofs(found.session)
            lines, columns = [_line(one) for one in proofs], _COLUMNS
            plain = [_plain(one) for one in proofs]
        else:
            plain = [
                {
                    "submission": one.id,
                    "organisation": one.organisation,
                    "form": one.form,
                    "period": one.period,
                    "state": one.state,
                    "rows": one.rows,
                    "delete_after": one.delete_after.isoformat(),
                }
                for one in retention.due(found.submissions(), day)
            ]
            lines = plain
            columns = ("submission", "organisation", "form", "period", "state", "rows",
                       "delete_after")  # fmt: skip
    if as_json:
        printing.as_json(plain)
        return
    printing.as_table(lines, columns)
    click.echo(f"{'Proofs' if only_proofs else 'Due'}: {len(lines)}.")


def _plain(one: Proof) -> dict[str, Any]:
    return {**asdict(one), "deleted_on": one.deleted_on.isoformat()}


def _line(one: Proof) -> dict[str, Any]:
    return {**_plain(one), "blobs": sorted(one.blobs), "sha256": one.sha256[:12]}
