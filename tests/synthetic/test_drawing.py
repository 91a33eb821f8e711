"""draw: what is drawn follows the laws, in an order that can be true."""

from __future__ import annotations

import csv
import math
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ParameterError
from analysis.places import Places
from analysis.synthetic import Drawn, World, draw
from analysis.synthetic.chance import NEVER, day
from analysis.synthetic.course import organisations
from analysis.synthetic.leaving import FATES
from analysis.synthetic.referring import ANSWERS, SERVICES
from analysis.synthetic.staying import places as houses

FAR = 4.5
"""Standard errors; among the 160 shares below, chance passes it once in about 900 seeds."""

Flags = npt.NDArray[np.bool_]


def _in_order(table: pd.DataFrame, *columns: str) -> bool:
    """Whether days follow each other; NEVER lies behind all."""
    days = [table[name].to_numpy().astype(np.int64) for name in columns]
    return all(bool((a <= b).all()) for a, b in pairwise(days))


def _check_possible(drawn: Drawn) -> None:
    tables = drawn.tables
    episodes, services, people = tables["episodes"], tables["services"], tables["people"]
    at = tables["records"]["episode"].to_numpy()
    found = tables["records"][tables["records"]["how"] == 1]
    until = episodes["left"].to_numpy()[found["episode"]]
    assert (tables["records"]["met_on"].to_numpy() >= episodes["entered"].to_numpy()[at]).all()
    assert (found["met_on"].to_numpy() <= until).all()
    assert (people["born"] < people["entered"]).all()
    assert _in_order(episodes, "entered", "found_on", "presumed_on", "identified_on", "again_on")
    gone = episodes[episodes["left_on"] < NEVER]
    assert _in_order(gone, "identified_on", "left_on", "again_on")
    for table, columns in {
        "services": ("offered_on", "started_on", "ended_on"),
        "stays": ("arrived_on", "left_on"),
        "referrals": ("referred_on", "answered_on"),
        "rights": ("decided_on", "ended_on"),
        "returns": ("returned_on", "followed_up_on"),
        "charges": ("charged_on", "decided_on"),
        "cases": ("opened_on", "closed_on"),
    }.items():
        assert _in_order(tables[table], *columns), table
    left = episodes["left_on"].to_numpy()[services["episode"]]
    begun = services["started_on"].to_numpy() < NEVER
    assert (services["ended_on"].to_numpy()[begun] <= left[begun]).all()
    assert not (begun & ~services["accepted"].to_numpy()).any()
    _check_known(drawn)


def _check_known(drawn: Drawn) -> None:
    """No organisation tells of somebody whom it has not met."""
    records, tables = drawn.tables["records"], drawn.tables
    met = records.set_index(["episode", "organisation"])["met_on"]
    for name, column in (
        ("assessments", "decided_on"),
        ("referrals", "referred_on"),
        ("services", "offered_on"),
        ("rights", "decided_on"),
        ("returns", "returned_on"),
    ):
        table = tables[name]
        since = met.reindex(pd.MultiIndex.from_frame(table[["episode", "organisation"]]))
        assert since.notna().all(), name
        assert (since.to_numpy() <= table[column].to_numpy()).all(), name


def test_everything_happens_in_an_order_that_can_be_true(drawn: Drawn) -> None:
    """A truth that contradicts itself is no oracle: nobody is met before they are trafficked."""
    _check_possible(drawn)


@settings(max_examples=12)
@given(
    seed=st.integers(0, 2**32),
    people=st.integers(50, 400),
    first=st.integers(2001, 2012),
    length=st.integers(0, 8),
)
def test_any_country_can_be_true(
    world: World, seed: int, people: int, first: int, length: int
) -> None:
    """Also few people, one year, or years without the centre."""
    last = max(first + length, 2003)
    _check_possible(draw(world, seed=seed, people=people, years=(first, last)))


def test_no_house_takes_more_people_than_it_has_beds(drawn: Drawn) -> None:
    """Counted night by night, so that occupancy over 100 percent is always a planted fault."""
    stays, nights = drawn.tables["stays"], drawn.tables["places"]
    for house, beds in houses(drawn.world, drawn.count).items():
        here = stays[stays["place"] == house]
        taken = np.zeros(drawn.last + 2000 - drawn.first, int)
        for arrived, left in zip(here["arrived_on"], here["left_on"], strict=True):
            taken[arrived - drawn.first : min(left - drawn.first, len(taken))] += 1
        assert 0 < taken.max() <= beds
        own = nights[nights["place"] == house]
        assert own["bed_nights"].sum() == taken[: drawn.last + 1 - drawn.first].sum()


def _error(count: int, share: float) -> float:
    return math.sqrt(max(share * (1 - share), 1e-9) / max(count, 1))


