"""`workbench sweep`: a notebook and values for its parameters in, one table of findings out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.errors import CellError

if TYPE_CHECKING:
    from analysis.engine.sweeping.grid import Grid
    from analysis.flow.sweeping import Failed, Swept

_MOST_LISTED = 10
_MOST = 10_000  # as `analysis.engine.sweeping.grid.MOST`, which the help must not import


@examples(
    "workbench sweep prosecution -g country=SWE,NLD,NOR",
    "workbench sweep prosecution -g country=SWE,NLD -g language=da,en -j 2",
    "workbench sweep notebooks/power.ipynb --grid levels.yml -p country=SWE",
    "workbench sweep prosecution --grid runs.csv --scheduler tcp://cluster:8786",
)
@click.command("sweep")
@options.notebook
@click.option(
    "--grid",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="YAML or JSON, `name: [values]`, all combined; or CSV, each line one run.",
)
@click.option(
    "-g",
    "axes",
    metavar="NAME=A,B,C",
    multiple=True,
    help="Values of one parameter, combined with all others. A list is written [A,B].",
)
@options.parameters("Set a parameter to one value in every run.", complete=options.of_notebook)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write. [default: outputs/sweeps/<notebook>+<hash of the grid>]",
)
@options.jobs
@click.option("--cold", is_flag=True, help="Start every kernel anew.")
@click.option(
    "--scheduler", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler instead."
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=_MOST,
    show_default=True,
    metavar="N",
    help="Refuse a grid of more combinations.",
)
@options.as_json
def verb(
    notebook: str,
    file: Path | None,
    axes: tuple[str, ...],
    parameters: dict[str, str],
    into: Path | None,
    jobs: int | None,
    cold: bool,
    scheduler: str | None,
    most: int,
    as_json: bool,
) -> None:
    """Run a notebook with many combinations of values.

    NOTEBOOK is a name in notebooks/ or a path. The last line printed is the folder with
    findings.parquet (a line a finding and run, parameters as columns), runs.csv and the
    executed notebooks. Runs that were made before are reused, so a sweep that was stopped
    goes on. Runs that fail are listed; the tables are written all the same.
    """
    if scheduler is not None and jobs is not None:
        raise click.UsageError(
            "-j is for this machine; a cluster has its own number. Leave it out."
        )

    from analysis.cli.progress import shown_progress
    from analysis.flow import sweeping

    source = sweeping.notebook_of(notebook)
    grid = _grid(source, file, axes, parameters, most)
    with shown_progress(len(grid), plain=as_json) as on_event:
        swept = sweeping.run(
            source,
            grid,
            into=into and into.absolute(),
            workers=jobs,
            cold=cold,
            scheduler=scheduler,
            on_event=on_event,
        )
    _print(swept, as_json=as_json)
    if swept.failed:
        raise CellError(_listed(swept.failed, swept.runs))


def _grid(
    source: Path, file: Path | None, axes: tuple[str, ...], fixed: dict[str, str], most: int
) -> Grid:
    from analysis.engine.notebook import parameters
    from analysis.engine.sweeping import grid, grid_file

    blocks = [*(grid_file.read(file) if file else ()), *map(grid_file.assigned, axes)]
    seen = parameters.seen_from(Path.cwd(), source, fixed)
    return grid.combine(source, blocks, seen, most=most)


def _print(swept: Swept, *, as_json: bool) -> None:
    if as_json:
        printing.as_json(_plain(swept))
        return
    told = f"{swept.findings} findings" if swept.findings else "the notebook recorded no findings"
    reused = f" ({swept.reused} reused)" if swept.reused else ""
    click.echo(f"{swept.runs} runs{reused}, {told}, {swept.seconds:.0f} seconds.")
    click.echo(swept.folder)


def _plain(swept: Swept) -> dict[str, Any]:
    return {
        "folder": swept.folder,
        "runs": swept.runs,
        "reused": swept.reused,
        "findings": swept.findings,
        "failed": [
            {"run": one.run, "parameters": dict(one.parameters), "error": one.error}
            for one in swept.failed
        ],
        "seconds": swept.seconds,
    }


def _listed(failed: tuple[Failed, ...], runs: int) -> str:
    """Name the runs that failed, ten at most: a message is read on a screen."""
    lines = [f"{len(failed)} of {runs} runs failed:"]
    for one in failed[:_MOST_LISTED]:
        values = ", ".join(f"{name}={value}" for name, value in one.parameters.items())
        lines.append(f"{one.run} ({values}): {one.error}")
    if len(failed) > _MOST_LISTED:
        lines.append(f"and {len(failed) - _MOST_LISTED} more: see `status` in runs.csv.")
    return "\n".join(lines)
