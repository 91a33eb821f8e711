"""A country's change, rank or twin among others in, findings that say what sets it apart out.

None is graded above C: no country is known to be without a plan, so that there is no series
without one to stand for what would have happened.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analysis.contracts.findings import Contrary, Finding, Limits, Side
from analysis.contracts.published import Break, Plan, Series, Text
from analysis.contracts.values import Value, interval
from analysis.findings import grades, word
from analysis.findings import others_said as say
from analysis.findings import verdict as verdicts
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.beside import listed, written_p
from analysis.findings.clauses import Years, at_home, left_out
from analysis.findings.comparison import crossed_breaks, side_of
from analysis.language import numbers, words
from analysis.methods.comparators import ChangeRank
from analysis.methods.counterfactual.one_treated_range import OneTreatedRange
from analysis.methods.counterfactual.parallel_trends import Sensitivity
from analysis.methods.counterfactual.placebos import PlaceboInTime, PlacebosInSpace
from analysis.methods.counterfactual.staggered import Staggered
from analysis.methods.counterfactual.synthetic import LeaveOneOut


@dataclass(frozen=True, slots=True)
class Among:
    """What every finding among countries shares: whose, when, beside whom, on what evidence.

    ``region`` is the name of the one that all comparators lie in, None where every country
    with a complete series was taken, as fewer than ``least`` lie in the country's own.
    """

    id: str
    question: Text
    series: Series
    plans: Plans
    before: Years
    after: Years
    country: Text
    region: Text | None
    least: int
    others: int
    rows: tuple[str, ...]
    contrary: tuple[Contrary, ...]
    fingerprint: str

    @property
    def crossed(self) -> tuple[Break, ...]:
        """Breaks between the first year and the last."""
        return crossed_breaks(self.series, self.before[0], self.after[1])

    @property
    def parts(self) -> dict[str, Text | int]:
        """What every sentence names."""
        return {
            "label": word.capital(self.series.label),
            "before_years": numbers.both(numbers.years, *self.before),
            "after_years": numbers.both(numbers.years, *self.after),
            "country": self.country,
        }


def score_ranked(among: Among, rank: ChangeRank) -> Finding:
    """Record where the change of a country's mean score stands among others'."""
    said = verdicts.of_rank(rank.p, level=say.LEVEL)
    parts: dict[str, Text | int] = among.parts | {
        "own": say.signed(rank.focal, rank.focal),
        "rank": numbers.both(numbers.years, rank.best, rank.rank),
        "all": rank.n + 1,
        "p": numbers.both(written_p, rank.p),
        "smallest": numbers.both(written_p, rank.smallest_p),
        "verdict": words.text(f"findings.rank_{say.outcome(said, rank.smallest_p)}"),
    }
    return _finish(
        among,
        verdict=said,
        caveats=[words.text("comparators.rise_only"), say.family(rank.p)],
        estimate=interval(rank.best, rank.rank),
        unit="rank",
        method="ratio_rank",
        assumptions=(words.text("findings.assume_placebo"),),
        sentence=words.text("comparators.score_ranked", **parts),
        short=words.text("comparators.score_ranked_short", **parts),
    )


def differed(
    among: Among,
    found: OneTreatedRange,
    *,
    own: tuple[float, float],
    mean: tuple[float, float],
    scale: str,
    sensitivity: Sensitivity | None,
    unsure: str,
) -> Finding:
    """Record a country's change less the mean change of others, with its permutation p.

    Parameters
    ----------
    own, mean : tuple of float
        Bounds of the country's change and of the others' mean change.
    scale : {"points", "per_million"}
        Unit of the changes.
    sensitivity, unsure
        How far parallel trends may fail, or the reason why that was not computed.
    """
    said = verdicts.of_rank(found.p_high, level=say.LEVEL)
    key = say.outcome(said, found.smallest_p)
    open_ended = math.isinf(found.low) or math.isinf(found.high)
    parts: dict[str, Text | int] = among.parts | {
        "own": say.signed(*own),
        "mean": say.signed(*mean),
        "difference": say.signed(found.value_low, found.value_high),
        "unit": words.text(f"comparators.unit_{scale}"),
        "limits": say.limits_said(found.low, found.high, found.level, among.least),
        "n": found.others,
        "p": say.p_range(found.p_low, found.p_high),
        "smallest": numbers.both(written_p, found.smallest_p),
        "verdict": words.text(f"comparators.difference_{key}"),
    }
    inexact = found.value_low < found.value_high
    return _finish(
        among,
        verdict=said,
        caveats=[
            say.drift(sensitivity, unsure),
            say.family(found.p_high),
            *([words.text("comparators.bounds")] if inexact else []),
        ],
        estimate=Value("interval" if inexact else "number", found.value_low, found.value_high),
        limits=None if open_ended else Limits(found.low, found.high, found.level, "permutation"),
        unit=scale,
        method="difference",
        assumptions=(words.text("comparators.assume_permutation"),),
        sentence=words.text("comparators.difference", **parts),
        short=words.text("comparators.difference_short", **parts),
    )


def synthetic(
    among: Among,
    placebos: PlacebosInSpace,
    without: LeaveOneOut,
    earlier: PlaceboInTime | None,
    *,
    names: Mapping[str, Text],
    scale: str,
    hidden: int,
) -> Finding:
    """Record how far a country lay from its synthetic control, and how that ranks.

    Parameters
    ----------
    names : mapping of str to Text
        Names of the donors by their code in the fit.
    hidden : int
        Donors left out as one of their figures is an interval.
    """
    fit = without.full
    said = verdicts.of_rank(placebos.p, level=say.LEVEL)
    parts: dict[str, Text | int] = among.parts | {
        "gap": say.signed(fit.mean_gap_after, fit.mean_gap_after),
        "unit": words.text(f"comparators.unit_{scale}"),
        "weights": listed(
            [say.weight_said(names[one], share) for one, share in say.used(fit.used())]
        ),
        "fit": numbers.both(say.two_decimals, fit.rmspe_before),
        "rank": placebos.rank,
        "all": len(placebos.placebos) + 1,
        "p": numbers.both(written_p, placebos.p),
        "smallest": numbers.both(written_p, placebos.smallest_p),
        "reach": say.signed(without.lowest_mean_gap, without.highest_mean_gap),
        "verdict": words.text(f"comparators.synthetic_{say.outcome(said, placebos.smallest_p)}"),
    }
    caveats = [words.text("comparators.no_limits"), words.text("comparators.weights_unsure")]
    if fit.outcomes_outside:
        caveats.append(words.text("comparators.outside", found=fit.outcomes_outside))
    if hidden:
        caveats.append(words.text("comparators.hidden", found=hidden))
    if earlier is not None:
        ratio = numbers.both(numbers.ratio, earlier.ratio)
        year = int(earlier.pretended)
        caveats.append(words.text("comparators.earlier", year=str(year), ratio=ratio))
    return _finish(
        among,
        verdict=said,
        caveats=caveats,
        estimate=Value("number", fit.mean_gap_after, fit.mean_gap_after),
        unit=scale,
        method="synthetic_control",
        assumptions=(
            words.text("comparators.assume_twin"),
            words.text("findings.assume_placebo"),
        ),
        sentence=words.text("comparators.synthetic", **parts),
        short=words.text("comparators.synthetic_short", **parts),
    )


def around_laws(
    among: Among,
    found: Staggered,
    sensitivity: Sensitivity,
    *,
    lawful: int,
    without: int,
    left: Mapping[str, int],
    least: int,
) -> Finding:
    """Record what a score did around a law in other countries: a by-product, not about plans.

    Parameters
    ----------
    lawful, without : int
        Countries that got the law in these years, and those that had none by the last.
    left : mapping of str to int
        Countries left out: ``early``, ``unknown``, ``small`` (fewer than ``least`` a year).
    """
    effect = found.by_event.overall
    undecided = sensitivity.breakdown < 1
    parts: dict[str, Text | int] = {
        "lawful": lawful,
        "years": numbers.both(numbers.years, among.before[0], among.after[1]),
        "effect": say.signed(effect.value, effect.value),
        "limits": say.limits_said(effect.low, effect.high, found.level, 0),
        "verdict": words.text(
            f"comparators.laws_{'undecided' if undecided else 'apart'}",
            size=numbers.both(say.two_decimals, sensitivity.breakdown),
        ),
    }
    return finish(
        id=among.id,
        question=among.question,
        plans=among.plans,
        evidence=Evidence(among.rows, among.fingerprint, among.contrary),
        verdict="undecided" if undecided else "described",
        caveats=[
            words.text("comparators.laws_by_construction"),
            words.text("comparators.laws_coded"),
            words.text("comparators.laws_left_out", others=without, least=least, **left),
            words.text("comparators.laws_own_courses"),
        ],
        estimate=Value("number", effect.value, effect.value),
        limits=Limits(effect.low, effect.high, found.level, "by_country"),
        indicator=among.series.indicator,
        country=among.series.country,
        unit="points",
        method="event_study",
        assumptions=(words.text("comparators.assume_courses"),),
        grade=grades.grade(grades.Design("before_after", before=1, after=1)),
        sentence=words.text("comparators.laws", **parts),
        short=words.text("comparators.laws_short", **parts),
    )


def _finish(among: Among, *, caveats: Iterable[Text], **parts: Any) -> Finding:
    """Finish a finding of a country before and after, beside others that may have plans too."""
    series, crossed, spans = among.series, among.crossed, (among.before, among.after)
    paired = list(zip(among.plans, spans, strict=True))
    missing = [said for plan, span in paired for said in left_out(series, plan, span, among.plans)]
    return finish(
        id=among.id,
        question=among.question,
        plans=among.plans,
        evidence=Evidence(among.rows, among.fingerprint, among.contrary),
        caveats=[*(word.clause(brk) for brk in crossed), *missing, *_taken(among), *caveats],
        indicator=series.indicator,
        country=series.country,
        sides=tuple(_side(series, plan, span) for plan, span in paired),
        grade=grades.grade(grades.before_after(*spans, crossed)),
        breaks=tuple(brk.id for brk in crossed),
        **parts,
    )


def _side(series: Series, plan: Plan, span: Years) -> Side:
    """Count a series over some years, which may begin before the plan: then it has none."""
    inside = span[0] in plan.years and span[1] in plan.years
    found = side_of(series, plan, span)
    return found if inside else replace(found, plan="")


def _taken(among: Among) -> list[Text]:
    """Say who is compared with, what is not known of them, and what the scale cannot show."""
    said = []
    if among.region is not None:
        said.append(words.text("comparators.taken_region", region=among.region, n=among.others))
    else:
        said.append(words.text("comparators.taken_all", n=among.others, least=among.least))
    said.append(words.text("comparators.own_plans"))
    scored = among.series.unit != "persons"
    summed = among.series.breakdown == "total"
    key = "ceiling_sum" if summed else "ceiling"
    key = key if scored else "unlike"
    said.append(words.text(f"comparators.{key}"))
    if not at_home(among.series, among.plans):
        said.append(words.text("findings.foreign_plans"))
    return said
