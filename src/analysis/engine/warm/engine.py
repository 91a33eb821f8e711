"""What papermill runs notebooks with: as ever, but in kernels that are warm where they can be.

``papermill --engine workbench-warm IN OUT``. papermill imports every engine that is
registered, so nothing is imported here before a notebook is run.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import NBClientEngine


class WarmEngine(NBClientEngine):
    """papermill's own engine, with kernels from the server of warm kernels.

    The server is the one at ``WORKBENCH_WARM_KERNELS``, else one of this process's own;
    that one is worth its while from the second notebook on.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *told: Any, **named: Any
    ) -> Any:
        """Run the notebook, with whatever options papermill was given."""
        from analysis.engine.warm.manager import WarmKernelManager

        named["kernel_manager_class"] = WarmKernelManager
        run: Any = super().execute_managed_notebook
        return run(nb_man, kernel_name, *told, **named)
