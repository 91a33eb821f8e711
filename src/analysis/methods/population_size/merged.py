"""Lists in; what the total would be were some of them one list out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.methods.population_size.existence import group_of
from analysis.methods.population_size.refits import Estimator, Refits, compared, refit
from analysis.methods.population_size.result import Group
from analysis.methods.population_size.subsets import merge_lists
from analysis.methods.population_size.tables import Lists, lists_of, pairs

if TYPE_CHECKING:
    import pandas as pd


def merge_and_refit(
    given: pd.DataFrame | Lists,
    estimator: Estimator = "stepwise",
    *,
    groups: Sequence[Group] | None = None,
) -> Refits:
    """Estimate again with lists merged into one: each pair, or the groups named.

    Merging takes the dependence of the lists within a group out of the question: police and
    border police who refer to each other become one list. It also takes away their overlap,
    which the estimate rests on.

    Parameters
    ----------
    given : DataFrame or Lists
    estimator : method name or function
        Chooses its model anew for every table.
    groups : sequence of groups, optional
        Each is one re-fit, in which its lists are merged. Otherwise every pair of lists.

    Returns
    -------
    Refits
        A row for each group, which says what was merged.

    Raises
    ------
    MethodError
        If it is no table of lists, or a group has fewer than two of its lists.

    References
    ----------
    Bales, Murphy & Silverman (2020), Journal of Human Trafficking 6 (lists merged in
    New Orleans); doi:10.1177/0011128720951429 (sparse overlap and merging).
    """
    lists = lists_of(given, method="merge_and_refit")
    if groups is None:
        groups = [group_of(lists.names, pair) for pair in pairs(len(lists.names))]
    parts = [(tuple(group), refit(merge_lists(lists, [group]), estimator)) for group in groups]
    return compared(refit(lists, estimator), parts)
