"""Spells in; how long until an event, between whom it differs, and what else ends them, out."""

from analysis.methods.survival.competing import (
    Incidence,
    cumulative_incidence,
    incidence_at,
    permuted_incidence_test,
)
from analysis.methods.survival.cox import Coefficient, CoxModel, cox
from analysis.methods.survival.kaplan_meier import (
    RiskRow,
    SurvivalCurve,
    kaplan_meier,
    quantile,
    risk_table,
    survival_at,
)
from analysis.methods.survival.log_rank import LogRank, log_rank, permuted_log_rank
from analysis.methods.survival.permutation import GroupEvents, PermutedTest
from analysis.methods.survival.proportionality import CourseTest, Proportionality, proportionality
from analysis.methods.survival.restricted_mean import (
    RestrictedDifference,
    RestrictedMean,
    restricted_mean,
    restricted_mean_difference,
)

__all__ = [
    "Coefficient",
    "CourseTest",
    "CoxModel",
    "GroupEvents",
    "Incidence",
    "LogRank",
    "PermutedTest",
    "Proportionality",
    "RestrictedDifference",
    "RestrictedMean",
    "RiskRow",
    "SurvivalCurve",
    "cox",
    "cumulative_incidence",
    "incidence_at",
    "kaplan_meier",
    "log_rank",
    "permuted_incidence_test",
    "permuted_log_rank",
    "proportionality",
    "quantile",
    "restricted_mean",
    "restricted_mean_difference",
    "risk_table",
    "survival_at",
]
