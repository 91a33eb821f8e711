"""A split of a change in, the finding that says it in words out.

The change comes first, then every part that the data give, with its number; where a part is
not identified, its bounds, and no word that makes it a cause; last what was not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.contracts.findings import Contrary, Finding, Side
from analysis.contracts.published import Break, Language, Series, Text
from analysis.contracts.values import NOT_APPLICABLE, Value
from analysis.findings import grades, word
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.clauses import at_home
from analysis.language import numbers, words
from analysis.methods.change import Part, Split, TotalsSplit
from analysis.methods.change.parts import Direction

METHOD: Final = "change_parts"
Years = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PartSaid:
    """One part as it is told: its bounds in persons, and which way they let it point."""

    part: Part
    low: float
    high: float
    direction: Direction

    @property
    def words(self) -> Text:
        """What is said of the part alone; of a part that was not asked, its name."""
        key = f"change.{self.part}.{self.direction}"
        if self.direction == "either":
            return words.text(key, bounds=change_of(self.low, self.high))
        if self.direction in ("more", "fewer"):
            return words.text(key, amount=numbers.both(_size, self.low, self.high))
        return words.text(key)


@dataclass(frozen=True, slots=True)
class Changed:
    """What every finding on a change shares: whose series, on what evidence.

    ``because`` says what rows tell of each part, ``crossed`` are the breaks in between.
    """

    id: str
    series: Series
    plans: Plans
    because: tuple[Text, ...]
    assumptions: tuple[Text, ...]
    crossed: tuple[Break, ...]
    rows: tuple[str, ...]
    contrary: tuple[Contrary, ...]
    fingerprint: str

    @property
    def label(self) -> Text:
        """What is counted, as a sentence begins with it."""
        return word.capital(self.series.label)


def parts_said(split: Split | TotalsSplit) -> tuple[PartSaid, ...]:
    """Return the parts in the order in which they are told; the rest after what is known.

    Parameters
    ----------
    split : Split or TotalsSplit
        Of a `Split` the parts in the stated order are told, as they add up.
    """
    if isinstance(split, Split):
        spans = [(one.part, one.in_order.low, one.in_order.high, one.asked) for one in split.parts]
    else:
        spans = [(one.part, one.low, one.high, one.asked) for one in split.parts]
    told = [
        PartSaid(part, low, high, direction(low, high, asked)) for part, low, high, asked in spans
    ]
    return tuple(sorted(told, key=lambda one: (_TOLD[one.direction], one.part == "rest")))


_TOLD: dict[Direction, int] = {"more": 0, "fewer": 0, "none": 0, "either": 1, "not_asked": 2}


def direction(low: float, high: float, asked: bool = True) -> Direction:
    """Say which way bounds point; *either* where they allow more than one, no change included."""
    if not asked:
        return "not_asked"
    if low == high == 0:
        return "none"
    return "more" if low > 0 else "fewer" if high < 0 else "either"


def change_of(low: float, high: float) -> Text:
    """Word a change of so many persons: *unchanged*, *26-30 more*, *from 7 fewer to none*."""
    way = direction(low, high)
    if way == "none":
        return words.text("change.unchanged")
    if way == "either":
        # *From none to 35 fewer* is heard; *from 35 fewer to none* is misheard as nobody left.
        ends = (high, low) if high == 0 else (low, high)
        return words.text("change.between", low=_side(ends[0]), high=_side(ends[1]))
    return words.text(f"change.side_{way}", many=numbers.both(_size, low, high))


def _side(many: float) -> Text:
    way = direction(many, many)
    if way == "none":
        return words.text("change.side_none")
    return words.text(f"change.side_{way}", many=numbers.both(_size, many, many))


def _size(low: float, high: float, language: Language) -> str:
    fewest, most = sorted((abs(low), abs(high)))
    return numbers.span(numbers.number(fewest, language), numbers.number(most, language), language)


def sentences(total: Text, split: Split | TotalsSplit) -> tuple[Text, Text]:
    """Tell a change: the full sentences, and the short ones that name only what is identified.

    Parameters
    ----------
    total : Text
        The sentence on the whole change, which comes first.
    """
    told = parts_said(split)
    identified = [one.words for one in told if one.direction in ("more", "fewer", "none")]
    open_ones = [one.words for one in told if one.direction == "either"]
    unasked = [one.words for one in told if one.direction == "not_asked"]
    full = word.run_on(total, *identified, *open_ones, _not_asked(unasked))
    return full, word.run_on(total, *(identified or open_ones))


def _not_asked(names: Sequence[Text]) -> Text:
    if not names:
        return Text("", "")
    listed = Text(*(words.joined([one.said_in(lang) for one in names], lang) for lang in _BOTH))
    return words.text("change.not_asked", list=listed)


_BOTH: tuple[Language, Language] = ("da", "en")


def between_years(
    changed: Changed, split: TotalsSplit | Split, years: Years, *, partial: Iterable[int] = ()
) -> Finding:
    """Tell why a number changed from one year to another, as far as rows give it (grade D).

    Parameters
    ----------
    partial : iterable of int
        Years that the source may have counted in part: said before anything else.
    """
    before, after = (changed.series.value(year) for year in years)
    named: dict[str, str | Text] = {
        "label": changed.label,
        "first": str(years[0]),
        "last": str(years[1]),
    }
    total = words.text(
        "change.total",
        before=numbers.both(numbers.value, before),
        after=numbers.both(numbers.value, after),
        change=_of_split(split),
        **named,
    )
    in_part = [words.text("change.part_year", year=str(year)) for year in partial]
    full, short = sentences(word.run_on(total, *in_part), split)
    sides = tuple(
        _counted(changed, (year, year), value)
        for year, value in zip(years, (before, after), strict=True)
    )
    asked = words.text("change.question", **named)
    return _finish(changed, asked, full, short, sides, [words.text("change.no_cause")])


def between_releases(
    changed: Changed, split: TotalsSplit | Split, years: Years, counts: tuple[Value, Value]
) -> Finding:
    """Tell why a later release counts more or fewer for the same years (grade D)."""
    span = numbers.both(numbers.years, *years)
    total = words.text(
        "change.total_revised",
        label=changed.label,
        years=span,
        before=numbers.both(numbers.value, counts[0]),
        after=numbers.both(numbers.value, counts[1]),
        change=_of_split(split),
    )
    full, short = sentences(total, split)
    asked = words.text("change.question_revised", label=changed.label, years=span)
    sides = tuple(_counted(changed, years, count) for count in counts)
    return _finish(changed, asked, full, short, sides, [words.text("change.no_cause")])


def same_in_releases(changed: Changed, spans: Sequence[tuple[Years, Value]]) -> Finding:
    """Tell that figures published more than once never changed (grade D)."""
    listed = Text(
        *("; ".join(_span_and_count(span, count, lang) for span, count in spans) for lang in _BOTH)
    )
    parts: dict[str, Any] = {"label": changed.label, "found": len(spans), "spans": listed}
    full = words.text(
        "change.same_one" if len(spans) == 1 else "change.same",
        left=words.text("change.cancel"),
        **parts,
    )
    asked = words.text("change.question_releases", label=changed.label)
    short = words.text("change.same_short", **parts)
    sides = tuple(_counted(changed, span, count) for span, count in spans)
    return _finish(changed, asked, full, short, sides)


def _span_and_count(span: Years, count: Value, language: Language) -> str:
    return f"{numbers.years(*span, language)}: {numbers.value(count, language)}"


def _of_split(split: TotalsSplit | Split) -> Text:
    if isinstance(split, Split):
        return change_of(split.change, split.change)
    return change_of(split.change_low, split.change_high)


def _counted(changed: Changed, years: Years, count: Value) -> Side:
    length = float(years[1] - years[0] + 1)
    return Side("", *years, count, length, unit=changed.series.unit)


def _finish(
    changed: Changed,
    question: Text,
    full: Text,
    short: Text,
    sides: tuple[Side, ...],
    beside: Iterable[Text] = (),
) -> Finding:
    return finish(
        id=changed.id,
        question=question,
        plans=changed.plans,
        evidence=Evidence(changed.rows, changed.fingerprint, changed.contrary),
        verdict="described",
        caveats=[*changed.because, *beside, *_of_breaks_and_plans(changed)],
        estimate=NOT_APPLICABLE,
        indicator=changed.series.indicator,
        country=changed.series.country,
        unit=changed.series.unit,
        breaks=tuple(brk.id for brk in changed.crossed),
        sides=sides,
        method=METHOD,
        assumptions=changed.assumptions,
        grade=grades.grade(grades.Design("one_point")),
        sentence=full,
        short=short,
    )


def _of_breaks_and_plans(changed: Changed) -> Iterable[Text]:
    yield from (word.clause(brk) for brk in changed.crossed)
    if not at_home(changed.series, changed.plans):
        yield words.text("findings.foreign_plans")
