"""A grid in, the form whose rows it holds out; columns that are no field are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.contracts.partner.forms import Form, Forms
from analysis.contracts.partner.profiles import Profile
from analysis.intake.reading import cells, kobo
from analysis.intake.reading.headers import (
    Match,
    fields_named,
    known_names,
    letter,
    match,
    nearest,
    quotable,
    safe_title,
)
from analysis.intake.reading.refusing import Place, Refusal
from analysis.intake.reading.sheets import ArrowArray, Grid
from analysis.intake.reading.workbook import Found

Choices = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A grid and the form it was taken for.

    ``choices``: columns of single choices, by field and code; ``exported``: an export of a
    Kobo server; ``personal``: places of that server's columns that nobody asked for.
    """

    grid: Grid
    match: Match
    choices: Choices = field(default_factory=dict)
    exported: bool = False
    personal: tuple[int, ...] = ()


def choose(
    found: Found, profile: Profile, forms: Forms, form: str | None, refusal: Refusal
) -> Chosen:
    """Say which form a grid is: by its sheet's name, by ``form``, or by its header alone."""
    grid = found.grid
    if form and found.form and found.form != form:
        refusal.stop("other_form", Place(grid.shown))
    stated = found.form or form
    names = [stated] if stated else list(profile.forms)
    fits = [_fit(grid, forms.forms[name], profile, forms) for name in names]
    whole = [one for one in fits if one.match.whole]
    if len(whole) > 1:
        whole = [one for one in whole if one.match.form.id in _name_parts(refusal)] or whole
    if len(whole) > 1:
        labels = (one.match.form.id for one in whole)
        refusal.stop("several_forms", Place(grid.shown), forms=refusal.joined(labels))
    return whole[0] if whole else max(fits, key=_likeness)


def refuse_columns(one: Chosen, profile: Profile, forms: Forms, refusal: Refusal) -> None:
    """Note every column that is no field, is there twice, or is missing."""
    if not one.match.fields:
        refusal.note("no_known_header", Place(one.grid.shown))
        return
    _note_unknown(one, profile, forms, refusal)
    label = {item.name: item.label.said_in(profile.language) for item in one.match.form.fields}
    for name, place in one.match.twice:
        where = Place(one.grid.shown, letter(place))
        refusal.note("column_twice", where, label=label[name])
    for place in one.match.ambiguous:
        refusal.note("column_ambiguous", Place(one.grid.shown, letter(place)))
    for name in one.match.missing:
        refusal.note("column_missing", Place(one.grid.shown), label=label[name])
    for place in one.personal:
        if holds_any(one.grid.columns[place]):
            where = Place(one.grid.shown, one.grid.header[place].casefold())
            refusal.note("kobo_personal", where)


def _fit(grid: Grid, form: Form, profile: Profile, forms: Forms) -> Chosen:
    empty = _empty_columns(grid)
    if not kobo.is_export(grid.header):
        return Chosen(grid, match(grid.header, form, profile, empty))
    export = kobo.export(grid.header, form, forms, profile)
    found = match(export.titles, form, profile, export.skipped | empty)
    child = kobo.PARENT_INDEX in {title.casefold() for title in grid.header}
    missing = tuple(
        name
        for name in found.missing
        if name not in export.choices and not (child and form.field(name).kind == "reference")
    )
    titled = replace(grid, header=export.titles)
    return Chosen(titled, replace(found, missing=missing), export.choices, True, export.personal)


def _likeness(one: Chosen) -> tuple[int, int]:
    return len(one.match.fields), -len(one.match.missing)


def _empty_columns(grid: Grid) -> set[int]:
    """Return places of columns without title and cells: a spreadsheet adds them unasked."""
    return {
        place
        for place, title in enumerate(grid.header)
        if not title and not holds_any(grid.columns[place])
    }


def holds_any(column: ArrowArray) -> bool:
    """Say whether any cell of a column holds more than white space."""
    return bool(cells.tidied(column).null_count < len(column))


def _name_parts(refusal: Refusal) -> Sequence[str]:
    return refusal.file.casefold().rsplit(".", 1)[0].replace("_", "-").split("-")


def _note_unknown(one: Chosen, profile: Profile, forms: Forms, refusal: Refusal) -> None:
    allowed = known_names(one.match.form, profile, profile.forms[one.match.form.id])
    for place in one.match.unknown:
        title = one.grid.header[place]
        if not title:
            refusal.note("column_untitled", Place(one.grid.shown, letter(place)))
            continue
        where = Place(one.grid.shown, _called(one, place, profile, forms))
        if _is_other_field(title, one.match.form, profile):
            refusal.note("column_not_agreed", where)
        elif _is_of_other_form(title, profile, forms):
            refusal.note("column_of_other_form", where)
        elif alike := nearest(title, allowed):
            label = one.match.form.field(alike).label.said_in(profile.language)
            refusal.note("column_unknown_alike", where, label=label)
        else:
            refusal.note("column_unknown", where)


def _called(one: Chosen, place: int, profile: Profile, forms: Forms) -> str:
    title = one.grid.header[place]
    known, unknown = len(one.match.fields), len(one.match.unknown)
    if known >= unknown and quotable(title, forms, profile):
        return f"{letter(place)} ({safe_title(title, letter(place))})"
    return letter(place)


def _is_other_field(title: str, form: Form, profile: Profile) -> bool:
    return bool(fields_named(title, known_names(form, profile, form.columns)))


def _is_of_other_form(title: str, profile: Profile, forms: Forms) -> bool:
    return any(
        fields_named(title, known_names(one, profile, one.columns)) for one in forms.forms.values()
    )
