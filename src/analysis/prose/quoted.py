"""A text in, the same text with everything quoted or coded blanked out, letter for letter.

What is blanked: words between quotation marks (“ ”, ” ”, « », » «, „ “ and straight double
ones, within a paragraph), Markdown block quotes, code spans and blocks, addresses of links,
HTML comments, tags, and what stands in ``<q>``, ``<blockquote>``, ``<code>``, ``<pre>``,
``<script>`` and ``<style>``; in templates what the template engine puts in. Those are
somebody else's words, or no words.
"""

from __future__ import annotations

import re

BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for each letter blanked: neither a space nor part of a word."""

_INSIDE = r"(?:(?!\n\s*\n)[^{ends}]){{1,600}}?"


def _between(opens: str, closes: str) -> str:
    return opens + _INSIDE.format(ends=opens + closes) + closes


_CODE = (
    r"(?ms)^[ \t]*(`{3,}|~{3,})[^\n]*\n.*?^[ \t]*\1[ \t]*$",
    r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)",
    r"(?s)<!--.*?-->",
    r"(?is)<(q|blockquote|code|pre|script|style)\b[^>]*>.*?</\1\s*>",
    r"(?s)\{#.*?#\}|\{%.*?%\}",
    r"<[/!?]?[A-Za-z][^<>]{0,2000}>",
    r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)",
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
_PATTERNS = tuple(re.compile(pattern) for pattern in (*_CODE, *_QUOTES))
_PUT_IN = re.compile(r"(?s)\{\{.*?\}\}")
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)")


def unquoted(text: str) -> str:
    """Return ``text`` at the same length and with the same lines, quotes and code blanked.

    Marks of emphasis become spaces, so that ``led **to**`` reads as *led to*; what a
    template puts in becomes one word.
    """
    text = _PUT_IN.sub(lambda found: "x" * len(found.group()), text)
    for pattern in _PATTERNS:
        text = pattern.sub(_blanked, text)
    return _EMPHASIS.sub(lambda found: " " * len(found.group()), text)


def _blanked(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", BLANK, found.group())
