"""What builds left in ``outputs/``: their findings, and taking them away."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from analysis import __version__, evaluations
from analysis.contracts.findings import from_json
from analysis.contracts.published import Language
from analysis.errors import AnalysisError, FindingError
from analysis.findings import cite as citing
from analysis.findings import register
from analysis.flow.named import unknown
from analysis.places import Places


def findings(places: Places, evaluation_id: str) -> list[dict[str, Any]]:
    """Return the register of the last build of an evaluation.

    Raises
    ------
    FindingError
        If nothing is built under that name.
    """
    built = names(places)
    if evaluation_id not in built:
        raise FindingError(_not_built(places, evaluation_id, built))
    return list(register.load(places.outputs / evaluation_id / "findings"))


def cite(places: Places, evaluation_id: str, finding_id: str, language: Language) -> str:
    """Return the paragraph that cites a finding of the last build."""
    found = {one["id"]: one for one in findings(places, evaluation_id)}
    if finding_id not in found:
        raise AnalysisError(unknown("finding", finding_id, found, "workbench findings list"))
    return citing.cite(
        from_json(found[finding_id]), language, evaluation=evaluation_id, version=__version__
    )


def clean(places: Places, evaluation_id: str | None = None) -> list[Path]:
    """Remove what was built, of one evaluation or of all; return what was removed."""
    built = sorted(path for path in places.outputs.glob("*") if path.is_dir())
    chosen = [path for path in built if evaluation_id in (None, path.name)]
    if evaluation_id is not None and not chosen:
        raise AnalysisError(unknown("outputs", evaluation_id, names(places), "ls outputs"))
    for path in chosen:
        shutil.rmtree(path)
    return chosen


def clean_cache(places: Places) -> list[Path]:
    """Remove what runs gave; return what was removed.

    Raises
    ------
    AnalysisError
        If it cannot be removed.
    """
    if not places.cache.exists():
        return []
    try:
        shutil.rmtree(places.cache)
    except OSError as error:
        raise AnalysisError(
            f"cache: {places.cache.name} cannot be removed ({error.strerror}). "
            "Wait until no build runs, or allow writing there."
        ) from error
    return [places.cache]


def names(places: Places) -> list[str]:
    """Names of what was built, without what a failed or running build keeps."""
    folders = (path for path in places.outputs.glob("*") if (path / "findings").is_dir())
    return sorted(path.name for path in folders if not path.name.startswith("."))


def _not_built(places: Places, id: str, built: Collection[str]) -> str:
    name, *changed = id.split("+")
    if name not in evaluations.available(places):
        return unknown("findings", id, built, "ls outputs")
    command = " -p ".join((f"workbench build {name}", *changed))
    return f"findings: {id} is not among the {len(built)} that are built. Build it: {command}"
