"""`workbench diff`: a notebook and a revision in, what its author changed out."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.desk.changes import Change

_SUFFIX = ".ipynb"
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@examples(
    "workbench diff prosecution",
    "workbench diff prosecution HEAD~3",
    "workbench diff earlier.ipynb later.ipynb",
)
@click.command("diff")
@options.notebook
@click.argument("other", required=False, metavar="[REVISION]")
@click.option("--exit-code", is_flag=True, help="Leave with 1 if something changed, as git does.")
@options.as_json
@click.pass_context
def verb(
    ctx: click.Context, notebook: str, other: str | None, exit_code: bool, as_json: bool
) -> None:
    """Show what was changed in a notebook's cells.

    Without REVISION it is the last commit. Of two notebook files, NOTEBOOK is the
    earlier. Outputs, counts and what a run leaves are no changes.
    """
    from analysis.desk import changes, revisions
    from analysis.engine.notebook.file import load

    path = _path(notebook)
    if other and other.endswith(_SUFFIX):
        earlier, later, since = load(path), load(Path(other)), notebook
    else:
        since = other or "HEAD"
        earlier, later = revisions.at(path, since), load(path)
    found = changes.between(earlier, later)
    if as_json:
        printing.as_json([asdict(change) for change in found])
    else:
        _show(found, since)
    if exit_code and found:
        ctx.exit(1)


def _path(notebook: str) -> Path:
    from analysis.flow import named

    if notebook.endswith(_SUFFIX) and (Path(notebook).is_file() or os.sep in notebook):
        return Path(notebook)
    return named.notebook(find_places(), notebook)


def _show(found: tuple[Change, ...], since: str) -> None:
    if not found:
        click.echo(f"Nothing changed since {since}.", err=True)
    for change in found:
        _line(f"cell {change.cell} ({change.cell_type}) {change.kind}", bold=True)
        for line in change.lines:
            _line(line, fg=_COLOURS.get(line[:1]))
        click.echo()


def _line(text: str, *, bold: bool | None = None, fg: str | None = None) -> None:
    plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
    click.echo(text if plain else click.style(text, fg=fg, bold=bold))
