"""What a sender is asked for and what uses it in, the fields that nothing uses out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.partner.forms import Form, Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import Language
from analysis.language import numbers, words

Uses = Mapping[str, frozenset[tuple[str, str]]]
"""Which fields, as (form, field), each user of the data reads: *indicator*, *linkage* ..."""


@dataclass(frozen=True, slots=True)
class Unused:
    """A field that a sender is asked for and that nothing uses.

    ``cells_per_half_year``: how many cells of it the sender filled or left, as a mean of the
    half-years it has sent; None before it has sent any.
    """

    form: str
    field: str
    cells_per_half_year: float | None


def unused(
    profile: Profile, forms: Forms, uses: Uses, rows_per_half_year: Mapping[str, float]
) -> tuple[Unused, ...]:
    """Return the fields that no rule, key or user reads: what could be asked no more.

    A field counts as used where a rule of its form compares it, where it is part of what
    tells two rows apart, or where one of ``uses`` reads it. Minutes are not estimated: nobody
    has measured how long a cell takes.

    Parameters
    ----------
    uses : Mapping
        Fields by user, beside those that the forms themselves name.
    rows_per_half_year : Mapping
        Mean rows sent in a half-year, by form; a form never sent is absent.
    """
    read = frozenset[tuple[str, str]]().union(*uses.values())
    return tuple(
        Unused(name, field, rows_per_half_year.get(name))
        for name, fields in profile.forms.items()
        for field in fields
        if (name, field) not in read and field not in _named_by(forms.forms[name])
    )


def _named_by(form: Form) -> frozenset[str]:
    return frozenset((*form.key, *(field for rule in form.rules for field in rule.fields)))


def said(
    profile: Profile, forms: Forms, found: Sequence[Unused], language: Language
) -> Iterator[str]:
    """Word what nothing uses, and that no time is given because none was measured."""
    asked = sum(len(fields) for fields in profile.forms.values())
    yield words.say("template.burden_title", language, name=profile.name)
    if not found:
        yield words.say("template.burden_none", language, asked=asked)
        return
    yield words.say("template.burden_some", language, count=len(found), asked=asked)
    for one in found:
        form = forms.forms[one.form]
        parts = {"form": form.label, "field": form.field(one.field).label}
        if one.cells_per_half_year is None:
            yield "- " + words.say("template.burden_field", language, **parts)
        else:
            cells = numbers.number(one.cells_per_half_year, language)
            yield "- " + words.say("template.burden_cells", language, cells=cells, **parts)
    yield words.say("template.burden_minutes", language)
