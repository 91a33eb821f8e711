"""Survival curves and restricted means: against R and Freireich, their identities, their edges."""

import csv
import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.survival import (
    SurvivalCurve,
    cox,
    cumulative_incidence,
    incidence_at,
    kaplan_meier,
    log_rank,
    quantile,
    restricted_mean,
    restricted_mean_difference,
    risk_table,
    survival_at,
)

FOLDER = Path(__file__).parents[1] / "reference" / "km_freireich_6mp"
CHECKS = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["checks"]

days = st.integers(0, 40)


def rows(name: str) -> list[dict[str, str]]:
    """One of the tables of the folder."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def delayed() -> dict[str, list[Any]]:
    """The 40 invented spells with delayed entry that R was run on."""
    table = rows("delayed_entry.csv")
    numbers = {name: [float(row[name]) for row in table] for name in ("entry", "time", "x")}
    status = [int(row["status"]) for row in table]
    return {
        **numbers,
        "status": status,
        "one": [int(value == 1) for value in status],
        "g": [row["g"] for row in table],
        "s": [row["s"] for row in table],
    }


@cache
def freireich() -> tuple[list[float], list[int], list[str]]:
    """Days in remission, relapse seen, treatment."""
    table = rows("data.csv")
    return (
        [float(row["time"]) for row in table],
        [int(row["cens"]) for row in table],
        [row["treat"] for row in table],
    )


@cache
def remission(arm: str) -> SurvivalCurve:
    """The curve of one arm."""
    times, seen, arms = freireich()
    mine = [i for i, name in enumerate(arms) if name == arm]
    return kaplan_meier([times[i] for i in mine], [seen[i] for i in mine])


def found(quantity: str) -> float | None:
    """What our methods give for a quantity of expected.json."""
    times, seen, arms = freireich()
    curves = remission("6-MP"), remission("control")
    if match := re.fullmatch(r"(km|loglog)\[(\d+)\]\.(\w+)", quantity):
        steps = [(curve, step) for curve in curves for step in range(len(curve.times))]
        curve, step = steps[int(match[2])]
        field = {"time": "times", "risk": "at_risk", "ev": "events", "surv": "survival",
                 "se": "error", "lo": "low", "hi": "high"}[match[3]]  # fmt: skip
        value: float | None = getattr(curve, field)[step]
        return value
    if match := re.fullmatch(r"S6MP\((\d+)\)", quantity):
        return survival_at(curves[0], [int(match[1])])[0].value
    if match := re.fullmatch(r"Cox b \((\w+)\)|cox_(\w+)\.(b|se)", quantity):
        ties: Any = (match[1] or match[2]).lower()
        control = [float(arm == "control") for arm in arms]
        only = cox(times, seen, {"control": control}, ties=ties).coefficients[0]
        return only.error if match[3] == "se" else only.log_ratio
    test, peto = log_rank(times, seen, arms), log_rank(times, seen, arms, weighting="survival")
    return {
        "log-rank chi2": test.chi_square,
        "logrank_chi2": test.chi_square,
        "logrank_p": test.p,
        "peto_rho1_chi2": peto.chi_square,
        "median control": quantile(curves[1]).value,
        "median 6-MP": quantile(curves[0]).value,
        "median[0]": quantile(curves[0]).value,
        "median[1]": quantile(curves[1]).value,
        "expected[0]": test.groups[0].expected,
        "expected[1]": test.groups[1].expected,
        "observed[0]": test.groups[0].observed,
        "observed[1]": test.groups[1].observed,
        "total_time[0]": curves[0].total_time,
        "total_time[1]": curves[1].total_time,
    }[quantity]


@st.composite
def spells(draw: st.DrawFn, fewest: int = 4) -> tuple[list[int], list[int]]:
    """Up to 30 spells on whole days, ties and day 0 among them, at least one event."""
    ends = draw(st.lists(days, min_size=fewest, max_size=30))
    seen = draw(st.lists(st.integers(0, 1), min_size=len(ends), max_size=len(ends)))
    seen[draw(st.integers(0, len(ends) - 1))] = 1
    return ends, seen


# Reference


@pytest.mark.parametrize("check", CHECKS, ids=[check["quantity"] for check in CHECKS])
def test_freireich_leukaemia_trial(check: dict[str, Any]) -> None:
    """Published by Freireich (1963) and Gehan (1965), the rest by R: see SOURCE.md."""
    assert found(check["quantity"]) == pytest.approx(check["value"], abs=check["abs_tol"], rel=0)


def test_limits_of_the_medians_match_r() -> None:
    """R: survfit(conf.type="log-log"); the treated arm's upper limit is never reached."""
    treated, control = quantile(remission("6-MP")), quantile(remission("control"))
    assert (treated.low, treated.high) == (13, math.inf)
    assert (control.low, control.high) == (4, 11)


