"""Whether a build would change anything, asked before anything heavy is imported."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import analysis
from analysis.engine.reuse import stamp
from analysis.engine.reuse.stamp import Stamp
from analysis.places import Places


def look(places: Places, evaluation: str | None, overrides: Mapping[str, str]) -> Stamp:
    """Look at all that a build may read; call it before anything is read."""
    return Stamp.of(_asked(evaluation, overrides), _inputs(places))


def unchanged(
    places: Places, evaluation: str | None, overrides: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return what the last build that was asked the same said, if nothing changed since."""
    return stamp.holds(places.cache, _asked(evaluation, overrides))


def covers(places: Places, reads: Iterable[str]) -> bool:
    """Whether `look` saw every file that runs read, given relative to the workbench.

    A notebook may read a file that lies elsewhere: then no stamp can hold.
    """
    seen = [*_inputs(places), places.outputs]
    paths = (Path(os.path.normpath(places.home / read)) for read in reads)
    return all(any(path.is_relative_to(one) for one in seen) for path in paths)


def require_sound(places: Places) -> None:
    """Refuse a record with errors; one that was sound and did not change is not read again.

    Raises
    ------
    DataError
        If the record has errors.
    """
    asked = "the record is sound"
    if stamp.holds(places.cache, asked) is not None:
        return
    looked = Stamp.of(asked, [places.published, places.codelists, _code()])

    from analysis.published import check

    check.require_sound(places)
    looked.seal(places.cache, places.published, {})


def _asked(evaluation: str | None, overrides: Mapping[str, str]) -> str:
    return json.dumps(["build", evaluation, sorted(overrides.items())])


def _inputs(places: Places) -> tuple[Path, ...]:
    lock = places.home / "requirements.lock"
    return (places.home / "data", places.evaluations, places.notebooks, _code(), lock)


def _code() -> Path:
    return Path(analysis.__file__).parent
