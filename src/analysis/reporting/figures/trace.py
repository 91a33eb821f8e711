"""Findings of the earlier evaluation in, what answered them and what was later said out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.contracts.published import Language
from analysis.language import words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.sources import publisher_names, publishers_of
from analysis.reporting.figures.style import (
    BLUE,
    BODY,
    GREY,
    LINE,
    MARGIN,
    ORANGE,
    PALE,
    SMALL,
    WIDTH,
    line_height,
)
from analysis.reporting.frames import Frame, Line, by_id, distinct, lines, said
from analysis.reporting.shown import Shown

FIRST, SECOND, THIRD = 236.0, 300.0, 372.0
GAP = (WIDTH - 2 * MARGIN - FIRST - SECOND - THIRD) / 2
PAD = 8.0


def trace_map(
    id: str,
    trace: Frame,
    evaluation_findings: Frame,
    measures: Frame,
    *,
    language: Language,
    publishers: Frame = (),
    source: str = "",
) -> Shown:
    """Draw each finding of the earlier evaluation, its measures, and later findings.

    The relation stands on each line, as coded in the data. A finding without a
    measure or a later finding shows a hatched box that says so.

    Parameters
    ----------
    trace : DataFrame
        ``trace.csv``; ``evaluation_findings`` and ``measures`` hold its targets.
    publishers : DataFrame
        Code list ``publishers.csv``, for the source line.
    """
    links = lines(trace)
    said_of = {**by_id(measures), **by_id(evaluation_findings)}
    links = [line for line in links if line["finding"] in said_of and line["target"] in said_of]
    findings = distinct(line["finding"] for line in links)
    sheet = Sheet(id, language, _title(links, findings, language), _subtitle(links, language))
    if not links:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        y = _heads(sheet, sheet.top)
        for finding in findings:
            own = [line for line in links if line["finding"] == finding]
            y = _band(sheet, y + 8, said_of[finding], own, said_of)
    data = [_data(sheet, line, said_of) for line in links]
    return sheet.finish(
        y + 6,
        alt=[f"{finding} – {relation}: {target}" for finding, relation, target, _ in data]
        or [sheet.say("not_submitted")],
        columns=[sheet.say(f"column.{n}") for n in ("finding", "relation", "target", "row")],
        data=data,
        rows=[r for line in links for r in (line["finding"], line["target"], line["row_id"])],
        source=source,
        publishers=publishers_of(said_of[line["target"]] for line in links),
        names=publisher_names(publishers, language),
    )


def _title(links: Sequence[Line], findings: Sequence[str], language: Language) -> str:
    if not findings:
        return words.say("figures.trace_none", language)

    def having(relation: str) -> set[str]:
        return {line["finding"] for line in links if line["relation"] == relation}

    met, unmet = having("says_met"), having("says_unmet")
    later = {
        "met": met - unmet,
        "unmet": unmet - met,
        "disputed": met & unmet,
        "open": set(findings) - met - unmet,
    }
    told = [
        words.say(f"figures.trace_later_{name}", language, n=len(found))
        for name, found in later.items()
        if found
    ]
    answered = len(having("stated_response"))
    return words.say(
        "figures.trace_title", language, n=len(findings), answered=answered, later=", ".join(told)
    )


def _subtitle(links: Sequence[Line], language: Language) -> str:
    coders = ", ".join(distinct(line.get("coder", "") for line in links))
    key = "trace_subtitle" if coders else "trace_plain"
    return words.say(f"figures.{key}", language, coder=coders)


def _heads(sheet: Sheet, y: float) -> float:
    for x, name in (
        (MARGIN, "trace_finding"),
        (MARGIN + FIRST + GAP, "trace_measure"),
        (MARGIN + FIRST + SECOND + 2 * GAP, "trace_later"),
    ):
        sheet.write(x, y, sheet.say(name), weight="bold", colour=GREY)
    return y + 22


def _band(
    sheet: Sheet, y: float, finding: Line, links: Sequence[Line], said_of: Mapping[str, Line]
) -> float:
    middle = [line for line in links if line["step"] == "measure"]
    later = [line for line in links if line["step"] == "later_finding"]
    second = _boxes(sheet, MARGIN + FIRST + GAP, y + 8, SECOND, middle, said_of)
    third = _boxes(sheet, MARGIN + FIRST + SECOND + 2 * GAP, y + 8, THIRD, later, said_of)
    told = _told(finding, sheet.language)
    own = block_height(told, FIRST - 2 * PAD, BODY, "bold") + 2 * PAD
    low = max([y + 8 + own, *(box.bottom for box in (*second, *third))]) + 8
    sheet.rectangle(Box(MARGIN - 8, y, WIDTH - 2 * MARGIN + 16, low - y), fill=PALE, z=0.3)
    first = Box(MARGIN, (y + low - own) / 2, FIRST, own)
    _statement(sheet, first, told, BLUE, weight="bold")
    _join(sheet, first.right, first.centre[1], second, middle, "trace_no_measure")
    start = MARGIN + FIRST + GAP + SECOND
    _join(sheet, start, first.centre[1], third, later, "trace_no_later")
    return low


def _boxes(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    links: Sequence[Line],
    said_of: Mapping[str, Line],
) -> list[Box]:
    found = []
    for told, hatched in [
        (_told(said_of[line["target"]], sheet.language), False) for line in links
    ] or [(sheet.say("trace_nothing"), True)]:
        high = block_height(told, width - 2 * PAD - (16 if hatched else 0)) + 2 * PAD
        box = Box(x, y, width, high + (8 if hatched else 0))
        _statement(sheet, box, told, ORANGE if not hatched else LINE, hatched=hatched)
        found.append(box)
        y = box.bottom + 8
    return found


def _statement(
    sheet: Sheet,
    box: Box,
    told: str,
    colour: str,
    *,
    weight: str = "normal",
    hatched: bool = False,
) -> None:
    sheet.rounded(box, edge=colour, hatched=hatched, dashes="dashed" if hatched else "solid")
    inner = box.width - 2 * PAD - (16 if hatched else 0)
    left = box.left + PAD + (8 if hatched else 0)
    if hatched:
        plate = Box(left - 3, box.top + 8, inner + 6, box.height - 16)
        sheet.rectangle(plate, fill="white", z=4.5)
    sheet.middle(left, box.centre[1], told, width=inner, weight=weight)


def _join(
    sheet: Sheet,
    x: float,
    y: float,
    boxes: Sequence[Box],
    links: Sequence[Line],
    silent: str,
) -> None:
    """Draw a spine from ``x`` with a labelled branch to each box."""
    spine = x + 14
    ends = [box.centre[1] for box in boxes]
    if links:
        sheet.line((x + 2, y), (spine, y), colour="#555555", width=1.2)
        sheet.line((spine, min([y, *ends])), (spine, max([y, *ends])), colour="#555555", width=1.2)
    for box, line in zip(boxes, links, strict=False):
        end = box.centre[1]
        colour = "#555555"
        sheet.arrow((spine, end), (box.left - 1, end), colour=colour, width=1.2)
        relation = sheet.say(f"relation.{line['relation']}")
        wide = box.left - spine - 18
        # A second line goes below the arrow, so that the first stays inside its band.
        above = end - line_height(SMALL) - 1
        sheet.write(spine + 6, above, relation, size=SMALL, width=wide, colour=GREY)


def _told(line: Line, language: Language) -> str:
    """Word a box: who said it and when, or the plan's measure."""
    if "finding_en" not in line:
        return said(line, "measure", language)
    who = said(line, "evaluation", language)
    return f"{who}: {said(line, 'finding', language)}"


def _data(sheet: Sheet, line: Line, said_of: Mapping[str, Line]) -> tuple[str, str, str, str]:
    return (
        _told(said_of[line["finding"]], sheet.language),
        sheet.say(f"relation.{line['relation']}"),
        _told(said_of[line["target"]], sheet.language),
        line["row_id"],
    )
