"""From a page image to one small ink picture per box, on a common scale.

Nothing here decides anything. A patch is a square-grid picture about a box: :data:`CORE`
pixels for the box (geometric mean of its sides) and half a box of surroundings on every
side. Its values are darkness relative to the local paper: 0 paper, 1 no light at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

CORE = 32  # px per box side on the common scale: a 1 mm line in a 4.5 mm bubble is 7 px wide
_LONGEST = 3.0  # a side longer than this many times the mean side is sampled squeezed
_FINEST = 1.5  # source px per patch px above which bilinear sampling would skip pixels
_PAPER_REACH = 3.0  # box sides: a blot smaller than this does not lower the paper level
_CELLS_PER_BOX = 6
_COARSE = 2
_SMOOTH = 4  # patch px per sample of the paper level: light does not change faster
_INK_POINT = 99
_DEAD = 0.1
_FULL = 0.85  # nearly linear, so that blur and scale leave the amount of ink alone
_DIMMEST_LOCAL = 0.85  # printed tint bands behind boxes keep >= 85 % of the paper's light
_NEGATIVE_SHARE = 0.65  # a positive page, even a fully marked one, is never that dark


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of a class of boxes, in source and in patch pixels.

    Attributes:
        width: Box width in image pixels.
        height: Box height in image pixels.
        core_w: Box width in patch pixels.
        core_h: Box height in patch pixels.
        margin: Surroundings on each side, patch pixels.
    """

    width: float
    height: float
    core_w: int
    core_h: int
    margin: int

    @classmethod
    def of(cls, width: float, height: float) -> Shape:
        """The shape of a box of that many image pixels."""
        mean = float(np.sqrt(width * height))
        longest, shortest = CORE * _LONGEST, CORE / _LONGEST
        core_w = round(float(np.clip(CORE * width / mean, shortest, longest)))
        core_h = round(float(np.clip(CORE * height / mean, shortest, longest)))
        return cls(width, height, core_w, core_h, CORE // 2)

    @property
    def patch(self) -> tuple[int, int]:
        """Rows and columns of a patch."""
        return self.core_h + 2 * self.margin, self.core_w + 2 * self.margin


@dataclass(frozen=True, slots=True)
class Page:
    """An image with its paper level.

    Attributes:
        pixels: uint8, shape (H, W, C) with C = 1 or 3; dark ink on light paper.
        paper: uint8, shape (ceil(H / cell), ceil(W / cell), C); light of bare paper.
        cell: Image pixels per paper pixel, across and down.
    """

    pixels: Image
    paper: Image
    cell: tuple[float, float]


def page_of(image: Image, box_side: float, near: Image | None = None) -> Page:
    """Find the paper level of a page by closing over everything smaller than three boxes.

    Args:
        image: uint8, shape (H, W) or (H, W, 3).
        box_side: Typical box side in pixels.
        near: The pixels about the boxes; decides whether the page is a negative.

    Returns:
        The page, turned to dark-on-light where it was a negative.
    """
    pixels = image if image.ndim == 3 else image[:, :, None]
    if pixels.shape[2] == 3 and _is_grey(pixels):
        pixels = np.ascontiguousarray(pixels[:, :, :1])
    if _is_negative(pixels, pixels if near is None else near):
        pixels = 255 - pixels
    cell = max(1.0, box_side / _CELLS_PER_BOX)
    height, width = pixels.shape[:2]
    small_size = (max(1, round(width / cell)), max(1, round(height / cell)))
    coarse = pixels
    if cell >= 2 * _COARSE:  # nine or more samples per cell are plenty for a maximum
        half = (width // _COARSE, height // _COARSE)
        coarse = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_NEAREST), np.uint8)
    small = cv2.resize(coarse, small_size, interpolation=cv2.INTER_AREA)
    reach = 2 * round(_PAPER_REACH * _CELLS_PER_BOX / 2) + 1
    kernel = np.ones((reach, reach), np.uint8)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.blur(closed, (_CELLS_PER_BOX + 1, _CELLS_PER_BOX + 1))
    if paper.ndim == 2:
        paper = paper[:, :, None]
    step = (width / small_size[0], height / small_size[1])
    return Page(pixels, np.asarray(paper, np.uint8), step)


def _is_grey(pixels: Image) -> bool:
    """Whether three channels say the same (looked at on every seventh row and column)."""
    few = pixels[::7, ::7].astype(np.int16)
    return bool(np.abs(few - few[:, :, :1]).max(initial=0) <= 2)


def _is_negative(pixels: Image, near: Image) -> bool:
    """Whether light ink lies on dark paper, both on the whole page and near the boxes."""
    few = pixels[::13, ::13]
    low, high = np.percentile(few, (2, 98))
    if high - low < 60:  # no contrast to tell by
        return False
    middle = (float(low) + float(high)) / 2
    return bool(min((few < middle).mean(), (near < middle).mean()) > _NEGATIVE_SHARE)


