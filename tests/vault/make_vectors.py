"""Write vectors.json: what this implementation answers, for other implementations to match.

Run: python tests/vault/make_vectors.py. Only after the spec in `analysis.vault.encoding`
changed, with a new version in every token: a change here makes all stored tokens void.
"""

from __future__ import annotations

import json
from pathlib import Path

from analysis.vault.encoding import cells, keyed, normal
from analysis.vault.encoding.columns import Which
from analysis.vault.encoding.sound import RULES, sound
from analysis.vault.tokens import Tokens

NAMES = (
    "Søren", "soren", "  ÅSE-Marie ", "Elena Maria", "maria  elena", "O'Brien", "D’Angelo",
    "Żółkiewska", "Đorđević", "Müller", "STRASSE", "Straße", "İpek", "Nguyễn Thị Hồng",
    "Екатерина", "Ольга-Ивановна", "محمد", "Ælfgifu Þórdís", "ﬁona", "Ⅷ Xerxes", "A", "Yelena",
    "Ukendt", "N.N.", "12", "", "Chukwuemeka", "Christina", "Kristine", "Hjørdis", "Oluwaseun",
    "José María", "Jose\u0301 Mari\u0301a",
)  # fmt: skip
DATES = ("1985-03-02", "1985-02-03", "1985-03-03", "1985-12-31", "2000-02-29", "1900-01-01")
CPRS = ("010285-1234", "0102851234", "010285 123a", "610285\u20131234")
WORDS = (
    "christina", "kristine", "jelena", "yelena", "elena", "pedersen", "petersson", "shevchenko",
    "sjevtjenko", "hvid", "hjordis", "anders", "rikard", "kjeld", "nguyen", "oluwaseun", "xu",
    "aia", "zhanna", "janna", "michael", "mikkel", "yy", "h", "екатерина", "dzhamal", "wioletta",
)  # fmt: skip


class Keys:
    """Keys that guard nothing."""

    sharing = bytes(range(32))
    chain = (bytes(range(32, 64)), bytes(range(64, 96)))


def vectors() -> dict[str, object]:
    """Return every known answer."""
    tokens = Tokens(Keys())
    return {
        "about": "Known answers for the spec in src/analysis/vault/encoding/__init__.py.",
        "sharing_key": Keys.sharing.hex(),
        "token_keys": [key.hex() for key in Keys.chain],
        "mark": cells.mark(Keys.sharing),
        "sound_rules": [list(rule) for rule in RULES],
        "letters": normal.LETTERS,
        "apostrophes": normal.APOSTROPHES,
        "unknown": sorted(normal.UNKNOWN),
        "words": [{"in": name, "out": list(normal.words(name))} for name in NAMES],
        "sounds": [{"in": word, "out": sound(word)} for word in WORDS],
        "pairs": [{"in": "anna", "out": sorted(keyed.pairs(["anna"]))}],
        "given_name": _answers(tokens, "given_name", NAMES),
        "family_name": _answers(tokens, "family_name", NAMES[:4]),
        "birth_date": _answers(tokens, "birth_date", DATES),
        "cpr": _answers(tokens, "cpr", CPRS),
    }


def _answers(tokens: Tokens, which: Which, values: tuple[str, ...]) -> list[dict[str, object]]:
    inner = {name: column.to_pylist() for name, column in tokens.inner(which, values).items()}
    stored = {name: c.to_pylist() for name, c in tokens.identities(which, values).items()}
    packed = cells.packed(which, cells.mark(Keys.sharing), inner)
    return [
        {
            "in": value,
            "inner": {name: column[at] for name, column in inner.items()},
            "cell": packed[at],
            "stored": {name: column[at] for name, column in stored.items()},
        }
        for at, value in enumerate(values)
    ]


if __name__ == "__main__":
    Path(__file__).with_name("vectors.json").write_text(
        json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
