"""What the command says when it is used wrongly, against texts that somebody has read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis.places import Places

CASES = {
    "unknown-command": ("biuld",),
    "unknown-subcommand": ("data", "chekc"),
    "nothing-near": ("zzz",),
    "unknown-option": ("build", "--jsn"),
    "parameter-without-value": ("build", "-p", "country"),
    "parameter-twice": ("build", "-p", "country=SWE", "-p", "country=NLD"),
    "no-jobs": ("build", "-j", "0"),
    "missing-argument": ("run",),
    "years-reversed": (
        *("new", "evaluation", "x", "-c", "NLD", "-n", "X", "--baseline-years", "2006-2003"),
    ),
    "unknown-shell": ("completion", "csh"),
    "unknown-evaluation": ("build", "denmark-2002-2008"),
    "unknown-evaluation-file": ("build", "evaluations/denmark-2002-2007.yml"),
    # These reach into the flow.
    "unknown-parameter": ("build", "-p", "contry=SWE"),
    "malformed-country": ("build", "-p", "country=Sweden"),
    "same-plan-twice": ("build", "-p", "baseline=DK-2007"),
    "unknown-plan": ("build", "-p", "baseline=DK-1999"),
    "unknown-country": ("build", "-p", "country=XXX"),
    "unknown-notebook": ("run", "prosecutoin"),
    "unknown-notebook-parameter": ("run", "prosecution", "-p", "contry=SWE"),
    "unknown-row": ("data", "show", "UNODC-DNK-persons_prosecuted-total-1907"),
    "not-built-yet": ("findings", "list"),
    "unknown-folder": ("clean", "denmark-2002-2008"),
    "evaluation-exists": ("new", "evaluation", "denmark-2002-2007", "-c", "NLD", "-n", "X"),
}


@pytest.mark.parametrize("case", CASES)
def test_misuse_is_told_as_it_was_read(
    case: str, places: Places, call: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    """Where, what, how many, what to do; and nothing is built, changed or left behind."""
    before = sorted(path for path in places.home.rglob("*") if path.is_file())
    said = call(*CASES[case])
    assert said.code == 2
    assert said.out == ""
    assert "Traceback" not in said.err
    golden(f"error-{case}.txt", said.err.replace(str(places.home), "."))
    assert sorted(path for path in places.home.rglob("*") if path.is_file()) == before
