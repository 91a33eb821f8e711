"""A text in, the places where a plan is said to have brought something about out.

Everyday verbs claim a cause once a plan does them: "the plan reduced trafficking", "support
was improved by the plan", "the plan was effective". The words are data, in ``deeds.yml``;
here they are put together, a shape of sentence each. Who only stands behind a preposition
("cases under the plan increased") does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from analysis.contracts import strict_yaml
from analysis.contracts.published import Language
from analysis.prose import rules

_WORD = r"[\w{}][\w{}'’-]*"
_LINE_GOES_ON = r"\n(?!\s*\n|[ \t]*[-+#|])"
_IN_CLAUSE = rf"(?:[^,.;:!?|\n]|{_LINE_GOES_ON})"
_IN_SENTENCE = r"[^.;:!?|]"
_YEARS = r"\d{4}(?:[-–]\d{2,4})?"
_STARTS = r"(?:^|[.;:!?,(|\n]\s*)(?:[-+#]+\s+|\d+\.\s+)?"
_LOOKED_BACK = 80

_BARE, _PRESENT, _PAST, _DONE, _GOING_ON = range(5)


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of sentence and what it claims.

    Group ``said`` begins the claim, ``who`` is the one who acts. ``subject``: no preposition
    may govern who acts. ``opens``: it must head the clause as well, which an object does not
    ("police adopted the plan and increased ...").
    """

    kind: rules.Kind
    pattern: re.Pattern[str]
    subject: bool = False
    opens: bool = False

    @property
    def by_name(self) -> bool:
        """Whether a plan, law or effort must be named for it."""
        return "who" in self.pattern.groupindex

    def actor(self, found: re.Match[str]) -> int:
        """Return where the one who acts begins."""
        return found.start("who" if self.by_name else "back")


def told(text: str, language: Language) -> Iterator[tuple[int, int, rules.Kind]]:
    """Yield where each claim begins and ends, and its kind, in a text without quotes."""
    somebody_acts = re.search(_who(language), text, re.IGNORECASE)
    for shape in _shapes(language):
        if not somebody_acts and shape.by_name:
            continue
        for found in shape.pattern.finditer(text):
            if shape.subject and _is_governed(text, shape.actor(found), language):
                continue
            if shape.opens and not _opens(text, shape.actor(found), language):
                continue
            yield found.start("said"), found.end(), shape.kind


def instead(kind: rules.Kind, language: Language) -> str:
    """Return what to write in place of such a claim."""
    return str(_lists()["instead"][kind][language])


def listed(name: str, language: Language) -> Sequence[str]:
    """Return a list of ``deeds.yml`` in one language."""
    found: Sequence[str] = _lists()[name].get(language, ())
    return found


def _is_governed(text: str, start: int, language: Language) -> bool:
    before = text[max(0, start - _LOOKED_BACK) : start]
    return bool(_governing(language).search(before))


@cache
def _governing(language: Language) -> re.Pattern[str]:
    """A preposition, and what may stand between it and its noun: "under the new plan"."""
    determiner = _any("determiners", language)
    plain = rf"(?!{determiner})[^\W\d][\w’'-]*\s+"
    belonging = rf"(?:{determiner}\s+(?:[\w’'-]+\s+){{0,2}}|(?:{plain}){{0,2}}|{_YEARS}-)"
    return re.compile(rf"{_any('governed_by', language)}\s+{belonging}$", re.IGNORECASE)


def _opens(text: str, start: int, language: Language) -> bool:
    before = text[max(0, start - _LOOKED_BACK) : start]
    return bool(_heading_of_a_clause(language).search(before))


@cache
def _heading_of_a_clause(language: Language) -> re.Pattern[str]:
    determiner = _any("determiners", language)
    return re.compile(
        rf"(?:{_STARTS}|\d{{4}}\s+)(?:{determiner}\s+)?(?:[\w’'-]+\s+){{0,2}}$", re.IGNORECASE
    )


@cache
def _shapes(language: Language) -> tuple[Shape, ...]:
    families = (_failing, _doing, _pointing_back, _done_by, _being, _praised, _leading_back)
    return tuple(shape for family in families for shape in family(language))


