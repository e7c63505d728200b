from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from omr.medians import byte_medians, counted_median, median, medians

NUMBERS = st.floats(-10, 10, width=32)


@given(st.integers(1, 5), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_medians_are_numpys(rows: int, count: int, seed: int) -> None:
    # Few different values, as of grey levels, so that ties are common.
    values = np.random.default_rng(seed).integers(0, 9, (rows, count)).astype(np.float32)

    assert np.array_equal(medians(values), np.median(values, axis=1))
    assert median(values) == np.median(values)


@given(arrays(np.float32, st.integers(1, 20), elements=NUMBERS), st.data())
def test_a_counted_median_is_that_of_all_that_was_counted(
    values: np.ndarray, data: st.DataObject
) -> None:
    counts = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(values), max_size=20)))
    counts = counts[: len(values)]

    assert counted_median(values, counts) == pytest.approx(np.median(np.repeat(values, counts)))


def test_the_values_are_left_as_they_were() -> None:
    values = np.arange(400, dtype=np.float32)[::-1].reshape(2, 200).copy()
    before = values.copy()
    medians(values)

    assert np.array_equal(values, before)


@given(st.integers(1, 5), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_medians_of_bytes_are_numpys(rows: int, count: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 256, (rows, count)).astype(np.uint8)

    assert np.array_equal(byte_medians(values), np.median(values, axis=1))
