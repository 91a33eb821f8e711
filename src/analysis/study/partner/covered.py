"""Cases in, who of women, men and children was offered what, before and after, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.contracts.partner.cases import Cases
from analysis.contracts.partner.pictures import Side
from analysis.contracts.values import Value
from analysis.engine.reuse import recorder
from analysis.study.partner.eras import SIDES, Eras
from analysis.study.partner.frames import Frames
from analysis.study.partner.small import Counted, Group, merged, of_parts

if TYPE_CHECKING:
    from analysis.indicators import Definitions

BY_KIND, REFLECTION = "support.offered_by_kind", "rights.reflection_coverage"
REFLECTION_KEY = "reflection"
GROUPS = ("women", "men", "children", "not_known")
EVERYBODY = "all"

FOR: Mapping[str, tuple[str, ...]] = {"guardian": ("children",)}
"""Kinds of support that are for some groups only."""

LEFT_OUT = ("education", "livelihood", "interpreting")
"""Kinds that no plan promises as such: they are means to the others."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One promise and side: how many of how many by group, with ``all``, and over the draws.

    ``drawn`` are the lowest and highest share of all over the draws of the linkage.
    """

    key: str
    side: Side
    counted: Mapping[str, Counted]
    drawn: tuple[float, float] | None


@cache
def definitions(folder: Path) -> Definitions:
    """Read the definitions of indicators, each file announced."""
    from analysis.indicators import read_definitions

    return read_definitions(folder, note=recorder.note)


def offers(cases: Cases, folder: Path, eras: Eras, kinds: tuple[str, ...]) -> tuple[Offer, ...]:
    """Compute the coverage of each kind of support, and of the reflection period.

    Parameters
    ----------
    folder : Path
        ``data/indicators``: the definitions decide who counts.
    kinds : tuple of str
        Codes of kinds of support, in order.
    """
    from analysis.indicators import Window, compute

    windows = [Window(side, *eras.span(side)) for side in SIDES]
    result = compute(
        cases,
        definitions(folder),
        periods=windows,
        ids=[BY_KIND, REFLECTION],
        strata=["group"],
    )
    by_kind, reflection = result.of(BY_KIND), result.of(REFLECTION)
    found = []
    for kind in (kind for kind in kinds if kind not in LEFT_OUT):
        rows = by_kind[by_kind["service"] == kind]
        found += [_offer(kind, side, rows[rows["period"] == side]) for side in SIDES]
    for side in SIDES:
        found.append(_offer(REFLECTION_KEY, side, reflection[reflection["period"] == side]))
    return tuple(found)


def _offer(key: str, side: Side, rows: Any) -> Offer:
    counted: dict[str, Counted] = {}
    drawn = None
    wanted = FOR.get(key, GROUPS)
    for row in rows.to_dict("records"):
        group = str(row["group"])
        counted[group] = (_whole(row["numerator"]), _whole(row["denominator"]))
        if group == EVERYBODY and row["low"] == row["low"]:
            drawn = (float(row["low"]), float(row["high"]))
    kept = {name: counted.get(name, (0, 0)) for name in wanted}
    whole = counted.get(EVERYBODY, (0, 0))
    if wanted != GROUPS:
        whole = (sum(one[0] for one in kept.values()), sum(one[1] for one in kept.values()))
        drawn = None
    return Offer(key, side, {EVERYBODY: whole, **kept}, drawn)


def _whole(amount: float) -> int:
    return int(amount) if amount == amount else 0


def by_key(found: Sequence[Offer]) -> dict[str, dict[Side, Offer]]:
    """Put both sides of each promise together."""
    both: dict[str, dict[Side, Offer]] = {}
    for offer in found:
        both.setdefault(offer.key, {})[offer.side] = offer
    return both


def groups(both: Mapping[Side, Offer], smallest: int) -> tuple[Group, ...]:
    """Merge groups so that none is too small on either side; the same wherever they are shown."""
    counts = both["before"].counted
    least = {
        code: min(both[side].counted[code][1] for side in SIDES)
        for code in counts
        if code != EVERYBODY and any(both[side].counted[code][1] for side in SIDES)
    }
    # A group of nobody on one side counts as one person there, so that it is merged and not lost.
    return merged([Group((code,), (0, max(size, 1))) for code, size in least.items()], smallest)


def summed(counted: Mapping[str, Counted], group: Group) -> Counted:
    """Add up what merged groups count."""
    return (
        sum(counted[code][0] for code in group.codes),
        sum(counted[code][1] for code in group.codes),
    )


def everybody(offer: Offer, shown: Sequence[Group], smallest: int) -> Value:
    """Return how many of all were offered it, as the groups beside it allow."""
    parts = [summed(offer.counted, group) for group in shown]
    return of_parts(offer.counted[EVERYBODY], parts, smallest)


def by_hand(frames: Frames, eras: Eras, key: str, side: Side, national: str) -> dict[str, Counted]:
    """Count the same from frames: what the truth of invented persons is, and a cross-check.

    ``national`` is the country whose own citizens need no right to stay.
    """
    persons = frames.persons
    persons = persons[eras.within(persons["identified_on"], side)]
    if key == REFLECTION_KEY:
        rows = frames.rights
        rows = rows[(rows["right"] == "reflection_period") & rows["granted"].fillna(False)]
        foreign = persons["citizenship"].notna() & (persons["citizenship"] != national)
        persons = persons[foreign]
    else:
        rows = frames.services[frames.services["service"] == key]
    has = persons["pseudonym"].isin(rows["pseudonym"])
    child = persons["child"].fillna(False).astype(bool)
    adults = persons["sex"].map({"female": "women", "male": "men"}).fillna("not_known")
    group = adults.where(~child, "children")
    found = {
        name: (int((has & (group == name)).sum()), int((group == name).sum()))
        for name in FOR.get(key, GROUPS)
    }
    whole = (int(has.sum()), len(persons))
    if key in FOR:
        whole = (sum(one[0] for one in found.values()), sum(one[1] for one in found.values()))
    return {EVERYBODY: whole, **found}
