"""Every defensible way to estimate one thing, estimated: the specification curve.

``grid``         registered choices with their options, exclusions with reasons, a hash
``curve``        estimates of a whole grid, sorted and summed up, with what was refused
``sweeps``       the same from the tables of a sweep over a notebook
``comparisons``  the curve of a before-after rate ratio of counts, all models at once
``count_series`` counts as printed, and how a specification reads them
``permutation``  whether the curve as a whole could be chance
``orders``       which orders of the data a permutation test compares
``shares``       how much of the spread each choice explains
``estimating``   effects of many specifications on many orders of the data
``poisson``      many Poisson regressions fitted at once
"""

from analysis.methods.multiverse.comparisons import count_curve
from analysis.methods.multiverse.count_series import CountSeries
from analysis.methods.multiverse.curve import Curve, Point, Refused, run
from analysis.methods.multiverse.grid import Choice, Exclusion, Grid, Specification
from analysis.methods.multiverse.permutation import (
    JointTest,
    Statistic,
    compare_curves,
    joint_test,
)
from analysis.methods.multiverse.shares import Share, SpreadShares, spread_shares
from analysis.methods.multiverse.sweeps import of_sweep

__all__ = [
    "Choice",
    "CountSeries",
    "Curve",
    "Exclusion",
    "Grid",
    "JointTest",
    "Point",
    "Refused",
    "Share",
    "Specification",
    "SpreadShares",
    "Statistic",
    "compare_curves",
    "count_curve",
    "joint_test",
    "of_sweep",
    "run",
    "spread_shares",
]
