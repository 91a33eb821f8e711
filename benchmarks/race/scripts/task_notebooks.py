# mypy: ignore-errors
"""Read by pytask: a task a notebook, whose products are the executed notebook and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pytask import Product, task

HERE = Path(__file__).parent

for source in sorted((HERE / "notebooks").glob("*.ipynb")):
    into = HERE / "executed" / source.name
    beside = into.with_suffix(".html")

    @task(id=source.stem)
    def task_notebook(
        path: Path = source,
        executed: Annotated[Path, Product] = into,
        page: Annotated[Path, Product] = beside,
    ) -> None:
        """Execute one notebook and set its page."""
        # Imported when a task runs, so that a build with nothing to do need not.
        import papermill
        from nbconvert import HTMLExporter

        papermill.execute_notebook(
            str(path), str(executed), progress_bar=False, kernel_name="python3"
        )
        html, _ = HTMLExporter().from_filename(str(executed))
        page.write_text(html, encoding="utf-8")
