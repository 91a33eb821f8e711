"""Assessments in, what each says of act, means and purpose out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.synthetic.chance import Whole
from analysis.synthetic.drawing import Drawn
from analysis.synthetic.people import CHILDREN, PURPOSES
from analysis.synthetic.telling import where


def acts_and_means(drawn: Drawn) -> pd.DataFrame:
    """Draw what each assessment says of act, means and purpose.

    An identification always says so; a presumption often does not. A child needs no means.
    """
    table, law = drawn.tables["assessments"], drawn.world.laws.people
    rng, size = drawn.generator("means"), len(table)
    told = (table["status"].to_numpy() == "identified") | (rng.random(size) < _TOLD)
    told &= table["status"].to_numpy() != "not_a_victim"
    episodes, people = drawn.tables["episodes"], drawn.tables["people"]
    person = episodes["person"].to_numpy()[table["episode"].to_numpy()]
    child = people["group"].to_numpy()[person] == CHILDREN
    means = _several(rng.random((size, len(law.means))), law.means)
    purposes = _purposes(people["purpose"].to_numpy()[person], people["second"].to_numpy()[person])
    return pd.DataFrame(
        {
            "told": told,
            "acts": where(told, _several(rng.random((size, len(law.acts))), law.acts), None),
            "means": where(told & ~(child & (rng.random(size) < 0.5)), means, None),
            "purposes": where(told, purposes, None),
        },
        dtype=object,
    ).astype({"told": bool})


_TOLD = 0.6  # share of presumptions that say of which act, means and purpose


def _several(drawn: Whole, shares: Mapping[str, float]) -> Whole:
    """Return codes joined; where none was drawn, the one that came nearest to it."""
    names = list(shares)
    ratio = drawn / np.fromiter(shares.values(), float)
    has = (ratio < 1) | (ratio == ratio.min(axis=1, keepdims=True))
    bits = has @ (1 << np.arange(len(names)))
    known = np.array(
        [
            ";".join(sorted(n for at, n in enumerate(names) if one >> at & 1))
            for one in range(2 ** len(names))
        ],
        object,
    )
    return np.asarray(known[bits])


def _purposes(first: Whole, second: Whole) -> Whole:
    size = len(PURPOSES)
    both = np.array(
        [
            [
                ";".join(sorted({PURPOSES[a], PURPOSES[b if b < size else a]}))
                for b in range(size + 1)
            ]
            for a in range(size)
        ],
        object,
    )
    return np.asarray(both[first, np.where(second < 0, size, second)])
