"""A finding in, what a notebook shows of it out: its JSON, a card to read, plain text."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from analysis.contracts.findings import Contrary, Finding, Limits, Side, to_json
from analysis.contracts.outputs import FINDING
from analysis.contracts.population import IN_ALL
from analysis.contracts.published import Language, SourceRow, Text
from analysis.findings import word
from analysis.findings.limitations import SILENT
from analysis.language import numbers, registrations, words

FindRow = Callable[[str], SourceRow]


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as the last line of a cell: shown in ``language``, kept in both.

    ``find_row`` gives the published row of an id, so that links say publisher and
    period; without it they say the id.
    """

    finding: Finding
    language: Language
    find_row: FindRow | None = None

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        return {
            FINDING: to_json(self.finding),
            "text/html": card(self.finding, self.language, self.find_row),
            "text/plain": plain(self.finding, self.language),
        }

    def __repr__(self) -> str:
        return plain(self.finding, self.language)


def plain(finding: Finding, language: Language) -> str:
    """Write sentence, grade and caveats as lines of text."""
    lines = [
        finding.sentence.said_in(language),
        *_grade(finding, language),
        *(f"- {caveat.said_in(language)}" for caveat in finding.caveats),
        *(f"- {_contrary_text(one, language)}" for one in finding.contrary),
        *(f"- {limitation.said_in(language)}" for limitation in finding.limitations),
        *registrations.lines(finding.protocol, language),
    ]
    return "\n".join(lines)


def card(finding: Finding, language: Language, find_row: FindRow | None = None) -> str:
    """Write the finding as HTML: a labelled article that needs no script and no style."""
    question = finding.question.said_in(language)
    label = _escaped(words.say("findings.card", language, question=question))
    body = "".join(
        [
            f'<p class="finding-sentence">{_escaped(finding.sentence.said_in(language))}</p>',
            _facts(finding, language),
            _texts("caveats", finding.caveats, language),
            _contrary(finding.contrary, language),
            _texts("limitations", finding.limitations, language),
            _texts("assumptions", finding.assumptions, language),
            _sources(finding.rows, language, find_row),
        ]
    )
    return (
        f'<article class="finding finding-{finding.grade}" lang="{language}" '
        f'id="finding-{_escaped(finding.id)}" aria-label="{label}">{body}</article>'
    )


def _facts(finding: Finding, language: Language) -> str:
    facts = {
        "verdict": [words.say(f"findings.verdict_{finding.verdict}", language)],
        "grade": _grade(finding, language),
        "counts": [_side(side, language) for side in finding.sides if side.count.known],
        "limits": [_limits(finding, pair, language) for pair in pairs(finding)],
        "protocol": registrations.lines(finding.protocol, language),
    }
    said = "".join(
        f"<dt>{_escaped(words.say(f'findings.card_{name}', language))}</dt>"
        + "".join(f"<dd>{_escaped(line)}</dd>" for line in lines)
        for name, lines in facts.items()
        if lines
    )
    return f'<dl class="finding-facts">{said}</dl>'


def _grade(finding: Finding, language: Language) -> list[str]:
    """Say the grade and what it means; a refusal or an empty field is no evidence at all."""
    if finding.verdict in SILENT:
        return []
    meaning = words.say(f"findings.grade_{finding.grade}", language)
    return [words.say("findings.grade", language, grade=finding.grade, meaning=meaning)]


def _side(side: Side, language: Language) -> str:
    return words.say(
        "findings.card_count",
        language,
        count=numbers.value(side.count, language),
        years=numbers.years(side.first_year, side.last_year, language),
    )


def pairs(finding: Finding) -> Sequence[Limits]:
    """Return the headline limits and the others, in the order in which they are printed."""
    return [*([finding.limits] if finding.limits else []), *finding.other_limits]


def written(finding: Finding, pair: Limits, language: Language) -> str:
    """Write limits as those of a ratio, or of a yearly mean."""
    ratio = finding.unit == "ratio" or not finding.estimate.known
    mean = finding.unit != IN_ALL
    digits = None if ratio else word.mean_digits(finding.estimate.bounds[1]) if mean else 0
    return word.limits(pair, language, digits=digits)


def _limits(finding: Finding, pair: Limits, language: Language) -> str:
    method = words.say(f"findings.method_{pair.method}", language)
    limits = written(finding, pair, language)
    return words.say("findings.card_limits_of", language, limits=limits, method=method)


def _texts(name: str, texts: Iterable[Text], language: Language) -> str:
    lines = "".join(f"<li>{_escaped(text.said_in(language))}</li>" for text in texts)
    return _titled(name, f"<ul>{lines}</ul>", language) if lines else ""


def _contrary(contrary: Iterable[Contrary], language: Language) -> str:
    see = _escaped(words.say("findings.card_see", language))
    lines = "".join(
        f"<li>{_escaped(_contrary_text(one, language))}"
        + (f" ({see} {', '.join(_link(row, row) for row in one.rows)})" if one.rows else "")
        + "</li>"
        for one in contrary
    )
    return _titled("contrary", f"<ul>{lines}</ul>", language) if lines else ""


def _contrary_text(one: Contrary, language: Language) -> str:
    return word.sentence(one.text).said_in(language)


def _titled(name: str, inner: str, language: Language) -> str:
    title = _escaped(words.say(f"findings.card_{name}", language))
    return f'<div class="finding-{name}"><p class="finding-title">{title}</p>{inner}</div>'


def _sources(rows: Sequence[str], language: Language, find_row: FindRow | None) -> str:
    if not rows:
        return ""
    title = _escaped(words.say("findings.card_sources", language, count=len(rows)))
    lines = "".join(f"<li>{_link(row, _row_name(row, language, find_row))}</li>" for row in rows)
    return f'<details class="finding-sources"><summary>{title}</summary><ul>{lines}</ul></details>'


def _row_name(row: str, language: Language, find_row: FindRow | None) -> str:
    if find_row is None:
        return row
    found = find_row(row)
    parts = (found.what.said_in(language), found.period, found.as_printed, found.publisher)
    return ", ".join(part for part in parts if part)


def _link(row: str, name: str) -> str:
    return f'<a href="sources.html#{quote(row, safe="")}">{_escaped(name)}</a>'


def _escaped(said: str) -> str:
    return html.escape(said)
