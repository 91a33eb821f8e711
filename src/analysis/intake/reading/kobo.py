"""An export of Kobo or another XLSForm server in, the columns of a form out.

Such an export brings columns of its own beside the answers, puts the names of groups
before the names of questions (``group/question``), writes a question with several answers
as one column with spaces and one more column a choice, and puts each repeated group on a
sheet of its own, whose rows point to the row that they belong to.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.contracts.partner.forms import SEVERAL, Form, Forms
from analysis.contracts.partner.profiles import Profile
from analysis.intake.reading.headers import fields_named, known_names, plain
from analysis.intake.reading.sheets import ArrowArray

INDEX, PARENT_INDEX, PARENT_TABLE = "_index", "_parent_index", "_parent_table_name"

_TELLING_TITLES = """
_id _uuid _submission_time _validation_status __version__ _index _parent_index
_parent_table_name _submission__id _submission__uuid
"""
_OTHER_TITLES = """
start end today deviceid _status _tags _submitted_by _version_ _duration _xform_id
_xform_id_string formhub/uuid meta/instanceid meta/instancename meta/rootuuid
meta/deprecatedid _submission__submission_time _submission__validation_status
_submission__status _submission__submitted_by _submission___version__
_submission__tags synthetic
"""
_PERSONAL_TITLES = """
username phonenumber simserial simid subscriberid devicephonenum email audit _notes
_geolocation _gps _attachments _submission__notes _submission__geolocation
background-audio
"""
_TELLING = frozenset(_TELLING_TITLES.split())
_OWN = _TELLING | frozenset(_OTHER_TITLES.split())
_PERSONAL = frozenset(_PERSONAL_TITLES.split())
_CHOSEN = ("1", "true", "TRUE", "True", "1.0")
_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Export:
    """How an export's header is to be taken for one form.

    ``titles`` are the header without names of groups; ``own`` the places of the server's own
    columns; ``personal`` of those of them that hold what nobody asked for; ``choices`` the
    places of the columns of single choices, by field and code.
    """

    titles: tuple[str, ...]
    own: frozenset[int]
    personal: tuple[int, ...]
    choices: Mapping[str, Mapping[str, int]]

    @property
    def skipped(self) -> set[int]:
        """Places of columns that are matched to no field."""
        return set(self.own) | {
            place for codes in self.choices.values() for place in codes.values()
        }


def is_export(header: Sequence[str]) -> bool:
    """Say whether a header has at least two of the columns that only such a server makes."""
    return len({title.casefold() for title in header} & _TELLING) > 1


def delimiter(content: bytes) -> str | None:
    """Return the delimiter of a CSV file that is such an export; None if it is none."""
    line = content[:_HEAD_BYTES].split(b"\n", 1)[0]
    text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip("\r")
    for one in (";", ",", "\t"):
        try:
            header = next(csv.reader(io.StringIO(text), delimiter=one), [])
        except csv.Error:
            continue
        if is_export(header):
            return one
    return None


def export(header: Sequence[str], form: Form, forms: Forms, profile: Profile) -> Export:
    """Take a header apart for one form."""
    names = known_names(form, profile, profile.forms[form.id])
    titles, own, personal = [], set(), []
    choices: dict[str, dict[str, int]] = {}
    for place, title in enumerate(header):
        group, _, last = title.rpartition("/")
        titles.append(last if not fields_named(title, names) else title)
        if title.casefold() in _OWN | _PERSONAL:
            own.add(place)
            if title.casefold() in _PERSONAL:
                personal.append(place)
        elif group and (chosen := _choice(group, last, names, form, forms)):
            choices.setdefault(chosen[0], {})[chosen[1]] = place
    return Export(tuple(titles), frozenset(own), tuple(personal), choices)


def joined(columns: Mapping[str, ArrowArray]) -> ArrowArray:
    """Return one column of codes from a column a choice, by code."""
    codes = sorted(columns)
    chosen = np.stack([_is_chosen(columns[code]) for code in codes], axis=1)
    different, which = np.unique(chosen, axis=0, return_inverse=True)
    texts = [
        SEVERAL.join(code for code, one in zip(codes, row, strict=True) if one) or None
        for row in different
    ]
    return pa.array(texts, pa.large_string()).take(pa.array(which.reshape(-1)))


def contradicting(together: ArrowArray, columns: Mapping[str, ArrowArray]) -> npt.NDArray[np.bool_]:
    """Return which rows name other codes in one column than in the columns of single choices."""
    wrong = np.zeros(len(together), dtype=bool)
    texts = pc.fill_null(together, "")
    for code, column in columns.items():
        named = pc.match_substring_regex(texts, rf"(?:^|[ ;]){re.escape(code)}(?:$|[ ;])")
        wrong |= named.to_numpy(zero_copy_only=False).astype(bool) != _is_chosen(column)
    return wrong


def with_separator(column: ArrowArray) -> ArrowArray:
    """Return codes joined by the workbench's separator instead of spaces."""
    return pc.replace_substring_regex(column, r"[ ;]+", SEVERAL)


def _is_chosen(column: ArrowArray) -> npt.NDArray[np.bool_]:
    found = pc.is_in(column, value_set=pa.array(_CHOSEN, pa.large_string()))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _choice(
    group: str, last: str, names: Mapping[str, tuple[str, ...]], form: Form, forms: Forms
) -> tuple[str, str] | None:
    for name in fields_named(group.rpartition("/")[2], names):
        field = form.field(name)
        if field.kind != "codes":
            continue
        for one in forms.codes[field.of]:
            if plain(last) in {plain(one.code), plain(one.label.da), plain(one.label.en)}:
                return name, one.code
    return None
