"""Registered choices and one comparison in, every way to count it laid out for the method out.

A choice is registered by name (``window: three_years``), so that the same grid serves every
country. Here names become years, counts and comparators of one series. What a name cannot
mean for that series, or what would count the same thing twice, is left out with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from analysis.errors import ParameterError
from analysis.findings.verdict import CONFOUNDING
from analysis.methods.multiverse import Choice, CountSeries, Grid
from analysis.methods.multiverse.count_series import NONE
from analysis.methods.multiverse.grid import Value
from analysis.study import ways_counted
from analysis.study.comparison import Compared
from analysis.study.ways_counted import Pool, Population

Options = Mapping[str, tuple[str, ...]]
Reason = Literal[
    "no_part_years",
    "no_breaks",
    "unsourced_breaks",
    "same_years",
    "no_comparators",
    "no_population",
]

REGISTERED: Options = {
    "start": ("plan", "year_later"),
    "window": ("plans", "three_years", "years_after"),
    "excluded": ("none", "highest_year", "break_years", "part_years"),
    "reading": ("least", "most", "low", "high"),
    "exposure": ("years", "population"),
    "comparator": ("none", "countries", "neighbours"),
    "dispersion": ("floored", "poisson"),
}
"""Every choice that we know, and the grid where no protocol lays down another.

