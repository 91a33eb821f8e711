"""A sender, a form and a period in, nothing out; refused where that is not owed or not agreed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import Period, periods
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.store import Submission
from analysis.errors import SubmissionError
from analysis.intake.reading.sheets import Sheet
from analysis.intake.submitting import Received
from analysis.intake.validating import register_of
from analysis.language import words
from analysis.language.numbers import day


def require_agreed(profile: Profile, period: Period, received_on: date) -> None:
    """Refuse a sender whose agreement nobody confirmed, and a period outside the agreement.

    Raises
    ------
    SubmissionError
        In the sender's language.
    """
    agreed, language, name = profile.agreement, profile.language, profile.organisation
    if agreed.confirmed is None:
        _refuse(profile, "not_confirmed", organisation=name, file=f"{name}.yml")
    first = day(agreed.first.isoformat(), language)
    told = {"organisation": name, "period": str(period), "agreement": agreed.id, "first": first}
    if agreed.last is not None and period.first > agreed.last:
        last = day(agreed.last.isoformat(), language)
        _refuse(profile, "outside_agreement_until", **told, last=last)
    if period.last < agreed.first:
        _refuse(profile, "outside_agreement", **told)
    if period.first > received_on:
        _refuse(profile, "not_over", organisation=name, period=str(period))


def require_owed(
    profile: Profile, forms: Forms, names: Iterable[str], period: Period, file: str
) -> None:
    """Refuse a form that the sender may not send, or does not owe for such a period.

    Raises
    ------
    SubmissionError
        In the sender's language.
    """
    language = profile.language
    for name in names:
        label = forms.forms[name].label if name in forms.forms else name
        if name not in profile.forms:
            labels = [forms.forms[id_].label.said_in(language) for id_ in profile.forms]
            agreed = words.joined(labels, language)
            told = {"file": file, "organisation": profile.organisation, "forms": agreed}
            _refuse(profile, "form_not_agreed", form=label, **told)
        rhythms = [duty.rhythm for duty in profile.duties if duty.form == name]
        if rhythms and period.rhythm not in rhythms:
            rhythm = words.text(f"intake.rhythm_{rhythms[0]}")
            year = (date(period.first.year, 1, 1), date(period.first.year, 12, 31))
            example = str(periods(*year, rhythms[0])[0])
            told = {"file": file, "period": str(period), "example": example}
            _refuse(profile, "other_rhythm", form=label, rhythm=rhythm, **told)


def telling(
    sheets: Sequence[Sheet], profile: Profile, period: Period, forms: Forms
) -> tuple[Sheet, ...]:
    """Leave out sheets without rows that say nothing, of a workbook in which others have some.

    An empty sheet says that nothing happened where the form is owed for such a period. An
    empty list of persons or cases beside rows on them was forgotten.
    """
    if not any(len(sheet.rows) for sheet in sheets):
        return tuple(sheets)
    owed = {duty.form for duty in profile.duties if duty.rhythm == period.rhythm}
    owed -= {form.id for name in _pointed_to(forms) if (form := register_of(name, forms))}
    return tuple(sheet for sheet in sheets if len(sheet.rows) or sheet.form in owed)


def _pointed_to(forms: Forms) -> set[str]:
    """Return namespaces whose numbers stand in several forms, so that one lists what others use."""
    used = [
        name
        for form in forms.forms.values()
        for name in {one.of for one in form.fields if one.kind == "reference"}
    ]
    return {name for name in used if used.count(name) > 1}


def require_own_name(profile: Profile, organisations: Iterable[str], file: str) -> None:
    """Refuse a file whose name holds the id of another sender and not its own.

    Raises
    ------
    SubmissionError
        In the sender's language.
    """
    parts = set(re.split(r"[^a-z0-9_]+", file.casefold()))
    others = set(organisations) - {profile.organisation}
    if parts & others and profile.organisation not in parts:
        _refuse(profile, "named_after_other", file=file)


def require_once(
    files: Sequence[tuple[Received, Sequence[Sheet]]], profile: Profile, forms: Forms
) -> None:
    """Refuse two files of one call that hold the same form.

    The second would take the place of the first, and half of the rows would be gone.

    Raises
    ------
    SubmissionError
        In the sender's language.
    """
    first: dict[str, Received] = {}
    for received, sheets in files:
        for sheet in sheets:
            other = first.setdefault(sheet.form, received)
            if other.sha256 != received.sha256:
                label = forms.forms[sheet.form].label
                told = {"file": received.name, "other": other.name}
                _refuse(profile, "form_in_two_files", form=label, **told)


def require_new(
    profile: Profile, sheets: Sequence[Sheet], period: Period, file: str, same: Iterable[Submission]
) -> None:
    """Refuse bytes that came from another sender, or rows that came for another period.

    Parameters
    ----------
    same
        Submissions with the same bytes.

    Raises
    ------
    SubmissionError
        In the sender's language.
    """
    forms = {sheet.form for sheet in sheets if len(sheet.rows)}
    for one in same:
        if one.organisation != profile.organisation and one.rows:
            _refuse(profile, "other_sender", file=file)
        # One that is held does not count: a mistyped period may be put right.
        counts = one.state == "accepted" and one.period != str(period)
        if one.organisation == profile.organisation and counts and one.form in forms:
            _refuse(profile, "other_period", file=file, period=one.period)


def _refuse(profile: Profile, key: str, **parts: words.Part) -> None:
    raise SubmissionError(words.say(f"intake.{key}", profile.language, **parts))
