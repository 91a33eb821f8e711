"""A report in, one accessible PDF out."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import matplotlib

from analysis.contracts.published import Language
from analysis.errors import ReportError
from analysis.reporting import front_page
from analysis.reporting.document import lettering, script, typeset
from analysis.reporting.manuscript import edition
from analysis.reporting.manuscript.edition import Edition
from analysis.reporting.manuscript.report_input import ReportInput


def write_pdf(report: ReportInput, language: Language, out: Path) -> None:
    """Write the report in one language to the file ``out``.

    Page 1 is the front page; contents, a chapter a notebook, and the registers of
    findings, breaks and sources follow. The file carries no date of its own, so
    that the same report gives the same bytes.

    Raises
    ------
    ReportError
        If the report is refused, the front page is too long or does not fit on
        page 1, or typst cannot set it.
    """
    with being_set(content(report, language), language, out) as write:
        write()


def content(report: ReportInput, language: Language, printed: Edition | None = None) -> str:
    """Return all that a document says, as the JSON text that the template sets out.

    ``printed`` is the report put in order, where that is done already.

    Raises
    ------
    ReportError
        If the report is refused, or the front page is too long.
    """
    printed = printed or edition.prepare(report)
    front = front_page.compose(report, language)
    return json.dumps(script.write(printed, front, language), ensure_ascii=False)


def fingerprint(content: str) -> str:
    """Return the SHA-256 of all that the bytes of a document depend on.

    Besides its content: the template, typst with the fonts it carries, and the fonts
    of matplotlib, which come with its version.
    """
    parts = (typeset.STANDARD, version("typst"), matplotlib.__version__, _template(), content)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@contextmanager
def being_set(
    content: str, language: Language, out: Path, *, threads: int | None = None
) -> Iterator[Callable[[], None]]:
    """Set what `content` gave in a process of its own, while the block does other things.

    Gives a function that waits for the document and writes it to ``out``, and raises
    `ReportError` where typst could not set it. No process is left when the block ends.

    Parameters
    ----------
    content : str
        As `content` returns it.
    language : {"da", "en"}
        Named in an error.
    out : Path
        The file to write.
    threads : int, optional
        How many threads typst may use; default: one a core.
    """
    bounded = {"RAYON_NUM_THREADS": str(threads)} if threads else {}
    process = subprocess.Popen(
        [sys.executable, "-P", typeset.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **bounded},
        # Ctrl-C reaches the build alone, which then ends this.
        start_new_session=True,
    )
    try:
        _ask(process, content)
        yield lambda: _write(process, language, out)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _ask(process: subprocess.Popen[bytes], content: str) -> None:
    asked = {
        "template": _template(),
        "fonts": str(lettering.FOLDER),
        "content": content,
    }
    # A process that has died already is told of when its answer is missing.
    with suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()


def _write(process: subprocess.Popen[bytes], language: Language, out: Path) -> None:
    answer = process.stdout.read() if process.stdout is not None else b""
    said, _, made = answer.partition(b"\n")
    if not said:
        raise ReportError(
            f"document ({language}): the process that set it ended unexpectedly (most often for "
            "want of memory). Build again with -j 1."
        )
    if error := json.loads(said)["error"]:
        raise ReportError(
            f"document ({language}): typst could not set the report ({error}). "
            "Look for a figure whose SVG is broken, or shorten the findings of the front page."
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(made)


def _template() -> str:
    return (files("analysis.reporting.document") / "report.typ").read_text(encoding="utf-8")
