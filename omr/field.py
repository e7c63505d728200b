"""The part of a sheet that bears bubbles, upright, with what was printed taken away (pure).

Everything printed is known: boxes round words and lines are left out, and the bubbles'
outlines, all drawn alike, are subtracted as the sheet's own blank bubbles show them. What
remains is paper and ink that the blank form does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.geometry import PagePoint, PageRect, Registration
from omr.layout import Layout
from omr.medians import median
from omr.outline import Settled
from omr.shades import LEAST_SPAN
from omr.surfaces import Surface, followed

PX_PER_MM = 4.0  # a stroke of 0.3 mm, softened, is two pixels wide
ROUND_MM = 7.0  # so much round the outermost bubbles belongs to the field
# Beyond its outline a bubble keeps so much free of print: omr.discs.CLEAR_MM less the blur.
ZONE_MM = 0.7
_SOFT_MM = 0.2  # sigma of the softening: noise and grain nearly vanish, strokes stay
_KERNEL_PX = 7  # four sigmas to each side
_SOFTENING = cv2.getGaussianKernel(_KERNEL_PX, _SOFT_MM * PX_PER_MM).ravel().astype(np.float32)
_SPREAD = np.ones((_KERNEL_PX, _KERNEL_PX), np.uint8)
_COARSEST_PX_PER_MM = 5.5  # of the image that the field is taken from
_GROWN_MM = 0.4  # blur and misplacement of print round its box
_NEAREST_MM = 5.7  # beyond the outline: what is further from every bubble is not looked at
_CELL_PX = 48  # 12 mm: a feed that slips is even over so much
_APART_PX = 8  # runs that lie nearer to each other are one: a few pixels more cost less
_REMAPPED_PX = 512  # pixels in a row of what OpenCV is asked for at once: a shape that it likes
_PAPER_STEP = 32  # px between the places at which the paper's level is worked out
_SHADOW_MM = 7.0  # a shadow's edge is no sharper; bubbles stand nearer to each other
_NO_SHADOW = 0.05  # weight of "nothing was missed", far from every bubble
NO_BUBBLE = -1

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same on every sheet of a layout; bubbles are numbered in its order."""

    left_mm: float
    top_mm: float
    radius_mm: float
    printed: NDArray[np.bool_]  # (h, w): print, or too near to it
    beside_print: NDArray[np.bool_]  # (h, w): next to it
    blocked: NDArray[np.bool_]  # (h, w): print, or too far from every bubble
    nearest: NDArray[np.int16]  # (h, w): the nearest bubble, or NO_BUBBLE
    zone: NDArray[np.int64]  # (z,) flat indices of the pixels in and just around bubbles ...
    zone_at: Picture  # (2, z) ... their columns and rows ...
    zone_counts: NDArray[np.int64]  # (n,) ... and how many are whose: they lie bubble by bubble
    cells: tuple[int, int]  # columns and rows of the places at which the paper's shift ...
    cells_mm: Floats  # ... and of those at which its level is worked out; (m, 2) each
    knots: tuple[int, int]
    knots_mm: Floats
    wanted: NDArray[np.int64]  # (m, 3) what is not blocked: row, first column, one after the last
    above: NDArray[np.int64]  # (m, 7) ... and where in the runs' pixels those rows begin that ...
    runs: NDArray[np.int64]  # (k, 3) ... soften into it; runs may lie a little outside the field

    def to_px(self, points_mm: Floats) -> Floats:
        """Places on the page, (n, 2) mm, as columns and rows of the field."""
        found: Floats = (points_mm - (self.left_mm, self.top_mm)) * PX_PER_MM - 0.5
        return found


@dataclass(frozen=True, slots=True)
class Light:
    """The paper's grey level on one sheet."""

    at_bubbles: Floats  # (n,)
    surface: Surface | None  # smooth through them; None where they are too few


@dataclass(frozen=True, slots=True)
class Field:
    """One sheet's field."""

    frame: Frame
    centres_px: Floats  # (n, 2) columns and rows of the bubbles as they lie on this sheet
    ink: Picture  # (h, w) darkness that is not print; anything where the frame is blocked
    level: float  # from which on it is no noise of the paper
    seen: NDArray[np.bool_]  # (h, w): ink, free of print
    faint: Floats  # (n,) share of a bubble's middle that is darker than blank ones', if little


def frame_of(layout: Layout, centres_mm: Floats, radius_mm: float) -> Frame:
    """The frame of a layout; kept for the layouts of the last few sheets."""
    centres = np.ascontiguousarray(centres_mm, np.float64)
    boxes = (*layout.artwork, *(code.grown(1.0) for code in layout.codes))
    page = (layout.width_mm, layout.height_mm)
    return _frame(centres.tobytes(), radius_mm, boxes, page)


