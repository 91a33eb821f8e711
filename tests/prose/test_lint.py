"""What prose may not say: overclaims planted in both languages, and what claims nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Grade
from analysis.contracts.published import Language
from analysis.places import Places
from analysis.prose import lint, reach, rules, texts

HOME = Path(__file__).parents[2]


def _marked(text: str, language: Language | None = None, grade: Grade = "C") -> list[str]:
    found = lint.hits([texts.Passage("page.md", text, language=language)], usual=grade)
    return [f"{hit.rule}: {hit.words}" for hit in found]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Planen førte til flere domme.", "causal: førte til"),
        ("Den nye plan har ført til en stigning.", "causal: ført til"),
        ("Senere førte den nye plan til flere domme.", "causal: førte den nye plan til"),
        ("Stigningen skyldes planen.", "causal: skyldes"),
        ("Politireformen medførte flere sager.", "causal: medførte"),
        ("Der kom flere sager på grund af planen.", "causal: på grund af"),
        ("Effekten af planen var stor.", "causal: Effekten af"),
        ("Planen bidrog til flere domme.", "contributing: bidrog til"),
        ("The plan led to more convictions.", "causal: led to"),
        ("The rise was because of the plan.", "causal: because of"),
        ("It resulted\nin more convictions.", "causal: resulted in"),
        ("It **led** to more.", "causal: led** to"),
        ("Thanks to the plan, more were convicted.", "causal: Thanks to"),
        ("The impact of the plan was large.", "causal: impact of"),
        ("The plan contributed to more convictions.", "contributing: contributed to"),
        ("Planen havde ingen effekt.", "no_effect: ingen effekt"),
        ("Planen havde ikke nogen virkning.", "no_effect: ikke nogen virkning"),
        ("Planen førte ikke til flere domme.", "no_effect: førte ikke til"),
        ("The plan had no effect.", "no_effect: no effect"),
        ("The plan did not have any effect.", "no_effect: not have any effect"),
        ("The plan did not lead to more trials.", "no_effect: did not lead to"),
        ("The plan made no difference.", "no_effect: no difference"),
        ("It had no measurable effect.", "no_effect: no measurable effect"),
        ("Der var ikke nogen påviselig effekt.", "no_effect: ikke nogen påviselig effekt"),
        ("Ingen signifikant forskel.", "no_effect: Ingen signifikant forskel"),
        ("Stigningen kan tilskrives planen.", "causal: kan tilskrives"),
    ],
)
def test_an_overclaim_is_marked(text: str, marked: str) -> None:
    """What a reader takes for proof must have been proven."""
    (found,) = _marked(text)
    assert found == marked.replace("impact of", "The impact of")


@pytest.mark.parametrize(
    "text",
    [
        "Der er ingen tvivl om, at planen førte til flere domme.",
        "Stigningen skyldes ikke kun planen.",
        "Not only did it end, it led to more trials.",
        "The reform did not cover men, and led to more trials.",
        "With no new money from the state the plan led to more trials.",
        "No victims were found, which led to fewer trials.",
        "Without doubt the plan led to more trials.",
        "Why did the plan lead to more trials?",
        "This report says that the plan led to more trials.",
        "Vi skriver, at planen førte til flere domme.",
        "The figures show that the plan caused a rise.",
        "Ifølge vores analyse førte planen til flere domme.",
        "In our view the plan led to more trials.",
    ],
)
def test_a_sentence_that_only_looks_careful_is_marked(text: str) -> None:
    """'No doubt that it led to' has a 'no' and a 'that', and claims more than most."""
    assert _marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tallene viser ikke, at planen førte til flere domme.",
        "Stigningen skyldes ikke planen.",
        "Førte planen til flere domme?",
        "Om planen førte til flere domme, kan ikke afgøres.",
        "Det kan ikke siges, om planen førte til flere.",
        "En stigning kan skyldes bedre opsporing.",
        "GRETA skriver, at planen førte til flere domme.",
        "Ifølge ministeren førte planen til flere domme.",
        "Ministeren skrev: “Planen førte til flere domme.”",
        "Vi målte virkningen af planen.",
        "Ingen tegn på en forskel.",
        "Det betyder ikke ingen effekt.",
        "The figures do not show that the plan led to more convictions.",
        "No sign that the plan led to more convictions was found.",
        "Whether the plan led to more cannot be said.",
        "Did the plan lead to more convictions?",
        "The rise was not because of the plan.",
        "A rise may be due to better detection.",
        "The plan, according to GRETA, led to more convictions.",
        "US TIP 2014 writes that the emphasis resulted in few convictions.",
        "> The plan led to more convictions.",
        "The word `led to` is not used.",
        "Never write “no effect”, nor «ingen effekt».",
        "This does not mean no effect.",
        "There is no evidence of a difference.",
        "The report is due to be read today.",
        "The effect of the plan is not known.",
        "Effekten af planen kendes ikke.",
        "No evidence of any effect was found.",
        "One date has many causes, and unmeasured causes are never seen.",
        "Simulated with no effect, the limits held.",
        "Ingen tal om planens effekt.",
        "Stigningen kan ikke tilskrives planen.",
    ],
)
def test_a_sentence_that_claims_nothing_is_left_alone(text: str) -> None:
    """A lint that cries at every 'due to' is switched off, and then marks nothing."""
    assert _marked(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Sagen blev overført til politiet, og det henførte til loven.",
        "De skyldige blev dømt, og skyldnerne betalte.",
        "They were misled to believe it, and pled to less.",
        "Overdue today, residue to morrow, undue tone.",
        "Bivirkningen af medicinen.",
    ],
)
def test_a_phrase_inside_other_words_is_not_found(text: str) -> None:
    """'Henførte til' is no claim, and whoever is told that it is stops reading."""
    assert _marked(text) == []


# Written out by hand, not read from rules.yml: a form dropped there must fail here.
INFLECTED: dict[Language, tuple[str, ...]] = {
    "da": (
        *("fører til", "førte til", "ført til", "medfører", "medførte", "medført"),
        *("skyldes", "skyldtes", "forårsager", "forårsagede", "forårsaget", "bevirkede"),
        *("resulterer i", "resulterede i", "resulteret i", "på grund af", "som følge af"),
        *("takket være", "effekten af", "virkningen af", "udløste"),
    ),
    "en": (
        *("leads to", "led to", "leading to", "causes", "caused", "causing", "results in"),
        *("resulted in", "resulting in", "because of", "due to", "owing to", "thanks to"),
        *("as a result of", "brought about", "gave rise to", "triggered", "the effect of"),
        "the impact of",
    ),
}
BEFORE: dict[Language, tuple[str, ...]] = {
    "da": (
        "Planen",
        "Flere domme i 2009",
        "Tallene steg. Det",
        "Reformen gjaldt ikke mænd, og det",
    ),
    "en": ("The plan", "More convictions in 2009", "It rose. That", "It left men out, and that"),
}
DENIED: dict[Language, tuple[str, ...]] = {
    "da": ("Tallene viser ikke, at det", "Vi ved ikke, om det", "Det er aldrig vist, at planen"),
    "en": ("Nothing here shows that it", "We do not know whether it", "It was never shown that it"),
}


@st.composite
def _planted(draw: st.DrawFn, openings: dict[Language, tuple[str, ...]]) -> tuple[str, Language]:
    language: Language = draw(st.sampled_from(("da", "en")))
    phrase = draw(st.sampled_from(INFLECTED[language]))
    cased = draw(st.sampled_from((phrase, phrase.upper(), phrase.capitalize())))
    spaced = cased.replace(" ", draw(st.sampled_from((" ", "\n", "  ", "\N{NO-BREAK SPACE}"))))
    opening = draw(st.sampled_from(openings[language]))
    ending = draw(st.sampled_from((" planen.", " {years}", " 93 domme; resten er ukendt.")))
    return f"{opening} {spaced}{ending}", language


@given(_planted(BEFORE), st.booleans())
def test_every_inflection_is_marked_wherever_it_stands(
    planted: tuple[str, Language], known: bool
) -> None:
    """An overclaim in another tense, over a line's end or in capitals is the same overclaim."""
    text, language = planted
    assert any(one.startswith("causal") for one in _marked(text, language if known else None))


