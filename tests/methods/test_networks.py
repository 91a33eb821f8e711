"""Form and central nodes of networks: against igraph and Freeman, their symmetries, their edges."""

import csv
import json
import math
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.networks import (
    Network,
    Scores,
    betweenness,
    centralisation,
    closeness,
    communities,
    degree,
    density,
    distances,
    eigenvector,
    modularity,
    network,
    reciprocity,
    strength,
    transitivity,
    undirected,
)

FOLDER = Path(__file__).parents[1] / "reference"


def checks(example: str) -> list[dict[str, Any]]:
    """What expected.json of an example checks."""
    text = (FOLDER / example / "expected.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["checks"]
    return found


@cache
def published(example: str) -> Network:
    """The undirected network of an example."""
    with (FOLDER / example / "data.csv").open(encoding="utf-8", newline="") as file:
        ties = [(row["a"], row["b"]) for row in csv.DictReader(file)]
    nodes = dict.fromkeys(node for tie in ties for node in tie)
    return network(nodes, ties, directed=False)


def found(example: str, quantity: str) -> float:
    """What our methods give for a quantity of expected.json."""
    given = published(example)
    scores: dict[str, Callable[[Network], Scores]] = {
        "degree": degree,
        "betweenness": lambda one: betweenness(one, normalised=False),
        "betweenness_norm": betweenness,
        "closeness_norm": closeness,
        "eigen": eigenvector,
    }
    name, _, node = {
        "Medici betweenness (norm.)": "betweenness_norm.Medici",
        "Medici degree": "degree.Medici",
        "Diane degree": "degree.Diane",
        "Heather betweenness": "betweenness.Heather",
        "Fernando closeness": "closeness_norm.Fernando",
    }.get(quantity, quantity).partition(".")
    if node:
        return scores[name](given).values[given.nodes.index(node)]
    single: dict[str, Callable[[], float]] = {
        "n": lambda: len(given),
        "m": lambda: len(given.ties),
        "density": lambda: density(given),
        "degree_centralisation_freeman": lambda: centralisation(given, "degree"),
        "betw_centralisation": lambda: centralisation(given, "betweenness"),
        "transitivity": lambda: transitivity(given),
        "apl": lambda: distances(given).mean,
        "diameter": lambda: distances(given).longest,
    }
    return single[name]()


@st.composite
def networks(draw: st.DrawFn, directed: bool = True) -> Network:
    """Three to nine nodes with at least one tie, weights and isolates among them."""
    n = draw(st.integers(3, 9))
    pairs = [(i, j) for i in range(n) for j in range(n) if (i != j if directed else i < j)]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(chosen), max_size=len(chosen)))
    ties = [(i, j, float(w)) for (i, j), w in zip(chosen, weights, strict=True)]
    return network(range(n), ties, directed=directed)


def renamed(given: Network, order: list[int]) -> Network:
    """The same network with its nodes listed in another order."""
    names = [given.nodes[i] for i in order]
    ties = [(given.nodes[i], given.nodes[j], weight) for i, j, weight in given.ties]
    return network(names, ties, directed=given.directed)


# Reference


@pytest.mark.parametrize("check", checks("network_florentine"), ids=lambda check: check["quantity"])
def test_florentine_families(check: dict[str, Any]) -> None:
    """Padgett & Ansell (1993), recomputed by igraph: see SOURCE.md."""
    assert found("network_florentine", check["quantity"]) == pytest.approx(
        check["value"], abs=max(check["abs_tol"], 1e-12), rel=0
    )


@pytest.mark.parametrize("check", checks("network_kite"), ids=lambda check: check["quantity"])
def test_krackhardts_kite(check: dict[str, Any]) -> None:
    """Krackhardt (1990): degree, betweenness and closeness name three different nodes."""
    assert found("network_kite", check["quantity"]) == pytest.approx(
        check["value"], abs=max(check["abs_tol"], 1e-12), rel=0
    )


def test_a_family_without_marriages_lowers_density() -> None:
    """The trap of the example: Pucci belongs to the study though it married nobody."""
    families = published("network_florentine")
    ties = [(families.nodes[i], families.nodes[j]) for i, j, _ in families.ties]
    with_pucci = network([*families.nodes, "Pucci"], ties, directed=False)
    assert density(with_pucci) == pytest.approx(20 / 120)
    assert closeness(with_pucci).values[-1] == 0


