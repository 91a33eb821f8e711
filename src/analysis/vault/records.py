"""A submission in, a row of the store's table out, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from analysis.contracts.partner.store import Question, Submission

COLUMNS = (
    "id", "organisation", "form", "period", "received_on", "file", "sha256", "version", "state",
    "row_count", "set_aside", "questions", "purpose", "agreement", "delete_after",
    "schema_version", "synthetic", "supersedes",
)  # fmt: skip
"""In the order in which `to_row` gives and `from_row` takes them."""


def to_row(one: Submission) -> tuple[Any, ...]:
    """Return what is stored of a submission, in the order of `COLUMNS`."""
    plain = {
        **{name: getattr(one, name) for name in COLUMNS if name != "row_count"},
        "row_count": one.rows,
        "received_on": one.received_on.isoformat(),
        "delete_after": one.delete_after.isoformat(),
        "set_aside": json.dumps(one.set_aside),
        "questions": json.dumps([asdict(question) for question in one.questions]),
        "synthetic": int(one.synthetic),
    }
    return tuple(plain[name] for name in COLUMNS)


def from_row(row: Sequence[Any]) -> Submission:
    """Return the submission that a row holds."""
    plain = dict(zip(COLUMNS, row, strict=True))
    return Submission(
        **{
            **{name: value for name, value in plain.items() if name != "row_count"},
            "rows": plain["row_count"],
            "received_on": date.fromisoformat(plain["received_on"]),
            "delete_after": date.fromisoformat(plain["delete_after"]),
            "set_aside": tuple(json.loads(plain["set_aside"])),
            "questions": tuple(_question(one) for one in json.loads(plain["questions"])),
            "synthetic": bool(plain["synthetic"]),
        }
    )


def _question(plain: Mapping[str, Any]) -> Question:
    parts = tuple((name, value) for name, value in plain["parts"])
    return Question(**{**plain, "rows": tuple(plain["rows"]), "parts": parts})
