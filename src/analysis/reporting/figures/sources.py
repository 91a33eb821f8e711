"""Rows, data and publishers in, the one source line of a picture out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from analysis.contracts.published import Language
from analysis.language import words
from analysis.reporting.figures.catalogue import worded
from analysis.reporting.figures.style import MARGIN, SMALL, WIDTH, text_width
from analysis.reporting.frames import Frame, Line, by_id, said

Names = Mapping[str, str]
Lines = Sequence[Sequence[str]]


def source_line(
    rows: Sequence[str],
    data: Lines,
    language: Language,
    *,
    source: str = "",
    publishers: Iterable[str] = (),
    names: Names | None = None,
) -> str:
    """Word where a picture comes from: publishers, number of rows, checksum of rows and data.

    Parameters
    ----------
    source : str
        Publishers in words; they win.
    publishers : iterable of str
        Codes, one a row; default: what the rows' ids begin with.
    names : mapping of str to str
        Words of the codes; default: what the figures' catalogue has.
    """
    if not rows and data and source:
        # What partners submitted stands in no row that a reader could open.
        return words.say("figures.source_only", language, source=source.rstrip("."))
    if not rows:
        return words.say("figures.source_none", language)
    content = json.dumps([list(rows), data], ensure_ascii=False)
    digest = hashlib.sha256(content.encode("utf-8")).hexdigest()[:8]
    key = "source_rows" if len(rows) > 1 else "source_row"
    counted = words.say(f"figures.{key}", language, n=len(rows), hash=digest)
    codes = [code for code in publishers if code] or [row.partition("-")[0] for row in rows]
    room = WIDTH - 2 * MARGIN - text_width(f"{counted}   ", SMALL)
    named = source or _named(codes, names or {}, language, room)
    if not named:
        return counted
    return words.say("figures.source", language, source=named.rstrip("."), rows=counted)


def publisher_names(publishers: Frame, language: Language) -> dict[str, str]:
    """Return the words of each code of ``publishers.csv`` in one language."""
    return {code: said(line, "name", language) for code, line in by_id(publishers, "code").items()}


def publishers_of(listed: Iterable[Line]) -> list[str]:
    """Return the publisher of each line of a published table."""
    return [line.get("publisher", "") for line in listed]


def _named(codes: Sequence[str], names: Names, language: Language, room: float) -> str:
    """Name the publishers of most rows, as many as fit on the line; the rest are *others*.

    Nothing is named where the publisher of most rows has no name: a minor one in
    its place would mislead.
    """
    ordered = [code for code, _ in Counter(codes).most_common()]
    known = _names_of(ordered, names, language)
    for count in range(len(known), 0, -1):
        told = "; ".join(known[:count])
        if count < len(known) or "" in known:
            told = words.say("figures.source_more", language, names=told)
        line = words.say("figures.source", language, source=told, rows="")
        if "" not in known[:count] and text_width(line, SMALL) <= room:
            return told
    return ""


def _names_of(codes: Iterable[str], names: Names, language: Language) -> list[str]:
    """Return the name of each code, ``""`` for one without, each name once."""
    found = (names.get(c) or worded(f"publisher.{c.lower()}", language, "") for c in codes)
    return list(dict.fromkeys(found))
