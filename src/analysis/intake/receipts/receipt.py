"""Submissions as the store holds them in, the receipt that their sender gets out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.store import Question, Submission
from analysis.contracts.published import Language, Text
from analysis.intake.receipts.paper import Paper, Section, Table
from analysis.language import numbers, words

MOST_ROWS_NAMED = 40
"""Row numbers that a receipt names for one question; of the others it gives the count."""


@dataclass(frozen=True, slots=True)
class Use:
    """What reads a field: indicators by name, and whether linkage compares it."""

    indicators: tuple[Text, ...]
    linked: bool


Says = Callable[[Question, Language], str]
"""Words a question, without its place and rows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a receipt tells of: submissions of one sender, in the order received.

    ``uses``: by form and field, what reads it. ``says``: words a question in a language.
    """

    profile: Profile
    forms: Forms
    submissions: Sequence[Submission]
    uses: Mapping[tuple[str, str], Use]
    says: Says


def receipt(taken: Taken, purpose: Text, legal_basis: Text, language: Language) -> Paper:
    """Say what was taken, what is asked, how it is used and until when it is kept.

    Nothing of a cell stands in it: sheets, columns and rows as the sender numbers them.
    """
    name = taken.profile.name.said_in(language)
    sections = [
        _files(taken, language),
        *_questions(taken, language),
        _uses(taken, language),
        _kept(taken, purpose, legal_basis, language),
        _whom(taken, language),
    ]
    synthetic = any(one.synthetic for one in taken.submissions)
    return Paper(
        language,
        words.say("receipts.receipt_title", language, name=name),
        (_lead(taken.submissions, language),),
        tuple(sections),
        words.say("receipts.synthetic", language) if synthetic else "",
    )


def _lead(submissions: Sequence[Submission], language: Language) -> str:
    held = sum(one.state == "held" for one in submissions)
    if not submissions:
        return words.say("receipts.lead_nothing", language)
    counted = sum(one.rows for one in submissions if one.state == "accepted")
    rows = numbers.number(counted, language)
    if (held, counted) == (0, 1):
        return words.say("receipts.lead_one_row", language)
    if held == 0:
        return words.say("receipts.lead_taken", language, rows=rows)
    key = "lead_one_held" if held == 1 else "lead_held"
    return words.say(f"receipts.{key}", language, rows=rows, held=held)


def _files(taken: Taken, language: Language) -> Section:
    def say(key: str) -> str:
        return words.say(f"receipts.{key}", language)

    heads = ("head_id", "head_form", "head_file", "head_received", "head_rows", "head_aside")
    rows = tuple(
        (
            one.id,
            f"{_form(taken, one.form, language)}, {one.period}",
            one.file,
            numbers.day(one.received_on.isoformat(), language),
            numbers.number(one.rows, language) if one.state != "held" else "0",
            numbers.number(len(one.set_aside), language),
            _state(one, language),
        )
        for one in taken.submissions
    )
    table = Table((*map(say, heads), say("head_state")), rows, numeric=(4, 5))
    aside = tuple(
        words.say("receipts.aside_rows", language, id=one.id, rows=_rows(one.set_aside, language))
        for one in taken.submissions
        if one.set_aside
    )
    return Section(say("section_files"), aside, table if rows else None)


def _state(one: Submission, language: Language) -> str:
    said = words.say(f"receipts.state_{one.state}", language)
    if not one.supersedes:
        return said
    return f"{said}. {words.say('receipts.supersedes', language, id=one.supersedes)}"


def _questions(taken: Taken, language: Language) -> Iterable[Section]:
    asked = [one for one in taken.submissions if one.questions and one.state != "superseded"]
    if not asked:
        heading = words.say("receipts.section_questions", language)
        yield Section(heading, (words.say("receipts.no_questions", language),))
    for one in asked:
        rows = tuple(_question(taken, question, language) for question in one.questions)
        heads = ("head_where", "head_column", "head_row", "head_question", "head_then")
        table = Table(tuple(words.say(f"receipts.{head}", language) for head in heads), rows)
        heading = words.say("receipts.section_questions_of", language, id=one.id)
        then = "then_held" if one.state == "held" else "then_taken"
        yield Section(heading, (words.say(f"receipts.{then}", language),), table)


def _question(taken: Taken, question: Question, language: Language) -> tuple[str, ...]:
    kind = "must" if question.holds else "asked"
    return (
        question.sheet or _form(taken, question.form, language),
        question.column,
        _rows(question.rows, language),
        taken.says(question, language),
        words.say(f"receipts.{kind}", language),
    )


def _rows(rows: Sequence[int], language: Language) -> str:
    first = ", ".join(map(str, rows[:MOST_ROWS_NAMED]))
    more = len(rows) - MOST_ROWS_NAMED
    if more <= 0:
        return first
    amount = numbers.number(more, language)
    return words.say("receipts.rows_more", language, rows=first, more=amount)


def _uses(taken: Taken, language: Language) -> Section:
    rows = tuple(
        (
            _form(taken, form, language),
            taken.forms.forms[form].field(field).label.said_in(language),
            _use(taken, form, field, language),
        )
        for form in dict.fromkeys(one.form for one in taken.submissions)
        for field in taken.profile.forms[form]
    )
    heads = ("head_form", "head_field", "head_used")
    columns = tuple(words.say(f"receipts.{head}", language) for head in heads)
    never = words.say("receipts.used_never", language)
    heading = words.say("receipts.section_uses", language)
    return Section(heading, (never,), Table(columns, rows) if rows else None)


def _use(taken: Taken, form: str, field: str, language: Language) -> str:
    """Word all that reads a field; a field that nothing reads is said to be that."""
    use = taken.uses.get((form, field), Use((), False))
    named = taken.forms.forms[form]
    said = []
    if len(use.indicators) == 1:
        said.append(use.indicators[0].said_in(language))
    elif use.indicators:
        count = numbers.number(len(use.indicators), language)
        # The shortest name is the plainest: victims identified, before their breakdowns.
        plainest = min(use.indicators, key=lambda name: (len(name.da), name.da))
        said.append(words.say("receipts.used_many", language, count=count, name=plainest))
    if use.linked:
        said.append(words.say("receipts.used_linkage", language))
    if field in named.key or any(field in rule.fields for rule in named.rules):
        said.append(words.say("receipts.used_rule", language))
    return words.capital("; ".join(said) or words.say("receipts.used_nothing", language))


def _kept(taken: Taken, purpose: Text, legal_basis: Text, language: Language) -> Section:
    lines = [
        words.say(
            "receipts.by_agreement",
            language,
            id=taken.profile.agreement.id,
            purpose=purpose,
            basis=legal_basis,
        )
    ]
    for day in sorted({one.delete_after for one in taken.submissions}):
        ids = [one.id for one in taken.submissions if one.delete_after == day]
        until = numbers.day(day.isoformat(), language)
        said = words.joined(ids, language)
        lines.append(words.say("receipts.kept_until", language, ids=said, day=until))
    lines.append(words.say("receipts.kept_how", language))
    return Section(words.say("receipts.section_kept", language), tuple(lines))


def _whom(taken: Taken, language: Language) -> Section:
    ids = words.joined([one.id for one in taken.submissions][:3], language)
    key = "ask" if ids else "ask_nothing"
    line = words.say(f"receipts.{key}", language, **({"ids": ids} if ids else {}))
    again = words.say("receipts.send_again", language)
    return Section(words.say("receipts.section_ask", language), (line, again))


def _form(taken: Taken, form: str, language: Language) -> str:
    return taken.forms.forms[form].label.said_in(language)
