from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.fiducial_bits import CELLS_PER_SIDE, INNER_CELLS


@pytest.mark.parametrize("marker", sorted(INNER_CELLS))
def test_a_printed_fiducial_is_the_one_that_opencv_looks_for(marker: int) -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    theirs = cv2.aruco.generateImageMarker(dictionary, marker, CELLS_PER_SIDE, borderBits=1)

    inner = np.array([[int(cell) * 255 for cell in row] for row in INNER_CELLS[marker]])
    ours = np.pad(inner, 1)

    assert np.array_equal(ours, theirs)


def test_there_is_one_fiducial_for_each_corner() -> None:
    assert sorted(INNER_CELLS) == [0, 1, 2, 3]


def test_no_fiducial_looks_like_another_or_itself_when_turned() -> None:
    seen = []
    for rows in INNER_CELLS.values():
        cells = np.array([[int(cell) for cell in row] for row in rows])
        seen += [np.rot90(cells, turns) for turns in range(4)]

    apart = [
        np.count_nonzero(one != other) for n, one in enumerate(seen) for other in seen[n + 1 :]
    ]
    assert min(apart) >= 3
