"""Templates: what a sender opens first, and what must come back as it is read."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl  # type: ignore[import-untyped]
import pytest

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.published import LANGUAGES, Language
from analysis.intake import reading, template
from analysis.intake.template import Asked, by_rhythm
from analysis.intake.template.countries import country_names
from analysis.places import Places

HOME = Places(Path(__file__).parents[2])
FORMS: Forms = read_forms(HOME.forms, HOME.partner_codelists)
REAL = read_profiles(HOME.profiles, FORMS)
INVENTED = read_profiles(HOME.synthetic / "profiles", FORMS)
SENDERS = sorted({**REAL, **INVENTED})
COUNTRIES = country_names(HOME.codelists / "countries.csv")


def asked_of(organisation: str) -> Asked:
    """Return what one sender is asked for."""
    found = REAL if organisation in REAL else INVENTED
    names = {key: one.name for key, one in found.items()}
    return template.asked(found[organisation], FORMS, countries=COUNTRIES, organisations=names)


def opened(content: bytes) -> Any:
    """Open a workbook as its reader does."""
    return openpyxl.load_workbook(BytesIO(content))


def meta(book: Any) -> dict[str, str]:
    """Return the hidden names and values."""
    return {row[0].value: row[1].value for row in book["_workbench"].iter_rows()}


def form_sheets(book: Any) -> dict[str, Any]:
    """Return the sheet of each form by its id."""
    named = {key: value for key, value in meta(book).items() if key.startswith("form ")}
    return {key.removeprefix("form "): book[value] for key, value in named.items()}


@pytest.mark.parametrize(
    ("organisation", "language"), [*((one, "da") for one in SENDERS), ("syn_c", "en")]
)
def test_every_sender_gets_its_fields_as_headings(organisation: str, language: Language) -> None:
    """A heading that is no label is a column that intake refuses."""
    asked = asked_of(organisation)
    sheets = form_sheets(opened(template.workbook(asked, language, page="page.html")))
    assert list(sheets) == list(asked.profile.forms)
    for name, sheet in sheets.items():
        fields = FORMS.forms[name].fields
        labels = [one.label for one in fields if one.name in asked.profile.forms[name]]
        assert [cell.value for cell in sheet[1]] == [one.said_in(language) for one in labels]
        assert sheet.freeze_panes == "B2"


@pytest.mark.parametrize("organisation", ["reden", "syn_police", "syn_centre"])
def test_no_cell_of_a_template_is_a_formula(organisation: str) -> None:
    """Intake refuses files with formulas, so what it hands out must hold none itself."""
    book = opened(template.workbook(asked_of(organisation), "da"))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}


def test_the_same_profile_gives_the_same_bytes() -> None:
    """Two copies that differ cannot be told from two versions."""
    asked = asked_of("syn_b")
    assert template.workbook(asked, "da") == template.workbook(asked, "da")
    assert template.xlsform(asked, asked.forms[0]) == template.xlsform(asked, asked.forms[0])
    stamps = {one.date_time for one in ZipFile(BytesIO(template.workbook(asked, "da"))).infolist()}
    assert stamps == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_of_an_invented_sender_says_that_it_is_synthetic(language: Language) -> None:
    """A sheet copied into another workbook must still say so."""
    book = opened(template.workbook(asked_of("syn_police"), language))
    mark = {"da": "syntetisk", "en": "synthetic"}[language]
    shown = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert len(shown) == len(INVENTED["syn_police"].forms) + 3
    assert all(f"({mark})" in sheet.title for sheet in shown)
    assert all(mark.upper() in (sheet.oddHeader.center.text or "") for sheet in shown)
    assert meta(book)["synthetic"] == "yes"


def test_a_real_sender_is_told_that_nothing_may_be_sent_before_the_controller_agrees() -> None:
    """The profile is our reading of an agreement; nobody may act on it before it is confirmed."""
    book = opened(template.workbook(asked_of("reden"), "da"))
    first = [cell.value for cell in book.worksheets[0]["A"] if cell.value]
    assert any(text.startswith("Den dataansvarlige har endnu ikke bekræftet") for text in first)
    said = [text for text in first if "SYNTETISK" in text]
    assert said == []


def test_the_first_sheet_says_by_which_agreement_and_what_is_never_sent() -> None:
    """Whoever fills it in must know why it may be asked, before the first name is written."""
    book = opened(template.workbook(asked_of("syn_b"), "en"))
    said = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    for part in (
        "SYN-B, from 1 January 2003",
        "Evaluation and statistics of the effort",
        "Danish Data Protection Act section 10",
        "free text, case notes",
        "never as an attachment to ordinary e-mail",
        "within 60 days of the end of the period",
    ):
        assert part in said


def _choices(book: Any, sheet: Any) -> dict[int, list[str]]:
    """Return what each column's drop-down offers, by the column's number."""
    found: dict[int, list[str]] = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            span = rule.formula1.split("!")[1].replace("$", "")
            offered = [row[0].value for row in book["_lists"][span]]
            found |= {one.min_col: offered for one in rule.sqref.ranges}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_drop_downs_offer_every_code_in_the_senders_words(language: Language) -> None:
    """A code that cannot be chosen is written by hand, and wrongly."""
    book = opened(template.workbook(asked_of("syn_b"), language))
    for name, sheet in form_sheets(book).items():
        offered = _choices(book, sheet)
        for place, one in enumerate(INVENTED["syn_b"].forms[name], start=1):
            field = FORMS.forms[name].field(one)
            if field.kind in ("code", "codes"):
                labels = [code.label.said_in(language) for code in FORMS.codes[field.of]]
                assert offered[place] == labels
            elif field.kind == "place":
                assert offered[place] == ["B1", "B2"]
            elif field.kind == "country":
                assert len(offered[place]) == 2 * len(COUNTRIES)
                assert {"DNK", COUNTRIES["DNK"].said_in(language)} <= set(offered[place])
            elif field.kind == "organisation":
                assert len(offered[place]) == len(INVENTED) - 1
            else:
                assert (place in offered) is (field.kind == "yesno")


def test_a_several_answer_cell_warns_and_lets_pass_where_one_answer_is_refused() -> None:
    """A spreadsheet's list knows one answer; two with a semicolon must not be impossible."""
    book = opened(template.workbook(asked_of("syn_b"), "da"))
    sheet = form_sheets(book)["assessments"]
    styles = {
        sheet.cell(1, span.min_col).value: rule.errorStyle
        for rule in sheet.data_validations.dataValidation
        for span in rule.sqref.ranges
        if rule.type == "list"
    }
    assert styles["Formål"] == "warning"
    assert styles["Vurdering"] in (None, "stop")


