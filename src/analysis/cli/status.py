"""`workbench status`: an evaluation in, what is fresh, stale or failed out."""

from __future__ import annotations

from dataclasses import asdict

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.places import find_places

_COLUMNS = ("notebook", "language", "state", "seconds", "reason")


@examples("workbench status", "workbench status nld --json")
@click.command("status")
@options.evaluation
@options.parameters("Replace baseline, current or country of the evaluation.")
@options.as_json
def verb(evaluation: str | None, parameters: dict[str, str], as_json: bool) -> None:
    """Show which notebooks a build would run, and the first reason.

    A notebook is fresh when a build would take it from the cache. Seconds are those of
    its last run. All reasons: workbench why NOTEBOOK
    """
    places = find_places()

    from analysis.flow.freshness import freshness

    found = freshness(places, evaluation, overrides=parameters)
    if as_json:
        printing.as_json([asdict(one) for one in found])
        return
    lines = []
    for one in found:
        language, _, name = one.job.partition("/")
        seconds = "" if one.seconds is None else f"{one.seconds:.1f}"
        shown = (name, language, one.state, seconds, next(iter(one.reasons), ""))
        lines.append(dict(zip(_COLUMNS, shown, strict=True)))
    printing.as_table(lines, _COLUMNS)
