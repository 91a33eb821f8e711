"""An evaluation in, the runs that its report waits for out."""

from __future__ import annotations

from pathlib import Path

from analysis.contracts.protocol import VARIABLE as PROTOCOL_VARIABLE
from analysis.engine.notebook import parameters
from analysis.engine.reuse.recorder import ORDER_VARIABLE, RUN_VARIABLE
from analysis.engine.running.run import Job
from analysis.evaluations import Evaluation
from analysis.flow.named import notebook
from analysis.places import HOME_VARIABLE, Places


def jobs(
    places: Places, chosen: Evaluation, executed: Path, *, cold: bool = False
) -> tuple[Job, ...]:
    """Return one job a notebook and language; those of one language wait for each other.

    Parameters
    ----------
    places : Places
        The workbench whose notebooks are run.
    chosen : Evaluation
        With its overrides, if any.
    executed : Path
        Where the executed notebooks will lie, for the one that reads the others.
    cold : bool
        Whether each kernel is to be started anew.

    Raises
    ------
    NotebookError
        If a notebook is missing.
    """
    found = {entry.name: notebook(places, entry.name) for entry in chosen.notebooks}
    of_cases = {name: _of_cases(chosen, path) for name, path in found.items()}
    return tuple(
        Job(
            name=f"{language}/{entry.name}",
            notebook=found[entry.name],
            parameters={
                **entry.parameters,
                **of_cases[entry.name],
                "baseline": chosen.baseline,
                "current": chosen.current,
                "country": chosen.country,
                "language": language,
            },
            after=tuple(f"{language}/{name}" for name in entry.after),
            # Of the others only those that it waits for: one more changes nothing for it.
            environment={
                ORDER_VARIABLE: ",".join(
                    each.name for each in chosen.notebooks if each.name in entry.after
                ),
                PROTOCOL_VARIABLE: chosen.protocol.canonical,
            },
            folders={HOME_VARIABLE: places.home, RUN_VARIABLE: executed},
            limits=entry.limits,
            cold=cold,
        )
        for entry in chosen.notebooks
        for language in chosen.languages
    )


def _of_cases(chosen: Evaluation, path: Path) -> dict[str, object]:
    """Return what a notebook on cases of persons is told: which it reads, what it may show.

    Others declare no such parameters, so that nothing of it changes their fingerprints.
    """
    told = {"cases": chosen.cases, "smallest_count": chosen.disclosure.smallest_count}
    declared = {one.name for one in parameters.read(path)}
    return {name: value for name, value in told.items() if name in declared}
