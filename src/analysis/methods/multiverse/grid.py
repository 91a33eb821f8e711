"""Choices with their options in; every possible combination, and a hash to register, out.

A grid is fixed before anything is estimated. What cannot be combined is excluded with
a reason, so that nobody has to ask later why a combination is missing.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, Self

from analysis.errors import MethodError

Value = str | int | float | bool | None | tuple["Value", ...]

MOST = 100_000
"""More specifications than this are taken for a slip, and would not be read by anyone."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision with its options: ``values[i]`` is what option ``options[i]`` stands for."""

    name: str
    options: tuple[str, ...]
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        named = all(isinstance(one, str) and one for one in (self.name, *self.options))
        if not named or not self.options:
            raise MethodError(
                "multiverse: a choice has no name, no option, or an option without a name. "
                "Name the decision and at least one way to take it."
            )
        if len(self.values) != len(self.options):
            raise MethodError(
                f"multiverse: a choice has {len(self.options)} options and {len(self.values)} "
                "values. Give one value for each option."
            )
        _refuse_repeated("options of a choice", list(map(_text, self.options)))
        # Two names for one value would count the same specification twice.
        _refuse_repeated("values of a choice", [_canonical(value) for value in self.values])

    @classmethod
    def of(cls, name: str, options: Mapping[str, Value] | Sequence[Value]) -> Self:
        """Make a choice of named values, or of values that are their own names.

        Examples
        --------
        >>> Choice.of("window", [3, 4]).options
        ('3', '4')
        >>> Choice.of("years", {"all": (), "without the reform": (2007,)}).values
        ((), (2007,))
        """
        if isinstance(options, Mapping):
            return cls(name, tuple(options), tuple(map(_frozen, options.values())))
        values = tuple(map(_frozen, options))
        return cls(name, tuple(map(option_name, values)), values)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Options that cannot go together, and why: one pair (choice, option) or more."""

    together: tuple[tuple[str, str], ...]
    reason: str

    def __post_init__(self) -> None:
        if not self.together or not self.reason.strip():
            raise MethodError(
                "multiverse: an exclusion names no options or gives no reason. Say which options "
                "cannot go together, and why."
            )
        _refuse_repeated("choices of an exclusion", [_text(name) for name, _ in self.together])


@dataclass(frozen=True, slots=True)
class Grid:
    """Registered choices. The last choice turns fastest; excluded combinations are left out.

    Raises
    ------
    MethodError
        If two choices share a name, an exclusion names what the grid does not have or
        matches nothing, nothing is left, or there are more than ``MOST`` combinations.

    References
    ----------
    Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), Perspectives on Psychological
    Science 11, 702-712.

    Examples
    --------
    >>> grid = Grid(
    ...     (Choice.of("window", [3, 4]), Choice.of("model", ["before_after", "interrupted"])),
    ...     (Exclusion((("window", "3"), ("model", "interrupted")), "too few years"),),
    ... )
    >>> [one.options for one in grid.specifications()]
    [('3', 'before_after'), ('4', 'before_after'), ('4', 'interrupted')]
    """

    choices: tuple[Choice, ...]
    exclusions: tuple[Exclusion, ...] = ()

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Self:
        """Read a grid as a protocol writes it.

        ``choices`` has, by name, a list of values or values by name; ``exclusions`` (may be
        left out) is a list of ``together`` (an option's name by choice) and ``reason``.

        Raises
        ------
        MethodError
            If it is written in another way, and as `Grid`.

        Examples
        --------
        >>> Grid.of({"choices": {"window": [3, 4], "model": ["trend"]}}).combinations
        2
        """
        try:
            choices = tuple(Choice.of(*item) for item in written["choices"].items())
            exclusions = tuple(
                Exclusion(
                    tuple((name, option_name(option)) for name, option in one["together"].items()),
                    one["reason"],
                )
                for one in written.get("exclusions", ())
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise MethodError(
                "multiverse: the grid is not written as choices (a list of values, or values by "
                "name) and exclusions (together, reason). Write it so."
            ) from error
        return cls(choices, exclusions)

    def __post_init__(self) -> None:
        _require_choices(self.choices)
        _refuse_repeated("choices", [_text(choice.name) for choice in self.choices])
        _refuse_unknown(self.choices, self.exclusions)
        if self.combinations > MOST:
            raise MethodError(
                f"multiverse: the grid has {self.combinations} combinations, and {MOST} is the "
                "most. Take away options that nobody would defend."
            )
        _require_use(self)

    @property
    def combinations(self) -> int:
        """How many combinations there are before exclusions."""
        return math.prod(len(choice.options) for choice in self.choices)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the choices, in their order."""
        return tuple(choice.name for choice in self.choices)

    def specifications(self) -> tuple[Specification, ...]:
        """Return every combination that is not excluded, in stated order."""
        return tuple(one for one in self._all() if self._excluding(one) is None)

    def excluded(self) -> tuple[tuple[str, int], ...]:
        """Return each reason with the combinations it takes away (first exclusion that matches)."""
        if not self.exclusions:
            return ()
        counted = dict.fromkeys((one.reason for one in self.exclusions), 0)
        for specification in self._all():
            if (found := self._excluding(specification)) is not None:
                counted[found.reason] += 1
        return tuple(counted.items())

    def sha256(self) -> str:
        """Return a hash of what the grid says, not of how it was typed.

        The order of choices, options and exclusions, 3 or 3.0, and how letters such as
        "å" are encoded do not change it; names, values and reasons do.
        """
        return hashlib.sha256(_json(self.registered()).encode()).hexdigest()

    def registered(self) -> dict[str, Any]:
        """Return the grid as a protocol holds it: plain JSON, which `of` reads again."""
        exclusions = [
            {"together": {_text(a): _text(b) for a, b in one.together}, "reason": _text(one.reason)}
            for one in self.exclusions
        ]
        return {
            "choices": {
                _text(choice.name): {
                    _text(option): _comparable(value)
                    for option, value in zip(choice.options, choice.values, strict=True)
                }
                for choice in self.choices
            },
            "exclusions": sorted(exclusions, key=_json),
        }

    def _all(self) -> Iterator[Specification]:
        names = self.names
        options = product(*(choice.options for choice in self.choices))
        values = product(*(choice.values for choice in self.choices))
        for named, meant in zip(options, values, strict=True):
            yield Specification(names, named, meant)

    def _excluding(self, specification: Specification) -> Exclusion | None:
        if not self.exclusions:
            return None
        taken = set(zip(specification.choices, specification.options, strict=True))
        return next((one for one in self.exclusions if taken.issuperset(one.together)), None)


@dataclass(frozen=True, slots=True)
class Specification:
    """One option of each choice: its name and the value that it stands for."""

    choices: tuple[str, ...]
    options: tuple[str, ...]
    values: tuple[Value, ...]

    def by_choice(self) -> dict[str, Value]:
        """Return the value of each choice by the choice's name."""
        return dict(zip(self.choices, self.values, strict=True))


def option_name(value: object) -> str:
    """Name an option by its value, the same however a table stores it (3 or 3.0, list or tuple).

    Raises
    ------
    MethodError
        If a value is neither text, number, yes or no, nothing, nor a list of such.
    """
    frozen = _frozen(value)
    return frozen if isinstance(frozen, str) else _canonical(frozen)


def _require_choices(choices: tuple[Choice, ...]) -> None:
    if not choices:
        raise MethodError("multiverse: the grid has no choices. Name at least one.")


def _refuse_unknown(choices: tuple[Choice, ...], exclusions: tuple[Exclusion, ...]) -> None:
    known = {(choice.name, option) for choice in choices for option in choice.options}
    wrong = sum(not known.issuperset(one.together) for one in exclusions)
    if wrong:
        raise MethodError(
            f"multiverse: {wrong} of {len(exclusions)} exclusions name a choice or an option that "
            "the grid does not have. Write them as the choices are written."
        )


def _require_use(grid: Grid) -> None:
    idle = sum(count == 0 for _, count in grid.excluded())
    if idle:
        raise MethodError(
            f"multiverse: {idle} exclusions take nothing away that others have not. Remove them."
        )
    if sum(count for _, count in grid.excluded()) == grid.combinations:
        raise MethodError("multiverse: every combination is excluded. Keep at least one.")


def _refuse_repeated(what: str, listed: list[str]) -> None:
    twice = len(listed) - len(set(listed))
    if twice:
        raise MethodError(
            f"multiverse: {twice} of {len(listed)} {what} stand twice. Name each once."
        )


def _frozen(value: object) -> Value:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | range):
        return tuple(map(_frozen, value))
    if isinstance(value, float) and not math.isfinite(value):
        raise MethodError("multiverse: an option is no finite number. Give it a name instead.")
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise MethodError(
        "multiverse: an option is neither text, number, yes or no, nothing, nor a list of such. "
        "A protocol cannot hold it: give it a name, and look it up in the estimator."
    )


def _comparable(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_comparable(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    # A file may give 3 or 3.0 for the same option; True is not 1.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _canonical(value: Value) -> str:
    return _json(_comparable(value))


def _json(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _text(text: str) -> str:
    return unicodedata.normalize("NFC", text)
