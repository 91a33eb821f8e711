"""Changes and their parts in, the table and the picture of them laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from analysis.contracts.changes import PartBar, PartedChange, PartedChanges, State
from analysis.contracts.outputs import Column, Listing
from analysis.contracts.published import Text
from analysis.findings import changes, word
from analysis.language import numbers, words
from analysis.study.change_told import Steps, because
from analysis.study.changed import NoStep, Step
from analysis.study.listings import source
from analysis.study.reading import Reading


def parts(reading: Reading, results: Mapping[str, Steps]) -> Listing:
    """Every part that a row bounds, and the rest, change by change."""
    lines = [line for step in _split(results) for line in _lines(reading, step)]
    return Listing(
        title=words.text("change.title_parts"),
        columns=tuple(
            Column(name, words.text(f"change.column_{name}"))
            for name in ("indicator", "years", "change", "part", "persons", "why")
        ),
        cells=tuple(cells for cells, _ in lines),
        rows_of=tuple(rows for _, rows in lines),
        source=source(reading, (row for _, rows in lines for row in rows)),
        note=words.text("change.note_parts"),
    )


def _lines(
    reading: Reading, step: Step
) -> Iterator[tuple[tuple[Text | str, ...], tuple[str, ...]]]:
    split = step.split
    for one in changes.parts_said(split):
        if one.direction != "not_asked":
            own = [bound for bound in step.bounds if bound.part == one.part]
            said = [word.sentence(text) for bound in own for text in because(reading, step, bound)]
            counted = step.series.within(*step.years).rows
            yield (
                (
                    word.capital(step.series.label),
                    numbers.both(numbers.years, *step.years),
                    changes.change_of(split.change_low, split.change_high),
                    words.text(f"change.part_{one.part}"),
                    changes.change_of(one.low, one.high),
                    word.run_on(*dict.fromkeys(said)),
                ),
                tuple(dict.fromkeys([*(row for bound in own for row in bound.rows), *counted])),
            )


def parted(reading: Reading, results: Mapping[str, Steps]) -> PartedChanges:
    """Lay changes out as `figures.change_parts` draws them."""
    split = _split(results)
    known = sum(any(bar.state == "known" for bar in one.bars) for one in map(_parted, split))
    silent = [] if split else [one.series for one in results.values() if isinstance(one, NoStep)]
    used = [row for step in split for row in step.rows]
    rows = tuple(dict.fromkeys([*used, *(row for series in silent for row in series.rows)]))
    key = "picture_none" if not split else "picture_all" if known == len(split) else "picture_title"
    return PartedChanges(
        title=words.text(f"change.{key}", known=known, all=len(split)),
        changes=tuple(map(_parted, split)),
        rows=rows,
        publishers=tuple(reading.row(row).publisher for row in rows),
        silence=words.text("change.picture_silence") if rows else Text("", ""),
    )


def _split(results: Mapping[str, Steps]) -> list[Step]:
    return [step for found in results.values() if isinstance(found, tuple) for step in found]


def _parted(step: Step) -> PartedChange:
    split = step.split
    before, after = (numbers.both(numbers.value, step.series.value(year)) for year in step.years)
    return PartedChange(
        heading=words.text(
            "change.total",
            label=word.capital(step.series.label),
            before=before,
            after=after,
            first=str(step.years[0]),
            last=str(step.years[1]),
            change=changes.change_of(split.change_low, split.change_high),
        ),
        low=split.change_low,
        high=split.change_high,
        bars=tuple(
            PartBar(
                words.text(f"change.part_{one.part}"),
                one.low,
                one.high,
                _state(one),
                changes.change_of(one.low, one.high),
            )
            for one in sorted(changes.parts_said(split), key=lambda one: one.part == "rest")
            if one.direction != "not_asked"
        ),
    )


def _state(one: changes.PartSaid) -> State:
    if one.part == "rest":
        return "rest"
    return "open" if one.direction == "either" else "known"


LISTINGS: dict[str, Callable[..., Listing]] = {"change_parts": parts}
