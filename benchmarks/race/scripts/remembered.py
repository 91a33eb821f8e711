# mypy: ignore-errors
"""Run by a peer's Python: ``remembered.py INTO NOTEBOOK...``, with the memory of joblib.

The memory knows the text of a notebook. What the notebook imports or reads it does not
know, so that it gives old results where those have changed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from joblib import Memory, Parallel, delayed

WORKERS = 2


def run(name: str, source: str) -> tuple[str, str]:
    """Execute a notebook given as text; return it executed, and its page."""
    import papermill
    from nbconvert import HTMLExporter

    with tempfile.TemporaryDirectory() as folder:
        path, executed = Path(folder) / name, Path(folder) / f"executed-{name}"
        path.write_text(source, encoding="utf-8")
        papermill.execute_notebook(
            str(path), str(executed), progress_bar=False, kernel_name="python3"
        )
        page, _ = HTMLExporter().from_filename(str(executed))
        return executed.read_text(encoding="utf-8"), page


if __name__ == "__main__":
    into, *paths = sys.argv[1:]
    remembered = Memory("memory", verbose=0).cache(run)
    sources = [(Path(path).name, Path(path).read_text(encoding="utf-8")) for path in paths]
    found = Parallel(WORKERS)(delayed(remembered)(*each) for each in sources)
    for (name, _), (executed, page) in zip(sources, found, strict=True):
        (Path(into) / name).write_text(executed, encoding="utf-8")
        (Path(into) / name).with_suffix(".html").write_text(page, encoding="utf-8")
