"""Pictures of overlapping lists: nothing is hidden by scale, no number outlives a disagreement."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from analysis.contracts.population import (
    Estimated,
    Overlap,
    Overlapping,
    Spread,
    Standing,
    Step,
)
from analysis.contracts.published import LANGUAGES, Language, Text
from analysis.language import numbers, words
from analysis.reporting import figures
from analysis.reporting.figures.estimate_path import _way
from analysis.reporting.figures.overlap_sets import ALONE, _draw, _parts
from analysis.reporting.figures.overlap_sets import RIGHT as EDGE
from analysis.reporting.figures.overlap_told import on_several, rest_words
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import BLUE, SMALL, TINT, text_width
from analysis.reporting.figures.totals import LEFT, RIGHT, TotalAxis, limits_words
from analysis.reporting.shown import Shown
from tests.reporting.figures.test_layout import _covered, _cut

TEN = (
    "Politi",
    "Socialtilsyn",
    "Krisecentre",
    "Ngo A",
    "Ngo B",
    "Udlændingemyndigheder",
    "Skat",
    "Fagforening",
    "Hospitaler",
    "Kommuner",
)
WHY = Text(
    "for få står på to lister: ingen af 12 er både hos politiet og på et krisecenter, så intet "
    "tal er for stort til at passe med tabellen",
    "too few are on two lists: none of 12 is both with the police and at a shelter, so that no "
    "number is too large to fit the table",
)


def _name(name: str = "x") -> Text:
    return Text(name, name)


def _overlapping(
    names: Sequence[str], counts: dict[tuple[str, ...], int], *, synthetic: bool = False
) -> Overlapping:
    found = tuple(Overlap(lists, count) for lists, count in counts.items())
    sizes = tuple((name, sum(one.count for one in found if name in one.lists)) for name in names)
    return Overlapping(_name(), sum(counts.values()), sizes, found, synthetic)


def _crowded(most: int) -> Overlapping:
    """Ten lists, each pair of them and some triples, with numbers of up to four digits."""
    counts: dict[tuple[str, ...], int] = {(name,): most for name in TEN}
    for turn, pair in enumerate(combinations(TEN, 2)):
        counts[pair] = max(most // 4 - 7 * turn, 1)
    for triple in list(combinations(TEN, 3))[:9]:
        counts[triple] = 1
    return _overlapping(TEN, counts, synthetic=True)


def _estimated(
    total: float | None,
    low: float | None = None,
    high: float | None = None,
    standing: Standing = "ours",
    *,
    label: str = "trinvis valg",
    refused: Text | None = None,
) -> Estimated:
    return Estimated(_name(label), standing, total, low, high, _name("A–B"), refused)


ODD = (
    _estimated(5120.0, 3010.0, math.inf),
    _estimated(1510.0, 1400.0, 90_000.0, label="laveste BIC"),
    _estimated(None, refused=WHY, label="skjulte klasser"),
    _estimated(None, label="gennemsnit over modeller"),
    _estimated(1460.0, standing="bound", label="nedre grænse"),
    _estimated(900.0, 200.0, 4000.0, "bound", label="Politi og Krisecentre"),
    _estimated(None, 1300.0, 2600.0, "published", label="offentliggjort"),
)
FAR, NEAR = Spread(1510.0, 5120.0, 3.39, 1.5, 1600.0), Spread(1034.0, 1184.0, 1.145, 1.5)
STEPS = (
    Step("Politi, Krisecentre, Ngo A", 3, 12, None, refused=WHY),
    Step("Udlændingemyndigheder og Hjemrejsestyrelsen", 4, 300, 900.0, 700.0, 4000.0),
    Step("Skat", 5, 340, 1321.0, 730.0, math.inf),
    Step("Fagforening", 6, 460, None, refused=WHY),
    Step("Hospitaler", 7, 660, 2900.0, 760.0, 90_000.0),
    Step("Kommuner", 8, 940, 1800.0),
)


def _tree(
    estimates: Sequence[Estimated],
    spread: Spread | None,
    language: Language = "en",
    *,
    n: int = 1400,
    synthetic: bool = False,
) -> Shown:
    return figures.estimate_tree(
        "a",
        _name(),
        estimates,
        n,
        spread=spread,
        rows=("OT-1",),
        language=language,
        synthetic=synthetic,
        level=0.95,
    )


def _path(steps: Sequence[Step], language: Language = "en", *, synthetic: bool = False) -> Shown:
    return figures.estimate_path(
        "a", _name(), steps, truth=2200.0, rows=("OT-1",), language=language, synthetic=synthetic
    )


def _sets(overlapping: Overlapping, language: Language = "en", most: int = 20) -> Shown:
    return figures.overlap_sets("a", overlapping, rows=("OT-1",), language=language, most=most)


TWO = _overlapping(("A", "B"), {("A",): 31, ("B",): 14, ("A", "B"): 6})
AWKWARD: dict[str, Callable[[Language], Shown]] = {
    "ten crowded lists": lambda language: _sets(_crowded(9999), language),
    "ten small lists": lambda language: _sets(_crowded(40), language),
    "two lists": lambda language: _sets(TWO, language),
    "no overlap": lambda language: _sets(
        _overlapping(("A", "B"), {("A",): 1, ("B",): 1}), language
    ),
    "an empty list": lambda language: _sets(
        _overlapping(("A", "B", "C"), {("A", "B"): 1}), language
    ),
    "odd estimates": lambda language: _tree(ODD, FAR, language, synthetic=True),
    "refusals alone": lambda language: _tree(ODD[2:4], None, language, n=3),
    "one person": lambda language: _tree([_estimated(1.0, 1.0, 1.0)], None, language, n=1),
    "six decades": lambda language: _tree(
        [_estimated(3.2e6, 12.0, math.inf), _estimated(4.0)],
        Spread(4.0, 3.2e6, 8e5, 1.5, 4.0),
        language,
        n=4,
    ),
    "truth at the end": lambda language: _tree(
        [_estimated(90.0)], Spread(50.0, 90.0, 1.8, 1.5, 400.0), language, n=40
    ),
    "a path with gaps": lambda language: _path(STEPS, language, synthetic=True),
    "a path without an estimate": lambda language: _path(STEPS[:1], language),
    "a path of one step": lambda language: _path(STEPS[-1:], language),
}


def _letters(shown: Shown) -> set[str]:
    return {box.words for box in shown.boxes}


def _written(shown: Shown) -> str:
    return " ".join(box.words for box in shown.boxes)


@pytest.mark.parametrize("case", AWKWARD)
@pytest.mark.parametrize("told", LANGUAGES)
def test_awkward_tables_cover_and_cut_nothing(case: str, told: Language) -> None:
    """Refusals, infinite limits, ten lists and one person are what real tables bring."""
    shown = AWKWARD[case](told)
    assert (_cut(shown), _covered(shown.boxes)) == ([], [])


@pytest.mark.parametrize(
    "draw",
    [
        lambda language: _sets(_crowded(40), language),
        lambda language: _tree(ODD, FAR, language, synthetic=True),
        lambda language: _path(STEPS, language, synthetic=True),
    ],
)
@pytest.mark.parametrize("told", LANGUAGES)
def test_invented_lists_are_labelled_wherever_they_go(
    draw: Callable[[Language], Shown], told: Language
) -> None:
    """A total of invented persons, cut out of its page, would be quoted as a country's."""
    shown = draw(told)
    label = words.say("simulation.label", told)
    assert shown.picture.title.startswith(f"{label}: ")
    assert shown.picture.alt.startswith(f"{label}: ")
    assert {line[0] for line in shown.picture.data} == {words.say("simulation.basis", told)}
    assert len(shown.picture.columns) == len(shown.picture.data[0])
    assert shown.picture.rows == ()
    assert re.search(r"rotate\(-14\)|opacity: 0\.09", shown.picture.svg)
    assert any(box.words.startswith(label) for box in shown.boxes[1:])


