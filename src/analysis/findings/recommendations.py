"""Rows of the record in, what became of each recommendation and which measures answer none out.

The trace runs across evaluations: what was recommended, in which evaluation; the measures
that answer it, with who owns them and the status reported; what later sources say of it;
and whether the same was asked for again. *Unanswered* speaks of the documents read, not of
what was done, and *not traced* of a recommendation on which the record holds no later one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import SourceRow, Text

Row = Mapping[str, str]
FindRow = Callable[[str], SourceRow]
State = Literal[
    "not_traced",
    "unanswered",
    "same_subject",
    "replied",
    "answered",
    "said_met",
    "said_unmet",
    "disputed",
]
Tie = Literal["stated_response", "same_subject"]

STATES: tuple[State, ...] = (
    "not_traced", "unanswered", "same_subject", "replied", "answered",
    "said_met", "said_unmet", "disputed",
)  # fmt: skip

_NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """A measure that answers a recommendation.

    ``tie`` says whether a source states so, or only the subject is the same; ``owner`` is
    the body that the measure names (empty: not known), ``status`` the code last reported
    and ``reported`` what the source says of it.
    """

    measure: str
    plan: str
    what: Text
    tie: Tie
    owner: Text
    status: str
    reported: Text
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a later source says of a recommendation.

    ``finding`` is the id of its row; ``evaluation`` is empty where the row is no
    evaluator's (a figure, an event). ``met`` is None where it speaks of the subject
    without judging; ``reply`` says that it is the answer, in words, of whoever was asked.
    """

    finding: str
    evaluation: Text
    year: str
    met: bool | None
    reply: bool
    why: Text
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation, from the evaluation that made it to the last source that speaks of it.

    ``asked_again`` holds the ids of recommendations of later years under the same criterion,
    which may be about something else under it. ``rows`` are those that the trace rests on.
    """

    id: str
    evaluation: Text
    year: str
    plan: str
    criterion: str
    what: Text
    answers: tuple[Answer, ...]
    judged: tuple[Judgement, ...]
    asked_again: tuple[str, ...]
    state: State

    @property
    def owners(self) -> tuple[Text, ...]:
        """Bodies that own an answer, each once; empty where none is known."""
        return tuple(dict.fromkeys(one.owner for one in self.answers if one.owner != _NOTHING))

    @property
    def replied(self) -> bool:
        """Whether whoever was asked answered, in words."""
        return any(one.reply for one in self.judged)

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of every row behind it, its own first."""
        answering = [row for one in self.answers for row in one.rows]
        judging = [row for one in self.judged for row in one.rows]
        return tuple(dict.fromkeys([self.id, *answering, *judging]))


@dataclass(frozen=True, slots=True)
class Orphan:
    """A measure with no recommendation, no earlier measure and no area of its plan behind it.

    ``areas_known`` says whether the record holds any area of the plan: without one, none
    can be found missing.
    """

    measure: str
    plan: str
    pillar: str
    what: Text
    owner: Text
    status: str
    reported: Text
    areas_known: bool


def trace(
    findings: Sequence[Row],
    steps: Iterable[Row],
    measures: Iterable[Row],
    *,
    find_row: FindRow | None = None,
) -> tuple[Recommendation, ...]:
    """Follow every recommendation of a country through the record, the oldest first.

    Parameters
    ----------
    findings, steps, measures : sequences of mapping
        Rows of ``evaluation_findings.csv``, ``trace.csv`` and ``measures.csv``, as text.
    find_row : callable, optional
        Gives a later row of any other table by its id: a figure or an event may say what
        became of a recommendation. Without it, and for a measure that is in no table, a
        step is left out: the record's own check names what dangles.

    Returns
    -------
    tuple of Recommendation
        By year; those without a year last.
    """
    by_id = {row["row_id"]: row for row in findings}
    known = {row["row_id"]: row for row in measures}
    answers: dict[str, list[Answer]] = {}
    judged: dict[str, list[Judgement]] = {}
    for step in steps:
        target = step["target"]
        if step["step"] == "measure":
            if target in known:
                answers.setdefault(step["finding"], []).append(_answer(step, known[target]))
        elif target in by_id:
            judged.setdefault(step["finding"], []).append(_judgement(step, by_id[target]))
        elif find_row is not None:
            judged.setdefault(step["finding"], []).append(_told(step, find_row(target)))
    asked = [row for row in findings if row["direction"] == "recommendation"]
    made = [
        _of(row, answers.get(row["row_id"], ()), judged.get(row["row_id"], ()), asked)
        for row in asked
    ]
    return tuple(sorted(made, key=lambda one: (one.year or "9999", one.id)))


