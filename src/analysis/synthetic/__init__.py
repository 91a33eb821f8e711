"""A seed in, an invented country with a known truth and the files it would send out.

``laws``, ``world``   what holds in the country, from ``data/synthetic/world.yml``
``people``            who is trafficked; ``course``: what happens to them while it is drawn
``detecting``, ``deciding``, ``referring``, ``supporting``, ``staying``, ``leaving``,
``entitling``, ``prosecuting``, ``counting``: what follows from what
``drawing``           all of it in its order: `draw`
``registering``       the senders' own registers, with the errors in them; ``names``, ``means``
``known``             what each sender knew at the end of each period; ``telling``,
                      ``of_persons``, ``of_cases``: column by column
``cells``, ``files``, ``deliveries``, ``faults``  how it is written, when it comes, what is wrong
``truth``             the tables beside the files; ``summaries``, ``expectations``
``writing``           all of it: `write`
``large``             one file with as many rows as a benchmark wants
"""

from __future__ import annotations

from analysis.synthetic.drawing import Drawn, draw
from analysis.synthetic.large import Large, large
from analysis.synthetic.world import World, read_world
from analysis.synthetic.writing import write

__all__ = ["Drawn", "Large", "World", "draw", "large", "read_world", "write"]
