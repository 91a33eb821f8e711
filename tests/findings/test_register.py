"""The register: collected from notebooks, equal in both languages, nothing synthetic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Finding, from_json, to_json
from analysis.contracts.published import Language
from analysis.errors import FindingError
from analysis.findings import register
from analysis.findings.shown import ShownFinding

Plain = dict[str, Any]


def _notebook(*findings: Finding, language: Language = "en") -> Plain:
    """An executed notebook as nbformat stores it, after its outputs went through JSON."""
    outputs = [
        {"output_type": "execute_result", "data": ShownFinding(one, language)._repr_mimebundle_()}
        for one in findings
    ]
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]
    stored: Plain = json.loads(json.dumps({"cells": cells}, allow_nan=False))
    return stored


@pytest.fixture
def plain(cases: Mapping[str, Finding]) -> list[Plain]:
    """Every known case as JSON, each once."""
    return json.loads(json.dumps([to_json(finding) for finding in _unique(cases)]))  # type: ignore[no-any-return]


def _unique(cases: Mapping[str, Finding]) -> list[Finding]:
    return list({finding.id: finding for finding in cases.values()}.values())


def test_collects_findings_in_reading_order_with_their_notebook(
    cases: Mapping[str, Finding],
) -> None:
    """The executed notebook is the record: what is not in one is not found."""
    count, undecided = cases["count"], cases["undecided"]
    found = register.collect(
        {
            ("4-identification", "da"): _notebook(count, language="da"),
            ("4-identification", "en"): _notebook(count),
            ("5-prosecution", "da"): _notebook(undecided, language="da"),
            ("5-prosecution", "en"): _notebook(undecided),
        }
    )
    assert [(one["id"], one["notebook"]) for one in found] == [
        (count.id, "4-identification"),
        (undecided.id, "5-prosecution"),
    ]


def test_a_finding_survives_the_notebook_unchanged(cases: Mapping[str, Finding]) -> None:
    """Infinite limits and silences must come back as what they were."""
    for finding in cases.values():
        assert from_json(json.loads(json.dumps(to_json(finding), allow_nan=False))) == finding


def test_every_known_case_keeps_the_published_schema(plain: list[Plain]) -> None:
    """Others build on the schema: what we write must be what it promises."""
    register.check([{**one, "notebook": "n"} for one in plain])


@pytest.mark.parametrize("name", ["estimate", "limits", "sides", "verdict", "sentence"])
def test_two_languages_that_differ_are_refused_by_name(plain: list[Plain], name: str) -> None:
    """An estimate that depends on the language is an error nobody would see on one page."""
    changed = json.loads(json.dumps(plain))
    changed[0][name] = {"changed": True}
    with pytest.raises(FindingError, match=rf"1 differ .*: {plain[0]['id']} \({name}\)"):
        register.agree(plain, changed)


def test_a_finding_in_one_language_only_is_refused(plain: list[Plain]) -> None:
    """A reader of the other language would not know that it exists."""
    with pytest.raises(FindingError, match=r"1 differ .*in one language only"):
        register.agree(plain, plain[1:])


@given(st.data())
def test_order_alone_is_no_difference(cases: Mapping[str, Finding], data: st.DataObject) -> None:
    """Notebooks run in parallel: which is done first must not fail a build."""
    listed = [to_json(finding) for finding in _unique(cases)]
    register.agree(listed, data.draw(st.permutations(listed)))


def test_an_id_that_stands_twice_is_refused(cases: Mapping[str, Finding]) -> None:
    """A citation by id must lead to one finding."""
    notebooks: dict[tuple[str, Language], Plain] = {
        ("one", "en"): _notebook(cases["count"]),
        ("two", "en"): _notebook(cases["count"]),
    }
    with pytest.raises(FindingError, match=r"1 ids are recorded twice \(victims\) in one, two"):
        register.collect(notebooks)


def test_synthetic_findings_never_enter_a_register(plain: list[Plain]) -> None:
    """Rehearsal data in a real report would be invented evidence."""
    plain[0]["basis"] = "synthetic"
    with pytest.raises(
        FindingError, match=rf"1 findings rest on synthetic data \({plain[0]['id']}\)"
    ):
        register.check(plain)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("rows", []),
        ("grade", "F"),
        ("limits", None),
        ("caveats", []),
        ("surprise", 1),
        ("fingerprint", "0"),
        ("breaks", []),
    ],
)
def test_the_schema_refuses_what_the_rules_forbid(
    cases: Mapping[str, Finding], place: str, value: object
) -> None:
    """A hand-made notebook cannot bring in a claim without rows, limits or breaks."""
    one = json.loads(json.dumps(to_json(cases["foreign plans"]))) | {place: value}
    with pytest.raises(FindingError, match=r"break finding\.schema\.json"):
        register.check([one])


def test_the_message_names_the_place_and_not_the_content(plain: list[Plain]) -> None:
    """Messages are copied into e-mails."""
    plain[0]["sentence"]["da"] = {"secret": "name of a person"}
    with pytest.raises(FindingError) as caught:
        register.check(plain)
    assert f"{plain[0]['id']}.sentence.da" in str(caught.value)
    assert "person" not in str(caught.value)


def test_load_says_what_to_do_when_nothing_was_built(tmp_path: Path) -> None:
    """The first thing a new user does is to list findings before building."""
    with pytest.raises(FindingError, match="Build first: workbench build"):
        register.load(tmp_path)
    (tmp_path / register.REGISTER).write_text("[", encoding="utf-8")
    with pytest.raises(FindingError, match="not JSON"):
        register.load(tmp_path)