# Who is on which lists


def test_every_person_is_in_the_data_once(language: Language) -> None:
    """Worked out by hand: 45 on one list, 6 on both, so 37 and 20 on the lists."""
    data = _sets(TWO, language).picture.data
    assert [(lists, n) for _, lists, n in data] == [
        ("A", "37"),
        ("B", "20"),
        ("A", "31"),
        ("B", "14"),
        ("A + B", "6"),
    ]


def test_every_drawn_number_is_printed() -> None:
    """A bar of one person beside one of a thousand shows that it is there, not how many."""
    counts = {("A",): 907, ("B",): 463, ("C",): 57, ("A", "B"): 69, ("A", "C"): 31, ("B", "C"): 1}
    found = _letters(_sets(_overlapping(("A", "B", "C"), counts)))
    assert {str(count) for count in counts.values()} <= found
    assert {"1,007", "533", "89"} <= found


def test_four_times_as_many_are_twice_as_high() -> None:
    """The second line promises it: whoever measures bars must find what is printed."""
    sheet = Sheet("a", "en", "t", "s")
    counts = {("A",): 100, ("B",): 25, ("A", "B"): 400}
    found = _overlapping(("A", "B"), counts)
    _draw(sheet, found, on_several(found), 20)
    high = _heights(sheet, ALONE), _heights(sheet, BLUE)
    assert high[1][0] == pytest.approx(2 * high[0][0])
    assert high[0][0] == pytest.approx(2 * high[0][1])


