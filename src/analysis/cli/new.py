"""`workbench new`: a name in, the files to fill out."""

from __future__ import annotations

import re
from typing import Any

import click

from analysis.cli.verbs import Verbs, examples
from analysis.places import find_places


class Years(click.ParamType):  # type: ignore[type-arg]
    """Two calendar years, the first not after the last: ``2003-2006``."""

    name = "YYYY-YYYY"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read the two years, or refuse."""
        found = re.fullmatch(r"(\d{4})-(\d{4})", str(value))
        if found is None or found[1] > found[2]:
            self.fail("write the first and last year, such as 2003-2006", param, ctx)
        return int(found[1]), int(found[2])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show in the help what is to be written."""
        return self.name


@examples(
    'workbench new evaluation nld --country NLD --name "The Dutch plans"',
    'workbench new notebook shelter --title-en "Who got shelter?" --title-da "Hvem fik husly?"',
)
@click.group("new", cls=Verbs)
def verb() -> None:
    """Begin a notebook or an evaluation.

    What is written runs as it is; fill it out from there.
    """


@examples(
    'workbench new evaluation nld --country NLD --name "The Dutch plans"',
    "workbench new evaluation bgr -c BGR -n Bulgaria --current-years 2007-2010",
)
@verb.command("evaluation")
@click.argument("id")
@click.option("-c", "--country", metavar="ISO3", required=True, help="Three capital letters.")
@click.option("-n", "--name", required=True, help="What readers call the comparison.")
@click.option(
    "--baseline-years",
    type=Years(),
    help="Whole calendar years of the earlier plan. [default: those of the default evaluation]",
)
@click.option(
    "--current-years",
    type=Years(),
    help="Whole calendar years of the later plan. [default: those of the default evaluation]",
)
def evaluation(
    id: str,
    country: str,
    name: str,
    baseline_years: tuple[int, int] | None,
    current_years: tuple[int, int] | None,
) -> None:
    """Write an evaluation and its plan files to fill out.

    It can be built at once: what international sources hold is used, what nobody
    has filled in shows as *not submitted*. Nothing that exists is overwritten.
    """
    places = find_places()

    from analysis import scaffold

    written = scaffold.new_evaluation(places, id, country, name, baseline_years, current_years)
    for path in written:
        click.echo(path)


@examples(
    'workbench new notebook shelter --title-en "Who got shelter?" --title-da "Hvem fik husly?"',
)
@verb.command("notebook")
@click.argument("name")
@click.option("--title-da", required=True, help="The question it answers, in Danish.")
@click.option("--title-en", required=True, help="The question it answers, in English.")
def notebook(name: str, title_da: str, title_en: str) -> None:
    """Write a notebook to fill out.

    It has its parameters cell and a heading in both languages, and runs as it is.
    Add its name to `notebooks:` in an evaluation file to have it in the report.
    """
    places = find_places()

    from analysis import scaffold

    click.echo(scaffold.new_notebook(places, name, title_da, title_en))