@given(_planted(DENIED))
def test_no_inflection_is_marked_where_it_is_denied(planted: tuple[str, Language]) -> None:
    """Saying that something was not shown is what we want people to write."""
    text, language = planted
    assert _marked(text, language) == []


@given(_planted(BEFORE), st.sampled_from(("“{}”", "«{}»", "»{}«", '"{}"', "`{}`")))
def test_no_inflection_is_marked_in_quotes(planted: tuple[str, Language], marks: str) -> None:
    """A source's words are the source's; changing them would be worse than any overclaim."""
    text, language = planted
    assert _marked(f"Han skrev {marks.format(text.replace(chr(10), ' '))}", language) == []


@given(_planted(BEFORE), st.sampled_from("abcdeæøå"))
def test_no_inflection_is_found_inside_a_longer_word(
    planted: tuple[str, Language], letter: str
) -> None:
    """Whole words only: compounds mean something else."""
    text, language = planted
    for phrase in INFLECTED[language]:
        if " " not in phrase and phrase in text.lower().split():
            longer = text.lower().replace(phrase, f"{letter}{phrase}{letter}")
            assert _marked(longer, language) == []


@pytest.mark.parametrize("grade", ["B", "C", "D", "E"])
def test_only_grade_a_bears_a_cause(grade: Grade) -> None:
    """No design that cannot separate the plan from the rest says what brought it about."""
    assert _marked("The plan led to more convictions.", "en", grade)
    assert _marked("The plan led to more convictions.", "en", "A") == []


def test_a_contribution_takes_a_series_with_a_control() -> None:
    """Softer words need less, not nothing."""
    said = "The plan contributed to more convictions."
    assert [bool(_marked(said, "en", grade)) for grade in ("A", "B", "C")] == [False, False, True]


def test_no_grade_bears_no_effect() -> None:
    """No study proves that nothing happened."""
    assert _marked("The plan had no effect.", "en", "A")


def test_every_phrase_says_what_to_write_instead_and_that_is_not_marked() -> None:
    """Advice that is itself marked sends the author round in a circle."""
    for language in ("da", "en"):
        for phrase in rules.phrases(language):
            assert phrase.instead
            assert _marked(f"It {phrase.instead} it.", language) == []


def test_a_hit_names_its_place() -> None:
    """Whoever is told 'somewhere' looks everywhere."""
    passage = texts.Passage("n.ipynb", "One.\n\nIt led to more.", 4, cell=7, language="en")
    (hit,) = lint.hits([passage])
    assert (hit.file, hit.cell, hit.line, hit.instead) == ("n.ipynb", 7, 6, "coincided with")


def test_our_own_prose_passes() -> None:
    """Who asks others to claim no more than they know begins at home."""
    found = lint.hits(texts.read(reach.usual(Places(HOME)), home=HOME))
    assert [f"{hit.file} {hit.cell} {hit.line} {hit.words}" for hit in found] == []
