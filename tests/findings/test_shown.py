"""What a notebook shows: JSON for the register, a card for people, text for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from analysis.contracts.findings import Contrary, Finding
from analysis.contracts.outputs import FINDING
from analysis.contracts.published import LANGUAGES, Language, SourceRow, Text
from analysis.findings.shown import ShownFinding, card


def _find(id: str) -> SourceRow:
    return SourceRow(
        id, "f.csv", 2, Text("Ofre", "Victims"), "<5", "2007", "unodc", "", "", "high", ""
    )


def test_the_bundle_has_all_three_forms(cases: Mapping[str, Finding]) -> None:
    """Without the JSON there is no register, without the card no reader."""
    bundle = ShownFinding(cases["count"], "en")._repr_mimebundle_()
    assert set(bundle) == {FINDING, "text/html", "text/plain"}
    assert bundle[FINDING]["id"] == "victims"
    assert repr(ShownFinding(cases["count"], "en")) == bundle["text/plain"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_is_whole_and_labelled(cases: Mapping[str, Finding], language: Language) -> None:
    """A screen reader announces the article by its question, in the right language."""
    for finding in cases.values():
        root = ElementTree.fromstring(card(finding, language, _find))
        assert root.tag == "article"
        assert root.get("lang") == language
        assert finding.question.said_in(language) in str(root.get("aria-label"))
        said = "".join(root.itertext())
        assert finding.sentence.said_in(language) in said
        for caveat in finding.caveats:
            assert caveat.said_in(language) in said


def test_every_row_is_a_link_to_its_source(cases: Mapping[str, Finding]) -> None:
    """Each number leads to the row it comes from."""
    root = ElementTree.fromstring(card(cases["recorded more"], "en", _find))
    links = {link.get("href") for link in root.iter("a")}
    rows = [*cases["recorded more"].rows, "U-2011", "U-2012"]
    assert links == {f"sources.html#{row}" for row in rows}
    assert "Victims, 2007, <5, unodc" in {link.text for link in root.iter("a")}


def test_markup_in_the_record_stays_text(cases: Mapping[str, Finding]) -> None:
    """Sources print "<5": it must not open a tag, and nor must anything worse."""
    sharp = Contrary(Text("<b>&", "<script>alert(1)</script>"), ('a"b=<c',))
    finding = replace(cases["count"], contrary=(sharp,), rows=('a"b=<c',))
    root = ElementTree.fromstring(card(finding, "en"))
    assert not list(root.iter("script"))
    assert next(root.iter("a")).get("href") == "sources.html#a%22b%3D%3Cc"


def test_a_refusal_shows_no_grade(cases: Mapping[str, Finding]) -> None:
    """A grade beside a refusal would make evidence of it."""
    assert "Evidence grade" not in card(cases["refused"], "en")
    assert "Evidence grade E" in card(cases["owed"], "en")
