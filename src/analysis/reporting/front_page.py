"""Findings in, one page of at most 250 words out: the answer, and what it rests on.

Nothing is written here that a finding does not say. The title comes from the
plans, each sentence is a finding's short wording with its caveats, and the last
sentence of the answer follows by rule from the verdicts on outcomes. Caveats that
do not fit are counted, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
class Sentence:
    """What one finding says in short: an optional label, the words, its caveats, its grade.

    ``rest`` says how many caveats are left to the finding itself; empty when none is.
    """

    label: str
    words: str
    caveats: tuple[str, ...]
    rest: str
    finding: str
    grade: str


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with its sentences; ``empty`` is what it says when it has none."""

    heading: str
    sentences: tuple[Sentence, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The page a reader opens first, in one language."""

    language: Language
    kicker: str
    title: str
    subtitle: str
    answer: tuple[str, ...]
    blocks: tuple[Block, ...]
    grades: str

    @property
    def length(self) -> int:
        """Number of words on the page: runs of signs that hold a letter or a digit."""
        return sum(bool(re.search(r"\w", run)) for run in " ".join(self._texts()).split())

    def _texts(self) -> list[str]:
        texts = [self.kicker, self.title, self.subtitle, *self.answer, self.grades]
        for block in self.blocks:
            texts += [block.heading] + ([] if block.sentences else [block.empty])
            for said in block.sentences:
                texts += [said.label, said.words, *said.caveats, said.rest, said.grade]
        return texts


def compose(report: ReportInput, language: Language) -> FrontPage:
    """Write the front page in one language.

    An id of ``report.front`` that no finding bears is left out (`absent` names
    them): another country may lack what the default evaluation shows.

    Raises
    ------
    ReportError
        If the page is longer than 250 words, or a finding rests on synthetic data.
    """
    report_input.check(report)
    page = _page(report, language, {})
    if page.length > LONGEST:
        raise ReportError(
            f"front page ({language}): {page.length} words, {page.length - LONGEST} more than "
            f"{LONGEST}. Shorten the findings' short wordings, or take a finding off front_page."
        )
    return _with_caveats(page, report, language)


def absent(report: ReportInput) -> tuple[str, ...]:
    """Return the ids that the layout names and no finding bears."""
    return tuple(id for id in report.front.ids if id not in report.by_id)


def _with_caveats(page: FrontPage, report: ReportInput, language: Language) -> FrontPage:
    """Write out as many caveats as fit: every finding's first before any finding's second."""
    shown: dict[str, int] = {}
    found = {found["id"]: len(found["caveats"]) for found in _present(report.front.ids, report)}
    for place in range(1, max(found.values(), default=0) + 1):
        for id in (id for id, several in found.items() if several >= place):
            # A caveat is shown only behind those that stand before it.
            if shown.get(id, 0) < place - 1:
                continue
            longer = _page(report, language, {**shown, id: place})
            if longer.length <= LONGEST:
                shown[id], page = place, longer
    return page


def _page(report: ReportInput, language: Language, caveats: Mapping[str, int]) -> FrontPage:
    before, after = report.plans
    return FrontPage(
        language=language,
        kicker=_say("kicker", language, country=report.country),
        title=_say("title", language, baseline=before.short, current=after.short),
        subtitle=_say(
            "subtitle", language, before=_side(before, language), after=_side(after, language)
        ),
        answer=_answer(report, language),
        blocks=tuple(
            _block(name, ids, report, language, caveats)
            for name, ids in (
                ("changed", report.front.changed),
                ("counted", report.front.counted),
                ("missing", report.front.missing),
            )
        ),
        grades=_grades_line(report, language),
    )


def _side(plan: Plan, language: Language) -> str:
    years = _years(plan, language)
    scope = plan.scope.said_in(language)
    if not scope or len(scope.split()) > _SCOPE:
        return years
    return _say("side_scope", language, years=years, scope=scope)


def _years(plan: Plan, language: Language) -> str:
    begin, end = (re.match(r"\d{4}", stamp) for stamp in plan.period)
    if begin and end:
        return numbers.years(int(begin[0]), int(end[0]), language)
    return numbers.years(plan.first_year, plan.last_year, language)


def _answer(report: ReportInput, language: Language) -> tuple[str, ...]:
    """First what changed on paper, then whether the outcome is known.

    Of each short wording only the first sentence enters: the answer is read in 30 seconds.
    """
    changed = _present(report.front.changed, report)[:2]
    said = [_first_sentence(_parted(found["short"][language])[1]) for found in changed]
    return (*said, _outcome(report, language))


def _outcome(report: ReportInput, language: Language) -> str:
    verdicts = [found["verdict"] for found in _present(report.front.missing, report)]
    decided = sum(verdict not in _OPEN for verdict in verdicts)
    if not verdicts or set(verdicts) == {"not_submitted"}:
        return _say("outcome_none", language)
    if decided == 0:
        return _say("outcome_open", language)
    return _say("outcome_mixed", language, decided=decided, all=len(verdicts))


def _block(
    name: str,
    ids: tuple[str, ...],
    report: ReportInput,
    language: Language,
    caveats: Mapping[str, int],
) -> Block:
    sentences = tuple(
        _sentence(found, language, caveats.get(found["id"], 0)) for found in _present(ids, report)
    )
    return Block(_say(name, language), sentences, _say(f"{name}_empty", language))


def _sentence(found: FindingJson, language: Language, shown: int) -> Sentence:
    label, said = _parted(found["short"][language])
    caveats = [text[language] for text in found["caveats"] if text[language] not in said]
    return Sentence(
        label=label,
        words=_stop(said if label else words.capital(said)),
        caveats=tuple(_stop(words.capital(caveat)) for caveat in caveats[:shown]),
        rest=_rest(len(caveats[shown:]), shown > 0, language),
        finding=found["id"],
        grade=found["grade"],
    )


def _rest(count: int, more: bool, language: Language) -> str:
    if count == 0:
        return ""
    if count == 1:
        return _say("caveat_one_more" if more else "caveat_one", language)
    return _say("caveats_more" if more else "caveats_many", language, count=count)


def _parted(short: str) -> tuple[str, str]:
    """Split ``Who: women in 2002`` into its label and its words."""
    label, colon, said = short.partition(": ")
    if not colon or len(label.split()) > _LABEL:
        return "", short
    return label, said


def _grades_line(report: ReportInput, language: Language) -> str:
    shown = {found["grade"] for found in _present(report.front.ids, report)}
    named = [_say(f"grade_short_{grade}", language) for grade in _GRADES if grade in shown | {"A"}]
    return _say("grades_line", language, grades=", ".join(named))


def _present(ids: tuple[str, ...], report: ReportInput) -> list[FindingJson]:
    findings = report.by_id
    return [findings[id] for id in ids if id in findings]


def _first_sentence(text: str) -> str:
    return words.capital(_stop(re.split(r"(?<=[.?!]) (?=[A-ZÆØÅ])", text, maxsplit=1)[0]))


def _stop(text: str) -> str:
    return text if not text or text[-1] in ".?!" else text + "."


def _say(key: str, language: Language, **parts: words.Part) -> str:
    return words.say(f"report.{key}", language, **parts)
