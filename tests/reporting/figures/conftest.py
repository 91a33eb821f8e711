"""Material that every picture is drawn from: the published record, read plainly."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from analysis.contracts.findings import Finding, Limits, Side
from analysis.contracts.published import (
    LANGUAGES,
    Break,
    Language,
    Plan,
    Point,
    Series,
    Text,
)
from analysis.contracts.values import NOT_KNOWN, Value, interval, number, parse
from analysis.methods.comparators import RankedRatio, RatioRank
from analysis.reporting import figures, frames
from analysis.reporting.shown import Shown

DATA = Path(__file__).parents[3] / "data"
COUNTRY = DATA / "published" / "countries" / "DNK"
UNODC = next((DATA / "published" / "international" / "unodc_glotip").glob("*.csv"))
INDEX = next((DATA / "published" / "international" / "policy_3p").glob("*.csv"))
NAMES = {
    "Detected trafficking victims": "victims_identified",
    "Persons prosecuted": "persons_prosecuted",
    "Persons convicted": "persons_convicted",
}


@cache
def table(name: str) -> pd.DataFrame:
    """Read one table of the country's record as words."""
    return pd.read_csv(COUNTRY / f"{name}.csv", dtype=str, keep_default_na=False)


@cache
def codes(name: str) -> pd.DataFrame:
    """Read one code list as words."""
    return pd.read_csv(DATA / "codelists" / f"{name}.csv", dtype=str, keep_default_na=False)


def plans(*ids: str) -> list[Plan]:
    """Return plans by id, with their amendments after them."""
    picked = [line for line in frames.lines(table("plans")) if line["pick"] == "1"]
    found = []
    for wanted in ids:
        found += [_plan(line) for line in picked if line["plan_id"] == wanted]
        found += [_plan(line) for line in picked if line["amends"] == wanted]
    return found


def _plan(line: Mapping[str, str]) -> Plan:
    return Plan(
        id=line["plan_id"],
        country="DNK",
        title=frames.text(line, "title"),
        short=frames.text(line, "short"),
        scope=frames.text(line, "scope"),
        lead_body=frames.text(line, "lead_body"),
        adopted=line["adopted"],
        period=(line["period_start"], line["period_end"]),
        first_year=int(line["first_year"]),
        last_year=int(line["last_year"]),
        years_rule=frames.text(line, "years_rule"),
        amends=line["amends"] or None,
        rows=(line["row_id"],),
    )


def breaks(*indicators: str) -> list[Break]:
    """Return the breaks that touch one of the indicators (all without one)."""
    found = [
        Break(
            id=line["row_id"],
            flag=line["flag"],  # type: ignore[arg-type]
            country="DNK",
            date=line["date"],
            indicators=frames.ids(line["indicators"]),
            what=frames.text(line, "what"),
            effect=frames.text(line, "effect"),
            source_url=line["source_url"],
            quote=line["quote"],
        )
        for line in frames.lines(table("breaks"))
    ]
    return [b for b in found if not indicators or any(b.touches(name) for name in indicators)]


@cache
def unodc() -> pd.DataFrame:
    """Read UNODC's file."""
    return pd.read_csv(UNODC, dtype=str, keep_default_na=False)


def series(indicator: str, breakdown: str = "total", last: int = 2014) -> Series:
    """Build one of UNODC's series."""
    frame = unodc()
    name = next(key for key, code in NAMES.items() if code == indicator)
    rows = frame[(frame["Iso3_code"] == "DNK") & (frame["Indicator"] == name)]
    rows = rows[_cut(rows, breakdown) & (rows["Year"].astype(int) <= last)].sort_values("Year")
    points = [
        Point(
            int(str(year)),
            parse(str(cell)),
            str(cell),
            f"UNODC-DNK-{indicator}-{breakdown}-{year}",
        )
        for year, cell in zip(rows["Year"], rows["txtVALUE"], strict=True)
    ]
    label = next(line for line in frames.lines(codes("indicators")) if line["code"] == indicator)
    return Series(
        indicator=indicator,
        country="DNK",
        breakdown=breakdown,
        label=frames.text(label, "label"),
        unit="persons",
        rule="formally_identified",
        publisher="UNODC",
        points=tuple(points),
        breaks=(),
        conflicts=(),
        picked_by=Text(da="UNODC dækker flest år.", en="UNODC covers most years."),
    )


def _cut(rows: pd.DataFrame, breakdown: str) -> pd.Series:
    wanted = {"Dimension": "Total", "Category": "Total", "Sex": "Total", "Age": "Total"}
    words = {"female": "Female", "male": "Male", "minor": "0 to 17 years"}
    words |= {"adult": "18 years or over", "sexual": "Sexual exploitation"}
    words |= {"forced_labour": "Forced labour", "total": "Total"}
    for pair in breakdown.split(";"):
        key, _, code = pair.partition("=")
        if key == "form":
            wanted |= {"Dimension": "by form of exploitation", "Category": words[code]}
        elif key in ("sex", "age"):
            wanted[key.capitalize()] = words[code]
    kept = pd.Series(True, index=rows.index)
    for name, word in wanted.items():
        kept &= rows[name] == word
    return kept


