"""Words of a list in, its codes out: by code, by label in either language, by the sender's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from analysis.contracts.partner.forms import SEVERAL, Field
from analysis.intake.validating.columns import ArrowArray
from analysis.intake.validating.parsed import Parsed
from analysis.intake.validating.setting import Setting, folded

YES = ("ja", "yes", "1", "true", "sand", "x")
NO = ("nej", "no", "0", "false", "falsk")
TICK = "x"
"""A column of crosses alone: there an empty cell says no (see `whole.only_ticks`)."""


def parse_code(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read one code of the list that the field names."""
    table = _codes(field, setting)
    return _looked_up(words, table.get, "not_in_list")


def parse_codes(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read several codes, separated by ``;`` or by spaces; stored sorted, each once."""
    table = _codes(field, setting)

    def find(word: str) -> str | None:
        found = [one for part in word.split(SEVERAL) if part.strip() for one in _each(part, table)]
        if not found or None in found:
            return None
        return SEVERAL.join(sorted({one for one in found if one}))

    return _looked_up(words, find, "not_in_list")


def parse_yesno(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read yes and no in either language, as figures, truth values or a cross."""
    table = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
    for word, meant in setting.profile.values.get(field.name, {}).items():
        if folded(meant) in table:
            table[folded(word)] = table[folded(meant)]
    found = [table.get(folded(word)) for word in words.to_pylist()]
    unread = np.array([one is None for one in found], dtype=bool)
    truth = np.array([bool(one) for one in found], dtype=bool)
    return Parsed(pd.arrays.BooleanArray(truth, unread), {"not_yes_or_no": unread.copy()})


def parse_country(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read a country by alpha-3, alpha-2, or its name in either language."""
    table = _own(field, setting, dict(setting.countries))
    return _looked_up(words, table.get, "not_a_country")


def parse_organisation(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read an organisation by id or by name."""
    table = _own(field, setting, dict(setting.organisations))
    return _looked_up(words, table.get, "not_an_organisation")


def parse_place(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read one of the places that the sender's profile names."""
    table = _own(field, setting, {folded(one): one for one in setting.profile.places})
    return _looked_up(words, table.get, "not_a_place")


def _codes(field: Field, setting: Setting) -> dict[str, str]:
    """Return codes by word: labels first, so that a code wins where one is another's label."""
    codes = setting.forms.codes[field.of]
    table: dict[str, str] = {}
    for one in codes:
        table.setdefault(folded(one.label.da), one.code)
        table.setdefault(folded(one.label.en), one.code)
    table.update({folded(one.code): one.code for one in codes})
    return _own(field, setting, table)


def _own(field: Field, setting: Setting, table: dict[str, str]) -> dict[str, str]:
    """Add the sender's own words, which win."""
    own = setting.profile.values.get(field.name, {})
    return {**table, **{folded(word): code for word, code in own.items()}}


def _each(part: str, table: Mapping[str, str]) -> list[str | None]:
    """Return the code of one part; the codes of its words where it is none itself."""
    whole = table.get(folded(part))
    return [whole] if whole else [table.get(folded(word)) for word in part.split()]


def _looked_up(words: ArrowArray, find: Callable[[str], str | None], rule: str) -> Parsed:
    found = [find(folded(word)) for word in words.to_pylist()]
    values = pd.Categorical(found)
    return Parsed(values, {rule: np.asarray(values.codes < 0)})
