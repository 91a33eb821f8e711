"""Hidden populations in the real build: refused for Denmark, ranges elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.contracts.outputs import FIGURE, TABLE, of_kind

LABELS = {"da": "Syntetisk", "en": "Synthetic"}
INVENTED = ("worlds", "covered", "invented_lists", "invented_tree", "invented_path")
each_language = pytest.mark.parametrize("language", LABELS)


@pytest.fixture(scope="module")
def findings(real_build: Any) -> dict[str, Any]:
    """What the notebook recorded, by id."""
    return {one["id"]: one for one in real_build.findings if one["notebook"] == "hidden_population"}


def test_one_refusal_and_four_places(findings: dict[str, Any]) -> None:
    """Denmark has no lists; four published tables stand beside their published totals."""
    names = ("DNK", "uk", "western_us", "new_orleans", "korea")
    assert set(findings) == {f"hidden_population.{name}" for name in names}
    assert findings["hidden_population.DNK"]["verdict"] == "refused"
    assert findings["hidden_population.DNK"]["country"] == "DNK"


def test_no_number_of_another_place_passes_for_denmarks(findings: dict[str, Any]) -> None:
    """A total from the United Kingdom has been scaled to other countries before."""
    for id, found in findings.items():
        if id.endswith("DNK"):
            continue
        assert found["country"] != "DNK"
        assert any("another place" in one["en"] for one in found["caveats"])


def test_the_uk_is_a_range_and_not_the_number_everybody_quotes(findings: dict[str, Any]) -> None:
    """From about 11,300 to about 23,000: twice as many, so no single number."""
    found = findings["hidden_population.uk"]
    assert found["verdict"] == "undecided"
    assert (found["estimate"]["low"], found["estimate"]["high"]) == (11313, 22991)


def test_agreeing_methods_have_evidence_against_them(findings: dict[str, Any]) -> None:
    """Where methods agree, internal consistency failed all the same."""
    for name in ("western_us", "new_orleans"):
        found = findings[f"hidden_population.{name}"]
        assert found["verdict"] == "described"
        assert any("list is hidden" in one["text"]["en"] for one in found["contrary"])


@each_language
def test_what_is_invented_is_titled_so_and_nothing_else_is(real_build: Any, language: str) -> None:
    """One page holds both: a reader must never have to guess which is which."""
    notebook = real_build.notebook(language, "hidden_population")
    shown = [*of_kind(notebook, TABLE), *of_kind(notebook, FIGURE)]
    titled = {one["id"].partition(".")[2] for one in shown if LABELS[language] in one["title"]}
    assert titled == set(INVENTED)


@each_language
def test_front_page_holds_none_of_it(real_build: Any, language: str) -> None:
    """What was worked out for other places is no answer about Denmark."""
    page = (real_build.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "22,991" not in page
    assert "22.991" not in page
