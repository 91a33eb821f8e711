"""The constants of the invented country, section by section as in ``world.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Era = Literal["before", "after"]
ERAS: tuple[Era, ...] = ("before", "after")
GROUPS: tuple[str, ...] = ("women", "men", "children")
"""Adults by sex, and those under 18 when they entered."""

Shares = dict[str, float]
ByEra = dict[str, Shares]


@dataclass(frozen=True, slots=True)
class People:
    """Who is trafficked."""

    default: int
    growth: float
    not_victims: float
    female: float
    child: float
    female_child: float
    child_ages: tuple[int, ...]
    adult_years: float
    adult_spread: float
    cpr: float
    exploited_days: float
    exploited_spread: float
    hardness: float
    home: str
    citizenships: Shares
    purposes: dict[str, Shares]
    second_purpose: float
    places: dict[str, Shares]
    acts: Shares
    means: Shares


@dataclass(frozen=True, slots=True)
class Large:
    """One case with a share of all victims, found on one day."""

    on: date
    share: float


@dataclass(frozen=True, slots=True)
class Complexes:
    """Cases with several victims."""

    share: float
    more: float
    raid: float
    large: Large


@dataclass(frozen=True, slots=True)
class Detection:
    """How one organisation finds people."""

    rate: float
    load: float
    after: float
    groups: Shares
    places: Shares


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who presumes and who identifies, and how soon."""

    presumed: float
    presumed_again: float
    presumed_days: float
    presumed_spread: float
    identified: Shares
    identified_days: Shares
    identified_spread: float
    identified_by: ByEra
    told: float
    not_victim: float
    wrongly_not: float


@dataclass(frozen=True, slots=True)
class Referrals:
    """Who refers to whom, and what is answered."""

    sent: dict[str, dict[str, Shares]]
    accepted: Shares
    declined: Shares
    sent_days: Shares
    answer_days: Shares
    spread: float


@dataclass(frozen=True, slots=True)
class Support:
    """What is offered to whom, and how long it lasts."""

    touch_days: int
    presumed_only: float
    offered: dict[str, dict[str, Shares]]
    offered_days: ByEra
    offered_spread: float
    accepted: Shares
    started: float
    started_days: float
    started_spread: float
    lasts_days: Shares
    lasts_spread: float
    ends: Shares
    twice: Shares
    providers: dict[str, Shares]
    houses: dict[str, int]
    bed_wait_days: int


@dataclass(frozen=True, slots=True)
class Rights:
    """Reflection periods, permits, asylum, compensation."""

    granted: Shares
    accepted: Shares
    decided_days: Shares
    decided_spread: float
    law_changes: date
    days: dict[str, int]
    kept: Shares
    extended: float
    extended_days: tuple[int, ...]
    extended_kept: float
    permit: Shares
    asylum: Shares
    asylum_granted: float
    compensation: Shares
    later_days: float
    later_spread: float
    permit_days: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """Returns, lost contact, and being trafficked again."""

    fates: ByEra
    days: ByEra
    spread: float
    return_body: ByEra
    known_days: int
    followed: Shares
    followed_days: float
    followed_spread: float
    followed_in_contact: float
    trafficked_again: Shares
    same_number: float


@dataclass(frozen=True, slots=True)
class Justice:
    """Cases and charges."""

    case_single: float
    case_complex: float
    accused: float
    charged: float
    charged_days: float
    prosecuted: float
    prosecuted_days: float
    decided_days: float
    spread: float
    outcomes: Shares
    articles: Shares
    second_article: float
    sentence_months: float
    sentence_spread: float
    closed_days: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted and not recorded by person."""

    contacts: dict[str, Shares]
    contacts_after: float
    persons_of_contacts: float
    counted_as: dict[str, str]
    trainings: float
    participants: float
    score_before: float
    score_gain: float
    score_spread: float


@dataclass(frozen=True, slots=True)
class Sender:
    """How one sender writes; ``quality`` names a section of the same name."""

    number: str
    file: Literal["csv", "xlsx", "kobo"]
    words: Literal["labels", "codes"]
    quality: str


@dataclass(frozen=True, slots=True)
class Silent:
    """A sender that stops."""

    organisation: str
    since: date


@dataclass(frozen=True, slots=True)
class Odd:
    """One delivery that is not as it should be; ``days`` until it comes, or is put right."""

    organisation: str
    period: str
    days: int
    form: str = ""
    of: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """When files come, and which of them are odd."""

    earliest_days: int
    silent: tuple[Silent, ...]
    late: tuple[Odd, ...]
    corrected: tuple[Odd, ...]
    twice: tuple[Odd, ...]
    other_organisation: tuple[Odd, ...]
    wrong_encoding: tuple[Odd, ...]
    swapped_dates: tuple[Odd, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Bad rows planted in one file."""

    fault: str
    organisation: str
    form: str
    period: str
    rows: int


@dataclass(frozen=True, slots=True)
class Laws:
    """All sections of ``world.yml``, in its order."""

    centre_opens: date
    people: People
    complexes: Complexes
    detection: dict[str, Detection]
    police_effort: Shares
    deciding: Deciding
    referrals: Referrals
    support: Support
    rights: Rights
    leaving: Leaving
    justice: Justice
    counts: Counts
    senders: dict[str, Sender]
    quality: dict[str, Shares]
    deliveries: Deliveries
    faults: tuple[Fault, ...]
