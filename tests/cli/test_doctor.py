"""`workbench doctor`: a kernel really starts, and what only some verbs need is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import Places


def test_it_tells_how_kernels_start_and_what_is_optional(
    places: Places, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Who waits for cold kernels, or misses a verb, should learn why in one place."""
    places.cache.mkdir()
    (places.cache / "kept").write_bytes(bytes(3 << 20))
    monkeypatch.setenv("WORKBENCH_CACHE_MB", "100")
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    monkeypatch.setenv("PATH", str(nothing))
    said = call("doctor", "--json")
    told = {check["check"]: check for check in json.loads(said.out)}
    assert said.code == 0
    started = "starts warm" if sys.platform == "linux" else "starts cold"
    assert told["kernel"]["detail"].startswith(started)
    assert told["cache"]["detail"] == "3 of at most 100 MB in .workbench/"
    assert told["git"]["detail"] == "not here; workbench diff needs it"
    assert told["cluster"]["detail"].startswith("distributed 2")
