"""What a study asks of its headlines: whether other reasonable ways of counting agree."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.findings import Finding
from analysis.contracts.ways import WayCurve
from analysis.study import robust_told
from analysis.study.reading import Reading
from analysis.study.robust import Robust, Untold, robust


class Choosing(Reading):
    """Headlines under every registered choice. Results are recorded by `Study.record`."""

    def robustness(self, indicator: str, *, draws: int, seed: int, **only: str) -> Robust | Untold:
        """Estimate the headline of an indicator under every registered choice.

        Parameters
        ----------
        draws, seed : int
            Orders of the years that the joint test draws, and what draws them.
        **only : str
            The one option to take of a choice; ``all`` takes every one.
        """
        return robust(self, self.series(indicator), only, draws=draws, seed=seed)

    def drawn(self, result: Robust | Untold) -> WayCurve | None:
        """Lay a result out as `figures.specification_curve` draws it; None: there is no curve."""
        return robust_told.drawn(result) if isinstance(result, Robust) else None

    def holds_headline(self, result: Robust | Untold) -> bool:
        """Whether the registered analysis is one of the ways, with the headline's own ratios."""
        if isinstance(result, Untold):
            return True
        exact = result.headline.exact
        wanted = {round(ratio, 9) for ratio in (exact.least.estimate, exact.most.estimate)}
        found = {point.options: round(point.estimate.value, 9) for point in result.curve.points}
        named = {found[way] for way in result.ways.headline() if way in found}
        narrowed = any(len(choice.options) == 1 for choice in result.ways.grid.choices)
        return named == wanted or (narrowed and named <= wanted)

    def counts_each_way(self, finding: Finding, result: Robust | Untold) -> bool:
        """Whether every way is above, below or at 1, and the finding says how many of how many."""
        if isinstance(result, Untold):
            return finding.verdict == "refused"
        held = robust_told.held(result)
        told = finding.sentence.en
        several = held.ways == 1 or f"in {max(held.above, held.below)} of {held.ways} " in told
        return held.above + held.below <= held.ways and several

    def all_hold(self, results: Sequence[Robust | Untold]) -> bool:
        """Whether every result holds its headline."""
        return all(self.holds_headline(result) for result in results)
