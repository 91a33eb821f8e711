"""What a kind of field makes of the different words of a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from analysis.contracts.partner.forms import Field
from analysis.intake.validating.columns import ArrowArray, Bools
from analysis.intake.validating.setting import Setting

Values = Any
"""A `pandas` extension array: one value a word."""


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """One value a word, missing where it cannot be read.

    ``faults``: by rule, which words break it. ``exchanged``: for dates, the reading with
    day and month exchanged (NaT where that is no day, or the word leaves no choice).
    """

    values: Values
    faults: dict[str, Bools] = field(default_factory=dict)
    exchanged: Values = None


Parse = Callable[[ArrowArray, Field, Setting], Parsed]
