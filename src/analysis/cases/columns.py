"""The columns of a record as linkage reads them."""

from __future__ import annotations

from analysis.contracts.partner.forms import IDENTITIES
from analysis.vault.encoding.columns import BIRTH_YEAR, names

TOKENS: tuple[str, ...] = tuple(name for which in IDENTITIES for name in names(which))
"""Token columns of the form ``persons``, and the year of birth."""

FULL_NAME = "full_name"
"""The tokens of all words of a record's names, sorted: equal whatever stood in which field."""

PLAIN: tuple[str, ...] = ("sex", "citizenship")
RECORD: tuple[str, ...] = ("record", "organisation", *TOKENS, *PLAIN)

BLOCKING: tuple[str, ...] = (
    *(name for name in TOKENS if not name.endswith(("_words", "_grams"))),
    FULL_NAME,
    *PLAIN,
)
"""Columns that a blocking rule may name."""

COMPARED: tuple[str, ...] = (
    "given_name", "family_name", "birth_date", "cpr", "sex", "citizenship",
)  # fmt: skip
"""What the model compares, and a reviewer is told of."""

__all__ = ["BIRTH_YEAR", "BLOCKING", "COMPARED", "FULL_NAME", "PLAIN", "RECORD", "TOKENS"]
