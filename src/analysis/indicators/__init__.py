"""Definitions and cases in; indicators by period and stratum, and what is missing, out.

``model``      definitions, windows and results
``catalogue``  which tables and columns a definition may name, in which units they count
``filters``    conditions of a definition, compiled to parameterised SQL
``compiling``  definitions compiled; mixed units and cohorts are refused
``reading``    definitions from ``data/indicators``
``matrix``     what was owed beside what came; a scorecard for each organisation
``computing``  all indicators on cases
``comparing``  two versions of an indicator on the same cases
"""

from analysis.indicators.comparing import Changed, Comparison, compare, differences
from analysis.indicators.computing import EVERY, compute
from analysis.indicators.matrix import Score, matrix, nothing_submitted, scorecard
from analysis.indicators.model import Definition, Groups, Result, Window, years
from analysis.indicators.reading import Definitions, read_definitions

__all__ = [
    "EVERY",
    "Changed",
    "Comparison",
    "Definition",
    "Definitions",
    "Groups",
    "Result",
    "Score",
    "Window",
    "compare",
    "compute",
    "differences",
    "matrix",
    "nothing_submitted",
    "read_definitions",
    "scorecard",
    "years",
]
