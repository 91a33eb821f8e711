"""What a sender tells of the persons in its register: columns by form, and when they change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from analysis.synthetic.chance import NEVER, Days, Whole
from analysis.synthetic.course import body, organisations
from analysis.synthetic.people import CHILDREN
from analysis.synthetic.referring import ANSWERS, SERVICES
from analysis.synthetic.registering import SEXES
from analysis.synthetic.supporting import OUTCOMES
from analysis.synthetic.telling import (
    ArrowArray,
    Made,
    Make,
    Telling,
    coded,
    coming,
    counted,
    fixed,
    text,
    typed,
    where,
    worded,
    words_of,
)

CASE = "SAG-{:05d}"


def _person(telling: Telling, episode: Whole) -> Make:
    return lambda at, _: telling.numbers(episode[at])


def persons(telling: Telling) -> Made:
    """Return everybody in the register; named again in each period in which they are met."""
    entries = telling.registered.entries
    own = entries[entries["organisation"].to_numpy() == telling.organisation]
    countries = list(telling.drawn.world.laws.people.citizenships)
    met = own["met_on"].to_numpy()
    columns: dict[str, Make] = {
        "person": worded(own["number"]),
        "given_name": worded(own["given"]),
        "family_name": worded(own["family"]),
        "birth_date": fixed(own["born"].to_numpy()),
        "cpr": worded(own["cpr"]),
        "sex": coded(own["sex"].to_numpy(), SEXES),
        "citizenship": coded(own["citizenship"].to_numpy(), countries),
        "child": typed(own["child"].to_numpy(), pa.bool_()),
        "first_contact_on": coming(met),
    }
    position = np.full(len(entries), -1, np.int64)
    position[own.index.to_numpy()] = np.arange(len(own))
    return columns, [met, *_meetings(telling, position)], own.index.to_numpy()


def _meetings(telling: Telling, position: Whole) -> list[Whole]:
    """Return, as columns over the register, every further day on which somebody was met."""
    events = []
    for form in telling.profile.forms:
        if form not in OF_PERSONS:
            continue
        table = telling.own(form)
        entry = telling.registered.entry[table["episode"].to_numpy(), telling.organisation]
        for change in OF_PERSONS[form](telling)[1]:
            events.append(np.stack([position[entry], change.astype(np.int64)]))
    size = int((position >= 0).sum())
    if not events:
        return []
    at, on = np.concatenate(events, axis=1)
    order = np.argsort(at, kind="stable")
    at, on = at[order], on[order]
    # The n-th event of each person goes to the n-th column.
    nth = np.arange(len(at)) - np.searchsorted(at, at)
    columns = []
    for number in range(int(nth.max(initial=-1)) + 1):
        column = np.full(size, NEVER, np.int64)
        here = nth == number
        column[at[here]] = on[here]
        columns.append(column)
    return columns


def _assessments(telling: Telling) -> Made:
    own = telling.own("assessments")
    drawn, names = telling.drawn, organisations(telling.drawn.world)
    episode = own["episode"].to_numpy()
    means = telling.means.loc[own.index]
    told = means["told"].to_numpy()
    bodies = [body(drawn.world.profiles[name]) for name in names]
    person = drawn.tables["episodes"]["person"].to_numpy()[episode]
    child = drawn.tables["people"]["group"].to_numpy()[person] == CHILDREN
    case = drawn.tables["episodes"]["case"].to_numpy()[episode]
    groups = np.array([CASE.format(one) if one >= 0 else None for one in case.tolist()], object)
    on = own["decided_on"].to_numpy()
    columns: dict[str, Make] = {
        "person": _person(telling, episode),
        "status": worded(own["status"]),
        "deciding_body": coded(own["decided_by"].to_numpy(), bodies),
        "decided_on": coming(on),
        "acts": worded(means["acts"]),
        "means": worded(means["means"]),
        "purposes": worded(means["purposes"]),
        "child_when_exploited": typed(where(told, child, None), pa.bool_()),
        "case_group": worded(groups),
    }
    return columns, [on], own.index.to_numpy()


def _services(telling: Telling) -> Made:
    own = telling.own("services")
    started, ended = own["started_on"].to_numpy(), own["ended_on"].to_numpy()
    columns: dict[str, Make] = {
        "person": _person(telling, own["episode"].to_numpy()),
        "service": coded(own["service"].to_numpy(), SERVICES),
        "offered_on": coming(own["offered_on"].to_numpy()),
        "accepted": typed(own["accepted"].to_numpy(), pa.bool_()),
        "started_on": coming(started),
        "ended_on": coming(ended),
        "outcome": _outcomes(started, ended, own["outcome"].to_numpy()),
    }
    return columns, [own["offered_on"].to_numpy(), started, ended], own.index.to_numpy()


def _outcomes(started: Days, ended: Days, outcome: Whole) -> Make:
    """Return how it ended, *ongoing* until it did, null where it never started."""
    names = (*OUTCOMES, "ongoing")

    def make(at: Whole, as_of: Whole) -> ArrowArray:
        running = np.where(started[at] <= as_of, len(OUTCOMES), -1)
        return words_of(np.where(ended[at] <= as_of, outcome[at], running), names)

    return make


def _stays(telling: Telling) -> Made:
    own = telling.own("stays")
    arrived, left = own["arrived_on"].to_numpy(), own["left_on"].to_numpy()
    columns: dict[str, Make] = {
        "person": _person(telling, own["episode"].to_numpy()),
        "place": worded(own["place"]),
        "arrived_on": coming(arrived),
        "left_on": coming(left),
        "outcome": _outcomes(arrived, left, own["outcome"].to_numpy()),
    }
    return columns, [arrived, left], own.index.to_numpy()


def _referrals(telling: Telling) -> Made:
    own = telling.own("referrals")
    answered = own["answered_on"].to_numpy()

    def answer(at: Whole, as_of: Whole) -> ArrowArray:
        waiting = ANSWERS.index("waiting")
        return words_of(
            np.where(answered[at] <= as_of, own["answer"].to_numpy()[at], waiting), ANSWERS
        )

    columns: dict[str, Make] = {
        "person": _person(telling, own["episode"].to_numpy()),
        "to_organisation": coded(own["to"].to_numpy(), organisations(telling.drawn.world)),
        "referred_on": coming(own["referred_on"].to_numpy()),
        "answer": answer,
        "answered_on": coming(answered),
        "service": coded(own["service"].to_numpy(), SERVICES),
    }
    return columns, [own["referred_on"].to_numpy(), answered], own.index.to_numpy()


def _rights(telling: Telling) -> Made:
    own = telling.own("rights")
    ended = own["ended_on"].to_numpy()
    lasting = (ended < NEVER) & own["accepted"].to_numpy()

    def end(at: Whole, as_of: Whole) -> ArrowArray:
        running = where(lasting[at], "ongoing", None)
        return text(where(ended[at] <= as_of, own["end"].to_numpy(dtype=object)[at], running))

    columns: dict[str, Make] = {
        "person": _person(telling, own["episode"].to_numpy()),
        "right": worded(own["right"]),
        "decided_on": coming(own["decided_on"].to_numpy()),
        "granted": typed(own["granted"].to_numpy(), pa.bool_()),
        "accepted": typed(own["accepted"].to_numpy(), pa.bool_()),
        "starts_on": fixed(own["starts_on"].to_numpy()),
        "days": counted(own["days"].to_numpy()),
        "ended_on": coming(ended),
        "end": end,
    }
    return columns, [own["decided_on"].to_numpy(), ended], own.index.to_numpy()


def _returns(telling: Telling) -> Made:
    own = telling.own("returns")
    tables = telling.drawn.tables
    person = tables["episodes"]["person"].to_numpy()[own["episode"].to_numpy()]
    countries = list(telling.drawn.world.laws.people.citizenships)
    followed = own["followed_up_on"].to_numpy()

    def outcome(at: Whole, as_of: Whole) -> ArrowArray:
        known = own["outcome"].to_numpy(dtype=object)[at]
        return text(np.where(followed[at] <= as_of, known, "not_followed"))

    columns: dict[str, Make] = {
        "person": _person(telling, own["episode"].to_numpy()),
        "prepared": typed(own["prepared"].to_numpy(), pa.bool_()),
        "returned_on": coming(own["returned_on"].to_numpy()),
        "country": coded(tables["people"]["citizenship"].to_numpy()[person], countries),
        "followed_up_on": coming(followed),
        "outcome": outcome,
    }
    return columns, [own["returned_on"].to_numpy(), followed], own.index.to_numpy()


OF_PERSONS: dict[str, Callable[[Telling], Made]] = {
    "assessments": _assessments,
    "services": _services,
    "stays": _stays,
    "referrals": _referrals,
    "rights": _rights,
    "returns": _returns,
}
"""Forms whose rows are of a person in the register."""
