"""A seed in, the whole way of partner data rehearsed on invented persons, and a report out.

Everything goes the way that real data goes: files are read, refused or held, rows are set
aside, what enters becomes tokens in an encrypted store, records are linked and reviewed, and
an evaluation of its own is built from it. Only the answers that a person would give (set a
row aside, same or different) are given by rule or by the truth.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from analysis import evaluations
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.engine.events import Listener, ignore
from analysis.flow import building, rehearsed_intake, rehearsed_linkage
from analysis.flow.building import Built
from analysis.flow.rehearsed_intake import Judged, Log
from analysis.flow.rehearsed_linkage import Linked
from analysis.flow.synthesising import synthesise
from analysis.places import Places
from analysis.vault import keys as vault_keys

EVALUATION = "rehearsal"
YEARS = (2003, 2012)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What intake found of what was planted, what linkage found of who is who, the report."""

    seed: int
    people: int
    log: Log
    judged: Judged
    linked: Linked
    built: Built


def prepare(
    places: Places, *, seed: int = 1, people: int | None = None
) -> tuple[int, Log, Judged, Linked]:
    """Make the rehearsal's cases anew: drawn, submitted, linked; an earlier rehearsal is removed.

    Parameters
    ----------
    seed : int
        The same seed gives the same persons and files. Keys are always new: linkage compares
        keyed sketches of names, so a few pairs in doubt may fall the other way.
    people : int, optional
        True victims; by default as many as ``world.yml`` says.

    Returns
    -------
    tuple
        How many true victims were drawn, what became of each file, planted faults against
        found rows, true pairs of records against linked ones.
    """
    folder = places.rehearsal
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    drawn, store, keys = folder / "drawn", folder / "store", folder / "keys"
    made = synthesise(places, seed=seed, people=people, years=YEARS, to=drawn)
    forms = read_forms(places.forms, places.partner_codelists)
    profiles = read_profiles(places.synthetic / "profiles", forms)
    vault_keys.create(keys, holders=None)
    log = rehearsed_intake.take_all(places, drawn, profiles, store=store, keys=keys)
    on = date(YEARS[1] + 1, 12, 31)
    linked = rehearsed_linkage.link(places, drawn, profiles, forms, store=store, keys=keys, on=on)
    return made.people, log, rehearsed_intake.judge(drawn, log), linked


def rehearse(
    places: Places,
    *,
    seed: int = 1,
    people: int | None = None,
    jobs: int | None = None,
    on_event: Listener = ignore,
) -> Rehearsed:
    """Rehearse from the first file to the report, which lies in ``outputs/rehearsal``.

    Raises
    ------
    AnalysisError
        As `building.build` and those who make, take in and link the invented cases.
    """
    chosen = evaluations.read(places, EVALUATION)
    drawn, log, judged, linked = prepare(places, seed=seed, people=people)
    built = building.build(places, chosen, jobs=jobs, on_event=on_event)
    return Rehearsed(seed, drawn, log, judged, linked, built)


def told(one: Rehearsed) -> dict[str, Any]:
    """Return what a rehearsal says of itself, as plain JSON."""
    log = one.log
    return {
        "seed": one.seed,
        "people": one.people,
        "files": log.files,
        "refused": len(log.refused),
        "held": len(log.held),
        "repeated": len(log.repeated),
        "set_aside": log.set_aside,
        "intake": {**asdict(one.judged), **_rates(one.judged)},
        "linkage": {**asdict(one.linked), **_rates(one.linked)},
        "findings": one.built.findings,
        "seconds": one.built.seconds,
        "report": str(one.built.report),
    }


def _rates(one: Judged | Linked) -> dict[str, float]:
    return {"precision": round(one.precision, 4), "recall": round(one.recall, 4)}
