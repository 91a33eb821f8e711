"""grid: every combination once, in the order stated, typed, or refused before anything runs."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.engine.sweeping import grid, grid_file, grid_tables
from analysis.errors import ParameterError

CELL = """\
n = 1  # number
level = 0.95
word = "a"
years = [2002, 2003]
day = "2007-01-01"
wide = True"""

Write = Callable[..., Path]
_arrow: Any = pyarrow
"""pyarrow comes without types."""


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory, write_notebook: Write) -> Path:
    """A notebook with one parameter of each kind."""
    return write_notebook(tmp_path_factory.mktemp("grid") / "book.ipynb", CELL)


def _refused(book: Path, *blocks: grid.Block, most: int = grid.MOST, **fixed: object) -> str:
    with pytest.raises(ParameterError) as refused:
        grid.combine(book, blocks, fixed, most=most)
    return str(refused.value)


whole = st.lists(st.integers(-99, 99), min_size=1, max_size=5, unique=True)
words = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=4, unique=True)


@given(whole, words, st.booleans())
@settings(deadline=None)
def test_a_grid_is_the_product_in_the_order_stated(
    book: Path, numbers: list[int], texts: list[str], wide: bool
) -> None:
    """Whoever reads run 0007 of a table must be able to count to it in the command."""
    made = grid.combine(
        book, [grid.axis("word", texts), grid.axis("n", numbers)], {"wide": str(wide)}
    )
    assert made.points == tuple(product(texts, numbers))
    assert len(made) == len(texts) * len(numbers)
    assert [tuple(values.values()) for values in made.runs().values()] == list(made.points)
    assert list(made.runs()) == sorted(made.runs())
    assert made.fixed == {"wide": wide}


@given(whole, st.data())
@settings(deadline=None)
def test_texts_and_values_name_the_same_sweep(
    book: Path, numbers: list[int], data: st.DataObject
) -> None:
    """A sweep resumed from a file must find what the command line began, and no other."""
    typed = grid.combine(book, [grid.axis("n", numbers)])
    told = grid.combine(book, [grid_file.assigned("n=" + ",".join(map(str, numbers)))])
    assert typed == told
    assert typed.short_hash() == told.short_hash()
    other = data.draw(whole.filter(lambda drawn: drawn != numbers))
    assert grid.combine(book, [grid.axis("n", other)]).short_hash() != typed.short_hash()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("grid.yml", "years: [[2002, 2003], [2007]]\nday: [2007-01-01, 2008-02-02]\n"),
        ("grid.json", '{"years": [[2002, 2003], [2007]], "day": ["2007-01-01", "2008-02-02"]}'),
    ],
)
def test_a_parameter_that_is_a_list_is_given_lists(
    tmp_path: Path, book: Path, name: str, text: str
) -> None:
    """Years belong together; sweeping over sets of years is a usual question."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    read = grid.combine(book, grid_file.read(path))
    typed = [grid_file.assigned("years=[2002,2003],[2007]")]
    typed.append(grid_file.assigned("day=2007-01-01,2008-02-02"))
    assert read == grid.combine(book, typed)
    assert read.types == ("list[int]", "date")
    assert read.points[0] == ([2002, 2003], "2007-01-01")


def test_each_line_of_a_csv_file_is_one_run(tmp_path: Path, book: Path) -> None:
    """Not every design is a product: a line per run says exactly which runs are meant."""
    path = tmp_path / "runs.csv"
    path.write_text('n,years\n1,"2002,2003"\n5,2007\n', encoding="utf-8-sig")
    made = grid.combine(book, [*grid_file.read(path), grid.axis("wide", [True, False])])
    assert made.points == (
        (1, [2002, 2003], True),
        (1, [2002, 2003], False),
        (5, [2007], True),
        (5, [2007], False),
    )


def test_an_unknown_parameter_is_refused_with_the_nearest(book: Path) -> None:
    """Papermill only warns, and a thousand equal runs would follow."""
    told = _refused(book, grid.axis("levle", [0.9], "grid.yml"))
    assert told.startswith("grid.yml, value 1 of 1: book.ipynb: has no parameter levle.")
    assert "Did you mean level?" in told


def test_an_ill_typed_value_is_named_by_its_place(book: Path) -> None:
    """Messages are copied into e-mails: they say which value, never what it is."""
    told = _refused(book, grid_file.assigned("n=1,2,dreizehn"))
    assert told.startswith("-g, value 3 of 3: book.ipynb: parameter n is int")
    assert "dreizehn" not in told


def test_a_number_that_no_table_can_hold_is_refused(book: Path) -> None:
    """After a thousand runs there must be no reason left why the table cannot be written."""
    assert "value 2 of 2: a whole number beyond" in _refused(book, grid.axis("n", [1, 2**63]))


def test_an_empty_list_is_refused(book: Path) -> None:
    """The product with nothing is nothing, and would look like a sweep that went well."""
    told = _refused(book, grid.axis("n", [1, 2]), grid.axis("word", []))
    assert "no values for word" in told


@pytest.mark.parametrize("again", ["1", 1])
def test_a_combination_that_stands_twice_is_refused(book: Path, again: object) -> None:
    """The second would weigh double in whatever is computed from the table."""
    told = _refused(book, grid.axis("n", [1, 2, again]))
    assert "1 of 3 combinations stand twice (3 is 1)" in told


