"""matrix and scorecard: what was owed beside what came, against a pencil."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analysis.contracts.partner.cases import Cases
from analysis.contracts.partner.reading import read_profiles
from analysis.errors import IndicatorError
from analysis.indicators import (
    compute,
    matrix,
    nothing_submitted,
    scorecard,
    years,
)
from tests.indicators.by_hand import DEFINITIONS

AS_OF = date(2009, 6, 30)
OWED = [
    ("a", "stays", "2008H1", date(2008, 8, 31)),
    ("a", "stays", "2008H2", date(2009, 2, 28)),
    ("a", "places", "2008", date(2009, 2, 28)),
    ("b", "stays", "2008H1", date(2008, 8, 31)),
    ("b", "stays", "2008H2", date(2009, 2, 28)),
    ("b", "stays", "2009H1", date(2009, 8, 31)),
]
CAME = [
    # On time, then corrected after the day: it came in time.
    ("a", "stays", "2008H1", date(2008, 8, 31), 1, "superseded"),
    ("a", "stays", "2008H1", date(2008, 12, 1), 2, "accepted"),
    # 31 days late.
    ("a", "stays", "2008H2", date(2009, 3, 31), 1, "accepted"),
    # Held: its questions are not answered.
    ("a", "places", "2008", date(2009, 2, 1), 1, "held"),
    # Held first, accepted 10 days late.
    ("b", "stays", "2008H1", date(2008, 8, 1), 1, "held"),
    ("b", "stays", "2008H1", date(2008, 9, 10), 2, "accepted"),
]


def made(owed: Any = OWED, came: Any = CAME) -> Cases:
    """Return cases without rows of forms."""
    head = ("organisation", "form", "period")
    expected = [dict(zip((*head, "due_on"), one, strict=True)) for one in owed]
    received = [
        {**dict(zip((*head, "received_on", "version", "state"), one, strict=True)),
         "rows": 7, "set_aside": 1, "questions": 2}
        for one in came
    ]  # fmt: skip
    return Cases("synthetic", AS_OF, {}, pa.Table.from_pylist(expected),
                 pa.Table.from_pylist(received), 0, "")  # fmt: skip


def test_every_submission_owed_has_a_state() -> None:
    """A sender must be told what is missing, and never be blamed for what is not due."""
    found = matrix(made())
    assert list(found.state) == ["on_time", "late", "held", "late", "not_submitted", "not_due"]
    assert list(found.superseded) == [1, 0, 0, 0, 0, 0]
    assert list(found.rows) == [7, 7, 7, 7, 0, 0]


def test_scorecard_equals_a_hand_calculation() -> None:
    """a: 2 of 3 came, 1 in time, delays 0, 31, never. b: 1 of 2, none in time, 10, never."""
    first, second = scorecard(made())
    assert (first.due, first.came, first.complete, first.on_time) == (3, 2, 2 / 3, 1 / 3)
    assert (first.median_delay_days, first.held, first.superseded) == (31, 1, 1)
    assert (second.due, second.came, second.complete, second.on_time) == (2, 1, 0.5, 0)
    assert second.median_delay_days == float("inf")


def test_completeness_as_an_indicator_equals_the_scorecard() -> None:
    """The same figure must not differ between the scorecard and the table beside it."""
    ids = ["data.complete", "data.on_time"]
    found = compute(made(), DEFINITIONS, periods=years(2008, 2008), ids=ids,
                    strata=["organisation"]).frame  # fmt: skip
    rows = found[found.indicator == "data.complete"].set_index("organisation")
    assert (rows.numerator["all"], rows.denominator["all"]) == (3, 5)
    assert (rows.value["a"], rows.value["b"]) == (2 / 3, 0.5)
    timely = found[found.indicator == "data.on_time"].set_index("organisation")
    assert (timely.value["a"], timely.value["b"]) == (1 / 3, 0)


def test_longer_submission_stands_for_the_periods_within_it() -> None:
    """Who owes half-years and sends the year has sent both."""
    came = [("b", "stays", "2008", date(2008, 8, 31), 1, "accepted")]
    found = matrix(made(OWED[3:5], came))
    assert list(found.state) == ["on_time", "on_time"]


def test_rows_that_retention_removed_came_but_are_there_no_more() -> None:
    """What was deleted by agreement is no one's delay, and no figure can be made of it."""
    came = [("a", "places", "2008", date(2009, 2, 1), 1, "deleted")]
    of = made([OWED[2]], came)
    assert list(matrix(of).state) == ["deleted"]
    assert scorecard(of)[0].complete == 1
    found = compute(of, DEFINITIONS, periods=years(2008, 2008), ids=["housing.bed_nights"]).frame
    assert (found.status[0], found.missing[0]) == ("not_submitted", "a")


def test_before_anybody_has_sent_anything_everybody_is_named(tmp_path: Path) -> None:
    """Without submissions the pages say who owes what; they do not say none."""
    home = Path(__file__).parents[2] / "data"
    from analysis.contracts.partner.reading import read_forms

    forms = read_forms(home / "forms", home / "codelists" / "partner")
    profiles = read_profiles(home / "synthetic" / "profiles", forms)
    of = nothing_submitted(profiles, first=date(2003, 1, 1), as_of=AS_OF, basis="synthetic")
    found = compute(of, DEFINITIONS, periods=years(2008, 2008), ids=["victims.identified"]).frame
    assert found.status[0] == "not_submitted"
    assert set(found.missing[0].split(";")) >= {"syn_a", "syn_police", "syn_centre"}
    assert found.value.isna().all()


def test_numbers_of_rows_that_are_no_numbers_are_refused() -> None:
    """A text among counts would otherwise end as a traceback in a notebook."""
    of = made([OWED[0]], [CAME[0]])
    wrong = of.received.set_column(6, "rows", pa.array(["seven"]))
    with pytest.raises(IndicatorError, match="neither numbers nor lists"):
        matrix(Cases(of.basis, of.as_of, of.tables, of.expected, wrong, 0, ""))
