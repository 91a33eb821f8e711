"""`workbench clean`: outputs removed, which a build makes again."""

from __future__ import annotations

import click

from analysis.cli import options
from analysis.cli.verbs import examples
from analysis.places import find_places


@examples(
    "workbench clean nld+country=SWE",
    "workbench clean",
)
@click.command("clean")
@options.evaluation
def verb(evaluation: str | None) -> None:
    """Remove what was built.

    EVALUATION is a folder below outputs/; left out, all of them go. Nothing else is
    touched, and everything removed can be built again.
    """
    places = find_places()

    from analysis.flow import built

    removed = built.clean(places, evaluation)
    for path in removed:
        click.echo(path)
    click.echo(f"Removed: {len(removed)}.")