def _heights(sheet: Sheet, colour: str) -> list[float]:
    return [
        patch.get_height()
        for patch in sheet.figure.axes[0].patches
        if isinstance(patch, Rectangle) and to_hex(patch.get_facecolor()) == colour.lower()
    ]


@given(st.integers(0, 45), st.sampled_from(LANGUAGES))
def test_what_is_not_drawn_is_said_and_stands_in_the_data(most: int, told: Language) -> None:
    """A picture that silently drops rare combinations drops what an estimate rests on."""
    found = _crowded(40)
    several = on_several(found)
    alone, together = _parts(found, several[:most], told)
    shown = len(together.columns)
    assert shown == min(most, 20) or together.right <= EDGE
    rest = several[shown:]
    said = rest_words(rest, told)
    assert numbers.number(sum(one.count for one in rest), told) in said
    assert min([one.count for one in together.columns], default=math.inf) >= rest[0].count
    assert alone.right <= together.left


def test_thirty_combinations_of_four_digits_have_room() -> None:
    """Ten lists and their twenty largest overlaps are the most that the picture promises."""
    found = _crowded(9999)
    several = on_several(found)
    alone, together = _parts(found, several[:20], "da")
    assert (len(alone.columns), len(together.columns)) == (10, 20)
    assert together.right <= EDGE


def test_the_rest_is_in_the_data() -> None:
    """The table beside the picture is complete, whatever the picture has room for."""
    found = _crowded(40)
    shown = _sets(found, most=5)
    assert len(shown.picture.data) == 2 * len(TEN) + 54
    assert "Not drawn: 49 more combinations" in _written(shown)


def test_pairs_that_share_nobody_are_told() -> None:
    """Of two lists that never meet, no table tells how they depend on each other."""
    counts = {("A",): 5, ("B",): 4, ("C",): 3, ("A", "B"): 2}
    assert "2 of 3 (A + C, B + C)" in _written(_sets(_overlapping(("A", "B", "C"), counts)))
    assert "at least one person" in _written(_sets(TWO))


def test_the_title_says_when_nobody_is_on_two_lists() -> None:
    """Such a table can bear no estimate at all; bars alone do not say so."""
    found = _overlapping(("A", "B"), {("A",): 5, ("B",): 4})
    assert _sets(found).picture.title == "x: 9 persons seen, nobody on several lists"


