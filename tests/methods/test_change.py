"""between_releases, between_periods, between_totals: worked out by hand, additive, bounded."""

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.change import (
    PARTS,
    Contributions,
    Effort,
    Split,
    between_periods,
    between_releases,
    between_totals,
)

CLOSED = date(2010, 3, 1)
EARLY, LATE = date(2010, 1, 15), date(2010, 6, 1)


def values(split: Split) -> dict[str, float]:
    """Each part that is certain to have moved the count."""
    return {one.part: one.in_order.value for one in split.parts if one.in_order.value}


def spans(split: Split) -> dict[str, tuple[float, float]]:
    """Bounds in order of each part that is not certainly nothing."""
    return {
        one.part: (one.in_order.low, one.in_order.high)
        for one in split.parts
        if (one.in_order.low, one.in_order.high) != (0, 0)
    }


def two_releases() -> pd.DataFrame:
    """50 persons in 2009 by last year's release, 57 by this year's: eleven came, four went."""
    old: list[dict[str, Any]] = [
        {"unit": f"p{n}", "sender": "police" if n < 40 else "centre", "period": 2009}
        for n in range(50)
    ]
    new = [row for row in old if row["unit"] not in {"p1", "p2", "p3"}]
    new = [row | {"period": 2010} if row["unit"] == "p4" else row for row in new]
    added = [
        *({"unit": f"l{n}", "sender": "police", "period": 2009, "day": LATE} for n in range(4)),
        *({"unit": f"s{n}", "sender": "shelter", "period": 2009, "day": LATE} for n in range(2)),
        *(
            {"unit": f"c{n}", "sender": "centre", "period": 2009, "day": LATE, "case": "big"}
            for n in range(5)
        ),
    ]
    rows = [row | {"release": "2010"} for row in old]
    rows += [row | {"release": "2011"} for row in [*new, *added]]
    table = pd.DataFrame(rows).rename(columns={"day": "reported_on"})
    table["case"] = table["case"].fillna("each its own " + table["unit"])
    table["reported_on"] = table["reported_on"].fillna(EARLY)
    return table


# Reference


def test_seven_more_between_two_releases_worked_out_by_hand() -> None:
    """What a national centre is asked: 50 last year, 57 now, and nobody knows why."""
    table = Contributions.of(two_releases())
    found = between_releases(
        table,
        earlier="2010",
        later="2011",
        period=2009,
        closed_on=CLOSED,
        senders="seen",
        large_case=5,
    )
    assert (found.before, found.after, found.change) == (50, 57, 7)
    assert values(found) == {
        "new_senders": 2,
        "one_large_case": 5,
        "late_reports": 4,
        "corrections": -4,
    }
    assert found.part("rest").words == "change.rest.none"
    assert found.leading == ("one_large_case", "late_reports", "corrections", "new_senders")
    # The five of the case were also reported late: half to each, if no order is stated.
    assert found.part("late_reports").order_free.value == pytest.approx(6.5)
    late = found.part("late_reports")
    assert (late.least, late.most) == (4, 9)


def test_a_new_definition_is_told_from_the_rest_where_rows_say_what_counts_them() -> None:
    """Children counted since 2005, men since 2007: a wider scope is no rise."""
    table = Contributions.of(
        {
            "period": [2004, 2004, 2008, 2008, 2008, 2008],
            "persons": [10, 2, 11, 6, 3, 1],
            "sender": ["police"] * 6,
            "counted_by": [
                ["2002", "2007"],
                ["2002"],
                ["2002", "2007"],
                ["2007"],
                "2007",
                None,
            ],
        }
    )
    found = between_periods(
        table,
        before=2004,
        after=2008,
        same_age_on=None,
        senders="same",
        definitions=("2002", "2007"),
    )
    assert found.change == 21 - 12
    # 6 only since 2007, 2 no longer: 4 for certain; of 3 and 1 nobody wrote down the old scope.
    assert found.part("changed_definition").in_order.value == 4
    assert spans(found) == {"changed_definition": (4, 8), "rest": (1, 5)}


