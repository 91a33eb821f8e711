"""A text in, what a reader sees of it and does not read as somebody else's words out.

What is blanked: words between quotation marks (“ ”, ” ”, « », » «, „ “ and straight double
ones, within a paragraph), Markdown block quotes, code spans and blocks, and what stands in
``<q>``, ``<blockquote>``, ``<code>``, ``<pre>``, ``<script>`` and ``<style>``; in templates
what the template engine puts in. Those are somebody else's words, or no words.

What is dropped, because a reader never sees it: marks of emphasis, addresses of links,
comments, tags inside a line, soft hyphens and other signs without width. Other tags end a
sentence, as the edge of a table's cell does; what they hold for a reader (``alt``, ``title``)
is kept. Entities become the sign that they stand for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for each letter blanked: neither a space nor part of a word."""

DROPPED = "\N{WORD JOINER}"
"""Stands for each sign that a reader does not see."""

_INSIDE = r"(?:(?!\n\s*\n)[^{ends}]){{1,600}}?"


def _between(opens: str, closes: str) -> str:
    return opens + _INSIDE.format(ends=opens + closes) + closes


_CODE = (
    r"(?ms)^[ \t]*(`{3,}|~{3,})[^\n]*\n.*?^[ \t]*\1[ \t]*$",
    r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)",
    r"(?is)<(q|blockquote|code|pre|script|style)\b[^>]*>.*?</\1\s*>",
    r"(?s)\{#.*?#\}|\{%.*?%\}",
    r"(?m)^[ \t]*>[^\n]*$",
)
_QUOTES = (
    _between("“", "”"),
    _between("„", "“"),
    _between("»", "«"),
    _between("«", "»"),
    _between("”", "”"),
    r'(?<!\w)"' + _INSIDE.format(ends='"') + r'"(?!\w)',
)
_CODED = tuple(re.compile(pattern) for pattern in _CODE)
_QUOTED = tuple(re.compile(pattern) for pattern in _QUOTES)
_PUT_IN = re.compile(r"(?s)\{\{.*?\}\}")
_ENTITY = re.compile(r"&(?!lt;|gt;|amp;|quot;)(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,24});")
_TAG = re.compile(r"<[/!?]?([A-Za-z]*)[^<>]{0,2000}>")
_IN_A_LINE = re.compile(
    "a|abbr|b|bdi|bdo|big|cite|del|dfn|em|font|i|ins|kbd|label|mark|s|small|span|strike|strong|"
    "sub|sup|time|tspan|u|var|wbr",
    re.IGNORECASE,
)
_HELD = re.compile(r"""(?is)\b(?:alt|title|aria-label)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_UNSEEN = (
    re.compile(r"(?s)<!--.*?-->"),
    re.compile(r"\[(?=[^\[\]]{0,300}\]\()"),
    re.compile(r"\](?=\()|(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\)"),
    re.compile(r"(?<!\n)\*+(?!\s)|(?<=\S)\*+|(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)|~~"),
    re.compile(r"[\u00ad\u200b-\u200f\ufeff]"),
)
_BULLET = re.compile(r"(?m)^([ \t]*)\*(?=\s)")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees of a text, and where in the text each of its letters stands."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the text itself ``start``..``end`` of what is seen stands."""
        return self.places[start], self.places[end - 1] + 1


def seen(text: str) -> Seen:
    """Return what is left of :func:`unquoted` when all that is dropped is taken out."""
    plain = unquoted(text)
    places = tuple(place for place, sign in enumerate(plain) if sign != DROPPED)
    return Seen("".join(plain[place] for place in places), places)


def unquoted(text: str) -> str:
    """Return ``text`` at the same length and with the same lines, quotes and code blanked.

    What a template puts in becomes one word.
    """
    text = _PUT_IN.sub(lambda found: "x" * len(found.group()), text)
    text = _ENTITY.sub(_as_sign, _composed(text))
    for pattern in _CODED:
        text = pattern.sub(_blanked, text)
    text = _BULLET.sub(r"\1-", _TAG.sub(_without_tag, _UNSEEN[0].sub(_dropped, text)))
    for pattern in _QUOTED:
        text = pattern.sub(_blanked, text)
    for pattern in _UNSEEN[1:]:
        text = pattern.sub(_dropped, text)
    return text


def _composed(text: str) -> str:
    """Write a letter and the accent that follows it as one letter, at the same length."""
    return re.sub(r"\w[\u0300-\u036f]", _one_letter, text)


def _one_letter(found: re.Match[str]) -> str:
    joined = unicodedata.normalize("NFC", found.group())
    return joined + DROPPED if len(joined) == 1 else found.group()


def _as_sign(found: re.Match[str]) -> str:
    sign = html.unescape(found.group())
    if len(sign) != 1 or sign == "\n":
        return found.group()
    return sign + DROPPED * (len(found.group()) - 1)


def _without_tag(found: re.Match[str]) -> str:
    """Drop a tag inside a line; let any other end a sentence, with the words that it holds."""
    if _IN_A_LINE.fullmatch(found[1]) and not _HELD.search(found.group()):
        return _dropped(found)
    if found[1].lower() == "br":
        return " " + _dropped(found)[1:]
    signs = list("|" + _dropped(found)[1:-1] + "|")
    for held in _HELD.finditer(found.group()):
        group = 1 if held[1] is not None else 2
        start, end = held.span(group)
        signs[start - 1] = "|"
        signs[start:end] = held[group]
        signs[end] = "|"
    return "".join(signs)


def _blanked(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", BLANK, found.group())


def _dropped(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", DROPPED, found.group())
