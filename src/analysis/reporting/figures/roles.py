"""Bodies and their roles in, a grid out: before and after side by side, the unknown hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.contracts.published import Language, Plan
from analysis.language import words
from analysis.reporting.figures.grid import Cell, Head, draw_grid
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.sources import publisher_names, publishers_of
from analysis.reporting.figures.style import GREY, INK, MARGIN, WIDTH, look, main_plans
from analysis.reporting.frames import Frame, Line, by_id, distinct, lines, said
from analysis.reporting.shown import Shown

GROUPS = (
    "ministry",
    "centre",
    "authority",
    "agreement",
    "ngo",
    "parliament",
    "international",
    "monitor",
    "evaluator",
    "not_involved",
)
NAME = 300.0


def roles_grid(
    id: str,
    organisations: Frame,
    roles: Frame,
    plans: Sequence[Plan],
    *,
    language: Language,
    codes: Frame = (),
    publishers: Frame = (),
    source: str = "",
) -> Shown:
    """Draw each body with its roles under each plan.

    Parameters
    ----------
    organisations, roles : DataFrame
        ``organisations.csv`` and ``roles.csv``; a body with no known role under
        any of the plans is left out. Roles of an amendment count for the plan it amends.
    codes : DataFrame
        Code list of roles (``code``, ``label_da``, ``label_en``); without it a
        role is told in the words of its row. Roles that we infer come last.
    publishers : DataFrame
        Code list ``publishers.csv``, for the source line.
    """
    owner = {plan.id: plan.amends or plan.id for plan in plans}
    held = [line for line in lines(roles) if line.get("plan_id") in owner]
    bodies = _bodies(organisations, held)
    main = main_plans(plans)
    labels = {code: said(line, "label", language) for code, line in by_id(codes, "code").items()}
    told = {
        (name, plan.id): _told(name, plan, held, owner, labels, language)
        for name in bodies
        for plan in main
    }
    title = _title(told, bodies, main, held, owner, language)
    sheet = Sheet(id, language, title, words.say("figures.roles_subtitle", language))
    if not bodies:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        y = draw_grid(sheet, sheet.top, _heads(sheet, plans), _cells(sheet, bodies, main, told))
    data = [
        (said(line, "name", language), *(told[name, plan.id].words for plan in main))
        for name, line in bodies.items()
    ]
    return sheet.finish(
        y,
        alt=[_alt(line, main, language) for line in data] or [sheet.say("not_submitted")],
        columns=[sheet.say("column.body"), *(plan.short.said_in(language) for plan in main)],
        data=data,
        rows=[
            *(line["row_id"] for line in bodies.values()),
            *(line["row_id"] for line in held if line["org_id"] in bodies),
        ],
        source=source,
        publishers=publishers_of(
            [*bodies.values(), *(line for line in held if line["org_id"] in bodies)]
        ),
        names=publisher_names(publishers, language),
    )


def _bodies(organisations: Frame, held: Sequence[Line]) -> dict[str, dict[str, str]]:
    named = {line["org_id"] for line in held if line["known"] != "not_found"}
    kept = {name: line for name, line in by_id(organisations, "org_id").items() if name in named}
    order = {group: turn for turn, group in enumerate(GROUPS)}
    return dict(sorted(kept.items(), key=lambda item: order.get(item[1].get("group", ""), 99)))


def _told(
    name: str,
    plan: Plan,
    held: Sequence[Line],
    owner: Mapping[str, str],
    labels: Mapping[str, str],
    language: Language,
) -> Cell:
    own = [one for one in held if one["org_id"] == name and owner[one["plan_id"]] == plan.id]
    if any(line["known"] == "did_not_exist" for line in own):
        return Cell(words.say("figures.known.did_not_exist", language), dotted=True, colour=GREY)
    known = [line for line in own if line["known"] in ("stated", "inferred")]
    if not known:
        return Cell(words.say("figures.role_unknown", language), hatched=True, colour=GREY)
    sure = {line["role"] for line in known if line["known"] == "stated"}
    named = {role: _role(role, known, labels, language) for role in _roles(known)}
    stated = "; ".join(told for role, told in named.items() if role in sure)
    inferred = ", ".join(told for role, told in named.items() if role not in sure)
    if inferred:
        inferred = words.say("figures.inferred_roles", language, roles=inferred)
    return Cell(words.capital("; ".join(part for part in (stated, inferred) if part)), colour=INK)


def _roles(known: Sequence[Line]) -> tuple[str, ...]:
    return distinct(line["role"] for line in known)


def _role(role: str, known: Sequence[Line], labels: Mapping[str, str], language: Language) -> str:
    first = next(line for line in known if line["role"] == role)
    label = labels.get(role) or said(first, "text", language)
    return label[:1].lower() + label[1:]


def _title(
    told: Mapping[tuple[str, str], Cell],
    bodies: Mapping[str, Line],
    main: Sequence[Plan],
    held: Sequence[Line],
    owner: Mapping[str, str],
    language: Language,
) -> str:
    """Say for how many bodies nothing was found, plan by plan."""
    if not bodies or not main:
        return words.say("figures.roles_none", language)
    parts = []
    for plan in main:
        silent = sum(told[name, plan.id].hatched for name in bodies)
        parts.append(
            words.say(
                "figures.roles_silent",
                language,
                plan=plan.short.said_in(language),
                silent=silent,
                n=len(bodies),
            )
        )
    return words.say("figures.roles_title", language, parts=words.joined(parts, language))


def _heads(sheet: Sheet, plans: Sequence[Plan]) -> list[Head]:
    main = main_plans(plans)
    wide = (WIDTH - 2 * MARGIN - NAME) / len(main)
    return [
        Head(NAME, sheet.say("column.body")),
        *(
            Head(wide, plan.short.said_in(sheet.language), look(plans, plan.id).words)
            for plan in main
        ),
    ]


def _cells(
    sheet: Sheet,
    bodies: Mapping[str, Line],
    main: Sequence[Plan],
    told: Mapping[tuple[str, str], Cell],
) -> list[list[Cell]]:
    return [
        [Cell(said(line, "name", sheet.language)), *(told[name, plan.id] for plan in main)]
        for name, line in bodies.items()
    ]


def _alt(line: Sequence[str], main: Sequence[Plan], language: Language) -> str:
    parts = [
        f"{plan.short.said_in(language)}: {cell}" for plan, cell in zip(main, line[1:], strict=True)
    ]
    return f"{line[0]} – {'; '.join(parts)}"
