"""A protocol in, a refusal out where it contradicts itself: what no schema can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from analysis.contracts.protocol import Protocol, Question, Years
from analysis.errors import EvaluationError


def check_protocol(file: str, protocol: Protocol) -> None:
    """Refuse a protocol that could not be kept.

    Raises
    ------
    EvaluationError
        If its date is no day, a question stands twice, two questions share a primary
        finding, ``primary`` and the questions disagree, years run backwards or overlap, or
        the grid leaves out what is registered.
    """
    lines = [f"{file}: at protocol.{place}: {wrong}" for place, wrong in _faults(protocol)]
    if lines:
        raise EvaluationError("\n".join(lines))


def _faults(protocol: Protocol) -> Iterator[tuple[str, str]]:
    if not _is_day(protocol.written):
        yield "written", "there is no such day. Write the day it was laid down, as YYYY-MM-DD."
    yield from _twice("id", [one.id for one in protocol.questions])
    yield from _twice("primary", [one.primary for one in protocol.questions])
    if protocol.questions:
        yield from _unlike(protocol)
    for place, question in enumerate(protocol.questions):
        for fault in _of_years(question):
            yield f"questions[{place}]", fault
    levels = protocol.grid.get("level")
    if levels is not None and protocol.level not in levels:
        yield (
            "grid.level",
            "the registered level is not among its choices. A grid holds the registered "
            "analysis too: add it.",
        )


def _twice(key: str, named: list[str]) -> Iterator[tuple[str, str]]:
    twice = [name for name, count in Counter(named).items() if count > 1]
    if twice:
        yield (
            "questions",
            f"values of {key} that stand twice ({len(twice)}): {', '.join(twice)}. "
            "Give each question its own; one question has one primary finding.",
        )


def _unlike(protocol: Protocol) -> Iterator[tuple[str, str]]:
    asked = [one.primary for one in protocol.questions]
    for place, these, those in (
        ("primary", protocol.primary, asked),
        ("questions", asked, protocol.primary),
    ):
        lone = [id for id in these if id not in those]
        if lone:
            yield (
                place,
                f"findings that the other list lacks ({len(lone)}): {', '.join(lone)}. "
                "Name in primary what the questions name, and nothing else.",
            )


def _of_years(question: Question) -> Iterator[str]:
    for name, span in (("before", question.before), ("after", question.after)):
        if span and span[0] > span[1]:
            yield f"{name} ends before it begins. Write the first year, then the last."
    if question.before and question.after and _overlap(question.before, question.after):
        yield "before and after overlap. Let after begin when before has ended."


def _overlap(before: Years, after: Years) -> bool:
    return after[0] <= before[1]


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True
