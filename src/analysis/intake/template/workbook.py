"""What a sender is asked for in, its workbook out: drop-downs, checks, a field guide."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter

from analysis.contracts.partner.forms import Kind
from analysis.contracts.published import Language
from analysis.intake.template import about
from analysis.intake.template.asked import Asked, AskedColumn, AskedForm
from analysis.language import words

TEMPLATE_VERSION = 1
META_SHEET = "_workbench"
"""Hidden sheet of names and values: whose workbook it is, and which sheet is which form."""

LIST_SHEET = "_lists"
ROWS = 5000
"""Rows below the header that have drop-downs and checks; further rows may be filled too."""

CREATED = datetime(2000, 1, 1)
"""Stands in every workbook, so that the same profile gives the same bytes."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LISTED: tuple[Kind, ...] = ("code", "codes", "yesno", "organisation", "country", "place")
_DATES: dict[Language, str] = {"da": "dd-mm-yyyy", "en": "yyyy-mm-dd"}
_COUNTRY = 18  # characters; most names are shorter
_SHEET_NAME = 31  # characters; a spreadsheet takes no more
_INPUT_TEXT = 255
_INPUT_TITLE = 32
_LINE = 15.0  # points
_WARNED = "#9C1C1C"
_REQUIRED, _OPTIONAL = "#0B4F75", "#DCE9F2"
_GUIDE = ("form", "field", "meaning", "required", "kind", "code", "answer", "standard")
_GUIDE_WIDTHS = (16, 24, 46, 11, 26, 21, 40, 30)


def workbook(asked: Asked, language: Language, *, page: str = "") -> bytes:
    """Write the workbook of one sender, in one language; the same profile, the same bytes.

    Parameters
    ----------
    page : str
        File name of the sender's offline page, named where tokens are sent for names.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties({"title": about.title(asked, language), "created": CREATED})
    writing = _Writing(book, asked, language, _formats(book, language))
    _first_sheet(writing, page)
    names = {one.form.id: _form_sheet(writing, one) for one in asked.forms}
    _guide_sheet(writing)
    if any(one.field.kind == "country" for form in asked.forms for one in form.columns):
        _country_sheet(writing)
    _list_sheet(writing)
    _meta_sheet(writing, names)
    book.close()
    return file.getvalue()


def sheet_name(label: str, *, synthetic: bool, language: Language) -> str:
    """Name a sheet; an invented sender's says so, also when the sheet is copied elsewhere."""
    if not synthetic:
        return label[:_SHEET_NAME]
    mark = f" ({words.say('template.synthetic_mark', language)})"
    return label[: _SHEET_NAME - len(mark)] + mark


@dataclass(frozen=True, slots=True)
class _Writing:
    """A workbook being written; ``lists`` are the drop-downs met so far, in order."""

    book: Any
    asked: Asked
    language: Language
    formats: Mapping[str, Any]
    lists: dict[tuple[str, ...], int] = field(default_factory=dict)

    def say(self, key: str, **parts: str | int) -> str:
        return words.say(f"template.{key}", self.language, **parts)

    def sheet(self, label: str) -> Any:
        synthetic = self.asked.profile.synthetic
        name = sheet_name(label, synthetic=synthetic, language=self.language)
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        if synthetic:
            sheet.set_tab_color(_WARNED)
            sheet.set_header(f"&C&B{self.say('synthetic_mark').upper()}")
        return sheet


def _formats(book: Any, language: Language) -> dict[str, Any]:
    top = {"text_wrap": True, "valign": "top"}
    head = {**top, "bold": True, "border": 1, "border_color": "#8FA3B3"}
    made = {
        "title": {"bold": True, "font_size": 16, **top},
        "section": {"bold": True, "font_size": 11, "font_color": _REQUIRED, **top},
        "line": top,
        "warning": {**top, "bold": True, "font_color": "#FFFFFF", "bg_color": _WARNED},
        "required": {**head, "bg_color": _REQUIRED, "font_color": "#FFFFFF"},
        "optional": {**head, "bg_color": _OPTIONAL},
        "text": {"num_format": "@"},
        # To the right they would touch the next column's words.
        "date": {"num_format": _DATES[language], "align": "left"},
        "count": {"num_format": "0"},
        "amount": {"num_format": "General"},
    }
    return {name: book.add_format(settings) for name, settings in made.items()}


