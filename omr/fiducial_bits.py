"""The printed patterns of the four fiducials, so that printing needs no image library.

ArUco dictionary 4X4_50, ids 0 to 3 (top left, top right, bottom right, bottom left): inner
4 x 4 cells, ``1`` is white; a black border one cell wide surrounds them. A test compares
them with the dictionary inside OpenCV.
"""

from __future__ import annotations

CELLS_PER_SIDE = 6  # four inner cells and the black border on both sides
INNER_CELLS: dict[int, tuple[str, str, str, str]] = {
    0: ("1011", "0101", "0011", "0010"),
    1: ("0000", "1111", "1001", "1010"),
    2: ("0011", "0011", "0010", "1101"),
    3: ("1001", "1001", "0100", "0110"),
}
