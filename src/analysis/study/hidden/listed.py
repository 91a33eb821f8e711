"""Tables of lists, their totals and invented lists in, tables to show out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from analysis.contracts.findings import Limits
from analysis.contracts.outputs import Column, Listing
from analysis.contracts.published import Language, Text
from analysis.findings import word
from analysis.findings.hidden import limits_words, persons, span, times
from analysis.language import numbers, words
from analysis.methods.population_size.refits import Changed, Refit, Refits
from analysis.methods.population_size.result import PopulationEstimate
from analysis.methods.population_size.two_lists import PairEstimate
from analysis.published.overlaps import PrintedTotal, method_words
from analysis.study.hidden.checking import TIE
from analysis.study.hidden.drawn import model
from analysis.study.hidden.estimating import NoTable
from analysis.study.hidden.told import Looked, Result, listed, method_name
from analysis.study.hidden.worlds import PERSONS, WORLDS, Covering, Held
from analysis.study.listings import source
from analysis.study.reading import Reading

Cell = Text | str
Line = tuple[tuple[Cell, ...], tuple[str, ...]]

LEVEL = 0.95
"""Of all limits in these tables."""

SAME = 0.005
"""Relative difference below which a total is the published one: sources print whole persons."""

OURS = {"stepwise": "stepwise", "bic_2": "bic"}
"""Our method that stands for a published one."""

_RIGHT = (
    "total", "unseen", "again", "compared", "first", "second", "both", "drawn", "held", "error",
    "middle", "refused", "truth",
)  # fmt: skip
NOTHING = "\N{EN DASH}"


def totals(reading: Reading, result: Result) -> Listing:
    """Every method's total and limits, and the published ones with why they differ."""
    names = ("by", "ties", "total", "limits", "unseen", "why")
    lines = [*_own(result), *_published(result)] if isinstance(result, Looked) else []
    return _listing(reading, result, "totals", names, lines, _totals_note(result))


def checks(reading: Reading, result: Result) -> Listing:
    """The total again without a list, with lists merged, hidden, or assumed to be tied."""
    names = ("check", "lists", "again", "compared")
    lines = list(_checks(result)) if isinstance(result, Looked) else []
    return _listing(
        reading, result, "checks", names, lines, words.text("hidden_population.note_checks")
    )


def pairs(reading: Reading, result: Result) -> Listing:
    """What each pair of lists says of the total by itself."""
    names = ("lists", "first", "second", "both", "total", "limits")
    lines = (
        [_pair(result, one) for one in result.checked.pairs] if isinstance(result, Looked) else []
    )
    return _listing(
        reading, result, "pairs", names, lines, words.text("hidden_population.note_pairs")
    )


def worlds(reading: Reading, found: Covering) -> Listing:
    """What is so of the persons and lists of each invented world."""
    cells: list[tuple[Cell, ...]] = [
        (
            words.text(f"hidden_population.world_{one.id}"),
            words.text(f"hidden_population.world_means_{one.id}"),
            persons(PERSONS),
        )
        for one in WORLDS
    ]
    note = words.text("hidden_population.note_worlds")
    return _invented("worlds", ("world", "means", "truth"), cells, note)


def covered(reading: Reading, found: Covering) -> Listing:
    """How often each method's limits held the truth of an invented world."""
    names = ("world", "by", "drawn", "refused", "held", "error", "middle")
    note = words.text("hidden_population.note_covered", truth=persons(PERSONS))
    return _invented("covered", names, [_held(one) for one in found.held], note)


LISTINGS: dict[str, Callable[[Reading, Any], Listing]] = {
    "totals": totals,
    "checks": checks,
    "pairs": pairs,
    "worlds": worlds,
    "covered": covered,
}


def reprints(result: Result) -> bool:
    """Whether each published total of this very table comes out by the method it names."""
    if isinstance(result, NoTable):
        return True
    return all(
        same(mine.estimate, one.estimate)
        for one in result.table.printed
        for mine in result.hidden.estimates
        if OURS.get(one.method) == mine.method and not one.before_merging and one.estimate
    )


