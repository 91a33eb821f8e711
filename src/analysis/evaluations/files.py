"""A workbench in, its evaluation files out: which there are, which is the usual one, one read."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from analysis.errors import EvaluationError
from analysis.places import Places

_ENDINGS = (".yml", ".yaml")
_TAKEN = {"runs": "`workbench run`", "sweeps": "`workbench sweep`"}


def available(places: Places) -> tuple[str, ...]:
    """Return the ids of all evaluation files, sorted."""
    return tuple(sorted(path.stem for path in places.evaluations.glob("*.yml")))


def refuse_shared_folder(places: Places, id: str) -> None:
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


def suggestion(word: str, known: Sequence[str], otherwise: str) -> str:
    """Name the nearest of what is known, or all of it, or say what else to do."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {near[0]}?"
    if known:
        return f" Use one of: {', '.join(known)}."
    return f" {otherwise}."


def load(path: Path) -> Any:
    """Read one file as strict YAML."""
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
    content = load(path)
    return isinstance(content, dict) and content.get("default") is True
