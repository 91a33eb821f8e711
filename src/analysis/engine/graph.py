"""Jobs in, whether they can be run and in which order out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from analysis.engine.notebook import parameters
from analysis.engine.notebook.parameters import nearest
from analysis.engine.reuse.recorder import AFTER_VARIABLE
from analysis.engine.running.run import Job
from analysis.errors import NotebookError

_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)*")


def order(jobs: Sequence[Job]) -> TopologicalSorter[str]:
    """Check names and what waits for what; return a sorter that hands out what is ready.

    Raises
    ------
    NotebookError
        If a name is no relative path, is used twice or (by letter case alone) nearly
        so, a job waits for one that is not there, or jobs wait for each other.
    """
    _refuse_bad_names([job.name for job in jobs])
    names = [job.name for job in jobs]
    for job in jobs:
        for other in job.after:
            if other not in names:
                raise NotebookError(
                    f"{job.name}: waits for {other}, which is not among the {len(jobs)} "
                    f"notebooks to run.{nearest(other, names)}"
                )
    sorter = TopologicalSorter({job.name: job.after for job in jobs})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        raise NotebookError(
            f"{circle[0]}: {len(circle) - 1} notebooks wait for each other "
            f"({' after '.join(circle)}). Take one `after` away."
        ) from error
    return sorter


def bound(job: Job) -> Job:
    """Check a job's parameters, fill in the defaults, and tell it what it waits for.

    A run reads from the runs that it waits for; of others it is chance which are done.

    Raises
    ------
    NotebookError, ParameterError
        As `parameters.bind` raises them.
    """
    values = parameters.bind(job.notebook, job.parameters)
    told = {AFTER_VARIABLE: ",".join(job.after)} if job.after else {}
    return replace(job, parameters=values, environment={**job.environment, **told})


def _refuse_bad_names(names: Sequence[str]) -> None:
    bad = [name for name in names if not _NAME.fullmatch(name)]
    if bad:
        raise NotebookError(
            f"{len(bad)} of {len(names)} runs have a name that is no relative path "
            f"({', '.join(bad)}). Use letters, digits, `.`, `-`, `_` and `/`."
        )
    lowered = [name.lower() for name in names]
    twice = sorted({name for name in names if lowered.count(name.lower()) > 1})
    if twice:
        raise NotebookError(
            f"{', '.join(twice)}: {sum(name in twice for name in names)} notebooks would be "
            "written to one file. Give each run a name of its own."
        )
