"""Findings in, their caveats parted: breaks, caveats told here, those told above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.published import Break, Language
from analysis.language import numbers, words
from analysis.reporting.manuscript import facts
from analysis.reporting.manuscript.report_input import FindingJson, ReportInput


@dataclass(frozen=True, slots=True)
class Parted:
    """``crossed`` are the breaks by date, ``rest`` the caveats that no break says.

    ``again`` are those of the rest that stand in full at a finding above, ``concerns``
    how many findings of the page share a caveat; neither is set where a finding stands
    alone.
    """

    crossed: tuple[Break, ...]
    rest: tuple[str, ...]
    again: tuple[str, ...] = ()
    concerns: Mapping[str, int] | None = None


def part(found: FindingJson, report: ReportInput, language: Language) -> Parted:
    """Part the caveats of a finding.

    A caveat is left out of ``rest`` only if it is, word for word, the clause of a break
    that the finding crosses, so that no caveat can be lost.
    """
    crossed = [report.breaks[id] for id in found["breaks"]]
    clauses = {_clause(brk, language) for brk in crossed}
    said = dict.fromkeys(str(text[language]) for text in found["caveats"])
    rest = tuple(text for text in said if words.capital(text) not in clauses)
    return Parted(tuple(sorted(crossed, key=lambda brk: (brk.date, brk.id))), rest)


def part_page(
    several: Sequence[FindingJson], report: ReportInput, language: Language
) -> tuple[Parted, ...]:
    """Part the caveats of the findings of one page, in order: each is told in full once.

    Breaks stay with every finding, as a number must not part from them.
    """
    each = [part(found, report, language) for found in several]
    by_id = {str(found["id"]): parted for found, parted in zip(several, each, strict=True)}
    concerns = Counter(text for parted in by_id.values() for text in parted.rest)
    told: set[str] = set()
    parted_page = []
    for parted in each:
        rest = tuple(text for text in parted.rest if text not in told)
        again = tuple(text for text in parted.rest if text in told)
        told.update(rest)
        parted_page.append(Parted(parted.crossed, rest, again, concerns))
    return tuple(parted_page)


def _clause(brk: Break, language: Language) -> str:
    """Word a break as findings do among their caveats."""
    key = "findings.break" if brk.sourced else "findings.break_unsourced"
    what, effect = (facts.sentence(text.said_in(language)) for text in (brk.what, brk.effect))
    told = words.say(key, language, day=numbers.day(brk.date, language), what=what)
    return words.capital(f"{told} {effect}".rstrip())
