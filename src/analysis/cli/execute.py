"""`workbench execute`: any notebooks in, executed notebooks and their pages out."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples

# As `analysis.engine.running.run.Limits`, which the help must not import.
_SECONDS, _MEMORY_MB, _OUTPUT_MB = 900, 4096, 64


@examples(
    "workbench execute prosecution support --html",
    "workbench execute notebooks -p country=SWE -j 4",
    "workbench execute ~/elsewhere/model.ipynb --into results --timeout 3600",
)
@click.command("execute")
@click.argument("notebooks", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write. [default: outputs/executed; outside a workbench ./executed]",
)
@options.parameters("Set a parameter of every notebook that has it.")
@click.option("--html", is_flag=True, help="Write a page of HTML beside each notebook.")
@options.jobs
@click.option("--rerun", is_flag=True, help="Run everything anew, whatever was run before.")
@click.option("--cold", is_flag=True, help="The same, and start every kernel anew.")
@click.option(
    "--timeout",
    "seconds",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    default=_SECONDS,
    show_default=True,
    help="Most time for the cells of one notebook.",
)
@click.option(
    "--memory-mb",
    type=click.IntRange(min=1),
    metavar="MB",
    default=_MEMORY_MB,
    show_default=True,
    help="Most memory for one notebook with all that it starts.",
)
@click.option(
    "--output-mb",
    type=click.IntRange(min=1),
    metavar="MB",
    default=_OUTPUT_MB,
    show_default=True,
    help="Most that one notebook may print and show.",
)
@options.as_json
def verb(
    notebooks: tuple[str, ...],
    into: Path | None,
    parameters: dict[str, str],
    html: bool,
    jobs: int | None,
    rerun: bool,
    cold: bool,
    seconds: int,
    memory_mb: int,
    output_mb: int,
    as_json: bool,
) -> None:
    """Run any notebooks in parallel, of this workbench or not.

    PATH is a notebook, a folder of notebooks, or a name in notebooks/. Each notebook has
    a cell tagged `parameters` and runs in an empty folder of its own; what it leaves
    there is kept beside it, in NAME.files. A run whose notebook, values, code, packages and
    files read are as they were is not made again. The last lines printed are the executed
    notebooks.
    """
    from analysis.cli.progress import shown_progress
    from analysis.engine.running.run import Limits
    from analysis.flow import executing

    limits = Limits(seconds, memory_mb, output_mb)
    runs = executing.jobs_of(notebooks, parameters, limits=limits, cold=cold)
    folder = into.resolve() if into else executing.default_folder()
    with shown_progress(len(runs), plain=as_json) as on_event:
        done = executing.execute(
            runs, folder, workers=jobs, page=html, rerun=rerun, on_event=on_event
        )
    if as_json:
        printing.as_json(
            [
                {
                    "name": run.name,
                    "notebook": run.path,
                    "page": run.page,
                    "files": list(run.files),
                    "reused": run.reused,
                    "seconds": run.seconds,
                }
                for run in done
            ]
        )
        return
    for run in done:
        click.echo(run.path)