def test_a_younger_period_lacks_the_late_reports_that_the_older_one_has() -> None:
    """30 then and 24 now is no fall, if 6 of the 30 were reported later than now is."""
    table = Contributions.of(
        {
            "period": [2008, 2008, 2009],
            "persons": [24, 6, 24],
            "reported_on": [date(2009, 1, 9), date(2009, 9, 9), date(2010, 1, 9)],
        }
    )
    options: dict[str, Any] = {"before": 2008, "after": 2009, "senders": "same"}
    found = between_periods(table, same_age_on=date(2009, 3, 1), **options)
    assert values(found) == {"late_reports": -6}
    assert not between_periods(table, same_age_on=None, **options).part("late_reports").asked


def test_one_case_of_many_persons_is_named() -> None:
    """One trial with 30 persons is one event; the years beside it did not change."""
    table = Contributions.of(
        {
            "period": [2017] * 12 + [2018] * 42,
            "case": [f"a{n}" for n in range(12)] + [f"b{n}" for n in range(12)] + ["big"] * 30,
        }
    )
    found = between_periods(
        table, before=2017, after=2018, same_age_on=None, senders="same", large_case=10
    )
    assert values(found) == {"one_large_case": 30}
    assert found.part("rest").in_order.high == 0


def test_effort_is_asked_of_comparable_persons_only() -> None:
    """More investigations did not create the new shelter: its persons are set aside first."""
    table = Contributions.of(
        {
            "period": [2006, 2009, 2009],
            "persons": [40, 50, 9],
            "sender": ["police", "police", "shelter"],
        }
    )
    found = between_periods(
        table,
        before=2006,
        after=2009,
        same_age_on=None,
        senders=({"police"}, {"police", "shelter"}),
        effort=Effort(1.25, (0.0, 1.0)),
    )
    assert values(found) == {"new_senders": 9, "rest": 10}
    assert spans(found)["police_effort"] == (0, 10)
    assert spans(found)["rest"] == (0, 10)


# Properties

cells = st.fixed_dictionaries(
    {
        "release": st.sampled_from(["a", "b"]),
        "period": st.sampled_from([2008, 2009]),
        "persons": st.integers(0, 4),
        "sender": st.sampled_from(["north", "south", None]),
        "case": st.sampled_from(["x", "y", None]),
        "reported_on": st.sampled_from([EARLY, LATE, None]),
        "counted_by": st.sampled_from([("v1",), ("v1", "v2"), ("v2",), "v1", "v2", None]),
    }
)
listed = st.lists(cells, min_size=1, max_size=12)
asked = st.fixed_dictionaries(
    {
        "senders": st.sampled_from([None, "seen", "same"]),
        "definitions": st.sampled_from([None, ("v1", "v2")]),
        "large_case": st.sampled_from([None, 2]),
    }
)
both = [
    {"release": name, "period": 2009, "persons": 1, "sender": "north", "reported_on": EARLY}
    for name in "ab"
]


def table_of(rows: list[dict[str, Any]]) -> Contributions:
    """Columns of rows."""
    names = {name: None for row in rows for name in row}
    return Contributions.of({name: [row.get(name) for row in rows] for name in names})


def counted(rows: list[dict[str, Any]], version: str, **where: object) -> int:
    """Persons that a version of the definition counts, or may count."""
    return sum(
        row["persons"]
        for row in rows
        if all(row[name] == value for name, value in where.items())
        and (not isinstance(row.get("counted_by"), tuple) or version in row["counted_by"])
    )


@given(listed, asked, st.booleans())
@settings(max_examples=80, deadline=None)
def test_parts_add_up_to_the_difference_of_two_releases(
    rows: list[dict[str, Any]], options: dict[str, Any], linked: bool
) -> None:
    """Whatever is missing in the table, the parts are those of the printed difference."""
    rows = rows + both
    if linked:
        rows = [row | {"unit": f"u{n % 7}-{n // 7}"} for n, row in enumerate(rows)]
    found = between_releases(
        table_of(rows), earlier="a", later="b", period=2009, closed_on=CLOSED, **options
    )
    assert math.fsum(one.in_order.value for one in found.parts) == found.change
    assert math.fsum(one.order_free.value for one in found.parts) == pytest.approx(found.change)
    if options["definitions"] is None:
        counts = [
            sum(r["persons"] for r in rows if r["release"] == n and r["period"] == 2009)
            for n in "ab"
        ]
    else:
        counts = [counted(rows, v, release=n, period=2009) for n, v in (("a", "v1"), ("b", "v2"))]
    assert [found.before, found.after] == counts
    for one in found.parts:
        assert one.in_order.low <= one.in_order.value <= one.in_order.high