def test_every_check_has_an_input_message_and_an_error_text() -> None:
    """A refusal without a word teaches people to work around it."""
    sheets = form_sheets(opened(template.workbook(asked_of("syn_police"), "da"))).values()
    rules = [one for sheet in sheets for one in sheet.data_validations.dataValidation]
    assert {one.type for one in rules} >= {"list", "date", "whole", "decimal"}
    assert all(one.prompt and one.promptTitle for one in rules)
    assert all(one.error for one in rules if one.type not in (None, "none"))


def test_the_field_guide_names_each_field_and_each_code_with_its_standard() -> None:
    """Who wonders what *servitude* means must find it in the file at hand."""
    book = opened(template.workbook(asked_of("syn_b"), "en"))
    guide = book["Field guide (synthetic)"]
    lines = [[cell.value or "" for cell in row] for row in guide.iter_rows(min_row=2)]
    fields = {(line[0], line[1]) for line in lines if line[1]}
    assert len(fields) == sum(len(each) for each in INVENTED["syn_b"].forms.values())
    assert ["servitude", "Servitude", "Palermo Protocol art. 3"] in [line[5:8] for line in lines]


def test_forms_sent_equally_often_share_a_workbook_and_no_others_do() -> None:
    """Intake takes a file for one period: a quarter's sheet beside a half-year's is refused."""
    parted = by_rhythm(asked_of("syn_b"))
    assert {rhythm: [one.form.id for one in part.forms] for rhythm, part in parted.items()} == {
        "half_year": ["persons", "assessments", "services", "referrals", "stays"],
        "quarter": ["places"],
    }


_DAYS = ("first_contact_on", "decided_on", "offered_on", "started_on", "ended_on", "arrived_on",
         "left_on", "referred_on", "answered_on")  # fmt: skip


def _fill(book: Any, profile: Profile, rows: int) -> None:
    """Fill each sheet as a sender would: by the drop-downs, with dates in order."""
    for name, sheet in form_sheets(book).items():
        offered = _choices(book, sheet)
        for place, one in enumerate(profile.forms[name], start=1):
            field = FORMS.forms[name].field(one)
            for row in range(2, 2 + rows):
                sheet.cell(row, place).value = _answer(field, offered.get(place, []), row)


