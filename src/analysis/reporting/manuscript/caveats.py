"""A finding in, its caveats parted out: the breaks that it crosses, and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.contracts.published import Break, Language
from analysis.reporting.manuscript.report_input import FindingJson, ReportInput


@dataclass(frozen=True, slots=True)
class Parted:
    """``crossed`` are the breaks by date, ``rest`` the caveats that no break says."""

    crossed: tuple[Break, ...]
    rest: tuple[str, ...]


def part(found: FindingJson, report: ReportInput, language: Language) -> Parted:
    """Part the caveats of a finding.

    A finding's caveats begin with a clause a break. Such a clause is left out of
    ``rest`` only if it says what the break says, so that no caveat can be lost.
    """
    crossed = [report.breaks[id] for id in found["breaks"]]
    said = [str(text[language]) for text in found["caveats"]]
    rest = [
        text
        for place, text in enumerate(said)
        if place >= len(crossed) or _bare(crossed[place], language) not in text
    ]
    return Parted(tuple(sorted(crossed, key=lambda brk: (brk.date, brk.id))), tuple(rest))


def _bare(brk: Break, language: Language) -> str:
    return brk.what.said_in(language).strip().removesuffix(".")
