"""A table of overlapping lists in, what its picture draws and says of it out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from analysis.contracts.population import Overlap, Overlapping
from analysis.contracts.published import Language
from analysis.language import numbers
from analysis.reporting.figures.totals import persons, told

SHORT = 3
"""So many pairs without a shared person are still named."""


def answer(overlapping: Overlapping, several: Sequence[Overlap], language: Language) -> str:
    """Say how many were seen and how many on several lists: the title after the table's name."""
    both = sum(one.count for one in several)
    return told(
        "sets_title" if both else "sets_title_none",
        language,
        seen=persons(overlapping.n, language),
        both=numbers.number(both, language),
    )


def subtitle(overlapping: Overlapping, language: Language) -> str:
    """Say how many lists and persons there are, and what the scale of the bars is."""
    seen = persons(overlapping.n, language)
    return told("sets_subtitle", language, lists=len(overlapping.sizes), persons=seen)


def on_several(overlapping: Overlapping) -> list[Overlap]:
    """Return combinations of several lists: most persons first, then fewest lists, then order."""
    order = {name: place for place, (name, _) in enumerate(overlapping.sizes)}
    kept = [one for one in overlapping.overlaps if len(one.lists) > 1 and one.count]
    return sorted(
        kept, key=lambda one: (-one.count, len(one.lists), [order[name] for name in one.lists])
    )


def on_one(overlapping: Overlapping) -> list[Overlap]:
    """Return those on one list alone, 0 included, the longest list first."""
    counts = {one.lists[0]: one.count for one in overlapping.overlaps if len(one.lists) == 1}
    return [Overlap((name,), counts.get(name, 0)) for name in longest_first(overlapping)]


def longest_first(overlapping: Overlapping) -> list[str]:
    """Name the lists, the longest first, in the table's order where two are equal."""
    return [name for name, _ in sorted(overlapping.sizes, key=lambda one: -one[1])]


def rest_words(rest: Sequence[Overlap], language: Language) -> str:
    """Sum up the combinations that are not drawn."""
    count = persons(sum(one.count for one in rest), language)
    if len(rest) == 1:
        return told("sets_rest_one", language, persons=count)
    most = numbers.number(rest[0].count, language)
    return told("sets_rest", language, n=len(rest), most=most, persons=count)


def apart_words(overlapping: Overlapping, several: Sequence[Overlap], language: Language) -> str:
    """Say how many pairs of lists share nobody: of these, dependence cannot be told."""
    names = [name for name, _ in overlapping.sizes]
    shared = {pair for one in several for pair in combinations(sorted(one.lists), 2)}
    pairs = list(combinations(names, 2))
    apart = [pair for pair in pairs if tuple(sorted(pair)) not in shared]
    if not apart:
        return told("sets_apart_none", language)
    counted: dict[str, str | int] = {"n": len(apart), "pairs": len(pairs)}
    if len(apart) > SHORT:
        return told("sets_apart", language, **counted)
    named = ", ".join(" + ".join(pair) for pair in apart)
    return told("sets_apart_named", language, named=named, **counted)


def data_lines(
    overlapping: Overlapping, several: Sequence[Overlap], language: Language
) -> list[tuple[str, ...]]:
    """List every number: whole lists, persons on one list alone, every combination."""
    sizes = dict(overlapping.sizes)
    parts = (
        ("sets_data_list", [Overlap((name,), sizes[name]) for name in longest_first(overlapping)]),
        ("sets_data_alone", on_one(overlapping)),
        ("sets_data_several", several),
    )
    return [
        (told(key, language), " + ".join(one.lists), numbers.number(one.count, language))
        for key, columns in parts
        for one in columns
    ]


def alt_words(line: Sequence[str], language: Language) -> str:
    """Tell a line of the data in words."""
    counted, lists, n = line
    return told("sets_alt", language, counted=counted, lists=lists, n=n)
