"""pyarrow, which comes without types and takes long to import."""

from __future__ import annotations

from typing import Any


def arrow() -> Any:
    """Return pyarrow with its ``compute`` and ``parquet``."""
    import pyarrow
    import pyarrow.compute
    import pyarrow.parquet

    return pyarrow
