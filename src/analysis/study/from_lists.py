"""What a study asks of overlapping lists: how many were on none of them.

Imported where it is used, as no other notebook needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analysis.contracts.findings import Finding
from analysis.contracts.outputs import Listing
from analysis.contracts.population import Estimated, Overlapping, Spread, Step
from analysis.findings.shown import ShownFinding
from analysis.study.reading import Reading

if TYPE_CHECKING:
    from analysis.study.hidden.estimating import Hidden
    from analysis.study.hidden.told import Result
    from analysis.study.hidden.worlds import Covering

OWN = "country"
"""What a notebook's parameter says where it asks for the country's own table."""


class FromLists(Reading):
    """Published tables of overlapping lists, and invented ones. `Study.record_hidden` records."""

    def hidden(
        self, table: str, *, threshold: float, bootstrap: int, seed: int, factor: float
    ) -> Result:
        """Estimate how many there are in all by every method, and hold that to its checks.

        Parameters
        ----------
        table : str
            Code of a published table; ``country``: the country's own, if there is one.
        threshold : float
            p-value below which the stepwise choice adds a pair of lists.
        bootstrap, seed : int
            Resamples for the limits, and what draws them.
        factor : float
            Largest total over smallest, up to which methods are said to agree.
        """
        from analysis.study.hidden.checking import checked
        from analysis.study.hidden.estimating import NoTable, Options, hidden
        from analysis.study.hidden.told import Looked

        every = self.record_of.overlaps
        iso3 = self.country.iso3
        found = every.of_country(iso3) if table == OWN else every.table(table)
        if found is None:
            return NoTable(iso3)
        totals = hidden(found, Options(threshold, bootstrap, seed, factor))
        return Looked(found, totals, checked(totals))

    def hidden_finding(self, id: str, result: Result) -> Finding:
        """Make the finding on a table, or the refusal where there is none."""
        from analysis.study.hidden import told

        return told.finding(self, id, result)

    def covering(
        self, *, draws: int, threshold: float, bootstrap: int, seed: int, factor: float
    ) -> Covering:
        """Draw invented lists whose truth is known, and let every method read them.

        Parameters
        ----------
        draws : int
            Tables of each world; methods that take long are tried on fewer.
        """
        from analysis.study.hidden.estimating import Options
        from analysis.study.hidden.worlds import cover

        return cover(Options(threshold, bootstrap, seed, factor), draws=draws)

    def overlapping(self, result: Result | Hidden) -> Overlapping:
        """Return what `figures.overlap_sets` draws of a table, published or invented."""
        from analysis.study.hidden import drawn

        return drawn.overlapping(result, self.country.name)

    def estimated(self, result: Result | Hidden) -> tuple[Estimated, ...]:
        """Return what `figures.estimate_tree` draws."""
        from analysis.study.hidden import drawn

        return drawn.estimated(result)

    def spread(self, result: Result | Hidden) -> Spread | None:
        """Return how far the methods lie apart."""
        from analysis.study.hidden import drawn

        return drawn.spread(result)

    def steps(self, result: Result | Hidden) -> tuple[Step, ...]:
        """Return what `figures.estimate_path` draws: the total as lists are added."""
        from analysis.study.hidden import drawn

        return drawn.steps(result)

    def reprints(self, results: Sequence[Result]) -> bool:
        """Whether each published total that one of our methods stands for comes out again."""
        from analysis.study.hidden import listed

        return all(listed.reprints(result) for result in results)

    def gives_ranges(self, results: Sequence[Result], shown: Sequence[ShownFinding]) -> bool:
        """Whether a range stands where methods disagree, and one number only where they agree."""
        from analysis.study.hidden import told

        return all(map(told.kept, results, (one.finding for one in shown)))

    def hidden_holds(self, claim: str, found: Covering) -> bool:
        """Whether invented lists bear a claim: ``alike``, ``referred`` or ``hard``."""
        from analysis.study.hidden import worlds

        return worlds.CLAIMS[claim](found)


def _listing(name: str) -> Callable[..., Listing]:
    def make(reading: Reading, result: object) -> Listing:
        from analysis.study.hidden import listed

        return listed.LISTINGS[name](reading, result)

    return make


LISTINGS: dict[str, Callable[..., Listing]] = {
    f"hidden_{name}": _listing(name) for name in ("totals", "checks", "pairs", "worlds", "covered")
}
