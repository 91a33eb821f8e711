"""What an estimate of a population is, and what it never parts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.errors import MethodError

Method = Literal["stepwise", "bic", "main", "average", "latent_class", "decomposable"]

Interval = Literal["bca", "given the model", "posterior"]
"""Re-selecting bootstrap; normal limits for the logarithm of the hidden part, the model taken
as known (too narrow: the model was chosen from the same data); quantiles of a posterior, or
of the models weighed by their BIC ("average" without resamples)."""

Group = tuple[str, ...]
"""Names of lists that a model lets depend on each other."""

EXISTS = 0
NOT_FINITE = 1
NOT_IDENTIFIABLE = 2
NEITHER = 3
WHY_NOT = {
    NOT_FINITE: "the likelihood has no finite maximum: too few cases are on two lists",
    NOT_IDENTIFIABLE: "the table cannot tell the model's parameters apart",
    NEITHER: "the likelihood has no finite maximum and the table cannot tell parameters apart",
}


class NoEstimateError(MethodError):
    """No honest number exists; ``existence`` is the code of the model (1, 2 or 3)."""

    def __init__(self, message: str, existence: int) -> None:
        super().__init__(message)
        self.existence = existence


@dataclass(frozen=True, slots=True)
class Weighed:
    """A model with its share of the evidence, and the total that it alone would give."""

    groups: tuple[Group, ...]
    total: float
    weight: float
    bic: float | None = None


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """How an estimate came about; ``None`` where a method has no such thing.

    Attributes
    ----------
    interval : str
        What the limits are.
    parameters : int
        Parameters of the model, those at minus infinity included.
    log_likelihood, deviance, aic, bic : float
        Of the model chosen; ``bic`` with the number of cases as sample size.
    empty : tuple of groups
        Combinations in the model that no case is on (parameter minus infinity).
    resamples, without_estimate : int
        Bootstrap resamples, and how many of them had no finite estimate (counted as infinite).
    same_model : float
        Share of resamples in which the same model was chosen again, 0-1.
    bias_correction, acceleration : float
        z0 and a of the BCa limits.
    models : tuple of Weighed
        Models by weight, the heaviest first, at most 20.
    models_compared, models_without_estimate : int
        Models looked at, and how many have no finite estimate.
    searched : bool
        Whether these are the models that a search came by, and not all there are.
    chains : int
    r_hat : float
        Largest potential scale reduction; above 1.05 the chains disagree.
    effective_draws : float
    """

    interval: Interval
    parameters: int | None = None
    log_likelihood: float | None = None
    deviance: float | None = None
    aic: float | None = None
    bic: float | None = None
    empty: tuple[Group, ...] = ()
    resamples: int | None = None
    without_estimate: int | None = None
    same_model: float | None = None
    bias_correction: float | None = None
    acceleration: float | None = None
    models: tuple[Weighed, ...] = ()
    models_compared: int | None = None
    models_without_estimate: int | None = None
    searched: bool | None = None
    chains: int | None = None
    r_hat: float | None = None
    effective_draws: float | None = None


@dataclass(frozen=True, slots=True)
class PopulationEstimate:
    """Number of persons, seen and unseen, with limits at confidence ``level``.

    Attributes
    ----------
    estimate, low, high : float
        The total. ``high`` is infinite where the data set no upper limit.
    hidden : float
        The part on no list: ``estimate - n``.
    n : int
        Cases on at least one list.
    method : str
    model : tuple of groups
        Groups of two or more lists that the model lets depend on each other, each as names;
        empty: the lists are independent. For methods that average, the heaviest model.
    existence : int
        0: a finite estimate exists and is identifiable (else there is no estimate).
    diagnostics : Diagnostics
    """

    estimate: float
    low: float
    high: float
    level: float
    hidden: float
    n: int
    method: Method
    model: tuple[Group, ...]
    existence: int
    diagnostics: Diagnostics
