"""Give-backs under attack: nobody learns another sender's small count, whatever is put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.intake.receipts import Tally, drawn, safe
from analysis.intake.receipts.benchmark import LEFT

SMALL = 5
"""Below so many persons a count can point at somebody."""

BODIES = ("a", "b", "c", "d", "e", "f", "g")


def _shares(total: int, senders: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share a total among so many senders with at least one each."""
    for cuts in combinations_with_replacement(range(1, total + 1), senders - 1):
        last = total - sum(cuts)
        if last >= (cuts[-1] if cuts else 1):
            yield (*cuts, last)


@pytest.mark.parametrize("senders", [4, 5, 6])
def test_who_knows_the_rule_and_the_exact_total_rules_out_none_of_one_to_five(
    senders: int,
) -> None:
    """A total that only large, or only small, counts allow would tell by the rule itself.

    Every way to share each total is tried.
    """
    told = 0
    for total in range(4, 31):
        possible = {one for each in _shares(total, senders) if safe(each) for one in each}
        if possible:
            told += 1
            assert set(range(1, SMALL + 1)) <= possible, total
    assert told >= 15


def test_the_least_total_is_the_least_for_which_that_holds() -> None:
    """With 14 persons at four senders, everyone would know that none has five."""
    possible = {
        one
        for each in _shares(14, 4)
        if min(sum(each) - max(each), 10) == 10 and max(each) * 2 <= sum(each) - min(each)
        for one in each
    }
    assert max(possible) < SMALL


# Linear attack: own figures, a helper's figures, and all sheets of all half-years --------------


def _interval(
    rows: Sequence[npt.NDArray[np.float64]], low: Sequence[float], high: Sequence[float], cell: int
) -> tuple[float, float]:
    """Return the least and greatest value of one unknown that all sheets allow."""
    unknowns = len(rows[0])
    system = np.vstack([*rows, *(-row for row in rows)])
    bounds = np.concatenate([high, [-one for one in low]])
    aim = np.zeros(unknowns)
    aim[cell] = 1
    least, most = (
        linprog(sign * aim, A_ub=system, b_ub=bounds, bounds=(0, None), method="highs")
        for sign in (1, -1)
    )
    # Without an end, nothing bounds it from above.
    return float(least.fun or 0), 1e9 if most.fun is None else -float(most.fun)


def _attack(
    counts: npt.NDArray[np.int64], knowing: Sequence[int]
) -> list[tuple[int, float, float]]:
    """Return (true count, low, high) of every cell of a body that the attackers are not.

    ``counts``: half-years by bodies. The attackers know their own figures of all half-years
    and put all their sheets together. They are given the exact totals, which no sheet shows.
    """
    halves, bodies = counts.shape
    rows, low, high = [], [], []

    def known(half: int, who: Sequence[int], value: float, width: float) -> None:
        row = np.zeros(halves * bodies)
        row[[half * bodies + one for one in who]] = 1
        rows.append(row)
        low.append(value - width)
        high.append(value + width)

    for half in range(halves):
        for one in knowing:
            known(half, [one], float(counts[half, one]), 0)
            others = [other for other in range(bodies) if other != one]
            exact = counts[half, others]
            if _told(counts[half], one) is not None:
                known(half, others, float(exact.sum()), 0)
    cells = [half * bodies + one for half in range(halves) for one in range(bodies)
             if one not in knowing]  # fmt: skip
    flat = counts.ravel()
    return [(int(flat[cell]), *_interval(rows, low, high, cell)) for cell in cells] if rows else []


def _told(counts: npt.NDArray[np.int64], body: int) -> float | None:
    """Return what the sheet of one body says of the others, as it is really drawn."""
    tallies = {name: Tally(int(count)) for name, count in zip(BODIES, counts, strict=False)}
    sheet = drawn({"persons": tallies}, BODIES, "2008H1", date(2008, 9, 1)).figures[BODIES[body]]
    return sheet.get("persons")


TABLES = st.integers(5, 7).flatmap(
    lambda bodies: st.lists(
        st.lists(st.integers(0, 14), min_size=bodies, max_size=bodies), min_size=1, max_size=3
    )
)


@given(TABLES)
@settings(max_examples=60)
def test_no_small_count_follows_from_ones_own_figures_and_sheets(table: list[list[int]]) -> None:
    """What a sheet allows for another's small count must reach from nought to five or beyond."""
    counts = np.array(table)
    for true, low, high in _attack(counts, knowing=[0]):
        assert true >= SMALL or (low <= 1e-6 and high >= SMALL - 1e-6)


@given(TABLES)
@settings(max_examples=60)
def test_nor_from_the_figures_and_sheets_of_two_who_put_them_together(
    table: list[list[int]],
) -> None:
    """Outreach workers of two houses talk; neither may learn of a third by that."""
    counts = np.array(table)
    for true, low, high in _attack(counts, knowing=[0, 1]):
        assert true >= SMALL or (low <= 1e-6 and high >= SMALL - 1e-6)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=5, max_size=7))
@settings(max_examples=60)
def test_a_share_beside_its_whole_gives_away_no_small_part(pairs: list[tuple[int, int]]) -> None:
    """Part and rest stand in one equation with the whole: each of the three must hold."""
    parts, rests = (np.array(one) for one in zip(*pairs, strict=True))
    tallies = {
        name: Tally(int(part + rest), int(part))
        for name, part, rest in zip(BODIES, parts, rests, strict=False)
    }
    sheet = drawn({"accepted": tallies}, BODIES, "2008H1", date(2008, 9, 1)).figures["a"]
    if "accepted" not in sheet:
        return
    bodies = len(pairs)
    rows, values = [], []
    for family, counts in enumerate((parts, rests)):
        row = np.zeros(2 * bodies)
        row[family * bodies + 1 : (family + 1) * bodies] = 1
        rows.append(row)
        values.append(float(counts[1:].sum()))
    for cell, true in enumerate((*parts, *rests)):
        if cell % bodies and true < SMALL:
            low, high = _interval(rows, values, values, cell)
            assert low <= 1e-6
            assert high >= SMALL - 1e-6


def test_the_attack_finds_what_a_weaker_rule_would_give_away() -> None:
    """An attack that never succeeds would prove nothing: with two others it does."""
    row = np.array([0.0, 1.0, 1.0])
    own = np.array([1.0, 0.0, 0.0])
    helper = np.array([0.0, 1.0, 0.0])
    low, high = _interval([row, own, helper], [9, 4, 7], [9, 4, 7], cell=2)
    assert (low, high) == pytest.approx((2, 2))
    assert LEFT == 3


def test_a_late_file_moves_no_figure_that_was_told() -> None:
    """Two sheets for one half-year, before and after a late file, would differ by that file.

    So the figures are drawn for all at once and kept: whichever sheet is printed, and
    whenever, it is taken from the one drawing (see `flow.receipts`).
    """
    tallies = {name: Tally(count) for name, count in zip("abcde", (9, 9, 9, 9, 9), strict=True)}
    late = {**tallies, "f": Tally(3)}
    before = drawn({"persons": tallies}, "abcdef", "2008H1", date(2008, 9, 1)).figures["a"]
    after = drawn({"persons": late}, "abcdef", "2008H1", date(2008, 9, 2)).figures["a"]
    assert before["persons"] != after["persons"]  # which is why the store keeps the first
