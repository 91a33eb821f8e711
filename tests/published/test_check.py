"""check_record: each way to spoil a table, and the message somebody must be able to act on."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import DataError
from analysis.places import Places
from analysis.published.check import check_record, require_sound
from analysis.published.problems import Problem, grouped

FILE = "data/published/countries/SWE/figures.csv"
SETS = "data/published/international/sets.csv"
Write = Callable[..., Path]


def _said(places: Places) -> tuple[str, ...]:
    return grouped(check_record(places))


def test_the_small_workbench_is_sound(small: Places) -> None:
    """Every other test here spoils one thing: before that nothing may be wrong."""
    assert check_record(small) == ()
    require_sound(small)


def test_the_published_record_has_no_error(places: Places) -> None:
    """The record that ships must pass the check that partners' records must pass."""
    assert grouped(p for p in check_record(places) if p.severity == "error") == ()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"value": "7,5"},
            "1 row has a decimal comma in value (row 2). Write a decimal point: 0.5.",
        ),
        (
            {"value": "-7"},
            "1 row has a negative number in value (row 2). "
            "Write what was counted, or leave the cell empty if it is not known.",
        ),
        (
            {"value": "some"},
            "1 row has an unreadable value (row 2). Write 7, 0.5, <5, >=3, 60-93, 'not known', "
            "'not applicable' or 'suppressed'.",
        ),
        (
            {"source_url": ""},
            "1 row has no source_url (row 2). "
            "Add the address at which it was read, or take the row out.",
        ),
        (
            {"quote": " "},
            "1 row has no quote (row 2). "
            "Add the words of the source, unchanged, or take the row out.",
        ),
        (
            {"source_url": "somewhere"},
            "1 row has no address in source_url (row 2). "
            "Give the http(s) address, or the name of the document.",
        ),
        (
            {"publisher": "pres"},
            "1 row has a code in publisher that codelists/publishers.csv does not hold (row 2). "
            "Use a code of the list, or add it there with its Danish and English label.",
        ),
        (
            {"trust": "very high"},
            "1 row has a word in trust that is not allowed (row 2). "
            "Write one of: high, own_period, medium, low.",
        ),
        (
            {"conflicts_with": "SE-F-9"},
            "1 row has a conflicts_with that is not a row of the record (row 2). "
            "Correct the id, or add what it names.",
        ),
        (
            {"conflicts_with": "UNODC-SWE-persons_prosecuted-total-1999"},
            "1 row has a conflicts_with that is not a row of the record (row 2). "
            "Correct the id, or add what it names.",
        ),
        (
            {"as_of": "2007-13-01"},
            "1 row has an invalid date in as_of (row 2). Write 2007, 2007-08 or 2007-08-01.",
        ),
        (
            {"as_of": "01/02/2007"},
            "1 row has an invalid date in as_of (row 2). Write 2007, 2007-08 or 2007-08-01.",
        ),
        (
            {"period_start": "2008"},
            "1 row has a period_end before its period_start (row 2). "
            "Swap the two, or correct them.",
        ),
        (
            {"breakdown": "sex=female;form=sexual"},
            "1 row has an unreadable breakdown (row 2). "
            "Write total, or key=value pairs sorted by key: form=sexual;sex=female.",
        ),
    ],
)
def test_a_spoiled_cell_is_named_with_its_remedy(
    small: Places, figures: Write, cells: dict[str, str], message: str
) -> None:
    """Where, what, which row, what to do: enough to mend it without asking us."""
    figures(cells)
    assert _said(small) == (f"{FILE}: {message}",)


def test_a_row_of_an_international_set_may_be_named(small: Places, figures: Write) -> None:
    """Conflicts lead from a national figure to UNODC's."""
    figures({"conflicts_with": "UNODC-SWE-persons_prosecuted-total-2007"})
    assert [problem for problem in check_record(small) if problem.severity == "error"] == []