@given(listed, asked, st.sampled_from([None, EARLY]))
@settings(max_examples=80, deadline=None)
def test_parts_add_up_to_the_difference_of_two_periods(
    rows: list[dict[str, Any]], options: dict[str, Any], same_age_on: date | None
) -> None:
    """The same between years, with police effort as a range."""
    rows = [row | {"release": "a"} for row in rows + both]
    found = between_periods(
        table_of(rows),
        before=2008,
        after=2009,
        same_age_on=same_age_on,
        effort=Effort(1.3, (0.0, 1.0)),
        **options,
    )
    assert math.fsum(one.in_order.value for one in found.parts) == pytest.approx(
        found.change, abs=1e-9
    )
    assert {one.part for one in found.parts} == set(PARTS)
    assert found.part("corrections").in_order.high == 0


@given(listed, asked, st.data())
@settings(max_examples=60, deadline=None)
def test_filling_in_an_unknown_cell_stays_within_the_bounds(
    rows: list[dict[str, Any]], options: dict[str, Any], data: st.DataObject
) -> None:
    """Bounds are a promise about what the archive would say."""
    rows = [row | {"release": "a"} for row in rows + both]
    filled = [dict(row) for row in rows]
    for row in filled:
        if row.get("reported_on") is None:
            row["reported_on"] = data.draw(st.sampled_from([EARLY, LATE]))
        if row.get("case") is None:
            row["case"] = data.draw(st.sampled_from(["x", "y", "z"]))
        if not isinstance(row.get("counted_by"), tuple):
            own = row.get("counted_by") or data.draw(st.sampled_from(["v1", "v2"]))
            # A row that stands in a count was counted there.
            mine = "v1" if row["period"] == 2008 else "v2"
            row["counted_by"] = tuple({own, mine, data.draw(st.sampled_from(["v1", "v2"]))})
    chosen: dict[str, Any] = options | {"before": 2008, "after": 2009, "same_age_on": EARLY}
    wide, narrow = (between_periods(table_of(one), **chosen) for one in (rows, filled))
    for part in PARTS:
        outer, inner = wide.part(part).in_order, narrow.part(part).in_order
        assert outer.low <= inner.low
        assert inner.high <= outer.high


# Edges


def test_without_a_closing_day_late_and_corrected_cannot_be_told_apart() -> None:
    """Seven persons, one sender, no dates: either word may be true, and neither is printed."""
    table = Contributions.of(
        {"release": ["a", "b"], "period": [2009, 2009], "persons": [50, 57], "sender": ["x", "x"]}
    )
    found = between_releases(table, earlier="a", later="b", period=2009, closed_on=None)
    assert spans(found) == {"late_reports": (0, 7), "corrections": (0, 7), "rest": (0, 7)}
    assert values(found) == {"rest": 7}


def test_a_sender_without_a_row_may_have_reported_nothing() -> None:
    """No list of senders: whether the shelter is new, or had nothing to report, is not known."""
    columns: dict[str, list[Any]] = {
        "release": ["a", "b", "b"],
        "period": [2009] * 3,
        "persons": [50, 50, 7],
        "sender": ["police", "police", "shelter"],
        "reported_on": [EARLY, EARLY, LATE],
    }
    options: dict[str, Any] = {
        "earlier": "a",
        "later": "b",
        "period": 2009,
        "closed_on": CLOSED,
    }
    table = Contributions.of(columns)
    assert spans(between_releases(table, **options))["new_senders"] == (0, 7)
    named = between_releases(table, senders=({"police"}, {"police", "shelter"}), **options)
    assert values(named) == {"new_senders": 7}
    silent = between_releases(table, senders="same", **options)
    assert values(silent) == {"late_reports": 7}


