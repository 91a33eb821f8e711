"""A table's totals and what became of them in, the finding or the refusal out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.contracts.findings import Contrary, Finding, Limits
from analysis.contracts.published import Text
from analysis.findings import hidden as findings
from analysis.findings import word
from analysis.language import words
from analysis.methods.population_size.result import PopulationEstimate
from analysis.methods.population_size.spread import Spread
from analysis.published.overlaps import ListedTable, PrintedTotal, method_words
from analysis.study import making
from analysis.study.hidden.checking import TIE, Checked
from analysis.study.hidden.estimating import Hidden, NoTable
from analysis.study.reading import Reading

FAR = 2.0
"""Times by which a total moves, or a known size is missed, to be named against a finding."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A published table with its totals and their checks."""

    table: ListedTable
    hidden: Hidden
    checked: Checked

    @property
    def rows(self) -> tuple[str, ...]:
        """Rows that all of it rests on: the table's counts, and published totals."""
        return (*self.table.rows, *(one.row for one in self.table.printed))

    @property
    def source(self) -> str:
        """Where the table was published."""
        return self.table.publication

    @property
    def level(self) -> float | None:
        """Confidence level of the limits; None where no method has an estimate."""
        return self.hidden.headline.level if self.hidden.headline else None

    @property
    def title(self) -> Text:
        """What the table is about."""
        return self.table.title

    @property
    def n(self) -> int:
        """Persons on at least one list."""
        return self.hidden.lists.n


Result = Looked | NoTable


def finding(reading: Reading, id: str, result: Result) -> Finding:
    """Make the finding on a table of lists, or its refusal."""
    if isinstance(result, NoTable):
        name = reading.record_of.country(result.country).name
        return findings.no_lists(id, name, reading.compared, country=result.country)
    table, hidden = result.table, result.hidden
    fingerprint = reading.fingerprint(result.rows)
    if hidden.spread is None:
        return findings.too_few(
            id,
            table.title,
            silence(hidden),
            reading.compared,
            country=table.country,
            rows=result.rows,
            fingerprint=fingerprint,
        )
    return findings.of_totals(
        id,
        totals(table, hidden, hidden.spread),
        reading.compared,
        country=table.country,
        rows=result.rows,
        contrary=(*making.contrary(reading, id), *_contrary(result)),
        fingerprint=fingerprint,
        caveats=_caveats(reading, result),
    )


def kept(result: Result, made: Finding) -> bool:
    """Whether a finding gives a range where methods disagree, and a number only where they agree.

    A country without a table, or a table without two totals, gives neither.
    """
    spread = None if isinstance(result, NoTable) else result.hidden.spread
    if spread is None:
        return made.verdict == "refused" and not made.estimate.known
    if spread.agrees:
        return made.verdict == "described" and made.estimate.exact
    low, high = made.estimate.bounds
    return made.verdict == "undecided" and (low, high) == (
        round(spread.lowest),
        round(spread.highest),
    )


def silence(hidden: Hidden) -> Text:
    """Say why no number is reported: no method gives a total, or only one."""
    if hidden.estimates:
        (only,) = hidden.estimates
        return words.text(
            "hidden_population.reason_alone",
            method=method_name(only.method),
            total=findings.persons(only.estimate),
        )
    whys = dict.fromkeys(one.why for one in hidden.tried if one.why is not None)
    return word.run_on(words.text("hidden_population.reason_none"), *map(word.sentence, whys))


def totals(table: ListedTable, hidden: Hidden, spread: Spread) -> findings.Totals:
    """Sum up what the methods say."""
    headline = hidden.headline or hidden.estimates[0]
    return findings.Totals(
        title=table.title,
        n=hidden.lists.n,
        methods=spread.estimates,
        silent=len(hidden.tried) - spread.estimates,
        lowest=spread.lowest,
        highest=spread.highest,
        lowest_by=method_name(spread.lowest_by),
        highest_by=method_name(spread.highest_by),
        ratio=spread.ratio,
        factor=spread.factor,
        headline=headline.estimate,
        headline_by=method_name(headline.method),
        limits=Limits(spread.low, spread.high, headline.level, "over_methods"),
        headline_limits=limits_of(headline),
    )


