"""Rows of a held file in, the rest of it entered, or held again with fewer questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import period as read_period
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.store import Submission
from analysis.errors import ParameterError, SubmissionError
from analysis.flow.taking_in import Delivery, Intake, Taken, opened, sender, take
from analysis.intake.questions import MOST_ROWS
from analysis.intake.reading import Sheet, read
from analysis.intake.reading.refusing import shown_name
from analysis.intake.submitting import Received
from analysis.language import words
from analysis.places import Places


@dataclass(frozen=True, slots=True)
class _Held:
    """All submissions of one held file, and the form that rows are named of."""

    submissions: tuple[Submission, ...]
    form: str


def quarantine(
    places: Places,
    file: str,
    rows: Sequence[int],
    *,
    form: str | None = None,
    synthetic: bool = False,
    store_folder: Path | None = None,
    keys_folder: Path | None = None,
    profiles: Mapping[str, Profile],
    forms: Forms | None = None,
    identity: Path | None = None,
) -> tuple[Taken, ...]:
    """Set rows of a held file aside and judge the rest again; if nothing holds it, it enters.

    Parameters
    ----------
    file : str
        The file's name or path, or the id of a held submission.
    rows : sequence of int
        As the sender's spreadsheet numbers them. They are kept, encrypted, and count nowhere.
    form : str, optional
        Of which form of the file, where it holds several.

    Raises
    ------
    ParameterError
        If no such file is held, or it is not clear which.
    SubmissionError
        If a row is not there, or none would be left. Then nothing is changed.
    """
    with opened(
        places,
        profiles,
        synthetic=synthetic,
        forms=forms,
        store_folder=store_folder,
        keys_folder=keys_folder,
        identity=identity,
    ) as intake:
        held = _held(intake, file, form)
        delivery = _delivery(intake, held)
        aside = _aside(held, delivery, rows)
        return take(intake, delivery, aside)


def _held(intake: Intake, file: str, form: str | None) -> _Held:
    held = [one for one in intake.store.submissions() if one.state == "held"]
    name = shown_name(file)  # as submit wrote it down, also where a path is given
    named = [one for one in held if one.id == file or one.file == name]
    groups = {(one.organisation, one.period, one.sha256) for one in named}
    if not groups:
        raise ParameterError(
            f"quarantine: {len(held)} submissions are held, and none has this file name or id. "
            "See workbench store list."
        )
    if len(groups) > 1:
        ids = ", ".join(sorted(one.id for one in named))
        raise ParameterError(
            f"quarantine: {len(groups)} held files have this name. Name one by its id: {ids}."
        )
    whole = [one for one in held if (one.organisation, one.period, one.sha256) in groups]
    filled = [one for one in named if one.rows or one.set_aside]
    forms = [one.form for one in filled if form in (None, one.form)]
    if len(forms) != 1:
        known = ", ".join(sorted(one.form for one in filled))
        raise ParameterError(
            f"quarantine: the file holds {len(filled)} forms ({known}), and rows are numbered in "
            "each. Say which with --form."
        )
    return _Held(tuple(whole), forms[0])


def _delivery(intake: Intake, held: _Held) -> Delivery:
    first = held.submissions[0]
    profile = sender(intake.profiles, first.organisation)
    content = intake.store.original(first.id, intake.keys)
    form = first.form if len(held.submissions) == 1 else None
    taken = {one.form for one in held.submissions}
    read_now = read(first.file, content, profile, intake.forms, form=form)
    sheets = tuple(sheet for sheet in read_now if sheet.form in taken)
    received = Received.of(first.file, content)
    return Delivery(received, profile, read_period(first.period), first.received_on, sheets)


def _aside(held: _Held, delivery: Delivery, rows: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Return all rows that are set aside of the form now; the rest stays as it was."""
    sheet = next(one for one in delivery.sheets if one.form == held.form)
    before = next(one.set_aside for one in held.submissions if one.form == held.form)
    _require_there(sheet, before, rows, delivery)
    return {held.form: tuple(sorted({*before, *rows}))}


def _require_there(
    sheet: Sheet, before: Sequence[int], rows: Sequence[int], delivery: Delivery
) -> None:
    language, name = delivery.profile.language, delivery.received.name
    left = np.setdiff1d(sheet.rows, list(before))
    unknown = sorted(set(rows) - set(left.tolist()))
    if unknown:
        shown = ", ".join(str(row) for row in unknown[:MOST_ROWS])
        raise SubmissionError(
            words.say("intake.row_not_there", language, file=name, n=len(unknown), rows=shown)
        )
    if len(left) == len(set(rows)):
        raise SubmissionError(words.say("intake.nothing_left", language, file=name))
