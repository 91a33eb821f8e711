"""Overlapping lists in, how many there are in all, and how far to trust it, out.

The table
    ``reading``                            a file of lists, as spreadsheets write them
    ``tables``, ``overlaps``, ``subsets``  checked; who shares cases with whom; its parts
    ``simulated_lists``                    lists with a known truth, to judge the methods by

The total (``estimating``)
    ``stepwise``                pairs of lists added by p-value, as R's SparseMSE does
    ``criterion``               all hierarchical models by BIC, or their average
    ``decomposable``            average over decomposable graphs
    ``latent_class``            classes of cases that differ in how they are listed
    ``bounds``, ``two_lists``   the least there can be; each pair by itself

What it rests on
    ``models``, ``existence``   one model's fit; whether it has an estimate
    ``fits``, ``lockstep``      thousands of fits at once: any models; all models of one table
    ``hierarchical``, ``search``, ``ranking``, ``reselection``, ``mixture``
                                which models there are, ordered, chosen again, averaged
    ``bca``                     limits from resamples in which the model is chosen again
    ``left_out``, ``merged``, ``trajectory``, ``consistency``, ``remaining``, ``spread``
                                what would move the total, and whether methods agree
"""

from __future__ import annotations

from analysis.methods.population_size.bounds import chao_bounds
from analysis.methods.population_size.consistency import internal_consistency
from analysis.methods.population_size.criterion import compare_models, compares_all
from analysis.methods.population_size.decomposable import TotalPosterior, decomposable_posterior
from analysis.methods.population_size.estimating import estimate
from analysis.methods.population_size.existence import existence
from analysis.methods.population_size.left_out import leave_one_out
from analysis.methods.population_size.merged import merge_and_refit
from analysis.methods.population_size.models import Fit, fit_model
from analysis.methods.population_size.overlaps import overlaps
from analysis.methods.population_size.reading import read_lists
from analysis.methods.population_size.remaining import (
    remaining_by_pair,
    remaining_dependence,
    remaining_interaction,
)
from analysis.methods.population_size.result import (
    Diagnostics,
    NoEstimateError,
    PopulationEstimate,
    Weighed,
)
from analysis.methods.population_size.simulated_lists import (
    LatentClass,
    Shock,
    SimulatedLists,
    simulate_lists,
)
from analysis.methods.population_size.spread import spread
from analysis.methods.population_size.tables import Lists, framed, lists_of
from analysis.methods.population_size.trajectory import (
    along,
    by_number,
    every_trajectory,
    trajectory,
)
from analysis.methods.population_size.two_lists import pair_estimates

__all__ = [
    "Diagnostics",
    "Fit",
    "LatentClass",
    "Lists",
    "NoEstimateError",
    "PopulationEstimate",
    "Shock",
    "SimulatedLists",
    "TotalPosterior",
    "Weighed",
    "along",
    "by_number",
    "chao_bounds",
    "compare_models",
    "compares_all",
    "decomposable_posterior",
    "estimate",
    "every_trajectory",
    "existence",
    "fit_model",
    "framed",
    "internal_consistency",
    "leave_one_out",
    "lists_of",
    "merge_and_refit",
    "overlaps",
    "pair_estimates",
    "read_lists",
    "remaining_by_pair",
    "remaining_dependence",
    "remaining_interaction",
    "simulate_lists",
    "spread",
    "trajectory",
]
