"""What a process has of its environment, told so that two can be compared."""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping
from pathlib import Path

# Names that differ from run to run, and that no package which we load reads on import.
_OF_ONE_RUN = frozenset(
    {"TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "PWD", "OLDPWD", "SHLVL", "_", "PYTEST_CURRENT_TEST"}
)
_OF_ONE_RUN_PREFIXES = ("WORKBENCH_", "JPY_")

_LIMITS = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))


def same_for_all(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the part of an environment that must be equal in a server and its kernels.

    Packages read variables while they are imported, and a fork imports nothing again.
    """
    return {
        name: value
        for name, value in environment.items()
        if name not in _OF_ONE_RUN and not name.startswith(_OF_ONE_RUN_PREFIXES)
    }


def standing() -> dict[str, list[int]]:
    """Return what the system allows this process, which its children inherit (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    masks = (line.split()[1] for line in status.splitlines() if line.startswith("Umask:"))
    return {
        "umask": [int(mask, 8) for mask in masks],
        "niceness": [os.getpriority(os.PRIO_PROCESS, 0)],
        "cores": sorted(os.sched_getaffinity(0)),
        **{name: list(resource.getrlimit(getattr(resource, name))) for name in _LIMITS},
    }


def differences(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """Return the names that two mappings do not agree on; never a value."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def shadowed(folder: Path, loaded: frozenset[str]) -> list[str]:
    """Return the names in ``folder`` that a cold kernel there would load instead of ours.

    Its working folder comes before the installed packages (``loaded``: their names), and
    matplotlib reads a ``matplotlibrc`` there.
    """
    names = os.listdir(folder)  # noqa: PTH208 - names are what is asked
    return sorted(
        name for name in names if name == "matplotlibrc" or name.partition(".")[0] in loaded
    )
