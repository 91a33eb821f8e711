"""The known cases: findings of each kind, from the counts that UNODC prints for Denmark."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from analysis.contracts.findings import Contrary, Finding
from analysis.contracts.published import Break, Plan, Point, Series, Text
from analysis.contracts.values import parse
from analysis.findings import record
from analysis.methods.comparators import ratio_rank
from analysis.methods.dispersion import Yearly, dispersed_ratio
from analysis.methods.rates import Count, rate, rate_ratio

Compare = Callable[..., Finding]
FINGERPRINT = hashlib.sha256(b"tests").hexdigest()
NOTHING = Text("", "")


def _plan(id: str, year: str, first: int, last: int, country: str = "DNK") -> Plan:
    return Plan(
        id=id,
        country=country,
        title=Text(f"Handlingsplan {year}", f"Action plan {year}"),
        short=Text(f"{year}-planen", f"{year} plan"),
        scope=NOTHING,
        lead_body=NOTHING,
        adopted=year,
        period=(year, str(last)),
        first_year=first,
        last_year=last,
        years_rule=NOTHING,
        amends=None,
        rows=(f"P-{year}",),
    )


@pytest.fixture(scope="session")
def plans() -> tuple[Plan, Plan]:
    """The two plans, with the whole calendar years in which they are compared."""
    return _plan("DK-2002", "2002", 2003, 2006), _plan("DK-2007", "2007", 2007, 2010)


def _break(flag: str, date: str, what: Text, effect: Text, *, quote: str = "") -> Break:
    return Break(
        id=f"B-{flag}-{date}",
        flag=flag,  # type: ignore[arg-type]
        country="DNK",
        date=date,
        indicators=("*",),
        what=what,
        effect=effect,
        source_url="seed.txt" if quote else "",
        quote=quote,
    )


REFORM = _break(
    "F4",
    "2007-01-01",
    Text("Politireform", "Police reform"),
    Text("politiet blev lagt om i planens første år", "the police were reorganised that year"),
)
DETECTION = _break(
    "F2",
    "2007",
    Text("Et center oprettes", "A centre is set up"),
    Text("flere fund kan være bedre opsporing", "more found may mean better detection"),
    quote="Derfor er Center mod Menneskehandel blevet oprettet i 2007.",
)
PART_YEAR = _break(
    "F3",
    "2007-08",
    Text("2007-tallet dækker måske kun august-december", "The 2007 figure may cover Aug-Dec only"),
    Text("ingen rate pr. år", "no yearly rate"),
)


def make_series(
    label: Text, first: int, cells: list[str], *breaks: Break, indicator: str = "persons_prosecuted"
) -> Series:
    """Make a series of consecutive years from cells as a source prints them."""
    return Series(
        indicator=indicator,
        country="DNK",
        breakdown="total",
        label=label,
        unit="persons",
        rule="persons",
        publisher="unodc",
        points=tuple(
            Point(first + place, parse(cell), cell, f"U-{indicator}-{first + place}")
            for place, cell in enumerate(cells)
        ),
        breaks=breaks,
        conflicts=(),
        picked_by=NOTHING,
    )


PROSECUTED = make_series(
    Text("Tiltalte", "Prosecuted"), 2003, ["7", "<5", "<5", "<5", "22", "25", "29", "17"]
)
CONVICTED = make_series(
    Text("Dømte", "Convicted"),
    2004,
    ["<5", "7", "<5", "<5", "7", "10", "10"],
    indicator="persons_convicted",
)
VICTIMS = make_series(
    Text("Identificerede ofre", "Identified victims"),
    2007,
    ["17", "28", "47", "53"],
    indicator="victims_identified",
)
LATER = Contrary(
    Text("2011-2014: 42-46 tiltalte", "2011–2014: 42–46 prosecuted"), ("U-2011", "U-2012")
)


@pytest.fixture(scope="session")
def compare(plans: tuple[Plan, Plan]) -> Compare:
    """Compare a series over given years as the study does."""

    def made(
        series: Series,
        before: tuple[int, int],
        after: tuple[int, int],
        *,
        contrary: tuple[Contrary, ...] = (),
        between: tuple[Plan, Plan] = plans,
        dispersed: bool = True,
        id: str = "prosecution.prosecuted",
    ) -> Finding:
        periods = [[series.value(year) for year in range(a, b + 1)] for a, b in (before, after)]
        totals = [Count.of(series.total(a, b).bounds, float(b - a + 1)) for a, b in (before, after)]
        yearly = [Yearly.of(value.bounds for value in values) for values in periods]
        return record.compare_rates(
            id,
            Text("Blev flere tiltalt?", "Were more people prosecuted?"),
            series,
            between,
            before=before,
            after=after,
            exact=rate_ratio(*totals),
            dispersed=dispersed_ratio(*yearly) if dispersed else None,
            smallest_ratio=2.9,
            contrary=contrary,
            fingerprint=FINGERPRINT,
        )

    return made


@pytest.fixture(scope="session")
def cases(plans: tuple[Plan, Plan], compare: Compare) -> Mapping[str, Finding]:
    """One finding of each kind and verdict, by a name that says what it is."""
    question = Text("Hvad blev der talt?", "What was counted?")
    kept: dict[str, Any] = {"contrary": (), "fingerprint": FINGERPRINT}
    shocked = replace(PROSECUTED, breaks=(REFORM, DETECTION))
    years: dict[str, Any] = {"before": (2003, 2006), "after": (2007, 2010)}
    swedish = replace(shocked, country="SWE")
    none_before = make_series(PROSECUTED.label, 2003, ["0", "0", "0", "0", "9", "8", "7", "9"])
    score = make_series(
        Text("Beskyttelse", "Protection"), 2003, ["4", "5", "5", "5", "5", "5", "4", "4"]
    )
    mean = rate(Count(145, 145, 4.0))
    rank = ratio_rank(
        (Count(7, 19, 4.0), Count(93, 93, 4.0)),
        {name: (Count(20, 20, 4.0), Count(after, after, 4.0)) for name, after in _OTHERS.items()},
    )
    return {
        "recorded more": compare(shocked, (2003, 2006), (2007, 2010), contrary=(LATER,)),
        "higher": compare(PROSECUTED, (2003, 2006), (2007, 2010)),
        "undecided": compare(CONVICTED, (2004, 2006), (2007, 2010), id="prosecution.convicted"),
        "foreign plans": compare(swedish, (2003, 2006), (2007, 2010), id="foreign"),
        "none before": compare(none_before, (2003, 2006), (2007, 2010), dispersed=False, id="none"),
        "count": record.count_only(
            "victims", question, VICTIMS, plans, years=(2007, 2010), mean=mean, **kept
        ),
        "count with part year": record.count_only(
            "victims.part",
            question,
            replace(VICTIMS, breaks=(PART_YEAR,)),
            plans,
            years=(2007, 2010),
            mean=mean,
            **kept,
        ),
        "no baseline": record.no_baseline("victims.none", question, VICTIMS, plans, **kept),
        "ranked": record.ranked(
            "rank",
            question,
            rank,
            PROSECUTED,
            plans,
            country_name=Text("Danmark", "Denmark"),
            comparators=[Text("Norge", "Norway"), Text("Sverige", "Sweden")],
            rows=PROSECUTED.rows,
            **years,
            **kept,
        ),
        "index": record.described_index(
            "index",
            question,
            [score],
            plans,
            name=Text("3P-indekset", "The 3P index"),
            coded_from=Text("US TIP-rapporterne", "the US TIP reports"),
            scale=(1, 5),
            **years,
            **kept,
        ),
        "documented": record.documented(
            "scope",
            question,
            Text("2002-planen gjaldt kvinder", "The 2002 plan covered women"),
            Text("Kvinder", "Women"),
            ("P-2002",),
            plans,
            **kept,
        ),
        "owed": record.owed(
            "owed.shelter",
            question,
            Text("Ofre, der fik et botilbud", "Victims who got housing"),
            Text("Den tværministerielle arbejdsgruppe", "Inter-ministerial working group"),
            Text("Aftalerne omfatter data.", "The agreements include data."),
            ("W-shelter",),
            plans,
            years=(2007, 2010),
            fingerprint=FINGERPRINT,
        ),
        "statements": record.counted_statements(
            "evaluations.coordination",
            question,
            Text("Koordinering", "Coordination"),
            (record.Tally(recommendation=1), record.Tally(positive=2, negative=1)),
            plans,
            rows=("E-01",),
            **kept,
        ),
        "not submitted": record.not_submitted(
            "plans.scope",
            question,
            Text("handlingsplanernes tekst", "text of the action plans"),
            Text("Sverige", "Sweden"),
            plans,
            country="SWE",
        ),
        "refused": record.refused(
            "policy.synthetic",
            question,
            "synthetic_control",
            record.too_few_years(found=5, needed=8),
            plans,
        ),
    }


_OTHERS = {"NOR": 30, "SWE": 18}
