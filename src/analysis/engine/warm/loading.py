"""A fresh process in, one with the large packages loaded out, fit to be forked."""

from __future__ import annotations

import builtins
import gc
import importlib
import io
import os
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

# What every kernel imports when it starts.
OF_KERNELS = (
    "runpy",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
)

# What notebooks import. Never `matplotlib_inline`: loaded before there is a shell, it never
# hooks itself into one, and every figure is lost without a word.
OF_NOTEBOOKS = (
    "numpy",
    "pandas",
    "pandas.io.formats.format",
    "pandas.io.formats.html",
    "pyarrow",
    "pyarrow.pandas_compat",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    # Loaded by PIL when it first writes a picture.
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "scipy.stats",
    "yaml",
    "babel.dates",
    "babel.numbers",
)

_INLINE = "module://matplotlib_inline.backend_inline"


@dataclass(slots=True)
class Loaded:
    """What was loaded: the variables that imports set, and what speaks against forking."""

    variables: dict[str, str] = field(default_factory=dict)
    against: list[str] = field(default_factory=list)

    @property
    def packages(self) -> frozenset[str]:
        """Names of the packages that a kernel finds loaded and that are not Python's own."""
        tops = {name.partition(".")[0] for name in sys.modules}
        ours = {"__main__", __name__.partition(".")[0]}
        return frozenset(tops - sys.stdlib_module_names - ours)


def load(
    kernels: Sequence[str] = OF_KERNELS,
    notebooks: Sequence[str] = OF_NOTEBOOKS,
    *,
    before_each: Callable[[], None] = lambda: None,
) -> Loaded:
    """Import what kernels and notebooks need, as a kernel would, and settle the process.

    A package that is not installed is left out. ``before_each`` is called before each
    import and may raise to give up.
    """
    loaded = Loaded()
    with _uncollected(), _noticed(loaded), _as_in_a_kernel():
        for name in kernels:
            before_each()
            _load(name, loaded)
        # pandas asks on import whether it is in a notebook, and shows tables accordingly.
        with _pretended_shell(loaded):
            for name in notebooks:
                before_each()
                _load(name, loaded)
    _settle(loaded)
    return loaded


def threads() -> list[str]:
    """Return the names of this process's threads."""
    tasks = Path("/proc/self/task").iterdir()
    return [(task / "comm").read_text(encoding="utf-8", errors="replace").strip() for task in tasks]


def has_zmq_context() -> bool:
    """Say whether there is a context of zmq that everyone shares: it would not survive a fork."""
    zmq = sys.modules.get("zmq")
    instance = zmq.Context._instance if zmq is not None else None
    return instance is not None and not instance.closed


def _load(name: str, loaded: Loaded) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            loaded.against.append(f"{name} lacks {error.name}")
    except Exception as error:  # noqa: BLE001 - whatever it is, a notebook has to meet it itself
        loaded.against.append(f"{name} cannot be imported ({type(error).__name__})")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector away: what imports make stays, and looking through it takes a tenth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _noticed(loaded: Loaded) -> Iterator[None]:
    """Note what imports do beyond importing, where a kernel would have to do it itself."""
    shown, before = warnings.showwarning, dict(os.environ)

    def note(message: Warning | str, category: type[Warning], *told: object) -> None:
        loaded.against.append(f"an import warns ({category.__name__})")

    warnings.showwarning = note  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = shown
    after = dict(os.environ)
    loaded.variables = {name: after[name] for name in after if after[name] != before.get(name)}
    if "MPLCONFIGDIR" in loaded.variables:
        loaded.against.append("matplotlib made a folder for one process: set MPLCONFIGDIR")


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Set the variables that a kernel has when it imports, and take them away again."""
    wanted = {
        # The kernels' parent will be this process; ipykernel reads it on import.
        "JPY_PARENT_PID": str(os.getpid()),
        # ipykernel sets it where it is empty, before a notebook can import matplotlib.
        "MPLBACKEND": os.environ.get("MPLBACKEND") or _INLINE,
        # Else a memory pool that arrow does not use by default starts a thread on import.
        "JE_ARROW_MALLOC_CONF": os.environ.get("JE_ARROW_MALLOC_CONF", "background_thread:false"),
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Output(io.StringIO):
    """Output with the encoding that it has in a kernel."""

    encoding = "UTF-8"


@contextmanager
def _pretended_shell(loaded: Loaded) -> Iterator[None]:
    """Let packages find on import what they would in a cell: `get_ipython` and its output."""
    shell, output, before = types.SimpleNamespace(kernel=None), _Output(), (sys.stdout, sys.stderr)
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    sys.stdout = sys.stderr = output
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        del builtins.get_ipython  # type: ignore[attr-defined]
    if output.getvalue():
        loaded.against.append("an import prints")


def _settle(loaded: Loaded) -> None:
    """Let threads end that end at a fork, and keep the collector off what is shared."""
    # OpenBLAS ends its threads before a fork and starts them again when they are wanted.
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    gc.collect()
    context = getattr(sys.modules.get("zmq"), "Context", None)
    if context is not None:
        with suppress(ReferenceError):
            if any(isinstance(thing, context) for thing in gc.get_objects()):
                loaded.against.append("an import made a context of zmq")
    gc.freeze()
