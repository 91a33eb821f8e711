"""Counts by period and a break in; how the level and the slope changed there, out.

An interrupted series says that something changed at a date. It does not say what: all
that began then is in the ratio, and where the plan also built the detector, the ratio is
one of detection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.methods.interrupted.autocorrelation import Autocorrelation, autocorrelation
from analysis.methods.interrupted.design import design_of
from analysis.methods.interrupted.errors import Limits, ModelTest, compare_errors, compare_models
from analysis.methods.interrupted.fits import Fit, Term, fit_design, theta_of
from analysis.methods.interrupted.placebo import Placebo, PlaceboDates, placebo_dates
from analysis.methods.interrupted.series import Break, Model, Season, Series, kept
from analysis.methods.interrupted.simulation import Performance, performance
from analysis.methods.interrupted.without_break import Excess, WithoutBreak, without_break

__all__ = [
    "Autocorrelation",
    "Break",
    "Excess",
    "Fit",
    "Interrupted",
    "Limits",
    "Model",
    "ModelTest",
    "Performance",
    "Placebo",
    "PlaceboDates",
    "Season",
    "Series",
    "Term",
    "WithoutBreak",
    "autocorrelation",
    "compare_errors",
    "compare_models",
    "level_and_slope",
    "performance",
    "placebo_dates",
    "without_break",
]

OVERDISPERSED = 2.0
"""Dispersion above which the negative binomial is fitted beside (research notes, 4)."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Fits of one series, the points they rest on, and the periods left out.

    ``points`` counts the fitted periods before the first break, between breaks, after
    the last. ``negative_binomial`` is None unless the dispersion asked for it.
    """

    quasi_poisson: Fit
    negative_binomial: Fit | None
    points: tuple[int, ...]
    left_out: tuple[float, ...]

    @property
    def dispersion(self) -> float:
        """Pearson's X² of the quasi-Poisson fit over its degrees of freedom."""
        return self.quasi_poisson.dispersion

    def headline(self, name: str) -> tuple[str, Term]:
        """Return family and term with the wider limits; on equality the quasi-Poisson's.

        Raises
        ------
        MethodError
            If no term has that name.
        """
        quasi = self.quasi_poisson.term(name)
        if self.negative_binomial is None:
            return "quasi-poisson", quasi
        other = self.negative_binomial.term(name)
        # Both reach equally many errors: the families have the same degrees of freedom.
        return (
            ("negative binomial", other) if other.error > quasi.error else ("quasi-poisson", quasi)
        )


def level_and_slope(series: Series, model: Model, *, level: float = 0.95) -> Interrupted:
    """Estimate changes of level and slope at named breaks, on the log scale.

    Quasi-Poisson regression: log mean = log exposure + intercept + trend + changes +
    season. Variances are multiplied by the dispersion, never by less than 1, and limits
    come from t with points less terms degrees of freedom. If the dispersion is above
    ``OVERDISPERSED`` (2), the negative binomial is fitted beside (size by maximum
    likelihood, its variances again scaled by its own dispersion, never below 1, limits
    by t), and `Interrupted.headline` gives the wider of both.

    A change of level is the ratio at the period where the slope counts 0, to what the
    trend before leads to there. Where the model has no change of slope, the trend is
    common to both sides, and a real change of slope is then taken for a change of level.

    Parameters
    ----------
    series : Series
        Events, periods, exposure (an offset).
    model : Model
        Breaks, season, trend. The intercept is the log rate at period 0.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Interrupted
        95 percent limits of a level covered, simulated with 2 to 25 events a period:
        94 to 95 percent where periods are independent and the dispersion is 3, 96 to 98
        where counts are Poisson (floor and t make them wide), but 89 to 92 where
        neighbours correlate by 0.3 and 81 to 91 by 0.6: longer series, worse cover.
        See `autocorrelation` for how little of that a short series shows.

    Raises
    ------
    MethodError
        Fewer than 8 points on a side of a break, 12 where the slope changes; fewer than
        two points a term; a side without an event; terms that repeat each other; no
        finite fit; ``level`` no share.

    References
    ----------
    Lopez Bernal, Cummins & Gasparrini (2017), Int J Epidemiol 46, 348-355; Turner et al.
    (2021), BMC Med Res Methodol 21, 181.

    Examples
    --------
    >>> counts = [9, 12, 10, 14, 11, 9, 13, 12, 20, 25, 22, 19, 24, 21, 26, 23]
    >>> found = level_and_slope(Series.of(range(16), counts), Model((Break("plan", 8),)))
    >>> found.points, found.quasi_poisson.degrees_of_freedom
    ((8, 8), 13)
    >>> round(found.headline("plan: level")[1].ratio.value, 2)
    1.75
    """
    design = design_of(series, model)
    quasi = fit_design(design, level=level)
    theta = theta_of(design) if quasi.dispersion > OVERDISPERSED else math.inf
    other = fit_design(design, theta=theta, level=level) if theta < math.inf else None
    left_out = np.array(series.periods)[~kept(series, model)]
    return Interrupted(quasi, other, design.points, tuple(left_out.tolist()))
