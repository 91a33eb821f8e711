"""An evaluation in, how each run of its build stands out; nothing runs.

Light to import: no pandas, no papermill. The jobs are those that `building` runs, so
that what is told here is what a build would do.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis import evaluations
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.explain import Standing, standings
from analysis.errors import NotebookError
from analysis.evaluations import Evaluation
from analysis.flow.named import unknown
from analysis.flow.report_jobs import jobs
from analysis.places import Places


def freshness(
    places: Places,
    evaluation: str | None = None,
    *,
    notebook: str | None = None,
    overrides: Mapping[str, str] | None = None,
) -> tuple[Standing, ...]:
    """Tell how the runs of an evaluation stand, or those of one of its notebooks.

    Parameters
    ----------
    evaluation : str, optional
        Its id; default: the default evaluation.
    notebook : str, optional
        Name of a notebook, with or without ``.ipynb``.
    overrides : mapping, optional
        As ``-p`` of ``workbench build``.

    Raises
    ------
    AnalysisError
        If the evaluation is unknown or could not be built, or has no such notebook.
    """
    id = evaluation or evaluations.default(places)
    chosen = evaluations.with_overrides(evaluations.read(places, id), overrides or {})
    wanted = _wanted(chosen, notebook)
    executed = places.outputs / chosen.id / "notebooks"
    cache = Cache(places.cache, places.home)
    found = standings(jobs(places, chosen, executed), cache)
    return tuple(one for one in found if one.job.partition("/")[2] in wanted)


def seconds_expected(
    places: Places, evaluation: Evaluation, overrides: Mapping[str, str]
) -> dict[str, float]:
    """Return how many seconds each run of a build took the last time, where that is known."""
    chosen = evaluations.with_overrides(evaluation, overrides)
    cache = Cache(places.cache, places.home)
    known = {
        job.name: cache.records(job)
        for job in jobs(places, chosen, places.outputs / chosen.id / "notebooks")
    }
    return {name: records[0].seconds for name, records in known.items() if records}


def _wanted(chosen: Evaluation, notebook: str | None) -> list[str]:
    names = [entry.name for entry in chosen.notebooks]
    if notebook is None:
        return names
    name = notebook.removesuffix(".ipynb")
    if name not in names:
        see = f"workbench status {chosen.path.stem}"
        raise NotebookError(unknown(f"notebook of {chosen.path.stem}", name, names, see))
    return [name]
