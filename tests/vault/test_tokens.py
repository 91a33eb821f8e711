"""Tokens: against RFC 2104 and known answers, against each other, against who would guess."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import VaultError
from analysis.vault.encoding import Which, cells, columns, keyed, normal
from analysis.vault.encoding.columns import names
from analysis.vault.encoding.sound import sound
from analysis.vault.tokens import (
    TOKEN_COLUMNS,
    Tokens,
    layered,
    layered_file,
    read_sharing_key,
    unreadable,
)

pa: Any = pyarrow
parquet: Any = pyarrow.parquet
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
NAMES = st.text(st.sampled_from("abcdefgæøåéüABCXYZ -'"), min_size=1, max_size=25)


@dataclass(frozen=True)
class Keys:
    """Keys that guard nothing."""

    sharing: bytes = bytes(range(32))
    chain: tuple[bytes, ...] = (bytes(range(32, 64)), bytes(range(64, 96)))


TOKENS = Tokens(Keys())


def plain(found: dict[str, Any]) -> dict[str, list[Any]]:
    """Arrow columns as lists."""
    return {name: column.to_pylist() for name, column in found.items()}


def by_hand(key: bytes, namespace: str, value: str) -> str:
    """A token by Python's own hmac, which shares no line with ours."""
    message = "\x1f".join(("1", namespace, value)).encode()
    return hmac.new(key, message, "sha256").digest()[:16].hex()


@pytest.mark.parametrize("key", [b"k", b"k" * 32, b"k" * 64, b"k" * 200])
def test_our_hmac_is_rfc_2104(key: bytes) -> None:
    """A home-made shortcut in a keyed hash must be the keyed hash."""
    for message in (b"", b"x", b"y" * 1000):
        assert keyed.hmac(key)(message) == hmac.digest(key, message, "sha256")


def test_a_token_is_what_the_specification_says() -> None:
    """Who ports it has the text alone; so the text is followed here, without our code."""
    inner = by_hand(Keys().sharing, "name", "soeren")
    found = plain(TOKENS.inner("given_name", ["Søren"]))
    assert found["given_name_exact"] == [inner]
    assert found["given_name_words"] == [by_hand(Keys().sharing, "word", "soeren")]
    assert found["given_name_sound"] == [by_hand(Keys().sharing, "sound", "srn")]
    for key in Keys().chain:
        inner = hmac.new(key, inner.encode(), "sha256").digest()[:16].hex()
    assert plain(TOKENS.identities("given_name", ["SØREN "]))["given_name_exact"] == [inner]


