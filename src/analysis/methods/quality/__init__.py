"""How good the figures are: complete, in time, consistent, without strays, agreed with by others.

Five looks at the data, and a score that is never without its parts. None of them repairs
anything: what is missing or odd is named, so that somebody can ask the sender.
"""

from analysis.methods.quality.agreement import Agreement, agreement
from analysis.methods.quality.completeness import (
    Completeness,
    Reported,
    Share,
    Submission,
    reported,
    submissions,
)
from analysis.methods.quality.consistency import (
    PriorRatio,
    PriorRatios,
    SumCheck,
    ratio_to_prior,
    sums,
)
from analysis.methods.quality.fields import FieldCompleteness, MissingField, fields
from analysis.methods.quality.outliers import Outliers, outliers
from analysis.methods.quality.score import Lead, Part, Score, lead, score
from analysis.methods.quality.timeliness import InTime, Timeliness, timeliness

__all__ = [
    "Agreement",
    "Completeness",
    "FieldCompleteness",
    "InTime",
    "Lead",
    "MissingField",
    "Outliers",
    "Part",
    "PriorRatio",
    "PriorRatios",
    "Reported",
    "Score",
    "Share",
    "Submission",
    "SumCheck",
    "Timeliness",
    "agreement",
    "fields",
    "lead",
    "outliers",
    "ratio_to_prior",
    "reported",
    "score",
    "submissions",
    "sums",
    "timeliness",
]
