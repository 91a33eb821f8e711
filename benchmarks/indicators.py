"""Time all indicators over a million invented events, against plain pandas groupbys of the same.

Run from the root: python benchmarks/indicators.py. Prints medians of interleaved rounds, in
seconds of the clock and of the processor, and their ratio; only the ratio means anything on another
machine. Both begin with Arrow tables and both must agree, or it stops. The plain way is one mask
and one groupby an indicator, written once for all definitions (``tests/indicators/in_pandas.py``,
which the tests hold every definition to); results for each code and strata are left out of it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

HOME = Path(__file__).parents[1]
sys.path.insert(0, str(HOME))

from analysis.indicators import EVERY, Definitions, compute, read_definitions, years  # noqa: E402
from analysis.indicators.catalogue import SUBMISSIONS  # noqa: E402
from tests.indicators import in_pandas, invented  # noqa: E402

ROUNDS, DRAWS = 5, 10
PERIODS = years(2003, 2012)
SHARES = {
    "assessments": 0.12, "services": 0.32, "referrals": 0.15, "stays": 0.10, "rights": 0.06,
    "returns": 0.03, "contacts": 0.09, "places": 0.02, "charges": 0.08, "cases": 0.02,
    "trainings": 0.01,
}  # fmt: skip
"""Which part of the events each form has; persons are 6 percent of their number besides."""


def main() -> None:
    """Time ten thousand, a hundred thousand and a million events."""
    known, forms = read_definitions(HOME / "data" / "indicators"), invented.forms()
    for events in (10_000, 100_000, 1_000_000):
        print(f"{events:,} events, {len(known.ids)} indicators, {len(PERIODS)} years")
        cases = made(events)
        if events == 1_000_000:
            beside_pandas(cases, known, forms)
        alone("all", cases, known)
        alone("all, by every stratum", cases, known, strata=EVERY)
        drawn = made(events, draws=DRAWS)
        alone(f"all, with the range over {DRAWS} draws of the linkage", drawn, known)


def beside_pandas(cases: Any, known: Definitions, forms: Any) -> None:
    """Time the definitions that plain pandas computes too, each way in turn."""
    labels = [one.label for one in simple(known)]
    agree(cases, known, forms, labels)
    ours, theirs = compared(
        lambda: compute(cases, known, periods=PERIODS, ids=labels),
        lambda: plain(cases, known, forms),
    )
    print(f"  {len(labels)} that plain pandas does too: {told(ours)}")
    print(f"  plain pandas groupbys of the same: {told(theirs)}")
    print(f"  ratio: {theirs[0] / ours[0]:.1f} by the clock, {theirs[1] / ours[1]:.1f} cpu")


def alone(what: str, cases: Any, known: Definitions, **more: Any) -> None:
    """Time all indicators; the first call is left out."""

    def call() -> Any:
        return compute(cases, known, periods=PERIODS, **more)

    call()
    print(f"  {what}: {told(middle([once(call) for _ in range(ROUNDS)]))}")


def made(events: int, *, draws: int = 0) -> Any:
    """Draw cases with so many rows of forms."""
    sizes = {form: round(events * share) for form, share in SHARES.items()}
    return invented.cases(sizes, people=round(events * 0.06), seed=1, draws=draws)


def simple(known: Definitions) -> list[Any]:
    """Return the newest definitions that the plain way computes."""
    newest = [known.get(id) for id in known.ids]
    return [
        one
        for one in newest
        if one.each is None and one.count.table not in (SUBMISSIONS, "person_rows")
    ]


def plain(cases: Any, known: Definitions, forms: Any) -> dict[str, dict[int, tuple[float, float]]]:
    """Compute the same with plain pandas."""
    frames = in_pandas.InPandas(cases, known, forms)
    return {
        one.label: frames.medians(one) if one.rule == "median_days" else frames.by_year(one)
        for one in simple(known)
    }


def agree(cases: Any, known: Definitions, forms: Any, labels: list[str]) -> None:
    """Stop unless both count the same."""
    wanted = plain(cases, known, forms)
    found = compute(cases, known, periods=PERIODS, ids=labels).frame
    for row in found[found.status == "known"].itertuples():
        part, whole = wanted[f"{row.indicator}@{row.version}"].get(int(row.period), (0.0, 0.0))
        counted = (row.n, row.numerator) if row.measure == "median_days" else (row.numerator, row.n)
        expected = (part, part) if row.measure == "count" else (part, whole)
        if counted != expected:
            raise SystemExit(f"{row.indicator} {row.period}: {counted} is not {expected}")


Times = tuple[float, float]


def compared(ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[Times, Times]:
    """Return the medians of interleaved rounds, the first call of each left out."""
    rounds: list[tuple[Times, Times]] = []
    once(ours)
    once(theirs)
    for _ in range(ROUNDS):
        rounds.append((once(ours), once(theirs)))
    return middle([one for one, _ in rounds]), middle([other for _, other in rounds])


def once(what: Callable[[], Any]) -> Times:
    """Return the seconds of one call by the clock and by the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - clock, time.process_time() - processor


def middle(times: list[Times]) -> Times:
    """Return the medians."""
    return median(one for one, _ in times), median(other for _, other in times)


def told(times: Times) -> str:
    """Word seconds."""
    return f"{times[0]:.2f} s by the clock, {times[1]:.2f} s of processor"


if __name__ == "__main__":
    main()
