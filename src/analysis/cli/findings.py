"""`workbench findings`: the findings of the last build listed, shown and cited."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from analysis.cli import options, printing
from analysis.cli.verbs import Verbs, examples
from analysis.errors import FindingError
from analysis.places import find_places

if TYPE_CHECKING:
    from analysis.contracts.published import Language


@examples(
    "workbench findings list",
    "workbench findings show prosecution.prosecuted",
    "workbench findings cite prosecution.prosecuted --language da",
)
@click.group("findings", cls=Verbs)
def verb() -> None:
    """Read the findings of the last build."""


@examples(
    "workbench findings list",
    "workbench findings list nld+country=SWE --language da",
    "workbench findings list --json",
)
@verb.command("list")
@options.evaluation
@options.language
@options.as_json
def list_(evaluation: str | None, language: str, as_json: bool) -> None:
    """List every finding with its grade and verdict.

    EVALUATION is a folder below outputs/; left out, the default evaluation.
    """
    found = _findings(evaluation)
    if as_json:
        printing.as_json(found)
        return
    lines = [{**finding, "short": finding["short"][language]} for finding in found]
    printing.as_table(lines, ("id", "grade", "verdict", "short"))


@examples(
    "workbench findings show prosecution.prosecuted",
    "workbench findings show prosecution.prosecuted --language da",
)
@verb.command("show")
@click.argument("id")
@options.of_evaluation
@options.language
@options.as_json
def show(id: str, evaluation: str | None, language: str, as_json: bool) -> None:
    """Show all that belongs to one finding.

    Its sentence, limits, grade, breaks, contrary evidence and rows.
    Each of its rows can be followed with `workbench data show ROW_ID`.
    """
    finding = _named(id, _findings(evaluation))
    if as_json:
        printing.as_json(finding)
        return
    printing.as_fields({name: _said(value, language) for name, value in finding.items()})


@examples(
    "workbench findings cite prosecution.prosecuted",
    "workbench findings cite prosecution.prosecuted --language da",
)
@verb.command("cite")
@click.argument("id")
@options.of_evaluation
@options.language
def cite(id: str, evaluation: str | None, language: Language) -> None:
    """Print a finding as it can be quoted.

    Its sentence, grade, caveats and sources, in one language.
    """
    places = find_places()

    from analysis.flow import built

    click.echo(built.cite(places, options.chosen(places, evaluation), id, language))


def _findings(evaluation: str | None) -> list[dict[str, Any]]:
    places = find_places()

    from analysis.flow import built

    return built.findings(places, options.chosen(places, evaluation))


def _named(id: str, findings: list[dict[str, Any]]) -> dict[str, Any]:
    by_id = {finding["id"]: finding for finding in findings}
    if id in by_id:
        return by_id[id]
    near = get_close_matches(id, by_id, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "List them with: workbench findings list"
    raise FindingError(f"findings: there is no finding {id!r} among {len(by_id)}. {hint}")


def _said(value: Any, language: str) -> Any:
    """Word a value for a line: texts in one language, nested fields as name=value."""
    if isinstance(value, dict) and set(value) == {"da", "en"}:
        return value[language]
    if isinstance(value, dict):
        known = {name: item for name, item in value.items() if item not in (None, "", [])}
        return ", ".join(f"{name} {_said(item, language)}" for name, item in known.items())
    if isinstance(value, list):
        return "; ".join(str(_said(item, language)) for item in value)
    return value
