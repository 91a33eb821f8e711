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
    "how_much",
    "possible",
    "sought",
    "told",
    "doubted",
    "not_shown",
    "ourselves",
    "otherwise",
]

GAP, WIDE_GAP = "~", "~~"
_BETWEEN = r"\s+"
_WORD = r"[\w{][\w{}.'’-]*"
_NO = r"(?!(?:no|zero|ingen|intet|nul)\s)"
_UP_TO_THREE = rf"(?:{_NO}{_WORD}\s+){{0,3}}?"
_UP_TO_SIX = rf"(?:(?:{_NO}(?!by\s){_WORD},?\s+){{1,6}}?)??"

_GAPS = {GAP: _UP_TO_THREE, WIDE_GAP: _UP_TO_SIX}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that may not be said where the evidence is weaker than its kind needs."""

    kind: Kind
    language: Language
    form: str
    instead: str
    pattern: re.Pattern[str]


def borne_by(kind: Kind, grade: Grade) -> bool:
    """Whether evidence of this grade bears a claim of this kind."""
    needs: Grade | None = _rules()[kind].get("needs")
    return needs is not None and grade <= needs


@cache
def phrases(language: Language) -> tuple[Phrase, ...]:
    """Return every phrase of a language that may not be said, the longest first."""
    found = [
        Phrase(kind, language, form, instead, pattern([form]))
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
    return re.compile(either(forms), re.IGNORECASE)


def either(forms: Iterable[str]) -> str:
    """Return the regular expression of :func:`pattern`, to be part of another."""
    listed = sorted(forms, key=len, reverse=True)
    if not listed:
        return r"(?!)"
    return rf"(?<!\w)(?:{'|'.join(map(_spelt, listed))})(?!\w)"


def _spelt(form: str) -> str:
    words = form.split()
    parts: list[str] = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        comma = ",?" if following == WIDE_GAP else ""
        parts.append(_GAPS.get(word) or f"{_letters(word)}{comma}{_BETWEEN}")
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
