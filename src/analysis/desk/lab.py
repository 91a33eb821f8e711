"""A workbench in, JupyterLab on it until it is ended out.

What is set here is set for this server alone: nothing is installed and nothing written.
It gives way to the user's own configuration, and both to what is asked for in arguments.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from analysis.desk import server
from analysis.desk.kernelspecs import WORKBENCH, DeskKernelSpecs
from analysis.places import HOME_VARIABLE, Places


def run(places: Places, arguments: Sequence[str] = ()) -> None:
    """Run JupyterLab on a workbench until it is ended; ``arguments`` are passed on to it."""
    from jupyter_server.serverapp import ServerApp
    from jupyterlab.labapp import LabApp
    from traitlets.config import Config

    os.environ[HOME_VARIABLE] = str(places.home)
    # JupyterLab takes the server that is there already.
    ServerApp.instance(
        config=Config(settings(places)),
        jpserver_extensions={"jupyterlab": True, server.__name__: True},
    )
    LabApp.launch_instance(list(arguments))  # type: ignore[no-untyped-call]


def settings(places: Places) -> dict[str, dict[str, object]]:
    """Return how the server is set up, by class and trait, as in a Jupyter configuration."""
    return {
        "ServerApp": {
            "root_dir": str(places.home),
            "kernel_spec_manager_class": f"{DeskKernelSpecs.__module__}.{DeskKernelSpecs.__name__}",
        },
        "MultiKernelManager": {"default_kernel_name": WORKBENCH},
        "LabApp": {
            "default_url": f"/lab/tree/{places.notebooks.name}",
            # A workbench needs no network, so nothing is asked of one unasked.
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        },
    }
