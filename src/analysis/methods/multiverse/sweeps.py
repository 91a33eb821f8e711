"""Tables of a sweep over a notebook in; the specification curve of one of its findings out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Estimate
from analysis.methods.multiverse.curve import Curve, Outcome, Scale, assembled
from analysis.methods.multiverse.grid import option_name

if TYPE_CHECKING:
    import pandas as pd

NOT_RECORDED = "no estimate was recorded"
NOT_EXACT = "the estimate is an interval; say which bound to read"
NO_LIMITS = "no limits were recorded"


def of_sweep(
    findings: Mapping[str, Iterable[Any]] | pd.DataFrame,
    runs: Mapping[str, Iterable[Any]] | pd.DataFrame,
    *,
    finding: str,
    choices: Sequence[str],
    read: Literal["estimate", "estimate_low", "estimate_high"] = "estimate",
    scale: Scale = "ratio",
) -> Curve:
    """Draw the curve of one finding from the two tables that a sweep over a notebook writes.

    Parameters
    ----------
    findings : mapping of columns
        Its columns ``run``, ``finding``, ``low``, ``high``, ``level`` and ``read``, a line
        a finding: a data frame, or lists by name.
    runs : mapping of columns
        Its columns ``run``, ``status``, ``error`` and the swept parameters, a line a run.
    finding : str
        The identifier of the finding whose estimate varies.
    choices : sequence of str
        Names of the swept parameters' columns.
    read : str
        Which column is the estimate: where counts are intervals, so is the estimate, and
        one bound has to be read at a time.
    scale : {"ratio", "difference"}
        What the estimates are.

    Raises
    ------
    MethodError
        If a column is missing or of another length, a run stands twice, holds the finding
        twice, or is not in ``runs``; and as `run`. A run that failed, or did not record
        the finding, is a refusal, in the words of its error.
    """
    told = _columns("findings", findings, ("run", "finding", "low", "high", "level", read))
    done = _columns("runs", runs, ("run", "status", "error", *choices))
    lines = [place for place, name in enumerate(told["finding"]) if name == finding]
    line_of = {told["run"][place]: place for place in lines}
    if len(line_of) != len(lines) or len(set(done["run"])) != len(done["run"]):
        raise MethodError(
            "multiverse: a run stands twice, or holds this finding twice. Give the two tables of "
            "one sweep."
        )
    if not line_of.keys() <= set(done["run"]):
        raise MethodError(
            "multiverse: findings come from runs that the table of runs does not have. Give the "
            "two tables of one sweep."
        )
    outcomes = []
    for place, name in enumerate(done["run"]):
        options = tuple(option_name(_known(done[choice][place])) for choice in choices)
        failed = done["status"][place] != "ok"
        line = None if failed else line_of.get(name)
        reason = str(done["error"][place]) if failed else NOT_RECORDED
        found = {} if line is None else {part: told[part][line] for part in told}
        outcomes.append(_outcome(options, found, read, reason))
    return assembled(tuple(choices), outcomes, scale)


def _columns(
    table: str, given: Mapping[str, Iterable[Any]] | pd.DataFrame, names: Iterable[str]
) -> dict[str, list[Any]]:
    wanted = list(dict.fromkeys(names))
    missing = [name for name in wanted if name not in given]
    if missing:
        raise MethodError(
            f"multiverse: the table of {table} lacks {len(missing)} of {len(wanted)} columns that "
            "are needed. Name the columns as the sweep wrote them."
        )
    found = {name: list(given[name]) for name in wanted}
    if len({len(column) for column in found.values()}) > 1:
        raise MethodError(
            f"multiverse: the columns of {table} have different lengths. Give whole columns."
        )
    return found


def _outcome(options: tuple[str, ...], found: Mapping[str, Any], read: str, reason: str) -> Outcome:
    if not found:
        return Outcome(options, None, reason)
    value, low, high = (_known(found[part]) for part in (read, "low", "high"))
    if value is None:
        return Outcome(options, None, NOT_EXACT if read == "estimate" else NOT_RECORDED)
    if low is None or high is None:
        return Outcome(options, None, NO_LIMITS)
    return Outcome(options, Estimate(float(value), float(low), float(high), float(found["level"])))


def _known(value: Any) -> Any:
    """Return None for what a table leaves empty: None, NaN, or pandas' NA and NaT."""
    if value is None or hasattr(value, "__len__"):
        return value
    # NaN and NaT do not equal themselves, and NA answers by NA.
    same = value == value
    return value if isinstance(same, bool | np.bool_) and same else None
