"""An evaluation file: read as written, refused with the place and the remedy."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from analysis import evaluations
from analysis.contracts.front_page import FrontEntry
from analysis.contracts.published import Text
from analysis.errors import EvaluationError, ParameterError
from analysis.evaluations import Evaluation, with_overrides
from analysis.places import Places

HOME = Path(__file__).parents[2]
SCHEMA = json.loads(
    (HOME / "src" / "analysis" / "evaluation.schema.json").read_text(encoding="utf-8")
)
GOOD: dict[str, Any] = {
    "name": {"da": "Planerne", "en": "The plans"},
    "country": "NLD",
    "baseline": "NL-1",
    "current": "NL-2",
    "languages": ["da", "en"],
    "protocol": {
        "written": "2026-01-31",
        "registered": True,
        "level": 0.95,
        "primary": ["courts.ratio"],
        "note": {"da": "Fastlagt.", "en": "Laid down."},
    },
    "disclosure": {
        "basis": "published",
        "smallest_count": 0,
        "note": {"da": "Alt vises.", "en": "All is shown."},
    },
    "notebooks": [
        {"name": "courts", "parameters": {"level": 0.9}},
        {"name": "end", "after": ["courts"]},
    ],
    "front_page": {
        "answer": [],
        "outcomes": [],
        "changed": [],
        "counted": [{"label": {"da": "Domstole", "en": "Courts"}, "findings": ["courts.ratio"]}],
        "missing": [],
    },
}

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def home(tmp_path: Path) -> Places:
    """Make a folder for evaluations."""
    (tmp_path / "evaluations").mkdir()
    return Places(tmp_path)


def _write(home: Places, content: Any, id: str = "nld") -> None:
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    (home.evaluations / f"{id}.yml").write_text(text, encoding="utf-8")


def _changed(change: Change) -> dict[str, Any]:
    content = copy.deepcopy(GOOD)
    change(content)
    return content


def _refusal(home: Places, content: Any) -> str:
    _write(home, content)
    with pytest.raises(EvaluationError) as refused:
        evaluations.read(home, "nld")
    return str(refused.value)


def test_file_is_read_as_written(home: Places) -> None:
    """What is run is what the file says, and nothing that it does not."""
    _write(home, GOOD)
    found = evaluations.read(home, "nld")
    assert (found.id, found.country, found.baseline, found.current) == (
        "nld",
        "NLD",
        "NL-1",
        "NL-2",
    )
    assert found.name.said_in("da") == "Planerne"
    assert found.notebooks[0].parameters == {"level": 0.9}
    assert found.notebooks[1].after == ("courts",)
    assert found.front_page.counted == (
        FrontEntry(("courts.ratio",), Text(da="Domstole", en="Courts")),
    )
    assert found.front_page.ids == ("courts.ratio",)
    assert found.protocol.registered is True
    assert found.protocol.written == "2026-01-31"
    assert found.disclosure.smallest_count == 0
    assert found.path == home.evaluations / "nld.yml"


def test_schema_is_a_schema() -> None:
    """A misspelt keyword in a schema is ignored, and checks nothing."""
    Draft202012Validator.check_schema(SCHEMA)


def test_every_part_of_the_schema_says_what_belongs_there() -> None:
    """The remedy in a message is the schema's own description."""
    parts = [SCHEMA]
    while parts:
        part = parts.pop()
        assert "$ref" in part or part.get("description")
        children = [*part.get("properties", {}).values(), *part.get("$defs", {}).values()]
        children += [part[key] for key in ("items", "propertyNames") if key in part]
        parts += children
        if part.get("type") == "object" and "additionalProperties" not in part:
            raise AssertionError(f"unknown keys are let through: {part['description']}")


@pytest.mark.parametrize("id", evaluations.available(Places(HOME)))
def test_evaluations_that_are_shipped_can_be_read(id: str) -> None:
    """A shipped file that its own schema refuses stops the first build."""
    assert evaluations.read(Places(HOME), id).notebooks