def limits_of(found: PopulationEstimate) -> Limits:
    """Return an estimate's limits."""
    return Limits(found.low, found.high, found.level, found.diagnostics.interval.replace(" ", "_"))


def method_name(method: str) -> Text:
    """Name a method."""
    return words.text(f"hidden_population.method_{method}")


def listed(names: tuple[str, ...]) -> Text:
    """Join names of lists."""
    return Text(words.joined(names, "da"), words.joined(names, "en"))


def _contrary(result: Looked) -> Iterator[Contrary]:
    hidden, table = result.hidden, result.table
    for one in table.printed:
        if _outside(one, hidden):
            said = words.text(
                "hidden_population.contrary_published",
                printed=_as_told(one),
                method=method_words(one.method),
                publication=one.publication,
            )
            yield Contrary(said, (one.row,))
    bound = hidden.bounds.unequal if hidden.bounds else None
    if bound is not None and hidden.spread is not None and bound.total > hidden.spread.highest:
        said = words.text("hidden_population.contrary_bound", total=findings.persons(bound.total))
        yield Contrary(said, table.rows)
    consistency = result.checked.consistency
    off = [
        one
        for one in consistency.hidden
        if one.ratio is not None and not 1 / FAR <= one.ratio <= FAR
    ]
    if off:
        worst = max(off, key=lambda one: max(one.ratio or 1, 1 / (one.ratio or 1)))
        said = words.text(
            "hidden_population.contrary_consistency",
            missed=len(off),
            all=len(consistency.hidden),
            list=worst.list,
            truth=findings.persons(worst.truth),
            found=findings.persons(worst.refit.total or 0),
        )
        yield Contrary(said, table.rows)
    yield from _moved(result)


def _as_told(one: PrintedTotal) -> Text:
    """Write a published total with its limits, or a published range."""
    if one.low is None or one.high is None:
        return findings.persons(one.estimate or 0)
    limits = findings.span(one.low, one.high)
    if one.estimate is None:
        return limits
    total = findings.persons(one.estimate)
    return Text(f"{total.da} ({limits.da})", f"{total.en} ({limits.en})")


def _moved(result: Looked) -> Iterator[Contrary]:
    every = [one for one in result.checked.left_out.changed if one.ratio is not None]
    far = [one for one in every if not 1 / _factor(result) <= (one.ratio or 1) <= _factor(result)]
    if far:
        most = max(far, key=lambda one: max(one.ratio or 1, 1 / (one.ratio or 1)))
        said = words.text(
            "hidden_population.contrary_left_out",
            list=listed(most.lists),
            total=findings.persons(most.refit.total or 0),
            all=findings.persons(result.checked.left_out.whole.total or 0),
        )
        yield Contrary(said, result.table.rows)


def _factor(result: Looked) -> float:
    return result.hidden.options.factor


def _outside(one: PrintedTotal, hidden: Hidden) -> bool:
    """Whether a published total, or all of a published range, lies outside the methods' own."""
    if hidden.spread is None:
        return False
    low, high = (one.estimate, one.estimate) if one.estimate else (one.low or 0.0, one.high or 0.0)
    # A total that is the lowest or highest but for its rounding is not outside.
    return high < 0.995 * hidden.spread.lowest or low > 1.005 * hidden.spread.highest


def _caveats(reading: Reading, result: Looked) -> Iterator[Text]:
    table = result.table
    if table.country != reading.country.iso3:
        yield words.text("hidden_population.elsewhere", country=reading.country.name)
    if not table.period:
        yield words.text("hidden_population.period_unseen")
    tied = result.checked.tied
    if tied is not None:
        yield words.text(
            "hidden_population.tied",
            lists=listed(tied.lists),
            times=findings.times(TIE),
            low=findings.persons(min(tied.tied, tied.avoiding)),
            high=findings.persons(max(tied.tied, tied.avoiding)),
        )
    yield words.text("hidden_population.agreement_no_proof")
