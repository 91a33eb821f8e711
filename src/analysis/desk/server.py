"""The extension that `workbench lab` loads into its server: ready, saved stripped, ended whole."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from analysis.desk.kernelspecs import WORKBENCH, warm_is_known
from analysis.desk.saving import strip
from analysis.engine.warm import serving
from analysis.engine.warm.address import ADDRESS_VARIABLE
from analysis.places import Places, find_places

_NEWS = "@jupyterlab/apputils-extension:announcements"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    places = find_places()
    _save_stripped(server, places)
    _ask_nothing(server)
    _end_in_order(server)
    if warm_is_known():
        # Only once all extensions are loaded: some change the environment that kernels get.
        server.io_loop.add_callback(_have_kernels_ready, places)


def _save_stripped(server: Any, places: Places) -> None:
    """Have every notebook that is saved below ``notebooks/`` saved without what a run left.

    The open tab keeps what it shows: only what goes to the file is changed. Executed
    notebooks elsewhere stay as they are.
    """
    notebooks = places.notebooks.resolve()

    def strip_sources(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
        whole = (Path(contents_manager.root_dir) / path.strip("/")).resolve()
        if model["type"] == "notebook" and whole.is_relative_to(notebooks):
            strip(model["content"], own_kernels=frozenset({WORKBENCH}))

    server.contents_manager.register_pre_save_hook(strip_sources)


def _ask_nothing(server: Any) -> None:
    """Have the page not ask whether news may be fetched: a workbench needs no network."""

    def without_news(handler: Any, page: dict[str, Any]) -> dict[str, Any]:
        return page | {"disabledExtensions": [*page.get("disabledExtensions", []), _NEWS]}

    server.web_app.settings["page_config_hook"] = without_news


def _end_in_order(server: Any) -> None:
    """Have kernels and files removed too where Jupyter would just leave.

    On a terminal it asks first when interrupted; without one it leaves its kernels, and
    it does so always when the terminal is closed.
    """
    numbers = [signal.SIGHUP] if sys.stdin.isatty() else [signal.SIGHUP, signal.SIGINT]
    for number in numbers:
        # Whoever had it ignored (nohup) wants the server to stay.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: server.stop(from_signal=True))


def _have_kernels_ready(places: Places) -> None:
    """Load packages before the first notebook is opened; ended when this process ends."""
    opened = ExitStack()
    address = opened.enter_context(serving(os.environ, places.cache / "lab"))
    os.environ[ADDRESS_VARIABLE] = str(address)
    atexit.register(opened.close)
