"""What was simulated in, tables out, in both languages.

Every table has the basis ``synthetic``: the room that shows it labels each line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from analysis.contracts.findings import Verdict
from analysis.contracts.outputs import Column, Listing
from analysis.contracts.published import Language, Text
from analysis.language import numbers, words
from analysis.methods.simulated.judged import Held, Share
from analysis.study.simulated import holding
from analysis.study.simulated.running import (
    WATCHES,
    Besides,
    Simulation,
    Stepped,
    Watched,
)
from analysis.study.simulated.settings import MOST_FALSE, Alarm, Claim

Cell = Text | str
ANSWERS: tuple[Verdict, ...] = (
    "lower", "recorded_fewer", "undecided", "refused", "recorded_more", "higher",
)  # fmt: skip
"""As on an axis from fewer to more, silences in the middle."""


def worlds(found: Simulation) -> Listing:
    """What happens in each world of two periods, and how much of it is recorded."""
    cells = [
        (
            world_name(one.setting.id),
            words.text(f"simulation.happens_{one.setting.id}"),
            numbers.both(_tenths, one.world.mean),
            numbers.both(_two_decimals, one.world.happened),
            numbers.both(_two_decimals, one.world.recorded),
        )
        for one in found.compared
    ]
    notes = (found.scale.told, words.text("simulation.own_choice"))
    return _listing("worlds", ("world", "happens", "mean", "happened", "recorded"), cells, notes)


def verdicts(found: Simulation) -> Listing:
    """Which verdict the comparison gave in each world, of 100 repetitions."""
    cells = [
        (
            world_name(one.setting.id),
            *(_of_100(one.said.get(name, Share(0.0, found.draws))) for name in ANSWERS),
            _with_error(holding.wrong(one.false_more, one.false_fewer)),
            _of_100(one.exact_alone),
        )
        for one in found.compared
    ]
    columns = [
        _column("world"),
        *(Column(name, words.text(f"simulation.said_{name}"), "right") for name in ANSWERS),
        _column("wrong"),
        _column("exact_alone"),
    ]
    notes = (words.text("simulation.note_verdicts"), repeated(found))
    return _made("verdicts", columns, cells, notes)


def limits(found: Simulation) -> Listing:
    """How often each pair of limits held the ratio, beside what it claims."""
    names = (
        "world", "bias", "gap", "exact", "exact_claim", "dispersed", "headline",
        "headline_claim", "holds_truth", "width",
    )  # fmt: skip
    cells = [
        (
            world_name(one.setting.id),
            _pair(one.bias),
            _pair(one.gap),
            _held(one.exact),
            _claim(one.setting.exact),
            _held(one.dispersed),
            _held(one.headline),
            _claim(one.setting.dispersed(one.world.mean)),
            _with_error(one.holds_truth) if one.holds_truth else "",
            numbers.both(numbers.ratio, one.headline.width) if one.headline else "",
        )
        for one in found.compared
    ]
    notes = (words.text("simulation.note_limits"), repeated(found))
    return _listing("limits", names, cells, notes)


def others(found: Simulation) -> Listing:
    """What the methods beside the comparison did in worlds of their own."""
    cells = [
        *(_stepped(one, found) for one in found.stepped),
        *(line for one in found.beside for line in _beside(one, found)),
        *(line for one in found.watched for line in _watched(one)),
    ]
    watched = numbers.both(numbers.number, max(found.draws // WATCHES, 1))
    notes = (
        words.text("simulation.note_others"),
        repeated(found),
        words.text("simulation.repeated_watch", draws=watched),
    )
    names = ("method", "world", "bias", "holds", "signals", "claims")
    return _listing("others", names, cells, notes)


LISTINGS: dict[str, Callable[[Simulation], Listing]] = {
    "worlds": worlds,
    "verdicts": verdicts,
    "limits": limits,
    "others": others,
}


def repeated(found: Simulation) -> Text:
    """Say how often each world was drawn."""
    return words.text("simulation.repeated", draws=numbers.both(numbers.number, found.draws))


def _stepped(one: Stepped, found: Simulation) -> tuple[Cell, ...]:
    head = (words.text("simulation.method_interrupted"), world_name(one.setting.id))
    claim = one.setting.claim(found.scale.usual)
    if one.found is None:
        return (*head, "", words.text("simulation.no_fit"), "", "")
    seen = one.found
    said = Share(seen.said_more + seen.said_fewer, found.draws)
    return (
        *head,
        _log(seen.bias),
        _with_error(Share(seen.covered, found.draws)),
        _with_error(said),
        _claims(claim, "none_here" if one.setting.ratio != 1 else "each"),
    )


def _claims(claim: Claim, alarms: str) -> Text:
    if claim == "none":
        return _claim("none")
    return words.text("simulation.claim_both", limits=_claim(claim), alarms=_worded_claim(alarms))


def _beside(one: Besides, found: Simulation) -> Iterator[tuple[Cell, ...]]:
    world = world_name(one.setting.id)
    if one.found is None:
        none = words.text("simulation.no_peers")
        yield words.text("simulation.method_rank"), world, "", "", "", none
        return
    seen, bounded = one.found, one.found.limits
    if seen.smallest_p > MOST_FALSE * (1 + 1e-12):
        p = numbers.both(_two_decimals, seen.smallest_p)
        alarms = claim = words.text("simulation.claim_cannot", p=p)
    else:
        name = "none_here" if one.setting.own != 1 else "false"
        alarms = _worded_claim(name if one.setting.claims else "none")
        claim = _claims(holding.permuted(found.scale.usual), name) if one.setting.claims else alarms
    yield words.text("simulation.method_rank"), world, "", "", _with_error(seen.rank), alarms
    yield (
        words.text("simulation.method_difference"),
        world,
        _log(seen.bias),
        _held(bounded) if bounded else words.text("simulation.no_limits"),
        _with_error(seen.difference),
        claim,
    )


def _watched(one: Watched) -> Iterator[tuple[Cell, ...]]:
    world = world_name(one.setting.id)
    lasting = _worded_claim(_alarm_claim(one.setting))
    claim = lasting
    if one.setting.claims and not one.setting.claims_any:
        claim = _worded_claim("other_law")
    elif one.setting.claims and one.promised:
        most = numbers.both(_hundredths, holding.promised(one.promised))
        claim = words.text("simulation.claim_promised", most=most)
    name = words.text(f"simulation.method_{one.setting.method}")
    yield name, world, "", "", _with_error(one.any_signal), claim
    if one.sustained is not None:
        name = words.text("simulation.method_sustained")
        yield name, world, "", "", _with_error(one.sustained), lasting


def _alarm_claim(setting: Alarm) -> str:
    if setting.shift != 1:
        return "none_here"
    return "false" if setting.claims else "none"


def world_name(id: str) -> Text:
    """Name a world."""
    return words.text(f"simulation.world_{id}")


def _claim(claim: Claim) -> Text:
    return _worded_claim(claim)


def _worded_claim(name: str) -> Text:
    return words.text(f"simulation.claim_{name}")


def _held(held: Held | None) -> Cell:
    return _with_error(held.covered) if held else words.text("simulation.no_limits")


def _of_100(share: Share) -> Text:
    return numbers.both(_hundredths, share.value)


def _with_error(share: Share) -> Text:
    error = numbers.both(_hundredths, share.error)
    return words.text("simulation.plus_minus", share=_of_100(share), error=error)


def _hundredths(share: float, language: Language) -> str:
    return numbers.number(100 * share, language, 1)


def _tenths(amount: float, language: Language) -> str:
    return numbers.number(amount, language, 1)


def _two_decimals(amount: float, language: Language) -> str:
    return numbers.number(amount, language, 2)


def _pair(pair: tuple[float, float]) -> Text:
    """Write one bias, or that of both readings where they differ."""
    low, high = (_log(one) for one in pair)
    if low == high:
        return low
    return Text(f"{low.da}; {high.da}", f"{low.en}; {high.en}")


def _log(amount: float) -> Text:
    if math.isnan(amount):
        return Text("", "")
    # Rounding must not print a bias of minus nothing.
    return numbers.both(_signed, round(amount, 2) + 0.0)


def _signed(amount: float, language: Language) -> str:
    written = numbers.number(amount, language, 2)
    return f"+{written}" if amount > 0 else written.replace("-", "\N{MINUS SIGN}")


_RIGHT = {
    "mean", "happened", "recorded", "wrong", "exact_alone", "bias", "gap", "exact",
    "dispersed", "headline", "holds_truth", "width", "holds", "signals",
}  # fmt: skip


def _column(name: str) -> Column:
    side = "right" if name in _RIGHT else "left"
    return Column(name, words.text(f"simulation.column_{name}"), side)


def _listing(
    title: str,
    names: Iterable[str],
    cells: Sequence[tuple[Cell, ...]],
    notes: Iterable[Text],
) -> Listing:
    return _made(title, [_column(name) for name in names], cells, notes)


def _made(
    title: str,
    columns: Sequence[Column],
    cells: Sequence[tuple[Cell, ...]],
    notes: Iterable[Text],
) -> Listing:
    told = list(notes)
    return Listing(
        title=words.text(f"simulation.title_{title}"),
        columns=tuple(columns),
        cells=tuple(cells),
        rows_of=((),) * len(cells),
        source=words.text("simulation.source"),
        note=Text(" ".join(one.da for one in told), " ".join(one.en for one in told)),
        basis="synthetic",
    )
