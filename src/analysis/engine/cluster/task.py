"""What a Dask worker is sent: an archive and an order in, what the run wrote out.

This module and those it imports travel by value, so they need the standard library
and ``distributed`` only: a worker has no ``analysis`` of its own.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

from analysis.engine.cluster.folder import Refused, keeper_of, occupy, refuse_other_versions
from analysis.engine.cluster.runner import LEAVING_SECONDS, Runner

IDLE_SECONDS = 60.0


def run_task(archive: bytes, order: dict[str, Any]) -> dict[str, Any]:
    """Run one order in this Dask worker and return what came of it.

    Parameters
    ----------
    archive : bytes
        What `analysis.engine.cluster.archive` packed.
    order : dict
        ``sha256`` of the archive, ``sweep`` (whose run it is), ``topic`` for events,
        ``seconds`` it may take in all, and ``job`` with places relative to the archive.

    Returns
    -------
    dict
        ``answer`` as `analysis.engine.cluster.serve` gave it, ``files`` with the bytes of what
        the run wrote by their place in ``folder``, which the answer may name; or
        ``refused``, a clause saying why this worker can run none.
    """
    from distributed import get_worker

    worker = get_worker()
    try:
        with _station(worker, archive, order) as station:
            runner = station.take()
            return runner.run(
                order, lambda event: worker.log_event(order["topic"], {"event": event})
            )
    except Refused as error:
        return {"refused": str(error)}


def leave(sweep: str, dask_worker: Any = None) -> None:
    """End the processes of a sweep on this worker, running or not, and its folder with them."""
    with _lock_of(dask_worker):
        station = _stations_of(dask_worker).pop(sweep, None)
    if station is not None:
        station.close()


def _stations_of(worker: Any) -> dict[str, Station]:
    stations: dict[str, Station] = worker.__dict__.setdefault("workbench_stations", {})
    return stations


def _lock_of(worker: Any) -> Any:
    return worker.__dict__.setdefault("workbench_lock", threading.Lock())


@contextlib.contextmanager
def _station(worker: Any, archive: bytes, order: dict[str, Any]) -> Iterator[Station]:
    """Give the station of a sweep on this worker, opened when first asked for."""
    with _lock_of(worker):
        stations = _stations_of(worker)
        station = stations.get(order["sweep"])
        if station is None or not station.enter():
            station = Station(archive, order["sha256"])
            station.enter()
            stations[order["sweep"]] = station
    try:
        yield station
    finally:
        station.give_back()


class Station:
    """One sweep on one Dask worker: its unpacked files and the processes that run for it."""

    def __init__(self, archive: bytes, sha256: str) -> None:
        self.folder, self.lock = occupy(archive, sha256)
        self.keeper = keeper_of(self.folder)
        self.guard = threading.Lock()
        self.runners: list[Runner] = []
        self.active = 0
        self.closed = False
        self.last_used = time.monotonic()
        try:
            refuse_other_versions(self.folder)
        except Refused:
            self.close()
            raise
        threading.Thread(target=self._leave_when_idle, daemon=True).start()

    def enter(self) -> bool:
        """Announce a run; False where the station has closed meanwhile."""
        with self.guard:
            self.active += not self.closed
            return not self.closed

    def take(self) -> Runner:
        """Give an idle process, or start one: as many as the worker runs at a time."""
        with self.guard:
            if self.closed:
                raise Refused("was told to leave the sweep")
            self.runners = [one for one in self.runners if one.process.poll() is None]
            runner = next((one for one in self.runners if not one.busy), None)
            if runner is None:
                runner = Runner(self.folder, self.lock)
                self.runners.append(runner)
            runner.busy = True
            return runner

    def give_back(self) -> None:
        """Announce that a run is over."""
        with self.guard:
            self.active -= 1
            self.last_used = time.monotonic()

    def close(self) -> None:
        """End every process and give the folder up."""
        with self.guard:
            if self.closed:
                return
            self.closed = True
        # Told all at once, so that they leave side by side.
        for runner in self.runners:
            runner.dismiss()
        for runner in self.runners:
            runner.end()
        os.close(self.lock)
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self.keeper.communicate(timeout=LEAVING_SECONDS)

    def _leave_when_idle(self) -> None:
        """Leave a sweep whose own process has died: nobody will say so."""
        while not self.closed:
            time.sleep(1)
            with self.guard:
                over = self.active == 0 and time.monotonic() - self.last_used > IDLE_SECONDS
            if over:
                self.close()
