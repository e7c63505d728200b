"""The inked pixels of a field and the pieces that they hang together in (pure)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.field import NO_BUBBLE, PX_PER_MM, Field

_LINE_RATIO = 1.6  # a line is at least so much longer than broad
_BENT_MM = 0.3  # and at most so much broader than its ink is on the mean
DIRECTIONS = np.stack([np.cos(np.arange(16) * np.pi / 16), np.sin(np.arange(16) * np.pi / 16)])

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ink:
    """The inked pixels of a field, (k,) each, and its pieces."""

    at: Integers  # flat indices in the field
    x: Floats  # mm from the field's corner
    y: Floats
    dark: NDArray[np.float32]
    piece: Integers
    bubble: Integers  # the nearest one, or NO_BUBBLE
    away: Floats  # mm from its centre; infinite without one
    pieces: int


def ink_of(field: Field) -> Ink:
    """The ink of *field*, sorted into pieces."""
    width = field.seen.shape[1]
    # Grown by one pixel: strokes that skip stay in one piece.
    grown = cv2.dilate(field.seen.view(np.uint8), np.ones((3, 3), np.uint8))
    pieces, labels = cv2.connectedComponents(grown, connectivity=8, ltype=cv2.CV_32S)
    at = np.flatnonzero(field.seen)
    rows, columns = np.divmod(at, width)
    bubble = field.frame.nearest.ravel()[at].astype(np.int64)
    centre = field.centres_px[np.maximum(bubble, 0)]
    away = np.hypot(columns - centre[:, 0], rows - centre[:, 1]) / PX_PER_MM
    return Ink(
        at,
        columns / PX_PER_MM,
        rows / PX_PER_MM,
        field.ink.ravel()[at],
        labels.ravel()[at].astype(np.int64),
        bubble,
        np.where(bubble == NO_BUBBLE, np.inf, away),
        int(pieces),
    )


def begins(ordered: Integers) -> Integers:
    """Where in an *ordered* array each run of one value begins."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)])


def widths_of(x: Floats, y: Floats, starts: Integers) -> Floats:
    """The width of every run of points along every one of the directions, (16, runs) mm."""
    along = DIRECTIONS.T @ np.stack([x, y])
    found: Floats = np.maximum.reduceat(along, starts, axis=1)
    found -= np.minimum.reduceat(along, starts, axis=1)
    found += 1 / PX_PER_MM
    return found


def courses(
    ink: Ink, at: Integers, starts: Integers, number: Integers
) -> tuple[Floats, Integers, NDArray[np.bool_]]:
    """Of each run of pixels *at* its length in mm, its direction, and whether it is straight."""
    widths = widths_of(ink.x[at], ink.y[at], starts)
    longest, narrowest = widths.max(axis=0), widths.min(axis=0)
    thick = number / PX_PER_MM**2 / longest
    limit = np.minimum(_LINE_RATIO * thick + _BENT_MM, longest / _LINE_RATIO)
    return longest, widths.argmax(axis=0), narrowest < limit