def unanswered(traced: Iterable[Recommendation]) -> tuple[Recommendation, ...]:
    """Return recommendations that no measure answers and nobody answered in words.

    Among them are those that are *not traced*: nothing later speaks of them at all.
    """
    return tuple(one for one in traced if not (one.answers or one.replied))


def orphans(
    measures: Iterable[Row], steps: Iterable[Row], links: Iterable[Row], *, plans: Iterable[str]
) -> tuple[Orphan, ...]:
    """Return the measures of some plans that answer, continue and serve nothing we know of.

    A measure serves its plan where the plan has an area of the same kind (a heading); which
    kind a measure is of, is our coding.

    Parameters
    ----------
    measures, steps, links : iterables of mapping
        Rows of ``measures.csv``, ``trace.csv`` and ``measure_links.csv``. Headings and
        duplicates are no measures.
    plans : iterable of str
        Ids of the plans looked at.
    """
    wanted, lines = set(plans), tuple(measures)
    grounded = {step["target"] for step in steps if step["step"] == "measure"}
    grounded |= {link["to_measure"] for link in links}
    areas = {(row["plan_id"], row["pillar"]) for row in lines if row["kind"] == "pillar_heading"}
    having = {plan for plan, _ in areas}
    return tuple(
        _orphan(row, areas_known=row["plan_id"] in having)
        for row in lines
        if row["kind"] == "measure"
        and row["plan_id"] in wanted
        and row["row_id"] not in grounded
        and (row["plan_id"], row["pillar"]) not in areas
    )


def _orphan(row: Row, *, areas_known: bool) -> Orphan:
    return Orphan(
        measure=row["row_id"],
        plan=row["plan_id"],
        pillar=row["pillar"],
        what=_text(row, "measure"),
        owner=_text(row, "body"),
        status=row["status"],
        reported=_text(row, "status"),
        areas_known=areas_known,
    )


def _of(
    row: Row, answers: Sequence[Answer], judged: Sequence[Judgement], asked: Sequence[Row]
) -> Recommendation:
    return Recommendation(
        id=row["row_id"],
        evaluation=_text(row, "evaluation"),
        year=row["year"],
        plan=row["plan_id"],
        criterion=row["criterion"],
        what=_text(row, "finding"),
        answers=tuple(sorted(answers, key=lambda one: (one.tie != "stated_response", one.measure))),
        judged=tuple(sorted(judged, key=lambda one: (one.year or "9999", one.finding))),
        asked_again=tuple(
            later["row_id"]
            for later in sorted(asked, key=lambda one: one["year"])
            if _asks_again(later, row)
        ),
        state=_state(answers, judged),
    )


def _answer(step: Row, measure: Row) -> Answer:
    return Answer(
        measure=measure["row_id"],
        plan=measure["plan_id"],
        what=_text(measure, "measure"),
        tie="stated_response" if step["relation"] == "stated_response" else "same_subject",
        owner=_text(measure, "body"),
        status=measure["status"],
        reported=_text(measure, "status"),
        rows=(step["row_id"], measure["row_id"]),
    )


def _judgement(step: Row, finding: Row) -> Judgement:
    return _later(step, finding["row_id"], _text(finding, "evaluation"), finding["year"])


def _told(step: Row, row: SourceRow) -> Judgement:
    return _later(step, row.id, _NOTHING, (row.published or row.period.lstrip("/"))[:4])


def _later(step: Row, id: str, evaluation: Text, year: str) -> Judgement:
    return Judgement(
        finding=id,
        evaluation=evaluation,
        year=year,
        met={"says_met": True, "says_unmet": False}.get(step["relation"]),
        reply=step["relation"] == "stated_response",
        why=_text(step, "why"),
        rows=(step["row_id"], id),
    )


def _asks_again(later: Row, row: Row) -> bool:
    """Whether a recommendation asks under the same criterion in a later year; both years known."""
    same = later["criterion"] == row["criterion"]
    return same and bool(row["year"]) and later["year"][:4] > row["year"][:4]


def _state(answers: Sequence[Answer], judged: Sequence[Judgement]) -> State:
    said = {one.met for one in judged} - {None}
    if said == {True, False}:
        return "disputed"
    if said:
        return "said_met" if True in said else "said_unmet"
    if any(one.tie == "stated_response" for one in answers):
        return "answered"
    if any(one.reply for one in judged):
        return "replied"
    if answers:
        return "same_subject"
    return "unanswered" if judged else "not_traced"


def _text(row: Row, stem: str) -> Text:
    return Text(row[f"{stem}_da"], row[f"{stem}_en"])
