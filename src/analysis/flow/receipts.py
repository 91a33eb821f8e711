"""The store and a sender's name in, its receipt or its own figures out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import Period, period
from analysis.contracts.partner.profiles import Profile, expected
from analysis.contracts.partner.reading import read_forms
from analysis.contracts.partner.store import ArrowTable, Question, Submission
from analysis.contracts.published import Language
from analysis.errors import ParameterError
from analysis.flow import field_uses, templates
from analysis.intake import questions, receipts, template
from analysis.intake.receipts import Benchmarks, Delivery, GivenBack, Paper, Taken, tallies
from analysis.intake.receipts.spans import within
from analysis.intake.validating.arrow import pa
from analysis.places import Places
from analysis.vault import keys, store

if TYPE_CHECKING:
    from analysis.vault.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a receipt is written from: forms, senders, store and keys."""

    places: Places
    forms: Forms
    profiles: Mapping[str, Profile]
    store: Path
    keys: Path
    synthetic: bool

    def profile(self, organisation: str) -> Profile:
        """Return the sender of that name."""
        return templates.named(self.profiles, organisation, synthetic=self.synthetic)


def desk(
    places: Places,
    *,
    synthetic: bool = False,
    store_folder: Path | None = None,
    keys_folder: Path | None = None,
) -> Desk:
    """Return the real store with its senders, or the rehearsal's with invented ones."""
    forms = read_forms(places.forms, places.partner_codelists)
    if synthetic:
        folders = (places.rehearsal / "store", places.rehearsal / "keys")
    else:
        folders = (places.submissions, keys.default_folder())
    return Desk(
        places,
        forms,
        templates.profiles(places, forms, synthetic=synthetic),
        store_folder or folders[0],
        keys_folder or folders[1],
        synthetic,
    )


def receipt(
    at: Desk,
    *,
    submission: str = "",
    organisation: str = "",
    span: str = "",
    language: Language | None = None,
) -> Paper:
    """Write the receipt of one submission, or of all of a sender for a period.

    Parameters
    ----------
    submission : str
        Id of one submission; else ``organisation`` and ``span`` say which.
    span : str
        A period: 2008, 2008H1, 2008Q2 or 2008-05. Submissions that lie whole in it.
    language : {"da", "en"}, optional
        The sender's own where it is left out.
    """
    with store.reading(at.store, keys.open_store_key(at.keys)) as opened:
        found = _named(opened, submission) if submission else _of(opened, organisation, span)
    profile = at.profile(found[0].organisation if submission else organisation)
    spoken = language or profile.language
    taken = Taken(
        profile, at.forms, found, field_uses.by_field(at.places, at.forms), _worded(at, profile)
    )
    asked = template.asked(profile, at.forms, countries={}, organisations={})
    return receipts.receipt(taken, asked.purpose, asked.legal_basis, spoken)


def give_back(
    at: Desk, organisation: str, span: str, *, as_of: date, language: Language | None = None
) -> Paper:
    """Write a sender's own figures for a period, beside the others' where that is safe.

    The first give-back of a half-year after all times for sending are over draws the
    benchmarks of all senders and keeps them in the store; they are never drawn anew.
    """
    profile = at.profile(organisation)
    asked_for = period(span)
    key = keys.open_store_key(at.keys)
    with store.reading(at.store, key) as opened:
        found = _inside(opened.submissions(), asked_for)
        kept, removed = _kept(opened, asked_for)
        own = [one for one in found if one.organisation == organisation]
        rows = _rows(opened, own)
    without = _without(at, asked_for, as_of, removed=removed)
    if kept is None and not without:
        kept = _draw(at, asked_for, as_of)
    counted = {
        measure: one[organisation]
        for measure, one in tallies(rows, at.profiles, at.forms, asked_for).items()
        if organisation in one
    }
    given = GivenBack(
        profile,
        at.forms,
        asked_for,
        _deliveries(profile, asked_for, own),
        counted,
        kept,
        without if kept is None else "",
        _contacts(rows),
    )
    return receipts.give_back(given, language or profile.language)


def rows_per_half_year(at: Desk, organisation: str) -> dict[str, float]:
    """Return the mean rows that a sender sent in a half-year, by form."""
    if not store.exists(at.store):
        return {}
    with store.reading(at.store, keys.open_store_key(at.keys)) as opened:
        accepted = [
            one
            for one in opened.submissions()
            if one.organisation == organisation and one.state == "accepted"
        ]
    halves: dict[str, set[tuple[int, bool]]] = {}
    rows: dict[str, int] = {}
    for one in accepted:
        span = period(one.period)
        both = (span.first, span.last)
        halves.setdefault(one.form, set()).update((day.year, day.month > 6) for day in both)
        rows[one.form] = rows.get(one.form, 0) + one.rows
    return {form: rows[form] / len(halves[form]) for form in rows}


