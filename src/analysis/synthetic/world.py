"""``world.yml`` in, the constants of the invented country out, each in its section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.strict_yaml import NotYamlError, load
from analysis.errors import DataError
from analysis.synthetic.laws import Laws


@dataclass(frozen=True, slots=True)
class World:
    """The laws of the invented country, and the forms and profiles of its senders."""

    laws: Laws
    forms: Forms
    profiles: dict[str, Profile]


def read_world(path: Path, forms: Forms, profiles: Mapping[str, Profile]) -> World:
    """Read the laws, and join to them what the senders fill in.

    Raises
    ------
    DataError
        If a constant is missing, unknown or of the wrong type, or a sender has no profile.
    """
    try:
        plain = load(path.read_text(encoding="utf-8"))
    except NotYamlError as error:
        raise DataError(
            f"{path.name}, line {error.line}: it is no YAML ({error.problem}). Correct the line."
        ) from error
    try:
        laws = cast("Laws", _built(Laws, plain, "world"))
    except ValueError as error:
        raise DataError(f"{path.name}: {error}. Correct it there.") from error
    without = sorted(set(laws.senders) ^ set(profiles))
    if without:
        raise DataError(
            f"{path.name}: {len(without)} senders stand only there or only among the profiles "
            f"({', '.join(without)}). Add or remove them."
        )
    real = sorted(name for name, profile in profiles.items() if not profile.synthetic)
    if real:
        raise DataError(
            f"profiles: {len(real)} are not of an invented sender ({', '.join(real)}). "
            "A synthetic country takes its senders from data/synthetic/profiles."
        )
    return World(laws, forms, dict(profiles))


def _built(kind: Any, plain: Any, where: str) -> Any:
    """Build ``kind`` from plain values, or say where they do not fit it."""
    if is_dataclass(kind):
        return _section(kind, plain, where)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is dict:
        _must(isinstance(plain, dict), where, "several keys")
        return {key: _built(parts[1], value, f"{where}.{key}") for key, value in plain.items()}
    if origin is tuple:
        _must(isinstance(plain, list), where, "a list")
        return tuple(_built(parts[0], one, f"{where}[{at}]") for at, one in enumerate(plain))
    if origin is Literal:
        _must(plain in parts, where, "one of " + ", ".join(parts))
        return plain
    if kind is date:
        return _day(plain, where)
    if kind is float:
        _must(isinstance(plain, int | float) and not isinstance(plain, bool), where, "a number")
        return float(plain)
    _must(isinstance(plain, kind) and not isinstance(plain, bool), where, kind.__name__)
    return plain


def _section(kind: Any, plain: Any, where: str) -> Any:
    _must(isinstance(plain, dict), where, "several keys")
    hints = get_type_hints(kind)
    known = {one.name: one for one in fields(kind)}
    # `from` is a word of the language, so the field is called otherwise.
    named = {"since" if key == "from" else key: value for key, value in plain.items()}
    unknown = sorted(set(named) - set(known))
    _must(not unknown, f"{where}.{unknown[0]}" if unknown else where, "left out: it is not known")
    optional = {name for name, one in known.items() if one.default == ""}
    missing = sorted(set(known) - set(named) - optional)
    _must(not missing, f"{where}.{missing[0]}" if missing else where, "given")
    return kind(
        **{key: _built(hints[key], value, f"{where}.{key}") for key, value in named.items()}
    )


def _day(plain: Any, where: str) -> date:
    _must(isinstance(plain, str), where, "a day, as '2007-07-01'")
    try:
        return date.fromisoformat(plain)
    except ValueError as error:
        raise ValueError(f"{where} must be a day, as '2007-07-01'") from error


def _must(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise ValueError(f"{where} must be {what}")
