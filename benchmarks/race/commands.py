"""An interpreter and a folder in, its commands run there: an error says what they said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.places import HOME_VARIABLE

TAIL = 2000
"""Characters of an error that are shown."""


class CommandError(Exception):
    """A command is not there, or ended with another exit code than 0."""


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands installed beside ``python``; ``room`` takes what they would leave at home."""

    python: Path
    room: Path

    def imports(self, *modules: str) -> bool:
        """Whether the interpreter finds these modules."""
        code = f"from importlib.util import find_spec; assert all(map(find_spec, {modules!r}))"
        return subprocess.run([self.python, "-c", code], capture_output=True).returncode == 0

    def call(
        self,
        command: str,
        *arguments: str | Path,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        answer: str = "",
    ) -> str:
        """Run a command (``python``: the interpreter) and return what it printed.

        ``answer`` is what it reads where it asks.

        Raises
        ------
        CommandError
            With the end of what the command said.
        """
        path = self.python if command == "python" else self.python.parent / command
        if not path.is_file():
            raise CommandError(f"{command} is not installed beside {self.python}")
        done = subprocess.run(
            [path, *map(str, arguments)],
            cwd=folder,
            env={**self.environment(folder), **(environment or {})},
            input=answer,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            told = f"{done.stdout}{done.stderr}"[-TAIL:]
            raise CommandError(f"{command} ended with {done.returncode}: {told}")
        return done.stdout

    def environment(self, home: Path) -> dict[str, str]:
        """Return an environment in which both we and the peers find what is theirs first."""
        self.room.mkdir(parents=True, exist_ok=True)
        # Compiled modules are kept, as they are wherever somebody works.
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return kept | {
            HOME_VARIABLE: str(home),
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "TMPDIR": str(self.room),
            "IPYTHONDIR": str(self.room / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(self.room / "runtime"),
        }

    def versions(self, *packages: str) -> str:
        """Name the interpreter's version and those of some packages, where installed."""
        code = (
            "import importlib.metadata as m, platform, sys\n"
            "print('Python', platform.python_version(), end='')\n"
            "for name in sys.argv[1:]:\n"
            "    try:\n"
            "        print(',', name, m.version(name), end='')\n"
            "    except m.PackageNotFoundError:\n"
            "        print(',', name, 'not installed', end='')\n"
        )
        done = subprocess.run(
            [self.python, "-c", code, *packages], capture_output=True, text=True, check=True
        )
        return done.stdout
