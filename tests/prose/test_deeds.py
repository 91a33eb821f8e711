"""What a plan is said to have done: told in every shape of sentence, and only where it is told."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Grade
from analysis.contracts.published import Language
from analysis.prose import deeds, lint, rules, texts


def _marked(text: str, language: Language, grade: Grade = "C") -> list[str]:
    found = lint.hits([texts.Passage("page.md", text, language=language)], usual=grade)
    return [hit.rule for hit in found]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Planen har styrket samarbejdet mellem politi og organisationer."),
        ("da", "Handlingsplanen fra 2007 sikrede flere ofre ophold."),
        ("da", "Planen, som blev vedtaget i 2007, forbedrede samarbejdet."),
        ("da", "Planen begyndte i 2007 og øgede antallet af domme."),
        ("da", "I 2009 øgede planen antallet af sager."),
        ("da", "Dermed sikrede den nye plan, at flere kom i behandling."),
        ("da", "Samarbejdet blev styrket gennem den nye plan."),
        ("da", "Kontrollen øgedes af planen."),
        ("da", "Det var planen, der skabte flere domme."),
        ("da", "Planen virkede."),
        ("da", "Indsatsen har været effektiv."),
        ("da", "Planens effekter er store."),
        ("da", "Grunden til stigningen er planen."),
        ("da", "Stigningen kan forklares med planen."),
        ("da", "Derfor steg antallet af domme."),
        ("da", "Det har uden tvivl øget antallet af domme."),
        ("da", "Det lykkedes planen at nedbringe antallet."),
        ("da", "Flere blev fundet ved hjælp af planen."),
        ("en", "The plan reduced trafficking."),
        ("en", "The new plan has significantly improved victim support."),
        ("en", "The plan, adopted in 2007, increased the number of convictions."),
        ("en", "The plan was adopted in 2007 and reduced the number of victims."),
        ("en", "The plan came into force, reducing the number of victims."),
        ("en", "The plan has been reducing trafficking since 2007."),
        ("en", "Victim support was improved, greatly, by the plan."),
        ("en", "The introduction of the plan boosted referrals, as some hoped."),
        ("en", "Funding doubled, which increased the number of convictions."),
        ("en", "The plan proved to be highly effective."),
        ("en", "The effectiveness of the plan is clear."),
        ("en", "The reform's impact on trials is large."),
        ("en", "The rise can be put down to the plan."),
        ("en", "The reason more were convicted is the plan."),
        ("en", "It rose because the plan put more police on the street."),
        ("en", "Without the plan, fewer victims would have been found."),
        ("en", "Had it not been for the plan, fewer would have been convicted."),
        ("en", "As a result, convictions rose."),
        ("en", "Not only did it end; the plan also reduced trafficking."),
    ],
)
def test_a_deed_of_the_plan_is_a_cause(language: Language, text: str) -> None:
    """No word for a cause stands here, and every reader takes it for one."""
    assert "causal" in _marked(text, language)
    assert _marked(text, language, "A") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Planen styrkede ikke samarbejdet."),
        ("da", "Planen har ikke styrket samarbejdet."),
        ("da", "Planen var nytteløs."),
        ("da", "Planen slog fejl."),
        ("da", "Domstallet var upåvirket af planen."),
        ("en", "The plan did not reduce trafficking."),
        ("en", "The plan hasn’t improved support."),
        ("en", "The plan failed to reduce trafficking."),
        ("en", "The plan was ineffective."),
        ("en", "Nothing changed under the new plan."),
        ("en", "Convictions were unaffected by the plan."),
    ],
)
def test_a_deed_denied_is_no_effect(language: Language, text: str) -> None:
    """Too few cases to see anything is not a plan that did nothing."""
    assert "no_effect" in _marked(text, language, "A")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Antallet under planen øgedes fra 4 til 12."),
        ("da", "Regeringen styrkede planen med et tillæg."),
        ("da", "Det øgede antal sager har mange mulige forklaringer."),
        ("da", "Planen indeholder initiativer om styrket samarbejde."),
        ("da", "Planen skal styrke samarbejdet."),
        ("da", "Det er ikke vist, at planen øgede antallet af domme."),
        ("da", "I hvilken grad planen styrkede samarbejdet, er ikke undersøgt."),
        ("da", "Evalueringen fra 2010 vurderer, at planen har styrket samarbejdet."),
        ("da", "Rapporten fra Rambøll konkluderer, at indsatsen har virket."),
        ("da", "Loven hævede strafferammen fra fire til otte år."),
        ("da", "Bagmændene førte kvinderne til Danmark."),
        ("en", "The number of trials under the plan increased from 4 to 12."),
        ("en", "Cases during the plan doubled."),
        ("en", "The government improved the plan in 2005."),
        ("en", "The plan was reduced from 24 to 20 measures."),
        ("en", "The plan's increased budget was 80 million kroner."),
        ("en", "The plan covers prevention, support and improved cooperation."),
        ("en", "The plan aims to reduce trafficking."),
        ("en", "Was the plan effective?"),
        ("en", "What the plan achieved is unknown."),
        ("en", "It is tempting to think that the plan worked because the figures rose."),
        ("en", "Had the plan changed nothing, each place would be equally likely."),
        ("en", "If the plan had reduced trafficking, fewer would have been found."),
        ("en", "Measures in the plan, according to the evaluation, increased awareness."),
        ("en", "The rise cannot be put down to the plan."),
        ("en", "The law became effective in 2012."),
        ("en", "Without the law the countries would have run alike: an assumption."),
    ],
)
def test_what_the_plan_is_not_said_to_have_done_is_left_alone(
    language: Language, text: str
) -> None:
    """Plans have budgets, aims, years and critics, and all of it must be sayable."""
    assert _marked(text, language) == []


def test_a_report_of_ours_is_not_somebody_elses() -> None:
    """Naming a speaker clears a claim only where the speaker is not we ourselves."""
    assert _marked("The report finds that the plan reduced trafficking.", "en")
    assert _marked("It was found that the plan reduced trafficking.", "en")
    assert _marked("The report from GRETA finds that the plan reduced trafficking.", "en") == []


def test_a_list_of_what_is_not_shown_may_name_it() -> None:
    """Every notebook ends so; a plain sentence slipped in there is a claim all the same."""
    below = "## What this does not show\n\n{}"
    assert _marked(below.format("- That the plan reduced trafficking."), "en") == []
    assert _marked("What this does not show: that the plan reduced trafficking.", "en") == []
    assert _marked(below.format("- The plan reduced trafficking."), "en") == ["causal"]
    assert _marked("## What this shows\n\n- That the plan reduced trafficking.", "en")


def test_a_share_in_it_takes_a_series_with_a_control() -> None:
    """'Helped to' says less than 'did', and needs less."""
    said = "The plan helped to reduce trafficking."
    assert [_marked(said, "en", grade) for grade in ("A", "B", "C")] == [[], [], ["contributing"]]


NAMED: dict[Language, tuple[str, ...]] = {
    "da": ("Planen", "Den nye plan", "Handlingsplanen fra 2007", "Politiets indsats", "Loven"),
    "en": ("The plan", "The new plan", "The 2007 action plan", "Police efforts", "The law"),
}
ACTED: dict[Language, tuple[str, ...]] = {
    "da": ("styrkede", "sikrede", "øgede", "forbedrede", "reducerede", "mindskede", "påvirkede"),
    "en": ("reduced", "boosted", "improved", "strengthened", "curbed", "prevented", "ensured"),
}
HOW: dict[Language, tuple[str, ...]] = {
    "da": ("", " også", " klart", " for alvor"),
    "en": ("", " also", " clearly", " no doubt"),
}
UNDER: dict[Language, tuple[str, ...]] = {
    "da": ("Politiet under {}", "Ofre fra {}", "Om {}"),
    "en": ("Police under {}", "Cases during {}", "Support after {}"),
}


@st.composite
def _deed(draw: st.DrawFn) -> tuple[str, str, Language]:
    language: Language = draw(st.sampled_from(("da", "en")))
    who = draw(st.sampled_from(NAMED[language]))
    did = draw(st.sampled_from(HOW[language])) + " " + draw(st.sampled_from(ACTED[language]))
    spaced = did.replace(" ", draw(st.sampled_from((" ", "\n", "\N{NARROW NO-BREAK SPACE}"))))
    return who, spaced, language


@given(_deed(), st.sampled_from((str, str.upper)))
def test_whoever_acts_and_however_it_is_set(deed: tuple[str, str, Language], cased: type) -> None:
    """The verb is told of the plan over a line's end, in capitals, with an adverb between."""
    who, did, language = deed
    end = {"da": " antallet af ofre.", "en": " the number of victims."}[language]
    assert _marked(cased(who + did + end), language) == ["causal"]


