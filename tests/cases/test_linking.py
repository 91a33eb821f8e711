"""A whole run in a real store: who is whom, reviewed, drawn, kept, opened as cases."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from analysis.cases import LinkageRules, LinkReport, kept, link, open_cases, review
from analysis.contracts.partner.cases import LINK_COLUMNS, PERSON_COLUMNS, Cases
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms
from analysis.errors import LinkageError

pa: Any = pyarrow
ON = date(2008, 10, 1)
DATA = Path(__file__).parents[2] / "data"
FORMS = read_forms(DATA / "forms", DATA / "codelists" / "partner")
People = Callable[..., Any]


def run(world: Any, rules: LinkageRules, on: date = ON, threads: int = 2) -> LinkReport:
    """Link what the store holds."""
    with world.writing() as store:
        return link(store, rules, on=on, threads=threads)


def opened(world: Any, profiles: Mapping[str, Profile], as_of: date = ON) -> Cases:
    """Open the store as cases."""
    with world.reading() as store:
        return open_cases(store, profiles, FORMS, as_of=as_of, basis="synthetic")


def pseudonyms(world: Any, profiles: Mapping[str, Profile]) -> dict[tuple[str, str], str]:
    """The pseudonym of each sender's number."""
    found = opened(world, profiles).tables["person_rows"].to_pylist()
    token = {row["record"]: row["pseudonym"] for row in found}
    numbers = [f"n{at}" for at in range(200)] + [f"m{at}" for at in range(10)]
    return {
        (organisation, number): token[one]
        for organisation in ("syn_a", "syn_b", "syn_c")
        for number, one in zip(
            numbers,
            world.tokens.references("person", organisation, numbers).to_pylist(),
            strict=True,
        )
        if one in token
    }


def test_the_same_people_at_two_senders_are_found(
    two_senders: Any, profiles: Mapping[str, Profile]
) -> None:
    """Forty are at both; nobody else is anybody else."""
    found = pseudonyms(two_senders, profiles)
    together = {number for sender, number in found if sender == "syn_b"}
    met = [n for n in together if found["syn_a", n] == found["syn_b", n]]
    assert len(met) >= 38
    assert len({found["syn_a", f"n{at}"] for at in range(60)}) == 60


def test_the_number_of_threads_changes_nothing(two_senders: Any, rules: LinkageRules) -> None:
    """A finding must not depend on the machine that it was made on."""

    def blobs() -> list[bytes | None]:
        with two_senders.reading() as store:
            return [store.named(name) for name in kept.NAMES]

    before = blobs()  # linked by all the threads there are
    report = run(two_senders, rules, threads=1)
    assert blobs() == before
    assert (report.records, report.linkable) == (100, 100)
    assert (report.new, report.merged, report.split) == (0, 0, 0)


def test_linking_writes_nothing_beside_the_store(
    two_senders: Any, rules: LinkageRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB spills into the working directory unless told not to, and in plain text."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "here"))
    run(two_senders, rules)
    assert list((tmp_path / "here").rglob("*")) == []


def test_a_person_who_is_unlike_anybody_stays_alone(
    world: Any, rules: LinkageRules, profiles: Mapping[str, Profile], person: People
) -> None:
    """Two records are too few to learn from; the start values must not join strangers."""
    world.persons("syn_a", [person("n1", "Maria", "Popescu", "1985-03-02")])
    world.persons("syn_b", [person("n1", "Grace", "Obi", "1990-11-30", citizenship="NGA")])
    assert run(world, rules).persons == 2
    assert len(set(pseudonyms(world, profiles).values())) == 2


def test_an_empty_store_links_nobody(
    world: Any, rules: LinkageRules, profiles: Mapping[str, Profile]
) -> None:
    """Before the first submission, pages say that nothing came, and do not fail."""
    with world.writing():
        pass
    assert run(world, rules).persons == 0
    cases = opened(world, profiles)
    assert cases.tables["persons"].num_rows == 0
    assert cases.tables["persons"].column_names == list(PERSON_COLUMNS)
    assert cases.received.num_rows == 0
    assert cases.expected.num_rows > 0


def test_who_sends_no_identities_is_kept_apart(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile], person: People
) -> None:
    """Counting them with the others would count some women twice; so they are marked."""
    two_senders.persons("syn_f", [person("n1"), person("n2")])
    report = run(two_senders, rules)
    assert report.records - report.linkable == 2
    persons = opened(two_senders, profiles).tables["persons"].to_pylist()
    assert sum(not row["linkable"] for row in persons) == 2


def test_records_that_came_since_are_not_passed_over(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile], person: People
) -> None:
    """Else they would silently be new persons in every count."""
    two_senders.persons("syn_c", [person("n7", "Ana")])
    with pytest.raises(LinkageError, match="1 records came since the last run"):
        opened(two_senders, profiles)


def test_invented_and_real_data_are_never_opened_together(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile]
) -> None:
    """A rehearsal's store under a real report would be a lie in every number."""
    with (
        two_senders.reading() as store,
        pytest.raises(LinkageError, match="2 submissions in this store are not submitted"),
    ):
        open_cases(store, profiles, FORMS, as_of=ON)


