"""What a sender tells of cases, charges and counts: columns by form, and when they change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from analysis.synthetic.chance import Whole
from analysis.synthetic.of_persons import CASE
from analysis.synthetic.telling import (
    ArrowArray,
    Made,
    Make,
    Telling,
    coming,
    counted,
    fixed,
    text,
    typed,
    where,
    worded,
    words_of,
)

ACCUSED, EVENT = "SIG-{:06d}", "K-{:03d}"
_CASE_STATES = ("open", "charged", "court", "closed")


def _cases(telling: Telling) -> Made:
    own = telling.drawn.tables["cases"]
    opened, closed = own["opened_on"].to_numpy(), own["closed_on"].to_numpy()
    charged, court = own["charged_on"].to_numpy(), own["court_on"].to_numpy()

    def state(at: Whole, as_of: Whole) -> ArrowArray:
        dropped = np.where(closed[at] <= as_of, 3, np.where(charged[at] <= as_of, 1, 0))
        return words_of(np.where(court[at] <= as_of, 2, dropped), _CASE_STATES)

    columns: dict[str, Make] = {
        "case": worded([CASE.format(one) for one in own.index]),
        "opened_on": coming(opened),
        "closed_on": coming(closed),
        "outcome": state,
        "victims": counted(own["victims"].to_numpy()),
    }
    return columns, [opened, charged, court, closed], own.index.to_numpy()


def _charges(telling: Telling) -> Made:
    own = telling.drawn.tables["charges"]
    charged, tried = own["charged_on"].to_numpy(), own["prosecuted_on"].to_numpy()
    decided = own["decided_on"].to_numpy()

    def outcome(at: Whole, as_of: Whole) -> ArrowArray:
        before = where(tried[at] <= as_of, "prosecuted", "pending")
        return text(where(decided[at] <= as_of, own["outcome"].to_numpy(dtype=object)[at], before))

    def sentence(at: Whole, as_of: Whole) -> ArrowArray:
        months = own["sentence_months"].to_numpy()[at]
        return pa.array(where(decided[at] <= as_of, months, np.nan), pa.float64(), from_pandas=True)

    columns: dict[str, Make] = {
        "case": worded([CASE.format(one) for one in own["case"].tolist()]),
        "accused": worded([ACCUSED.format(one) for one in own["accused"].tolist()]),
        "article": worded(own["article"]),
        "charged_on": coming(charged),
        "outcome": outcome,
        "decided_on": coming(decided),
        "sentence_months": sentence,
    }
    # A prosecution alone is not sent again: no field of the form would tell when it was.
    return columns, [charged, decided], own.index.to_numpy()


def _counts(table: str, on: str, telling: Telling) -> Made:
    """Tell of counts, which do not change once they are sent."""
    own = telling.own(table)
    columns: dict[str, Make] = {}
    for name in telling.profile.forms[table]:
        values = own[name].to_numpy()
        if name == "event":
            columns[name] = worded([EVENT.format(one) for one in values.tolist()])
        elif name in ("month", "held_on"):
            columns[name] = fixed(values)
        elif name.startswith("score"):
            columns[name] = typed(values, pa.float64())
        else:
            columns[name] = counted(values) if values.dtype.kind == "i" else worded(values)
    return columns, [own[on].to_numpy()], own.index.to_numpy()


OF_CASES: dict[str, Callable[[Telling], Made]] = {
    "cases": _cases,
    "charges": _charges,
    "contacts": partial(_counts, "contacts", "month"),
    "places": partial(_counts, "places", "month"),
    "trainings": partial(_counts, "trainings", "held_on"),
}
"""Forms whose rows name no person in the register."""
