"""`workbench template`: a sender's name in, the files that it fills in and checks with out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from analysis.cli.verbs import examples
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.contracts.published import Language
    from analysis.flow.templates import Kind

KINDS = ("xlsx", "page", "csv", "xlsform")


@examples(
    "workbench template reden --to to-reden",
    "workbench template reden --form xlsx --language en",
    "workbench template syn_a --synthetic",
    "workbench template reden --burden",
)
@click.command("template")
@click.argument("organisation", metavar="ORG")
@click.option(
    "-l",
    "--language",
    type=click.Choice(["da", "en"]),
    help="Language of what is written. [default: the sender's]",
)
@click.option(
    "--form",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="What to write; may be given several times. [default: all]",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("templates"),
    show_default=True,
    metavar="DIR",
    help="Folder to write to.",
)
@click.option("--synthetic", is_flag=True, help="An invented sender of the rehearsal.")
@click.option(
    "--burden", is_flag=True, help="List the fields that nothing uses, and write nothing."
)
def verb(
    organisation: str,
    language: Language | None,
    kinds: tuple[str, ...],
    to: Path,
    synthetic: bool,
    burden: bool,
) -> None:
    """Write what a sender fills in and checks a file with.

    ORG is a name in data/profiles. `xlsx` is a workbook with drop-downs and a field guide;
    `page` one HTML file that checks a CSV file and replaces names by tokens, offline; `csv`
    the headers alone; `xlsform` a form for Kobo.
    """
    places = find_places()

    from analysis.flow import templates

    synthetic = synthetic or templates.is_synthetic(places, organisation)
    if burden:
        _burden(organisation, language, synthetic)
        return
    chosen = cast("tuple[Kind, ...]", kinds) or templates.KINDS
    written = templates.write(
        places, organisation, to, language=language, kinds=chosen, synthetic=synthetic
    )
    for path in written:
        click.echo(path)


def _burden(organisation: str, language: Language | None, synthetic: bool) -> None:
    from analysis.flow import receipts, templates
    from analysis.intake.template.burden import said

    at = receipts.desk(find_places(), synthetic=synthetic)
    rows = receipts.rows_per_half_year(at, organisation)
    profile, forms, unused = templates.unused(at.places, organisation, rows, synthetic=synthetic)
    for line in said(profile, forms, unused, language or profile.language):
        click.echo(line)
