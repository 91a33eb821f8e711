"""The notebooks as the real build ran them: no failure, held checks, the issue's own figures."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from analysis import evaluations
from analysis.contracts.outputs import CHECK, FIGURE, FINDING, TABLE, of_kind
from analysis.published.load import open_record
from analysis.reporting.front_page import LONGEST

LANGUAGES = ("da", "en")
NAMES = (
    "plans", "involvement", "support", "identification", "prosecution", "policy_index",
    "comparators", "trend",
    "evaluations", "hidden_population",
    "data_quality", "pathways", "cooperation", "coverage",
    "robustness", "simulation", "synthesis",
)  # fmt: skip

each_run = pytest.mark.parametrize(
    ("language", "name"), [(language, name) for name in NAMES for language in LANGUAGES]
)


@pytest.fixture(scope="module")
def findings(real_build: Any) -> dict[str, Any]:
    """The register by id."""
    return {one["id"]: one for one in real_build.findings}


@pytest.fixture(scope="module")
def chosen(real_build: Any) -> Any:
    """The default evaluation, as the build read it."""
    return evaluations.read(real_build.places, evaluations.default(real_build.places))


@each_run
def test_notebook_ran_to_its_end_without_a_warning(
    real_build: Any, language: str, name: str
) -> None:
    """A warning in an executed notebook is a doubt that nobody answered."""
    notebook = real_build.notebook(language, name)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error"
            assert output.get("name") != "stderr", output.get("text")
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["source"]]
    assert all(cell["execution_count"] for cell in code)


@each_run
def test_every_check_held(real_build: Any, language: str, name: str) -> None:
    """Each claim that the prose makes was put to the data."""
    checks = of_kind(real_build.notebook(language, name), CHECK)
    assert checks
    assert all(check["held"] for check in checks)


@pytest.mark.parametrize("name", NAMES)
def test_both_editions_show_the_same(real_build: Any, name: str) -> None:
    """A table in one edition alone is a fact that half of the readers never see."""
    shown = [
        [
            [one["id"] for one in of_kind(real_build.notebook(language, name), kind)]
            for kind in (FINDING, TABLE, FIGURE)
        ]
        for language in LANGUAGES
    ]
    assert shown[0] == shown[1]
    assert any(shown[0])


@pytest.mark.parametrize("kind", [TABLE, FIGURE])
def test_every_table_and_figure_has_an_id_of_its_own(real_build: Any, kind: str) -> None:
    """Two under one id overwrite each other's file."""
    ids = [one["id"] for name in NAMES for one in of_kind(real_build.notebook("en", name), kind)]
    assert len(ids) == len(set(ids))


def test_prosecutions_are_those_of_the_issue(findings: Any) -> None:
    """7-19 in 2003-2006 and 93 in 2007-2010, by calendar years, at both readings."""
    found = findings["prosecution.prosecuted"]
    before, after = found["sides"]
    assert (before["first_year"], before["last_year"]) == (2003, 2006)
    assert (before["count"]["low"], before["count"]["high"]) == (7, 19)
    assert (after["first_year"], after["last_year"]) == (2007, 2010)
    assert (after["count"]["low"], after["count"]["high"]) == (93, 93)
    estimate = found["estimate"]
    assert (estimate["low"], estimate["high"]) == pytest.approx((4.89, 13.29), abs=0.005)
    exact = [pair for pair in _pairs(found) if "exact" in pair["method"]]
    assert (exact[0]["low"], exact[0]["high"]) == pytest.approx((2.97, 33.96), abs=0.005)


def test_readings_of_prosecutions_stand_side_by_side(real_build: Any) -> None:
    """13.29 (6.20-33.96) is never printed without 4.89 (2.97-8.49)."""
    tables = of_kind(real_build.notebook("en", "prosecution"), TABLE)
    (readings,) = (table for table in tables if table["id"].endswith("readings"))
    printed = [" ".join(map(str, line)) for line in readings["cells"]]
    assert any("13.29" in line and "6.20–33.96" in line for line in printed)
    assert any("4.89" in line and "2.97–8.49" in line for line in printed)


def test_convictions_are_undecided(findings: Any) -> None:
    """Three years against four: 1.35 to 3.32, limits 0.69-8.94."""
    found = findings["prosecution.convicted"]
    assert [side["exposure"] for side in found["sides"]] == [3.0, 4.0]
    estimate = found["estimate"]
    assert (estimate["low"], estimate["high"]) == pytest.approx((1.35, 3.32), abs=0.005)
    exact = [pair for pair in _pairs(found) if "exact" in pair["method"]]
    assert (exact[0]["low"], exact[0]["high"]) == pytest.approx((0.69, 8.94), abs=0.005)
    assert found["verdict"] == "undecided"


def _pairs(found: Any) -> list[Any]:
    return [found["limits"], *found["other_limits"]]


def test_headline_pair_is_the_wider_one(findings: Any) -> None:
    """Persons cluster in cases; the narrow pair is printed, and second."""
    for found in findings.values():
        if found["unit"] != "ratio" or found["limits"] is None:
            continue
        low, high = found["limits"]["low"], found["limits"]["high"]
        for other in found["other_limits"]:
            assert low <= other["low"]
            assert high is None or (other["high"] is not None and high >= other["high"])


