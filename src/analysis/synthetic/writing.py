"""Everything drawn in, the files that senders would send and the truth beside them out."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from analysis.errors import AnalysisError
from analysis.synthetic.cells import Hand
from analysis.synthetic.course import organisations
from analysis.synthetic.deliveries import Delivery, Sent, deliveries
from analysis.synthetic.drawing import Drawn
from analysis.synthetic.faults import Planted, plant
from analysis.synthetic.files import Content, as_csv, as_workbook
from analysis.synthetic.known import Rows, rows
from analysis.synthetic.means import acts_and_means
from analysis.synthetic.registering import register
from analysis.synthetic.telling import Telling
from analysis.synthetic.truth import write_truth
from analysis.synthetic.world import World

HEADER = ("file", "organisation", "form", "period", "received_on", "identities")
ENCODE = "encode"
"""In ``deliveries.csv``: names are to be encoded with the sharing key before the file is sent."""

_MARK = "synthetic.txt"
_SAID = (
    "Syntetisk: ingen af disse personer findes. Må aldrig indgå i en rigtig evaluering.\n"
    "Synthetic: none of these people exists. Never part of a real evaluation.\n"
)


@dataclass(slots=True)
class _Writing:
    """One draw being written."""

    drawn: Drawn
    telling: dict[str, Telling]
    made: dict[tuple[str, str], Rows] = field(default_factory=dict)

    def rows(self, organisation: str, form: str) -> Rows:
        """Return all rows of a sender's form, made once."""
        key = (organisation, form)
        if key not in self.made:
            self.made[key] = rows(self.telling[organisation], form)
        return self.made[key]


def write(drawn: Drawn, folder: Path) -> None:
    """Write files, ``deliveries.csv`` and ``truth/`` into a folder; the same draw, the same bytes.

    A folder that an earlier draw was written to is emptied first.

    Raises
    ------
    AnalysisError
        If the folder holds anything that no draw wrote.
    """
    _emptied(folder)
    (folder / _MARK).write_text(_SAID, encoding="utf-8")
    names = organisations(drawn.world)
    registered, means = register(drawn), acts_and_means(drawn)
    telling = {name: Telling(drawn, registered, means, at) for at, name in enumerate(names)}
    writing = _Writing(drawn, telling)
    sent = tuple(_deliver(writing, one, folder) for one in deliveries(drawn))
    _index(drawn, sent, folder / "deliveries.csv")
    write_truth(drawn, registered, writing.rows, sent, folder / "truth")


def _emptied(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise AnalysisError(
                f"{folder.name}: the folder holds files that no synthetic country wrote. "
                "Name an empty or a new one."
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _deliver(writing: _Writing, one: Delivery, folder: Path) -> Sent:
    contents, planted = _contents(writing, one)
    path = folder / one.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if one.kind != "twice":
        path.write_bytes(_bytes(writing.drawn, one, contents))
    counts = tuple((content.form, content.table.num_rows) for content in contents)
    return Sent(one, counts, tuple(planted))


def _contents(writing: _Writing, one: Delivery) -> tuple[list[Content], list[Planted]]:
    contents: list[Content] = []
    told: list[Planted] = []
    profile = writing.drawn.world.profiles[one.content_of]
    duties = {duty.form for duty in profile.duties if duty.rhythm == one.period.rhythm}
    forms = one.forms if one.content_of == one.organisation else sorted(duties)
    for form in forms:
        content, planted = _content(writing, one, form)
        contents.append(content)
        told += planted
    return contents, told


def _content(writing: _Writing, one: Delivery, form: str) -> tuple[Content, list[Planted]]:
    found = writing.rows(one.content_of, form)
    content = Content(form, found.of(found.periods.index(one.period)))
    if one.kind == "first_version":
        kept = [at for at in range(content.table.num_rows) if at % 10 != _LACKING]
        content = Content(form, content.table.take(pa.array(kept, pa.int64())))
    planted: list[Planted] = []
    world = writing.drawn.world
    for number, law in enumerate(world.laws.faults):
        here = (law.organisation, law.form, law.period) == (one.content_of, form, str(one.period))
        if here and one.kind in ("plain", "twice", "correction", "repair"):
            rng = writing.drawn.generator(f"fault {number}")
            profile = world.profiles[one.content_of]
            content, planted = plant(
                content, law.fault, law.rows, one.period, profile, world.forms, rng
            )
    return content, planted


_LACKING = 4  # of ten rows the fifth is missing in a first version


def _bytes(drawn: Drawn, one: Delivery, contents: list[Content]) -> bytes:
    dates = "mdy" if one.kind == "swapped_dates" else ""
    hand = hand_of(drawn.world, one.content_of, dates=dates)
    if one.suffix == "xlsx":
        return as_workbook(contents, hand)
    return as_csv(contents[0], hand, encoding=one.encoding)


def hand_of(world: World, organisation: str, *, dates: str = "") -> Hand:
    """Return how a sender writes; ``dates`` in another order than its own where given."""
    profile, sender = world.profiles[organisation], world.laws.senders[organisation]
    export = sender.file == "kobo"
    return Hand(
        world.forms,
        world.profiles,
        profile,
        labels=sender.words == "labels" and not export,
        # An export from Kobo has ISO days, whatever the sender's own habit.
        dates="ymd" if export else dates or profile.dialect.dates,
        decimal=profile.dialect.decimal,
        export=export,
    )


def _index(drawn: Drawn, sent: tuple[Sent, ...], path: Path) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for one in sent:
        profile = drawn.world.profiles[one.delivery.organisation]
        named = sum(count for form, count in one.rows if form == "persons")
        encode = profile.identities == "tokens" and named > 0
        identities = ENCODE if encode else profile.identities
        delivery = one.delivery
        table.writerow(
            (delivery.path, delivery.organisation, delivery.form, delivery.period,
             delivery.received_on, identities)
        )  # fmt: skip
    path.write_text(text.getvalue(), encoding="utf-8")
