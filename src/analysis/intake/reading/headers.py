"""A header and what a sender may send in, which column holds which field out.

A header is matched by the field's name, its label in either language or the sender's own
title for it, whatever its case, spaces and accents. A header that is not known is named by
its letter: what stands in the first row of a file without header is somebody's data. Its
words are quoted only where every one of them is a word of the forms or a usual one for a
column, so that no name, number or date can slip through.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.partner.forms import Form, Forms
from analysis.contracts.partner.profiles import Profile

_SAFE_HEADER = re.compile(r"[^\W_][\w ./,()*:'-]{0,59}")
_QUOTED = 40  # characters of an unknown header
_ALIKE = 0.6
_SPLIT = re.compile(r"[\W_]+")

# Words that head a column in files of this kind, and that no person bears as a name.
_USUAL_WORDS = """
adresse address alder age antal number beskrivelse description bemærkning bemærkninger
remark remarks by city bynavn cpr cprnr dato date diagnose diagnosis email mail e efternavn
surname fornavn forename fødselsdato født birth born fødeland gade street helbred health
id journal kommentar kommentarer comment comments kommune køn sex gender land country
medarbejder staff mobil mobile nationalitet nationality navn navne name names note noter
notes notat nr nummer pas passport pasnummer personnummer postnr postnummer postcode
region række row sag case sagsbehandler caseworker sagsnr status telefon telefonnummer
tlf phone telephone tekst text type uge week år year måned month fritekst free
"""
_USUAL = frozenset(_USUAL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Match:
    """How the header of a grid fits one form.

    ``fields``: place of the column of each field; ``unknown``: places of columns that are
    no field of the form; ``twice``: places of columns whose field has one
    already; ``ambiguous``: places of columns that could be several fields; ``missing``:
    fields without column.
    """

    form: Form
    fields: Mapping[str, int]
    unknown: tuple[int, ...]
    twice: tuple[tuple[str, int], ...]
    ambiguous: tuple[int, ...]
    missing: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every column has its field and every field its column."""
        return not (self.unknown or self.twice or self.ambiguous or self.missing)


def match(header: Sequence[str], form: Form, profile: Profile, skip: Iterable[int] = ()) -> Match:
    """Match each header to a field of the form that the sender may send.

    ``skip``: places of columns that are none of the form's and may stay.
    """
    allowed = profile.forms[form.id]
    names = known_names(form, profile, allowed)
    skipped = set(skip)
    fields: dict[str, int] = {}
    unknown, twice, ambiguous = [], [], []
    for place, title in enumerate(header):
        if place in skipped:
            continue
        found = fields_named(title, names)
        if not found:
            unknown.append(place)
        elif len(found) > 1:
            ambiguous.append(place)
        elif found[0] in fields:
            twice.append((found[0], place))
        else:
            fields[found[0]] = place
    missing = tuple(name for name in allowed if name not in fields)
    return Match(form, fields, tuple(unknown), tuple(twice), tuple(ambiguous), missing)


def known_names(form: Form, profile: Profile, fields: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the fields that each title stands for, titles folded by `plain` and as given."""
    found: dict[str, list[str]] = {}
    chosen = set(fields)
    for one in form.fields:
        if one.name not in chosen:
            continue
        own = [title for title, name in profile.headers.items() if name == one.name]
        for title in {plain(text) for text in (one.name, one.label.da, one.label.en, *own)}:
            found.setdefault(title, []).append(one.name)
    return {title: tuple(names) for title, names in found.items()}


def fields_named(title: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the fields that a title can mean; a field's own name means that field alone."""
    found = names.get(plain(title), ())
    return (title,) if title in found else found


def nearest(title: str, names: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the field whose title is most like this one; None where none is alike."""
    alike = difflib.get_close_matches(plain(title), names, n=1, cutoff=_ALIKE)
    return names[alike[0]][0] if alike else None


def plain(text: str) -> str:
    """Fold a title: letters and digits alone, without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if sign.isalnum())


def letter(place: int) -> str:
    """Return the letter of a column (from 0) as a spreadsheet shows it."""
    shown, number = "", place + 1
    while number:
        number, left = divmod(number - 1, 26)
        shown = chr(ord("A") + left) + shown
    return shown


def quotable(title: str, forms: Forms, profile: Profile) -> bool:
    """Say whether an unknown header may be quoted: short, and made of usual words alone."""
    if len(title) > _QUOTED or not re.fullmatch(r"[^\W\d_][\w ]*", title):
        return False
    parts = [part for part in _SPLIT.split(title.casefold()) if part]
    return set(parts) <= _USUAL | set(_vocabulary(forms, profile))


def safe_title(title: str, label: str) -> str:
    """Return the sender's own header, or the field's label where it holds odd signs."""
    return title if _SAFE_HEADER.fullmatch(title) else label


def _vocabulary(forms: Forms, profile: Profile) -> Iterator[str]:
    for form in forms.forms.values():
        for one in form.fields:
            for text in (one.name, one.label.da, one.label.en):
                yield from _SPLIT.split(text.casefold())
    for title in profile.headers:
        yield from _SPLIT.split(title.casefold())
