"""An evaluation file in, a checked `Evaluation` out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.contracts import schemas
from analysis.contracts.findings import Basis
from analysis.contracts.front_page import FrontEntry, FrontPageLayout
from analysis.contracts.published import Language, Text
from analysis.engine.running.run import Limits
from analysis.errors import EvaluationError, ParameterError
from analysis.places import Places

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

Parameter = str | int | float | bool

# What `-p` may replace, and what a value must look like: it becomes part of a folder's name.
_REPLACEABLE = {
    "baseline": (r"[A-Za-z0-9][A-Za-z0-9._-]*", "a plan_id from the country's plans.csv"),
    "country": (r"[A-Z]{3}", "three capital letters (ISO 3166-1 alpha-3)"),
    "current": (r"[A-Za-z0-9][A-Za-z0-9._-]*", "a plan_id from the country's plans.csv"),
}
_ENDINGS = (".yml", ".yaml")
_TAKEN = {"runs": "`workbench run`", "sweeps": "`workbench sweep`"}
_SHOWN = 5  # broken places named in one message; more would hide the first


@dataclass(frozen=True, slots=True)
class NotebookEntry:
    """A notebook to run, the notebooks it waits for, its own parameters, what it may use."""

    name: str
    after: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Protocol:
    """How the analysis was laid down.

    ``registered`` says whether that was before the results were seen; ``level``
    is the confidence level (0-1), ``primary`` the findings that carry the answer.
    """

    written: str
    registered: bool
    level: float
    primary: tuple[str, ...]
    note: Text


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be shown: counts of persons below ``smallest_count`` may not (0: all may)."""

    basis: Basis
    smallest_count: int
    note: Text


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One comparison of two plans. ``id`` is also the folder below ``outputs/``."""

    id: str
    name: Text
    country: str
    baseline: str
    current: str
    languages: tuple[Language, ...]
    notebooks: tuple[NotebookEntry, ...]
    front_page: FrontPageLayout
    protocol: Protocol
    disclosure: Disclosure
    path: Path
    is_default: bool = False


def read(places: Places, id: str) -> Evaluation:
    """Read and check the evaluation called ``id``.

    Raises
    ------
    EvaluationError
        If there is no such file, another would write the same folder, it is not YAML, a
        key stands twice, it breaks ``evaluation.schema.json``, or its notebooks cannot
        be put in an order.
    """
    known = available(places)
    if id not in known:
        raise EvaluationError(
            f"evaluations: there is no evaluation {id!r} among {len(known)}."
            + _suggestion(Path(id).stem, known, "Write one with: workbench new evaluation")
        )
    _refuse_shared_folder(places, id)
    path = places.evaluations / f"{id}.yml"
    content = _load(path)
    _check_schema(path.name, content)
    evaluation = _shape(id, path, content)
    _check_notebooks(path.name, evaluation.notebooks)
    if evaluation.baseline == evaluation.current:
        raise EvaluationError(
            f"{path.name}: at current: it is the same plan as baseline. Name two different plans."
        )
    return evaluation


def available(places: Places) -> tuple[str, ...]:
    """Return the ids of all evaluation files, sorted."""
    return tuple(sorted(path.stem for path in places.evaluations.glob("*.yml")))


def _refuse_shared_folder(places: Places, id: str) -> None:
    """Refuse a name whose folder below ``outputs/`` is another's too.

    Letter case does not tell folders apart on every system, and a report that two
    files write in turn is the one or the other by chance.
    """
    if id.casefold() in _TAKEN:
        raise EvaluationError(
            f"{id}.yml: outputs/{id} is kept for {_TAKEN[id.casefold()]}. Rename the file."
        )
    claiming = sorted(
        path.name
        for path in places.evaluations.iterdir()
        if path.suffix.lower() in _ENDINGS and path.stem.casefold() == id.casefold()
    )
    if len(claiming) > 1:
        raise EvaluationError(
            f"evaluations: {len(claiming)} files would write one folder, outputs/{id} "
            f"({', '.join(claiming)}). Rename or remove all but one; names must differ in more "
            "than letter case."
        )


def default(places: Places) -> str:
    """Return the id of the evaluation that is built when none is named.

    It is the only one, or the one whose file says ``default: true``.

    Raises
    ------
    EvaluationError
        If there is none, or several claim to be it.
    """
    known = available(places)
    if len(known) == 1:
        return known[0]
    marked = [id for id in known if _is_marked(places.evaluations / f"{id}.yml")]
    if len(marked) != 1:
        raise EvaluationError(
            f"evaluations: {len(marked)} of {len(known)} files say `default: true`. "
            "Name the evaluation to use, or mark exactly one file."
        )
    return marked[0]


def with_overrides(evaluation: Evaluation, overrides: Mapping[str, str]) -> Evaluation:
    """Replace baseline, current or country, giving the result an id of its own.

    A value equal to the file's changes nothing. ``{"country": "SWE"}`` turns the id
    ``x`` into ``x+country=SWE``, so that another build is never overwritten.

    Raises
    ------
    ParameterError
        If a name is not one of the three, a value is malformed, or both plans become one.
    """
    for name, value in overrides.items():
        _check_override(name, value)
    changed = {
        name: value
        for name, value in sorted(overrides.items())
        if value != getattr(evaluation, name)
    }
    id = "+".join([evaluation.id, *(f"{name}={value}" for name, value in changed.items())])
    replaced = replace(evaluation, id=id, **cast(dict[str, Any], changed))
    if replaced.baseline == replaced.current:
        raise ParameterError(
            "parameters: baseline and current name the same plan. Name two different plans."
        )
    return replaced


def _check_override(name: str, value: str) -> None:
    if name not in _REPLACEABLE:
        raise ParameterError(
            f"parameters: an evaluation has no parameter {name!r}."
            + _suggestion(name, tuple(_REPLACEABLE), "")
        )
    pattern, remedy = _REPLACEABLE[name]
    if not re.fullmatch(pattern, value):
        raise ParameterError(f"parameters: the value of {name} is malformed. Write {remedy}.")


def _suggestion(word: str, known: Sequence[str], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {near[0]}?"
    if known:
        return f" Use one of: {', '.join(known)}."
    return f" {otherwise}."


def _load(path: Path) -> Any:
    # A build in which nothing changed reads no evaluation, and needs no YAML.
    from analysis.contracts import strict_yaml

    try:
        return strict_yaml.load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path.name}: not UTF-8. Save the file as UTF-8.") from error
    except strict_yaml.NotYamlError as error:
        if error.line:
            raise EvaluationError(
                f"{path.name}: line {error.line}: {error.problem}. Mend that line or the one above."
            ) from error
        raise EvaluationError(f"{path.name}: not YAML. Write it as the others are.") from error
    except OSError as error:
        raise EvaluationError(
            f"{path.name}: cannot be read ({error.strerror}). Allow reading it, or take it out."
        ) from error


def _is_marked(path: Path) -> bool:
    content = _load(path)
    return isinstance(content, dict) and content.get("default") is True


@cache
def _validator() -> Draft202012Validator:
    source = files("analysis") / "evaluation.schema.json"
    return schemas.validator(source.read_text(encoding="utf-8"))


def _check_schema(file: str, content: Any) -> None:
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
        return f"unknown key {extra[0]!r}." + _suggestion(extra[0], known, "")
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
    "minimum": "out of range",
    "maximum": "out of range",
    "exclusiveMinimum": "out of range",
    "exclusiveMaximum": "out of range",
}


def _shape(id: str, path: Path, content: Mapping[str, Any]) -> Evaluation:
    protocol, disclosure = content["protocol"], content["disclosure"]
    return Evaluation(
        id=id,
        name=Text(**content["name"]),
        country=content["country"],
        baseline=content["baseline"],
        current=content["current"],
        languages=tuple(content["languages"]),
        notebooks=tuple(_entry(entry, content.get("limits", {})) for entry in content["notebooks"]),
        front_page=_front_page(content["front_page"]),
        protocol=Protocol(
            written=protocol["written"],
            registered=protocol["registered"],
            level=float(protocol["level"]),
            primary=tuple(protocol["primary"]),
            note=Text(**protocol["note"]),
        ),
        disclosure=Disclosure(**{**disclosure, "note": Text(**disclosure["note"])}),
        path=path,
        is_default=content.get("default", False),
    )


def _entry(entry: Mapping[str, Any], limits: dict[str, int]) -> NotebookEntry:
    """Shape a notebook; what it does not limit itself is limited as for all."""
    return NotebookEntry(
        entry["name"],
        tuple(entry.get("after", ())),
        entry.get("parameters", {}),
        # JSON Schema takes 900.0 for an integer, and so do we.
        Limits(**{name: int(most) for name, most in (limits | entry.get("limits", {})).items()}),
    )


def _check_notebooks(file: str, notebooks: Iterable[NotebookEntry]) -> None:
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
                    + _suggestion(name, tuple(counts), "")
                )
    _check_order(file, {entry.name: entry.after for entry in entries})


def _check_order(file: str, waits_for: Mapping[str, Sequence[str]]) -> None:
    try:
        TopologicalSorter(waits_for).prepare()
    except CycleError as error:
        around = error.args[1]
        raise EvaluationError(
            f"{file}: at notebooks: {len(around) - 1} in a circle, each waiting for the next "
            f"({', '.join(around[:-1])}). Take one `after` out."
        ) from error


def _front_page(content: Mapping[str, Any]) -> FrontPageLayout:
    entries = {
        heading: tuple(
            FrontEntry(
                findings=tuple(entry["findings"]),
                label=Text(**entry["label"]) if "label" in entry else None,
            )
            for entry in content[heading]
        )
        for heading in ("changed", "counted", "missing")
    }
    return FrontPageLayout(tuple(content["answer"]), tuple(content["outcomes"]), **entries)
