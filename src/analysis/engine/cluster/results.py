"""What a cluster told of a run in, its files written and its outcome out."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.engine.running.run import Executed, Job
from analysis.engine.sweeping.sweep import Into, failure, named
from analysis.errors import AnalysisError, NotebookError


def receive(job: Job, told: Mapping[str, Any], into: Into) -> Executed | AnalysisError:
    """Write what a run left on a worker, and tell how it ended, as a run here would.

    Parameters
    ----------
    job : Job
        Whose run it was.
    told : mapping
        What `cluster_task.run_task` returned.
    into : Into
        Where the files go.

    Raises
    ------
    NotebookError
        If they cannot be written.
    """
    answer = told["answer"]
    outside = [path for path in answer.get("reads", ()) if path.startswith(("..", "/"))]
    folder = into.notebooks if "path" in answer and not outside else into.failed
    for name, content in told["files"].items():
        _write(folder / name, content)
    if "error" in answer:
        message = answer["message"].replace(told["folder"], str(folder))
        return failure(job, {**answer, "message": message})
    if outside:
        what = "file" if len(outside) == 1 else "files"
        return failed(
            job,
            f"it read {len(outside)} {what} outside the workbench, which did not travel to "
            "the cluster",
        )
    there = Path(told["folder"])
    return Executed(
        job.name,
        into.notebooks / f"{job.name}.ipynb",
        answer["seconds"],
        reads=answer["reads"],
        files=tuple(folder / Path(file).relative_to(there) for file in answer["files"]),
    )


def failed(job: Job, clause: str) -> NotebookError:
    """Word that a cluster could not make a run."""
    return NotebookError(f"{named(job)}: {clause}. Run it alone.")


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise NotebookError(
            f"{path.name}: cannot be written ({error.strerror}). Make room or allow writing, "
            "and sweep again; what is done is kept."
        ) from error
