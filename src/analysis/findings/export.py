"""A register of findings in; JSON with its schema, CSV, Parquet and a workbook out.

The same findings give the same bytes: no time, no machine and no path gets in.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from analysis.contracts.findings import Finding, Limits, from_json
from analysis.contracts.protocol import Departure
from analysis.contracts.published import SourceRow, Text
from analysis.contracts.values import NOT_KNOWN, Value
from analysis.findings import register, workbook

_arrow: Any = pyarrow
"""pyarrow comes without types."""

LIST_MARK = ";"
"""Between ids in a CSV cell."""
TEXT_MARK = " | "
"""Between sentences in a CSV cell."""

_TEXT, _NUMBER, _YEAR = _arrow.string(), _arrow.float64(), _arrow.int32()
_TEXTS = _arrow.list_(_TEXT)
_SIDES = ("before", "after")

COLUMNS: Mapping[str, Any] = {
    **dict.fromkeys(("id", "question_da", "question_en", "indicator", "country"), _TEXT),
    **dict.fromkeys(("baseline", "current", "basis", "grade", "verdict", "unit"), _TEXT),
    "estimate_kind": _TEXT,
    **dict.fromkeys(("estimate_low", "estimate_high", "limits_low", "limits_high"), _NUMBER),
    "limits_level": _NUMBER,
    "limits_method": _TEXT,
    "other_limits": _TEXTS,
    **{
        f"{side}_{name}": kind
        for side in _SIDES
        for name, kind in {
            "plan": _TEXT,
            "first_year": _YEAR,
            "last_year": _YEAR,
            "count_kind": _TEXT,
            "count_low": _NUMBER,
            "count_high": _NUMBER,
            "exposure": _NUMBER,
            "exposure_unit": _TEXT,
        }.items()
    },
    "method": _TEXT,
    **dict.fromkeys(("sentence_da", "sentence_en", "short_da", "short_en"), _TEXT),
    **dict.fromkeys(("caveats_da", "caveats_en", "assumptions_da", "assumptions_en"), _TEXTS),
    **dict.fromkeys(("contrary_da", "contrary_en", "contrary_rows", "breaks", "rows"), _TEXTS),
    **dict.fromkeys(("fingerprint", "notebook"), _TEXT),
    **dict.fromkeys(("limitations_da", "limitations_en"), _TEXTS),
    **dict.fromkeys(("protocol_sha256", "protocol_declared", "protocol_timing"), _TEXT),
    "protocol_question": _TEXT,
    "departures": _TEXTS,
}
"""Columns of ``findings.csv`` and ``findings.parquet``, with their types in the latter."""

_OF_IDS = ("contrary_rows", "breaks", "rows", "other_limits")


def write(
    findings: Sequence[register.Plain],
    folder: Path,
    sources: Mapping[str, SourceRow] | None = None,
    *,
    rehearsal: bool = False,
) -> tuple[Path, ...]:
    """Write the register in every form, and the schema beside it.

    Parameters
    ----------
    findings : sequence of dict
        As `register.collect` gathers them.
    folder : Path
        Made if missing; files of the same names are replaced.
    sources : mapping of str to SourceRow, optional
        Published rows by id, for the workbook's sheet of sources.
    rehearsal : bool
        Whether they rest on invented cases; the files are then named ``synthetic-findings``.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    FindingError
        If the findings break the schema, share an id or rest on synthetic data.
    """
    register.check(findings, rehearsal=rehearsal)
    folder.mkdir(parents=True, exist_ok=True)
    shaped = [from_json(one) for one in findings]
    lines = [line(finding) for finding in shaped]
    stem = Path(register.REHEARSED if rehearsal else register.REGISTER).stem
    written = [folder / f"{stem}.json", folder / register.SCHEMA]
    written += [folder / f"{stem}.{kind}" for kind in ("csv", "parquet", "xlsx")]
    written[0].write_text(_json(findings), encoding="utf-8", newline="\n")
    written[1].write_text(register.schema(), encoding="utf-8", newline="\n")
    _write_csv(lines, written[2])
    _write_parquet(lines, written[3])
    workbook.write(shaped, sources or {}, written[4], rehearsal=rehearsal)
    return tuple(written)


def line(finding: Finding) -> dict[str, Any]:
    """Lay a finding out as one line of `COLUMNS`; what is not known is None."""
    return {
        **{
            name: getattr(finding, name)
            for name in COLUMNS
            if hasattr(finding, name) and name != "other_limits"
        },
        **{
            f"{name}_{language}": getattr(finding, name).said_in(language)
            for name in ("question", "sentence", "short")
            for language in ("da", "en")
        },
        **_bounds("estimate", finding.estimate),
        **_limits(finding.limits),
        "other_limits": [_one_cell(pair) for pair in finding.other_limits],
        **_sides(finding),
        **_said("caveats", finding.caveats),
        **_said("assumptions", finding.assumptions),
        **_said("limitations", finding.limitations),
        **{
            f"protocol_{name}": getattr(finding.protocol, name)
            for name in ("sha256", "declared", "timing", "question")
        },
        "departures": [_departed(one) for one in finding.protocol.departures],
        **_said("contrary", [one.text for one in finding.contrary]),
        "contrary_rows": [row for one in finding.contrary for row in one.rows],
        "breaks": list(finding.breaks),
        "rows": list(finding.rows),
    }


def _bounds(name: str, value: Value) -> dict[str, Any]:
    return {f"{name}_kind": value.kind, f"{name}_low": value.low, f"{name}_high": value.high}


def _limits(pair: Limits | None) -> dict[str, Any]:
    names = ("low", "high", "level", "method")
    return {f"limits_{name}": getattr(pair, name) if pair else None for name in names}


def _one_cell(pair: Limits) -> str:
    return f"{pair.method} {pair.level!r}: {pair.low!r} to {pair.high!r}"


def _departed(one: Departure) -> str:
    return f"{one.aspect}: {one.registered} registered, {one.computed or 'nothing'} computed"


def _sides(finding: Finding) -> dict[str, Any]:
    """Lay the sides out as before and after; a single side is that of the current plan."""
    sides = dict(zip(reversed(_SIDES), reversed(finding.sides), strict=False))
    laid: dict[str, Any] = {}
    for name in _SIDES:
        side = sides.get(name)
        laid |= _bounds(f"{name}_count", side.count if side else NOT_KNOWN)
        for part in ("plan", "first_year", "last_year", "exposure", "exposure_unit"):
            laid[f"{name}_{part}"] = getattr(side, part) if side else None
    return laid


def _said(name: str, texts: Iterable[Text]) -> dict[str, list[str]]:
    listed = list(texts)
    return {
        f"{name}_da": [text.da for text in listed],
        f"{name}_en": [text.en for text in listed],
    }


def _json(findings: Sequence[register.Plain]) -> str:
    whole = json.dumps(list(findings), ensure_ascii=False, indent=2, allow_nan=False)
    return whole + "\n"


def _write_csv(lines: Sequence[Mapping[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(name, one[name]) for name in COLUMNS] for one in lines)


def _cell(name: str, content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, list):
        return (LIST_MARK if name in _OF_IDS else TEXT_MARK).join(content)
    return repr(content) if isinstance(content, float) else str(content)


def _write_parquet(lines: Sequence[Mapping[str, Any]], path: Path) -> None:
    table = _arrow.Table.from_pylist(
        [{name: one[name] for name in COLUMNS} for one in lines],
        schema=_arrow.schema(list(COLUMNS.items())),
    )
    _arrow.parquet.write_table(table, path, compression="zstd")
