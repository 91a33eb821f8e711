"""Findings, series and published tables in, pictures out.

Each function takes an id, what it draws, and ``language``; it returns a `Shown`
that displays itself in a notebook. Titles are written from verdicts, intervals
and flags; every number is printed, and the text alternative is made from the
same data. Without data a picture says *not submitted* in words.
"""

from analysis.reporting.figures.board import measure_board
from analysis.reporting.figures.case_funnel import case_funnel
from analysis.reporting.figures.change_dots import change_dots
from analysis.reporting.figures.change_parts import change_parts
from analysis.reporting.figures.control import control_charts
from analysis.reporting.figures.counts import yearly_counts
from analysis.reporting.figures.coverage_dots import coverage_dots
from analysis.reporting.figures.criteria import criteria_grid
from analysis.reporting.figures.due_matrix import due_matrix
from analysis.reporting.figures.estimate_path import estimate_path
from analysis.reporting.figures.estimate_tree import estimate_tree
from analysis.reporting.figures.forest import rate_forest
from analysis.reporting.figures.incidence_curves import incidence_curves
from analysis.reporting.figures.index import index_panels
from analysis.reporting.figures.law_event import law_event
from analysis.reporting.figures.network import who_does_what
from analysis.reporting.figures.overlap_sets import overlap_sets
from analysis.reporting.figures.overview import finding_board
from analysis.reporting.figures.parts import parts_by_year
from analysis.reporting.figures.promises import promise_grid
from analysis.reporting.figures.quality_grid import quality_grid
from analysis.reporting.figures.rank_strips import rank_strips
from analysis.reporting.figures.ranks import comparator_ranks
from analysis.reporting.figures.roles import roles_grid
from analysis.reporting.figures.simulated import simulated_verdicts
from analysis.reporting.figures.simulated_coverage import simulated_coverage
from analysis.reporting.figures.stay import stay_days
from analysis.reporting.figures.tie_matrices import tie_matrices
from analysis.reporting.figures.timeline import plan_timeline
from analysis.reporting.figures.trace import trace_map
from analysis.reporting.figures.twin_gaps import twin_gaps
from analysis.reporting.figures.ways import specification_curve

__all__ = [
    "case_funnel",
    "change_dots",
    "change_parts",
    "comparator_ranks",
    "control_charts",
    "coverage_dots",
    "criteria_grid",
    "due_matrix",
    "estimate_path",
    "estimate_tree",
    "finding_board",
    "incidence_curves",
    "index_panels",
    "law_event",
    "measure_board",
    "overlap_sets",
    "parts_by_year",
    "plan_timeline",
    "promise_grid",
    "quality_grid",
    "rank_strips",
    "rate_forest",
    "roles_grid",
    "simulated_coverage",
    "simulated_verdicts",
    "specification_curve",
    "stay_days",
    "tie_matrices",
    "trace_map",
    "twin_gaps",
    "who_does_what",
    "yearly_counts",
]
