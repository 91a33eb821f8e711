"""Named shares in; one score, with its parts and what other weights would make of it, out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import require_draws


@dataclass(frozen=True, slots=True)
class Part:
    """One share of a score, 0 (worst) to 1 (best), and the weight it is given (all add to 1)."""

    name: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Score:
    """Weighted mean of the parts, never without them.

    ``low`` and ``high`` are the smallest and the largest score that any weights could
    give: those that put all on ``weakest`` or on ``strongest``.
    """

    value: float
    low: float
    high: float
    weakest: str
    strongest: str
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        parts = ", ".join(f"{one.name} {one.value:.2f} x {one.weight:.2f}" for one in self.parts)
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f} by weights; {parts})"


@dataclass(frozen=True, slots=True)
class Lead:
    """Whether one score is above another: by the given weights, and by how many of all weights.

    ``share`` is the share of all weights by which the first is above the second, with
    the standard error of the draws. 1 or 0 is exact: each part leads, or none does.
    """

    difference: float
    share: float
    standard_error: float
    draws: int


def score(parts: Mapping[str, float], weights: Mapping[str, float] | None = None) -> Score:
    """Add up quality shares by weights, and say what other weights would have made of them.

    Parameters
    ----------
    parts : mapping of str to float
        Shares, 0 (worst) to 1 (best), by name.
    weights : mapping of str to float, optional
        Weights, 0 or more, for the same names; they are divided by their sum. Equal
        weights if left out.

    Raises
    ------
    MethodError
        If there is no part, one is no share, names differ, or no weight is above 0.

    References
    ----------
    OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 7: a composite
    is shown with its parts and its sensitivity to weights.

    Examples
    --------
    >>> found = score({"complete": 0.9, "in time": 0.5})
    >>> found.value, found.low, found.high
    (0.7, 0.5, 0.9)
    """
    values = checked.numbers("score", "parts", list(parts.values()))
    given = dict.fromkeys(parts, 1.0) if weights is None else weights
    if set(given) != set(parts):
        raise MethodError(
            f"score: {len(set(given) ^ set(parts))} names stand in only one of parts and weights. "
            "Give each part one weight; 0 leaves it out of the score, and shows that."
        )
    raw = checked.numbers("score", "weights", [given[name] for name in parts])
    wrong = int(np.count_nonzero((values < 0) | (values > 1)) + np.count_nonzero(raw < 0))
    if wrong or not raw.any():
        raise MethodError(
            f"score: {wrong} parts are no share from 0 to 1 or weights below 0, or no weight is "
            "above 0. Give shares, and weights of 0 or more."
        )
    shares = raw / raw.sum()
    names = list(parts)
    return Score(
        value=float(np.clip(shares @ values, values.min(), values.max())),
        low=float(values.min()),
        high=float(values.max()),
        weakest=names[int(values.argmin())],
        strongest=names[int(values.argmax())],
        parts=tuple(
            Part(name, float(value), float(weight))
            for name, value, weight in zip(names, values, shares, strict=True)
        ),
    )


def lead(
    first: Score, second: Score, *, rng: np.random.Generator | int, draws: int = 10_000
) -> Lead:
    """Say by what share of all possible weights the first score is above the second.

    Parameters
    ----------
    first, second : Score
        Scores of the same parts.
    rng : Generator or int
        Draws weights evenly from all that add up to 1.
    draws : int
        How many, 100 or more.

    Raises
    ------
    MethodError
        If the parts have different names, or there are too few draws.

    References
    ----------
    Saisana, Saltelli & Tarantola (2005), J. R. Stat. Soc. A 168, 307-323.

    Examples
    --------
    >>> lead(score({"a": 0.9, "b": 0.5}), score({"a": 0.8, "b": 0.4}), rng=1).share
    1.0
    """
    generator = checked.generator("lead", rng)
    others = {part.name: part.value for part in second.parts}
    require_draws("lead", draws, 100)
    if {part.name for part in first.parts} != set(others):
        raise MethodError(
            "lead: the scores have different parts. Compare scores of the same parts."
        )
    gaps = np.array([part.value - others[part.name] for part in first.parts])
    share = _share_above(gaps, generator, draws)
    return Lead(
        difference=first.value - second.value,
        share=share,
        standard_error=math.sqrt(share * (1 - share) / draws),
        draws=draws,
    )


def _share_above(gaps: checked.Floats, rng: np.random.Generator, draws: int) -> float:
    if np.all(gaps <= 0):
        return 0.0
    if np.all(gaps >= 0):
        return 1.0
    # Exponential draws, divided by their sum, fall evenly on the simplex; the sum has no
    # say in the sign.
    return float(np.mean(rng.exponential(size=(draws, len(gaps))) @ gaps > 0))
