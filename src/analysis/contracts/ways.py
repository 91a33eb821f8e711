"""One headline under every way of counting, as a reader meets it: ratios, and named choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.contracts.findings import Verdict
from analysis.contracts.published import Text

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OptionLabel:
    """An option: its name in the grid, its words, and why it has no ratio (None: it has)."""

    option: str
    label: Text
    silence: Text | None = None


@dataclass(frozen=True, slots=True)
class ChoiceLabel:
    """A choice with its options in registered order, and its share (0-1) of the spread."""

    choice: str
    label: Text
    options: tuple[OptionLabel, ...]
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way of counting: its ratio, and limits with and without variation between years.

    ``options`` are taken of the choices in their order; ``headline`` marks the registered
    analysis.
    """

    ratio: float
    varied: Pair | None
    plain: Pair | None
    options: tuple[str, ...]
    headline: bool


@dataclass(frozen=True, slots=True)
class WayCurve:
    """All ways from the lowest ratio to the highest; ``verdict`` is the headline's own.

    ``together`` is the share of the spread that no single choice explains, ``level`` that of
    the limits.
    """

    ways: tuple[Way, ...]
    choices: tuple[ChoiceLabel, ...]
    verdict: Verdict
    level: float
    median: float
    together: float | None = None

    def having(self) -> Mapping[tuple[str, str], tuple[Way, ...]]:
        """Return the ways that take an option, by choice and option."""
        found: dict[tuple[str, str], tuple[Way, ...]] = {}
        for place, choice in enumerate(self.choices):
            for option in choice.options:
                own = (way for way in self.ways if way.options[place] == option.option)
                found[choice.choice, option.option] = tuple(own)
        return found
