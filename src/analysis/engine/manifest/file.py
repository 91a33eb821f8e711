"""What a build was made of and what it gave, kept beside what it gave: its run manifest.

The file is an RO-Crate (`manifest_graph` says how), so that others' tools can read it;
whoever proves that a report is what its inputs give reads it back as a `Crate`. It holds
hashes and names, no time, no folder of a machine and nobody's name: one state, one file.
"""

from __future__ import annotations

import json
from pathlib import Path

from analysis.engine.manifest import graph as manifest_graph
from analysis.engine.manifest import parsed as manifest_parsed
from analysis.engine.manifest.crate import Crate
from analysis.errors import AnalysisError

NAME = manifest_graph.NAME
"""What the file is called; it lies at the root of what it describes."""


def write(folder: Path, crate: Crate) -> Path:
    """Write the manifest of ``folder``; the same crate gives the same bytes.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # An entity a line: short to write, and a difference shows which entity differs.
    lines = ",\n".join(map(_line, manifest_graph.graph(crate)))
    text = f'{{"@context": {_line(manifest_graph.CONTEXT)}, "@graph": [\n{lines}\n]}}\n'
    path = folder / NAME
    path.write_text(text, encoding="utf-8")
    return path


def _line(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False)


def read(path: Path) -> Crate:
    """Read a manifest, given itself or the folder that it lies in.

    Raises
    ------
    AnalysisError
        If there is none, or it is not one that a build of a workbench wrote.
    """
    file = path / NAME if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise AnalysisError(
            f"{file}: there is no run manifest that can be read ({error.strerror}). "
            "Name the manifest of a build, or the folder below outputs/ that it lies in."
        ) from error
    except (ValueError, RecursionError) as error:
        raise _not_one(file, "it is not JSON") from error
    try:
        return manifest_parsed.crate(content["@graph"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _not_one(file, "something it must hold is missing or misshapen") from error


def _not_one(file: Path, why: str) -> AnalysisError:
    return AnalysisError(
        f"{file.name}: is no run manifest of a workbench ({why}). "
        f"Take the {NAME} that a build wrote, unchanged."
    )
