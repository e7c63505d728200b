"""Printed and found fiducials -> where each sheet lies in the image, or why not (pure)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import FoundFiducial
from omr.geometry import PagePoint, Registration
from omr.layout import Fiducial
from omr.marks import Reason
from omr.once import once_each

# Corners of a flat, evenly fed sheet fit a homography to 0.02 mm; 2 % of local feed slip
# moves a corner by 0.14 mm. Past this the sheet is bent or two sheets are mixed.
MAX_RESIDUAL_MM = 0.35
# Three fiducials cannot show a photograph's tilt but through their own shapes: 0.15 mm of
# residual means that the fourth corner may be 5 mm from where it is expected.
_MAX_RESIDUAL_OF_THREE_MM = 0.25
_EVEN_RESIDUAL_OF_THREE_MM = 0.15
# A flat sheet's four centres are a parallelogram to 0.12 mm (312 virtual scans, 150 to 300
# dpi, 1-bit ones too). More means a photograph's tilt, which the fiducials' own shapes then
# show as well to 0.06 mm, or a fiducial that is not where it was printed: they show nothing.
_PARALLELOGRAM_MM = 0.5
_TILTED_SHAPE_MM = 0.10  # shapes that far from the tilt's: displaced by 3 mm or more
_WRONG_SHAPE_MM = 0.15  # by 4 or 5 mm and more: no bubble can be trusted to be itself
# Both directions of a scan have nearly the same scale; a photograph's tilt changes it more.
MAX_ASPECT = 1.25
# A sheet that fills a photograph tilted by 30 degrees: sides differ up to 2.5 times, but a distance
# by 1.15 times at most from what the mean of its two sides says.
_TILTED_SIDES, _TILTED_DISTANCE = 2.7, 1.25
_MOST_PARTS = 12  # of three sheets in pieces; joining more would take long
MIN_PX_PER_MM = 5.3  # 135 dpi: thin strokes and the QR code need that (reliability: 150 dpi)


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """One sheet's place in an image, found through its fiducials."""

    registration: Registration
    residual_mm: float  # root mean square over the fiducials' corners
    missing: tuple[int, ...]  # fiducials that were not found
    out_of_line: bool  # a fiducial seems to lie where it was not printed


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Fiducials were found, but no trustworthy place follows from them."""

    reason: Reason
    middle: complex  # roughly where the middle between its fiducials lies, px: x + iy
    right: complex  # roughly 1 mm to the right on the sheet, px

    def locate(self, from_middle: complex) -> complex:
        """Roughly where a point lies, px, that is printed *from_middle* (mm: x + iy, y down)."""
        return self.middle + self.right * from_middle


def place_sheets(
    found: Sequence[FoundFiducial], printed: Sequence[Fiducial]
) -> list[SheetPlace | Unplaced]:
    """Sort *found* into sheets and register each, top to bottom and left to right.

    Args:
        found: As from :func:`omr.fiducials.find_fiducials`.
        printed: The layout's fiducials.
    """
    groups = _group(found, printed)
    if any(_is_part(group, printed) for group in groups):
        groups = _regrouped(groups, printed)
    centres = [_centre(group) for group in groups]
    order = sorted(range(len(groups)), key=lambda n: _reading_order(centres[n], centres))
    return [_register(groups[n], printed) for n in order]


def _is_part(group: Sequence[FoundFiducial], printed: Sequence[Fiducial]) -> bool:
    """Whether some of a sheet's fiducials are not in its *group*, and none is there twice."""
    return len({fiducial.marker for fiducial in group}) == len(group) < len(printed)


def _regrouped(
    groups: Sequence[list[FoundFiducial]], printed: Sequence[Fiducial]
) -> list[list[FoundFiducial]]:
    """*groups* with those joined that are parts of one sheet.

    In a tilted photograph one fiducial alone expects the sheet's centre too far off. What
    belongs together is told there by the distances between fiducials, and by how well all of
    them fit a sheet; parts that fit none stay as they are.
    """
    parts = [group for group in groups if _is_part(group, printed)]
    whole = [group for group in groups if not _is_part(group, printed)]
    joined: list[tuple[int, float, tuple[int, ...]]] = []
    for some in _joinable(parts, printed):
        place = _register([fiducial for n in some for fiducial in parts[n]], printed)
        if isinstance(place, SheetPlace) and not place.out_of_line:
            joined.append((len(place.missing), place.residual_mm, some))
        elif len(some) == len(parts):  # nothing else lies there: one sheet, though a bad one
            joined.append((len(printed), 0.0, some))
    left = set(range(len(parts)))
    for _missing, _residual, some in sorted(joined):
        if left.issuperset(some):
            left.difference_update(some)
            whole.append([fiducial for n in some for fiducial in parts[n]])
    return whole + [parts[n] for n in sorted(left)]


