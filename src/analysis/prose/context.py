"""A phrase in its sentence in, whether the sentence asserts it out.

Denied, asked, possible, looked for, or told of somebody else: then nothing is claimed. A
denial reaches to the end of its clause, and through "that" or "whether" into the next
("does not show that the plan led to ..."); "not only" denies nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from analysis.contracts.published import Language
from analysis.prose import rules

_SENTENCE_ENDS = re.compile(
    r"(?<![\s.(][A-Za-zÆØÅæøå])(?<!\bpr)(?<!\bca)(?<!\bnr)(?<!\bkl)(?<!\bbl\.a)(?<!\bf\.eks)"
    r"(?<!\bfx)(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bstk)[.!?](?=[\s)»”]|$)"
    r"|\n\s*\n|\n\s*(?=[-+#|]|\d+\.\s)|(?<=\n)#[^\n]*(?=\n)|\|"
)
_HEADING = re.compile(r"(?m)^#[^\n]*$")
_CLAUSE_ENDS = re.compile(
    r"[;:–—()]|,(?!\s*(?:at|that|om|whether)\b)|\b(?:and|but|og|men|while|mens)\b", re.IGNORECASE
)
_FULL_STOP_OF_A_THOUGHT = re.compile(
    r"[;:–—]|,\s*(?:and|but|og|men|so|så|yet|while|mens)\b", re.IGNORECASE
)
_SUBORDINATES = re.compile(
    r"\b(?:at|that|om|whether|if|hvis|hvorvidt|hvad|what|hvorfor|why|hvordan|how)\b", re.IGNORECASE
)
_CLOSING = " \t\n|)»”"
_WHY = re.compile(r"\W*(?:why|how come|hvorfor|hvordan kan det være)\b", re.IGNORECASE)
_SUPPOSED = re.compile(r"\W*(?:had|havde)\b(?!\s+(?:it\s+not|det\s+ikke)\b)", re.IGNORECASE)
_DENIED_AFTER = re.compile(r"\b(?:ikke|aldrig|næppe|hverken|not|never|neither)\b", re.IGNORECASE)
_LEAD = re.compile(r"(?m)^#[^\n]*$|^[^\n]*:[ \t]*$")
_LEAD_INSIDE = re.compile(r"(?s)(.*)[:–—]")
_LISTED = re.compile(
    r"[-+\s|\d.(]*(?:that|whether|how|why|what|at|om|hvorvidt|hvordan|hvorfor|hvad)\b",
    re.IGNORECASE,
)
_NEXT_WORDS = re.compile(r"\W*(?:[\w’'-]+\W+){0,2}")
_LAST_WORDS = re.compile(r"(?:[\w’'-]+[ \t\n,]+){0,4}$")
_NAMES = re.compile(r"(?:the|effe[ck]t\w*|virkning\w*|\w+(?:ens|ets|ernes))\b", re.IGNORECASE)
_ASIDE = re.compile(r"(?:according|ifølge|efter|in|by)\b", re.IGNORECASE)
_BY_OTHERS = re.compile(r"\s+(?i:fra|from|by)\s+[A-ZÆØÅ0-9]")
_OURS = re.compile(r"\b(?:our|my|vores|vor|min|mit)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase at ``start``..``end`` of a text from which quotes are blanked."""

    text: str
    start: int
    end: int
    language: Language

    @property
    def phrase(self) -> str:
        """The words themselves."""
        return self.text[self.start : self.end]

    @property
    def span(self) -> tuple[int, int]:
        """Where the sentence around the phrase begins and ends."""
        return sentence_around(self.text, self.start, self.end)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence begins and ends that holds ``start``..``end``."""
    first, last = 0, len(text)
    for stop in _stops(text):
        if stop <= start:
            first = stop
        elif stop >= end:
            last = stop
            break
    return first, last


@cache
def _stops(text: str) -> tuple[int, ...]:
    """Return where sentences end: after a full stop, a blank line, a heading, a table's cell."""
    ends = {found.end() for found in _SENTENCE_ENDS.finditer(text)}
    return tuple(sorted(ends | {found.end() for found in _HEADING.finditer(text)}))


def asserted(said: Said, *, denial: bool = False) -> bool:
    """Whether the sentence claims the phrase.

    Parameters
    ----------
    said : Said
        The phrase and where it stands.
    denial : bool
        Whether the phrase itself denies ("no effect"): a "not" inside or behind it is
        then its own and takes nothing back.
    """
    first, last = said.span
    before, after = said.text[first : said.start], said.text[said.end : last]
    sentence = said.text[first:last].rstrip(_CLOSING)
    return not (
        _otherwise(said, first, last)
        or _listed_as_not_shown(said, first, sentence)
        or (sentence.endswith("?") and not _WHY.match(sentence))
        or _denied(said, before)
        or (not denial and _denied_inside(said, after))
        or _unknown(said, after)
        or _left_open(said, before, after)
        or _asked(said, before)
        or _possible(said, before)
        or _sought(said, before)
        or _told(said, before, after)
    )


