"""Opened cases in, tables to show out: aggregates alone, none below the smallest count."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.contracts.outputs import Column, Listing
from analysis.contracts.partner.pictures import Side
from analysis.contracts.published import Language, Text
from analysis.contracts.values import Value
from analysis.language import numbers, words
from analysis.study.partner import answers, covered, spells
from analysis.study.partner.eras import SIDES
from analysis.study.partner.opened import Opened
from analysis.study.partner.small import Counted, group_name, part, whole
from analysis.study.reading import Reading

Cell = Text | str
NOTHING = "\N{EN DASH}"

_RIGHT = (
    "due", "came", "rows", "aside", "asked", "delay", "before", "after", "true_before",
    "true_after", "true_within", "persons", "median", "within", "sent", "taken", "days",
    "planted", "found",
)  # fmt: skip


def quality(reading: Reading, asked: Opened) -> Listing:
    """What came of each sender, how late, and how many rows were set aside or asked about."""
    lines = [
        (
            asked.name(one.organisation),
            _number(one.due),
            _number(one.came),
            _number(one.median_delay_days)
            if one.median_delay_days not in (None, float("inf"))
            else NOTHING,
            _number(one.rows),
            _number(one.set_aside),
            _number(one.questioned),
        )
        for one in asked.cards
    ]
    names = ("sender", "due", "came", "delay", "rows", "aside", "asked")
    return _listing(asked, "quality", names, lines)


def planted(reading: Reading, asked: Opened) -> Listing:
    """Faults planted in invented files, kind by kind, and how many of them were set aside."""
    if asked.truth is None:
        return _listing(asked, "planted", ("fault", "planted", "holds"), [])
    table = asked.truth.tables["faults"]
    lines = [
        (
            words.text(f"partner.fault_{fault}"),
            _number(len(own)),
            words.text(f"partner.fault_{'held' if own['holds'].any() else 'asked'}"),
        )
        for fault, own in table.groupby("fault", sort=True)
    ]
    return _listing(asked, "planted", ("fault", "planted", "holds"), lines)


def waits(reading: Reading, asked: Opened) -> Listing:
    """The middle wait for each kind of support, and the share helped within thirty days."""
    lines = []
    asks: dict[Text, spells.OF] = {
        words.text("partner.any_help"): spells.first_help,
        **{asked.code("services", kind): spells.wait_for(kind) for kind in spells.WAITED},
    }
    for name, ask in asks.items():
        found = ask(asked.frames, asked.eras)
        truth = ask(asked.true_frames, asked.eras) if asked.true_frames else None
        for side in SIDES:
            lines.append(_wait(asked, name, side, found[side], truth[side] if truth else None))
    names = ["what", "side", "persons", "median", "within"]
    return _listing(asked, "waits", [*names, "true_within"] if asked.truth else names, lines)


def _wait(
    asked: Opened, name: Text, side: Side, found: spells.Spells, truth: spells.Spells | None
) -> tuple[Cell, ...]:
    known = spells.curve(found, 1, side, smallest=asked.smallest, last=spells.STEP)
    middle = spells.median(found) if known.refused is None else None
    cells: list[Cell] = [
        name,
        words.text(f"partner.side_{side}"),
        _value(whole(len(found.days), asked.smallest)),
        _days(middle.value) if middle else known.refused or NOTHING,
        _percent(known.share[-1]) if known.share else NOTHING,
    ]
    if asked.truth is not None:
        true = spells.shares_on(truth, 1, (spells.STEP,)) if truth else ()
        cells.append(_percent(true[0]) if true else NOTHING)
    return tuple(cells)


def shared(reading: Reading, asked: Opened, *keys: str) -> Listing:
    """Several shares before and after, with the truth of invented persons beside them."""
    lines = []
    for key in keys:
        found = answers.answer(asked, key)
        truth = found.truth
        lines.append(
            (
                words.text(f"partner.what_{key}"),
                *(_of(found.shown[side], found.counted.of(side)[1], asked) for side in SIDES),
                *((_true(truth.of(side)) for side in SIDES) if truth else ()),
            )
        )
    return _listing(asked, "shares", _names(asked), lines)


def referrals(reading: Reading, asked: Opened) -> Listing:
    """What each sender's referrals came to: sent, accepted, and days to the answer."""
    lines: list[tuple[Cell, ...]] = []
    for sender in asked.bodies:
        own = asked.frames.referrals
        own = own[own["organisation"] == sender]
        for side in SIDES:
            inside = own[asked.eras.within(own["referred_on"], side)]
            if asked.silent_on("referrals", sender, side):
                lines.append((asked.name(sender), words.text(f"partner.side_{side}"),
                              words.text("values.not_submitted"), NOTHING, NOTHING))  # fmt: skip
                continue
            taken = int((inside["answer"] == "accepted").sum())
            days = (inside["answered_on"] - inside["referred_on"]).dt.days.dropna()
            lines.append(
                (
                    asked.name(sender),
                    words.text(f"partner.side_{side}"),
                    _value(whole(len(inside), asked.smallest)),
                    _of(part(taken, len(inside), asked.smallest), len(inside), asked),
                    _days(float(days.median())) if len(days) >= asked.smallest else NOTHING,
                )
            )
    return _listing(asked, "referrals", ("sender", "side", "sent", "taken", "days"), lines)


