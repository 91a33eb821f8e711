"""A protocol: what was laid down about an analysis, and how a finding stands to it.

``canonical`` writes what was laid down in one way only, so that its SHA-256 is the same
whatever the order of keys, the comments or the line breaks of the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from analysis.contracts.published import Text

VARIABLE = "WORKBENCH_PROTOCOL"
"""Environment variable that gives a run its evaluation's protocol, as `canonical` writes it."""

Years = tuple[int, int]
Choice = str | int | float | bool
DispersionRule = Literal["wider", "exact", "dispersed"]
Timing = Literal["no_protocol", "after_data", "before_data", "nothing_read"]
Aspect = Literal[
    "country",
    "plans",
    "indicator",
    "method",
    "window",
    "level",
    "dispersion",
    "least_points",
    "registered",
    "not_recorded",
]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the one finding that answers it.

    ``primary`` is that finding's id, ``method`` the code of the method that computes it;
    ``before`` and ``after`` are the calendar years compared, None where the record decides.
    """

    id: str
    asks: Text
    primary: str
    indicator: str
    method: str
    before: Years | None = None
    after: Years | None = None


@dataclass(frozen=True, slots=True)
class Protocol:
    """How an analysis was laid down, and for which comparison.

    ``written`` is the declared date (ISO), ``registered`` the author's claim that no result
    had been seen by then, ``level`` the confidence level and ``power`` that of the smallest
    detectable ratio (0-1). ``dispersion`` says which pair of limits is the headline,
    ``least_points`` how many calendar years both periods together must have. ``grid`` holds
    the choices of the specification curve. ``canonical`` is what the hash is taken of.
    """

    country: str
    baseline: str
    current: str
    written: str
    registered: bool
    level: float
    primary: tuple[str, ...]
    note: Text
    power: float = 0.8
    dispersion: DispersionRule = "wider"
    least_points: int = 0
    questions: tuple[Question, ...] = ()
    grid: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    canonical: str = ""

    @property
    def sha256(self) -> str:
        """SHA-256 of what was laid down."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    def question_of(self, finding: str) -> Question | None:
        """Return the question that a finding answers, if it is the primary one of any."""
        return next((one for one in self.questions if one.primary == finding), None)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a finding is not what was registered: in which aspect, and both values as text."""

    aspect: Aspect
    registered: str
    computed: str


@dataclass(frozen=True, slots=True)
class Registration:
    """How a finding stands to the protocol under which it was recorded.

    ``timing`` says whether the data were known when the protocol was declared;
    ``question`` is the id of the question that the finding is the primary answer to.
    """

    sha256: str = ""
    declared: str = ""
    timing: Timing = "no_protocol"
    question: str = ""
    departures: tuple[Departure, ...] = ()


NO_PROTOCOL = Registration()
"""Of a finding recorded outside an evaluation."""


def canonical(document: Mapping[str, Any]) -> str:
    """Write a document in its one form: keys sorted, no spaces, whole numbers without a point.

    Two files that lay down the same give the same text; lists keep their order.
    """
    return json.dumps(_plain(document), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _plain(item: Any) -> Any:
    if isinstance(item, Mapping):
        return {str(key): _plain(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [_plain(value) for value in item]
    if isinstance(item, float) and item.is_integer():
        return int(item)
    return item


def shaped(document: Mapping[str, Any]) -> Protocol:
    """Shape what an evaluation lays down.

    Parameters
    ----------
    document : mapping
        ``country``, ``baseline`` and ``current`` of the evaluation's file, and its section
        ``protocol``, as the schema allows it.
    """
    section = document["protocol"]
    return Protocol(
        country=document["country"],
        baseline=document["baseline"],
        current=document["current"],
        written=section["written"],
        registered=section["registered"],
        level=float(section["level"]),
        primary=tuple(section["primary"]),
        note=Text(**section["note"]),
        power=float(section.get("power", 0.8)),
        dispersion=section.get("dispersion", "wider"),
        least_points=int(section.get("least_points", 0)),
        questions=tuple(_question(one) for one in section.get("questions", ())),
        grid={name: tuple(values) for name, values in section.get("grid", {}).items()},
        canonical=canonical(
            {name: document[name] for name in ("country", "baseline", "current", "protocol")}
        ),
    )


def _question(one: Mapping[str, Any]) -> Question:
    return Question(
        id=one["id"],
        asks=Text(**one["asks"]),
        primary=one["primary"],
        indicator=one["indicator"],
        method=one["method"],
        before=_years(one.get("before")),
        after=_years(one.get("after")),
    )


def _years(span: list[int] | None) -> Years | None:
    return (int(span[0]), int(span[1])) if span else None


def read(text: str) -> Protocol | None:
    """Read back what `canonical` wrote; None where there is nothing."""
    return shaped(json.loads(text)) if text else None