def same(total: float, printed: float) -> bool:
    """Whether a total is the printed one."""
    return abs(total / printed - 1) < SAME


def _own(result: Looked) -> Iterator[Line]:
    rows = result.table.rows
    for one in result.hidden.tried:
        name = method_name(one.method)
        if one.found is None:
            yield (name, NOTHING, NOTHING, NOTHING, NOTHING, one.why or NOTHING), rows
        else:
            yield _estimated(name, one.found), rows
    bound = result.hidden.bounds.unequal if result.hidden.bounds else None
    if bound is not None and result.hidden.bounds is not None:
        unseen = persons(bound.total - result.hidden.lists.n)
        name, why = (words.text(f"hidden_population.{key}") for key in ("method_bound", "bounds"))
        yield (name, NOTHING, persons(bound.total), span(bound.low, bound.high), unseen, why), rows


def _estimated(name: Text, found: PopulationEstimate) -> tuple[Cell, ...]:
    ties = model(found) or words.text("hidden_population.averaged")
    pair = span(found.low, found.high)
    return (name, ties, persons(found.estimate), pair, persons(found.hidden), "")


def _published(result: Looked) -> Iterator[Line]:
    for one in result.table.printed:
        label = words.text("hidden_population.printed", method=method_words(one.method))
        total = persons(one.estimate) if one.estimate else NOTHING
        pair: Cell = NOTHING
        if one.low is not None and one.high is not None:
            pair = span(one.low, one.high)
            if one.level not in (None, LEVEL):
                pair = limits_words(Limits(one.low, one.high, one.level or 0, ""))
        yield (label, NOTHING, total, pair, NOTHING, why(result, one)), (one.row,)


def why(result: Looked, one: PrintedTotal) -> Text:
    """Say why a published total is or is not one of ours."""
    said = [_why(result, one)]
    if one.before_merging:
        said.insert(0, words.text("hidden_population.why_before"))
    return word.run_on(*said)


def _why(result: Looked, one: PrintedTotal) -> Text:
    if one.estimate is None:
        return _why_range(result, one)
    for mine in result.hidden.estimates:
        if same(mine.estimate, one.estimate) and OURS.get(one.method) == mine.method:
            return _why_same(mine, one)
    if one.method == "bic_all":
        return words.text("hidden_population.why_orders")
    if (known := _why_model(result, one, one.estimate)) is not None:
        return known
    nearest = min(result.hidden.estimates, key=lambda mine: _off(mine.estimate, one.estimate or 1))
    return words.text(
        "hidden_population.why_other",
        method=method_name(nearest.method),
        total=persons(nearest.estimate),
    )


def _why_model(result: Looked, one: PrintedTotal, printed: float) -> Text | None:
    """Name the model of our ranking that gives a total which a search by BIC stopped at."""
    average = result.hidden.by("average")
    if one.method != "bic_downhill" or one.before_merging or average is None:
        return None
    for rank, each in enumerate(average.diagnostics.models, start=1):
        if same(each.total, printed):
            weight = numbers.both(numbers.percent, each.weight)
            return words.text("hidden_population.why_model", rank=rank, weight=weight)
    return None


def _off(total: float, printed: float) -> float:
    return max(total / printed, printed / total)


def _why_range(result: Looked, one: PrintedTotal) -> Text:
    low, high = one.low or 0, one.high or float("inf")
    inside = sum(low <= mine.estimate <= high for mine in result.hidden.estimates)
    parts = {"inside": inside, "all": len(result.hidden.estimates)}
    return words.text("hidden_population.why_range", **parts)


def _why_same(mine: PopulationEstimate, one: PrintedTotal) -> Text:
    if one.low is None or one.high is None or mine.high == float("inf"):
        return words.text("hidden_population.why_same")
    most = max(abs(mine.low / one.low - 1), abs(mine.high / one.high - 1))
    return words.text("hidden_population.why_limits", off=numbers.both(numbers.percent, most))


def _totals_note(result: Result) -> Text:
    if isinstance(result, NoTable):
        return words.text("hidden_population.note_nothing")
    resamples = numbers.both(numbers.number, result.hidden.options.bootstrap)
    note = words.text("hidden_population.note_totals", resamples=resamples)
    return word.run_on(result.table.lists, note)


