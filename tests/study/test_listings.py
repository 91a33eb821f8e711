"""Tables to show: each line leads to rows that can be opened, in words of both languages."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.contracts.outputs import Listing
from analysis.contracts.published import Text
from analysis.study import open_study
from analysis.study.opened import LISTINGS

ARGUMENTS: dict[str, list[tuple[Any, ...]]] = {
    "conflicts": [
        (),
        ("victims_identified",),
        ("persons_prosecuted", "persons_convicted"),
    ],
    "figures": [
        ("potential_victims_contacted", "potential_victims_suspected"),
        ("reflection_period_days_max", "reflection_period_days_min", "residence_permits"),
        ("asylum_granted", "shelter_places", "shelter_centres_target"),
    ],
    "population_rates": [("victims_identified",), ("persons_prosecuted",)],
}
WATCHED = ("replays", "large_cases")
"""Tables of a chart that is made first."""
AMONG = ("ranks", "differences", "comparators", "weights", "twin_tests")
"""Tables of results that are computed first."""
CHANGED = ("change_parts",)
"""Tables of changes that are split first."""
OF_FINDINGS = ("departures",)
"""Tables of what a build recorded; `test_departed` makes them."""
HIDDEN = tuple(name for name in LISTINGS if name.startswith("hidden_"))
"""Tables of overlapping lists that are estimated first; `test_hidden` follows their rows."""
PARTNER = tuple(name for name in LISTINGS if name.startswith("partner_"))
"""Tables on persons, made of cases and not of rows of the record; see `test_partner_counts`."""
SILENT = ("not_found", "did_not_exist")


def _all(study: Any) -> list[tuple[str, Listing]]:
    made = [
        (name, study.listing(name, *arguments))
        for name in LISTINGS
        if name not in ("readings", *AMONG, *WATCHED, *CHANGED, *OF_FINDINGS, *HIDDEN, *PARTNER)
        for arguments in ARGUMENTS.get(name, [()])
    ]
    results = [
        study.compare(study.series(code)) for code in ("persons_prosecuted", "victims_identified")
    ]
    watched = study.watch(study.series("victims_identified"), baseline=8, draws=1_000, seed=1)
    charted = [(name, study.listing(name, watched)) for name in WATCHED]
    changes = study.changes_since(study.series("victims_identified"))
    split = [(name, study.listing(name, changes)) for name in CHANGED]
    readings = ("readings", study.listing("readings", *results))
    return [*made, readings, *charted, *split, *_among(study)]


def _among(study: Any) -> list[tuple[str, Listing]]:
    ranks, differences, twins = study.ranks(), study.differences(), study.synthetic_controls()
    given = ((ranks,), (differences,), (ranks, differences), (twins,), (twins,))
    return [(name, study.listing(name, *one)) for name, one in zip(AMONG, given, strict=True)]


@pytest.fixture(params=["danish", "next_pair", "bulgarian"])
def study(request: pytest.FixtureRequest) -> Any:
    """Each of the three comparisons in turn."""
    return request.getfixturevalue(request.param)


def test_every_line_leads_to_rows_that_can_be_opened(study: Any) -> None:
    """A line without a row is an assertion; a row that does not open is worse."""
    for name, listing in _all(study):
        assert len(listing.rows_of) == len(listing.cells)
        for cells, rows in zip(listing.cells, listing.rows_of, strict=True):
            said = [cell.en if isinstance(cell, Text) else cell for cell in cells]
            silent = {"unsourced", "not known", "plan not submitted"}
            assert rows or silent & set(said), (name, said)
            for row in rows:
                opened = study.row(row)
                assert opened.id == row


def test_every_row_has_its_source(study: Any) -> None:
    """Address and words seen; only a role that nobody found has nothing to show."""
    silent = {
        row["row_id"] for row in study.table("roles").to_dict("records") if row["known"] in SILENT
    }
    for name, listing in _all(study):
        for row in {row for rows in listing.rows_of for row in rows} - silent:
            opened = study.row(row)
            assert opened.source_url, (name, row)
            assert opened.quote, (name, row)


def test_every_cell_stands_in_both_languages(study: Any) -> None:
    """A gap in one edition is a fact that its readers never see."""
    for name, listing in _all(study):
        for cells in listing.cells:
            assert len(cells) == len(listing.columns), name
            for cell in cells:
                if isinstance(cell, Text):
                    assert bool(cell.da) == bool(cell.en), (name, cell)
        for text in (listing.title, listing.source, *(column.label for column in listing.columns)):
            assert text.da
            assert text.en


def test_every_source_line_names_who_published(study: Any) -> None:
    """Codes of publishers mean nothing to a reader."""
    codes = set(study.codes("publishers")["code"])
    for _, listing in _all(study):
        for said in (listing.source.da, listing.source.en):
            names = said.partition(": ")[2].rstrip(".").split("; ")
            assert not codes & set(names)


def test_conflict_is_shown_once_and_none_is_left_out(danish: Any) -> None:
    """A disagreement that no table shows has been decided in silence."""
    shown = [row for arguments in ARGUMENTS["conflicts"] for row in _subjects(danish, arguments)]
    every = list(danish.table("conflicts")["subject_en"])
    assert sorted(set(shown)) == sorted(every)


def _subjects(study: Any, arguments: tuple[Any, ...]) -> list[str]:
    listing = study.listing("conflicts", *arguments)
    return [cells[0].en for cells in listing.cells]


def test_index_lists_the_country_first_and_its_neighbours(danish: Any) -> None:
    """The reader looks for the country that the report is about."""
    names = list(dict.fromkeys(cells[0].en for cells in danish.listing("index").cells))
    assert names[0] == "Denmark"
    assert {"Sweden", "Norway"} <= set(names)


def test_readings_print_what_the_hidden_counts_allow(danish: Any) -> None:
    """13.29 and 4.89 stand beside each other, so that nobody quotes the better one alone."""
    listing = danish.listing("readings", danish.compare(danish.series("persons_prosecuted")))
    ratios = [(cells[1].en, cells[4].en, cells[5].en) for cells in listing.cells]
    assert ratios[0] == ("least favourable", "4.89", "2.97–8.49")
    assert ratios[1] == ("most favourable", "13.29", "6.20–33.96")
    assert ratios[2][1] == "4.89–13.29"
    assert listing.cells[1][4].da == "13,29"


def test_readings_leave_out_what_is_no_comparison(danish: Any) -> None:
    """Victims have no figures before the plan, so no reading of a ratio."""
    result = danish.compare(danish.series("victims_identified"))
    assert danish.listing("readings", result).cells == ()


def test_rate_leaves_out_a_year_counted_in_part(danish: Any) -> None:
    """17 victims of August to December are no yearly rate."""
    listing = danish.listing("population_rates", "victims_identified")
    own = listing.cells[0]
    assert own[0].en == "Denmark"
    assert own[1].en.startswith("2008–2010")
    assert own[2].en == "128"
    assert not [row for row in listing.rows_of[0] if row.endswith("2007")]


def test_table_of_a_country_that_submitted_nothing_has_no_lines(bulgarian: Any) -> None:
    """Empty is not zero: the table says so in words when it is shown."""
    for name in ("measures", "links", "statements", "roles", "conflicts", "evaluations"):
        assert bulgarian.listing(name).cells == ()


def test_judgement_without_a_tie_is_listed_all_the_same(places: Any, edit: Any) -> None:
    """The column may be empty; a missing word must not stop a build."""
    edit("evaluation_findings", lambda rows: rows[0].update(plan_tie=""))
    study = open_study("DK-2002", "DK-2007", country="DNK", language="en", places=places)
    listing = study.listing("evaluations")
    ties = {cells[5].en for cells in listing.cells if isinstance(cells[5], Text)}
    assert "not known" in ties


def test_body_with_two_rows_is_named_once(places: Any, edit: Any) -> None:
    """Two sources for one body give it two rows, and still one name."""
    edit(
        "organisations",
        lambda rows: rows.append({**rows[0], "row_id": "DK-O-second", "name_en": "Another name"}),
    )
    study = open_study("DK-2002", "DK-2007", country="DNK", language="en", places=places)
    names = [cells[0] for cells in study.listing("roles").cells]
    assert all("dtype" not in name.en for name in names if isinstance(name, Text))
