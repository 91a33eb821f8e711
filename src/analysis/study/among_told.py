"""A result among countries in, the finding that tells it out; other results as `making` does."""

from __future__ import annotations

from analysis.contracts.findings import Finding
from analysis.contracts.published import Series, Text
from analysis.findings import others as told
from analysis.language import words
from analysis.methods.counterfactual.staggered import FEWEST_IN_GROUP
from analysis.study import making
from analysis.study.laws import LawStudy
from analysis.study.others import FEWEST_ALIKE, Differed, Pool, ScoreRanked
from analysis.study.reading import Reading
from analysis.study.twin import Twin

Result = making.Result | ScoreRanked | Differed | Twin | LawStudy


def of_result(reading: Reading, id: str, result: Result) -> Finding:
    """Make the finding of any result that a study computes."""
    if isinstance(result, ScoreRanked):
        spans = result.before.span, result.after.span
        return told.score_ranked(_among(reading, id, result, *spans, result.pool), result.rank)
    if isinstance(result, Differed):
        return _differed(reading, id, result)
    if isinstance(result, Twin):
        return _twin(reading, id, result)
    if isinstance(result, LawStudy):
        return _laws(reading, id, result)
    return making.of_result(reading, id, result)


def _differed(reading: Reading, id: str, result: Differed) -> Finding:
    spans = result.before.span, result.after.span
    return told.differed(
        _among(reading, id, result, *spans, result.pool),
        result.found,
        own=result.own,
        mean=result.mean,
        scale=result.scale,
        sensitivity=result.sensitivity,
        unsure=result.unsure,
    )


def _twin(reading: Reading, id: str, result: Twin) -> Finding:
    return told.synthetic(
        _among(reading, id, result, result.before, result.after.span, result.pool),
        result.placebos,
        result.without,
        result.earlier,
        names={one.country: country(reading, one.country) for one in result.pool.series},
        scale=result.scale,
        hidden=result.hidden,
    )


def _laws(reading: Reading, id: str, result: LawStudy) -> Finding:
    first, last = result.years
    return told.around_laws(
        _among(reading, id, result, (first, first), (last, last), Pool((), "")),
        result.found,
        result.sensitivity,
        lawful=result.lawful,
        without=result.others,
        left={"early": result.early, "unknown": result.unknown, "small": result.small},
        least=FEWEST_IN_GROUP,
    )


def country(reading: Reading, iso3: str) -> Text:
    """Name a country."""
    return reading.record_of.country(iso3).name


def region(pool: Pool) -> Text | None:
    """Name the region that all of a pool lie in, where they were taken for that."""
    return words.text(f"comparators.region_{pool.region.lower()}") if pool.region else None


def _among(
    reading: Reading,
    id: str,
    result: ScoreRanked | Differed | Twin | LawStudy,
    before: tuple[int, int],
    after: tuple[int, int],
    pool: Pool,
) -> told.Among:
    series: Series = result.series
    return told.Among(
        id=id,
        question=making.question(id, series.label),
        series=series,
        plans=reading.compared,
        before=before,
        after=after,
        country=reading.country.name,
        region=region(pool),
        least=FEWEST_ALIKE,
        others=len(pool.series),
        rows=result.rows,
        contrary=making.contrary(reading, id),
        fingerprint=reading.fingerprint(result.rows),
    )
