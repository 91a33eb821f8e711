"""Why did the number change? A difference between two counts, split over its reasons.

``records``      rows that add to a count: sender, case, period, dates, definition, release
``telling``      which reasons the facts of a row leave open
``releases``     two releases of a table, one period
``periods``      two periods of a table, one release
``parts``        the parts of a change, with bounds, and the key of their words
``attribution``  persons with their reasons: parts in order and without, with bounds
``totals``       bounds where only totals exist
"""

from analysis.methods.change.attribution import Difference, attribute
from analysis.methods.change.parts import (
    PARTS,
    REASONS,
    Attributed,
    Bounds,
    Effort,
    Part,
    Reason,
    Split,
)
from analysis.methods.change.periods import between_periods
from analysis.methods.change.records import Contributions
from analysis.methods.change.releases import between_releases
from analysis.methods.change.totals import PartBounds, TotalsSplit, between_totals

__all__ = [
    "PARTS",
    "REASONS",
    "Attributed",
    "Bounds",
    "Contributions",
    "Difference",
    "Effort",
    "Part",
    "PartBounds",
    "Reason",
    "Split",
    "TotalsSplit",
    "attribute",
    "between_periods",
    "between_releases",
    "between_totals",
]
