"""A series with periods not counted in; the gaps that may be imputed, or a refusal, out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import is_there


def gaps(periods: npt.ArrayLike, values: Sequence[float | None]) -> tuple[float, ...]:
    """Return the periods inside a series that have no figure; refuse those where nobody counted.

    A gap between two counts was looked at by the same count. Before the first and after
    the last nobody counted, and no model knows what a count would have been: an imputed
    figure there is an invention with an interval.

    Parameters
    ----------
    periods : array_like, shape (n,)
        Years, or quarters as numbers, in order.
    values : sequence of float or None, shape (n,)
        The figures; None or NaN where there is none.

    Returns
    -------
    tuple of float
        Periods without a figure between the first and the last figure.

    Raises
    ------
    MethodError
        If no period has a figure, or some lie before the first or after the last.

    References
    ----------
    White, Royston & Wood (2011), Statistics in Medicine 30, 377-399, section 1 (what can be
    imputed); the rule for ends is ours.

    Examples
    --------
    >>> gaps([2007, 2008, 2009, 2010], [17, 28, None, 47])
    (2009.0,)
    """
    when = checked.periods("gaps", periods)
    given = list(values)
    known = np.array([is_there(value) for value in given], dtype=bool)
    checked.require_length("gaps", "values", known, len(when))
    if not known.any():
        raise MethodError(
            f"gaps: none of {len(when)} periods was counted. A series that was never counted "
            "cannot be imputed: report it as not known."
        )
    figures = [one for one in given if one is not None and is_there(one)]
    checked.numbers("gaps", "values", figures)
    first, last = np.flatnonzero(known)[[0, -1]]
    outside = int(first + len(when) - 1 - last)
    if outside:
        raise MethodError(
            f"gaps: {outside} of {len(when)} periods lie before the first count or after the "
            "last. What was never counted cannot be imputed: shorten the series, or give bounds."
        )
    return tuple(float(period) for period in when[~known])