def test_a_sketch_is_what_the_specification_says() -> None:
    """The same for the sketch: slot by slot, with the standard library alone."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    numbers = []
    for pair in ("_a", "an", "nn", "na", "a_"):
        digests = b"".join(
            hmac.digest(Keys().sharing, f"1\x1fgrams\x1f{counter}\x1f{pair}".encode(), "sha256")
            for counter in range(8)
        )
        numbers.append([int.from_bytes(digests[at : at + 4], "big") for at in range(0, 256, 4)])
    expected = "".join(alphabet[min(slot) & 63] for slot in zip(*numbers, strict=True))
    assert plain(TOKENS.inner("family_name", ["Anna"]))["family_name_grams"] == [expected]


@pytest.mark.parametrize("which", ["given_name", "family_name", "birth_date", "cpr"])
def test_known_answers_stay(which: Which) -> None:
    """A changed answer would make every stored token void, and part Python from JavaScript."""
    wanted = VECTORS[which]
    values = [one["in"] for one in wanted]
    inner, stored = plain(TOKENS.inner(which, values)), plain(TOKENS.identities(which, values))
    assert cells.packed(which, VECTORS["mark"], inner) == [one["cell"] for one in wanted]
    for at, one in enumerate(wanted):
        assert {name: column[at] for name, column in inner.items()} == one["inner"]
        assert {name: column[at] for name, column in stored.items()} == one["stored"]


def test_known_normal_forms_and_sounds_stay() -> None:
    """The steps before the key, which the offline page has to take in the same way."""
    for one in VECTORS["words"]:
        assert list(normal.words(one["in"])) == one["out"]
    for one in VECTORS["sounds"]:
        assert sound(one["in"]) == one["out"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Søren", "soeren"), ("Åse", "AASE"), ("Elena Maria", "maria  elena"),
        ("O'Brien", "O’BRIEN"), ("José", "Jose"), ("Jean-Luc", "jean luc"),
        ("Şükrü", "Sükrü"), ("İlker", "ilker"),
    ],
)  # fmt: skip
def test_ways_of_writing_one_name_are_one_token(one: str, other: str) -> None:
    """Else the same woman is two persons because one keyboard has no ø."""
    found = plain(TOKENS.identities("given_name", [one, other]))
    assert found["given_name_exact"][0] == found["given_name_exact"][1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Christina", "Kristine"), ("Jelena", "Elena"), ("Pedersen", "Petersson"),
        ("Sjevtjenko", "Schewtschenko"), ("Mohammed", "Muhamad"), ("Søren", "Soren"),
    ],
)  # fmt: skip
def test_names_that_sound_alike_share_a_key(one: str, other: str) -> None:
    """Names are often written down by ear, in an interview through an interpreter."""
    assert sound(normal.words(one)[0]) == sound(normal.words(other)[0])


def test_names_with_nothing_in_common_do_not_sound_alike() -> None:
    """A key that everybody shares says nothing."""
    assert len({sound(name) for name in ("maria", "elena", "svetlana", "grace", "thi", "bo")}) == 6


@pytest.mark.parametrize("name", ["", "  ", "Ukendt", "N.N.", "unknown", "12", None, "xxx"])
def test_no_name_is_no_token(name: str | None) -> None:
    """All the nameless would otherwise be one person."""
    found = plain(TOKENS.identities("given_name", [name, "Maria"]))
    assert all(column[0] is None and column[1] for column in found.values())


def test_birth_dates_meet_when_day_and_month_are_exchanged() -> None:
    """The commonest error in a date; 3 March and the 31st have no exchanged form."""
    days = ["1985-03-02", "1985-02-03", "1985-03-03", "1985-03-31", date(1985, 3, 2).isoformat()]
    found = plain(TOKENS.identities("birth_date", days))
    assert found["birth_date_exact"][0] == found["birth_date_swapped"][1]
    assert found["birth_date_exact"][1] == found["birth_date_swapped"][0]
    assert found["birth_date_swapped"][2:4] == [None, None]
    assert found["birth_year"] == [1985] * 5
    arrow = plain(TOKENS.identities("birth_date", pa.array([date(1985, 3, 2)])))
    assert arrow["birth_date_exact"][0] == found["birth_date_exact"][0]


def test_cpr_numbers_are_one_token_however_they_are_written() -> None:
    """With a hyphen, a blank or neither; too short or too long is none."""
    found = plain(
        TOKENS.identities("cpr", ["010285-1234", "0102851234", "010285 1234", "10285123"])
    )
    assert len(set(found["cpr_exact"][:3])) == 1
    assert found["cpr_exact"][3] is None
    assert unreadable("cpr", ["010285-1234", "10285123", "", None]) == (1,)


def test_unreadable_cells_are_told_by_their_place() -> None:
    """The sender is asked about rows; what stands there is never repeated."""
    assert unreadable("given_name", ["Bo", "12", "?", "Ukendt", "", None]) == (1, 2)
    assert unreadable("birth_date", ["1985-02-30", "1985-02-28", "1.1.85", ""]) == (0, 2)


def test_equal_numbers_of_two_senders_never_meet() -> None:
    """Case 17 of one house has nothing to do with case 17 of another."""
    one = TOKENS.references("person", "syn_a", ["17", " 17 ", "a-1", "A-1", "", None]).to_pylist()
    other = TOKENS.references("person", "syn_b", ["17"]).to_pylist()
    case = TOKENS.references("case", "syn_a", ["17"]).to_pylist()
    assert one[0] == one[1]
    assert one[2] == one[3]
    assert one[4:] == [None, None]
    assert len({one[0], other[0], case[0]}) == 3


@settings(max_examples=60)
@given(st.lists(st.one_of(st.none(), NAMES), max_size=8))
def test_a_row_knows_nothing_of_its_neighbours(cells_: list[str | None]) -> None:
    """Working on different values once must not change what any row becomes."""
    together = plain(TOKENS.identities("given_name", cells_))
    for at, cell in enumerate(cells_):
        alone = plain(TOKENS.identities("given_name", [cell]))
        assert {name: column[at] for name, column in together.items()} == {
            name: column[0] for name, column in alone.items()
        }


@settings(max_examples=40)
@given(st.lists(NAMES, min_size=1, max_size=6))
def test_a_layer_over_stored_tokens_is_a_longer_chain(values: list[str]) -> None:
    """Rotation must land where a fresh submission lands, or nobody is found again."""
    shorter = Tokens(Keys(chain=Keys().chain[:1]))
    for which in ("given_name", "cpr", "birth_date"):
        old = shorter.identities(which, values)
        assert plain(layered(old, Keys().chain[1])) == plain(TOKENS.identities(which, values))
    old = {"person": shorter.references("person", "a", values)}
    new = TOKENS.references("person", "a", values).to_pylist()
    assert layered(old, Keys().chain[1])["person"].to_pylist() == new


def test_a_layer_over_what_is_no_token_is_refused() -> None:
    """A raw value in a token column would otherwise be hashed away and never noticed."""
    with pytest.raises(VaultError, match="no token") as caught:
        layered({"cpr_exact": pa.array(["0102851234"])}, b"k" * 32)
    assert "0102" not in str(caught.value)


def test_named_tables_get_their_layer_too() -> None:
    """Pseudonyms hang on tokens: a rotation that forgets them loses who is whom."""
    token = TOKENS.references("person", "a", ["1"]).to_pylist()[0]
    table = pa.table({"record": [token], "note": ["x"]})
    out = BytesIO()
    parquet.write_table(table.replace_schema_metadata({TOKEN_COLUMNS: b"record"}), out)
    key = b"n" * 32
    again = parquet.read_table(BytesIO(layered_file(out.getvalue(), key)))
    assert again["record"].to_pylist() == layered({"r": pa.array([token])}, key)["r"].to_pylist()
    assert again["note"].to_pylist() == ["x"]
    assert again.schema.metadata[TOKEN_COLUMNS] == b"record"
    assert layered_file(b"{}", key) == b"{}"


@pytest.mark.parametrize("which", ["given_name", "family_name", "birth_date", "cpr"])
def test_tokens_of_a_sender_are_those_of_the_centre(which: Which) -> None:
    """A sender that lets no name out must meet the others' records all the same."""
    values = [one["in"] for one in VECTORS[which]]
    sent = [one["cell"] for one in VECTORS[which]]
    assert TOKENS.faults(which, sent) == {}
    assert plain(TOKENS.from_sender(which, sent)) == plain(TOKENS.identities(which, values))