def test_a_later_row_wins_and_an_empty_cell_undoes_nothing(
    world: Any, rules: LinkageRules, profiles: Mapping[str, Profile], person: People
) -> None:
    """The same number in two half-years is one record, not two."""
    world.persons("syn_a", [person("n1", "Maria", "Ro", "1985-03-02", sex="unknown")], "2007H2")
    world.persons("syn_a", [person("n1", "Maria", None, None, citizenship="MDA")], "2008H1")
    assert run(world, rules).records == 1
    (row,) = opened(world, profiles).tables["persons"].to_pylist()
    assert (row["birth_year"], row["citizenship"], row["sex"]) == (1985, "MDA", "female")
    assert (row["records"], row["conflicts"], row["organisations"]) == (1, 0, 1)


def test_cases_resolve_contradictions_by_the_rules(
    world: Any, rules: LinkageRules, profiles: Mapping[str, Profile], crowd: People, person: People
) -> None:
    """Police over outreach, the earliest decision of each kind, and conflicts counted."""
    who: dict[str, Any] = {"given_name": "Ekaterina", "family_name": "Ivanovskaja",
                           "birth_date": "1990-05-06", "cpr": "0605901234"}  # fmt: skip
    world.persons("syn_a", [*crowd(40), person("m1", **who, citizenship="UKR", child=True)])
    world.persons("syn_police", [person("m1", **who, citizenship="RUS", child=False,
                                        first_contact_on=date(2007, 5, 1))])  # fmt: skip
    for sender, status, on in (("syn_a", "presumed", date(2008, 2, 1)),
                               ("syn_police", "presumed", date(2008, 1, 1)),
                               ("syn_police", "identified", date(2008, 4, 1)),
                               ("syn_a", "identified", date(2008, 6, 1))):  # fmt: skip
        columns = {
            "person": world.tokens.references("person", sender, ["m1"]),
            "status": [status], "decided_on": pa.array([on], pa.date32()),
            "deciding_body": ["police" if sender == "syn_police" else "ngo"],
            "purposes": ["sexual;labour" if sender == "syn_a" else "begging"],
        }  # fmt: skip
        period = f"{on.year}-{on.month:02d}"
        world.rows(sender, "assessments", columns, period)
    run(world, rules)
    cases = opened(world, profiles)
    row = next(one for one in cases.tables["persons"].to_pylist() if one["organisations"] == 2)
    assert (row["citizenship"], row["conflicts"]) == ("RUS", 2)
    assert (row["presumed_on"], row["presumed_by"]) == (date(2008, 1, 1), "syn_police")
    assert (row["identified_on"], row["identified_body"]) == (date(2008, 4, 1), "police")
    assert (row["first_contact_on"], row["purposes"]) == (date(2007, 5, 1), "begging;labour;sexual")
    # 18 in the year of identification: the years do not say, so the children's rule decides.
    assert row["child"] is True
    rows = cases.tables["assessments"]
    assert rows.column_names[:3] == ["submission", "organisation", "period"]
    assert {"pseudonym", "record"} <= set(rows.column_names)
    assert "person" not in rows.column_names
    assert not [name for name in cases.tables["person_rows"].column_names if "_exact" in name]


def test_a_record_without_a_row_in_persons_is_a_person_all_the_same(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile]
) -> None:
    """A service to somebody whom the register forgot happened."""
    columns = {"person": two_senders.tokens.references("person", "syn_a", ["forgotten"])}
    two_senders.rows("syn_a", "services", columns)
    run(two_senders, rules)
    cases = opened(two_senders, profiles)
    (row,) = cases.tables["services"].to_pylist()
    persons = {one["pseudonym"]: one for one in cases.tables["persons"].to_pylist()}
    assert persons[row["pseudonym"]]["linkable"] is False


def test_what_is_received_later_does_not_count(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile], person: People
) -> None:
    """A page as of a day must not know what came after it."""
    late = [person("n9", "Ana", "Late")]
    two_senders.persons("syn_c", late, received_on=date(2008, 9, 30))
    run(two_senders, rules)
    before, after = (opened(two_senders, profiles, day) for day in (date(2008, 9, 1), ON))
    assert before.tables["persons"].num_rows + 1 == after.tables["persons"].num_rows
    assert (before.received.num_rows, after.received.num_rows) == (2, 3)


