"""How an evaluation lays out its front page: which findings stand where."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.contracts.published import Text


@dataclass(frozen=True, slots=True)
class FrontEntry:
    """One point under a heading: the short wordings of some findings, after a label if any."""

    findings: tuple[str, ...]
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class FrontPageLayout:
    """Ids of findings by their place on the front page, in reading order.

    ``answer`` are documented findings whose short wordings open the page; the
    sentence after them follows by rule from the verdicts of ``outcomes``, which are
    what the evaluation would have to know to say whether anyone was helped better.
    """

    answer: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    changed: tuple[FrontEntry, ...] = ()
    counted: tuple[FrontEntry, ...] = ()
    missing: tuple[FrontEntry, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, each once, in reading order."""
        entries = (*self.changed, *self.counted, *self.missing)
        listed = [*self.answer, *(id for entry in entries for id in entry.findings)]
        return tuple(dict.fromkeys([*listed, *self.outcomes]))
