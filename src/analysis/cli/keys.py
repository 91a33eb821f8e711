"""`workbench keys`: keys made, shown by their marks, changed, copied; never printed."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.cli import options, printing
from analysis.cli.vaults import Vault, folders
from analysis.cli.verbs import Verbs, examples
from analysis.places import find_places

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_KINDS = ("tokens", "store", "originals")


@examples(
    "workbench keys identity ~/holder.txt",
    "workbench keys new age1… age1…",
    "workbench keys show",
)
@click.group("keys", cls=Verbs)
def verb() -> None:
    """Make, show, change and copy the keys of partner data.

    Who does what, and what to do when a key is lost, stands in docs/keys.md.
    """


@examples("workbench keys identity ~/holder.txt", "workbench keys identity ~/h.txt --passphrase")
@verb.command("identity")
@click.argument("file", type=_FILE)
@click.option("--passphrase", is_flag=True, help="Lock the file by a passphrase, asked for twice.")
def identity(file: Path, passphrase: bool) -> None:
    """Make a holder's identity, and print its public line.

    FILE is yours alone: whoever has it opens the keys. Give the printed line, which is
    no secret, to who makes the keys.
    """
    from analysis.vault import holders

    asked = (
        click.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if passphrase else ""
    )
    click.echo(holders.make_identity(file, passphrase=asked))


@examples("workbench keys new age1… age1…")
@verb.command("new")
@click.argument("holders", nargs=-1, required=True, metavar="HOLDER...")
@folders
def new(holders: tuple[str, ...], vault: Vault) -> None:
    """Make the keys, for two or more holders.

    HOLDER is the line that `workbench keys identity` printed. Each holder can open all
    keys alone.
    """
    from analysis.vault import keys

    keys.create(vault.keys, holders=holders)
    click.echo(f"{vault.keys}: keys for {len(holders)} holders.")
    click.echo("Copy them to another place now: workbench keys backup DIR")


@examples("workbench keys show", "workbench keys show --json")
@verb.command("show")
@folders
@options.as_json
def show(vault: Vault, as_json: bool) -> None:
    """Show marks and days of all keys.

    Two holders who see the same marks have the same keys. No key is ever printed.
    """
    from analysis.vault import keys

    found = keys.show(vault.keys, vault.identity)
    if as_json:
        printing.as_json(found)
    else:
        printing.as_table(found, ("key", "fingerprint", "made_on"))


@examples("workbench keys holders age1… age1…")
@verb.command("holders")
@click.argument("holders", nargs=-1, required=True, metavar="HOLDER...")
@folders
def set_holders(holders: tuple[str, ...], vault: Vault) -> None:
    """Name the holders anew.

    Whoever is not named can no longer open the keys; a copy that they made before stays
    open to them, so rotate as well.
    """
    from analysis.vault import keys

    keys.set_holders(vault.keys, holders, vault.identity)
    click.echo(f"{vault.keys}: keys for {len(holders)} holders.")


@examples(
    "workbench keys rotate",
    "workbench keys rotate --only store",
    "workbench keys rotate --catch-up",
)
@verb.command("rotate")
@click.option("--only", type=click.Choice(_KINDS), multiple=True, help="Change these alone.")
@click.option("--catch-up", is_flag=True, help="Add no key; bring tokens up to those there are.")
@folders
def rotate(only: tuple[str, ...], catch_up: bool, vault: Vault) -> None:
    """Change keys for new ones.

    Tokens get one more layer, in one transaction; the store is written anew under another
    key; originals that come from now on are encrypted to another identity. Run it again
    where it was interrupted.
    """
    if catch_up and only:
        raise click.UsageError("--catch-up changes tokens alone; leave --only out.")
    places = find_places()

    from analysis.contracts.partner.reading import read_forms
    from analysis.vault import rotation

    kinds = ("tokens",) if catch_up else only or _KINDS
    if "tokens" in kinds:
        forms = read_forms(places.forms, places.partner_codelists)
        done = rotation.rotate_tokens(vault.opener(), vault.store, forms, catch_up=catch_up)
        click.echo(
            f"Tokens have {done.layers} layers now: {done.submissions} submissions and "
            f"{done.named} other tables rewritten."
        )
    if "store" in kinds:
        rotation.rotate_store(vault.opener(), vault.store)
        click.echo("The store is under a new key.")
    if "originals" in kinds:
        rotation.rotate_originals(vault.opener())
        click.echo("Originals from now on are encrypted to a new identity.")
    click.echo("Copy the keys to the other place now: workbench keys backup DIR")


@examples("workbench keys mend")
@verb.command("mend")
@folders
def mend(vault: Vault) -> None:
    """Make a lost store.age again, from intake.age."""
    from analysis.vault import keys

    keys.mend(vault.keys, vault.identity)
    click.echo(f"{vault.keys}: store.age is here again.")


@examples("workbench keys backup /media/safe/keys")
@verb.command("backup")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@folders
def backup(folder: Path, vault: Vault) -> None:
    """Copy the keys to another place, over the old copy.

    There is one copy, so that keys that retention destroyed are not kept by an old one.
    Holders' identities are not copied.
    """
    from analysis.vault import backup as backups

    backups.write_keys(vault.store_key(), folder)
    click.echo(f"{folder}: a copy of the keys. It belongs to another place than the store's.")


@examples("workbench keys restore /media/safe/keys")
@verb.command("restore")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@folders
def restore(folder: Path, vault: Vault) -> None:
    """Put a copy of the keys where there are none."""
    from analysis.vault import backup as backups

    backups.restore_keys(folder, vault.keys)
    click.echo(f"{vault.keys}: keys restored. Check them: workbench keys show")


@examples("workbench keys export-sharing-key sharing-reden.key")
@verb.command("export-sharing-key")
@click.argument("file", type=_FILE)
@folders
def export_sharing_key(file: Path, vault: Vault) -> None:
    """Write the key for senders who make tokens.

    It is the one key that leaves the centre. Hand it over in person or encrypted; whoever
    has it can try names against tokens that senders made, not against those in the store.
    """
    from analysis.errors import VaultError
    from analysis.vault import guard

    if file.exists():
        raise VaultError(f"{file.name}: it is there already. Name another file.")
    sharing = vault.intake_keys().sharing
    text = (
        "# Sharing key of the workbench, for `workbench encode` and the offline page.\n"
        "# Keep it where the names are kept, and destroy it when the agreement ends.\n"
        f"{sharing.hex()}\n"
    )
    guard.write_private(file, text.encode())
    click.echo(f"{file}: the sharing key.")
