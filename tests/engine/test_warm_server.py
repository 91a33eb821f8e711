"""The server of warm kernels: when it refuses, what it leaves behind, how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from analysis.engine.running.rooms import common_environment
from analysis.engine.warm import asking, serving
from analysis.engine.warm.address import by_short_name
from analysis.engine.warm.asking import ColdError, SilentError, Wanted, WarmKernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start a server once for the tests that leave it as it is."""
    with serving(common_environment(), tmp_path_factory.mktemp("server")) as started:
        yield started


def wanted(folder: Path, **changed: str) -> Wanted:
    """Describe a kernel that waits for somebody to connect."""
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", str(folder / "kernel.json")]
    return Wanted(command, common_environment() | changed, folder, log, log)


def ask(address: Path, request: Wanted, seconds: float = PATIENCE_SECONDS) -> WarmKernel:
    """Ask for a kernel, as a provisioner does."""
    try:
        return asyncio.run(asking.ask(address, request, seconds=seconds))
    finally:
        os.close(request.stdout)


def until(true: Callable[[], bool]) -> None:
    """Wait for what must come, however loaded the machine is."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.01)


def server_of(kernel: WarmKernel) -> psutil.Process:
    """Find the server that a kernel was forked from."""
    parent = psutil.Process(kernel.pid).parent()
    assert parent is not None
    return parent


def alive(pid: int) -> bool:
    """Say whether a process is there and no zombie."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"PYTHONHASHSEED": "1"}, "PYTHONHASHSEED"),
        ({"OMP_NUM_THREADS": "2"}, "OMP_NUM_THREADS"),
        ({"TZ": "Europe/Copenhagen", "LC_ALL": "C"}, "LC_ALL, TZ"),
        ({"SECRET_OF_MINE": "hunter2"}, "SECRET_OF_MINE"),
    ],
)
def test_another_environment_starts_cold(
    address: Path, tmp_path: Path, changed: Mapping[str, str], named: str
) -> None:
    """Packages have read the variables already; the reason names them and tells no value."""
    with pytest.raises(ColdError) as refused:
        ask(address, wanted(tmp_path, **changed))
    assert str(refused.value) == f"the environment differs in {named}"


def test_what_differs_from_run_to_run_does_not_matter(address: Path, tmp_path: Path) -> None:
    """Else no run would ever be warm: each has a temporary folder of its own."""
    kernel = ask(address, wanted(tmp_path, TMPDIR="/elsewhere", WORKBENCH_READS="x", JPY_Y="z"))
    kernel.kill()
    assert kernel.wait() == -signal.SIGKILL


@pytest.mark.parametrize("name", ["pandas.py", "matplotlib", "matplotlibrc"])
def test_a_folder_that_hides_a_package_starts_cold(
    address: Path, tmp_path: Path, name: str
) -> None:
    """A notebook beside a `pandas.py` imports that one, and must go on doing so."""
    (tmp_path / name).mkdir()
    with pytest.raises(ColdError, match=f"the working folder holds {name}"):
        ask(address, wanted(tmp_path))


def test_another_interpreter_starts_cold(address: Path, tmp_path: Path) -> None:
    """A fork has the server's Python and its options, not those that were asked for."""
    for first in (["/usr/bin/python3"], [sys.executable, "-O"]):
        request = wanted(tmp_path)
        other = Wanted(
            [*first, *request.argv[1:]], request.environment, tmp_path, *[request.stdout] * 2
        )
        with pytest.raises(ColdError, match="another interpreter"):
            ask(address, other)


def test_a_process_with_other_rights_starts_cold(address: Path, tmp_path: Path) -> None:
    """A kernel inherits what its asker may do, such as which bits new files have."""
    before = os.umask(0o077)
    try:
        with pytest.raises(ColdError, match="differs in umask"):
            ask(address, wanted(tmp_path))
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import zmq; kept = zmq.Context.instance()", "an import made a context of zmq"),
        ("import warnings; warnings.warn('hunter2')", "an import warns (UserWarning)"),
        ("print('hunter2')", "an import prints"),
        ("raise RuntimeError('hunter2')", "yaml cannot be imported (RuntimeError)"),
        ("import no_such_thing", "yaml lacks no_such_thing"),
        ("import os; os.environ['MPLCONFIGDIR'] = '/x'",
         "matplotlib made a folder for one process: set MPLCONFIGDIR"),
    ],
)  # fmt: skip
def test_a_package_that_does_more_than_load_speaks_against_forks(
    tmp_path: Path, source: str, reason: str
) -> None:
    """A fork would deadlock on a context, or swallow what a cell should show."""
    (tmp_path / "yaml.py").write_text(source, encoding="utf-8")
    code = "from analysis.engine.warm.loading import load; print(*load((), ('yaml',)).against)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=common_environment() | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"{reason}\n"


