"""The kernels that the server of `workbench lab` knows: this Python, ready, and what else there is.

Nothing is installed for it. Notebooks name ``python3``, so that any Jupyter opens them;
here this is the workbench's own kernel too, under the name they have for it.
"""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

WORKBENCH = "workbench"
PROVISIONER = "workbench-warm"
_SHOWN = {WORKBENCH: "Python 3 (workbench)", "python3": "Python 3"}


class DeskKernelSpecs(KernelSpecManager):
    """Knows the workbench's kernel beside those that are installed."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the folder of each kernel that can be chosen; the workbench's comes first."""
        own = dict.fromkeys(_SHOWN, RESOURCES)
        return own | {
            name: folder for name, folder in super().find_kernel_specs().items() if name not in own
        }

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how a kernel is started."""
        if kernel_name in _SHOWN:
            return _this_python(_SHOWN[kernel_name])
        return super().get_kernel_spec(kernel_name)


def warm_is_known() -> bool:
    """Return whether this Python can start kernels from a process that has loaded packages."""
    group = entry_points(group="jupyter_client.kernel_provisioners")
    return sys.platform == "linux" and PROVISIONER in group.names


def _this_python(display_name: str) -> KernelSpec:
    told: dict[str, Any] = get_kernel_dict()
    if warm_is_known():
        told["metadata"]["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
    return KernelSpec(**told | {"display_name": display_name, "resource_dir": RESOURCES})
