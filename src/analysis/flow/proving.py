"""A finished build in, its run manifest out; a manifest in, whether it can be built again.

A manifest names all that decides the bytes of a report, and the report's files with
their hashes. `reproduce` builds the same anew in a folder of its own, so that whoever
has the report in hand can prove that it is what its inputs give.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import analysis
from analysis import evaluations
from analysis.engine.events import Listener, ignore
from analysis.engine.manifest import file as manifest
from analysis.engine.manifest import reproduce as comparing
from analysis.engine.manifest import state as manifest_state
from analysis.engine.manifest.crate import Code, Crate, DataSet, Input, Output, Run
from analysis.engine.manifest.reproduce import Difference
from analysis.engine.reuse import recorder
from analysis.engine.running.run import Executed
from analysis.errors import AnalysisError, CellError
from analysis.evaluations import Evaluation
from analysis.places import Places

LICENCE = (
    "The program is under the MIT licence. The data, and what is quoted of them, keep the "
    "terms of their publishers."
)
PROGRAM = Path(analysis.__file__).parent
_COUNTING = ("data", "evaluations", "notebooks", "requirements.lock")
_SHOWN = 20  # differing inputs named in one message; more would hide the first


def write(
    places: Places,
    chosen: Evaluation,
    overrides: Mapping[str, str],
    executed: Sequence[Executed],
    stage: Path,
) -> Path:
    """Write the manifest of a finished build into ``stage``, the folder that holds all it gave.

    ``chosen`` is the evaluation with ``overrides`` applied. Nothing may be written below
    ``stage`` afterwards.

    Raises
    ------
    AnalysisError
        If a file that a run read is no longer what it was then: such a report would be
        made of two states.
    """
    built = manifest_state.outputs(stage)
    runs = tuple(_run(places, chosen, one, built, stage) for one in executed)
    inputs = _inputs(places, chosen, runs, executed)
    code, day = _code(places)
    crate = Crate(
        name=chosen.name.en if chosen.id == chosen.path.stem else chosen.id,
        description=f"Report {chosen.id}, built by workbench {analysis.__version__} "
        f"from {len(runs)} runs of {len(chosen.notebooks)} notebooks.",
        published=day,
        licence=LICENCE,
        plan=_within(places, chosen.path),
        settings={name: it for name, it in overrides.items() if f"{name}={it}" in _changed(chosen)},
        inputs=inputs,
        data_sets=tuple(_data_sets(places, inputs)),
        runs=runs,
        outputs=built,
        code=code,
        platform=manifest_state.running_platform(places.home),
    )
    return manifest.write(stage, crate)


def _changed(chosen: Evaluation) -> list[str]:
    return chosen.id.split("+")[1:]


def _within(places: Places, path: Path) -> str:
    return path.relative_to(places.home).as_posix()


def _run(
    places: Places, chosen: Evaluation, one: Executed, built: Sequence[Output], stage: Path
) -> Run:
    """Say what a run was given and gave, as its executed notebook tells."""
    told = _told(one.path)
    result = one.path.relative_to(stage).as_posix()
    beside = result.removesuffix(".ipynb") + ".files/"
    language, _, name = one.name.partition("/")
    waited = next((entry.after for entry in chosen.notebooks if entry.name == name), ())
    return Run(
        name=one.name,
        notebook=_within(places, places.notebooks / str(told["notebook"])),
        parameters=dict(told["parameters"]),
        reads=tuple(_outside(one.reads, places, stage)),
        after=tuple(f"{language}/{other}" for other in waited),
        results=(result, *(file.path for file in built if file.path.startswith(beside))),
    )


def _told(executed: Path) -> dict[str, Any]:
    """Read what the engine wrote at the end of an executed notebook.

    It lies behind the cells, and those are megabytes: only the end is parsed.
    """
    content = executed.read_bytes()
    start = content.rfind(_METADATA)
    end = content.find(b"\n },", start)
    told: dict[str, Any]
    if start < 0 or end < 0:
        told = json.loads(content)["metadata"]["workbench"]
    else:
        told = json.loads(content[start + len(_METADATA) - 1 : end + 3])["workbench"]
    return told


# nbformat writes names in order, indented by one for each level; a text holds no line end.
_METADATA = b'\n "metadata": {'


def _outside(reads: Mapping[str, str], places: Places, stage: Path) -> Iterator[str]:
    """Leave out what other runs of the build gave: those it waited for stand in its place."""
    for path in reads:
        if not (places.home / path).is_relative_to(stage):
            yield path


def _inputs(
    places: Places, chosen: Evaluation, runs: Sequence[Run], executed: Sequence[Executed]
) -> tuple[Input, ...]:
    read = {path: one.reads[path] for one, run in _pairs(executed, runs) for path in run.reads}
    paths = {_within(places, chosen.path), *(run.notebook for run in runs), *read}
    now = {path: manifest_state.read_now(places.home, path) for path in sorted(paths)}
    moved = {
        path
        for one, run in _pairs(executed, runs)
        for path in run.reads
        if one.reads[path] != now[path].state
    }
    if moved:
        raise AnalysisError(
            f"{chosen.id}: {len(moved)} files changed after a notebook had read them "
            f"({', '.join(sorted(moved)[:_SHOWN])}). Build again; the last report is as it was."
        )
    return tuple(now.values())


def _pairs(executed: Sequence[Executed], runs: Sequence[Run]) -> list[tuple[Executed, Run]]:
    return list(zip(executed, runs, strict=True))


def _data_sets(places: Places, inputs: Sequence[Input]) -> Iterator[DataSet]:
    """Name the page that says where each folder of the record comes from."""
    record = _within(places, places.published)
    folders = {
        "/".join(one.path.split("/")[:4])
        for one in inputs
        if one.path.startswith(record + "/")
        and one.path.count("/") > 3
        and recorder.is_file(one.state)  # a run looks for countries that submitted nothing, too
    }
    for folder in sorted(folders):
        for page in (f"{folder}/PROVENANCE.md", f"{record}/SOURCES.md"):
            if (places.home / page).is_file():
                yield DataSet(folder, page)
                break


def _code(places: Places) -> tuple[Code, str]:
    """Return the program as it is here, and the day that its state has."""
    found = manifest_state.commit(PROGRAM, [PROGRAM, *(places.home / it for it in _COUNTING)])
    sha256 = manifest_state.program_sha256(PROGRAM)
    if found is None:
        return Code(analysis.__version__, "MIT", sha256), manifest_state.FIXED_DATE
    return Code(analysis.__version__, "MIT", sha256, found.id, found.changed), found.day


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What a rebuild showed: what differs of the files it was to give, and of its inputs.

    ``outputs`` and ``inputs`` count the files that the manifest names.
    """

    outputs: int
    inputs: int
    differences: tuple[Difference, ...]
    inputs_that_differ: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether every file is what the manifest names."""
        return not self.differences


def reproduce(
    places: Places,
    path: Path,
    *,
    anyway: bool = False,
    jobs: int | None = None,
    on_event: Listener = ignore,
) -> Reproduced:
    """Build anew what a manifest names, cold and from nothing kept, and compare every file.

    ``outputs/`` is neither read (unless the manifest lies there) nor written.

    Raises
    ------
    AnalysisError
        If there is no such manifest; or, unless ``anyway``, if inputs are not what it names.
    CellError
        If a notebook's own code fails. What it left is kept, and named.
    """
    crate = manifest.read(path)
    differing = comparing.inputs_that_differ(
        crate,
        places.home,
        manifest_state.program_sha256(PROGRAM),
        manifest_state.running_platform(places.home, tuple(crate.platform.packages)),
    )
    if differing and not anyway:
        raise AnalysisError(_refusal(crate, differing))
    apart = Apart(places.home, Path(tempfile.mkdtemp(prefix="workbench-again-")))
    try:
        folder = _build(apart, crate, jobs, on_event)
        found = comparing.outputs_that_differ(crate, folder, path if path.is_dir() else path.parent)
    except CellError:
        raise  # its message leads to what the notebook left there
    except BaseException:
        shutil.rmtree(apart.elsewhere, ignore_errors=True)
        raise
    shutil.rmtree(apart.elsewhere, ignore_errors=True)
    files = sum(recorder.is_file(one.state) for one in crate.inputs)
    return Reproduced(len(crate.outputs), files, found, tuple(differing))


@dataclass(frozen=True, slots=True)
class Apart(Places):
    """A workbench whose builds and cache lie elsewhere, so that nothing kept is read or lost."""

    elsewhere: Path

    @property
    def outputs(self) -> Path:
        """Everything that is rebuilt."""
        return self.elsewhere / "outputs"

    @property
    def cache(self) -> Path:
        """What runs gave: empty when a build begins."""
        return self.elsewhere / "cache"


def _build(apart: Apart, crate: Crate, jobs: int | None, on_event: Listener) -> Path:
    from analysis.flow import building

    evaluation = evaluations.read(apart, Path(crate.plan).stem)
    built = building.build(
        apart, evaluation, overrides=crate.settings, jobs=jobs, cold=True, on_event=on_event
    )
    return built.folder


def _refusal(crate: Crate, differing: Sequence[str]) -> str:
    shown = [f"  {line}" for line in differing[:_SHOWN]]
    if len(differing) > _SHOWN:
        shown.append(f"  {len(differing) - _SHOWN} more")
    return "\n".join(
        [
            f"{Path(crate.plan).stem}: {len(differing)} things are not what the manifest names, "
            "so nothing was built:",
            *shown,
            _remedy(crate),
        ]
    )


def _remedy(crate: Crate) -> str:
    here = manifest_state.commit(PROGRAM, [])
    otherwise = "Or build with what is here, and see what differs: --anyway"
    if here and crate.code.commit and crate.code.commit != here.id:
        but = " (it was built with changes that are in no commit)" if crate.code.changed else ""
        return (
            f"Check out the commit of the build{but}: git checkout {crate.code.commit}\n{otherwise}"
        )
    return f"Put them back as they were. {otherwise}"
