"""A request for a kernel in, why it must start cold out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.engine.warm import loading
from analysis.engine.warm.kernel import LAUNCHER
from analysis.engine.warm.sameness import differences, same_for_all, shadowed, standing

_NAMES_TOLD = 5


def refusal(
    asked: Mapping[str, Any], loaded: loading.Loaded, environment: Mapping[str, str]
) -> str:
    """Say why a fork of this process would not be the kernel that is asked for.

    Names are told, never a value. Nothing: it would be.

    Parameters
    ----------
    asked : mapping
        ``argv``, ``environment``, ``folder`` of the kernel, ``standing`` of who asks.
    loaded : Loaded
        What this process has loaded.
    environment : mapping
        The variables it had when it loaded that, as far as they count.
    """
    if loaded.against:
        return "; ".join(loaded.against)
    before = _interpreter()
    if asked["argv"][: len(before)] != before:
        return "another interpreter, or other options of it"
    if names := differences(same_for_all(asked["environment"]), environment):
        return f"the environment differs in {_several(names)}"
    if names := differences(asked["standing"], standing()):
        return f"the process that asks differs in {_several(names)}"
    if names := shadowed(Path(asked["folder"]), loaded.packages):
        return f"the working folder holds {_several(names)}"
    if len(threads := loading.threads()) != 1:
        return f"{len(threads)} threads ({_several(sorted(threads))})"
    return "there is a context of zmq" if loading.has_zmq_context() else ""


def _interpreter() -> list[str]:
    """Return how the command of a kernel must begin: like ours, for another module."""
    options = sys.orig_argv[1 : sys.orig_argv.index("-m")]
    return [sys.executable, *options, "-m", LAUNCHER]


def _several(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_TOLD
    return ", ".join(names[:_NAMES_TOLD]) + (f" and {more} more" if more > 0 else "")
