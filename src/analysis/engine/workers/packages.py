"""Notebooks in, the packages that a warm process should load for their kernels out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from analysis.engine.notebook.file import load, source_of
from analysis.engine.reuse.imported import imports_in
from analysis.engine.warm.loading import OF_NOTEBOOKS


def named_by(notebooks: Iterable[Path]) -> tuple[str, ...]:
    """Return the packages that notebooks name, or all where one could import any of them.

    What a cell imports from the standard library or from the large packages leads to
    nothing but these; any other module may import whatever it likes.
    """
    sources = [
        source_of(cell)
        for notebook in set(notebooks)
        for cell in load(notebook)["cells"]
        if cell["cell_type"] == "code"
    ]
    tops = {name.partition(".")[0] for name in imports_in(sources)} - sys.stdlib_module_names
    large = {name.partition(".")[0] for name in OF_NOTEBOOKS}
    if tops - large:
        return OF_NOTEBOOKS
    # These load the others anyway.
    wanted = tops | ({"pyarrow"} if "pandas" in tops else set())
    wanted |= {"PIL"} if "matplotlib" in tops else set()
    return tuple(name for name in OF_NOTEBOOKS if name.partition(".")[0] in wanted)
