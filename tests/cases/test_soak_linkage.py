"""Linkage on the synthetic country: precision and recall of pairs, as issue 6 asks for them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
SEEDS = ("1", "2", "3", "4", "5")


@pytest.mark.soak
def test_after_the_band_at_least_95_and_90_of_100() -> None:
    """Over senders that send identities; the band answered from the truth, and not too long."""
    command = [sys.executable, "benchmarks/linkage.py", "accuracy", "--seeds", *SEEDS]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True)
    sys.stdout.write(done.stdout)
    after = re.findall(r"band answered +P ([0-9.]+) R ([0-9.]+),", done.stdout)
    assert len(after) == len(SEEDS)
    assert all(float(precision) >= 0.95 and float(recall) >= 0.90 for precision, recall in after)
    sizes = re.findall(r"\((\d+) linkable\).* (\d+) pairs in the band", done.stdout)
    assert all(int(band) < 0.1 * int(records) for records, band in sizes)
