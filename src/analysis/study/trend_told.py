"""What a series shows over time in, the findings that tell it out."""

from __future__ import annotations

from analysis.contracts.findings import Finding
from analysis.contracts.published import Text
from analysis.findings import record, trends, word
from analysis.language import words
from analysis.study import making, watch_told
from analysis.study.comparison import Refused, Silent
from analysis.study.reading import Reading
from analysis.study.trends import Course, Factor, Level, Short
from analysis.study.watched import Shift, Watched

Result = Factor | Level | Short | Watched | Shift | Refused | Silent


def of_result(reading: Reading, id: str, result: Result) -> Finding:
    """Make the finding of a factor, a change of level, a chart, a CUSUM, or a refusal."""
    if isinstance(result, Factor):
        return trends.factor(over(reading, id, result.course), result.found)
    if isinstance(result, Level):
        return trends.level(
            over(reading, id, result.course),
            result.found,
            result.other,
            start=result.start,
            points=(result.before, result.after),
        )
    if isinstance(result, Watched):
        return watch_told.watched(over(reading, id, result.course, result.rows), result)
    if isinstance(result, Shift):
        charted = result.watched
        return watch_told.shift(over(reading, id, charted.course, charted.rows), result)
    if isinstance(result, Silent):
        return _silent(reading, id, result)
    return _refused(reading, id, result)


def over(reading: Reading, id: str, course: Course, rows: tuple[str, ...] = ()) -> trends.Over:
    """Return what every finding over time shares."""
    used = rows or course.rows
    return trends.Over(
        id=id,
        question=making.question(id, word.capital(course.series.label)),
        series=course.series,
        plans=reading.compared,
        years=course.span,
        partial=course.partial,
        silent=course.silent,
        crossed=course.breaks,
        rows=used,
        contrary=making.contrary(reading, id),
        fingerprint=reading.fingerprint(used),
    )


def _silent(reading: Reading, id: str, result: Silent) -> Finding:
    series = result.series
    first = str(result.missing[0] if result.missing else reading.current.first_year)
    return record.not_submitted(
        id,
        making.question(id, word.capital(series.label)),
        words.text("trend.no_series", label=series.label, first=first),
        reading.country.name,
        reading.compared,
        indicator=series.indicator,
        country=reading.country.iso3,
    )


def _refused(reading: Reading, id: str, result: Refused | Short) -> Finding:
    series = result.course.series if isinstance(result, Short) else result.series
    return record.refused(
        id,
        making.question(id, word.capital(series.label)),
        "level_change" if isinstance(result, Short) else result.method,
        reason(result),
        reading.compared,
        rows=series.rows,
        fingerprint=reading.fingerprint(series.rows),
        indicator=series.indicator,
        country=reading.country.iso3,
    )


def reason(result: Refused | Short) -> Text:
    """Say why a method refuses."""
    if isinstance(result, Short):
        points = result.start, result.before, result.after
        return trends.too_few_years(result.course.series.label, *points, result.needed)
    return trends.reason(result.series.label, result.reason, result.found, result.needed)
