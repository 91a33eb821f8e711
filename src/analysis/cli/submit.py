"""`workbench submit`: files of a sender let in whole, or held with questions to the sender."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from analysis.cli import options
from analysis.cli.taken import folders, senders, show, store_options
from analysis.cli.verbs import examples
from analysis.places import find_places


@examples(
    "workbench submit persons.csv --from reden --period 2008H1",
    "workbench submit reden-2008.xlsx --from reden --period 2008H1 --received 2008-08-14",
    "workbench submit contacts.csv --from syn_a --period 2008Q1 --synthetic",
)
@click.command("submit")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--from", "organisation", metavar="ORG", required=True, help="Who sent the files.")
@click.option("--period", metavar="PERIOD", required=True, help="2008, 2008H1, 2008Q2 or 2008-05.")
@click.option("--form", metavar="FORM", help="Which form, where the file does not say.")
@click.option(
    "--received",
    "received",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="When it was received.  [default: today]",
)
@store_options
@options.as_json
def verb(
    files: tuple[Path, ...],
    organisation: str,
    period: str,
    form: str | None,
    received: datetime | None,
    store_folder: Path | None,
    keys_folder: Path | None,
    synthetic: bool,
    as_json: bool,
) -> None:
    """Take in what a sender sent.

    A file enters whole or not at all. With questions that must be answered first it is
    held, encrypted, and nothing of it counts: the exit code is 2. Questions are worded in
    the sender's language and name sheet, row and column, never what stands there. Names and
    numbers become tokens. The same file again changes nothing; another one for the same
    period takes the place of the first, which is kept.
    """
    places = find_places()
    forms, profiles = senders(places, synthetic)

    from analysis.flow.submitting import deliver

    taken = deliver(
        places,
        files,
        organisation,
        period,
        form=form,
        received_on=received.date() if received else None,
        store_folder=store_folder,
        keys_folder=keys_folder,
        profiles=profiles,
        forms=forms,
    )
    show(taken, forms, profiles, as_json, folders(store_folder, keys_folder))