def _first_sheet(writing: _Writing, page: str) -> None:
    sheet = writing.sheet(writing.say("sheet_about"))
    sheet.set_portrait()
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 84)
    head = about.title(writing.asked, writing.language)
    sheet.merge_range(0, 0, 0, 1, head, _of(writing, "title"))
    sheet.set_row(0, 26)
    line = 1
    for warning in about.warnings(writing.asked, writing.language):
        sheet.merge_range(line, 0, line, 1, warning, _of(writing, "warning"))
        sheet.set_row(line, 34)
        line += 1
    for heading, lines in about.sections(writing.asked, writing.language, page=page):
        line += 1
        sheet.write_string(line, 0, heading, _of(writing, "section"))
        for said in lines:
            sheet.write_string(line, 1, said, _of(writing, "line"))
            sheet.set_row(line, _height(said, 84))
            line += 1
    sheet.activate()


def _form_sheet(writing: _Writing, form: AskedForm) -> str:
    """Write one form: headings, and below them what each column's cells may hold."""
    sheet = writing.sheet(form.form.label.said_in(writing.language))
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    sheet.repeat_rows(0)
    for place, column in enumerate(form.columns):
        label = column.field.label.said_in(writing.language)
        cells = _of(writing, _cell_format(column.field.kind, column.field.of))
        sheet.set_column(place, place, _width(column, label, writing.language), cells)
        heading = "required" if column.field.required else "optional"
        sheet.write_string(0, place, label, _of(writing, heading))
        sheet.write_comment(0, place, _note(writing, column), {"x_scale": 2, "author": "Workbench"})
        check = _check(writing, column)
        if check:
            sheet.data_validation(1, place, ROWS, place, check)
    name: str = sheet.get_name()
    return name


def _cell_format(kind: Kind, of: str) -> str:
    if kind in ("date", "month") or of == "birth_date":
        return "date"
    return kind if kind in ("count", "amount") else "text"


