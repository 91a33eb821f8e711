"""multiplicity: against R's p.adjust, against definitions, at its edges."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.errors import MethodError
from analysis.methods.multiplicity import Method, adjust, families

EXAMPLE = Path(__file__).parents[1] / "reference" / "multiple_testing_bh1995"
METHODS: tuple[Method, ...] = ("bonferroni", "holm", "hochberg", "bh", "by")

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def printed() -> list[float]:
    """The fifteen p-values of Benjamini & Hochberg (1995)."""
    with (EXAMPLE / "data.csv").open() as file:
        return [float(row["p"]) for row in csv.DictReader(file)]


def test_the_example_of_benjamini_and_hochberg_matches_r_and_the_paper() -> None:
    """R 4.2.2: p.adjust; the numbers of rejections are printed in the paper."""
    found = {method: adjust(printed(), method=method) for method in METHODS}
    names = {"bonferroni": "bonferroni", "holm": "holm", "hochberg": "hochberg", "bh": "BH"}
    computed: dict[str, float] = {
        "BH rejections at .05": found["bh"].rejections,
        "Bonferroni rejections": found["bonferroni"].rejections,
    }
    for place, method in enumerate(("bonferroni", "holm", "hochberg", "bh")):
        computed[f"n_reject[{place}]"] = found[method].rejections  # type: ignore[index]
    for method in METHODS:
        for place, p in enumerate(found[method].adjusted):
            computed[f"{names.get(method, 'BY')}[{place}]"] = p
    checks = json.loads((EXAMPLE / "expected.json").read_text())["checks"]
    assert len(checks) == 2 + 5 * 15 + 4
    for check in checks:
        assert computed[check["quantity"]] == pytest.approx(
            check["value"], abs=check["abs_tol"], rel=0
        ), check["quantity"]


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("bonferroni", "bonferroni"),
        ("holm", "holm"),
        ("hochberg", "simes-hochberg"),
        ("bh", "fdr_bh"),
        ("by", "fdr_by"),
    ],
)
@pytest.mark.parametrize(
    "p", [[0.3], [0.04, 0.04, 0.04], [0.0, 1.0, 0.02, 0.9, 0.013, 0.013, 0.2], [0.9, 0.8, 0.7]]
)
def test_unsorted_and_tied_p_values_match_statsmodels(
    method: Method, theirs: str, p: list[float]
) -> None:
    """Reference: multipletests, which gives the same and collects garbage at each call."""
    assert adjust(p, method=method).adjusted == pytest.approx(multipletests(p, method=theirs)[1])


@given(p_lists)
def test_methods_keep_their_order_of_strictness(p: list[float]) -> None:
    """BH <= Hochberg <= Holm <= Bonferroni, and BH <= BY: whatever the p-values."""
    found = {method: np.array(adjust(p, method=method).adjusted) for method in METHODS}
    tiny = 1e-12
    assert np.all(found["bh"] <= found["hochberg"] + tiny)
    assert np.all(found["hochberg"] <= found["holm"] + tiny)
    assert np.all(found["holm"] <= found["bonferroni"] + tiny)
    assert np.all(found["bh"] <= found["by"] + tiny)
    assert np.all(np.array(p) <= found["bh"] + tiny)


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=6, unique=True), st.data())
def test_holm_is_the_closed_test_of_bonferroni(p: list[float], data: st.DataObject) -> None:
    """A hypothesis falls only if every set of hypotheses that holds it falls: the definition."""
    place = data.draw(st.integers(0, len(p) - 1))
    sets = [
        [p[i] for i in range(len(p)) if mask >> i & 1]
        for mask in range(1, 2 ** len(p))
        if mask >> place & 1
    ]
    closed = max(min(1.0, len(inside) * min(inside)) for inside in sets)
    assert adjust(p, method="holm").adjusted[place] == pytest.approx(closed, rel=1e-12)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10), st.randoms())
def test_the_order_in_which_hypotheses_are_named_does_not_matter(p: list[float], random) -> None:  # type: ignore[no-untyped-def]
    """Whoever writes the list must not decide what is found."""
    order = list(range(len(p)))
    random.shuffle(order)
    for method in METHODS:
        there, mixed = adjust(p, method=method), adjust([p[i] for i in order], method=method)
        assert [there.adjusted[i] for i in order] == pytest.approx(list(mixed.adjusted))


def test_a_single_hypothesis_needs_no_adjustment() -> None:
    """One registered primary question keeps its p-value, and 0.05 on the line is rejected."""
    for method in METHODS:
        found = adjust([0.05], method=method)
        assert (found.adjusted, found.rejected) == ((0.05,), (True,))


def test_families_are_adjusted_among_themselves_by_their_purpose() -> None:
    """Adding a dull exploratory question must not cost the primary one anything."""
    p = [0.01, 0.04, 0.03, 0.02, 0.9]
    family = ["support", "support", "look", "look", "look"]
    found = families(p, family, exploratory={"look"}, names=list("abcde"))
    assert [(one.name, one.purpose, one.result.method) for one in found] == [
        ("support", "confirmatory", "holm"),
        ("look", "exploratory", "bh"),
    ]
    assert found[0].result == adjust(p[:2], method="holm", names=["a", "b"])
    assert found[1].result == adjust(p[2:], method="bh", names=["c", "d", "e"])


def test_refuses_what_is_no_p_value_name_or_method() -> None:
    """Percent instead of shares would reject nothing, or everything."""
    with pytest.raises(MethodError, match="1 of 2 p-values lie outside 0 to 1"):
        adjust([0.5, 5.0], method="bh")
    with pytest.raises(MethodError, match="1 of 2 values of p-values are missing"):
        adjust([0.5, np.nan], method="bh")
    with pytest.raises(MethodError, match="no such method"):
        adjust([0.5], method="fdr")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="alpha must lie"):
        adjust([0.5], method="bh", alpha=5)
    with pytest.raises(MethodError, match="1 different names beside 2"):
        adjust([0.5, 0.4], method="bh", names=["a", "a"])
    with pytest.raises(MethodError, match="family has 1 values beside 2"):
        families([0.5, 0.4], ["a"])
    with pytest.raises(MethodError, match="1 exploratory families have no hypothesis"):
        families([0.5], ["a"], exploratory={"b"})
