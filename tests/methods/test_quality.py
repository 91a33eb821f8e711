"""quality: against R and statsmodels, against its own symmetries, at its edges."""

import csv
import json
import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, t

from analysis.errors import MethodError
from analysis.methods.counts import Count, Yearly
from analysis.methods.quality import (
    MissingField,
    Submission,
    agreement,
    fields,
    lead,
    outliers,
    ratio_to_prior,
    reported,
    score,
    submissions,
    sums,
    timeliness,
)
from analysis.methods.rates import rate_ratio

EXAMPLE = Path(__file__).parents[1] / "reference" / "dqr_outliers"
DAY = date(2009, 3, 1)


# Reference


def test_the_twelve_months_match_r() -> None:
    """R 4.2.2 with mad(): the spike hides from the ordinary rule, and not from the MAD."""
    with (EXAMPLE / "data.csv").open() as file:
        counts = [int(row["count"]) for row in csv.DictReader(file)]
    found, ratios = outliers(counts), ratio_to_prior(counts, prior=3)
    assert found.modified_z is not None
    assert found.z is not None
    computed: dict[str, float] = {
        "n_mod_gt_3.5": len(found.flagged),
        "n_z_gt_3": len(found.z_beyond_3),
        "n_z_2_3": len(found.z_2_to_3),
        "ratio_last_to_mean_prior3": ratios.ratios[-1].high,
        "completeness": reported(counts, zero="not reported").overall.share,
    }
    computed |= {f"z[{place}]": z for place, z in enumerate(found.z)}
    computed |= {f"modified_z[{place}]": z for place, z in enumerate(found.modified_z)}
    checks = json.loads((EXAMPLE / "expected.json").read_text())["checks"]
    assert len(checks) == 29
    for check in checks:
        assert computed[check["quantity"]] == pytest.approx(
            check["value"], abs=check["abs_tol"], rel=0
        ), check["quantity"]
    assert found.flagged == (6, 10)
    assert ratios.ratios[-1].low == ratios.ratios[-1].high


def test_poisson_residuals_match_statsmodels() -> None:
    """Reference: resid_deviance of a Poisson regression on a constant; MAD is 0 here."""
    counts = np.array([0, 0, 1, 0, 0, 0, 9, 0, 1, 0, 0])
    fitted = sm.GLM(counts, np.ones(len(counts)), family=sm.families.Poisson()).fit(tol=1e-14)
    found = outliers(counts)
    assert (found.modified_z, found.basis) == (None, "Poisson residual")
    assert found.residual == pytest.approx(tuple(fitted.resid_deviance), abs=1e-9)
    assert found.flagged == (6,)


def test_limits_of_agreement_follow_bland_and_altman() -> None:
    """Their formulas written out, on log ratios; limits of the limits as in their 1999 paper."""
    ours, theirs = [17, 28, 50, 60, 77], [20, 27, 61, 60, 70]
    found = agreement(ours, theirs)
    logs = np.log(np.array(theirs) / np.array(ours))
    mean, spread, z, q = logs.mean(), logs.std(ddof=1), norm.ppf(0.975), t.ppf(0.975, 4)
    assert found.limits is not None
    assert found.mean_ratio is not None
    assert (found.limits.low, found.limits.high) == pytest.approx(
        (math.exp(mean - z * spread), math.exp(mean + z * spread)), rel=1e-12
    )
    reach = q * spread / math.sqrt(5)
    assert (found.mean_ratio.low, found.mean_ratio.high) == pytest.approx(
        (math.exp(mean - reach), math.exp(mean + reach)), rel=1e-12
    )
    outer = q * spread * math.sqrt(1 / 5 + z**2 / 8)
    assert found.widest_high == pytest.approx(math.exp(mean + z * spread + outer), rel=1e-12)
    assert found.widest_low == pytest.approx(math.exp(mean - z * spread - outer), rel=1e-12)
    assert found.total_ratio == pytest.approx(238 / 232)


# Completeness


def test_what_is_missing_is_named_by_sender_and_period() -> None:
    """A share alone tells nobody whom to call."""
    expected = [(who, year) for who in ("north", "south") for year in (2008, 2009)]
    found = submissions(
        expected, [("north", 2008), ("north", 2008), ("south", 2009), ("west", 2009)]
    )
    assert (found.overall.came, found.overall.expected, found.overall.share) == (2, 4, 0.5)
    assert found.missing == (Submission("north", 2009), Submission("south", 2008))
    assert found.unexpected == (Submission("west", 2009),)
    assert found.repeated == 1
    assert [(one.name, one.share) for one in found.by_sender] == [("north", 0.5), ("south", 0.5)]
    assert [(one.name, one.share) for one in found.by_period] == [(2008, 0.5), (2009, 0.5)]


