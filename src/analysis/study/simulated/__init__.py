"""Invented worlds as large as a country's in, what our own methods say of them out.

``scale``     how many years, how large counts, how many other countries: all that the
              record gives here
``settings``  the worlds, as data: what truly happens in each, and what each method claims
``running``   every world drawn and read by the methods
``holding``   whether what the methods claim held
``telling``   tables, all labelled synthetic
``pictured``  the bars and dots of pictures

Nothing here is a finding. What is invented is shown in tables and pictures that say so, and
no function of this package makes a `Finding`.
"""

from analysis.study.simulated.running import Simulation, simulate
from analysis.study.simulated.scale import Scale, scale_of

__all__ = ["Scale", "Simulation", "scale_of", "simulate"]
