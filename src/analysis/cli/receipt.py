"""`workbench receipt`: a submission in, what is said to its sender out."""

from __future__ import annotations

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
    "workbench receipt S-0123456789ab",
    "workbench receipt --from reden --period 2008H1 --format html --to receipt.html",
)
@click.command("receipt")
@click.argument("submission", required=False, default="")
@click.option("--from", "organisation", default="", metavar="ORG", help="All of this sender.")
@click.option(
    "--period", "span", default="", metavar="PERIOD", help="2008, 2008H1, 2008Q2, 2008-05."
)
@papers.options
@store_options
def verb(
    submission: str,
    organisation: str,
    span: str,
    language: Language | None,
    form: str,
    to: Path | None,
    store_folder: Path | None,
    keys_folder: Path | None,
    synthetic: bool,
) -> None:
    """Write a receipt in the sender's language.

    What was taken and set aside, questions by sheet, row and column, what replaces what, how
    the data is used, by which agreement and until when it is kept. Never a cell's content.
    """
    places = find_places()

    from analysis.flow import receipts, templates

    receipts.require_one(submission, organisation, span)
    invented = synthetic or templates.is_synthetic(places, organisation)
    at = receipts.desk(
        places, synthetic=invented, store_folder=store_folder, keys_folder=keys_folder
    )
    paper = receipts.receipt(
        at, submission=submission, organisation=organisation, span=span, language=language
    )
    papers.show(paper, form, to)
