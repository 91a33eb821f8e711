"""A question to a sender in, the sentence that puts it out: where, what, how many, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.contracts.partner.forms import Forms, Rule
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.store import Question, Submission
from analysis.contracts.published import Language
from analysis.language import words
from analysis.language.numbers import number

MOST_ROWS = 12
"""Row numbers named in one question; of the others it gives the count."""

MOST_ANSWERS = 12
"""Lists that are longer are not written out: the form has them."""

_COLUMNS = ", "


def said(question: Question, file: str, forms: Forms, profile: Profile) -> str:
    """Word a question in the sender's language, without any cell's content."""
    language = profile.language
    parts = {
        "where": _where(question, file, language),
        "what": _what(question, forms, language),
        "todo": _todo(question, forms, profile),
    }
    if not question.rows:
        return words.say("intake.question_whole", language, **parts)
    return words.say("intake.question", language, rows=rows(question.rows, language), **parts)


def all_said(one: Submission, forms: Forms, profile: Profile) -> list[str]:
    """Word all questions of a submission: what holds it first, each kind under its heading."""
    lines: list[str] = []
    for heading, holds in (("heading_holds", True), ("heading_queries", False)):
        found = [each for each in one.questions if each.holds is holds]
        if found:
            lines.append(words.say(f"intake.{heading}", profile.language))
            lines += [f"  {said(each, one.file, forms, profile)}" for each in found]
    return lines


def rows(found: Iterable[int], language: Language) -> str:
    """Word how many rows there are, and the first of them by number."""
    every = sorted(found)
    shown = [str(row) for row in every[:MOST_ROWS]]
    n = number(len(every), language)
    if len(every) > MOST_ROWS:
        more = number(len(every) - MOST_ROWS, language)
        return words.say("intake.rows_more", language, n=n, rows=_COLUMNS.join(shown), more=more)
    key = "intake.rows_one" if len(every) == 1 else "intake.rows_some"
    return words.say(key, language, n=n, rows=_COLUMNS.join(shown))


def _where(question: Question, file: str, language: Language) -> str:
    parts = [file]
    if question.sheet:
        parts.append(words.say("intake.where_sheet", language, sheet=question.sheet))
    if question.column:
        several = "where_columns" if _COLUMNS in question.column else "where_column"
        parts.append(words.say(f"intake.{several}", language, column=question.column))
    return _COLUMNS.join(parts)


def _what(question: Question, forms: Forms, language: Language) -> str:
    if question.rule == "form_rule":
        return _rule(question, forms).says.said_in(language).rstrip(".")
    parts: dict[str, words.Part] = dict(question.parts)
    if "register" in parts:
        parts["register"] = forms.forms[str(parts["register"])].label
    if "count" in parts:
        parts["count"] = number(int(str(parts["count"])), language)
    return words.say(f"intake.{question.rule}.what", language, **parts)


def _todo(question: Question, forms: Forms, profile: Profile) -> str:
    dialect, language = profile.dialect, profile.language
    variants = {
        "not_a_date": f"do_{dialect.dates}",
        "swapped_dates": f"do_{dialect.dates}",
        "not_an_amount": "do_comma" if dialect.decimal == "," else "do_point",
        "form_rule": "do" if question.holds else "do_query",
    }
    codes = forms.codes.get(str(dict(question.parts).get("list", "")), ())
    if question.rule == "not_in_list" and 0 < len(codes) <= MOST_ANSWERS:
        labels = _COLUMNS.join(one.label.said_in(language) for one in codes)
        return words.say("intake.one_of", language, labels=labels)
    variant = variants.get(question.rule, "do")
    return words.say(f"intake.{question.rule}.{variant}", language)


def _rule(question: Question, forms: Forms) -> Rule:
    name = dict(question.parts)["name"]
    return next(one for one in forms.forms[question.form].rules if one.name == name)
