"""The catalogues: every sentence in both languages, with the same parts, readable aloud."""

from __future__ import annotations

import re
import string
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from analysis.contracts.published import LANGUAGES, Text
from analysis.language import words

WORDING = Path(str(files("analysis.language"))) / "wording"
NAMES = sorted(path.stem for path in WORDING.glob("*.yml"))
SOURCE = Path(str(files("analysis")))

Catalogue = dict[str, dict[str, str]]


def _read(name: str) -> Catalogue:
    loaded: Catalogue = yaml.safe_load((WORDING / f"{name}.yml").read_text(encoding="utf-8"))
    return loaded


def _parts(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_there_are_catalogues() -> None:
    """Without any file, every test below would pass by having nothing to look at."""
    assert {"values", "findings"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_stands_in_exactly_both_languages(name: str) -> None:
    """A missing language shows as a crash in one report only."""
    wrong = [
        key
        for key, said in _read(name).items()
        if not isinstance(said, dict)
        or set(said) != set(LANGUAGES)
        or not all(isinstance(text, str) and text.strip() for text in said.values())
    ]
    assert not wrong, f"{name}.yml: {wrong}"


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_parts(name: str) -> None:
    """A part left out of one language drops a number from that report."""
    wrong = {
        key: _parts(said["da"]) ^ _parts(said["en"])
        for key, said in _read(name).items()
        if _parts(said["da"]) != _parts(said["en"])
    }
    assert not wrong, f"{name}.yml: {wrong}"


@pytest.mark.parametrize("name", NAMES)
def test_parts_are_plain_names(name: str) -> None:
    """A part such as {} or {a.b} cannot be filled by a name."""
    parts = {
        part for said in _read(name).values() for text in said.values() for part in _parts(text)
    }
    assert not [part for part in parts if not re.fullmatch(r"[a-z][a-z0-9_]*", part)]


@pytest.mark.parametrize("name", NAMES)
def test_no_key_stands_twice(name: str) -> None:
    """YAML lets the second win in silence."""
    text = (WORDING / f"{name}.yml").read_text(encoding="utf-8")
    keys = re.findall(r"^([A-Za-z0-9_.]+):", text, flags=re.MULTILINE)
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


@pytest.mark.parametrize("name", NAMES)
def test_danish_is_written_with_its_own_letters(name: str) -> None:
    """Æ, ø and å written as ae, oe and aa read as a foreigner's Danish."""
    foreign = r"\b(?:foer|paa|ogsaa|aar|maaned\w*|stoette|naeste|hjaelp\w*|taelle\w*|maaling\w*)\b"
    wrong = [key for key, said in _read(name).items() if re.search(foreign, said["da"], re.I)]
    assert not wrong, f"{name}.yml: {wrong}"


@pytest.mark.parametrize("name", NAMES)
def test_the_english_text_is_not_danish(name: str) -> None:
    """A line copied and not translated stands in the wrong report."""
    danish = r"[æøåÆØÅ]|\b(?:og|ikke|eller|fra|hvor|af|kan|til)\b"
    wrong = [
        key
        for key, said in _read(name).items()
        if re.search(danish, said["en"]) and said["en"] != said["da"]
    ]
    allowed = {"this_language", "other_language", "danish", "as_danish"}
    assert not set(wrong) - allowed, f"{name}.yml: {wrong}"


def test_every_literal_key_in_the_source_is_in_its_catalogue() -> None:
    """A key that is misspelt fails only when a reader asks for that page."""
    catalogues = {name: _read(name) for name in NAMES}
    missing = [
        f"{path.name}: {catalogue}.{key}"
        for path in sorted(SOURCE.rglob("*.py"))
        for catalogue, key in re.findall(
            r"(?:say|text)\(\s*\"(\w+)\.(\w+)\"\s*[,)]", path.read_text(encoding="utf-8")
        )
        if catalogue in catalogues and key not in catalogues[catalogue]
    ]
    assert not missing


def test_every_sentence_of_findings_is_used() -> None:
    """Wording that nothing says any more misleads whoever translates it."""
    source = "".join(path.read_text("utf-8") for path in (SOURCE / "findings").glob("*.py"))
    stems = (
        r"(?:changed_F|grade|verdict|method|assume|card|head|sheet|value|reason|unit|pair|kind)_?"
    )
    unused = [
        key
        for key in _read("findings")
        if not re.match(stems, key)
        and key not in source
        and not re.search(rf"\b{key.removesuffix('_short').removesuffix('_foreign')}\b", source)
    ]
    assert not unused


def test_a_part_that_is_a_text_speaks_the_sentences_language() -> None:
    """A Danish label inside an English sentence is the commonest slip."""
    said = words.text("values.at_least", low=Text("tolv", "twelve"))
    assert said == Text("mindst tolv", "at least twelve")


def test_a_missing_part_is_a_bug_and_says_so() -> None:
    """A sentence with a hole in it must never be written."""
    with pytest.raises(KeyError, match="low"):
        words.say("values.at_least", "en")


@pytest.mark.parametrize(
    ("items", "da", "en"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a og b", "a and b"),
        (["a", "b", "c"], "a, b og c", "a, b and c"),
    ],
)
def test_lists_are_joined_as_each_language_does(items: list[str], da: str, en: str) -> None:
    """Names of countries and years stand in sentences, not in brackets."""
    assert (words.joined(items, "da"), words.joined(items, "en")) == (da, en)


def test_capital_leaves_the_rest_alone() -> None:
    """`str.capitalize` would turn GRETA into Greta."""
    assert words.capital("åbne GRETA-sager") == "Åbne GRETA-sager"
    assert words.capital("") == ""


def test_the_quick_reader_reads_what_the_plain_one_reads() -> None:
    """Which PyYAML is installed must not change a sentence."""
    assert words.catalogues() == {name: _read(name) for name in NAMES}
