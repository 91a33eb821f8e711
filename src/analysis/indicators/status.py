"""What was owed and what came in; whether a figure is known, and who is missing, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.contracts.partner.cases import Cases
from analysis.contracts.partner.periods import period
from analysis.indicators.model import Status, Window

if TYPE_CHECKING:
    from pandas import DataFrame

_THERE = ("on_time", "late")
_PENDING = "not_due"


@dataclass(frozen=True, slots=True)
class State:
    """The status of a figure and the organisations that owed rows for it and did not send."""

    status: Status
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owed:
    """Every submission owed or received, as the status of figures needs it."""

    rows: tuple[tuple[str, str, date, date, str], ...]
    extra: tuple[tuple[str, str, date, date], ...]
    as_of: date

    @cached_property
    def _by_form(self) -> dict[str, list[tuple[str, str, date, date, str]]]:
        found: dict[str, list[tuple[str, str, date, date, str]]] = {}
        for row in self.rows:
            found.setdefault(row[1], []).append(row)
        return found

    @cached_property
    def _kept(self) -> dict[Any, State]:
        return {}

    def organisations(self, forms: Iterable[str]) -> tuple[str, ...]:
        """Return every organisation that owes one of the forms."""
        wanted = set(forms)
        return tuple(sorted({row[0] for row in self.rows if row[1] in wanted}))

    def state(
        self, needs: Sequence[str], window: Window, follow_days: int, organisation: str = ""
    ) -> State:
        """Return the status of a figure that needs these forms for this window.

        Parameters
        ----------
        needs : sequence of str
            Forms; the worst of them decides.
        window : Window
            The period; a submission counts for it when their days overlap.
        follow_days : int
            How long a cohort is followed after the window before it can be judged.
        organisation : str
            Only what this one owes; "" for all.
        """
        key = (tuple(needs), window, follow_days, organisation)
        if key not in self._kept:
            self._kept[key] = self._state(needs, window, follow_days, organisation)
        return self._kept[key]

    def _state(
        self, needs: Sequence[str], window: Window, follow_days: int, organisation: str
    ) -> State:
        parts = [self._of_form(form, window, organisation) for form in needs]
        missing = tuple(sorted({name for part in parts for name in part.missing}))
        found = {part.status for part in parts}
        # A period that is still running, or whose follow-up is, cannot be known yet.
        if window.last + timedelta(days=follow_days) > self.as_of:
            return State("too_early", missing)
        order: tuple[Status, ...] = ("not_applicable", "not_submitted", "too_early",
                                     "partly_submitted")  # fmt: skip
        return State(next((one for one in order if one in found), "known"), missing)

    def _of_form(self, form: str, window: Window, organisation: str) -> State:
        owed = [
            row
            for row in self._by_form.get(form, [])
            if row[2] <= window.last and row[3] >= window.first and organisation in ("", row[0])
        ]
        came = any(row[4] in _THERE for row in owed)
        missing = tuple(sorted({row[0] for row in owed if row[4] not in (*_THERE, _PENDING)}))
        if not owed:
            unasked = any(
                one[1] == form
                and one[2] <= window.last
                and one[3] >= window.first
                and organisation in ("", one[0])
                for one in self.extra
            )
            return State("known" if unasked else "not_applicable")
        if missing:
            return State("partly_submitted" if came else "not_submitted", missing)
        return State("too_early" if any(row[4] == _PENDING for row in owed) else "known")


def owed_of(cases: Cases, matrix: DataFrame) -> Owed:
    """Return what was owed, from `analysis.indicators.matrix`, and what came without being owed."""
    columns = ("organisation", "form", "period_first", "period_last", "state")
    rows = tuple(zip(*(matrix[name] for name in columns), strict=True))
    extra = []
    for one in cases.received.to_pylist():
        if one["state"] == "accepted" and one["received_on"] <= cases.as_of:
            span = period(one["period"])
            extra.append((one["organisation"], one["form"], span.first, span.last))
    return Owed(rows, tuple(extra), cases.as_of)
