"""The makers of findings: the known cases, what none may say, what none may leave out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.contracts.findings import Contrary, Finding
from analysis.contracts.published import LANGUAGES, Break, Plan, Point, Series, Text
from analysis.contracts.values import NOT_KNOWN, interval, number, parse
from analysis.errors import FindingError
from analysis.findings import record
from analysis.findings.assemble import SILENT
from analysis.language import words
from analysis.methods.rates import Count, rate, rate_ratio

Compare = Callable[..., Finding]
Plans = tuple[Plan, Plan]

cells = st.lists(st.sampled_from(["<5", "0", "1", "7", "22", "60-93"]), min_size=8, max_size=8)
flags = st.lists(st.sampled_from([f"F{number}" for number in range(1, 10)]), max_size=3)

_BREAK = Break(
    "B-1",
    "F4",
    "DNK",
    "2007",
    ("*",),
    Text("Politiet blev lagt om", "The police were reorganised"),
    Text("", ""),
    "",
    "",
)


def _flagged(series: Series, found: list[str]) -> Series:
    return replace(
        series,
        breaks=tuple(
            replace(_BREAK, id=f"B-{place}", flag=flag)  # type: ignore[arg-type]
            for place, flag in enumerate(found)
        ),
    )


def _series(printed: list[str], first: int = 2003) -> Series:
    points = tuple(
        Point(first + place, parse(cell), cell, f"row-{first + place}")
        for place, cell in enumerate(printed)
    )
    return Series(
        "persons_prosecuted",
        "DNK",
        "total",
        Text("Tiltalte", "Prosecuted"),
        "persons",
        "persons",
        "unodc",
        points,
        (),
        (),
        Text("", ""),
    )


@given(printed=cells, found=flags)
def test_no_sentence_claims_a_direction_across_a_confounding_break(
    compare: Compare, printed: list[str], found: list[str]
) -> None:
    """Whatever the counts, a shock in the same year forbids "higher" and "lower"."""
    series = _flagged(_series(printed), found)
    assume(series.total(2003, 2006).bounds[0] + series.total(2007, 2010).bounds[0] > 0)
    finding = compare(series, (2003, 2006), (2007, 2010), dispersed=False)
    if {"F1", "F2", "F3", "F4"} & set(found):
        assert finding.verdict not in ("higher", "lower")
        for key in ("higher", "lower"):
            for language in LANGUAGES:
                claim = words.say(f"findings.{key}", language)
                assert claim not in finding.sentence.said_in(language)
                assert claim not in finding.short.said_in(language)


@given(printed=cells, found=flags)
def test_every_break_crossed_stands_with_the_finding(
    compare: Compare, printed: list[str], found: list[str]
) -> None:
    """A break that is known and not printed is a break concealed."""
    series = _flagged(_series(printed), found)
    assume(series.total(2003, 2006).bounds[0] + series.total(2007, 2010).bounds[0] > 0)
    finding = compare(series, (2003, 2006), (2007, 2010), dispersed=False)
    assert finding.breaks == tuple(brk.id for brk in series.breaks)
    clauses = [caveat.en for caveat in finding.caveats if _BREAK.what.en in caveat.en]
    assert len(clauses) == (1 if found else 0)


def test_prosecutions_are_those_of_the_published_record(cases: Mapping[str, Finding]) -> None:
    """7 and three times "<5" against 93: the ratios and limits that the issue gives."""
    found = cases["recorded more"]
    assert [side.count for side in found.sides] == [interval(7, 19), number(93)]
    assert found.estimate.bounds == pytest.approx((4.8947, 13.2857), abs=1e-4)
    assert (found.other_limits[0].low, found.other_limits[0].high) == pytest.approx(
        (2.9655, 33.9586), abs=1e-4
    )
    assert (found.grade, found.verdict) == ("C", "recorded_more")
    assert found.contrary[0].rows == ("U-2011", "U-2012")


def test_convictions_are_undecided(cases: Mapping[str, Finding]) -> None:
    """7-15 in three years against 27-31 in four: 1.35 to 3.32, limits 0.69-8.94."""
    found = cases["undecided"]
    assert found.estimate.bounds == pytest.approx((1.35, 3.3214), abs=1e-4)
    exact = found.other_limits[0]
    assert (exact.low, exact.high) == pytest.approx((0.6930, 8.9366), abs=1e-4)
    assert [side.exposure for side in found.sides] == [3.0, 4.0]
    assert found.verdict == "undecided"


def test_victims_have_no_baseline(cases: Mapping[str, Finding]) -> None:
    """17, 28, 47 and 53 are known; that more were found than before is not."""
    found = cases["count"]
    assert found.sides[0].count == NOT_KNOWN
    assert found.sides[1].count == number(145)
    assert (found.grade, found.verdict) == ("D", "not_comparable")


def test_the_wider_pair_of_limits_is_the_headline(cases: Mapping[str, Finding]) -> None:
    """Persons cluster in cases: the narrower pair alone would claim too much."""
    found = cases["recorded more"]
    assert found.limits is not None
    assert found.limits.method == "dispersed"
    narrower = found.other_limits[0]
    assert found.limits.high / found.limits.low > narrower.high / narrower.low


def test_a_year_that_is_covered_in_part_has_no_yearly_mean(cases: Mapping[str, Finding]) -> None:
    """145 in what may be three years and five months is not 36 a year."""
    found = cases["count with part year"]
    assert found.limits is None
    assert found.estimate == number(145)
    assert "mean of" not in found.sentence.en


@pytest.mark.parametrize(
    ("flag", "date", "mean"),
    [
        ("F3", "2007-08", False),
        ("F6", "2007-08", False),
        ("F6", "2007", True),
        ("F3", "2007-01", True),
        ("F4", "2007-08", True),
    ],
)
def test_only_a_change_inside_a_year_takes_the_yearly_mean_away(
    plans: Plans, flag: str, date: str, mean: bool
) -> None:
    """That the plans differ in length (F6, 2007) is no reason to hold back a mean."""
    brk = replace(_BREAK, flag=flag, date=date)  # type: ignore[arg-type]
    found = record.count_only(
        "victims",
        Text("a", "b"),
        replace(_series(["17", "28", "47", "53"], first=2007), breaks=(brk,)),
        plans,
        years=(2007, 2010),
        mean=rate(Count(145, 145, 4.0)),
        contrary=(),
        fingerprint="0" * 64,
    )
    assert (found.limits is not None) == mean
    assert (_BREAK.what.en in found.short.en) != mean


def test_the_years_a_plan_lacks_are_named(cases: Mapping[str, Finding]) -> None:
    """Three years against four looks like a trick unless it is said."""
    said = [caveat.en for caveat in cases["undecided"].caveats]
    assert any(caveat.startswith("No figure for 2003 (2002 plan)") for caveat in said)


def test_an_undecided_result_says_what_it_could_have_shown(cases: Mapping[str, Finding]) -> None:
    """Undecided must not be read as no difference."""
    said = " ".join(caveat.en for caveat in cases["undecided"].caveats)
    assert "2.9 times" in said


def test_another_countrys_plans_are_not_named(cases: Mapping[str, Finding]) -> None:
    """A finding on Sweden that names Denmark's plan credits it to the wrong government."""
    found = cases["foreign plans"]
    for said in (found.sentence, found.short, *found.caveats):
        assert "2002 plan" not in said.en
        assert "2007-planen" not in said.da
    assert any("another country's" in caveat.en for caveat in found.caveats)


