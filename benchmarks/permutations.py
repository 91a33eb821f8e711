"""Time 100,000 shuffles of survival and network tests against a plain loop over a few.

Run from the root: python benchmarks/permutations.py. Prints medians of interleaved
rounds and, for the loop, what 100,000 shuffles would take at its pace.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from analysis.methods.networks import Network, change_test, network, qap_correlation
from analysis.methods.survival import log_rank, permuted_incidence_test, permuted_log_rank

DRAWS, LOOPED, ROUNDS = 100_000, 50, 5


def main() -> None:
    """Time each test, and its loop where there is one."""
    chance = np.random.default_rng(1)
    for spells in (42, 200):
        time_survival(spells, chance)
    for nodes in (15, 20, 30):
        time_networks(nodes, chance)


def time_survival(spells: int, chance: np.random.Generator) -> None:
    """Shuffle the labels of two groups."""
    times, causes = chance.integers(0, 300, spells), chance.integers(0, 3, spells)
    seen, groups = (causes == 1).astype(int), ["a", "b"] * (spells // 2)
    compare(
        f"permuted_log_rank, {spells} spells",
        lambda: permuted_log_rank(times, seen, groups, rng=1, draws=DRAWS),
        lambda: [log_rank(times, seen, chance.permutation(groups)) for _ in range(LOOPED)],
    )
    compare(
        f"permuted_incidence_test, {spells} spells",
        lambda: permuted_incidence_test(times, causes, groups, cause=1, rng=1, draws=DRAWS),
        None,
    )


def time_networks(nodes: int, chance: np.random.Generator) -> None:
    """Shuffle the nodes, and swap the senders, of two networks."""
    before, after = (drawn(chance, nodes, share) for share in (0.15, 0.25))
    compare(
        f"qap_correlation, {nodes} nodes",
        lambda: qap_correlation(before, after, rng=1, draws=DRAWS),
        lambda: looped_qap(before, after, chance),
    )
    compare(
        f"change_test (in-degree, senders), {nodes} nodes",
        lambda: change_test(before, after, "in_degree_centralisation", rng=1, draws=DRAWS),
        None,
    )


def compare(what: str, ours: Callable[[], object], loop: Callable[[], object] | None) -> None:
    """Time the two in turn, so that a busy moment hits both, and print medians."""
    fast, slow = [], []
    for _ in range(ROUNDS):
        fast.append(_seconds(ours))
        if loop:
            slow.append(_seconds(loop) * DRAWS / LOOPED)
    said = f"{what}: {DRAWS} draws {median(fast):.2f} s"
    if slow:
        said += f", loop {median(slow):.0f} s, loop / ours {median(slow) / median(fast):.0f}"
    print(said)


def drawn(chance: np.random.Generator, nodes: int, share: float) -> Network:
    """A network whose ties come by chance."""
    ties = [
        (i, j, int(chance.integers(1, 9)))
        for i in range(nodes)
        for j in range(nodes)
        if i != j and chance.random() < share
    ]
    return network(range(nodes), ties)


def looped_qap(before: Network, after: Network, chance: np.random.Generator) -> list[float]:
    """Correlate cell by cell with numpy, one shuffle after another."""
    first, later = (np.zeros((len(before), len(before))) for _ in range(2))
    for matrix, given in ((first, before), (later, after)):
        for i, j, weight in given.ties:
            matrix[i, j] = weight
    off = ~np.eye(len(before), dtype=bool)
    orders = [chance.permutation(len(before)) for _ in range(LOOPED)]
    return [float(np.corrcoef(first[np.ix_(o, o)][off], later[off])[0, 1]) for o in orders]


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
