"""What charts and CUSUMs of a series said in, the words and findings that tell it out."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language, Text
from analysis.findings import trends, word
from analysis.language import numbers, words
from analysis.methods.control_chart import Cusum
from analysis.study.watched import DIRECTIONS, SHIFTS, Replay, Shift, Watched


def signals(replay: Replay) -> Text:
    """Word what stands out on a chart: at every reading, at some, and runs of years."""
    single, run = singles(replay), runs(replay)
    if not (single or run):
        return words.text("trend.nothing_odd")
    first, *others = [*(single or [words.text("trend.no_single")]), *run]
    # A sentence each: what readings say of years cannot be followed through semicolons.
    told = [first, *(word.capital(other) for other in others)]
    return Text(". ".join(text.da for text in told), ". ".join(text.en for text in told))


def singles(replay: Replay) -> list[Text]:
    """Word the single years that stand out: at every reading, and at some."""
    always, some = _singles(replay, always=True), _singles(replay, always=False)
    told = []
    if always:
        told.append(words.text("trend.single_years", list=trends.several(always)))
    if some:
        key = "sometimes" if always else "only_sometimes"
        told.append(words.text(f"trend.{key}", list=trends.several(some)))
    return told


def runs(replay: Replay) -> list[Text]:
    """Word each run of years on one side, with the number of readings that have one."""
    said = []
    for direction in DIRECTIONS:
        for run in replay.runs(direction):
            span = numbers.both(numbers.years, *run)
            one = words.text(f"trend.run_{direction}", years=span)
            if replay.sustained < len(replay.charts):
                many = {"found": replay.sustained, "all": len(replay.charts)}
                one = words.text("trend.run_readings", run=one, **many)
            said.append(one)
    return said


def _singles(replay: Replay, *, always: bool) -> list[Text]:
    said = []
    for direction in DIRECTIONS:
        years = set(replay.years(direction, always=always))
        if not always:
            years -= set(replay.years(direction))
        if years:
            listed = numbers.both(word.years, years)
            said.append(words.text(f"trend.year_{direction}", years=listed))
    return said


def joined(texts: Sequence[Text]) -> Text:
    """Put phrases one after another with a semicolon."""
    return Text("; ".join(text.da for text in texts), "; ".join(text.en for text in texts))


def watched(over: trends.Over, result: Watched) -> Finding:
    """Tell what each year was on the charts, and what became of known cases and efforts."""
    independent = result.replay("independent") or result.headline
    parts = _parts(result) | {
        "independent": signals(independent),
        "observed": signals(result.headline),
        "counted": words.text("trend.counted", how=how(result)),
        "replays": _replays(result),
    }
    return trends.charted(
        over,
        words.text("trend.odd_years", **parts),
        words.text("trend.odd_years_short", **parts),
        _chart_caveats(result),
        "control_chart",
    )


def _parts(result: Watched) -> dict[str, Text]:
    return {
        "label": word.capital(result.course.series.label),
        "years": numbers.both(numbers.years, *result.course.span),
        "baseline": numbers.both(numbers.years, *baseline_span(result)),
    }


def baseline_span(result: Watched) -> tuple[int, int]:
    """First and last year that the rest is held against."""
    aside = result.headline.charts[0].set_aside
    judged = [year for year in result.course.years if year not in aside]
    return judged[0], judged[result.baseline - 1]


def how(result: Watched) -> Text:
    """Word how the headline counts."""
    said = [words.text("trend.how_cases")] if result.cases else []
    if result.efforts:
        years = numbers.both(word.years, {brk.year for brk in result.efforts})
        said.append(words.text("trend.how_effort", years=years))
    return trends.several([*said, words.text("trend.how_scatter")])


def _judged(replay: Replay | None, year: int) -> Text:
    return words.text(f"trend.judged_{replay.judges(year) if replay else 'never'}")


def _replays(result: Watched) -> Text:
    """Say of each year with a known case or effort what the chart made of it, in order."""
    told = sorted([*_cases(result), *_efforts(result)], key=lambda one: one[0])
    return Text("".join(text.da for _, text in told), "".join(text.en for _, text in told))


def _cases(result: Watched) -> list[tuple[int, Text]]:
    return [
        (
            case.year,
            words.text(
                "trend.replay_case",
                year=str(case.year),
                size=numbers.both(numbers.years, case.low, case.high),
                count=numbers.both(numbers.value, result.course.series.value(case.year)),
                persons=_judged(result.replay("independent"), case.year),
                cases=_judged(result.replay("even"), case.year),
            ),
        )
        for case in result.cases
    ]


def _efforts(result: Watched) -> list[tuple[int, Text]]:
    even = result.replay("even") or result.replay("independent")
    return [
        (
            brk.year,
            words.text(
                "trend.replay_effort",
                year=str(brk.year),
                what=word.capital(word.bare(brk.what)),
                even=_judged(even, brk.year),
                observed=_judged(result.replay("left_in"), brk.year),
            ),
        )
        for brk in result.efforts
    ]


def _chart_caveats(result: Watched) -> list[Text]:
    charts = result.headline.charts
    scatter = [chart.dispersion for chart in charts]
    said = [
        words.text("trend.signal_means"),
        words.text(
            "trend.blunt",
            dispersion=numbers.both(trends.times, min(scatter), max(scatter)),
            low=numbers.both(_whole, [chart.low[-1] for chart in charts]),
            high=numbers.both(_whole, [chart.high[-1] for chart in charts]),
        ),
        words.text(
            "trend.false_alarms",
            share=numbers.both(percent, [chart.false_alarm for chart in charts]),
            draws=numbers.both(numbers.number, charts[0].draws),
        ),
        words.text("trend.sizes_few" if result.cases else "trend.sizes_unknown"),
    ]
    if len(charts) > 1:
        said.append(words.text("trend.corner_readings", readings=len(charts)))
    return said


def _whole(found: Sequence[int], language: Language) -> str:
    low, high = (numbers.number(bound, language) for bound in (min(found), max(found)))
    return numbers.span(low, high, language)


def percent(found: Sequence[float], language: Language) -> str:
    """Write one share, or the span of several, with one decimal."""
    low, high = (numbers.number(100 * share, language, 1) for share in (min(found), max(found)))
    return numbers.span(low, high, language) + numbers.SPACE + "%"


def shift(over: trends.Over, result: Shift) -> Finding:
    """Tell whether small deviations add up, and which shift would have been found in time."""
    parts = _parts(result.watched) | {
        "alarm": _alarm(result.sums),
        "left_in": _left_in(result),
        "power": _power(result),
    }
    return trends.charted(
        over,
        words.text("trend.shift", **parts),
        words.text("trend.shift_short", **parts),
        _shift_caveats(result),
        "cusum",
    )


def _left_in(result: Shift) -> Text:
    if not result.left_in:
        return Text("", "")
    years = numbers.both(word.years, {brk.year for brk in result.watched.efforts})
    return words.text("trend.left_in", years=years, alarm=_alarm(result.left_in))


def _shift_caveats(result: Shift) -> list[Text]:
    lasted = [round(one.run_length) for one in result.sums]
    lows = [round(one.run_length_low) for one in result.sums if one.run_length_low is not None]
    sizes = [numbers.both(numbers.ratio, size) for size in SHIFTS]
    return [
        words.text("trend.signal_means"),
        words.text("trend.tried", sizes=trends.several(sizes)),
        words.text(
            "trend.run_length",
            run=numbers.both(_whole, lasted),
            low=numbers.both(_whole, lows),
        ),
        words.text("trend.sizes_few" if result.watched.cases else "trend.sizes_unknown"),
    ]


def _alarm(sums: Sequence[Cusum]) -> Text:
    told = []
    for direction in ("more", "fewer"):
        sides = [getattr(one, direction) for one in sums]
        alarms = [int(side.alarm) for side in sides if side.alarm is not None]
        began = {int(side.began) for side in sides if side.began is not None}
        if alarms:
            told.append(
                words.text(
                    f"trend.alarm_{direction}",
                    years=numbers.both(numbers.years, min(alarms), max(alarms)),
                    began=numbers.both(numbers.years, min(began), max(began)),
                    found=len(alarms),
                    all=len(sums),
                )
            )
    return joined(told) if told else words.text("trend.no_alarm")


def _power(result: Shift) -> Text:
    if result.more is None:
        largest = numbers.both(numbers.ratio, SHIFTS[-1])
        return words.text("trend.caught_none", largest=largest, within=result.years)
    fall = words.text("trend.no_fall")
    if result.fewer is not None:
        low, high = sorted(1 / size for size in result.fewer)
        fall = words.text("trend.or_fall", ratio=numbers.both(trends.times, low, high))
    more = numbers.both(trends.times, *result.more)
    return words.text("trend.caught", more=more, fewer=fall, within=result.years)