def test_victims_are_counted_and_not_compared(findings: Any) -> None:
    """17, 28, 47, 53: 92 to 2009 and 145 in all, without a baseline before 2007."""
    found = findings["identification.victims"]
    assert found["verdict"] == "not_comparable"
    assert "17, 28, 47 og 53" in found["sentence"]["da"]
    assert "17, 28, 47 and 53" in found["sentence"]["en"]
    assert "145" in found["sentence"]["en"]
    (later,) = (side for side in found["sides"] if side["count"]["kind"] != "not_known")
    assert later["count"]["low"] == later["count"]["high"] == 145


def test_victims_of_three_years_are_shown_beside_the_governments_own_sum(real_build: Any) -> None:
    """The government counted 92 from August 2007 to December 2009; so do UNODC's three years."""
    text = json.dumps(real_build.notebook("en", "identification"), ensure_ascii=False)
    assert re.search(r"\b92\b", text)


def test_contacts_never_enter_with_identified_victims(findings: Any) -> None:
    """1,067 contacts in 2009 are not 1,067 victims."""
    for found in findings.values():
        if found["indicator"] == "victims_identified":
            assert "1,067" not in found["sentence"]["en"]
            assert not [row for row in found["rows"] if "contacted" in row]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_worded_in_the_languages_own_way(findings: Any, language: str) -> None:
    """4.9 in a Danish sentence is read as four thousand nine hundred by some, as a slip by all."""
    foreign = {"da": r"(?<![\d.])\d{1,3}\.\d{1,2}(?![\d.])", "en": r"\d,\d{1,2}(?!\d)"}[language]
    for found in findings.values():
        texts = [found[name][language] for name in ("question", "sentence", "short")]
        texts += [one[language] for name in ("caveats", "assumptions") for one in found[name]]
        texts += [one["text"][language] for one in found["contrary"]]
        for text in texts:
            assert text.strip(), found["id"]
            assert not set("{}") & set(text), found["id"]
            assert not re.search(foreign, text), (found["id"], text)


def test_both_languages_are_not_one(findings: Any) -> None:
    """An English sentence in the Danish column passes every other check."""
    same = [
        id for id, found in findings.items() if found["sentence"]["da"] == found["sentence"]["en"]
    ]
    assert same == []
    english = re.compile(r"\b(?:the|and|was|were|with|not)\b")
    danish = re.compile(r"\b(?:og|ikke|blev|med|er|af)\b")
    for id, found in findings.items():
        assert not english.search(found["sentence"]["da"]), id
        assert not danish.search(found["sentence"]["en"]), id


def test_every_id_that_the_evaluation_names_is_in_the_register(findings: Any, chosen: Any) -> None:
    """A front page that asks for a finding of another name shows nothing, and says nothing."""
    assert set(chosen.front_page.ids) <= set(findings)
    assert set(chosen.protocol.primary) <= set(findings)


def test_no_contrary_evidence_is_lost(real_build: Any, findings: Any) -> None:
    """A mistyped id in contrary.csv would hide what speaks against a finding."""
    table = open_record(real_build.places).table("contrary", "DNK")
    assert sorted(set(table["finding"]) - set(findings)) == []
    for id, own in table.groupby("finding"):
        told = {one["text"]["da"] for one in findings[id]["contrary"]}
        # What limits that disagree say against a finding stands beside what the record says.
        assert set(own["text_da"]) <= told


def _front_page(real_build: Any, language: str) -> str:
    page = (real_build.folder / "report" / "index.html").read_text(encoding="utf-8")
    (edition,) = re.findall(rf'<div id="{language}".*?<main>(.*?)</main>', page, re.DOTALL)
    # What only a screen reader says (the words before a grade) is not read on the page.
    shown = re.sub(r'<span class="unseen">.*?</span>', "", edition, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_front_page_is_read_in_a_minute(real_build: Any, language: str) -> None:
    """250 words a language, as the reader meets them, not as the program counts them."""
    words = [run for run in _front_page(real_build, language).split() if re.search(r"\w", run)]
    assert 100 < len(words) <= LONGEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_front_page_says_what_was_counted(real_build: Any, language: str) -> None:
    """The counts themselves, so that a ratio is never quoted alone."""
    said = _front_page(real_build, language)
    for number in ("93", "17, 28, 47", "2003", "2010"):
        assert number in said


def test_no_finding_claims_an_effect(findings: Any) -> None:
    """Before-after and documents allow none: nothing is graded above C, nothing called caused."""
    for found in findings.values():
        assert found["grade"] in ("C", "D", "E")
        assert found["basis"] == "published"
        assert not re.search(
            r"\bcaused\b|\bforårsage", found["sentence"]["en"] + found["sentence"]["da"]
        )


def test_synthesis_carries_every_finding(real_build: Any, findings: Any) -> None:
    """The board at the end is the whole study, not a selection."""
    for language in LANGUAGES:
        tables = of_kind(real_build.notebook(language, "synthesis"), TABLE)
        by_id = {table["id"]: table for table in tables}
        said, unsaid = (len(by_id[f"synthesis.{name}"]["cells"]) for name in ("said", "unsaid"))
        assert said + unsaid == len(findings)
        assert min(said, unsaid) > 0
