"""The rules of ``rules.yml`` in, patterns to look for out: data, so that a word is a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from analysis.contracts import strict_yaml
from analysis.contracts.findings import Grade
from analysis.contracts.published import LANGUAGES, Language

Kind = Literal["causal", "contributing", "no_effect", "share"]
Context = Literal[
    "denied",
    "denied_near",
    "denied_in_form_only",
    "unknown_after",
    "asked",
    "asked_after",
    "possible",
    "sought",
    "told",
    "ourselves",
    "otherwise",
]

GAP = "~"
_BETWEEN = r"\s+"
_WORD = r"[\w{][\w{}.'’-]*"
_UP_TO_THREE = rf"(?:{_WORD}\s+){{0,3}}?"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that may not be said: ``needs`` is the weakest grade that bears it."""

    kind: Kind
    language: Language
    form: str
    instead: str
    needs: Grade | None
    pattern: re.Pattern[str]

    def borne_by(self, grade: Grade) -> bool:
        """Whether evidence of this grade bears the phrase."""
        return self.needs is not None and grade <= self.needs


@cache
def phrases(language: Language) -> tuple[Phrase, ...]:
    """Return every phrase of a language that may not be said, the longest first."""
    found = [
        Phrase(kind, language, form, instead, _rules()[kind].get("needs"), pattern([form]))
        for kind in ("no_effect", "causal", "contributing")
        for form, instead in _rules()[kind][language].items()
    ]
    return tuple(sorted(found, key=lambda phrase: -len(phrase.form)))


@cache
def context(name: Context, language: Language) -> re.Pattern[str]:
    """Return what a list of contexts matches in one language."""
    return pattern(_rules()["context"][name].get(language, ()))


@cache
def fewest_cases() -> int:
    """Return the smallest number of cases that a percentage may be of."""
    return int(_rules()["share"]["fewest"])


def instead_of_share(language: Language) -> str:
    """Return what to write in place of such a percentage."""
    return str(_rules()["share"]["instead"][language])


def pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Match any of some phrases as whole words, in any case, across line breaks."""
    listed = sorted(forms, key=len, reverse=True)
    if not listed:
        return re.compile(r"(?!)")
    either = "|".join(map(_spelt, listed))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _spelt(form: str) -> str:
    parts: list[str] = []
    for word in form.split():
        parts.append(_UP_TO_THREE if word == GAP else f"{_letters(word)}{_BETWEEN}")
    return "".join(parts).removesuffix(_BETWEEN)


def _letters(word: str) -> str:
    return re.escape(word).replace("'", "['’]")


@cache
def _rules() -> Mapping[str, Any]:
    source = files("analysis.prose") / "rules.yml"
    loaded: Mapping[str, Any] = strict_yaml.load(source.read_text(encoding="utf-8"))
    return loaded


def languages(known: Language | None) -> tuple[Language, ...]:
    """Return the languages to look in: both where a text does not say which it is."""
    return (known,) if known else LANGUAGES
