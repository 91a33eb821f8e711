"""A finding: a number that never parts from its sentence, interval, grade and breaks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from analysis.contracts.protocol import NO_PROTOCOL, Departure, Registration
from analysis.contracts.published import Text
from analysis.contracts.values import Value

Basis = Literal["published", "submitted", "synthetic"]
Grade = Literal["A", "B", "C", "D", "E"]
Verdict = Literal[
    "higher",
    "lower",
    "recorded_more",
    "recorded_fewer",
    "undecided",
    "not_comparable",
    "not_known",
    "not_submitted",
    "refused",
    "described",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """An interval: from ``low`` to ``high`` at confidence ``level``, by ``method``."""

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: what was counted over which years.

    ``plan`` is empty for years outside both plans. ``unit`` is what was counted
    (persons, cases ...), which a ratio or a rank does not say.
    """

    plan: str
    first_year: int
    last_year: int
    count: Value
    exposure: float
    exposure_unit: str = "calendar years"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Contrary:
    """A statement or figure that speaks against the finding, with its rows."""

    text: Text
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of the evaluation.

    ``estimate`` is the result with the bounds that interval-valued counts allow;
    ``limits`` the headline interval (the wider pair where two are computed) and
    ``other_limits`` the rest, so that both are printed. ``sentence`` is the full
    wording, ``short`` the one for the front page and ``caveats`` the clauses that
    must stand with either. ``rows`` are the ids of the published rows used and
    ``fingerprint`` the SHA-256 of their content. ``question`` is what it answers.
    ``limitations`` say what it cannot bear out, from its design, its sources and checks,
    and ``protocol`` how it stands to what was laid down beforehand.
    """

    id: str
    question: Text
    indicator: str
    country: str
    baseline: str
    current: str
    estimate: Value
    unit: str
    limits: Limits | None
    other_limits: tuple[Limits, ...]
    sides: tuple[Side, ...]
    method: str
    assumptions: tuple[Text, ...]
    basis: Basis
    grade: Grade
    verdict: Verdict
    breaks: tuple[str, ...]
    contrary: tuple[Contrary, ...]
    rows: tuple[str, ...]
    fingerprint: str
    sentence: Text
    short: Text
    caveats: tuple[Text, ...] = field(default=())
    notebook: str = ""
    limitations: tuple[Text, ...] = ()
    protocol: Registration = NO_PROTOCOL


def to_json(finding: Finding) -> dict[str, Any]:
    """Turn a finding into plain JSON types; infinite bounds become ``null``."""
    return {name: _plain(value) for name, value in asdict(finding).items()}


def from_json(plain: Mapping[str, Any]) -> Finding:
    """Read back what `to_json` wrote: ``null`` bounds of a known value are infinite again.

    ``plain`` must keep the published schema; extra or missing keys raise ``TypeError``,
    as they are a bug of whoever skipped the check.
    """
    return Finding(
        **{
            **plain,
            **{name: Text(**plain[name]) for name in ("question", "sentence", "short")},
            **{name: tuple(Text(**one) for one in plain[name]) for name in _TEXTS},
            **{name: tuple(plain[name]) for name in ("breaks", "rows")},
            "estimate": _value(plain["estimate"]),
            "limits": _limits(plain["limits"]) if plain["limits"] else None,
            "other_limits": tuple(_limits(one) for one in plain["other_limits"]),
            "sides": tuple(
                Side(**{**side, "count": _value(side["count"])}) for side in plain["sides"]
            ),
            "contrary": tuple(
                Contrary(Text(**one["text"]), tuple(one["rows"])) for one in plain["contrary"]
            ),
            "protocol": registration(plain["protocol"]),
        }
    )


_TEXTS = ("assumptions", "caveats", "limitations")


def registration(plain: Mapping[str, Any]) -> Registration:
    """Read back how a finding stands to its protocol."""
    departures = tuple(Departure(**one) for one in plain["departures"])
    return Registration(**{**plain, "departures": departures})


def _value(plain: Mapping[str, Any]) -> Value:
    if plain["kind"] not in ("number", "interval"):
        return Value(plain["kind"])
    return Value(plain["kind"], _finite(plain["low"]), _finite(plain["high"]))


def _limits(plain: Mapping[str, Any]) -> Limits:
    return Limits(plain["low"], _finite(plain["high"]), plain["level"], plain["method"])


def _finite(bound: float | None) -> float:
    return math.inf if bound is None else bound


def _plain(item: Any) -> Any:
    if isinstance(item, dict):
        return {key: _plain(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [_plain(value) for value in item]
    if isinstance(item, float) and item in (float("inf"), float("-inf")):
        return None
    return item
