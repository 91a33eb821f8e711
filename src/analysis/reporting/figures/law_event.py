"""An event study around a law in, its estimates with bands by years since the law out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language
from analysis.language import numbers, words
from analysis.reporting.figures.axes import LinearAxis
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.panel import draw_ticks
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    BLUE,
    GREY,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
)
from analysis.reporting.figures.verdicts import verdict_words
from analysis.reporting.shown import Shown

HEIGHT, AXIS = 280.0, 60.0


class Effect(Protocol):
    """An estimate."""

    @property
    def value(self) -> float:
        """In the outcome's unit."""


class Event(Protocol):
    """The estimate so many years after the law, with a band that holds for all at once."""

    @property
    def since(self) -> int:
        """Years since the law; negative before it."""

    @property
    def effect(self) -> Effect:
        """Difference to countries without the law."""

    @property
    def band_low(self) -> float:
        """Lower end of the band."""

    @property
    def band_high(self) -> float:
        """Upper end of the band."""


class EventStudy(Protocol):
    """Estimates by years since, and the year they are all compared with."""

    @property
    def events(self) -> Sequence[Event]:
        """Ascending."""

    @property
    def reference(self) -> int | None:
        """The year without an estimate."""


class Found(Protocol):
    """What a staggered study found."""

    @property
    def by_event(self) -> EventStudy:
        """By years since the law."""


@runtime_checkable
class Studied(Protocol):
    """A study of laws that came in different years."""

    @property
    def found(self) -> Found:
        """The estimates."""

    @property
    def lawful(self) -> int:
        """Countries that got the law."""


def law_event(id: str, result: object, finding: Finding, *, language: Language) -> Shown:
    """Draw the score's course around the law, labelled as a by-product.

    Parameters
    ----------
    result : object
        A `Studied`; anything else is said to be no result, with the finding's words.
    """
    if not isinstance(result, Studied):
        sheet = Sheet(id, language, _say("laws_none", language), _say("laws_subtitle", language))
        told = finding.short.said_in(language)
        y = sheet.silence(sheet.top, told)
        return sheet.finish(y, alt=[told], columns=_columns(language), data=(), rows=finding.rows)
    verdict = verdict_words(finding.verdict, language)
    title = _say("laws_title", language, lawful=result.lawful, verdict=verdict)
    sheet = Sheet(id, language, title, _say("laws_subtitle", language))
    y = _draw(sheet, result.found.by_event)
    data = [_line(event, language) for event in result.found.by_event.events]
    return sheet.finish(
        y,
        alt=[sheet.subtitle, *(_told(event, language) for event in result.found.by_event.events)],
        columns=_columns(language),
        data=data,
        rows=finding.rows,
        publishers=("cho",),
    )


def _draw(sheet: Sheet, study: EventStudy) -> float:
    box = Box(MARGIN + AXIS, sheet.top + 4, WIDTH - 2 * MARGIN - AXIS - 10, HEIGHT)
    bounds = [bound for event in study.events for bound in (event.band_low, event.band_high)]
    axis = LinearAxis.around(bounds, box.bottom, box.top)
    times = range(study.events[0].since, study.events[-1].since + 1)
    band = box.width / len(times)
    draw_ticks(sheet, box, axis, signed=True)
    x = box.left + -times[0] * band
    sheet.line((x, box.top), (x, box.bottom), colour=LINE, dashes="dashed", z=1.5)
    for event in study.events:
        _mark(sheet, axis, box.left + (event.since - times[0] + 0.5) * band, event)
    for turn, since in enumerate(times):
        x = box.left + (turn + 0.5) * band
        told = _years(since, sheet.language)
        sheet.write(x, box.bottom + 4, told, size=SMALL, ha="center", colour=GREY)
        if since == study.reference:
            sheet.mark(x, axis.place(0), "s", colour=GREY, size=7, hollow=True)
            told = _say("laws_reference", sheet.language)
            sheet.write(x, axis.place(0) + 8, told, size=SMALL, ha="center", width=band)
    sheet.line((box.left, box.bottom), (box.right, box.bottom), colour=LINE)
    axis_name = _say("laws_axis", sheet.language)
    sheet.write(box.centre[0], box.bottom + 22, axis_name, size=SMALL, ha="center")
    return box.bottom + 44


def _mark(sheet: Sheet, axis: LinearAxis, x: float, event: Event) -> None:
    low, high = axis.place(event.band_low), axis.place(event.band_high)
    before = event.since < 0
    colour = GREY if before else BLUE
    sheet.line((x, low), (x, high), colour=colour, width=2.0, z=3)
    for y in (low, high):
        sheet.line((x - 5, y), (x + 5, y), colour=colour, width=1.6, z=3)
    sheet.mark(x, axis.place(event.effect.value), "o", colour=colour, size=8, hollow=before)


def _line(event: Event, language: Language) -> tuple[str, str, str]:
    band = _say(
        "range",
        language,
        low=numbers.signed(event.band_low, language),
        high=numbers.signed(event.band_high, language),
    )
    return _years(event.since, language), numbers.signed(event.effect.value, language), band


def _told(event: Event, language: Language) -> str:
    return _say(
        "laws_alt",
        language,
        since=_years(event.since, language),
        effect=numbers.signed(event.effect.value, language),
        low=numbers.signed(event.band_low, language),
        high=numbers.signed(event.band_high, language),
    )


def _years(since: int, language: Language) -> str:
    return numbers.signed(since, language, 0).removeprefix("+")


def _columns(language: Language) -> list[str]:
    return [_say(f"column_{name}", language) for name in ("since", "effect", "band")]


def _say(key: str, language: Language, **parts: str | int) -> str:
    return words.say(f"comparators.{key}", language, **parts)
