"""Headlines under every registered choice in, tables that tell of all of them out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from analysis.contracts.outputs import Column, Listing
from analysis.contracts.published import Text
from analysis.findings import word
from analysis.findings.beside import written_p
from analysis.findings.ways import ratio
from analysis.language import numbers, words
from analysis.study import robust_told
from analysis.study.listings import source
from analysis.study.reading import Reading
from analysis.study.robust import Robust, Untold, WithoutYear

Result = Robust | Untold
Cell = Text | str
Line = tuple[tuple[Cell, ...], tuple[str, ...]]

_NUMERIC = ("ways", "above", "median", "share", "p", "p_z", "smallest", "draws", "found", "point")
_LEVEL = 0.95
"""Level of the limits of a leave-one-out table: the comparison's."""


def ways(reading: Reading, results: Sequence[Result]) -> Listing:
    """How many ways each headline has, where they lie, what moves them, the joint test."""
    names = (
        *("what", "ways", "above", "median", "range", "moves", "share"),
        *("p", "p_z", "smallest", "draws"),
    )
    told = _robust(results)
    kind, grid = robust_told.laid_down(reading)
    note = words.text(
        "robustness.note_ways",
        source=words.text(f"robustness.source_{kind}"),
        hash=grid[:12],
    )
    return _listing(reading, "ways", names, map(_ways, told), note)


def left_out(reading: Reading, results: Sequence[Result]) -> Listing:
    """Ways without a ratio of their own, by reason, and options that say nothing of a series."""
    lines = (line for one in _robust(results) for line in _left_out(one))
    note = words.text("robustness.note_left_out")
    return _listing(reading, "left_out", ("what", "why", "found"), lines, note)


def without(reading: Reading, results: Sequence[Result]) -> Listing:
    """The headline without one of its years, year by year."""
    lines = (_without(one.series.label, year) for one in _robust(results) for year in one.without)
    note = words.text("robustness.note_without")
    return _listing(reading, "without", ("what", "year", "ratio", "limits"), lines, note)


def unseen(reading: Reading, results: Sequence[Result]) -> Listing:
    """E-values of each headline, and of its nearest limit."""
    lines = (line for one in _robust(results) for line in _unseen(one))
    note = words.text("robustness.note_unseen")
    return _listing(reading, "unseen", ("what", "ratio", "point", "limit"), lines, note)


LISTINGS: dict[str, Callable[..., Listing]] = {
    "ways": lambda reading, *results: ways(reading, results),
    "ways_left_out": lambda reading, *results: left_out(reading, results),
    "ways_without_a_year": lambda reading, *results: without(reading, results),
    "ways_unseen": lambda reading, *results: unseen(reading, results),
}


def _robust(results: Sequence[Result]) -> list[Robust]:
    return [one for one in results if isinstance(one, Robust)]


def _listing(
    reading: Reading, name: str, names: Iterable[str], lines: Iterable[Line], note: Text
) -> Listing:
    kept = tuple(lines)
    level = numbers.both(word.level, _LEVEL)
    return Listing(
        title=words.text(f"robustness.title_{name}"),
        columns=tuple(
            Column(
                each,
                words.text(f"robustness.column_{each}", level=level),
                "right" if each in _NUMERIC else "left",
            )
            for each in names
        ),
        cells=tuple(cells for cells, _ in kept),
        rows_of=tuple(rows for _, rows in kept),
        source=source(reading, (row for _, rows in kept for row in rows)),
        note=note,
    )


def _own(told: Robust) -> tuple[str, ...]:
    """Return the rows of the country's own series: a line of a table leads to these."""
    years = told.ways.series.periods
    return told.series.within(int(years[0]), int(years[-1])).rows


def _ways(told: Robust) -> Line:
    held = robust_told.held(told)
    shares = {one.choice: one.share for one in told.shares.choices} if told.shares else {}
    moves = words.text(f"robustness.moves_{held.moves}") if held.moves else "–"
    test = told.test
    tested = (test.median.p, test.mean_z.p, test.smallest_p) if test else ()
    ps: list[Cell] = [numbers.both(written_p, p) for p in tested] or ["–", "–", "–"]
    cells = (
        told.series.label,
        _whole(held.ways),
        _whole(held.above),
        ratio(held.median),
        numbers.both(word.ratios, held.low, held.high),
        moves,
        numbers.both(numbers.percent, shares[held.moves]) if held.moves else "–",
        *ps,
        _whole(test.draws) if test else "–",
    )
    return cells, _own(told)


def _whole(count: int) -> Text:
    return numbers.both(numbers.number, count)


def _left_out(told: Robust) -> Iterator[Line]:
    own, label = _own(told), told.series.label
    for one in told.ways.dropped:
        option = robust_told.option_words(told, one.choice, one.option)
        why = words.text(f"robustness.silence_{one.reason}")
        yield (label, Text(f"{option.da}: {why.da}", f"{option.en}: {why.en}"), _every()), own
    place = told.curve.choices.index(robust_told.LIMITS_ONLY)
    rules = len(told.ways.grid.choices[place].options)
    for reason, count in told.curve.excluded:
        # Each way stands once a rule of limits in the grid.
        reasons = robust_told.SILENCES[reason]
        yield (label, words.text(f"robustness.silence_{reasons}"), _whole(count // rules)), own
    given = robust_told.by_way(told, told.curve.points)
    lost = {
        (*one.options[:place], *one.options[place + 1 :]): one.reason for one in told.curve.refusals
    }
    counted = Counter(reason for way, reason in lost.items() if way not in given)
    for reason, count in counted.most_common():
        said = words.text(f"robustness.silence_{robust_told.SILENCES[reason]}")
        yield (label, said, _whole(count)), own


def _every() -> Text:
    return words.text("robustness.every")


def _without(label: Text, one: WithoutYear) -> Line:
    nothing = words.text("robustness.no_ratio")
    found = _span(*one.ratio) if one.ratio else nothing
    limits = _span(*one.limits) if one.limits else "–"
    return (label, str(one.year), found, limits), one.rows


def _span(low: float, high: float) -> Text:
    """Write two ratios; an end that is 0 or infinite is open."""
    if low > 0 and high < math.inf:
        return numbers.both(word.ratios, low, high)
    if low > 0:
        return words.text("robustness.at_least", low=ratio(low))
    if high < math.inf:
        return words.text("robustness.at_most", high=ratio(high))
    return words.text("robustness.no_ratio")


def _unseen(told: Robust) -> Iterator[Line]:
    if told.unseen is None:
        return
    needed = told.unseen.needed
    limit = needed.limit or 1.0
    none = words.text("robustness.none_needed")
    yield (
        (
            told.series.label,
            ratio(told.unseen.ratio),
            ratio(needed.point) if needed.point > 1 else none,
            ratio(limit) if limit > 1 else none,
        ),
        _own(told),
    )