def coverage(reading: Reading, asked: Opened) -> Listing:
    """Who was offered what before and after, group by group; small groups merged."""
    lines = []
    for key, both in covered.by_key(asked.offers).items():
        truth = answers.true_groups(asked, key)
        for group in covered.groups(both, asked.smallest):
            found = [covered.summed(both[side].counted, group) for side in SIDES]
            true = [covered.summed(truth[side], group) for side in SIDES] if truth else []
            lines.append(
                (
                    asked.offer_name(key),
                    group_name(group, lambda code: words.text(f"partner.group_{code}")),
                    *(_of(part(*one, asked.smallest), one[1], asked) for one in found),
                    *(_true(one) for one in true),
                )
            )
    return _listing(asked, "coverage", ["offer", "group", *_names(asked)[1:]], lines)


LISTINGS: dict[str, Callable[..., Listing]] = {
    "quality": quality,
    "planted": planted,
    "waits": waits,
    "shares": shared,
    "referrals": referrals,
    "coverage": coverage,
}


def _names(asked: Opened) -> list[str]:
    names = ["what", "before", "after"]
    return [*names, "true_before", "true_after"] if asked.truth is not None else names


def _of(shown: Value, total: int, asked: Opened) -> Cell:
    """Write a share with its counts, or that too few are there."""
    if not shown.known:
        return words.text("partner.few_persons", n=asked.smallest)
    low, high = shown.bounds
    share = numbers.both(_percents, low / total, high / total)
    counted = {"part": _value(shown), "total": numbers.both(numbers.number, total)}
    return words.text("partner.share_of", share=share, **counted)


def _true(counted: Counted) -> Cell:
    return _percent(counted[0] / counted[1]) if counted[1] else NOTHING


def _value(amount: Value) -> Text:
    return numbers.both(numbers.value, amount)


def _number(amount: float | None) -> Cell:
    return NOTHING if amount is None else numbers.both(numbers.number, amount)


def _percent(share: float) -> Text:
    return numbers.both(numbers.percent, share)


def _percents(low: float, high: float, language: Language) -> str:
    first, last = (numbers.number(100 * end, language) for end in (low, high))
    return f"{numbers.span(first, last, language)}{numbers.SPACE}%"


def _days(amount: float) -> Cell:
    if amount == float("inf"):
        return words.text("partner.not_reached")
    return numbers.both(numbers.number, amount)


def _listing(
    asked: Opened, name: str, names: Sequence[str], lines: Sequence[tuple[Cell, ...]]
) -> Listing:
    return Listing(
        title=words.text(f"partner.title_{name}"),
        columns=tuple(
            Column(one, words.text(f"partner.column_{one}"), "right" if one in _RIGHT else "left")
            for one in names
        ),
        cells=tuple(lines),
        rows_of=((),) * len(lines),
        source=asked.source,
        note=words.text(f"partner.note_{name}", n=asked.smallest),
        basis=asked.basis,
    )
