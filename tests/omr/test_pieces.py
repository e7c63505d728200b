"""Pieces of ink are those that OpenCV finds in the grown picture, in its order."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.loops_pieces import pieces


@pytest.mark.parametrize("density", [0.0, 0.003, 0.01, 0.03, 0.08, 0.3])
@pytest.mark.parametrize("seed", range(8))
def test_pieces_are_those_of_the_grown_picture(density: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = (int(n) for n in rng.integers(1, 90, 2))
    seen = rng.random((height, width)) < density
    seen[rng.random(height) < density] = True  # lines across, up to the edges
    grown = cv2.dilate(seen.astype(np.uint8), np.ones((3, 3), np.uint8))
    wanted, numbers = cv2.connectedComponents(grown, connectivity=8, ltype=cv2.CV_32S)

    at = np.flatnonzero(seen)
    labels = np.empty(len(at), np.int64)
    found = pieces(at, height, width, labels)

    assert found == wanted
    assert np.array_equal(labels, numbers.reshape(-1)[at])
