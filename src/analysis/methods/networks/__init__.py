"""Ties among a fixed list of nodes in; form, central nodes, change and its doubts out."""

from analysis.methods.networks.centrality import (
    Scores,
    betweenness,
    closeness,
    degree,
    eigenvector,
    strength,
)
from analysis.methods.networks.change import (
    NetworkChange,
    QapCorrelation,
    change_test,
    qap_correlation,
)
from analysis.methods.networks.communities import Communities, communities, modularity
from analysis.methods.networks.missing_ties import TieSensitivity, missing_ties
from analysis.methods.networks.network import Network, network, undirected
from analysis.methods.networks.structure import (
    Distances,
    Reciprocity,
    centralisation,
    density,
    distances,
    reciprocity,
    transitivity,
)

__all__ = [
    "Communities",
    "Distances",
    "Network",
    "NetworkChange",
    "QapCorrelation",
    "Reciprocity",
    "Scores",
    "TieSensitivity",
    "betweenness",
    "centralisation",
    "change_test",
    "closeness",
    "communities",
    "degree",
    "density",
    "distances",
    "eigenvector",
    "missing_ties",
    "modularity",
    "network",
    "qap_correlation",
    "reciprocity",
    "strength",
    "transitivity",
    "undirected",
]