def _joinable(
    parts: Sequence[list[FoundFiducial]], printed: Sequence[Fiducial]
) -> Iterator[tuple[int, ...]]:
    """Every choice of parts whose fiducials lie to each other as on one sheet."""
    if len(parts) > _MOST_PARTS:
        return
    on_page = {fiducial.marker: fiducial for fiducial in printed}
    fit = {
        (m, n): all(_may_belong(a, b, on_page) for a in parts[m] for b in parts[n])
        for m, n in combinations(range(len(parts)), 2)
    }
    for count in range(2, len(printed) + 1):
        for some in combinations(range(len(parts)), count):
            if all(fit[pair] for pair in combinations(some, 2)):
                yield some


def _may_belong(a: FoundFiducial, b: FoundFiducial, on_page: Mapping[int, Fiducial]) -> bool:
    """Whether two fiducials may be of one sheet, by their sizes and their distance."""
    if a.marker == b.marker:
        return False
    sides = [math.sqrt(cv2.contourArea(f.corners.astype(np.float32))) for f in (a, b)]
    one, other = on_page[a.marker], on_page[b.marker]
    printed = math.dist((one.centre.x_mm, one.centre.y_mm), (other.centre.x_mm, other.centre.y_mm))
    expected = printed * (sides[0] / one.size_mm + sides[1] / other.size_mm) / 2
    apart = float(np.linalg.norm(a.corners.mean(axis=0) - b.corners.mean(axis=0)))
    return max(sides) < _TILTED_SIDES * min(sides) and (
        expected / _TILTED_DISTANCE < apart < expected * _TILTED_DISTANCE
    )


def _register(group: Sequence[FoundFiducial], printed: Sequence[Fiducial]) -> SheetPlace | Unplaced:
    markers = [fiducial.marker for fiducial in group]
    if len(markers) < 3 or len(set(markers)) < len(markers):
        return _unplaced(Reason.REGISTRATION, group, printed)
    on_page = _expected(printed).corners
    page = np.concatenate([on_page[marker] for marker in markers])
    image = np.concatenate([fiducial.corners for fiducial in group])
    registration = _fit(page, image, whole=len(markers) == len(printed))
    if registration is None:
        return _unplaced(Reason.REGISTRATION, group, printed)
    if registration.mirrored:
        return _unplaced(Reason.MIRRORED, group, printed)
    scale, aspect = _scales(registration, printed)
    residual = _residual_px(registration, page, image) / scale
    whole = len(markers) == len(printed)
    limit = MAX_RESIDUAL_MM if whole else _MAX_RESIDUAL_OF_THREE_MM
    if residual > limit or aspect > MAX_ASPECT:
        return _unplaced(Reason.REGISTRATION, group, printed)
    out_of_line = residual > _EVEN_RESIDUAL_OF_THREE_MM
    if whole:
        shapes = _shapes(page.reshape(-1, 4, 2), image.reshape(-1, 4, 2), scale)
        if shapes.wrong:
            return _unplaced(Reason.REGISTRATION, group, printed)
        out_of_line = shapes.doubtful
    if scale < MIN_PX_PER_MM:
        return _unplaced(Reason.LOW_RESOLUTION, group, printed)
    missing = tuple(sorted(set(on_page) - set(markers)))
    return SheetPlace(registration, residual, missing, out_of_line)


def _unplaced(
    reason: Reason, group: Sequence[FoundFiducial], printed: Sequence[Fiducial]
) -> Unplaced:
    expected = _expected(printed)
    seen = [_middle_seen_by(fiducial, expected) for fiducial in group]
    at, right = np.mean(seen, axis=0)
    return Unplaced(reason, complex(at), complex(right))


@dataclass(frozen=True, slots=True)
class _Shapes:
    """How the four fiducials' own shapes agree with where they lie to each other."""

    skewed_mm: float  # how far their centres are from a parallelogram's corners
    flat_mm: float  # how far their shapes are from those on a flat sheet, root mean square
    tilted_mm: float  # ... and from those on a sheet that is tilted as its centres say

    @property
    def doubtful(self) -> bool:
        """Whether a fiducial may lie where it was not printed."""
        nearer = self.tilted_mm > min(self.flat_mm, _TILTED_SHAPE_MM)
        return self.skewed_mm > _PARALLELOGRAM_MM and nearer

    @property
    def wrong(self) -> bool:
        """Whether one surely does, and far."""
        return self.doubtful and self.tilted_mm > max(self.flat_mm, _WRONG_SHAPE_MM)