def test_restricted_means_match_r() -> None:
    """R: summary(survfit, rmean=20), in delayed_entry.R."""
    treated = restricted_mean(remission("6-MP"), until=20)
    control = restricted_mean(remission("control"), until=20)
    assert (treated.days.value, treated.error) == pytest.approx(
        (16.11652661064, 1.25156019601), rel=1e-10
    )
    assert (control.days.value, control.error) == pytest.approx(
        (8.42857142857, 1.26808268250), rel=1e-10
    )
    change = restricted_mean_difference(remission("control"), remission("6-MP"), until=20)
    # survRM2's formula: independent arms, the normal law.
    error = math.hypot(1.25156019601, 1.26808268250)
    assert change.days.value == pytest.approx(16.11652661064 - 8.42857142857, rel=1e-10)
    assert change.error == pytest.approx(error, rel=1e-10)
    assert change.days.high - change.days.value == pytest.approx(1.959963985 * error, rel=1e-8)
    assert change.p == pytest.approx(math.erfc(change.days.value / error / math.sqrt(2)), rel=1e-8)


def test_a_curve_with_delayed_entry_matches_r() -> None:
    """R: survfit(Surv(entry, time, one)); who enters on a day is at risk from the next."""
    data = delayed()
    curve = kaplan_meier(data["time"], data["one"], entry=data["entry"])
    assert curve.times == (6, 11, 30, 33, 53, 56, 74, 75, 79, 80, 81, 111, 127, 160, 171)
    assert curve.at_risk == (15, 16, 21, 22, 20, 23, 18, 17, 14, 13, 12, 8, 5, 3, 3)
    assert curve.survival[-1] == pytest.approx(0.14957953, abs=1e-8)
    assert curve.error[-1] == pytest.approx(0.100126518, abs=1e-9)
    assert (curve.low[3], curve.high[3]) == pytest.approx((0.508984196, 0.89213798), abs=1e-8)
    middle = quantile(curve)
    assert (middle.value, middle.low, middle.high) == (81, 53, 160)


def test_incidence_with_competing_causes_and_delayed_entry_matches_r() -> None:
    """R: survfit on a factor status (Aalen-Johansen), in delayed_entry.R."""
    data = delayed()
    first, second = cumulative_incidence(data["time"], data["status"], entry=data["entry"])
    assert (first.times[0], first.times[-1]) == (6, 171)
    assert first.incidence[2:5] == pytest.approx(
        (0.1585565476190, 0.2261972402597, 0.2600175865801), rel=1e-11
    )
    assert first.incidence[-1] == pytest.approx(0.6696372626196, rel=1e-11)
    assert second.times == (10, 24, 58, 67, 89, 103)
    assert second.incidence == pytest.approx(
        (0.0583333333333, 0.0973958333333, 0.1266647872917, 0.1591858472455, 0.1942879437035,
         0.2332902731014), rel=1e-10,
    )  # fmt: skip


def test_errors_of_incidence_match_the_printed_formula() -> None:
    """Marubini & Valsecchi (1995), formula of the delta method, written out term by term."""
    data = delayed()
    for curve in cumulative_incidence(data["time"], data["status"], entry=data["entry"]):
        for step, day in enumerate(curve.times):
            assert curve.error[step] ** 2 == pytest.approx(
                printed_variance(curve.cause, day), rel=1e-9
            )


def printed_variance(cause: int, until: float) -> float:
    """Three sums over the days with an event of any cause."""
    data, still, ended, terms = delayed(), 1.0, 0.0, []
    every = list(zip(data["entry"], data["time"], data["status"], strict=True))
    for day in sorted({time for _, time, status in every if status and time <= until}):
        n = sum((entry < day or entry == 0) and time >= day for entry, time, _ in every)
        d = sum(time == day and status > 0 for _, time, status in every)
        k = sum(time == day and status == cause for _, time, status in every)
        ended += still * k / n
        terms.append((ended, still, n, d, k))
        still *= 1 - d / n
    return math.fsum(
        (ended - then) ** 2 * d / (n * (n - d))
        + before**2 * k * (n - k) / n**3
        - 2 * (ended - then) * before * k / n**2
        for then, before, n, d, k in terms
    )


# Properties


@given(spells())
def test_without_open_spells_the_curve_is_the_share_left(data: tuple[list[int], list[int]]) -> None:
    """Kaplan-Meier may only differ from counting where something was not seen."""
    ends, _ = data
    curve = kaplan_meier(ends, [1] * len(ends))
    for day, share, error in zip(curve.times, curve.survival, curve.error, strict=True):
        left = sum(end > day for end in ends) / len(ends)
        assert share == pytest.approx(left, abs=1e-12)
        if error is not None:
            assert error == pytest.approx(math.sqrt(left * (1 - left) / len(ends)), rel=1e-9)


