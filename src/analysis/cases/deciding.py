"""Scored pairs and what reviewers said in, groups of records out: the best, and drawn ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.cases.clusters import Edges, Grouped, Marks, Numbers, grouped
from analysis.cases.rules import LinkageRules
from analysis.contracts.partner.store import ArrowTable

Pair = tuple[str, str]
"""Two records' tokens, the lesser first."""

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Decided:
    """Scored and reviewed pairs by the numbers of their records, and what holds of each.

    ``band``: probability within the clerical band and no verdict of *same* or *different*;
    ``certain``: one person without a draw.
    """

    left: Numbers
    right: Numbers
    probability: npt.NDArray[np.float64]
    same: Flags
    certain: Flags
    band: Flags

    def edges(self, chosen: Flags) -> Edges:
        """Return chosen pairs as edges; those reviewed as one person come first."""
        strength = np.where(self.same, 1.0, self.probability)
        return Edges(self.left, self.right, strength, self.same).where(chosen)


def decided(
    records: ArrowTable, pairs: ArrowTable, verdicts: Mapping[Pair, str], rules: LinkageRules
) -> Decided:
    """Put the verdicts of reviewers over the model's probabilities.

    A verdict on a pair that the model no longer scores still counts, as long as both
    records are there.
    """
    number = {record: at for at, record in enumerate(records["record"].to_pylist())}
    scored = list(zip(pairs["record_l"].to_pylist(), pairs["record_r"].to_pylist(), strict=True))
    known = set(scored) if verdicts else set()
    added = [
        pair
        for pair, verdict in sorted(verdicts.items())
        if verdict == SAME and pair not in known and pair[0] in number and pair[1] in number
    ]
    every = [*scored, *added]
    said = [verdicts.get(pair, "") for pair in every] if verdicts else [""] * len(every)
    probability = np.concatenate([pairs["probability"].to_numpy(), np.zeros(len(added))])
    same, different = (np.array([one == word for one in said], dtype=bool) for word in
                       (SAME, DIFFERENT))  # fmt: skip
    sure = probability >= rules.match_at
    return Decided(
        np.array([number[one] for one, _ in every], dtype=np.int64),
        np.array([number[other] for _, other in every], dtype=np.int64),
        probability,
        same,
        same | (sure & ~different),
        ~same & ~different & ~sure,
    )


def best(records: ArrowTable, pairs: Decided, rules: LinkageRules) -> Grouped:
    """Group records by the certain pairs, and those of the band that are likelier than not."""
    guessed = pairs.band & (pairs.probability >= rules.best_guess_from)
    return grouped(
        records.num_rows,
        pairs.edges(pairs.certain | guessed),
        marks(records),
        most=rules.most_records,
    )


def drawn(
    records: ArrowTable, pairs: Decided, first: Grouped, rules: LinkageRules
) -> Iterator[tuple[Numbers, Numbers]]:
    """Draw the pairs of the band by their probability, and group again.

    Pairs between the same two groups of certain pairs are one question, not several: they
    share one random number, so that the likeliest of them decides. Drawn one by one, a
    person of many records would gather strangers.

    Yields, a draw, the records that any pair of the band can touch, and their groups (whose
    numbers mean nothing beyond the draw); all other records stand as in the best grouping.
    """
    rng = np.random.default_rng(rules.seed)
    touched = _touched(records.num_rows, pairs, first)
    place = np.full(records.num_rows, -1, dtype=np.int64)
    place[touched] = np.arange(len(touched))
    inside = (place[pairs.left] >= 0) & (place[pairs.right] >= 0)
    few = marks(records.take(touched))
    question, questions = _questions(records, pairs, rules)
    for _ in range(rules.draws):
        chance = rng.random(questions)[question]
        kept = pairs.certain | (pairs.band & (chance < pairs.probability))
        edges = pairs.edges(kept & inside)
        edges = Edges(place[edges.left], place[edges.right], edges.strength, edges.reviewed)
        yield touched, grouped(len(touched), edges, few, most=rules.most_records).group


def _questions(records: ArrowTable, pairs: Decided, rules: LinkageRules) -> tuple[Numbers, int]:
    """Return of each pair the number of its question, and how many questions there are."""
    certain = grouped(
        records.num_rows, pairs.edges(pairs.certain), marks(records), most=rules.most_records
    ).group
    ends = np.sort(np.stack((certain[pairs.left], certain[pairs.right]), axis=1), axis=1)
    found, question = np.unique(ends, axis=0, return_inverse=True)
    return question.astype(np.int64).reshape(-1), len(found)


def marks(records: ArrowTable) -> Marks:
    """Return what forbids that two records are one person."""
    return Marks(*(_numbered(records[name]) for name in ("cpr_exact", "birth_year", "sex")))


def _numbered(column: ArrowTable) -> Numbers:
    codes = column.combine_chunks().dictionary_encode().indices.fill_null(-1)
    found: Numbers = codes.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _touched(count: int, pairs: Decided, first: Grouped) -> Numbers:
    """Return the records of all groups that a pair of the band lies in or between."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    chosen = pairs.certain | pairs.band
    ones = np.ones(int(chosen.sum()), dtype=np.int8)
    graph = coo_array((ones, (pairs.left[chosen], pairs.right[chosen])), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    doubtful = np.zeros(count, dtype=bool)
    doubtful[part[pairs.left[pairs.band]]] = True
    return np.flatnonzero(doubtful[part]).astype(np.int64)
