"""`workbench giveback`: a sender's name in, its own figures for a period out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.cli import papers
from analysis.cli.taken import store_options
from analysis.cli.verbs import examples
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.contracts.published import Language


@examples(
    "workbench giveback reden --period 2008H1",
    "workbench giveback syn_a --period 2008H1 --synthetic --as-of 2009-01-01",
)
@click.command("giveback")
@click.argument("organisation", metavar="ORG")
@click.option(
    "--period", "span", required=True, metavar="PERIOD", help="2008, 2008H1, 2008Q2, 2008-05."
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day from which one looks back. [default: today]",
)
@papers.options
@store_options
def verb(
    organisation: str,
    span: str,
    as_of: datetime | None,
    language: Language | None,
    form: str,
    to: Path | None,
    store_folder: Path | None,
    keys_folder: Path | None,
    synthetic: bool,
) -> None:
    """Give a sender its own figures back, and more where safe.

    Half-years alone are compared, once the time for sending is over for all, and a figure
    once given is never drawn anew. See docs/decisions/0031-templates-and-the-offline-page.md.
    """
    places = find_places()

    from analysis.flow import receipts, templates

    invented = synthetic or templates.is_synthetic(places, organisation)
    at = receipts.desk(
        places, synthetic=invented, store_folder=store_folder, keys_folder=keys_folder
    )
    day = as_of.date() if as_of else date.today()
    papers.show(receipts.give_back(at, organisation, span, as_of=day, language=language), form, to)
