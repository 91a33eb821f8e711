"""An evaluation and other values for plans or country in, an evaluation of its own id out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from analysis.errors import ParameterError
from analysis.evaluations.files import suggestion
from analysis.evaluations.model import Evaluation

# What `-p` may replace, and what a value must look like: it becomes part of a folder's name.
_REPLACEABLE = {
    "baseline": (r"[A-Za-z0-9][A-Za-z0-9._-]*", "a plan_id from the country's plans.csv"),
    "country": (r"[A-Z]{3}", "three capital letters (ISO 3166-1 alpha-3)"),
    "current": (r"[A-Za-z0-9][A-Za-z0-9._-]*", "a plan_id from the country's plans.csv"),
}


def with_overrides(evaluation: Evaluation, overrides: Mapping[str, str]) -> Evaluation:
    """Replace baseline, current or country, giving the result an id of its own.

    A value equal to the file's changes nothing. ``{"country": "SWE"}`` turns the id
    ``x`` into ``x+country=SWE``, so that another build is never overwritten.

    Raises
    ------
    ParameterError
        If a name is not one of the three, a value is malformed, or both plans become one.
    """
    for name, value in overrides.items():
        _check_override(name, value)
    changed = {
        name: value
        for name, value in sorted(overrides.items())
        if value != getattr(evaluation, name)
    }
    id = "+".join([evaluation.id, *(f"{name}={value}" for name, value in changed.items())])
    replaced = replace(evaluation, id=id, **cast(dict[str, Any], changed))
    if replaced.baseline == replaced.current:
        raise ParameterError(
            "parameters: baseline and current name the same plan. Name two different plans."
        )
    return replaced


def _check_override(name: str, value: str) -> None:
    if name not in _REPLACEABLE:
        raise ParameterError(
            f"parameters: an evaluation has no parameter {name!r}."
            + suggestion(name, tuple(_REPLACEABLE), "")
        )
    pattern, remedy = _REPLACEABLE[name]
    if not re.fullmatch(pattern, value):
        raise ParameterError(f"parameters: the value of {name} is malformed. Write {remedy}.")