def darkness(page: Page, shape: Shape, centres: Floats, sizes: Floats | None = None) -> Floats:
    """Sample the surroundings of boxes as darkness relative to the paper.

    Args:
        page: The page.
        shape: The boxes' common shape.
        centres: float32, shape (N, 2): x, y in image pixels (pixel edges at integers).
        sizes: float32, shape (N, 2): width, height to scale each patch by its own box;
            None scales all by *shape*.

    Returns:
        float32, shape (N, rows, columns), about 0 (paper) to 1 (black).
    """
    rows, columns = shape.patch
    count, channels = len(centres), page.pixels.shape[2]
    if sizes is None:
        sizes = np.tile(np.asarray([[shape.width, shape.height]], np.float32), (count, 1))
    raw = np.empty((count, rows, columns, channels), np.uint8)
    coarse = (-(-rows // _SMOOTH), -(-columns // _SMOOTH))
    paper = np.empty((count, *coarse, channels), np.uint8)
    source, shrunk = _shrunk(page.pixels, min(shape.width, shape.height) / CORE)
    pictures = (
        (raw, source, np.asarray(shrunk), 1),
        (paper, page.paper, np.asarray(page.cell), _SMOOTH),
    )
    for k in range(count):
        scale = sizes[k] / (shape.core_w, shape.core_h)
        corner = centres[k] - scale * (columns / 2, rows / 2)
        for target, picture, step, pace in pictures:
            _sample(picture, corner / step, pace * scale / step, target[k])
    level = np.maximum(paper, 1).astype(np.float32)
    level = level.repeat(_SMOOTH, axis=1)[:, :rows].repeat(_SMOOTH, axis=2)[:, :, :columns]
    lit = raw / level
    light = lit[..., 0].copy()  # the channel in which an ink shows best
    for channel in range(1, channels):
        np.minimum(light, lit[..., channel], out=light)
    near = light[:, ::4, ::4].reshape(count, -1)
    local = np.percentile(near, 90, axis=1).astype(np.float32)
    light /= np.clip(local, _DIMMEST_LOCAL, 1.0)[:, None, None]
    dark = 1.0 - light
    usual = float(np.median(dark[:, ::4, ::4]))  # paper noise lies below its own 90 % point
    if usual < 0.05:
        dark -= max(usual, 0.0)
    return np.asarray(dark, np.float32)


def _shrunk(pixels: Image, ratio: float) -> tuple[Image, tuple[float, float]]:
    """The page averaged down so that patches do not skip pixels; by how much across, down."""
    if ratio <= _FINEST:
        return pixels, (1.0, 1.0)
    height, width = pixels.shape[:2]
    size = (max(1, round(width / ratio)), max(1, round(height / ratio)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    step = (width / size[0], height / size[1])
    return (small if small.ndim == 3 else small[:, :, None]), step


def _sample(picture: Image, corner: Floats, scale: Floats, out: Image) -> None:
    """Fill *out* from *picture*: out pixel (i, j) shows corner + scale * (j + 1/2, i + 1/2)."""
    sx, sy = float(scale[0]), float(scale[1])
    matrix = np.asarray(
        [
            [sx, 0.0, float(corner[0]) + sx / 2 - 0.5],
            [0.0, sy, float(corner[1]) + sy / 2 - 0.5],
        ]
    )
    patch = cv2.warpAffine(
        picture,
        matrix,
        (out.shape[1], out.shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    out[...] = patch if patch.ndim == 3 else patch[:, :, None]


def noise_of(dark: Floats) -> float:
    """Spread of bare paper: from the pixels lighter than the median, 0..1."""
    few = dark[:, ::4, ::4]
    light = few[few <= np.median(few)]
    return float(1.48 * np.median(np.abs(light - light.max()))) if light.size else 0.0


def ink_level(dark: Floats) -> float:
    """How dark print and pen are on this page, 0.3 (faint) to 0.9 (black).

    The 99 % point: outlines cover about a twentieth of the patches.
    """
    return float(np.clip(np.percentile(dark[:, ::4, ::4], _INK_POINT), 0.3, 0.9))


def ink_of(dark: Floats, level: float, noise: float) -> Floats:
    """Share of each pixel covered by ink, 0..1: in proportion, full from 0.85 of the ink level up.

    Args:
        dark: float32 darkness, any shape.
        level: From :func:`ink_level`.
        noise: From :func:`noise_of`; three times as much is still paper.

    Returns:
        float32 of the same shape.
    """
    start = min(max(_DEAD * level, 3.0 * noise), 0.25 * level)
    return np.asarray(np.clip((dark - start) / (_FULL * level - start), 0.0, 1.0), np.float32)
