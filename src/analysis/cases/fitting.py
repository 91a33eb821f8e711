"""Records in, a fitted model of linkage and the pairs that may be one person out.

The model is Fellegi and Sunter's as splink fits it: u (chance agreement) from random pairs,
m (agreement of true pairs) by EM on blocked pairs, the prior from rules nearly free of
false pairs. What splink leaves open is settled here: weights never seen keep their start
value, none is ever 0, and all are rounded, so that a fit does not depend on the number of
threads (splink samples by hash, and sums of floats differ in their last digits only).
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from analysis.cases import blocking, comparing
from analysis.cases.rules import LinkageRules
from analysis.contracts.partner.store import ArrowTable
from analysis.vault.encoding.arrow import arrow

DIGITS = 6
"""Significant digits of weights, decimals of probabilities."""

NUMBER = "number"
U_PAIRS_AT_ONCE = 250_000
PAIRS_AT_ONCE = 20_000_000
"""Pairs that are held in memory at once; whole pairs of records for u, pairs of numbers else."""

LEAST_PAIRS_TO_LEARN = 30
"""Of fewer pairs EM would learn what is true of these pairs alone; m keeps its start value."""

LEAST_M, LEAST_U = 1e-4, 1e-7
PRIOR_AT_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model: splink's own settings as text, and the prior of two random records."""

    settings: str
    prior: float
    blocking: blocking.Chosen
    learned: int
    """Levels whose m was learned from the data; the others kept their start value."""


def fit(connection: Any, records: ArrowTable, rules: LinkageRules) -> Model:
    """Fit the model to records (`records.prepared`, in the order of their tokens)."""
    together = blocking.chosen(connection, records, rules)
    count = records.num_rows
    random_pairs = min(rules.model.pairs_for_u, count * (count - 1) // 2)
    with _quiet():
        linker = _linker(connection, _numbered(records), comparing.settings(together.used))
        prior = _prior(linker, rules, records.num_rows)
        linker.training.estimate_u_using_random_sampling(
            max_pairs=rules.model.pairs_for_u,
            seed=rules.seed,
            min_count_per_level=None,
            num_chunks=max(1, random_pairs // U_PAIRS_AT_ONCE),
        )
        for columns in rules.model.learn_from:
            # Without a pair EM raises and leaves splink's own settings without comparisons.
            if blocking.pairs_of(connection, records, columns) >= LEAST_PAIRS_TO_LEARN:
                _learn(linker, columns, rules)
        found = linker.misc.save_model_to_json()
        _drop(linker)
    del found["linker_uid"]  # drawn at random: the same fit must be the same text
    learned = _settle(found, random_pairs)
    found["probability_two_random_records_match"] = prior
    return Model(json.dumps(found, sort_keys=True), prior, together, learned)


def pairs(connection: Any, records: ArrowTable, model: Model, rules: LinkageRules) -> ArrowTable:
    """Return the pairs from ``review_from`` up: record_l, record_r, probability.

    Ordered by record; of each pair the lesser token stands left.
    """
    chunks = max(1, -(-model.blocking.most // PAIRS_AT_ONCE))
    with _quiet():
        linker = _linker(connection, _numbered(records), json.loads(model.settings))
        found = linker.inference.predict(
            threshold_match_probability=rules.review_from,
            warning_mode="never",
            num_chunks_right=chunks,
        )
        table = connection.sql(
            f"select number_l, number_r, round(match_probability, {DIGITS}) as probability "
            f"from {found.physical_name} order by number_l, number_r"
        ).to_arrow_table()
        found.drop_table_from_database_and_remove_from_cache()
        _drop(linker)
    return _by_token(records, table)


def _numbered(records: ArrowTable) -> ArrowTable:
    """Number the records in the order of their tokens: pairs of numbers take little room."""
    pa = arrow()
    numbers = pa.array(range(records.num_rows), pa.int32())
    return records.drop_columns("record").append_column(NUMBER, numbers)


def _by_token(records: ArrowTable, pairs: ArrowTable) -> ArrowTable:
    pa = arrow()
    tokens = records["record"].combine_chunks()
    sides = {f"record_{side}": tokens.take(pairs[f"{NUMBER}_{side}"]) for side in "lr"}
    return pa.table({**sides, "probability": pairs["probability"]})


def _linker(connection: Any, records: ArrowTable, settings: Any) -> Any:
    from splink import DuckDBAPI, Linker

    database = DuckDBAPI(connection=connection)
    return Linker(database.register(records), settings, log_level=logging.CRITICAL)


def _drop(linker: Any) -> None:
    linker.table_management.delete_tables_created_by_splink_from_db()


def _prior(linker: Any, rules: LinkageRules, count: int) -> float:
    """Return the share of all pairs that are one person, from the certain rules."""
    import splink.internals.exceptions as failures

    certain = list(blocking.splink_rules(rules.model.certain))
    try:
        linker.training.estimate_probability_two_random_records_match(
            certain, recall=rules.model.certain_rules_find
        )
        found = float(linker.misc.save_model_to_json()["probability_two_random_records_match"])
    except (failures.SplinkException, ValueError):
        found = 0.0
    # Where no certain pair is found, one in each hundred records is assumed to have one.
    least = max(PRIOR_AT_LEAST, 0.02 / max(count, 2))
    return _rounded(min(max(found, least), 0.5))


def _learn(linker: Any, columns: tuple[str, ...], rules: LinkageRules) -> None:
    (rule,) = blocking.splink_rules((columns,))
    linker.training.estimate_parameters_using_expectation_maximisation(
        rule,
        estimate_without_term_frequencies=True,
        max_pairs=rules.model.pairs_for_m,
        record_sample_proportion=1.0,
    )


def _settle(model: dict[str, Any], random_pairs: int) -> int:
    """Give every level weights, none 0, each kind summing to 1; return how many m were learned.

    ``random_pairs``: from how many pairs u was estimated, to be weighed against its start.
    """
    learned = 0
    share = random_pairs / (random_pairs + comparing.U_PAIRS)
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        levels = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
        starts = zip(comparing.M_START[name], comparing.U_START[name], strict=True)
        for level, (m_start, u_start) in zip(levels, starts, strict=True):
            m, u = level.get("m_probability"), level.get("u_probability")
            learned += isinstance(m, float) and m != m_start
            level["m_probability"] = max(m if isinstance(m, float) else m_start, LEAST_M)
            seen = u if isinstance(u, float) else 0.0
            level["u_probability"] = max(share * seen + (1 - share) * u_start, LEAST_U)
        for weight in ("m_probability", "u_probability"):
            total = sum(level[weight] for level in levels)
            for level in levels:
                level[weight] = _rounded(level[weight] / total)
    return learned


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep splink's reports to itself: they are for its own users, and name our columns."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def no_pairs() -> ArrowTable:
    """Return a table of pairs without a row."""
    pa = arrow()
    return pa.table(
        {
            "record_l": pa.array([], pa.string()),
            "record_r": pa.array([], pa.string()),
            "probability": pa.array([], pa.float64()),
        }
    )
