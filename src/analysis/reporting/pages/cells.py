"""Words of a page in, what must not break in them out: numbers whole, columns wide enough."""

from __future__ import annotations

from markupsafe import Markup as Safe
from markupsafe import escape

from analysis.contracts.outputs import Table
from analysis.reporting.manuscript.intervals import WHOLE

_SHORT = 13  # signs: a cell of no more stays on one line, where few columns share the width
_ADDRESS = 30  # signs: a longer word is an address or an id, and may break
_SEVERAL, _FEW = 5, 8  # columns
_WORDY, _SENTENCES = 24, 80  # signs of the longest cell, from which a column must be wider


def unbroken(text: str) -> Safe:
    """Escape words for a page, each interval and each number with its error on one line."""
    kept, end = [], 0
    for span in WHOLE.finditer(text):
        kept += [str(escape(text[end : span.start()]))]
        kept += [f'<span class="whole">{escape(span.group())}</span>']
        end = span.end()
    return Safe("".join([*kept, str(escape(text[end:]))]))


def of_table(table: Table) -> str:
    """Return the classes of a table: the more columns, the smaller the type."""
    columns = len(table.columns)
    return " many" * (columns > _SEVERAL) + " most" * (columns > _FEW)


def of_column(table: Table, place: int) -> str:
    """Return the classes of a column: its side, and how much room its longest cell asks for."""
    longest = _longest(table, place)
    side = "right" if table.columns[place].align == "right" else ""
    room = "sentences" if longest > _SENTENCES else "wordy" if longest > _WORDY else ""
    return " ".join(filter(None, (side, room, _stays(table, place))))


def of_cell(table: Table, place: int, cell: str) -> str:
    """Return the classes of a cell: its side, whether it is short enough for one line.

    What a line is about ``stays`` in sight where its column is narrow.
    """
    side = "right" if table.columns[place].align == "right" else ""
    whole = len(cell) <= _SHORT and len(table.columns) <= _FEW
    address = any(len(word) > _ADDRESS for word in cell.split())
    said = side, "whole" if whole else "", "address" if address else "", _stays(table, place)
    return " ".join(filter(None, said))


def _stays(table: Table, place: int) -> str:
    return "stays" if place == 0 and _longest(table, place) <= _WORDY else ""


def _longest(table: Table, place: int) -> int:
    return max((len(line[place]) for line in table.cells), default=0)
