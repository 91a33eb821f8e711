"""Ranks, index scores and evaluators' statements in, findings that set things side by side out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from analysis.contracts.findings import Basis, Contrary, Finding, Side
from analysis.contracts.published import Language, Plan, Series, Text
from analysis.contracts.values import NOT_APPLICABLE, Value, interval, number
from analysis.findings import grades, word
from analysis.findings import verdict as verdicts
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.clauses import Years
from analysis.findings.comparison import crossed_breaks, side_of
from analysis.language import numbers, words
from analysis.methods.comparators import RatioRank

_SMALL_P = 0.01
"""p-values below this get three decimals, others two."""


def ranked(
    id: str,
    question: Text,
    rank: RatioRank,
    series: Series,
    plans: Plans,
    *,
    before: Years,
    after: Years,
    country_name: Text,
    comparators: Sequence[Text],
    rows: tuple[str, ...],
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    level: float = 0.95,
    basis: Basis = "published",
) -> Finding:
    """Record where a country's ratio stands among others', with the smallest p (grade C).

    Parameters
    ----------
    series : Series
        The country's own series; ``comparators`` are the other countries' names and
        ``rows`` the rows of all of them.
    level : float
        1 - level is the p below which a rank sets a country apart.
    """
    crossed = crossed_breaks(series, before[0], after[1])
    said = verdicts.of_rank(rank.p_high, level=level)
    parts: dict[str, Text | int] = {
        "label": word.capital(series.label),
        "before_years": numbers.both(numbers.years, *before),
        "after_years": numbers.both(numbers.years, *after),
        "country": country_name,
        "rank": numbers.both(numbers.years, rank.rank_low, rank.rank_high),
        "all": rank.n + 1,
        "others": listed(comparators),
        "p": numbers.both(_p_span, rank.p_low, rank.p_high),
        "smallest": numbers.both(written_p, rank.smallest_p),
        "verdict": _rank_verdict(said == "undecided", rank.smallest_p > 1 - level),
    }
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(rows, fingerprint, contrary, basis),
        verdict=said,
        caveats=[
            *(word.clause(brk) for brk in crossed),
            words.text("findings.rank_one_sided"),
            words.text("findings.rank_own_laws"),
        ],
        estimate=interval(rank.rank_low, rank.rank_high),
        indicator=series.indicator,
        country=series.country,
        unit="rank",
        sides=tuple(
            side_of(series, plan, years) for plan, years in zip(plans, (before, after), strict=True)
        ),
        method="ratio_rank",
        assumptions=(words.text("findings.assume_placebo"),),
        grade=grades.grade(grades.before_after(before, after, crossed)),
        breaks=tuple(brk.id for brk in crossed),
        sentence=words.text("findings.ranked", **parts),
        short=words.text("findings.ranked_short", **parts),
    )


def listed(texts: Sequence[Text]) -> Text:
    """Join names as a list in both languages."""
    return Text(
        words.joined([text.da for text in texts], "da"),
        words.joined([text.en for text in texts], "en"),
    )


def written_p(p: float, language: Language) -> str:
    """Write a p-value with as many decimals as its size needs."""
    return numbers.number(p, language, 3 if p < _SMALL_P else 2)


def _p_span(low: float, high: float, language: Language) -> str:
    return numbers.span(written_p(low, language), written_p(high, language), language)


def _rank_verdict(undecided: bool, impossible: bool) -> Text:
    key = "rank_impossible" if impossible else "rank_undecided" if undecided else "rank_apart"
    return words.text(f"findings.{key}")


def described_index(
    id: str,
    question: Text,
    areas: Sequence[Series],
    plans: Plans,
    *,
    name: Text,
    coded_from: Text,
    scale: tuple[int, int],
    before: Years,
    after: Years,
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    basis: Basis = "published",
) -> Finding:
    """Record index scores before and after, area by area, described and not tested (grade D).

    Parameters
    ----------
    areas : sequence of Series
        One country's scores by year, one series an area.
    name, coded_from : Text
        The index, and the reports that its authors coded.
    scale : tuple of int
        Lowest and highest score an area can have.
    """
    crossed = {brk.id: brk for area in areas for brk in crossed_breaks(area, before[0], after[1])}
    spans = [numbers.both(numbers.years, *years) for years in (before, after)]
    said = [_area(area, (before, after), spans) for area in areas]
    sentence = words.text(
        "findings.index",
        index=word.capital(name),
        lowest=scale[0],
        ceiling=scale[1],
        areas=word.run_on(*said),
    )
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(
            tuple(
                point.row
                for area in areas
                for point in area.points
                if before[0] <= point.year <= before[1] or after[0] <= point.year <= after[1]
            ),
            fingerprint,
            contrary,
            basis,
        ),
        verdict="described",
        caveats=[
            *(word.clause(brk) for brk in crossed.values()),
            *_at_ceiling(areas, scale[1], before, spans[0]),
            words.text("findings.index_source", source=coded_from),
            words.text("findings.index_described"),
        ],
        estimate=NOT_APPLICABLE,
        indicator=areas[0].indicator if len(areas) == 1 else "policy_index",
        country=areas[0].country,
        unit="points",
        method="described",
        grade=grades.grade(grades.Design("one_point")),
        breaks=tuple(crossed),
        sentence=sentence,
        short=sentence,
    )


def _area(area: Series, windows: tuple[Years, Years], spans: Sequence[Text]) -> Text:
    before, after = (_scores(area, years) for years in windows)
    return words.text(
        "findings.index_area",
        label=word.capital(area.label),
        before=numbers.both(numbers.value, before),
        before_years=spans[0],
        after=numbers.both(numbers.value, after),
        after_years=spans[1],
    )


def _scores(area: Series, years: Years) -> Value:
    """Lowest to highest score of the years; *not known* when one is missing."""
    known = [area.value(year) for year in range(years[0], years[1] + 1)]
    if silent := [value for value in known if not value.known]:
        return silent[0]
    return interval(
        min(value.bounds[0] for value in known), max(value.bounds[1] for value in known)
    )


def _at_ceiling(areas: Sequence[Series], ceiling: int, before: Years, span: Text) -> list[Text]:
    said = []
    for area in areas:
        scores = [area.value(year) for year in range(before[0], before[1] + 1)]
        hit = sum(score.known and score.bounds[0] >= ceiling for score in scores)
        if hit:
            label = word.capital(area.label)
            parts: dict[str, Text | int] = {"label": label, "ceiling": ceiling, "hit": hit}
            said.append(words.text("findings.index_ceiling", **parts, all=len(scores), years=span))
    return said


@dataclass(frozen=True, slots=True)
class Tally:
    """How many statements of each direction were found on one plan, under one criterion."""

    positive: int = 0
    negative: int = 0
    mixed: int = 0
    recommendation: int = 0
    descriptive: int = 0

    @property
    def all(self) -> int:
        """All statements found."""
        return self.positive + self.negative + self.mixed + self.recommendation + self.descriptive


def counted_statements(
    id: str,
    question: Text,
    criterion: Text,
    tallies: tuple[Tally, Tally],
    plans: Plans,
    *,
    rows: tuple[str, ...],
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    country: str | None = None,
    basis: Basis = "published",
) -> Finding:
    """Record how many statements evaluators made under a criterion, by plan (grade E).

    The numbers are of sentences found in documents read in part. With none on
    either plan the verdict is *not known*.
    """
    name = word.capital(criterion)
    told = [_tally(tally, plan) for tally, plan in zip(tallies, plans, strict=True)]
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(rows, fingerprint, contrary, basis),
        verdict="described" if any(tally.all for tally in tallies) else "not_known",
        caveats=[words.text("findings.tally_partial"), words.text("findings.tally_coding")],
        estimate=NOT_APPLICABLE,
        country=country or plans[0].country,
        unit="statements",
        sides=tuple(map(_statements, plans, tallies)),
        method="documents",
        grade=grades.grade(grades.Design("document")),
        sentence=words.text("findings.tally", criterion=name, plans=word.run_on(*told)),
        short=words.text(
            "findings.tally_short",
            criterion=name,
            baseline=tallies[0].all,
            baseline_plan=plans[0].short,
            current=tallies[1].all,
            current_plan=plans[1].short,
        ),
    )


def _statements(plan: Plan, tally: Tally) -> Side:
    years, found = plan.years, number(tally.all)
    return Side(plan.id, years[0], years[-1], found, float(len(years)), unit="statements")


def _tally(tally: Tally, plan: Plan) -> Text:
    if not tally.all:
        return words.text("findings.tally_none", plan=plan.short)
    kinds = [
        words.text(f"findings.kind_{name}", found=many)
        for name, many in asdict(tally).items()
        if many
    ]
    said = Text(da=", ".join(one.da for one in kinds), en=", ".join(one.en for one in kinds))
    found = words.text("findings.tally_plan", plan=plan.short, all=tally.all, kinds=said)
    if not (tally.positive and tally.negative):
        return found
    return word.run_on(found, words.text("findings.tally_disagree", plan=plan.short))
