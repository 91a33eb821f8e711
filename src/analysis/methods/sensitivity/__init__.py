"""How strong something unseen would have to be to explain a finding away.

`evalue` for ratios and standardised differences, `robustness` for linear regression,
`rosenbaum` for matched pairs, and `control` for an outcome that the plan cannot have moved.
None says that such a thing exists.
"""

from analysis.methods.sensitivity.control import NegativeControl, negative_control
from analysis.methods.sensitivity.evalue import EValue, Scale, e_value
from analysis.methods.sensitivity.robustness import (
    Benchmark,
    Confounded,
    Robustness,
    benchmark,
    confounded,
    partial_r2,
    robustness_value,
)
from analysis.methods.sensitivity.rosenbaum import HiddenBias, PairBounds, pair_bounds

__all__ = [
    "Benchmark",
    "Confounded",
    "EValue",
    "HiddenBias",
    "NegativeControl",
    "PairBounds",
    "Robustness",
    "Scale",
    "benchmark",
    "confounded",
    "e_value",
    "negative_control",
    "pair_bounds",
    "partial_r2",
    "robustness_value",
]
