# mypy: ignore-errors
"""Run by a peer's Python: ``pool.py PLAN.json``, a pool of two processes of papermill.

The plan is ``{"html": bool, "waves": [[{"notebook", "executed", "parameters"}]]}``; a wave
begins when the one before it has ended.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

# Imported before the processes fork, so that each need not import them again.
import papermill
from nbconvert import HTMLExporter

WORKERS = 2


def run(job: dict[str, Any], *, html: bool) -> None:
    """Execute one notebook and set its page."""
    executed = Path(job["executed"])
    papermill.execute_notebook(
        job["notebook"],
        str(executed),
        parameters=job["parameters"],
        progress_bar=False,
        kernel_name="python3",
    )
    if html:
        page, _ = HTMLExporter().from_filename(str(executed))
        executed.with_suffix(".html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with ProcessPoolExecutor(WORKERS) as pool:
        for wave in plan["waves"]:
            list(pool.map(partial(run, html=plan["html"]), wave))