@cache
def index() -> dict[str, pd.DataFrame]:
    """Read the policy index of the country and its neighbours."""
    scores = pd.read_csv(INDEX, dtype=str, keep_default_na=False)
    found = {}
    for iso3, code in (("DNK", "DEN"), ("NOR", "NOR"), ("FIN", "FIN"), ("ISL", "ICE")):
        own = scores[(scores["code"] == code) & (scores["p"] != "")]
        found[iso3] = pd.DataFrame(
            [
                {"year": line["year"], "area": area, "score": line[area], "row_id": f"3P-{iso3}"}
                for line in frames.lines(own)
                for area in ("prosecution", "protection", "prevention")
            ]
        )
    return found


READINGS = interval(93 / 19, 93 / 7)


def finding(
    id: str = "prosecution.ratio",
    verdict: str = "recorded_more",
    estimate: Value = READINGS,
    pairs: tuple[Limits, ...] = (
        Limits(2.10, 46.5, 0.95, "dispersed"),
        Limits(2.97, 33.96, 0.95, "exact"),
    ),
    sides: tuple[Value, ...] = (interval(7, 19), number(93)),
    unit: str = "ratio",
) -> Finding:
    """Build a finding on two periods; by default that on prosecutions."""
    spans = ((2003, 2006), (2007, 2010))
    nothing = Text("", "")
    return Finding(
        id=id,
        question=Text(da="Kom flere bagmænd for retten?", en="Did more traffickers stand trial?"),
        indicator="persons_prosecuted",
        country="DNK",
        baseline="DK-2002",
        current="DK-2007",
        estimate=estimate,
        unit=unit,
        limits=pairs[0] if pairs else None,
        other_limits=pairs[1:],
        sides=tuple(
            Side(plan, first, last, count, float(last - first + 1))
            for plan, (first, last), count in zip(
                ("DK-2002", "DK-2007"), spans, sides, strict=False
            )
        ),
        method="rate_ratio",
        assumptions=(),
        basis="published",
        grade="C",
        verdict=verdict,  # type: ignore[arg-type]
        breaks=(),
        contrary=(),
        rows=("UNODC-DNK-persons_prosecuted-total-2003",),
        fingerprint="",
        sentence=nothing,
        short=nothing,
    )


def findings() -> list[Finding]:
    """One finding of each kind that a forest or a board must show."""
    silent = {"pairs": (), "sides": (NOT_KNOWN, number(145)), "unit": "persons"}
    return [
        finding(),
        finding(
            "conviction.ratio",
            "undecided",
            interval(1.35, 3.32),
            (Limits(0.55, 11.2, 0.95, "dispersed"), Limits(0.69, math.inf, 0.95, "exact")),
            (interval(7, 15), interval(27, 31)),
        ),
        finding("victims", "not_comparable", number(145), **silent),  # type: ignore[arg-type]
        finding("shelter", "not_known", NOT_KNOWN, **silent),  # type: ignore[arg-type]
    ]


COUNTRIES = (
    RankedRatio("NOR", 1.2, 3.4),
    RankedRatio("SWE", 0.7, 0.7),
    RankedRatio("POL", 0.0, math.inf),
    RankedRatio("EST", 2.0, math.inf),
)
RANK = RatioRank(1, 3, 4, 0.2, 0.6, 0.2, RankedRatio("", 4.89, 13.29), COUNTRIES)
PROMISES = [
    {
        "subject_da": "Krisecenter",
        "subject_en": "Shelter",
        "promised_da": "mindst tre krisecentre kan modtage kvinder handlet til prostitution",
        "promised_en": "at least three crisis centres able to receive trafficked women",
        "owed_da": "Center mod Menneskehandel",
        "owed_en": "Danish Centre against Human Trafficking",
        "rows": "DK-M-2007-11",
    },
    {
        "subject_da": "Tid til at tænke sig om",
        "subject_en": "Time to reflect",
        "promised_da": "støtte og hjælp i refleksionsperioden",
        "promised_en": "support and help in the reflection period",
        "rule_da": "30 dage, kan forlænges til 100",
        "rule_en": "30 days, can be extended to 100",
        "delivered_da": "GRETA: fungerer som udrejsefrist",
        "delivered_en": "GRETA: works as a departure deadline",
        "rows": "DK-F-0125;DK-E-40",
    },
]
PARTS = ("sex=female", "sex=male", "age=minor", "age=adult", "form=sexual", "form=forced_labour")
Draw = Callable[[Language], Shown]