def test_persons_without_a_case_may_make_any_case_the_large_one() -> None:
    """Two cases of four, and three persons of no known case: the largest is not known."""
    table = Contributions.of(
        {
            "period": [2008] + [2009] * 11,
            "case": ["old", *["x"] * 4, *["y"] * 4, None, None, None],
        }
    )
    found = between_periods(
        table, before=2008, after=2009, same_age_on=None, senders="same", large_case=4
    )
    assert found.part("one_large_case").in_order.value == 0
    assert found.part("one_large_case").in_order.high == 11
    none = between_periods(
        table, before=2008, after=2009, same_age_on=None, senders="same", large_case=8
    )
    assert none.part("one_large_case").in_order.high == 0


def test_a_person_who_moved_to_another_year_is_a_correction() -> None:
    """The person is still there: counted in the year before."""
    table = Contributions.of(
        {"release": ["a", "b"], "period": [2009, 2008], "unit": ["p", "p"], "sender": ["x", "x"]}
    )
    found = between_releases(table, earlier="a", later="b", period=2009, closed_on=CLOSED)
    assert values(found) == {"corrections": -1}


def test_totals_alone_give_bounds_that_add_up() -> None:
    """Only two printed totals and a footnote: the rest is what the footnote leaves."""
    found = between_totals(
        (50, 50), (57, 57), known={"late_reports": (3, 5), "new_senders": (0, 1)}
    )
    assert (found.part("rest").low, found.part("rest").high) == (1, 4)
    hidden = between_totals((0, 4), (9, 9), effort=Effort(2.0, (0.0, 1.0)))
    assert (hidden.change_low, hidden.change_high) == (5, 9)
    assert (hidden.part("police_effort").low, hidden.part("police_effort").high) == (0, 4)
    assert (hidden.part("rest").low, hidden.part("rest").high) == (1, 9)
    narrowed = between_totals((50, 50), (57, 57), known={"late_reports": (0, 9), "rest": (0, 2)})
    assert (narrowed.part("late_reports").low, narrowed.part("late_reports").high) == (5, 7)
    assert not narrowed.part("corrections").asked


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"sender": ["a"]}, "no period"),
        ({"period": [2009], "who": ["a"]}, "1 columns are unknown"),
        ({"period": []}, "no rows"),
        ({"period": [2009, 2009], "sender": ["a"]}, "different lengths"),
        ({"period": [2009, None]}, "1 of 2 cells of column period"),
        ({"period": [2009.5]}, "1 of 1 cells of column period"),
        ({"period": [2009, 2009], "persons": [1, -1]}, "1 of 2 cells of column persons"),
        ({"period": [2009], "persons": [1.5]}, "1 of 1 cells of column persons"),
        ({"period": [2009], "persons": [math.nan]}, "1 of 1 cells of column persons"),
        ({"period": [2009], "persons": [math.inf]}, "1 of 1 cells of column persons"),
        ({"period": [2009], "reported_on": ["last May"]}, "1 of 1 cells of column reported_on"),
        ({"period": [2009], "counted_by": [3.5]}, "1 of 1 cells of column counted_by"),
        ({"period": [2009], "sender": [0.5]}, "1 of 1 cells of column sender"),
        ({"period": [2009, 2009], "unit": ["p", None]}, "1 of 2 rows have no unit"),
    ],
)
def test_refuses_a_table_that_says_nothing_clear(columns: dict[str, Any], message: str) -> None:
    """A row that is misread moves persons from one reason to another."""
    with pytest.raises(MethodError, match=message):
        Contributions.of(columns)


def test_empty_cells_of_a_data_frame_are_not_known() -> None:
    """NaN, NaT and NA are one thing: nobody wrote it down."""
    frame = pd.DataFrame(
        {
            "period": np.array([2009, 2009]),
            "sender": ["a", np.nan],
            "reported_on": [pd.Timestamp("2010-01-15"), pd.NaT],
            "case": pd.array(["x", pd.NA], dtype="string"),
        }
    )
    found = Contributions.of(frame)
    assert (found.sender, found.case) == (("a", None), ("x", None))
    assert found.reported_on == (EARLY, None)
    assert found.period == (2009, 2009)


