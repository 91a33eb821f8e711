"""A change and its parts, or two releases, in; the findings that tell them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.contracts.findings import Finding
from analysis.contracts.published import Series, Text
from analysis.findings import changes, record, word
from analysis.language import numbers, words
from analysis.study import making
from analysis.study.changed import Bound, CaseKnown, InCharges, NoStep, Step
from analysis.study.reading import Reading
from analysis.study.releases import OneRelease, Release

Steps = tuple[Step, ...] | NoStep
Releases = tuple[Release, ...] | OneRelease
Explained = Mapping[str, Steps | Releases]


def of_results(reading: Reading, id: str, results: Explained) -> Iterator[Finding]:
    """Make the findings of each series, named after its indicator and years, or its refusal."""
    for indicator, result in results.items():
        name = f"{id}.{indicator}"
        if isinstance(result, NoStep):
            yield _no_step(reading, name, result)
        elif isinstance(result, OneRelease):
            yield _one_release(reading, name, result)
        else:
            yield from (_step(reading, name, one) for one in result if isinstance(one, Step))
            yield from _revised(reading, name, [one for one in result if isinstance(one, Release)])


def _step(reading: Reading, name: str, step: Step) -> Finding:
    id = f"{name}.{step.years[0]}-{step.years[1]}"
    assumed = [words.text("change.disjoint")]
    if any(one.part == "one_large_case" for one in step.bounds):
        assumed.append(words.text("change.dated_only"))
    if any(one.kind == "effort" for one in step.bounds):
        assumed.append(words.text("change.more_looking"))
    said = [text for one in step.bounds for text in because(reading, step, one)]
    changed = changes.Changed(
        id=id,
        series=step.series,
        plans=reading.compared,
        because=tuple(dict.fromkeys(said)),
        assumptions=tuple(assumed),
        crossed=step.breaks,
        rows=step.rows,
        contrary=making.contrary(reading, id),
        fingerprint=reading.fingerprint(step.rows),
    )
    partial = [one.year for one in step.bounds if one.kind == "part_year"]
    return changes.between_years(changed, step.split, step.years, partial=partial)


def because(reading: Reading, step: Step, bound: Bound) -> tuple[Text, ...]:
    """Say what the rows behind a bound tell."""
    count = numbers.both(numbers.value, step.series.value(bound.year))
    about = bound.about
    if isinstance(about, CaseKnown):
        return (_of_case(about, bound, count),)
    if isinstance(about, InCharges):
        return _of_charges(reading, step, about, bound)
    other = step.years[1] if bound.year == step.years[0] else step.years[0]
    parts: dict[str, str | Text] = {
        "what": word.capital(word.bare(about.what)),
        "year": str(bound.year),
        "count": count,
        "last": str(step.years[1]),
        "other": str(other),
        "day": numbers.both(numbers.day, about.date),
    }
    if bound.kind == "part_year":
        parts["count"] = numbers.both(numbers.value, step.series.value(other))
    return (words.text(f"change.why_{bound.kind}", **parts),)


def _of_case(about: CaseKnown, bound: Bound, count: Text) -> Text:
    case = about.case
    if bound.kind == "elsewhere":
        return words.text(
            "change.why_elsewhere",
            name=case.name,
            whole=about.whole,
            least=about.elsewhere,
            year=str(case.year),
            most=case.high,
        )
    size = numbers.both(numbers.years, case.low, case.high)
    return words.text(
        "change.why_case", name=case.name, size=size, count=count, year=str(case.year)
    )


def _of_charges(reading: Reading, step: Step, about: InCharges, bound: Bound) -> tuple[Text, ...]:
    said = words.text(
        "change.why_charges",
        year=str(about.year),
        count=about.charges,
        publisher=reading.record_of.label("publishers", about.publisher),
        persons=about.persons,
    )
    if bound.kind == "charges_both":
        return (said,)
    other = step.years[1] if about.year == step.years[0] else step.years[0]
    return said, words.text("change.why_charges_other", other=str(other))


def _no_step(reading: Reading, name: str, result: NoStep) -> Finding:
    series = result.series
    label = word.capital(series.label)
    if not series.years:
        return record.not_submitted(
            name,
            words.text("change.question_every", label=label),
            series.label,
            reading.country.name,
            reading.compared,
            indicator=series.indicator,
            country=reading.country.iso3,
        )
    years = numbers.both(numbers.years, *result.span)
    if result.low is None or result.high is None:
        reason = words.text("change.reason_no_pair", label=label, years=years)
    else:
        ends = {"low": changes.change_of(result.low, result.low)}
        ends["high"] = changes.change_of(result.high, result.high)
        reason = words.text("change.reason_no_row", label=label, years=years, **ends)
    asked = words.text("change.question_every", label=label)
    return _refused(reading, name, asked, series, reason, series.within(*result.span).rows)


def _one_release(reading: Reading, name: str, result: OneRelease) -> Finding:
    label = word.capital(result.series.label)
    reason = words.text("change.reason_one_release", label=label)
    asked = words.text("change.question_releases", label=label)
    return _refused(reading, name, asked, result.series, reason, result.series.rows)


def _refused(
    reading: Reading, name: str, asked: Text, series: Series, reason: Text, rows: tuple[str, ...]
) -> Finding:
    return record.refused(
        name,
        asked,
        changes.METHOD,
        reason,
        reading.compared,
        rows=rows,
        fingerprint=reading.fingerprint(rows),
        indicator=series.indicator,
        country=reading.country.iso3,
    )


def _revised(reading: Reading, name: str, every: Sequence[Release]) -> Iterator[Finding]:
    same = [one for one in every if one.same]
    if same:
        changed = _changed(reading, f"{name}.same", same)
        yield changes.same_in_releases(changed, [(one.years, one.after) for one in same])
    for one in every:
        if not one.same:
            changed = _changed(reading, f"{name}.{one.years[0]}-{one.years[1]}", [one])
            counts = one.before, one.after
            yield changes.between_releases(changed, one.split, one.years, counts)


def _changed(reading: Reading, id: str, every: Sequence[Release]) -> changes.Changed:
    rows = tuple(dict.fromkeys(row for one in every for row in (*one.rows, *one.late_rows)))
    undated = sum(one.published is None for one in every)
    said = [_late(one) for one in every if one.late_rows]
    if undated:
        said.append(words.text("change.undated", found=undated))
    return changes.Changed(
        id=id,
        series=every[0].series,
        plans=reading.compared,
        because=tuple(said),
        assumptions=(words.text("change.disjoint"),),
        crossed=(),
        rows=rows,
        contrary=making.contrary(reading, id),
        fingerprint=reading.fingerprint(rows),
    )


def _late(one: Release) -> Text:
    last = one.years[1]
    count = numbers.both(numbers.value, one.series.value(last))
    return words.text("change.why_late", published=str(one.published), year=str(last), count=count)
