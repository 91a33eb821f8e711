"""What a study asks of cases of persons. What it needs is imported where it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from analysis.contracts.findings import Finding
from analysis.contracts.outputs import Listing
from analysis.contracts.published import Text
from analysis.study.reading import Reading

if TYPE_CHECKING:
    from analysis.contracts.partner.pictures import (
        Coverage,
        Curves,
        DueMatrix,
        Funnel,
        Scorecard,
        TieMatrices,
    )
    from analysis.study.partner.opened import Asking, Opened


class Partner(Reading):
    """Cases that partners submitted, or invented ones. `Study.record_reports` and its like record.

    What is drawn and recorded of cases takes cases that are there: a notebook asks that first.
    """

    def partners(self, notebook: str, *, cases: str, smallest_count: int) -> Asking:
        """Open the cases that a notebook asks for; without any, say what was owed.

        Parameters
        ----------
        notebook : str
            Which notebook asks: it decides which forms it cannot do without.
        cases : str
            ``submitted``, ``synthetic`` or ``none``.
        smallest_count : int
            Smallest count of persons that may be shown.
        """
        from analysis.study.partner.opening import opened

        return opened(self, notebook, cases, smallest_count)

    # What is drawn

    def due_matrix(self, asked: Opened) -> DueMatrix:
        """Return what `figures.due_matrix` draws: who sent what was owed."""
        from analysis.study.partner import drawn

        return drawn.due_matrix(asked)

    def scorecard(self, asked: Opened) -> Scorecard:
        """Return what `figures.quality_grid` draws."""
        from analysis.study.partner import drawn

        return drawn.scorecard(asked)

    def funnel(self, asked: Opened) -> Funnel:
        """Return what `figures.case_funnel` draws."""
        from analysis.study.partner import drawn

        return drawn.funnel(asked)

    def waits(self, asked: Opened) -> Curves:
        """Return the curves of how soon each kind of support began."""
        from analysis.study.partner import drawn

        return drawn.waits(asked)

    def leaving(self, asked: Opened) -> Curves:
        """Return the curves of how those identified left."""
        from analysis.study.partner import drawn

        return drawn.leaving(asked)

    def curves_title(self, name: str, curves: Curves) -> Text:
        """Say what curves show together, from their numbers."""
        from analysis.study.partner import drawn

        return drawn.curves_title(name, curves)

    def ties(self, asked: Opened) -> TieMatrices:
        """Return what `figures.tie_matrices` draws."""
        from analysis.study.partner import drawn

        return drawn.ties(asked)

    def offered(self, asked: Opened) -> Coverage:
        """Return what `figures.coverage_dots` draws."""
        from analysis.study.partner import drawn

        return drawn.coverage(asked)

    # What is found

    def absent_finding(self, id: str, asked: Asking) -> Finding:
        """Make the finding that nothing was submitted."""
        from analysis.study.partner import absent
        from analysis.study.partner.opened import Absent

        if not isinstance(asked, Absent):
            raise TypeError("there are cases: record what they show")
        return absent.finding(self, id, asked)

    def reports_finding(self, id: str, asked: Opened) -> Finding:
        """Make the finding on how much of what was owed came."""
        from analysis.study.partner import told

        return told.reports(self, id, asked)

    def share_findings(
        self, notebook: str, asked: Opened, names: Iterable[str]
    ) -> Iterator[Finding]:
        """Make a finding of each of several shares, before and after the centre."""
        from analysis.study.partner import told

        return told.each_share(self, notebook, asked, names)

    def offer_findings(self, notebook: str, asked: Opened) -> Iterator[Finding]:
        """Make a finding of each promise: how many were offered it, before and after."""
        from analysis.study.partner import told

        return told.coverage(self, notebook, asked)

    def wait_finding(self, id: str, asked: Opened) -> Finding:
        """Make the finding on how long those identified waited for any help."""
        from analysis.study.partner import told

        return told.waiting(self, id, asked)

    def network_finding(self, id: str, asked: Opened) -> Finding:
        """Make the finding on how the network of referrals changed."""
        from analysis.study.partner import told

        return told.network(self, id, asked)

    # What must hold

    def names_who_owes(self, asked: Asking) -> bool:
        """Whether, where nothing was submitted, each sender with a duty in the years is named."""
        from analysis.study.partner import absent
        from analysis.study.partner.opened import Absent

        return not isinstance(asked, Absent) or absent.names_all(self, asked)

    def hides_small(self, asked: Asking, *shown: Any) -> bool:
        """Whether no count in pictures stands for fewer persons than may be shown."""
        from analysis.study.partner.holding import hides_small
        from analysis.study.partner.opened import Absent

        return isinstance(asked, Absent) or all(hides_small(one, asked.smallest) for one in shown)

    def finds_planted(self, asked: Asking) -> bool:
        """Whether what was planted late or missing in invented reports is found, and no other."""
        from analysis.study.partner.holding import finds_planted
        from analysis.study.partner.opened import Absent

        return isinstance(asked, Absent) or finds_planted(asked)

    def counts_alike(self, asked: Asking) -> bool:
        """Whether the definitions of indicators and a count by hand give the same coverage."""
        from analysis.study.partner.holding import counts_alike
        from analysis.study.partner.opened import Absent

        return isinstance(asked, Absent) or counts_alike(asked)


def _owed(reading: Reading, asked: Asking) -> Listing:
    from analysis.study.partner import absent

    return absent.owes(reading, asked)  # type: ignore[arg-type]


def _listing(name: str) -> Callable[..., Listing]:
    def make(reading: Reading, asked: Opened, *arguments: str) -> Listing:
        from analysis.study.partner import listed

        return listed.LISTINGS[name](reading, asked, *arguments)

    return make


LISTINGS: dict[str, Callable[..., Listing]] = {
    "partner_owed": _owed,
    **{
        f"partner_{name}": _listing(name)
        for name in ("quality", "planted", "waits", "shares", "referrals", "coverage")
    },
}
