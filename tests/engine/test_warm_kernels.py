"""A warm kernel against a cold one: what notebooks show, what they see, how they are stopped."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.client import NotebookClient

from analysis.engine.running.rooms import common_environment
from analysis.engine.warm import serving
from analysis.engine.warm.manager import WarmKernelManager

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

TABLES = """
import numpy as np, pandas as pd
wide = pd.DataFrame(np.arange(4000).reshape(100, 40) / 7).add_prefix("column_")
display(wide, wide.describe().T, wide["column_0"])
print(wide)
print(pd.DataFrame({"day": pd.date_range("2007-01-01", periods=3), "text": list("abc")}).dtypes)
"""
PICTURE = """
import matplotlib.pyplot as plt
plt.rcParams["svg.hashsalt"] = "salt"
figure, axes = plt.subplots(figsize=(3, 2))
axes.plot([1, 2, 3], [3, 1, 2], label="$x^2$")
axes.set_title("Handel med mennesker: æøå")
axes.legend();
"""
SVG = "%config InlineBackend.figure_formats = ['svg']"
CHANCE = """
import random, numpy as np
random.seed(7); np.random.seed(7)
print(random.random(), np.random.normal(size=3), np.random.default_rng(7).normal())
import scipy.stats
print(scipy.stats.norm.rvs(size=2))
"""
PROCESS = """
import json, locale, os, re, signal, subprocess, sys, tempfile, time, threading
held = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
told = subprocess.run(["env", "-0"], capture_output=True, text=True).stdout.split("\\0")
print(json.dumps({
    "environment": held,
    "of children": sorted(line for line in told if not line.startswith(("JPY_PARENT_PID", "_="))),
    "path": sys.path, "argv": sys.argv, "original": sys.orig_argv, "flags": list(sys.flags),
    "folder": os.getcwd(), "temporary": tempfile.gettempdir(),
    "locale": locale.setlocale(locale.LC_ALL), "zone": time.tzname, "hash": hash("a"),
    "signals": [str(signal.getsignal(number)) for number in (2, 13, 15, 17)],
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "leads its session": os.getsid(0) == os.getpid() == os.getpgid(0),
    "descriptors": len(os.listdir("/proc/self/fd")),
    "threads": sorted(re.sub(r"-\\d+", "", thread.name) for thread in threading.enumerate()),
    "main": sorted(name for name in dir(sys.modules["__main__"]) if not name.startswith("_")),
}, indent=1))
"""
SETTINGS = """
import builtins, gc, logging, warnings
import matplotlib, matplotlib.pyplot, numpy as np, pandas as pd
from pandas._config import config
with warnings.catch_warnings(action="ignore"):
    options = {name: pd.get_option(name) for name in sorted(config._registered_options)}
print(*options.items(), *matplotlib.rcParams.items(), matplotlib.matplotlib_fname(), sep="\\n")
print(np.geterr(), np.get_printoptions())
print(*sorted(map(str, warnings.filters)), logging.root.handlers, logging.root.level, sep="\\n")
print(gc.isenabled(), gc.get_threshold(), sys.getrecursionlimit(), *dir(builtins), sep="\\n")
"""
MODULES = """
import sys
print([name for name in sys.modules if name.partition(".")[0] in ("analysis", "__mp_main__")])
from analysis import places
print(places.__file__)
"""
FAULT = "import pandas as pd\npd.DataFrame({'a': [1]})['b']"
SAME = (TABLES, PICTURE, SVG, PICTURE, CHANCE, PROCESS, SETTINGS, MODULES, FAULT)


@dataclass(frozen=True)
class Ran:
    """Outputs of each cell, and how the kernel that ran them was started."""

    outputs: list[list[dict[str, Any]]]
    started: str
    reason: str

    def printed(self, cell: int = 0) -> str:
        """Return what a cell printed."""
        return "".join(output.get("text", "") for output in self.outputs[cell])


@dataclass(frozen=True)
class Warm:
    """A server and what kernels are started with."""

    address: Path
    environment: dict[str, str]
    folder: Path

    def manager(self, *, cold: bool = False, transport: str = "ipc") -> Any:
        """Return a manager that starts one kernel here."""
        place = self.folder / "kernel.json"
        place.unlink(missing_ok=True)
        manager: Any = WarmKernelManager(
            kernel_name="python3", transport=transport, connection_file=str(place)
        )
        manager.provisioner.address, manager.provisioner.cold = str(self.address), cold
        return manager

    def run(self, *cells: str, cold: bool = False, transport: str = "ipc") -> Ran:
        """Run cells in a kernel of their own."""
        v4: Any = nbformat.v4
        notebook = v4.new_notebook(
            cells=[v4.new_code_cell(source, id=f"c{n}") for n, source in enumerate(cells)]
        )
        manager = self.manager(cold=cold, transport=transport)
        kernel = manager.provisioner
        with (self.folder / "log").open("wb") as log:
            NotebookClient(
                notebook,
                km=manager,
                kernel_name="python3",
                allow_errors=True,
                timeout=120,
                shutdown_kernel="immediate",
            ).execute(cwd=str(self.folder), env=dict(self.environment), stdout=log, stderr=log)
        return Ran(
            [_joined(cell["outputs"]) for cell in notebook["cells"]], kernel.started, kernel.reason
        )


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join what was printed in several goes, which depends on the time between them."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        if joined and output.get("name") and joined[-1].get("name") == output["name"]:
            joined[-1]["text"] += output["text"]
        else:
            joined.append(dict(output))
    return joined


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Start a server once; kernels of all tests work in one folder, as paths must be equal."""
    base = tmp_path_factory.mktemp("w")
    for name in ("here", "tmp", "ipython"):
        (base / name).mkdir()
    environment = common_environment() | {
        "TMPDIR": str(base / "tmp"),
        "IPYTHONDIR": str(base / "ipython"),
    }
    with serving(environment, base / "server") as address:
        yield Warm(address, environment, base / "here")


