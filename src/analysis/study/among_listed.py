"""Results among countries in, tables to show out: ranks, changes, comparators, twins."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from analysis.contracts.outputs import NO_NOTE, Column, Listing
from analysis.contracts.published import Language, Series, Text
from analysis.findings import others_said as told
from analysis.findings import word
from analysis.findings.beside import listed, written_p
from analysis.language import numbers, words
from analysis.methods.counterfactual.placebos import PlacebosInSpace
from analysis.study import making
from analysis.study.among import RankResult, Silence
from analysis.study.among_told import country, region
from analysis.study.comparison import Ranked, Refused, Silent
from analysis.study.listings import Cell, source
from analysis.study.others import FEWEST_ALIKE, Differed, Pool, ScoreRanked
from analysis.study.reading import Reading
from analysis.study.twin import Twin

Ranks = Mapping[str, RankResult]
Differences = Mapping[str, Differed | Silence]
Twins = Mapping[str, Twin | Silence]
Line = tuple[tuple[Cell, ...], tuple[str, ...]]

_RIGHT = {"rank", "of", "p", "smallest", "own", "mean", "difference", "limits", "drifting"} | {
    "weight",
    "result",
    "others",
}
_ONE = 1.0
"""Size of diverging courses shown in the table: as large as the largest swing before."""


def ranks(reading: Reading, results: Ranks) -> Listing:
    """Each outcome's years, place among countries, p and the smallest that p could be."""
    lines = [_rank(result) for result in results.values()]
    names = ("outcome", "years", "rank", "of", "p", "smallest")
    return _table(reading, "ranks", names, lines, "note_ranks")


def differences(reading: Reading, results: Differences) -> Listing:
    """Each outcome's change, the others' mean change, the difference and how sure it is."""
    lines = [_difference(result) for result in results.values()]
    names = (
        "outcome", "years", "own", "mean", "difference", "limits", "p", "smallest", "drifting",
    )  # fmt: skip
    return _table(reading, "differences", names, lines, "note_differences")


def comparators(reading: Reading, ranked: Ranks, differed: Differences) -> Listing:
    """Who each outcome is compared with, for ranks and for changes, and why those."""
    lines: list[Line] = []
    for name, result in ranked.items():
        if isinstance(result, Ranked):
            lines.append(_pool(reading, result.series, Pool(result.others, ""), result.rows))
        if isinstance(result, ScoreRanked):
            lines.append(_pool(reading, result.series, result.pool, result.rows))
        other = differed.get(name)
        if isinstance(other, Differed) and isinstance(result, Ranked) and other.pool.region:
            lines.append(_pool(reading, other.series, other.pool, other.rows))
    names = ("outcome", "others", "why", "country")
    return _table(reading, "comparators", names, lines, "note_comparators", least=FEWEST_ALIKE)


def weights(reading: Reading, results: Twins) -> Listing:
    """The donors of each twin and their weights."""
    lines = [
        (
            (twin.series.label, country(reading, iso3), numbers.both(told.two_decimals, share)),
            tuple(row for row in twin.rows if row.split("-")[1] == iso3),
        )
        for twin in _twins(results)
        for iso3, share in told.used(twin.fit.used())
    ]
    names = ("outcome", "country", "weight")
    return _table(reading, "weights", names, lines or [_none(results)], "note_weights")


def tests(reading: Reading, results: Twins) -> Listing:
    """What each twin was put to: fit, rank, fits without one donor, a pretended date."""
    lines: list[Line] = []
    for twin in _twins(results):
        lines += [((twin.series.label, *line), twin.rows) for line in _tests(reading, twin)]
    return _table(reading, "tests", ("outcome", "test", "result"), lines or [_none(results)])


def _table(
    reading: Reading,
    title: str,
    names: Sequence[str],
    lines: Sequence[Line],
    note: str = "",
    **parts: int,
) -> Listing:
    return Listing(
        title=words.text(f"comparators.title_{title}"),
        columns=tuple(
            Column(
                name,
                words.text(f"comparators.column_{name}"),
                "right" if name in _RIGHT else "left",
            )
            for name in names
        ),
        cells=tuple(cells for cells, _ in lines),
        rows_of=tuple(rows for _, rows in lines),
        source=source(reading, (row for _, rows in lines for row in rows)),
        note=words.text(f"comparators.{note}", **parts) if note else NO_NOTE,
    )


def _years(before: tuple[int, int], after: tuple[int, int]) -> Text:
    first, later = (numbers.both(numbers.years, *years) for years in (before, after))
    return words.text("comparators.years_against", before=first, after=later)


def why_silent(result: Silence) -> Text:
    """Say in a cell why there is no result."""
    if isinstance(result, Refused):
        return making.reason(result)
    if not result.series.years:
        return words.text("values.not_submitted")
    return making.missing_years(result)