@pytest.mark.parametrize("place", [0, 1, 2])
@given(_deed())
def test_who_stands_behind_a_preposition_does_nothing(
    place: int, deed: tuple[str, str, Language]
) -> None:
    """'Police under the plan improved the count' speaks of the police."""
    _, did, language = deed
    under = UNDER[language][place].format({"da": "den nye plan", "en": "the new plan"}[language])
    end = {"da": " antallet af fund.", "en": " the number of finds."}[language]
    assert _marked(under + did + end, language) == []


def test_every_advice_is_itself_allowed() -> None:
    """Advice that is marked sends the author round in a circle."""
    for language in ("da", "en"):
        for kind in get_args(rules.Kind):
            if kind != "share":
                advice = deeds.instead(kind, language)
                assert _marked(f"Planen {advice} planen.", language) == []


@pytest.mark.parametrize(
    "piece",
    [
        "planen ",
        "the plan, ",
        "reduced by ",
        "the plan in 2009 of the ",
        "I 2009 øgede ",
        "plan and ",
    ],
)
def test_long_texts_are_read_to_the_end(piece: str) -> None:
    """A rule that tries every way of reading a page would stop the build that it guards."""
    lint.hits([texts.Passage("a.md", piece * 300 + "\n\nThe plan reduced trafficking.")])


@pytest.mark.parametrize(("language", "forms"), [("da", 4), ("en", 5)])
def test_every_verb_has_all_its_forms(language: Language, forms: int) -> None:
    """A verb is added in a line; one with a form missing is found here, not by an author."""
    assert {len(row.split()) for row in deeds.listed("verbs", language)} == {forms}
