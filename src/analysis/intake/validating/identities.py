"""Names, birth dates and numbers that tell who somebody is: read, judged, never told."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.contracts.partner.forms import Field, Identity
from analysis.intake.validating.arrow import pa, pc
from analysis.intake.validating.columns import ArrowArray, Bools, matching
from analysis.intake.validating.dates import parse_date, read_days
from analysis.intake.validating.parsed import Parsed
from analysis.intake.validating.setting import Setting
from analysis.vault.encoding import normal
from analysis.vault.tokens import Tokens, unreadable

MOST_SIGNS = 60
"""Characters of a reference or name; what is longer is text."""

_CPR = r"^\d{6}[- ]?\d{4}$"
_NOT_IN_A_NAME = r"[0-9<>={}@|\\\[\]]"
_NOT_IN_A_NUMBER = r'[<>={}@|\\"]|^[+]'
_WORDS_ALONE = r"^[^0-9]*\s[^0-9]*$"


def parse_reference(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read the sender's own numbers; equal ones, as tokens see them, get one code."""
    del field, setting
    bad = matching(words, _NOT_IN_A_NUMBER) | matching(words, _WORDS_ALONE) | _too_long(words)
    numbers = matching(words, _CPR)
    numbers[numbers] = ~np.isnat(born(words.filter(pa.array(numbers))))
    # A running number of ten digits can look like one by chance; with its hyphen it cannot.
    hidden = numbers & (matching(words, "[- ]") | (numbers.sum() > len(words) / 2))
    return Parsed(_codes(_as_tokens_see(words)), {"bad_reference": bad, "reference_is_cpr": hidden})


def parse_identity(
    words: ArrowArray, field: Field, setting: Setting, tokens: Tokens | None
) -> Parsed:
    """Read one identity as the sender's profile says that it comes: as written, or as tokens."""
    which = cast("Identity", field.of)
    if setting.profile.identities == "tokens":
        return _from_sender(words, which, tokens)
    if which == "birth_date":
        return parse_date(words, field, setting)
    if which == "cpr":
        return _parse_cpr(words)
    bad = _at(unreadable(which, words), len(words)) | matching(words, _NOT_IN_A_NAME)
    return Parsed(_codes(words), {"bad_name": bad | _too_long(words)})


def as_given(words: ArrowArray, which: Identity, setting: Setting) -> ArrowArray:
    """Return the words of an identity in the one way of writing that tokens are made of."""
    if which != "birth_date":
        return words
    days = read_days(words, setting.profile.dialect.dates).values
    return pa.array(days.astype("datetime64[D]"), type=pa.date32(), from_pandas=True)


def born(words: ArrowArray) -> npt.NDArray[np.datetime64]:
    """Return the day that a civil registration number holds, NaT where there is none.

    The seventh digit tells the century, as the Danish register assigns them; days before
    1900 count as none.
    """
    formed = matching(words, _CPR)
    digits = pc.replace_substring_regex(words, "[^0-9]", "")
    number = pc.cast(pc.if_else(pa.array(formed), digits, "0"), pa.int64())
    whole = np.asarray(number.to_numpy(zero_copy_only=False), dtype=np.int64)
    century, year = whole // 1000 % 10, whole // 10_000 % 100
    full = 1900 + year + 100 * _after_1999(century, year)
    alive = formed & ~((century >= 5) & (century <= 8) & (year > 57))
    iso = [
        f"{y:04d}-{m:02d}-{d:02d}" if ok else ""
        for y, m, d, ok in zip(
            full, whole // 1_000_000 % 100, whole // 100_000_000, alive, strict=True
        )
    ]
    return read_days(pa.array(iso, type=pa.large_string()), "ymd").values


def _after_1999(century: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> Bools:
    short = ((century == 4) | (century == 9)) & (year <= 36)
    return np.asarray(short | ((century >= 5) & (century <= 8) & (year <= 57)))


def _parse_cpr(words: ArrowArray) -> Parsed:
    days = born(words)
    return Parsed(pd.array(days.astype("datetime64[s]")), {"bad_cpr": np.isnat(days)})


def _from_sender(words: ArrowArray, which: Identity, tokens: Tokens | None) -> Parsed:
    faults = tokens.faults(which, words) if tokens else {}
    masks = {f"token_{name}": _at(places, len(words)) for name, places in faults.items()}
    return Parsed(_codes(words), masks)


def _as_tokens_see(words: ArrowArray) -> ArrowArray:
    plain = pc.utf8_upper(pc.replace_substring_regex(words, r"\s+", " "))
    other = np.flatnonzero(~np.asarray(pc.string_is_ascii(words).to_numpy(zero_copy_only=False)))
    if not len(other):
        return plain
    fixed = plain.to_pylist()
    for at in other:
        fixed[at] = normal.reference(words[int(at)].as_py())
    return pa.array(fixed, type=pa.large_string())


def _codes(words: ArrowArray) -> pd.arrays.IntegerArray:
    codes = words.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return pd.arrays.IntegerArray(codes, np.zeros(len(codes), dtype=bool))


def _too_long(words: ArrowArray) -> Bools:
    return np.asarray(pc.utf8_length(words).to_numpy(zero_copy_only=False) > MOST_SIGNS)


def _at(places: tuple[int, ...], length: int) -> Bools:
    mask = np.zeros(length, dtype=bool)
    mask[list(places)] = True
    return mask
