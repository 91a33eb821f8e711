"""packages: what a warm process loads for the notebooks that are to run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.engine.warm.loading import OF_NOTEBOOKS
from analysis.engine.workers.packages import named_by

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("cell", "tops"),
    [
        ("import json", set()),
        ("import pandas as pd", {"pandas", "pyarrow"}),
        ("from matplotlib import pyplot", {"matplotlib", "PIL"}),
        ("%matplotlib inline\nimport numpy as np", {"numpy"}),
    ],
)
def test_only_what_is_named_is_loaded_where_nothing_else_can_be(
    tmp_path: Path, write_notebook: Write, cell: str, tops: set[str]
) -> None:
    """A third of the time to the first cell goes into packages that no cell asks for."""
    found = named_by([write_notebook(tmp_path / "a.ipynb", "n = 1", cell)])
    assert {name.partition(".")[0] for name in found} == tops
    assert set(found) <= set(OF_NOTEBOOKS)


@pytest.mark.parametrize("cell", ["from analysis.study import open_study", "import helpers"])
def test_all_is_loaded_where_a_module_may_import_anything(
    tmp_path: Path, write_notebook: Write, cell: str
) -> None:
    """Our own study needs SciPy, which no notebook of it names."""
    plain = write_notebook(tmp_path / "a.ipynb", "n = 1", "import json")
    other = write_notebook(tmp_path / "b.ipynb", "n = 1", cell)
    assert named_by([plain, other]) == OF_NOTEBOOKS
