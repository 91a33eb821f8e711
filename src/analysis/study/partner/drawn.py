"""Opened cases in, what pictures are drawn from out: only counts that may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.partner.pictures import (
    Cohort,
    Coverage,
    Covered,
    Curve,
    Curves,
    DueMatrix,
    Funnel,
    Panel,
    Scorecard,
    Scored,
    Stage,
    TieMatrices,
    Ties,
)
from analysis.contracts.published import Text
from analysis.contracts.values import NOT_KNOWN, Value, interval, number
from analysis.language import numbers, words
from analysis.methods.proportions import Part, share
from analysis.study.partner import covered, scored, shares, spells
from analysis.study.partner.eras import SIDES
from analysis.study.partner.opened import Opened
from analysis.study.partner.referred import Referred, figures
from analysis.study.partner.small import Group, group_name, part, two_decimals, whole

LEVEL = 0.95


def due_matrix(asked: Opened) -> DueMatrix:
    """Who sent what was owed, half-year by half-year, up to the end of the years compared."""
    periods, lines, late = scored.half_years(asked.compared_cases)
    return DueMatrix(
        periods,
        tuple((asked.name(sender), dues) for sender, dues in lines.items()),
        late,
        asked.synthetic,
        asked.source,
    )


def scorecard(asked: Opened) -> Scorecard:
    """How good each sender's data are, part by part."""
    return Scorecard(
        tuple(words.text(f"partner.part_{part}") for part in scored.PARTS),
        tuple(
            Scored(
                asked.name(one.organisation),
                tuple(one.parts[name] if one.came else None for name in scored.PARTS),
                one.score.value if one.score else None,
                one.score.low if one.score else None,
                one.score.high if one.score else None,
            )
            for one in asked.cards
        ),
        asked.synthetic,
        asked.source,
    )


def funnel(asked: Opened) -> Funnel:
    """How far those presumed trafficked got, before and after."""
    found = shares.funnel(asked.frames, asked.eras)
    truth = shares.funnel(asked.true_frames, asked.eras) if asked.true_frames else None
    return Funnel(
        tuple(
            Cohort(
                asked.eras.name(side),
                side,
                _stages(found[side], truth[side] if truth else None, asked.smallest),
            )
            for side in SIDES
        ),
        asked.synthetic,
        asked.source,
    )


def _stages(counts: Sequence[int], truth: Sequence[int] | None, smallest: int) -> tuple[Stage, ...]:
    stages = []
    before = 0
    for place, (name, count) in enumerate(zip(shares.FUNNEL, counts, strict=True)):
        # Who sees two stages sees how many were lost between them.
        shown = part(count, before, smallest) if place else whole(count, smallest)
        stages.append(
            Stage(words.text(f"partner.stage_{name}"), shown, truth[place] if truth else None)
        )
        before = count
    return tuple(stages)


def waits(asked: Opened) -> Curves:
    """How soon each kind of support began after identification."""
    panels = [(asked.code("services", kind), spells.wait_for(kind), 1) for kind in spells.WAITED]
    return _curves(asked, panels, spells.WAIT_DAYS)


def leaving(asked: Opened) -> Curves:
    """How those identified left, and how many were known to be trafficked again."""
    panels = [
        (words.text(f"partner.way_{way}"), spells.leaving, place)
        for place, way in enumerate(spells.WAYS, start=1)
    ]
    again = words.text("partner.way_trafficked_again")
    return _curves(asked, [*panels, (again, spells.trafficked_again, 1)], spells.LEFT_DAYS)


def curves_title(name: str, curves: Curves) -> Text:
    """Say in how many panels the last share shown is higher after than before, and where lower."""
    higher, lower = 0, 0
    for panel in curves.panels:
        ends = {one.side: one for one in panel.curves if one.refused is None}
        if len(ends) < len(SIDES):
            continue
        before, after = ends["before"], ends["after"]
        at = min(len(before.days), len(after.days)) - 1
        higher += after.low[at] > before.high[at]
        lower += after.high[at] < before.low[at]
    parts = {"higher": higher, "lower": lower, "all": len(curves.panels)}
    every = "_all" if higher == len(curves.panels) else ""
    return words.text(f"partner.curves_{name}{every}", **parts)


