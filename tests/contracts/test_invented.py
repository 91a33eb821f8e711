"""Invented numbers are kept out of everything real, and real ones out of a rehearsal."""

from __future__ import annotations

import pytest

from analysis.contracts.invented import refuse_invented
from analysis.errors import FindingError, ReportError

INVENTED = {"id": "coverage.shelter", "basis": "synthetic"}
SENT = {"id": "coverage.health", "basis": "submitted"}
PRINTED = {"id": "prosecution.prosecuted", "basis": "published"}


def test_one_invented_finding_among_many_is_named() -> None:
    """Who is told only *somewhere* finds it after it was quoted."""
    with pytest.raises(FindingError, match=r"letter: 1 findings .* \(coverage\.shelter\)"):
        refuse_invented([PRINTED, INVENTED, SENT], "letter")


def test_what_is_real_passes_everywhere_but_in_a_rehearsal() -> None:
    """Under the watermark a real number would pass for invented."""
    refuse_invented([PRINTED, SENT], "letter")
    refuse_invented([PRINTED, INVENTED], "rehearsal", rehearsal=True)
    with pytest.raises(FindingError, match=r"submitted data \(coverage\.health\)"):
        refuse_invented([SENT, INVENTED], "rehearsal", rehearsal=True)


def test_whoever_takes_findings_in_chooses_the_error() -> None:
    """A page that cannot be written is a `ReportError` to the one who writes it."""
    with pytest.raises(ReportError):
        refuse_invented([INVENTED], "page", error=ReportError)


def test_a_long_list_is_cut() -> None:
    """A message of a hundred ids hides what to do."""
    many = [{"id": f"x.{n}", "basis": "synthetic"} for n in range(20)]
    with pytest.raises(FindingError, match="and 15 more"):
        refuse_invented(many, "letter")
