"""Case records with holes in; many completed sets of records, by chained equations, out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.missing.draws import drawn, standardised
from analysis.methods.missing.rubin import Pooled, rubin
from analysis.methods.scalars import is_whole

if TYPE_CHECKING:
    import pandas as pd

MOST_CHAINS = 10_000
"""Imputations, cycles or donors; more would run for days."""

FEWEST_IMPUTATIONS = 20
"""Fewer make limits and p-values depend on the seed (White, Royston & Wood 2011)."""

FEWEST_KNOWN = 25
"""Known values of a column; with fewer, donors are drawn from almost anywhere."""


@dataclass(frozen=True, slots=True)
class Imputations:
    """Completed records, one frame an imputation, with the index and columns of the original.

    ``missing`` names each column that had holes, and how many. ``cycles`` are the rounds of
    each chain: if more of them move the pooled estimate, they were too few.
    """

    frames: tuple[pd.DataFrame, ...]
    missing: tuple[tuple[str, int], ...]
    cycles: int


@dataclass(frozen=True, slots=True)
class _Rounds:
    """How often to go round, how many donors to draw from, and the columns drawn without."""

    cycles: int
    donors: int
    normal: frozenset[int]


def impute(
    records: pd.DataFrame,
    *,
    rng: np.random.Generator | int,
    imputations: int = FEWEST_IMPUTATIONS,
    cycles: int = 5,
    donors: int = 5,
    normal: Collection[str] = (),
    by: str | None = None,
) -> Imputations:
    """Fill holes in case records by chained equations with predictive mean matching.

    Each column with holes is regressed on all others; a hole takes the value of one of the
    records whose predictions are nearest, so only values that occur are filled in. Where
    the missing lie at the end of what is known there are few such records, and limits are
    too narrow: draw roughly normal columns from the regression instead (``normal``). Every
    imputation is a chain of its own. The missing are taken to be like the known that look
    the same (missing at random): follow with `delta_adjusted`. Only for records of cases;
    a yearly series is no sample of records.

    Parameters
    ----------
    records : DataFrame, shape (n_records, n_columns)
        Numbers and True/False; code categories as one 0/1 column each. Include the outcome
        and whatever tells of being missing.
    rng : Generator or int
        Draws parameters and donors.
    imputations : int
        How many data sets, 20 or more.
    cycles : int
        Rounds through the columns in each chain.
    donors : int
        Nearest records one is drawn from.
    normal : collection of str
        Columns that are roughly normal given the others, to be drawn from the regression.
    by : str, optional
        Column (year, sender) within whose values each other column must have been
        recorded at all. It takes part in the regressions, and has no holes.

    Raises
    ------
    MethodError
        If nothing is missing, a column is no number, has fewer than 25 known values or only
        one value, was never recorded in a group of ``by``, or a record is empty.

    References
    ----------
    van Buuren & Groothuis-Oudshoorn (2011), J. Stat. Softw. 45(3); White, Royston & Wood
    (2011), Statistics in Medicine 30, 377-399; matching of type 1: van Buuren (2018),
    Flexible Imputation of Missing Data, section 3.4.

    Examples
    --------
    >>> import pandas as pd
    >>> days = [float(3 * n % 17 + n) for n in range(40)]
    >>> rows = pd.DataFrame({"age": [float(n) for n in range(40)], "days": days})
    >>> rows.loc[3, "days"] = None
    >>> found = impute(rows, rng=1, cycles=1)
    >>> len(found.frames), found.missing
    (20, (('days', 1),))
    """
    generator = checked.generator("impute", rng)
    asked = ((imputations, FEWEST_IMPUTATIONS), (cycles, 1), (donors, 1))
    if not all(is_whole(one, fewest, MOST_CHAINS) for one, fewest in asked):
        raise MethodError(
            f"impute: at least {FEWEST_IMPUTATIONS} imputations, 1 cycle and 1 donor are needed, "
            f"at most {MOST_CHAINS:,} of each, as whole numbers. Fewer let the seed decide."
        )
    numbers = _numbers(records)
    _require_imputable(records, numbers, donors, by)
    rounds = _Rounds(cycles, donors, _normal(records, normal))
    frames = tuple(_chain(records, numbers, rounds, one) for one in generator.spawn(imputations))
    holes = np.isnan(numbers).sum(axis=0)
    missing = tuple(
        (str(name), int(count)) for name, count in zip(records.columns, holes, strict=True) if count
    )
    return Imputations(frames, missing, cycles)


def over_imputations(
    imputed: Imputations,
    estimate: Callable[[pd.DataFrame], tuple[float, float]],
    *,
    parameters: int = 1,
    level: float = 0.95,
) -> Pooled:
    """Estimate in each completed data set, and pool.

    Parameters
    ----------
    imputed : Imputations
        As `impute` returns.
    estimate : callable
        Takes completed records, returns an estimate (on a scale on which it is roughly
        normal) and its variance.
    parameters : int
        Parameters of the model behind the estimate.
    level : float
        Confidence level.

    Raises
    ------
    MethodError
        As `rubin`.

    References
    ----------
    As `rubin`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"a": [float(n) for n in range(40)]})
    >>> rows["b"] = [float(n % 7) for n in range(40)]
    >>> rows.loc[0, "b"] = None
    >>> mean = lambda rows: (rows["b"].mean(), rows["b"].var() / len(rows))
    >>> over_imputations(impute(rows, rng=1, cycles=1), mean).imputations
    20
    """
    found = [estimate(frame) for frame in imputed.frames]
    return rubin(
        [value for value, _ in found],
        [variance for _, variance in found],
        observations=len(imputed.frames[0]),
        parameters=parameters,
        level=level,
    )


def _numbers(records: pd.DataFrame) -> checked.Floats:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    wrong = [
        str(name)
        for name, kind in records.dtypes.items()
        if not (is_numeric_dtype(kind) or is_bool_dtype(kind))
    ]
    if wrong or records.shape[1] < 2 or not records.columns.is_unique:
        raise MethodError(
            f"impute: {records.shape[1]} columns, of which {len(wrong)} hold no numbers "
            f"({', '.join(wrong)}). Give two or more columns, each with a name of its own, "
            "and code categories as 0 and 1."
        )
    return np.asarray(records.to_numpy(dtype=float, na_value=np.nan))


def _require_imputable(
    records: pd.DataFrame, numbers: checked.Floats, donors: int, by: str | None
) -> None:
    known = ~np.isnan(numbers)
    if known.all():
        raise MethodError("impute: nothing is missing. Use the records as they are.")
    if np.isinf(numbers).any():
        raise MethodError("impute: some values are infinite. Find the figures, or leave them out.")
    empty = int(np.count_nonzero(~known.any(axis=1)))
    if empty:
        raise MethodError(f"impute: {empty} records are empty. Leave them out and say so.")
    needed = max(FEWEST_KNOWN, 2 * donors, numbers.shape[1] + 2)
    for place, name in enumerate(records.columns):
        there = known[:, place]
        if there.sum() < needed or np.ptp(numbers[there, place]) == 0:
            raise MethodError(
                f"impute: column {name} has {int(there.sum())} known values of {needed} needed, "
                "or only one value. What was hardly recorded cannot be imputed: leave it out."
            )
    if by is not None:
        _require_recorded(records, known, by)


def _require_recorded(records: pd.DataFrame, known: npt.NDArray[np.bool_], by: str) -> None:
    if by not in records.columns or records[by].isna().any():
        raise MethodError("impute: the by column is not there, or has holes. Fill it first.")
    groups = records[by].to_numpy()
    never = [
        str(name)
        for place, name in enumerate(records.columns)
        if any(not known[groups == group, place].any() for group in np.unique(groups))
    ]
    if never:
        raise MethodError(
            f"impute: {len(never)} columns were never recorded in some group of {by} "
            f"({', '.join(never)}). What was never counted cannot be imputed: leave those "
            "columns or groups out, or give bounds."
        )


def _normal(records: pd.DataFrame, normal: Collection[str]) -> frozenset[int]:
    absent = [name for name in normal if name not in records.columns]
    if absent:
        raise MethodError(
            f"impute: {len(absent)} normal columns are not in the records. Name columns as they "
            "stand there."
        )
    return frozenset(place for place, name in enumerate(records.columns) if name in normal)


def _chain(
    records: pd.DataFrame,
    numbers: checked.Floats,
    rounds: _Rounds,
    rng: np.random.Generator,
) -> pd.DataFrame:
    import pandas as pd

    filled, holes = numbers.copy(), np.isnan(numbers)
    order = [int(c) for c in np.argsort(holes.sum(axis=0), kind="stable") if holes[:, c].any()]
    for column in order:
        gone = holes[:, column]
        filled[gone, column] = rng.choice(numbers[~gone, column], int(gone.sum()))
    for _ in range(rounds.cycles):
        for column in order:
            gone = holes[:, column]
            others = standardised(np.delete(filled, column, axis=1))
            donors = 0 if column in rounds.normal else rounds.donors
            filled[gone, column] = drawn(others, numbers[:, column], gone, donors, rng)
    return pd.DataFrame(filled, columns=records.columns, index=records.index)
