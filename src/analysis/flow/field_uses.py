"""Forms and definitions in, who reads which field out: rules, linkage, each indicator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from analysis.cases.columns import PLAIN
from analysis.contracts.partner.forms import Forms
from analysis.contracts.published import Text
from analysis.indicators import reading
from analysis.indicators.model import Definition
from analysis.intake.receipts import Use
from analysis.places import Places

Field = tuple[str, str]
"""A form and one of its fields."""

_ASSESSED: tuple[Field, ...] = (("assessments", "status"), ("assessments", "decided_on"))
_CHILD: tuple[Field, ...] = (
    ("persons", "child"),
    ("persons", "birth_date"),
    ("assessments", "child_when_exploited"),
)
FROM: Mapping[str, tuple[Field, ...]] = {
    "sex": (("persons", "sex"),),
    "citizenship": (("persons", "citizenship"),),
    "citizenship_group": (("persons", "citizenship"),),
    "birth_year": (("persons", "birth_date"),),
    "child": _CHILD,
    "age_group": _CHILD,
    "group": (("persons", "sex"), *_CHILD),
    "first_contact_on": (("persons", "first_contact_on"),),
    "presumed_on": _ASSESSED,
    "presumed_by": _ASSESSED,
    "identified_on": _ASSESSED,
    "identified_by": _ASSESSED,
    "identified_body": (*_ASSESSED, ("assessments", "deciding_body")),
    "not_victim_on": _ASSESSED,
    "registered_on": _ASSESSED,
    "purposes": (("assessments", "purposes"),),
    "purpose_group": (("assessments", "purposes"),),
    "case_group": (("assessments", "case_group"),),
}
"""From which fields each column of the table of persons is made."""


def fields(places: Places, forms: Forms) -> dict[str, frozenset[Field]]:
    """Return the fields that linkage and each indicator read, by *linkage* or indicator id."""
    found: dict[str, frozenset[Field]] = {"linkage": frozenset(_linkage(forms))}
    for one in definitions(places, forms):
        found[one.id] = found.get(one.id, frozenset()) | frozenset(read_by(one, forms))
    return found


def by_field(places: Places, forms: Forms) -> dict[Field, Use]:
    """Return by field which indicators read it, newest versions only, and whether linkage does."""
    newest: dict[str, Definition] = {}
    for one in definitions(places, forms):
        if one.id not in newest or newest[one.id].version < one.version:
            newest[one.id] = one
    names: dict[Field, list[Text]] = {}
    for one in newest.values():
        for field in set(read_by(one, forms)):
            names.setdefault(field, []).append(one.name)
    linked = set(_linkage(forms))
    return {field: Use(tuple(names.get(field, ())), field in linked) for field in {*names, *linked}}


def definitions(places: Places, forms: Forms) -> tuple[Definition, ...]:
    """Return every version of every definition; none where the folder is not there."""
    if not places.indicators.is_dir():
        return ()
    return tuple(reading.read_definitions(places.indicators, forms).items)


def read_by(definition: Definition, forms: Forms) -> Iterator[Field]:
    """Yield the fields that one definition reads, of persons those that they are made of."""
    parts = {name: part for name, part in asdict(definition).items() if name in _READ}
    named = set(_texts(parts, skipping=_TABLES))
    tables = set(_texts(parts)) & set(forms.forms) | set(definition.needs)
    for form in tables & set(forms.forms):
        yield from ((form, field) for field in forms.forms[form].columns if field in named)
    if "persons" in tables:
        for column in named & set(FROM):
            yield from FROM[column]


_TABLES = ("table", "form")
_READ = ("count", "whole", "days", "each", "mean", "weight", "by")


def _texts(value: Any, skipping: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in skipping:
                yield from _texts(key, skipping)
                yield from _texts(inner, skipping)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner, skipping)


def _linkage(forms: Forms) -> Iterator[Field]:
    """Yield identities, references, and what of a person is compared beside them."""
    for form in forms.forms.values():
        for field in form.fields:
            identity = field.kind in ("identity", "reference")
            if identity or (form.id == "persons" and field.name in PLAIN):
                yield form.id, field.name
