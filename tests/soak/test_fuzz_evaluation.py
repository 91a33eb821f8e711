"""Evaluation files, parameters cells and command lines, spoiled at random: refused in words.

Everything goes through the command as a user calls it, in this process. A notebook that
cannot run stands in the evaluation, so that what survives every check is refused there,
just before a kernel would start: whatever is spoiled, a build must end with exit code 2.
"""

from __future__ import annotations

import copy
import hashlib
import io
import json
import random
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.cli import main
from analysis.engine.notebook import parameters
from analysis.errors import AnalysisError
from analysis.places import HOME_VARIABLE, Places

pytestmark = pytest.mark.soak

MOST_FAILURES = 8
"""So many different failures are collected before the search stops."""

LAST = "not_runnable"
"""The notebook that every build is refused for, if for nothing else."""

Tell = Callable[[str], None]

ODD_NAMES = (
    "", " ", ".", "..", "../..", "/", "/etc/passwd", "-", "--", "-p", "*", "%s", "{0}", "~", "a/b",
    "x" * 300, "x" * 5000, "\u00e6\u00f8\u00e5", "\u202e", "\udcff", "a\nb", "a\tb", "'", '"', "\\",
    "$HOME", "con", "a=b", "=", "x=", "=x", "None", "null", "true", "0", "-1", "1e999", "nan",
)  # fmt: skip
NAMES = (
    *ODD_NAMES, *ODD_NAMES, "denmark-2002-2007", "denmark-2002", "DNK", "SWE", "XXX", "dnk",
    "DK-2002", "DK-2007", "DK-2099", "prosecution", "plans", "prosecutoin", "figures", "measures",
    "UNODC-DNK-persons_prosecuted-total-2007", "UNODC-DNK-", "3P-XXX-2007",
    "prosecution.prosecuted",
    "country=SWE", "country=XXX", "country=", "baseline=DK-2007", "current=DK-2002", "language=fr",
    "level=2", "country=SWE/../..", "2003-2006", "2006-2003", "9999-9999", "da", "en", "fr", "bash",
)  # fmt: skip
OPTIONS = (
    "-p", "--parameter", "-j", "--jobs", "--json", "-c", "--country", "-l", "--language", "--csv",
    "-e", "--evaluation", "-n", "--name", "--baseline-years", "--current-years", "--title-da",
    "--title-en", "-h", "--help", "--version", "--nonsense", "-j0", "-j-1", "-jx", "-pcountry=SWE",
)  # fmt: skip
VERBS = (
    ("build",), ("build",), ("build",), ("run",), ("run",), ("data",), ("data", "list"),
    ("data", "show"), ("data", "check"), ("data", "nonsense"), ("new",), ("new", "evaluation"),
    ("new", "notebook"), ("findings",), ("findings", "list"), ("findings", "show"),
    ("findings", "cite"), ("completion",), ("clean", "nothing-of-this-name"), ("nonsense",), (),
)  # fmt: skip

VALUES: tuple[Any, ...] = (
    None, "", " ", "x", 0, -1, 1, 2, 0.95, 1e999, float("nan"), True, False, [], {}, [[]], [{}],
    {"da": "x"}, {"da": "x", "en": "y"}, {"da": "", "en": ""}, {"da": 1, "en": 2}, ["da", "da"],
    ["fr"], "DK-2002", "DK-2007", "DNK", "SWE", "XXX", "../../x", "a/b", "2007-08-01", 10**400,
    [{"name": "prosecution"}], [{"name": "prosecution", "after": ["prosecution"]}],
    [{"name": "prosecution", "parameters": {"nonsense": 1}}], [{"name": "../notebooks/plans"}],
    [{"name": "plans", "parameters": {"country": ["DNK"]}}], {"findings": ["x"]},
    "\u00e6\x1b\u202e",
)  # fmt: skip
YAML_TRICKS = (
    "\t", "\x00", "\ufeff", "- ", ": ", "? ", "&a [*a]", "*b",
    "!!python/object/apply:os.system [x]",
    "<<: {default: true}", "---\n", "...\n", "%YAML 9.9\n", "[" * 3000, "{" * 3000, "- " * 2000,
    "'",
    '"', "|", ">", "#", "default: true\n", "country: SWE\n", "{}: x\n", "[1]: x\n", "1: x\n",
    "\u2028",
    "&a {x: &b {y: *a}}", "!!binary x", "!!set {a}", "!!timestamp 2007-01-01", "=: x\n", "~: x\n",
)  # fmt: skip
LITERALS = (
    "1", "'x'", "None", "[]", "{}", "()", "[1, 'x']", "[[1]]", "1e999", "-1", "1j", "b'x'", "...",
    "f'{1}'", "__import__('os')", "open('x')", "lambda: 1", "x", "'x' 'y'", "{1, 2}", "0x10", "1_0",
    "'2007-08-01'", "'2007-13-01'", "True", "not True", "9" * 5000, "-" * 3000 + "1",
    "(" * 300 + ")",
    "[" * 150 + "]" * 150, "'\\ud800'", "'\\x00'", "1 if 1 else 2", "1; y = 2",
)  # fmt: skip
LINES = (
    "{name} = {value}", "{name}: int = {value}", "{name}: list[str] = {value}",
    "{name}, b = {value}",
    "{name} += {value}", "{name} = b = {value}", "{name}[0] = {value}", "{name}.a = {value}",
    "{name} := {value}", "{name} =", "= {value}", "import os", "def f(): pass", "'a text'", "# x",
    "%matplotlib inline", "!ls", "{name} = {value}  # what it is", "  {name} = {value}", "\\",
    "{name} = \"\"\"{value}", "\x00", "\u00e6 = {value}", "del {name}",
    "{name}: nonsense = {value}",
    "class = {value}", "country = {value}", "language = {value}",
)  # fmt: skip


