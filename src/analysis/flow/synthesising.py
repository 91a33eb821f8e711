"""A seed in, the invented country in a folder out: its files and the truth beside them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.places import Places
from analysis.synthetic import World, draw, read_world, write

DRAWN = "drawn"
"""Folder of ``data/synthetic`` that a draw is written to unless another is named."""


@dataclass(frozen=True, slots=True)
class Synthesised:
    """What was written, and how much of it."""

    folder: Path
    seed: int
    people: int
    years: tuple[int, int]
    files: int
    deliveries: int
    rows: int
    faults: int


def world(places: Places) -> World:
    """Read the invented country, its forms and its senders."""
    forms = read_forms(places.forms, places.partner_codelists)
    profiles = read_profiles(places.synthetic / "profiles", forms)
    return read_world(places.synthetic / "world.yml", forms, profiles)


def synthesise(
    places: Places,
    *,
    seed: int = 1,
    people: int | None = None,
    years: tuple[int, int] = (2003, 2012),
    to: Path | None = None,
) -> Synthesised:
    """Draw an invented country and write it; the same arguments, the same bytes.

    Parameters
    ----------
    people : int, optional
        True victims; by default as many as ``world.yml`` says.
    to : Path, optional
        Folder; by default ``data/synthetic/drawn``. An earlier draw in it is replaced.
    """
    country = world(places)
    folder = to or places.synthetic / DRAWN
    count = country.laws.people.default if people is None else people
    write(draw(country, seed=seed, people=count, years=years), folder)
    deliveries = _rows(folder / "truth" / "deliveries.csv")
    return Synthesised(
        folder,
        seed,
        count,
        years,
        len({one["file"] for one in deliveries}),
        len(_rows(folder / "deliveries.csv")),
        sum(int(one["rows"]) for one in deliveries),
        len(_rows(folder / "truth" / "faults.csv")),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
