"""The entities of a run manifest in, the `Crate` that `manifest_graph` made them of out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote

from analysis.engine.manifest.crate import Code, Crate, DataSet, Input, Output, Platform, Run
from analysis.engine.manifest.graph import (
    BUILD,
    CHANGED,
    CODE,
    COMMIT,
    LOCK,
    PACKAGE,
    PYTHON,
    ROOT,
    RUN,
    SPDX,
    WORKBENCH,
    Entity,
)


def crate(entities: Iterable[Entity]) -> Crate:
    """Read the entities that `graph` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError
        If one that it writes is missing or misshapen.
    """
    by_id = {entity["@id"]: entity for entity in entities}
    root, build, code = by_id[ROOT], by_id[BUILD], by_id[CODE]
    outputs = [by_id[id_] for id_ in _ids(root, "hasPart")]
    inputs = [one for id_, one in by_id.items() if _is_input(id_, one)]
    plan = next(id_ for id_ in _ids(build, "object") if id_.startswith(WORKBENCH))
    return Crate(
        name=_text(root, "name"),
        description=_text(root, "description"),
        published=_text(root, "datePublished"),
        licence=_text(root, "license"),
        plan=_text(by_id[plan], "name"),
        settings={name: str(value) for name, value in _values(build, by_id).items()},
        inputs=tuple(map(_input_of, inputs)),
        data_sets=tuple(
            DataSet(_text(one, "name"), _text(by_id[one["usageInfo"]["@id"]], "name"))
            for one in by_id.values()
            if "usageInfo" in one
        ),
        runs=tuple(_runs_of(root, by_id)),
        outputs=tuple(map(_output_of, outputs)),
        code=_code_of(code, by_id),
        platform=_platform_of(code, by_id),
    )


def _is_input(id_: str, entity: Entity) -> bool:
    return id_.startswith(WORKBENCH) and ("sha256" in entity or "creativeWorkStatus" in entity)


def _input_of(entity: Entity) -> Input:
    if "sha256" in entity:
        return Input(_text(entity, "name"), _text(entity, "sha256"), int(entity["contentSize"]))
    return Input(_text(entity, "name"), _text(entity, "creativeWorkStatus"))


def _output_of(entity: Entity) -> Output:
    path = unquote(entity["@id"])
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise ValueError("an output outside its folder")
    return Output(path, _text(entity, "sha256"), int(entity["contentSize"]))


def _runs_of(root: Entity, by_id: Mapping[str, Entity]) -> Iterator[Run]:
    actions = [by_id[id_] for id_ in _ids(root, "mentions") if id_.startswith(RUN)]
    gave = {id_: one["name"] for one in actions for id_ in _ids(one, "result")}
    for action in actions:
        objects = _ids(action, "object")
        yield Run(
            name=_text(action, "name"),
            notebook=_text(by_id[action["instrument"]["@id"]], "name"),
            parameters=_values(action, by_id),
            reads=tuple(by_id[id_]["name"] for id_ in objects if id_.startswith(WORKBENCH)),
            after=tuple(dict.fromkeys(gave[id_] for id_ in objects if id_ in gave)),
            results=tuple(map(unquote, _ids(action, "result"))),
        )


def _code_of(code: Entity, by_id: Mapping[str, Entity]) -> Code:
    commit = _text(by_id[COMMIT], "value") if "identifier" in code else None
    return Code(
        version=_text(code, "version"),
        licence=code["license"]["@id"].removeprefix(SPDX),
        sha256=_text(code, "sha256"),
        commit=commit,
        changed=code.get("creativeWorkStatus") == CHANGED,
    )


def _platform_of(code: Entity, by_id: Mapping[str, Entity]) -> Platform:
    needed = [by_id[id_] for id_ in _ids(code, "softwareRequirements") if id_.startswith(PACKAGE)]
    lock = by_id[LOCK]
    return Platform(
        python=_text(by_id[PYTHON], "softwareVersion"),
        system=_text(code, "runtimePlatform"),
        packages={_text(one, "name"): _text(one, "softwareVersion") for one in needed},
        lock=_text(lock, "sha256" if "sha256" in lock else "creativeWorkStatus"),
    )


def _values(action: Entity, by_id: Mapping[str, Entity]) -> dict[str, object]:
    given = [by_id[id_] for id_ in _ids(action, "object") if id_ in by_id]
    return {
        _text(one, "name"): json.loads(one["value"]) if "unitText" in one else one["value"]
        for one in given
        if one["@type"] == "PropertyValue"
    }


def _ids(entity: Entity, name: str) -> list[str]:
    return [each["@id"] for each in entity[name]]


def _text(entity: Entity, name: str) -> str:
    if not isinstance(entity[name], str):
        raise TypeError(f"{name} is no text")
    return str(entity[name])
