"""Years before a plan in; a refusal out where they cannot carry a counterfactual.

A counterfactual (synthetic control and its kin) says what would have happened
without the plan, from how the country moved with others before it. This module
holds the rule on how many years that takes, and computes no counterfactual.
"""

from __future__ import annotations

from analysis.errors import MethodError
from analysis.methods.scalars import is_whole

FEWEST_PRE_YEARS = 8
"""Years before the plan: our convention, after Abadie (2021), JEL 59, 391-425."""


def require_pre_years(
    available: int,
    *,
    needed: int = FEWEST_PRE_YEARS,
    donors: int,
    method: str = "synthetic control",
) -> None:
    """Refuse a counterfactual that rests on too few years before the plan.

    Weights on the donor countries are fitted to the years before. With few years
    and several donors, some weights fit by chance, and a close fit then says
    nothing of the years after. Abadie (2021) asks for many periods before; the
    number is a convention of this study.

    Parameters
    ----------
    available : int
        Calendar years before the plan with a value for every country (>= 0).
    needed : int
        Fewest years that are accepted (>= 1).
    donors : int
        Countries that weights could be put on (>= 1).
    method : str
        What is refused, as the message names it.

    Raises
    ------
    MethodError
        If there are fewer years than needed, or no donor; if a number is not whole.

    References
    ----------
    Abadie (2021), Journal of Economic Literature 59, 391-425.

    Examples
    --------
    >>> require_pre_years(8, donors=4)
    """
    if not is_whole(needed, 1) or not is_whole(available):
        raise MethodError(
            f"{method}: the years before the plan, or the years needed, are no whole number of "
            f"at least 1. The rule needs {FEWEST_PRE_YEARS}."
        )
    if not is_whole(donors, 1):
        raise MethodError(
            f"{method}: 0 donor countries, 1 or more are needed. Name comparators in the "
            "country list, or show the country's own series."
        )
    if available < needed:
        raise MethodError(
            f"{method}: {available} years before the plan, {needed} are needed "
            f"({needed - available} short). With so few, weights on {donors} donor countries "
            "can fit by chance, and a close fit says nothing of the years after (Abadie 2021). "
            "Show the series beside the donors', described and not tested."
        )
