"""What senders owe in, when each file comes and which of them are odd out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from analysis.contracts.partner.periods import Period
from analysis.contracts.partner.profiles import Expected, expected
from analysis.synthetic.drawing import Drawn
from analysis.synthetic.faults import Planted
from analysis.synthetic.laws import Odd

Kind = Literal[
    "plain", "first_version", "correction", "twice", "other_organisation", "wrong_encoding",
    "swapped_dates", "repair",
]  # fmt: skip
"""*first_version* is accepted and superseded by *correction*; *twice* is the same bytes again;
the three after it are refused and followed by the *repair*."""

WORKBOOK = "workbook"
"""Stands for a form in the name of a file that holds several."""

WORKBOOK_PEOPLE = 100_000
"""In a larger country all send CSV: no spreadsheet would open the workbook in time."""

REFUSED: tuple[Kind, ...] = ("other_organisation", "wrong_encoding", "swapped_dates")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as it comes. ``forms``: several in a workbook; ``content_of``: whose rows it is."""

    organisation: str
    forms: tuple[str, ...]
    period: Period
    received_on: date
    kind: Kind
    suffix: Literal["csv", "xlsx"]
    content_of: str
    version: int = 1
    encoding: str = ""

    @property
    def form(self) -> str:
        """The form, or nothing where there are several."""
        return self.forms[0] if self.suffix == "csv" else ""

    @property
    def path(self) -> str:
        """Where it lies below the folder of what was drawn."""
        form = self.form or WORKBOOK
        tail = f"-v{self.version}" if self.version > 1 else ""
        name = f"synthetic-{self.organisation}-{form}-{self.period}{tail}.{self.suffix}"
        return f"files/{self.organisation}/{self.period}/{name}"


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery as written: rows by form, and the bad ones among them."""

    delivery: Delivery
    rows: tuple[tuple[str, int], ...]
    planted: tuple[Planted, ...]


def deliveries(drawn: Drawn) -> tuple[Delivery, ...]:
    """Return every file in the order in which it is received."""
    rng, law = drawn.generator("deliveries"), drawn.world.laws.deliveries
    found: list[Delivery] = []
    days: dict[tuple[str, Period], date] = {}
    for batch in _batches(drawn):
        first = batch[0]
        due = min(one.due_on for one in batch)
        earliest = first.period.last + timedelta(days=law.earliest_days)
        received = earliest + timedelta(days=int(rng.integers(0, (due - earliest).days + 1)))
        # What a sender owes for the same period comes on the same day.
        received = days.setdefault((first.organisation, first.period), received)
        late = _odd(law.late, batch)
        if late:
            received = max(one.due_on for one in batch) + timedelta(days=late.days)
        if not _silent(drawn, first):
            found += _sent(drawn, batch, received)
    return tuple(sorted(found, key=_order))


def _order(one: Delivery) -> tuple[date, str, bool, str]:
    """Put registers first on their day: other forms refer to the numbers in them."""
    return one.received_on, one.organisation, one.form not in ("", "persons", "cases"), one.path


def owed(drawn: Drawn) -> tuple[Expected, ...]:
    """Return everything that the senders owe for the years drawn."""
    first, last = date(drawn.years[0], 1, 1), date(drawn.years[1], 12, 31)
    return tuple(
        one for profile in drawn.world.profiles.values() for one in expected(profile, first, last)
    )


def _batches(drawn: Drawn) -> list[list[Expected]]:
    """Return what comes in one file together: the half-year's forms of a workbook, else one."""
    found: dict[tuple[str, str, Period], list[Expected]] = {}
    for one in owed(drawn):
        form = WORKBOOK if _in_workbook(drawn, one.organisation, one.period) else one.form
        key = (one.organisation, form, one.period)
        found.setdefault(key, []).append(one)
    return list(found.values())


def _in_workbook(drawn: Drawn, organisation: str, period: Period) -> bool:
    """Return whether the sender's forms come as sheets of one workbook."""
    sender = drawn.world.laws.senders[organisation]
    workbook = sender.file == "xlsx" and drawn.count <= WORKBOOK_PEOPLE
    return workbook and period.rhythm == "half_year"


def _silent(drawn: Drawn, one: Expected) -> bool:
    return any(
        silent.organisation == one.organisation and one.period.first >= silent.since
        for silent in drawn.world.laws.deliveries.silent
    )


def _odd(laws: tuple[Odd, ...], batch: list[Expected]) -> Odd | None:
    """Return the law that speaks of this file; one without a form speaks of all of a period."""
    for law in laws:
        for one in batch:
            same = (law.organisation, law.period) == (one.organisation, str(one.period))
            if same and law.form in ("", one.form):
                return law
    return None


def _sent(drawn: Drawn, batch: list[Expected], received: date) -> list[Delivery]:
    """Return the file, and what comes before or after it where it is odd."""
    law = drawn.world.laws.deliveries
    name, period = batch[0].organisation, batch[0].period
    forms = tuple(one.form for one in batch)
    suffix: Literal["csv", "xlsx"] = "xlsx" if _in_workbook(drawn, name, period) else "csv"

    def one(
        on: date, kind: Kind, version: int = 1, content_of: str = name, encoding: str = ""
    ) -> Delivery:
        return Delivery(name, forms, period, on, kind, suffix, content_of, version, encoding)

    def later(odd: Odd) -> date:
        return received + timedelta(days=odd.days)

    if odd := _odd(law.corrected, batch):
        return [one(received, "first_version"), one(later(odd), "correction", 2)]
    if odd := _odd(law.twice, batch):
        return [one(received, "plain"), one(later(odd), "twice")]
    for kind in REFUSED:
        odd = _odd(getattr(law, kind), batch)
        # Only a workbook says whose it is, so only a workbook comes in another's name.
        if odd and (suffix == "xlsx" or not odd.of):
            # The right file still comes in time; the wrong one came some days before it.
            wrong = max(period.last, received - timedelta(days=odd.days))
            bad = one(wrong, kind, content_of=odd.of or name, encoding=odd.encoding)
            return [bad, one(received, "repair", 2)]
    return [one(received, "plain")]
