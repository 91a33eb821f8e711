"""One form of a sender in, the same as an XLSForm for Kobo out, in Danish and English."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from analysis.contracts.partner.forms import Field, Kind, Rule
from analysis.contracts.published import LANGUAGES, Language, Text
from analysis.intake.template.asked import Asked, AskedForm
from analysis.intake.template.workbook import CREATED, TEMPLATE_VERSION
from analysis.language import words

_HEADS: dict[Language, str] = {"da": "Dansk (da)", "en": "English (en)"}
_TYPES: dict[Kind, str] = {
    "reference": "text",
    "identity": "text",
    "date": "date",
    "month": "date",
    "count": "integer",
    "amount": "decimal",
}
_SELECT = {"codes": "select_multiple"}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_TODAY = ". <= today()"

Row = dict[str, str]


def xlsform(asked: Asked, form: AskedForm) -> bytes:
    """Write one form as an XLSForm: sheets survey, choices and settings.

    Field names and codes are those of the form, so that an export comes back as it is read.
    Rules that hold a file become constraints; rules that only ask cannot, as a Kobo form
    knows no answer between yes and no: they are asked when the file is received.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties({"title": form.form.label.en, "created": CREATED})
    labels = [f"label::{_HEADS[one]}" for one in LANGUAGES]
    hints = [f"hint::{_HEADS[one]}" for one in LANGUAGES]
    messages = [f"constraint_message::{_HEADS[one]}" for one in LANGUAGES]
    survey = ["type", "name", *labels, *hints, "required", "constraint", *messages, "appearance"]
    _sheet(book, "survey", survey, _survey(asked, form))
    _sheet(book, "choices", ["list_name", "name", *labels], _choices(form))
    settings = ["form_title", "form_id", "version", "default_language"]
    _sheet(book, "settings", settings, [_settings(asked, form)])
    book.close()
    return file.getvalue()


def _sheet(book: Any, name: str, columns: list[str], rows: Iterable[Row]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 24)
        sheet.write_string(0, place, column, bold)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            if row.get(column):
                sheet.write_string(line, place, row[column])


def _survey(asked: Asked, form: AskedForm) -> Iterable[Row]:
    if asked.profile.synthetic:
        yield {"type": "note", "name": "synthetic"} | _both("label", _synthetic())
    names = {column.field.name for column in form.columns}
    for column in form.columns:
        one = column.field
        constraint, message = _constraint(one, form.rules, names)
        row = {
            "type": _type(one, listed=bool(column.choices)),
            "name": one.name,
            "required": "yes" if one.required else "",
            "constraint": constraint,
            "appearance": "month-year" if one.kind == "month" else "",
        }
        help_ = _with_tokens(one.help) if _to_encode(asked, one) else one.help
        said = _both("label", one.label) | _both("hint", help_)
        yield row | said | (_both("constraint_message", message) if message else {})


def _type(field: Field, *, listed: bool) -> str:
    if listed:
        return f"{_SELECT.get(field.kind, 'select_one')} {_list_name(field)}"
    if field.of == "birth_date":
        return "date"
    return _TYPES.get(field.kind, "text")


def _list_name(field: Field) -> str:
    return field.of if field.kind in ("code", "codes") else field.kind


def _constraint(field: Field, rules: tuple[Rule, ...], names: set[str]) -> tuple[str, Text | None]:
    """Return what an answer must meet, and what is said where it does not."""
    met: list[tuple[str, Text]] = []
    if field.kind == "date" or field.of == "birth_date":
        met.append((_TODAY, words.text("template.xlsform_future")))
    elif field.of == "cpr":
        met.append(("regex(., '^[0-9]{6}-?[0-9]{4}$')", words.text("template.xlsform_cpr")))
    elif field.kind in ("count", "amount"):
        met.append((". >= 0", words.text(f"template.error_{field.kind}")))
    met += [
        (said, rule.says)
        for rule in rules
        if not rule.query and set(rule.fields) <= names
        for said in _of_rule(field, rule)
    ]
    if not met:
        return "", None
    message = Text(*(" ".join(text.said_in(one) for _, text in met) for one in LANGUAGES))
    return " and ".join(said for said, _ in met), message


def _of_rule(field: Field, rule: Rule) -> Iterable[str]:
    """Word a rule as a constraint on the field that is answered last of those it compares."""
    first, last = rule.fields[0], rule.fields[-1]
    if rule.check in ("dates_in_order", "at_most") and field.name == last:
        yield f"(${{{first}}} = '' or . >= ${{{first}}})"


def _choices(form: AskedForm) -> Iterable[Row]:
    lists = {_list_name(column.field): column.choices for column in form.columns if column.choices}
    for name, choices in lists.items():
        for one in choices:
            yield {"list_name": name, "name": one.code} | _both("label", one.label)


def _settings(asked: Asked, form: AskedForm) -> Row:
    title = form.form.label.said_in(asked.profile.language)
    mark = words.say("template.synthetic_mark", asked.profile.language)
    return {
        "form_title": f"{title} ({mark})" if asked.profile.synthetic else title,
        "form_id": f"{asked.profile.organisation}_{form.form.id}",
        "version": str(TEMPLATE_VERSION),
        "default_language": _HEADS[asked.profile.language],
    }


def _both(column: str, text: Text) -> Row:
    return {f"{column}::{_HEADS[one]}": text.said_in(one) for one in LANGUAGES}


def _synthetic() -> Text:
    return words.text("template.synthetic_line")


def _to_encode(asked: Asked, field: Field) -> bool:
    return field.kind == "identity" and asked.profile.identities == "tokens"


def _with_tokens(text: Text) -> Text:
    more = words.text("template.xlsform_tokens")
    return Text(*(f"{text.said_in(one)} {more.said_in(one)}" for one in LANGUAGES))
