"""Where a server of warm kernels is found: a socket in a folder, however deep that lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADDRESS_VARIABLE = "WORKBENCH_WARM_KERNELS"
"""Names the socket of the server to ask, where nobody names another."""

LONGEST_MESSAGE = 1 << 20
"""Bytes that a request or an answer may have; the system allows less, and says so."""

WAITING_REQUESTS = 128
"""Requests that may wait while the server loads its packages."""


@contextmanager
def by_short_name(address: Path) -> Iterator[str]:
    """Give a name of ``address`` that fits into the 107 bytes a socket's may have (Linux)."""
    folder = os.open(address.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{address.name}"
    finally:
        os.close(folder)
