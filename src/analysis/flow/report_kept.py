"""What the last build of an evaluation wrote, taken over where nothing that it shows changed.

The files are those in ``outputs/``; only fingerprints and checksums are noted apart, in
the cache. So nothing lies on the disk twice, and a file that somebody edited, or that
is gone, is made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import analysis
from analysis.engine.reuse import stamp

if TYPE_CHECKING:
    from analysis.reporting.manuscript.report_input import ReportInput

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """Parts of a report in ``last``, by name; ``notes`` says what each was made from.

    Without ``taken_over`` every part is made, and noted for the next build.
    """

    last: Path
    notes: Path
    taken_over: bool = True

    def take(self, name: str, fingerprint: str, into: Path) -> bool:
        """Copy a part into ``into`` if it was made from the same; say whether it was.

        Parameters
        ----------
        name : str
            A file, or a folder with all below it, relative to ``last`` and to ``into``.
        fingerprint : str
            Of all that the part is made from.
        into : Path
            The folder that a build fills.
        """
        checksums = self._noted(name, fingerprint) if self.taken_over else {}
        written: list[Path] = []
        try:
            for file, checksum in checksums.items():
                held = (self.last / file).read_bytes()
                if hashlib.sha256(held).hexdigest() != checksum:
                    break
                written.append(into / file)
                written[-1].parent.mkdir(parents=True, exist_ok=True)
                written[-1].write_bytes(held)
            else:
                return bool(checksums)
        except FileNotFoundError:
            pass
        for path in written:
            path.unlink()
        return False

    def note(
        self,
        name: str,
        fingerprints: Collection[str],
        into: Path,
        *,
        besides: Collection[str] = (),
    ) -> None:
        """Note what a part in ``into`` was made from; ``besides`` are files of other parts.

        A folder for notes that cannot be written costs the next build time, nothing else.
        """
        paths = [into / name] if (into / name).is_file() else sorted((into / name).rglob("*"))
        checksums = {
            path.relative_to(into).as_posix(): _of_file(path) for path in paths if path.is_file()
        }
        for other in besides:
            checksums.pop(other, None)
        noted = {"version": _VERSION, "from": list(fingerprints), "files": checksums}
        with suppress(OSError):
            self.notes.mkdir(parents=True, exist_ok=True)
            beside = self._file(name).with_suffix(".new")
            beside.write_text(json.dumps(noted), encoding="utf-8")
            beside.replace(self._file(name))

    def _noted(self, name: str, fingerprint: str) -> dict[str, str]:
        try:
            noted = json.loads(self._file(name).read_text(encoding="utf-8"))
            if noted["version"] == _VERSION and fingerprint in noted["from"]:
                return {str(file): str(checksum) for file, checksum in noted["files"].items()}
        # A note that is torn or of another version says nothing.
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return {}

    def _file(self, name: str) -> Path:
        return self.notes / f"{name.replace('/', '+')}.json"


def of_findings(report: ReportInput) -> str:
    """Return the fingerprint of all that findings, registers and front page are made from.

    That is everything in a report but its notebooks, all of our code, Python and what
    is installed: overstated, so that nothing can be missed.
    """
    told = [
        _plain(getattr(report, field.name)) for field in fields(report) if field.name != "notebooks"
    ]
    return _of([_of_code(), stamp.python(), stamp.installed(), told])


def of_all(of_findings: str, notebooks: Iterable[Path]) -> str:
    """Return the fingerprint of all that a report is made from: its executed notebooks too."""
    return _of([of_findings, [[path.name, _of_file(path)] for path in notebooks]])


def _of_code() -> list[list[str]]:
    root = Path(analysis.__file__).parent
    return [
        [path.relative_to(root).as_posix(), _of_file(path)]
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]


def _plain(told: Any) -> Any:
    """Turn a field of a report into what JSON holds, in an order of its own."""
    if isinstance(told, Mapping):
        return [[_plain(key), _plain(one)] for key, one in told.items()]
    if isinstance(told, (list, tuple)):
        return [_plain(one) for one in told]
    return asdict(told) if hasattr(told, "__dataclass_fields__") else told


def _of(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
