"""An executed notebook in, the same notebook without what differs from run to run.

Removed: papermill's and nbclient's times and paths, object addresses, the folders
of this machine and its host name, and the way a kernel happens to split what a
cell prints. Kept: everything a notebook itself computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

_OF_A_RUN = ("papermill", "execution")
_TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
# IPython names the file of a cell after the process and a checksum.
_CELL_FILE = re.compile(r"ipykernel_\d+[/\\]\d+\.py")
_BEFORE_A_PATH = frozenset(" \t\r\n\"'(<")


def normalise(notebook: dict[str, Any], folders: Mapping[str, str], *, host: str) -> None:
    """Make two executions of one source the same bytes, in place.

    Parameters
    ----------
    notebook : dict
        An executed notebook of format 4.
    folders : mapping
        Folders of this machine and the words that stand for them; the longest is
        replaced first, as one may lie inside another.
    host : str
        Name of this machine. Left alone where it could be a word or number of the
        text itself (no letter and digit together, no hyphen or dot).
    """
    _strip(notebook["metadata"])
    for cell in notebook["cells"]:
        _strip(cell["metadata"])
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                _clean(output, folders, host) for output in _whole_streams(cell["outputs"])
            ]


def _strip(metadata: dict[str, Any]) -> None:
    for key in _OF_A_RUN:
        metadata.pop(key, None)
    if metadata.get("tags") == []:
        del metadata["tags"]


def _whole_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join what was printed between two shown outputs: first stdout, then stderr.

    A kernel flushes both by the clock, so their pieces and order are chance.
    """
    joined: list[dict[str, Any]] = []
    for printed, group in groupby(outputs, key=lambda output: output["output_type"] == "stream"):
        if not printed:
            joined.extend(group)
            continue
        pieces = list(group)
        for name in ("stdout", "stderr"):
            text = "".join(_text(piece["text"]) for piece in pieces if piece["name"] == name)
            if text:
                joined.append({"output_type": "stream", "name": name, "text": text})
    return joined


def _text(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _clean(output: dict[str, Any], folders: Mapping[str, str], host: str) -> dict[str, Any]:
    if "text" in output:
        output["text"] = neutral(output["text"], folders, host)
    if "traceback" in output:
        output["traceback"] = [neutral(line, folders, host) for line in output["traceback"]]
    data = output.get("data", {})
    for kind in _TEXTS:
        if kind in data:
            data[kind] = neutral(_text(data[kind]), folders, host)
    return output


def neutral(text: str, folders: Mapping[str, str], host: str) -> str:
    """Take addresses, folders and the host name out of one text."""
    text = _without_cell_files(text)
    text = _ADDRESS.sub("at 0x...", text)
    for folder in sorted(folders, key=len, reverse=True):
        if len(folder) > 1 and folder in text:
            text = re.sub(rf"(?<![\w.-]){re.escape(folder)}(?![\w.-])", folders[folder], text)
    if _is_unmistakable(host):
        text = re.sub(rf"(?<![\w.-]){re.escape(host)}(?![\w-])", "[host]", text)
    return text


def _without_cell_files(text: str) -> str:
    """Name the file of every cell alike, with the folders before it.

    The folders are looked for backwards from what is found: a pattern that begins with
    them takes hours for a megabyte that is printed without a blank.
    """
    pieces: list[str] = []
    done = 0
    for found in _CELL_FILE.finditer(text):
        start = found.start()
        while start > done and text[start - 1] not in _BEFORE_A_PATH:
            start -= 1
        pieces += [text[done:start], "[cell]"]
        done = found.end()
    return "".join([*pieces, text[done:]])


def _is_unmistakable(host: str) -> bool:
    letters = any(sign.isalpha() for sign in host)
    return letters and any(sign.isdigit() or sign in "-." for sign in host)
