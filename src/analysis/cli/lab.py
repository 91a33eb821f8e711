"""`workbench lab`: JupyterLab on the workbench, with the kernel ready."""

from __future__ import annotations

import click

from analysis.cli.verbs import examples
from analysis.places import find_places


@examples(
    "workbench lab",
    "workbench lab --no-browser --port 8899",
    "workbench lab notebooks/prosecution.ipynb",
)
@click.command("lab", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENTS]...")
def verb(arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on this workbench.

    Notebooks in notebooks/ are saved without outputs; open tabs keep theirs. ARGUMENTS
    are those of jupyter lab. Ctrl-C ends it, with its kernels.
    """
    places = find_places()

    from analysis.desk import lab

    lab.run(places, arguments)
