"""Small worlds counted by hand: shares, waits, ties, and what may be shown of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.values import SUPPRESSED, interval, number
from analysis.study.partner import holding, shares, spells
from analysis.study.partner.eras import Eras
from analysis.study.partner.frames import Frames
from analysis.study.partner.referred import Referred, figures, referred
from analysis.study.partner.small import Group, merged, of_parts, part, whole

ERAS = Eras(date(2003, 1, 1), date(2007, 7, 1), date(2010, 12, 31))
DAY = pd.Timestamp


def _frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    names = columns.split()
    found = pd.DataFrame(rows, columns=names)
    for name in names:
        if name.endswith("_on"):
            found[name] = pd.to_datetime(found[name])
        if name in ("accepted", "granted", "prepared"):
            found[name] = found[name].astype("boolean")
    return found


@pytest.fixture
def frames() -> Frames:
    """Four persons: a and b before the centre, c and d after; d is presumed only."""
    return Frames(
        persons=_frame(
            "pseudonym sex citizenship child presumed_on identified_on",
            ("a", "female", "NPL", False, "2005-01-01", "2005-02-01"),
            ("b", "male", "NPL", False, None, "2006-02-01"),
            ("c", "female", "NPL", True, "2008-01-01", "2008-02-01"),
            ("d", "female", "NPL", False, "2008-01-01", None),
        ),
        services=_frame(
            "pseudonym organisation service offered_on accepted started_on ended_on outcome",
            ("a", "x", "shelter", "2005-02-11", True, "2005-02-21", "2005-05-01", "completed"),
            ("a", "y", "shelter", "2005-03-01", False, None, None, None),
            ("c", "x", "health", "2008-02-03", True, "2008-02-04", None, "ongoing"),
            ("d", "x", "health", "2008-02-03", True, "2008-02-04", None, "ongoing"),
        ),
        rights=_frame(
            "pseudonym organisation right decided_on granted accepted end",
            ("a", "z", "reflection_period", "2005-02-10", True, True, "kept"),
            ("b", "z", "reflection_period", "2006-02-10", True, True, "left_early"),
            ("c", "z", "reflection_period", "2008-02-10", False, None, None),
        ),
        returns=_frame(
            "pseudonym organisation prepared returned_on followed_up_on outcome",
            ("b", "x", True, "2006-02-11", "2006-08-01", "trafficked_again"),
        ),
        referrals=_frame(
            "pseudonym organisation to_organisation referred_on answer answered_on",
            ("a", "x", "y", "2005-02-12", "accepted", "2005-02-14"),
            ("b", "x", "y", "2006-02-12", "accepted", "2006-02-14"),
            ("c", "y", "x", "2008-01-05", "waiting", None),
        ),
        assessments=_frame("pseudonym organisation status decided_on"),
        as_of=date(2010, 12, 31),
    )


def test_shares_are_those_of_a_count_by_hand(frames: Frames) -> None:
    """Each share once more, from the rows above."""
    found = {name: ask(frames, ERAS) for name, ask in shares.ALL.items()}
    assert found["helped"] == shares.Shares((1, 2), (1, 1))
    assert found["reflection_kept"] == shares.Shares((1, 2), (0, 0))
    assert found["prepared"] == shares.Shares((1, 1), (0, 0))
    assert found["accepted"] == shares.Shares((2, 2), (0, 1))
    # y offered a shelter after the referral of a, and never reports b.
    assert found["dead_ends"] == shares.Shares((1, 2), (1, 1))
    assert found["duplicated"] == shares.Shares((1, 1), (0, 2))


def test_stages_of_a_course_only_shrink(frames: Frames) -> None:
    """Whoever got help without having been identified is not carried on."""
    found = shares.funnel(frames, ERAS)
    assert found["before"] == (2, 2, 1, 1, 1, 1)
    assert found["after"] == (2, 1, 1, 1, 1, 0)


def test_waits_end_with_help_or_with_leaving(frames: Frames) -> None:
    """B left after ten days without help: still waiting would be wrong, and so would never."""
    before = spells.first_help(frames, ERAS)["before"]
    assert sorted(zip(before.days, before.cause, strict=True)) == [(10.0, 2), (20.0, 1)]


def test_what_came_before_identification_came_at_once(frames: Frames) -> None:
    """Help that began earlier is no negative wait."""
    frames.services.loc[0, "started_on"] = DAY("2004-01-01")
    assert 0.0 in spells.wait_for("shelter")(frames, ERAS)["before"].days


def test_trafficked_again_is_known_from_following_up(frames: Frames) -> None:
    """From identification to the day on which somebody learned of it."""
    found = spells.trafficked_again(frames, ERAS)["before"]
    assert (181.0, 1) in list(zip(found.days, found.cause, strict=True))


def test_a_curve_of_few_is_refused_and_one_of_many_ends_early() -> None:
    """Ten persons may be drawn, nine may not; and the last four are not followed."""
    days = np.arange(1.0, 41.0)
    many = spells.Spells(days, np.ones(40, np.int64))
    drawn = spells.curve(many, 1, "after", smallest=5, last=180)
    assert drawn.days == (0, 30)
    assert drawn.share == pytest.approx((0.0, 0.75))
    few = spells.Spells(days[:9], np.ones(9, np.int64))
    assert spells.curve(few, 1, "after", smallest=5, last=180).refused is not None
    rare = spells.Spells(days, (np.arange(40) < 4).astype(np.int64))
    assert spells.curve(rare, 1, "after", smallest=5, last=180).refused is not None


def test_bodies_that_refer_nobody_keep_their_place(frames: Frames) -> None:
    """Leaving them out raises the density."""
    found = referred(frames, ERAS, ("x", "y", "z"))
    assert found["before"].counts.tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 0]]
    assert figures(found["before"]).density == pytest.approx(1 / 6)
    assert figures(Referred(("x", "y", "z"), np.zeros((3, 3), np.int64))).reciprocity is None


def test_what_lies_beside_a_total_is_hidden_with_it() -> None:
    """3 of 37 and 34 of 37 tell the same three persons."""
    assert part(3, 37, 5) == interval(0, 4)
    assert part(34, 37, 5) == interval(33, 37)
    assert part(20, 37, 5) == number(20)
    assert part(3, 4, 5) == SUPPRESSED
    assert whole(4, 5) == interval(0, 4)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=4))
def test_no_hidden_count_follows_by_subtraction(sizes: list[tuple[int, int]]) -> None:
    """Whoever subtracts the shown parts from the shown whole is left with a span as wide."""
    counted = [(min(pair), max(pair)) for pair in sizes]
    groups = merged([Group((str(n),), one) for n, one in enumerate(counted)], 5)
    parts = [group.counted for group in groups]
    total = (sum(one[0] for one in counted), sum(one[1] for one in counted))
    shown = of_parts(total, parts, 5)
    values = [part(*one, 5) for one in parts]
    if not shown.known or len(values) < 2:
        return
    for place, hidden in enumerate(values):
        if hidden.exact:
            continue
        rest = [one for other, one in enumerate(values) if other != place]
        low = shown.bounds[0] - sum(one.bounds[1] for one in rest)
        high = shown.bounds[1] - sum(one.bounds[0] for one in rest)
        assert low <= hidden.bounds[0]
        assert high >= hidden.bounds[1]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), st.integers(5, 10))
def test_merging_loses_nobody(sizes: list[int], smallest: int) -> None:
    """A group that is dropped is a group that is forgotten."""
    groups = [Group((str(n),), (size // 2, size)) for n, size in enumerate(sizes)]
    found = merged(groups, smallest)
    assert sum(one.counted[1] for one in found) == sum(sizes)
    assert len(found) <= 1 or all(one.counted[1] >= smallest for one in found)


def test_a_small_count_in_a_picture_is_caught() -> None:
    """The check must fail where a two is printed."""
    assert holding.hides_small((number(0), number(5), interval(0, 4)), 5)
    assert not holding.hides_small([number(2)], 5)
    assert not holding.hides_small([interval(2, 3)], 5)


def test_the_centre_cuts_the_years_or_else_the_plan_does() -> None:
    """A day belongs to one side, and a day that is not known to neither."""
    days = pd.to_datetime(pd.Series(["2007-06-30", "2007-07-01", None, "2011-01-01"]))
    assert ERAS.within(days, "before").tolist() == [True, False, False, False]
    assert ERAS.within(days, "after").tolist() == [False, True, False, False]
