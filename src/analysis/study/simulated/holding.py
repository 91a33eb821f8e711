"""What was simulated in, whether each method kept what it claims out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analysis.methods.simulated.judged import Held, Share
from analysis.study.simulated.running import Simulation, Watched
from analysis.study.simulated.settings import BAND, ENOUGH, LEVEL, MOST_FALSE, WATCHED, Claim

ERRORS = 3.0
"""Monte Carlo errors that a share may lie on the wrong side of a bound it sits on exactly."""


def keeps(held: Held | None, claim: Claim) -> bool:
    """Whether limits hold the truth as often as they claim; no limits claim nothing.

    93 to 97 percent is asked of the share itself; at least 95 less what so few draws
    may lie off, as exact limits can sit on it.
    """
    if held is None or claim == "none":
        return True
    if claim == "about":
        return BAND[0] <= held.covered.value <= BAND[1]
    return held.covered.reaches(LEVEL, errors=ERRORS)


def coverage(found: Simulation) -> bool:
    """Whether every pair of limits that claims it covers what it claims."""
    return all(keeps(held, claim) for held, claim in _claimed(found))


def _claimed(found: Simulation) -> Iterator[tuple[Held | None, Claim]]:
    for one in found.compared:
        claim = one.setting.dispersed(one.world.mean)
        yield one.exact, one.setting.exact
        yield one.dispersed, claim
        yield one.headline, claim
    for step in found.stepped:
        if step.found:
            covered = Share(step.found.covered, found.draws)
            yield Held(covered, step.found.width), step.setting.claim(found.scale.usual)
    for beside in found.beside:
        if beside.found and beside.setting.claims:
            yield beside.found.limits, permuted(found.scale.usual)


def permuted(mean: float) -> Claim:
    """Claim of the permutation's limits: exact but for the half event added to small counts."""
    return "about" if mean >= ENOUGH else "at_least"


def verdicts(found: Simulation) -> bool:
    """Whether no direction is wrongly said in more than 5 of 100, and both in no more.

    Each direction by itself is held to 5 strictly: that is *improved* where nothing did.
    """
    return all(
        max(one.false_more.value, one.false_fewer.value) <= MOST_FALSE
        and wrong(one.false_more, one.false_fewer).keeps_to(MOST_FALSE, errors=ERRORS)
        for one in found.compared
        if not one.setting.blind
    )


def wrong(more: Share, fewer: Share) -> Share:
    """Add up two shares of the same draws that exclude each other."""
    return Share(more.value + fewer.value, more.draws)


def never_higher(found: Simulation) -> bool:
    """Whether a comparison across a break of detection never says higher or lower."""
    return all(
        not {"higher", "lower"} & set(one.said) for one in found.compared if one.setting.break_flag
    )


def alarms(found: Simulation) -> bool:
    """Whether charts, sums, ranks, differences and steps cry wolf no more than they claim."""
    kept = [
        share.keeps_to(most, errors=ERRORS)
        for one in found.watched
        if one.setting.claims
        for share, most in _watched(one)
    ]
    for beside in found.beside:
        if beside.found and beside.setting.claims and beside.setting.own == 1:
            kept += [
                share.keeps_to(MOST_FALSE, errors=ERRORS)
                for share in (beside.found.rank, beside.found.difference)
            ]
    for step in found.stepped:
        if (
            step.found
            and step.setting.ratio == 1
            and step.setting.claim(found.scale.usual) != "none"
        ):
            kept.append(max(step.found.said_more, step.found.said_fewer) <= MOST_FALSE)
    return all(kept)


def _watched(one: Watched) -> Iterator[tuple[Share, float]]:
    if one.sustained is None:
        yield one.any_signal, promised(one.promised)
        return
    if one.setting.claims_any:
        yield one.any_signal, MOST_FALSE
    yield one.sustained, MOST_FALSE


def promised(run_length: float) -> float:
    """Largest share of series with a false alarm that a mean run length promises."""
    return float(1 - (1 - 1 / run_length) ** WATCHED)


CLAIMS: dict[str, Callable[[Simulation], bool]] = {
    "coverage": coverage,
    "verdicts": verdicts,
    "break": never_higher,
    "alarms": alarms,
}