def test_rows_with_one_fault_share_one_message(small: Places, figures: Write) -> None:
    """A partner with 300 missing quotes needs one line, not 300."""
    figures(
        *({"row_id": f"SE-F-{n}", "quote": "", "period_start": "", "value": f"{n}",
           "source_url": f"https://example.org/{n}"} for n in range(1, 13))
    )  # fmt: skip
    assert _said(small) == (
        f"{FILE}: 12 rows have no quote (rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more). "
        "Add the words of the source, unchanged, or take the row out.",
    )


def test_a_missing_column_is_named(small: Places, figures: Write) -> None:
    """A table from last year's template lacks what was added since."""
    path = figures({})
    path.write_text(path.read_text("utf-8").replace(",trust,", ",", 1), "utf-8")
    assert _said(small)[0] == (
        f"{FILE}: the file has no column trust. Add it, empty where nothing is known."
    )


def test_another_encoding_than_utf8_is_refused(small: Places, figures: Write) -> None:
    """Excel in Denmark saves Latin-1 unless told otherwise, and ø becomes noise."""
    path = figures({"note": "første"})
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    assert _said(small) == (
        f"{FILE}: the file has another encoding than UTF-8 (first seen in row 2). "
        'Save it again as "CSV UTF-8".',
    )


def test_the_mark_that_excel_puts_before_utf8_is_accepted(small: Places, figures: Write) -> None:
    """What Excel calls "CSV UTF-8" begins with a byte order mark: that is no fault."""
    path = figures({})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check_record(small) == ()


def test_semicolons_between_columns_are_called_so(small: Places, figures: Write) -> None:
    """The commonest Danish CSV file; "16 columns are missing" would mislead."""
    path = figures({})
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    assert _said(small) == (
        f"{FILE}: the file has semicolons between its columns. Save it again with commas.",
    )


def test_an_unquoted_decimal_comma_shows_as_a_cell_too_many(small: Places, figures: Write) -> None:
    """Without quotes the comma splits the cell and shifts every later column."""
    path = figures({})
    path.write_text(path.read_text("utf-8").replace('"7"', "7,5"), "utf-8")
    assert _said(small) == (
        f"{FILE}: 1 row has more cells than columns (row 2). "
        "Put quotes around text with commas, and write decimals with a point.",
    )


def test_the_same_id_or_figure_twice_is_an_error(small: Places, figures: Write) -> None:
    """A row pasted twice would count as two sources that agree."""
    figures({}, {})
    assert _said(small) == (
        f"{FILE}: 1 row has the same row_id as an earlier row (row 3). Take one of them out.",
        f"{FILE}: 1 row has the same period_start, period_end, indicator, breakdown, "
        "counting_rule, publisher, source_url, as_of as an earlier row (row 3). "
        "Take one of them out.",
    )


def test_an_id_that_another_table_has_is_an_error(small: Places, plans: Write) -> None:
    """An id leads a reader to one row, wherever it stands."""
    plans({"row_id": "SE-F-1"})
    assert (
        f"{FILE}: 1 row has a row_id that data/published/countries/SWE/plans.csv also has "
        "(row 2). Give it its own."
    ) in _said(small)


def test_a_plan_that_ends_before_it_begins_is_an_error(small: Places, plans: Write) -> None:
    """Years of the plan would be none, and every rate over them nonsense."""
    plans({"period_start": "2010", "period_end": "2007", "first_year": "2010", "last_year": "2007"})
    said = _said(small)
    assert said == (
        "data/published/countries/SWE/plans.csv: 1 row has a period_end before its period_start "
        "(row 2). Swap the two, or correct them.",
        "data/published/countries/SWE/plans.csv: 1 row has a last_year before its first_year "
        "(row 2). Swap the two, or correct them.",
    )


def test_a_year_holds_the_months_in_it(small: Places, plans: Write) -> None:
    """A plan from September 2005 to 2005 is four months, not reversed."""
    plans({"period_start": "2007-09", "period_end": "2007"})
    assert check_record(small) == ()


def test_a_plan_needs_exactly_one_picked_row(small: Places, plans: Write) -> None:
    """Two rows that both define the plan leave its years to chance."""
    plans({}, {"row_id": "SE-P-2"})
    assert _said(small) == (
        "data/published/countries/SWE/plans.csv: 1 row has a plan that has not exactly one row "
        "with pick 1 (row 2). Pick one.",
    )


