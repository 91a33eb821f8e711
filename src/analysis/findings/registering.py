"""A finding as it was computed in, the finding as it is registered out.

What no maker can know is added here: how it stands to the protocol of its evaluation, and
what its sources do not bear out. A finding without contrary evidence looked for, or without
limitations, is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analysis.contracts.findings import Finding
from analysis.contracts.protocol import NO_PROTOCOL, Protocol, Registration, Timing
from analysis.contracts.published import SourceRow
from analysis.findings import departures, limitations

FindRow = Callable[[str], SourceRow]
PublishedOn = Callable[[str], str]


def registered(
    finding: Finding,
    protocol: Protocol | None,
    *,
    find_row: FindRow,
    published_on: PublishedOn,
) -> Finding:
    """Register a finding under the protocol of its evaluation.

    Parameters
    ----------
    protocol : Protocol or None
        None outside an evaluation: the finding then says *no protocol*.
    find_row : callable
        Gives the published row of an id.
    published_on : callable
        Gives the ISO date, of any precision, on which a row was published; empty where
        the record does not say.

    Raises
    ------
    FindingError
        If contrary evidence or limitations are missing.
    """
    rows = tuple(find_row(id) for id in finding.rows)
    told = (*finding.limitations, *limitations.of_rows(rows))
    made = replace(
        finding,
        limitations=tuple(dict.fromkeys(told)),
        protocol=_registration(finding, protocol, published_on),
    )
    limitations.require([made])
    return made


def _registration(
    finding: Finding, protocol: Protocol | None, published_on: PublishedOn
) -> Registration:
    if protocol is None:
        return NO_PROTOCOL
    timing = timing_of([published_on(row) for row in finding.rows], protocol.written)
    asked = protocol.question_of(finding.id)
    return Registration(
        sha256=protocol.sha256,
        declared=protocol.written,
        timing=timing,
        question=asked.id if asked else "",
        departures=departures.of_finding(finding, protocol, timing),
    )


def timing_of(published: list[str], declared: str) -> Timing:
    """Say whether data were known when a protocol was declared.

    Only data published after the declared date were unknown then. A date of less precision
    is taken at its earliest, and a row whose date nobody noted for known: it is published,
    and nothing shows that this came later. One known row is enough.

    Examples
    --------
    >>> timing_of(["2027", "2026-11-25"], "2026-11-24")
    'before_data'
    >>> timing_of(["2027", "2026-11"], "2026-11-24")
    'after_data'
    """
    if not published:
        return "nothing_read"
    known = any(not date or _earliest(date) <= declared for date in published)
    return "after_data" if known else "before_data"


def _earliest(date: str) -> str:
    return f"{date}-01-01"[:10] if len(date) == 4 else f"{date}-01"[:10]