def test_what_is_no_token_is_refused_without_being_shown() -> None:
    """A raw name in a column of tokens is the mishap that this whole chapter is against."""
    good = VECTORS["given_name"][0]["cell"]
    body, _, check = good.rpartition(".")
    forged = body[:-1] + ("A" if body[-1] != "A" else "B")
    other = cells.packed("given_name", "00000000", plain(TOKENS.inner("given_name", ["Bo"])))[0]
    text = "wb1.given_name." + VECTORS["mark"] + ".Maria Jensen"
    text += "." + hashlib.sha256(text.encode()).hexdigest()[:8]
    sent = [good, "Maria", f"{forged}.{check}", VECTORS["cpr"][0]["cell"], other, "", None, text]
    assert TOKENS.faults("given_name", sent) == {
        "no_token": (1,), "damaged": (2, 7), "other_identity": (3,), "other_key": (4,),
    }  # fmt: skip
    with pytest.raises(VaultError, match="5 cells hold no tokens") as caught:
        TOKENS.from_sender("given_name", sent)
    assert "Maria" not in str(caught.value)


def test_columns_are_those_that_are_declared() -> None:
    """Intake and the store build their tables from the declaration."""
    for which in ("given_name", "family_name", "birth_date", "cpr"):
        found = TOKENS.identities(which, ["1985-03-02", None])
        assert {name: column.type for name, column in found.items()} == columns(which)
        assert tuple(found) == names(which)


