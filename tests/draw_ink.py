"""Ink drawn straight into a field, as if paper and print were already taken away.

Rows stand as near to each other as on real forms; lengths are millimetres on the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from make_layout import make_layout
from numpy.typing import NDArray

from omr.field import PX_PER_MM, Field, Frame, frame_of
from omr.geometry import PagePoint, PageRect
from omr.layout import Bubble, Layout, Question, QuestionKind
from omr.scoring import bubbles_of

RADIUS_MM = 2.25
ACROSS_MM, DOWN_MM = 11.0, 6.2
LEFT_MM, TOP_MM = 60.0, 60.0
ROWS, COLUMNS = 5, 4
PEN_MM, PEN = 0.4, 0.85  # width and darkness of a ball pen's line
LEVEL = 0.06  # what an even paper's noise makes it
_FINE = 8  # cells of the drawing to a pixel of the field
_SOFT_MM = 0.2  # as fields are

LAYOUT = make_layout(
    questions=tuple(
        Question(
            id=f"q{row}",
            kind=QuestionKind.SINGLE,
            bubbles=tuple(
                Bubble(
                    f"r{column}",
                    PagePoint(LEFT_MM + column * ACROSS_MM, TOP_MM + row * DOWN_MM),
                    2 * RADIUS_MM,
                )
                for column in range(COLUMNS)
            ),
        )
        for row in range(ROWS)
    )
)


def number(row: int, column: int) -> int:
    """Which bubble that is, in the order of measurements."""
    return row * COLUMNS + column


def place(row: int, column: int) -> tuple[float, float]:
    """Where its centre lies."""
    return LEFT_MM + column * ACROSS_MM, TOP_MM + row * DOWN_MM


@dataclass(frozen=True, slots=True)
class Drawn:
    """One mark: a line through points, or what lies within it."""

    points: tuple[tuple[float, float], ...]
    width_mm: float = PEN_MM
    dark: float = PEN
    filled: bool = False

    def at(self, row: int, column: int) -> Drawn:
        """The same mark, its origin at that bubble's centre."""
        left, top = place(row, column)
        return replace(self, points=tuple((x + left, y + top) for x, y in self.points))

    def mirrored(self) -> Drawn:
        """The same mark upside down."""
        return replace(self, points=tuple((x, -y) for x, y in self.points))


def line(*points: tuple[float, float], width_mm: float = PEN_MM, dark: float = PEN) -> Drawn:
    """A stroke."""
    return Drawn(points, width_mm, dark)


def ring(radius_mm: float, *, upto: float = 1.0, width_mm: float = PEN_MM) -> Drawn:
    """A circle round the origin, or *upto* that share of it."""
    turn = np.linspace(0, 2 * np.pi * upto, 60)
    points = tuple((radius_mm * float(np.cos(t)), radius_mm * float(np.sin(t))) for t in turn)
    return Drawn(points, width_mm)


def disc(radius_mm: float, *, dark: float = PEN) -> Drawn:
    """A filled circle round the origin."""
    return replace(ring(radius_mm), dark=dark, filled=True)


TICK = line((-1.4, -0.2), (-0.4, 1.2), (2.0, -2.2))
CROSS = (line((-1.4, -1.4), (1.4, 1.4)), line((-1.4, 1.4), (1.4, -1.4)))
DASH = line((-1.3, 0.0), (1.3, 0.0))
FILL = disc(2.1)


def frame(*, artwork: tuple[PageRect, ...] = (), layout: Layout = LAYOUT) -> Frame:
    """The frame of the layout with that print on it."""
    centres = np.array([(b.centre.x_mm, b.centre.y_mm) for _, b in bubbles_of(layout)])
    return frame_of(replace(layout, artwork=artwork), centres, RADIUS_MM)


def ink(on: Frame, marks: tuple[Drawn, ...]) -> NDArray[np.float32]:
    """The marks' darkness on the frame, softened."""
    height, width = on.blocked.shape
    fine = np.zeros((height * _FINE, width * _FINE), np.float32)
    per_mm = PX_PER_MM * _FINE
    for mark in marks:
        points = (np.array(mark.points) - (on.left_mm, on.top_mm)) * per_mm - 0.5
        corners = [np.round(points * 16).astype(np.int32)]
        one = np.zeros(fine.shape, np.uint8)
        if mark.filled:
            cv2.fillPoly(one, corners, 255, cv2.LINE_8, 4)
        else:
            cv2.polylines(one, corners, False, 255, round(mark.width_mm * per_mm), cv2.LINE_8, 4)
        fine = np.maximum(fine, mark.dark / 255 * one.astype(np.float32))
    seen = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), _SOFT_MM * PX_PER_MM), np.float32)


def field(*marks: Drawn, artwork: tuple[PageRect, ...] = ()) -> Field:
    """A field on which there is nothing but *marks*."""
    on = frame(artwork=artwork)
    dark = ink(on, marks)
    centres = np.array([place(row, column) for row in range(ROWS) for column in range(COLUMNS)])
    seen = (dark > LEVEL) & ~on.blocked
    return Field(on, on.to_px(centres), dark, LEVEL, seen, np.zeros(len(centres)))
