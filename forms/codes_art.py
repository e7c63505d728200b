"""The patterns of QR codes and fiducials as rectangles of whole modules."""

from __future__ import annotations

from itertools import groupby

import segno

from forms.frame import CODE_MODULES
from omr.fiducial_bits import CELLS_PER_SIDE, INNER_CELLS

# Every mask reads; choosing one by the standard's penalty rules costs five times the rest.
_MASK = 0
Run = tuple[int, int, int, int]  # column, row, columns, rows: modules from the top left


def code_runs(text: str) -> list[Run]:
    """The dark modules of the QR code of *text*, version 3, level Q, in rows' runs.

    Args:
        text: 47 characters of the QR alphanumeric alphabet.
    """
    code = segno.make(
        text,
        version=3,
        error="q",
        mode="alphanumeric",
        mask=_MASK,
        boost_error=False,
        micro=False,
    )
    return _runs([bytes(row) for row in code.matrix], CODE_MODULES)


MOST_MODULES = 177  # per side: version 40, the largest


def link_runs(url: str, least_version: int) -> tuple[int, list[Run]]:
    """The dark modules of a public QR code, level M or better: modules per side, rows' runs.

    Raises:
        ValueError: If no QR code, however large, can hold *url*.
    """
    code = segno.make(url, error="m", micro=False)  # a higher level where there is room for it
    if int(code.version) < least_version:
        code = segno.make(url, error="m", version=least_version)
    rows = [bytes(row) for row in code.matrix]
    return len(rows), _runs(rows, len(rows))


def fiducial_runs(marker: int) -> list[Run]:
    """The dark cells of the ArUco mark *marker*, its black border included."""
    side = CELLS_PER_SIDE
    border = bytes([1] * side)
    inner = [bytes([1, *(cell == "0" for cell in row), 1]) for row in INNER_CELLS[marker]]
    return _runs([border, *inner, border], side)


def _runs(rows: list[bytes], side: int) -> list[Run]:
    if len(rows) != side or any(len(row) != side for row in rows):
        raise ValueError(f"a pattern of {len(rows)} rows where {side} were expected")
    runs: list[Run] = []
    for y, row in enumerate(rows):
        x = 0
        for dark, group in groupby(row):
            length = sum(1 for _module in group)
            if dark:
                runs.append((x, y, length, 1))
            x += length
    return runs
