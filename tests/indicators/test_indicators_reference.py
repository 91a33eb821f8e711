"""Every definition of this workbench, against the same computed by plain pandas."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from analysis.indicators import EVERY, compute, read_definitions, years
from analysis.indicators.catalogue import SUBMISSIONS
from tests.indicators import in_pandas, invented

PERIODS = years(2004, 2006)
SIZES = {
    "assessments": 500, "services": 900, "referrals": 400, "stays": 300, "rights": 400,
    "returns": 1500, "contacts": 200, "places": 100, "charges": 300, "cases": 120, "trainings": 60,
    "person_rows": 0,
}  # fmt: skip
DEFINITIONS = read_definitions(invented.HOME / "data" / "indicators")
COUNTED = [
    one for one in DEFINITIONS.items
    if one.rule != "median_days" and one.count.table not in (SUBMISSIONS, "person_rows")
]  # fmt: skip
MEDIANS = [one for one in DEFINITIONS.items if one.rule == "median_days"]


@cache
def _both() -> tuple[Any, Any]:
    sizes = {name: size for name, size in SIZES.items() if size}
    cases = invented.cases(sizes, people=400, seed=20080422)
    labels = [one.label for one in DEFINITIONS.items]
    found = compute(cases, DEFINITIONS, periods=PERIODS, ids=labels, strata=EVERY).frame
    return found, in_pandas.InPandas(cases, DEFINITIONS, invented.forms())


def _rows(one: Any, stratum: str) -> Any:
    found, _ = _both()
    strata = [name for name in found.columns[7:] if name not in _FIGURES]
    others = [name for name in strata if name != stratum]
    rows = found[(found.indicator == one.id) & (found.version == one.version)]
    rows = rows[(rows[others] == "all").all(axis=1)]
    return rows[rows[stratum] != "all"] if stratum else rows


_FIGURES = ("numerator", "denominator", "value", "low", "high", "limit_low", "limit_high", "n",
            "status", "flag", "missing")  # fmt: skip


@pytest.mark.parametrize("one", [d for d in COUNTED if d.each is None], ids=lambda d: d.label)
def test_counts_shares_and_means_equal_plain_pandas(one: Any) -> None:
    """A query that counts otherwise than its definition says is found by no reader."""
    _, reference = _both()
    compared = 0
    for stratum in ("", *one.by):
        wanted = reference.counts(one, PERIODS, stratum)
        for row in _rows(one, stratum).itertuples():
            code = getattr(row, stratum) if stratum else "all"
            part, whole = wanted.get((row.period, code), (0.0, 0.0))
            if row.status == "known":
                assert row.numerator == pytest.approx(part), (stratum, code, row.period)
                compared += bool(part)
            if one.whole is not None and not math.isnan(row.denominator):
                assert row.denominator == pytest.approx(whole), (stratum, code, row.period)
    assert compared


@pytest.mark.parametrize("one", [d for d in MEDIANS if d.each is None], ids=lambda d: d.label)
def test_medians_equal_the_product_limit_formula(one: Any) -> None:
    """Open spells left out, or counted as ended, would make help look fast."""
    _, reference = _both()
    for row, window in zip(_rows(one, "").itertuples(), PERIODS, strict=True):
        spells, ended, median = reference.median(one, window)
        assert (row.n, row.numerator) == (spells, ended)
        assert (math.inf if row.flag == "not_reached" else row.value) == median


@pytest.mark.parametrize("one", [d for d in DEFINITIONS.items if d.each], ids=lambda d: d.label)
def test_results_for_each_code_equal_a_definition_of_that_code_alone(one: Any) -> None:
    """Offers of legal advice counted under housing would show the plan kept where it was not."""
    found, reference = _both()
    rows = found[(found.indicator == one.id) & found.group.eq("all") & found.sex.eq("all")]
    rows = rows[(rows[["age_group", "citizenship_group", "identified_body"]] == "all").all(axis=1)]
    assert len(rows) == len(PERIODS) * rows[one.each.field].nunique()
    for code, of_code in rows.groupby(one.each.field):
        alone = _for_code(one, str(code))
        for row, window in zip(of_code.itertuples(), PERIODS, strict=True):
            if one.rule == "median_days":
                spells, ended, _ = reference.median(alone, window)
                assert (row.n, row.numerator) == (spells, ended)
            else:
                part, whole = reference.counts(alone, (window,)).get((window.label, "all"), (0, 0))
                assert (row.numerator, row.n) == (part, part if one.rule == "count" else whole)


def _for_code(one: Any, code: str) -> Any:
    if not one.each.form:
        return replace(one, count=replace(one.count, where={"includes": {one.each.field: code}}))
    if one.days is not None:
        end = replace(one.days.end, where={**one.days.end.where, one.each.field: code})
        return replace(one, days=replace(one.days, end=end))
    count, whole = (
        replace(part, where=_with_code(part.where, one.each.field, code))
        for part in (one.count, one.whole)
    )
    return replace(one, count=count, whole=whole)


def _with_code(where: Any, field: str, code: str) -> Any:
    has = where.get("has")
    return (
        where if has is None else {"has": {**has, "where": {**has.get("where", {}), field: code}}}
    )


def test_every_rule_is_compared() -> None:
    """A rule that no definition uses is a rule that nothing here shows to be right."""
    rules = {one.rule for one in COUNTED} | {one.rule for one in MEDIANS}
    assert rules == {"count", "share", "mean", "median_days"}
