"""A file that was read in, what the store keeps of it out: whole, or held with its questions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np

from analysis.contracts.partner.forms import Form
from analysis.contracts.partner.store import META, Incoming, Question, State, Submission
from analysis.intake.reading.sheets import Sheet
from analysis.intake.validating import Known, Setting, Validated, validate
from analysis.intake.validating.arrow import pa
from analysis.vault.tokens import Tokens

SCHEMA_VERSION = 1
"""Of the stored columns of forms; a change of their meaning raises it."""

MOST_LOST = 0.5
"""Share of the rows of the version before below which a correction is asked about."""

Aside = Mapping[str, tuple[int, ...]]
"""By form, the rows that are set aside, as the sender's spreadsheet numbers them."""


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """One file as it came: its name without folders, its bytes, and their SHA-256."""

    name: str
    content: bytes
    sha256: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Received:
        """Return a file with its checksum, which is made once."""
        return cls(name, content, sha256(content).hexdigest())

    def __repr__(self) -> str:
        return f"Received({self.name!r}, {len(self.content)} bytes)"


def submission_id(received: Received, organisation: str, period: str, form: str) -> str:
    """Return the id by which the same content from the same sender is known again."""
    told = "\n".join((received.sha256, organisation, period, form))
    return "S-" + sha256(told.encode()).hexdigest()[:12]


def prepare(
    sheets: Sequence[Sheet],
    received: Received,
    setting: Setting,
    tokens: Tokens,
    *,
    earlier: Sequence[Submission] = (),
    aside: Aside | None = None,
) -> tuple[Incoming, ...]:
    """Judge the sheets of one file, and protect them if no question holds any of them.

    Parameters
    ----------
    sheets
        What `reading.read` gave; several, where a template holds several forms.
    received
        The file.
    setting
        What rows are judged against.
    tokens
        Made with the keys of the intake ring.
    earlier
        All that the store holds of this sender, for versions.
    aside
        Rows that are left out, and kept apart.

    Returns
    -------
    tuple of Incoming
        One a sheet, in their order: all accepted, or all held.
    """
    chosen = aside or {}
    rest = [without(sheet, chosen.get(sheet.form, ())) for sheet in sheets]
    judged = _judged(rest, setting, tokens)
    held = any(one.held for one in judged)
    return tuple(
        _incoming(sheet, left, one, received, setting, earlier, chosen, held)
        for sheet, left, one in zip(sheets, rest, judged, strict=True)
    )


def without(sheet: Sheet, rows: Sequence[int]) -> Sheet:
    """Return a sheet without some rows."""
    kept = ~np.isin(sheet.rows, list(rows))
    if kept.all():
        return sheet
    return replace(sheet, cells=sheet.cells[kept].reset_index(drop=True), rows=sheet.rows[kept])


def _judged(sheets: Sequence[Sheet], setting: Setting, tokens: Tokens) -> list[Validated]:
    """Judge registers first, so that other sheets of the file may refer to their rows."""
    known = dict(setting.known)
    arriving = setting.registered | {sheet.form for sheet in sheets}
    found: dict[int, Validated] = {}
    order = sorted(range(len(sheets)), key=lambda at: _registers(setting, sheets[at]) is None)
    for at in order:
        now = replace(setting, known=dict(known), registered=arriving)
        found[at] = validate(sheets[at], now, tokens)
        field = _registers(setting, sheets[at])
        if field:
            known[field.of] = _joined(
                known.get(field.of), found[at].tokens[field.name], str(setting.period)
            )
    return [found[at] for at in range(len(sheets))]


def _registers(setting: Setting, sheet: Sheet) -> Any:
    """Return the field whose numbers a sheet registers, None where it is no register."""
    form: Form = setting.forms.forms[sheet.form]
    field = form.field(form.key[0]) if len(form.key) == 1 else None
    return field if field and field.kind == "reference" else None


