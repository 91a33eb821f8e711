"""An address in, a client of its Dask scheduler out, or a clear error within seconds.

Functions reach workers by value, as workers have no ``analysis`` of their own.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import platform
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from analysis.engine.cluster import folder as cluster_folder
from analysis.engine.cluster import runner as cluster_runner
from analysis.engine.cluster import task as cluster_task
from analysis.errors import AnalysisError

CONNECTING_SECONDS = 10
NO_WORKER_SECONDS = 60
"""So long a sweep waits for workers when there is none."""

SHORT_SECONDS = 15
"""So long one question to the scheduler may take."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect to a scheduler while the block runs.

    Raises
    ------
    AnalysisError
        If Dask is not installed here, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise AnalysisError(
            "--scheduler: Dask is not installed here. Add the extra `cluster`: "
            "pip install 'workbench-thb[cluster]'"
        ) from error
    # What Dask logs and warns of is told in words of our own.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client = Client(  # type: ignore[no-untyped-call]
                address, timeout=CONNECTING_SECONDS, set_as_default=False
            )
    except (OSError, ValueError, TypeError, ImportError) as error:
        raise AnalysisError(
            f"--scheduler {address}: no Dask scheduler answered within {CONNECTING_SECONDS} "
            "seconds. See whether it runs and whether this machine reaches it; nothing was "
            "changed."
        ) from error
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=SHORT_SECONDS)  # type: ignore[no-untyped-call]


def require_workers(client: Any, address: str) -> None:
    """Wait for a worker; refuse workers of another Python, which could not read what is sent."""
    try:
        client.wait_for_workers(1, timeout=NO_WORKER_SECONDS)
        found = client.sync(
            client._run, platform.python_version, on_error="ignore", callback_timeout=SHORT_SECONDS
        )
    except (OSError, TimeoutError) as error:
        raise without_workers(address) from error
    here = platform.python_version()
    if other := sorted({version for version in found.values() if version != here}):
        raise AnalysisError(
            f"--scheduler {address}: workers run Python {', '.join(other)}, and this is {here}. "
            "Give them the same, or results could differ."
        )


def without_workers(address: str) -> AnalysisError:
    """Word that there has been no worker for too long."""
    return AnalysisError(
        f"--scheduler {address}: no worker for {NO_WORKER_SECONDS} seconds. Start workers and "
        "sweep again; what is done is kept."
    )


def by_value(function: Callable[..., Any]) -> bytes:
    """Pickle a function of one of the modules that are sent as what it is, not as its name."""
    import cloudpickle  # type: ignore[import-untyped]

    modules = (cluster_folder, cluster_runner, cluster_task)
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        pickled: bytes = cloudpickle.dumps(function)
        return pickled
    finally:
        for module in modules:
            cloudpickle.unregister_pickle_by_value(module)


class ByValue:
    """Pickles as `by_value` does a function; whoever unpickles it has that function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.pickled = by_value(function)

    def __reduce__(self) -> tuple[Callable[[bytes], Any], tuple[bytes]]:
        return pickle.loads, (self.pickled,)