@pytest.fixture(scope="module")
def both(warm: Warm) -> tuple[Ran, Ran]:
    """Run the same cells in a warm and in a cold kernel."""
    return warm.run(*SAME), warm.run(*SAME, cold=True)


@pytest.mark.parametrize(
    ("cell", "what"),
    list(enumerate(["tables", "png", "", "svg", "chance", "process", "settings", "ours", "fault"])),
)
def test_a_warm_kernel_shows_exactly_what_a_cold_one_shows(
    both: tuple[Ran, Ran], cell: int, what: str
) -> None:
    """How a kernel was started must not be seen in any result.

    Not in a table that pandas cuts differently, not in a figure that is lost, not in a
    variable or a setting.
    """
    forked, cold = both
    assert (forked.started, cold.started) == ("warm", "cold"), forked.reason
    assert forked.outputs[cell] == cold.outputs[cell]
    assert bool(forked.outputs[cell]) == bool(what)


def test_figures_are_shown_as_png_and_svg(both: tuple[Ran, Ran]) -> None:
    """Two kernels that both lose every figure are equal too."""
    kinds = [set(both[0].outputs[cell][0]["data"]) for cell in (1, 3)]
    assert "image/png" in kinds[0]
    assert "image/svg+xml" in kinds[1]


def test_nothing_of_ours_is_loaded_before_a_notebook_asks(both: tuple[Ran, Ran]) -> None:
    """A module loaded before it was edited would give yesterday's results."""
    loaded, found = both[0].printed(7).split("\n")[:2]
    assert loaded == "[]"
    assert Path(found).name == "places.py"


def test_two_warm_kernels_draw_different_chances(warm: Warm) -> None:
    """Simulations of two runs that draw the same numbers would confirm each other."""
    drawn = """
import random, tempfile, uuid, numpy as np
print(random.random(), np.random.rand(), np.random.default_rng().random(), uuid.uuid4(),
      tempfile.mktemp(dir="/"), sep="\\n")
"""
    one, other = (warm.run(drawn) for _ in range(2))
    assert one.started == other.started == "warm"
    first, second = one.printed().split(), other.printed().split()
    assert len(first) == 5
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_what_one_notebook_sets_no_other_sees(warm: Warm) -> None:
    """A forked kernel is a process of its own: settings do not leak to the next run."""
    warm.run("import pandas, yaml; pandas.options.display.max_rows = 3; yaml.left = 1")
    seen = warm.run("import pandas, yaml; print(pandas.options.display.max_rows, dir(yaml))")
    assert seen.printed().startswith("60 ")
    assert "'left'" not in seen.printed()


def test_a_warm_kernel_also_talks_over_tcp(warm: Warm) -> None:
    """Whoever brings a manager of their own has jupyter's default transport."""
    ran = warm.run("print(1 + 1)", transport="tcp")
    assert (ran.started, ran.printed()) == ("warm", "2\n")


async def _start(warm: Warm, manager: Any) -> Any:
    await manager.start_kernel(cwd=str(warm.folder), env=dict(warm.environment))
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    assert manager.provisioner.started == "warm", manager.provisioner.reason
    return client


async def _reply(client: Any, asked: str) -> Any:
    while True:
        reply = await client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == asked:
            return reply["content"]


def test_a_warm_kernel_can_be_interrupted_and_goes_on(warm: Warm) -> None:
    """Ctrl-C must reach a cell that runs, and leave the kernel usable."""

    async def interrupt() -> tuple[Any, Any]:
        manager = warm.manager()
        client = await _start(warm, manager)
        begun = warm.folder / "begun"
        sleep = f"open({str(begun)!r}, 'w'); import time; time.sleep(300)"
        # Else a kernel also refuses what reaches it shortly after.
        slept = client.execute(sleep, stop_on_error=False)
        while not begun.exists():
            await asyncio.sleep(0.01)
        await manager.interrupt_kernel()
        stopped = await _reply(client, slept)
        after = await _reply(client, client.execute("1 + 1"))
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return stopped, after

    stopped, after = asyncio.run(interrupt())
    assert stopped["ename"] == "KeyboardInterrupt"
    assert after["status"] == "ok"


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("import os; os._exit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV),
        ("get_ipython().kernel.do_shutdown(False); exit()", 0),
    ],
)
def test_how_a_warm_kernel_ended_is_told(warm: Warm, end: str, status: int) -> None:
    """A run whose kernel died must fail, and say how it died."""

    async def end_it() -> tuple[int | None, int | None]:
        manager = warm.manager()
        client = await _start(warm, manager)
        assert await manager.provisioner.poll() is None
        client.execute(end)
        while (polled := await manager.provisioner.poll()) is None:
            await asyncio.sleep(0.01)
        client.stop_channels()
        waited = await manager.provisioner.wait()
        await manager.shutdown_kernel(now=True)
        return polled, waited

    assert asyncio.run(end_it()) == (status, status)


def test_a_kernel_restarts_warm(warm: Warm) -> None:
    """At the desk, a kernel is restarted by the manager that started it."""

    async def restart() -> tuple[int, int, str]:
        manager = warm.manager()
        client = await _start(warm, manager)
        first = manager.provisioner.pid
        await manager.restart_kernel(now=True)
        await client.wait_for_ready(timeout=60)
        second, started = manager.provisioner.pid, manager.provisioner.started
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return first, second, started

    first, second, started = asyncio.run(restart())
    assert first != second
    assert started == "warm"
