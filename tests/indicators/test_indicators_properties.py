"""compute: what must hold for any cases, and for two versions of one definition."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import IndicatorError
from analysis.indicators import EVERY, compare, compute, differences, years
from analysis.indicators.catalogue import PERSON_STRATA
from tests.indicators import invented
from tests.indicators.by_hand import DEFINITIONS, cases

PERIODS = years(2005, 2007)
SIZES = {"assessments": 60, "services": 90, "stays": 50, "rights": 40, "returns": 30,
         "referrals": 40, "charges": 40}  # fmt: skip
KEPT = ["victims.identified", "victims.registered", "support.offered", "support.persons_helped",
        "support.days_to_offer", "housing.stays", "housing.persons", "justice.charges",
        "referrals.made"]  # fmt: skip
seeds = st.integers(0, 10_000)


def frame(of: Any, **more: Any) -> Any:
    """Compute some indicators of every rule by every stratum."""
    return compute(of, DEFINITIONS, periods=PERIODS, ids=KEPT, strata=EVERY, **more).frame


@settings(max_examples=2)
@given(seeds)
def test_strata_add_up_to_the_total(seed: int) -> None:
    """A reader adds women, men and children up, and must come to the total."""
    found = frame(invented.cases(SIZES, people=40, seed=seed))
    counts = found[found.measure == "count"]
    strata = [name for name in [*PERSON_STRATA, "organisation", "article"] if name in counts]
    for (id, period), rows in counts.groupby(["indicator", "period"]):
        total = rows[(rows[strata] == "all").all(axis=1)].value.iloc[0]
        for name in DEFINITIONS.get(id).by:
            divided = rows[rows[name] != "all"].value.sum()
            assert divided == total, (id, period, name)


@settings(max_examples=2)
@given(seeds)
def test_order_of_rows_is_irrelevant(seed: int) -> None:
    """Partners sort their files as they like."""
    before = invented.cases(SIZES, people=40, seed=seed, draws=2, moved=0.2)
    rng = np.random.default_rng(seed)
    tables = {
        name: table.take(rng.permutation(table.num_rows)) for name, table in before.tables.items()
    }
    pd_equal(frame(before), frame(replace(before, tables=tables)))


@settings(max_examples=2)
@given(seeds)
def test_another_name_of_an_organisation_changes_no_total(seed: int) -> None:
    """An organisation that changes its name is the same organisation."""
    before = invented.cases(SIZES, people=40, seed=seed)
    tables = {name: renamed(table) for name, table in before.tables.items()}
    after = replace(
        before, tables=tables, expected=renamed(before.expected), received=renamed(before.received)
    )
    one, other = (compute(of, DEFINITIONS, periods=PERIODS).frame for of in (before, after))
    pd_equal(one.drop(columns="missing"), other.drop(columns="missing"))


@settings(max_examples=4)
@given(seeds, st.integers(0, 2))
def test_another_person_changes_that_persons_cohort_alone(seed: int, year: int) -> None:
    """A late victim of 2006 must not move the figures of 2005 and 2007."""
    before = invented.cases(SIZES, people=40, seed=seed)
    people = before.tables["persons"].to_pylist()
    new = {**people[0], "pseudonym": "f" * 32,
           "identified_on": PERIODS[year].first, "presumed_on": None}  # fmt: skip
    more = pa.Table.from_pylist([*people, new], before.tables["persons"].schema)
    after = replace(before, tables={**before.tables, "persons": more})
    values = [
        compute(of, DEFINITIONS, periods=PERIODS, ids=["victims.identified"]).frame.value
        for of in (before, after)
    ]
    assert list(values[1] - values[0]) == [float(place == year) for place in range(3)]


@settings(max_examples=4)
@given(seeds)
def test_figure_lies_within_the_range_of_the_draws(seed: int) -> None:
    """A range that leaves out the figure itself is no range."""
    found = frame(invented.cases(SIZES, people=60, seed=seed, draws=3, moved=0.3))
    known = found[found.value.notna() & found.low.notna()]
    assert len(known)
    high = known.high.fillna(np.inf)  # a median that some draw does not reach has no upper end
    assert ((known.low <= known.value) & (known.value <= high)).all()


@settings(max_examples=4)
@given(seeds)
def test_draw_equals_the_cases_that_it_would_have_made(seed: int) -> None:
    """Only changed persons are made anew; counted whole, the draw must give the same."""
    before = invented.cases({"services": 80, "assessments": 60}, people=30, seed=seed, draws=1,
                            moved=0.3)  # fmt: skip
    resolved = of_assessments(before, draw=0)
    found = compute(resolved, DEFINITIONS, periods=PERIODS, ids=["support.offered"]).frame
    alone = of_assessments(before, draw=1)
    wanted = compute(alone, DEFINITIONS, periods=PERIODS, ids=["support.offered"]).frame
    for row, other in zip(found.itertuples(), wanted.itertuples(), strict=True):
        if row.n and other.n:
            assert other.value in {row.low, row.high}
            assert row.value in {row.low, row.high}


def of_assessments(of: Any, *, draw: int) -> Any:
    """Resolve persons by their assessments alone, linked as one draw links them."""
    links = of.tables["links"].to_pandas()
    chosen = links[links.draw == draw][["record", "pseudonym"]]
    assessed = of.tables["assessments"].to_pandas().drop(columns="pseudonym")
    assessed = assessed.merge(chosen, on="record")
    services = of.tables["services"].to_pandas().drop(columns="pseudonym")
    identified = assessed[assessed.status == "identified"].groupby("pseudonym").decided_on.min()
    people = [
        {"pseudonym": one, "identified_on": identified.get(one)}
        for one in chosen.pseudonym.unique()
    ]
    built = cases({"persons": people})
    tables = {
        "persons": built.tables["persons"],
        "assessments": pa.Table.from_pandas(assessed, preserve_index=False),
        "services": pa.Table.from_pandas(services.merge(chosen, on="record"), preserve_index=False),
    }
    if draw == 0:
        tables["links"] = of.tables["links"]
    return replace(of, tables=tables)


def renamed(table: Any) -> Any:
    """Give one organisation another name wherever it stands."""
    for place, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_string(column.type):
            swapped = pa.compute.replace_substring_regex(column, "^org_a$", "north")
            table = table.set_column(place, name, swapped)
    return table


def pd_equal(one: Any, other: Any) -> None:
    """Compare two frames cell by cell, whatever the order of rows."""
    keys = [name for name in one.columns if name not in ("numerator", "denominator", "value", "low",
            "high", "limit_low", "limit_high", "n", "status", "flag", "missing")]  # fmt: skip
    left, right = (of.sort_values(keys).reset_index(drop=True) for of in (one, other))
    assert left.equals(right[left.columns])


PEOPLE = [
    {"pseudonym": "1", "sex": "female", "presumed_on": "2006-02-01"},
    {"pseudonym": "2", "sex": "male", "presumed_on": "2006-03-01", "not_victim_on": "2007-01-01"},
    {"pseudonym": "3", "sex": "male", "presumed_on": "2007-03-01", "not_victim_on": "2007-04-01",
     "identified_on": "2007-05-01"},
]  # fmt: skip


def test_two_versions_are_computed_side_by_side() -> None:
    """The old series stays computable, and the step between the two is shown, not guessed."""
    found = compare(
        cases({"persons": PEOPLE}), DEFINITIONS, "victims.registered@1", "victims.registered@2",
        periods=PERIODS, strata=["sex"],
    )  # fmt: skip
    total = found.frame[found.frame.sex == "all"]
    assert list(total.before) == [0, 2, 1]
    assert list(total.difference) == [0, -1, 0]
    men = found.frame[(found.frame.sex == "male") & (found.frame.period == "2006")]
    assert list(men.difference) == [-1]


def test_rows_in_which_two_versions_differ_are_named() -> None:
    """Whoever asks why the number moved gets the line of the definition."""
    one, other = DEFINITIONS.versions("victims.registered")
    changed = differences(one, other)
    assert [row.where for row in changed] == [
        "count.where.any.0.known", "count.where.any.1.unknown",
    ]  # fmt: skip
    assert (changed[1].before, changed[1].after) == ("", "not_victim_on")
    assert differences(one, one) == ()


def test_newest_version_is_computed_unless_another_is_named() -> None:
    """One version holds for the whole series: no step inside a chart."""
    of = cases({"persons": PEOPLE})
    for versions, wanted in ((None, 2), ({"victims.registered": 1}, 1)):
        found = compute(of, DEFINITIONS, periods=PERIODS, versions=versions)
        rows = found.frame[found.frame.indicator == "victims.registered"]
        assert set(rows.version) == {wanted}


def test_two_indicators_are_not_two_versions() -> None:
    """Their difference would be a number without meaning."""
    with pytest.raises(IndicatorError, match="not two versions of one indicator"):
        compare(cases({}), DEFINITIONS, "victims.registered@1", "victims.identified@1",
                periods=PERIODS)  # fmt: skip
