"""What there is to see in and around each bubble of a registered sheet (pure).

Measures only; :mod:`omr.judging` decides what it means. All darkness is relative to the
sheet itself: 0 is its paper beside the bubble, 1 the black of its fiducials.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from omr import strokes
from omr.faint import faint_traces
from omr.fiducials import GreyImage
from omr.geometry import PagePoint, Registration
from omr.layout import Bubble, Fiducial, Layout
from omr.outline import settle_offsets
from omr.surfaces import TERMS, robust_surface

FloatArray = NDArray[np.float32]

PX_PER_MM = 8.0  # sampling density; a 0.3 mm stroke is 2.4 samples wide
HALF_SIDE_MM = 4.0  # a patch reaches so far from the bubble's centre
# Typesetting keeps so much free of print round every bubble (forms.typeset).
CLEAR_MM = 1.0
_LINE_MM = 0.25  # printed outline, forms.typeset
_EDGE_MM = 0.25  # blur and jitter of the outline's edge reach so far into the bubble
_PAPER_SPREAD = 2.0  # grey levels between neighbouring bubbles of an even sheet
_TRACED_FROM = 0.005  # coverage: fewer inked samples than a dot of 0.3 mm are no stroke
# A sample is ink from five times the paper's own scatter on, but at least a light pencil's
# 0.12 and at most 0.30, which every ball pen passes.
_INK_FACTOR, _LEAST_INK, _MOST_INK = 5.0, 0.12, 0.30


@dataclass(frozen=True, slots=True)
class BubbleMeasure:
    """What one bubble looks like. Shares and darknesses run from 0 to 1."""

    question: str
    option: str
    darkness: float  # mean over the inside, the page's blank bubbles taken off
    coverage: float  # share of the inside that is ink
    faint: float  # how far apart the ends of its largest faint trace are, share of diameter
    outside: float  # share of the clear ring just outside the outline that is ink
    around: float  # share of directions in which there is ink outside, as of a drawn ring
    extent: float  # how far apart the inside's ink ends are, share of the diameter
    straight: float  # 1 if the inside's ink is one straight line, else 0
    leaves: float  # how far beyond the outline that line goes, share of the diameter ...
    enters: float  # ... and on its shorter side
    share: float  # of the ink that its stroke leaves in any bubble, the part in this one
    home: float  # of all that stroke's ink nearby, the part in this bubble
    paper: float  # grey level of the paper here, 0 to 255


@dataclass(frozen=True, slots=True)
class SheetMeasure:
    """Everything measured on one sheet; enough to judge it again without the image."""

    bubbles: tuple[BubbleMeasure, ...]
    noise: float  # spread of darkness over bubbles that look blank
    contrast: float  # paper minus black, grey levels
    bent_mm: float  # how far the outlines lie from where the fiducials put them, at most
    outlines_found: float  # share of bubbles whose printed outline was seen
    bilevel: bool  # a scanner or fax decided what is black and what is white


@dataclass(frozen=True, slots=True)
class _Discs:
    """Masks of a patch, each (side, side) float32 with a sum of 1."""

    inside: FloatArray
    ring: FloatArray


@dataclass(frozen=True, slots=True)
class _Shades:
    """What turns grey levels into darkness on one sheet."""

    paper: NDArray[np.float64]  # (n,) at every bubble
    black: float
    ink: float  # from this darkness on a sample is ink

    def dark(
        self, samples: FloatArray, which: NDArray[np.int64] | slice = slice(None)
    ) -> FloatArray:
        """Samples (n, ...) as darkness: 0 paper, 1 black; clipped to -0.2 .. 1.2."""
        shape = (-1,) + (1,) * (samples.ndim - 1)
        paper = self.paper[which].reshape(shape)
        span = np.maximum(paper - self.black, 20.0)
        return np.clip((paper - samples) / span, -0.2, 1.2).astype(np.float32)


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
    discs = _discs(radius)

    patches = _patches(grey, registration, centres, HALF_SIDE_MM)
    shades = _Shades(_paper_levels(patches, discs, centres), black, _MOST_INK)
    settled = settle_offsets(shades.dark(patches), centres, radius, PX_PER_MM)
    centres = centres + settled.offsets_mm
    dark = shades.dark(_patches(grey, registration, centres, HALF_SIDE_MM))

    raw = np.einsum("nij,ij->n", dark, discs.inside)
    blank, noise = _blank_population(raw)
    pale = raw <= np.median(raw)
    shades = replace(shades, ink=_ink_level(dark[pale], discs))
    ink = (dark > shades.ink).astype(np.float32)
    coverage = np.einsum("nij,ij->n", ink, discs.inside)
    outside = np.einsum("nij,ij->n", ink, discs.ring)
    faint = faint_traces(dark, pale, radius, PX_PER_MM)
    around = _around(grey, registration, centres, radius, shades)
    traced = _strokes(grey, registration, centres, radius, shades, coverage)
    bubbles = tuple(
        BubbleMeasure(
            question=question,
            option=bubble.option,
            darkness=_unit(raw[n] - blank),
            coverage=_unit(coverage[n]),
            faint=_unit(faint[n] / (2 * radius)),
            outside=_unit(outside[n]),
            around=float(around[n]),
            extent=_unit(traced[n].extent_mm / (2 * radius)),
            straight=float(traced[n].straight),
            leaves=_unit(traced[n].leaves_mm / (2 * radius)),
            enters=_unit(traced[n].enters_mm / (2 * radius)),
            share=traced[n].share,
            home=traced[n].home,
            paper=float(shades.paper[n]),
        )
        for n, (question, bubble) in enumerate(places)
    )
    contrast = float(np.median(shades.paper)) - black
    return SheetMeasure(
        bubbles, noise, contrast, settled.largest_mm, settled.share_found, is_bilevel(grey)
    )


def _strokes(
    grey: GreyImage,
    registration: Registration,
    centres_mm: NDArray[np.float64],
    radius_mm: float,
    shades: _Shades,
    coverage: NDArray[np.float64],
) -> list[strokes.Stroke]:
    """The stroke in every bubble that has any ink."""
    found = [strokes.NOTHING] * len(centres_mm)
    inked = np.flatnonzero(coverage > _TRACED_FROM)
    if not len(inked):
        return found
    patches = _patches(grey, registration, centres_mm[inked], strokes.REACH_MM)
    for n, patch in zip(inked, shades.dark(patches, inked), strict=True):
        others = np.delete(centres_mm, n, axis=0) - centres_mm[n]
        found[n] = strokes.trace(patch > shades.ink, others, radius_mm, PX_PER_MM)
    return found


def _around(
    grey: GreyImage,
    registration: Registration,
    centres_mm: NDArray[np.float64],
    radius_mm: float,
    shades: _Shades,
) -> NDArray[np.float64]:
    """Share of the rays from every bubble that meet ink before the next bubbles, (n,)."""
    rays = strokes.ray_points(radius_mm)
    points = centres_mm[:, None, None, :] + rays[None]
    ink = shades.dark(_sample(grey, registration, points)) > shades.ink
    for n, centre in enumerate(centres_mm):
        near = np.flatnonzero(np.abs(centres_mm - centre).max(axis=1) < 2 * strokes.REACH_MM)
        for other in centres_mm[near[near != n]]:
            apart = np.hypot(*np.moveaxis(points[n] - other, -1, 0))
            ink[n] &= apart > radius_mm + strokes.BAND_MM
    met: NDArray[np.float64] = ink.any(axis=2).mean(axis=1)
    return met


def _patches(
    grey: GreyImage,
    registration: Registration,
    centres_mm: NDArray[np.float64],
    half_side_mm: float,
) -> FloatArray:
    """Upright patches of the page round *centres_mm* (n, 2).

    Returns:
        Shape (n, side, side), float32, grey levels; side is ``2 * half_side_mm`` wide.
    """
    side = round(2 * half_side_mm * PX_PER_MM) + 1
    steps = (np.arange(side) - side // 2) / PX_PER_MM
    grid = np.stack(np.meshgrid(steps, steps), axis=-1)
    return _sample(grey, registration, centres_mm[:, None, None, :] + grid[None])


def _sample(
    grey: GreyImage, registration: Registration, points_mm: NDArray[np.float64]
) -> FloatArray:
    """Grey levels at page points (n, rows, columns, 2): shape (n, rows, columns), float32."""
    x, y = points_mm[..., 0], points_mm[..., 1]
    a, b, c, d, e, f, g, h, i = registration.h
    w = g * x + h * y + i
    # remap limits its output to 32,767 rows; 80 bubbles of 113 rows stay well below.
    flat = (-1, x.shape[-1])
    map_x = ((a * x + b * y + c) / w).astype(np.float32).reshape(flat)
    map_y = ((d * x + e * y + f) / w).astype(np.float32).reshape(flat)
    levels = cv2.remap(grey, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return levels.reshape(x.shape).astype(np.float32)


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


def is_bilevel(grey: GreyImage) -> bool:
    """Whether the image knows only black and white (a JPEG's ripples round them aside)."""
    some = grey[::8, ::3]
    return float(np.mean((some > 24) & (some < 231))) < 0.002


def _paper_levels(
    patches: FloatArray, discs: _Discs, centres_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The paper's grey level at every bubble, shape (n,): the middle of its clear ring.

    Where a mark fills the ring as well the level would be the ink's. Light varies smoothly
    over a sheet, even under a lamp, so a level far below its surroundings takes theirs.
    """
    levels = np.median(patches[:, discs.ring > 0], axis=1).astype(np.float64)
    if len(levels) < 2 * TERMS:
        smooth = np.full_like(levels, np.median(levels))
    else:
        smooth = robust_surface(
            centres_mm, levels[:, None], centres_mm, least_spread=_PAPER_SPREAD
        )[:, 0]
    return np.where(levels < 0.9 * smooth, smooth, levels)


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
    return _Discs(inside / inside.sum(), ring / ring.sum())


def _ink_level(blank: FloatArray, discs: _Discs) -> float:
    """From which darkness on a sample is ink, given patches that look blank."""
    inside = blank[:, discs.inside > 0]
    scatter = 1.4826 * float(np.median(np.abs(inside - np.median(inside))))
    return float(np.clip(_INK_FACTOR * scatter, _LEAST_INK, _MOST_INK))


def _blank_population(raw: NDArray[np.float32]) -> tuple[float, float]:
    """Typical darkness of blank bubbles and its spread (robust sigma).

    On every form of ours most bubbles stay blank: each question has at least two and at
    most one mark, so the lower 60 % of a sheet's bubbles are blank ones.
    """
    lower = np.sort(raw)[: max(3, int(0.6 * len(raw)))]
    middle = float(np.median(lower))
    spread = 1.4826 * float(np.median(np.abs(lower - middle)))
    return middle, spread


def _unit(value: float) -> float:
    return float(min(1.0, max(0.0, value)))


def bubbles_of(layout: Layout) -> list[tuple[str, Bubble]]:
    """Every bubble with its question's id, in the order in which they are measured."""
    return [(question.id, bubble) for question in layout.questions for bubble in question.bubbles]
