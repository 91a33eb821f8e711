"""Passages of prose in, the places that say more than the evidence bears out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.contracts.findings import Grade
from analysis.contracts.published import Language
from analysis.prose import deeds, rules, shares
from analysis.prose.context import Said, asserted
from analysis.prose.quoted import BLANK, seen
from analysis.prose.texts import Passage

USUAL_GRADE: Grade = "C"
"""Grade of a passage beside which no finding stands: a count before and a count after."""

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Hit:
    """Some words that say too much: where, by which rule, and what to write instead.

    ``line`` counts from 1, in the file or, where ``cell`` is not 0, in that cell.
    ``part`` names a key, column or finding inside the file, ``grade`` the evidence that
    the words were held against.
    """

    file: str
    cell: int
    line: int
    part: str
    language: Language
    rule: rules.Kind
    words: str
    instead: str
    grade: Grade


def hits(passages: Iterable[Passage], *, usual: Grade = USUAL_GRADE) -> tuple[Hit, ...]:
    """Return every place in some passages that claims too much, in reading order.

    Parameters
    ----------
    passages : iterable of Passage
        What a reader is shown; a passage without a language is read in both.
    usual : Grade
        The grade of passages beside which no finding stands.
    """
    return tuple(hit for passage in passages for hit in _of_passage(passage, usual))


def _of_passage(passage: Passage, usual: Grade) -> Iterator[Hit]:
    grade = passage.grade or usual
    shown = seen(passage.text)
    plain = shown.text
    found = [
        (start, end, language, kind, instead)
        for language in rules.languages(passage.language)
        for start, end, kind, instead in _phrases(plain, language, grade)
    ]
    language = passage.language or _likelier(plain)
    for start, end in shares.on_few_cases(plain):
        found.append((start, end, language, "share", rules.instead_of_share(language)))
    for first, last, said_in, kind, instead in sorted(found):
        start, end = shown.span(first, last)
        words = " ".join(passage.text[start:end].split())
        yield Hit(
            file=passage.file,
            cell=passage.cell,
            line=passage.first_line + passage.text.count("\n", 0, start),
            part=passage.part,
            language=said_in,
            rule=kind,
            words=words[:_SHOWN],
            instead=instead,
            grade=grade,
        )


def _phrases(
    plain: str, language: Language, grade: Grade
) -> Iterator[tuple[int, int, rules.Kind, str]]:
    """Yield what is asserted and the grade does not bear; each word once."""
    taken: list[tuple[int, int]] = []
    for start, end, kind, instead in _looked_for(plain, language):
        if rules.borne_by(kind, grade) or BLANK in plain[start:end]:
            continue
        if any(start < b and a < end for a, b in taken):
            continue
        if asserted(Said(plain, start, end, language), denial=kind == "no_effect"):
            taken.append((start, end))
            yield start, end, kind, instead


def _looked_for(plain: str, language: Language) -> Iterator[tuple[int, int, rules.Kind, str]]:
    for phrase in rules.phrases(language):
        for found in phrase.pattern.finditer(plain):
            yield *found.span(), phrase.kind, phrase.instead
    for start, end, kind in deeds.told(plain, language):
        yield start, end, kind, deeds.instead(kind, language)


def _likelier(plain: str) -> Language:
    """Guess the language in which to advise, from the commonest words of each."""
    words = plain.lower().split()
    danish = sum(word in ("og", "af", "der", "ikke", "er", "på") for word in words)
    english = sum(word in ("and", "of", "the", "not", "is", "on") for word in words)
    return "da" if danish > english else "en"