@given(st.lists(st.booleans(), min_size=1, max_size=20))
def test_missing_and_come_add_up_to_expected(came: list[bool]) -> None:
    """Nothing expected may fall between the two."""
    expected = [(f"s{place % 3}", place) for place in range(len(came))]
    found = submissions(expected, [e for e, there in zip(expected, came, strict=True) if there])
    assert found.overall.came + len(found.missing) == found.overall.expected == len(came)
    assert sum(one.came for one in found.by_sender) == sum(came)
    assert sum(one.expected for one in found.by_period) == len(came)


def test_submissions_refuse_lists_that_cannot_be_counted() -> None:
    """A share of nothing is no share, and a line that stands twice counts double."""
    with pytest.raises(MethodError, match="nothing was expected"):
        submissions([], [("a", 1)])
    with pytest.raises(MethodError, match="1 of 2 expected submissions stand more than once"):
        submissions([("a", 1), ("a", 1)], [])
    with pytest.raises(MethodError, match="1 of 1 received have no sender or no period"):
        submissions([("a", 1)], [("a", math.nan)])  # type: ignore[list-item]


def test_empty_fields_are_named_with_their_submission() -> None:
    """Blank text and "unknown" fill a cell and tell nothing."""
    records = pd.DataFrame(
        {
            "who": ["a", "a", "b", "b"],
            "when": [2008, 2008, 2008, 2009],
            "age": [31, None, 25, 19],
            "sex": ["f", " ", "unknown", "f"],
        }
    )
    found = fields(records, ["age", "sex"], sender="who", period="when", unknown={"unknown"})
    assert (found.overall.came, found.overall.expected) == (5, 8)
    assert [(one.name, one.came) for one in found.by_field] == [("age", 3), ("sex", 2)]
    assert [(one.name, one.came, one.expected) for one in found.by_sender] == [
        ("a", 2, 4),
        ("b", 3, 4),
    ]
    assert [(one.name, one.came) for one in found.by_period] == [(2008, 3), (2009, 2)]
    assert found.missing == (
        MissingField("a", 2008, "age", 1, 2),
        MissingField("a", 2008, "sex", 1, 2),
        MissingField("b", 2008, "sex", 1, 1),
    )


def test_fields_refuse_records_that_do_not_say_whose_they_are() -> None:
    """What is missing could not be named."""
    records = pd.DataFrame({"who": ["a", None], "when": [1, 2], "age": [1, 2]})
    with pytest.raises(MethodError, match="1 of 2 records do not say who sent them"):
        fields(records, ["age"], sender="who", period="when")
    with pytest.raises(MethodError, match="1 columns are not in the records"):
        fields(records, ["sex"], sender="who", period="when")
    with pytest.raises(MethodError, match="0 records and 1 required"):
        fields(records[:0], ["age"], sender="who", period="when")


def test_a_zero_is_a_figure_unless_the_caller_says_otherwise() -> None:
    """No case in a year is a finding; nobody answering is a hole. Only the sender knows."""
    assert reported([3, 0, None]).missing == (2,)
    assert reported([3, 0, math.nan], zero="not reported").missing == (1, 2)
    assert reported([None, None]).overall.share == 0
    with pytest.raises(MethodError, match="there is no period"):
        reported([])
    with pytest.raises(MethodError, match="missing or infinite"):
        reported([math.inf])
    with pytest.raises(MethodError, match="zero must be"):
        reported([1], zero="maybe")  # type: ignore[arg-type]


# Timeliness


def test_what_never_came_is_late_and_not_left_out() -> None:
    """Dropping it would make the worst sender the fastest."""
    came = [DAY, DAY + timedelta(10), DAY + timedelta(40), None]
    found = timeliness([DAY] * 4, came, as_of=date(2010, 1, 1), senders=["a", "a", "b", "b"])
    assert (found.due, found.never, found.median_days, found.longest_days) == (4, 1, 25.0, 40)
    assert [(one.days, one.low, one.high) for one in found.within] == [
        (0, 0.25, 0.25),
        (30, 0.5, 0.5),
        (90, 0.75, 0.75),
    ]
    by = dict(found.by_sender)
    assert (by["a"].median_days, by["b"].median_days) == (5.0, math.inf)
    assert by["b"].within[2].low == 0.5


