"""The server of `workbench lab`, really started: what it saves, its kernels, what it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from analysis.places import HOME_VARIABLE, Places

PATIENCE = 60  # seconds; far more than a loaded machine needs


@dataclass(frozen=True)
class Lab:
    """A running server: its workbench, its process, and a client of its API."""

    places: Places
    home: Path
    process: subprocess.Popen[bytes]
    api: httpx.Client

    @property
    def runtime(self) -> Path:
        """Where Jupyter keeps the files of running servers and kernels."""
        return self.home / "runtime"

    def processes(self) -> list[psutil.Process]:
        """Return the server and everything that it has started."""
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    def end(self, number: int) -> None:
        """Send a signal, and wait until the server has ended."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE)


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """Make a notebook of format 4.5."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


def code(id_: str, source: str, **metadata: Any) -> dict[str, Any]:
    """Make a code cell that was run and has printed something."""
    output = {"output_type": "stream", "name": "stdout", "text": "printed\n"}
    return {
        "cell_type": "code",
        "id": id_,
        "metadata": metadata,
        "source": source,
        "outputs": [output],
        "execution_count": 7,
    }


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so; fail when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Start `workbench lab` on a tiny workbench in ``folder``, with a home of its own."""
    places = Places(folder / "workbench")
    for part in (places.published, places.evaluations, places.notebooks, places.outputs):
        part.mkdir(parents=True)
    source = json.dumps(notebook(code("a", "x = 1")))
    (places.notebooks / "a.ipynb").write_text(source, encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    # A socket's path is short, a test's folder need not be.
    with tempfile.TemporaryDirectory(prefix="lab-") as short:
        socket = f"{short}/s"
        process = _start(places, home, socket)
        try:
            wait_for(lambda: process.poll() is not None or (home / "runtime").is_dir())
            transport = httpx.HTTPTransport(uds=socket, retries=0)
            with httpx.Client(
                transport=transport,
                base_url="http://localhost",
                headers={"Authorization": "token opened"},
                timeout=PATIENCE,
            ) as api:
                wait_for(lambda: process.poll() is not None or _answers(api))
                assert process.poll() is None, (home / "log").read_text(encoding="utf-8")
                yield Lab(places, home, process, api)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(PATIENCE)


def _start(places: Places, home: Path, socket: str) -> subprocess.Popen[bytes]:
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [
                *(sys.executable, "-c", "from analysis.cli.lab import verb; verb()"),
                *("--no-browser", "--allow-root", f"--ServerApp.sock={socket}"),
                "--IdentityProvider.token=opened",
            ],
            env={
                **os.environ,
                HOME_VARIABLE: str(places.home),
                "HOME": str(home),
                "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
                "JUPYTER_CONFIG_DIR": str(home / "config"),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A test runner in the background may have Ctrl-C ignored, and hands that on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )


def _answers(api: httpx.Client) -> bool:
    try:
        return api.get("/api/status").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Share one server among the tests of a file."""
    with running_lab(tmp_path_factory.mktemp("lab")) as opened:
        yield opened


TEXT = {
    "cell_type": "markdown",
    "id": "t",
    "metadata": {"tags": ["lang-en"]},
    "source": "![](attachment:a.png)",
    "attachments": {"a.png": {"image/png": "aGVq"}},
}


def _save(lab: Lab, path: str, content: dict[str, Any]) -> Path:
    answer = lab.api.put(f"/api/contents/{path}", json={"type": "notebook", "content": content})
    assert answer.is_success, answer.text
    return lab.places.home / path


def _saved(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_saved_notebook_keeps_no_output(lab: Lab) -> None:
    """Outputs in git would be results that nobody rebuilt."""
    run = code("c", "print(1)", tags=["parameters"], execution={"iopub.status.busy": "now"})
    path = _save(lab, "notebooks/saved.ipynb", notebook(TEXT, run))
    text, cell = _saved(path)["cells"]
    assert text == TEXT | {"source": [TEXT["source"]]}
    assert cell == {
        "cell_type": "code",
        "id": "c",
        "metadata": {"tags": ["parameters"]},
        "source": ["print(1)"],
        "outputs": [],
        "execution_count": None,
    }


def test_the_check_of_the_repository_accepts_what_was_saved(lab: Lab) -> None:
    """Saving must never make `make check` fail."""
    (lab.places.notebooks / "deep").mkdir()
    path = _save(lab, "notebooks/deep/checked.ipynb", notebook(TEXT, code("c", "1")))
    done = subprocess.run(
        [sys.executable, "-m", "nbstripout", "--keep-id", "--verify", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_an_executed_notebook_opened_by_hand_is_left_as_it_is(lab: Lab) -> None:
    """Outputs are what it is for."""
    path = _save(lab, "outputs/executed.ipynb", notebook(code("c", "print(1)")))
    assert _saved(path)["cells"][0]["outputs"] != []


def test_a_copy_into_notebooks_is_stripped_too(lab: Lab) -> None:
    """However a notebook gets there, it is saved the same way."""
    _save(lab, "outputs/copied.ipynb", notebook(code("c", "print(1)")))
    answer = lab.api.post("/api/contents/notebooks", json={"copy_from": "outputs/copied.ipynb"})
    path = lab.places.home / answer.json()["path"]
    assert _saved(path)["cells"][0]["outputs"] == []


def test_the_file_is_as_git_has_it_when_nothing_was_changed(lab: Lab) -> None:
    """Opening, running and saving a notebook is no change."""
    path = _save(lab, "notebooks/twice.ipynb", notebook(code("c", "print(1)")))
    before = path.read_bytes()
    content = lab.api.get("/api/contents/notebooks/twice.ipynb").json()["content"]
    content["cells"][0] |= {"outputs": code("c", "")["outputs"], "execution_count": 4}
    content["metadata"]["language_info"] = {"name": "python", "version": "3.11.7"}
    _save(lab, "notebooks/twice.ipynb", content)
    after = _saved(path)
    assert after["metadata"].pop("language_info") == {"name": "python"}
    assert after == json.loads(before)


def test_the_workbench_s_kernel_is_the_one_that_is_offered(lab: Lab) -> None:
    """Notebooks name python3, so that any Jupyter opens them; here it is the same kernel."""
    told = lab.api.get("/api/kernelspecs").json()
    assert told["default"] == "workbench"
    ours = [told["kernelspecs"][name]["spec"] for name in ("workbench", "python3")]
    assert [spec["argv"][0] for spec in ours] == [sys.executable] * 2
    assert ours[0]["metadata"] == ours[1]["metadata"]
    # What JupyterLab writes into a notebook that it saves: as it stands there already.
    assert ours[1]["display_name"] == "Python 3"


def test_nothing_is_asked_of_a_network(lab: Lab) -> None:
    """JupyterLab asks for news, or whether it may, and for newer versions unless told not to."""
    page = lab.api.get("/lab").text
    assert '"news": {"disabled": true}' in page
    assert '"@jupyterlab/apputils-extension:announcements"' in page
    assert lab.api.get("/lab/api/update").json() == {"notification": None}


@contextmanager
def _kernel(lab: Lab, name: str) -> Iterator[BlockingKernelClient]:
    asked = {"path": "notebooks/a.ipynb", "name": "a", "type": "notebook", "kernel": {"name": name}}
    answer = lab.api.post("/api/sessions", json=asked)
    assert answer.is_success, answer.text
    session = answer.json()
    file = lab.runtime / f"kernel-{session['kernel']['id']}.json"
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    # Without a heartbeat: one that is late on a loaded machine would be taken for a death.
    client.start_channels(hb=False)
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield client
    finally:
        client.stop_channels()
        lab.api.delete(f"/api/sessions/{session['id']}")


def _say(client: BlockingKernelClient, source: str) -> str:
    said: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        said.append(message["content"].get("text", ""))

    reply = client.execute_interactive(source, output_hook=hear, timeout=PATIENCE)
    assert reply["content"]["status"] == "ok"
    return "".join(said).strip()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks kernels")
@pytest.mark.parametrize("name", ["workbench", "python3"])
def test_a_kernel_has_packages_loaded_before_a_cell_runs(lab: Lab, name: str) -> None:
    """The first cell of most notebooks imports pandas, and takes seconds where it is cold."""
    with _kernel(lab, name) as client:
        assert _say(client, "import sys; print('pandas' in sys.modules)") == "True"


def test_a_kernel_knows_which_workbench_it_serves(lab: Lab) -> None:
    """A notebook opens its study without being told where it lies."""
    with _kernel(lab, "workbench") as client:
        told = _say(client, "import os; print(os.environ['WORKBENCH_HOME'])")
    assert told == str(lab.places.home)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_it_nothing_is_left(tmp_path: Path, number: int) -> None:
    """Ctrl-C, a service manager, a closed terminal: no process, no file."""
    asked = {"path": "notebooks/a.ipynb", "name": "a", "type": "notebook", "kernel": {}}
    with running_lab(tmp_path) as lab:
        assert lab.api.post("/api/sessions", json=asked).is_success
        processes = lab.processes()
        assert len(processes) > 1
        lab.end(number)
        wait_for(lambda: not any(process.is_running() for process in processes))
        left = {path.name for path in lab.runtime.iterdir()}
        assert left == {"jupyter_cookie_secret"}
        assert [path for path in lab.places.cache.rglob("*") if not path.is_dir()] == []
