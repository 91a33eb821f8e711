"""Two versions of an indicator in; where their definitions and their results differ, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.contracts.partner.cases import Cases
from analysis.errors import IndicatorError
from analysis.indicators.computing import compute
from analysis.indicators.model import Definition, Strata, Window
from analysis.indicators.reading import Definitions

if TYPE_CHECKING:
    from pandas import DataFrame

_NOT_COMPARED = ("id", "version", "valid_from", "supersedes", "name", "about", "notes")


@dataclass(frozen=True, slots=True)
class Changed:
    """One row of the definition that differs: where it stands, what it said, what it says."""

    where: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows of the definition that differ, and the results of both by period and stratum.

    ``frame``: period, strata, ``before``, ``after`` (values), ``difference`` and both states.
    """

    before: Definition
    after: Definition
    changed: tuple[Changed, ...]
    frame: DataFrame


def compare(
    cases: Cases,
    definitions: Definitions,
    before: str,
    after: str,
    *,
    periods: Sequence[Window],
    strata: Strata = (),
) -> Comparison:
    """Compute two versions of one indicator on the same cases.

    Parameters
    ----------
    before, after : str
        As ``ID@VERSION``, of one id.

    Raises
    ------
    IndicatorError
        If they are not two versions of one indicator.
    """
    one, other = definitions.get(before), definitions.get(after)
    if one.id != other.id or one.version == other.version:
        raise IndicatorError(
            f"{before}, {after}: these are not two versions of one indicator. "
            "Name them as ID@1 and ID@2."
        )
    shared = tuple(name for name in strata if _allowed(name, one) and _allowed(name, other))
    results = [
        compute(cases, definitions, periods=periods, ids=[each.label], strata=shared)
        for each in (one, other)
    ]
    keys = ["period", *dict.fromkeys([*results[0].strata, *results[1].strata])]
    left, right = (
        result.frame.reindex(columns=[*keys, "value", "status"], fill_value="all")
        for result in results
    )
    frame = left.merge(right, on=keys, how="outer", suffixes=("_before", "_after"), sort=False)
    frame = frame.rename(columns={"value_before": "before", "value_after": "after"})
    frame["difference"] = frame["after"] - frame["before"]
    order = [*keys, "before", "after", "difference", "status_before", "status_after"]
    return Comparison(one, other, differences(one, other), frame[order])


def differences(before: Definition, after: Definition) -> tuple[Changed, ...]:
    """Return the rows in which two definitions differ; names and explanations left out."""
    one, other = _rows(before), _rows(after)
    return tuple(
        Changed(where, one.get(where, ""), other.get(where, ""))
        for where in dict.fromkeys([*one, *other])
        if one.get(where) != other.get(where)
    )


def _allowed(name: str | tuple[str, ...], definition: Definition) -> bool:
    return set((name,) if isinstance(name, str) else name) <= set(definition.by)


def _rows(definition: Definition) -> dict[str, str]:
    kept = {name: value for name, value in definition.plain.items() if name not in _NOT_COMPARED}
    return dict(_flat(kept, ""))


def _flat(value: Any, where: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        return [
            row
            for name, inner in value.items()
            for row in _flat(inner, f"{where}.{name}" if where else str(name))
        ]
    if isinstance(value, list):
        if all(not isinstance(one, Mapping | list) for one in value):
            return [(where, ", ".join(map(str, value)))]
        return [row for place, one in enumerate(value) for row in _flat(one, f"{where}.{place}")]
    return [(where, str(value))]
