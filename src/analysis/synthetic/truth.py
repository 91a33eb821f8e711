"""Everything true in, the tables beside the files out, against which results are held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from analysis.synthetic import expectations, summaries
from analysis.synthetic.chance import NEVER, Whole
from analysis.synthetic.course import HOW, organisations
from analysis.synthetic.deliveries import Sent
from analysis.synthetic.drawing import Drawn
from analysis.synthetic.known import Rows
from analysis.synthetic.laws import ERAS, GROUPS
from analysis.synthetic.leaving import FATES
from analysis.synthetic.of_cases import ACCUSED
from analysis.synthetic.of_persons import CASE
from analysis.synthetic.people import PLACES, PURPOSES
from analysis.synthetic.referring import ANSWERS, SERVICES
from analysis.synthetic.registering import NOISE, SEXES, Registered
from analysis.synthetic.supporting import OUTCOMES

BASIS = "synthetic"


EVENTS = (
    "assessments", "referrals", "services", "stays", "rights", "returns", "cases", "charges",
    "contacts", "places", "trainings",
)  # fmt: skip
"""Tables of what happened, each called as the form that tells of it."""


def write_truth(
    drawn: Drawn,
    registered: Registered,
    rows: Callable[[str, str], Rows],
    sent: Sequence[Sent],
    folder: Path,
) -> None:
    """Write every table of the truth as CSV, each line marked as synthetic."""
    folder.mkdir(parents=True, exist_ok=True)
    arrived = summaries.arrived(drawn, rows, [one.delivery for one in sent])
    tables: dict[str, pd.DataFrame] = {
        "about": _about(drawn),
        "persons": _persons(drawn, registered),
        "episodes": _episodes(drawn),
        "records": _records(drawn, registered, arrived),
        "detections": _detections(drawn),
        **_events(drawn, arrived),
        "coverage": summaries.coverage(drawn, arrived),
        "times": summaries.times(drawn),
        "fates": summaries.fates(drawn),
        "network": summaries.network(drawn),
        "population": summaries.population(drawn),
        "faults": _faults(sent),
        "deliveries": _deliveries(sent),
        "expected": expectations.expected_matrix(drawn, sent),
    }
    for name, table in tables.items():
        table.insert(0, "basis", BASIS)
        pa.csv.write_csv(_arrow(table), folder / f"{name}.csv")


def _arrow(table: pd.DataFrame) -> Any:
    """Return a table with days as dates and codes as words."""
    columns = {}
    for name in table.columns:
        values = table[name].to_numpy()
        if name.endswith(("_on", "month")) and np.issubdtype(values.dtype, np.integer):
            days = pa.array(values.astype(np.int32), pa.int32(), mask=values >= NEVER)
            columns[name] = days.cast(pa.date32())
        else:
            columns[name] = pa.array(table[name], from_pandas=True)
    return pa.table(columns)


def named(positions: Whole, names: Sequence[str]) -> Whole:
    """Return names by position; nothing where it is -1."""
    known = np.array([*names, None], object)
    return np.asarray(known[np.asarray(positions)])


def _about(drawn: Drawn) -> pd.DataFrame:
    facts = {
        "seed": drawn.seed,
        "people": drawn.count,
        "first_year": drawn.years[0],
        "last_year": drawn.years[1],
        "centre_opens": drawn.world.laws.centre_opens.isoformat(),
    }
    return pd.DataFrame({"name": list(facts), "value": [str(one) for one in facts.values()]})


def _persons(drawn: Drawn, registered: Registered) -> pd.DataFrame:
    people, identity = drawn.tables["people"], registered.identity
    countries = list(drawn.world.laws.people.citizenships)
    return pd.DataFrame(
        {
            "true_id": np.arange(len(people)),
            "victim": people["victim"],
            "given_name": identity["given"],
            "family_name": identity["family"],
            "cpr": identity["cpr"],
            "born_on": people["born"],
            "sex": named(np.where(people["female"], 0, 1), SEXES),
            "citizenship": named(people["citizenship"].to_numpy(), countries),
            "group": named(people["group"].to_numpy(), GROUPS),
            "entered_on": people["entered"],
            "place": named(people["place"].to_numpy(), PLACES),
            "purpose": named(people["purpose"].to_numpy(), PURPOSES),
            "second_purpose": named(people["second"].to_numpy(), PURPOSES),
            "hardness": people["hardness"].round(4),
            "complex": people["complex"],
        }
    )


def _episodes(drawn: Drawn) -> pd.DataFrame:
    own, names = drawn.tables["episodes"], organisations(drawn.world)
    return pd.DataFrame(
        {
            "episode": np.arange(len(own)),
            "true_id": own["person"],
            "number": own["number"],
            "entered_on": own["entered"],
            "exploited_until_on": own["left"],
            "found_on": own["found_on"],
            "presumed_on": own["presumed_on"],
            "presumed_by": named(own["presumed_by"].to_numpy(), names),
            "identified_on": own["identified_on"],
            "identified_by": named(own["identified_by"].to_numpy(), names),
            "not_victim_on": own["not_victim_on"],
            "not_victim_by": named(own["not_victim_by"].to_numpy(), names),
            "group": named(own["group"].to_numpy(), GROUPS),
            "era": named(np.where(own["anchor"] < NEVER, own["era"], -1), ERAS),
            "touched": own["touched"],
            "fate": named(own["fate"].to_numpy(), FATES),
            "left_on": own["left_on"],
            "trafficked_again_on": own["again_on"],
            "case": _numbered(own["case"], CASE),
        }
    )


def _numbered(values: Iterable[int], form: str) -> list[str | None]:
    return [form.format(one) if one >= 0 else None for one in values]


def _records(drawn: Drawn, registered: Registered, arrived: summaries.Arrived) -> pd.DataFrame:
    entries, names = registered.entries, organisations(drawn.world)
    flags = entries[list(NOISE)].to_numpy()
    bits = flags @ (1 << np.arange(len(NOISE)))
    known = {
        bit: ";".join(n for at, n in enumerate(NOISE) if bit >> at & 1) for bit in np.unique(bits)
    }
    return pd.DataFrame(
        {
            "organisation": named(entries["organisation"].to_numpy(), names),
            "person": entries["number"],
            "true_id": entries["person"],
            "first_contact_on": entries["met_on"],
            "sent": arrived.flags("persons", len(entries)),
            "noise": pd.Series(bits).map(known),
        }
    )


def _detections(drawn: Drawn) -> pd.DataFrame:
    own, names = drawn.tables["records"], organisations(drawn.world)
    person = drawn.tables["episodes"]["person"].to_numpy()
    return pd.DataFrame(
        {
            "true_id": person[own["episode"].to_numpy()],
            "episode": own["episode"],
            "organisation": named(own["organisation"].to_numpy(), names),
            "met_on": own["met_on"],
            "how": named(own["how"].to_numpy(), HOW),
        }
    )


def _events(drawn: Drawn, arrived: summaries.Arrived) -> dict[str, pd.DataFrame]:
    """Return what happened, with codes as words and whether any file tells of it."""
    found = {}
    person = drawn.tables["episodes"]["person"].to_numpy()
    for name in EVENTS:
        table = _with_words(drawn.tables[name].copy(), name, organisations(drawn.world))
        if "episode" in table:
            table.insert(0, "true_id", person[table["episode"].to_numpy()])
        table["sent"] = arrived.flags(name, len(table))
        found[name] = table
    return found


def _with_words(table: pd.DataFrame, name: str, names: Sequence[str]) -> pd.DataFrame:
    """Put words for positions, in the columns of one table of events."""
    words = dict.fromkeys(("organisation", "to", "decided_by"), names)
    words |= {"service": SERVICES, "answer": ANSWERS}
    if name in ("services", "stays"):
        words["outcome"] = OUTCOMES
    if name == "stays":
        table["service_row"] = table.pop("service")
    if name == "cases":
        table.insert(0, "case", _numbered(table.index, CASE))
    if name == "charges":
        table["case"] = _numbered(table["case"], CASE)
        table["accused"] = _numbered(table["accused"], ACCUSED)
    for column in table.columns:
        if column in words:
            table[column] = named(table[column].to_numpy(), words[column])
        elif column in ("persons", "days"):
            table[column] = table[column].astype("Int64").mask(table[column] < 0)
    return table


def _faults(sent: Sequence[Sent]) -> pd.DataFrame:
    rows = [
        (one.delivery.path, one.delivery.organisation, bad.form, str(one.delivery.period), bad.row,
         bad.field, bad.fault, bad.holds, bad.double_of)
        for one in sent
        if one.delivery.kind != "twice"
        for bad in one.planted
    ]  # fmt: skip
    columns = [
        "file",
        "organisation",
        "form",
        "period",
        "row",
        "field",
        "fault",
        "holds",
        "double_of",
    ]
    found = pd.DataFrame(rows, columns=columns)
    return found.astype({"double_of": "Int64"})


def _deliveries(sent: Sequence[Sent]) -> pd.DataFrame:
    rows = [
        (one.delivery.path, one.delivery.organisation, form, str(one.delivery.period),
         one.delivery.received_on, one.delivery.kind, one.delivery.version, count)
        for one in sent
        for form, count in one.rows
    ]  # fmt: skip
    columns = ["file", "organisation", "form", "period", "received_on", "kind", "version", "rows"]
    return pd.DataFrame(rows, columns=columns)
