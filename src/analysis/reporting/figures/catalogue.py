"""A code of the data in, its words out where the catalogue has them."""

from __future__ import annotations

from analysis.contracts.published import Language
from analysis.language import words


def worded(key: str, language: Language, otherwise: str) -> str:
    """Word a key that a code of the data is part of, or give ``otherwise``.

    Publishers, methods and breakdowns are open lists: a code that is new in the
    data must not stop a picture.
    """
    try:
        return words.say(f"figures.{key}", language)
    except KeyError:
        return otherwise
