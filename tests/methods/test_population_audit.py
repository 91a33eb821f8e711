"""population_size under attack: lopsided tables, copied lists, files as people write them."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.methods.population_size import (
    Lists,
    NoEstimateError,
    chao_bounds,
    estimate,
    existence,
    fit_model,
    pair_estimates,
    read_lists,
)
from analysis.methods.population_size.criterion import rank
from analysis.methods.population_size.existence import fit_or_code
from analysis.methods.population_size.fits import NO_TERM
from analysis.methods.population_size.hierarchical import groups

ROWS = "1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n1,0,1,5\n0,1,1,4\n1,1,1,1\n"
THREE = "A,B,C,count\n" + ROWS


def _table() -> pd.DataFrame:
    return read_lists(StringIO(THREE))


def _lopsided(seed: int) -> Lists | None:
    """Return cells with nobody, one case or up to ten million, as no short cut expects them."""
    rng = np.random.default_rng(seed)
    lists = int(rng.integers(3, 5))
    most = int(10 ** rng.uniform(3, 7))
    counts = rng.choice([0, 0, 1, 2, most, int(most**0.5), most], 1 << lists).astype(np.int64)
    counts[0] = 0
    table = Lists(tuple("ABCDE"[:lists]), counts)
    return table if all(table.sizes) else None


def test_lopsided_tables_lose_no_model_and_gain_none() -> None:
    """The criterion chose among 1 to 45 percent wrong sets of models, silently."""
    tables = [table for seed in range(60) if (table := _lopsided(seed))]
    compared = 0
    for table in tables:
        found = rank(table)
        kept = {groups(table.names, found.terms, holds) for holds in found.holds}
        pairs = tuple(combinations(table.names, 2))
        for number in range(1 << len(pairs)):
            model = tuple(pair for place, pair in enumerate(pairs) if number >> place & 1)
            assert (model in kept) == (existence(table, model, programme=True) == 0)
            compared += 1
    assert compared > 900


def test_a_single_estimate_of_a_lopsided_table_is_the_lincoln_petersen_one() -> None:
    """With A and C in one group, A and C meet B only: 1,000,003 x 1 + ... by hand, not by LP.

    B's cases, 5 of them, fall to A or C; the model's closed form is checked by its equations.
    """
    table = Lists(("A", "B", "C"), np.array([0, 0, 2, 1, 0, 1_000_000, 2, 0]))
    best = estimate(table, method="bic", bootstrap=0)
    assert best.model == (("A", "C"),)
    # Those on A or C: 1,000,003. Of B's 5, 3 are among them: N = 1,000,003 * 5 / 3.
    assert best.estimate == pytest.approx(1_000_003 * 5 / 3, rel=1e-9)


def test_a_fit_that_rounding_stops_short_is_carried_on() -> None:
    """One case beside a million: sums over cells drown it, and the fit was given up."""
    counts = np.array([0, 2, 0, 0, 1, 1282287, 0, 1, 1, 1, 0, 2, 0, 1132, 1, 0])
    terms = np.array([[0, 1, 2, 4, 8, 3, 5, NO_TERM, 6, 10, NO_TERM]])
    fits, codes = fit_or_code(counts[None], terms)
    assert codes[0] == 0
    assert fits.settled[0]
    cells = np.arange(16)
    for term in terms[0][1:]:
        if term != NO_TERM:
            within = (cells & term) == term
            assert fits.expected[0][within].sum() == pytest.approx(counts[within].sum(), rel=1e-9)


def test_a_total_that_is_finite_in_name_only_is_refused() -> None:
    """The maximum exists, at 4 x 10^20 persons: exactly solved with 60 digits it is the same."""
    cells = {8: 5000, 4: 10**6, 12: 2, 2: 10**6, 10: 2, 14: 10**6, 5: 5000, 13: 10**6, 3: 1}
    counts = np.zeros(16, dtype=np.int64)
    counts[list(cells)] = list(cells.values())
    table = Lists(("A", "B", "C", "D"), counts)
    every = list(combinations(table.names, 2))
    assert fit_model(table, every).estimate == pytest.approx(4.16582083917447e20, rel=1e-8)
    for method in ("stepwise", "bic", "average"):
        with pytest.raises(NoEstimateError, match="is no number of persons"):
            estimate(table, method=method, bootstrap=0)


def test_averages_of_lopsided_tables_have_limits() -> None:
    """An inverse lost its sign to rounding, and a bare ValueError reached the user."""
    done = 0
    for seed in range(60):
        table = _lopsided(seed)
        if table is None:
            continue
        try:
            found = estimate(table, method="average", bootstrap=0)
        except NoEstimateError:
            continue
        assert found.n <= found.low <= found.high
        done += 1
    assert done > 20


@pytest.mark.parametrize("cases", [30, 400, 10_000, 9_000_000])
def test_a_copied_list_bounds_the_total_near_its_own_size(cases: int) -> None:
    """Sadinle's limit is 10^30 for two copies of 400 cases, and overflowed for a million."""
    (pair,) = pair_estimates(Lists(("A", "B"), np.array([0, 0, 0, cases])))
    assert pair.low == cases
    assert cases < pair.high < 1.2 * cases
    # Rule of three: with none of so many missed, at most 3.7 / cases are (97.5 percent).
    assert pair.high == pytest.approx(cases / 0.025 ** (1 / cases), rel=1e-9)


