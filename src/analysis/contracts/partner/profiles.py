"""What one sender may send: fields, units, dialect, agreement, legal basis, duties.

A profile is data (``data/profiles/*.yml`` for real senders, ``data/synthetic/profiles/``
for invented ones); this module is the shape it is read into.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from analysis.contracts.partner.periods import Period, Rhythm, periods
from analysis.contracts.published import Language, Text

Kind = Literal["outreach", "shelter", "support", "children", "centre", "police", "immigration"]
Identities = Literal["names", "tokens", "none"]
"""*names*: identity fields arrive as written and become tokens at the door; *tokens*: the
sender made them with `workbench encode` or the offline page; *none*: it sends no identities."""

Encoding = Literal["utf-8", "windows-1252", "iso-8859-1", "utf-16"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the sender's CSV files are written. ``dates`` in the order of day, month, year."""

    encoding: Encoding = "utf-8"
    delimiter: str = ";"
    decimal: Literal[",", "."] = ","
    dates: Literal["dmy", "ymd", "mdy"] = "dmy"


@dataclass(frozen=True, slots=True)
class Agreement:
    """By which agreement data is sent, and on which legal basis and for which purpose.

    ``last`` is None while it runs. ``confirmed`` is None until the data controller has
    confirmed agreement, fields and legal basis; a submission is refused until then.
    """

    id: str
    first: date
    last: date | None
    purpose: str
    legal_basis: str
    role: Literal["controller", "processor", "joint_controller"]
    confirmed: date | None
    delete_after_years: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """One form that the sender owes: how often, and how many days after a period ends."""

    form: str
    rhythm: Rhythm
    due_days: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One sender.

    ``forms`` maps each form it may send to the fields that it may hold; ``headers`` maps
    the sender's own column titles to fields, ``values`` its own words for codes
    (by field). ``places`` are the shelters or sites that it names in *place* fields.
    """

    organisation: str
    name: Text
    kind: Kind
    language: Language
    synthetic: bool
    agreement: Agreement
    dialect: Dialect
    identities: Identities
    forms: dict[str, tuple[str, ...]]
    duties: tuple[Duty, ...]
    headers: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """One submission that a sender owes: this form for this period by this day."""

    organisation: str
    form: str
    period: Period
    due_on: date


def expected(profile: Profile, first: date, last: date) -> tuple[Expected, ...]:
    """Return what a sender owes for periods that lie whole in ``first`` to ``last``.

    A duty counts only for periods that begin while the agreement runs.
    """
    begin = max(first, profile.agreement.first)
    end = min(last, profile.agreement.last or last)
    return tuple(
        Expected(profile.organisation, duty.form, one, one.last + timedelta(days=duty.due_days))
        for duty in profile.duties
        for one in periods(begin, end, duty.rhythm)
        if one.last <= last
    )