def test_zacharys_club_has_the_modularity_that_brandes_proved() -> None:
    """Brandes et al. (2008): 0.4198 with four groups is the best; Louvain reaches it here."""
    club = nx.karate_club_graph()
    given = network(club.nodes, list(club.edges), directed=False)
    best = communities(given, search="louvain", rng=1)
    assert best.modularity == pytest.approx(0.4197896)
    assert len(best.groups) == 4
    assert not best.proven
    greedy = communities(given, search="greedy")
    assert greedy.modularity == pytest.approx(0.3806706, abs=1e-7)


def test_the_exact_search_proves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, proven: the limit on nodes is lifted for once (about a second)."""
    monkeypatch.setattr(sys.modules[communities.__module__], "MOST_EXACT_NODES", 34)
    club = nx.karate_club_graph()
    best = communities(network(club.nodes, list(club.edges), directed=False), search="exact")
    assert best.modularity == pytest.approx(0.4197896)
    assert best.proven


def test_freeman_star_is_fully_centralised() -> None:
    """Freeman (1979): every form of centralisation is 1 for a star, 0 for a ring."""
    star = network(range(7), [(0, i) for i in range(1, 7)], directed=False)
    ring = network(range(7), [(i, (i + 1) % 7) for i in range(7)], directed=False)
    for kind in ("degree", "betweenness"):
        assert centralisation(star, kind) == pytest.approx(1)
        assert centralisation(ring, kind) == pytest.approx(0, abs=1e-12)


def test_wasserman_and_faust_scale_by_the_part_that_is_reached() -> None:
    """Worked by hand: two of three others at mean distance 1.5 give 2/3 / 1.5."""
    given = network("abcd", [("a", "b"), ("b", "c")], directed=False)
    assert closeness(given).values[0] == pytest.approx(2 / 3 / 1.5)
    assert closeness(given).values[3] == 0


# Properties


@given(networks(), st.randoms())
def test_the_order_of_nodes_changes_no_figure(given_one: Network, chance: Any) -> None:
    """A list sorted otherwise is the same network."""
    order = list(range(len(given_one)))
    chance.shuffle(order)
    other = renamed(given_one, order)
    assert density(other) == density(given_one)
    assert reciprocity(other) == reciprocity(given_one)
    assert centralisation(other, "in_degree") == centralisation(given_one, "in_degree")
    mine, theirs = closeness(given_one, "out"), closeness(other, "out")
    for place, i in enumerate(order):
        assert theirs.values[place] == pytest.approx(mine.values[i])


@given(networks())
def test_turning_every_tie_swaps_in_and_out(given_one: Network) -> None:
    """Directions must not be lost on the way into a matrix or a graph."""
    nodes = given_one.nodes
    turned = network(nodes, [(nodes[j], nodes[i], w) for i, j, w in given_one.ties])
    assert degree(turned, "in").values == degree(given_one, "out").values
    assert strength(turned, "in").values == strength(given_one, "out").values
    assert closeness(turned, "in").values == pytest.approx(closeness(given_one, "out").values)
    assert centralisation(turned, "in_degree") == centralisation(given_one, "out_degree")
    assert betweenness(turned).values == pytest.approx(betweenness(given_one).values)


@given(networks())
def test_pairs_of_all_kinds_add_up(given_one: Network) -> None:
    """Both definitions of reciprocity come from the same three counts."""
    found_one, n = reciprocity(given_one), len(given_one)
    pairs = found_one.mutual_pairs + found_one.one_way_pairs + found_one.empty_pairs
    assert pairs == n * (n - 1) / 2
    ties = 2 * found_one.mutual_pairs + found_one.one_way_pairs
    assert ties == len(given_one.ties)
    assert found_one.edgewise == pytest.approx(2 * found_one.mutual_pairs / ties)
    some = found_one.mutual_pairs + found_one.one_way_pairs
    assert found_one.dyadic == pytest.approx(found_one.mutual_pairs / some)
    assert found_one.dyadic <= found_one.edgewise


@given(networks(directed=False))
def test_transitivity_is_what_networkx_counts(given_one: Network) -> None:
    """Ours goes through many networks at once; one by one it must be the same."""
    made = nx.Graph([(i, j) for i, j, _ in given_one.ties])
    try:
        assert transitivity(given_one) == pytest.approx(nx.transitivity(made))
    except MethodError:
        assert all(count < 2 for _, count in made.degree())


@settings(max_examples=25, deadline=None)
@given(networks())
def test_the_exact_search_is_the_best_of_every_grouping(given_one: Network) -> None:
    """Gone through one by one: groupings of up to six nodes."""
    if len(given_one) > 6:
        return
    best = max(
        modularity(given_one, [[given_one.nodes[i] for i in group] for group in grouping])
        for grouping in groupings(list(range(len(given_one))))
    )
    exact = communities(given_one, search="exact")
    assert exact.modularity == pytest.approx(best, abs=1e-9)
    for search in ("louvain", "greedy"):
        assert communities(given_one, search=search).modularity <= best + 1e-9


def groupings(nodes: list[int]) -> Iterator[list[list[int]]]:
    """Every way to group the nodes."""
    if not nodes:
        yield []
        return
    for rest in groupings(nodes[1:]):
        yield [[nodes[0]], *rest]
        for place, group in enumerate(rest):
            yield [*rest[:place], [nodes[0], *group], *rest[place + 1 :]]


@given(networks())
def test_modularity_of_one_group_is_0(given_one: Network) -> None:
    """All inside, all expected: nothing is gained by grouping everybody."""
    assert modularity(given_one, [given_one.nodes]) == pytest.approx(0, abs=1e-12)


# Edges


def test_merging_directions_adds_the_weights() -> None:
    """Referrals both ways are one relation of their sum."""
    merged = undirected(network("abc", [("a", "b", 2), ("b", "a", 3), ("c", "a", 1)]))
    assert merged.ties == ((0, 1, 5.0), (0, 2, 1.0))
    assert strength(merged).values == (6.0, 5.0, 1.0)


def test_the_same_seed_finds_the_same_groups() -> None:
    """A finding must be computable again."""
    given_one = published("network_florentine")
    assert communities(given_one, rng=5) == communities(given_one, rng=5)


def test_nodes_out_of_reach_are_counted_beside_the_mean_distance() -> None:
    """A mean over those who reach each other hides those who do not."""
    found_one = distances(network("abcd", [("a", "b"), ("c", "d")], directed=False))
    assert (found_one.mean, found_one.unreaching_pairs) == (1.0, 4)


def wrongly(ties: Any) -> Any:
    """What a type checker would have caught."""
    return ties


EMPTY = network("abc", [])
ROUND = network("abc", [("a", "b"), ("b", "c"), ("c", "a")], directed=False)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: network("a", []), "1 nodes.*2 different"),
        (lambda: network("aab", []), "1 stand more than once"),
        (lambda: network("ab", [("a", "c")]), "1 of 1 ties touch a node that is not in the list"),
        (lambda: network("ab", [("a", "a")]), "1 of 1 ties join a node with itself"),
        (lambda: network("ab", [("a", "b"), ("a", "b")]), "1 of 2 ties stand more than once"),
        (lambda: network("ab", [("a", "b"), ("b", "a")], directed=False), "more than once"),
        (lambda: network("ab", [("a", "b", 0)]), "1 of 1 values of weights are 0 or less"),
        (lambda: network("ab", [("a", "b", math.nan)]), "missing or infinite"),
        (lambda: network("ab", wrongly([("a",)])), "no pair of nodes"),
        (lambda: reciprocity(EMPTY), "not enough ties"),
        (lambda: reciprocity(ROUND), "have no direction"),
        (lambda: transitivity(EMPTY), "not enough ties"),
        (lambda: distances(EMPTY), "none of the 3 nodes has a tie"),
        (lambda: communities(EMPTY), "none of the 3 nodes has a tie"),
        (lambda: centralisation(EMPTY, "degree"), "Name in_degree or out_degree"),
        (lambda: centralisation(ROUND, "in_degree"), "have no direction"),
        (lambda: centralisation(network("ab", []), "in_degree"), "2 nodes, 3 are needed"),
        (lambda: betweenness(network("ab", [])), "2 nodes, 3 are needed"),
        (lambda: eigenvector(EMPTY), "Take undirected"),
        (
            lambda: eigenvector(network("abcd", [("a", "b"), ("c", "d")], directed=False)),
            "equally strong",
        ),
        (lambda: modularity(ROUND, ["ab"]), "do not hold each of 3 nodes once"),
        (
            lambda: communities(
                network(range(40), [(i, i + 1) for i in range(39)]), search="exact"
            ),
            "40 nodes with ties, at most 20",
        ),
    ],
)
def test_refuses_networks_that_a_figure_does_not_fit(call: Any, said: str) -> None:
    """Each would otherwise print 0, NaN or an arbitrary score."""
    with pytest.raises(MethodError, match=said):
        call()


def test_messages_never_name_a_node() -> None:
    """Names of organisations, or persons, must not travel in an error message."""
    with pytest.raises(MethodError) as error:
        network(["Shelter", "Police"], [("Shelter", "Secret")])
    assert "Secret" not in str(error.value)
    assert "Shelter" not in str(error.value)