def _shapes(page: NDArray[np.float64], image: NDArray[np.float64], px_per_mm: float) -> _Shapes:
    """Compare shapes: *page* mm and *image* px, (4, 4, 2), fiducials and their corners.

    Any four centres fit a homography, so they say nothing about themselves. Its 8 unknowns
    come from them alone here; the fiducials' 24 other numbers then tell whether it is right.
    """
    order = np.argsort(np.arctan2(*(page.mean(axis=1) - page.mean(axis=(0, 1))).T))
    page, image = page[order], image[order]
    on_page, in_image = page.mean(axis=1), image.mean(axis=1)
    shapes = image - in_image[:, None]
    around = np.linalg.norm(in_image[0] - in_image[1] + in_image[2] - in_image[3])
    if around <= _PARALLELOGRAM_MM * px_per_mm:  # as nearly always: no other number matters
        return _Shapes(float(around) / px_per_mm, 0.0, 0.0)
    terms = np.column_stack([on_page, np.ones(4)])
    affine = np.linalg.lstsq(terms, in_image, rcond=None)[0][:2]
    flat = (page - on_page[:, None]) @ affine
    matrix = cv2.getPerspectiveTransform(on_page.astype(np.float32), in_image.astype(np.float32))
    tilted = cv2.perspectiveTransform(page.reshape(-1, 1, 2), matrix).reshape(4, 4, 2)
    tilted = tilted - tilted.mean(axis=1, keepdims=True)

    def apart(expected: NDArray[np.floating]) -> float:
        # Swollen print makes all fiducials larger alike, and says nothing about their place.
        swollen = np.sum(shapes * expected) / np.sum(expected**2)
        off = np.sum((shapes - swollen * expected) ** 2, axis=-1)
        return float(np.sqrt(np.mean(off))) / px_per_mm

    return _Shapes(float(around) / px_per_mm, apart(flat), apart(tilted))


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
    known = _expected(printed)
    reach_mm = known.reach_mm
    groups: list[tuple[NDArray[np.float64], float, list[FoundFiducial]]] = []
    for fiducial in found:
        at, right = _middle_seen_by(fiducial, known)
        expected, scale = np.array([at.real, at.imag]), abs(right)
        for index, (centre, px_per_mm, members) in enumerate(groups):
            near = math.dist(centre, expected) < reach_mm * max(scale, px_per_mm)
            if near and 0.7 * px_per_mm < scale < 1.4 * px_per_mm:
                members.append(fiducial)
                count = len(members)
                groups[index] = (centre + (expected - centre) / count, px_per_mm, members)
                break
        else:
            groups.append((expected, scale, [fiducial]))
    return [members for _centre_px, _scale, members in groups]


@dataclass(frozen=True, slots=True)
class _Expected:
    """What follows from where a form's fiducials are printed."""

    middle: NDArray[np.float64]  # (2,) between them, mm
    reach_mm: float  # those whose sheets' middles are nearer are of one sheet
    corners: Mapping[int, NDArray[np.float64]]  # by marker, (4, 2) mm: clockwise from top left
    to_middle: Mapping[int, complex]  # by marker, from its centre, mm
    weights: Mapping[int, NDArray[np.complex128]]  # (4,) of corners in the turn that they show


@once_each
def _expected(printed: Sequence[Fiducial]) -> _Expected:
    centres = np.array([[f.centre.x_mm, f.centre.y_mm] for f in printed], np.float64)
    middle = centres.mean(axis=0)
    corners = {f.marker: _printed_corners(f) for f in printed}
    points = {marker: _complex(places) for marker, places in corners.items()}
    spread = {marker: places - places.mean() for marker, places in points.items()}
    return _Expected(
        middle=middle,
        reach_mm=0.3 * float(np.ptp(centres, axis=0).min()),
        corners=corners,
        to_middle={marker: complex(_complex(middle) - z.mean()) for marker, z in points.items()},
        weights={marker: z.conj() / (z.conj() @ z).real for marker, z in spread.items()},
    )


def _middle_seen_by(found: FoundFiducial, expected: _Expected) -> tuple[complex, complex]:
    """Where one fiducial alone expects its sheet's middle, and 1 mm to the right; px.

    The least-squares similarity over its four corners, in complex numbers.
    """
    image = _complex(found.corners)
    in_image = complex(image.sum() / 4)
    turn = complex(expected.weights[found.marker] @ image)  # the weights' sum is zero
    return in_image + turn * expected.to_middle[found.marker], turn


def _complex(points: NDArray[np.float64]) -> NDArray[np.complex128]:
    return np.asarray(points[..., 0] + 1j * points[..., 1])


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
    off = cv2.perspectiveTransform(page.reshape(-1, 1, 2), matrix).reshape(-1, 2) - image
    return math.sqrt(float(off.ravel() @ off.ravel()) / len(off))


def _scales(registration: Registration, printed: Sequence[Fiducial]) -> tuple[float, float]:
    """The scale at the sheet's middle, px/mm, and how unequal its two directions are."""
    x, y = _expected(printed).middle.tolist()
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
