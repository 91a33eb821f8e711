"""What a sender is asked for in, the words of the first sheet out."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.contracts.published import Language
from analysis.intake.template.asked import Asked
from analysis.language import numbers, words

Section = tuple[str, tuple[str, ...]]
"""A heading and its lines."""

_NEVER = ("never_text", "never_address", "never_staff", "never_health", "never_more")
_FILL = ("fill_file", "fill_rows", "fill_required", "fill_lists", "fill_dates", "fill_shape")
_SEND = ("send_how", "send_reply", "send_again")


def title(asked: Asked, language: Language) -> str:
    """Head the first sheet: the sender, and how often this workbook is sent."""
    rhythms = {one.form: one.rhythm for one in asked.profile.duties}
    sent = {rhythms[one.form.id] for one in asked.forms if one.form.id in rhythms}
    if len(sent) != 1:
        return words.say("template.title", language, name=asked.profile.name)
    rhythm = words.say(f"template.rhythm_{sent.pop()}", language)
    return words.say("template.title_rhythm", language, name=asked.profile.name, rhythm=rhythm)


def warnings(asked: Asked, language: Language) -> tuple[str, ...]:
    """Say what must be seen before anything else: invented, or not confirmed."""
    said = []
    if asked.profile.synthetic:
        said.append(words.say("template.synthetic_line", language))
    if asked.profile.agreement.confirmed is None:
        said.append(words.say("template.not_confirmed", language))
    return tuple(said)


def sections(asked: Asked, language: Language, *, page: str) -> tuple[Section, ...]:
    """Word what the data is for, by which agreement, what is never sent and how to send.

    ``page`` is the file name of the sender's offline page.
    """

    def say(key: str, **parts: str | int) -> str:
        return words.say(f"template.{key}", language, **parts)

    profile = asked.profile
    names = say(f"names_{profile.identities}", **({"page": page} if _coded(asked) else {}))
    never = (*_NEVER, "never_names") if profile.identities == "none" else _NEVER
    return (
        (say("head_why"), (words.say("template.why", language, name=profile.name),)),
        (say("head_agreement"), (agreement(asked, language),)),
        (say("head_purpose"), (asked.purpose.said_in(language),)),
        (say("head_basis"), (asked.legal_basis.said_in(language),)),
        (say("head_kept"), (say("kept", years=profile.agreement.delete_after_years),)),
        (say("head_never"), tuple(map(say, never))),
        (say("head_names"), (names,)),
        (say("head_fill"), tuple(map(say, _FILL))),
        (say("head_when"), tuple(_duties(asked, language))),
        (say("head_send"), tuple(map(say, _SEND))),
    )


def agreement(asked: Asked, language: Language) -> str:
    """Name the agreement and the days from and to which it runs."""
    agreed = asked.profile.agreement
    first = numbers.day(agreed.first.isoformat(), language)
    if agreed.last is None:
        return words.say("template.agreement", language, id=agreed.id, first=first)
    last = numbers.day(agreed.last.isoformat(), language)
    return words.say("template.agreement_until", language, id=agreed.id, first=first, last=last)


def _coded(asked: Asked) -> bool:
    return asked.profile.identities == "tokens"


def _duties(asked: Asked, language: Language) -> Iterable[str]:
    labels = {one.form.id: one.form.label for one in asked.forms}
    for duty in (one for one in asked.profile.duties if one.form in labels):
        yield words.say(
            "template.due",
            language,
            form=labels[duty.form],
            rhythm=words.say(f"template.rhythm_{duty.rhythm}", language),
            days=duty.due_days,
        )