def test_shipped_notebooks_exist() -> None:
    """An evaluation that names a missing notebook fails only after the others have run."""
    for id in evaluations.available(Places(HOME)):
        for entry in evaluations.read(Places(HOME), id).notebooks:
            assert (Places(HOME).notebooks / f"{entry.name}.ipynb").exists()


CASES: list[tuple[str, Change, str]] = [
    (
        "unknown key",
        lambda file: file.update(contry="NLD"),
        "nld.yml: at the top: unknown key 'contry'. Did you mean country?",
    ),
    (
        "unknown key inside",
        lambda file: file["notebooks"][1].update(afte=[]),
        "nld.yml: at notebooks[1]: unknown key 'afte'. Did you mean after?",
    ),
    (
        "missing key",
        lambda file: file.pop("languages"),
        "nld.yml: at the top: missing keys (1): languages. Add them.",
    ),
    (
        "wrong kind",
        lambda file: file["front_page"]["answer"].append(7),
        "nld.yml: at front_page.answer[0]: the wrong kind of value. "
        "Write a finding's id, as `workbench findings list` prints it.",
    ),
    (
        "one language missing",
        lambda file: file["name"].pop("da"),
        "nld.yml: at name: missing keys (1): da. Add them.",
    ),
    (
        "empty wording",
        lambda file: file["name"].update(da="  "),
        "nld.yml: at name.da: malformed. Write the Danish wording.",
    ),
    (
        "unknown language",
        lambda file: file["languages"].append("sv"),
        "nld.yml: at languages[2]: not one of the choices. Write da or en.",
    ),
    (
        "country in words",
        lambda file: file.update(country="Netherlands"),
        "nld.yml: at country: malformed. Write three capital letters (ISO 3166-1 alpha-3).",
    ),
    (
        "level in percent",
        lambda file: file["protocol"].update(level=95),
        "nld.yml: at protocol.level: out of range. Write the confidence level, between 0.5 and 1.",
    ),
    (
        "language as a notebook's parameter",
        lambda file: file["notebooks"][0].update(parameters={"language": "da"}),
        "nld.yml: at notebooks[0].parameters: malformed. Write a parameter's name other than "
        "baseline, current, country and language, which the evaluation sets.",
    ),
    (
        "path as a notebook's name",
        lambda file: file["notebooks"][0].update(name="../courts"),
        "nld.yml: at notebooks[0].name: malformed. Write a notebook's file name without .ipynb.",
    ),
    (
        "finding named twice",
        lambda file: file["front_page"].update(outcomes=["a.b", "a.b"]),
        "nld.yml: at front_page.outcomes: an entry stands twice. "
        "Write a list of finding ids, each once (an empty list is []).",
    ),
    (
        "entry that is a bare id",
        lambda file: file["front_page"].update(missing=["a.b"]),
        "nld.yml: at front_page.missing[0]: the wrong kind of value. Write an entry with findings",
    ),
    (
        "entry without findings",
        lambda file: file["front_page"]["counted"][0].pop("findings"),
        "nld.yml: at front_page.counted[0]: missing keys (1): findings. Add them.",
    ),
    (
        "label in one language",
        lambda file: file["front_page"]["counted"][0]["label"].pop("en"),
        "nld.yml: at front_page.counted[0].label: missing keys (1): en. Add them.",
    ),
    (
        "two notebooks of one name",
        lambda file: file["notebooks"].append({"name": "courts"}),
        "nld.yml: at notebooks: names that stand twice (1): courts. Name each notebook once.",
    ),
    (
        "waits for nothing",
        lambda file: file["notebooks"][1].update(after=["court"]),
        "nld.yml: at notebooks[1].after: there is no notebook 'court'. Did you mean courts?",
    ),
    (
        "wait for each other",
        lambda file: file["notebooks"][0].update(after=["end"]),
        "nld.yml: at notebooks: 2 in a circle, each waiting for the next",
    ),
    (
        "waits for itself",
        lambda file: file["notebooks"][0].update(after=["courts"]),
        "nld.yml: at notebooks: 1 in a circle, each waiting for the next (courts). Take one ",
    ),
    (
        "one plan twice",
        lambda file: file.update(current="NL-1"),
        "nld.yml: at current: it is the same plan as baseline. Name two different plans.",
    ),
    ("no notebook", lambda file: file.update(notebooks=[]), "nld.yml: at notebooks: empty."),
]


