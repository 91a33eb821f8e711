"""What would have happened without the plan: series with a plan's start in, effects out.

``rule``             how many years before the plan it takes
``panel``            outcomes of several units over the same periods, checked
``simplex``          the mixture of donors closest to a unit (weights of 0 or more, summing to 1)
``importance``       how much each predictor counts, so that the mixture fits the outcome
``synthetic``        synthetic control: weights, gap and fit; one donor left out at a time
``placebos``         the same for units and dates without a plan: rank and smallest p
``structural``       a local level with comparator series, and a simulated band after the plan
``local_level``      the model behind it
``difference``       difference in differences of two groups
``clustered``        the same with errors for units alike inside clusters, where there are enough
``one_treated``      one treated unit: permutation test and limits
``staggered``        plans that begin in different years (Callaway and Sant'Anna)
``aggregates``       its averages by group, calendar period and time since the plan
``trends``           an event study's estimates, checked for the bounds below
``parallel_trends``  how far parallel trends may fail before an effect is undecided
``smooth_drift``     its limits where the drift bends little
"""

from analysis.methods.counterfactual.rule import FEWEST_PRE_YEARS, require_pre_years

__all__ = ["FEWEST_PRE_YEARS", "require_pre_years"]
