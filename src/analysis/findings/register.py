"""Executed notebooks in, every finding they carry out, once, equal in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.contracts import schemas
from analysis.contracts.findings import from_json
from analysis.contracts.invented import refuse_invented
from analysis.contracts.outputs import FINDING, of_kind
from analysis.contracts.published import Language
from analysis.errors import FindingError
from analysis.findings import limitations

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

REGISTER = "findings.json"
REHEARSED = "synthetic-findings.json"
"""Name of the register of a rehearsal: what reads a register finds none, and is told why."""

SCHEMA = "finding.schema.json"

Plain = dict[str, Any]


def collect(
    notebooks: Mapping[tuple[str, Language], Mapping[str, Any]], *, rehearsal: bool = False
) -> tuple[Plain, ...]:
    """Gather the findings of a build.

    Parameters
    ----------
    notebooks : mapping of (notebook name, language) to dict
        Executed notebooks as JSON, in the order in which a reader meets them.
    rehearsal : bool
        Whether they ran on invented cases, whose findings are refused everywhere else.

    Returns
    -------
    tuple of dict
        Each finding once, in that order, with ``notebook`` filled in.

    Raises
    ------
    FindingError
        If an id stands twice, two languages disagree, a finding breaks the schema, lacks
        contrary evidence or limitations, or rests on synthetic data.
    """
    by_language: dict[Language, list[Plain]] = {}
    for (name, language), notebook in notebooks.items():
        found = [{**one, "notebook": name} for one in of_kind(dict(notebook), FINDING)]
        by_language.setdefault(language, []).extend(found)
    checked: list[Plain] = []
    for findings in by_language.values():
        # What equals the findings of the language before it need not be checked again.
        if not checked or findings != checked:
            check(findings, rehearsal=rehearsal)
        checked = findings
    for first, second in pairwise(by_language.values()):
        agree(first, second)
    return tuple(next(iter(by_language.values()), ()))


def check(findings: Sequence[Plain], *, rehearsal: bool = False) -> None:
    """Refuse findings that break the schema, share an id, lack limits or rest on synthetic data."""
    _check_schema(list(findings))
    ids = [one["id"] for one in findings]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        places = sorted({one["notebook"] for one in findings if one["id"] in twice})
        raise FindingError(
            f"findings: {len(twice)} ids are recorded twice ({', '.join(twice)}) in "
            f"{', '.join(places)}. Give each finding an id of its own."
        )
    limitations.require(from_json(one) for one in findings)
    refuse_invented(findings, "findings", rehearsal=rehearsal)


def agree(da: Iterable[Plain], en: Iterable[Plain]) -> None:
    """Refuse two language runs whose findings differ.

    Raises
    ------
    FindingError
        Naming each finding that is missing in one run, or that differs, and in what.
    """
    first, second = ({one["id"]: one for one in run} for run in (da, en))
    wrong = [f"{id} (in one language only)" for id in sorted(first.keys() ^ second.keys())]
    for id in sorted(first.keys() & second.keys()):
        if differs := _differences(first[id], second[id]):
            wrong.append(f"{id} ({', '.join(differs)})")
    if wrong:
        raise FindingError(
            f"findings: {len(wrong)} differ between the languages: {'; '.join(wrong)}. "
            "A notebook must compute the same in every language: let only wording follow it."
        )


def _differences(one: Plain, other: Plain) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def load(folder: Path) -> tuple[Plain, ...]:
    """Read the register of a build from its findings folder.

    Raises
    ------
    FindingError
        If there is none, or it is not what `export.write` wrote, or holds synthetic data.
    """
    file = folder / REGISTER
    rehearsed = folder / REHEARSED
    if rehearsed.is_file():
        found = json.loads(rehearsed.read_text(encoding="utf-8"))
        refuse_invented(found, folder.parent.name)
    if not file.is_file():
        raise FindingError(
            f"findings: {folder.name} holds no {REGISTER}. Build first: workbench build"
        )
    try:
        findings = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FindingError(f"{REGISTER}: not JSON. Build again: workbench build") from error
    _check_schema(findings)
    refuse_invented(findings, folder.parent.name or "findings")
    return tuple(findings)


def _check_schema(findings: object) -> None:
    broken = sorted(validator().iter_errors(findings), key=lambda error: list(map(str, error.path)))
    if not broken:
        return
    places = sorted({_place(findings, list(error.absolute_path)) for error in broken})
    raise FindingError(
        f"findings: {len(broken)} places break {SCHEMA} ({', '.join(places)}). "
        "Record findings through the study, and build again."
    )


def _place(findings: Any, path: list[Any]) -> str:
    """Name the place without its content: the finding's id, then the keys inside it."""
    if not path:
        return "at the top"
    named = findings[path[0]] if isinstance(findings, list) else None
    id = named.get("id") if isinstance(named, dict) else None
    keys = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path[1:])
    return f"{id if isinstance(id, str) else path[0]}{keys}"


@cache
def validator() -> Draft202012Validator:
    """Return the check of an exported register against the published schema."""
    return schemas.validator(schema())


def schema() -> str:
    """Return the published JSON Schema of an exported register."""
    return (files("analysis.findings") / SCHEMA).read_text(encoding="utf-8")
