"""What was owed and what was sent in, the true matrix of expected and received out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.synthetic.deliveries import REFUSED, Sent, owed
from analysis.synthetic.drawing import Drawn

_Key = tuple[str, str, str]


def expected_matrix(drawn: Drawn, sent: Sequence[Sent]) -> pd.DataFrame:
    """Return one row for each form and period owed: when due, when received, how.

    ``state`` is *received*, *late* (after the day due), *missing*, or *nothing* (a sheet of
    a workbook without a row: nothing happened). ``versions`` counts those accepted.
    """
    came = _accepted(sent)
    rows = []
    for due in owed(drawn):
        versions = came.get((due.organisation, due.form, str(due.period)), [])
        first, empty = versions[0] if versions else (None, False)
        days = max((first - due.due_on).days, 0) if first else 0
        rows.append(
            {
                "organisation": due.organisation,
                "form": due.form,
                "period": str(due.period),
                "due_on": due.due_on,
                "received_on": first,
                "state": _state(first, empty, days),
                "days_late": days,
                "versions": len(versions),
            }
        )
    return pd.DataFrame(rows)


def _accepted(sent: Sequence[Sent]) -> dict[_Key, list[tuple[date, bool]]]:
    """Return when each version came, and whether it was an empty sheet."""
    found: dict[_Key, list[tuple[date, bool]]] = {}
    for one in sent:
        delivery = one.delivery
        if delivery.kind in (*REFUSED, "twice"):
            continue
        for form, count in one.rows:
            key = (delivery.organisation, form, str(delivery.period))
            empty = count == 0 and delivery.suffix == "xlsx"
            found.setdefault(key, []).append((delivery.received_on, empty))
    return found


def _state(first: date | None, empty: bool, days_late: int) -> str:
    if first is None:
        return "missing"
    if empty:
        return "nothing"
    return "late" if days_late else "received"
