"""The record's recommendations in, tables to show out: what became of each, what answers none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from analysis.contracts.outputs import NO_NOTE, Column, Listing
from analysis.contracts.published import Text
from analysis.findings import recommendations
from analysis.findings.recommendations import STATES, Answer, Orphan, Recommendation
from analysis.language import words
from analysis.published.files import records
from analysis.study.listings import Cell, source
from analysis.study.reading import Reading

Line = tuple[tuple[Cell, ...], tuple[str, ...]]


def trace(reading: Reading) -> Listing:
    """Every recommendation: who gave it, who owns an answer, what is said later, what became."""
    found = _traced(reading)
    lines = [((_asked(one), _owners(one), _later(one), _state(one)), one.rows) for one in found]
    names = ("recommendation", "owners", "later", "state")
    return _listing(reading, "trace", names, lines, note=_tally(found) if found else NO_NOTE)


def answers(reading: Reading) -> Listing:
    """Every measure that answers a recommendation, with its tie, owner and reported status."""
    lines = [
        ((one.what, *_answer(reading, answer)), (one.id, *answer.rows))
        for one in _traced(reading)
        for answer in one.answers
    ]
    names = ("recommendation", "answer", "tie", "owner", "status")
    note = words.text("evaluations.note_answers")
    return _listing(reading, "answers", names, lines, note=note if lines else NO_NOTE)


def unanswered(reading: Reading) -> Listing:
    """The recommendations that nobody answered, and how far they can be followed at all."""
    found = _traced(reading)
    lines: list[Line] = [
        ((_asked(one), _plan(reading, one.plan), _state(one), _later(one)), one.rows)
        for one in recommendations.unanswered(found)
    ]
    if found and not lines:
        lines = [_words("all_answered", 4, (one.id for one in found))]
    return _listing(reading, "unanswered", ("recommendation", "plan", "known", "later"), lines)


def orphans(reading: Reading) -> Listing:
    """The later plan's measures that no recommendation, earlier measure or area leads to."""
    measures = records(reading.table("measures"))
    plans = reading.with_amendments(reading.current)
    steps, links = (records(reading.table(name)) for name in ("trace", "measure_links"))
    found = recommendations.orphans(measures, steps, links, plans=plans)
    lines: list[Line] = [(_orphan(reading, one), (one.measure,)) for one in found]
    own = [row["row_id"] for row in measures if row["plan_id"] in plans]
    if own and not lines:
        lines = [_words("no_orphans", 4, own)]
    known = all(one.areas_known for one in found)
    note = (
        words.text(f"evaluations.areas_{'found' if known else 'not_found'}") if found else NO_NOTE
    )
    return _listing(reading, "orphans", ("measure", "pillar", "owner", "status"), lines, note=note)


def _traced(reading: Reading) -> tuple[Recommendation, ...]:
    findings, steps, measures = (
        records(reading.table(name)) for name in ("evaluation_findings", "trace", "measures")
    )
    return recommendations.trace(findings, steps, measures, find_row=reading.row)


def _listing(
    reading: Reading,
    title: str,
    names: Iterable[str],
    lines: Sequence[Line],
    *,
    note: Text = NO_NOTE,
) -> Listing:
    return Listing(
        title=words.text(f"evaluations.title_{title}"),
        columns=tuple(Column(name, words.text(f"evaluations.column_{name}")) for name in names),
        cells=tuple(cells for cells, _ in lines),
        rows_of=tuple(rows for _, rows in lines),
        source=source(reading, (row for _, rows in lines for row in rows)),
        note=note,
    )


def _words(key: str, columns: int, rows: Iterable[str]) -> Line:
    """Make the one line of a table that would be empty: in words, with the rows looked at."""
    return (words.text(f"evaluations.{key}"), *[""] * (columns - 1)), tuple(rows)


def _asked(one: Recommendation) -> Text:
    return words.text("evaluations.asked", who=one.evaluation, what=one.what)


def _owners(one: Recommendation) -> Text:
    """Name who owns an answer; where only words answer, who spoke them."""
    if one.owners:
        return _listed(one.owners)
    spoke = tuple(dict.fromkeys(each.evaluation for each in one.judged if each.reply))
    return _listed(spoke) if spoke else words.text("evaluations.no_measure")


def _later(one: Recommendation) -> Text:
    said = tuple(dict.fromkeys(each.why for each in one.judged))
    return _joined(" ", said) if said else words.text("evaluations.later_none")


def _state(one: Recommendation) -> Text:
    return words.text(f"evaluations.state_{one.state}")


def _answer(reading: Reading, answer: Answer) -> tuple[Cell, ...]:
    plan = _plan(reading, answer.plan)
    return (
        words.text("evaluations.answer", what=answer.what, plan=plan),
        words.text(f"evaluations.tie_{answer.tie}"),
        answer.owner if answer.owner.da else words.text("evaluations.owner_none"),
        answer.reported if answer.reported.da else words.text("study.status_none"),
    )


def _orphan(reading: Reading, one: Orphan) -> tuple[Cell, ...]:
    return (
        one.what,
        reading.record_of.label("pillars", one.pillar),
        one.owner if one.owner.da else words.text("evaluations.owner_none"),
        one.reported if one.reported.da else words.text("study.status_none"),
    )


def _plan(reading: Reading, plan_id: str) -> Text:
    return reading.record_of.plan(plan_id).short


def _tally(found: Sequence[Recommendation]) -> Text:
    """Count the recommendations by what became of them, in the order of the states."""
    counts = Counter(one.state for one in found)
    each = [
        words.text(f"evaluations.tally_{state}", n=counts[state])
        for state in STATES
        if counts[state]
    ]
    return words.text("evaluations.tally", n=len(found), each=_joined("; ", each))


def _listed(items: Sequence[Text]) -> Text:
    return _joined("; ", items)


def _joined(between: str, items: Sequence[Text]) -> Text:
    return Text(between.join(one.da for one in items), between.join(one.en for one in items))


LISTINGS: dict[str, Callable[..., Listing]] = {
    "trace": trace,
    "answers": answers,
    "unanswered": unanswered,
    "orphans": orphans,
}
