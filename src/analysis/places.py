"""Where the parts of a workbench lie, found from anywhere inside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError

HOME_VARIABLE = "WORKBENCH_HOME"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one workbench, all below ``home``."""

    home: Path

    @property
    def published(self) -> Path:
        """Sourced public record."""
        return self.home / "data" / "published"

    @property
    def codelists(self) -> Path:
        """Code lists and crosswalks."""
        return self.home / "data" / "codelists"

    @property
    def partner_codelists(self) -> Path:
        """Code lists of the forms that partners fill in."""
        return self.codelists / "partner"

    @property
    def forms(self) -> Path:
        """Forms that partners fill in, one a kind of row."""
        return self.home / "data" / "forms"

    @property
    def profiles(self) -> Path:
        """What each sender may send, and by which agreement."""
        return self.home / "data" / "profiles"

    @property
    def indicators(self) -> Path:
        """Definitions of indicators."""
        return self.home / "data" / "indicators"

    @property
    def linkage(self) -> Path:
        """The rules by which records of several senders become persons."""
        return self.home / "data" / "linkage.yml"

    @property
    def submissions(self) -> Path:
        """The encrypted store of what partners sent; never in git."""
        return self.home / "data" / "submissions"

    @property
    def synthetic(self) -> Path:
        """The invented country: its definition, its senders, what was drawn of it."""
        return self.home / "data" / "synthetic"

    @property
    def rehearsal(self) -> Path:
        """Store and keys of the rehearsal on invented data; safe to remove."""
        return self.cache / "rehearsal"

    @property
    def evaluations(self) -> Path:
        """Evaluation files, one a comparison."""
        return self.home / "evaluations"

    @property
    def notebooks(self) -> Path:
        """Notebook sources."""
        return self.home / "notebooks"

    @property
    def cache(self) -> Path:
        """What runs gave, kept so that the same need not be run again; safe to remove."""
        return self.home / ".workbench"

    @property
    def outputs(self) -> Path:
        """Everything that is rebuilt."""
        return self.home / "outputs"


def find_places(start: Path | None = None) -> Places:
    """Find the workbench that ``start`` (default: the working directory) lies in.

    The environment variable ``WORKBENCH_HOME`` wins. A workbench is a folder that
    holds ``evaluations`` and ``data/published``.

    Raises
    ------
    AnalysisError
        If no folder upwards is a workbench.
    """
    named = os.environ.get(HOME_VARIABLE)
    here = Path(named) if named else (start or Path.cwd())
    for folder in (here.resolve(), *here.resolve().parents):
        if (folder / "evaluations").is_dir() and (folder / "data" / "published").is_dir():
            return Places(folder)
    raise AnalysisError(
        "workbench: no folder from here upwards holds evaluations/ and data/published/. "
        f"Change into a workbench, or name it in {HOME_VARIABLE}."
    )