def test_what_may_still_come_in_time_leaves_the_share_open() -> None:
    """Five days after the due day nobody can say that thirty have passed in vain."""
    found = timeliness([DAY, DAY], [DAY, None], as_of=DAY + timedelta(5), within=(3, 5, 30))
    assert [(one.open, one.low, one.high) for one in found.within] == [
        (0, 0.5, 0.5),
        (0, 0.5, 0.5),
        (1, 0.5, 1.0),
    ]


@given(st.lists(st.integers(-20, 200) | st.none(), min_size=1, max_size=12))
def test_more_days_never_lower_the_share(delays: list[int | None]) -> None:
    """Whatever came, "within 30 days" is part of "within 90"; early is in time."""
    came = [None if d is None else DAY + timedelta(d) for d in delays]
    found = timeliness([DAY] * len(delays), came, as_of=DAY + timedelta(200), within=range(0, 201))
    shares = [one.low for one in found.within]
    assert shares == sorted(shares)
    assert shares[-1] == (found.due - found.never) / found.due


def test_days_of_pandas_are_days() -> None:
    """A column of a table holds timestamps, and NaT where nothing came."""
    due = pd.Series(pd.to_datetime(["2009-03-01", "2009-03-01"]))
    came = pd.Series(pd.to_datetime(["2009-03-11", "NaT"]))
    found = timeliness(due.tolist(), came.tolist(), as_of=date(2010, 1, 1))
    assert (found.never, found.longest_days) == (1, 10)


def test_timeliness_refuses_days_that_have_not_come() -> None:
    """A submission due tomorrow is not late today."""
    with pytest.raises(MethodError, match="1 due days and 1 arrivals lie after"):
        timeliness([DAY, DAY - timedelta(9)], [None, DAY], as_of=DAY - timedelta(1))
    with pytest.raises(MethodError, match="1 due days beside 0 others"):
        timeliness([DAY], [], as_of=DAY)
    with pytest.raises(MethodError, match="1 of 1 submissions have no due day"):
        timeliness([None], [DAY], as_of=DAY)  # type: ignore[list-item]
    with pytest.raises(MethodError, match="below 0 or not whole"):
        timeliness([DAY], [DAY], as_of=DAY, within=(-1,))


# Consistency


def test_a_ratio_of_few_events_carries_the_limits_of_chance() -> None:
    """3 after 1, 0 and 2 is three times as many, and says nothing."""
    one = ratio_to_prior([1, 0, 2, 3]).ratios[0]
    exact = rate_ratio(Count(3, 3, 3.0), Count(3, 3, 1.0))
    assert (one.low, one.high, one.limit_low, one.limit_high) == (3, 3, exact.low, exact.high)
    assert (one.outside, one.beyond_chance) == (True, False)
    big = ratio_to_prior([100, 90, 110, 300]).ratios[0]
    assert (big.outside, big.beyond_chance) == (True, True)


def test_hidden_counts_keep_both_readings() -> None:
    """Hidden as "<5" before, 12 after: three or more times as many, and flagged only if sure."""
    found = ratio_to_prior(Yearly((0, 0, 0, 12), (4, 4, 4, 12)))
    assert (found.ratios[0].low, found.ratios[0].high) == (3.0, math.inf)
    assert found.ratios[0].outside
    vague = ratio_to_prior(Yearly((10, 10, 10, 5), (10, 10, 10, 20))).ratios[0]
    assert (vague.low, vague.high, vague.outside) == (0.5, 2.0, False)


def test_periods_without_any_event_have_no_ratio_and_are_named() -> None:
    """0 after 0, 0, 0 is not "unchanged": nothing is known of a ratio."""
    found = ratio_to_prior([0, 0, 0, 0, 6])
    assert found.undefined == (3,)
    assert [one.place for one in found.ratios] == [4]


@given(st.lists(st.integers(1, 500), min_size=4, max_size=9), st.integers(2, 9))
@settings(deadline=None)
def test_ratios_do_not_depend_on_the_unit_of_counting(counts: list[int], times: int) -> None:
    """Counting in pairs of shoes or in shoes gives one ratio."""
    plain = ratio_to_prior(counts)
    other = ratio_to_prior([times * one for one in counts])
    assert [one.low for one in other.ratios] == pytest.approx([one.low for one in plain.ratios])


