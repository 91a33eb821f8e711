"""A JSON Schema in, the check of what must fit it out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

# jsonschema reads a whole grammar (a second) for one format that no schema here names.
_UNUSED = "rfc3987_syntax"


def validator(schema: str) -> Draft202012Validator:
    """Return the check of what must fit ``schema`` (JSON Schema 2020-12, as text).

    Formats are not checked: only what the schema says by other keywords.
    """
    with _left_out(_UNUSED):
        from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema))


@contextmanager
def _left_out(module: str) -> Iterator[None]:
    """Let an import fail as if ``module`` were not installed; jsonschema then does without."""
    if module in sys.modules:
        yield
        return
    # https://docs.python.org/3/library/sys.html#sys.modules: None makes the import fail.
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