def _expect(name: str, happened: Flags | npt.NDArray[np.object_], share: float) -> None:
    """Hold a drawn share to the one in world.yml, within its Monte Carlo error."""
    values = np.asarray(happened, bool)
    assert len(values) > 0, name
    assert abs(values.mean() - share) <= FAR * _error(len(values), share) + 1e-12, (
        f"{name}: {values.mean():.4f} of {len(values)}, and the laws say {share}"
    )


def test_shares_of_people_are_those_of_the_laws(many: Drawn) -> None:
    """The truth of coverage by group rests on the groups."""
    people, law = many.tables["people"], many.world.laws.people
    child = people["group"].to_numpy() == 2
    _expect("children", child, law.child)
    _expect("women", people["group"].to_numpy()[~child] == 0, law.female)
    _expect("girls", people["female"].to_numpy()[child], law.female_child)
    _expect("numbers", people["cpr"].to_numpy(), law.cpr)
    alone = people[people["complex"] < 0]
    total = sum(law.citizenships.values())
    for place, (country, weight) in enumerate(law.citizenships.items()):
        _expect(country, alone["citizenship"].to_numpy() == place, weight / total)


def test_shares_of_decisions_and_answers_are_those_of_the_laws(many: Drawn) -> None:
    """Before and after the centre: the change that notebooks must find."""
    laws, tables = many.world.laws, many.tables
    opens = day(laws.centre_opens)
    episodes = tables["episodes"]
    victim = tables["people"]["victim"].to_numpy()[episodes["person"]]
    presumed = episodes["presumed_on"].to_numpy()
    answers = tables["referrals"]["answer"].to_numpy()
    referred = tables["referrals"]["referred_on"].to_numpy() >= opens
    rights = tables["rights"][tables["rights"]["right"] == "reflection_period"]
    later = rights["decided_on"].to_numpy() >= day(laws.rights.law_changes)
    for after, era in enumerate(("before", "after")):
        own = victim & (presumed < NEVER) & ((presumed >= opens) == bool(after))
        identified = episodes["identified_on"].to_numpy()[own] < NEVER
        _expect(f"identified {era}", identified, laws.deciding.identified[era])
        of_era = answers[referred == bool(after)]
        accepted = of_era == ANSWERS.index("accepted")
        _expect(f"accepted {era}", accepted, laws.referrals.accepted[era])
        declined = of_era == ANSWERS.index("declined")
        _expect(f"declined {era}", declined, laws.referrals.declined[era])
        given = rights[later == bool(after)]
        _expect(f"granted {era}", given["granted"].to_numpy(), laws.rights.granted[era])
        _expect(
            f"reflection accepted {era}",
            given["accepted"].to_numpy()[given["granted"].to_numpy()],
            laws.rights.accepted[era],
        )


def test_support_is_offered_at_the_shares_of_the_laws(many: Drawn) -> None:
    """Sixty planted shares: the coverage that *coverage* must give back."""
    law, episodes = many.world.laws.support, many.tables["episodes"]
    services = many.tables["services"]
    own = (episodes["identified_on"].to_numpy() < NEVER) & episodes["touched"].to_numpy()
    for kind, name in enumerate(SERVICES):
        offered = np.zeros(len(episodes), bool)
        offered[services.loc[services["service"] == kind, "episode"]] = True
        for era, shares in enumerate(("before", "after")):
            for group, people in enumerate(("women", "men", "children")):
                cell = own & (episodes["era"] == era) & (episodes["group"] == group)
                share = law.offered[shares][people][name]
                _expect(f"{name} {shares} {people}", offered[cell], share)
    first = services[~services["twice"].to_numpy()]
    of_group = episodes["group"].to_numpy()[first["episode"]]
    for at, people in enumerate(("women", "men", "children")):
        taken = first["accepted"].to_numpy()[of_group == at]
        _expect(f"accepted {people}", taken, law.accepted[people])


def _expect_median(name: str, days: npt.NDArray[np.int64], median: float) -> None:
    """Half of the draws lie below the law's median; whole days round up to half a day off."""
    below, upto = (days < median - 0.5).mean(), (days <= median + 0.5).mean()
    slack = FAR * _error(len(days), 0.5)
    assert below - slack <= 0.5 <= upto + slack, f"{name}: {np.median(days)}, not {median}"


def test_waiting_times_have_the_medians_of_the_laws(many: Drawn) -> None:
    """Planted before and after: *pathways* and *cooperation* must find both."""
    laws, tables = many.world.laws, many.tables
    opens = day(laws.centre_opens)
    episodes, referrals = tables["episodes"], tables["referrals"]
    known = episodes[episodes["identified_on"] < NEVER]
    answered = referrals[referrals["answered_on"] < NEVER]
    left = episodes[episodes["left_on"] < NEVER]
    for after, era in enumerate(("before", "after")):
        own = known[(known["presumed_on"] >= opens) == bool(after)]
        waited = (own["identified_on"] - own["presumed_on"]).to_numpy(np.int64)
        _expect_median(f"identified {era}", waited, laws.deciding.identified_days[era])
        some = answered[(answered["referred_on"] >= opens) == bool(after)]
        waited = (some["answered_on"] - some["referred_on"]).to_numpy(np.int64)
        _expect_median(f"answered {era}", waited, laws.referrals.answer_days[era])
        returned = left[(left["era"] == after) & (left["fate"] == FATES.index("prepared_return"))]
        waited = (returned["left_on"] - returned["identified_on"]).to_numpy(np.int64)
        share = (waited <= laws.leaving.days[era]["prepared_return"] + 1).mean()
        # Nobody leaves before the last offer, so returns come a little later than the law.
        assert 0.40 <= share <= 0.5 + FAR * _error(len(waited), 0.5)