def _otherwise(said: Said, first: int, last: int) -> bool:
    found = rules.context("otherwise", said.language).finditer(said.text, first, last)
    return any(one.start() < said.end and said.start < one.end() for one in found)


def _listed_as_not_shown(said: Said, first: int, sentence: str) -> bool:
    """Whether it stands below or behind "What this does not show", as a "that ..." of it.

    A sentence of its own there asserts what it says, as anywhere else.
    """
    leads = list(_LEAD.finditer(said.text, 0, said.start))
    inside = _LEAD_INSIDE.match(sentence[: said.start - first])
    lead, rest = (inside[1], sentence[inside.end() :]) if inside else ("", sentence)
    lead = lead or (leads[-1].group() if leads else "")
    return bool(_LISTED.match(rest) and rules.context("not_shown", said.language).search(lead))


def _denied(said: Said, before: str) -> bool:
    denying = rules.context("denied", said.language)
    denying_near = rules.context("denied_near", said.language)
    meant = _without_form_only(before, said.language)
    clause = _tail(meant, _CLAUSE_ENDS)
    near = _LAST_WORDS.search(clause)
    if denying.search(clause) or (near and denying_near.search(near.group())):
        return True
    wide = _tail(meant, _FULL_STOP_OF_A_THOUGHT)
    return any(
        _SUBORDINATES.search(wide, found.end())
        for one in (denying, denying_near, rules.context("doubted", said.language))
        for found in one.finditer(wide)
    )


def _denied_inside(said: Said, after: str) -> bool:
    """Danish denies behind the verb: "skyldes ikke", "førte heller ikke til"."""
    following = _NEXT_WORDS.match(_head(after))
    words = said.phrase + (following.group() if following else "")
    extended = said.phrase + after
    form_only = rules.context("denied_in_form_only", said.language).search(extended)
    if form_only and form_only.start() <= len(words):
        return False
    return bool(_DENIED_AFTER.search(words))


def _unknown(said: Said, after: str) -> bool:
    """Whether what a phrase names is said to be unknown: "the effect of it is not known"."""
    if not _NAMES.match(said.phrase):
        return False
    return bool(rules.context("unknown_after", said.language).search(_head(after)))


def _left_open(said: Said, before: str, after: str) -> bool:
    """Whether it is asked how much, and said not to be known: "what it did is unknown"."""
    wide = _tail(before, _FULL_STOP_OF_A_THOUGHT)
    if not rules.context("how_much", said.language).search(wide):
        return False
    unknown = (rules.context(name, said.language) for name in ("denied", "unknown_after"))
    return any(one.search(after) for one in unknown)


def _without_form_only(text: str, language: Language) -> str:
    form_only = rules.context("denied_in_form_only", language)
    return form_only.sub(lambda found: "x" * len(found.group()), text)


def _asked(said: Said, before: str) -> bool:
    wide = _tail(_without_form_only(before, said.language), _FULL_STOP_OF_A_THOUGHT)
    if rules.context("asked", said.language).search(wide) or _SUPPOSED.match(
        said.text, said.span[0]
    ):
        return True
    return said.language == "da" and bool(_om().search(wide))


@cache
def _om() -> re.Pattern[str]:
    asking = rules.context("asked_after", "da").pattern
    return re.compile(rf"(?:^\W*|,\s*|{asking}\s+)om\b", re.IGNORECASE)


def _possible(said: Said, before: str) -> bool:
    clause = _tail(before, _CLAUSE_ENDS)
    return bool(rules.context("possible", said.language).search(_tail(clause, _SUBORDINATES)))


def _sought(said: Said, before: str) -> bool:
    near = _LAST_WORDS.search(_tail(before, _CLAUSE_ENDS))
    return bool(near and rules.context("sought", said.language).search(near.group()))


def _told(said: Said, before: str, after: str) -> bool:
    """Whether somebody else is named as saying it, and not ourselves."""
    telling = rules.context("told", said.language)
    wide = _tail(before, _FULL_STOP_OF_A_THOUGHT)
    found = [(wide, one) for one in telling.finditer(wide)]
    found += [(after, one) for one in telling.finditer(after)]
    found += [
        (said.phrase, one) for one in telling.finditer(said.phrase) if _ASIDE.match(one.group())
    ]
    return any(not _by_us(whole, one, said.language) for whole, one in found)


def _by_us(whole: str, telling: re.Match[str], language: Language) -> bool:
    if _OURS.search(telling.group()):
        return True
    near = _LAST_WORDS.search(whole[: telling.start()])
    followed = _NEXT_WORDS.match(whole[telling.end() :])
    behind = followed.group() if followed else ""
    beside = f"{near.group() if near else ''} | {behind}"
    return bool(
        _OURS.search(behind)
        or any(
            not _BY_OTHERS.match(beside, one.end())
            for one in rules.context("ourselves", language).finditer(beside)
        )
    )


def _tail(text: str, ends: re.Pattern[str]) -> str:
    """Return what follows the last of ``ends``."""
    last = 0
    for found in ends.finditer(text):
        last = found.end()
    return text[last:]


def _head(text: str) -> str:
    found = _CLAUSE_ENDS.search(text)
    return text[: found.start()] if found else text
