"""A headline under every registered choice in, the finding that tells how far it holds out.

It claims no direction: agreement between ways of counting says nothing of why a number
changed. Shares are told as so many of so many ways, never as a share of significant ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.contracts.findings import Contrary, Finding, Limits, Verdict
from analysis.contracts.published import Series, Text
from analysis.contracts.values import interval
from analysis.findings import grades, word
from analysis.findings.assemble import Evidence, Plans, finish
from analysis.findings.beside import written_p
from analysis.findings.clauses import NOTHING, Years, at_home
from analysis.findings.comparison import crossed_breaks, side_of
from analysis.language import numbers, words


@dataclass(frozen=True, slots=True)
class JointP:
    """A joint test: p of the middle value, what orders allow, and what it takes to be true."""

    p: float
    smallest: float
    draws: int
    without: int
    assumed: str


@dataclass(frozen=True, slots=True)
class Needed:
    """E-values: of the ratio nearest to 1 that the counts allow, and of its nearest limit."""

    ratio: float
    point: float
    limit: float


@dataclass(frozen=True, slots=True)
class Held:
    """How far a headline holds over ``ways`` ways of counting.

    ``low`` to ``high`` with ``median`` are their ratios, ``above`` and ``below`` how many lie
    on each side of 1, ``refused`` how many more give no ratio; ``headline`` is the headline's
    own, from its least to its most favourable reading. ``moves`` names the choice that
    explains most of the spread. ``without`` is the range of the headline with one year left
    out, ``open_without`` the years without which one of its ends is open. ``limits`` are
    those of a single way. ``furthest`` words the options of the way that lies furthest on the
    other side.
    """

    ways: int
    above: int
    below: int
    low: float
    high: float
    median: float
    refused: int
    headline: tuple[float, float]
    moves: str = ""
    without: tuple[float, float] | None = None
    open_without: tuple[int, ...] = ()
    test: JointP | None = None
    unseen: Needed | None = None
    limits: Limits | None = None
    furthest: Text = NOTHING


def over_ways(
    id: str,
    series: Series,
    plans: Plans,
    held: Held,
    *,
    before: Years,
    after: Years,
    used: Years,
    headline: Verdict,
    rows: tuple[str, ...],
    contrary: tuple[Contrary, ...],
    fingerprint: str,
) -> Finding:
    """Record how a headline ratio fares under every registered choice (grade C, described).

    Parameters
    ----------
    before, after : tuple of int
        The years that the headline compares; ``used`` are the first and last that any way uses.
    headline : Verdict
        Of the headline itself: it stays what it is.
    rows : tuple of str
        Of every number in any way, other countries' and populations' among them.
    """
    crossed = crossed_breaks(series, *used)
    sides = tuple(
        side_of(series, plan, years) for plan, years in zip(plans, (before, after), strict=True)
    )
    own = tuple(row for row in series.within(*used).rows if row in rows)
    caveats = [word.clause(brk) for brk in crossed]
    if not all(side.count.exact for side in sides):
        caveats.append(words.text("findings.bounds"))
    if not at_home(series, plans):
        caveats.append(words.text("findings.foreign_plans"))
    return finish(
        id=id,
        question=words.text("robustness.question", label=word.capital(series.label)),
        plans=plans,
        evidence=Evidence(rows, fingerprint, (*contrary, *_other_side(held, own))),
        verdict="described",
        caveats=[*_caveats(held, headline), *caveats],
        estimate=interval(held.low, held.high),
        limits=held.limits,
        indicator=series.indicator,
        country=series.country,
        unit="ratios",
        sides=sides,
        method="specification_curve",
        assumptions=_assumptions(held),
        grade=grades.grade(grades.before_after(before, after, crossed)),
        breaks=tuple(brk.id for brk in crossed),
        sentence=_sentence(series, held),
        short=words.text(f"robustness.{_key(held)}_short", **_parts(series, held)),
    )


def question(series: Series) -> Text:
    """Ask of one series whether other ways of counting show the same."""
    return words.text("robustness.question", label=word.capital(series.label))


def _key(held: Held) -> str:
    if held.ways == 1:
        return "single"
    return "above" if held.above >= held.below else "below"


def _parts(series: Series, held: Held) -> dict[str, Text | int]:
    return {
        "label": word.capital(series.label),
        "n": max(held.above, held.below),
        "all": held.ways,
        "low": ratio(held.low),
        "high": ratio(held.high),
        "median": ratio(held.median),
        "headline": numbers.both(word.ratios, *held.headline),
    }


def _sentence(series: Series, held: Held) -> Text:
    parts = _parts(series, held)
    said = [words.text(f"robustness.{_key(held)}", **parts)]
    if held.ways > 1:
        said.append(words.text("robustness.range", **parts))
    if _alone(held):
        said.append(words.text("robustness.headline_against"))
    if held.moves:
        choice = words.text(f"robustness.moves_{held.moves}")
        said.append(words.text("robustness.moves", choice=choice))
    if held.without:
        said.append(_without(held.without, held.open_without))
    if held.refused:
        many = "one" if held.refused == 1 else "many"
        said.append(words.text(f"robustness.refused_{many}", n=held.refused))
    if held.test:
        said.append(_tested(held.test))
    return word.run_on(*said)


def _alone(held: Held) -> bool:
    """Whether the headline lies on one side of 1 and most ways on the other."""
    low, high = held.headline
    return (held.above > held.below and high < 1) or (held.below > held.above and low > 1)


def _without(ends: tuple[float, float], open_years: Sequence[int]) -> Text:
    years = numbers.both(word.years, open_years)
    left = words.text("robustness.without_open", years=years) if open_years else NOTHING
    low, high = map(ratio, ends)
    return words.text("robustness.without", low=low, high=high, open=left)


def _tested(test: JointP) -> Text:
    return words.text(
        "robustness.test",
        p=numbers.both(written_p, test.p),
        smallest=numbers.both(written_p, test.smallest),
        draws=numbers.both(numbers.number, test.draws),
    )


def _caveats(held: Held, headline: Verdict) -> list[Text]:
    verdict = words.text(f"findings.verdict_{headline}")
    said = [
        words.text("robustness.same_figures"),
        words.text("robustness.headline_stays", verdict=verdict),
    ]
    if held.test and held.test.without:
        counts = {"found": held.test.without, "draws": held.test.draws}
        told = {name: numbers.both(numbers.number, count) for name, count in counts.items()}
        said.append(words.text("robustness.orders_against", **told))
    if held.unseen:
        said.append(_unseen(held.unseen))
    return said


def _unseen(needed: Needed) -> Text:
    if needed.ratio == 1:
        return words.text("robustness.unseen_none")
    return words.text(
        "robustness.unseen",
        ratio=ratio(needed.ratio),
        # A fall is accounted for by what lowers the number as many times.
        times=ratio(max(needed.ratio, 1 / needed.ratio)),
        point=ratio(needed.point),
        limit=_nearest(needed.limit),
    )


def _nearest(limit: float) -> Text:
    if limit <= 1:
        return words.text("robustness.unseen_limit_none")
    return words.text("robustness.unseen_limit", limit=ratio(limit))


def _assumptions(held: Held) -> tuple[Text, ...]:
    tested = [words.text(f"robustness.assume_{held.test.assumed}")] if held.test else []
    return (words.text("robustness.assume_grid"), *tested)


def _other_side(held: Held, rows: Sequence[str]) -> tuple[Contrary, ...]:
    """Return what ways on the other side of 1 say against those of the larger side."""
    fewer = min(held.above, held.below)
    if not fewer:
        return ()
    below = held.above >= held.below
    said = words.text(
        f"robustness.contrary_{'below' if below else 'above'}",
        n=fewer,
        all=held.ways,
        ratio=ratio(held.low if below else held.high),
        options=held.furthest,
    )
    return (Contrary(said, tuple(rows)),)


def ratio(amount: float) -> Text:
    """Write one ratio in both languages; one other than 1 never reads as 1."""
    return numbers.both(word.ratios, amount, amount)
