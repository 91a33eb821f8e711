"""The protocol of an evaluation: read whole, refused with place and remedy, ours as it stands."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis import evaluations
from analysis.errors import EvaluationError
from analysis.evaluations import Evaluation, with_overrides
from analysis.places import Places

HOME = Path(__file__).parents[2]
OURS = "denmark-2002-2007"
QUESTION: dict[str, Any] = {
    "id": "courts",
    "asks": {"da": "Flere?", "en": "More?"},
    "primary": "courts.ratio",
    "indicator": "persons_prosecuted",
    "method": "rate_ratio",
    "before": [2003, 2006],
    "after": [2007, 2010],
}
Change = Callable[[dict[str, Any]], object]


def _content() -> dict[str, Any]:
    path = HOME / "evaluations" / f"{OURS}.yml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["protocol"] = {
        **{"written": "2026-01-31", "registered": False, "level": 0.95, "power": 0.8},
        **{"dispersion": "wider", "least_points": 6, "primary": ["courts.ratio"]},
        "questions": [copy.deepcopy(QUESTION)],
        "grid": {"level": [0.95, 0.9], "start": ["2003", "2004"], "drop_first": [True, False]},
        "note": {"da": "Fastlagt.", "en": "Laid down."},
    }
    return content


def _read(folder: Path, content: Any) -> Evaluation:
    (folder / "evaluations").mkdir(exist_ok=True)
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    (folder / "evaluations" / "x.yml").write_text(text, encoding="utf-8")
    return evaluations.read(Places(folder), "x")


def test_everything_that_is_laid_down_is_read(tmp_path: Path) -> None:
    """A key that is accepted and forgotten is worse than one that is refused."""
    protocol = _read(tmp_path, _content()).protocol
    (asked,) = protocol.questions
    assert (asked.id, asked.primary, asked.method) == ("courts", "courts.ratio", "rate_ratio")
    assert (asked.before, asked.after) == ((2003, 2006), (2007, 2010))
    assert (protocol.power, protocol.dispersion, protocol.least_points) == (0.8, "wider", 6)
    assert protocol.grid == {
        **{"level": (0.95, 0.9), "start": ("2003", "2004"), "drop_first": (True, False)}
    }
    assert protocol.question_of("courts.ratio") == asked
    assert protocol.question_of("courts.other") is None


def test_the_short_form_is_still_a_protocol(tmp_path: Path) -> None:
    """Who registers no question has laid down a level and a date, and no more."""
    content = _content()
    for name in ("questions", "grid", "power", "dispersion", "least_points"):
        content["protocol"].pop(name)
    protocol = _read(tmp_path, content).protocol
    assert (protocol.questions, protocol.grid, protocol.power) == ((), {}, 0.8)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda p: p.update(written="2026-02-30"),
            "x.yml: at protocol.written: there is no such day.",
        ),
        (
            lambda p: p.update(powr=0.8),
            "x.yml: at protocol: unknown key 'powr'. Did you mean power?",
        ),
        (
            lambda p: p.update(power=80),
            "x.yml: at protocol.power: out of range. Write the power at which",
        ),
        (
            lambda p: p.update(dispersion="narrower"),
            "x.yml: at protocol.dispersion: not one of the choices. Write which limits are the "
            "headline: wider, exact or dispersed.",
        ),
        (
            lambda p: p.update(least_points=1),
            "x.yml: at protocol.least_points: out of range.",
        ),
        (
            lambda p: p["questions"][0].pop("method"),
            "x.yml: at protocol.questions[0]: missing keys (1): method. Add them.",
        ),
        (
            lambda p: p["questions"][0].update(before=[2003]),
            "x.yml: at protocol.questions[0].before: ",
        ),
        (
            lambda p: p["questions"][0].update(before=[2003, 2004, 2005]),
            "x.yml: at protocol.questions[0].before: too long. Write the first and the last",
        ),
        (
            lambda p: p["questions"][0].update(before=["2003", 2006]),
            "x.yml: at protocol.questions[0].before[0]: the wrong kind of value. Write a calendar",
        ),
        (
            lambda p: p["questions"][0].update(before=[2006, 2003]),
            "x.yml: at protocol.questions[0]: before ends before it begins.",
        ),
        (
            lambda p: p["questions"][0].update(after=[2006, 2010]),
            "x.yml: at protocol.questions[0]: before and after overlap.",
        ),
        (
            lambda p: p["questions"].append(copy.deepcopy(QUESTION)),
            "x.yml: at protocol.questions: values of id that stand twice (1): courts.",
        ),
        (
            lambda p: p.update(primary=["courts.ratio", "courts.other"]),
            "x.yml: at protocol.primary: findings that the other list lacks (1): courts.other.",
        ),
        (
            lambda p: p["questions"][0].update(primary="courts.other"),
            "x.yml: at protocol.questions: findings that the other list lacks (1): courts.other.",
        ),
        (
            lambda p: p["grid"].update(level=[0.9, 0.99]),
            "x.yml: at protocol.grid.level: the registered level is not among its choices.",
        ),
        (
            lambda p: p["grid"].update(start=[]),
            "x.yml: at protocol.grid.start: empty. Write a list of values, each once",
        ),
        (
            lambda p: p["grid"].update(start=["2003", "2003"]),
            "x.yml: at protocol.grid.start: an entry stands twice.",
        ),
        (lambda p: p.update(grid={}), "x.yml: at protocol.grid: empty. Write the choices of"),
        (lambda p: p.update(questions=[]), "x.yml: at protocol.questions: empty."),
    ],
)
def test_a_faulty_protocol_is_refused_with_place_and_remedy(
    tmp_path: Path, change: Change, said: str
) -> None:
    """Its author mends it before anything is computed, not after a reviewer asks."""
    content = _content()
    change(content["protocol"])
    with pytest.raises(EvaluationError) as refused:
        _read(tmp_path, content)
    assert said in str(refused.value)
    assert "more. Mend these first" not in str(refused.value)


def test_the_hash_can_be_worked_out_by_hand(tmp_path: Path) -> None:
    """A reviewer needs the file, JSON and SHA-256: no program of ours."""
    content = _content()
    laid_down = {name: content[name] for name in ("country", "baseline", "current", "protocol")}
    text = json.dumps(laid_down, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    by_hand = hashlib.sha256(text.encode()).hexdigest()
    assert _read(tmp_path, content).protocol.sha256 == by_hand


def test_comments_order_and_line_breaks_do_not_change_the_hash(tmp_path: Path) -> None:
    """Tidying a file is no new protocol."""
    content = _content()
    first = _read(tmp_path, content).protocol.sha256
    turned = dict(reversed(content.items()))
    turned["protocol"] = dict(reversed(content["protocol"].items()))
    tidied = yaml.safe_dump(turned, allow_unicode=True, sort_keys=False, width=40)
    assert _read(tmp_path, f"# Tidied.\n{tidied}").protocol.sha256 == first


def test_what_is_not_the_protocol_does_not_change_the_hash(tmp_path: Path) -> None:
    """A front page laid out anew has nothing to do with what was registered."""
    content = _content()
    first = _read(tmp_path, content).protocol.sha256
    content["name"] = {"da": "Andet", "en": "Other"}
    content["front_page"]["answer"] = []
    assert _read(tmp_path, content).protocol.sha256 == first


def test_an_override_keeps_the_protocol_that_was_registered(tmp_path: Path) -> None:
    """Sweden's figures under Denmark's protocol depart from it: they get none of their own."""
    evaluation = _read(tmp_path, _content())
    swedish = with_overrides(evaluation, {"country": "SWE"})
    assert swedish.country == "SWE"
    assert swedish.protocol == evaluation.protocol
    assert swedish.protocol.country == "DNK"


def test_our_protocol_says_that_the_data_were_known() -> None:
    """The published figures stood in reports for years before this was written."""
    protocol = evaluations.read(Places(HOME), OURS).protocol
    assert protocol.registered is False
    assert {one.primary for one in protocol.questions} == set(protocol.primary)
    assert all(values[0] for values in protocol.grid.values())
