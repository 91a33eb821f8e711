"""A sender's file with names in, the same file with tokens in their place out.

Done on the sender's own machine, for senders whose profile says that they send tokens. The
file is read exactly as intake would read it, so whatever intake would refuse is refused
here; only cells of identity fields are written anew, and the result is read back and held
against the original before it is kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from analysis.contracts.partner.forms import Forms, Identity
from analysis.contracts.partner.profiles import Profile
from analysis.errors import SubmissionError
from analysis.intake.reading import Sheet, kobo, read
from analysis.intake.reading.headers import match
from analysis.intake.validating.dates import read_days
from analysis.language import words
from analysis.vault.encoding import cells
from analysis.vault.encoding.arrow import arrow
from analysis.vault.tokens import Tokens, unreadable

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class SharingKey:
    """The one key that a sender has; it puts no layer over a token."""

    sharing: bytes
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoded:
    """The new file, and how many cells of each field hold tokens now."""

    content: bytes
    counts: Mapping[str, int]


Put = Mapping[tuple[int, str], str]
"""What comes into a cell, by the row that the spreadsheet shows and the field."""


def encode(
    name: str, content: bytes, key: bytes, profile: Profile, forms: Forms, form: str | None = None
) -> Encoded:
    """Replace names, birth dates and civil registration numbers by tokens.

    Parameters
    ----------
    name, content
        The file, as it would be sent.
    key : bytes
        The sharing key, from `vault.tokens.read_sharing_key`.
    profile, forms
        What the sender may send; its profile must say that it sends tokens.
    form : str, optional
        Id of the form, where neither sheet nor header says which it is.

    Raises
    ------
    SubmissionError
        If intake could not read the file, a cell holds no such identity, or it holds tokens
        already; in the sender's language, without what stands there.
    """
    if profile.identities != "tokens":
        raise SubmissionError(words.say("linkage.no_tokens_agreed", profile.language, file=name))
    sheets = read(name, content, profile, forms, form=form)
    tokens = Tokens(SharingKey(key))
    new = {one.name: _tokens(name, one, tokens, cells.mark(key), profile, forms) for one in sheets}
    if not any(new.values()):
        raise SubmissionError(words.say("linkage.nothing_to_encode", profile.language, file=name))
    if content.startswith(b"PK"):
        made = _workbook(content, sheets, new, profile, forms, macros=name.endswith(".xlsm"))
    else:
        made = _csv(content, sheets[0], new[sheets[0].name], profile, forms)
    _check(made, name, sheets, tokens, profile, forms)
    counts: dict[str, int] = {}
    for _, field in (place for put in new.values() for place in put):
        counts[field] = counts.get(field, 0) + 1
    return Encoded(made, counts)


def _tokens(
    name: str, sheet: Sheet, tokens: Tokens, mark: str, profile: Profile, forms: Forms
) -> Put:
    """Return the new cell of each identity cell that is not empty."""
    new: dict[tuple[int, str], str] = {}
    rows = sheet.rows.tolist()
    for field in _identities(sheet, forms):
        which = cast("Identity", forms.forms[sheet.form].field(field).of)
        texts = [None if cell != cell else cell for cell in sheet.cells[field].tolist()]
        old = [row for row, text in zip(rows, texts, strict=True) if _is_token(text)]
        if old:
            _refuse("already_tokens", name, sheet, field, old, profile)
        plain = _as_days(texts, profile) if which == "birth_date" else texts
        wrong = [rows[at] for at in unreadable(which, plain)]
        if wrong:
            _refuse(f"unreadable_{which}", name, sheet, field, wrong, profile)
        inner = {each: column.to_pylist() for each, column in tokens.inner(which, plain).items()}
        packed = cells.packed(which, mark, inner)
        new |= {
            (row, field): cell
            for row, cell, text in zip(rows, packed, texts, strict=True)
            if text is not None
        }
    return new


def _identities(sheet: Sheet, forms: Forms) -> list[str]:
    form = forms.forms[sheet.form]
    return [name for name in sheet.cells.columns if form.field(name).kind == "identity"]


def _is_token(text: str | None) -> bool:
    return text is not None and text.startswith(f"{cells.PREFIX}.")


def _as_days(texts: Sequence[str | None], profile: Profile) -> list[str | None]:
    """Return days as ``YYYY-MM-DD``; a text that is no day stays, to be refused."""
    pa = arrow()
    days = read_days(
        pa.array([text or "" for text in texts], pa.large_string()), profile.dialect.dates
    ).values
    return [
        text if day != day or text is None else str(day)
        for text, day in zip(texts, days, strict=True)
    ]


def _refuse(
    key: str, name: str, sheet: Sheet, field: str, rows: Sequence[int], profile: Profile
) -> None:
    shown = ", ".join(map(str, rows[:_FEW_ROWS])) + (", ..." * (len(rows) > _FEW_ROWS))
    where = f"{name}, {sheet.name}" if sheet.name else name
    raise SubmissionError(
        words.say(
            f"linkage.{key}",
            profile.language,
            file=where,
            column=sheet.headers[field],
            count=len(rows),
            rows=shown,
        )
    )


def _csv(content: bytes, sheet: Sheet, put: Put, profile: Profile, forms: Forms) -> bytes:
    """Write the lines anew in which a cell changes; leave every other byte as it is."""
    export = kobo.delimiter(content)
    encoding = next(
        (one for mark, one in _MARKS if content.startswith(mark)),
        "utf-8" if export else profile.dialect.encoding,
    )
    delimiter = export or profile.dialect.delimiter
    lines = [found[0] for found in _LINE.finditer(content.decode(encoding)) if found[0]]
    place = _places(_cells(lines[0], delimiter), sheet, profile, forms)
    by_row: dict[int, dict[int, str]] = {}
    for (row, field), cell in put.items():
        by_row.setdefault(row, {})[place[field]] = cell
    for row, changed in by_row.items():
        line = lines[row - 1]
        found = _cells(line, delimiter)
        for at, cell in changed.items():
            found[at] = cell
        end = line[len(line.rstrip("\r\n")) :]
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="").writerow(found)
        lines[row - 1] = out.getvalue() + end
    return "".join(lines).encode(encoding)


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter))


def _places(
    header: Sequence[str], sheet: Sheet, profile: Profile, forms: Forms
) -> Mapping[str, int]:
    return match([title.strip() for title in header], forms.forms[sheet.form], profile).fields


def _workbook(
    content: bytes,
    sheets: Sequence[Sheet],
    new: Mapping[str, Put],
    profile: Profile,
    forms: Forms,
    *,
    macros: bool,
) -> bytes:
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=macros)
    for sheet in sheets:
        page = book[sheet.name]
        header = [str(cell.value or "") for cell in next(page.iter_rows(max_row=1))]
        place = _places(header, sheet, profile, forms)
        for (row, field), value in new[sheet.name].items():
            cell = page.cell(row=row, column=place[field] + 1)
            cell.value, cell.number_format = value, "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _check(
    made: bytes,
    name: str,
    sheets: Sequence[Sheet],
    tokens: Tokens,
    profile: Profile,
    forms: Forms,
) -> None:
    """Read the new file as intake will: tokens where names were, all else as it was."""
    again = read(name, made, profile, forms, form=sheets[0].form if len(sheets) == 1 else None)
    if [one.form for one in again] != [one.form for one in sheets]:
        raise RuntimeError("an encoded file does not hold the forms of its original")
    for before, after in zip(sheets, again, strict=True):
        hidden = set(_identities(before, forms))
        rest = [field for field in before.cells.columns if field not in hidden]
        if not after.cells[rest].equals(before.cells[rest]):
            raise RuntimeError("an encoded file differs from its original beyond identities")
        for field in hidden:
            which = cast("Identity", forms.forms[before.form].field(field).of)
            if tokens.faults(which, _plain(after.cells[field])):
                raise RuntimeError("an encoded file holds what is no token")


def _plain(column: Any) -> list[str | None]:
    return list(_known(column.tolist()))


def _known(texts: Sequence[Any]) -> Iterator[str | None]:
    return (None if text != text else text for text in texts)
