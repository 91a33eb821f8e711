"""Material that every picture is drawn from: the published record, opened as a notebook does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from analysis.contracts.findings import Finding, Limits, Side
from analysis.contracts.partner.pictures import (
    Cohort,
    Coverage,
    Curve,
    Curves,
    Due,
    DueMatrix,
    Funnel,
    Panel,
    Scorecard,
    Scored,
    Stage,
    TieMatrices,
    Ties,
)
from analysis.contracts.partner.pictures import Covered as Covered_
from analysis.contracts.published import LANGUAGES, Break, Language, Plan, Series, Text
from analysis.contracts.values import NOT_KNOWN, SUPPRESSED, Value, interval, number
from analysis.contracts.ways import WayCurve
from analysis.methods.comparators import RankedRatio, RatioRank
from analysis.places import Places
from analysis.reporting import figures
from analysis.reporting.figures.simulated import Answers
from analysis.reporting.figures.simulated_coverage import Covered
from analysis.reporting.shown import Shown
from analysis.study import Study, open_study
from analysis.study.hidden.told import Result
from analysis.study.simulated import Simulation

HOME = Places(Path(__file__).parents[3])
TOTALS = {
    "victims_identified": "identification.victims",
    "persons_prosecuted": "prosecution.prosecuted",
    "persons_convicted": "prosecution.convicted",
}
TOPICS = {
    "plans": ("promise", "scope", "aim", "pillars", "bodies", "budget", "documents"),
    "involvement": ("centre", "cooperation", "involvement", "data_flow", "institute", "reporting"),
    "support": ("stay_rule", "shelter", "prepared_return", "children", "men", "effect_ordered"),
    "prosecution": ("police",),
}


@cache
def study(country: str = "DNK") -> Study:
    """Open the comparison of the default evaluation, or its periods in another country."""
    return open_study("DK-2002", "DK-2007", country=country, language="da", places=HOME)


def plans() -> list[Plan]:
    """Return the two plans and what amends them."""
    return list(study().plans())


def breaks() -> list[Break]:
    """Return every comparability break."""
    return list(study().breaks)


def series(indicator: str, breakdown: str = "total", last: int = 2014) -> Series:
    """Return one of UNODC's series, cut after ``last``."""
    return study().series(indicator, breakdown).within(2000, last)


@cache
def recorded(country: str = "DNK") -> tuple[Finding, ...]:
    """Return the findings that the notebooks record, notebook by notebook."""
    opened = study(country)
    found: list[Finding] = []
    for notebook, topics in TOPICS.items():
        found += [one.finding for one in opened.record_statements(notebook, *topics).findings]
    found += [one.finding for one in opened.record_owed("support").findings]
    found += [one.finding for one in opened.record_trace("plans.trace").findings]
    found += [one.finding for one in opened.record_evaluations("evaluations").findings]
    for indicator, id in TOTALS.items():
        counted = opened.series(indicator)
        found.append(opened.record(id, opened.compare(counted)).finding)
        if id.startswith("prosecution"):
            found.append(opened.record(f"{id}_rank", opened.rank(counted)).finding)
    found.append(opened.record_index("policy_index.scores").finding)
    refused = opened.synthetic_control(opened.index_sum())
    found.append(opened.record("policy_index.synthetic_control", refused).finding)
    return tuple(found)


def compared() -> list[Finding]:
    """Return the findings on totals, in the order of `TOTALS`."""
    found = {finding.id: finding for finding in recorded()}
    return [found[id] for id in TOTALS.values()]


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
Draw = Callable[[Language], Shown]


@cache
def invented() -> Simulation:
    """Return what few repetitions of the simulated worlds gave."""
    return study().simulate("persons_prosecuted", usual=10.0, draws=40, seed=1)


