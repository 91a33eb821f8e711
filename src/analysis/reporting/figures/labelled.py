"""A drawn sheet in, a picture out that says wherever it goes when its numbers are invented."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.published import Language
from analysis.language import words
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.simulated import invented
from analysis.reporting.figures.watermark import watermark
from analysis.reporting.shown import Shown


def labelled_title(title: str, language: Language, *, synthetic: bool) -> str:
    """Begin the title of invented numbers with the word."""
    return words.say("simulation.titled", language, title=title) if synthetic else title


def finish_labelled(
    sheet: Sheet,
    bottom: float,
    *,
    synthetic: bool,
    alt: Sequence[str],
    columns: Sequence[str],
    data: Sequence[Sequence[str]],
    rows: Sequence[str],
    source: str,
) -> Shown:
    """Finish a sheet; invented numbers get watermark, note and a column of data that says so.

    The title (see `labelled_title`) begins the text alternative. Invented numbers rest on no
    row of the record, so ``rows`` and ``source`` are left out.
    """
    if not synthetic:
        return sheet.finish(bottom, alt=alt, columns=columns, data=data, rows=rows, source=source)
    watermark(sheet, words.say("simulation.watermark", sheet.language), bottom)
    basis = words.say("simulation.basis", sheet.language)
    return sheet.finish(
        invented(sheet, bottom),
        alt=alt,
        columns=[words.say("simulation.column_basis", sheet.language), *columns],
        data=[(basis, *line) for line in data],
        rows=(),
    )
