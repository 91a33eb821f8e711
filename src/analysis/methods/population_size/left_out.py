"""Lists in; what the total would be had one of them not been there out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.methods.population_size.refits import Estimator, Refits, compared, refit
from analysis.methods.population_size.subsets import without
from analysis.methods.population_size.tables import Lists, lists_of

if TYPE_CHECKING:
    import pandas as pd


def leave_one_out(given: pd.DataFrame | Lists, estimator: Estimator = "stepwise") -> Refits:
    """Estimate again without each of the lists.

    Every re-fit estimates the same population. A total that stands and falls with one list
    rests on that list's ways of finding people, not on the overlap of many.

    Parameters
    ----------
    given : DataFrame or Lists
        Of three lists two are left, which models refuse: see `pair_estimates` for those.
    estimator : method name or function
        Chooses its model anew for every table.

    Returns
    -------
    Refits
        A row for each list, in the order of the table; the row says which list was left out.

    Raises
    ------
    MethodError
        If it is no table of lists.

    References
    ----------
    Silverman (2020), Journal of the Royal Statistical Society A 183, 691-736 (sensitivity to the
    lists used).
    """
    lists = lists_of(given, method="leave_one_out")
    parts = [((name,), refit(without(lists, (name,)), estimator)) for name in lists.names]
    return compared(refit(lists, estimator), parts)