@cache
def robustness(indicator: str) -> tuple[Finding, WayCurve | None]:
    """Return a headline under every registered choice: what is told of it, and its curve."""
    opened = study()
    found = opened.robustness(indicator, draws=19, seed=1)
    return opened.record_robustness("robustness.a", found).finding, opened.drawn(found)


def _simulated() -> dict[str, Draw]:
    return {
        "simulated_verdicts": lambda language: figures.simulated_verdicts(
            "a", study().simulated_answers(invented()), language=language
        ),
        "simulated_coverage": lambda language: figures.simulated_coverage(
            "a", study().simulated_coverage(invented()), language=language
        ),
    }


@cache
def listed(table: str) -> Result:
    """Return what every method makes of a table of overlapping lists; of few resamples."""
    return study().hidden(table, threshold=0.02, bootstrap=20, seed=1, factor=1.5)


def _from_lists(table: str) -> dict[str, Draw]:
    """Pictures of overlapping lists; ``country``: of the country's own, which it has none of."""
    opened, found = study(), listed(table)
    name = opened.overlapping(found).name
    return {
        "overlap_sets": lambda language: figures.overlap_sets(
            "a", opened.overlapping(found), rows=found.rows, language=language
        ),
        "estimate_tree": lambda language: figures.estimate_tree(
            "a",
            name,
            opened.estimated(found),
            opened.overlapping(found).n,
            spread=opened.spread(found),
            rows=found.rows,
            language=language,
        ),
        "estimate_path": lambda language: figures.estimate_path(
            "a", name, opened.steps(found), rows=found.rows, language=language
        ),
    }


def _among(pair: tuple[str, str], country: str = "DNK") -> dict[str, Draw]:
    """Pictures of a country among others, in the years of a pair of plans."""
    opened = open_study(*pair, country=country, language="da", places=HOME)
    ranks, changes = opened.ranks(), opened.differences()
    twins, laws = {"policy_index": opened.synthetic_control(opened.index_sum())}, opened.laws()
    ranked = opened.record_each("comparators.rank", ranks).recorded
    changed = opened.record_each("comparators.difference", changes).recorded
    twinned = opened.record_each("comparators.synthetic", twins).recorded
    around = opened.record("comparators.laws", laws).finding
    return {
        "rank_strips": lambda language: figures.rank_strips("a", ranks, ranked, language=language),
        "change_dots": lambda language: figures.change_dots(
            "a", changes, changed, language=language
        ),
        "twin_gaps": lambda language: figures.twin_gaps(
            "a", twins["policy_index"], twinned[0], opened.plans(), language=language
        ),
        "law_event": lambda language: figures.law_event("a", laws, around, language=language),
    }


def _charted(country: str, cells: int | None = None) -> Draw:
    """The charts of victims of a country; of ``cells`` years alone, too few for a chart."""
    opened = study(country)
    victims = opened.series("victims_identified")
    kept = victims if cells is None else replace(victims, points=victims.points[:cells])
    found = opened.watch(kept, baseline=8, draws=1_000, seed=1)
    told = opened.record_chart("trend.odd_years", found).finding
    charts = opened.charts(found, told)
    return lambda language: figures.control_charts("a", charts, language=language)


def _parted(country: str, cells: int | None = None) -> Draw:
    """The changes of two outcomes of a country after the plan; of ``cells`` years alone."""
    opened = study(country)
    counted = [opened.series(name) for name in ("victims_identified", "persons_suspected")]
    kept = [replace(one, points=one.points[:cells]) for one in counted]
    changes = opened.parted(opened.changes_since(*kept))
    return lambda language: figures.change_parts("a", changes, language=language)


def _nowhere() -> dict[str, Draw]:
    """The same for a country of which no set holds a figure, and without a study of laws."""
    made = _among(("DK-2002", "DK-2007"), "NRU")
    opened = study()
    refused = opened.adoption()
    finding_ = opened.record("comparators.adoption", refused).finding
    return made | {
        "law_event": lambda language: figures.law_event("a", refused, finding_, language=language)
    }


