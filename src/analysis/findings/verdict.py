"""Limits, breaks and silences in, the verdict word out: never a word from the author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analysis.contracts.findings import Limits, Verdict
from analysis.contracts.published import Break
from analysis.contracts.values import Value
from analysis.errors import FindingError

CHANGED = ("F1", "F2", "F3")
"""Flags of a change in what is counted: scope, detection, counting rule."""

CONFOUNDING = (*CHANGED, "F4")
"""Flags across which a difference cannot be put down to what is compared."""

NULL_RATIO = 1.0
"""The ratio of two equal rates."""


def of_ratio(
    estimate: Value,
    pairs: Sequence[Limits],
    breaks: Iterable[Break],
    *,
    null: float = NULL_RATIO,
    clustered: bool = False,
) -> Verdict:
    """Say what a comparison of two periods shows.

    ``higher`` and ``lower`` need every printed pair of limits to exclude ``null``
    and no break of scope, detection, counting rule or coincidence (F1-F4) between
    the periods; with such a break more or fewer were *recorded*, which is no
    comparison. One pair that includes ``null`` is enough for ``undecided``.

    Parameters
    ----------
    estimate : Value
        The ratio; an interval where the counts are intervals.
    pairs : sequence of Limits
        Every pair that is printed, the headline among them.
    breaks : iterable of Break
        Those that the comparison crosses and that touch its indicator.
    null : float
        The value of no difference.
    clustered : bool
        Whether what is counted comes in groups, as persons do in cases. Exact limits
        are then too narrow to decide alone (docs/methods.md, "What simulations show").

    Raises
    ------
    FindingError
        If a pair does not cover the whole estimate: it was then not computed over
        every reading of the counts, and decides nothing.
    """
    if not estimate.known or not pairs:
        return "not_comparable"
    low, high = estimate.bounds
    short = sum(not pair.low <= low <= high <= pair.high for pair in pairs)
    if short:
        raise FindingError(
            f"verdict: {short} of {len(pairs)} pairs of limits do not cover the whole estimate. "
            "Compute limits over every reading that the counts allow."
        )
    if any(pair.low <= null <= pair.high for pair in pairs):
        return "undecided"
    if clustered and {pair.method for pair in pairs} == {"exact"}:
        return "undecided"
    confounded = any(brk.flag in CONFOUNDING for brk in breaks)
    if low > null:
        return "recorded_more" if confounded else "higher"
    return "recorded_fewer" if confounded else "lower"


def likely_exaggerated(estimate: Value, said: Verdict, smallest_ratio: float) -> bool:
    """Whether a rise was found that is smaller than so few events can be expected to show.

    It is then among the larger that chance gives, and the true one likely smaller (Gelman
    & Carlin 2014, Perspectives on Psychological Science 9, 641-651). Power is computed for
    rises alone.
    """
    return said in ("higher", "recorded_more") and estimate.bounds[0] < smallest_ratio


def of_count(total: Value, *, known_years: int, baseline_wanted: bool) -> Verdict:
    """Say what a count without a counterpart shows.

    Parameters
    ----------
    total : Value
        The sum over the years; *not known* where one is missing.
    known_years : int
        Years with a value.
    baseline_wanted : bool
        Whether the count should have been compared with a plan that has none.
    """
    if not known_years and not total.known:
        return "not_known"
    return "not_comparable" if baseline_wanted else "described"


def of_rank(p_high: float, *, level: float) -> Verdict:
    """Say whether a rank among comparators sets a country apart.

    ``p_high`` is the rank p of the reading that favours the country least.
    """
    return "undecided" if p_high > 1 - level else "described"
