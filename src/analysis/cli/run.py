"""`workbench run`: one notebook and its parameters in, the executed notebook out."""

from __future__ import annotations

import click

from analysis.cli import options
from analysis.cli.verbs import examples
from analysis.places import find_places


@examples(
    "workbench run prosecution",
    "workbench run prosecution -p country=SWE -p language=da",
)
@click.command("run")
@options.notebook
@options.parameters("Set a parameter of the notebook's parameters cell.")
def verb(notebook: str, parameters: dict[str, str]) -> None:
    """Run one notebook by itself, outside any evaluation.

    The last line printed is the executed notebook; its pages lie beside it, in report/.
    """
    places = find_places()

    from analysis.cli.progress import shown_progress
    from analysis.flow import alone

    with shown_progress(1) as on_event:
        executed = alone.run(places, notebook, parameters, on_event=on_event)
    click.echo(executed)