def _partner(made: PartnerPictures) -> dict[str, Draw]:
    """Pictures of cases of persons, from counts that were made up here."""
    return {
        "due_matrix": lambda language: figures.due_matrix("a", made.matrix, language=language),
        "quality_grid": lambda language: figures.quality_grid("a", made.card, language=language),
        "case_funnel": lambda language: figures.case_funnel(
            "a", made.funnel, smallest=5, language=language
        ),
        "incidence_curves": lambda language: figures.incidence_curves(
            "a", Text("Ventetid", "Wait"), made.curves, level=0.95, smallest=5, language=language
        ),
        "tie_matrices": lambda language: figures.tie_matrices(
            "a", made.ties, smallest=5, language=language
        ),
        "coverage_dots": lambda language: figures.coverage_dots(
            "a", made.coverage, smallest=5, language=language
        ),
    }


@dataclass(frozen=True)
class PartnerPictures:
    """What the six pictures of partner data are drawn from."""

    matrix: DueMatrix
    card: Scorecard
    funnel: Funnel
    curves: Curves
    ties: TieMatrices
    coverage: Coverage


NO_CASES = PartnerPictures(
    DueMatrix((), ()),
    Scorecard((), ()),
    Funnel(()),
    Curves((), 180, ()),
    TieMatrices((), ()),
    Coverage((), 0.95),
)


def partner_pictures() -> PartnerPictures:
    """Nine invented bodies, one of them silent, with every state that a count can have."""
    names = [Text(f"Organisation {one} (syntetisk)", f"Organisation {one} (synthetic)")
             for one in "ABCDEFGH"]  # fmt: skip
    names.append(Text("Udlændingemyndighed (syntetisk)", "Immigration authority (synthetic)"))
    dues = (Due("in_time", 5, 5), Due("late", 5, 5), Due("part", 3, 5), Due("none", 0, 5),
            Due("not_due"))  # fmt: skip
    periods = tuple(f"{year}H{half}" for year in range(2003, 2011) for half in (1, 2))
    shares = (1.0, 0.5, 0.031, None, 0.92, 0.0)
    words = tuple(Text(f"Del nummer {n}", f"Part number {n}") for n in range(6))
    stages = tuple(
        Stage(Text(f"Trin {n}", f"Stage {n}"), value, true)
        for n, (value, true) in enumerate(
            zip((number(120), number(90), interval(86, 90), number(40), number(12), interval(0, 4)),
                (125, 92, 90, 41, 12, 3), strict=True)
        )
    )  # fmt: skip
    days, curve = (0, 30, 60, 90), (0.0, 0.2, 0.4, 0.5)
    drawn = (
        Curve("before", number(40), days, curve, (0, 0.1, 0.3, 0.4), (0.1, 0.3, 0.5, 0.6), None,
              curve),
        Curve("after", interval(0, 4), refused=Text("færre end ti", "fewer than ten")),
    )  # fmt: skip
    cells = (number(0), interval(1, 4), number(128), number(5), NOT_KNOWN)
    counts = tuple(
        tuple(NOT_KNOWN if row == column else cells[(row + 2 * column) % 4] for column in range(9))
        for row in range(9)
    )
    groups = (
        Covered_(Text("alle", "all"), number(300), number(200), 0.67, 0.67, 0.61, 0.72, 0.68),
        Covered_(Text("mænd og børn", "men and children"), number(20), interval(0, 4), 0.0, 0.2,
                 0.0, 0.4, 0.15),
        Covered_(Text("børn", "children"), SUPPRESSED, SUPPRESSED, withheld=True),
    )  # fmt: skip
    sides = (("before", Text("før", "before")), ("after", Text("efter", "after")))
    return PartnerPictures(
        DueMatrix(
            periods,
            tuple(
                (name, tuple(dues[(row + place) % 5] for place in range(16)))
                for row, name in enumerate(names)
            ),
            7,
            True,
        ),
        Scorecard(
            words,
            tuple(
                Scored(name, shares, 0.7 if row else None, 0.2, 1.0)
                for row, name in enumerate(names)
            ),
            True,
        ),
        Funnel(
            tuple(Cohort(text, side, stages) for side, text in sides),  # type: ignore[arg-type]
            True,
        ),
        Curves(
            tuple(Panel(Text(f"Slags {n}", f"Kind {n}"), drawn) for n in range(4)),
            90,
            sides,  # type: ignore[arg-type]
            True,
        ),
        TieMatrices(
            tuple(names),
            tuple(
                Ties(text, side, counts, frozenset({3}), Text("tæthed 0,3", "density 0.3"))  # type: ignore[arg-type]
                for side, text in sides
            ),
            True,
        ),
        Coverage(
            ((Text("Botilbud", "Housing"), groups), (Text("Social hjælp", "Social help"), groups)),
            0.95,
            True,
        ),
    )