def _joined(known: Known | None, tokens: Any, period: str) -> Known:
    tokens = tokens.cast(pa.string())
    periods = pa.array([period] * len(tokens), pa.string())
    if known is None:
        return Known(tokens, periods)
    return Known(
        pa.concat_arrays([known.tokens, tokens]), pa.concat_arrays([known.periods, periods])
    )


def _incoming(
    sheet: Sheet,
    left: Sheet,
    judged: Validated,
    received: Received,
    setting: Setting,
    earlier: Sequence[Submission],
    aside: Aside,
    held: bool,
) -> Incoming:
    submission = _submission(sheet, left, judged, received, setting, earlier, held)
    rows = None if held else _with_meta(judged.rows, submission, left)
    out = _as_csv(sheet, aside.get(sheet.form, ()))
    return Incoming(submission, rows, received.content, out)


def _submission(
    sheet: Sheet,
    left: Sheet,
    judged: Validated,
    received: Received,
    setting: Setting,
    earlier: Sequence[Submission],
    held: bool,
) -> Submission:
    profile, period = setting.profile, str(setting.period)
    id_ = submission_id(received, profile.organisation, period, sheet.form)
    same = [
        one
        for one in earlier
        if (one.organisation, one.form, one.period) == (profile.organisation, sheet.form, period)
    ]
    before = [one for one in same if one.id != id_]
    replaced = _replaced(before)
    own = next((one.version for one in same if one.id == id_), 0)
    state: State = "held" if held else "accepted"
    return Submission(
        id=id_,
        organisation=profile.organisation,
        form=sheet.form,
        period=period,
        received_on=setting.received_on,
        file=received.name,
        sha256=received.sha256,
        version=own or max((one.version for one in before), default=0) + 1,
        state=state,
        rows=len(left.rows),
        set_aside=tuple(np.setdiff1d(sheet.rows, left.rows).tolist()),
        questions=(*judged.questions, *_shorter(left, replaced)),
        purpose=profile.agreement.purpose,
        agreement=profile.agreement.id,
        delete_after=years_later(setting.received_on, profile.agreement.delete_after_years),
        schema_version=SCHEMA_VERSION,
        synthetic=profile.synthetic,
        supersedes=replaced.id if replaced else "",
    )


def _replaced(before: Sequence[Submission]) -> Submission | None:
    """Return what a correction takes the place of: what counts, else what came last."""
    counting = [one for one in before if one.state == "accepted"]
    return max(counting or before, key=lambda one: one.version, default=None)


def _shorter(left: Sheet, replaced: Submission | None) -> Iterator[Question]:
    """Yield a query where most rows of what counted would be gone: nothing else tells of it."""
    if replaced is None or replaced.state != "accepted":
        return
    rows, before = len(left.rows), replaced.rows
    if rows < MOST_LOST * before:
        parts = (("rows", rows), ("before", before))
        yield Question(left.form, left.name, "fewer_rows", "", (), holds=False, parts=parts)


def years_later(day: date, years: int) -> date:
    """Return the same day some years later; 28 February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _with_meta(table: Any, one: Submission, sheet: Sheet) -> Any:
    same = (one.id, one.organisation, one.period)
    columns = [
        *(pa.repeat(pa.scalar(value, pa.string()), table.num_rows) for value in same),
        pa.array(sheet.rows, type=pa.int32()),
    ]
    return pa.table([*columns, *table.columns], names=[*META, *table.column_names])


def _as_csv(sheet: Sheet, rows: Sequence[int]) -> bytes:
    """Return the raw cells of rows set aside, for the encrypted blob that keeps them."""
    if not rows:
        return b""
    chosen = np.isin(sheet.rows, list(rows))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", *(sheet.headers.get(name, name) for name in sheet.cells.columns)])
    cells = sheet.cells[chosen].fillna("").itertuples(index=False)
    for number, line in zip(sheet.rows[chosen], cells, strict=True):
        writer.writerow([int(number), *line])
    return text.getvalue().encode()
