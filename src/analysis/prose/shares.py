"""A text in, the percentages on few cases out.

Found where the number of cases stands beside the percentage: "50 % of 12", "6 of 12
(50 %)", "50 % (6/12)", "of the 12, fifty per cent", "n = 12", and "a rise of 50 % from 4 to
6". A confidence level is no such percentage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.prose import rules
from analysis.prose.context import sentence_around

_DANISH = (
    "en to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten "
    "sytten atten nitten"
)
_ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_WORDS = {
    word: value
    for listed in (_DANISH, _ENGLISH)
    for value, word in enumerate(listed.split(), start=1)
}

_DIGITS = r"\d{1,3}(?:[.,\u00a0 ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?"
_NUMBER = rf"(?<![\w.,])(?:{_DIGITS}|{'|'.join(_WORDS)})(?![\w%])"
_UNITS = "en to tre fire fem seks syv otte ni one two three four five six seven eight nine".replace(
    " ", "|"
)
_TENS = (
    "ti|tyve|tredive|fyrre|halvtreds|tres|tresindstyve|halvfjerds|firs|halvfems|hundrede|"
    "ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a|one) hundred"
)
_IN_WORDS = rf"(?:(?:{_UNITS})og)?(?:{_TENS})(?:[-\s](?:{_UNITS}))?|{'|'.join(_WORDS)}"
_PER_CENT = r"(?:%|percent\b|per\s+cent\b|pct\b\.?|procent\b|p\.c\.)"
_SHARE = rf"(?<![\w.,])(?:\d+(?:[.,]\d+)?[\s-]*|(?:{_IN_WORDS})[\s-]+){_PER_CENT}"
_OF = r"(?:out\s+of|ud\s+af|of|af)"
_AMONG = r"(?:out\s+of|ud\s+af|of|af|among|amongst|blandt|for|hos)"
_ONLY = (
    r"(?:(?:the|those|these|only|just|all|our|its|their|a\s+total\s+of|de|kun|alle|blot|vores|"
    r"disse|sine|deres|i\s+alt)\s+){0,3}"
)
_SCALE = (
    r"(?!\s*(?:%|percent|per\s+cent|procent|pct|million|mio|mill|milliard|billion|thousand|tusind))"
)
_CASES = rf"(?P<cases>{_NUMBER}){_SCALE}"

_NEAR = (
    r"(?:[^.!?;\n]|\n(?!\s*\n|[ \t]*[-+#|])|(?<=\d)\.(?=\d)|\b(?:dvs|ca|i\.e|e\.g|bl\.a|f\.eks)\.)"
)
_BESIDE = (
    rf"{_SHARE}\)?(?:\s+[^\W\d]+){{0,3}}?\s+{_OF}\s+{_ONLY}{_CASES}",
    rf"{_SHARE}\s*[(\[,–—]\s*(?:(?:i\.e\.|dvs\.|altså|nemlig|namely),?\s*)?(?:{_NUMBER}\s*(?:{_OF}|/)|{_OF})\s*{_ONLY}{_CASES}",
    rf"{_NUMBER}\s*(?:{_OF}|/)\s*{_ONLY}{_CASES}{_NEAR}{{0,40}}?{_SHARE}",
    rf"{_SHARE}{_NEAR}{{0,80}}?\b[nN]\s*=\s*{_CASES}",
    rf"\b[nN]\s*=\s*{_CASES}{_NEAR}{{0,80}}?{_SHARE}",
    rf"\b{_AMONG}\s+{_ONLY}{_CASES}(?:,?\s+(?!and\b|og\b)[^\W\d]+){{1,5}}?,?\s+{_SHARE}(?!\s*{_OF}\b)",
    rf"{_SHARE}{_NEAR}{{0,40}}?[(,]\s*(?:i\s+alt|in\s+all|a\s+total\s+of|base[:=]?)\s+{_CASES}",
)
_IN_YEAR = r"(?:\s+(?:in|i)\s+\d{4})?"
_STEP = rf"\b(?:from|fra)\s+{_CASES}(?:\s+[^\W\d]+)??{_IN_YEAR}\s+(?:to|til)\s+{_NUMBER}"
_CHANGED = (
    rf"{_STEP}{_NEAR}{{0,60}}?{_SHARE}",
    rf"{_SHARE}{_NEAR}{{0,60}}?{_STEP}",
    rf"{_SHARE}{_NEAR}{{0,40}}?\(\s*{_CASES}\s*(?:to|til|→|->|–|-)\s*{_NUMBER}\s*\)",
)
_PATTERNS = tuple(re.compile(each, re.IGNORECASE) for each in (*_BESIDE, *_CHANGED))
_A_CHANGE = re.compile(
    r"\b(?:rise|rose|risen|grew|grown|fell|fall|fallen|drop|dropped|increase\w*|decrease\w*|"
    r"more|fewer|higher|lower|up|down|steg\w*|stig\w*|fald\w*|faldt|growth|surge|climbed|jumped|vækst|voks\w*|flere|færre|"
    r"højere|lavere|op|ned)\b",
    re.IGNORECASE,
)
_A_LEVEL = re.compile(
    rf"{_SHARE}[\s-]*(?:\w+\s+)?(?:confidence|limits?|intervals?|CI|power|level|konfidens\w*|"
    r"grænse\w*|interval\w*|styrke|niveau|sikkerhed\w*)",
    re.IGNORECASE,
)
_ONE_SHARE = re.compile(_SHARE, re.IGNORECASE)


def on_few_cases(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a percentage and its few cases stand in a text without quotes."""
    plain = _A_LEVEL.sub(lambda found: _without_share(found.group()), text)
    taken: list[tuple[int, int]] = []
    for place, pattern in enumerate(_PATTERNS):
        for found in pattern.finditer(plain):
            here = found.span()
            if _number(found["cases"]) >= rules.fewest_cases() or _overlaps(here, taken):
                continue
            if place >= len(_BESIDE) and not _tells_a_change(plain, here):
                continue
            taken.append(here)
    yield from sorted(taken)


def _without_share(level: str) -> str:
    return _ONE_SHARE.sub(lambda found: "x" * len(found.group()), level)


def _tells_a_change(text: str, here: tuple[int, int]) -> bool:
    first, last = sentence_around(text, *here)
    return bool(_A_CHANGE.search(text, first, last))


def _overlaps(here: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(here[0] < last and first < here[1] for first, last in taken)


def _number(written: str) -> float:
    """Read a number of cases; three digits behind a comma or a point are thousands."""
    if written.lower() in _WORDS:
        return float(_WORDS[written.lower()])
    if re.fullmatch(r"\d{1,3}(?:[.,\u00a0 ]\d{3})+", written):
        return float(re.sub(r"\D", "", written))
    return float(written.replace(",", "."))