def _full() -> dict[str, Draw]:
    opened, both = study(), plans()
    named = opened.codes("publishers")
    days = opened.figures("reflection_period_days_max", "reflection_period_days_min")
    counted = [opened.series(name) for name in TOTALS]
    split = {by: opened.parts("victims_identified", by) for by in ("sex", "age", "form")}
    ranked = opened.rank(counted[2])
    bodies, roles, ties = (opened.table(name) for name in ("organisations", "roles", "ties"))
    evaluations, measures = opened.evaluation_findings(), opened.table("measures")
    return (
        _simulated()
        | _among(("DK-2007", "DK-2011"))
        | _from_lists("UK5")
        | _partner(partner_pictures())
        | {
            "control_charts": _charted("DNK"),
            "change_parts": _parted("DNK"),
            "plan_timeline": lambda language: figures.plan_timeline(
                "a",
                both,
                opened.table("events"),
                breaks(),
                conflicts=opened.table("conflicts"),
                publishers=named,
                language=language,
            ),
            "measure_board": lambda language: figures.measure_board(
                "a", measures, opened.codes("pillars"), both, publishers=named, language=language
            ),
            "trace_map": lambda language: figures.trace_map(
                "a",
                opened.traced(),
                opened.table("evaluation_findings"),
                measures,
                publishers=named,
                language=language,
            ),
            "who_does_what": lambda language: figures.who_does_what(
                "a", bodies, roles, ties, both, publishers=named, language=language
            ),
            "roles_grid": lambda language: figures.roles_grid(
                "a",
                bodies,
                roles,
                both,
                codes=opened.codes("roles"),
                publishers=named,
                language=language,
            ),
            "promise_grid": lambda language: figures.promise_grid(
                "a", opened.promises(), language=language
            ),
            "specification_curve": lambda language: figures.specification_curve(
                "a", *robustness("persons_convicted"), language=language
            ),
            "stay_days": lambda language: figures.stay_days(
                "a", days, both, publishers=named, language=language
            ),
            "yearly_counts": lambda language: figures.yearly_counts(
                "a", counted, both, breaks(), findings=compared(), language=language
            ),
            "parts_by_year": lambda language: figures.parts_by_year(
                "a",
                counted[0],
                [part for found in split.values() for part in found.series],
                {by: found.adding_up for by, found in split.items()},
                plans=both,
                language=language,
            ),
            "rate_forest": lambda language: figures.rate_forest("a", compared(), language=language),
            "comparator_ranks": lambda language: figures.comparator_ranks(
                "a", ranked.country, ranked.ratios, ranked.rank, rows=ranked.rows, language=language
            ),
            "index_panels": lambda language: figures.index_panels(
                "a", opened.policy_index(), both, language=language
            ),
            "criteria_grid": lambda language: figures.criteria_grid(
                "a",
                evaluations,
                opened.codes("criteria"),
                both,
                publishers=named,
                language=language,
            ),
            "finding_board": lambda language: figures.finding_board(
                "a", recorded(), language=language
            ),
        }
    )