def test_draws_are_whole_groupings_and_move_only_what_is_in_doubt(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile]
) -> None:
    """Each draw is a possible Denmark; persons nobody doubts are the same in all."""
    wide = replace(rules, match_at=0.999, review_from=0.001, best_guess_from=0.5)
    report = run(two_senders, wide)
    assert report.band > 0
    cases = opened(two_senders, profiles)
    links = cases.tables["links"]
    assert links.column_names == list(LINK_COLUMNS)
    table = links.to_pandas()
    assert (table.groupby("draw").record.nunique() == report.records).all()
    assert sorted(table.draw.unique()) == list(range(wide.draws + 1))
    counts = table.groupby("draw").pseudonym.nunique()
    assert counts.nunique() > 1
    with two_senders.reading() as store:
        asked = {one[f"record_{side}"] for one in review.asked(store) for side in "lr"}
        sure = table[~table.record.isin(asked)]
    moved = sure.groupby("record").pseudonym.nunique()
    with two_senders.reading() as store:
        draws = kept.unpacked(store.named(kept.DRAWS))
    touched = set() if draws is None else set(draws["record"].to_pylist())
    assert (moved[~moved.index.isin(touched)] == 1).all()


def test_pseudonyms_stay_when_keys_are_rotated(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile]
) -> None:
    """Every token changes; nobody becomes somebody else."""
    from analysis.contracts.partner.reading import read_forms
    from analysis.vault.rotation import Opener, rotate_tokens

    data = Path(__file__).parents[2] / "data"
    before = pseudonyms(two_senders, profiles)
    forms = read_forms(data / "forms", data / "codelists" / "partner")
    rotate_tokens(Opener(two_senders.keys, None), two_senders.folder, forms)
    assert pseudonyms(two_senders, profiles) == before
    report = run(two_senders, rules, on=date(2008, 11, 1))
    assert pseudonyms(two_senders, profiles) == before
    assert (report.new, report.merged, report.split) == (0, 0, 0)


def answered(path: Path, verdict: Callable[[dict[str, str]], str]) -> None:
    """Fill in the reviewer's file as a person would, in Excel."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for row in rows:
        row |= {"verdict": verdict(row), "reviewer": "AB", "day": "2008-10-02"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def test_a_review_is_written_answered_and_kept(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile], tmp_path: Path
) -> None:
    """The whole way of the clerical band, with its history, and nothing personal in a file."""
    wide = replace(rules, match_at=0.9999, review_from=0.2)
    report = run(two_senders, wide)
    out = tmp_path / "review.csv"
    with two_senders.reading() as store:
        written = review.write(store, out, profiles)
        tokens = {one[f"record_{side}"] for one in review.asked(store) for side in "lr"}
    assert [path.name for path in written] == ["review.csv", "review-syn_a.csv", "review-syn_b.csv"]
    text = "".join(path.read_text(encoding="utf-8-sig") for path in written)
    assert not [token for token in tokens if token in text]
    assert "tlana" not in text.lower()
    assert "Jeres fil" in written[1].read_text(encoding="utf-8-sig")
    answered(out, lambda row: "samme" if row["given_name"] == "equal" else "different")
    with two_senders.writing() as store:
        assert review.read(store, out, on=date(2008, 10, 3)) == report.band
    after = run(two_senders, wide, on=date(2008, 10, 3))
    assert after.band == 0
    assert after.same > 0
    answered(out, lambda row: "unsure")
    with two_senders.writing() as store:
        review.read(store, out, on=date(2008, 10, 4))
        assert len(review.history(store)) == 2 * report.band
        assert set(review.verdicts(store).values()) == {"unsure"}


SLIPS = (
    ({"verdict": "perhaps Maria"}, "none of same, different, unsure"),
    ({"pair": "V-AAAAAAAAAAAA"}, "no run of linkage asked about"),
    ({"day": "2.10.2008"}, "no day as YYYY-MM-DD"),
    ({"day": "2030-01-01"}, "no day as YYYY-MM-DD"),
    ({"reviewer": ""}, "no reviewer"),
)


def test_a_review_that_does_not_fit_is_refused_whole(
    two_senders: Any, rules: LinkageRules, profiles: Mapping[str, Profile], tmp_path: Path
) -> None:
    """One slip of the hand must not join two women; and no cell is repeated."""
    run(two_senders, replace(rules, match_at=0.9999, review_from=0.2))
    out = tmp_path / "review.csv"
    with two_senders.reading() as store:
        review.write(store, out, profiles)
    answered(out, lambda row: "same")
    good = out.read_text(encoding="utf-8").splitlines()
    head = good[0].split(";")
    for change, said in SLIPS:
        cells = dict(zip(head, good[2].split(";"), strict=True)) | change
        lines = [*good[:2], ";".join(cells[name] for name in head), *good[3:]]
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with two_senders.writing() as store:
            with pytest.raises(LinkageError, match=said) as caught:
                review.read(store, out, on=date(2008, 10, 3))
            assert review.history(store) == ()
        assert "rows 3" in str(caught.value)
        assert "Maria" not in str(caught.value)
    out.write_text("verdict;pair\n", encoding="utf-8")
    with two_senders.writing() as store, pytest.raises(LinkageError, match="2 columns are missing"):
        review.read(store, out, on=ON)


def test_reviewing_comes_after_linking(world: Any, profiles: Mapping[str, Profile]) -> None:
    """Otherwise there is nothing to review, which is said."""
    with world.writing() as store, pytest.raises(LinkageError, match="Run workbench link first"):
        review.write(store, Path("x.csv"), profiles)
