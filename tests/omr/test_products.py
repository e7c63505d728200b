from __future__ import annotations

import numpy as np
import pytest

from omr.products import product


@pytest.mark.parametrize(
    ("rows", "inner", "columns"),
    [(1, 1, 1), (0, 7, 3), (3, 5, 2), (78, 1024, 81), (5000, 41, 25), (3, 1500, 900)],
)
def test_a_product_is_the_same_in_pieces(rows: int, inner: int, columns: int) -> None:
    rng = np.random.default_rng(rows + inner)
    left = rng.random((rows, inner), np.float32)
    right = rng.random((inner, columns), np.float32)

    found = product(left, right)

    assert found.shape == (rows, columns)
    assert found.dtype == np.float32
    assert np.allclose(found, left.astype(np.float64) @ right.astype(np.float64), rtol=1e-4)
