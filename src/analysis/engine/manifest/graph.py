"""A `Crate` in, the entities of an RO-Crate out; `manifest_parsed` reads them back.

RO-Crate 1.3 with the profile Process Run Crate 0.6: each run is a ``CreateAction`` whose
``instrument`` is its notebook, ``object`` what it read and its parameters, ``result``
what it gave; the build is one more, whose instrument is the program. Inputs lie outside
the folder that the crate describes, so they are contextual entities (``#workbench/...``).
No action has a time: it would be the one thing in which two builds of a state differ.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from analysis.engine.manifest.crate import Crate, DataSet, Input, Output, Platform, Run
from analysis.engine.reuse import recorder

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.3/context"
_SPECIFICATION = "https://w3id.org/ro/crate/1.3"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.6"
SPDX = "https://spdx.org/licenses/"

ROOT = "./"
WORKBENCH = "#workbench/"
RUN = "#run/"
PACKAGE = "#software/package/"
CODE = "#code"
COMMIT = "#commit"
LOCK = "#lock"
BUILD = "#build"
PYTHON = "#software/python"
CHANGED = "changed since the commit"
_COMMITTED = "as committed"

# By hand: what the system calls a file's type differs from one machine to the next.
_FORMATS = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}

Entity = dict[str, Any]


def graph(crate: Crate) -> list[Entity]:
    """Return the entities of a crate: descriptor and root, then in the order they are built on."""
    notebooks = {run.notebook for run in crate.runs}
    sources = sorted({one.source for one in crate.data_sets} - {one.path for one in crate.inputs})
    return [
        *_head(crate),
        *(_input(one, one.path in notebooks) for one in crate.inputs),
        *(_data_set(one, crate.inputs) for one in crate.data_sets),
        *(_page(source) for source in sources),
        *_program(crate),
        *(entity for run in crate.runs for entity in _run(run, crate)),
        *_build(crate),
        *(_output(one) for one in crate.outputs),
    ]


def _head(crate: Crate) -> list[Entity]:
    actions = [*(_run_id(run.name) for run in crate.runs), BUILD]
    return [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": _to(ROOT),
            "conformsTo": _to(_SPECIFICATION),
        },
        {
            "@id": ROOT,
            "@type": "Dataset",
            "conformsTo": _to(_PROFILE),
            "datePublished": crate.published,
            "description": crate.description,
            "hasPart": _all(_file_id(one.path) for one in crate.outputs),
            "license": crate.licence,
            "mentions": _all(actions),
            "name": crate.name,
        },
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.6"},
    ]


def _input(one: Input, is_notebook: bool) -> Entity:
    entity: Entity = {"@id": _input_id(one.path), "@type": "File", "name": one.path}
    if not recorder.is_file(one.state):
        # A folder whose names were listed, or a place where nothing lay: no file, yet it counts.
        return entity | {"@type": "CreativeWork", "creativeWorkStatus": one.state}
    entity |= {"contentSize": str(one.size_bytes), "sha256": one.state, **_format(one.path)}
    if is_notebook:
        entity |= {"@type": ["File", "SoftwareSourceCode"], "programmingLanguage": _to(PYTHON)}
    return entity


def _data_set(one: DataSet, inputs: Iterable[Input]) -> Entity:
    within = [each.path for each in inputs if each.path.startswith(one.folder + "/")]
    return {
        "@id": _input_id(one.folder + "/"),
        "@type": "Dataset",
        "hasPart": _all(map(_input_id, within)),
        "name": one.folder,
        "usageInfo": _to(_input_id(one.source)),
    }


def _page(source: str) -> Entity:
    about = "Where the data come from, and their terms"
    return {
        "@id": _input_id(source),
        "@type": "CreativeWork",
        "description": about,
        "name": source,
    } | _format(source)


def _program(crate: Crate) -> list[Entity]:
    code, platform = crate.code, crate.platform
    entity = {
        "@id": CODE,
        "@type": "SoftwareSourceCode",
        "license": _to(SPDX + code.licence),
        "name": "workbench",
        "programmingLanguage": _to(PYTHON),
        "runtimePlatform": platform.system,
        "sha256": code.sha256,
        "softwareRequirements": _all([PYTHON, *map(_package_id, platform.packages), LOCK]),
        "version": code.version,
    }
    entities: list[Entity] = [
        entity,
        {"@id": SPDX + code.licence, "@type": "CreativeWork", "name": code.licence},
        _software(PYTHON, "Python", platform.python),
        *(_software(_package_id(name), name, it) for name, it in platform.packages.items()),
        {"@id": LOCK, "@type": "CreativeWork", "name": "requirements.lock", **_state(platform)},
    ]
    if code.commit is not None:
        status = CHANGED if code.changed else _COMMITTED
        entity |= {"creativeWorkStatus": status, "identifier": _to(COMMIT)}
        entities.append(_property(COMMIT, "git commit", code.commit))
    return entities


def _state(platform: Platform) -> Entity:
    known = recorder.is_file(platform.lock)
    return {"sha256" if known else "creativeWorkStatus": platform.lock}


def _software(id_: str, name: str, version: str) -> Entity:
    return {"@id": id_, "@type": "SoftwareApplication", "name": name, "softwareVersion": version}


def _run(run: Run, crate: Crate) -> list[Entity]:
    id_ = _run_id(run.name)
    ids = {name: f"{id_}/parameter/{quote(name)}" for name in run.parameters}
    given = {one.name: one.results for one in crate.runs}
    waited = [path for name in run.after for path in given.get(name, ())]
    action = {
        "@id": id_,
        "@type": "CreateAction",
        "description": f"Ran {run.notebook} as {run.name}.",
        "instrument": _to(_input_id(run.notebook)),
        "name": run.name,
        "object": _all([*map(_input_id, run.reads), *map(_file_id, waited), *ids.values()]),
        "result": _all(map(_file_id, run.results)),
    }
    return [action, *(_property(ids[name], name, it) for name, it in run.parameters.items())]


def _build(crate: Crate) -> list[Entity]:
    ids = {name: f"{BUILD}/setting/{quote(name)}" for name in crate.settings}
    of_runs = [path for run in crate.runs for path in run.results]
    known = set(of_runs)
    action = {
        "@id": BUILD,
        "@type": "CreateAction",
        "description": f"Built the report that {crate.plan} describes from its notebooks.",
        "instrument": _to(CODE),
        "name": "build",
        "object": _all([_input_id(crate.plan), *map(_file_id, of_runs), *ids.values()]),
        "result": _all(_file_id(one.path) for one in crate.outputs if one.path not in known),
    }
    return [action, *(_property(ids[name], name, it) for name, it in crate.settings.items())]


def _output(one: Output) -> Entity:
    return {
        "@id": _file_id(one.path),
        "@type": "File",
        "contentSize": str(one.size_bytes),
        "name": PurePosixPath(one.path).name,
        "sha256": one.sha256,
    } | _format(one.path)


def _property(id_: str, name: str, value: object) -> Entity:
    """Describe a value; what is neither text, number nor truth is written as JSON."""
    entity = {"@id": id_, "@type": "PropertyValue", "name": name, "value": value}
    if isinstance(value, (str, bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return entity
    return entity | {"value": json.dumps(value, sort_keys=True), "unitText": "JSON"}


def _to(id_: str) -> Entity:
    return {"@id": id_}


def _all(ids: Iterable[str]) -> list[Entity]:
    return [{"@id": id_} for id_ in ids]


def _format(path: str) -> Entity:
    format_ = _FORMATS.get(PurePosixPath(path).suffix.lower())
    return {"encodingFormat": format_} if format_ else {}


def _file_id(path: str) -> str:
    # `a:b` alone would be read as an address with a scheme.
    return quote(path)


def _input_id(path: str) -> str:
    return WORKBENCH + quote(path)


def _run_id(name: str) -> str:
    return RUN + quote(name)


def _package_id(name: str) -> str:
    return PACKAGE + quote(name)
