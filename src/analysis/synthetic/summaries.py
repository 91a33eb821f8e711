"""Everything true in, the figures that notebooks estimate out: coverage, times, network, N."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Whole, day
from analysis.synthetic.course import organisations
from analysis.synthetic.deliveries import REFUSED, Delivery
from analysis.synthetic.drawing import Drawn
from analysis.synthetic.known import Rows
from analysis.synthetic.laws import ERAS, GROUPS
from analysis.synthetic.leaving import FATES
from analysis.synthetic.referring import ANSWERS, SERVICES

WITHIN_DAYS = (30, 90, 180, 365)
"""Days by which shares are told: they need no assumption on what comes after the years drawn."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Row numbers of each true table that at least one accepted file tells of."""

    rows: Mapping[str, Whole]

    def flags(self, table: str, size: int) -> Whole:
        """Return whether each row was sent."""
        found = np.zeros(size, bool)
        found[self.rows.get(table, np.zeros(0, np.int64))] = True
        return found


def arrived(drawn: Drawn, rows: Callable[[str, str], Rows], sent: Sequence[Delivery]) -> Arrived:
    """Find which true rows the accepted files tell of."""
    parts: dict[str, list[Whole]] = {}
    whole = {
        (one.organisation, form, str(one.period))
        for one in sent
        if one.kind not in (*REFUSED, "first_version")
        for form in one.forms
    }
    for name, profile in drawn.world.profiles.items():
        for form in profile.forms:
            made = rows(name, form)
            for at, period in enumerate(made.periods):
                if (name, form, str(period)) in whole:
                    source = made.source[made.starts[at] : made.starts[at + 1]]
                    parts.setdefault(form, []).append(source)
    return Arrived({form: np.unique(np.concatenate(found)) for form, found in parts.items()})