@dataclass
class Tally:
    """What the rounds came to."""

    rounds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def fail(self, kind: str, what: str) -> None:
        """Keep the first failure of each kind."""
        self.failures.setdefault(kind, what)


@pytest.fixture
def spoilable(small: Places, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A small workbench with something built, whose evaluation ends in a notebook of no use."""
    monkeypatch.setenv(HOME_VARIABLE, str(small.home))
    (small.notebooks / f"{LAST}.ipynb").write_text("{}", encoding="utf-8")
    path = small.evaluations / "denmark-2002-2007.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["protocol"]["written"] = str(content["protocol"]["written"])
    content["notebooks"].append({"name": LAST})
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    built = small.outputs / "denmark-2002-2007" / "report"
    built.mkdir(parents=True)
    (built / "index.html").write_text("what was built before", encoding="utf-8")
    return small


def test_a_spoiled_evaluation_is_refused_and_outputs_stay(
    spoilable: Places, seconds: float, seed: int, tell: Tell
) -> None:
    """A slip of the pen in an evaluation costs a second and never the report one has."""
    path = spoilable.evaluations / "denmark-2002-2007.yml"
    whole = path.read_bytes()
    before = _tree(spoilable.outputs)
    rng, tally, end = random.Random(seed), Tally(), time.monotonic() + seconds / 3
    while time.monotonic() < end and len(tally.failures) < MOST_FAILURES:
        way = rng.choice((_spoil_tree, _spoil_tree, _spoil_text))
        path.write_bytes(way(whole, rng))
        if _would_run(spoilable):
            tally.rounds["left as they are, as they would run"] += 1
            continue
        tally.rounds[way.__name__] += 1
        said = _call(["build"], tally)
        if said is not None and (said[0] != 2 or not said[2].strip()):
            tally.fail(f"exit code {said[0]}", f"{path.read_text('utf-8', 'replace')}\n{said}")
        if _tree(spoilable.outputs) != before:
            tally.fail("outputs changed", path.read_text("utf-8", "replace"))
    _report("evaluation files", tally, tell)
    assert not tally.failures, _told(tally)


def test_any_command_line_is_answered(
    spoilable: Places, seconds: float, seed: int, tell: Tell
) -> None:
    """Arguments come from memory, from other programs and from mischief."""
    rng, tally, end = random.Random(seed), Tally(), time.monotonic() + seconds / 3
    with _restored(spoilable.home) as (restore, before):
        while time.monotonic() < end and len(tally.failures) < MOST_FAILURES:
            arguments = _arguments(rng)
            tally.rounds[arguments[0] if arguments[:1] in (["build"], ["run"]) else "others"] += 1
            said = _call(arguments, tally)
            changed = _differences(before, _tree(spoilable.home))
            if said is not None:
                _judge(arguments, said, changed, tally)
            if changed:
                restore()
    _report("command lines", tally, tell)
    assert not tally.failures, _told(tally)


def test_a_spoiled_parameters_cell_is_refused_before_a_kernel_starts(
    spoilable: Places, seconds: float, seed: int, tell: Tell
) -> None:
    """The cell is the notebook's contract; what is not one must not run half."""
    path = spoilable.notebooks / "prosecution.ipynb"
    whole = path.read_text(encoding="utf-8")
    before = _tree(spoilable.outputs)
    rng, tally, end = random.Random(seed), Tally(), time.monotonic() + seconds / 3
    while time.monotonic() < end and len(tally.failures) < MOST_FAILURES:
        path.write_text(_spoil_notebook(whole, rng), "utf-8", errors="surrogatepass")
        tally.rounds["parameters cells"] += 1
        _bind(path, rng, tally)
        # No notebook declares this one, so that what is sound is refused for it.
        said = _call(["run", "prosecution", "-p", "declared_by_none=1"], tally)
        if said is not None and (said[0] != 2 or not said[2].strip()):
            tally.fail(f"exit code {said[0]}", f"{path.read_text('utf-8', 'replace')}\n{said}")
        if _tree(spoilable.outputs) != before:
            tally.fail("outputs changed", path.read_text("utf-8", "replace"))
    _report("parameters cells", tally, tell)
    assert not tally.failures, _told(tally)


def _call(arguments: list[str], tally: Tally) -> tuple[int, str, str] | None:
    """Call the command as a shell would; anything but an exit is a failure."""
    out, err = io.BytesIO(), io.BytesIO()
    code: object = None
    kept = sys.stdout, sys.stderr
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8")
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace")
    try:
        main(arguments)
    except SystemExit as left:
        code = left.code
    except BaseException as error:  # noqa: BLE001 - the proof is that there is none
        ours = [at for at in traceback.extract_tb(error.__traceback__) if "analysis" in at.filename]
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "elsewhere"
        tally.fail(
            f"{type(error).__name__} at {where}",
            f"{[one[:80] for one in arguments]}\n{traceback.format_exc(limit=-5)}",
        )
    finally:
        # Detached, so that a stream that is thrown away does not close what was written.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            stream.detach()
        sys.stdout, sys.stderr = kept
    if not isinstance(code, int):
        return None
    tally.codes[f"exit code {code}"] += 1
    return code, out.getvalue().decode(), err.getvalue().decode()


def _judge(
    arguments: list[str], said: tuple[int, str, str], changed: list[str], tally: Tally
) -> None:
    """Refused in words, or done; nothing is written but by ``new``, and only where it may."""
    code, _, told = said
    if code not in (0, 2) or (code == 2 and not told.strip()):
        tally.fail(f"{arguments[:2]} exit code {code}", f"{arguments}\n{said}")
    allowed = code == 0 and arguments[0] == "new"
    if changed and not (allowed and all(_is_of_new(path) for path in changed)):
        tally.fail(f"{arguments[:2]} wrote", f"{arguments}\n{said}\n{changed[:5]}")


def _arguments(rng: random.Random) -> list[str]:
    verb = list(rng.choice(VERBS))
    given = [
        rng.choice(OPTIONS if rng.random() < 0.5 else NAMES)
        for _ in range(rng.choice((0, 1, 2, 4)))
    ]
    if verb == ["new", "evaluation"] and rng.random() < 0.6:
        given += ["--country", rng.choice(NAMES), "--name", rng.choice(NAMES)]
    if verb == ["new", "notebook"] and rng.random() < 0.6:
        given += ["--title-da", rng.choice(NAMES), "--title-en", rng.choice(NAMES)]
    if verb == ["run"]:
        given += ["-p", "declared_by_none=1"]
    return [*verb, *given]


def _would_run(places: Places) -> bool:
    """Whether a spoiled evaluation is sound and lost the notebook that stops it."""
    for path in places.evaluations.glob("*.yml"):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            names = [entry["name"] for entry in content["notebooks"]]
        except Exception:  # noqa: BLE001 - then it is not sound
            return False
        if LAST in names:
            return False
    return True


def _spoil_text(whole: bytes, rng: random.Random) -> bytes:
    text = whole.decode("utf-8")
    for _ in range(rng.choice((1, 1, 2, 4))):
        place = rng.randrange(len(text) + 1)
        lines = text.split("\n")
        number = rng.randrange(len(lines))
        kind = rng.randrange(8)
        if kind == 0:
            text = text[:place]
        elif kind == 1:
            text = text[:place] + rng.choice(YAML_TRICKS) + text[place:]
        elif kind == 2:
            text = "\n".join([*lines[:number], rng.choice(YAML_TRICKS), *lines[number:]])
        elif kind == 3:
            text = "\n".join([*lines[:number], " " + lines[number], *lines[number + 1 :]])
        elif kind == 4:
            text = "\n".join([*lines, lines[number]])
        elif kind == 5:
            text = "\n".join(lines[:number] + lines[number + 1 :])
        elif kind == 6:
            text = text[:place] + text[place + rng.choice((1, 5, 40)) :]
        else:
            return text.encode(rng.choice(("utf-16", "latin-1", "utf-8-sig", "utf-7")), "replace")
    return text.encode("utf-8")


def _spoil_tree(whole: bytes, rng: random.Random) -> bytes:
    content = yaml.safe_load(whole)
    for _ in range(rng.choice((1, 1, 2, 3))):
        holder, key = rng.choice(list(_places(content)))
        kind = rng.randrange(4)
        if kind == 0:
            del holder[key]
        elif kind == 1 and isinstance(holder, dict):
            holder[rng.choice(("nonsense", "Country", key))] = holder.pop(key)
        elif kind == 1:
            holder.append(copy.deepcopy(holder[key]))
        else:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
        if not content:
            break
    return yaml.safe_dump(content, allow_unicode=True).encode("utf-8")


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    keys = (
        list(content) if isinstance(content, dict)
        else range(len(content)) if isinstance(content, list) else ()
    )  # fmt: skip
    for key in keys:
        yield content, key
        yield from _places(content[key])


def _spoil_notebook(whole: str, rng: random.Random) -> str:
    if rng.random() < 0.15:
        place = rng.randrange(len(whole))
        return (
            whole[:place] + rng.choice(("", '"', "{", "\x00", "}]", "\u00e6")) + whole[place + 1 :]
        )
    notebook = json.loads(whole)
    cells = notebook["cells"]
    cell = next(one for one in cells if "parameters" in one["metadata"].get("tags", []))
    source = "".join(cell["source"]).split("\n")
    for _ in range(rng.choice((1, 2, 3))):
        form = LINES[0] if rng.random() < 0.5 else rng.choice(LINES)
        line = form.replace("{name}", rng.choice(("extra", "country", "level")))
        source.insert(rng.randrange(len(source) + 1), line.replace("{value}", rng.choice(LITERALS)))
    cell["source"] = "\n".join(source)
    if rng.random() < 0.3:
        holder, key = rng.choice(list(_places(rng.choice((notebook, cell)))))
        holder[key] = copy.deepcopy(rng.choice([one for one in VALUES if one == one]))
    return json.dumps(notebook)


def _bind(path: Path, rng: random.Random, tally: Tally) -> None:
    """Give values of every kind to every parameter that the spoiled cell still declares."""
    try:
        declared = parameters.read(path)
        tally.rounds["cells that could be read"] += 1
        for parameter in declared:
            value = rng.choice((*VALUES, *ODD_NAMES, *LITERALS))
            _fit(path, parameter.name, value)
    except AnalysisError:
        return
    except Exception as error:  # noqa: BLE001 - the proof is that there is none
        tally.fail(f"bind: {type(error).__name__}", traceback.format_exc(limit=-5))


def _fit(path: Path, name: str, value: object) -> None:
    with suppress(AnalysisError):
        assert name in parameters.bind(path, {name: value})


@contextmanager
def _restored(home: Path) -> Iterator[tuple[Callable[[], None], dict[str, str]]]:
    """Give what puts the workbench back as it was, and how that is."""
    before = _tree(home)
    kept = home.with_name(home.name + "-kept")
    shutil.copytree(home, kept)

    def restore() -> None:
        shutil.rmtree(home)
        shutil.copytree(kept, home)

    yield restore, before
    shutil.rmtree(kept)


def _tree(folder: Path) -> dict[str, str]:
    """Give every file and folder with what is in it; what is kept for the next build aside."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        )
        for path in sorted(folder.rglob("*"))
        if ".workbench" not in path.relative_to(folder).parts
    }


def _differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


def _is_of_new(path: str) -> bool:
    return path.startswith(("evaluations/", "data/published/countries/", "notebooks/"))


def _report(what: str, tally: Tally, tell: Tell) -> None:
    rounds = ", ".join(f"{number} {name}" for name, number in sorted(tally.rounds.items()))
    codes = ", ".join(f"{number} {name}" for name, number in sorted(tally.codes.items()))
    tell(f"{what}: {rounds}; {codes}; {len(tally.failures)} kinds of failure")


def _told(tally: Tally) -> str:
    return "\n\n".join(f"{kind}:\n{what[-3000:]}" for kind, what in tally.failures.items())
