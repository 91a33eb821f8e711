"""A process of its own that sets one document: so several are set at the same time.

Run by its path, it imports typst and nothing of ours, so it is there in 50 ms. A fork
would be quicker still, and would wait for ever where typst had threads before it.

It reads one line of JSON (``template``, ``fonts``, ``content``), writes
one (``error``: empty if there is none) and then the PDF. When its input ends before it
is done, whoever wanted the document is gone, and it leaves.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Final

import typst

# PDF/UA-1 (ISO 14289-1): tags, language, text alternatives; typst refuses what breaks it.
STANDARD: Final = "ua-1"


def main() -> None:
    """Set the document that standard input asks for."""
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_leave_when_unwanted, daemon=True).start()
    error, made = _set(asked)
    with os.fdopen(os.dup(1), "wb") as out:
        out.write(json.dumps({"error": error}).encode() + b"\n")
        out.write(made)
    # Without waiting for the thread that still listens.
    os._exit(0)


def _set(asked: dict[str, str]) -> tuple[str, bytes]:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[asked["fonts"]])
    try:
        made = typst.Compiler(asked["template"].encode(), font_paths=fonts).compile(
            format="pdf",
            sys_inputs={"report": asked["content"]},
            pdf_standards=[STANDARD],
        )
    except typst.TypstError as error:
        return str(error.message), b""
    if not isinstance(made, bytes):
        raise TypeError("typst returned no PDF")
    return "", made


def _leave_when_unwanted() -> None:
    sys.stdin.buffer.read(1)
    os._exit(1)


if __name__ == "__main__":
    main()