def test_a_package_that_starts_a_thread_starts_cold(tmp_path: Path) -> None:
    """A fork has one thread: a lock that another held stays locked in it for ever."""
    packages, here = tmp_path / "packages", tmp_path / "here"
    packages.mkdir()
    here.mkdir()
    source = (
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    (packages / "yaml.py").write_text(source, encoding="utf-8")
    changed = {"PYTHONPATH": str(packages)}
    with (
        serving(common_environment() | changed, tmp_path) as started,
        pytest.raises(ColdError, match=r"2 threads \(python\S*, python\S*\)"),
    ):
        ask(started, wanted(here, **changed))


def test_early_requests_wait_until_the_packages_are_loaded(tmp_path: Path) -> None:
    """A build need not wait for its server before it goes on with something else."""
    with serving(common_environment(), tmp_path / "of" / ("deep" * 30)) as started:
        kernel = ask(started, wanted(tmp_path))
        assert alive(kernel.pid)
    assert not alive(kernel.pid)
    assert not any((tmp_path / "of" / ("deep" * 30)).iterdir())


def test_a_request_that_is_given_up_leaves_no_kernel(tmp_path: Path) -> None:
    """Whoever waits no longer starts cold, and two kernels would share one connection file."""
    with serving(common_environment(), tmp_path) as started:
        with pytest.raises(SilentError, match=r"did not answer within 0\.01 seconds"):
            ask(started, wanted(tmp_path), seconds=0.01)
        (tmp_path / "here").mkdir()
        kernel = ask(started, wanted(tmp_path / "here"))
        server = server_of(kernel)
        until(lambda: [child.pid for child in server.children()] == [kernel.pid])
    assert not (tmp_path / "kernel.json").exists()


def test_a_server_that_never_answers_starts_cold(tmp_path: Path) -> None:
    """A hung server must cost a run some seconds, not its result."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as deaf:
        with by_short_name(tmp_path / "kernels") as name:
            deaf.bind(name)
        deaf.listen()
        with pytest.raises(SilentError):
            ask(tmp_path / "kernels", wanted(tmp_path), seconds=0.05)


@pytest.mark.parametrize("place", ["kernels", "none/kernels"])
def test_where_no_server_is_kernels_start_cold(tmp_path: Path, place: str) -> None:
    """An address from yesterday must not fail today's run."""
    with pytest.raises(ColdError, match="no server answers"):
        ask(tmp_path / place, wanted(tmp_path))


def test_an_environment_too_long_for_a_message_starts_cold(address: Path, tmp_path: Path) -> None:
    """The system bounds a message, and a request is sent whole or not at all."""
    with pytest.raises(ColdError, match="Message too long"):
        ask(address, wanted(tmp_path, WORKBENCH_LONG="x" * 300_000))


@pytest.mark.parametrize("told", [b"no JSON", b"{}", b"[]", b'{"argv": 1}'])
def test_a_request_that_makes_no_sense_leaves_the_server_as_it_is(
    address: Path, tmp_path: Path, told: bytes
) -> None:
    """One process that stumbles must not end the kernels of all others."""
    other = ask(address, wanted(tmp_path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as clumsy:
        with by_short_name(address) as name:
            clumsy.connect(name)
        clumsy.send(told)
        answer = json.loads(clumsy.recv(1000))
    assert answer["cold"].startswith("the request cannot be met")
    assert alive(other.pid)
    other.close()


def test_whoever_hangs_up_ends_the_kernel_and_what_it_started(
    address: Path, tmp_path: Path
) -> None:
    """A worker that dies in any way leaves no kernel that computes for nobody."""
    kernel, other = ask(address, wanted(tmp_path)), ask(address, wanted(tmp_path))
    kernel.close()
    until(lambda: not psutil.pid_exists(kernel.pid))
    assert alive(other.pid)
    other.close()


def test_fifty_kernels_leave_nothing_in_the_server(address: Path, tmp_path: Path) -> None:
    """A sweep of a thousand runs must not end for want of processes or open files."""
    kernel = ask(address, wanted(tmp_path))
    server = server_of(kernel)

    def held() -> tuple[int, int, int]:
        return server.num_fds(), len(server.children()), server.num_threads()

    # Kernels of the tests before may still be ending, so this is more than the server
    # needs by a few; what each of fifty leaves behind is more than that.
    before = held()
    for turn in range(50):
        one = ask(address, wanted(tmp_path))
        if turn % 2:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()
        else:
            one.close()
    until(lambda: all(now <= then for now, then in zip(held(), before, strict=True)))
    until(lambda: len(server.children()) == 1)
    kernel.close()


def test_a_server_that_is_killed_takes_its_kernels_along(tmp_path: Path) -> None:
    """Nothing can be told by a process that is gone, and nothing may be left running."""
    with serving(common_environment(), tmp_path) as started:
        kernel = ask(started, wanted(tmp_path))
        server_of(kernel).kill()
        assert kernel.wait() == -signal.SIGKILL
        until(lambda: not alive(kernel.pid))
        with pytest.raises(ColdError, match="no server answers"):
            ask(started, wanted(tmp_path))


OWNER = """
import asyncio, json, os, sys, time
from pathlib import Path
from analysis.engine.running.rooms import common_environment
from analysis.engine.warm.manager import WarmKernelManager

async def own():
    manager = WarmKernelManager(connection_file="kernel.json", transport="ipc")
    await manager.start_kernel(env=common_environment())
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    client.execute("import subprocess; print(subprocess.Popen(['sleep', '999']).pid)")
    while (message := await client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
        pass
    kernel = manager.provisioner
    server = int(Path(f"/proc/{kernel.pid}/stat").read_text().split()[3])
    pids = [server, kernel.pid, int(message["content"]["text"])]
    fork = os.fork() if sys.argv[1:] == ["kill, with a fork"] else None
    if fork == 0:
        time.sleep(999)
    told = {"started": kernel.started, "reason": kernel.reason, "pids": pids, "fork": fork}
    print(json.dumps(told), flush=True)
    sys.stdin.read()
    if sys.argv[1:] == ["shut down"]:
        await manager.shutdown_kernel(now=True)

asyncio.run(own())
"""


@pytest.mark.parametrize("end", ["kill", "kill, with a fork", "terminate", "leave", "shut down"])
def test_a_process_that_owns_a_server_leaves_nothing_however_it_ends(
    tmp_path: Path, end: str
) -> None:
    """Named no server, a process starts one; `kill -9` of it must not leave that behind.

    Nor may a fork of the owner, which has all its pipes, keep the server alive.
    """
    environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    environment.pop("WORKBENCH_WARM_KERNELS", None)
    (tmp_path / "tmp").mkdir()
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, end],
        env=environment,
        cwd=tmp_path,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert owner.stdin is not None
    assert owner.stdout is not None
    told = json.loads(owner.stdout.readline())
    assert told["started"] == "warm", told["reason"]
    assert all(alive(pid) for pid in told["pids"])
    if end.startswith("kill"):
        owner.kill()
    elif end == "terminate":
        owner.terminate()
    owner.stdin.close()
    owner.wait()
    owner.stdout.close()
    until(lambda: not any(alive(pid) for pid in told["pids"]))
    until(lambda: not any((tmp_path / "tmp").iterdir()))
    if told["fork"]:
        os.kill(told["fork"], signal.SIGKILL)


def test_a_server_of_its_own_serves_until_its_input_ends(tmp_path: Path) -> None:
    """Anyone can start one by hand and name it to papermill; it removes its socket."""
    place = tmp_path / "kernels"
    server = subprocess.Popen(
        [sys.executable, "-m", "analysis.engine.warm.server", str(place)],
        env=common_environment(),
        cwd=tmp_path,
        stdin=subprocess.PIPE,
    )
    until(place.exists)
    kernel = ask(place, wanted(tmp_path))
    assert server.stdin is not None
    server.stdin.close()
    assert server.wait() == 0
    until(lambda: not alive(kernel.pid))
    assert not place.exists()


def test_loading_leaves_out_what_is_not_installed() -> None:
    """Somebody else's Python may have no pyarrow, and is served all the same."""
    code = (
        "from analysis.engine.warm import loading;"
        "loaded = loading.load(('json',), ('no_such_package', 'csv'));"
        "import sys; print(loaded.against, len(loading.threads()), 'csv' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[] 1 True\n"


def test_the_inline_backend_is_never_loaded_before_there_is_a_shell() -> None:
    """It hooks itself into the shell once, on import; too early, and every figure is lost."""
    code = (
        "import sys; from analysis.engine.warm import loading; loading.load();"
        "print([name for name in sys.modules if name.startswith('matplotlib_inline')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