def test_a_list_within_a_huge_one_is_no_overflow() -> None:
    """One case beyond the copy is enough for 10^17."""
    (pair,) = pair_estimates(Lists(("A", "B"), np.array([0, 1, 0, 400])))
    assert 401 == pair.low < pair.high < 410


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + THREE,
        THREE.replace("\n", "\r\n"),
        THREE.replace(",", ";"),
        THREE.replace(",", "\t"),
        THREE.replace(",", ";").replace("40", "40,0"),
        THREE.replace("count", "Count"),
        THREE.replace("\n", ",\n"),
        THREE.replace("\n", "\n\n"),
        '"","A","B","C","count"\n'
        + "".join(f'"{place}",{row}\n' for place, row in enumerate(ROWS.split(), 1)),
        "A,B,C,count\n" + "".join(f'"{place}",{row}\n' for place, row in enumerate(ROWS.split())),
        '"A","B","C","count"\n' + "".join(f'"{r}"\n' for r in ROWS.replace(",", '","').split()),
        THREE.replace("1,0,0,40", "TRUE,FALSE,0.0,40"),
    ],
)
def test_a_file_as_programs_write_it_is_read_as_it_is_meant(text: str) -> None:
    """Danish Excel writes semicolons, R row numbers, Windows a mark and carriage returns."""
    assert read_lists(StringIO(text, newline="")).equals(_table())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (THREE.replace("A,B,C", "A,A,C"), "two lists have one name"),
        (THREE.replace(",40", ",1.040"), r"1 of 7 rows have a count with a point .*\(row 2\)"),
        (THREE.replace("1,0,0,40", "1,0,40"), r"1 of 7 rows have more or fewer cells .*\(row 2\)"),
        (THREE.replace("0,1,0,30", "0,,0,30"), r"1 of 7 rows have a missing cell \(row 3\)"),
        (THREE.replace("0,1,0,30", "0,x9,0,30"), r"have a cell that is no number \(row 3\)"),
        (THREE.replace("count", "number"), "if it counts the cases, name it count"),
        ('A,B,C,count\n"1,0,0,40\n', "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_told_where(text: str, said: str) -> None:
    """Two lists A became A and A.1, and a Danish thousand became one case."""
    with pytest.raises(MethodError, match=said) as refused:
        read_lists(StringIO(text))
    assert "x9" not in str(refused.value)


def test_a_folder_and_what_is_no_text_are_refused(tmp_path: Path) -> None:
    """What pandas takes for compressed or for a web address is no table here."""
    with pytest.raises(MethodError, match="this is a folder"):
        read_lists(tmp_path)
    packed = tmp_path / "lists.zip"
    packed.write_bytes(b"\xff\x00\x9d")
    with pytest.raises(MethodError, match="cannot be read"):
        read_lists(packed)
    with pytest.raises(MethodError, match="no such file"):
        read_lists("http://localhost/lists.csv")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.to_numpy(), "no table of lists"),
        (lambda table: "lists.csv", "read_lists"),
        (lambda table: table.set_index("A"), "1 lists stand in the table's index"),
        (lambda table: table.set_index(["A", "B", "C"]), "3 lists stand in the table's index"),
        (lambda table: table.astype(object).replace(40, "secret"), "1 of 7 rows have a cell that"),
        (lambda table: table.astype("Int64").mask(table == 40), "1 of 7 rows have a missing cell"),
        (lambda table: table.assign(count=2**53), "more cases than can be counted"),
    ],
)
def test_a_table_in_another_shape_is_refused(
    change: Callable[[pd.DataFrame], object], said: str
) -> None:
    """A list in the index went missing without a word; an array ended in an AttributeError."""
    with pytest.raises(MethodError, match=said) as refused:
        estimate(change(_table()), bootstrap=0)  # type: ignore[arg-type]
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("level", ["0.95", None, float("nan")])
def test_a_level_that_is_no_number_is_refused(level: float) -> None:
    """A value read from a form is text."""
    for method in (chao_bounds, pair_estimates):
        with pytest.raises(MethodError, match="level is not between 0 and 1"):
            method(_table(), level=level)


def test_an_order_that_is_none_is_refused_by_every_method() -> None:
    """An option that is passed over today is an error tomorrow, when the method changes."""
    with pytest.raises(MethodError, match="max_order"):
        estimate(_table(), method="stepwise", max_order=0, bootstrap=0)


def test_limits_given_the_model_keep_their_width_in_lopsided_tables() -> None:
    """A variance that rounded to 0 would print a limit that is the estimate."""
    counts = np.array([0, 1, 2, 1, 0, 1_000_000, 2, 1])
    fit = fit_model(Lists(("A", "B", "C"), counts), [("A", "C")])
    assert fit.low < fit.estimate < fit.high


def test_a_call_does_not_depend_on_calls_before() -> None:
    """A cached array that somebody changes would change the next table's figures."""
    first, other = _table(), _table().assign(count=[9, 8, 7, 3, 2, 2, 1])
    alone = [estimate(first, bootstrap=40), estimate(first, method="bic", bootstrap=40)]
    for method in ("stepwise", "bic", "main", "average"):
        estimate(other, method=method, bootstrap=40)
    assert alone == [estimate(first, bootstrap=40), estimate(first, method="bic", bootstrap=40)]
    assert first.equals(_table())


def test_what_is_kept_between_calls_cannot_be_changed() -> None:
    """One changed number in a kept array, and every later table has other figures."""
    found = rank(Lists(("A", "B", "C"), np.array([0, 40, 30, 6, 20, 5, 4, 1])))
    for array in (found.terms.cells, found.terms.within):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


@pytest.mark.parametrize("counts", [[3, 1, 1, 1], [0, 1, 1], [0, -1, 2, 1]])
def test_lists_that_are_none_are_refused(counts: list[int]) -> None:
    """Cases on no list would be counted among those seen."""
    with pytest.raises(MethodError, match="do not fit 2 lists"):
        pair_estimates(Lists(("A", "B"), np.array(counts)))