def _abroad() -> dict[str, Draw]:
    """Pictures of a country that supplies no plans, only figures that others publish."""
    opened = study("SWE")
    victims, by = opened.series("victims_identified"), opened.parts("victims_identified", "age")
    return {
        "plan_timeline": lambda language: figures.plan_timeline(
            "a", opened.plans(), opened.table("events"), opened.breaks, language=language
        ),
        "yearly_counts": lambda language: figures.yearly_counts(
            "a", [victims], opened.plans(), victims.breaks, language=language
        ),
        "parts_by_year": lambda language: figures.parts_by_year(
            "a", victims, by.series, by.adding_up, plans=opened.plans(), language=language
        ),
        "finding_board": lambda language: figures.finding_board(
            "a", recorded("SWE"), language=language
        ),
    }


def _empty() -> dict[str, Draw]:
    """Every picture for a country that has submitted nothing but the period of two plans."""
    both = [replace(plan, scope=Text("", ""), rows=()) for plan in study().compared]
    none = pd.DataFrame()
    nothing = replace(series("victims_identified"), points=())
    silent = _nowhere() | _from_lists("country") | _partner(NO_CASES)
    return silent | {
        "control_charts": _charted("DNK", 0),
        "change_parts": _parted("DNK", 0),
        "simulated_verdicts": lambda language: figures.simulated_verdicts(
            "a", Answers((), (), 0.0, 0.0, 0), language=language
        ),
        "simulated_coverage": lambda language: figures.simulated_coverage(
            "a", Covered((), 0, (0.93, 0.97)), language=language
        ),
        "plan_timeline": lambda language: figures.plan_timeline(
            "a", (), none, (), language=language
        ),
        "measure_board": lambda language: figures.measure_board(
            "a", none, study().codes("pillars"), both, language=language
        ),
        "trace_map": lambda language: figures.trace_map("a", none, none, none, language=language),
        "who_does_what": lambda language: figures.who_does_what(
            "a", none, none, none, both, language=language
        ),
        "roles_grid": lambda language: figures.roles_grid("a", none, none, both, language=language),
        "promise_grid": lambda language: figures.promise_grid("a", none, language=language),
        "specification_curve": lambda language: figures.specification_curve(
            "a", *robustness("victims_identified"), language=language
        ),
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
            "a", none, study().codes("criteria"), both, language=language
        ),
        "finding_board": lambda language: figures.finding_board("a", [], language=language),
    }


PICTURES = tuple(sorted(figures.__all__))

WITHOUT_ROWS = ("simulated_verdicts", "simulated_coverage", *_partner(NO_CASES))
"""Pictures of what is not in the published record: invented worlds, and cases of persons."""


@pytest.fixture(scope="session")
def without_rows() -> tuple[str, ...]:
    """Return the names of pictures that rest on no published row."""
    return WITHOUT_ROWS


@pytest.fixture(scope="session")
def draw() -> dict[str, Draw]:
    """Return what draws each picture of the published record, anew at every call."""
    return _full()


@pytest.fixture(scope="session")
def full(draw: dict[str, Draw]) -> Callable[[str, Language], Shown]:
    """Draw a picture of the published record, each once."""
    return cache(lambda name, language: draw[name](language))


@pytest.fixture(scope="session")
def abroad() -> Callable[[str, Language], Shown]:
    """Draw a picture of another country in the same periods, each once."""
    made = _abroad()
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
def odd_ratios() -> dict[str, Draw]:
    """Return what draws ratios without an upper limit, or none at all."""
    return {
        "rate_forest": lambda language: figures.rate_forest("a", findings(), language=language),
        "comparator_ranks": lambda language: figures.comparator_ranks(
            "a", "DNK", COUNTRIES, RANK, rows=("b", "c"), language=language
        ),
    }


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
