"""`workbench build`: an evaluation in, its report out."""

from __future__ import annotations

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.places import find_places


@examples(
    "workbench build",
    "workbench build nld",
    "workbench build -p country=SWE",
    "workbench build -p baseline=EARLIER-PLAN -p current=LATER-PLAN",
    "workbench build --json",
)
@click.command("build")
@options.evaluation
@options.parameters("Replace baseline, current or country of the evaluation.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Notebooks run at the same time. [default: as many as the machine bears]",
)
@options.as_json
def verb(
    evaluation: str | None, parameters: dict[str, str], jobs: int | None, as_json: bool
) -> None:
    """Run the notebooks and write the report.

    The last line printed is the report's first page. A build with other parameters
    has a folder of its own; no build overwrites another, and a build that fails
    leaves the last one in place.
    """
    from analysis import evaluations

    places = find_places()
    chosen = evaluations.read(places, options.chosen(places, evaluation))

    from analysis.cli.progress import shown_progress
    from analysis.flow import building

    runs = len(chosen.notebooks) * len(chosen.languages)
    with shown_progress(runs, plain=as_json) as on_event:
        built = building.build(places, chosen, overrides=parameters, jobs=jobs, on_event=on_event)
    if as_json:
        printing.as_json(
            {
                "folder": built.folder,
                "report": built.report,
                "notebooks": built.notebooks,
                "findings": built.findings,
                "seconds": built.seconds,
            }
        )
        return
    click.echo(
        f"{built.notebooks} notebooks, {built.findings} findings, {built.seconds:.0f} seconds."
    )
    click.echo(built.report)
