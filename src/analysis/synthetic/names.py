"""Syllables in, names of nobody out, and the ways in which they are written wrongly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from analysis.synthetic.chance import Generator, Whole

Names = npt.NDArray[np.object_]

_ONSETS = (
    ("Vr", "Dj", "Sk", "Ul", "Mj", "Br", "Kh", "Tv", "Øl", "Žd", "Pr", "Gr", "Ly", "Zv"),
    ("Qu", "Im", "Ad", "Oj", "Nk", "Eb", "Ch", "Ug", "Ak", "Wé", "Ob", "Ty", "Am", "If"),
    ("Xu", "Ph", "Ng", "Th", "Lü", "Sh", "Mé", "Dr", "Ky", "Vü", "Hw", "Ts", "Ñu", "An"),
    ("Çe", "Iz", "Lo", "Ca", "Já", "Ma", "Re", "Só", "Fi", "Ur", "Ta", "Ze", "Gi", "Né"),
)
_MIDDLES = ("a", "e", "i", "o", "u", "ia", "ei", "or", "an", "el", "um", "ir", "ay", "ø", "æn", "å")
_ENDINGS = {
    "given_female": ("velta", "riska", "lume", "dova", "shira", "nelle", "quia", "wenda",
                     "žina", "mæa"),
    "given_male": ("vark", "rolt", "dumo", "skin", "theo", "jorn", "kwan", "bešt", "lüt", "moç"),
    "family": ("vrek", "indalo", "æskov", "ušenk", "obarri", "tamwe", "quist", "nørvel", "ildzhan",
               "ayoka", "phuvel", "erøsk", "andrük", "omelç"),
}  # fmt: skip
POOLS = len(_ONSETS)
_MANY = 50  # half of all people share about so many common names


def names(rng: Generator, which: str, pool: Whole, total: int) -> Names:
    """Draw a name for each of ``total`` people; ``pool`` says of which syllables.

    Some names are common and many rare, so that two people can be called the same.
    """
    found = np.empty(total, object)
    for number in range(POOLS):
        here = np.flatnonzero(pool == number)
        known = _known(number, which)
        weights = 1 / (_MANY + np.arange(len(known)))
        found[here] = known[rng.choice(len(known), len(here), p=weights / weights.sum())]
    return found


def _known(pool: int, which: str) -> Names:
    """Return all names of a pool, in a fixed order that puts no syllable first."""
    second = _MIDDLES if which == "family" else ("",)
    made = [
        onset + one + two + ending
        for onset in _ONSETS[pool]
        for one in _MIDDLES
        for two in (f"l{_}" if _ else "" for _ in second)
        for ending in _ENDINGS[which]
    ]
    mixed = np.random.default_rng(pool).permutation(len(made))
    return np.array(made, object)[mixed]


def misspelt(name: str, draw: int) -> str:
    """Leave out, double, exchange or replace one letter after the first."""
    if len(name) < 3:
        return name
    at, how = 1 + draw % (len(name) - 2), (draw >> 8) % 4
    if how == 0:
        return name[:at] + name[at + 1 :]
    if how == 1:
        return name[:at] + name[at] + name[at:]
    if how == 2:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    vowels = "aeiou"
    new = vowels[(draw >> 16) % 5]
    return name[:at] + new + name[at + 1 :]


_WRITTEN = (
    ("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("Ø", "Oe"), ("š", "sh"), ("ž", "z"), ("Ž", "Z"),
    ("é", "e"), ("á", "a"), ("ó", "o"), ("ü", "u"), ("ñ", "n"), ("Ñ", "N"), ("ç", "c"), ("Ç", "C"),
    ("kh", "h"), ("Kh", "H"), ("w", "v"), ("W", "V"), ("y", "j"), ("ph", "f"), ("Ph", "F"),
    ("qu", "kv"), ("Qu", "Kv"), ("k", "c"), ("dj", "di"), ("Dj", "Di"),
)  # fmt: skip


def transliterated(name: str, draw: int) -> str:
    """Write all or one of the letters as another keyboard or language would."""
    some = [pair for pair in _WRITTEN if pair[0] in name]
    if not some:
        return name
    chosen = some if draw % 2 else [some[(draw >> 8) % len(some)]]
    for old, new in chosen:
        name = name.replace(old, new)
    return name


def nickname(name: str, draw: int) -> str:
    """Shorten a given name as friends do."""
    return name[: 3 + draw % 2] + ("i", "a", "y")[(draw >> 8) % 3]


def rewritten(rng: Generator, values: Names, chosen: Whole, how: Callable[[str, int], str]) -> None:
    """Apply ``how`` to the chosen names, in place."""
    places = np.flatnonzero(chosen)
    draws = rng.integers(0, 2**24, len(places)).tolist()
    for at, draw in zip(places.tolist(), draws, strict=True):
        if values[at] is not None:
            values[at] = how(values[at], draw)
