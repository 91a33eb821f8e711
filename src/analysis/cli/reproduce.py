"""`workbench reproduce`: a manifest in, *identical* or what differs out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.flow.proving import Reproduced

DIFFERS = 1

_KINDS = {
    "changed": "is built otherwise",
    "missing": "is no longer built",
    "new": "is built, and was not",
    "altered": "was altered after the build",
    "gone": "no longer lies beside the manifest",
}


@examples(
    "workbench reproduce outputs/EVALUATION",
    "workbench reproduce ro-crate-metadata.json --json",
    "workbench reproduce outputs/EVALUATION --anyway",
)
@click.command("reproduce")
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--anyway", is_flag=True, help="Build even if inputs are not those of the manifest.")
@options.jobs
@options.as_json
@click.pass_context
def verb(
    context: click.Context, manifest: Path, anyway: bool, jobs: int | None, as_json: bool
) -> None:
    """Build a report again and compare it to the byte.

    MANIFEST is the ro-crate-metadata.json of a build, or the folder that it lies in.
    Everything is built anew in a temporary folder; outputs/ is not touched. The exit
    code is 0 if every file is identical, 1 if one differs, 2 if inputs are not those
    that the manifest names, 3 if a notebook fails.
    """
    places = find_places()

    from analysis.cli.progress import shown_progress
    from analysis.engine.manifest import file as manifests
    from analysis.flow import proving

    runs = len(manifests.read(manifest).runs)
    with shown_progress(runs, plain=as_json) as on_event:
        found = proving.reproduce(places, manifest, anyway=anyway, jobs=jobs, on_event=on_event)
    if as_json:
        printing.as_json(asdict(found) | {"identical": found.identical})
    else:
        _say(found)
    context.exit(0 if found.identical else DIFFERS)


def _say(found: Reproduced) -> None:
    for line in found.inputs_that_differ:
        click.echo(f"input differs: {line}")
    if found.identical:
        click.echo(f"identical: all {found.outputs} files, from {found.inputs} files.")
        return
    for one in found.differences:
        where = f": {one.where}" if one.where else ""
        click.echo(f"{one.path}: {_KINDS[one.kind]}{where}")
    files = len({one.path for one in found.differences})
    click.echo(f"{files} of {found.outputs} files differ.")
