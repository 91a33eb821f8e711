"""A long sweep in, what it holds while it lasts out: memory, processes and open files."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Held:
    """What a process and all its descendants hold at one moment."""

    memory_mb: float
    processes: int
    open_files: int


def watch(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[Held]:
    """Run a command to its end and look once a second at what it holds.

    Memory is the private part (``uss``), as forked processes share the rest. Raises
    `SystemExit` with what the command said where it fails.
    """
    said = folder / "growth.log"
    with said.open("w", encoding="utf-8") as log:
        started = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdout=log, stderr=subprocess.STDOUT
        )
        found = []
        top = psutil.Process(started.pid)
        while started.poll() is None:
            with suppress(psutil.Error):
                found.append(_held(top))
            time.sleep(EVERY_SECONDS)
    if started.returncode != 0:
        raise SystemExit(f"the sweep ended with {started.returncode}: {said.read_text()[-2000:]}")
    return found


def _held(top: psutil.Process) -> Held:
    memory, processes, files = 0.0, 0, 0
    for each in (top, *top.children(recursive=True)):
        # Kernels come and go while they are counted.
        with suppress(psutil.Error):
            memory += each.memory_full_info().uss / 2**20
            files += each.num_fds()
            processes += 1
    return Held(memory, processes, files)


def tell(found: Sequence[Held], runs: int) -> None:
    """Print the medians of each fifth of the time; what grows shows from one to the next."""
    print(f"\nGrowth over {runs} runs (medians of each fifth of {len(found)} looks)")
    fifth = max(1, len(found) // 5)
    for part in range(5):
        looks = found[part * fifth : (part + 1) * fifth]
        if looks:
            print(
                f"  {part + 1}: {median(look.memory_mb for look in looks):7.0f} MB, "
                f"{median(look.processes for look in looks):4.0f} processes, "
                f"{median(look.open_files for look in looks):5.0f} open files"
            )