def test_refuses_comparisons_that_compare_nothing() -> None:
    """Each of these would print a difference of something else."""
    table = Contributions.of({"release": ["a", "a", "b"], "period": [2008, 2009, 2009]})
    options: dict[str, Any] = {"period": 2009, "closed_on": CLOSED}
    with pytest.raises(MethodError, match="release has no rows"):
        between_releases(table, earlier="a", later="c", **options)
    with pytest.raises(MethodError, match="two are the same"):
        between_releases(table, earlier="a", later="a", **options)
    with pytest.raises(MethodError, match="no period to count"):
        between_releases(table, earlier="a", later="b", period=[], closed_on=CLOSED)
    with pytest.raises(MethodError, match="begins at 1 person"):
        between_releases(table, earlier="a", later="b", large_case=0, **options)
    with pytest.raises(MethodError, match="rows come from 2 releases"):
        between_periods(table, before=2008, after=2009, same_age_on=None)
    with pytest.raises(MethodError, match="share a period"):
        between_periods(table, before=[2008, 2009], after=2009, same_age_on=None)
    with pytest.raises(MethodError, match="neither count has a row"):
        between_periods(table, before=1998, after=1999, same_age_on=None)
    twice = Contributions.of(
        {"release": ["a", "a", "b"], "period": [2009] * 3, "unit": list("ppp")}
    )
    with pytest.raises(MethodError, match="1 units stand more than once in one release"):
        between_releases(twice, earlier="a", later="b", **options)
    with pytest.raises(MethodError, match="1 units stand more than once in one count"):
        between_periods(twice, before=2008, after=2009, same_age_on=None, release="a")
    named = Contributions.of({"release": ["a", "b"], "period": [2009] * 2, "sender": ["x", "y"]})
    with pytest.raises(MethodError, match="1 senders have rows and are not on the list"):
        between_releases(named, earlier="a", later="b", senders=({"x"}, {"x"}), **options)
    with pytest.raises(MethodError, match="senders are two lists"):
        between_releases(named, earlier="a", later="b", senders="all", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "known", "message"),
    [
        ((5, 4), (7, 7), {}, "1 bounds are negative"),
        ((-1, 4), (7, 7), {}, "1 bounds are negative"),
        ((4, 4), (7, 7.5), {}, "not whole"),
        ((4, math.inf), (7, 7), {}, "not finite"),
        ((4, 4), (7, 7), {"late_reports": (2, 1)}, "wrong way round"),
        ((4, 4), (7, 7), {"luck": (0, 1)}, "1 parts are unknown"),
        ((4, 4), (7, 7), {"rest": (0, 0), "late_reports": (0, 1)}, "cannot add up"),
    ],
)
def test_refuses_totals_that_contradict_what_is_known(
    before: Any, after: Any, known: Any, message: str
) -> None:
    """If the footnote and the totals disagree, one of them is wrong: say so."""
    with pytest.raises(MethodError, match=message):
        between_totals(before, after, known=known)


def test_a_period_that_the_table_does_not_have_is_no_fall_to_nothing() -> None:
    """A year asked for as a label counted 0 persons, and all of the others were explained."""
    table = Contributions.of({"period": [2009, 2010], "release": ["a", "a"]})
    with pytest.raises(MethodError, match="1 periods are written as none of the table's"):
        between_periods(table, before="2009", after=2010, same_age_on=None)
    with pytest.raises(MethodError, match="a period is missing or no year and no label"):
        between_periods(table, before=math.nan, after=2010, same_age_on=None)  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="a large case begins at 1 person"):
        between_periods(
            table,
            before=2009,
            after=2010,
            same_age_on=None,
            large_case=math.nan,  # type: ignore[arg-type]
        )
    two = Contributions.of({"period": [2009, 2009], "release": ["a", "b"]})
    with pytest.raises(MethodError, match="neither release has a row of this period"):
        between_releases(two, earlier="a", later="b", period=2008, closed_on=None)
    assert between_releases(two, earlier="a", later="b", period=2009, closed_on=pd.NaT).change == 0  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="a day is no date"):
        between_releases(two, earlier="a", later="b", period=2009, closed_on=3)  # type: ignore[arg-type]