def test_a_reader_who_never_saw_such_a_picture_is_told_how(language: Language) -> None:
    """The grid of dots is clear to those who know it, and to nobody else."""
    first = {"da": "Sådan læses det", "en": "How to read it"}
    assert first[language] in _written(_sets(TWO, language))


# What totals follow


def test_methods_that_disagree_get_a_range_and_no_number() -> None:
    """One headline number of several that cannot all be right is the field's commonest abuse."""
    shown = _tree(ODD, FAR)
    assert shown.picture.title == (
        "x: the methods disagree, 1,510–5,120 in all – no single number holds"
    )
    assert "disagreement: 1,510–5,120, 3.4 times" in _letters(shown)


def test_methods_that_agree_are_said_to_and_nothing_is_shaded() -> None:
    """Shading is the sign of disagreement: it must not stand where there is none."""
    shown = _tree([_estimated(1034.0), _estimated(1184.0)], NEAR, n=185)
    assert shown.picture.title == "x: the methods agree on 1,034–1,184 in all"
    assert "disagreement" not in _written(shown)
    assert TINT.lower() not in shown.picture.svg
    assert TINT.lower() in _tree(ODD, FAR).picture.svg


@pytest.mark.parametrize(
    ("estimates", "title"),
    [
        (ODD[2:4], "x: no method gives an estimate"),
        (ODD[4:], "x: we give no estimate"),
        (ODD[1:5], "x: only one method gives an estimate, 1,510 in all"),
        (ODD[:2], "x: estimates go from 1,510 to 5,120 in all"),
    ],
)
def test_titles_without_a_spread_say_what_there_is(
    estimates: Sequence[Estimated], title: str
) -> None:
    """A bound or a published number is not ours, and a title must not make it so."""
    assert _tree(estimates, None).picture.title == title


def test_a_refusal_is_words_in_its_row(language: Language) -> None:
    """A row left blank looks like a method that was forgotten."""
    shown = _tree(ODD[2:3], None, language)
    assert words.capital(WHY.said_in(language)).split(",")[0] in _written(shown)
    line = shown.picture.data[0]
    assert line[2] == words.say("population_figures.no_estimate", language)
    assert line[5] == words.capital(WHY.said_in(language))


def test_an_infinite_limit_is_an_arrow_and_words() -> None:
    """A line that ends at the frame reads as a limit that somebody found."""
    shown = _tree(ODD, FAR)
    written = _written(shown)
    assert "at least 3,010, no upper limit" in written
    assert "Open arrow" in written
    assert shown.picture.data[0][4] == "infinite"
    assert "Open arrow" not in _written(_tree([_estimated(1600.0, 1500.0, 1700.0)], None))


def test_a_published_range_has_no_number_of_its_own() -> None:
    """10,000-13,000 was printed without a middle; a mark in it would be invented by us."""
    shown = _tree(ODD[-1:], None)
    assert "1,300 to 2,600 (a range only)" in _letters(shown)
    assert shown.picture.data[0][2:5] == ("no estimate", "1,300", "2,600")


def test_groups_stand_in_their_order_whatever_came_first() -> None:
    """Published numbers among our own would read as confirmed by us."""
    groups = [line[0] for line in _tree(ODD[::-1], FAR).picture.data]
    assert list(dict.fromkeys(groups)) == [
        "Our estimates",
        "Our lower bounds, and estimates from two lists only",
        "Published",
    ]


def test_those_who_were_seen_and_the_truth_are_lines_with_words(language: Language) -> None:
    """A total is judged by how far it lies from what was counted."""
    found = _letters(_tree(ODD, FAR, language, synthetic=True))
    seen = {"da": {"set: 1.400", "sandheden: 1.600"}, "en": {"seen: 1,400", "the truth: 1,600"}}
    assert seen[language] <= found


totals = st.floats(1, 1e7)


