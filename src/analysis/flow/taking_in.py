"""A delivery and an open store in, submissions out: whole, held, or here already.

The half of intake that needs keys and store; `flow.submitting` says which files, and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from analysis.contracts.partner.forms import Form, Forms
from analysis.contracts.partner.periods import Period
from analysis.contracts.partner.periods import period as read_period
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms
from analysis.contracts.partner.store import Submission
from analysis.errors import ParameterError
from analysis.intake.arriving import content_of
from analysis.intake.owed import (
    require_agreed,
    require_new,
    require_owed,
    require_own_name,
    telling,
)
from analysis.intake.reading import Sheet, read
from analysis.intake.reading.refusing import shown_name
from analysis.intake.submitting import Received, prepare, submission_id
from analysis.intake.validating import Known, Setting, by_word, read_countries, register_of
from analysis.intake.validating.arrow import pa
from analysis.places import Places
from analysis.vault import keys as vault_keys
from analysis.vault.keys import IntakeKeys
from analysis.vault.store import Store, writing
from analysis.vault.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Taken:
    """A submission as it stands now; ``repeated``: the same bytes were here before."""

    submission: Submission
    repeated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """One file, read: who sent it, for which period, when, and its sheets."""

    received: Received
    profile: Profile
    period: Period
    received_on: date
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """An open store with all that is needed to let files in. Get one from `opened`."""

    store: Store
    keys: IntakeKeys
    tokens: Tokens
    forms: Forms
    profiles: Mapping[str, Profile]
    countries: Mapping[str, str]
    registers: dict[str, Any] = field(default_factory=dict)
    """Tokens of each accepted register, by the id of its submission: read once."""


def read_file(
    intake: Intake,
    path: Path,
    organisation: str,
    period: str,
    *,
    received_on: date,
    form: str | None = None,
) -> Delivery:
    """Read one file for an intake that is open, as a rehearsal does with many."""
    profile = sender(intake.profiles, organisation)
    when = read_period(period)
    return read_delivery(path, profile, intake.profiles, intake.forms, when, received_on, form)


@contextmanager
def opened(
    places: Places,
    profiles: Mapping[str, Profile],
    *,
    synthetic: bool,
    forms: Forms | None = None,
    store_folder: Path | None = None,
    keys_folder: Path | None = None,
    identity: Path | None = None,
) -> Iterator[Intake]:
    """Open the store for writing; all that happens in the block is one transaction.

    ``forms`` are read where they are not given.

    Raises
    ------
    ParameterError
        If invented data would come beside real data.
    """
    store = store_folder or (places.rehearsal / "store" if synthetic else places.submissions)
    folder = keys_folder or _keys_folder(places, synthetic)
    _require_own_kind(places, store, synthetic)
    forms = forms or read_forms(places.forms, places.partner_codelists)
    countries = read_countries(places.codelists / "countries.csv")
    with writing(store, vault_keys.open_store_key(folder, identity)) as found:
        if any(one.synthetic is not synthetic for one in found.submissions()):
            raise _other_kind(store, synthetic)
        keys = vault_keys.open_intake_keys(folder, identity)
        yield Intake(found, keys, Tokens(keys), forms, profiles, countries)


def take(
    intake: Intake, one: Delivery, aside: Mapping[str, tuple[int, ...]] | None = None
) -> tuple[Taken, ...]:
    """Let one file in: every sheet of it, or none, or hold it with its questions.

    The same bytes again change nothing, save that a file which was held is judged anew:
    a profile or a list may have been mended meanwhile.
    """
    every = intake.store.submissions()
    own = [each for each in every if each.organisation == one.profile.organisation]
    one = replace(one, sheets=_not_to_empty(one, own))
    same = [each for each in every if each.sha256 == one.received.sha256]
    name = one.received.name
    require_new(one.profile, one.sheets, one.period, name, same)
    held = {each.id: each for each in own if each.state == "held"}
    settled = {each.id: each for each in own if each.state != "held"}
    ids = [_id(one, sheet.form) for sheet in one.sheets]
    first = next((held[id_].received_on for id_ in ids if id_ in held), one.received_on)
    one = replace(one, received_on=first)
    sheets = [sheet for sheet, id_ in zip(one.sheets, ids, strict=True) if id_ not in settled]
    found = {id_: Taken(settled[id_], True) for id_ in ids if id_ in settled}
    kept = {each.form: each.set_aside for each in held.values() if each.id in ids}
    incoming = prepare(
        sheets,
        one.received,
        _setting(intake, one, own),
        intake.tokens,
        earlier=own,
        aside={**kept, **(aside or {})},
    )
    for each in incoming:
        before = held.get(each.submission.id)
        if before is None:
            now = intake.store.put([each])[0]
        elif before == each.submission:
            now = before
        else:
            now = intake.store.replace(each)
        found[now.id] = Taken(now, before is not None and now == before)
    return tuple(found[id_] for id_ in ids)


def _not_to_empty(one: Delivery, own: Sequence[Submission]) -> tuple[Sheet, ...]:
    """Leave out sheets without rows of a workbook where something came for them before.

    Whoever sends one sheet again uses a new template, and the others in it are empty.
    """
    if len(one.sheets) == 1:
        return one.sheets
    ids = {each.id for each in own}
    came = {each.form for each in own if each.period == str(one.period)}
    return tuple(
        sheet
        for sheet in one.sheets
        if len(sheet.rows) or sheet.form not in came or _id(one, sheet.form) in ids
    )


def sender(profiles: Mapping[str, Profile], organisation: str) -> Profile:
    """Return the profile of a sender.

    Raises
    ------
    ParameterError
        If there is none of that id; the nearest is suggested.
    """
    if organisation in profiles:
        return profiles[organisation]
    near = get_close_matches(organisation, profiles, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(profiles))}."
    raise ParameterError(f"organisation: no profile has this id. {hint}")


def read_delivery(
    path: Path,
    profile: Profile,
    profiles: Mapping[str, Profile],
    forms: Forms,
    period: Period,
    received_on: date,
    form: str | None,
) -> Delivery:
    """Read a file, or refuse it, before any store is opened.

    Raises
    ------
    SubmissionError
        If the sender may not send it, or it cannot be read whole; in the sender's language.
    """
    name = shown_name(path.name)
    require_agreed(profile, period, received_on)
    if form is not None:
        _require_form(form, forms)
        require_owed(profile, forms, [form], period, name)
    require_own_name(profile, profiles, name)
    content = content_of(path, name)
    sheets = read(path.name, content, profile, forms, form=form)
    sheets = telling(sheets, profile, period, forms)
    require_owed(profile, forms, [sheet.form for sheet in sheets], period, name)
    return Delivery(Received.of(name, content), profile, period, received_on, sheets)


def _require_form(form: str, forms: Forms) -> None:
    if form not in forms.forms:
        near = get_close_matches(form, forms.forms, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(forms.forms)}."
        raise ParameterError(f"form: there is none of this name. {hint}")


def registers(forms: Forms) -> dict[str, Form]:
    """Return the form that registers each namespace, where there is one."""
    names = {
        one.of for form in forms.forms.values() for one in form.fields if one.kind == "reference"
    }
    found = {name: register_of(name, forms) for name in sorted(names)}
    return {name: form for name, form in found.items() if form is not None}


def _setting(intake: Intake, one: Delivery, own: Sequence[Submission]) -> Setting:
    counting = [each for each in own if each.state == "accepted"]
    period = str(one.period)
    known = {
        namespace: _known(intake, form, [each for each in counting if each.form == form.id])
        for namespace, form in registers(intake.forms).items()
        if form.id in one.profile.forms
    }
    return Setting(
        profile=one.profile,
        forms=intake.forms,
        period=one.period,
        received_on=one.received_on,
        countries=intake.countries,
        organisations=by_word(intake.profiles.values()),
        known=known,
        registered=frozenset(each.form for each in counting if each.period == period),
    )


def _known(intake: Intake, form: Form, accepted: Sequence[Submission]) -> Known:
    tokens, periods = [], []
    for one in accepted:
        if one.id not in intake.registers:
            rows = intake.store.rows_of(one.id)
            intake.registers[one.id] = rows[form.key[0]].combine_chunks().cast(pa.string())
        tokens.append(intake.registers[one.id])
        periods.append(pa.array([one.period] * len(tokens[-1]), pa.string()))
    if not tokens:
        return Known(pa.array([], pa.string()), pa.array([], pa.string()))
    return Known(pa.concat_arrays(tokens), pa.concat_arrays(periods))


def _id(one: Delivery, form: str) -> str:
    return submission_id(one.received, one.profile.organisation, str(one.period), form)


def _keys_folder(places: Places, synthetic: bool) -> Path:
    """Return the folder of keys; those of the rehearsal are made when they are first needed."""
    if not synthetic:
        return vault_keys.default_folder()
    folder = places.rehearsal / "keys"
    if not folder.exists():
        vault_keys.create(folder, holders=None)
    return folder


def _require_own_kind(places: Places, store: Path, synthetic: bool) -> None:
    real = store.resolve().is_relative_to(places.submissions.resolve())
    rehearsed = store.resolve().is_relative_to(places.rehearsal.resolve())
    if (synthetic and real) or (not synthetic and rehearsed):
        raise _other_kind(store, synthetic)


def _other_kind(store: Path, synthetic: bool) -> ParameterError:
    if synthetic:
        return ParameterError(
            f"{store.name}: it is for real data, and the sender is invented. Invented data never "
            "comes beside real data: leave out --store, or name another folder."
        )
    return ParameterError(
        f"{store.name}: it holds invented data, and the sender is real. Real data never comes "
        "beside invented data: leave out --store, or name another folder."
    )