def test_one_name_in_two_places_is_refused(book: Path) -> None:
    """Which of the two was meant cannot be known."""
    assert "given in two places: n" in _refused(book, grid.axis("n", [1]), n=2)
    assert "given in two places: n" in _refused(book, grid.axis("n", [1]), grid.axis("n", [2]))


def test_a_sweep_of_nothing_is_refused(book: Path) -> None:
    """One run with defaults is `workbench run`."""
    assert "none was named" in _refused(book)


def test_more_combinations_than_allowed_are_refused_at_once(book: Path) -> None:
    """A slip of the finger asks for 10^15 runs; nobody should wait for it to be counted."""
    many = [grid.axis(name, list(range(100_000))) for name in ("n", "level", "word")]
    told = _refused(book, *many)
    assert "1000000000000000 combinations, and 10000 is the most" in told
    assert "--most 1000000000000000" in told


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("grid.txt", "n: [1]", "ends in .yml, .yaml, .json or .csv"),
        ("grid.yml", "n: [1]\nn: [2]", "stands twice: n"),
        ("grid.yml", "n: 1", "1 of 1 parameters have no list of values"),
        ("grid.yml", "n: [1", "is not valid YAML"),
        ("grid.yml", "1: [1]", "1 of 1 parameters have no list of values"),
        ("grid.yml", "? [a]\n: [1]", "is not valid YAML"),
        ("grid.yml", "day: [2007-99-99]", "is not valid YAML"),
        ("grid.yml", "", "holds no parameters"),
        ("grid.json", '{"n": [1], "n": [2]}', "stands twice: n"),
        ("grid.json", "{", "is not valid JSON (line 1)"),
        ("grid.json", "[1]", "holds no parameters"),
        ("grid.csv", "", "the first line must name"),
        ("grid.csv", "n,\n1,2\n", "the first line must name"),
        ("grid.csv", "n,n\n1,2\n", "stands twice: n"),
        ("grid.csv", "n,word\n1\n2,b\n", "1 lines have not 2 cells (lines 2)"),
        ("grid.csv", 'n\n"1\n', "is not valid CSV"),
    ],
)
def test_a_grid_file_that_is_not_one_is_refused(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    """What cannot be read with certainty is not run a thousand times."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as refused:
        grid_file.read(path)
    assert str(refused.value).startswith(f"{name}: ")
    assert says in str(refused.value)


def test_a_missing_or_unreadable_grid_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there is the commonest slip."""
    with pytest.raises(ParameterError, match="cannot be read"):
        grid_file.read(tmp_path / "none.yml")
    (tmp_path / "latin.yml").write_bytes("n: [\xe6]".encode("latin-1"))
    with pytest.raises(ParameterError, match="is not UTF-8"):
        grid_file.read(tmp_path / "latin.yml")


@pytest.mark.parametrize("text", ["n", "=1", "n=", "years=[1,2", "years=1],[2"])
def test_an_assignment_that_is_none_is_refused(text: str) -> None:
    """A bracket left open would change how many runs there are."""
    with pytest.raises(ParameterError, match="-g"):
        grid_file.assigned(text)


def test_tables_hold_typed_parameters_and_give_way_to_none(tmp_path: Path, book: Path) -> None:
    """A number that became a text sorts wrongly, and a parameter may be called anything."""
    made = grid.combine(
        book,
        [
            grid_file.assigned("n=1,2"),
            grid_file.assigned("years=[2002],[2003,2004]"),
            grid_file.assigned("day=2007-01-01"),
            grid_file.assigned("word=æ"),
        ],
    )
    others: dict[str, grid_tables.Kind] = {"word": "str", "share": "float"}
    names = grid_tables.parameter_columns(made, others)
    lines = [
        {names[name]: value for name, value in values.items()} | {"word": run, "share": None}
        for run, values in made.runs().items()
    ]
    columns = grid_tables.column_types(made, others)
    grid_tables.write_parquet(tmp_path / "t.parquet", columns, lines)
    table = _arrow.parquet.read_table(tmp_path / "t.parquet")
    assert [str(field.type) for field in table.schema] == [
        *("int64", "list<element: int64>", "date32[day]", "string", "string", "double")
    ]
    assert table.column_names == ["n", "years", "day", "parameter_word", "word", "share"]
    assert table.column("years").to_pylist() == [[2002], [2003, 2004]] * 2
    assert table.column("parameter_word").to_pylist() == ["æ"] * 4
    grid_tables.write_csv(tmp_path / "t.csv", columns, lines)
    assert (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()[:2] == [
        "n,years,day,parameter_word,word,share",
        "1,[2002],2007-01-01,æ,0001,",
    ]


def test_a_parquet_file_names_the_library_that_wrote_it_and_no_more(
    tmp_path: Path, book: Path
) -> None:
    """A date or a machine in a table would make every sweep differ from the last."""
    made = grid.combine(book, [grid_file.assigned("n=1,2")])
    columns = grid_tables.column_types(made, {})
    lines = [dict(values) for values in made.runs().values()]
    for name in ("a", "b"):
        grid_tables.write_parquet(tmp_path / name, columns, lines)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    told = _arrow.parquet.read_metadata(tmp_path / "a")
    assert told.created_by == f"parquet-cpp-arrow version {_arrow.__version__}"
    assert set(told.metadata or {}) <= {b"ARROW:schema"}
