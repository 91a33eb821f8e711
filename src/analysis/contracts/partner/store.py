"""Submissions and their rows, as the encrypted store takes them and gives them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

ArrowTable = Any
"""A `pyarrow.Table`, which has no type stubs."""

State = Literal["held", "accepted", "superseded", "deleted"]
"""*held*: it has questions, nothing of it counts; *accepted*: its rows count; *superseded*:
a correction took its place, the old version is kept; *deleted*: retention removed its rows."""

META: tuple[str, ...] = ("submission", "organisation", "period", "source_row")
"""Columns that the store puts before a form's own: text, text, text, int32.

``source_row`` is the row's number in the sender's file, as a spreadsheet counts it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a sender: where, which rule, never what stands there.

    ``rows`` are numbered as the sender's spreadsheet numbers them (the header is row 1);
    ``column`` is the sender's own header; ``rule`` a key of the wording catalogue
    ``intake``, to be worded in the sender's language with ``parts`` (counts and names of
    rules, fields or code lists only).
    """

    form: str
    sheet: str
    rule: str
    column: str
    rows: tuple[int, ...]
    holds: bool
    parts: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One file (or sheet) as received: one form of one organisation for one period.

    ``id`` is ``S-`` and twelve hexadecimal digits of its content, sender, period and form;
    ``sha256`` of the file's bytes; ``version`` counts what was sent for the same
    organisation, form and period, from 1; ``supersedes`` the version before, if any.
    ``file`` is the name alone, never a path.
    """

    id: str
    organisation: str
    form: str
    period: str
    received_on: date
    file: str
    sha256: str
    version: int
    state: State
    rows: int
    set_aside: tuple[int, ...]
    questions: tuple[Question, ...]
    purpose: str
    agreement: str
    delete_after: date
    schema_version: int
    synthetic: bool
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What intake hands to the store for one submission.

    ``rows`` are pseudonymous, in the columns of `META` and the form; None while *held*.
    ``original`` are the bytes received, which the store keeps age-encrypted, and
    ``aside`` the raw cells of quarantined rows as CSV bytes, kept likewise.
    """

    submission: Submission
    rows: ArrowTable | None
    original: bytes
    aside: bytes = b""


Tables = Mapping[str, ArrowTable]
"""Rows by form, of all accepted submissions."""
