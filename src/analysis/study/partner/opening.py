"""Which cases a notebook asks for in, the opened cases out, or why there are none to read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.engine.reuse import recorder
from analysis.errors import ParameterError
from analysis.study.partner.eras import eras
from analysis.study.partner.opened import Absent, Asking, Opened, Why
from analysis.study.partner.owed import owed
from analysis.study.reading import Reading

STORE = "store.db"
"""The one file of a store; where it lies, something was submitted."""


def opened(reading: Reading, notebook: str, cases: str, smallest: int) -> Asking:
    """Open what a notebook asks for.

    Parameters
    ----------
    notebook : str
        Which notebook asks: it decides which forms it cannot do without.
    cases : str
        ``submitted``: what partners sent, if a store lies there; ``synthetic``: invented
        persons; ``none``: nothing is read, whatever lies there.
    smallest : int
        Smallest count of persons that may be shown.

    Raises
    ------
    ParameterError
        If invented cases are asked for and no rehearsal has made any.
    VaultError
        If the store or its key cannot be opened.
    """
    places = reading.places
    forms = read_forms(places.forms, places.partner_codelists, note=recorder.note)
    if cases == "synthetic":
        return _rehearsed(reading, notebook, forms, smallest)
    senders = senders_of(reading, forms)
    store = places.submissions / STORE
    if cases == "submitted":
        recorder.note(store)
    if cases == "submitted" and senders and store.is_file():
        return _submitted(reading, notebook, forms, senders, smallest)
    first, last = _years(reading)
    owes = owed(senders.values(), notebook, first, last)
    why: Why = "not_submitted" if owes else "no_agreement"
    return Absent(notebook, "not_read" if cases == "none" else why, owes, forms)


def senders_of(reading: Reading, forms: Forms) -> dict[str, Profile]:
    """Return the senders of the country: those that its published record knows."""
    recorder.note(reading.places.profiles)
    every = read_profiles(reading.places.profiles, forms, note=recorder.note)
    known = set(reading.table("organisations")["org_id"])
    return {id: profile for id, profile in every.items() if id in known}


def _years(reading: Reading) -> tuple[date, date]:
    return date(reading.baseline.first_year, 1, 1), date(reading.current.last_year, 12, 31)


def _submitted(
    reading: Reading,
    notebook: str,
    forms: Forms,
    senders: Mapping[str, Profile],
    smallest: int,
) -> Opened:
    from analysis.study.partner.store import keys_folder, read_cases

    cases = read_cases(reading.places.submissions, keys_folder(), senders, forms)
    spans = eras(senders, *reading.compared)
    return Opened(notebook, cases, forms, senders, smallest, spans, reading.places.indicators)


def _rehearsed(reading: Reading, notebook: str, forms: Forms, smallest: int) -> Opened:
    from analysis.study.partner.store import read_cases
    from analysis.study.partner.truth import read_truth

    rehearsal = reading.places.rehearsal
    store = rehearsal / "store" / STORE
    recorder.note(store)
    if not store.is_file():
        raise ParameterError(
            "cases: there are no invented cases here yet. Make them: workbench rehearse"
        )
    profiles = reading.places.synthetic / "profiles"
    recorder.note(profiles)
    senders = read_profiles(profiles, forms, note=recorder.note)
    cases = read_cases(store.parent, rehearsal / "keys", senders, forms)
    spans, truth = eras(senders, *reading.compared), read_truth(rehearsal / "drawn")
    definitions = reading.places.indicators
    return Opened(notebook, cases, forms, senders, smallest, spans, definitions, truth)