def _curves(asked: Opened, panels: Sequence[tuple[Text, spells.OF, int]], last: int) -> Curves:
    return Curves(
        tuple(Panel(name, _panel(asked, ask, cause, last)) for name, ask, cause in panels),
        last,
        tuple((side, words.text(f"partner.side_{side}")) for side in SIDES),
        asked.synthetic,
        asked.source,
    )


def _panel(asked: Opened, ask: spells.OF, cause: int, last: int) -> tuple[Curve, ...]:
    found = ask(asked.frames, asked.eras)
    truth = ask(asked.true_frames, asked.eras) if asked.true_frames else None
    curves = []
    for side in SIDES:
        one = spells.curve(found[side], cause, side, smallest=asked.smallest, last=last)
        if truth and one.days:
            known = spells.shares_on(truth[side], cause, one.days)
            one = Curve(side, one.persons, one.days, one.share, one.low, one.high, truth=known)
        curves.append(one)
    return tuple(curves)


def ties(asked: Opened) -> TieMatrices:
    """Who referred how many to whom, before and after."""
    matrices = []
    for side in SIDES:
        one = asked.referred[side]
        matrices.append(
            Ties(
                asked.eras.name(side),
                side,
                _cells(one, asked.smallest),
                frozenset(
                    place
                    for place, name in enumerate(one.bodies)
                    if asked.silent_on("referrals", name, side)
                ),
                _told(one),
            )
        )
    return TieMatrices(
        tuple(asked.name(name) for name in asked.bodies), tuple(matrices), asked.synthetic,
        asked.source,
    )  # fmt: skip


def _cells(one: Referred, smallest: int) -> tuple[tuple[Value, ...], ...]:
    return tuple(
        tuple(
            NOT_KNOWN if row == column else _cell(int(count), smallest)
            for column, count in enumerate(line)
        )
        for row, line in enumerate(one.counts)
    )


def _cell(count: int, smallest: int) -> Value:
    return number(count) if count == 0 or count >= smallest else interval(1, smallest - 1)


def _told(one: Referred) -> Text:
    found = figures(one)
    return words.text(
        "partner.network",
        ties=found.ties,
        density=numbers.both(two_decimals, found.density),
        returned=numbers.both(two_decimals, found.reciprocity or 0.0),
        centred=numbers.both(two_decimals, found.centralisation),
    )


def coverage(asked: Opened) -> Coverage:
    """Who was offered what after the centre began: everybody, then women, men and children."""
    promises = []
    for key, both in covered.by_key(asked.offers).items():
        offer, groups = both["after"], covered.groups(both, asked.smallest)
        truth = None
        if asked.true_frames:
            truth = covered.by_hand(asked.true_frames, asked.eras, key, "after", asked.national)
        shown = []
        if len(groups) > 1:
            whole_ = Group((covered.EVERYBODY,), offer.counted[covered.EVERYBODY])
            value = covered.everybody(offer, groups, asked.smallest)
            shown.append(_covered(whole_, value, truth, asked.smallest))
        for group in groups:
            own = Group(group.codes, covered.summed(offer.counted, group))
            value = part(*own.counted, asked.smallest)
            shown.append(_covered(own, value, truth, asked.smallest))
        promises.append((asked.offer_name(key), tuple(shown)))
    return Coverage(tuple(promises), LEVEL, asked.synthetic, asked.source)


def _covered(
    group: Group, shown: Value, truth: dict[str, tuple[int, int]] | None, smallest: int
) -> Covered:
    total = group.counted[1]
    name = group_name(group, lambda code: words.text(f"partner.group_{code}"))
    true = _true_share(group, truth)
    if not shown.known:
        return Covered(name, whole(total, smallest), shown, truth=true, withheld=True)
    low, high = shown.bounds
    found = share(Part(int(low), int(high), total), level=LEVEL)
    return Covered(
        name,
        number(total),
        shown,
        found.low_estimate,
        found.high_estimate,
        found.low,
        found.high,
        true,
    )


def _true_share(group: Group, truth: dict[str, tuple[int, int]] | None) -> float | None:
    if truth is None:
        return None
    count, total = (sum(truth[code][place] for code in group.codes) for place in (0, 1))
    return count / total if total else None