def test_people_are_trafficked_again_at_the_hazard_of_the_laws(many: Drawn) -> None:
    """Events over years at risk, by what became of them before: the planted hazards."""
    episodes, law = many.tables["episodes"], many.world.laws.leaving.trafficked_again
    own = episodes[episodes["number"] == 1]
    for at, fate in enumerate(FATES):
        some = own[own["fate"] == at]
        since = np.where(some["left_on"] < NEVER, some["left_on"], some["identified_on"]) + 30
        until = np.minimum(some["again_on"], many.last)
        years = np.clip(until - since, 0, None).sum() / 365.25
        events = int((some["again_on"] < NEVER).sum())
        expected = law[fate] * years
        assert abs(events - expected) <= FAR * math.sqrt(expected), fate


def test_the_centre_is_a_shock_to_detection_and_to_referral(many: Drawn) -> None:
    """Twice as many identified is no twice as many trafficked: the trap the notebooks must see."""
    episodes, referrals = many.tables["episodes"], many.tables["referrals"]

    def yearly(table: pd.DataFrame, column: str, year: int) -> int:
        first, last = day(date(year, 1, 1)), day(date(year, 12, 31))
        return int(table[column].between(first, last).sum())

    assert yearly(episodes, "entered", 2009) < 1.25 * yearly(episodes, "entered", 2006)
    assert yearly(episodes, "identified_on", 2009) > 1.5 * yearly(episodes, "identified_on", 2006)
    assert yearly(referrals, "referred_on", 2009) > 2.5 * yearly(referrals, "referred_on", 2006)


def test_police_find_a_complex_together(drawn: Drawn) -> None:
    """One case with many victims must not look like many cases."""
    law = drawn.world.laws.complexes.large
    people, episodes = drawn.tables["people"], drawn.tables["episodes"]
    inside = people["complex"].to_numpy()[episodes["person"]] == 0
    first = inside & (episodes["number"].to_numpy() == 1)
    police = organisations(drawn.world).index("syn_police")
    records = drawn.tables["records"]
    own = records[(records["organisation"] == police) & first[records["episode"]]]
    assert len(own) == round(law.share * drawn.count)
    assert (own["met_on"] == day(law.on)).mean() > 0.9
    assert episodes["case"].to_numpy()[first].max() == episodes["case"].to_numpy()[first].min() >= 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_yearly_totals_are_visibly_not_those_published(
    seed: int, world: World, places: Places
) -> None:
    """Nobody may take an invented year for a real one: at least half as many again, each year."""
    drawn = draw(world, seed=seed, people=world.laws.people.default, years=(2003, 2012))
    on = drawn.tables["episodes"]["identified_on"]
    published = _published(places)
    assert sorted(published) == [2007, 2008, 2011, 2012]
    for year, figures in published.items():
        ours = int(on.between(day(date(year, 1, 1)), day(date(year, 12, 31))).sum())
        assert ours >= 1.5 * max(figures), year


def _published(places: Places) -> dict[int, list[int]]:
    """Return what is published as identified in Denmark, for single years that are drawn."""
    found: dict[int, list[int]] = {}
    path = places.published / "countries" / "DNK" / "figures.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            what = (row["indicator"], row["breakdown"], row["counting_unit"])
            single = row["period_start"] == row["period_end"]
            if what == ("victims_identified", "total", "persons") and single:
                found.setdefault(int(row["period_end"][:4]), []).append(int(row["value"]))
    return {year: values for year, values in found.items() if 2003 <= year <= 2012}


def test_the_truth_says_how_many_there_are(drawn: Drawn) -> None:
    """The N that estimates of population size are held against."""
    people = drawn.tables["people"]
    assert int(people["victim"].sum()) == drawn.count
    entered = people.loc[people["victim"], "entered"]
    assert drawn.first <= entered.min()
    assert entered.max() <= drawn.last


@pytest.mark.parametrize(
    ("people", "years", "says"),
    [
        (49, (2003, 2012), "49 is outside 50 to"),
        (100, (2012, 2003), "2012 to 2003 is no span"),
        (100, (1999, 2001), "no sender has an agreement before 2003"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    people: int, years: tuple[int, int], says: str, world: World
) -> None:
    """An empty folder would be taken for a country in which nothing happens."""
    with pytest.raises(ParameterError, match=says):
        draw(world, seed=1, people=people, years=years)
