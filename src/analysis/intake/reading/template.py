"""The hidden sheet of a template in, whose workbook it is and which sheet is which form out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import LANGUAGES
from analysis.intake.reading.inspecting import Facts
from analysis.intake.reading.refusing import Refusal
from analysis.intake.template.workbook import (
    LIST_SHEET,
    META_SHEET,
    TEMPLATE_VERSION,
    sheet_name,
)
from analysis.language import words

_FORM = "form "
_BESIDE = ("sheet_about", "sheet_guide", "sheet_countries")


@dataclass(frozen=True, slots=True)
class Template:
    """What a workbook says of itself; nothing where it is not made from our template.

    ``sheets``: the sheet of each form; ``skipped``: sheets that hold no rows, by name;
    ``marks``: what may stand after the name of a sheet of invented data.
    """

    sheets: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    marks: tuple[str, ...] = ()


def template_of(
    cells: Callable[[str], Sequence[Sequence[Any]]],
    facts: Mapping[str, Facts],
    profile: Profile,
    refusal: Refusal,
) -> Template:
    """Read the hidden sheet; refuse the template of another sender or another version."""
    marks = tuple(f" ({words.say('template.synthetic_mark', one)})" for one in LANGUAGES)
    if META_SHEET not in facts:
        return Template(marks=marks)
    known = {str(row[0]): str(row[1]) for row in cells(META_SHEET) if len(row) > 1}
    if known.get("organisation") != profile.organisation:
        refusal.stop("other_sender")
    if known.get("template_version") != str(TEMPLATE_VERSION):
        refusal.stop("other_version", version=TEMPLATE_VERSION)
    if known.get("synthetic") != ("yes" if profile.synthetic else "no"):
        refusal.stop("other_sender")
    sheets = {
        name.removeprefix(_FORM): sheet
        for name, sheet in known.items()
        if name.startswith(_FORM) and name.removeprefix(_FORM) in profile.forms
    }
    if gone := sorted(form for form, sheet in sheets.items() if sheet not in facts):
        refusal.stop("sheet_gone", sheets=refusal.joined(gone))
    return Template(sheets, frozenset({META_SHEET, LIST_SHEET, *_beside()}), marks)


def _beside() -> set[str]:
    """Return the names of the sheets that explain, in every form that a template gives them."""
    return {
        sheet_name(words.say(f"template.{key}", one), synthetic=synthetic, language=one)
        for key in _BESIDE
        for one in LANGUAGES
        for synthetic in (False, True)
    }