def test_a_missing_file_is_named(small: Places) -> None:
    """Somebody moved UNODC's file."""
    (small.published / "international" / "unodc_glotip" / "export.csv").unlink()
    assert _said(small) == (
        f"{SETS}: 1 row has a file that the folder of its set does not hold (row 2). "
        "Correct the name, or restore the file.",
    )


@pytest.mark.parametrize("name", ["../../figures.csv", "/etc/hostname", "Xqzzy.csv", "x" * 5000])
def test_a_set_is_looked_for_in_its_own_folder_alone(small: Places, name: str) -> None:
    """What a cell names is neither followed out of the workbench nor repeated in a message."""
    path = small.published / "international" / "sets.csv"
    path.write_text(path.read_text("utf-8").replace("export.csv", name), "utf-8")
    assert _said(small) == (
        f"{SETS}: 1 row has a file that the folder of its set does not hold (row 2). "
        "Correct the name, or restore the file.",
    )


def test_a_set_without_a_row_is_named(small: Places) -> None:
    """Without it nobody knows which file to read, nor under which licence."""
    path = small.published / "international" / "sets.csv"
    path.write_text(path.read_text("utf-8").replace("policy_3p,", "other,"), "utf-8")
    assert _said(small) == (
        f"{SETS}: 1 row has a word in set that is not allowed (row 3). "
        "Write one of: unodc_glotip, policy_3p, population.",
        f"{SETS}: the file has no row for policy_3p. Add one with its file and licence.",
    )


def test_a_folder_in_place_of_a_table_is_not_taken_for_nothing_submitted(
    small: Places, figures: Write
) -> None:
    """A table that was there would silently turn into *not submitted*."""
    path = figures({})
    path.unlink()
    path.mkdir()
    assert _said(small) == (f"{FILE}: the file has become a folder. Put the table in its place.",)


def test_a_file_that_cannot_be_read_is_named(small: Places, figures: Write) -> None:
    """Permissions and broken links come with shared drives."""
    path = figures({})
    path.unlink()
    path.symlink_to(path)
    assert _said(small) == (
        f"{FILE}: the file has contents that cannot be read ({os.strerror(errno.ELOOP)}). "
        "Allow reading, or restore it.",
    )


def test_a_cell_without_end_is_named_with_its_row(small: Places, figures: Write) -> None:
    """A quotation mark that is not closed makes one cell of all that follows."""
    figures({}, {"row_id": "SE-F-2", "note": "x" * 200_000})
    assert _said(small) == (
        f"{FILE}: the file has a cell of more than 131,072 characters (row 3). "
        "Look for a quotation mark that is not closed.",
    )


def test_no_message_holds_what_a_cell_says(small: Places, figures: Write) -> None:
    """Messages are copied into e-mails; a cell may one day hold a name."""
    secret = "Xqzzy"
    spoiled = dict.fromkeys(
        ("value", "publisher", "trust", "as_of", "source_url", "conflicts_with", "breakdown",
         "indicator", "counting_unit", "counting_rule", "period_start", "period_end"), secret,
    )  # fmt: skip
    figures(spoiled)
    problems = check_record(small)
    assert len(problems) >= 12
    assert secret not in "\n".join(grouped(problems))


def test_an_unsound_record_stops_a_build_with_every_message(small: Places, figures: Write) -> None:
    """One round of mending, not one a run."""
    figures({"value": "-7", "quote": ""})
    with pytest.raises(DataError) as caught:
        require_sound(small)
    assert str(caught.value).count(FILE) == 2


def test_one_country_can_be_checked_alone(small: Places, figures: Write) -> None:
    """Whoever sends Swedish tables need not wait for the others to be mended."""
    figures({"value": "-7"})
    assert check_record(small, "NOR") == ()
    assert check_record(small, "SWE") == (
        Problem(
            "error",
            FILE,
            2,
            "value",
            "a negative number in value",
            "Write what was counted, or leave the cell empty if it is not known.",
        ),
    )
