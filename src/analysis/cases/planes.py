"""Sketches as text in, the same as whole numbers out, so that two are compared in a few steps.

A sketch is 64 slots of 6 bits. Plane *k* holds bit *k* of every slot as one 64-bit number:
two sketches differ in a slot if they do in any plane, so the number of such slots is
``bit_count(xor of planes 0 | ... | xor of planes 5)``.
"""

from __future__ import annotations

import numpy as np

from analysis.contracts.partner.store import ArrowTable
from analysis.vault.encoding import keyed
from analysis.vault.encoding.arrow import arrow

PLANES = 6
NAMES = ("given_name", "family_name")


def with_planes(records: ArrowTable) -> ArrowTable:
    """Put ``<name>_plane0`` to ``5`` in the place of ``<name>_grams``; null where it is."""
    pa = arrow()
    for name in NAMES:
        grams = records[f"{name}_grams"].combine_chunks()
        known = np.asarray(grams.is_valid())
        sketches = np.zeros((len(grams), keyed.SLOTS), dtype=np.uint8)
        texts = grams.drop_null().to_pylist()
        if texts:
            sketches[known] = keyed.read(texts)
        for plane in range(PLANES):
            bits = np.packbits((sketches >> plane) & 1, axis=1)
            numbers = bits.view(">i8").astype(np.int64).reshape(-1)
            records = records.append_column(
                f"{name}_plane{plane}", pa.array(numbers, pa.int64(), mask=~known)
            )
        records = records.drop_columns(f"{name}_grams")
    return records