def test_without_the_key_a_dictionary_finds_no_more_than_chance() -> None:
    """Names are few: an unkeyed hash of a name is the name. Here every name is tried.

    Against each stored column of 300 names, all 300 are tried as: plain SHA-256, HMAC
    under guessed keys, and the right spec under a wrong key. No token may come out; of
    sketches no more slots may agree than one in 64, which is chance.
    """
    people = [one + two for one in "bdfghjklmnprstv" for two in _TAILS]
    stored = plain(TOKENS.identities("given_name", people))
    tokens = {one for name in ("exact", "words", "sound") for one in stored[f"given_name_{name}"]}
    guessed = {hashlib.sha256(name.encode()).hexdigest()[:32] for name in people}
    for key in (b"", b"\0" * 32, b"workbench", b"secret"):
        attacker = Tokens(Keys(sharing=key, chain=(key,)))
        found = plain(attacker.identities("given_name", people))
        guessed |= {one for name in ("exact", "words", "sound") for one in
                    found[f"given_name_{name}"]}  # fmt: skip
        agree = sum(
            a == b
            for mine, theirs in zip(stored["given_name_grams"], found["given_name_grams"],
                                    strict=True)
            for a, b in zip(mine, theirs, strict=True)
        )  # fmt: skip
        assert agree / (64 * len(people)) < 3 / 64
    assert not tokens & guessed


_TAILS = ("ana", "elena", "iana", "oris", "ulia", "amara", "ekaterin", "olu", "adia", "ima",
          "ungwe", "iko", "alin", "ovic", "hilde", "arsen", "agne", "ete", "ohn", "ud")  # fmt: skip


def test_a_sender_with_the_sharing_key_finds_nothing_in_the_store() -> None:
    """The sharing key leaves the centre; the layers over it do not."""
    people = ["Maria", "Elena", "Grace", "Søren"]
    inner = plain(TOKENS.inner("given_name", people))
    stored = plain(TOKENS.identities("given_name", people))
    assert not {*inner["given_name_exact"]} & {*stored["given_name_exact"]}


def test_misspelt_names_have_like_sketches_and_others_have_not() -> None:
    """What the sketch is for: one letter wrong must still be seen, through every layer."""

    def slots(one: str, other: str) -> int:
        found = plain(TOKENS.identities("family_name", [one, other]))["family_name_grams"]
        return sum(a != b for a, b in zip(*found, strict=True))

    near = [slots("Kristensen", "Kristnsen"), slots("Oluwaseun", "Oluwaseum"),
            slots("Svetlana", "Svetalna")]  # fmt: skip
    far = [slots("Kristensen", "Oluwaseun"), slots("Svetlana", "Nguyen"), slots("Maria", "Boko")]
    assert max(near) < 44 < min(far)


def test_the_sharing_key_is_read_from_the_file_that_the_centre_wrote(tmp_path: Path) -> None:
    """And nothing else is taken for one, nor repeated in the message."""
    path = tmp_path / "sharing.key"
    path.write_text(f"# a remark\n\n{bytes(range(32)).hex()}\n", encoding="utf-8")
    assert read_sharing_key(path) == bytes(range(32))
    for text in ("", "secret words", "ab" * 31, f"{'ab' * 32}\n{'cd' * 32}"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(VaultError, match="holds no sharing key") as caught:
            read_sharing_key(path)
        assert "secret" not in str(caught.value)
    with pytest.raises(VaultError, match="cannot be read"):
        read_sharing_key(tmp_path / "none")
