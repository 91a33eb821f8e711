"""A failed cell in, a sentence that is safe to send in an e-mail out.

Only the messages of our own errors are repeated, as only they are known to hold no
data. Whether an error is ours is asked of the kernel: other libraries have classes
of the same names.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty
from typing import Any

_OURS = (
    "any(cls.__module__ == 'analysis.errors' and cls.__name__ == 'AnalysisError' "
    "for cls in __import__('sys').last_type.__mro__)"
)
_ANSWER_SECONDS = 10
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopped a notebook: a clause, and the line of the cell (0: not known)."""

    clause: str
    line: int = 0


def describe(stopped: Stopped, cell: int, source: str) -> str:
    """Word a failure: which cell, which line of its source, what happened."""
    lines = source.split("\n")
    # IPython drops the blank lines that a cell begins with before it counts.
    blank = next((place for place, line in enumerate(lines) if line.strip()), 0)
    line = stopped.line + blank
    if stopped.line > 0 and line <= len(lines):
        return f"cell {cell}, line {line} (`{lines[line - 1].strip()}`) {stopped.clause}."
    return f"cell {cell} {stopped.clause}."


def end_of(code: int | None) -> str:
    """Word how a kernel's process ended: its exit code, or minus the signal that killed it."""
    if code is None:
        return "out of memory, os._exit or a crash in compiled code"
    if code >= 0:
        return f"it left with exit code {code}, as os._exit does"
    if -code == signal.SIGKILL:
        return "it was killed, most often for want of memory"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{name}, most often a crash in compiled code"


async def ask(client: Any, cell: Any, reply: Mapping[str, Any]) -> Stopped:
    """Ask the kernel in which a cell has just failed what the failure may tell."""
    name = str(reply.get("ename", "an error"))
    line = _line(cell)
    if name in ("SystemExit", "KeyboardInterrupt"):
        return Stopped(f"stopped the notebook with {name} before its end", line)
    if await _is_ours(client):
        message = str(reply.get("evalue", "")).rstrip().removesuffix(".")
        return Stopped(f"raised {name}: {message}", line)
    return Stopped(f"raised {name} (its message may hold data and is not repeated)", line)


async def _is_ours(client: Any) -> bool:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            while True:
                content = await _evaluate(client, _OURS)
                # A kernel refuses what reaches it while it is still clearing its queue.
                if content["status"] != "aborted":
                    break
    except (TimeoutError, Empty):
        return False
    answer = content.get("user_expressions", {}).get("asked", {})
    return bool(answer.get("data", {}).get("text/plain") == "True")


async def _evaluate(client: Any, expression: str) -> Mapping[str, Any]:
    asked = client.execute("", silent=True, user_expressions={"asked": expression})
    while True:
        reply: Mapping[str, Any] = await client.get_shell_msg(timeout=_ANSWER_SECONDS)
        if reply["parent_header"].get("msg_id") == asked:
            content: Mapping[str, Any] = reply["content"]
            return content


def _line(cell: Any) -> int:
    told = "\n".join(
        "\n".join(output["traceback"])
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    )
    found = _LINE.search(_COLOUR.sub("", told))
    return int(found[1]) if found else 0
