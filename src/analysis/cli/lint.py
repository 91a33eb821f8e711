"""`workbench lint`: prose that says more than the evidence bears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.errors import AnalysisError
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.contracts.findings import Grade
    from analysis.prose.lint import Hit

_WHY = {
    "causal": "a cause, which grade {grade} does not bear",
    "contributing": "a contribution, which grade {grade} does not bear",
    "no_effect": "no effect, where no difference was shown",
    "share": "a percentage on fewer than {fewest} cases",
}


@examples(
    "workbench lint",
    "workbench lint notebooks/prosecution.ipynb",
    "workbench lint --grade A docs",
    "workbench lint --json",
)
@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--grade",
    type=click.Choice(["A", "B", "C", "D", "E"]),
    default="C",
    show_default=True,
    help="Evidence grade of prose beside which no finding stands.",
)
@options.as_json
def verb(paths: tuple[Path, ...], grade: Grade, as_json: bool) -> None:
    """Find prose that says more than the evidence bears.

    In Danish and English it marks words for a cause that the evidence grade does not
    bear, "no effect" where no difference was shown, and percentages on fewer than 20
    cases, and says what to write instead. Where it marks anything, the exit code is 2.

    PATH is a notebook, a page, a word file, a table or a template, or a folder of them;
    left out, everything that readers of this workbench are shown. Passed over: words
    between quotation marks, block quotes, code, rows of tables that carry a quote, and
    sentences that deny, ask, wonder, or tell what somebody else says.
    """
    places = find_places()

    from analysis.prose import lint, reach, texts

    chosen = paths or reach.usual(places)
    found = lint.hits(texts.read(chosen, home=places.home), usual=grade)
    if as_json:
        printing.as_json([asdict(hit) for hit in found])
    else:
        _show(found)
    if found:
        raise AnalysisError(
            f"lint: {len(found)} places say more than the evidence bears. Write what is "
            "suggested, put a source's own words between quotation marks, or name who says so."
        )


def _show(found: Sequence[Hit]) -> None:
    from analysis.prose import rules

    for hit in found:
        where = f"cell {hit.cell}, line {hit.line}" if hit.cell else f"line {hit.line}"
        part = f" ({hit.part})" if hit.part else ""
        why = _WHY[hit.rule].format(grade=hit.grade, fewest=rules.fewest_cases())
        click.echo(f"{hit.file}: {where}{part}: “{hit.words}” says {why}. Write: {hit.instead}.")
    files = len({hit.file for hit in found})
    click.echo(f"Marked: {len(found)} in {files} files." if found else "Marked: 0.")
