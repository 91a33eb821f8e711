"""Tables of lists and their totals in, what pictures are drawn from out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.contracts.population import Estimated, Overlap, Overlapping, Spread, Step
from analysis.contracts.published import Text
from analysis.language import words
from analysis.methods.population_size.overlaps import overlaps
from analysis.methods.population_size.refits import Refit
from analysis.methods.population_size.result import Group, PopulationEstimate
from analysis.methods.population_size.tables import Lists
from analysis.published.overlaps import PrintedTotal, method_words
from analysis.study.hidden.checking import checked
from analysis.study.hidden.estimating import Hidden, NoTable
from analysis.study.hidden.told import Result, method_name
from analysis.study.hidden.worlds import PERSONS


def overlapping(result: Result | Hidden, country: Text) -> Overlapping:
    """Lay out who is on which lists; nothing where a country has no table."""
    if isinstance(result, NoTable):
        return Overlapping(country, 0, (), (), synthetic=False)
    if isinstance(result, Hidden):
        return _overlapping(words.text("hidden_population.world_shown"), result.lists, True)
    return _overlapping(result.table.title, result.hidden.lists, False)


def _overlapping(name: Text, lists: Lists, synthetic: bool) -> Overlapping:
    found = overlaps(lists)
    return Overlapping(
        name=name,
        n=found.n,
        sizes=tuple(zip(found.names, found.sizes, strict=True)),
        overlaps=tuple(Overlap(one.lists, one.exactly) for one in found.combinations),
        synthetic=synthetic,
    )


def estimated(result: Result | Hidden) -> tuple[Estimated, ...]:
    """Every method's total, the bound, and what was published; nothing without a table."""
    if isinstance(result, NoTable):
        return ()
    if isinstance(result, Hidden):
        return (*_methods(result), *_bound(result))
    printed = tuple(_printed(one) for one in result.table.printed)
    return (*_methods(result.hidden), *_bound(result.hidden), *printed)


def _methods(found: Hidden) -> Iterator[Estimated]:
    for one in found.tried:
        name = method_name(one.method)
        if one.found is None:
            yield Estimated(name, "ours", None, refused=one.why)
        else:
            total = one.found.estimate
            yield Estimated(name, "ours", total, one.found.low, one.found.high, model(one.found))


def _bound(found: Hidden) -> Iterator[Estimated]:
    bound = found.bounds.unequal if found.bounds else None
    if bound is not None:
        label = words.text("hidden_population.method_bound")
        yield Estimated(label, "bound", bound.total, bound.low, bound.high)


def _printed(one: PrintedTotal) -> Estimated:
    label = method_words(one.method)
    if one.before_merging:
        label = words.text("hidden_population.printed_before", method=method_words(one.method))
    return Estimated(label, "published", one.estimate, one.low, one.high)


def model(found: PopulationEstimate) -> Text | None:
    """Say which lists a model lets depend on each other; None where models are averaged."""
    if found.method in ("average", "decomposable", "latent_class"):
        return None
    return groups_words(found.model)


def groups_words(groups: Sequence[Group]) -> Text:
    """Write groups of lists: ``LA–NG, NG–GO``."""
    if not groups:
        return words.text("hidden_population.no_ties")
    said = ", ".join("\N{EN DASH}".join(group) for group in groups)
    return Text(said, said)


def spread(result: Result | Hidden) -> Spread | None:
    """How far the methods lie apart, with the truth where it is known; None: too few totals."""
    if isinstance(result, NoTable):
        return None
    own = (result if isinstance(result, Hidden) else result.hidden).spread
    if own is None:
        return None
    truth = PERSONS if isinstance(result, Hidden) else None
    return Spread(own.lowest, own.highest, own.ratio, own.factor, truth)


def steps(result: Result | Hidden) -> tuple[Step, ...]:
    """Return the total as lists are added; nothing without a table."""
    if isinstance(result, NoTable):
        return ()
    found = checked(result).path if isinstance(result, Hidden) else result.checked.path
    return tuple(_step(before, here) for before, here in zip((None, *found), found, strict=False))


def _step(before: Refit | None, here: Refit) -> Step:
    had = before.lists if before else ()
    added = " + ".join(name for name in here.lists if name not in had)
    refused = None
    if here.total is None:
        refused = words.text(f"hidden_population.refused_{here.existence or 'other'}")
    return Step(added, len(here.lists), here.n, here.total, here.low, here.high, refused)
