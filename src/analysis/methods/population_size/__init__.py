"""How many were never found: population size from overlapping lists."""

from __future__ import annotations

from analysis.methods.population_size.result import (
    Diagnostics,
    NoEstimateError,
    PopulationEstimate,
    Weighed,
)
from analysis.methods.population_size.tables import Lists, framed, lists_of, read_lists

__all__ = [
    "Diagnostics",
    "Lists",
    "NoEstimateError",
    "PopulationEstimate",
    "Weighed",
    "framed",
    "lists_of",
    "read_lists",
]
