"""`workbench data`: the published record listed, shown and checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from analysis.cli import options, printing
from analysis.cli.verbs import Verbs, examples
from analysis.errors import DataError, ParameterError
from analysis.places import find_places

if TYPE_CHECKING:
    from pandas import DataFrame

    from analysis.contracts.published import SourceRow


@examples(
    "workbench data list",
    "workbench data show figures --country NLD",
    "workbench data check",
)
@click.group("data", cls=Verbs)
def verb() -> None:
    """List, show and check the published record."""


@examples(
    "workbench data list",
    "workbench data list --json",
)
@verb.command("list")
@options.as_json
def list_(as_json: bool) -> None:
    """List the tables, their rows and publishers."""
    places = find_places()

    from analysis.flow import records

    tables = records.list_data(places)
    if as_json:
        printing.as_json(tables)
    else:
        printing.as_table(tables, ("table", "country", "rows", "file", "publishers"))


@examples(
    "workbench data show UNODC-NLD-persons_prosecuted-total-2007",
    "workbench data show plans --country NLD",
    "workbench data show figures --country NLD --csv > figures.csv",
)
@verb.command("show")
@click.argument("name")
@options.country
@options.language
@click.option("--csv", "as_csv", is_flag=True, help="Write the whole table as CSV.")
@options.as_json
def show(name: str, country: str | None, language: str, as_csv: bool, as_json: bool) -> None:
    """Show a table, or a row and its source.

    NAME is a table, as `workbench data list` names it, or a row_id, as every number
    of the report leads to one. A row is shown with its source and the words seen there.
    """
    places = find_places()

    from analysis.flow import records

    tables = {entry["table"] for entry in records.list_data(places)}
    if name not in tables:
        with _tables_suggested(name, tables):
            row = records.show_row(places, name)
        _show_row(row, language, as_json)
        return
    table = records.show_table(places, name, country)
    if as_csv:
        click.echo(table.to_csv(index=False, lineterminator="\n"), nl=False)
    elif as_json:
        click.echo(table.to_json(orient="records", force_ascii=False, indent=2))
    else:
        _show_table(table)


@examples(
    "workbench data check",
    "workbench data check --country NLD",
    "workbench data check --json",
)
@verb.command("check")
@options.country
@options.as_json
def check(country: str | None, as_json: bool) -> None:
    """Check the record, and name what is odd.

    An error breaks the contract and stops every build: the exit code is 2. What is
    odd stands so in the source itself: it is shown, and changes nothing.
    """
    places = find_places()

    from analysis.flow import records
    from analysis.published.problems import grouped

    problems = records.check_data(places, country)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        printing.as_json([asdict(problem) for problem in problems])
    else:
        for severity in ("error", "odd"):
            for line in grouped(one for one in problems if one.severity == severity):
                click.echo(f"{severity}: {line}")
        click.echo(f"Errors: {errors}. Odd in the sources: {len(problems) - errors}.")
    if errors:
        raise DataError(
            f"data: {errors} errors break the record's contract. Mend them, then check again."
        )


@contextmanager
def _tables_suggested(name: str, tables: Collection[str]) -> Iterator[None]:
    """Add the nearest table to the refusal of a row: the name may be a mistyped table."""
    try:
        yield
    except ParameterError as error:
        near = get_close_matches(name, tables, n=1, cutoff=0.7)
        if not near:
            raise
        raise ParameterError(f"{error}\nOr did you mean the table {near[0]}?") from error


def _show_row(row: SourceRow, language: str, as_json: bool) -> None:
    fields = asdict(row)
    if as_json:
        printing.as_json(fields)
        return
    printing.as_fields({**fields, "what": fields["what"][language]})


def _show_table(table: DataFrame) -> None:
    first = [column for column in table.columns if column not in ("source_url", "quote")]
    lines = table[first].astype(str).to_dict("records")
    printing.as_table([{str(k): v for k, v in line.items()} for line in lines], first)
    click.echo(
        f"{len(table)} rows, {len(table.columns)} columns. All of it: --csv. One: its row_id."
    )
