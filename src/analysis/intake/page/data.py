"""What a sender is asked for in, the plain values that the page reads out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from babel import Locale

from analysis.contracts.partner.forms import Forms
from analysis.contracts.published import LANGUAGES, Language
from analysis.intake.template import Asked, AskedColumn, AskedForm
from analysis.intake.validating import identities, lists
from analysis.language import words
from analysis.vault.encoding import cells, keyed, normal, sound

LONGEST_CELL = 200
"""Signs; no answer is longer, free text is."""


def plain(
    asked: Asked, forms: Forms, language: Language, countries: Mapping[str, str]
) -> dict[str, Any]:
    """Return forms, code lists, rules, legal lengths, words and the token spec as plain values.

    The page holds no second copy of any of these in its script.
    """
    columns = [column for form in asked.forms for column in form.columns]
    listed = any(column.field.kind == "country" for column in columns)
    profile = asked.profile
    return {
        "organisation": profile.organisation,
        "name": _both(profile.name.da, profile.name.en),
        "language": language,
        "identities": profile.identities,
        "dialect": {
            "encoding": profile.dialect.encoding,
            "delimiter": profile.dialect.delimiter,
            "decimal": profile.dialect.decimal,
            "dates": profile.dialect.dates,
        },
        "headers": profile.headers,
        "values": profile.values,
        "first_year": normal.FIRST_YEAR,
        "longest_cell": LONGEST_CELL,
        "longest_name": identities.MOST_SIGNS,
        "months": _months(),
        "countries": dict(countries) if listed else {},
        "yes_no": dict.fromkeys(lists.YES, "yes") | dict.fromkeys(lists.NO, "no"),
        "forms": [_form(one) for one in asked.forms],
        "legal_lengths": [
            {
                "right": one.right,
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "max_days": one.max_days,
            }
            for one in forms.legal_lengths
        ],
        "tokens": _tokens(),
        "words": _words(),
    }


def _both(da: str, en: str) -> dict[str, str]:
    return {"da": da, "en": en}


def _form(asked: AskedForm) -> dict[str, Any]:
    form = asked.form
    return {
        "id": form.id,
        **_both(form.label.da, form.label.en),
        "key": list(form.key),
        "columns": [_column(one) for one in asked.columns],
        "rules": [
            {
                "check": rule.check,
                "fields": list(rule.fields),
                "query": rule.query,
                **_both(rule.says.da, rule.says.en),
            }
            for rule in asked.rules
        ],
    }


def _column(column: AskedColumn) -> dict[str, Any]:
    one = column.field
    return {
        "name": one.name,
        "kind": one.kind,
        "of": one.of,
        "required": one.required,
        **_both(one.label.da, one.label.en),
        "choices": [
            {"code": choice.code, **_both(choice.label.da, choice.label.en)}
            for choice in column.choices
        ],
    }


def _tokens() -> dict[str, Any]:
    """Return the tables of the token spec, which the script reads instead of a copy."""
    return {
        "version": keyed.VERSION,
        "apart": keyed.APART,
        "token_bytes": keyed.TOKEN_BYTES,
        "slots": keyed.SLOTS,
        "alphabet": keyed.ALPHABET.decode("ascii"),
        "prefix": cells.PREFIX,
        "mark_digits": cells.MARK_DIGITS,
        "check_digits": cells.CHECK_DIGITS,
        "apostrophes": list(normal.APOSTROPHES),
        "letters": dict(normal.LETTERS),
        "unknown": sorted(normal.UNKNOWN),
        "sounds": [[pattern, put] for pattern, put in sound.RULES],
    }


def _months() -> dict[str, int]:
    """Return the number of each month by its name and its first three letters."""
    return {
        written: number
        for language in LANGUAGES
        for number, name in Locale(language).months["format"]["wide"].items()
        for written in (name.lower(), name.lower()[:3])
    }


def _words() -> Mapping[str, Mapping[str, str]]:
    return {
        key: dict(said)
        for key, said in words.catalogues()["offline_page"].items()
        if re.fullmatch(r"[a-z_]+", key)
    }
