"""A sender's name in, the files it fills in and checks with out; and what it is asked in vain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.published import Language
from analysis.errors import ParameterError
from analysis.flow import field_uses
from analysis.intake import template
from analysis.intake.page import page
from analysis.intake.template.countries import country_names
from analysis.intake.validating.countries import read_countries
from analysis.places import Places

Kind = Literal["xlsx", "xlsform", "page", "csv"]
KINDS: tuple[Kind, ...] = ("xlsx", "page", "csv", "xlsform")


def profiles(places: Places, forms: Forms, *, synthetic: bool) -> dict[str, Profile]:
    """Read the profiles of real senders, or of invented ones."""
    folder = places.synthetic / "profiles" if synthetic else places.profiles
    return read_profiles(folder, forms)


def is_synthetic(places: Places, organisation: str) -> bool:
    """Say whether a sender is one of the invented ones, whose names no real sender has."""
    return (places.synthetic / "profiles" / f"{organisation}.yml").is_file() and not (
        places.profiles / f"{organisation}.yml"
    ).is_file()


def named(found: Mapping[str, Profile], organisation: str, *, synthetic: bool) -> Profile:
    """Return the sender of that name.

    Raises
    ------
    ParameterError
        If there is none, listing those that there are.
    """
    if organisation in found:
        return found[organisation]
    where = "data/synthetic/profiles" if synthetic else "data/profiles"
    raise ParameterError(
        f"sender: {where} holds none of that name. "
        f"Use one of {', '.join(sorted(found))}{'' if synthetic else ', or add --synthetic'}."
    )


def write(
    places: Places,
    organisation: str,
    to: Path,
    *,
    language: Language | None = None,
    kinds: tuple[Kind, ...] = KINDS,
    synthetic: bool = False,
) -> tuple[Path, ...]:
    """Write the templates of one sender into a folder, and return their paths.

    Parameters
    ----------
    language : {"da", "en"}, optional
        The sender's own where it is left out.
    kinds : tuple
        ``xlsx``: one workbook for all forms sent equally often; ``page``: the offline page;
        ``csv``: one header a form; ``xlsform``: one Kobo form a form.
    """
    forms = read_forms(places.forms, places.partner_codelists)
    found = profiles(places, forms, synthetic=synthetic)
    profile = named(found, organisation, synthetic=synthetic)
    spoken: Language = language or profile.language
    asked = template.asked(
        profile,
        forms,
        countries=country_names(places.codelists / "countries.csv"),
        organisations={key: one.name for key, one in found.items()},
    )
    stem = f"synthetic-{organisation}" if profile.synthetic else organisation
    written = {
        name: content
        for kind in kinds
        for name, content in _files(kind, asked, forms, spoken, stem, places).items()
    }
    to.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (to / name).write_bytes(content)
    return tuple(to / name for name in written)


def unused(
    places: Places, organisation: str, rows_per_half_year: Mapping[str, float], *, synthetic: bool
) -> tuple[Profile, Forms, tuple[template.Unused, ...]]:
    """Return the fields asked of a sender that no rule, linkage or indicator uses."""
    forms = read_forms(places.forms, places.partner_codelists)
    found = profiles(places, forms, synthetic=synthetic)
    profile = named(found, organisation, synthetic=synthetic)
    uses = field_uses.fields(places, forms)
    return profile, forms, template.unused(profile, forms, uses, rows_per_half_year)


def _files(
    kind: Kind, asked: template.Asked, forms: Forms, language: Language, stem: str, places: Places
) -> dict[str, bytes]:
    page_name = f"{stem}-page.html"
    if kind == "xlsx":
        return {
            f"{stem}-{rhythm.replace('_', '-')}-{language}.xlsx": template.workbook(
                part, language, page=page_name
            )
            for rhythm, part in template.by_rhythm(asked).items()
        }
    if kind == "page":
        countries = read_countries(places.codelists / "countries.csv")
        return {page_name: page(asked, forms, language, countries=countries)}
    if kind == "csv":
        return {
            f"{stem}-{one.form.id}-header.csv": template.header_line(one, asked.profile, language)
            for one in asked.forms
        }
    return {
        f"{stem}-{one.form.id}-xlsform.xlsx": template.xlsform(asked, one) for one in asked.forms
    }
