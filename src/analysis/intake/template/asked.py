"""A profile, forms and names of countries and bodies in, what the sender is asked for out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.contracts.partner.forms import Field, Form, Forms, Rule
from analysis.contracts.partner.periods import Rhythm
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import Text
from analysis.language import words


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a cell may hold; ``classification`` names the standard it is of."""

    code: str
    label: Text
    classification: str = ""


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """One column of a sheet: a field, and the values it may hold (none: any of its kind)."""

    field: Field
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedForm:
    """One sheet: a form, the columns that the profile asks for, the rules between them."""

    form: Form
    columns: tuple[AskedColumn, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that one sender is asked for, and the words that say by which agreement."""

    profile: Profile
    forms: tuple[AskedForm, ...]
    purpose: Text
    legal_basis: Text


def asked(
    profile: Profile,
    forms: Forms,
    *,
    countries: Mapping[str, Text],
    organisations: Mapping[str, Text],
) -> Asked:
    """Return what a sender is asked for.

    Parameters
    ----------
    profile, forms
        The sender, and all forms with their code lists.
    countries : Mapping
        Name of each country by ISO 3166-1 alpha-3.
    organisations : Mapping
        Name of every body that a *organisation* field may name, by its id.
    """

    def of_form(name: str, fields: tuple[str, ...]) -> AskedForm:
        form = forms.forms[name]
        columns = tuple(
            AskedColumn(one, _choices(one, profile, forms, countries, organisations))
            for one in form.fields
            if one.name in fields
        )
        # A rule on a field that is not asked for cannot be broken by this sender.
        rules = tuple(rule for rule in form.rules if set(rule.fields) & set(fields))
        return AskedForm(form, columns, rules)

    agreement = profile.agreement
    return Asked(
        profile,
        tuple(of_form(name, fields) for name, fields in profile.forms.items()),
        _label(forms, "purposes_of_use", agreement.purpose),
        _label(forms, "legal_bases", agreement.legal_basis),
    )


def by_rhythm(found: Asked) -> dict[Rhythm, Asked]:
    """Part what a sender is asked for by how often it is sent, each to be sent as one file.

    A form that nobody owes goes with the first.
    """
    rhythms = {duty.form: duty.rhythm for duty in found.profile.duties}
    first: Rhythm = found.profile.duties[0].rhythm if found.profile.duties else "half_year"
    parted: dict[Rhythm, list[AskedForm]] = {}
    for one in found.forms:
        parted.setdefault(rhythms.get(one.form.id, first), []).append(one)
    return {rhythm: replace(found, forms=tuple(forms)) for rhythm, forms in parted.items()}


def yes_no() -> tuple[Choice, ...]:
    """Return the two answers of a *yesno* field."""
    return (
        Choice("yes", words.text("template.answer_yes")),
        Choice("no", words.text("template.answer_no")),
    )


def _choices(
    field: Field,
    profile: Profile,
    forms: Forms,
    countries: Mapping[str, Text],
    organisations: Mapping[str, Text],
) -> tuple[Choice, ...]:
    if field.kind in ("code", "codes"):
        return tuple(
            Choice(one.code, one.label, one.classification) for one in forms.codes[field.of]
        )
    if field.kind == "yesno":
        return yes_no()
    if field.kind == "place":
        return tuple(Choice(place, Text(place, place)) for place in profile.places)
    if field.kind == "country":
        return tuple(Choice(code, name, "ISO 3166-1") for code, name in countries.items())
    if field.kind == "organisation":
        others = {key: name for key, name in organisations.items() if key != profile.organisation}
        return tuple(Choice(key, name) for key, name in others.items())
    return ()


def _label(forms: Forms, codelist: str, code: str) -> Text:
    """Word a code; a code that no list knows stands for itself."""
    known = {one.code: one.label for one in forms.codes.get(codelist, ())}
    return known.get(code, Text(code, code))
