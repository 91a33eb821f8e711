"""A series that only one plan has in, a finding that counts and does not compare out."""

from __future__ import annotations

from analysis.contracts.findings import Basis, Contrary, Finding, Limits, Side
from analysis.contracts.published import Break, Plan, Series, Text
from analysis.contracts.values import NOT_KNOWN, Value, interval
from analysis.errors import FindingError
from analysis.findings import grades, word
from analysis.findings import verdict as verdicts
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.clauses import NOTHING, Years, at_home, left_out
from analysis.findings.comparison import crossed_breaks
from analysis.language import numbers, words
from analysis.methods.rates import Rate


def count_only(
    id: str,
    question: Text,
    series: Series,
    plans: Plans,
    *,
    years: Years,
    mean: Rate | None,
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    against_baseline: bool = True,
    basis: Basis = "published",
) -> Finding:
    """Record yearly values, their total and mean, without a comparison (grade D).

    Parameters
    ----------
    years : tuple of int
        First and last calendar year: of the current plan, or after it.
    mean : Rate or None
        `methods.rates.rate` of the total over these years. Not printed where a
        break of counting rule or length (F3, F6) falls inside one (its date names a month
        other than January): a year covered in part, or by two rules, has no rate.
        What such a break says then stands in the sentence itself.
    against_baseline : bool
        Whether the baseline's lack of figures makes it *not comparable*; otherwise
        the count is only described, as for years after both plans.

    Raises
    ------
    FindingError
        If the baseline's years do have figures: then the two can be compared.
    """
    first, last = years
    if against_baseline:
        _require_silence(id, series, plans[0])
    values = [series.value(year) for year in range(first, last + 1)]
    known_years = sum(value.known for value in values)
    total = series.total(first, last)
    crossed = crossed_breaks(series, first, last)
    partly = [brk for brk in crossed if brk.splits_a_year]
    shown = mean if total.known and not partly and last > first else None
    said = _count_sentence(series, years, values, total, shown)
    split = [word.sentence(brk.what) for brk in partly]
    full, brief = (
        _against(series, plans, brief=brief) if against_baseline else NOTHING
        for brief in (False, True)
    )
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(
            series.within(first, last).rows or series.rows, fingerprint, contrary, basis
        ),
        verdict=verdicts.of_count(total, known_years=known_years, baseline_wanted=against_baseline),
        caveats=_caveats(
            series,
            plans,
            years,
            crossed,
            total,
            mean_shown=shown is not None,
            mean_held_back=bool(partly) and mean is not None,
        ),
        estimate=total if shown is None else interval(shown.low_estimate, shown.high_estimate),
        limits=None if shown is None else _limits(shown),
        indicator=series.indicator,
        country=series.country,
        unit=series.unit if shown is None else f"{series.unit}_per_year",
        sides=(
            *_baseline_side(series, plans[0], against_baseline),
            _side(series, plans[1], years),
        ),
        method="count" if shown is None else "rate",
        assumptions=() if shown is None else (words.text("findings.assume_independent"),),
        grade=grades.grade(grades.Design("one_point")),
        breaks=tuple(brk.id for brk in crossed),
        sentence=word.run_on(said, full, *split),
        short=word.run_on(_count_sentence(series, years, values, total, None), brief, *split),
    )


def no_baseline(
    id: str,
    question: Text,
    series: Series,
    plans: Plans,
    *,
    contrary: tuple[Contrary, ...],
    fingerprint: str,
    basis: Basis = "published",
) -> Finding:
    """Record that the baseline has no figures, so that nothing can be compared (grade D).

    Raises
    ------
    FindingError
        If the baseline's years do have figures.
    """
    baseline, current = plans
    _require_silence(id, series, baseline)
    home = at_home(series, plans)
    parts = {
        "label": word.capital(series.label),
        "years": numbers.both(numbers.years, baseline.first_year, baseline.last_year),
        "baseline": baseline.short,
        "current": Text(words.capital(current.short.da), current.short.en),
        "first": _first_figure(series),
    }
    years = current.first_year, current.last_year
    crossed = crossed_breaks(series, baseline.first_year, current.last_year)
    return finish(
        id=id,
        question=question,
        plans=plans,
        evidence=Evidence(series.rows, fingerprint, contrary, basis),
        verdict="not_comparable" if series.years else "not_known",
        caveats=_caveats(series, plans, years, crossed, NOT_KNOWN),
        indicator=series.indicator,
        country=series.country,
        unit=series.unit,
        sides=(*_baseline_side(series, baseline, True), _side(series, current, years)),
        method="none",
        grade=grades.grade(grades.Design("one_point")),
        breaks=tuple(brk.id for brk in crossed),
        sentence=words.text(f"findings.no_baseline{'' if home else '_foreign'}", **parts),
        short=words.text("findings.no_baseline_short", **parts),
    )


