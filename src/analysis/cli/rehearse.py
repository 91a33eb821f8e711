"""`workbench rehearse`: the whole way of partner data, on persons that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.flow.rehearsing import Rehearsed
    from analysis.places import Places


@examples(
    "workbench rehearse",
    "workbench rehearse --seed 7 --people 4000",
    "workbench rehearse --json",
)
@click.command("rehearse")
@options.invented
@options.jobs
@options.as_json
def verb(seed: int, people: int | None, jobs: int | None, as_json: bool) -> None:
    """Rehearse partner data on invented persons, up to a report.

    Files are drawn as partners would send them, taken in, linked and evaluated. Nobody in
    them exists: the report is marked, lies in outputs/rehearsal, and no number of it can get
    into another evaluation. An earlier rehearsal is removed first.
    """
    done = _rehearse(find_places(), seed, people, jobs, quiet=as_json)

    from analysis.flow import rehearsing

    said = rehearsing.told(done)
    if as_json:
        printing.as_json(said)
    else:
        _tell(said)


def _rehearse(
    places: Places, seed: int, people: int | None, jobs: int | None, *, quiet: bool
) -> Rehearsed:
    from analysis import evaluations
    from analysis.cli.progress import shown_progress
    from analysis.flow import rehearsing

    chosen = evaluations.read(places, rehearsing.EVALUATION)
    runs = len(chosen.notebooks) * len(chosen.languages)
    if not quiet:
        click.echo("Drawing, submitting and linking invented persons: a minute or two.", err=True)
    with shown_progress(runs, plain=quiet, expected={}) as on_event:
        return rehearsing.rehearse(places, seed=seed, people=people, jobs=jobs, on_event=on_event)


def _tell(said: dict[str, Any]) -> None:
    intake, linkage = said["intake"], said["linkage"]
    click.echo("SYNTHETIC: nobody in this rehearsal exists.")
    printing.as_fields(
        {
            "persons": f"{said['people']} true victims, seed {said['seed']}",
            "files": f"{said['files']}, of which {said['refused']} refused, {said['held']} held",
            "set aside": f"{said['set_aside']} rows",
            "intake": f"{intake['rows_found']} of {intake['rows']} planted rows and "
            f"{intake['files_found']} of {intake['files']} planted files found (recall "
            f"{intake['recall']:.3f}); {intake['right']} of {intake['questions']} questions "
            f"right (precision {intake['precision']:.3f})",
            "linkage": f"precision {linkage['precision']:.3f}, recall {linkage['recall']:.3f} "
            f"of {linkage['true_pairs']} true pairs, {linkage['reviewed']} pairs reviewed",
            "findings": str(said["findings"]),
        }
    )
    click.echo(said["report"])
