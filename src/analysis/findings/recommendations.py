"""Rows of the record in, what became of each recommendation and which measures answer none out.

The trace runs across evaluations: what was recommended, in which evaluation; the measures
that answer it, with who owns them and the status reported; what later evaluations say of
it; and whether the same was asked for again. *No answer found* speaks of the documents
read, not of what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import Text

Row = Mapping[str, str]
State = Literal["unanswered", "answered", "said_met", "said_unmet", "disputed"]
Tie = Literal["stated_response", "same_subject"]

STATES: tuple[State, ...] = ("unanswered", "answered", "said_met", "said_unmet", "disputed")

_NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """A measure that answers a recommendation.

    ``tie`` says whether a source states so, or only the subject is the same; ``owner`` is
    the body that the measure names (empty: not known), ``status`` the code last reported.
    """

    measure: str
    plan: str
    what: Text
    tie: Tie
    owner: Text
    status: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a later evaluation says of a recommendation.

    ``met`` is None where it speaks of the subject without judging.
    """

    finding: str
    evaluation: Text
    year: str
    met: bool | None
    why: Text
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation, from the evaluation that made it to the last that speaks of it.

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
    def rows(self) -> tuple[str, ...]:
        """Ids of every row behind it, its own first."""
        answering = [row for one in self.answers for row in one.rows]
        judging = [row for one in self.judged for row in one.rows]
        return tuple(dict.fromkeys([self.id, *answering, *judging]))


@dataclass(frozen=True, slots=True)
class Orphan:
    """A measure that no recommendation leads to and that continues no earlier measure."""

    measure: str
    plan: str
    pillar: str
    what: Text
    owner: Text
    status: str


def trace(
    findings: Sequence[Row], steps: Iterable[Row], measures: Iterable[Row]
) -> tuple[Recommendation, ...]:
    """Follow every recommendation of a country through the record, the oldest first.

    Parameters
    ----------
    findings, steps, measures : sequences of mapping
        Rows of ``evaluation_findings.csv``, ``trace.csv`` and ``measures.csv``, as text. A
        step whose target is in neither of the other tables is left out: the record's own
        check names it.

    Returns
    -------
    tuple of Recommendation
        By year; those without a year last.
    """
    by_id = {row["row_id"]: row for row in findings}
    known = {row["row_id"]: row for row in measures}
    taken: dict[str, list[Row]] = {}
    for step in steps:
        taken.setdefault(step["finding"], []).append(step)
    asked = [row for row in findings if row["direction"] == "recommendation"]
    made = [_of(row, taken.get(row["row_id"], []), by_id, known, asked) for row in asked]
    return tuple(sorted(made, key=lambda one: (one.year or "9999", one.id)))


def unanswered(traced: Iterable[Recommendation]) -> tuple[Recommendation, ...]:
    """Return recommendations for which the record holds no answering measure."""
    return tuple(one for one in traced if not one.answers)


def orphans(
    measures: Iterable[Row], steps: Iterable[Row], links: Iterable[Row], *, plans: Iterable[str]
) -> tuple[Orphan, ...]:
    """Return the measures of some plans that answer nothing and continue nothing.

    Parameters
    ----------
    measures, steps, links : iterables of mapping
        Rows of ``measures.csv``, ``trace.csv`` and ``measure_links.csv``. Headings and
        duplicates are no measures.
    plans : iterable of str
        Ids of the plans looked at.
    """
    wanted = set(plans)
    grounded = {step["target"] for step in steps if step["step"] == "measure"}
    grounded |= {link["to_measure"] for link in links}
    return tuple(
        Orphan(
            measure=row["row_id"],
            plan=row["plan_id"],
            pillar=row["pillar"],
            what=_text(row, "measure"),
            owner=_text(row, "body"),
            status=row["status"],
        )
        for row in measures
        if row["kind"] == "measure" and row["plan_id"] in wanted and row["row_id"] not in grounded
    )


def _of(
    row: Row,
    steps: Sequence[Row],
    findings: Mapping[str, Row],
    measures: Mapping[str, Row],
    asked: Sequence[Row],
) -> Recommendation:
    answers = tuple(
        _answer(step, measures[step["target"]])
        for step in steps
        if step["step"] == "measure" and step["target"] in measures
    )
    judged = tuple(
        _judgement(step, findings[step["target"]])
        for step in steps
        if step["step"] == "later_finding" and step["target"] in findings
    )
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
        rows=(step["row_id"], measure["row_id"]),
    )


def _judgement(step: Row, finding: Row) -> Judgement:
    return Judgement(
        finding=finding["row_id"],
        evaluation=_text(finding, "evaluation"),
        year=finding["year"],
        met={"says_met": True, "says_unmet": False}.get(step["relation"]),
        why=_text(step, "why"),
        rows=(step["row_id"], finding["row_id"]),
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
    return "answered" if answers else "unanswered"


def _text(row: Row, stem: str) -> Text:
    return Text(row[f"{stem}_da"], row[f"{stem}_en"])