@given(spells())
def test_a_curve_falls_inside_its_limits(data: tuple[list[int], list[int]]) -> None:
    """A share that rises, leaves 0-1 or its own limits would be nonsense on a figure."""
    curve = kaplan_meier(*data)
    before = 1.0
    for low, share, high in zip(curve.low, curve.survival, curve.high, strict=True):
        assert 0 <= low <= share <= high <= 1
        assert share <= before
        before = share


@given(spells())
def test_one_cause_alone_is_one_minus_kaplan_meier(data: tuple[list[int], list[int]]) -> None:
    """With no competing cause both methods must agree, errors included."""
    curve, (ended,) = kaplan_meier(*data), cumulative_incidence(*data)
    assert ended.times == curve.times
    assert ended.incidence == pytest.approx([1 - share for share in curve.survival], abs=1e-12)
    for mine, greenwood in zip(ended.error, curve.error, strict=True):
        assert mine == pytest.approx(greenwood or 0.0, abs=1e-7)


@given(st.lists(st.tuples(days, st.integers(0, 3)), min_size=3, max_size=30))
def test_the_shares_of_all_causes_and_the_open_add_up_to_1(data: list[tuple[int, int]]) -> None:
    """Every spell is somewhere: one minus Kaplan-Meier per cause would add up to more."""
    ends, causes = [end for end, _ in data], [cause for _, cause in data]
    if not any(causes):
        return
    parts = cumulative_incidence(ends, causes)
    whole = kaplan_meier(ends, [int(cause > 0) for cause in causes])
    last = whole.times[-1]
    total = sum(incidence_at(part, [last])[0].value for part in parts)
    assert total + whole.survival[-1] == pytest.approx(1, abs=1e-9)


@given(spells(), st.integers(1, 40))
def test_a_restricted_mean_is_the_mean_of_cut_times(
    data: tuple[list[int], list[int]], until: int
) -> None:
    """With nothing open, the area under the curve is simply the mean of min(time, until)."""
    ends = data[0]
    cut = np.minimum(ends, until)
    # Events on the horizon itself leave no area to their right, hence no error.
    if np.ptp(cut) == 0 or max(ends) < until:
        return
    mean = restricted_mean(kaplan_meier(ends, [1] * len(ends)), until=until)
    assert mean.days.value == pytest.approx(cut.mean(), rel=1e-12)
    assert mean.error == pytest.approx(cut.std() / math.sqrt(len(cut)), rel=1e-6)


@given(spells(), st.integers(2, 9))
def test_the_unit_of_time_changes_nothing_but_the_days(
    data: tuple[list[int], list[int]], factor: int
) -> None:
    """Weeks or days: the shares must be the same."""
    ends, seen = data
    one, other = kaplan_meier(ends, seen), kaplan_meier([factor * end for end in ends], seen)
    assert one.survival == other.survival
    assert quantile(one).value * factor == quantile(other).value


@settings(max_examples=30)
@given(spells(), st.lists(st.integers(0, 40), min_size=30, max_size=30))
def test_splitting_a_spell_in_two_changes_no_curve(
    data: tuple[list[int], list[int]], cuts: list[int]
) -> None:
    """Someone watched in two stretches is the same person: what delayed entry must keep."""
    ends, seen = data
    times: list[int] = []
    events: list[int] = []
    entry: list[int] = []
    for end, event, cut in zip(ends, seen, cuts, strict=False):
        if 0 < cut < end:
            times, events, entry = [*times, cut], [*events, 0], [*entry, 0]
            times, events, entry = [*times, end], [*events, event], [*entry, cut]
        else:
            times, events, entry = [*times, end], [*events, event], [*entry, 0]
    whole, split = kaplan_meier(ends, seen), kaplan_meier(times, events, entry=entry)
    assert split.at_risk == whole.at_risk
    assert split.survival == whole.survival
    assert split.total_time == whole.total_time


# Edges


def test_events_on_the_first_day_count_among_all() -> None:
    """Support given on the day of identification is day 0, not a mistake to drop."""
    curve = kaplan_meier([0, 0, 5, 9], [1, 1, 1, 0])
    assert (curve.times[0], curve.at_risk[0], curve.survival[0]) == (0, 4, 0.5)
    late = kaplan_meier([0, 0, 5, 9], [1, 1, 1, 0], entry=[0, 0, 0, 0])
    assert late.survival == curve.survival


def test_an_event_and_an_end_of_watching_on_one_day_are_taken_in_that_order() -> None:
    """The censored was still at risk when the event came (R's rule)."""
    assert kaplan_meier([7, 7], [1, 0]).at_risk == (2,)


