"""No cases in, the finding and the table of who owes them out."""

from __future__ import annotations

from datetime import date

from analysis.contracts.findings import Finding
from analysis.contracts.outputs import Column, Listing
from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile, expected
from analysis.contracts.published import Language, Text
from analysis.findings import partner as findings
from analysis.language import numbers, words
from analysis.study import listings
from analysis.study.partner.opened import Absent
from analysis.study.partner.opening import senders_of
from analysis.study.partner.owed import NEEDED
from analysis.study.reading import Reading

_FEW = 6
"""Forms that a sentence names; more are counted."""


def finding(reading: Reading, id: str, asked: Absent) -> Finding:
    """Record that nothing was submitted, and who owes it."""
    rows = _rows(reading, asked)
    proposed = asked.why == "not_submitted" and _proposed(asked)
    why = "not_confirmed" if proposed else asked.why
    parts = _parts(reading, asked)
    return findings.nothing_submitted(
        id,
        words.text(f"partner.question_{asked.notebook}"),
        words.text(f"partner.{why}", **parts),
        words.text(f"partner.{why}_short", **parts),
        reading.compared,
        country=reading.country.iso3,
        rows=rows,
        fingerprint=reading.fingerprint(rows),
    )


def owes(reading: Reading, asked: Absent) -> Listing:
    """Who owes which reports: how often, how many, due when."""
    lines = asked.owes
    title = "proposed" if _proposed(asked) else "owed"
    return Listing(
        title=words.text(f"partner.title_{title}"),
        columns=(
            *(Column(name, words.text(f"partner.column_{name}")) for name in ("sender", "forms")),
            Column("rhythm", words.text("partner.column_rhythm")),
            Column("covers", words.text("partner.column_covers")),
            Column("reports", words.text("partner.column_reports"), "right"),
            Column("due", words.text("partner.column_due_dates")),
        ),
        cells=tuple(
            (
                line.profile.name,
                forms_named(asked.forms, line.forms),
                words.text(f"partner.rhythm_{line.rhythm}"),
                _span(line.first, line.last),
                numbers.both(numbers.number, line.reports),
                _span(line.first_due, line.last_due),
            )
            for line in lines
        ),
        rows_of=tuple(_rows_of(reading, line.profile) for line in lines),
        source=listings.source(reading, _rows(reading, asked)),
        note=words.text("partner.note_proposed") if _proposed(asked) else Text("", ""),
    )


def names_all(reading: Reading, asked: Absent) -> bool:
    """Whether each sender of the country that owes a needed form in the years has a line."""
    senders = senders_of(reading, asked.forms).values()
    first, last = date(reading.baseline.first_year, 1, 1), date(reading.current.last_year, 12, 31)
    owing = {
        profile.organisation
        for profile in senders
        if any(
            one.form in NEEDED.get(asked.notebook, tuple(profile.forms))
            for one in expected(profile, first, last)
        )
    }
    return owing == {line.profile.organisation for line in asked.owes}


def forms_named(forms: Forms, names: tuple[str, ...]) -> Text:
    """Name forms as a list in a sentence."""
    return Text(*(_joined(forms, names, language) for language in ("da", "en")))


def _joined(forms: Forms, names: tuple[str, ...], language: Language) -> str:
    return words.joined(
        [forms.forms[name].label.said_in(language).lower() for name in names], language
    )


def _parts(reading: Reading, asked: Absent) -> dict[str, Text | int]:
    named = list({line.profile.organisation: line.profile.name for line in asked.owes}.values())
    needed = tuple(dict.fromkeys(form for line in asked.owes for form in line.forms))
    parts: dict[str, Text | int] = {"country": reading.country.name}
    if not asked.owes:
        return parts
    return parts | {
        "bodies": len(named),
        "agreed": listings.publishers(reading, _rows(reading, asked)),
        "named": Text(
            words.joined([one.da for one in named], "da"),
            words.joined([one.en for one in named], "en"),
        ),
        "reports": sum(line.reports for line in asked.owes),
        "forms": forms_named(asked.forms, needed)
        if len(needed) <= _FEW
        else words.text("partner.forms", n=len(needed)),
        "covers": _span(
            min(line.first for line in asked.owes), max(line.last for line in asked.owes)
        ),
    }


def _proposed(asked: Absent) -> bool:
    """Whether what is owed is this program's proposal, which no data controller confirmed."""
    return any(line.profile.agreement.confirmed is None for line in asked.owes)


def _span(first: date, last: date) -> Text:
    begin, end = (numbers.both(numbers.day, day.isoformat()[:7]) for day in (first, last))
    return words.text("partner.span", first=begin, last=end)


def _rows(reading: Reading, asked: Absent) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(row for line in asked.owes for row in _rows_of(reading, line.profile))
    )


def _rows_of(reading: Reading, profile: Profile) -> tuple[str, ...]:
    """Return the published rows that name a sender."""
    table = reading.table("organisations")
    return tuple(table[table["org_id"] == profile.organisation]["row_id"])