def _rank(result: RankResult) -> Line:
    if isinstance(result, (Silent, Refused)):
        return _silent(result, "not_ranked", 4)
    if isinstance(result, Ranked):
        rank = result.rank
        place = numbers.both(numbers.years, rank.rank_low, rank.rank_high)
        p = numbers.both(_p_span, rank.p_low, rank.p_high)
    else:
        place = numbers.both(numbers.years, result.rank.best, result.rank.rank)
        p = numbers.both(written_p, result.rank.p)
    cells = (
        result.series.label,
        _years(result.before.span, result.after.span),
        place,
        str(result.rank.n + 1),
        p,
        numbers.both(written_p, result.rank.smallest_p),
    )
    return cells, result.rows


def _difference(result: Differed | Silence) -> Line:
    if not isinstance(result, Differed):
        return _silent(result, "not_compared", 7)
    found, drifting = result.found, words.text("comparators.not_computed")
    if result.sensitivity is not None:
        (bound,) = (one for one in result.sensitivity.bounds if one.size == _ONE)
        drifting = _limits(bound.low, bound.high)
    cells = (
        result.series.label,
        _years(result.before.span, result.after.span),
        told.signed(*result.own),
        told.signed(*result.mean),
        told.signed(found.value_low, found.value_high),
        _limits(found.low, found.high),
        numbers.both(_p_span, found.p_low, found.p_high),
        numbers.both(written_p, found.smallest_p),
        drifting,
    )
    return cells, result.rows


def _silent(result: Silence, key: str, empty: int) -> Line:
    why = words.text(f"comparators.{key}", why=word.bare(why_silent(result)))
    return (result.series.label, why, *([""] * empty)), result.series.rows


def _limits(low: float, high: float) -> Text:
    if math.isinf(low) or math.isinf(high):
        return words.text("comparators.no_limits_short")
    return words.text("comparators.range", low=told.signed(low, low), high=told.signed(high, high))


def _p_span(low: float, high: float, language: Language) -> str:
    return numbers.span(written_p(low, language), written_p(high, language), language)


def _pool(reading: Reading, series: Series, pool: Pool, rows: tuple[str, ...]) -> Line:
    named = region(pool)
    why = (
        words.text("comparators.why_region", region=named)
        if named
        else words.text("comparators.why_all", least=FEWEST_ALIKE)
    )
    names = [country(reading, one.country) for one in pool.series]
    return (series.label, str(len(names)), why, listed(names)), rows


def _twins(results: Twins) -> Iterator[Twin]:
    return (result for result in results.values() if isinstance(result, Twin))


def _none(results: Twins) -> Line:
    rows = tuple(row for result in results.values() for row in result.series.rows)
    return (words.text("comparators.no_twin"), "", ""), rows


def _tests(reading: Reading, twin: Twin) -> Iterator[tuple[Cell, Cell]]:
    fit, floor = (
        numbers.both(told.two_decimals, value)
        for value in (twin.fit.rmspe_before, twin.fit.rmspe_floor)
    )
    yield (
        words.text("comparators.test_fit"),
        words.text("comparators.result_fit", fit=fit, floor=floor),
    )
    placebos = twin.placebos
    yield words.text("comparators.test_rank"), _placed(placebos)
    for trimmed in placebos.trimmed:
        limit = numbers.both(numbers.number, trimmed.limit)
        kept = len(placebos.placebos) + 1 - trimmed.left_out
        yield (
            words.text("comparators.test_trimmed", limit=limit),
            _place(trimmed.rank, kept, trimmed.p, trimmed.smallest_p),
        )
    for left in twin.without.without:
        name = country(reading, left.donor)
        gap = left.fit.mean_gap_after
        yield words.text("comparators.test_without", country=name), told.signed(gap, gap)
    if twin.earlier is not None:
        year = str(int(twin.earlier.pretended))
        ratio = numbers.both(numbers.ratio, twin.earlier.ratio)
        yield words.text("comparators.test_earlier", year=year), ratio


def _placed(placebos: PlacebosInSpace) -> Text:
    return _place(placebos.rank, len(placebos.placebos) + 1, placebos.p, placebos.smallest_p)


def _place(rank: int, every: int, p: float, smallest: float) -> Text:
    return words.text(
        "comparators.result_rank",
        rank=rank,
        all=every,
        p=numbers.both(written_p, p),
        smallest=numbers.both(written_p, smallest),
    )


LISTINGS: dict[str, Callable[..., Listing]] = {
    "ranks": ranks,
    "differences": differences,
    "comparators": comparators,
    "weights": weights,
    "twin_tests": tests,
}
