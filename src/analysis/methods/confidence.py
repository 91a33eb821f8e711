"""A confidence level in, the tail it leaves on either side out."""

from __future__ import annotations

from analysis.errors import MethodError
from analysis.methods.scalars import real


def tail(method: str, level: float) -> float:
    """Return the probability left beyond each limit of a two-sided interval.

    Parameters
    ----------
    method : str
        Name of the calling method, for the message.
    level : float
        Confidence level, strictly between 0 and 1.

    Raises
    ------
    MethodError
        If ``level`` is no number strictly between 0 and 1.

    Examples
    --------
    >>> round(tail("rate", 0.95), 6)
    0.025
    """
    beyond = (1 - real(level)) / 2
    if not 0 < beyond < 0.5:
        raise MethodError(
            f"{method}: the confidence level must lie between 0 and 1. "
            "Give a share, such as 0.95 for 95 percent."
        )
    return beyond
