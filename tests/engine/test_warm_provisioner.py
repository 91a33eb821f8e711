"""WarmProvisioner: every way to a cold start, and papermill's engine on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from nbclient.client import NotebookClient
from papermill.engines import papermill_engines
from papermill.execute import execute_notebook

from analysis.engine.running.rooms import common_environment
from analysis.engine.warm import serving
from analysis.engine.warm.engine import WarmEngine
from analysis.engine.warm.manager import WarmKernelManager
from analysis.engine.warm.provisioner import WarmProvisioner

linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start one server for all tests here."""
    with serving(common_environment(), tmp_path_factory.mktemp("server")) as started:
        yield started


def run(folder: Path, settings: dict[str, Any], **launched_with: Any) -> tuple[str, Any]:
    """Run one cell; return what it printed and the provisioner of its kernel."""
    v4: Any = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell("print(6 * 7)")])
    manager: Any = WarmKernelManager(
        transport="ipc", connection_file=str(folder / "kernel.json"), kernel_name="python3"
    )
    kernel = manager.provisioner
    for name, value in settings.items():
        setattr(kernel, name, value)
    client = NotebookClient(
        notebook, km=manager, kernel_name="python3", shutdown_kernel="immediate"
    )
    environment = common_environment() | launched_with.pop("env", {})
    client.execute(**{"env": environment, "cwd": str(folder)} | launched_with)
    return notebook["cells"][0]["outputs"][0]["text"], kernel


@linux
def test_a_kernel_starts_warm_where_nothing_speaks_against_it(
    address: Path, tmp_path: Path
) -> None:
    """The cold starts below must have the reasons they name, and no other."""
    printed, kernel = run(tmp_path, {"address": str(address)}, stdout=subprocess.DEVNULL)
    assert (printed, kernel.started, kernel.reason) == ("42\n", "warm", "")


@linux
@pytest.mark.parametrize(
    ("settings", "launched_with", "reason"),
    [
        ({"cold": True}, {}, "asked for"),
        ({"address": "no/where"}, {}, "no server answers (No such file or directory)"),
        ({}, {"stdout": subprocess.PIPE}, "its output goes to a pipe"),
        ({}, {"preexec_fn": os.getpid}, "it is to be started with preexec_fn"),
        ({}, {"independent": True}, "it is to be started with independent"),
        ({}, {"env": {"A": "b"}}, "the environment differs in A"),
    ],
)
def test_what_a_fork_cannot_give_starts_cold_and_runs(
    address: Path,
    tmp_path: Path,
    settings: dict[str, Any],
    launched_with: dict[str, Any],
    reason: str,
) -> None:
    """Warm kernels are for speed alone: without them every notebook runs as before."""
    printed, kernel = run(tmp_path, {"address": str(address)} | settings, **launched_with)
    assert (printed, kernel.started, kernel.reason) == ("42\n", "cold", reason)


def test_other_systems_start_cold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS no fork is safe once frameworks are loaded, and Windows has none."""
    monkeypatch.setattr("analysis.engine.warm.provisioner.sys.platform", "darwin")
    printed, kernel = run(tmp_path, {})
    assert (printed, kernel.started, kernel.reason) == ("42\n", "cold", "only Linux forks kernels")


def test_a_kernel_of_another_language_is_not_forked(tmp_path: Path) -> None:
    """A notebook in R asks for R, whatever the engine."""
    spec = KernelSpec(argv=["R", "--slave", "-e", "IRkernel::main()"], language="R")
    kernel = WarmProvisioner(kernel_spec=spec, address=str(tmp_path / "none"))
    assert kernel.refusal(spec.argv, {}) == "it is not this Python's ipykernel"
    launched = [sys.executable, "-m", "xeus_python", "-f", "x"]
    assert kernel.refusal(launched, {}) == "it is not this Python's ipykernel"


@linux
def test_a_server_that_was_silent_once_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for a hung server once is enough for a build."""
    import socket

    from analysis.engine.warm.address import by_short_name

    monkeypatch.setattr("analysis.engine.warm.provisioner._FIRST_ANSWER_SECONDS", 0.05)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as deaf:
        with by_short_name(tmp_path / "kernels") as name:
            deaf.bind(name)
        deaf.listen()
        reasons = [run(tmp_path, {"address": str(tmp_path / "kernels")})[1].reason for _ in "12"]
    assert reasons == [
        "the server did not answer within 0.05 seconds",
        "the server did not answer before",
    ]


@linux
def test_papermill_runs_a_notebook_warm_as_it_runs_it_cold(
    address: Path, tmp_path: Path, write_notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anyone's `papermill --engine` gets the same notebook, parameters and all."""
    common = common_environment()
    for name, value in common.items():
        monkeypatch.setenv(name, value)
    # papermill's kernels see all that this process does, which the server must have seen too.
    for name in {*os.environ} - {*common} - {"PYTEST_CURRENT_TEST"}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WORKBENCH_WARM_KERNELS", str(address))
    register: Any = papermill_engines.register
    register("warm-under-test", WarmEngine)
    source = write_notebook(
        tmp_path / "in.ipynb",
        "year = 2002",
        "import os\nprint(year, os.getcwd())",
        "import matplotlib.pyplot as plt; plt.plot([1, year]);",
        "print(os.getppid())",
    )
    execute: Any = execute_notebook
    run_by = {
        engine: execute(
            str(source),
            str(tmp_path / f"{engine}.ipynb"),
            parameters={"year": 2007},
            engine_name=engine,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(tmp_path),
        )["cells"]
        for engine in ("warm-under-test", "nbclient")
    }
    shown = [[cell["outputs"] for cell in cells] for cells in run_by.values()]
    assert shown[0][:-1] == shown[1][:-1]
    assert shown[0][2][0]["text"] == f"2007 {tmp_path}\n"
    assert "image/png" in shown[0][3][0]["data"]
    # Forked from the server, and not from this process.
    assert shown[0][-1] != shown[1][-1]
    assert int(shown[1][-1][0]["text"]) == os.getpid()


def test_the_engine_costs_papermill_nothing_on_import() -> None:
    """With papermill come all engines that are registered, used or not."""
    code = """
import sys, papermill.engines, analysis.engine.warm.engine
print(*[name for name in sys.modules if name.startswith('analysis.engine.warm.')])
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.rpartition(".")[2] for name in told.stdout.split()} <= {
        *("address", "sameness", "engine"),  # of the standard library alone, but for papermill
    }


def test_whoever_starts_a_server_imports_nothing_heavy() -> None:
    """A build in which nothing has changed must not wait for packages it does not use."""
    code = """
import json, sys
before = set(sys.modules)
import analysis.engine.warm
print(json.dumps(sorted({name.split('.')[0] for name in set(sys.modules) - before})))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(json.loads(told.stdout)) - sys.stdlib_module_names == {"analysis"}


@pytest.mark.parametrize(
    ("group", "name", "kind"),
    [
        ("jupyter_client.kernel_provisioners", "workbench-warm", WarmProvisioner),
        ("papermill.engine", "workbench-warm", WarmEngine),
    ],
)
def test_others_find_warm_kernels_by_name(group: str, name: str, kind: type) -> None:
    """A kernelspec and a command line name them; both look into the installed package."""
    found = [entry for entry in entry_points(group=group) if entry.name == name]
    if not found:
        pytest.skip("the installed package was built before it had these entry points")
    assert found[0].load() is kind
