"""Phrases: numbers that never say more, or something else, than the finding."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.contracts.findings import Limits
from analysis.contracts.published import Break, Text
from analysis.contracts.values import NOT_KNOWN, number, parse
from analysis.findings import word


@given(st.floats(0, 1000))
@example(0.9999999)
@example(1.004)
@example(0.996)
def test_a_ratio_other_than_one_never_reads_as_one(amount: float) -> None:
    """Limits of 1.00 beside the word "higher" would contradict each other on one line."""
    said = word.ratios(amount, amount, "en")
    assert (said in ("1", "1.0", "1.00")) == (amount == 1)


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_written_ratios_are_near_what_was_computed(one: float, other: float) -> None:
    """Rounding for the reader must not move a limit by more than a twentieth."""
    low, high = sorted((one, other))
    written = word.ratios(low, high, "en").split("\N{EN DASH}")
    for amount, said in zip((low, high), (written[0], written[-1]), strict=True):
        assert float(said.strip("<>")) == pytest.approx(amount, rel=0.05, abs=0.006)


@pytest.mark.parametrize(
    ("low", "high", "da", "en"),
    [
        (4.894, 13.285, "4,9-13,3", "4.9–13.3"),
        (1.928, 91.5, "1,9-92", "1.9–92"),
        (1.35, 3.321, "1,35-3,32", "1.35–3.32"),
        (0.0, 0.001, "0-<0,01", "0–<0.01"),
        (2.0, 2.0, "2,0", "2.0"),
    ],
)
def test_ratios_stand_in_the_form_of_each_language(
    low: float, high: float, da: str, en: str
) -> None:
    """A decimal point in Danish is a thousands mark: 4.894 would be read as thousands."""
    assert (word.ratios(low, high, "da"), word.ratios(low, high, "en")) == (da, en)


def test_an_open_limit_is_said_in_words() -> None:
    """An infinity sign means nothing to most readers."""
    space = "\N{NO-BREAK SPACE}"
    open_above = Limits(3.0, math.inf, 0.95, "exact")
    assert word.limits(open_above, "en") == f"lower 95{space}% limit 3.0, no upper limit"
    assert word.limits(open_above, "da") == f"nedre 95{space}%-grænse 3,0, ingen øvre grænse"
    assert word.limits(Limits(0, math.inf, 0.995, "exact"), "en") == (
        f"no 99.5{space}% limits can be set"
    )


def test_yearly_values_keep_their_silences() -> None:
    """A missing year is said to be missing, where it stands."""
    values = [number(7), parse("<5"), NOT_KNOWN, parse(">35")]
    assert word.counts(values, "en") == "7, 0–4, not known and at least 36"
    assert word.counts(values, "da") == "7, 0-4, ikke kendt og mindst 36"


def test_years_are_told_in_runs() -> None:
    """Ten years one by one hide the gap between them."""
    assert word.years([2006, 2002, 2005, 2011, 2007], "en") == "2002, 2005–2007 and 2011"


def test_a_break_without_a_source_says_so() -> None:
    """General knowledge must not look like a finding of the record."""
    brk = Break(
        "B-1", "F4", "DNK", "2007-01-01", ("*",), Text("Reform.", "Reform."), Text("", ""), "", ""
    )
    assert word.clause(brk) == Text(
        "1. januar 2007 (uden kilde): Reform.", "1 January 2007 (unsourced): Reform."
    )