def _full() -> dict[str, Draw]:
    both = plans("DK-2002", "DK-2007")
    days = table("figures")
    days = days[days["indicator"].str.startswith("reflection_period_days")]
    counted = [series(name) for name in NAMES.values()]
    victims = series("victims_identified", last=2012)
    parts = [series("victims_identified", part, 2012) for part in PARTS]
    organisations, roles, ties = (table(name) for name in ("organisations", "roles", "ties"))
    evaluations, measures = table("evaluation_findings"), table("measures")
    return {
        "plan_timeline": lambda language: figures.plan_timeline(
            "a", both, table("events"), breaks(), conflicts=table("conflicts"), language=language
        ),
        "measure_board": lambda language: figures.measure_board(
            "a", measures, codes("pillars"), both, language=language
        ),
        "trace_map": lambda language: figures.trace_map(
            "a", table("trace"), evaluations, measures, language=language
        ),
        "who_does_what": lambda language: figures.who_does_what(
            "a", organisations, roles, ties, both, language=language
        ),
        "roles_grid": lambda language: figures.roles_grid(
            "a", organisations, roles, both, codes=codes("roles"), language=language
        ),
        "promise_grid": lambda language: figures.promise_grid("a", PROMISES, language=language),
        "stay_days": lambda language: figures.stay_days("a", days, both, language=language),
        "yearly_counts": lambda language: figures.yearly_counts(
            "a", counted, both, breaks(), findings=[finding()], language=language
        ),
        "parts_by_year": lambda language: figures.parts_by_year(
            "a",
            victims,
            parts,
            {"sex": {2010: "contradicts"}, "age": {2010: "adds up"}},
            plans=both,
            language=language,
        ),
        "rate_forest": lambda language: figures.rate_forest("a", findings(), language=language),
        "comparator_ranks": lambda language: figures.comparator_ranks(
            "a", "DNK", COUNTRIES, RANK, rows=("b", "c"), language=language
        ),
        "index_panels": lambda language: figures.index_panels(
            "a", index(), both, language=language
        ),
        "criteria_grid": lambda language: figures.criteria_grid(
            "a", evaluations, codes("criteria"), both, language=language
        ),
        "finding_board": lambda language: figures.finding_board("a", findings(), language=language),
    }


def _empty() -> dict[str, Draw]:
    """Every picture for a country that has submitted nothing but the period of two plans."""
    both = [replace(plan, scope=Text("", ""), rows=()) for plan in plans("DK-2002", "DK-2007")[::2]]
    none = pd.DataFrame()
    nothing = replace(series("victims_identified"), points=())
    return {
        "plan_timeline": lambda language: figures.plan_timeline(
            "a", (), none, (), language=language
        ),
        "measure_board": lambda language: figures.measure_board(
            "a", none, codes("pillars"), both, language=language
        ),
        "trace_map": lambda language: figures.trace_map("a", none, none, none, language=language),
        "who_does_what": lambda language: figures.who_does_what(
            "a", none, none, none, both, language=language
        ),
        "roles_grid": lambda language: figures.roles_grid("a", none, none, both, language=language),
        "promise_grid": lambda language: figures.promise_grid("a", none, language=language),
        "stay_days": lambda language: figures.stay_days("a", none, both, language=language),
        "yearly_counts": lambda language: figures.yearly_counts(
            "a", [nothing], both, breaks(), language=language
        ),
        "parts_by_year": lambda language: figures.parts_by_year(
            "a", nothing, [], {}, language=language
        ),
        "rate_forest": lambda language: figures.rate_forest("a", [], language=language),
        "comparator_ranks": lambda language: figures.comparator_ranks(
            "a", "DNK", (), None, language=language
        ),
        "index_panels": lambda language: figures.index_panels("a", {}, both, language=language),
        "criteria_grid": lambda language: figures.criteria_grid(
            "a", none, codes("criteria"), both, language=language
        ),
        "finding_board": lambda language: figures.finding_board("a", [], language=language),
    }


PICTURES = tuple(sorted(figures.__all__))


@pytest.fixture(scope="session")
def full() -> Callable[[str, Language], Shown]:
    """Draw a picture of the published record, each once."""
    made = _full()
    return cache(lambda name, language: made[name](language))


@pytest.fixture(scope="session")
def empty() -> Callable[[str, Language], Shown]:
    """Draw a picture of a country without submissions, each once."""
    made = _empty()
    return cache(lambda name, language: made[name](language))


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    """Return the builder of findings."""
    return finding


@pytest.fixture
def make_series() -> Callable[..., Series]:
    """Return the reader of UNODC's series."""
    return series


@pytest.fixture
def make_plans() -> Callable[..., list[Plan]]:
    """Return the reader of plans."""
    return plans


@pytest.fixture
def make_breaks() -> Callable[..., list[Break]]:
    """Return the reader of breaks."""
    return breaks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a picture's name once for every picture there is."""
    if "picture" in metafunc.fixturenames:
        metafunc.parametrize("picture", PICTURES)
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", LANGUAGES)