def _failing(language: Language) -> Iterator[Shape]:
    """Yield "the plan did not reduce ...", "planen styrkede ikke ...", "the plan failed"."""
    acts = _who(language) + _between(language)
    verb = _with_object(language, _BARE, _DONE)
    failed = rf"{_any('failed', language)}(?!\s+to\b)"
    ill = rf"{_any('is', language)}(?:\s+{_WORD}){{0,3}}?\s+{_any('ill', language)}"
    yield _shape("no_effect", rf"{acts}\s+{_any('did_not', language)}(?:\s+{_WORD})??\s+{verb}", 1)
    yield _shape("no_effect", rf"{acts}\s+(?:{failed}|{ill})", 1)
    untouched = rf"{_any('untouched', language)}\s+{_any('through', language)}"
    yield _shape("no_effect", rf"{untouched}\s+{_np(language)}")
    nothing = rf"{_any('nothing_changed', language)}{_IN_CLAUSE}{{0,40}}?"
    yield _shape("no_effect", rf"{nothing}\s+{_who(language)}")
    if language == "da":
        finite = _verbs("da", _PRESENT, _PAST)
        never = rf"{_any('never', 'da')}(?!\s+(?:kun|blot|bare|alene|mindst))"
        yield _shape("no_effect", rf"{acts}\s+{finite}(?:\s+\w+)??\s+{never}", 1)


def _doing(language: Language) -> Iterator[Shape]:
    """Yield "the plan reduced ...", "began in 2007 and reduced the ...", "i 2009 øgede planen"."""
    acts = _who(language) + _between(language)
    finite = f"(?:{_with_object(language, _PRESENT, _PAST)}|{_any('said_of_it', language)})"
    done = f"(?:{_with_object(language, _DONE)}|{_any('said_of_it', language)})"
    perfect = rf"{_any('perfect', language)}{_between(language)}\s+{done}"
    turned = rf"{_any('perfect', language)}\s+{_np(language)}{_between(language)}\s+{done}"
    yield _shape("contributing", rf"{acts}\s+{_any('shared_in', language)}", 1)
    yield _shape("causal", rf"{acts}\s+{finite}", 1)
    yield _shape("causal", rf"{acts}\s+{perfect}", 1)
    yield _shape("causal", turned)
    further = rf"{_IN_SENTENCE}{{1,100}}?(?:,|(?<!\w)(?:and|but|og|men))(?:\s+(?:both|både))?"
    then = rf"{further}{_between(language)}\s+{finite}\s+{_object(language)}"
    yield _shape("causal", _who(language) + then, 2)
    if language == "en":
        going_on = _with_object("en", _GOING_ON)
        yield _shape("causal", rf"{acts}\s+{_any('keeps', 'en')}{_between('en')}\s+{going_on}", 1)
        aside = rf"{_IN_SENTENCE}{{1,100}}?,(?:\s+(?:thus|thereby))?\s+{_verbs('en', _GOING_ON)}"
        yield _shape("causal", rf"{_who('en')}{aside}\s+{_object('en')}", 2)
    if language == "da":
        yield _shape("causal", rf"(?<!\w)lykke(?:de)?s\s+{_np('da')}")
        yield _shape("causal", rf"{_any('through', 'da')}\s+{_np('da')}\s+lykke(?:de)?s(?!\w)")
        first = _any("governed_by", "da", "opening")
        opening = rf"{_STARTS}(?P<said>){first}(?:\s+{_IN_CLAUSE}{{1,60}})??"
        yield _shape("causal", rf"{opening}\s+{_verbs('da', _PRESENT, _PAST)}\s+{_np('da')}")


def _pointing_back(language: Language) -> Iterator[Shape]:
    """Yield ", which reduced the ..." and "det har øget antallet"."""
    back, object_ = _any("pointing_back", language), _object(language)
    past = _verbs(language, _PRESENT, _PAST)
    yield _shape("causal", rf"(?P<back>{back}){_between(language)}\s+{past}\s+{object_}", 1)
    has = rf"(?:it|det|{back})\s+{_any('perfect', language)}{_between(language)}"
    yield _shape("causal", rf"(?<!\w){has}\s+{_verbs(language, _DONE)}\s+{object_}")
    hence = rf"{_any('hence', language)},?(?:\s+{_IN_CLAUSE}{{0,40}}?)??"
    yield _shape("causal", rf"{hence}\s*{_any('moved', language)}")


def _done_by(language: Language) -> Iterator[Shape]:
    """Yield "improved, greatly, by the new plan" and "styrkes af planen"."""
    verb = _verbs(language, _DONE)
    if language == "da":
        verb = f"(?:{verb}|{_verbs('da', _BARE, _PAST, ending='s')})"
    few = rf"(?:,?\s+{_WORD}){{0,4}}?,?"
    yield _shape("causal", rf"{verb}{few}\s+{_any('through', language)}\s+{_np(language)}")


