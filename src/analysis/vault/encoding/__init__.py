r"""Identities in, the tokens by which records can be compared without knowing whom: the spec.

Everything here is also written in JavaScript (the offline page), so each step is plain:
Unicode NFKC/NFD, lower case, regular expressions that both languages read alike, sorting by
UTF-16 code unit, SHA-256. ``tests/vault/vectors.json`` holds known answers for a known key.

**1. Normal form.** Of a name: apostrophes out; NFKC; lower case; the letters of `LETTERS`
replaced (``æ`` ae, ``ø`` oe, ``å`` aa ...); NFD and every mark (``\p{M}``) out; every run of
what is no letter (``\p{L}``) becomes one space. What is left are its *words*. A name of no
words, or one of `UNKNOWN`, is missing. Of a birth date: ``YYYY-MM-DD``. Of a cpr number:
blanks and dashes out, upper case, six digits and four digits or letters.

**2. Token.** ``token(key, namespace, value)`` = the first 16 bytes of
HMAC-SHA256(key, ``"1" + U+001F + namespace + U+001F + value`` in UTF-8), in 32 lower-case
hexadecimal digits. The key at the sender's is the *sharing key* (32 bytes).

**3. Columns of a name** (``given_name``, ``family_name``; both in the same namespaces, so
that names written into each other's field still meet):

=========  ===========  ==================================================================
column     namespace    value
=========  ===========  ==================================================================
_exact     name         its words, sorted, joined by one space
_words     word         each different word a token; the tokens sorted, joined by one space
_sound     sound        the `sound` key of each word; keys sorted, joined by one space
_grams     grams        the sketch below, 64 signs
=========  ===========  ==================================================================

**4. Sketch.** The pairs of neighbouring signs of each word with ``_`` before and after it
(``_a an nn na a_``), each pair once for the name. For counter 0 to 7:
HMAC-SHA256(key, ``"1" + U+001F + "grams" + U+001F + counter + U+001F + pair``), its 32 bytes
read as eight big-endian 32-bit numbers: 64 numbers a pair, one a slot. Each slot keeps the
least number of all pairs, of that the lowest 6 bits, as one sign of `ALPHABET`. Two names
agree in about as great a share of the 64 slots as their pairs have in common (Broder 1997;
kept to few bits: Li and König 2010).

**5. Columns of a birth date**: ``_exact`` (namespace ``birth_date``, ``YYYY-MM-DD``),
``_swapped`` (the same namespace, day and month exchanged; missing where that is no date or
the same), ``_month`` (``birth_month``, ``YYYY-MM``), ``_day`` (``birth_day``, ``MM-DD``),
and ``birth_year``, the year itself. **Of a cpr number**: ``_exact`` (``cpr``).

**6. Cell of a sender** that makes its tokens itself: ``wb1.<identity>.<key>.<parts>.<check>``,
see `cells`.

**7. Layers.** At the centre each key of its chain puts one layer over a token:
``token = hex(HMAC-SHA256(key, the 32 digits as ASCII))[:32]``, and over each sign of a sketch
(see `keyed.SketchLayer`). Senders do not hold these keys, so a sender who holds the sharing
key can compute nothing that stands in the store.

What each column gives away to one who has the store open but none of the keys: see
``docs/decisions/0028-tokens-and-linkage.md``.
"""

from __future__ import annotations

from analysis.vault.encoding.columns import Which, columns
from analysis.vault.encoding.normal import cpr, date_of, words

__all__ = ["Which", "columns", "cpr", "date_of", "words"]
