"""What is compared of two records, in levels, as splink takes it.

Each comparison has levels from *equal* down to *different*; their weights are estimated
(see `fitting`). ``M_START`` are the shares of true pairs from which EM begins, and which stay
where a level is never seen: order of size only, for records written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.cases.blocking import splink_rules
from analysis.cases.planes import PLANES
from analysis.cases.rules import Together

TOKEN_SIGNS = 32
CLOSE, NEAR, FAR = 24, 36, 44
"""Most of the 64 slots of two sketches that may differ. One letter wrong in a name of six
leaves 55 of 100 pairs of letters in common, so about 28 slots differ; two names that have
nothing to do with each other differ in about 57."""

LEVELS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "given_name": (
        ("equal", "given_name_exact_l = given_name_exact_r"),
        (
            "swapped",
            "given_name_exact_l = family_name_exact_r and family_name_exact_l = given_name_exact_r",
        ),
        ("close", "{close} or (given_name_sound_l = given_name_sound_r and {far})"),
        ("sounds", "{near} or given_name_sound_l = given_name_sound_r or {word}"),
        ("far", "{far}"),
    ),
    "family_name": (
        ("equal", "family_name_exact_l = family_name_exact_r"),
        (
            "swapped",
            "family_name_exact_l = given_name_exact_r and given_name_exact_l = family_name_exact_r",
        ),
        ("close", "{close} or (family_name_sound_l = family_name_sound_r and {far})"),
        ("sounds", "{near} or family_name_sound_l = family_name_sound_r or {word}"),
        ("far", "{far}"),
    ),
    "birth_date": (
        ("equal", "birth_date_exact_l = birth_date_exact_r"),
        ("swapped", "birth_date_exact_l = birth_date_swapped_r"),
        (
            "two parts",
            "birth_date_month_l = birth_date_month_r or birth_date_day_l = birth_date_day_r",
        ),
        ("year", "birth_year_l = birth_year_r"),
        ("near year", "abs(birth_year_l - birth_year_r) <= 1"),
    ),
    "cpr": (("equal", "cpr_exact_l = cpr_exact_r"),),
    "sex": (("equal", "sex_l = sex_r"),),
    "citizenship": (("equal", "citizenship_l = citizenship_r"),),
}
"""Levels of each comparison from the top; below the last one stands *different*."""

M_START: Mapping[str, tuple[float, ...]] = {
    "given_name": (0.72, 0.02, 0.12, 0.06, 0.03, 0.05),
    "family_name": (0.72, 0.02, 0.12, 0.06, 0.03, 0.05),
    "birth_date": (0.84, 0.02, 0.07, 0.03, 0.02, 0.02),
    "cpr": (0.98, 0.02),
    "sex": (0.985, 0.015),
    "citizenship": (0.95, 0.05),
}

U_START: Mapping[str, tuple[float, ...]] = {
    "given_name": (0.01, 0.0005, 0.004, 0.01, 0.02, 0.9555),
    "family_name": (0.003, 0.0005, 0.003, 0.007, 0.02, 0.9665),
    "birth_date": (0.0003, 0.00005, 0.012, 0.025, 0.045, 0.91765),
    "cpr": (0.00001, 0.99999),
    "sex": (0.6, 0.4),
    "citizenship": (0.15, 0.85),
}
"""Shares of pairs of strangers, of the same order of size; they count as `U_PAIRS` pairs. So
in a store of a few records, most of whose pairs may be one person, chance agreement is not
learned from these, and in one of thousands the start does not show."""

U_PAIRS = 2000

RARE: Mapping[str, str] = {
    "given_name": "given_name_exact",
    "family_name": "family_name_exact",
    "birth_date": "birth_date_exact",
    "citizenship": "citizenship",
}
"""Columns whose rare values weigh more: agreement on a common name or on 1 January, which
is written where the day is not known, says less than on others."""

LEAST_RARE = 0.00001
"""A value counts as no rarer than this share of the records."""

KNOWN: Mapping[str, str] = {
    "given_name": "given_name_exact", "family_name": "family_name_exact",
    "birth_date": "birth_date_exact", "cpr": "cpr_exact", "sex": "sex",
    "citizenship": "citizenship",
}  # fmt: skip
"""Column that is null where a record does not know what is compared."""


def settings(blocking: Together) -> Any:
    """Return splink's settings, with no weight estimated yet."""
    import splink.comparison_library as library
    from splink import SettingsCreator

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="number",
        comparisons=[
            library.CustomComparison(output_column_name=name, comparison_levels=[*_levels(name)])
            for name in LEVELS
        ],
        blocking_rules_to_generate_predictions=list(splink_rules(blocking)),
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
        max_iterations=50,
    )


def agreement_sql() -> str:
    """Return SQL for one column a comparison: the level on which two records (l, r) stand."""
    return ", ".join(f"{_case(name)} as {name}" for name in LEVELS)


def _case(name: str) -> str:
    parts = _sql_parts(name)
    levels = " ".join(
        f"when {condition.format(**parts)} then '{label}'" for label, condition in LEVELS[name]
    )
    known = KNOWN[name]
    return (
        f"case when {known}_l is null or {known}_r is null then 'not known' "
        f"{levels} else 'different' end"
    )


def _levels(name: str) -> list[dict[str, Any]]:
    known = KNOWN[name]
    parts = _sql_parts(name)
    found: list[dict[str, Any]] = [
        {
            "sql_condition": f"{known}_l is null or {known}_r is null",
            "label_for_charts": "not known",
            "is_null_level": True,
        }
    ]
    for (label, condition), m in zip(LEVELS[name], M_START[name], strict=False):
        level = {
            "sql_condition": condition.format(**parts),
            "label_for_charts": label,
            "m_probability": m,
        }
        if label == "equal" and name in RARE:
            level |= {
                "tf_adjustment_column": RARE[name],
                "tf_adjustment_weight": 1.0,
                "tf_minimum_u_value": LEAST_RARE,
            }
        found.append(level)
    last = {"sql_condition": "ELSE", "label_for_charts": "different"}
    return [*found, {**last, "m_probability": M_START[name][-1]}]


def _sql_parts(name: str) -> dict[str, str]:
    differ = slots_that_differ(name)
    split = (f"string_split({name}_words_{side}, ' ')" for side in "lr")
    # Names of one word, which most are, share a word only where they are equal.
    several = " or ".join(f"strlen({name}_words_{side}) > {TOKEN_SIGNS}" for side in "lr")
    return {
        "close": f"{differ} <= {CLOSE}",
        "near": f"{differ} <= {NEAR}",
        "far": f"{differ} <= {FAR}",
        "word": f"(({several}) and list_has_any({', '.join(split)}))",
    }


def slots_that_differ(name: str) -> str:
    """Return SQL for the number of slots in which two sketches differ (see `planes`)."""
    planes = (f"xor({name}_plane{at}_l, {name}_plane{at}_r)" for at in range(PLANES))
    return f"bit_count({' | '.join(planes)})"
