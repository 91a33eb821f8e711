"""`workbench estimate population`: what people and machines get, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

# Farrell et al. (2019), a site in the western United States: cases by combination of lists.
WESTERN = """A,B,C,D,E,count
1,0,0,0,0,52
0,1,0,0,0,90
0,0,1,0,0,114
0,0,0,1,0,45
0,0,0,0,1,21
1,0,1,0,0,4
1,0,0,1,0,2
1,0,0,0,1,5
0,1,1,0,0,6
0,1,0,1,0,1
0,0,0,1,1,3
1,0,1,0,1,1
0,1,1,1,0,1
"""
APART = "A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n"


@pytest.fixture
def western(tmp_path: Path) -> str:
    """Write the table of the western site."""
    return _written(tmp_path, WESTERN)


def _written(folder: Path, text: str) -> str:
    path = folder / "lists.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_machines_get_the_published_estimate(western: str, call: Call) -> None:
    """A script reads these seven names; the total is Chan, Silverman and Vincent's (2021)."""
    said = call("estimate", "population", western, "--bootstrap", "200", "--json")
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    assert found["estimate"] == pytest.approx(2483.38392023013, rel=1e-6)
    assert found["low"] < found["estimate"] < found["high"]
    assert (found["model"], found["existence"], found["n"]) == ([["A", "E"]], 0, 345)
    assert found["hidden"] == pytest.approx(found["estimate"] - 345)


def test_the_same_seed_gives_the_same_limits(western: str, call: Call) -> None:
    """A figure in a letter must be found again by whoever asks how it came about."""
    arguments = ("estimate", "population", western, "--bootstrap", "100", "--json", "--seed")
    first, again, other = (call(*arguments, seed).out for seed in ("7", "7", "8"))
    assert first == again != other


def test_people_read_that_methods_disagree(tmp_path: Path, call: Call) -> None:
    """One number on its own looks as if nobody could have got another one."""
    table = "b,c,d,count\n0,0,1,41\n0,1,0,5\n1,0,0,5\n1,1,0,54\n1,0,1,6\n1,1,1,12\n"
    said = call("estimate", "population", _written(tmp_path, table), "--bootstrap", "50")
    assert said.code == 0
    assert "estimate     269" in said.out
    assert "others  main 142, bic 157, decomposable" in said.out
    assert "disagree by more than a factor of 1.5: from 142 to 269" in said.out
    assert "Report this range, and not one number." in said.out


def test_all_methods_stand_in_one_table(western: str, call: Call) -> None:
    """Who compares methods should not have to run the command six times."""
    said = call("estimate", "population", western, "--bootstrap", "50", "--method", "all")
    assert said.code == 0
    first = [line.split()[0] for line in said.out.splitlines()]
    assert first[:5] == ["method", "stepwise", "bic", "main", "average"]
    assert said.out.splitlines()[-1].startswith("The methods ")


def test_what_cannot_be_estimated_is_refused(tmp_path: Path, call: Call) -> None:
    """Software in use gives a million millions here, and no error."""
    said = call("estimate", "population", _written(tmp_path, APART), "--json")
    assert said.code == 2
    found = json.loads(said.out)
    assert (found["estimate"], found["low"], found["high"], found["n"]) == (None, None, None, 90)
    assert found["existence"] in (1, 3)
    assert found["refused"] == said.err.strip()
    assert "on two lists" in said.err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("A,B,C,count\n1,0,2,40\n0,1,0,30\n", "1 of 2 rows have a membership that is neither 0"),
        ("A,B,C,count\n1,0,0,-4\n0,1,1,30\n", "1 of 2 values of count are negative"),
        ("A,B,C,count\n1,0,0,4.5\n0,1,1,30\n", "1 of 2 values of count are negative or not whole"),
        ("A,B,C,count\n1,0,0,4\n0,1,,30\n", "missing"),
        ("A,B,C,count\n1,0,0,4\n1,0,0,4\n0,1,1,3\n", "1 of 3 rows repeat a combination"),
        ("A,B,C,count\n1,0,0,4\n0,1,0,3\n", "1 of 3 lists have no case"),
        ("A,B,C,count\n", "no rows"),
        ("A,count\n1,4\n", "1 lists where at least 2"),
        ("A,B,count\n1,0,4\n0,1,3\n1,1,2\n", "2 lists where a model needs at least 3"),
        ("A,B,C,count\n0,0,0,4\n1,1,0,3\n0,0,1,2\n", "1 of 3 rows are on no list"),
        ("", "cannot be read"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path: Path, call: Call, text: str, named: str) -> None:
    """Where, what, how many, what to do; and never a traceback."""
    said = call("estimate", "population", _written(tmp_path, text))
    assert (said.code, said.out) == (2, "")
    assert named in said.err
    assert said.err.count("\n") == 1


def test_rows_that_repeat_can_be_added_up(tmp_path: Path, call: Call, western: str) -> None:
    """A count that a partner splits by sex stands in two rows of one combination."""
    whole = json.loads(call("estimate", "population", western, "--json", "--bootstrap", "0").out)
    split = WESTERN.replace("1,0,0,0,0,52\n", "1,0,0,0,0,50\n1,0,0,0,0,2\n")
    file = _written(tmp_path, split)
    said = call("estimate", "population", file, "--json", "--bootstrap", "0", "--add-up")
    assert json.loads(said.out) == whole


def test_a_file_that_is_not_there_is_named_so(tmp_path: Path, call: Call) -> None:
    """The usual mistake is a mistyped name."""
    said = call("estimate", "population", str(tmp_path / "no.csv"))
    assert (said.code, said.out) == (2, "")
    assert "there is no such file" in said.err
