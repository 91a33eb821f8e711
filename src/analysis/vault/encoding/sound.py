"""A word of a name in, a key that words which sound alike share out.

For names as they are heard and written down in Denmark, from many languages: vowels count
only at the beginning, voiced and unvoiced consonants are one, Danish silent letters go, and
so do the usual ways of writing one foreign sound. Coarse on purpose: a common key is one
sign among several that two records are one person, and its weight is estimated. Only
plain letters are changed; a word in another script is its own key, without doubles.

Soundex and its kin keep the first letter and four signs, so *Christina* and *Kristina*, or
*Yelena* and *Elena*, never meet; and the libraries that offer them have no counterpart in
JavaScript that is known to give the same answers.
"""

from __future__ import annotations

import re
from functools import cache

RULES: tuple[tuple[str, str], ...] = (
    ("^ch(?=[aeiouy])", "s"),
    ("sch|sh|sj|tch|tj|cz|ts|tz|dz|dj|zh", "s"),
    ("x", "ks"),
    ("ph", "f"),
    ("ch(?=[eiy])", "s"),
    ("c(?=[eiy])", "s"),
    ("ck|ch|kh|gh|q|c", "k"),
    ("nd(?![aeiouy])", "n"),
    ("ld(?![aeiouy])", "l"),
    ("^h(?=[jvw])", ""),
    ("dt|th|d", "t"),
    ("b", "p"),
    ("g", "k"),
    ("v|w", "f"),
    ("z", "s"),
    ("^[jy](?=[aeiou])", ""),
)
"""Replaced everywhere in the word, one rule after the other; the patterns are JavaScript's too.

Then doubles become one; a first sign of ``aeiouyj`` becomes ``a``; of the rest, ``aeiouyjh``
go. A word of which nothing is left is ``a``."""

_COMPILED = tuple((re.compile(pattern), put) for pattern, put in RULES)
_DOUBLES = re.compile(r"(.)\1+")
_SILENT = re.compile("[aeiouyjh]")


@cache
def sound(word: str) -> str:
    """Return the key of one word in normal form.

    Examples
    --------
    >>> sound("christina"), sound("kristine"), sound("pedersen"), sound("petersson")
    ('krstn', 'krstn', 'ptrsn', 'ptrsn')
    """
    for pattern, put in _COMPILED:
        word = pattern.sub(put, word)
    word = _DOUBLES.sub(r"\1", word)
    if not word:
        return "a"
    head = "a" if word[0] in "aeiouyj" else word[0]
    return head + _SILENT.sub("", word[1:])
