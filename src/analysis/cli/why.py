"""`workbench why`: a notebook in, each reason out for which a build would run it."""

from __future__ import annotations

from dataclasses import asdict

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.places import find_places


@examples("workbench why prosecution", "workbench why prosecution nld --json")
@click.command("why")
@options.notebook
@options.evaluation
@options.parameters("Replace baseline, current or country of the evaluation.")
@options.as_json
def verb(notebook: str, evaluation: str | None, parameters: dict[str, str], as_json: bool) -> None:
    """Say why a build would run a notebook.

    One reason a line, for each language: a file that it read, a cell, a module that it
    imports, a parameter, the lock file, a notebook that it waits for.
    """
    places = find_places()

    from analysis.engine.reuse.explain import FRESH
    from analysis.flow.freshness import freshness

    found = freshness(places, evaluation, notebook=notebook, overrides=parameters)
    if as_json:
        printing.as_json([asdict(one) for one in found])
        return
    for one in found:
        for reason in one.reasons or (FRESH,):
            click.echo(f"{one.job}: {reason}")
