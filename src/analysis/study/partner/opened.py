"""Opened cases as everything here asks them, or what was owed where there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from analysis.contracts.findings import Basis
from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.pictures import Side
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import Text
from analysis.language import numbers, words
from analysis.study.partner.eras import SIDES, Eras
from analysis.study.partner.owed import Owes

if TYPE_CHECKING:
    from analysis.contracts.partner.cases import Cases
    from analysis.study.partner.covered import Offer
    from analysis.study.partner.frames import Frames
    from analysis.study.partner.referred import Referred
    from analysis.study.partner.scored import Card
    from analysis.study.partner.truth import Truth

CAME = ("accepted", "superseded", "deleted")
"""States of a report whose rows entered at some time."""

Why = Literal["not_submitted", "not_read", "no_agreement"]


@dataclass(frozen=True, slots=True)
class Absent:
    """No cases to read: why, and what was owed of the forms that the notebook needs."""

    notebook: str
    why: Why
    owes: tuple[Owes, ...]
    forms: Forms

    @property
    def there(self) -> bool:
        """Whether there are cases."""
        return False

    @property
    def basis(self) -> Basis:
        """What is said rests on: agreements that are public."""
        return "published"


@dataclass(frozen=True)
class Opened:
    """Cases that were submitted, or invented, and what may be shown of them.

    ``smallest`` is the smallest count of persons that may be shown; ``indicators`` the folder
    of definitions. ``truth`` is what is known of invented persons; None of real ones.
    """

    notebook: str
    cases: Cases
    forms: Forms
    profiles: Mapping[str, Profile]
    smallest: int
    eras: Eras
    indicators: Path
    truth: Truth | None = None

    @property
    def there(self) -> bool:
        """Whether there are cases."""
        return True

    @property
    def basis(self) -> Basis:
        """What everything said of them rests on."""
        return self.cases.basis

    @property
    def synthetic(self) -> bool:
        """Whether the persons are invented."""
        return self.cases.basis == "synthetic"

    @cached_property
    def frames(self) -> Frames:
        """What is known of persons, each row as last reported."""
        from analysis.study.partner.frames import frames

        return frames(self.cases, self.forms)

    @cached_property
    def true_frames(self) -> Frames | None:
        """What is true of invented persons, laid out alike; None of real ones."""
        return self.truth.frames(self.cases.as_of) if self.truth else None

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """How good each sender's data are."""
        from analysis.study.partner.scored import cards

        return cards(self.compared_cases, self.profiles, self.smallest)

    @cached_property
    def compared_cases(self) -> Cases:
        """The cases with what was owed for the years compared alone."""
        owed = self.cases.expected
        inside = [period(one).last <= self.eras.last for one in owed["period"].to_pylist()]
        return replace(self.cases, expected=owed.filter(inside))

    @cached_property
    def bodies(self) -> tuple[str, ...]:
        """Senders that may refer or be referred to, in the order of their ids."""
        return tuple(sorted(self.profiles))

    @cached_property
    def referred(self) -> dict[Side, Referred]:
        """The network of referrals, before and after."""
        from analysis.study.partner.referred import referred

        return referred(self.frames, self.eras, self.bodies)

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Who was offered what, before and after, by the definitions of indicators."""
        from analysis.study.partner.covered import offers

        kinds = tuple(code.code for code in self.forms.codes["services"])
        return offers(self.cases, self.indicators, self.eras, kinds)

    @property
    def national(self) -> str:
        """The country whose own citizens need no right to stay."""
        from analysis.study.partner.covered import definitions

        return definitions(self.indicators).groups.national

    def name(self, sender: str) -> Text:
        """Name a sender."""
        return self.profiles[sender].name

    def code(self, codelist: str, code: str) -> Text:
        """Word a code."""
        return next(one.label for one in self.forms.codes[codelist] if one.code == code)

    def offer_name(self, key: str) -> Text:
        """Name what was offered."""
        if key == "reflection":
            return self.code("rights", "reflection_period")
        return self.code("services", key)

    @cached_property
    def source(self) -> Text:
        """Say where the numbers come from."""
        if self.synthetic:
            return words.text("partner.source_synthetic")
        day = numbers.both(numbers.day, self.cases.as_of.isoformat())
        return words.text("partner.source", day=day)

    @cached_property
    def silent(self) -> dict[str, frozenset[tuple[str, Side]]]:
        """Senders of whom, of each form, nothing came for a side although it was owed."""
        return {form: frozenset(self._silent(form)) for form in self.forms.forms}

    def silent_on(self, form: str, sender: str, side: Side) -> bool:
        """Whether nothing of a form came from a sender for a side, or it owes no such form."""
        owes = any(duty.form == form for duty in self.profiles[sender].duties)
        return not owes or (sender, side) in self.silent[form]

    @property
    def stopped(self) -> tuple[str, ...]:
        """Senders that sent something, and from some day on nothing of what they owed."""
        return self._stopped(tuple(self.forms.forms))

    def stopped_on(self, form: str) -> tuple[str, ...]:
        """Senders that stopped sending one form."""
        return self._stopped((form,))

    def _stopped(self, forms: tuple[str, ...]) -> tuple[str, ...]:
        last: dict[str, date] = {}
        for one in self.cases.received.to_pylist():
            if one["state"] in CAME and one["form"] in forms:
                end = period(one["period"]).last
                last[one["organisation"]] = max(end, last.get(one["organisation"], end))
        owed = {
            (one["organisation"], period(one["period"]).last)
            for one in self.compared_cases.expected.to_pylist()
            if one["form"] in forms
        }
        gone = {name for name, end in owed if name in last and end > last[name]}
        return tuple(sorted(gone))

    def _silent(self, form: str) -> Iterator[tuple[str, Side]]:
        came = {
            (one["organisation"], period(one["period"]))
            for one in self.cases.received.to_pylist()
            if one["form"] == form and one["state"] in CAME
        }
        owed_by = [one for one in self.cases.expected.to_pylist() if one["form"] == form]
        for side in SIDES:
            first, last = self.eras.span(side)
            for sender in {one["organisation"] for one in owed_by}:
                spans = {period(one["period"]) for one in owed_by if one["organisation"] == sender}
                due = {span for span in spans if span.last >= first and span.first <= last}
                if due and not any((sender, span) in came for span in due):
                    yield sender, side


Asking = Absent | Opened
