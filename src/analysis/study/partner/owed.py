"""Senders and the years compared in, which reports each of them owed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from analysis.contracts.partner.periods import Rhythm
from analysis.contracts.partner.profiles import Expected, Profile, expected

NEEDED: Mapping[str, tuple[str, ...]] = {
    "pathways": ("persons", "assessments", "services", "rights", "returns"),
    "cooperation": ("persons", "referrals"),
    "coverage": ("persons", "assessments", "services", "rights"),
}
"""Forms without which a notebook has no answer; one that is not named needs all of them."""


@dataclass(frozen=True, slots=True)
class Owes:
    """What one sender owed of some forms in one rhythm: how many reports, due from when to when.

    ``first`` to ``last`` are the days that the reports cover.
    """

    profile: Profile
    forms: tuple[str, ...]
    rhythm: Rhythm
    reports: int
    first: date
    last: date
    first_due: date
    last_due: date


def owed(profiles: Iterable[Profile], notebook: str, first: date, last: date) -> tuple[Owes, ...]:
    """Return what each sender owed of the forms that a notebook needs, from ``first`` to ``last``.

    Forms that one sender owes equally often and equally late stand together.
    """
    return tuple(
        line for profile in profiles for line in _of_profile(profile, notebook, first, last)
    )


def _of_profile(profile: Profile, notebook: str, first: date, last: date) -> Iterable[Owes]:
    needed = NEEDED.get(notebook, tuple(profile.forms))
    due = [one for one in expected(profile, first, last) if one.form in needed]
    rhythms = {duty.form: duty.rhythm for duty in profile.duties}
    of_form = {form: tuple(dates) for form, dates in groupby(due, key=lambda one: one.form)}
    alike: dict[tuple[tuple[date, date], ...], list[str]] = {}
    for form, dates in of_form.items():
        alike.setdefault(tuple((one.period.first, one.due_on) for one in dates), []).append(form)
    for forms in alike.values():
        yield _line(profile, tuple(forms), rhythms[forms[0]], of_form[forms[0]])


def _line(
    profile: Profile, forms: tuple[str, ...], rhythm: Rhythm, dates: tuple[Expected, ...]
) -> Owes:
    return Owes(
        profile,
        forms,
        rhythm,
        len(dates) * len(forms),
        min(one.period.first for one in dates),
        max(one.period.last for one in dates),
        min(one.due_on for one in dates),
        max(one.due_on for one in dates),
    )
