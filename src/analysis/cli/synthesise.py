"""`workbench synthesise`: a seed in, an invented country and the files it sends out."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.errors import ParameterError
from analysis.places import find_places

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")


@examples(
    "workbench synthesise",
    "workbench synthesise --seed 7 --people 10000",
    "workbench synthesise --years 2003-2008 --to denmark",
)
@click.command("synthesise")
@options.invented
@click.option(
    "--years",
    default="2003-2012",
    show_default=True,
    metavar="YYYY-YYYY",
    help="Years in which they enter, and of which senders report.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write to; an earlier draw in it is replaced.  [default: data/synthetic/drawn]",
)
@options.as_json
def verb(seed: int, people: int | None, years: str, to: Path | None, as_json: bool) -> None:
    """Draw an invented Denmark: files and the truth.

    Nobody in it exists. It is for demonstrations, rehearsals and tests, and is never part of
    a real evaluation: every finding that rests on it is refused there.
    """
    places = find_places()

    from analysis.flow import synthesising

    made = synthesising.synthesise(places, seed=seed, people=people, years=_span(years), to=to)
    told = {**asdict(made), "folder": str(made.folder), "years": f"{made.years[0]}-{made.years[1]}"}
    if as_json:
        printing.as_json(told)
        return
    printing.as_fields({key: str(value) for key, value in told.items()})
    click.echo("Synthetic: none of these people exists. Never part of a real evaluation.")


def _span(years: str) -> tuple[int, int]:
    found = _YEARS.fullmatch(years.strip())
    if not found:
        raise ParameterError("--years: it is no span of years. Write it as 2003-2012.")
    return int(found[1]), int(found[2] or found[1])
