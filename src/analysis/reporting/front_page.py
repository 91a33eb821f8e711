"""Findings in, one page of at most 250 words out: the answer, and what it rests on.

Nothing is written here that a finding does not say. The title comes from the plans,
each point is the short wordings of its findings, and the last sentence of the answer
follows by rule from the verdicts on outcomes. Caveats are counted and linked, never
dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.contracts.front_page import FrontEntry
from analysis.contracts.published import Language, Plan
from analysis.errors import ReportError
from analysis.language import numbers, words
from analysis.reporting.manuscript import report_input
from analysis.reporting.manuscript.report_input import FindingJson, ReportInput

LONGEST = 250  # words a language, kicker to grades: what a committee member reads in a minute
_OPEN = ("not_known", "not_comparable", "undecided", "refused", "described", "not_submitted")
_SCOPE = 6  # words of a plan's scope that a subtitle can carry
_LABEL = 4  # words before a colon that are a label and not a clause
_GRADES = "ABCDE"


@dataclass(frozen=True, slots=True)
class Said:
    """What one finding says in short, and its grade.

    ``grade`` is empty where the next finding of the point bears the same: then it
    stands once, behind the last of them.
    """

    words: str
    finding: str
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point under a heading: a label, if any, and what its findings say.

    ``caveats`` counts theirs, in words, and leads to the finding with most of them;
    both are empty where there is none.
    """

    label: str
    said: tuple[Said, ...]
    caveats: str = ""
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with its points; ``empty`` is what it says when it has none."""

    heading: str
    points: tuple[Point, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The page a reader opens first, in one language.

    ``outcome`` is the sentence after ``answer``, chosen by rule.
    """

    language: Language
    kicker: str
    title: str
    subtitle: str
    answer: tuple[Said, ...]
    outcome: str
    blocks: tuple[Block, ...]
    grades: str

    @property
    def length(self) -> int:
        """Number of words on the page: runs of signs that hold a letter or a digit."""
        return sum(bool(re.search(r"\w", run)) for run in " ".join(self._texts()).split())

    def _texts(self) -> list[str]:
        texts = [self.kicker, self.title, self.subtitle, self.outcome, self.grades]
        texts += [said.words for said in self.answer]
        for block in self.blocks:
            texts += [block.heading] + ([] if block.points else [block.empty])
            for point in block.points:
                texts += [point.label, point.caveats]
                for said in point.said:
                    texts += [said.words, said.grade]
        return texts


def compose(report: ReportInput, language: Language) -> FrontPage:
    """Write the front page in one language.

    An id of ``report.front`` that no finding bears is left out (`absent` names
    them): another country may lack what the default evaluation shows. That of a rehearsal
    says what it is, and no result.

    Raises
    ------
    ReportError
        If the page is longer than 250 words, or a finding rests on synthetic data and the
        report is no rehearsal.
    """
    report_input.check(report)
    page = _rehearsal(language) if report.rehearsal else _page(report, language)
    if page.length > LONGEST:
        raise ReportError(
            f"front page ({language}): {page.length} words, {page.length - LONGEST} more than "
            f"{LONGEST}. Shorten the findings' short wordings, or take a finding off front_page."
        )
    return page


def _rehearsal(language: Language) -> FrontPage:
    """Write the front page of a rehearsal: what it is, and no result."""
    kicker, title, subtitle, outcome = (
        _say(f"rehearsal_{name}", language) for name in ("kicker", "title", "subtitle", "outcome")
    )
    return FrontPage(
        language=language,
        kicker=kicker,
        title=title,
        subtitle=subtitle,
        answer=(),
        outcome=outcome,
        blocks=(),
        grades="",
    )


def absent(report: ReportInput) -> tuple[str, ...]:
    """Return the ids that the layout names and no finding bears."""
    return tuple(id for id in report.front.ids if id not in report.by_id)


def _page(report: ReportInput, language: Language) -> FrontPage:
    before, after = report.plans
    front = report.front
    return FrontPage(
        language=language,
        kicker=_say("kicker", language, country=report.country),
        title=_say("title", language),
        subtitle=_subtitle(before, after, language),
        answer=tuple(
            Said(_sentence(found["short"][language]), str(found["id"]))
            for found in _present(front.answer, report)
        ),
        outcome=_outcome(report, language),
        # A heading without entries belongs to a report that asks less: one notebook by itself.
        blocks=tuple(
            _block(name, entries, report, language)
            for name, entries in (
                ("changed", front.changed),
                ("counted", front.counted),
                ("missing", front.missing),
            )
            if entries
        ),
        grades=_grades_line(report, language),
    )


