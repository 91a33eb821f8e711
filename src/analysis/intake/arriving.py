"""A path in, the bytes of the file there out; refused where it is none, or cannot be opened."""

from __future__ import annotations

from pathlib import Path

from analysis.errors import SubmissionError
from analysis.intake.reading.limits import MAX_FILE_BYTES


def content_of(path: Path, name: str) -> bytes:
    """Read a file, and no more of it than is needed to see that it is too large.

    A device or a pipe never ends, or never begins: only files are read.

    Raises
    ------
    SubmissionError
        If nothing can be read there. ``name`` is how the message calls it.
    """
    try:
        if path.exists() and not path.is_file():
            raise SubmissionError(f"{name}: it is no file. Name the file that was sent.")
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SubmissionError(
            f"{name}: it cannot be opened ({error.strerror}). Name a file that is there."
        ) from None
