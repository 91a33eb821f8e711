"""Bodies by group in, a box for each out: rows by group, ordered so that ties cross little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.reporting.figures.geometry import Box

# From those who look on, down to those who meet victims.
ROWS: tuple[tuple[str, ...], ...] = (
    ("monitor", "international"),
    ("parliament",),
    ("ministry",),
    ("centre", "authority"),
    ("agreement",),
    ("ngo", "not_involved", "evaluator"),
)
HEIGHT, STEP, CLOSER, SWEEPS = 28.0, 104.0, 30.0, 8


def lay_out(
    groups: Mapping[str, str],
    widths: Mapping[str, float],
    pairs: Sequence[tuple[str, str]],
    area: Box,
) -> dict[str, Box]:
    """Return a box for each body, in rows by group, below the top of ``area``.

    Within a row, bodies are ordered by the mean place of those they are tied to
    (Sugiyama, Tagawa & Toda 1981, barycentres); equal ones keep their order.
    """
    rows = [list(found) for found in _rows(groups)]
    for _ in range(SWEEPS):
        places = _shares(rows)
        for row in rows:
            mean = {name: _mean(name, pairs, places) for name in row}
            row.sort(key=lambda name: (mean[name], name))
    found: dict[str, Box] = {}
    y = area.top + 4
    for row in rows:
        if found and not any(name in pair for name in row for pair in pairs):
            y -= CLOSER  # No arrow needs room above bodies without ties.
        for line in _lines(row, widths, area.width):
            found |= _spread(line, widths, area, y)
            y += STEP
    return found


def _rows(groups: Mapping[str, str]) -> list[list[str]]:
    listed = {group for row in ROWS for group in row}
    rows = [[name for name, group in groups.items() if group in row] for row in ROWS]
    rows[-1] += [name for name, group in groups.items() if group not in listed]
    return [row for row in rows if row]


def _shares(rows: Sequence[Sequence[str]]) -> dict[str, float]:
    return {name: (turn + 1) / (len(row) + 1) for row in rows for turn, name in enumerate(row)}


def _mean(name: str, pairs: Sequence[tuple[str, str]], places: Mapping[str, float]) -> float:
    others = [b if a == name else a for a, b in pairs if name in (a, b)]
    known = [places[other] for other in others if other in places]
    # Rounding keeps the order the same on every machine.
    return round(sum(known) / len(known), 6) if known else places[name]


def _lines(row: Sequence[str], widths: Mapping[str, float], width: float) -> list[list[str]]:
    """Break a row that is too wide into several."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for name in row:
        if lines[-1] and used + widths[name] + 10 > width:
            lines.append([])
            used = 0.0
        lines[-1].append(name)
        used += widths[name] + 10
    return lines


def _spread(
    line: Sequence[str], widths: Mapping[str, float], area: Box, y: float
) -> dict[str, Box]:
    free = area.width - sum(widths[name] for name in line)
    gap = free / (len(line) + 1)
    x, found = area.left + gap, {}
    for name in line:
        found[name] = Box(x, y, widths[name], HEIGHT)
        x += widths[name] + gap
    return found
