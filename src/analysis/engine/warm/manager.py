"""A kernel manager whose kernels are warm where they can be."""

from __future__ import annotations

import uuid
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from analysis.engine.warm.provisioner import WarmProvisioner


class WarmKernelManager(AsyncKernelManager):
    """jupyter_client's own manager; a kernel that names a provisioner of its own keeps it."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        spec = self.kernel_spec
        if spec is not None and "kernel_provisioner" not in spec.metadata:
            self.kernel_id = self.kernel_id or uuid.uuid4().hex
            self.provisioner = WarmProvisioner(
                kernel_id=self.kernel_id, kernel_spec=spec, parent=self
            )
