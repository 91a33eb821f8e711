"""The content of an evaluation file in, a refusal with place and remedy out where it is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from analysis.contracts import schemas
from analysis.errors import EvaluationError
from analysis.evaluations.files import suggestion
from analysis.evaluations.model import Evaluation, NotebookEntry

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

_SHOWN = 5  # broken places named in one message; more would hide the first


def check_schema(file: str, content: Any) -> None:
    """Refuse what ``evaluation.schema.json`` does not allow, place by place."""
    broken = sorted(_validator().iter_errors(content), key=lambda error: error.json_path)
    # A key that is missing is reported once a key; the message names all of them at once.
    lines = list(dict.fromkeys(f"{file}: {_place(error)}: {_wrong(error)}" for error in broken))
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"{file}: {len(lines) - _SHOWN} more. Mend these first."]
    if lines:
        raise EvaluationError("\n".join(lines))


def _place(error: ValidationError) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path]
    return f"at {''.join(parts).lstrip('.')}" if parts else "at the top"


def _wrong(error: ValidationError) -> str:
    schema = cast(Mapping[str, Any], error.schema)
    if error.validator == "additionalProperties":
        known = tuple(schema["properties"])
        extra = sorted(set(cast(Mapping[str, Any], error.instance)) - set(known))
        return f"unknown key {extra[0]!r}." + suggestion(extra[0], known, "")
    if error.validator == "required":
        lacking = sorted(set(schema["required"]) - set(cast(Mapping[str, Any], error.instance)))
        return f"missing keys ({len(lacking)}): {', '.join(lacking)}. Add them."
    if error.validator == "uniqueItems":
        return f"an entry stands twice. Write {schema['description']}."
    return f"{_REASONS.get(str(error.validator), 'not allowed')}. Write {schema['description']}."


_REASONS = {
    "type": "the wrong kind of value",
    "enum": "not one of the choices",
    "pattern": "malformed",
    "minItems": "empty",
    "maxItems": "too long",
    "minProperties": "empty",
    "minimum": "out of range",
    "maximum": "out of range",
    "exclusiveMinimum": "out of range",
    "exclusiveMaximum": "out of range",
}


@cache
def _validator() -> Draft202012Validator:
    source = files("analysis") / "evaluation.schema.json"
    return schemas.validator(source.read_text(encoding="utf-8"))


def check_notebooks(file: str, notebooks: Iterable[NotebookEntry]) -> None:
    """Refuse a notebook named twice, one that nothing names, and circles of waiting."""
    entries = tuple(notebooks)
    counts = Counter(entry.name for entry in entries)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise EvaluationError(
            f"{file}: at notebooks: names that stand twice ({len(twice)}): {', '.join(twice)}. "
            "Name each notebook once."
        )
    for position, entry in enumerate(entries):
        for name in entry.after:
            if name not in counts:
                raise EvaluationError(
                    f"{file}: at notebooks[{position}].after: there is no notebook {name!r}."
                    + suggestion(name, tuple(counts), "")
                )
    _check_order(file, {entry.name: entry.after for entry in entries})


LEAST_SHOWN = 5
"""Smallest count of persons in cases that any evaluation may show."""


def check_cases(file: str, evaluation: Evaluation) -> None:
    """Refuse an evaluation whose disclosure does not fit the cases of persons that it reads."""
    cases, disclosure = evaluation.cases, evaluation.disclosure
    basis = "published" if cases == "none" else cases
    if disclosure.basis != basis:
        raise EvaluationError(
            f"{file}: at disclosure.basis: with cases: {cases} it can only be {basis}. "
            "Change the one or the other."
        )
    if cases != "none" and disclosure.smallest_count < LEAST_SHOWN:
        raise EvaluationError(
            f"{file}: at disclosure.smallest_count: cases of persons are read, and counts below "
            f"{LEAST_SHOWN} would be shown. Write {LEAST_SHOWN} or more."
        )


def _check_order(file: str, waits_for: Mapping[str, Sequence[str]]) -> None:
    try:
        TopologicalSorter(waits_for).prepare()
    except CycleError as error:
        around = error.args[1]
        raise EvaluationError(
            f"{file}: at notebooks: {len(around) - 1} in a circle, each waiting for the next "
            f"({', '.join(around[:-1])}). Take one `after` out."
        ) from error