def test_contrary_evidence_is_printed_or_said_to_be_missing(cases: Mapping[str, Finding]) -> None:
    """A reader must see that somebody looked."""
    none_found = words.text("findings.no_contrary")
    for finding in cases.values():
        silent = finding.verdict in SILENT or bool(finding.contrary)
        assert (none_found in finding.caveats) != silent


def test_every_sentence_stands_in_both_languages_and_is_finished(
    cases: Mapping[str, Finding],
) -> None:
    """A left-over brace or a double full stop shows on the front page."""
    for finding in cases.values():
        for text in (finding.sentence, finding.short, *finding.caveats, *finding.assumptions):
            assert text.da != text.en
            for said in (text.da, text.en):
                assert said == said.strip()
                assert said.endswith(".")
                assert not any(wrong in said for wrong in ("{", "}", "..", "  ", " .", "()"))


def test_a_count_before_that_may_be_zero_gives_an_open_ratio(compare: Compare) -> None:
    """The "<5" before may be 0: then nothing limits the ratio from above."""
    series = _series(["0", "0", "<5", "0", "9", "8", "7", "8"])
    found = compare(series, (2003, 2006), (2007, 2010), dispersed=False)
    assert math.isinf(found.estimate.bounds[1])
    assert "at least 8.0 times as many" in found.sentence.en
    assert "mindst 8,0 gange" in found.sentence.da


