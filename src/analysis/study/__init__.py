"""What a notebook opens: one comparison's data, read-only, and what is recorded of it.

``reading``     plans, tables, series, breaks and the rows behind them
``windows``     the years of a plan that a series covers
``comparison``  what can be compared: a ratio, a rank, a count, or the reason why not
``making``      a comparison in, its finding out
``telling``     rows of words in, their findings out
``listings``    parts of the data as tables to show
``ways``        registered choices as years, counts and comparators (``ways_counted``) of a series
``robust``      a headline under every choice; ``robust_told`` and ``robust_listed`` tell it
``choosing``    what `Study` asks of them
``trends``      a series since the plan: its yearly factor and its change of level
``watched``     charts and CUSUMs of a series; ``watch_told`` and ``trend_shown`` tell them
``over_time``   what `Study` asks of both; ``trend_told`` makes the findings
``opened``      `open_study` and `Study`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.study.opened import Study, open_study

__all__ = ["Study", "open_study"]


def __getattr__(name: str) -> object:
    """Import what a notebook opens when it is asked for: a build needs only the plans."""
    if name in __all__:
        from analysis.study import opened

        return getattr(opened, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
