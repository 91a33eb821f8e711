"""What pictures show and what indicators count in, whether the claims about them hold out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from analysis.contracts.values import Value
from analysis.study.partner import covered
from analysis.study.partner.opened import Opened


def hides_small(shown: Any, smallest: int) -> bool:
    """Whether each count of persons is none, at least ``smallest``, or a span as wide.

    None of the referrals between two bodies may be told from few: that nothing was sent says
    nothing of a person.
    """
    for value in _values(shown):
        if not value.known:
            continue
        low, high = value.bounds
        if value.exact and 0 < low < smallest:
            return False
        if not value.exact and high - low < smallest - 2:
            return False
    return True


def _values(shown: Any) -> Iterator[Value]:
    if isinstance(shown, Value):
        yield shown
    elif is_dataclass(shown) and not isinstance(shown, type):
        for field in fields(shown):
            yield from _values(getattr(shown, field.name))
    elif isinstance(shown, tuple | list):
        for one in shown:
            yield from _values(one)


def counts_alike(asked: Opened) -> bool:
    """Whether each coverage by the definitions of indicators is that of a count by hand."""
    return all(
        offer.counted
        == covered.by_hand(asked.frames, asked.eras, offer.key, offer.side, asked.national)
        for offer in asked.offers
    )


STATES = {"received": "on_time", "late": "late", "missing": "not_submitted"}
"""The true state of a report and the one that is found."""


def finds_planted(asked: Opened) -> bool:
    """Whether each report that was planted late or missing is found so, and no other.

    A sheet of a workbook that was sent without a row tells that nothing happened; whether it
    counts as sent is for intake to say.
    """
    from analysis.indicators import matrix

    if asked.truth is None:
        return True
    key = ["organisation", "form", "period"]
    true = asked.truth.tables["expected"].astype({"period": str}).set_index(key)["state"]
    found = matrix(asked.compared_cases).set_index(key)["state"]
    known = true.reindex(found.index).map(STATES)
    return bool((found[known.notna()] == known[known.notna()]).all())