def _answer(field: Any, offered: list[str], row: int) -> Any:
    if field.kind == "codes":
        return "; ".join(offered[:2])
    if field.kind == "yesno":
        return offered[1] if field.name == "child" else offered[0]
    if offered:
        return offered[row % len(offered)]
    if field.kind == "month":
        return date(2008, row - 1, 1)
    if field.kind == "date":
        return date(2008, 2, row + 4 * _DAYS.index(field.name) // 2)
    answers: dict[str, Any] = {"reference": f"R-{row}", "count": 9, "identity": "Åse Berg"}
    return date(1980, 5, row) if field.of == "birth_date" else answers[field.kind]


@pytest.mark.parametrize(("organisation", "language"), [("syn_b", "da"), ("syn_c", "en")])
def test_a_filled_template_is_read_back_form_by_form(organisation: str, language: Language) -> None:
    """What the template offers is what intake reads, or every sender is asked in vain."""
    profile = INVENTED[organisation]
    book = opened(template.workbook(asked_of(organisation), language))
    _fill(book, profile, rows=3)
    saved = BytesIO()
    book.save(saved)
    sheets = reading.read("synthetic-x.xlsx", saved.getvalue(), profile, FORMS, form=None)
    assert {one.form: list(one.cells.columns) for one in sheets} == {
        name: list(fields) for name, fields in profile.forms.items()
    }
    assert all(list(one.rows) == [2, 3, 4] for one in sheets)
    persons = next(one for one in sheets if one.form == "persons")
    assert list(persons.cells["first_contact_on"]) == ["2008-02-02", "2008-02-03", "2008-02-04"]


def test_a_csv_header_is_in_the_senders_own_dialect() -> None:
    """An agreement on Windows-1252 and semicolons holds for what we hand out too."""
    asked = asked_of("syn_b")
    line = template.header_line(asked.forms[0], asked.profile, "da")
    assert line == "Jeres sagsnummer;Fornavn;Efternavn;Fødselsdato;Køn;Statsborgerskab;" \
        "Under 18 år ved første møde;Første møde\r\n".encode("windows-1252")  # fmt: skip


def _survey(organisation: str, form: str) -> dict[str, dict[str, str]]:
    asked = asked_of(organisation)
    chosen = next(one for one in asked.forms if one.form.id == form)
    rows = [
        [cell.value or "" for cell in row]
        for row in opened(template.xlsform(asked, chosen))["survey"].iter_rows()
    ]
    return {row[1]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}


def test_a_kobo_form_has_the_fields_codes_and_constraints_of_the_form() -> None:
    """An export of it must come back under the names that intake knows."""
    survey = _survey("syn_b", "services")
    assert list(survey) == ["synthetic", *INVENTED["syn_b"].forms["services"]]
    assert survey["service"]["type"] == "select_one services"
    assert survey["offered_on"]["required"] == "yes"
    assert survey["ended_on"]["constraint"] == (
        ". <= today() and (${started_on} = '' or . >= ${started_on})"
    )
    assert survey["ended_on"]["constraint_message::Dansk (da)"].endswith(
        "Støtten sluttede, før den begyndte."
    )
    contacts = _survey("syn_a", "contacts")
    assert contacts["contacts"]["constraint"] == (". >= 0 and (${persons} = '' or . >= ${persons})")
    assert contacts["month"]["appearance"] == "month-year"


def test_kobo_names_its_choices_once_and_names_no_list_that_is_not_there() -> None:
    """A list that is named and missing stops the whole form at the server."""
    for organisation in ("syn_police", "reden"):
        asked = asked_of(organisation)
        for form in asked.forms:
            book = opened(template.xlsform(asked, form))
            choices = [(row[0].value, row[1].value) for row in book["choices"].iter_rows(min_row=2)]
            assert len(choices) == len(set(choices))
            types = [row[0].value for row in book["survey"].iter_rows(min_row=2)]
            named = {one.split()[1] for one in types if one.startswith("select")}
            assert named == {name for name, _ in choices}


def test_a_field_that_nothing_reads_is_told_and_one_that_a_rule_compares_is_not() -> None:
    """A burden that nobody carries fruit from should be dropped, and only that."""
    profile = INVENTED["syn_police"]
    every = {(form, field) for form, fields in profile.forms.items() for field in fields}
    but_two = frozenset(every - {("charges", "sentence_months"), ("cases", "closed_on")})
    found = template.unused(profile, FORMS, {"indicator": but_two}, {"charges": 12.5})
    # cases.closed_on is compared with opened_on, so it stays.
    assert found == (template.Unused("charges", "sentence_months", 12.5),)


def test_columns_are_wide_enough_for_the_longest_word_of_their_heading() -> None:
    """A heading that breaks inside a word cannot be read at a glance."""
    sheets = form_sheets(opened(template.workbook(asked_of("reden"), "da")))
    for sheet in sheets.values():
        for cell in sheet[1]:
            width = sheet.column_dimensions[cell.column_letter].width
            assert width >= max(map(len, cell.value.split()))


def test_countries_stand_in_the_order_of_the_danish_alphabet() -> None:
    """Østrig after Zimbabwe, or it is looked for in vain."""
    book = opened(template.workbook(asked_of("syn_b"), "da"))
    sheet = form_sheets(book)["persons"]
    offered = _choices(book, sheet)[6][: len(COUNTRIES)]
    order = [one.casefold().translate(str.maketrans("æøå", "{|}")) for one in offered]
    assert all(a <= b for a, b in pairwise(order))
    assert offered.index("Østrig") > offered.index("Zimbabwe")
