"""Comparing records: levels as a reader would judge them, and counts of pairs by hand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pyarrow
import pytest

from analysis.cases import LinkageRules, blocking, comparing, fitting, memory
from analysis.cases.records import prepared
from analysis.contracts.partner.forms import IDENTITIES
from analysis.vault.tokens import Tokens

pa: Any = pyarrow


class Keys:
    """Keys that guard nothing."""

    sharing = bytes(range(32))
    chain = (bytes(range(32, 64)),)


TOKENS = Tokens(Keys())


def records(connection: Any, people: list[Any]) -> Any:
    """Records of people of one sender."""
    columns: dict[str, Any] = {
        "submission": ["S-000000000001"] * len(people),
        "organisation": ["syn_a"] * len(people),
        "period": ["2008H1"] * len(people),
        "source_row": pa.array(range(2, len(people) + 2), pa.int32()),
        "person": pa.array([one.number for one in people]),
    }
    for which in IDENTITIES:
        columns |= TOKENS.identities(which, [getattr(one, which) for one in people])
    for name in ("sex", "citizenship"):
        columns[name] = pa.array([getattr(one, name) for one in people], pa.string())
    return prepared(connection, pa.table(columns), [])


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({"given_name": "Søren"}, {"given_name": "SOEREN"}, {"given_name": "equal"}),
        ({"given_name": "Kristina"}, {"given_name": "Christine"}, {"given_name": "close"}),
        ({"given_name": "Maria Elena"}, {"given_name": "Elena"}, {"given_name": "sounds"}),
        ({"given_name": "Maria"}, {"given_name": "Grace"}, {"given_name": "different"}),
        ({"given_name": "Maria"}, {}, {"given_name": "not known"}),
        (
            {"given_name": "Thi", "family_name": "Nguyen"},
            {"given_name": "Nguyen", "family_name": "Thi"},
            {"given_name": "swapped", "family_name": "swapped"},
        ),
        ({"birth_date": "1985-03-02"}, {"birth_date": "1985-02-03"}, {"birth_date": "swapped"}),
        ({"birth_date": "1985-03-02"}, {"birth_date": "1985-03-20"}, {"birth_date": "two parts"}),
        ({"birth_date": "1985-03-02"}, {"birth_date": "1995-03-02"}, {"birth_date": "two parts"}),
        ({"birth_date": "1985-03-02"}, {"birth_date": "1985-07-20"}, {"birth_date": "year"}),
        ({"birth_date": "1985-03-02"}, {"birth_date": "1986-07-20"}, {"birth_date": "near year"}),
        ({"birth_date": "1985-03-02"}, {"birth_date": "1990-07-20"}, {"birth_date": "different"}),
        ({"cpr": "0203851234"}, {"cpr": "020385-1234"}, {"cpr": "equal"}),
        ({"sex": "unknown"}, {"sex": "male"}, {"sex": "not known"}),
    ],
)  # fmt: skip
def test_agreement_is_told_as_a_reader_would(
    one: Any, other: Any, wanted: dict[str, str], person: Callable[..., Any]
) -> None:
    """Reviewers are told these words, and the model weighs them."""
    with memory.in_memory(1) as connection:
        table = records(connection, [person("1", **one), person("2", **other)])
        names = [name for name in table.column_names if name != "record"]
        sides = ", ".join(f"{side}.{name} as {name}_{side}" for side in "lr" for name in names)
        connection.register("t", table)
        found = connection.sql(
            f"with faced as (select {sides} from t l, t r where l.record < r.record) "
            f"select {comparing.agreement_sql()} from faced"
        ).to_arrow_table()
    row = found.to_pylist()[0]
    assert {name: row[name] for name in wanted} == wanted


def test_every_level_has_a_share_to_begin_with() -> None:
    """EM begins somewhere for each level, and the shares are shares."""
    for name, levels in comparing.LEVELS.items():
        assert len(comparing.M_START[name]) == len(levels) + 1
        assert len(comparing.U_START[name]) == len(levels) + 1
        for start in (comparing.M_START, comparing.U_START):
            assert sum(start[name]) == pytest.approx(1)


def test_pairs_of_a_line_are_counted_rightly(
    rules: LinkageRules, crowd: Callable[..., Any], person: Callable[..., Any]
) -> None:
    """The count decides which lines are used; here against all pairs, looked at one by one."""
    people = [*crowd(60), *(person(f"x{at}", "Maria", "Ro", f"1985-03-{at + 1:02d}") for at in
                            range(6))]  # fmt: skip
    people += [person("y", "Maria", "Ro", "1985-01-03"), person("z", "Maria", None, "1985-03-01")]
    with memory.in_memory(1) as connection:
        table = records(connection, people)
        rows = table.to_pylist()
        for columns in rules.blocking:
            alone = _only(rules, columns)
            expected = sum(_agree(a, b, columns) for a, b in combinations(rows, 2))
            assert blocking.chosen(connection, table, alone).most == expected


def test_lines_that_bring_too_many_pairs_are_left_out_and_told(
    rules: LinkageRules, person: Callable[..., Any]
) -> None:
    """A million records of one sex must not become half a billion pairs unnoticed."""
    people = [person(str(at), f"Ma{at}", "Ro", "1985-03-02") for at in range(200)]
    with memory.in_memory(1) as connection:
        found = blocking.chosen(connection, records(connection, people), rules)
    assert ("birth_date_exact", "family_name_sound") in found.left_out
    assert ("birth_date_exact", "given_name_sound") not in found.left_out or found.most == 0
    assert found.most <= rules.most_pairs_a_record * len(people)


def test_a_few_records_are_compared_on_everything_they_say(
    rules: LinkageRules, person: Callable[..., Any]
) -> None:
    """Too few to learn from: all six comparisons must stand, with their start values.

    Where a round of EM finds no pair, splink raises, and has by then taken comparisons out
    of the model that it goes on with.
    """
    import json

    people = [
        person("1", "Oluwaseun", "Adeyemi", "1985-03-02", citizenship="NGA"),
        person("2", "Oluwaseum", None, "1985-03-12", citizenship="NGA"),
        person("3", "Thi", "Nguyen", "1991-11-30", citizenship="VNM"),
    ]
    with memory.in_memory(1) as connection:
        table = records(connection, people)
        model = fitting.fit(connection, table, rules)
        found = fitting.pairs(connection, table, model, rules).to_pylist()
    names = [one["output_column_name"] for one in json.loads(model.settings)["comparisons"]]
    assert names == list(comparing.LEVELS)
    assert model.learned == 0
    assert [(one["record_l"], one["record_r"]) for one in found] == [("1", "2")]
    assert rules.review_from < found[0]["probability"] < rules.match_at


def _only(rules: LinkageRules, columns: tuple[str, ...]) -> LinkageRules:
    from dataclasses import replace

    return replace(rules, blocking=(columns,), most_pairs_a_record=10**6)


def _agree(one: Any, other: Any, columns: tuple[str, ...]) -> bool:
    for column in columns:
        left = "birth_date_exact" if column == "birth_date_swapped" else column
        if one[left] is None or one[left] != other[column]:
            return False
    return True
