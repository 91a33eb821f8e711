"""A comparison in, the finding that tells it out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from analysis.contracts.findings import Contrary, Finding
from analysis.contracts.published import Series, Text
from analysis.findings import record
from analysis.language import numbers, words
from analysis.published.files import records
from analysis.published.rows import ids_in
from analysis.study.comparison import Compared, Counted, Ranked, Refused, Silent
from analysis.study.reading import Reading

Result = Compared | Counted | Silent | Refused | Ranked


def question(id: str, what: Text | None = None) -> Text:
    """Return the question that a finding of this id answers.

    A notebook with a catalogue of its own words one question for each kind of finding
    (the second part of the id), in which ``what`` stands for the outcome.
    """
    notebook, _, name = id.partition(".")
    key = f"question_{name.partition('.')[0]}"
    if key in words.catalogues().get(notebook, {}):
        return words.text(f"{notebook}.{key}", what=what or "")
    return words.text("study.question_" + id.replace(".", "_"))


def contrary(reading: Reading, id: str) -> tuple[Contrary, ...]:
    """Return what the record holds against a finding of this comparison (``contrary.csv``).

    A line that names plans speaks about their comparison alone.
    """
    table = reading.table("contrary")
    table = table[table["plan_id"].isin([reading.pair, ""])]
    return tuple(
        Contrary(Text(row["text_da"], row["text_en"]), ids_in(row["rows"]))
        for row in records(table[table["finding"] == id])
    )


def of_result(reading: Reading, id: str, result: Result) -> Finding:
    """Make the finding of one comparison, count, rank or refusal."""
    if isinstance(result, Compared):
        return _compared(reading, id, result)
    if isinstance(result, Counted):
        return _counted(reading, id, result)
    if isinstance(result, Ranked):
        return _ranked(reading, id, result)
    if isinstance(result, Silent):
        return _silent(reading, id, result)
    return record.refused(
        id,
        question(id, result.series.label),
        result.method,
        reason(result),
        reading.compared,
        indicator=result.series.indicator,
        country=reading.country.iso3,
    )


def _compared(reading: Reading, id: str, result: Compared) -> Finding:
    return record.compare_rates(
        id,
        question(id),
        result.series,
        reading.compared,
        before=result.before.span,
        after=result.after.span,
        exact=result.exact,
        dispersed=result.dispersed,
        smallest_ratio=result.smallest_ratio,
        contrary=contrary(reading, id),
        fingerprint=reading.fingerprint((*result.before.rows, *result.after.rows)),
    )


def _counted(reading: Reading, id: str, result: Counted) -> Finding:
    return record.count_only(
        id,
        question(id),
        result.series,
        reading.compared,
        years=result.window.span,
        mean=result.mean,
        contrary=contrary(reading, id),
        fingerprint=reading.fingerprint(result.window.rows),
        against_baseline=result.against_baseline,
    )


def _ranked(reading: Reading, id: str, result: Ranked) -> Finding:
    return record.ranked(
        id,
        question(id, result.series.label),
        result.rank,
        result.series,
        reading.compared,
        before=result.before.span,
        after=result.after.span,
        country_name=reading.country.name,
        comparators=names(reading, result.others),
        rows=result.rows,
        contrary=contrary(reading, id),
        fingerprint=reading.fingerprint(result.rows),
    )


def names(reading: Reading, series: Sequence[Series]) -> tuple[Text, ...]:
    """Return the names of the countries of some series."""
    return tuple(reading.record_of.country(each.country).name for each in series)


def _silent(reading: Reading, id: str, result: Silent) -> Finding:
    if result.series.years and result.method != "count":
        return record.refused(
            id,
            question(id, result.series.label),
            result.method,
            record.years_missing(result.missing),
            reading.compared,
            rows=result.series.rows,
            fingerprint=reading.fingerprint(result.series.rows),
            indicator=result.series.indicator,
            country=reading.country.iso3,
        )
    return record.not_submitted(
        id,
        question(id, result.series.label),
        _what_is_missing(result),
        reading.country.name,
        reading.compared,
        indicator=result.series.indicator,
        country=reading.country.iso3,
    )


def missing_years(result: Silent) -> Text:
    """Say which years of a plan a series lacks."""
    return record.years_missing(result.missing)


def _what_is_missing(result: Silent) -> Text:
    label = result.series.label
    if not result.series.years:
        return label
    years = numbers.both(numbers.years, result.missing[0], result.missing[-1])
    return words.text("study.of_years", label=label, years=years)


def leads_with_wider(finding: Finding) -> bool:
    """Whether the headline limits of a ratio span at least as much as the other pairs."""
    if finding.limits is None:
        return True
    spans = [
        math.log(pair.high) - math.log(pair.low) if pair.low else math.inf
        for pair in (finding.limits, *finding.other_limits)
    ]
    return spans[0] == max(spans)


def keeps_intervals(finding: Finding, series: Series) -> bool:
    """Whether a finding on interval-valued counts has an interval as its estimate."""
    counts = [side.count for side in finding.sides if side.count.known]
    if finding.unit != "ratio" or all(count.exact for count in counts):
        return True
    return finding.indicator == series.indicator and finding.estimate.kind == "interval"


def reason(result: Refused) -> Text:
    """Say why a method refuses."""
    if result.reason == "too_few_years":
        return record.too_few_years(result.found, result.needed)
    reasons = {
        "no_upper_bound": record.no_upper_bound,
        "no_events": record.no_events,
        "no_comparators": record.no_comparators,
    }
    if result.reason in reasons:
        return reasons[result.reason]()
    parts = {"found": result.found, "needed": result.needed}
    return words.text(f"comparators.reason_{result.reason}", **parts)


def joined(texts: Iterable[Text]) -> Text:
    """Put statements one after another."""
    every = list(texts)
    return Text(" ".join(text.da for text in every), " ".join(text.en for text in every))