@given(totals, st.lists(totals, max_size=5), st.lists(totals | st.just(math.inf), max_size=5))
def test_the_axis_holds_every_total_and_its_ticks_have_room(
    seen: float, found: list[float], highs: list[float]
) -> None:
    """From 1 to ten million persons: no mark leaves the panel, no number covers the next."""
    axis = TotalAxis.over(seen, found, highs)
    for one in (seen, *found):
        assert axis.low < one < axis.high
        assert LEFT < axis.place(one) < RIGHT
    for language in LANGUAGES:
        ticks = axis.ticks(language)
        assert ticks == sorted(set(ticks))
        edges = [
            (axis.place(tick), text_width(numbers.number(tick, language), SMALL) / 2)
            for tick in ticks
        ]
        assert ticks
        assert all(a + half + other < b for (a, half), (b, other) in pairwise(edges))


@given(totals, st.floats(1.01, 100), st.floats(1.01, 100))
def test_equal_factors_are_equally_far_apart(low: float, first: float, second: float) -> None:
    """On a logarithmic axis twice as many is one step wherever it begins."""
    axis = TotalAxis.over(low, [low * first * second], ())
    whole = axis.place(low * first * second) - axis.place(low)
    parts = (axis.place(low * first) - axis.place(low)) / math.log(first)
    assert parts == pytest.approx(whole / math.log(first * second), rel=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (None, None, "no limits"),
        (None, math.inf, "no limits"),
        (3.0, None, "at least 3"),
        (None, 1999.6, "at most 2,000"),
        (0.0, 4.0, "0 to 4"),
        (3.0, math.inf, "at least 3, no upper limit"),
    ],
)
def test_limits_are_told_as_they_are(low: float | None, high: float | None, said: str) -> None:
    """Nobody's limit is not 0, and an infinite one is not left out."""
    assert limits_words(low, high, "en") == said


# How the total moves


def test_the_title_of_the_way_names_both_its_ends() -> None:
    """A total that goes on rising as lists are added has not been found yet."""
    title = _path(STEPS).picture.title
    assert title == "x: the estimate goes from 900 in all with 4 lists to 1,800 with all 8"


def test_a_way_that_ends_without_an_estimate_says_so() -> None:
    """The last step is the whole table: an earlier number must not stand for it."""
    assert _path(STEPS[:4]).picture.title == "x: with all 6 lists there is no estimate"
    assert _path(STEPS[:1]).picture.title == "x: no number of lists gives an estimate"


def test_a_refusal_breaks_the_way() -> None:
    """A line across a step without an estimate would draw one there."""
    sheet = Sheet("a", "en", "t", "s")
    axis = TotalAxis.over(1, [10.0, 100.0], ())
    before = len(sheet.figure.axes[0].lines)
    _way(sheet, axis, [(10.0, 1), (20.0, 2), (None, 3), (90.0, 4), (100.0, 5)])
    assert len(sheet.figure.axes[0].lines) - before == 2


def test_only_lists_that_came_later_bear_a_plus(language: Language) -> None:
    """The first lists are what the way begins with, not an addition."""
    found = _letters(_path(STEPS, language))
    assert "+ Skat" in found
    assert not any(one.startswith("+ Politi") for one in found)


def test_each_step_is_told_with_those_who_were_seen(language: Language) -> None:
    """Who cannot see the picture must get the same way, refusals included."""
    alt = _path(STEPS, language).picture.alt
    for step in STEPS:
        assert numbers.number(step.n, language) in alt
        if step.total is not None:
            assert numbers.number(step.total, language) in alt
    assert alt.count(words.say("population_figures.no_estimate", language)) == 2


def test_every_wording_is_used() -> None:
    """Wording that nothing says any more misleads whoever translates it."""
    folder = Path(inspect.getfile(figures)).parent
    drawing = ("overlap_sets", "overlap_told", "estimate_tree", "estimate_path", "totals")
    source = "".join((folder / f"{name}.py").read_text("utf-8") for name in drawing)
    derived = re.compile(r"(?:tree|path|sets)_column_|tree_(?:ours|bound|published)$")
    keys = words.catalogues()["population_figures"]
    assert [
        key for key in keys if not re.search(rf"['\"]{key}['\"]", source) and not derived.match(key)
    ] == []
