"""A seed and a number of rows in, one file of that many rows out: what benchmarks read.

Rows of a small country are repeated, each time with other people: their own numbers, and in
the form of persons other names and birth dates. So a million rows take seconds, keys stay
apart, and no two people are the same by design.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.contracts.partner.forms import Form
from analysis.contracts.partner.periods import Period
from analysis.errors import ParameterError
from analysis.synthetic import names as naming
from analysis.synthetic.course import organisations
from analysis.synthetic.drawing import Drawn, draw
from analysis.synthetic.files import Content, as_csv
from analysis.synthetic.known import rows as rows_of
from analysis.synthetic.means import acts_and_means
from analysis.synthetic.registering import register, under_18
from analysis.synthetic.telling import ArrowTable, Telling
from analysis.synthetic.world import World
from analysis.synthetic.writing import hand_of

SEED_PEOPLE = 6000
"""Victims of the small country: enough for some hundred rows of each form in a period."""

YEARS = (2006, 2010)
MOST_ROWS = 20_000_000
_OLDEST, _YOUNGEST = 60, 12


@dataclass(frozen=True, slots=True)
class Large:
    """One file, and what has to be said when it is submitted."""

    name: str
    organisation: str
    form: str
    period: Period
    received_on: date
    content: bytes


def large(
    world: World, *, seed: int, rows: int, organisation: str = "syn_a", form: str = "persons"
) -> Large:
    """Make a CSV file with so many rows of one form, valid throughout.

    Parameters
    ----------
    world : World
        As `read_world` gives it.
    seed : int
        The same seed gives the same bytes.
    rows : int
        Rows below the header.
    organisation, form : str
        A sender of CSV files, and a form with numbers of persons or accused that it owes.

    Raises
    ------
    ParameterError
        If the sender does not send the form, or its rows name nobody.
    """
    _check(world, rows, organisation, form)
    drawn = draw(world, seed=seed, people=SEED_PEOPLE, years=YEARS)
    table, period = _fullest(drawn, organisation, form)
    repeated = _repeated(table, rows, world.forms.forms[form])
    if form == "persons":
        repeated = _other_people(drawn, repeated)
    hand = hand_of(world, organisation)
    name = f"synthetic-{organisation}-{form}-{period}-large.csv"
    received = period.last + timedelta(days=world.laws.deliveries.earliest_days)
    return Large(name, organisation, form, period, received, as_csv(Content(form, repeated), hand))


def _check(world: World, rows: int, organisation: str, form: str) -> None:
    if not 1 <= rows <= MOST_ROWS:
        raise ParameterError(f"rows: {rows:,} is outside 1 to {MOST_ROWS:,}. Give another number.")
    profile = world.profiles.get(organisation)
    if profile is None or form not in profile.forms:
        raise ParameterError(
            f"{organisation}, {form}: no invented sender sends this. Take one of "
            + ", ".join(f"{name} ({' '.join(one.forms)})" for name, one in world.profiles.items())
            + "."
        )
    if not _numbered(world.forms.forms[form], profile.forms[form]):
        raise ParameterError(
            f"{form}: no number of a person stands in its key, so its rows cannot be repeated. "
            "Take another form."
        )


def _numbered(form: Form, fields: tuple[str, ...]) -> list[str]:
    """Return the numbers of the sender's own in a form; one stands in its key."""
    own = [one.name for one in form.fields if one.kind == "reference" and one.name in fields]
    return own if set(own) & set(form.key) else []


def _fullest(drawn: Drawn, organisation: str, form: str) -> tuple[ArrowTable, Period]:
    at = organisations(drawn.world).index(organisation)
    found = rows_of(Telling(drawn, register(drawn), acts_and_means(drawn), at), form)
    most = int(np.argmax(np.diff(found.starts)))
    table, period = found.of(most), found.periods[most]
    # Nothing earlier: a file that comes alone would be asked why it tells of it so late.
    first = next(one.name for one in drawn.world.forms.forms[form].fields if one.kind == "date")
    return table.filter(pc.greater_equal(table.column(first), period.first)), period


def _repeated(table: ArrowTable, count: int, form: Form) -> ArrowTable:
    """Return the rows again and again, each round with other numbers."""
    at = np.arange(count)
    found = table.take(pa.array(at % table.num_rows))
    rounds = pa.array(at // table.num_rows).cast(pa.string())
    for name in _numbered(form, tuple(table.column_names)):
        place = found.column_names.index(name)
        column = found.column(name).combine_chunks()
        found = found.set_column(place, name, pc.binary_join_element_wise(column, rounds, "."))
    return found


def _other_people(drawn: Drawn, table: ArrowTable) -> ArrowTable:
    """Give everybody a name and a birth date anew; *child* follows from the date."""
    rng, size = drawn.generator("large"), table.num_rows
    pool = rng.integers(0, naming.POOLS, size)
    met = np.asarray(table.column("first_contact_on").combine_chunks().cast(pa.int32()))
    born = met - rng.integers(_YOUNGEST * 366, _OLDEST * 365, size)
    drawn_anew = {
        "given_name": naming.names(rng, "given_female", pool, size),
        "family_name": naming.names(rng, "family", pool, size),
        "birth_date": pa.array(born.astype(np.int32), pa.int32()).cast(pa.date32()),
        "child": under_18(born, met),
    }
    for name, values in drawn_anew.items():
        if name in table.column_names:
            kind = table.schema.field(name).type
            place = table.column_names.index(name)
            table = table.set_column(place, name, pa.array(values, kind))
    return _without_numbers(table)


def _without_numbers(table: ArrowTable) -> ArrowTable:
    """Leave out civil registration numbers, which would contradict the new birth dates."""
    if "cpr" not in table.column_names:
        return table
    place = table.column_names.index("cpr")
    return table.set_column(place, "cpr", pa.nulls(table.num_rows, pa.string()))
