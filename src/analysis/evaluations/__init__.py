"""An evaluation file in, a checked `Evaluation` out.

``model``      what a file holds, once it is checked
``files``      which there are, which is the usual one, one read as YAML
``checking``   the schema, and notebooks that wait for each other
``protocol``   what no schema can say of a protocol
``overrides``  other plans or another country for one build
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.contracts import protocol as protocols
from analysis.contracts.front_page import FrontEntry, FrontPageLayout
from analysis.contracts.protocol import Protocol
from analysis.contracts.published import Text
from analysis.engine.running.run import Limits
from analysis.errors import EvaluationError
from analysis.evaluations.checking import check_cases, check_notebooks, check_schema
from analysis.evaluations.files import available, default, load, refuse_shared_folder, suggestion
from analysis.evaluations.model import (
    Cases,
    Disclosure,
    Evaluation,
    NotebookEntry,
    Parameter,
)
from analysis.evaluations.overrides import with_overrides
from analysis.evaluations.protocol import check_protocol
from analysis.places import Places

__all__ = [
    "Cases",
    "Disclosure",
    "Evaluation",
    "NotebookEntry",
    "Parameter",
    "Protocol",
    "available",
    "default",
    "read",
    "with_overrides",
]


def read(places: Places, id: str) -> Evaluation:
    """Read and check the evaluation called ``id``.

    Raises
    ------
    EvaluationError
        If there is no such file, another would write the same folder, it is not YAML, a
        key stands twice, it breaks ``evaluation.schema.json``, its notebooks cannot be put
        in an order, or its protocol contradicts itself.
    """
    known = available(places)
    if id not in known:
        raise EvaluationError(
            f"evaluations: there is no evaluation {id!r} among {len(known)}."
            + suggestion(Path(id).stem, known, "Write one with: workbench new evaluation")
        )
    refuse_shared_folder(places, id)
    path = places.evaluations / f"{id}.yml"
    content = load(path)
    check_schema(path.name, content)
    evaluation = _shape(id, path, content)
    check_notebooks(path.name, evaluation.notebooks)
    check_cases(path.name, evaluation)
    check_protocol(path.name, evaluation.protocol)
    if evaluation.baseline == evaluation.current:
        raise EvaluationError(
            f"{path.name}: at current: it is the same plan as baseline. Name two different plans."
        )
    return evaluation


def _shape(id: str, path: Path, content: Mapping[str, Any]) -> Evaluation:
    disclosure = content["disclosure"]
    return Evaluation(
        id=id,
        name=Text(**content["name"]),
        country=content["country"],
        baseline=content["baseline"],
        current=content["current"],
        languages=tuple(content["languages"]),
        notebooks=tuple(_entry(entry, content.get("limits", {})) for entry in content["notebooks"]),
        front_page=_front_page(content["front_page"]),
        protocol=protocols.shaped(content),
        disclosure=Disclosure(**{**disclosure, "note": Text(**disclosure["note"])}),
        path=path,
        is_default=content.get("default", False),
        cases=content.get("cases", _CASES[disclosure["basis"]]),
    )


_CASES: dict[str, Cases] = {
    "published": "none",
    "submitted": "submitted",
    "synthetic": "synthetic",
}
"""Which cases a file reads that does not say so itself: those that its disclosure is for."""


def _entry(entry: Mapping[str, Any], limits: dict[str, int]) -> NotebookEntry:
    """Shape a notebook; what it does not limit itself is limited as for all."""
    return NotebookEntry(
        entry["name"],
        tuple(entry.get("after", ())),
        entry.get("parameters", {}),
        # JSON Schema takes 900.0 for an integer, and so do we.
        Limits(**{name: int(most) for name, most in (limits | entry.get("limits", {})).items()}),
    )


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
