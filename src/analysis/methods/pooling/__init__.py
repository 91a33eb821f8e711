"""Estimates of several studies or countries in; one over all, and how much they differ, out."""

from analysis.methods.pooling.effects import RandomEffects, random_effects
from analysis.methods.pooling.heterogeneity import Estimator

__all__ = ["Estimator", "RandomEffects", "random_effects"]