def test_a_break_of_another_indicator_is_not_crossed(compare: Compare) -> None:
    """A new way of counting victims says nothing about prosecutions."""
    series = _series(["7", "7", "7", "7", "22", "25", "29", "17"])
    elsewhere = replace(_BREAK, indicators=("victims_identified",))
    found = compare(replace(series, breaks=(elsewhere,)), (2003, 2006), (2007, 2010))
    assert (found.breaks, found.verdict) == ((), "higher")


def test_refuses_to_compare_over_a_gap(plans: Plans) -> None:
    """A partial sum would look like a low year."""
    with pytest.raises(FindingError, match=r"1 of 2 periods .* \(2003-2006\)"):
        record.compare_rates(
            "gap",
            Text("a", "b"),
            _series(["7", "not known", "7", "7", "22", "25", "29", "17"]),
            plans,
            before=(2003, 2006),
            after=(2007, 2010),
            exact=rate_ratio(Count(21, 21, 3.0), Count(93, 93, 4.0)),
            dispersed=None,
            smallest_ratio=None,
            contrary=(),
            fingerprint="0" * 64,
        )


def test_refuses_to_call_a_known_baseline_missing(plans: Plans) -> None:
    """*Not comparable* is for what cannot be compared, not for what one would rather not."""
    series = _series(["7"] * 8)
    with pytest.raises(FindingError, match="4 years of the baseline do have figures"):
        record.no_baseline(
            "known", Text("a", "b"), series, plans, contrary=(), fingerprint="0" * 64
        )
    with pytest.raises(FindingError, match="4 years of the baseline"):
        record.count_only(
            "known",
            Text("a", "b"),
            series,
            plans,
            years=(2007, 2010),
            mean=None,
            contrary=(),
            fingerprint="0" * 64,
        )


def test_a_count_after_both_plans_is_no_plans(plans: Plans) -> None:
    """The later years speak for or against; they belong to neither plan."""
    found = record.count_only(
        "later",
        Text("Holdt det?", "Did it hold?"),
        _series(["12", "9", "21", "<5"], first=2011),
        plans,
        years=(2011, 2014),
        mean=rate(Count(42, 46, 4.0)),
        contrary=(),
        fingerprint="0" * 64,
        against_baseline=False,
    )
    assert [side.plan for side in found.sides] == [""]
    assert found.verdict == "described"
    assert found.sentence.en.startswith("Prosecuted: 12, 9, 21 and 0–4 in 2011–2014, 42–46 in all")


def test_a_missing_year_makes_the_total_not_known(plans: Plans) -> None:
    """Missing is never zero."""
    found = record.count_only(
        "gap",
        Text("a", "b"),
        _series(["17", "", "47", "53"], first=2007),
        plans,
        years=(2007, 2010),
        mean=None,
        contrary=(),
        fingerprint="0" * 64,
    )
    assert found.estimate == NOT_KNOWN
    assert "17, not known, 47 and 53" in found.sentence.en
    assert "The total is not known." in found.sentence.en


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": "no spaces please"}, "the id does not fit"),
        ({"fingerprint": "short"}, "the fingerprint is no SHA-256"),
        ({"rows": ()}, "no published row stands behind it"),
        ({"statement": Text("", "Said.")}, "a sentence is empty"),
    ],
)
def test_refuses_a_finding_that_breaks_a_rule(
    plans: Plans, changed: dict[str, object], reason: str
) -> None:
    """A claim without a row, a name or a Danish sentence is not published."""
    parts: dict[str, object] = {
        "id": "scope",
        "question": Text("a", "b"),
        "statement": Text("Sagt.", "Said."),
        "short": Text("Sagt.", "Said."),
        "rows": ("P-2002",),
        "plans": plans,
        "contrary": (Contrary(Text("a", "b"), ()),),
        "fingerprint": "0" * 64,
    }
    with pytest.raises(FindingError, match=f"1 rules are broken \\({reason}"):
        record.documented(**(parts | changed))  # type: ignore[arg-type]
