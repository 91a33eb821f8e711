"""Bodies and their ties in, one picture a plan out: same bodies, same places, letters on arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.contracts.published import Language, Plan
from analysis.language import words
from analysis.reporting.figures.geometry import Box, Point
from analysis.reporting.figures.places import lay_out
from analysis.reporting.figures.routes import Route, letter_place, route
from analysis.reporting.figures.sheet import Dashes, Sheet
from analysis.reporting.figures.sources import publisher_names, publishers_of
from analysis.reporting.figures.style import (
    GREY,
    INK,
    LINE,
    MARGIN,
    PALE,
    SMALL,
    WIDTH,
    Look,
    look,
    main_plans,
    text_width,
)
from analysis.reporting.figures.ties import FRAMED, Tie, join
from analysis.reporting.frames import Frame, Line, by_id, lines, said
from analysis.reporting.shown import Shown

KINDS = (
    "reports_to",
    "supplies_data_to",
    "has_agreement_with",
    "coordinates",
    "monitors",
    "answers",
)
# A body without a tie belongs in the picture only where its absence is the point.
ALWAYS = ("agreement", "centre", "not_involved")
BETWEEN = 40.0
DASHED: Dashes = (0.0, (4.0, 2.4))


def who_does_what(
    id: str,
    organisations: Frame,
    roles: Frame,
    ties: Frame,
    plans: Sequence[Plan],
    *,
    language: Language,
    publishers: Frame = (),
    source: str = "",
) -> Shown:
    """Draw who reports, supplies data, coordinates and monitors under each plan.

    Both panels hold the same bodies in the same places. A body whose role is not
    known is a hatched grey box with dashed edge, one that did not exist is dotted.
    A tie that all framed bodies share is one arrow to or from the frame.

    Parameters
    ----------
    organisations, roles, ties : DataFrame
        ``organisations.csv``, ``roles.csv``, ``ties.csv``; ties and roles of other
        plans are ignored, those of an amendment count for the plan it amends.
    publishers : DataFrame
        Code list ``publishers.csv``, for the source line.
    """
    main = main_plans(plans)
    owner = {plan.id: plan.amends or plan.id for plan in plans}
    tied = [line for line in lines(ties) if line.get("plan_id") in owner]
    held = [line for line in lines(roles) if line.get("plan_id") in owner]
    bodies = _bodies(organisations, tied)
    sheet = Sheet(
        id,
        language,
        _title(bodies, tied, owner, main, language),
        words.say("figures.network_subtitle", language),
    )
    if not bodies or not main:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        y = _draw(sheet, bodies, held, tied, owner, plans)
    data = [_data(sheet, line, bodies, owner, main) for line in tied] if bodies else []
    return sheet.finish(
        y,
        alt=[f"{plan}: {first} {kind} {second}" for plan, first, kind, second, _ in data]
        or [sheet.say("not_submitted")],
        columns=[sheet.say(f"column.{n}") for n in ("plan", "from", "tie", "to", "row")],
        data=data,
        rows=[
            *(line["row_id"] for line in bodies.values()),
            *(line["row_id"] for line in (*held, *tied) if _of(line) & set(bodies)),
        ],
        source=source,
        publishers=publishers_of((*bodies.values(), *held, *tied)),
        names=publisher_names(publishers, language),
    )


def _of(line: Line) -> set[str]:
    return {line[name] for name in ("org_id", "from_org", "to_org") if name in line}


def _bodies(organisations: Frame, tied: Sequence[Line]) -> dict[str, dict[str, str]]:
    named = {end for line in tied for end in (line["from_org"], line["to_org"])}
    return {
        name: line
        for name, line in by_id(organisations, "org_id").items()
        if name in named or line.get("group") in ALWAYS
    }


def _title(
    bodies: Mapping[str, Line],
    tied: Sequence[Line],
    owner: Mapping[str, str],
    main: Sequence[Plan],
    language: Language,
) -> str:
    """Name the body with most documented ties under each plan."""
    if not bodies:
        return words.say("figures.network_none", language)
    parts = []
    if not tied:
        return words.say("figures.network_untied", language)
    for plan in main:
        own = [line for line in tied if owner[line["plan_id"]] == plan.id]
        short = plan.short.said_in(language)
        if not own:
            parts.append(words.say("figures.network_silent", language, plan=short))
            continue
        ends = [end for line in own for end in {line["from_org"], line["to_org"]}]
        most = max(ends.count(name) for name in bodies)
        busiest = [
            said(line, "short", language)
            for name, line in bodies.items()
            if ends.count(name) == most
        ]
        who = words.joined(busiest, language)
        parts.append(words.say("figures.network_most", language, plan=short, body=who))
    return words.say("figures.network_title", language, parts=words.joined(parts, language))


def _draw(
    sheet: Sheet,
    bodies: Mapping[str, Line],
    held: Sequence[Line],
    tied: Sequence[Line],
    owner: Mapping[str, str],
    plans: Sequence[Plan],
) -> float:
    main = main_plans(plans)
    wide = (WIDTH - 2 * MARGIN - BETWEEN * (len(main) - 1)) / len(main)
    short = {name: said(line, "short", sheet.language) for name, line in bodies.items()}
    sizes = {name: text_width(label, SMALL) + 16 for name, label in short.items()}
    groups = {name: line["group"] for name, line in bodies.items()}
    pairs = [(line["from_org"], line["to_org"]) for line in tied]
    low = sheet.top
    for turn, plan in enumerate(main):
        left = MARGIN + turn * (wide + BETWEEN)
        style = look(plans, plan.id)
        y = sheet.write(
            left + wide / 2,
            sheet.top,
            plan.short.said_in(sheet.language),
            weight="bold",
            size=11,
            ha="center",
            colour=style.words,
        )
        boxes = lay_out(groups, sizes, pairs, Box(left, y + 6, wide, 0))
        own_ties = [line for line in tied if owner[line["plan_id"]] == plan.id]
        own_roles = [line for line in held if owner[line["plan_id"]] == plan.id]
        _draw_frame(sheet, boxes, groups)
        _draw_ties(sheet, join(own_ties, groups), boxes, groups, style)
        for name, box in boxes.items():
            known = _known(name, own_roles, own_ties)
            _draw_body(sheet, box, short[name], known, style)
            if known == "not_involved":
                told = sheet.say("not_involved")
                sheet.write(
                    box.centre[0], box.bottom + 2, told, size=SMALL, ha="center", colour=GREY
                )
        low = max(low, *(box.bottom for box in boxes.values()))
    return _draw_key(sheet, low + 26)


def _known(name: str, held: Sequence[Line], tied: Sequence[Line]) -> str:
    states = {line["known"] for line in held if line["org_id"] == name}
    if "did_not_exist" in states:
        return "did_not_exist"
    if any(line["org_id"] == name and line["role"] == "not_involved" for line in held):
        return "not_involved"
    if states & {"stated", "inferred"} or any(name in _of(line) for line in tied):
        return "stated"
    return "not_found"


def _frame(boxes: Mapping[str, Box], groups: Mapping[str, str]) -> Box | None:
    own = [box for name, box in boxes.items() if groups[name] == FRAMED]
    if len(own) < 2:
        return None
    left, top = min(box.left for box in own) - 8, min(box.top for box in own) - 8
    right, bottom = max(box.right for box in own) + 8, max(box.bottom for box in own) + 24
    return Box(left, top, right - left, bottom - top)


def _draw_frame(sheet: Sheet, boxes: Mapping[str, Box], groups: Mapping[str, str]) -> None:
    frame = _frame(boxes, groups)
    if frame is not None:
        sheet.rounded(frame, fill=PALE, edge=LINE, width=1, z=0.6)
        sheet.write(
            frame.centre[0],
            frame.bottom - 19,
            sheet.say("network_agreement"),
            size=SMALL,
            ha="center",
            colour=GREY,
        )


def _draw_ties(
    sheet: Sheet,
    ties: Sequence[Tie],
    boxes: Mapping[str, Box],
    groups: Mapping[str, str],
    style: Look,
) -> None:
    frame = _frame(boxes, groups)
    places = dict(boxes) if frame is None else {**boxes, FRAMED: frame}
    drawn: dict[tuple[str, str], Route] = {}
    taken: list[Point] = []
    for tie in ties:
        inside = {name for name, group in groups.items() if group == FRAMED}
        ends = {tie.start, tie.end} | (inside if FRAMED in (tie.start, tie.end) else set())
        others = [box for name, box in boxes.items() if name not in ends]
        back = drawn.get((tie.end, tie.start))
        found = route(places[tie.start], places[tie.end], others, back)
        drawn[tie.start, tie.end] = found
        _draw_route(sheet, found, tie, style)
        point = letter_place(found, list(boxes.values()), taken)
        taken.append(point)
        _letter(sheet, point, tie, style)


def _draw_route(sheet: Sheet, found: Route, tie: Tie, style: Look) -> None:
    sheet.curve(
        found.start,
        found.bend,
        found.end,
        colour=style.colour,
        width=1.3,
        dashes=DASHED if tie.inferred else "solid",
    )


def _letter(sheet: Sheet, point: Point, tie: Tie, style: Look) -> None:
    letters = " ".join(sheet.say(f"letter.{kind}") for kind in tie.kinds)
    wide = text_width(letters, SMALL, "bold") + 6
    plate = Box(point[0] - wide / 2, point[1] - 8, wide, 16)
    sheet.rectangle(plate, fill="white", z=5.5)
    sheet.middle(
        point[0], point[1], letters, size=SMALL, weight="bold", ha="center", colour=style.words
    )


def _draw_body(sheet: Sheet, box: Box, label: str, known: str, style: Look) -> None:
    if known in ("stated", "not_involved"):
        sheet.rounded(box, edge=style.colour if known == "stated" else LINE)
    elif known == "did_not_exist":
        sheet.rounded(box, edge=LINE, dashes="dotted", width=1.3)
    else:
        sheet.rounded(box, edge="#9A9A9A", dashes="dashed", width=1.2, hatched=True)
        plate = Box(box.left + 5, box.top + 4, box.width - 10, box.height - 8)
        sheet.rectangle(plate, fill="white", z=4.5)
    colour = INK if known == "stated" else GREY
    sheet.middle(box.centre[0], box.centre[1], label, size=SMALL, ha="center", colour=colour)


def _draw_key(sheet: Sheet, y: float) -> float:
    """Say what the letters and boxes mean, from left to right."""
    x = MARGIN
    for kind in KINDS:
        letter, told = sheet.say(f"letter.{kind}"), sheet.say(f"tie.{kind}")
        indent = text_width(letter, SMALL, "bold") + 6
        wide = indent + text_width(told, SMALL) + 24
        if x + wide > WIDTH - MARGIN:
            x, y = MARGIN, y + 22
        sheet.write(x, y, letter, size=SMALL, weight="bold")
        sheet.write(x + indent, y, told, size=SMALL)
        x += wide
    y, x = y + 26, MARGIN
    for known in ("stated", "not_found", "did_not_exist"):
        told = sheet.say(f"known.{known}")
        _draw_body(sheet, Box(x, y, 44, 18), "", known, look((), ""))
        sheet.write(x + 52, y, told, size=SMALL)
        x += 52 + text_width(told, SMALL) + 30
    lines_drawn: tuple[tuple[str, Dashes], ...] = (("solid", "solid"), ("dashed", DASHED))
    for name, dashes in lines_drawn:
        told = sheet.say(f"key_{name}")
        sheet.curve((x, y + 9), (x + 22, y + 9), (x + 44, y + 9), colour=GREY, dashes=dashes)
        sheet.write(x + 52, y, told, size=SMALL)
        x += 52 + text_width(told, SMALL) + 30
    return y + 24


def _data(
    sheet: Sheet,
    line: Line,
    bodies: Mapping[str, Line],
    owner: Mapping[str, str],
    main: Sequence[Plan],
) -> tuple[str, str, str, str, str]:
    plan = next(plan for plan in main if plan.id == owner[line["plan_id"]])

    def name(org: str) -> str:
        return said(bodies.get(org, {}), "short", sheet.language) or org

    kind = sheet.say(f"tie.{line['kind']}")
    if line["known"] == "inferred":
        kind = f"{kind} ({sheet.say('inferred')})"
    return (
        plan.short.said_in(sheet.language),
        name(line["from_org"]),
        kind,
        name(line["to_org"]),
        line["row_id"],
    )
