"""Test data: an invented country with two plans, two notebooks, three findings. Never a result."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from analysis.contracts import outputs
from analysis.contracts.findings import Contrary, Finding, Limits, Side, to_json
from analysis.contracts.front_page import FrontEntry, FrontPageLayout
from analysis.contracts.outputs import Check, Column, Table
from analysis.contracts.published import Break, Language, Plan, SourceRow, Text
from analysis.contracts.values import NOT_KNOWN, interval, number
from analysis.reporting.manuscript.report_input import ReportInput

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def _plan(id: str, year: str, first: int, last: int) -> Plan:
    return Plan(
        id=id,
        country="TST",
        title=Text(f"Testlands plan fra {year}", f"Testland's plan of {year}"),
        short=Text(f"{year}-planen", f"{year} plan"),
        scope=Text("kvinder", "women") if year == "2001" else Text("alle ofre", "all victims"),
        lead_body=Text("Testministeriet", "Ministry of Tests"),
        adopted=year,
        period=(str(first), str(last)),
        first_year=first,
        last_year=last,
        years_rule=Text("hele kalenderår", "whole calendar years"),
        amends=None,
        rows=("TST-plan-1",),
    )


def _row(id: str, printed: str = "", period: str = "2003") -> SourceRow:
    return SourceRow(
        id=id,
        file="countries/TST/figures.csv",
        line=2,
        what=Text(f"Testrække {id}", f"Test row {id}"),
        as_printed=printed,
        period=period,
        publisher="TEST",
        source_url="https://example.org/report",
        quote="Seven persons were prosecuted & <5 convicted",
        trust="medium",
        licence="CC0 (test)",
    )


def _counted(year: str, printed: str) -> SourceRow:
    return replace(
        _row(f"INT-TST-convicted-total-{year}", printed, year),
        file="international/test/counts.csv",
        line=int(year) - 1900,
        what=Text("Dømte", "Convicted"),
        quote=f"Testland; Persons convicted; Total; {year}: {printed}",
    )


ROWS = {
    row.id: row
    for row in (
        _row("TST-plan-1", period="2001"),
        *(
            _row(f"TST-prosecuted-{year}", str(year - 1990), str(year))
            for year in range(2001, 2009)
        ),
        _row("TST-owed", period="2005-2008"),
        *(_counted(year, printed) for year, printed in (("2003", "<5"), ("2004", "6"))),
    )
}

BREAKS = {
    brk.id: brk
    for brk in (
        Break(
            "TST-police", "F4", "TST", "2005-03", ("persons_prosecuted",),
            Text("Politiet fik en ny enhed.", "Police gained a new unit."),
            Text("Flere sager kan skyldes enheden.", "More cases may be due to the unit."),
            "https://example.org/police", "a new unit was set up",
        ),
        Break(
            "TST-rule", "F3", "TST", "2006", ("*",),
            Text("Tællereglen blev ændret.", "The counting rule changed."),
            Text("Tal før og efter er ikke ens.", "Figures before and after differ."), "", "",
        ),
    )
}  # fmt: skip

LAYOUT = FrontPageLayout(
    answer=("plan.promise",),
    outcomes=("support.shelter",),
    changed=(FrontEntry(("plan.scope",), Text("Hvem", "Who")),),
    counted=(FrontEntry(("trial.prosecuted", "trial.police")),),
    missing=(FrontEntry(("support.shelter",)),),
)

GRADES = {
    "A": Text("kvasieksperiment", "quasi-experiment"),
    "C": Text("sammenligning før og efter, uden kontrol", "before and after, without a control"),
    "E": Text("dokument eller vidnesbyrd", "document or testimony"),
}

PROSECUTED = Finding(
    id="trial.prosecuted",
    question=Text("Blev flere tiltalt?", "Were more people prosecuted?"),
    indicator="persons_prosecuted",
    country="TST",
    baseline="TL-2001",
    current="TL-2005",
    estimate=interval(4.891, 13.29),
    unit="ratio",
    limits=Limits(2.97, 33.96, 0.95, "exact"),
    other_limits=(Limits(3.4, 28.1, 0.95, "dispersed"),),
    sides=(
        Side("TL-2001", 2001, 2004, interval(7, 19), 4.0),
        Side("TL-2005", 2005, 2008, number(93), 4.0, unit="persons"),
        Side("", 2009, 2012, number(46), 4.0, unit="persons"),
    ),
    method="rate_ratio",
    assumptions=(Text("Hændelserne er uafhængige.", "Events are independent."),),
    basis="published",
    grade="C",
    verdict="recorded_more",
    breaks=("TST-police", "TST-rule"),
    contrary=(
        Contrary(
            Text("I 2009 faldt tallet igen.", "In 2009 the number fell again."),
            ("TST-prosecuted-2008",),
        ),
        Contrary(
            Text("Dommene fulgte ikke med.", "Convictions did not follow."),
            ("INT-TST-convicted-total-2003", "INT-TST-convicted-total-2004"),
        ),
    ),
    rows=tuple(f"TST-prosecuted-{year}" for year in range(2001, 2008)),
    fingerprint="ab" * 32,
    sentence=Text(
        "Der blev registreret 4,9-13,3 gange så mange tiltalte pr. år under 2005-planen.",
        "4.9–13.3 times as many persons a year were recorded as prosecuted under the 2005 plan.",
    ),
    short=Text(
        "Tiltalte: 7-19 personer i 2001-2004, 93 i 2005-2008",
        "Prosecuted: 7–19 persons in 2001–2004, 93 in 2005–2008",
    ),
    caveats=(
        Text(
            "Marts 2005: Politiet fik en ny enhed. Flere sager kan skyldes enheden.",
            "March 2005: Police gained a new unit. More cases may be due to the unit.",
        ),
        Text(
            "2006 (uden kilde): Tællereglen blev ændret. Tal før og efter er ikke ens.",
            "2006 (unsourced): The counting rule changed. Figures before and after differ.",
        ),
        Text("Kilden trykker <5 for 0-4.", "The source prints <5 for 0–4."),
        Text("To sæt grænser er beregnet.", "Two pairs of limits were computed."),
    ),
    notebook="trial",
)

SCOPE = replace(
    PROSECUTED,
    id="plan.scope",
    question=Text("Hvem gælder planen for?", "Whom does the plan cover?"),
    indicator="",
    estimate=NOT_KNOWN,
    unit="statement",
    limits=None,
    other_limits=(),
    sides=(),
    method="documents",
    assumptions=(),
    grade="E",
    verdict="described",
    breaks=(),
    contrary=(),
    rows=("TST-plan-1",),
    sentence=Text(
        "2005-planen omfatter alle ofre, 2001-planen kun kvinder.",
        "The 2005 plan covers all victims, the 2001 plan women only.",
    ),
    short=Text("Hvem: kvinder i 2001, alle ofre fra 2005", "Who: women in 2001, all from 2005"),
    caveats=(),
    notebook="support",
)

PROMISE = replace(
    SCOPE,
    id="plan.promise",
    question=Text("Hvad lovede planerne?", "What did the plans promise?"),
    sentence=Text("2005-planen lovede flere hjælp.", "The 2005 plan promised help to more."),
    short=Text("den anden plan lovede flere hjælp", "the second plan promised help to more"),
)

POLICE = replace(
    SCOPE,
    id="trial.police",
    question=Text("Hvad gjorde politiet?", "What did the police do?"),
    sentence=Text("Politiet fik en ny enhed.", "Police gained a new unit."),
    short=Text("politiet fik en ny enhed i 2005", "police gained a new unit in 2005"),
    caveats=(
        Text("Enhedens størrelse er ikke fundet.", "The unit's size was not found."),
        Text("Intet fundet taler imod.", "Nothing found speaks against it."),
    ),
    notebook="trial",
)

SHELTER = replace(
    SCOPE,
    id="support.shelter",
    question=Text("Hvor mange fik et sted at bo?", "How many were given shelter?"),
    verdict="not_known",
    rows=("TST-owed",),
    sentence=Text(
        "Hvor mange der fik et sted at bo, er ikke kendt; Testministeriet burde vide det.",
        "How many were given shelter is not known; the Ministry of Tests should know.",
    ),
    short=Text("hvor mange der fik et sted at bo", "how many were given shelter"),
)


def _cell(kind: str, source: str, language: str = "", **more: Any) -> dict[str, Any]:
    tags = {"tags": [f"lang-{language}"]} if language else {}
    return {"cell_type": kind, "metadata": tags, "source": source, **more}


def _code(source: str, *shown: dict[str, Any]) -> dict[str, Any]:
    displayed = [
        {"output_type": "display_data", "metadata": {}, "data": {**data, "text/plain": "<shown>"}}
        for data in shown
    ]
    return _cell("code", source, execution_count=None, outputs=displayed)


def _tagged(tag: str, source: str) -> dict[str, Any]:
    return {**_code(source), "metadata": {"tags": [tag]}}


def _said(finding: Finding) -> dict[str, Any]:
    return {outputs.FINDING: to_json(finding), "text/html": "<p>not this</p>"}


def _table(language: Language) -> dict[str, Any]:
    table = Table(
        id="trial.by_year",
        language=language,
        title={"da": "Tiltalte efter år", "en": "Prosecuted by year"}[language],
        columns=(
            Column("year", Text("År", "Year")),
            Column("prosecuted", Text("Tiltalte", "Prosecuted"), "right"),
        ),
        cells=tuple((str(year), str(year - 1990)) for year in range(2001, 2009)),
        rows_of=tuple((f"TST-prosecuted-{year}",) for year in range(2001, 2009)),
        source={"da": "Kilde: testdata.", "en": "Source: test data."}[language],
        note={"da": "Opdigtede tal.", "en": "Invented numbers."}[language],
    )
    return {outputs.TABLE: asdict(table), "text/html": "<table></table>"}


def _picture(language: Language) -> dict[str, Any]:
    title = {"da": "Flere tiltalte hvert år", "en": "More prosecuted each year"}[language]
    bars = "".join(
        f'<rect x="{60 + 60 * place}" y="{220 - 8 * (11 + place)}" width="36" '
        f'height="{8 * (11 + place)}" fill="#0072B2"/>'
        for place in range(8)
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="280" viewBox="0 0 640 280">'
        f'<text x="20" y="30" font-family="DejaVu Sans" font-size="18">{title}</text>{bars}</svg>'
    )
    about = {
        "id": "trial.by_year",
        "language": language,
        "title": title,
        "subtitle": "",
        "alt": {"da": "Søjler fra 11 til 18.", "en": "Bars from 11 to 18."}[language],
        "source": {"da": "Kilde: testdata.", "en": "Source: test data."}[language],
        "columns": ["year", "prosecuted"],
        "data": [[str(year), str(year - 1990)] for year in range(2001, 2009)],
        "rows": [f"TST-prosecuted-{year}" for year in range(2001, 2009)],
    }
    png = base64.b64encode(PNG).decode("ascii")
    return {outputs.FIGURE: about, "image/svg+xml": svg, "image/png": png}


def _notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells)}


def _trial(language: Language) -> dict[str, Any]:
    check = Check(Text("Tre år før planen", "Three years before the plan"), True)
    return _notebook(
        _cell("markdown", "# Blev flere tiltalt?\n\nEn *test* med **fed** skrift.", "da"),
        _cell("markdown", "# Were more prosecuted?\n\nA *test* with **bold** type.", "en"),
        _tagged("parameters", 'baseline = "TL-2001"  # the earlier plan\nyears = 4'),
        _tagged("injected-parameters", "# Parameters\nbaseline = 'TL-1999'\n"),
        _code("study = open_study(baseline)"),
        _cell("markdown", "## Hvem er talt?\n\n- personer\n- ikke sager", "da"),
        _cell("markdown", "## Who is counted?\n\n- persons\n- not cases", "en"),
        _code("trial.show()", _picture(language)),
        _code("trial.table()", _table(language)),
        _code('study.record("trial.prosecuted")', _said(PROSECUTED)),
        _code("study.record_statements()", _said(POLICE)),
        _code("study.require(True)", {outputs.CHECK: asdict(check)}),
        _cell("markdown", "## Hvad dette ikke viser\n\nOm [støtten](support.ipynb) hjalp.", "da"),
        _cell("markdown", "## Not shown\n\nWhether [support](support.ipynb) helped.", "en"),
    )


def _support(language: Language) -> dict[str, Any]:
    return _notebook(
        _cell("markdown", "# Hvilken hjælp blev lovet?", "da"),
        _cell("markdown", "# What help was promised?", "en"),
        _cell("markdown", "| Hjælp | Lovet |\n|---|---|\n| Bolig | ja |", "da"),
        _cell("markdown", "| Help | Promised |\n|---|---|\n| Shelter | yes |", "en"),
        _code("study.record_statements()", _said(PROMISE), _said(SCOPE), _said(SHELTER)),
    )


def _report() -> ReportInput:
    languages: tuple[Language, ...] = ("da", "en")
    notebooks = {
        (name, language): make(language)
        for name, make in (("support", _support), ("trial", _trial))
        for language in languages
    }
    return ReportInput(
        id="testland",
        name=Text("Testlands planer (opdigtede testdata)", "Testland's plans (invented test data)"),
        country=Text("Testland", "Testland"),
        plans=(_plan("TL-2001", "2001", 2001, 2004), _plan("TL-2005", "2005", 2005, 2008)),
        languages=languages,
        front=LAYOUT,
        notebooks=notebooks,
        findings=[to_json(finding) for finding in (PROMISE, SCOPE, SHELTER, PROSECUTED, POLICE)],
        sources=ROWS,
        breaks=BREAKS,
        grades=GRADES,
        labels={("units", "persons"): Text("personer", "persons")},
    )


@pytest.fixture(scope="session")
def report() -> ReportInput:
    """Return the test report: Danish first, two notebooks, a figure, a table, three findings."""
    return _report()


@pytest.fixture(scope="session")
def with_finding() -> Callable[..., ReportInput]:
    """Return a maker of reports in which one finding is changed."""

    def make(id: str, **changes: Any) -> ReportInput:
        report = _report()
        findings = [
            {**found, **changes} if found["id"] == id else found for found in report.findings
        ]
        return replace(report, findings=findings)

    return make
