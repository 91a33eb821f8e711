"""A sender's own rows and what it may be told of the others in, one page of plain words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import Period, period
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import Language
from analysis.intake.receipts import spans
from analysis.intake.receipts.benchmark import LEAST_ALL, LEFT, Benchmarks
from analysis.intake.receipts.paper import Paper, Section, Table
from analysis.intake.receipts.tallies import PER_PERSON, Measure, Tally
from analysis.language import numbers, words


@dataclass(frozen=True, slots=True)
class Delivery:
    """One form that the sender owed or sent for one period; ``received_on`` None: not sent.

    ``counts``: whether any of it is accepted; else it waits for answers, or never came.
    """

    form: str
    period: str
    due_on: date | None
    received_on: date | None
    rows: int = 0
    set_aside: int = 0
    counts: bool = False


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What one sender gets back for one period.

    ``own``: its tallies by measure. ``benchmarks``: None where none are drawn for the
    period, with the reason in ``without``. ``contacts``: sum of contacts, None where none
    are submitted.
    """

    profile: Profile
    forms: Forms
    period: Period
    deliveries: Sequence[Delivery]
    own: Mapping[str, Tally]
    benchmarks: Benchmarks | None
    without: str = ""
    contacts: int | None = None


def give_back(given: GivenBack, language: Language) -> Paper:
    """Word a sender's own figures, beside the others' where that is safe."""
    name = given.profile.name.said_in(language)
    span = spans.said(given.period, language)
    return Paper(
        language,
        words.say("receipts.back_title", language, name=name, period=span),
        (words.say("receipts.back_lead", language),),
        (
            _sent(given, language),
            _figures(given, language),
            _about_others(given, language),
            _read(language),
        ),
        words.say("receipts.synthetic", language) if given.profile.synthetic else "",
    )


def _sent(given: GivenBack, language: Language) -> Section:
    def say(key: str, **parts: str | int) -> str:
        return words.say(f"receipts.{key}", language, **parts)

    if not given.deliveries:
        return Section(say("section_sent"), (say("owed_nothing"),))
    rows = tuple(
        (
            _named(given, one, language),
            numbers.number(one.rows, language) if one.counts else _missing(one, language),
            numbers.number(one.set_aside, language) if one.counts else "",
            _filled(given, one, language),
            _others_share(given, f"filled_{one.form}", language),
            _timely(one, language),
        )
        for one in given.deliveries
    )
    heads = ("head_form", "head_rows", "head_aside", "head_filled", "head_others", "head_timely")
    return Section(
        say("section_sent"), (), Table(tuple(map(say, heads)), rows, numeric=(1, 2, 3, 4))
    )


def _named(given: GivenBack, one: Delivery, language: Language) -> str:
    """Name a form, with its period where that is not the one of the whole page."""
    label = given.forms.forms[one.form].label.said_in(language)
    if one.period == str(given.period):
        return label
    return f"{label}, {spans.said(period(one.period), language)}"


def _missing(one: Delivery, language: Language) -> str:
    """Say that nothing counts, and why: that is never nought."""
    key = "not_submitted" if one.received_on is None else "waits"
    return words.say(f"receipts.{key}", language)


def _filled(given: GivenBack, one: Delivery, language: Language) -> str:
    tally = given.own.get(f"filled_{one.form}")
    if tally is None or not tally.cells or not one.counts:
        return ""
    return numbers.percent(tally.filled / tally.cells, language)


def _timely(one: Delivery, language: Language) -> str:
    if one.received_on is None or one.due_on is None:
        return ""
    late = (one.received_on - one.due_on).days
    key = "on_time" if late <= 0 else "late_one" if late == 1 else "late"
    return words.say(f"receipts.{key}", language, days=abs(late))


def _figures(given: GivenBack, language: Language) -> Section:
    counted = {one.form for one in given.deliveries if one.counts}
    rows = []
    for measure in PER_PERSON:
        if measure.form not in given.profile.forms:
            continue
        label = words.say(f"receipts.m_{measure.id}", language)
        if measure.form in counted:
            own = _own(measure, given.own.get(measure.id), language)
            rows.append((label, own, _other(given, measure, language)))
        else:
            rows.append((label, _why_none(given, measure.form, language), _none(language)))
    if "contacts" in given.profile.forms:
        label = words.say("receipts.m_contacts", language)
        own = (
            _why_none(given, "contacts", language)
            if given.contacts is None
            else numbers.number(given.contacts, language)
        )
        rows.append((label, own, _none(language)))
    heading = words.say("receipts.section_figures", language)
    if not rows:
        return Section(heading, (words.say("receipts.no_figures", language),))
    heads = ("head_measure", "head_yours", "head_others")
    columns = tuple(words.say(f"receipts.{head}", language) for head in heads)
    return Section(heading, (), Table(columns, tuple(rows), numeric=(1, 2)))


def _why_none(given: GivenBack, form: str, language: Language) -> str:
    waiting = any(one.form == form and one.received_on for one in given.deliveries)
    return words.say("receipts.waits" if waiting else "receipts.not_submitted", language)


def _own(measure: Measure, tally: Tally | None, language: Language) -> str:
    if tally is None or (measure.rule == "days" and not tally.days):
        return "0" if measure.rule == "count" else _none(language)
    if measure.rule == "count":
        return numbers.number(tally.whole, language)
    if measure.rule == "days":
        return _days(median(tally.days), language)
    return words.say(
        "receipts.part_of",
        language,
        part=numbers.number(tally.part, language),
        whole=numbers.number(tally.whole, language),
    )


def _other(given: GivenBack, measure: Measure, language: Language) -> str:
    figure = _told(given, measure.id)
    if figure is None:
        return _none(language)
    if measure.rule == "share":
        return numbers.percent(figure, language)
    if measure.rule == "days":
        return words.say("receipts.about", language, amount=_days(figure, language))
    amount = numbers.number(figure, language)
    return words.say("receipts.about", language, amount=amount)


def _others_share(given: GivenBack, measure: str, language: Language) -> str:
    figure = _told(given, measure) if measure in given.own else None
    return "" if figure is None else numbers.percent(figure, language)


def _told(given: GivenBack, measure: str) -> float | None:
    if given.benchmarks is None:
        return None
    return given.benchmarks.figures.get(given.profile.organisation, {}).get(measure)


def _days(amount: float, language: Language) -> str:
    digits = 0 if amount == int(amount) else 1
    key = "day" if amount == 1 else "days"
    return words.say(f"receipts.{key}", language, days=numbers.number(amount, language, digits))


def _about_others(given: GivenBack, language: Language) -> Section:
    heading = words.say("receipts.section_others", language)
    if given.benchmarks is None:
        return Section(heading, (words.say(f"receipts.without_{given.without}", language),))
    drawn = numbers.day(given.benchmarks.drawn_on.isoformat(), language)
    lines = [words.say("receipts.others_are", language, day=drawn)]
    told = given.benchmarks.figures.get(given.profile.organisation, {})
    asked = [one.id for one in PER_PERSON if one.form in given.profile.forms]
    if not set(asked) <= set(told):
        parts = {"senders": LEFT + 1, "persons": LEAST_ALL}
        lines.append(words.say("receipts.others_rule", language, **parts))
    return Section(heading, tuple(lines))


def _read(language: Language) -> Section:
    keys = ("read_persons", "read_waiting", "read_wrong")
    lines = tuple(words.say(f"receipts.{key}", language) for key in keys)
    return Section(words.say("receipts.section_read", language), lines, listed=True)


def _none(language: Language) -> str:
    return words.say("receipts.not_told", language)