def _subtitle(before: Plan, after: Plan, language: Language) -> str:
    """Say which years are compared, and for whom if both plans say it in few words."""
    scopes = [plan.scope.said_in(language) for plan in (before, after)]
    sides = [_years(plan, language) for plan in (before, after)]
    if all(scope and len(scope.split()) <= _SCOPE for scope in scopes):
        sides = [
            _say("side_scope", language, years=years, scope=scope)
            for years, scope in zip(sides, scopes, strict=True)
        ]
    return _say("subtitle", language, before=sides[0], after=sides[1])


def _years(plan: Plan, language: Language) -> str:
    begin, end = (re.match(r"\d{4}", stamp) for stamp in plan.period)
    if begin and end:
        return numbers.years(int(begin[0]), int(end[0]), language)
    return numbers.years(plan.first_year, plan.last_year, language)


def _outcome(report: ReportInput, language: Language) -> str:
    """Say whether the outcome is known: a rule over verdicts, so that nobody writes it by hand."""
    if not report.front.outcomes:
        return ""
    verdicts = [found["verdict"] for found in _present(report.front.outcomes, report)]
    decided = sum(verdict not in _OPEN for verdict in verdicts)
    if not verdicts or set(verdicts) == {"not_submitted"}:
        return _say("outcome_none", language)
    if decided == 0:
        return _say("outcome_open", language)
    return _say("outcome_mixed", language, decided=decided, all=len(verdicts))


def _block(
    name: str, entries: Sequence[FrontEntry], report: ReportInput, language: Language
) -> Block:
    present = ((entry, _present(entry.findings, report)) for entry in entries)
    points = tuple(_point(entry, found, language) for entry, found in present if found)
    return Block(_say(name, language), points, _say(f"{name}_empty", language))


def _point(entry: FrontEntry, found: Sequence[FindingJson], language: Language) -> Point:
    label = entry.label.said_in(language) if entry.label else _label(found[0], language)
    if len(found) > 1 and {one["verdict"] for one in found} == {"not_submitted"}:
        said = _sentence(words.say("values.not_submitted", language))
        return Point(label, (Said(said, str(found[0]["id"]), str(found[0]["grade"])),))
    # A grade stands behind the last of several neighbours that bear it.
    grades = [this["grade"] if this["grade"] != after["grade"] else ""
              for this, after in pairwise(found)]  # fmt: skip
    said_by = tuple(
        Said(_words(one, label, language), str(one["id"]), str(grade))
        for one, grade in zip(found, [*grades, found[-1]["grade"]], strict=True)
    )
    # That nothing speaks against a finding is printed with it, and is no caveat to count.
    caveats = [max(len(one["caveats"]) - (not one["contrary"]), 0) for one in found]
    most = str(found[caveats.index(max(caveats))]["id"])
    return Point(label, said_by, _counted(sum(caveats), language), most if any(caveats) else "")


def _label(found: FindingJson, language: Language) -> str:
    """Take the label that a short wording itself begins with: ``Who: women in 2002``."""
    label, colon, _ = str(found["short"][language]).partition(": ")
    silent = found["verdict"] in ("not_submitted", "not_known")
    return label if colon and not silent and len(label.split()) <= _LABEL else ""


def _words(found: FindingJson, label: str, language: Language) -> str:
    said = str(found["short"][language])
    bare = said.removeprefix(f"{label}: ")
    return _stop(bare) if label and bare != said else _sentence(said)


def _counted(caveats: int, language: Language) -> str:
    if caveats < 2:
        return _say("caveat_one", language) if caveats else ""
    return _say("caveats_many", language, count=caveats)


def _grades_line(report: ReportInput, language: Language) -> str:
    entries = (*report.front.changed, *report.front.counted, *report.front.missing)
    ids = [id for entry in entries for id in entry.findings]
    shown = {found["grade"] for found in _present(ids, report)} | {"A"}
    named = [_say(f"grade_short_{grade}", language) for grade in _GRADES if grade in shown]
    return _say("grades_line", language, grades=", ".join(named))


def _present(ids: Sequence[str], report: ReportInput) -> list[FindingJson]:
    findings = report.by_id
    return [findings[id] for id in ids if id in findings]


def _sentence(text: str) -> str:
    return words.capital(_stop(text))


def _stop(text: str) -> str:
    return text if not text or text[-1] in ".?!" else text + "."


def _say(key: str, language: Language, **parts: words.Part) -> str:
    return words.say(f"report.{key}", language, **parts)
