"""Any notebooks and their parameters in, executed notebooks out: of a study or of none.

What a notebook reads is seen while it runs. A run that took in something that nobody can
look up again (a process, a network) is never reused.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.engine.build import run_all
from analysis.engine.events import Listener, ignore
from analysis.engine.notebook import parameters as declared
from analysis.engine.notebook.nearest import nearest
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Executed, Job, Limits
from analysis.errors import AnalysisError, NotebookError, ParameterError
from analysis.flow.named import notebook as notebook_named
from analysis.places import HOME_VARIABLE, Places, find_places


def execute(
    jobs: Sequence[Job],
    into: Path,
    *,
    workers: int | None = None,
    page: bool = False,
    rerun: bool = False,
    on_event: Listener = ignore,
) -> tuple[Executed, ...]:
    """Run notebooks in parallel and write them to ``into``, each whole or not at all.

    A run that an earlier one stands for is taken from the cache, unless ``rerun``.

    Raises
    ------
    NotebookError
        Before anything runs: an executed notebook would overwrite one that is to be run.
    CellError
        After all others have run: a notebook's own code failed.
    """
    sources = {job.notebook for job in jobs}
    lost = [job.name for job in jobs if (into / f"{job.name}.ipynb").resolve() in sources]
    if lost:
        raise NotebookError(
            f"{into}: {len(lost)} of {len(jobs)} notebooks would be overwritten by what they "
            f"give ({', '.join(lost)}). Name another folder with --into."
        )
    home = jobs[0].folders[HOME_VARIABLE]
    return run_all(
        jobs,
        into,
        workers=workers,
        page=page,
        rerun=rerun or any(job.cold for job in jobs),
        cache=Cache(Places(home).cache, home),
        on_event=on_event,
    )


def jobs_of(
    named: Sequence[str],
    given: Mapping[str, str],
    *,
    limits: Limits | None = None,
    cold: bool = False,
) -> list[Job]:
    """Make a job of each notebook that is named by its path, its folder or its name.

    Parameters
    ----------
    named : sequence of str
        Files, folders of notebooks, or names in the workbench's notebooks.
    given : mapping
        Values by parameter; each goes to the notebooks that have the parameter.
    limits : Limits, optional
        What one run may use at most.
    cold : bool
        Whether every kernel is started anew.

    Raises
    ------
    NotebookError
        If there is no such notebook, or one cannot be read.
    ParameterError
        If a value does not fit, or none of the notebooks has the parameter.
    """
    notebooks = list(dict.fromkeys(each for name in named for each in _found(name)))
    known = {each: {p.name for p in declared.read(each)} for each in notebooks}
    _refuse_unknown(given, set().union(*known.values()), len(notebooks))
    home = _home(notebooks)
    return [
        Job(
            name,
            each,
            _bound(each, known[each], given),
            folders={HOME_VARIABLE: home},
            limits=limits or Limits(),
            cold=cold,
        )
        for name, each in zip(_names(notebooks), notebooks, strict=True)
    ]


def _home(notebooks: Sequence[Path]) -> Path:
    """Find the workbench of the notebooks, or else the folder that holds them all."""
    shared = Path(os.path.commonpath([each.parent for each in notebooks]))
    try:
        return find_places(shared).home
    except AnalysisError:
        return shared


def default_folder() -> Path:
    """Return where executed notebooks go unless told: outputs/executed, or executed/ here."""
    places = _workbench()
    return places.outputs / "executed" if places else Path.cwd() / "executed"


def _found(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        within = sorted(path.resolve().glob("[!.]*.ipynb"))
        if not within:
            raise NotebookError(f"{name}: there is no notebook in this folder.")
        return within
    if path.is_file() or len(path.parts) > 1:
        return [path.resolve()]
    if places := _workbench():
        return [notebook_named(places, name).resolve()]
    raise NotebookError(
        f"{name}: no such notebook here.{nearest(name, [each.name for each in Path().iterdir()])} "
        "Give its path: names are looked up in a workbench only."
    )


def _workbench() -> Places | None:
    try:
        return find_places()
    except AnalysisError:
        return None


def _refuse_unknown(given: Mapping[str, str], known: set[str], notebooks: int) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        word = "parameter" if len(unknown) == 1 else "parameters"
        hints = "".join(nearest(name, sorted(known)) for name in unknown)
        raise ParameterError(
            f"execute: none of {notebooks} notebooks has the {word} {', '.join(unknown)}.{hints} "
            f"They take: {', '.join(sorted(known)) or 'none'}."
        )


def _bound(notebook: Path, known: set[str], given: Mapping[str, str]) -> dict[str, object]:
    mine = {name: value for name, value in given.items() if name in known}
    return declared.bind(notebook, declared.seen_from(Path.cwd(), notebook, mine))


def _names(notebooks: Sequence[Path]) -> list[str]:
    """Name runs by the notebooks, with as much of the folders as tells them apart."""
    plain = [_plain(each.stem) for each in notebooks]
    if max(Counter(name.lower() for name in plain).values(), default=1) == 1:
        return plain
    shared = Path(os.path.commonpath([each.parent for each in notebooks]))
    relative = (each.relative_to(shared).with_suffix("") for each in notebooks)
    return ["/".join(_plain(part) for part in path.parts) for path in relative]


def _plain(part: str) -> str:
    """Make a part of a run's name of one of a path: letters, digits, ``.``, ``-``, ``_``."""
    plain = re.sub(r"[^\w.-]+", "-", part)
    return plain if re.match(r"[A-Za-z0-9_]", plain) else f"_{plain}"