def _require_silence(id: str, series: Series, baseline: Plan) -> None:
    known = [year for year in baseline.years if year in series.years]
    if known:
        raise FindingError(
            f"finding {id}: {len(known)} years of the baseline do have figures "
            f"({', '.join(map(str, known))}). Record compare_rates over them."
        )


def _count_sentence(
    series: Series, years: Years, values: list[Value], total: Value, mean: Rate | None
) -> Text:
    label = word.capital(series.label)
    span = numbers.both(numbers.years, *years)
    if not any(value.known for value in values):
        return words.text("findings.count_none", label=label, years=span)
    listed = numbers.both(word.counts, values)
    key = "count_one" if len(values) == 1 else "count" if total.known else "count_open"
    return words.text(
        f"findings.{key}",
        label=label,
        values=listed,
        years=span,
        total=numbers.both(numbers.value, total),
        mean=_mean(mean) if mean else NOTHING,
    )


def _mean(rate: Rate) -> Text:
    digits = word.mean_digits(rate.high_estimate)
    spans = {}
    for language in ("da", "en"):
        low = numbers.number(rate.low_estimate, language, digits)
        high = numbers.number(rate.high_estimate, language, digits)
        spans[language] = numbers.span(low, high, language)
    pair = _limits(rate)
    limits = Text(word.limits(pair, "da", digits=digits), word.limits(pair, "en", digits=digits))
    return words.text("findings.mean", mean=Text(**spans), limits=limits)


def _limits(rate: Rate) -> Limits:
    return Limits(rate.low, rate.high, rate.level, "garwood")


def _against(series: Series, plans: Plans, *, brief: bool) -> Text:
    baseline = plans[0]
    named = at_home(series, plans) and not brief
    key = "not_comparable" if named else "not_comparable_brief"
    span = numbers.both(numbers.years, baseline.first_year, baseline.last_year)
    return words.text(f"findings.{key}", years=span, baseline=baseline.short)


def _baseline_side(series: Series, baseline: Plan, wanted: bool) -> tuple[Side, ...]:
    years = baseline.first_year, baseline.last_year
    return (_side(series, baseline, years),) if wanted else ()


def _side(series: Series, plan: Plan, years: Years) -> Side:
    first, last = years
    name = plan.id if _inside(plan, years) else ""
    total, length = series.total(first, last), float(last - first + 1)
    return Side(name, first, last, total, length, unit=series.unit)


def _inside(plan: Plan, years: Years) -> bool:
    return plan.first_year <= years[0] and years[1] <= plan.last_year


def _first_figure(series: Series) -> Text:
    if not series.years:
        return words.text("findings.no_figure")
    return words.text("findings.first_figure", year=series.years[0])


def _caveats(
    series: Series,
    plans: Plans,
    years: Years,
    crossed: tuple[Break, ...],
    total: Value,
    *,
    mean_shown: bool = False,
    mean_held_back: bool = False,
) -> list[Text]:
    caveats = [word.clause(brk) for brk in crossed]
    if mean_held_back:
        caveats.append(words.text("findings.part_year"))
    if _inside(plans[1], years):
        caveats += left_out(series, plans[1], years, plans)
    if total.known and not total.exact:
        caveats.append(words.text("findings.bounds"))
    if series.unit == "persons" and mean_shown:
        caveats.append(words.text("findings.cluster"))
    if not at_home(series, plans):
        caveats.append(words.text("findings.foreign_plans"))
    return caveats
