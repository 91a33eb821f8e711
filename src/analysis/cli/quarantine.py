"""`workbench quarantine`: rows of a held file set aside, so that the rest can enter."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.cli import options
from analysis.cli.taken import folders, senders, show, store_options
from analysis.cli.verbs import examples
from analysis.places import find_places


@examples(
    "workbench quarantine persons.csv 14 88 402",
    "workbench quarantine reden-2008.xlsx 7 --form stays",
    "workbench quarantine S-0bf0b45aa92e 14",
)
@click.command("quarantine")
@click.argument("file")
@click.argument("rows", nargs=-1, required=True, metavar="ROW...", type=click.IntRange(min=2))
@click.option("--form", metavar="FORM", help="Which form, where the file holds several.")
@store_options
@options.as_json
def verb(
    file: str,
    rows: tuple[int, ...],
    form: str | None,
    store_folder: Path | None,
    keys_folder: Path | None,
    synthetic: bool,
    as_json: bool,
) -> None:
    """Set rows of a held file aside.

    FILE is the name of a held file, or the id of a held submission; each ROW as the
    sender's spreadsheet numbers it. The rows are kept, encrypted, and count nowhere. The
    rest is judged again: it enters, or stays held with the questions that are left.
    """
    places = find_places()
    forms, profiles = senders(places, synthetic)

    from analysis.flow.submitting import quarantine

    taken = quarantine(
        places,
        file,
        rows,
        form=form,
        synthetic=synthetic,
        store_folder=store_folder,
        keys_folder=keys_folder,
        profiles=profiles,
        forms=forms,
    )
    show(taken, forms, profiles, as_json, folders(store_folder, keys_folder))
