"""The same model at dates where nothing began; the rank of the real date among them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Estimate
from analysis.methods.interrupted.design import design_of
from analysis.methods.interrupted.fits import Fit, fit_design
from analysis.methods.interrupted.series import (
    METHOD,
    Break,
    Model,
    Series,
    kept,
    points_needed,
    stretches,
)


@dataclass(frozen=True, slots=True)
class Placebo:
    """One date: its ratios (level, slope or both, as the break changes), and their joint p."""

    start: float
    level: Estimate | None
    slope: Estimate | None
    p: float


@dataclass(frozen=True, slots=True)
class PlaceboDates:
    """The real date and the placebo dates before it.

    ``rank`` 1: no placebo is as surprising. ``share`` is rank over dates, the real one
    included; ``smallest_share`` what so few dates allow. ``refused`` counts dates at
    which the model had no fit. Neighbouring dates share most of their points, so the
    share is a description and no exact p-value.
    """

    real: Placebo
    placebos: tuple[Placebo, ...]
    rank: int
    share: float
    smallest_share: float
    refused: int


def placebo_dates(
    series: Series, model: Model, name: str | None = None, *, level: float = 0.95
) -> PlaceboDates:
    """Ask how surprising the model finds dates at which nothing began.

    Takes the periods before the break (from the break before, if there is one), and
    fits the same change at every date there that leaves the points needed on both
    sides, with the donut moved along. Dates are ranked by the p-value of their change
    (F of level and slope together), which allows for their unequal numbers of points.

    Parameters
    ----------
    series, model
        As for `level_and_slope`.
    name : str, optional
        The break; the first if not given.
    level : float
        Confidence level of the ratios, between 0 and 1.

    Raises
    ------
    MethodError
        As `level_and_slope`; if no date before the break leaves enough points.

    References
    ----------
    Bertrand, Duflo & Mullainathan (2004), Q J Econ 119, 249-275 (placebo laws).

    Examples
    --------
    >>> counts = [9, 12, 10, 14, 11, 9, 13, 12, 11, 10, 14, 9, 12, 11, 10, 13, 12, 11]
    >>> series = Series.of(range(26), [*counts, 25, 22, 19, 24, 21, 26, 23, 20])
    >>> found = placebo_dates(series, Model((Break("plan", 18),)))
    >>> found.rank, len(found.placebos)
    (1, 3)
    """
    real = model.break_named(name)
    fitted = fit_design(design_of(series, model), level=level)
    before = _before(series, model, real)
    possible = [_moved(real, start) for start in before.periods]
    models = [replace(model, breaks=(one,)) for one in possible]
    admissible = [each for each in models if _enough(before, each)]
    if not admissible:
        need = points_needed(real, model)
        raise MethodError(
            f"{METHOD}: none of {len(possible)} dates before the break leaves {need} points on "
            f"both sides; {2 * need} points and any donut are needed. "
            "Use placebo countries, or none."
        )
    placebos, refused = _fits(before, admissible, level)
    shown = _shown(fitted, real)
    rank = 1 + sum(each.p <= shown.p for each in placebos)
    dates = 1 + len(placebos)
    return PlaceboDates(shown, placebos, rank, rank / dates, 1 / dates, refused)


def _before(series: Series, model: Model, real: Break) -> Series:
    """Return the fitted periods of the stretch that ends at the break."""
    part = stretches(series, model)[model.breaks.index(real)] & kept(series, model)
    columns = (np.array(c)[part].tolist() for c in (series.periods, series.counts, series.exposure))
    return Series(*(tuple(column) for column in columns))


def _moved(real: Break, start: float) -> Break:
    by = start - real.start
    return Break(
        name=real.name,
        start=start,
        change=real.change,
        slope_from=None if real.slope_from is None else real.slope_from + by,
        donut=(real.donut[0] + by, real.donut[1] + by) if real.donut else None,
    )


def _enough(before: Series, model: Model) -> bool:
    return min(int(p.sum()) for p in stretches(before, model)) >= points_needed(
        model.breaks[0], model
    )


def _fits(before: Series, models: list[Model], level: float) -> tuple[tuple[Placebo, ...], int]:
    found = []
    for model in models:
        try:
            fitted = fit_design(design_of(before, model), level=level)
        except MethodError:
            continue  # No ratio at this date (a side without events): counted as refused.
        found.append(_shown(fitted, model.breaks[0]))
    return tuple(found), len(models) - len(found)


def _shown(fitted: Fit, one: Break) -> Placebo:
    from scipy.special import fdtrc

    names = [term.name for term in fitted.terms]
    ours = [n for n in (f"{one.name}: level", f"{one.name}: slope") if n in names]
    places = [names.index(n) for n in ours]
    logs = np.array([fitted.terms[i].log for i in places])
    covariance = np.array(fitted.covariance)[np.ix_(places, places)]
    f = float(logs @ np.linalg.solve(covariance, logs)) / len(places)
    ratios = {n.rsplit(": ", 1)[1]: fitted.term(n).ratio for n in ours}
    return Placebo(
        start=one.start,
        level=ratios.get("level"),
        slope=ratios.get("slope"),
        p=float(fdtrc(len(places), fitted.degrees_of_freedom, f)),
    )
