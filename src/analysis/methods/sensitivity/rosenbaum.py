"""Matched pairs with a yes or no outcome in; the hidden bias that their test withstands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import real, whole


@dataclass(frozen=True, slots=True)
class HiddenBias:
    """One-sided p-values if the odds of treatment within a pair may differ by ``gamma``."""

    gamma: float
    p_low: float
    p_high: float


@dataclass(frozen=True, slots=True)
class PairBounds:
    """Bounds on the p-value at each gamma, and the largest gamma at which it stays at most alpha.

    ``withstands`` is None where even without hidden bias (gamma 1) p is above ``alpha``.
    """

    rows: tuple[HiddenBias, ...]
    withstands: float | None
    alpha: float


def pair_bounds(
    favourable: int,
    discordant: int,
    *,
    gammas: Sequence[float] = (1.0, 1.5, 2.0, 3.0),
    alpha: float = 0.05,
) -> PairBounds:
    """Bound the p-value of matched pairs under hidden bias (exact sign or McNemar test).

    Of two units that look alike one may still be ``gamma`` times as likely (in odds) to be
    the treated one. The number of favourable pairs is then binomial with a probability
    between 1/(1+gamma) and gamma/(1+gamma).

    Parameters
    ----------
    favourable : int
        Pairs in which the treated unit alone has the outcome (or the larger value).
    discordant : int
        Pairs in which exactly one has it (ties left out); 1 or more.
    gammas : sequence of float
        Odds ratios of hidden bias, 1 or more.
    alpha : float
        Error allowed, one-sided, strictly between 0 and 1.

    Raises
    ------
    MethodError
        If counts are negative, not whole or none is discordant, or a gamma is below 1.

    References
    ----------
    Rosenbaum (2002), Observational Studies, 2nd ed., Springer, section 4.3.

    Examples
    --------
    >>> round(pair_bounds(110, 122, gammas=[4]).rows[0].p_high, 4)
    0.002
    """
    yes = whole("pair_bounds", "the number of favourable pairs", favourable)
    pairs = whole("pair_bounds", "the number of discordant pairs", discordant)
    if not pairs >= 1 or yes > pairs or not 0 < real(alpha) < 1:
        raise MethodError(
            "pair_bounds: no discordant pair, more favourable ones than discordant, or alpha is "
            "no share. Pairs that agree say nothing here: leave them out of both."
        )
    strengths = checked.numbers("pair_bounds", "gammas", gammas)
    if (strengths < 1).any():
        raise MethodError("pair_bounds: a gamma is below 1. 1 is no hidden bias.")
    rows = tuple(
        HiddenBias(
            float(gamma),
            _at_least(yes, pairs, 1 / (1 + gamma)),
            _at_least(yes, pairs, gamma / (1 + gamma)),
        )
        for gamma in strengths
    )
    return PairBounds(rows, _withstands(yes, pairs, alpha), alpha)


def _at_least(yes: int, pairs: int, share: float) -> float:
    from scipy.special import betainc

    return float(betainc(yes, pairs - yes + 1, share)) if yes else 1.0


def _withstands(yes: int, pairs: int, alpha: float) -> float | None:
    """Return the gamma at which the larger p is alpha: odds of the Clopper-Pearson limit."""
    from scipy.special import betaincinv

    if yes == 0:
        return None
    share = float(betaincinv(yes, pairs - yes + 1, alpha))
    return share / (1 - share) if share >= 0.5 else None
