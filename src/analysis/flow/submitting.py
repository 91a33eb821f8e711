"""Files of a sender in, submissions out: whole files, in one transaction, nothing twice.

Files are read, and refused, before the store is opened. What is written is written whole:
all files of one call together, each entered or held with its questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import period as read_period
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.partner.store import Submission
from analysis.flow.quarantining import quarantine
from analysis.flow.taking_in import (
    Delivery,
    Taken,
    opened,
    read_delivery,
    registers,
    sender,
    take,
)
from analysis.intake.owed import require_once
from analysis.places import Places

__all__ = ["Taken", "deliver", "quarantine", "submit"]


def submit(
    places: Places,
    files: Sequence[Path],
    organisation: str,
    period: str,
    *,
    form: str | None = None,
    received_on: date | None = None,
    store_folder: Path | None = None,
    keys_folder: Path | None = None,
    profiles: Mapping[str, Profile] | None = None,
    identity: Path | None = None,
) -> tuple[Submission, ...]:
    """Take files in, as `deliver` does; return the submissions as they stand."""
    taken = deliver(
        places,
        files,
        organisation,
        period,
        form=form,
        received_on=received_on,
        store_folder=store_folder,
        keys_folder=keys_folder,
        profiles=profiles,
        identity=identity,
    )
    return tuple(one.submission for one in taken)


def deliver(
    places: Places,
    files: Sequence[Path],
    organisation: str,
    period: str,
    *,
    form: str | None = None,
    received_on: date | None = None,
    store_folder: Path | None = None,
    keys_folder: Path | None = None,
    profiles: Mapping[str, Profile] | None = None,
    forms: Forms | None = None,
    identity: Path | None = None,
) -> tuple[Taken, ...]:
    """Take files of one sender for one period into the store.

    Parameters
    ----------
    files : sequence of Path
        CSV files or workbooks; each becomes one submission for each form that it holds.
    organisation, period : str
        As in the profiles, and as ``2008``, ``2008H1``, ``2008Q2`` or ``2008-05``.
    form : str, optional
        Which form the files hold, where neither sheet nor header says.
    received_on : date, optional
        Today, where it is left out.
    store_folder, keys_folder : Path, optional
        By default those of real data, or of the rehearsal for a synthetic sender.
    profiles : mapping, optional
        By default those of real senders.
    forms : Forms, optional
        Read where they are not given.
    identity : Path, optional
        The holder's age identity.

    Returns
    -------
    tuple of Taken
        In the order of files and sheets. A submission that is *held* does not count.

    Raises
    ------
    SubmissionError
        If any file is refused; then nothing of this call is written.
    """
    forms = forms or read_forms(places.forms, places.partner_codelists)
    known = profiles if profiles is not None else read_profiles(places.profiles, forms)
    profile = sender(known, organisation)
    when, on = read_period(period), received_on or date.today()
    deliveries = [read_delivery(path, profile, known, forms, when, on, form) for path in files]
    require_once([(one.received, one.sheets) for one in deliveries], profile, forms)
    with opened(
        places,
        known,
        synthetic=profile.synthetic,
        forms=forms,
        store_folder=store_folder,
        keys_folder=keys_folder,
        identity=identity,
    ) as intake:
        taken = {at: take(intake, deliveries[at]) for at in _registers_first(deliveries, forms)}
    return tuple(one for at in range(len(deliveries)) for one in taken[at])


def _registers_first(deliveries: Sequence[Delivery], forms: Forms) -> list[int]:
    """Return the order in which files enter: persons before what refers to persons."""
    listing = {one.id for one in registers(forms).values()}

    def later(at: int) -> bool:
        return not any(sheet.form in listing for sheet in deliveries[at].sheets)

    return sorted(range(len(deliveries)), key=later)
