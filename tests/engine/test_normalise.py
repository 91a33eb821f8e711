"""normalise: what differs from run to run goes, what was computed stays."""

from typing import Any

import pytest

from analysis.engine.running.normalise import neutral, normalise

FOLDERS = {"/home/ann": "~", "/home/ann/bench": "[workbench]"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<Axes at 0x7f3a5c0b1d90>", "<Axes at 0x...>"),
        ("/home/ann/bench/data/a.csv", "[workbench]/data/a.csv"),
        ("/home/ann/other", "~/other"),
        ("/home/anna and /srv/home/ann", "/home/anna and /srv/home/ann"),
        ("/scratch/ipykernel_4711/123456.py:3: UserWarning", "[cell]:3: UserWarning"),
        ("run on node-17", "run on [host]"),
        ("0xff and 47 of 53 at 0x1", "0xff and 47 of 53 at 0x1"),
    ],
)
def test_only_what_belongs_to_the_machine_is_replaced(text: str, told: str) -> None:
    """Two machines must give the same report, and no figure may change on the way."""
    assert neutral(text, FOLDERS, "node-17") == told


@pytest.mark.parametrize("host", ["denmark", "47", ""])
def test_a_host_name_that_could_be_a_word_or_number_is_left_alone(host: str) -> None:
    """A machine called `denmark` must not take the country out of the report."""
    assert neutral("denmark identified 47", {}, host) == "denmark identified 47"


def _printed(*pieces: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": name, "text": text} for name, text in pieces]


def _cleaned(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {"papermill": {"duration": 1.5}},
        "outputs": outputs,
    }
    notebook = {"metadata": {"papermill": {"start_time": "now"}}, "cells": [cell]}
    normalise(notebook, {}, host="")
    assert notebook["metadata"] == {}
    assert cell["metadata"] == {}
    cleaned: list[dict[str, Any]] = cell["outputs"]
    return cleaned


def test_pieces_of_print_are_joined_between_shown_outputs_only() -> None:
    """A kernel flushes by the clock; what stands before a picture must stay before it."""
    shown = {"output_type": "display_data", "data": {}, "metadata": {}}
    split: list[dict[str, Any]] = [
        *_printed(("stdout", "a"), ("stderr", "w"), ("stdout", "b")),
        shown,
        *_printed(("stdout", "c")),
    ]
    whole = [*_printed(("stdout", "ab"), ("stderr", "w")), shown, *_printed(("stdout", "c"))]
    assert _cleaned(split) == whole == _cleaned(whole)


def test_outputs_of_our_own_types_are_not_touched() -> None:
    """Findings are read by programs: their values are not text to be cleaned."""
    payload = {"note": "at 0x7f3a5c0b1d90"}
    data = {"application/vnd.workbench.finding+json": payload, "text/plain": ["<F at 0xabcdef1>"]}
    (output,) = _cleaned([{"output_type": "display_data", "data": data, "metadata": {}}])
    assert output["data"]["application/vnd.workbench.finding+json"] == payload
    assert output["data"]["text/plain"] == "<F at 0x...>"


def test_what_is_printed_without_a_blank_takes_no_time_to_speak_of() -> None:
    """A megabyte of one word once took hours; a notebook that prints it must still end."""
    word = "x" * 1_000_000
    assert neutral(f"{word}/ipykernel_1/2.py:3 {word}", FOLDERS, "node-17") == f"[cell]:3 {word}"
