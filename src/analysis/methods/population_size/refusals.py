"""A table and a model without a finite and single estimate in, why in words out."""

from __future__ import annotations

from analysis.methods.checked import Ints
from analysis.methods.population_size.result import NOT_FINITE, WHY_NOT, NoEstimateError
from analysis.methods.population_size.tables import Lists


def refusal(lists: Lists, terms: Ints, code: int, *, method: str = "estimate") -> NoEstimateError:
    """Say why a model has no estimate for a table, and what is left.

    Parameters
    ----------
    lists : Lists
    terms : array (terms,)
        The model, as `fits.fit_all` takes it.
    code : int
        1, 2 or 3, of `existence`.
    """
    everyone = [
        name for name, size in zip(lists.names, lists.sizes, strict=True) if size == lists.n
    ]
    if sum(lists.sizes) == lists.n:
        return none_on_two_lists(lists, method=method)
    if everyone:
        what = (
            f"{len(everyone)} of {len(lists.names)} lists ({', '.join(everyone)}) hold every "
            "case, so the others found nobody new and the likelihood has no finite maximum. "
            "Leave those lists out, or report the number seen."
        )
    else:
        groups = sum(int(term).bit_count() > 1 for term in terms if term > 0)
        what = (
            f"with {groups} groups of lists that depend on each other, {WHY_NOT[code]}. "
            "Take a smaller model, or merge lists."
        )
    return NoEstimateError(f"{method}: {what}", code)


def none_on_two_lists(lists: Lists, *, method: str = "estimate") -> NoEstimateError:
    """Say that lists without a case in common tell nothing about those on none."""
    return NoEstimateError(
        f"{method}: none of {lists.n} cases is on two lists, so nothing tells how many the lists "
        "have missed. Check the linkage, or report the number seen.",
        NOT_FINITE,
    )
