"""Persons by period and the large cases among them in; cases by period and inflation out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.control_chart.laws import METHOD


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases by period, and the ``inflation`` that their sizes cause among persons.

    ``inflation`` is the sum of squared sizes over the sum of sizes: the size of the case
    that a random person belongs to, and the dispersion of persons if cases come by
    chance. 1 where each person is a case.
    """

    counts: tuple[int, ...]
    persons: tuple[int, ...]
    inflation: float


def count_cases(persons: npt.ArrayLike, sizes: Sequence[Sequence[int]]) -> Cases:
    """Count cases where some are known to hold several persons.

    Parameters
    ----------
    persons : array_like, shape (n_periods,)
        Persons by period.
    sizes : sequence of sequences of int
        By period, the sizes of the cases known to hold several persons (empty where
        none is known). Every other person counts as a case of one: where sizes are not
        published, cases are therefore counted too many, and their scatter too small.

    Raises
    ------
    MethodError
        If the known cases of a period hold more persons than it has, or a size is not
        a whole number above 0, or there is no person at all.

    Examples
    --------
    >>> count_cases([20, 50], [[], [30, 5]]).counts
    (20, 17)
    """
    people = checked.whole_counts(METHOD, "persons", persons)
    if len(sizes) != len(people):
        raise MethodError(
            f"{METHOD}: sizes are given for {len(sizes)} periods beside {len(people)}. "
            "Give an empty list where no case is known."
        )
    known = [checked.whole_counts(METHOD, "sizes", own, fewest=0) for own in sizes]
    singles = people - np.array([int(own.sum()) for own in known])
    wrong = int(np.sum(singles < 0)) + sum(bool((own == 0).any()) for own in known)
    if wrong or not people.any():
        raise MethodError(
            f"{METHOD}: {wrong} of {len(people)} periods have known cases of 0 persons or of "
            "more persons than the period, or no period has a person. Count both by one rule."
        )
    squares = sum(int((own**2).sum()) for own in known) + int(singles.sum())
    return Cases(
        counts=tuple(
            int(single) + len(own) for single, own in zip(singles.tolist(), known, strict=True)
        ),
        persons=tuple(people.tolist()),
        inflation=squares / int(people.sum()),
    )
