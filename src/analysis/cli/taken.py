"""Submissions as they stand in, what is said of them out: shared by submit and quarantine."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from analysis.cli import printing
from analysis.errors import SubmissionError

if TYPE_CHECKING:
    from analysis.contracts.partner.forms import Forms
    from analysis.contracts.partner.profiles import Profile
    from analysis.contracts.partner.store import Submission
    from analysis.flow.submitting import Taken
    from analysis.places import Places

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_ALIKE = "duplicate_key"
_OF_THE_WHOLE = ("swapped_dates", "half_swapped")
"""Rules that name rows although more than those are in doubt."""

_MOST_ROWS = 40  # of a command that is to be copied


def store_options(decorated: Decorated) -> Decorated:
    """Add ``--store``, ``--keys`` and ``--synthetic``."""
    folder = click.Path(path_type=Path, file_okay=False)
    for option in (
        click.option(
            "--synthetic",
            is_flag=True,
            help="The sender is invented; use store and keys of the rehearsal.",
        ),
        click.option(
            "--keys", "keys_folder", type=folder, metavar="DIR", help="Folder of the keys."
        ),
        click.option(
            "--store", "store_folder", type=folder, metavar="DIR", help="Folder of the store."
        ),
    ):
        decorated = option(decorated)
    return decorated


def senders(places: Places, synthetic: bool) -> tuple[Forms, dict[str, Profile]]:
    """Read the forms, and the profiles of real or of invented senders."""
    from analysis.contracts.partner.reading import read_forms, read_profiles

    forms = read_forms(places.forms, places.partner_codelists)
    folder = places.synthetic / "profiles" if synthetic else places.profiles
    return forms, read_profiles(folder, forms)


def folders(store_folder: Path | None, keys_folder: Path | None) -> str:
    """Return the options that name folders, as a shell would be given them again."""
    given = (("--store", store_folder), ("--keys", keys_folder))
    return "".join(f" {name} {shlex.quote(str(path))}" for name, path in given if path)


def show(
    taken: Sequence[Taken],
    forms: Forms,
    profiles: Mapping[str, Profile],
    as_json: bool,
    again: str = "",
) -> None:
    """Write what became of each submission, and what is asked of its sender.

    ``again``: options that a command to be copied must repeat (see `folders`).

    Raises
    ------
    SubmissionError
        If one is held, so that the exit code says so.
    """
    from analysis.intake.questions import all_said, said

    if as_json:
        printing.as_json(
            [
                {
                    **_plain(one.submission),
                    "repeated": one.repeated,
                    "said": [
                        said(
                            each, one.submission.file, forms, profiles[one.submission.organisation]
                        )
                        for each in one.submission.questions
                    ],
                }
                for one in taken
            ]
        )
    else:
        for one in taken:
            click.echo(_line(one, forms))
            for line in all_said(one.submission, forms, profiles[one.submission.organisation]):
                click.echo(f"  {line}")
    held = [one.submission for one in taken if one.submission.state == "held"]
    if held:
        raise SubmissionError(_held(held, again))


def _plain(one: Submission) -> dict[str, Any]:
    return {
        **asdict(one),
        "received_on": one.received_on.isoformat(),
        "delete_after": one.delete_after.isoformat(),
    }


def _line(one: Taken, forms: Forms) -> str:
    found = one.submission
    where = f"{found.file}: {forms.forms[found.form].label.en}, {found.period}"
    aside = f"; {len(found.set_aside)} set aside" if found.set_aside else ""
    if one.repeated and found.state != "held":
        states = {
            "accepted": "it counts",
            "superseded": "a later version took its place",
            "deleted": "its rows were deleted when their time was over",
        }
        return (
            f"{where}: received before as version {found.version}; {states[found.state]}. "
            f"Nothing was changed ({found.id})."
        )
    if found.state == "held":
        again = ", as before" if one.repeated else ""
        left = _count(found.rows, "row")
        return f"{where}: held{again}. Nothing of its {left} counts{aside} ({found.id})."
    instead = f", in place of {found.supersedes}" if found.supersedes else ""
    rows = _count(found.rows, "row")
    return f"{where}: entered as version {found.version}{instead}, {rows}{aside} ({found.id})."


def _held(held: Sequence[Submission], again: str) -> str:
    files = sorted({one.file for one in held})
    holding = [each for one in held for each in one.questions if each.holds]
    start = (
        f"{', '.join(files)}: held, with {_count(len(holding), 'question')} to be answered. "
        "Correct the file and submit it again"
    )
    if any(not each.rows or each.rule in _OF_THE_WHOLE for each in holding):
        return f"{start}; they are about the file as a whole, so no rows can be set aside."
    commands = [each for one in held if (each := _command(one, held, again))]
    return "\n".join([f"{start}, or set the rows aside:", *commands])


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _command(one: Submission, held: Sequence[Submission], again: str) -> str:
    """Return the line that sets rows aside, safe to copy.

    Of rows that are alike one is right, and only a person can say which: they are not in it.
    """
    holding = [each for each in one.questions if each.holds]
    alike = {row for each in holding if each.rule == _ALIKE for row in each.rows}
    rows = sorted({row for each in holding for row in each.rows} - alike)
    shown = [str(row) for row in rows[:_MOST_ROWS]]
    more = f" ... ({len(rows)} rows)" if len(rows) > _MOST_ROWS else ""
    several = f" --form {one.form}" if sum(each.file == one.file for each in held) > 1 else ""
    name = one.id if one.file.startswith("-") else shlex.quote(one.file)
    synthetic = " --synthetic" if one.synthetic else ""
    if not rows and not alike:
        return ""
    words = " ".join(["  workbench quarantine", name, *shown, *(["ROW..."] if alike else [])])
    return f"{words}{more}{several}{synthetic}{again}" + _of_alike(alike)


def _of_alike(alike: set[int]) -> str:
    if not alike:
        return ""
    shown = ", ".join(str(row) for row in sorted(alike)[:_MOST_ROWS])
    more = f" and {len(alike) - _MOST_ROWS} more" if len(alike) > _MOST_ROWS else ""
    return (
        f"\n  For ROW... name those of the rows that are alike ({shown}{more}), but the right one."
    )
