"""newest: against hand-made rows, against pandas, and where nothing is told again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
from hypothesis import given
from hypothesis import strategies as st

from analysis.cases import memory
from analysis.cases.newest import newest
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.reading import read_forms

pa: Any = pyarrow
DATA = Path(__file__).parents[2] / "data"
FORMS = read_forms(DATA / "forms", DATA / "codelists" / "partner").forms
PERIODS = ("2007H2", "2008H1", "2008H2", "2010")


def _newest(rows: list[dict[str, Any]], form: str) -> list[dict[str, Any]]:
    with memory.in_memory() as connection:
        found = newest(connection, pa.Table.from_pylist(rows), FORMS[form])
    told: list[dict[str, Any]] = found.to_pylist()
    return told


def _service(record: str, when: str, row: int, outcome: str, by: str = "x") -> dict[str, Any]:
    return {
        "organisation": by, "period": when, "source_row": row, "record": record,
        "service": "shelter", "offered_on": "2008-03-01", "outcome": outcome,
    }  # fmt: skip


def test_the_last_report_of_a_row_counts_and_no_other() -> None:
    """Else an open stay never ends, and one stay is as many as it has reports."""
    found = _newest(
        [
            _service("p", "2008H2", 2, "completed"),
            _service("p", "2008H1", 9, "ongoing"),
            _service("q", "2008H1", 3, "ongoing"),
            _service("p", "2008H1", 4, "ongoing", by="y"),
        ],
        "services",
    )
    assert [(one["record"], one["organisation"], one["outcome"]) for one in found] == [
        ("p", "x", "completed"),
        ("q", "x", "ongoing"),
        ("p", "y", "ongoing"),
    ]


row = st.builds(
    _service,
    st.sampled_from("pqr"),
    st.sampled_from(PERIODS),
    st.integers(2, 400),
    st.sampled_from(["ongoing", "completed"]),
    st.sampled_from("xy"),
)


@given(st.lists(row, min_size=1, max_size=25, unique_by=lambda one: one["source_row"]))
def test_as_pandas_would_keep_them(rows: list[dict[str, Any]]) -> None:
    """Another way to the same rows: sort by the period's end, keep the last of each key."""
    frame = pd.DataFrame(rows)
    frame["ends"] = [period(text).last for text in frame["period"]]
    ordered = frame.sort_values(["ends", "source_row"], kind="stable")
    kept = ordered.drop_duplicates(["organisation", "record", "service", "offered_on"], keep="last")
    expected = kept.sort_index()["source_row"].tolist()
    assert [one["source_row"] for one in _newest(rows, "services")] == expected


def test_months_of_two_houses_stay_apart() -> None:
    """Nights of a month are sent again in no other key than house and month."""
    rows = [
        {"organisation": "x", "period": "2008Q1", "source_row": at, "place": place, "month": month}
        for at, (place, month) in enumerate([("A", 1), ("A", 2), ("B", 1)], start=2)
    ]
    assert _newest(rows, "places") == rows
    assert _newest([], "places") == []
