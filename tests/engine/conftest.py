"""Tiny notebooks, written where a test wants them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def write_notebook() -> Write:
    """Write a notebook of code cells; the first is tagged `parameters`."""

    def write(path: Path, *sources: str, tags: tuple[str, ...] = ("parameters",)) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        cells: list[dict[str, object]] = [
            {
                "cell_type": "code",
                "id": f"c{place}",
                "metadata": {"tags": [tags[place]]} if place < len(tags) else {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for place, source in enumerate(sources)
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path

    return write
