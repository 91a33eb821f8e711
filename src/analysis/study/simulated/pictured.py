"""What was simulated in, the bars and dots of its pictures out."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.contracts.findings import Verdict
from analysis.contracts.published import Text
from analysis.language import words
from analysis.methods.simulated.judged import Share
from analysis.reporting.figures.simulated import Answers
from analysis.reporting.figures.simulated_coverage import Covered, Dot, Kind
from analysis.study.simulated import holding
from analysis.study.simulated.running import Compared, Simulation
from analysis.study.simulated.settings import BAND, Claim
from analysis.study.simulated.telling import ANSWERS, world_name


def answers(found: Simulation) -> Answers:
    """Return the shares of each verdict by world, as `figures.simulated_verdicts` draws them."""
    calm = [one for one in found.compared if one.world.happened == 1 == one.world.recorded]
    crossed = [one for one in found.compared if one.setting.break_flag]
    return Answers(
        worlds=tuple(
            (
                words.text(f"simulation.group_{_group(one)}"),
                world_name(one.setting.id),
                tuple(one.said.get(name, Share(0.0, 1)).value for name in ANSWERS),
                (wrong := holding.wrong(one.false_more, one.false_fewer)).value,
                wrong.error,
            )
            for one in found.compared
        ),
        verdicts=ANSWERS,
        most_wrong=max(holding.wrong(one.false_more, one.false_fewer).value for one in calm),
        higher_across_break=max(
            (_said(one, "higher") + _said(one, "lower") for one in crossed), default=0.0
        ),
        draws=found.draws,
    )


def _said(one: Compared, name: Verdict) -> float:
    return one.said[name].value if name in one.said else 0.0


def _group(one: Compared) -> str:
    if one.setting.detection != 1:
        return "detector"
    return "calm" if one.world.happened == 1 else "rise"


def covered(found: Simulation) -> Covered:
    """Return coverage by method and world, as `figures.simulated_coverage` draws it."""
    return Covered(tuple(_dots(found)), draws=found.draws, band=BAND)


def _dots(found: Simulation) -> Iterator[Dot]:
    ratio = words.text("simulation.coverage_group_ratio")
    for one in found.compared:
        claims = (one.setting.exact, one.setting.dispersed(one.world.mean))
        kinds: tuple[Kind, Kind] = ("exact", "headline")
        for kind, held, claim in zip(kinds, (one.exact, one.headline), claims, strict=True):
            if held:
                yield _dot(ratio, one.setting.id, kind, held.covered, claim)
    for step in found.stepped:
        if step.found:
            share = Share(step.found.covered, found.draws)
            claim = step.setting.claim(found.scale.usual)
            yield _dot(
                words.text("simulation.method_interrupted"), step.setting.id, "other", share, claim
            )
    for beside in found.beside:
        if beside.found and beside.found.limits:
            claim = holding.permuted(found.scale.usual) if beside.setting.claims else "none"
            share = beside.found.limits.covered
            yield _dot(
                words.text("simulation.method_difference"),
                beside.setting.id,
                "other",
                share,
                claim,
            )


def _dot(group: Text, world: str, kind: Kind, share: Share, claim: Claim) -> Dot:
    return Dot(group, world_name(world), kind, share.value, share.error, claim)