The first option of each is the registered analysis; of readings it takes both ends."""

ENDS = ("least", "most")
"""The two readings that bound all others: the registered analysis gives both."""

NEAREST = 3
"""Years of ``three_years`` on each side: the fewest that can show a scatter by themselves."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An option that says nothing of this series, and why."""

    choice: str
    option: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Others:
    """Series of other countries, each complete, and the yearly population of any country."""

    countries: Pool
    neighbours: Pool
    population: Population


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways to count one comparison; ``rows`` are those of every number in them.

    ``grid`` holds what is estimated, ``registered`` the choices as they were laid down,
    ``values`` what each option stands for here, ``pooled`` how many countries a comparator adds.
    """

    grid: Grid
    registered: Grid
    series: CountSeries
    comparators: Mapping[str, CountSeries]
    dropped: tuple[Dropped, ...]
    values: Mapping[str, Mapping[str, Value]]
    pooled: Mapping[str, int]
    rows: tuple[str, ...]

    def headline(self) -> tuple[tuple[str, ...], ...]:
        """Options of the registered analysis, at both ends of the counts."""
        first = {choice.name: choice.options[0] for choice in self.registered.choices}
        return tuple(
            tuple(end if name == "reading" else first[name] for name in self.grid.names)
            for end in ENDS
        )

    def lost(self, only: Mapping[str, str]) -> Dropped | None:
        """Return an option that is asked for and says nothing of this series."""
        asked = only.items()
        return next((one for one in self.dropped if (one.choice, one.option) in asked), None)

    def narrowed(self, only: Mapping[str, str]) -> Ways:
        """Return the ways that take one option of some choices; all else stays as it is.

        Raises
        ------
        ParameterError
            If the grid does not have such an option.
        """
        known = {choice.name: choice.options for choice in self.grid.choices}
        wrong = [f"{a}={b}" for a, b in only.items() if b not in known.get(a, ())]
        if wrong:
            raise ParameterError(
                f"ways: {len(wrong)} options are not in the grid ({', '.join(wrong)}). "
                "Take one that is registered."
            )
        choices = tuple(_of_choice(one, only.get(one.name)) for one in self.grid.choices)
        grid = ways_counted.without_repetitions(choices, self.series, self.comparators)
        return replace(self, grid=grid)


def _of_choice(choice: Choice, option: str | None) -> Choice:
    if option is None:
        return choice
    return Choice(choice.name, (option,), (choice.values[choice.options.index(option)],))


def checked(choices: Mapping[str, Sequence[object]]) -> dict[str, tuple[str, ...]]:
    """Return registered choices in our order, or refuse what nothing here can do.

    Raises
    ------
    ParameterError
        If a choice or an option is unknown.
    """
    wrong = [name for name in choices if name not in REGISTERED]
    wrong += [
        f"{name}={option}"
        for name, options in choices.items()
        for option in options
        if name in REGISTERED and option not in REGISTERED[name]
    ]
    if wrong:
        raise ParameterError(
            f"protocol.grid: {len(wrong)} choices or options are unknown ({', '.join(wrong)}). "
            f"Choices are {', '.join(REGISTERED)}; evaluations/README.md lists their options."
        )
    return {
        name: tuple(map(str, choices.get(name, options[:1])))
        for name, options in REGISTERED.items()
    }


def period(compared: Compared, options: Options) -> tuple[int, ...]:
    """Return every year that some way counts and that the series has a bounded figure for."""
    start, lengths = compared.after.first, _windows(compared, options).values()
    first = start - max(before for before, _ in lengths)
    last = start + max(after for _, after in lengths) - 1 + len(options["start"][1:])
    inside = range(compared.before.first, compared.after.last + 1)
    counted = [compared.before.span, compared.after.span]
    return tuple(
        year
        for year in compared.series.years
        if first <= year <= last
        and compared.series.value(year).bounds[1] < float("inf")
        and (year not in inside or any(a <= year <= b for a, b in counted))
    )


def lay_out(compared: Compared, options: Options, others: Others) -> Ways:
    """Lay out every way to count one comparison.

    Parameters
    ----------
    options : mapping
        As `checked` gives them.
    others : Others
        Complete in every year of `period`.
    """
    years = period(compared, options)
    pools, dropped = _pools(options, others)
    every = [(compared.series,), *pools.values()]
    peopled = ways_counted.all_peopled(years, every, others.population)
    population = others.population if peopled else None
    meant = _values(compared, options, pools)
    values = {name: dict(named) for name, named in meant.items()}
    dropped += _twice(values, compared)
    if not peopled and values["exposure"].pop("population", None):
        dropped.append(Dropped("exposure", "population", "no_population"))
    series, *rest = (ways_counted.counted(pool, years, population) for pool in every)
    comparators = dict(zip(pools, rest, strict=True))
    choices = tuple(Choice.of(name, named) for name, named in values.items())
    return Ways(
        grid=ways_counted.without_repetitions(choices, series, comparators),
        registered=Grid.of({"choices": options}),
        series=series,
        comparators=comparators,
        dropped=tuple(dropped),
        values=meant,
        pooled={name: len(pool) for name, pool in pools.items()},
        rows=ways_counted.rows(every, years, population),
    )


def _values(
    compared: Compared, options: Options, pools: Mapping[str, Pool]
) -> dict[str, dict[str, Value]]:
    """Say what each option stands for in this series."""
    return {
        "start": _starts(compared, options),
        "window": dict(_windows(compared, options)),
        "excluded": _excluded(compared, options),
        "reading": {name: name for name in options["reading"]},
        "exposure": {one: NONE if one == "years" else one for one in options["exposure"]},
        "comparator": {one: one for one in options["comparator"] if one in (NONE, *pools)},
        "dispersion": {name: name for name in options["dispersion"]},
    }


def _starts(compared: Compared, options: Options) -> dict[str, Value]:
    first = {"plan": compared.after.first, "year_later": compared.after.first + 1}
    return {name: first[name] for name in options["start"]}


def _windows(compared: Compared, options: Options) -> dict[str, tuple[int, int]]:
    before = compared.after.first - compared.before.first
    after = compared.after.last - compared.after.first + 1
    lengths = {
        "plans": (before, after),
        "three_years": (NEAREST, NEAREST),
        "years_after": (before, 2 * after),
    }
    return {name: lengths[name] for name in options["window"]}


def _excluded(compared: Compared, options: Options) -> dict[str, Value]:
    series, inside = compared.series, _inside(compared)
    breaks = [brk for brk in series.breaks if brk.year in inside]
    sets = {
        "none": (),
        "highest_year": (max(inside, key=lambda year: (series.value(year).bounds[1], -year)),),
        "break_years": {brk.year for brk in breaks if brk.sourced and brk.flag in CONFOUNDING},
        "part_years": {brk.year for brk in breaks if brk.splits_a_year},
    }
    return {name: tuple(sorted(sets[name])) for name in options["excluded"]}


def _inside(compared: Compared) -> tuple[int, ...]:
    spans = (compared.before.span, compared.after.span)
    return tuple(year for a, b in spans for year in range(a, b + 1))


def _twice(values: dict[str, dict[str, Value]], compared: Compared) -> list[Dropped]:
    """Take out options that stand for what an earlier option stands for."""
    dropped = []
    for choice, named in values.items():
        for option in list(named)[1:]:
            earlier = list(named.values())[: list(named).index(option)]
            if named[option] in earlier:
                dropped.append(Dropped(choice, option, _why(option, named[option], compared)))
                del named[option]
    return dropped


def _why(option: str, value: Value, compared: Compared) -> Reason:
    if value != ():
        return "same_years"
    if option == "part_years":
        return "no_part_years"
    inside = _inside(compared)
    unsourced = any(
        brk.flag in CONFOUNDING and brk.year in inside for brk in compared.series.breaks
    )
    return "unsourced_breaks" if unsourced else "no_breaks"


def _pools(options: Options, others: Others) -> tuple[dict[str, Pool], list[Dropped]]:
    pools = {"countries": others.countries, "neighbours": others.neighbours}
    wanted = [name for name in options["comparator"] if name != NONE]
    found = {name: pools[name] for name in wanted if pools[name]}
    return found, [
        Dropped("comparator", name, "no_comparators") for name in wanted if name not in found
    ]