def test_ratio_to_prior_refuses_a_left_out_year() -> None:
    """The three years before must be the three years before."""
    with pytest.raises(MethodError, match="1 periods are left out"):
        ratio_to_prior([1, 2, 3, 4, 5], periods=[2007, 2008, 2009, 2011, 2012])
    with pytest.raises(MethodError, match="stand more than once"):
        ratio_to_prior([1, 2, 3, 4], periods=[2007, 2008, 2008, 2009])
    with pytest.raises(MethodError, match="3 periods are no more than those before"):
        ratio_to_prior([1, 2, 3])
    with pytest.raises(MethodError, match="negative or not whole"):
        ratio_to_prior([1, 2, 3, 1.5])


def test_parts_that_do_not_add_up_are_flagged_unless_a_reading_does() -> None:
    """Women and men must be all; "<5" men may be the 3 that are wanting."""
    women, men = [20, 25, 30], Yearly((0, 0, 0), (4, 4, 4))
    found = sums([women, men], [23, 31, 29])
    assert found.gap_low == (-1, 2, -5)
    assert found.gap_high == (3, 6, -1)
    assert found.failing == (1, 2)
    assert sums([women, men], [23, 31, 29], tolerance=1).failing == (1,)
    assert sums([women, men], [23, 31, 29], tolerance=2).failing == ()


def test_sums_refuse_one_part_and_unequal_lengths() -> None:
    """One part is the total; half a series hides the other half."""
    with pytest.raises(MethodError, match="1 parts, 2 are needed"):
        sums([[1]], [1])
    with pytest.raises(MethodError, match="a part has 1 values beside 2"):
        sums([[1], [1, 2]], [1, 2])


# Outliers


@given(st.lists(st.integers(0, 50), min_size=5, max_size=20), st.integers(1, 9))
def test_flags_do_not_depend_on_the_unit(counts: list[int], times: int) -> None:
    """Modified z and z are ratios of distances; only the Poisson law knows a unit."""
    if np.median(np.abs(np.array(counts) - np.median(counts))) == 0:
        return
    plain, other = outliers(counts), outliers([times * one for one in counts])
    assert plain.flagged == other.flagged
    assert other.modified_z == pytest.approx(plain.modified_z)


@given(st.lists(st.integers(0, 100), min_size=5, max_size=10))
def test_no_z_passes_the_ceiling(counts: list[int]) -> None:
    """With ten figures or fewer "z above 3" can never flag: the result says so."""
    if not any(counts):
        return
    found = outliers(counts)
    assert found.z_ceiling < 3
    assert found.z is None or max(map(abs, found.z)) <= found.z_ceiling + 1e-9
    assert found.z_beyond_3 == ()


def test_equal_counts_stray_by_nothing() -> None:
    """Five years of 4 are calm, not an error."""
    found = outliers([4, 4, 4, 4, 4])
    assert (found.z, found.residual, found.flagged) == (None, (0.0,) * 5, ())


def test_outliers_refuse_where_no_yardstick_exists() -> None:
    """Silence, four figures, and equal amounts that are no counts."""
    with pytest.raises(MethodError, match="all 6 values are 0"):
        outliers([0] * 6)
    with pytest.raises(MethodError, match="4 of at least 5"):
        outliers([1, 2, 3, 4])
    with pytest.raises(MethodError, match="they are no counts"):
        outliers([2.5, 2.5, 2.5, 2.5, 9.0])
    with pytest.raises(MethodError, match="threshold must be above 0"):
        outliers([1, 2, 3, 4, 5], threshold=0)


# Agreement


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=3, max_size=9))
def test_swapping_the_sources_inverts_every_ratio(pairs: list[tuple[int, int]]) -> None:
    """Which source we call the first must not change how well they agree."""
    one, two = zip(*pairs, strict=True)
    there, back = agreement(one, two), agreement(two, one)
    assert there.within == back.within
    assert there.limits is not None
    assert back.limits is not None
    assert there.limits.low == pytest.approx(1 / back.limits.high, rel=1e-9)
    assert there.total_ratio == pytest.approx(1 / back.total_ratio)


def test_a_ratio_at_the_tolerance_is_inside() -> None:
    """Within 10 percent holds 110 beside 100, whatever the last bit."""
    assert agreement([100, 110, 100], [110, 100, 100]).within == 1.0
    assert agreement([100, 100, 100], [111, 100, 100]).outside == (0,)


def test_events_in_one_source_only_leave_no_limits_and_are_counted() -> None:
    """Leaving those years out would show the sources to agree better than they do."""
    found = agreement([0, 0, 5, 6, 7], [0, 3, 5, 6, 7])
    assert (found.zero_in_one, found.zero_in_both, found.outside) == (1, 1, (1,))
    assert (found.limits, found.mean_ratio, found.widest_low) == (None, None, None)
    assert found.within == 0.8