def _width(column: AskedColumn, label: str, language: Language) -> float:
    """Return a width in which no word of the heading breaks and most answers are read."""
    word = max(map(len, label.split()))
    return max(12, 1.2 * word + 3, min(34, _widest(column, language) + 3), len(label) // 2 + 6)


def _height(text: str, width: float) -> float:
    """Return the height of a row whose text wraps: a spreadsheet does not look for itself."""
    return _LINE * (1 + int(len(text) // (1.12 * width)))


def _widest(column: AskedColumn, language: Language) -> int:
    if column.field.kind == "country":
        return _COUNTRY
    return max((len(choice.label.said_in(language)) for choice in column.choices), default=8)


def _shown(column: AskedColumn, language: Language) -> tuple[str, ...]:
    """Return what a drop-down offers: words; of countries their names by alphabet, then codes."""
    said = [choice.label.said_in(language) for choice in column.choices]
    if column.field.kind != "country":
        return tuple(said)
    return (*sorted(said, key=_in_alphabet), *(choice.code for choice in column.choices))


def _in_alphabet(name: str) -> str:
    """Put ae, oe and aa last, as the Danish alphabet does."""
    return name.casefold().replace("æ", "{").replace("ø", "|").replace("å", "}")


def _note(writing: _Writing, column: AskedColumn) -> str:
    said = _help(writing, column)
    required = f" {writing.say('required_note')}" if column.field.required else ""
    return f"{said}{required}\n{writing.say('kind_' + column.field.kind)}."


def _help(writing: _Writing, column: AskedColumn) -> str:
    if column.field.kind == "country":
        return writing.say("input_country")
    return column.field.help.said_in(writing.language)


def _check(writing: _Writing, column: AskedColumn) -> dict[str, Any] | None:
    """Return what a spreadsheet checks in the cells of a column, with its two texts."""
    one, say = column.field, writing.say
    if one.kind in _LISTED:
        shown = _shown(column, writing.language)
        if not shown:
            return None
        place = writing.lists.setdefault(shown, len(writing.lists))
        letter = xlsxwriter.utility.xl_col_to_name(place)
        rule: dict[str, Any] = {
            "validate": "list",
            "source": f"='{LIST_SHEET}'!${letter}$1:${letter}${len(shown)}",
            "error_message": say("error_several" if one.kind == "codes" else "error_list"),
            # A cell with several answers is none of the list: ask, and let it pass.
            "error_type": "warning" if one.kind == "codes" else "stop",
        }
    elif _cell_format(one.kind, one.of) == "date":
        span = {"minimum": date(1900, 1, 1), "maximum": date(2099, 12, 31)}
        rule = {
            "validate": "date",
            "criteria": "between",
            **span,
            "error_message": say("error_date"),
        }
    elif one.kind in ("count", "amount"):
        kind = "integer" if one.kind == "count" else "decimal"
        text = say(f"error_{one.kind}")
        rule = {"validate": kind, "criteria": ">=", "value": 0, "error_message": text}
    else:
        rule = {"validate": "any"}
    return rule | {
        "error_title": say("error_title"),
        "input_title": one.label.said_in(writing.language)[:_INPUT_TITLE],
        "input_message": _help(writing, column)[:_INPUT_TEXT],
    }


def _guide_sheet(writing: _Writing) -> None:
    """Write one line a field, and one a code that it may hold."""
    sheet = writing.sheet(writing.say("sheet_guide"))
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 2 * _LINE)
    sheet.repeat_rows(0)
    for place, (name, width) in enumerate(zip(_GUIDE, _GUIDE_WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, writing.say(f"guide_{name}"), _of(writing, "required"))
    line = 1
    for form in writing.asked.forms:
        for cells in _guide_lines(writing, form):
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell, _of(writing, "line"))
            heights = map(_height, cells, _GUIDE_WIDTHS)
            sheet.set_row(line, max(heights))
            line += 1


def _guide_lines(writing: _Writing, form: AskedForm) -> list[tuple[str, ...]]:
    label = form.form.label.said_in(writing.language)
    unit = writing.say("guide_counts", unit=writing.say(f"unit_{form.form.unit}"))
    lines: list[tuple[str, ...]] = [
        (label, "", f"{form.form.about.said_in(writing.language)} {unit}.", *[""] * 5)
    ]
    for column in form.columns:
        one = column.field
        required = writing.say("answer_yes" if one.required else "answer_no")
        said = (label, one.label.said_in(writing.language), one.help.said_in(writing.language))
        kind = writing.say(f"kind_{one.kind}")
        # Countries have a sheet of their own; 220 lines would bury the fields after them.
        listed = () if one.kind == "country" else column.choices
        codes = [
            (one.code, one.label.said_in(writing.language), one.classification) for one in listed
        ]
        first = codes[0] if codes else ("", "", "")
        lines.append((*said, required, kind, *first))
        lines.extend((label, said[1], "", "", "", *code) for code in codes[1:])
    return lines


def _country_sheet(writing: _Writing) -> None:
    sheet = writing.sheet(writing.say("sheet_countries"))
    sheet.freeze_panes(1, 0)
    for place, (name, width) in enumerate((("code", 10), ("answer", 44), ("standard", 18))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, writing.say(f"guide_{name}"), _of(writing, "required"))
    columns = (one for form in writing.asked.forms for one in form.columns)
    countries = next(one.choices for one in columns if one.field.kind == "country")
    for line, one in enumerate(countries, start=1):
        cells = (one.code, one.label.said_in(writing.language), one.classification)
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell)


def _list_sheet(writing: _Writing) -> None:
    sheet = writing.book.add_worksheet(LIST_SHEET)
    for shown, place in writing.lists.items():
        for line, one in enumerate(shown):
            sheet.write_string(line, place, one)
    sheet.very_hidden()


def _meta_sheet(writing: _Writing, names: Mapping[str, str]) -> None:
    sheet = writing.book.add_worksheet(META_SHEET)
    profile = writing.asked.profile
    facts = {
        "organisation": profile.organisation,
        "language": writing.language,
        "template_version": str(TEMPLATE_VERSION),
        "synthetic": "yes" if profile.synthetic else "no",
        **{f"form {form}": name for form, name in names.items()},
    }
    for line, (name, value) in enumerate(facts.items()):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, value)
    sheet.very_hidden()


def _of(writing: _Writing, name: str) -> Any:
    return writing.formats[name]