def coverage(drawn: Drawn, sent: Arrived) -> pd.DataFrame:
    """Return, by era, group and kind of support, who of those identified was offered it.

    Counted are persons identified, once an episode, by the last day drawn, and what happened
    by that day. ``any`` is any kind at all. ``offered_sent`` counts only what files tell of.
    """
    episodes, services = drawn.tables["episodes"], drawn.tables["services"]
    identified = episodes["identified_on"].to_numpy() <= drawn.last
    at = services["episode"].to_numpy()
    inside = identified[at] & (services["offered_on"].to_numpy() <= drawn.last)
    steps = {
        "offered": inside,
        "accepted": inside & services["accepted"].to_numpy(),
        "started": inside & (services["started_on"].to_numpy() <= drawn.last),
        "offered_sent": inside & sent.flags("services", len(services)),
    }
    cell = episodes["era"].to_numpy() * len(GROUPS) + episodes["group"].to_numpy()
    size = len(ERAS) * len(GROUPS)
    total = np.bincount(cell[identified], minlength=size)
    kinds = [*SERVICES, "any"]
    found = []
    for number, kind in enumerate(kinds):
        own = (services["service"].to_numpy() == number) | (kind == "any")
        counts = {
            name: np.bincount(cell[np.unique(at[flag & own])], minlength=size)
            for name, flag in steps.items()
        }
        for place in range(size):
            era, group = ERAS[place // len(GROUPS)], GROUPS[place % len(GROUPS)]
            found.append((era, group, kind, total[place], *(one[place] for one in counts.values())))
    return pd.DataFrame(found, columns=["era", "group", "service", "identified", *steps])


def times(drawn: Drawn) -> pd.DataFrame:
    """Return days from identification to each kind of support, from every true date.

    Nothing is censored here: the truth reaches beyond the last day drawn. ``median_days`` is
    of those offered; ``within_N`` the share of all identified who were offered by then.
    """
    episodes, services = drawn.tables["episodes"], drawn.tables["services"]
    on = episodes["identified_on"].to_numpy()
    rows = []
    for number, kind in enumerate(SERVICES):
        own = services[services["service"].to_numpy() == number]
        for what, column in (("offered", "offered_on"), ("started", "started_on")):
            first = np.full(len(episodes), NEVER, np.int64)
            np.minimum.at(first, own["episode"].to_numpy(), own[column].to_numpy())
            rows += _times(drawn, f"{kind}_{what}", on, first)
    rights = drawn.tables["rights"]
    own = rights[(rights["right"] == "reflection_period") & rights["granted"]]
    first = np.full(len(episodes), NEVER, np.int64)
    np.minimum.at(first, own["episode"].to_numpy(), own["decided_on"].to_numpy())
    rows += _times(drawn, "reflection_period_granted", on, first)
    for number, fate in enumerate(FATES[:3]):
        left = np.where(episodes["fate"] == number, episodes["left_on"], NEVER)
        rows += _times(drawn, fate, on, left)
    rows += _times(drawn, "trafficked_again", on, episodes["again_on"].to_numpy())
    found = episodes["found_on"].to_numpy()
    rows += _times(drawn, "identified_after_found", found, on)
    within = [f"within_{days}" for days in WITHIN_DAYS]
    return pd.DataFrame(
        rows, columns=["era", "event", "persons", "reached", "median_days", *within]
    )


def _times(drawn: Drawn, event: str, since: Whole, until: Whole) -> list[tuple[object, ...]]:
    opens = day(drawn.world.laws.centre_opens)
    rows: list[tuple[object, ...]] = []
    for number, era in enumerate(ERAS):
        at = (since <= drawn.last) & ((since >= opens) == bool(number))
        reached = at & (until < NEVER)
        days = (until - since.astype(np.int64))[reached]
        shares = [
            round(float((days <= limit).sum() / max(at.sum(), 1)), 6) for limit in WITHIN_DAYS
        ]
        median = float(np.median(days)) if len(days) else None
        rows.append((era, event, int(at.sum()), int(reached.sum()), median, *shares))
    return rows


def fates(drawn: Drawn) -> pd.DataFrame:
    """Return what became of those identified, and how many were trafficked again."""
    episodes = drawn.tables["episodes"]
    identified = episodes["identified_on"].to_numpy() <= drawn.last
    rows = []
    for number, era in enumerate(ERAS):
        for place, fate in enumerate(FATES):
            own = identified & (episodes["era"] == number) & (episodes["fate"] == place)
            seen = own & (episodes["left_on"].to_numpy() <= drawn.last)
            again = own & (episodes["again_on"].to_numpy() <= drawn.last)
            rows.append((era, fate, int(own.sum()), int(seen.sum()), int(again.sum())))
    columns = ["era", "fate", "persons", "seen_by_last_day", "trafficked_again"]
    return pd.DataFrame(rows, columns=columns)


def network(drawn: Drawn) -> pd.DataFrame:
    """Return referrals by era (of the day of referral), sender and target, and their answers.

    ``waiting``: never answered; ``known``: the target knew the person already.
    """
    own, names = drawn.tables["referrals"], organisations(drawn.world)
    own = own[own["referred_on"].to_numpy() <= drawn.last]
    opens = day(drawn.world.laws.centre_opens)
    days = np.where(own["answered_on"] < NEVER, own["answered_on"] - own["referred_on"], np.nan)
    table = pd.DataFrame(
        {
            "era": (own["referred_on"].to_numpy() >= opens).astype(int),
            "from": own["organisation"],
            "to": own["to"],
            "referrals": 1,
            **{name: own["answer"] == at for at, name in enumerate(ANSWERS)},
            "known": own["known"],
            "median_answer_days": days,
        }
    )
    how = dict.fromkeys(["referrals", *ANSWERS, "known"], "sum") | {"median_answer_days": "median"}
    found = table.groupby(["era", "from", "to"], sort=True).agg(how).reset_index()
    found["era"] = [ERAS[one] for one in found["era"]]
    for column in ("from", "to"):
        found[column] = [names[one] for one in found[column]]
    return found


def population(drawn: Drawn) -> pd.DataFrame:
    """Return how many victims there were, by year and for all years: the known N.

    ``entered`` in the year, ``present`` on at least one day of it, ``found`` (first found by
    anybody), ``presumed`` and ``identified`` in it (episodes of victims); for all years,
    persons.
    """
    episodes = drawn.tables["episodes"]
    victim = drawn.tables["people"]["victim"].to_numpy()[episodes["person"].to_numpy()]
    own = episodes[victim]
    rows = []
    for year in range(drawn.years[0], drawn.years[1] + 1):
        first, last = day(date(year, 1, 1)), day(date(year, 12, 31))
        present = (own["entered"] <= last) & (own["left"] >= first)
        counts = [
            int(((own[name] >= first) & (own[name] <= last)).sum())
            for name in ("entered", "found_on", "presumed_on", "identified_on")
        ]
        rows.append((str(year), counts[0], int(present.sum()), *counts[1:]))
    people = [
        own.loc[own[name] <= drawn.last, "person"].nunique()
        for name in ("entered", "found_on", "presumed_on", "identified_on")
    ]
    rows.append(("all", people[0], people[0], *people[1:]))
    return pd.DataFrame(
        rows, columns=["year", "entered", "present", "found", "presumed", "identified"]
    )
