"""A key and its parts in, a sentence in Danish and in English out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from analysis.contracts.published import Language, Text

Part = str | int | Text

# The loader of libyaml reads the same, about ten times faster; not every PyYAML brings it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def say(key: str, language: Language, **parts: Part) -> str:
    """Word ``key`` (``"<catalogue>.<name>"``) in one language.

    A part that is a `Text` is put in in the same language.

    Raises
    ------
    KeyError
        If the key is in no catalogue, or a part that it names is missing: both are bugs.
    """
    catalogue, _, name = key.partition(".")
    template = _catalogue(catalogue)[name][language]
    return str(template.format_map(_in_language(parts, language)))


def text(key: str, **parts: Part) -> Text:
    """Word ``key`` in both languages."""
    return Text(da=say(key, "da", **parts), en=say(key, "en", **parts))


def joined(items: Sequence[str], language: Language) -> str:
    """Join words as a list in a sentence: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    last = " og " if language == "da" else " and "
    return ", ".join(items[:-1]) + last + items[-1]


def capital(sentence: str) -> str:
    """Begin with a capital letter, leaving the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def catalogues() -> dict[str, Mapping[str, Mapping[str, str]]]:
    """Return every catalogue by name, as the gap test reads them."""
    folder = files("analysis.language") / "wording"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yml"))
    return {name.removesuffix(".yml"): _catalogue(name.removesuffix(".yml")) for name in names}


@cache
def _catalogue(name: str) -> Mapping[str, Mapping[str, str]]:
    source = files("analysis.language") / "wording" / f"{name}.yml"
    loaded: Mapping[str, Mapping[str, str]] = yaml.load(
        source.read_text(encoding="utf-8"), Loader=_Loader
    )
    return loaded


def _in_language(parts: Mapping[str, Part], language: Language) -> dict[str, Any]:
    return {
        name: part.said_in(language) if isinstance(part, Text) else part
        for name, part in parts.items()
    }
