"""What there is to see in and around each bubble of a registered sheet (pure).

Measures only; :mod:`omr.judging` decides what it means. All darkness is relative to the
sheet itself: 0 is its paper beside the bubble, 1 the black of its fiducials.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.geometry import PagePoint, Registration
from omr.layout import Bubble, Fiducial, Layout
from omr.outline import settle_offsets

FloatArray = NDArray[np.float32]

PX_PER_MM = 8.0  # sampling density; a 0.3 mm stroke is 2.4 samples wide
HALF_SIDE_MM = 4.0  # a patch reaches so far from the bubble's centre
# Typesetting keeps so much free of print round every bubble (forms.typeset).
CLEAR_MM = 1.0
_LINE_MM = 0.25  # printed outline, forms.typeset
_EDGE_MM = 0.25  # blur and jitter of the outline's edge reach so far into the bubble
INK = 0.30  # a sample this dark is ink rather than paper: light pencil measures 0.25 to 0.5


@dataclass(frozen=True, slots=True)
class BubbleMeasure:
    """What one bubble looks like. Shares and darknesses run from 0 to 1."""

    question: str
    option: str
    darkness: float  # mean over the inside, the page's blank bubbles taken off
    coverage: float  # share of the inside that is ink
    outside: float  # share of the clear ring just outside the outline that is ink
    around: float  # share of directions (of 16) in which that ring has ink
    through: float  # how much of the inside's ink lies on one straight line right across
    paper: float  # grey level of the paper here, 0 to 255


@dataclass(frozen=True, slots=True)
class SheetMeasure:
    """Everything measured on one sheet; enough to judge it again without the image."""

    bubbles: tuple[BubbleMeasure, ...]
    noise: float  # spread of darkness over bubbles that look blank
    contrast: float  # paper minus black, grey levels
    bent_mm: float  # how far the outlines lie from where the fiducials put them, at most
    outlines_found: float  # share of bubbles whose printed outline was seen


@dataclass(frozen=True, slots=True)
class _Discs:
    """Masks of a patch, each (side, side) float32 with a sum of 1, and directions."""

    inside: FloatArray
    ring: FloatArray
    sectors: NDArray[np.int64]  # (side, side): 0 to 15 in the clear ring, -1 elsewhere


def measure(grey: GreyImage, registration: Registration, layout: Layout) -> SheetMeasure:
    """Measure every bubble of *layout* on the sheet that lies at *registration*.

    Args:
        grey: Shape (h, w), uint8.
        registration: Page to image.
        layout: The sheet's layout.
    """
    places = bubbles_of(layout)
    centres = np.array([[b.centre.x_mm, b.centre.y_mm] for _, b in places])
    radius = float(np.median([b.diameter_mm for _, b in places])) / 2
    black = _black_level(grey, registration, layout.fiducials)

    patches = sample(grey, registration, centres)
    paper = _paper_levels(patches)
    contrast = float(np.median(paper)) - black
    dark = _darkness(patches, paper, black)
    settled = settle_offsets(dark, centres, radius, PX_PER_MM)
    patches = sample(grey, registration, centres + settled.offsets_mm)
    dark = _darkness(patches, paper, black)

    discs = _discs(radius)
    raw = np.einsum("nij,ij->n", dark, discs.inside)
    blank, noise = _blank_population(raw)
    ink = dark > INK
    coverage = np.einsum("nij,ij->n", ink.astype(np.float32), discs.inside)
    outside = np.einsum("nij,ij->n", ink.astype(np.float32), discs.ring)
    bubbles = tuple(
        BubbleMeasure(
            question=question,
            option=bubble.option,
            darkness=_unit(raw[n] - blank),
            coverage=_unit(coverage[n]),
            outside=_unit(outside[n]),
            around=_around(ink[n], discs),
            through=_through(ink[n], radius) if coverage[n] > 0.01 else 0.0,
            paper=float(paper[n]),
        )
        for n, (question, bubble) in enumerate(places)
    )
    return SheetMeasure(bubbles, noise, contrast, settled.largest_mm, settled.share_found)


def sample(
    grey: GreyImage, registration: Registration, centres_mm: NDArray[np.float64]
) -> FloatArray:
    """Upright patches of the page round *centres_mm* (n, 2).

    Returns:
        Shape (n, side, side), float32, grey levels; side is ``2 * HALF_SIDE_MM`` wide.
    """
    side = round(2 * HALF_SIDE_MM * PX_PER_MM) + 1
    steps = (np.arange(side) - side // 2) / PX_PER_MM
    gx, gy = np.meshgrid(steps, steps)
    x = centres_mm[:, 0, None, None] + gx
    y = centres_mm[:, 1, None, None] + gy
    a, b, c, d, e, f, g, h, i = registration.h
    w = g * x + h * y + i
    map_x = ((a * x + b * y + c) / w).astype(np.float32).reshape(-1, side)
    map_y = ((d * x + e * y + f) / w).astype(np.float32).reshape(-1, side)
    # remap limits its output to 32,767 rows; 80 bubbles of 65 rows stay well below.
    tiles = cv2.remap(grey, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return tiles.reshape(len(centres_mm), side, side).astype(np.float32)


def _black_level(
    grey: GreyImage, registration: Registration, fiducials: Sequence[Fiducial]
) -> float:
    """The grey level of solid print: the median over the fiducials' black borders."""
    levels = []
    for fiducial in fiducials:
        reach = fiducial.size_mm / 2 - fiducial.size_mm / 12  # middle of the border cell
        x, y = fiducial.centre.x_mm, fiducial.centre.y_mm
        for dx, dy in ((-reach, 0.0), (reach, 0.0), (0.0, -reach), (0.0, reach)):
            at = registration.locate(PagePoint(x + dx, y + dy))
            column, row = round(at.x_px), round(at.y_px)
            if 1 <= row < grey.shape[0] - 1 and 1 <= column < grey.shape[1] - 1:
                levels.append(float(grey[row - 1 : row + 2, column - 1 : column + 2].mean()))
    return float(np.median(levels)) if levels else 0.0