def _checks(result: Looked) -> Iterator[Line]:
    rows, looked = result.table.rows, result.checked
    yield from ((_changed("left_out", one), rows) for one in looked.left_out.changed)
    if looked.merged:
        yield from ((_changed("merged", one), rows) for one in _ends(looked.merged))
    for one in looked.consistency.hidden:
        total = persons(one.refit.total) if one.refit.total else _refusal(one.refit, "few_others")
        ratio = _ratio(one.ratio)
        truth = words.text(
            "hidden_population.known", list=listed((one.list,)), n=persons(one.truth)
        )
        yield (words.text("hidden_population.check_hidden"), truth, total, ratio), rows
    if looked.tied and result.hidden.headline:
        whole = result.hidden.headline.estimate
        for key, again in (("tied", looked.tied.tied), ("avoiding", looked.tied.avoiding)):
            check = words.text(f"hidden_population.check_{key}", times=times(TIE))
            yield (check, listed(looked.tied.lists), persons(again), _ratio(again / whole)), rows


def _ends(found: Refits) -> Sequence[Changed]:
    """Return the merges that move the total most, downwards and upwards."""
    known = sorted((one for one in found.changed if one.ratio), key=lambda one: one.ratio or 1)
    return known if len(known) < 3 else (known[0], known[-1])


def _changed(check: str, one: Changed) -> tuple[Cell, ...]:
    total = persons(one.refit.total) if one.refit.total else _refusal(one.refit, "lists")
    said = words.text(f"hidden_population.check_{check}")
    return (said, listed(one.lists), total, _ratio(one.ratio))


def _refusal(refit: Refit, otherwise: str) -> Text:
    """Say why a re-fit has no total; ``otherwise`` where no model was looked at."""
    return words.text(f"hidden_population.refused_{refit.existence or otherwise}")


def _ratio(ratio: float | None) -> Cell:
    return numbers.both(_two, ratio) if ratio is not None else NOTHING


def _two(ratio: float, language: Language) -> str:
    return numbers.number(ratio, language, 2)


def _pair(result: Result, one: PairEstimate) -> Line:
    total: Cell = persons(one.chapman)
    pair: Cell = span(one.low, one.high)
    if one.refusal:
        total, pair = words.text("hidden_population.no_pair"), NOTHING
    counts = (persons(count) for count in (one.first, one.second, one.both))
    return (listed(one.lists), *counts, total, pair), result.rows


def _held(one: Held) -> tuple[Cell, ...]:
    share = one.share
    return (
        words.text(f"hidden_population.world_{one.world.id}"),
        method_name(one.method),
        numbers.both(numbers.number, one.drawn),
        numbers.both(numbers.number, one.refused),
        numbers.both(numbers.percent, share.value) if share else NOTHING,
        numbers.both(numbers.percent, share.error) if share else NOTHING,
        persons(one.middle) if one.middle is not None else NOTHING,
    )


def _listing(
    reading: Reading,
    result: Result,
    name: str,
    names: Iterable[str],
    lines: Sequence[Line],
    note: Text,
) -> Listing:
    place = result.title if isinstance(result, Looked) else reading.country.name
    return Listing(
        title=words.text(f"hidden_population.title_{name}", title=place),
        columns=_columns(names),
        cells=tuple(cells for cells, _ in lines),
        rows_of=tuple(rows for _, rows in lines),
        source=source(reading, (row for _, rows in lines for row in rows)),
        note=note,
    )


def _invented(
    name: str, names: Iterable[str], cells: Sequence[tuple[Cell, ...]], note: Text
) -> Listing:
    return Listing(
        title=words.text(f"hidden_population.title_{name}"),
        columns=_columns(names),
        cells=tuple(cells),
        rows_of=((),) * len(cells),
        source=words.text("simulation.source"),
        note=note,
        basis="synthetic",
    )


def _columns(names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(
        Column(
            name,
            words.text(f"hidden_population.column_{name}", level=numbers.both(word.level, LEVEL)),
            "right" if name in _RIGHT else "left",
        )
        for name in names
    )
