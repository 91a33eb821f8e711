"""closure: which local files a notebook's imports lead to, against what kernels really load."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis import evaluations
from analysis.engine.build import run_all
from analysis.engine.reuse.closure import Imports
from analysis.engine.reuse.imported import imports_in
from analysis.flow.report_jobs import jobs
from analysis.places import Places

HOME = Path(__file__).parents[2]
LOADED = "import sys\nprint(*sorted(name for name in sys.modules if name[:8] == 'analysis'))"
LAST: dict[str, object] = {
    "cell_type": "code",
    "id": "loaded",
    "metadata": {},
    "outputs": [],
    "execution_count": None,
    "source": LOADED,
}
CODE = Callable[[dict[str, str]], Imports]


@pytest.fixture
def packages(tmp_path: Path) -> CODE:
    """Write files below ``src`` of a workbench, and look at its imports."""

    def write(files: dict[str, str]) -> Imports:
        for name, text in files.items():
            path = tmp_path / "src" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Imports(tmp_path)

    return write


def test_cold_runs_give_what_warm_ones_gave_and_load_only_what_counts(
    real_build: Any, tmp_path: Path
) -> None:
    """How fast a kernel starts must not change a byte, and what it loads must count.

    A module that is loaded and not counted could change, and its notebook not be rerun.
    One run of every notebook shows both: it costs a minute.
    """
    for name in ("data", "evaluations", "notebooks"):
        shutil.copytree(HOME / name, tmp_path / name)
    places = Places(tmp_path)
    # What watches a kernel counts for every run, as a part of the engine.
    engine = set(Imports(HOME).closure(["analysis.engine.running.run"]).files)
    static = {}
    for path in places.notebooks.glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "code"]
        static[path.stem] = Imports(HOME).closure(imports_in(cells)).files
        notebook["cells"].append(LAST)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    chosen = evaluations.read(places, evaluations.default(places))
    wanted = jobs(places, replace(chosen, languages=("en",)), tmp_path / "out")
    # A warm kernel also holds the modules that forked it.
    done = run_all([replace(job, cold=True) for job in wanted], tmp_path / "out")
    assert {executed.path.stem for executed in done} == static.keys()
    for executed in done:
        *cells, last = json.loads(executed.path.read_text(encoding="utf-8"))["cells"]
        assert cells == real_build.notebook("en", executed.path.stem)["cells"]
        loaded = set("".join(last["outputs"][0]["text"]).split())
        assert len(loaded) > 40
        assert loaded - set(static[executed.path.stem]) <= engine
        assert not {name for name in loaded & engine if "closure" in name or "kernels" in name}


def test_imports_inside_functions_parents_and_named_submodules_count(packages: CODE) -> None:
    """Each of them is run when the notebook runs."""
    found = packages(
        {
            "lab/__init__.py": "",
            "lab/deep/__init__.py": "",
            "lab/deep/first.py": "def late():\n    from lab.deep import second\n",
            "lab/deep/second.py": "from . import third\n",
            "lab/deep/third.py": "",
            "lab/other.py": "",
        }
    ).closure(imports_in(["from lab.deep import first"]))
    assert list(found.files) == [
        "lab",
        "lab.deep",
        "lab.deep.first",
        "lab.deep.second",
        "lab.deep.third",
    ]
    assert found.imported_by["lab.deep.third"] == "lab.deep.second"


def test_imports_for_the_type_checker_do_not_count(packages: CODE) -> None:
    """They are never run, and would tie every notebook to half of the code."""
    found = packages(
        {
            "lab/__init__.py": "",
            "lab/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lab.b\n",
            "lab/b.py": "",
        }
    ).closure(["lab.a"])
    assert list(found.files) == ["lab", "lab.a"]


def test_files_of_a_package_count_with_the_nearest_package(packages: CODE) -> None:
    """Wordings and templates are read as code is; compiled files are made of it."""
    look = packages(
        {
            "lab/__init__.py": "",
            "lab/words/__init__.py": "",
            "lab/words/wording/da.yml": "",
            "lab/words/__pycache__/x.pyc": "",
            "lab/other/__init__.py": "",
            "lab/other/page.html": "",
        }
    )
    assert list(look.closure(["lab.words"]).files) == [
        "lab",
        "lab.words",
        "lab/words/wording/da.yml",
    ]


def test_a_name_that_is_computed_may_be_any_module_of_its_package(packages: CODE) -> None:
    """A plugin is loaded by name; better run once too often than once too seldom."""
    look = packages(
        {
            "lab/__init__.py": "",
            "lab/plain.py": "",
            "lab/kinds/__init__.py": "from importlib import import_module\n"
            "def kind(name):\n    return import_module(f'{__name__}.{name}')\n",
            "lab/kinds/one.py": "",
            "lab/named.py": "import importlib\nx = importlib.import_module('lab.plain')\n",
        }
    )
    assert list(look.closure(["lab.kinds"]).files) == ["lab", "lab.kinds", "lab.kinds.one"]
    assert list(look.closure(["lab.named"]).files) == ["lab", "lab.named", "lab.plain"]


def test_one_local_package_may_import_another(packages: CODE) -> None:
    """A laboratory keeps its own package beside this one, some of them a single file."""
    look = packages(
        {
            "lab/__init__.py": "import tools\nimport json\nimport single\n",
            "tools/__init__.py": "",
            "single.py": "from tools import late\n",
            "tools/late.py": "",
            "alien/__init__.py": "this is not Python",
        }
    )
    assert list(look.closure(["lab"]).files) == ["lab", "single", "tools", "tools.late"]


def test_a_package_that_cannot_be_read_counts_whole(packages: CODE) -> None:
    """Nobody knows what a module imports that does not parse."""
    look = packages({"lab/__init__.py": "", "lab/a.py": "", "lab/broken.py": "def ("})
    assert list(look.closure(["lab.a"]).files) == ["lab", "lab.a", "lab.broken"]


def test_an_edit_is_seen_at_once(packages: CODE, tmp_path: Path) -> None:
    """A build that runs for an hour meets edits made meanwhile."""
    look = packages({"lab/__init__.py": "", "lab/a.py": "", "lab/b.py": ""})
    assert list(look.closure(["lab.a"]).files) == ["lab", "lab.a"]
    (tmp_path / "src" / "lab" / "a.py").write_text("import lab.b\n", encoding="utf-8")
    assert list(look.closure(["lab.a"]).files) == ["lab", "lab.a", "lab.b"]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("%matplotlib inline\nimport lab.a as a", {"lab.a"}),
        ("files = !ls\nfrom lab import b", {"lab", "lab.b"}),
        ("%%time\nimport lab", {"lab"}),
        ("lab?\nimport lab", {"lab"}),
        ("if True:\n    %time x = 1\n    import lab", {"lab"}),
        ("import lab\nthis is no Python (", {"lab"}),
        ("%%bash\necho 'hello'\nfor i in *; do", set()),
        ("x = __import__('lab.a')", {"lab.a"}),
        ("total = 7 %2\nimport lab", {"lab"}),
        ("", set()),
    ],
)
def test_cells_are_read_with_or_without_magics(cell: str, names: set[str]) -> None:
    """A cell that IPython runs must not hide its imports because Python cannot parse it."""
    assert imports_in([cell]) == names


def test_no_local_import_gives_nothing(tmp_path: Path) -> None:
    """What is installed counts by its version."""
    assert Imports(tmp_path).closure(["pandas", "json.decoder"]).files == {}
