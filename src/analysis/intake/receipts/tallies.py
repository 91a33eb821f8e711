"""Rows of all senders in, by measure and sender how many persons stand behind it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import Period
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.store import ArrowTable
from analysis.intake.receipts.spans import within

if TYPE_CHECKING:
    from pandas import DataFrame

Rule = Literal["count", "share", "days", "filled"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure that is given back.

    ``part``: the field and the values that put a person in the part (of a share), or that
    pick who is counted; ``first``, ``last``: the days between which *days* counts.
    """

    id: str
    form: str
    rule: Rule
    part: tuple[str, tuple[object, ...]] | None = None
    first: str = ""
    last: str = ""


PER_PERSON: tuple[Measure, ...] = (
    Measure("persons", "persons", "count"),
    Measure("children", "persons", "share", ("child", (True,))),
    Measure("identified", "assessments", "count", ("status", ("identified",))),
    Measure("offered", "services", "count"),
    Measure("accepted", "services", "share", ("accepted", (True,))),
    Measure("start_days", "services", "days", first="offered_on", last="started_on"),
    Measure("referred", "referrals", "count"),
    Measure("answered", "referrals", "share", ("answer", ("accepted", "declined"))),
    Measure("answer_days", "referrals", "days", first="referred_on", last="answered_on"),
    Measure("housed", "stays", "count"),
)
"""Figures on persons, each person once a sender. A share is of persons with such a row."""

_FILLED = ("persons", "assessments", "services", "referrals", "stays", "rights", "returns")
FILLED: tuple[Measure, ...] = tuple(Measure(f"filled_{one}", one, "filled") for one in _FILLED)
"""Share of cells that are filled, by form."""

MEASURES = PER_PERSON + FILLED


@dataclass(frozen=True, slots=True)
class Tally:
    """What one sender has of one measure.

    ``whole``: persons behind it; ``part``: those of them in the part; ``days``: one number a
    row that has both days; ``cells`` and ``filled``: cells asked for, and those with content.
    """

    whole: int
    part: int = 0
    days: tuple[int, ...] = ()
    cells: int = 0
    filled: int = 0


def tallies(
    rows: Mapping[str, ArrowTable],
    profiles: Mapping[str, Profile],
    forms: Forms,
    period: Period,
) -> dict[str, dict[str, Tally]]:
    """Tally every measure for every sender, over submissions that lie whole in the period.

    Parameters
    ----------
    rows : Mapping
        Accepted rows by form, in the columns of the store.

    Returns
    -------
    dict
        By measure, then by organisation; a sender without such rows is absent.
    """
    found: dict[str, dict[str, Tally]] = {}
    for form in dict.fromkeys(one.form for one in MEASURES):
        frame = _frame(rows.get(form), period)
        if frame is None:
            continue
        for organisation, own in frame.groupby("organisation", sort=True):
            profile = profiles.get(str(organisation))
            if profile is None or form not in profile.forms:
                continue
            for measure, tally in _of_sender(own, form, profile, forms):
                found.setdefault(measure.id, {})[str(organisation)] = tally
    return found


def _frame(table: ArrowTable | None, period: Period) -> DataFrame | None:
    if table is None or table.num_rows == 0:
        return None
    frame: DataFrame = table.to_pandas()
    inside = {one: within(one, period) for one in frame["period"].unique()}
    kept = frame[frame["period"].map(inside)]
    return kept if len(kept) else None


def _of_sender(
    own: DataFrame, form: str, profile: Profile, forms: Forms
) -> Iterator[tuple[Measure, Tally]]:
    for measure in MEASURES:
        if measure.form != form:
            continue
        if measure.rule == "filled":
            yield measure, _filled(own, form, profile, forms)
        elif measure.rule == "days":
            tally = _days(own, measure)
            if tally.whole:
                yield measure, tally
        else:
            tally = _persons(own, measure)
            if tally.whole:
                yield measure, tally


def _persons(own: DataFrame, measure: Measure) -> Tally:
    """Count persons; of a share those whose answer is known, and of them those in the part."""
    if measure.part is None:
        return Tally(int(own["person"].nunique()))
    field, values = measure.part
    if field not in own:
        return Tally(0)
    known = own[own[field].notna()]
    part = int(known.loc[known[field].isin(values), "person"].nunique())
    return Tally(int(known["person"].nunique()), part) if measure.rule == "share" else Tally(part)


def _days(own: DataFrame, measure: Measure) -> Tally:
    """Count days between two days over rows that have both: those still open are not in it."""
    import pandas as pd

    if not {measure.first, measure.last} <= set(own):
        return Tally(0)
    both = own.dropna(subset=[measure.first, measure.last])
    first, last = (
        pd.to_datetime(both[name]).to_numpy("datetime64[D]")
        for name in (measure.first, measure.last)
    )
    waited = (last - first).astype("int64")
    return Tally(int(both["person"].nunique()), days=tuple(waited.tolist()))


def _filled(own: DataFrame, form: str, profile: Profile, forms: Forms) -> Tally:
    kinds = {one.name: one for one in forms.forms[form].fields}
    columns = [
        f"{name}_exact" if kinds[name].kind == "identity" else name for name in profile.forms[form]
    ]
    filled = sum(int(own[column].notna().sum()) for column in columns if column in own)
    return Tally(int(own["person"].nunique()), cells=len(own) * len(columns), filled=filled)
