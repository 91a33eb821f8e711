"""workbench submit and quarantine: what they say, against texts that somebody has read."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import Places

PERSONS = (
    "Jeres sagsnummer;Fornavn;Efternavn;Fødselsdato;Køn;Statsborgerskab;"
    "Under 18 år ved første møde;Første møde"
)
GOOD = (
    "A-1;Anna;Søndergaard;01-02-1985;Kvinde;NGA;nej;03-02-2008",
    "A-2;Maria;Popescu;17-05-1980;Kvinde;Rumænien;nej;04-03-2008",
)
BAD = (
    "A-3;Zebedeea;Quxwald;31-02-1980;Kvinde;ROU;nej;04-03-2008",
    "A-4;;;;Kvnde;ROU;nej;04-03-2008",
    "A-1;Anna;Søndergaard;01-02-1985;Kvinde;NGA;nej;03-02-2008",
    "A-5;Anna;Søndergaard;01-02-1985;Kvinde;NGA;ja;03-02-2008",
)
AMERICAN = tuple(
    f"A-{n};Anna{'e' * n};Holm;1{n % 2}-{13 + n}-1980;Kvinde;NGA;nej;0{1 + n % 6}-{13 + n}-2008"
    for n in range(6)
)
SEND = ("--from", "syn_a", "--period", "2008H1", "--received", "2008-08-01", "--synthetic")


@pytest.fixture
def send(places: Places, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write a file of persons in the workbench, and submit it."""
    monkeypatch.chdir(places.home)

    def run(name: str, *lines: str, more: tuple[str, ...] = SEND) -> Any:
        content = "\r\n".join([PERSONS, *lines, ""]).encode("windows-1252")
        Path(name).write_bytes(content)
        return call("submit", name, *more)

    return run


def _both(said: Any) -> str:
    return f"exit code {said.code}\n{said.out}{said.err}"


def test_a_file_enters_is_known_again_and_corrected(
    send: Any, golden: Callable[[str, str], None]
) -> None:
    """Three things that a centre does every half-year, in the words that it reads."""
    told = [
        send("persons.csv", GOOD[0]),
        send("persons.csv", GOOD[0]),
        send("persons-v2.csv", *GOOD),
        send("persons.csv", GOOD[0]),
    ]
    assert [one.code for one in told] == [0, 0, 0, 0]
    golden("submit-entered.txt", "\n".join(_both(one) for one in told))


def test_a_held_file_names_its_rows_and_the_way_out(
    send: Any, call: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    """Questions in Danish, by column and row; the command to go on with; no cell anywhere."""
    held = send("persons.csv", *GOOD, *BAD)
    assert held.code == 2
    again = send("persons.csv", *GOOD, *BAD)
    part = call("quarantine", "persons.csv", "4", "5", "--synthetic")
    assert part.code == 2
    rest = call("quarantine", "persons.csv", "6", "--synthetic")
    assert rest.code == 0
    text = "\n".join(_both(one) for one in (held, again, part, rest))
    assert not any(word in text for word in ("Zebedeea", "Quxwald", "Kvnde", "31-02", "Traceback"))
    golden("submit-held.txt", text)


def test_days_and_months_exchanged_are_told_once(
    send: Any, golden: Callable[[str, str], None]
) -> None:
    """Setting every second row aside would keep the wrong half, so that is not offered."""
    golden("submit-exchanged.txt", _both(send("persons.csv", *AMERICAN)))


REFUSED: dict[str, tuple[str, ...]] = {
    "unknown-organisation": ("--from", "syn_aa", "--period", "2008H1", "--synthetic"),
    "not-confirmed": ("--from", "reden", "--period", "2008H1"),
    "unknown-period": ("--from", "syn_a", "--period", "2008H3", "--synthetic"),
    "other-rhythm": ("--from", "syn_a", "--period", "2008Q2", "--synthetic"),
    "outside-agreement": ("--from", "syn_a", "--period", "2001H1", "--synthetic"),
    "form-not-agreed": (*SEND, "--form", "stays"),
    "unknown-form": (*SEND, "--form", "person"),
    "real-store": (*SEND, "--store", "data/submissions"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_says_why_and_leaves_nothing(
    case: str, send: Any, places: Places, golden: Callable[[str, str], None]
) -> None:
    """Exit code 2, one message, no store made."""
    said = send("persons.csv", *GOOD, more=REFUSED[case])
    assert said.code == 2
    assert said.out == ""
    golden(f"submit-refused-{case}.txt", said.err)
    assert not places.submissions.exists()
    assert not (places.rehearsal / "store").exists()


def test_a_file_that_nobody_holds_cannot_be_quarantined(
    send: Any, call: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    """A name mistyped, or rows that the file does not have."""
    send("persons.csv", *BAD)
    said = [
        call("quarantine", "person.csv", "4", "--synthetic"),
        call("quarantine", "persons.csv", "4", "44", "45", "--synthetic"),
        call("quarantine", "persons.csv", "2", "3", "4", "5", "--synthetic"),
    ]
    assert [one.code for one in said] == [2, 2, 2]
    golden("submit-quarantine-refused.txt", "\n".join(_both(one) for one in said))


def test_machines_get_the_same_as_json(send: Any) -> None:
    """A script that sends many files reads states and questions, not sentences alone."""
    said = send("persons.csv", *GOOD, *BAD, more=(*SEND, "--json"))
    assert said.code == 2
    (one,) = json.loads(said.out)
    assert (one["state"], one["form"], one["rows"]) == ("held", "persons", 6)
    assert len(one["said"]) == len(one["questions"]) > 0
    assert "Quxwald" not in said.out


@pytest.mark.parametrize("verb", ["submit", "quarantine"])
def test_help_shows_examples(
    verb: str, call: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    """Whoever forgot the order of arguments finds it in one line."""
    golden(f"help-{verb}.txt", call(verb, "--help").out)


@pytest.mark.parametrize("name", ["to ord.csv", "a'b.csv", "$(touch x);`y`.csv", "-f.csv"])
def test_the_command_to_be_copied_is_one_command_to_any_shell(
    name: str, send: Any, places: Places
) -> None:
    """A file's name is its sender's: pasted into a shell it must not become an order."""
    store = places.rehearsal / "other store"
    said = send(f"./{name}", *BAD[:1], more=(*SEND, "--store", str(store)))
    (line,) = [one for one in said.err.splitlines() if one.startswith("  workbench")]
    words = shlex.split(line)
    assert words[:2] == ["workbench", "quarantine"]
    assert words[2] == name or words[2].startswith("S-")
    assert words[3:] == ["2", "--synthetic", "--store", str(store)]


def test_rows_that_are_alike_are_not_in_the_command_to_be_copied(send: Any) -> None:
    """Both set aside, the person would be gone: which is right, the reader has to say."""
    said = send("persons.csv", *GOOD, *BAD)
    assert "workbench quarantine persons.csv 4 5 ROW... --synthetic" in said.err
    assert "For ROW... name those of the rows that are alike (2, 6), but the right one." in said.err