@pytest.mark.parametrize(
    ("change", "message"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_broken_file_is_refused_with_place_and_remedy(
    home: Places, change: Change, message: str
) -> None:
    """Whoever writes an evaluation by hand is told where, and what to write instead."""
    assert message in _refusal(home, _changed(change))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: {da: A, en: B}\nname: {da: C, en: D}\n", "line 2: the key 'name' stands twice."),
        ("protocol:\n  level: 1\n  level: 2\n", "line 3: the key 'level' stands twice."),
        ("name: [a\n", "line 2: "),
        ("1: x\n", "line 1: a key is not a text."),
        ("[a]: x\n", "line 1: a key is not a text."),
        ("", "at the top: the wrong kind of value."),
        ("- a\n", "at the top: the wrong kind of value."),
        ("name: !!python/object:os.system {}\n", "line 1: "),
    ],
)
def test_what_is_not_an_evaluation_is_refused_with_its_line(
    home: Places, text: str, message: str
) -> None:
    """The last of two equal keys would win unseen; a tag could run code."""
    assert f"nld.yml: {message}" in _refusal(home, text)


def test_wrong_encoding_is_named(home: Places) -> None:
    """An editor on an old system saves æøå as single bytes."""
    (home.evaluations / "nld.yml").write_bytes("name: Måling".encode("latin-1"))
    with pytest.raises(EvaluationError, match=r"nld\.yml: not UTF-8\. Save the file as UTF-8."):
        evaluations.read(home, "nld")


def test_many_mistakes_are_named_at_once_but_not_all(home: Places) -> None:
    """One round for five mistakes; fifty lines would hide the first."""
    message = _refusal(home, {"name": 1, "country": 2})
    assert message.count("\n") == 2
    many = _changed(lambda file: file["front_page"].update(answer=[1, 2, 3, 4, 5, 6, 7]))
    message = _refusal(home, many)
    assert message.count("\n") == 5
    assert message.endswith("nld.yml: 2 more. Mend these first.")


def test_values_are_never_repeated_in_a_message(home: Places) -> None:
    """Messages are copied into e-mails; a cell's content is not."""
    secret = _changed(lambda file: file.update(country="secret-content"))
    assert "secret-content" not in _refusal(home, secret)


def test_dates_and_words_stay_text(home: Places) -> None:
    """YAML reads 2026-01-31 as a date and no as false; here both are what was typed."""
    text = yaml.safe_dump(GOOD).replace("'2026-01-31'", "2026-01-31").replace("NL-2", "no")
    _write(home, text)
    found = evaluations.read(home, "nld")
    assert (found.protocol.written, found.current) == ("2026-01-31", "no")


def test_unknown_evaluation_is_refused_with_the_nearest(home: Places) -> None:
    """A slip of the finger should cost one more word, not a search."""
    _write(home, GOOD)
    with pytest.raises(EvaluationError, match=r"no evaluation 'ndl' among 1\. Did you mean nld\?"):
        evaluations.read(home, "ndl")


@pytest.mark.parametrize("id", ["../nld", "nld/../nld", "/etc/hosts", ""])
def test_name_of_an_evaluation_is_not_a_path(home: Places, id: str) -> None:
    """A name becomes a folder below outputs/, so it must stay there."""
    _write(home, GOOD)
    with pytest.raises(EvaluationError):
        evaluations.read(home, id)


