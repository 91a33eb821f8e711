"""Runs in waves in, the same runs by a pool of two processes of papermill out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from race.commands import Commands

SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, slots=True)
class Run:
    """A notebook to execute, where to, with which parameters."""

    notebook: str
    executed: str
    parameters: Mapping[str, object] = field(default_factory=dict)


def run_pool(
    commands: Commands,
    folder: Path,
    waves: Sequence[Sequence[Run]],
    *,
    html: bool,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Execute waves of notebooks, and set their pages where ``html``; wait for the last."""
    plan = folder / "plan.json"
    told = {"html": html, "waves": [[asdict(run) for run in wave] for wave in waves]}
    plan.write_text(json.dumps(told), encoding="utf-8")
    script = (SCRIPTS / "pool.py", plan)
    commands.call("python", *script, folder=folder, environment=environment)
