"""One maker for each kind of finding: what a study calls to record one.

``compare_rates``       one series under both plans, with rate ratios (C)
``count_only``          a series that only one plan has (D)
``no_baseline``         the baseline has no figures: *not comparable* (D)
``ranked``              where a country's ratio stands among others' (C)
``described_index``     scores of policy, described and not tested (D)
``documented``          what documents say (E)
``counted_statements``  what evaluators said, by criterion and plan (E)
``owed``                a count that somebody owes: *not known* (E)
``not_submitted``       a part of the record that nobody filled in (E)
``refused``             a method that refuses, with its reason (D)

Reasons for ``refused`` in both languages: ``too_few_years``, ``no_comparators``,
``no_events``, ``no_upper_bound``, ``years_missing``, ``parts_unequal``.
"""

from analysis.findings.beside import Tally, counted_statements, described_index, ranked
from analysis.findings.comparison import compare_rates
from analysis.findings.counted import count_only, no_baseline
from analysis.findings.documented import (
    documented,
    no_comparators,
    no_events,
    no_upper_bound,
    not_submitted,
    owed,
    parts_unequal,
    refused,
    too_few_years,
    years_missing,
)

__all__ = [
    "Tally",
    "compare_rates",
    "count_only",
    "counted_statements",
    "described_index",
    "documented",
    "no_baseline",
    "no_comparators",
    "no_events",
    "no_upper_bound",
    "not_submitted",
    "owed",
    "parts_unequal",
    "ranked",
    "refused",
    "too_few_years",
    "years_missing",
]
