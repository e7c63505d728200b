"""Printed and found fiducials -> where each sheet lies in the image, or why not (pure)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import FoundFiducial
from omr.geometry import PagePoint, Registration
from omr.layout import Fiducial
from omr.marks import Reason

# Corners of a flat, evenly fed sheet fit a homography to 0.02 mm; 2 % of local feed slip
# moves a corner by 0.14 mm. Past this the sheet is bent or two sheets are mixed.
MAX_RESIDUAL_MM = 0.35
# Both directions of a scan have nearly the same scale; a photograph's tilt changes it more.
MAX_ASPECT = 1.25
MIN_PX_PER_MM = 5.3  # 135 dpi: thin strokes and the QR code need that (reliability: 150 dpi)


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """One sheet's place in an image, found through its fiducials."""

    registration: Registration
    residual_mm: float  # root mean square over the fiducials' corners
    missing: tuple[int, ...]  # fiducials that were not found


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Fiducials were found, but no trustworthy place follows from them."""

    reason: Reason
    centre_px: tuple[float, float]  # roughly where the sheet lies


def place_sheets(
    found: Sequence[FoundFiducial], printed: Sequence[Fiducial]
) -> list[SheetPlace | Unplaced]:
    """Sort *found* into sheets and register each, top to bottom and left to right.

    Args:
        found: As from :func:`omr.fiducials.find_fiducials`.
        printed: The layout's fiducials.
    """
    groups = _group(found, printed)
    centres = [_centre(group) for group in groups]
    order = sorted(range(len(groups)), key=lambda n: _reading_order(centres[n], centres))
    return [_register(groups[n], printed) for n in order]


def _register(group: Sequence[FoundFiducial], printed: Sequence[Fiducial]) -> SheetPlace | Unplaced:
    centre = _centre(group)
    markers = [fiducial.marker for fiducial in group]
    if len(markers) < 3 or len(set(markers)) < len(markers):
        return Unplaced(Reason.REGISTRATION, centre)
    on_page = {fiducial.marker: fiducial for fiducial in printed}
    page = np.concatenate([_printed_corners(on_page[marker]) for marker in markers])
    image = np.concatenate([fiducial.corners for fiducial in group])
    registration = _fit(page, image, whole=len(markers) == len(printed))
    if registration is None:
        return Unplaced(Reason.REGISTRATION, centre)
    if registration.mirrored:
        return Unplaced(Reason.MIRRORED, centre)
    scale, aspect = _scales(registration, printed)
    residual = _residual_px(registration, page, image) / scale
    if residual > MAX_RESIDUAL_MM or aspect > MAX_ASPECT:
        return Unplaced(Reason.REGISTRATION, centre)
    if scale < MIN_PX_PER_MM:
        return Unplaced(Reason.LOW_RESOLUTION, centre)
    missing = tuple(sorted(set(on_page) - set(markers)))
    return SheetPlace(registration, residual, missing)


def _fit(
    page: NDArray[np.float64], image: NDArray[np.float64], *, whole: bool
) -> Registration | None:
    """The best map of *page* (n, 2) mm onto *image* (n, 2) px; None if there is none.

    With one fiducial missing (not *whole*) three corners hold an affine map only; a
    homography would follow their noise. All their points count alike: a consensus fit
    (LMEDS) drops a whole fiducial as outliers and was up to 0.6 mm off.
    """
    if whole:
        matrix = cv2.findHomography(page, image, 0)[0]
    else:
        affine = np.linalg.lstsq(np.column_stack([page, np.ones(len(page))]), image, rcond=None)[0]
        matrix = np.vstack([affine.T, [0.0, 0.0, 1.0]])
    if np.size(matrix) != 9 or not np.isfinite(matrix).all() or abs(matrix[2, 2]) < 1e-9:
        return None
    a, b, c, d, e, f, g, h, i = (float(value) for value in (matrix / matrix[2, 2]).ravel())
    try:
        return Registration((a, b, c, d, e, f, g, h, i))
    except ValueError:
        return None


def _group(
    found: Sequence[FoundFiducial], printed: Sequence[Fiducial]
) -> list[list[FoundFiducial]]:
    """Fiducials that expect their sheet's centre at the same place belong together."""
    on_page = {fiducial.marker: fiducial for fiducial in printed}
    middle = np.mean([[f.centre.x_mm, f.centre.y_mm] for f in printed], axis=0)
    reach_mm = 0.3 * min(
        max(f.centre.x_mm for f in printed) - min(f.centre.x_mm for f in printed),
        max(f.centre.y_mm for f in printed) - min(f.centre.y_mm for f in printed),
    )
    groups: list[tuple[NDArray[np.float64], float, list[FoundFiducial]]] = []
    for fiducial in found:
        printed_corners = _printed_corners(on_page[fiducial.marker])
        similarity, _mask = cv2.estimateAffinePartial2D(
            printed_corners, fiducial.corners, method=cv2.LMEDS
        )
        if similarity is None:
            continue
        expected = similarity[:, :2] @ middle + similarity[:, 2]
        scale = math.hypot(similarity[0, 0], similarity[1, 0])
        for index, (centre, px_per_mm, members) in enumerate(groups):
            near = np.linalg.norm(centre - expected) < reach_mm * max(scale, px_per_mm)
            if near and 0.7 < scale / px_per_mm < 1.4:
                members.append(fiducial)
                count = len(members)
                groups[index] = (centre + (expected - centre) / count, px_per_mm, members)
                break
        else:
            groups.append((expected, scale, [fiducial]))
    return [members for _centre_px, _scale, members in groups]


def _printed_corners(fiducial: Fiducial) -> NDArray[np.float64]:
    """Shape (4, 2), mm: clockwise from top left."""
    half, x, y = fiducial.size_mm / 2, fiducial.centre.x_mm, fiducial.centre.y_mm
    return np.array(
        [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]]
    )


def _residual_px(
    registration: Registration, page: NDArray[np.float64], image: NDArray[np.float64]
) -> float:
    matrix = np.array(registration.h).reshape(3, 3)
    projected = cv2.perspectiveTransform(page.reshape(-1, 1, 2), matrix).reshape(-1, 2)
    return float(np.sqrt(np.mean(np.sum((projected - image) ** 2, axis=1))))


def _scales(registration: Registration, printed: Sequence[Fiducial]) -> tuple[float, float]:
    """The scale at the sheet's middle, px/mm, and how unequal its two directions are."""
    x = float(np.mean([f.centre.x_mm for f in printed]))
    y = float(np.mean([f.centre.y_mm for f in printed]))
    at = registration.locate(PagePoint(x, y))
    right = registration.locate(PagePoint(x + 1, y))
    down = registration.locate(PagePoint(x, y + 1))
    across = math.hypot(right.x_px - at.x_px, right.y_px - at.y_px)
    along = math.hypot(down.x_px - at.x_px, down.y_px - at.y_px)
    return registration.px_per_mm(PagePoint(x, y)), max(across / along, along / across)


def _centre(group: Sequence[FoundFiducial]) -> tuple[float, float]:
    x, y = np.mean([fiducial.corners.mean(axis=0) for fiducial in group], axis=0)
    return float(x), float(y)


def _reading_order(
    centre: tuple[float, float], all_centres: Sequence[tuple[float, float]]
) -> tuple[int, float]:
    """Row, then place in the row; sheets side by side are one row though not quite level."""
    xs, ys = zip(*all_centres, strict=True)
    spread = max(ys) - min(ys)
    level = spread < 0.5 * (max(xs) - min(xs))
    row = 0 if level else sum(y < centre[1] - 0.25 * spread for y in ys)
    return (row, centre[0])
