"""Counts and amounts as partners write them in, numbers out; what could mean two is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.contracts.partner.forms import Field
from analysis.intake.validating.arrow import pa, pc
from analysis.intake.validating.columns import ArrowArray, Bools, matching
from analysis.intake.validating.parsed import Parsed
from analysis.intake.validating.setting import Setting

MOST_DIGITS = 9
"""A count or amount of more digits before the decimal mark is a mistake of typing."""

_GROUPS = {",": r"\.", ".": ","}


def parse_count(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read whole numbers from 0: ``1234``, ``1.234`` of a Danish sender, ``12,0``."""
    del field
    decimal = setting.profile.dialect.decimal
    group = _GROUPS[decimal]
    mark = r"\." if decimal == "." else ","
    plain = matching(words, rf"^\d{{1,{MOST_DIGITS}}}({mark}0{{1,2}})?$")
    grouped = matching(words, rf"^\d{{1,3}}({group}\d{{3}}){{1,2}}$")
    digits = pc.replace_substring_regex(words, rf"{mark}0{{1,2}}$|{group}", "")
    good = plain | grouped
    whole = pc.cast(pc.if_else(pa.array(good), digits, "0"), pa.int64())
    values = pd.arrays.IntegerArray(whole.to_numpy(zero_copy_only=False).copy(), ~good)
    return Parsed(values, {"not_a_count": ~good})


def parse_amount(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read numbers from 0 with the sender's decimal mark.

    Groups of thousands are read only where decimals follow: ``1.234`` of a Danish sender
    could be either, so it is asked about.
    """
    del field
    decimal = setting.profile.dialect.decimal
    group = _GROUPS[decimal]
    mark = r"\." if decimal == "." else ","
    good = matching(words, rf"^\d{{1,{MOST_DIGITS}}}({mark}\d{{1,{MOST_DIGITS}}})?$")
    good |= matching(words, rf"^\d{{1,3}}({group}\d{{3}}){{1,2}}{mark}\d{{1,{MOST_DIGITS}}}$")
    text = pc.replace_substring_regex(words, group, "")
    text = pc.replace_substring(text, decimal, ".")
    amounts = pc.cast(pc.if_else(pa.array(good), text, "0"), pa.float64())
    values = amounts.to_numpy(zero_copy_only=False).copy()
    return Parsed(pd.arrays.FloatingArray(values, _not(good)), {"not_an_amount": _not(good)})


def _not(good: Bools) -> Bools:
    return np.logical_not(good)
