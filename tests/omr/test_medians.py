from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from omr.loops_shades import medians
from omr.medians import median


@given(st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_a_median_is_numpys(count: int, seed: int) -> None:
    # Few different values, as of grey levels, so that ties are common.
    values = np.random.default_rng(seed).integers(0, 9, count).astype(np.float32)

    assert median(values) == np.median(values)


def test_the_values_are_left_as_they_were() -> None:
    values = np.arange(400, dtype=np.float32)[::-1].copy()
    before = values.copy()
    median(values)

    assert np.array_equal(values, before)


@given(st.integers(1, 5), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_medians_of_bytes_are_numpys(rows: int, count: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 256, (rows, count)).astype(np.uint8)

    found = np.empty(rows)
    medians(values, found)

    assert np.array_equal(found, np.median(values, axis=1))
