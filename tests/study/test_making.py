"""A comparison in, its finding out: for every country of the record, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from analysis.contracts.findings import Finding, to_json
from analysis.contracts.values import number
from analysis.findings import register
from analysis.study import Study, making, telling
from analysis.study.plans import plans_for

INDICATORS = {
    "identification.victims": "victims_identified",
    "prosecution.prosecuted": "persons_prosecuted",
    "prosecution.convicted": "persons_convicted",
}
DECIDED = ("higher", "lower")
TOLD_ELSEWHERE = ("comparators", "robustness", "trend")
"""Notebooks whose findings have tests of their own; the real build looks for every line."""


def _counted(study: Study) -> Iterator[Finding]:
    for id, indicator in INDICATORS.items():
        yield study.record(id, study.compare(study.series(indicator))).finding
    prosecuted = study.series("persons_prosecuted")
    yield study.record("prosecution.later_years", study.later_years(prosecuted)).finding
    yield study.record_index("policy_index.scores").finding


def _ranked(study: Study) -> Iterator[Finding]:
    for id in ("prosecution.prosecuted", "prosecution.convicted"):
        ranked = study.rank(study.series(INDICATORS[id]))
        yield study.record(f"{id}_rank", ranked).finding
    yield study.record(
        "policy_index.synthetic_control", study.synthetic_control(study.index_sum())
    ).finding


def _elsewhere(study: Study, iso3: str) -> Study:
    """Open the same years for another country, on the record that is open already."""
    record = study.record_of
    plans = plans_for(record, study.baseline.id, study.current.id, iso3)
    return Study(record, study.places, plans, record.country(iso3), "en")


def _check(findings: list[Finding]) -> None:
    register.check([{**to_json(one), "notebook": "x"} for one in findings])


def test_shown_figures_of_the_default_comparison(danish: Any) -> None:
    """The issue's own numbers: 7-19 against 93, 4.89 to 13.29; three years against four."""
    found = {one.id: one for one in _counted(danish)}
    prosecuted = found["prosecution.prosecuted"]
    assert [side.count.bounds for side in prosecuted.sides] == [(7, 19), (93, 93)]
    assert prosecuted.estimate.bounds == pytest.approx((4.8947, 13.2857), rel=1e-4)
    convicted = found["prosecution.convicted"]
    assert [side.exposure for side in convicted.sides] == [3.0, 4.0]
    assert convicted.estimate.bounds == pytest.approx((1.35, 3.3214), rel=1e-3)
    assert convicted.verdict == "undecided"
    victims = found["identification.victims"]
    assert victims.verdict == "not_comparable"
    assert "17, 28, 47" in victims.sentence.en


def test_headline_is_the_wider_pair(danish: Any) -> None:
    """Persons cluster in cases; the narrow pair alone would promise too much."""
    for one in _counted(danish):
        assert making.leads_with_wider(one)


def test_narrower_headline_is_caught(danish: Any) -> None:
    """A check that cannot fail would prove nothing."""
    (found,) = (one for one in _counted(danish) if one.id == "prosecution.convicted")
    swapped = Finding(
        **{
            **{name: getattr(found, name) for name in found.__dataclass_fields__},
            "limits": found.other_limits[0],
            "other_limits": (found.limits,),
        }
    )
    assert not making.leads_with_wider(swapped)


def test_interval_that_became_a_number_is_caught(danish: Any) -> None:
    """`<5` replaced by a midpoint is an invented figure."""
    series = danish.series("persons_prosecuted")
    (found,) = (one for one in _counted(danish) if one.id == "prosecution.prosecuted")
    assert making.keeps_intervals(found, series)
    flat = Finding(
        **{
            **{name: getattr(found, name) for name in found.__dataclass_fields__},
            "estimate": number(7.0),
        }
    )
    assert not making.keeps_intervals(flat, series)


def test_contrary_evidence_stands_beside_its_finding(danish: Any) -> None:
    """What speaks against a finding is part of it, with rows of its own."""
    table = danish.table("contrary")
    ids = {one.id for one in (*_counted(danish), *_all_told(danish))}
    told_here = {id for id in table["finding"] if id.partition(".")[0] not in TOLD_ELSEWHERE}
    assert told_here <= ids
    (found,) = (one for one in _counted(danish) if one.id == "prosecution.prosecuted")
    assert len(found.contrary) == (table["finding"] == found.id).sum() > 0
    assert all(danish.row(row).quote for one in found.contrary for row in one.rows)


def _all_told(study: Study) -> list[Finding]:
    topics = dict.fromkeys(study.table("statements")["topic"])
    notebooks = ("plans", "involvement", "support", "prosecution")
    return [one for name in notebooks for one in telling.statements(study, name, topics)]


def test_every_fingerprint_is_that_of_the_rows_named(danish: Any, next_pair: Any) -> None:
    """Whoever recomputes it from the rows a finding names must get the same."""
    for study in (danish, next_pair):
        for one in (*_counted(study), *_ranked(study), *_all_told(study)):
            assert one.fingerprint == study.fingerprint(one.rows), one.id


def test_no_country_without_breaks_is_called_higher_or_lower(danish: Any) -> None:
    """What else changed there nobody has told us, so no difference is the plan's."""
    told = 0
    for iso3 in danish.record_of.known_countries:
        if iso3 == "DNK":
            continue
        study = _elsewhere(danish, iso3)
        found = list(_counted(study))
        _check(found)
        told += sum(one.unit == "ratio" for one in found)
        assert not [one.id for one in found if one.verdict in DECIDED], iso3
        for one in found:
            assert one.country == iso3
            assert all(f"-{iso3}-" in row for row in one.rows), one.id
    assert told > 20


@pytest.mark.parametrize("iso3", ["BGR", "SWE", "NLD", "NOR", "USA", "AND", "PRK"])
def test_rank_and_twin_are_told_for_any_country(danish: Any, iso3: str) -> None:
    """With figures, without, and outside every index: a sentence, never a traceback."""
    study = _elsewhere(danish, iso3)
    found = list(_ranked(study))
    _check(found)
    assert {one.verdict for one in found} <= {"described", "undecided", "refused", "not_submitted"}
    for one in found:
        assert danish.baseline.short.da not in one.sentence.da
        assert one.sentence.da
        assert one.sentence.en