def test_where_all_are_gone_the_limits_stay_open_upwards() -> None:
    """R prints NA; nothing left of three is no proof that nobody ever would be."""
    curve = kaplan_meier([1, 2, 3], [1, 1, 1])
    assert curve.survival[-1] == 0
    assert curve.error[-1] is None
    assert (curve.low[-1], curve.high[-1]) == (0, curve.high[-2])
    at_once = kaplan_meier([2, 2, 2], [1, 1, 1])
    assert at_once.high[0] == pytest.approx(1 - 0.025 ** (1 / 3))


def test_before_the_first_event_the_lower_limit_is_that_of_none_among_so_many() -> None:
    """A curve at 1 with limits 1 to 1 (as R prints) claims to know what it does not."""
    early = survival_at(kaplan_meier([4, 6, 7], [1, 1, 0]), [3])[0]
    assert (early.value, early.high) == (1, 1)
    assert early.low == pytest.approx(0.025 ** (1 / 3))


def test_days_that_nobody_watched_leave_everything_open() -> None:
    """All enter after day 5: of the first days nothing at all is known."""
    curve = kaplan_meier([9, 12, 14], [1, 1, 0], entry=[5, 5, 6])
    assert curve.fewest_before == 0
    assert survival_at(curve, [2])[0].low == 0


def test_a_level_stretch_at_one_half_gives_its_middle() -> None:
    """R's rule for the median; taking the first day would lean to the left."""
    assert quantile(kaplan_meier([1, 2, 5, 6], [1, 1, 1, 1])).value == 3.5


def test_a_median_that_is_not_reached_is_infinite() -> None:
    """Printed as "not reached", never as the longest time seen."""
    assert quantile(kaplan_meier([1, 5, 5, 5], [1, 0, 0, 0])).value == math.inf


def test_numbers_at_risk_count_those_still_to_enter() -> None:
    """The row of numbers under a curve must say why it grows."""
    table = risk_table([4, 9, 12], [1, 0, 1], [0, 5, 12], entry=[0, 3, 6])
    assert [(row.at_risk, row.not_entered) for row in table] == [(1, 2), (1, 1), (1, 0)]
    assert [(row.events_before, row.open_before) for row in table] == [(0, 0), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kaplan_meier([1, 2], [0, 0]), "none of the 2 spells ends by an event"),
        (lambda: kaplan_meier([], []), "0 of at least 1 values"),
        (lambda: kaplan_meier([-1, 2], [1, 0]), "1 of 2 spells have a negative time"),
        (lambda: kaplan_meier([1, 2], [1, 2]), "1 of 2 spells are neither observed"),
        (lambda: kaplan_meier([1, math.nan], [1, 0]), "1 of 2 values of times are missing"),
        (lambda: kaplan_meier([1, 2], [1]), "events has 1 values beside 2"),
        (lambda: kaplan_meier([1, 2], [1, 0.5]), "negative or not whole"),
        (lambda: kaplan_meier([1, 2], [1, 0], level=95), "between 0 and 1"),
        (lambda: kaplan_meier([3, 4], [1, 0], entry=[3, 0]), "1 of 2 spells end before watching"),
        (lambda: kaplan_meier([3, 4], [1, 0], entry=[-1, 0]), "1 of 2 spells enter before day 0"),
        (lambda: kaplan_meier([2, 9, 9], [1, 1, 0], entry=[0, 4, 4]), "2 of 3 spells are watched"),
        (
            lambda: cumulative_incidence([2, 9, 9], [1, 2, 0], entry=[0, 4, 4]),
            "2 of 3 spells are watched",
        ),
        (lambda: survival_at(kaplan_meier([1, 2], [1, 0]), [3]), "after the last day"),
        (lambda: survival_at(kaplan_meier([1, 2], [1, 0]), [-1]), "1 of 1 days are negative"),
        (lambda: incidence_at(cumulative_incidence([1, 2], [1, 0])[0], [3]), "after the last day"),
        (lambda: quantile(kaplan_meier([1, 2], [1, 0]), 50), "no share between 0 and 1"),
        (lambda: restricted_mean(kaplan_meier([1, 2], [1, 0]), until=3), "after the last day"),
        (lambda: restricted_mean(kaplan_meier([1, 2], [1, 0]), until=0), "no number above 0"),
        (lambda: restricted_mean(kaplan_meier([4, 6], [1, 0]), until=3), "leave no error"),
        (lambda: restricted_mean(kaplan_meier([2, 2], [1, 1]), until=3), "leave no error"),
        (
            lambda: restricted_mean_difference(
                kaplan_meier([1, 2], [1, 0]), kaplan_meier([1, 2], [1, 0], level=0.9), until=2
            ),
            "different confidence levels",
        ),
    ],
)
def test_refuses_what_allows_no_honest_curve(call: Any, said: str) -> None:
    """Each would otherwise print a number that means nothing."""
    with pytest.raises(MethodError, match=said):
        call()
