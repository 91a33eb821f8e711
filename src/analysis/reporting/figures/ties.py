"""Ties between bodies in, arrows to draw out: one a pair, one for ties that a group shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.reporting.frames import Line

FRAMED = "agreement"


@dataclass(frozen=True, slots=True)
class Tie:
    """An arrow between two bodies or the framed group: its kinds, and if inferred."""

    start: str
    end: str
    kinds: tuple[str, ...]
    inferred: bool


def join(tied: Sequence[Line], groups: Mapping[str, str]) -> list[Tie]:
    """Join kinds of one pair, and ties that every framed body has with the same other."""
    framed = {name for name, group in groups.items() if group == FRAMED}
    found: dict[tuple[str, str], dict[str, bool]] = {}
    for line in tied:
        start, end, kind = line["from_org"], line["to_org"], line["kind"]
        if start not in groups or end not in groups:
            continue
        if framed <= {t["from_org"] for t in tied if (t["to_org"], t["kind"]) == (end, kind)}:
            start = FRAMED if start in framed and len(framed) > 1 else start
        if framed <= {t["to_org"] for t in tied if (t["from_org"], t["kind"]) == (start, kind)}:
            end = FRAMED if end in framed and len(framed) > 1 else end
        kinds = found.setdefault((start, end), {})
        kinds[kind] = kinds.get(kind, False) or line["known"] == "inferred"
    return [
        Tie(start, end, tuple(kinds), all(kinds.values())) for (start, end), kinds in found.items()
    ]
