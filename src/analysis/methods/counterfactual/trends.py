"""Estimates before and after a plan in, checked; what the bounds on their drift need out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.counterfactual.aggregates import EventStudy


@dataclass(frozen=True, slots=True, eq=False)
class Trends:
    """Estimates before and after a plan, all against the last period before it.

    ``before`` ``(n_before,)`` and ``after`` ``(n_after,)`` are ascending and without
    gaps around the reference, which has no entry; ``covariance`` is of both in turn.
    """

    before: Floats
    after: Floats
    covariance: Floats

    @classmethod
    def of(cls, before: npt.ArrayLike, after: npt.ArrayLike, covariance: npt.ArrayLike) -> Self:
        """Check the estimates and keep them.

        Raises
        ------
        MethodError
            If there is none before or after, or the covariance has another shape, is
            not symmetric or has a variance of 0 or less.
        """
        first = checked.numbers("parallel_trends", "before", before)
        later = checked.numbers("parallel_trends", "after", after)
        n = len(first) + len(later)
        spread = checked.table("parallel_trends", "covariance", covariance, rows=n)
        if (
            spread.shape[1] != n
            or not np.allclose(spread, spread.T)
            or spread.diagonal().min() <= 0
        ):
            raise MethodError(
                f"parallel_trends: the covariance is not symmetric over {n} estimates with "
                "variances above 0. Give that of the estimates before and after, in turn."
            )
        return cls(first, later, spread)

    @classmethod
    def from_study(cls, study: EventStudy) -> Self:
        """Take the estimates of `staggered` with ``base="universal"``.

        Raises
        ------
        MethodError
            If each placebo has its own reference, or a period before or after is missing.
        """
        since = [event.since for event in study.events]
        if study.reference != -1:
            raise MethodError(
                "parallel_trends: the placebos do not share one reference. "
                'Call staggered with base="universal".'
            )
        if -2 not in since or 0 not in since:
            raise MethodError(
                "parallel_trends: there is no placebo before the reference, or no effect after. "
                "Give more periods before the first plan."
            )
        values = [event.effect.value for event in study.events]
        split = since.index(0)
        return cls.of(values[:split], values[split:], study.covariance)
