"""YAML without its traps in, plain values out.

A key stands once, a date stays text, only ``true`` and ``false`` are truths. Read by
PyYAML's own parser and not by libyaml, which ends the whole process where brackets
are nested a hundred thousand deep; a file of a hundred lines takes 8 ms.
"""

from __future__ import annotations

import re
from typing import Any

import yaml


class NotYamlError(Exception):
    """A text is no YAML; ``line`` (from 1) and ``problem`` are known for most."""

    def __init__(self, problem: str = "", line: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def load(text: str) -> Any:
    """Read one document.

    Raises
    ------
    NotYamlError
        If it is no YAML, a key stands twice or is no text, or a tag could run code.
    """
    try:
        return yaml.load(text, Loader=_Strict)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotYamlError(str(error.problem), line) from error
    except _NOT_YAML as error:
        raise NotYamlError from error


# What PyYAML itself lets through when a tag or a number does not fit, or brackets never end.
_NOT_YAML = (
    yaml.YAMLError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)


class _Strict(yaml.SafeLoader):
    pass


_Strict.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def _unique_mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.tag not in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"):
            raise yaml.constructor.ConstructorError(
                None, None, "a key is not a text", key.start_mark
            )
        if key.value in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key.value!r} stands twice", key.start_mark
            )
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


_Strict.add_constructor("tag:yaml.org,2002:map", _unique_mapping)
