"""A workbench in, where its prose lies out: everything that its readers are shown."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from analysis.places import Places

_OF_THE_WORKBENCH = ("docs", "README.md")
_OF_THE_PACKAGE = ("language/wording", "reporting/pages/templates", "reporting/document")


def usual(places: Places) -> tuple[Path, ...]:
    """Return the files and folders that are read when none is named; what is missing is left out.

    Notebooks, evaluations, the tables of words of each country, documents, and the word
    files and templates of the package itself.
    """
    package = Path(str(files("analysis")))
    listed = [
        places.notebooks,
        places.evaluations,
        places.published / "countries",
        *(places.home / name for name in _OF_THE_WORKBENCH),
        *(package / name for name in _OF_THE_PACKAGE),
    ]
    return tuple(path for path in listed if path.exists())
