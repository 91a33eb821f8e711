"""`workbench clean`: outputs removed, which a build makes again."""

from __future__ import annotations

import click

from analysis.cli import options
from analysis.cli.verbs import examples
from analysis.places import find_places


@examples(
    "workbench clean nld+country=SWE",
    "workbench clean",
    "workbench clean --cache",
)
@click.command("clean")
@options.evaluation
@click.option("--cache", is_flag=True, help="Remove the cache instead: the next build runs all.")
def verb(evaluation: str | None, cache: bool) -> None:
    """Remove what was built.

    EVALUATION is a folder below outputs/; left out, all of them go. Nothing else is
    touched, and everything removed can be built again. What runs gave stays in the
    cache, for all evaluations together, until it is removed with --cache.
    """
    if cache and evaluation:
        raise click.UsageError("--cache removes what all evaluations share; name none with it.")
    places = find_places()

    from analysis.flow import built

    removed = built.clean_cache(places) if cache else built.clean(places, evaluation)
    for path in removed:
        click.echo(path)
    click.echo(f"Removed: {len(removed)}.")
