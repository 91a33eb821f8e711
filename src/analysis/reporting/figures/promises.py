"""What was promised, ruled and delivered in, a grid out: the unknown has an owner."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.published import Language
from analysis.language import words
from analysis.reporting.figures.grid import Cell, Head, draw_grid
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.frames import Frame, Line, ids, lines, said
from analysis.reporting.shown import Shown

COLUMNS = ("promised", "rule", "delivered")


def promise_grid(id: str, rows: Frame, *, language: Language, source: str = "") -> Shown:
    """Draw subject by promised, rule and delivered.

    Parameters
    ----------
    rows : DataFrame
        Columns ``subject_da/_en``, ``promised_da/_en``, ``rule_da/_en``,
        ``delivered_da/_en`` (empty: not known), ``owed_da/_en`` (the body that owes
        what is not known) and ``rows`` (row ids, ``;`` between).
    """
    listed = lines(rows)
    title = _title(listed, language)
    sheet = Sheet(id, language, title, words.say("figures.promise_subtitle", language))
    if not listed:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        heads = [Head(198, sheet.say("promise_subject"))]
        heads += [Head(323, sheet.say(f"promise_{name}")) for name in COLUMNS]
        y = draw_grid(sheet, sheet.top, heads, [_cells(sheet, line) for line in listed])
    data = [
        (
            said(line, "subject", language),
            *(_told(line, name, language) for name in COLUMNS),
            line.get("rows", ""),
        )
        for line in listed
    ]
    named = ["subject", *COLUMNS]
    return sheet.finish(
        y,
        alt=[_alt(sheet, line) for line in data] or [sheet.say("not_submitted")],
        columns=[*(sheet.say(f"promise_{name}") for name in named), sheet.say("column.row")],
        data=data,
        rows=[row for line in listed for row in ids(line.get("rows", ""))],
        source=source,
    )


def _title(listed: Sequence[Line], language: Language) -> str:
    if not listed:
        return words.say("figures.promise_none", language)
    silent = sum(not said(line, "delivered", language) for line in listed)
    key = {0: "promise_all", len(listed): "promise_silent"}.get(silent, "promise_title")
    return words.say(f"figures.{key}", language, silent=silent, n=len(listed))


def _cells(sheet: Sheet, line: Line) -> list[Cell]:
    cells = [Cell(said(line, "subject", sheet.language), weight="bold")]
    for name in COLUMNS:
        told = said(line, name, sheet.language)
        if told:
            cells.append(Cell(told))
            continue
        owed = said(line, "owed", sheet.language) if name == "delivered" else ""
        note = sheet.say("owed_by", body=owed) if owed else ""
        unknown = words.capital(words.say("values.not_known", sheet.language))
        cells.append(Cell(unknown, note=note, weight="bold", hatched=True))
    return cells


def _told(line: Line, name: str, language: Language) -> str:
    told = said(line, name, language)
    if told:
        return told
    unknown = words.say("values.not_known", language)
    owed = said(line, "owed", language) if name == "delivered" else ""
    return f"{unknown} ({words.say('figures.owed_by', language, body=owed)})" if owed else unknown


def _alt(sheet: Sheet, line: Sequence[str]) -> str:
    parts = [
        f"{sheet.say(f'promise_{name}')}: {told}"
        for name, told in zip(COLUMNS, line[1:4], strict=True)
    ]
    return f"{line[0]} – {'; '.join(parts)}"
