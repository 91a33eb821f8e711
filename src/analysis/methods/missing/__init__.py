"""What is not known, treated as such: bounds first, then imputation with its uncertainty.

In this order: `bounds` say what could be true whatever the missing figures are; `rubin`
pools imputed data sets; `delta` asks how wrong an imputation would have to be to change
the conclusion; `chained` imputes case records. A series that was never counted is refused
(`counted`).
"""

from analysis.methods.missing.bounds import (
    Bounds,
    mean_bounds,
    rate_ratio_bounds,
    share_bounds,
)
from analysis.methods.missing.chained import Imputations, impute, over_imputations
from analysis.methods.missing.counted import gaps
from analysis.methods.missing.delta import Sensitivity, Shifted, delta_adjusted
from analysis.methods.missing.odds import Partly, odds_adjusted
from analysis.methods.missing.rubin import Pooled, rubin

__all__ = [
    "Bounds",
    "Imputations",
    "Partly",
    "Pooled",
    "Sensitivity",
    "Shifted",
    "delta_adjusted",
    "gaps",
    "impute",
    "mean_bounds",
    "odds_adjusted",
    "over_imputations",
    "rate_ratio_bounds",
    "rubin",
    "share_bounds",
]
