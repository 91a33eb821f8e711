"""`workbench run`: one notebook and its parameters in, the executed notebook out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.engine.notebook.parameters import Parameter

_COLUMNS = ("name", "type", "default", "allowed", "comment")


@examples(
    "workbench run prosecution",
    "workbench run prosecution -p country=SWE -p language=da",
    "workbench run prosecution --help-notebook",
)
@click.command("run")
@options.notebook
@options.parameters(
    "Set a parameter of the notebook's parameters cell.", complete=options.of_notebook
)
@click.option("--help-notebook", is_flag=True, help="Show what the notebook takes; run nothing.")
@options.as_json
def verb(notebook: str, parameters: dict[str, str], help_notebook: bool, as_json: bool) -> None:
    """Run one notebook by itself, outside any evaluation.

    The last line printed is the executed notebook; its pages lie beside it, in report/.
    A file is given relative to where you are, or to the workbench.
    """
    places = find_places()

    from analysis.engine.notebook import parameters as declared
    from analysis.flow import named

    source = named.notebook(places, notebook)
    if help_notebook:
        _show(notebook, declared.read(source), as_json=as_json)
        return
    given = declared.seen_from(Path.cwd(), source, parameters)

    from analysis.cli.progress import shown_progress
    from analysis.flow import alone

    with shown_progress(1, plain=as_json) as on_event:
        executed = alone.run(places, notebook, given, on_event=on_event)
    if as_json:
        printing.as_json({"notebook": executed, "report": executed.parent / "report"})
    else:
        click.echo(executed)


def _show(notebook: str, found: tuple[Parameter, ...], *, as_json: bool) -> None:
    if as_json:
        printing.as_json([_row(parameter) | {"default": parameter.default} for parameter in found])
    elif found:
        printing.as_table([_row(parameter) for parameter in found], _COLUMNS)
    else:
        click.echo(f"{notebook}: takes no parameters.")


def _row(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": _typed(parameter.default),
        "allowed": str(parameter.allowed or ""),
        "comment": parameter.comment,
    }


def _typed(default: object) -> str:
    """Write a default as it would be typed after ``-p NAME=``."""
    if isinstance(default, list):
        return ",".join(map(_typed, default))
    return str(default).lower() if isinstance(default, bool) else str(default)
