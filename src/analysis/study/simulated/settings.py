"""The worlds, as data: what truly happens in each, and what each method claims in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.methods.simulated.laws import INFLATION, Law

Claim = Literal["about", "at_least", "none"]
"""Of 95 percent limits: 93 to 97 of 100 (`BAND`), 95 or more, or no claim."""

Size = Literal["usual", "small"]

BAND = (0.93, 0.97)
LEVEL = 0.95
MOST_FALSE = 0.05
"""Largest share of repetitions in which a change may be seen that is not there."""

ENOUGH = 10.0
"""Events a year from which dispersed limits claim to cover 93 to 97 percent: with fewer they
cover more (docs/methods.md, "What simulations show")."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A world of two periods; ``break_flag`` is a break that the record holds, if any.

    ``large`` is a case of so many usual years' persons. ``blind`` marks a world in which
    the verdict rule claims nothing, as no count can show what went wrong.
    """

    id: str
    law: Law = "Poisson"
    size: Size = "usual"
    incidence: float = 1.0
    detection: float = 1.0
    growth: float = 1.0
    large: float = 0.0
    hidden: bool = False
    break_flag: Literal["", "F2"] = ""
    blind: bool = False

    @property
    def exact(self) -> Claim:
        """What the exact limits claim: events one by one, at a constant rate."""
        plain = self.law == "Poisson" and self.growth == 1 and not self.large
        return "at_least" if plain else "none"

    def dispersed(self, mean: float) -> Claim:
        """What the dispersed limits, and so the wider pair, claim where so many are counted."""
        uneven = self.law != "Poisson" and not self.hidden
        return "about" if uneven and mean >= ENOUGH else "at_least"


SETTINGS = (
    Setting("calm"),
    Setting("calm_uneven", law="varying years"),
    Setting("calm_cases", law="persons in cases"),
    Setting("large_case", large=2.0),
    Setting("calm_hidden", size="small", hidden=True),
    Setting("rise", incidence=2.0),
    Setting("rise_cases", law="persons in cases", incidence=2.0),
    Setting("rise_hidden", size="small", incidence=5.0, hidden=True),
    Setting("trend", growth=1.1),
    Setting("detector", incidence=0.75, detection=2.0, break_flag="F2"),
    Setting(
        "detector_cases",
        law="persons in cases",
        incidence=0.75,
        detection=2.0,
        break_flag="F2",
    ),
    Setting("detector_unsaid", incidence=0.75, detection=2.0, blind=True),
)
"""Worlds of two periods, in the order in which a reader meets them."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A world of one series with a date in it, for the interrupted series."""

    id: str
    ratio: float = 1.0
    growth: float = 1.0
    dispersion: float = 1.0
    correlation: float = 0.0

    def claim(self, mean: float) -> Claim:
        """What its limits claim: nothing where years depend on each other, or are few."""
        if self.correlation:
            return "none"
        if self.dispersion == 1:
            return "at_least"
        return "about" if mean >= ENOUGH else "none"


STEPS = (
    Steps("step_calm"),
    Steps("step_calm_cases", dispersion=INFLATION),
    Steps("step_trend", growth=1.1, dispersion=INFLATION),
    Steps("step_true", ratio=2.0, dispersion=INFLATION),
    Steps("step_dependent", dispersion=INFLATION, correlation=0.5),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A world of one country beside others, all of its size unless said otherwise.

    ``smaller`` divides the country's size; ``as_record`` takes the others' from the record.
    """

    id: str
    law: Law = "varying years"
    own: float = 1.0
    common: float = 1.0
    smaller: float = 1.0
    as_record: bool = False

    @property
    def claims(self) -> bool:
        """Whether the methods claim anything: countries must be alike."""
        return self.smaller == 1 and not self.as_record


OTHERS = 19
"""Other countries where the record's are not taken: the fewest that allow a p of 0.05."""

BESIDE = (
    Beside("beside_calm"),
    Beside("beside_common", common=1.5),
    Beside("beside_own", own=2.0),
    Beside("beside_smaller", law="persons in cases", smaller=10.0),
    Beside("beside_record", as_record=True),
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A world of one series under watch, counted in cases or in persons.

    ``told_apart`` charts persons with the dispersion that their cases cause; ``shift``
    multiplies the later half, ``large`` adds so many usual years' persons in one year.
    """

    id: str
    method: Literal["chart", "cusum"]
    unit: Literal["cases", "persons"]
    told_apart: bool = True
    shift: float = 1.0
    large: float = 0.0

    @property
    def claims(self) -> bool:
        """Whether the method claims few false alarms that last: cases, or persons told apart."""
        return self.told_apart and self.shift == 1

    @property
    def claims_any(self) -> bool:
        """Whether it claims few false alarms of any kind.

        Persons in cases are drawn as cases that bring persons; the chart takes them for
        negative binomial. From 17 a year on, one odd year in an unchanged series is then
        signalled in about 7 of 100 series (1,500 simulated), not in 5.
        """
        return self.claims and self.unit == "cases"


ALARMS = (
    Alarm("chart_cases", "chart", "cases"),
    Alarm("chart_persons", "chart", "persons"),
    Alarm("chart_large", "chart", "cases", large=2.0),
    Alarm("chart_naive", "chart", "persons", told_apart=False),
    Alarm("cusum_cases", "cusum", "cases"),
    Alarm("cusum_shift", "cusum", "cases", shift=2.0),
)

WATCHED = 12
"""Years under watch."""

MOST_WATCHED = 20.0
"""Persons a year at most: these are charts for small counts."""
