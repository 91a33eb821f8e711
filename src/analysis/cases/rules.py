"""``data/linkage.yml`` in, the rules by which records become persons out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from analysis.cases.columns import BLOCKING
from analysis.contracts.partner.profiles import Kind
from analysis.contracts.strict_yaml import NotYamlError, load
from analysis.errors import LinkageError

FILE = "linkage.yml"
RESOLVED = ("sex", "citizenship", "birth_year", "child")
"""Fields of a person in which records can contradict each other."""

Together = tuple[tuple[str, ...], ...]
"""Sets of columns: two records are looked at if all columns of one set agree."""


@dataclass(frozen=True, slots=True)
class ModelRules:
    """What the model learns from; see the remarks in ``data/linkage.yml``."""

    pairs_for_u: int
    pairs_for_m: int
    certain_rules_find: float
    certain: Together
    learn_from: Together


@dataclass(frozen=True, slots=True)
class LinkageRules:
    """Thresholds, blocking and precedence; see the remarks in ``data/linkage.yml``.

    ``wins`` gives, by field, the kinds of sender whose record wins, the first one first.
    """

    match_at: float
    review_from: float
    best_guess_from: float
    draws: int
    seed: int
    most_records: int
    model: ModelRules
    most_pairs_a_record: int
    blocking: Together
    wins: Mapping[str, tuple[str, ...]]

    def as_json(self) -> str:
        """Return the rules as text, the same for the same rules."""
        return json.dumps(asdict(self), sort_keys=True)


def read_rules(path: Path) -> LinkageRules:
    """Read the rules of linkage.

    Raises
    ------
    LinkageError
        If the file breaks its shape, or a rule names a column or kind that does not exist.
    """
    try:
        plain = load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LinkageError(f"{path.name}: it cannot be read. Restore it.") from error
    except NotYamlError as error:
        raise LinkageError(
            f"{path.name}, line {error.line}: it is no YAML ({error.problem}). Correct the line."
        ) from error
    try:
        return rules_of(plain)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LinkageError(
            f"{path.name}: a key is missing, unknown or of the wrong kind "
            f"({type(error).__name__}: {error}). Its remarks say what belongs there."
        ) from error


def rules_of(plain: Mapping[str, Any]) -> LinkageRules:
    """Make rules of plain values; KeyError, TypeError or ValueError where they do not fit."""
    values = dict(plain)
    model, wins = dict(values.pop("model")), values.pop("wins")
    rules = LinkageRules(
        **{**values, "blocking": _together(values["blocking"])},
        model=ModelRules(
            **{
                **model,
                "certain": _together(model["certain"]),
                "learn_from": _together(model["learn_from"]),
            }
        ),
        wins={field: tuple(kinds) for field, kinds in wins.items()},
    )
    _check(rules)
    return rules


def _together(plain: Any) -> Together:
    return tuple(tuple(columns) for columns in plain)


def _check(rules: LinkageRules) -> None:
    if not 0 < rules.review_from <= rules.best_guess_from <= rules.match_at < 1:
        raise ValueError("review_from, best_guess_from and match_at must rise, within 0 and 1")
    if (
        rules.draws < 0
        or rules.most_records < 2
        or rules.most_pairs_a_record < 1
        or not rules.blocking
    ):
        raise ValueError("draws must be from 0, most_records from 2, blocking not empty")
    if not 0 < rules.model.certain_rules_find <= 1:
        raise ValueError("certain_rules_find must be a share above 0")
    named = (*rules.blocking, *rules.model.certain, *rules.model.learn_from)
    unknown = {column for columns in named for column in columns} - set(BLOCKING)
    if unknown:
        raise ValueError(f"no such column to compare by: {', '.join(sorted(unknown))}")
    if set(rules.wins) != set(RESOLVED):
        raise ValueError(f"wins must name {', '.join(RESOLVED)}")
    kinds = {kind for order in rules.wins.values() for kind in order} - set(get_args(Kind))
    if kinds:
        raise ValueError(f"no such kind of sender: {', '.join(sorted(kinds))}")