def test_only_evaluation_is_the_default(home: Places) -> None:
    """With one file there is nothing to choose."""
    _write(home, GOOD)
    assert evaluations.default(home) == "nld"


def test_default_is_the_one_that_says_so(home: Places) -> None:
    """The code names no evaluation; a file does."""
    _write(home, GOOD)
    _write(home, GOOD | {"default": True}, "swe")
    assert evaluations.default(home) == "swe"
    assert evaluations.read(home, "swe").is_default


@pytest.mark.parametrize(("marked", "count"), [(False, 0), (True, 2)])
def test_unclear_default_is_refused(home: Places, marked: bool, count: int) -> None:
    """Building the wrong comparison by chance would be worse than building none."""
    for id in ("nld", "swe"):
        _write(home, GOOD | {"default": marked}, id)
    with pytest.raises(EvaluationError, match=f"{count} of 2 files say `default: true`"):
        evaluations.default(home)


@pytest.fixture
def evaluation(home: Places) -> Evaluation:
    """Read the good file."""
    _write(home, GOOD)
    return evaluations.read(home, "nld")


def test_override_gives_a_folder_of_its_own(evaluation: Evaluation) -> None:
    """Another build must never overwrite the first."""
    found = with_overrides(evaluation, {"country": "SWE"})
    assert (found.id, found.country) == ("nld+country=SWE", "SWE")
    assert (found.baseline, found.notebooks) == (evaluation.baseline, evaluation.notebooks)


def test_override_with_the_files_own_value_changes_nothing(evaluation: Evaluation) -> None:
    """The same build belongs in the same folder."""
    assert with_overrides(evaluation, {"country": "NLD"}) == evaluation
    assert with_overrides(evaluation, {}) == evaluation


PLANS = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,8}\Z")


@given(st.dictionaries(st.sampled_from(["baseline", "current"]), PLANS))
def test_folder_depends_on_what_is_replaced_not_on_the_order(overrides: dict[str, str]) -> None:
    """`-p a=1 -p b=2` and `-p b=2 -p a=1` are one build; different values are two."""
    evaluation = _evaluation_in_memory()
    final = {"baseline": "NL-1", "current": "NL-2"} | overrides
    if final["baseline"] == final["current"]:
        with pytest.raises(ParameterError, match="name the same plan"):
            with_overrides(evaluation, overrides)
        return
    found = with_overrides(evaluation, overrides)
    backwards = with_overrides(evaluation, dict(reversed(overrides.items())))
    assert found == backwards
    assert {"baseline": found.baseline, "current": found.current} == final
    parts = found.id.split("+")
    assert parts[0] == "nld"
    assert dict(part.split("=", 1) for part in parts[1:]).items() <= overrides.items()
    assert "/" not in found.id
    assert not found.id.startswith(".")


def _evaluation_in_memory() -> Evaluation:
    return evaluations._shape("nld", Path("nld.yml"), GOOD)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"contry": "SWE"}, r"no parameter 'contry'\. Did you mean country\?"),
        ({"xyz": "1"}, r"no parameter 'xyz'\. Use one of: baseline, country, current\."),
        ({"language": "da"}, r"no parameter 'language'\."),
        ({"country": "swe"}, r"value of country is malformed\. Write three capital letters"),
        ({"country": "SW\n"}, r"value of country is malformed"),
        ({"baseline": "../../x"}, r"value of baseline is malformed"),
        ({"baseline": ".."}, r"value of baseline is malformed"),
        ({"current": ""}, r"value of current is malformed"),
    ],
)
def test_unfit_override_is_refused(
    evaluation: Evaluation, overrides: dict[str, str], message: str
) -> None:
    """A typing error must not build the default comparison, and no value may leave outputs/."""
    with pytest.raises(ParameterError, match=message):
        with_overrides(evaluation, overrides)
