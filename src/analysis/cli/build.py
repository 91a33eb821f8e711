"""`workbench build`: an evaluation in, its report out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.flow import report_stamp
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.places import Places


@examples(
    "workbench build",
    "workbench build nld",
    "workbench build -p country=SWE",
    "workbench build -p baseline=EARLIER-PLAN -p current=LATER-PLAN",
    "workbench build --rerun --json",
)
@click.command("build")
@options.evaluation
@options.parameters("Replace baseline, current or country of the evaluation.")
@options.jobs
@click.option("--rerun", is_flag=True, help="Run and write everything anew.")
@click.option(
    "--cold", is_flag=True, help="Run everything anew, each kernel started anew: for releases."
)
@options.as_json
def verb(
    evaluation: str | None,
    parameters: dict[str, str],
    jobs: int | None,
    rerun: bool,
    cold: bool,
    as_json: bool,
) -> None:
    """Run the notebooks and write the report.

    What did not change is not run again. The last line printed is the report's first
    page. A build with other parameters has a folder of its own; no build overwrites
    another, and a build that fails leaves the last one in place.
    """
    began = time.monotonic()
    places = find_places()
    anew = rerun or cold
    said = None if anew else report_stamp.unchanged(places, evaluation, parameters)
    if said is None:
        said = _build(
            places, evaluation, parameters, jobs=jobs, rerun=rerun, cold=cold, quiet=as_json
        )
    else:
        said |= {"reused": said["notebooks"], "seconds": time.monotonic() - began}
        if not as_json:
            click.echo("Nothing has changed since the last build.")
    _tell(said, as_json=as_json)


def _build(
    places: Places,
    evaluation: str | None,
    parameters: dict[str, str],
    *,
    jobs: int | None,
    rerun: bool,
    cold: bool,
    quiet: bool,
) -> dict[str, Any]:
    looked = report_stamp.look(places, evaluation, parameters)

    from analysis import evaluations
    from analysis.cli.progress import shown_progress

    chosen = evaluations.read(places, options.chosen(places, evaluation))

    from analysis.flow import building
    from analysis.flow.freshness import seconds_expected

    runs = len(chosen.notebooks) * len(chosen.languages)
    expected = {} if quiet else seconds_expected(places, chosen, parameters)
    with shown_progress(runs, plain=quiet, expected=expected) as on_event:
        built = building.build(
            places,
            chosen,
            overrides=parameters,
            jobs=jobs,
            rerun=rerun,
            cold=cold,
            looked=looked,
            on_event=on_event,
        )
    return building.said(built)


def _tell(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        printing.as_json(said)
        return
    reused = f" ({said['reused']} unchanged)" if said["reused"] else ""
    click.echo(
        f"{said['notebooks']} notebooks{reused}, {said['findings']} findings, "
        f"{said['seconds']:.0f} seconds."
    )
    click.echo(said["report"])
