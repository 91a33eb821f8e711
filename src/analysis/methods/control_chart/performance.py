"""Cases of known sizes in; how often charts of persons and of cases cry wolf, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.control_chart import laws
from analysis.methods.control_chart.cases import count_cases
from analysis.methods.control_chart.chart import control_chart
from analysis.methods.control_chart.laws import METHOD
from analysis.methods.scalars import is_one_of, is_whole

Unit = Literal["cases", "persons", "persons inflated"]


@dataclass(frozen=True, slots=True)
class ChartPerformance:
    """Shares of simulated series with any signal, and with a sustained one, over ``draws``."""

    any_signal: float
    sustained: float
    draws: int


def chart_performance(
    cases: npt.ArrayLike,
    *,
    sizes: Sequence[int] = (1,),
    unit: Unit = "cases",
    baseline: int | None = None,
    rng: np.random.Generator | int,
    draws: int = 500,
    false_alarm: float = 0.05,
) -> ChartPerformance:
    """Simulate cases that bring persons, and chart them.

    Parameters
    ----------
    cases : array_like, shape (n_periods,)
        Cases expected by period, above 0. Constant: what signals is a false alarm.
    sizes : sequence of int
        Sizes of cases, drawn from with equal chance.
    unit : {"cases", "persons", "persons inflated"}
        What is charted: cases; persons as if independent; persons with the dispersion
        that the sizes seen in each simulated series cause.
    baseline : int, optional
        As in `control_chart`.
    rng : Generator or int
    draws : int
        Simulated series; each is charted in full, with 1,000 draws of its own.
    false_alarm : float
        The rate asked of each chart.

    Raises
    ------
    MethodError
        As `control_chart`; no draw; a size below 1.

    Examples
    --------
    >>> chart_performance([10] * 12, rng=1, draws=100).any_signal < 0.15
    True
    """
    expected = checked.numbers(METHOD, "cases", cases)
    laws.require_law(expected, 1.0)
    possible = checked.whole_counts(METHOD, "sizes", sizes)
    if not is_whole(draws, 1) or possible.min() < 1 or not is_one_of(unit, get_args(Unit)):
        raise MethodError(
            f"{METHOD}: no draw, a case of 0 persons, or an unknown unit. Give some draws, "
            "sizes of 1 or more, and cases, persons or persons inflated."
        )
    generator = checked.generator(METHOD, rng)
    flags = []
    for number in generator.poisson(expected, size=(draws, len(expected))):
        own = [generator.choice(possible, size=n).tolist() for n in number]
        seen = count_cases([sum(each) for each in own], own)
        chart = control_chart(
            np.arange(len(number)),
            seen.counts if unit == "cases" else seen.persons,
            rng=generator,
            baseline=baseline,
            dispersion=seen.inflation if unit == "persons inflated" else 1.0,
            false_alarm=false_alarm,
            draws=1_000,
        )
        flags.append((bool(chart.signals), chart.sustained))
    share = np.mean(flags, axis=0)
    return ChartPerformance(float(share[0]), float(share[1]), draws)
