"""What a study offers a notebook on invented worlds: draw them, show them, hold them to claims.

Nothing of it is recorded: invented numbers are shown in tables and pictures that say so, and
never become a finding. Imported where it is used, as no other notebook needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.contracts.outputs import Listing
from analysis.study.reading import Reading

if TYPE_CHECKING:
    from analysis.reporting.figures.simulated import Answers
    from analysis.reporting.figures.simulated_coverage import Covered
    from analysis.study.simulated import Simulation


class Simulating(Reading):
    """Worlds in which the truth is known, as large as the country's."""

    def simulate(self, *indicators: str, usual: float, draws: int, seed: int) -> Simulation:
        """Draw every world, and let our own methods read it.

        Parameters
        ----------
        *indicators : str
            Series to take the size from: the first with figures under both plans counts.
        usual : float
            Events a year where the record has none of them.
        draws : int
            Repetitions of each world.
        seed : int
            The same seed gives the same numbers.
        """
        from analysis.study.simulated import scale_of, simulate

        return simulate(scale_of(self, indicators, otherwise=usual), draws=draws, seed=seed)

    def simulated(self, name: str, found: Simulation) -> Listing:
        """Return a table: ``worlds``, ``verdicts``, ``limits`` or ``others``."""
        from analysis.study.simulated import telling

        return telling.LISTINGS[name](found)

    def simulated_answers(self, found: Simulation) -> Answers:
        """Return what `figures.simulated_verdicts` draws."""
        from analysis.study.simulated import pictured

        return pictured.answers(found)

    def simulated_coverage(self, found: Simulation) -> Covered:
        """Return what `figures.simulated_coverage` draws."""
        from analysis.study.simulated import pictured

        return pictured.covered(found)

    def simulated_holds(self, claim: str, found: Simulation) -> bool:
        """Whether our methods held a claim: ``coverage``, ``verdicts``, ``break`` or ``alarms``."""
        from analysis.study.simulated import holding

        return holding.CLAIMS[claim](found)