def _named(opened: Store, submission: str) -> list[Submission]:
    return [opened.submission(submission)]


def _of(opened: Store, organisation: str, span: str) -> list[Submission]:
    found = _inside(opened.submissions(), period(span))
    return [one for one in found if one.organisation == organisation]


def _inside(submissions: Sequence[Submission], span: Period) -> list[Submission]:
    return [one for one in submissions if within(one.period, span)]


def _worded(at: Desk, profile: Profile) -> receipts.Says:
    def says(question: Question, language: Language) -> str:
        # The receipt has columns of its own for sheet, column and rows.
        bare = replace(question, sheet="", column="", rows=())
        spoken = replace(profile, language=language)
        said = questions.said(bare, "", at.forms, spoken).removeprefix(": ")
        return said[:1].upper() + said[1:]

    return says


def _rows(opened: Store, submissions: Sequence[Submission]) -> dict[str, ArrowTable]:
    tables: dict[str, list[ArrowTable]] = {}
    for one in submissions:
        if one.state == "accepted":
            tables.setdefault(one.form, []).append(opened.rows_of(one.id))
    return {
        form: pa.concat_tables(several, promote_options="permissive")
        for form, several in tables.items()
    }


def _deliveries(profile: Profile, span: Period, own: Sequence[Submission]) -> tuple[Delivery, ...]:
    due = {
        (one.form, str(one.period)): one.due_on for one in expected(profile, span.first, span.last)
    }
    sent = {(one.form, one.period) for one in own}
    order = list(profile.forms)
    keys_ = sorted(set(due) | sent, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(_delivery(form, when, due.get((form, when)), own) for form, when in keys_)


def _delivery(form: str, when: str, due_on: date | None, own: Sequence[Submission]) -> Delivery:
    """Tell of one form for one period; it was in time if its first version was."""
    versions = [one for one in own if (one.form, one.period) == (form, when)]
    counted = [one for one in versions if one.state == "accepted"]
    return Delivery(
        form,
        when,
        due_on,
        min((one.received_on for one in versions), default=None),
        sum(one.rows for one in counted),
        sum(len(one.set_aside) for one in counted),
        bool(counted),
    )


def _contacts(rows: Mapping[str, ArrowTable]) -> int | None:
    if "contacts" not in rows:
        return None
    return int(sum(one or 0 for one in rows["contacts"]["contacts"].to_pylist()))


def _without(at: Desk, span: Period, as_of: date, *, removed: bool) -> str:
    """Say why no benchmarks can be drawn; empty where they can."""
    if span.rhythm != "half_year":
        return "not_half_year"
    if removed:
        return "removed"
    return "" if as_of > max(_due(at, span), default=span.last) else "not_over"


def _due(at: Desk, span: Period) -> Iterator[date]:
    for profile in at.profiles.values():
        yield from (one.due_on for one in expected(profile, span.first, span.last))


def _name(span: Period) -> str:
    return f"benchmarks-{span}"


def _kept(opened: Store, span: Period) -> tuple[Benchmarks | None, bool]:
    """Return the benchmarks that were drawn, and whether retention took them."""
    versions = opened.history(_name(span))
    if not versions:
        return None, False
    if versions[-1].removed_on:
        return None, True
    content = opened.named(_name(span))
    return (receipts.from_json(content) if content else None), False


def _draw(at: Desk, span: Period, as_of: date) -> Benchmarks:
    """Draw and keep the benchmarks of one half-year, unless another process just did."""
    with store.writing(at.store, keys.open_store_key(at.keys)) as opened:
        kept, _ = _kept(opened, span)
        if kept is not None:
            return kept
        rows = _rows(opened, _inside(opened.submissions(), span))
        found = tallies(rows, at.profiles, at.forms, span)
        drawn = receipts.drawn(found, sorted(at.profiles), str(span), as_of)
        opened.put_named(_name(span), receipts.to_json(drawn))
    return drawn


def require_one(submission: str, organisation: str, span: str) -> None:
    """Refuse a receipt that is asked for in no way, or in both.

    Raises
    ------
    ParameterError
        Unless either a submission, or a sender and a period are named.
    """
    if bool(submission) == bool(organisation or span) or bool(organisation) != bool(span):
        raise ParameterError(
            "receipt: name either one submission (S-...), or a sender and a period "
            "(--from ORG --period 2008H1)."
        )
