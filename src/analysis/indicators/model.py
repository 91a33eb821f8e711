"""What a definition of an indicator holds, and what computing it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from analysis.contracts.partner.cases import Basis
from analysis.contracts.published import Text
from analysis.errors import IndicatorError

if TYPE_CHECKING:
    from pandas import DataFrame

Rule = Literal["count", "share", "mean", "median_days"]
"""*count*: rows, different persons or a sum; *share*: a part of the same cohort; *mean*: of a
field, weighed; *median_days*: between two days, with what is still open counted as open."""

Shows = Literal["output", "outcome", "quality"]
"""*output*: what was done; *outcome*: what became of it; *quality*: how good the data is."""

Status = Literal["known", "not_submitted", "partly_submitted", "not_applicable", "too_early"]
"""*known*: all that was owed came, so 0 means none; *partly_submitted*: somebody's is missing;
*not_applicable*: nobody owed it and nothing came, or there is nothing to take a share of;
*too_early*: the period, its follow-up or the time for sending is not over."""

Where = Mapping[str, Any]
"""A condition as written in a definition: see `analysis.indicators.filters`."""


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted in which table, and the day that assigns it to a period.

    ``unique``: the reference of which each counts once (``person``, ``accused``, ``case``);
    ``sum``: fields added up; neither: rows.
    """

    table: str
    period: str
    where: Where = field(default_factory=dict)
    unique: str = ""
    sum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class First:
    """The first day on which a person has a row like this in another form."""

    form: str
    date: str
    where: Where = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Days:
    """From which day to which; ``until``: days on which watching ended without it."""

    start: str
    end: str | First
    until: tuple[str | First, ...] = ()


@dataclass(frozen=True, slots=True)
class Each:
    """One result for each code of a field: of another ``form``, or of what is counted ("")."""

    field: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of one indicator.

    ``count`` is what is counted (of a share: the part), ``whole`` what a share is taken of;
    ``mean`` and ``weight`` belong to the rule *mean*, ``days`` to *median_days*. ``needs``
    are the forms whose senders must have sent; ``follow_days`` how long each cohort is
    followed before it can be judged; ``plain`` the definition as it stands in its file.
    """

    id: str
    version: int
    valid_from: date
    name: Text
    about: Text
    goal: str
    shows: Shows
    unit: str
    rule: Rule
    count: Count
    needs: tuple[str, ...]
    whole: Count | None = None
    days: Days | None = None
    each: Each | None = None
    mean: str = ""
    weight: str = ""
    by: tuple[str, ...] = ()
    follow_days: int = 0
    supersedes: str = ""
    notes: tuple[Text, ...] = ()
    plain: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def label(self) -> str:
        """The id with its version: ``victims.identified@1``."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Groups:
    """How codes are grouped: the country itself, members of the EU and when, names of groups."""

    national: str
    eu: Mapping[str, tuple[date, date]]
    labels: Mapping[str, Mapping[str, Text]]


@dataclass(frozen=True, slots=True)
class Window:
    """A period that results are given for; both days are included. Windows may overlap."""

    label: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise IndicatorError(
                f"period {self.label}: its first day is later than its last. Swap them."
            )
        if self.last - self.first > timedelta(days=366 * 100):
            raise IndicatorError(f"period {self.label}: it is longer than 100 years. Shorten it.")


def years(first: int, last: int) -> tuple[Window, ...]:
    """Return one window for each calendar year from ``first`` to ``last``.

    Examples
    --------
    >>> [one.label for one in years(2007, 2009)]
    ['2007', '2008', '2009']
    """
    return tuple(
        Window(str(year), date(year, 1, 1), date(year, 12, 31)) for year in range(first, last + 1)
    )


CELL = ("indicator", "version", "measure", "unit", "period", "first", "last")
FIGURES = (
    "numerator", "denominator", "value", "low", "high", "limit_low", "limit_high", "n", "status",
    "flag", "missing",
)  # fmt: skip
"""``low`` and ``high``: the range over the draws of the linkage (none where nothing was drawn, no
end where a draw does not reach the median); ``limit_low`` and ``limit_high``: what chance allows
at 95 percent, of shares and medians; ``flag``: ``above_whole`` (a share over 1) or
``not_reached`` (a median later than anyone was followed); ``missing``: organisations that owed
and did not send, joined by ``;``."""

ALL = "all"
"""In a stratum column: not divided by it."""
NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Result:
    """Indicators by period and stratum: the columns of `CELL`, the strata, those of `FIGURES`.

    Aggregates, but small counts among them: ``sensitivity`` says so, and nothing of it is
    published before it has passed the disclosure policy.
    """

    frame: DataFrame
    strata: tuple[str, ...]
    definitions: tuple[Definition, ...]
    windows: tuple[Window, ...]
    basis: Basis
    as_of: date
    draws: int
    fingerprint: str
    sensitivity: Literal["aggregate"] = "aggregate"

    def of(self, id: str) -> DataFrame:
        """Return the rows of one indicator, without strata columns that are all ``all``."""
        rows = self.frame[self.frame["indicator"] == id]
        idle = [name for name in self.strata if (rows[name] == ALL).all()]
        return rows.drop(columns=idle).reset_index(drop=True)


Strata = Sequence[str | tuple[str, ...]]