def _paper_levels(patches: FloatArray) -> NDArray[np.float64]:
    """The paper's grey level at every bubble, shape (n,), held against its neighbours.

    Marked patches are mostly ink, so a patch that is much darker than the sheet as a whole
    takes the sheet's level instead.
    """
    # Most of a patch's border is clear of print and of marks.
    levels = np.percentile(patches.reshape(len(patches), -1), 75, axis=1)
    typical = float(np.median(levels))
    return np.where(levels < 0.8 * typical, typical, levels)


def _darkness(patches: FloatArray, paper: NDArray[np.float64], black: float) -> FloatArray:
    """Patches as darkness: 0 paper, 1 black; clipped to -0.2 .. 1.2."""
    span = np.maximum(paper - black, 20.0)[:, None, None]
    return np.clip((paper[:, None, None] - patches) / span, -0.2, 1.2).astype(np.float32)


def _discs(radius_mm: float) -> _Discs:
    side = round(2 * HALF_SIDE_MM * PX_PER_MM) + 1
    steps = (np.arange(side) - side // 2) / PX_PER_MM
    gx, gy = np.meshgrid(steps, steps)
    distance = np.hypot(gx, gy)
    inside = (distance <= radius_mm - _LINE_MM / 2 - _EDGE_MM).astype(np.float32)
    outer = radius_mm + _LINE_MM / 2
    ring = ((distance >= outer + _EDGE_MM) & (distance <= outer + CLEAR_MM - 0.1)).astype(
        np.float32
    )
    angle = (np.arctan2(gy, gx) + np.pi) / (2 * np.pi) * 16
    sectors = np.where(ring > 0, np.clip(angle.astype(np.int64), 0, 15), -1)
    return _Discs(inside / inside.sum(), ring / ring.sum(), sectors)


def _blank_population(raw: NDArray[np.float32]) -> tuple[float, float]:
    """Typical darkness of blank bubbles and its spread (robust sigma).

    On every form of ours most bubbles stay blank: each question has at least two and at
    most one mark, so the lower 60 % of a sheet's bubbles are blank ones.
    """
    lower = np.sort(raw)[: max(3, int(0.6 * len(raw)))]
    middle = float(np.median(lower))
    spread = 1.4826 * float(np.median(np.abs(lower - middle)))
    return middle, spread


def _around(ink: NDArray[np.bool_], discs: _Discs) -> float:
    hit = np.bincount(discs.sectors[ink & (discs.sectors >= 0)], minlength=16)
    # Two samples: a lone speck of dirt is no direction with ink.
    return float(np.count_nonzero(hit >= 2)) / 16


def _through(ink: NDArray[np.bool_], radius_mm: float) -> float:
    """Share of the ink within reach that lies in a straight band right across the patch.

    1 when there is only a thin line that enters on one side, crosses the bubble and leaves
    on the other; small for a tick, a cross, a scribble or a filled bubble.
    """
    rows, columns = np.nonzero(ink)
    half = ink.shape[0] // 2
    x, y = (columns - half) / PX_PER_MM, (rows - half) / PX_PER_MM
    reach = HALF_SIDE_MM
    printed = np.abs(np.hypot(x, y) - radius_mm) < _LINE_MM / 2 + 0.15  # the outline itself
    x, y = x[~printed], y[~printed]
    if len(x) < 8:
        return 0.0
    best = 0.0
    for angle in np.linspace(0, np.pi, 24, endpoint=False):
        along = x * np.cos(angle) + y * np.sin(angle)
        across = -x * np.sin(angle) + y * np.cos(angle)
        centre = np.median(across)
        band = np.abs(across - centre) < 0.45
        if not band.any():
            continue
        low, high = along[band].min(), along[band].max()
        crosses = low < -(radius_mm + 0.7) and high > radius_mm + 0.7
        filled = np.unique(np.round(along[band] * 4)).size / (2 * reach * 4)
        if crosses and filled > 0.7:
            best = max(best, float(band.mean()))
    return best


def _unit(value: float) -> float:
    return float(min(1.0, max(0.0, value)))


def bubbles_of(layout: Layout) -> list[tuple[str, Bubble]]:
    """Every bubble with its question's id, in the order in which they are measured."""
    return [(question.id, bubble) for question in layout.questions for bubble in question.bubbles]