def _being(language: Language) -> Iterator[Shape]:
    """Yield "the plan was effective"."""
    quality = rf"{_any('is', language)}(?:\s+{_WORD}){{0,3}}?\s+{_any('well', language)}"
    yield _shape("causal", rf"{_who(language)}{_between(language)}\s+{quality}", 1)


def _praised(language: Language) -> Iterator[Shape]:
    """Yield "the success of the plan" and "planens fortjeneste"."""
    praise = _any("praise", language)
    leading = rf"(?:(?<!\w)the\s+)?(?:{_WORD}\s+)??" if language == "en" else ""
    yield _shape("causal", rf"{leading}{praise}\s+{_any('made_of', language)}\s+{_np(language)}")
    owner = rf"(?:(?<!\w)the\s+)?{_who(language, possessive=True)}"
    yield _shape("causal", rf"{owner}(?:\s+{_WORD}){{0,2}}?\s+{praise}")


def _leading_back(language: Language) -> Iterator[Shape]:
    """Yield "down to the plan", "rose because the plan ...", "without the plan, fewer would"."""
    noun = _np(language)
    yield _shape("causal", rf"{_any('comes_from', language)}(?:\s+{_WORD}){{0,2}}?\s+{noun}")
    ground = rf"{_any('ground', language)}{_IN_CLAUSE}{{0,60}}?\s+{_any('is', language)}\s+{noun}"
    yield _shape("causal", ground)
    why = f"(?:{_any('because', language)}|{_any('found', language)})"
    moves = _any("moves", language)
    yield _shape("causal", rf"{moves}{_IN_CLAUSE}{{0,60}}?,?\s*{why}\s+{noun}")
    would = rf",?{_IN_CLAUSE}{{1,40}}?{_any('would', language)}"
    less = f"(?:{would}{_IN_CLAUSE}{{1,40}}?{moves}|,?{_IN_CLAUSE}{{0,20}}?{moves}{would})"
    yield _shape("causal", rf"{_any('but_for', language)}\s+{noun}{less}")


def _shape(kind: rules.Kind, pattern: str, held: int = 0) -> Shape:
    whole = pattern if "(?P<said>" in pattern else f"(?P<said>){pattern}"
    return Shape(kind, re.compile(whole, re.IGNORECASE), subject=held >= 1, opens=held >= 2)


def _who(language: Language, *, possessive: bool = False) -> str:
    nouns = "|".join(_sorted(listed("who", language)))
    belongs = {"da": "s", "en": "['’]s?"}[language] if possessive else ""
    group = "owner" if possessive else "who"
    return rf"(?<!\w)(?P<{group}>(?:{nouns}){belongs})(?![\w’'])"


def _np(language: Language) -> str:
    """Return the one who acts with up to three words before it, none of them a preposition."""
    return rf"(?:(?!{_any('governed_by', language)}){_WORD}\s+){{0,3}}?{_who(language)}"


def _between(language: Language) -> str:
    """Return what may stand between who acts and the verb."""
    belonging = rf"{_any('belonging', language)}\s+(?:{_WORD}\s+){{0,2}}?{_WORD}"
    aside = rf"\s*,{_IN_CLAUSE}{{1,70}},"
    return rf"(?:,?\s+(?:{_any('between', language)}|{_YEARS}|{belonging})|{aside}){{0,5}}?"


def _with_object(language: Language, *forms: int) -> str:
    """Return verbs; those that also say what happened to the subject only with an object."""
    itself, no_object = _any("of_itself", language), _any("not_an_object", language)
    verb = _verbs(language, *forms)
    return rf"(?:(?!{itself}){verb}|{itself}(?=\s+(?!{no_object})[\w{{]))"


def _object(language: Language) -> str:
    definite = r"|(?<!\w)\w{3,}(?:et|en|erne|ne)(?!\w)" if language == "da" else ""
    return f"(?:{_any('objects', language)}{definite})"


def _verbs(language: Language, *forms: int, ending: str = "") -> str:
    forms_of = {row.split()[form] for row in listed("verbs", language) for form in forms}
    return rf"(?<!\w)(?:{'|'.join(_sorted(forms_of))}){ending}(?!\w)"


def _any(name: str, language: Language, *further: str) -> str:
    return rules.either(form for each in (name, *further) for form in listed(each, language))


def _sorted(forms: Iterable[str]) -> list[str]:
    return sorted(forms, key=lambda form: (-len(form), form))


@cache
def _lists() -> Mapping[str, Any]:
    source = files("analysis.prose") / "deeds.yml"
    loaded: Mapping[str, Any] = strict_yaml.load(source.read_text(encoding="utf-8"))
    return loaded