def test_agreement_refuses_what_has_no_ratio() -> None:
    """A source that never saw anything cannot be compared."""
    with pytest.raises(MethodError, match="nothing but 0"):
        agreement([0, 0], [1, 2])
    with pytest.raises(MethodError, match="1 figures are below 0"):
        agreement([1, -2], [1, 2])
    with pytest.raises(MethodError, match="second source has 1 values beside 2"):
        agreement([1, 2], [1])


# Score


def test_a_score_prints_its_parts_and_what_weights_could_make_of_it() -> None:
    """A single number between 0 and 1 is what gets quoted, so it must not come alone."""
    found = score({"complete": 0.9, "in time": 0.5}, {"complete": 3, "in time": 1})
    assert str(found) == (
        "0.80 (0.50 to 0.90 by weights; complete 0.90 x 0.75, in time 0.50 x 0.25)"
    )
    assert (found.weakest, found.strongest) == ("in time", "complete")


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 5)), min_size=1, max_size=6),
)
def test_a_score_is_the_weighted_mean_inside_its_range(parts: list[tuple[float, float]]) -> None:
    """No weights can lead outside smallest and largest part."""
    values = {str(place): value for place, (value, _) in enumerate(parts)}
    weights = {str(place): weight for place, (_, weight) in enumerate(parts)}
    found = score(values, weights)
    mean = np.average(list(values.values()), weights=list(weights.values()))
    assert found.value == pytest.approx(mean, abs=1e-12)
    assert found.low <= found.value <= found.high
    assert sum(part.weight for part in found.parts) == pytest.approx(1)


def test_the_share_of_weights_by_which_a_score_leads_matches_the_formula() -> None:
    """Exact for weights drawn evenly: sum over gaps above 0 of prod d_i / (d_i - d_j)."""
    first, second = {"a": 0.9, "b": 0.4, "c": 0.5}, {"a": 0.6, "b": 0.6, "c": 0.6}
    d = [0.3, -0.2, -0.1]
    exact = d[0] ** 2 / ((d[0] - d[1]) * (d[0] - d[2]))
    found = lead(score(first), score(second), rng=3, draws=40_000)
    assert found.share == pytest.approx(exact, abs=4 * found.standard_error)
    assert found == lead(score(first), score(second), rng=3, draws=40_000)
    assert lead(score(second), score(first), rng=3, draws=40_000).share == pytest.approx(
        1 - found.share, abs=1e-12
    )


def test_a_lead_in_no_part_or_in_each_is_exact() -> None:
    """Where weights cannot matter, chance must not either."""
    low, high = score({"a": 0.1, "b": 0.2}), score({"a": 0.1, "b": 0.3})
    assert (lead(low, high, rng=1).share, lead(high, low, rng=1).share) == (0.0, 1.0)
    assert lead(low, low, rng=1).share == 0.0


def test_score_refuses_what_is_no_share_and_names_that_differ() -> None:
    """Percent among shares would rule the score."""
    with pytest.raises(MethodError, match="1 parts are no share"):
        score({"a": 90, "b": 0.5})
    with pytest.raises(MethodError, match="no weight is above 0"):
        score({"a": 0.9}, {"a": 0})
    with pytest.raises(MethodError, match="2 names stand in only one"):
        score({"a": 0.9}, {"b": 1})
    with pytest.raises(MethodError, match="different parts"):
        lead(score({"a": 0.9}), score({"b": 0.9}), rng=1)


def test_days_and_senders_that_are_none_are_refused() -> None:
    """A column of text or of holes comes out of a spreadsheet as often as one of dates."""
    with pytest.raises(MethodError, match="a day is no date"):
        timeliness([DAY], ["2009-01-01"], as_of=DAY)  # type: ignore[list-item]
    with pytest.raises(MethodError, match="no day of looking"):
        timeliness([DAY], [DAY], as_of=pd.NaT)  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="1 of 1 submissions have no sender"):
        timeliness([DAY], [DAY], as_of=DAY, senders=[pd.NA])  # type: ignore[list-item]
    assert timeliness([DAY], [pd.NaT], as_of=pd.Timestamp(DAY)).never == 1  # type: ignore[list-item]
    with pytest.raises(MethodError, match="one of those received is no pair"):
        submissions([("north", 2008)], [3])  # type: ignore[list-item]
    two = pd.DataFrame([["a", 1, 2]], columns=["who", "when", "when"])
    with pytest.raises(MethodError, match="two columns have one name"):
        fields(two, ["who"], sender="who", period="when")