@lru_cache(maxsize=8)
def _frame(
    centres: bytes, radius_mm: float, boxes: tuple[PageRect, ...], page: tuple[float, float]
) -> Frame:
    centres_mm = np.frombuffer(centres, np.float64).reshape(-1, 2)
    left, top = np.maximum(centres_mm.min(axis=0) - radius_mm - ROUND_MM, 0.0)
    right, bottom = np.minimum(centres_mm.max(axis=0) + radius_mm + ROUND_MM, page)
    width, height = int((right - left) * PX_PER_MM), int((bottom - top) * PX_PER_MM)
    columns = left + (np.arange(width) + 0.5) / PX_PER_MM
    rows = top + (np.arange(height) + 0.5) / PX_PER_MM
    printed = np.zeros((height, width), np.bool_)
    for box in boxes:
        grown = box.grown(_GROWN_MM)
        across = (columns >= grown.x_mm) & (columns <= grown.right_mm)
        printed |= ((rows >= grown.y_mm) & (rows <= grown.bottom_mm))[:, None] & across
    apart = np.full((height, width), _NEAREST_MM + radius_mm)
    nearest = np.full((height, width), NO_BUBBLE, np.int16)
    for n, (x, y) in enumerate(centres_mm):
        away = np.hypot(columns - x, (rows - y)[:, None])
        nearer = away < apart
        apart[nearer], nearest[nearer] = away[nearer], n
    zone = np.flatnonzero(apart <= radius_mm + ZONE_MM)
    # What is printed lies outside every zone; a box's rim that grew into one is no print.
    printed.ravel()[zone] = False
    blocked = printed | (nearest == NO_BUBBLE)
    owners = nearest.ravel()[zone]
    zone = zone[np.argsort(owners, kind="stable")]
    zone_at = np.stack([zone % width, zone // width]).astype(np.float32)
    counts = np.bincount(owners, minlength=len(centres_mm))
    spread = cv2.dilate(printed.view(np.uint8), np.ones((5, 5), np.uint8))
    beside = np.asarray(spread, np.bool_) & ~printed
    cells = (-(-width // _CELL_PX) + 2, -(-height // _CELL_PX) + 2)  # one more on each side
    knots = (-(-width // _PAPER_STEP) + 2, -(-height // _PAPER_STEP) + 2)
    wanted, above, runs = _softened(~blocked)
    return Frame(
        left_mm=left,
        top_mm=top,
        radius_mm=radius_mm,
        printed=printed,
        beside_print=beside,
        blocked=blocked,
        nearest=nearest,
        zone=zone,
        zone_at=zone_at,
        zone_counts=counts,
        cells=cells,
        cells_mm=_grid(cells, _CELL_PX, -0.5) + np.array([left, top]),
        knots=knots,
        knots_mm=_grid(knots, _PAPER_STEP, 0.0) + np.array([left, top]),
        wanted=wanted,
        above=above,
        runs=runs,
    )


def _grid(counts: tuple[int, int], step_px: int, first: float) -> Floats:
    """Places every so many px, from the *first* step on, (m, 2) mm: row by row."""
    x, y = ((np.arange(n) + first) * step_px / PX_PER_MM for n in counts)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _softened(
    wanted: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The runs of *wanted* pixels, what softens into them, and how: as in :class:`Frame`."""
    half = _KERNEL_PX // 2
    around = cv2.dilate(np.pad(wanted, half).view(np.uint8), _SPREAD)
    padded = _runs(np.asarray(around, np.bool_), _APART_PX)
    place = np.zeros(around.shape, np.int64)
    done = 0
    for row, first, end in padded.tolist():
        place[row, first:end] = np.arange(done, done + end - first)
        done += end - first
    runs = _runs(wanted, 0)
    rows, firsts = runs[:, 0, None] + np.arange(_KERNEL_PX), runs[:, 1, None] + half
    return runs, place[rows, firsts], padded - half


def _runs(wanted: NDArray[np.bool_], apart_px: int) -> NDArray[np.int64]:
    """The runs of *wanted* pixels, (k, 3), row by row; joined where they are not so far apart."""
    edged = np.pad(wanted, ((0, 0), (1, 1)))
    rows, columns = np.nonzero(edged[:, 1:] != edged[:, :-1])
    found = np.stack([rows[::2], columns[::2], columns[1::2]], axis=1)
    new = np.ones(len(found), np.bool_)
    new[1:] = (found[1:, 0] != found[:-1, 0]) | (found[1:, 1] - found[:-1, 2] > apart_px)
    begins = np.flatnonzero(new)
    ends = np.append(begins[1:], len(found)) - 1
    joined: NDArray[np.int64] = np.stack(
        [found[begins, 0], found[begins, 1], found[ends, 2]], axis=1
    ).astype(np.int64)
    return joined


def field_of(
    grey: GreyImage,
    registration: Registration,
    frame: Frame,
    printed_mm: Floats,
    settled: Settled,
    light: Light,
    black: float,
    pale: NDArray[np.bool_],
) -> Field:
    """The field of one sheet.

    Args:
        grey: Shape (h, w), uint8.
        registration: Page to image.
        frame: Of the sheet's layout.
        printed_mm: (n, 2) where the bubbles are printed.
        settled: Where they lie on this sheet.
        light: The paper's grey level on this sheet.
        black: The grey level of solid print.
        pale: (n,) which bubbles look blank.
    """
    # They need numba, which only measuring needs.
    from omr import loops_canvas as canvas  # noqa: PLC0415
    from omr import loops_field as loops  # noqa: PLC0415

    levels = _sampled(grey, registration, frame, printed_mm, settled)
    soft, ink = np.empty(len(levels), np.float32), np.empty(frame.blocked.shape, np.float32)
    canvas.soften(levels, _SOFTENING, soft)
    canvas.darken(
        soft,
        frame.wanted,
        frame.above,
        _SOFTENING,
        _paper(frame, printed_mm, light),
        _PAPER_STEP,
        max(median(light.at_bubbles) - black, LEAST_SPAN),
        ink,
    )
    left_over = settled.offsets_mm - settled.shifts(printed_mm, printed_mm)
    centres_px = frame.to_px(printed_mm + left_over)
    seen, faint = np.empty(ink.shape, np.bool_), np.empty(len(pale))
    level = loops.print_away(
        ink,
        frame.wanted,
        frame.zone,
        frame.zone_at,
        frame.zone_counts,
        np.ascontiguousarray(centres_px.T, np.float32),
        pale,
        frame.radius_mm,
        PX_PER_MM,
        seen,
        faint,
    )
    return Field(frame, centres_px, ink, level, seen, faint)


def _sampled(
    grey: GreyImage,
    registration: Registration,
    frame: Frame,
    printed_mm: Floats,
    settled: Settled,
) -> NDArray[np.uint8]:
    """The grey levels of the frame's runs, one after the other, straightened."""
    factor = max(1, int(_px_per_mm(registration, frame) / _COARSEST_PX_PER_MM))
    columns, rows = _where(registration, frame, printed_mm, settled, factor)
    if factor > 1:
        size = (grey.shape[1] // factor, grey.shape[0] // factor)
        even = grey[: size[1] * factor, : size[0] * factor]
        grey = np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)
    found = cv2.remap(grey, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.uint8).reshape(-1)


def _px_per_mm(registration: Registration, frame: Frame) -> float:
    height, width = frame.blocked.shape
    middle = PagePoint(frame.left_mm + width / 2 / PX_PER_MM, frame.top_mm + height / 2 / PX_PER_MM)
    return registration.px_per_mm(middle)


def _where(
    registration: Registration,
    frame: Frame,
    printed_mm: Floats,
    settled: Settled,
    factor: int,
) -> tuple[Picture, Picture]:
    """Column and row of every pixel of the frame's runs in the image *factor* smaller.

    Worked out at every :data:`_CELL_PX`-th pixel; between them the paper is even. One after the
    other in rows of :data:`_REMAPPED_PX`; what the last row has too many lies at the corner.
    """
    from omr import loops_canvas as loops  # noqa: PLC0415 - numba, which only measuring needs

    at = frame.cells_mm + settled.shifts(frame.cells_mm, printed_mm)
    matrix = np.array(registration.h).reshape(3, 3)
    seen = np.column_stack([at, np.ones(len(at))]) @ matrix.T
    coarse = ((seen[:, :2] / seen[:, 2:] + 0.5) / factor - 0.5).astype(np.float32)
    columns, rows = coarse.T.reshape(2, *frame.cells[::-1]).copy()
    count = int((frame.runs[:, 2] - frame.runs[:, 1]).sum())
    across, down = np.empty((2, -(-count // _REMAPPED_PX), _REMAPPED_PX), np.float32)
    across[-1], down[-1] = 0.0, 0.0
    loops.places(columns, rows, frame.runs, _CELL_PX, across.reshape(-1), down.reshape(-1))
    return across, down


def _paper(frame: Frame, centres_mm: Floats, light: Light) -> Picture:
    """The paper's grey level at every :data:`_PAPER_STEP`-th pixel, from the corner on."""
    if light.surface is None:
        return np.full(frame.knots[::-1], median(light.at_bubbles), np.float32)
    # The edge of a shadow is no quadratic surface: what that misses is shared out nearby.
    found = followed(
        light.surface,
        frame.knots_mm,
        centres_mm,
        light.at_bubbles[:, None],
        reaches_mm=((_SHADOW_MM, _SHADOW_MM),),
        nothing=_NO_SHADOW,
    )
    return found.reshape(frame.knots[::-1]).astype(np.float32)
