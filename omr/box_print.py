"""What is printed in and about the boxes of one page, learnt from the page itself.

The boxes of a class are slid onto each other, and what the lighter ones share is print
(*template*). Ink that the template does not explain is *new*. Letters and digits differ
from box to box; a box's own letter counts as print only when other boxes show the same.
The idea of counting only what a blank template lacks is VotingWorks' (vxsuite, README).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from omr.box_ink import Floats, Shape

Bools = npt.NDArray[np.bool_]

RIM = 4  # patch px kept about the box when boxes are compared
FEWEST = 3  # light boxes needed to learn a template
_REACH = 0.22  # a printed outline is sought this many box sides away, no further
_HALF = 2  # alignment works on half the scale
_STIFFNESS = 0.15  # share of the best match that a shift by the full reach must earn
_ROUNDS, _FINE_ROUNDS = 4, 3
CENTRE = 0.5  # radius, in half boxes, that is clear of outlines even when a box sits askew
_LIGHT_BAND = 0.2  # printed letters cover up to this share of a box's middle (measured)
_LIGHTEST_AT_MOST = 0.3  # a template whose middle is darker is no blank box
BARE = 0.1  # print leaves bare paper between its strokes; shading does not
_LETTER_BARE = 0.3  # even a W in 1.5 mm at 100 dpi leaves 0.38, a filled box 0.22 (measured)
_ENOUGH = 64  # boxes to learn a template from; more change nothing but the time
_SHARED = 0.3  # template: the ink that all but 30 % of the light boxes reach
_OUTLINE = 0.35
_OUTLINE_THERE = 0.8  # of its ink, or the box is not what the others are
_SMALLEST_INSIDE = 0.05  # of the box; a smaller enclosed patch is no inside


@dataclass(frozen=True, slots=True)
class Print:
    """What a class of boxes has printed.

    Attributes:
        cores: float32, shape (N, rows, columns): ink of each box and its rim, in register.
        template: float32, shape (rows, columns): ink that blank boxes share.
        inside: bool, shape (rows, columns): where new ink is counted.
        light: bool, shape (N,): boxes the template was learnt from.
        found: bool, shape (N,): boxes whose outline is where the template has it.
        shifts: int, shape (N, 2): rows, columns each box was moved, patch px.
    """

    cores: Floats
    template: Floats
    inside: Bools
    light: Bools
    found: Bools
    shifts: npt.NDArray[np.int_]


def ellipse(shape: Shape, radius: float) -> Bools:
    """Pixels of a core within *radius* half boxes of the middle; shape as a core."""
    rows = (np.arange(shape.core_h + 2 * RIM) + 0.5 - RIM) / shape.core_h * 2 - 1
    columns = (np.arange(shape.core_w + 2 * RIM) + 0.5 - RIM) / shape.core_w * 2 - 1
    return np.asarray(rows[:, None] ** 2 + columns[None, :] ** 2 <= radius**2)


def cores_of(patches: Floats, shape: Shape, shifts: npt.NDArray[np.int_], rim: int = RIM) -> Floats:
    """Cut every box and its rim out of its patch, moved by *shifts* (rows, columns)."""
    rows, columns = shape.core_h + 2 * rim, shape.core_w + 2 * rim
    start = shape.margin - rim + shifts
    i = start[:, 0, None, None] + np.arange(rows)[None, :, None]
    j = start[:, 1, None, None] + np.arange(columns)[None, None, :]
    return np.asarray(patches[np.arange(len(patches))[:, None, None], i, j], np.float32)


def _clearest(patches: Floats, shape: Shape) -> Floats:
    """Ink in the clearest spot near each box's middle, wherever its outline is; shape (N,).

    The spot is 0.4 boxes wide and lies within the reach of the alignment.
    """
    half = _halved(patches)
    spot = (max(1, round(0.4 * shape.core_h / _HALF)), max(1, round(0.4 * shape.core_w / _HALF)))
    count, rows, columns = half.shape
    sums = np.zeros((count, rows + 1, columns + 1), np.float32)
    sums[:, 1:, 1:] = half.cumsum(axis=1).cumsum(axis=2)
    i0, j0 = (rows - spot[0]) // 2, (columns - spot[1]) // 2
    reach_i, reach_j = round(_REACH * shape.core_h / _HALF), round(_REACH * shape.core_w / _HALF)
    i = np.arange(i0 - reach_i, i0 + reach_i + 1)[:, None]
    j = np.arange(j0 - reach_j, j0 + reach_j + 1)[None, :]
    ink = sums[:, i + spot[0], j + spot[1]] - sums[:, i, j + spot[1]]
    ink += sums[:, i, j] - sums[:, i + spot[0], j]
    return np.asarray(ink.min(axis=(1, 2)) / (spot[0] * spot[1]), np.float32)


def shaded(pixels: Floats) -> Bools:
    """Whether ink leaves less bare paper than print would; (N, P) ink per pixel -> (N,)."""
    return np.asarray((pixels < BARE).mean(axis=1) < _LETTER_BARE)


def steepness(pictures: Floats) -> float:
    """The usual steepest edge, ink per patch pixel: blur makes blots of letters.

    Sharp letters and outlines have 0.6 to 1, blots 0.5 and less (measured).
    """
    return float(np.median(np.abs(np.diff(pictures, axis=2)).max(axis=(1, 2))))


def learn(patches: Floats, shape: Shape) -> Print | None:
    """Find what blank boxes share.

    Args:
        patches: float32 ink, shape (N, rows, columns) as sampled.
        shape: The class's shape.

    Returns:
        The print, or None where fewer than :data:`FEWEST` boxes look blank enough.
    """
    clear = _clearest(patches, shape)
    lightest = float(np.sort(clear)[int(0.03 * len(clear))])
    unmoved = cores_of(patches, shape, np.zeros((len(patches), 2), np.int_))
    light = (clear <= lightest + _LIGHT_BAND) & ~shaded(unmoved[:, ellipse(shape, CENTRE)])
    if lightest > _LIGHTEST_AT_MOST or int(light.sum()) < FEWEST:
        return None
    shifts = _align(patches, shape, light)
    cores = cores_of(patches, shape, shifts)
    template = _shared(cores[_some(light)])
    region = _region(template, shape)
    # What boxes share inside their outline is left to omr.box_letters, which asks for proof
    # that it is print: hands, too, mark every box of a page alike.
    deep = cv2.erode(region.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    template[deep] = 0.0
    return Print(cores, template, region, light, _outline_found(cores, template), shifts)


def _outline_found(cores: Floats, template: Floats) -> Bools:
    """Whether most of the printed outline is there; all True where none is printed."""
    outline = template > _OUTLINE
    if not outline.any():
        return np.ones(len(cores), np.bool_)
    there = np.minimum(spread(cores)[:, outline], template[outline]).sum(axis=1)
    return np.asarray(there >= _OUTLINE_THERE * template[outline].sum())


def _align(patches: Floats, shape: Shape, light: Bools) -> npt.NDArray[np.int_]:
    """Whole-pixel shifts that lay the boxes' outlines on each other, shape (N, 2)."""
    half = _halved(patches)
    rows, columns = half.shape[1:]
    reach_i = round(_REACH * shape.core_h / _HALF)
    reach_j = round(_REACH * shape.core_w / _HALF)
    i = np.arange(-reach_i, reach_i + 1)
    j = np.arange(-reach_j, reach_j + 1)
    away = (i[:, None] / max(reach_i, 1)) ** 2 + (j[None, :] / max(reach_j, 1)) ** 2
    edge = (shape.margin - RIM) // _HALF
    window = np.zeros((rows, columns), np.float32)
    window[edge : rows - edge, edge : columns - edge] = 1.0
    spectra = np.fft.rfft2(half)
    shifts = np.zeros((len(half), 2), np.int_)
    home = np.zeros(2)
    some = _some(light)
    for _ in range(_ROUNDS):
        moved = _rolled(half[some], shifts[some] // _HALF)
        shared = _shared(moved)
        if float(shared.max()) < 0.1:  # scattered outlines wash out at first
            shared = moved.mean(axis=0)
        pattern = window * (shared - float((shared * window).sum() / window.sum()))
        match = np.fft.irfft2(spectra * np.conj(np.fft.rfft2(pattern)), s=(rows, columns))
        match = match[:, i % rows][:, :, j % columns]
        best = np.maximum(match.max(axis=(1, 2)), 1e-6)[:, None, None]
        drift = ((i - home[0])[:, None] / max(reach_i, 1)) ** 2 + (
            (j - home[1])[None, :] / max(reach_j, 1)
        ) ** 2
        score = match - _STIFFNESS * best * np.minimum(drift, 2.0)
        score[:, away > 2] = -np.inf
        flat = score.reshape(len(half), -1).argmax(axis=1)
        found = np.stack([i[flat // len(j)], j[flat % len(j)]], axis=1)
        shifts = found * _HALF
        home = np.median(found[light], axis=0)
    return _refine(patches, shape, shifts, some)


def _refine(
    patches: Floats, shape: Shape, shifts: npt.NDArray[np.int_], some: npt.NDArray[np.int_]
) -> npt.NDArray[np.int_]:
    """Move each box by at most one more pixel each way and round, to full resolution."""
    most = shape.margin - RIM - 1
    for _ in range(_FINE_ROUNDS):
        pattern = _shared(cores_of(patches[some], shape, shifts[some]))
        pattern -= pattern.mean()
        shifts = shifts.clip(-most, most)
        rows, columns = pattern.shape
        match = np.empty((len(patches), 3, 3), np.float32)
        seen = cores_of(patches, shape, shifts, rim=RIM + 1)
        for i, j in np.ndindex(3, 3):
            match[:, i, j] = np.einsum("nij,ij->n", seen[:, i : i + rows, j : j + columns], pattern)
        match[:, 1, 1] += 1e-4 * np.abs(match[:, 1, 1])  # no move where all are equal
        best = match.reshape(len(patches), 9).argmax(axis=1)
        refined = shifts + np.stack(np.divmod(best, 3), axis=1) - 1
        settled = bool((refined == shifts).all())
        shifts = refined
        if settled:
            break
    return shifts


def _some(light: Bools) -> npt.NDArray[np.int_]:
    """Up to :data:`_ENOUGH` of the light boxes, spread over the page."""
    all_of_them = np.flatnonzero(light)
    if len(all_of_them) <= _ENOUGH:
        return all_of_them
    # by lot: steps would fall in with the page's columns and pick one letter over and over
    return np.sort(np.random.default_rng(0).choice(all_of_them, _ENOUGH, replace=False))


def _shared(pictures: Floats) -> Floats:
    """The ink that most of the pictures reach, pixel by pixel."""
    return np.asarray(np.quantile(pictures, _SHARED, axis=0), np.float32)


def _halved(pictures: Floats) -> Floats:
    """Pictures of half the scale, each pixel the mean of four."""
    even = pictures[:, : pictures.shape[1] // 2 * 2, : pictures.shape[2] // 2 * 2]
    total = even[:, ::2, ::2] + even[:, 1::2, ::2] + even[:, ::2, 1::2] + even[:, 1::2, 1::2]
    return np.asarray(total / 4, np.float32)


def centring(patches: Floats, shape: Shape) -> npt.NDArray[np.int_]:
    """Shifts that put each box's outline in the middle, by its own symmetry, shape (N, 2)."""
    shifts = np.zeros((len(patches), 2), np.int_)
    cores = cores_of(patches, shape, shifts)
    reach = (round(2 * _REACH * shape.core_h), round(2 * _REACH * shape.core_w))
    i = np.arange(-reach[0], reach[0] + 1)
    j = np.arange(-reach[1], reach[1] + 1)
    away = (i[:, None] / reach[0]) ** 2 + (j[None, :] / reach[1]) ** 2
    for box, core in enumerate(cores):
        padded = cv2.copyMakeBorder(
            core, reach[0], reach[0], reach[1], reach[1], cv2.BORDER_CONSTANT, value=0.0
        )
        turned = np.ascontiguousarray(core[::-1, ::-1])
        match = cv2.matchTemplate(padded, turned, cv2.TM_CCORR)
        match = match - _STIFFNESS * float(match.max()) * away
        row, column = divmod(int(match.argmax()), match.shape[1])
        shifts[box] = round(int(i[row]) / 2), round(int(j[column]) / 2)
    return shifts


def _rolled(pictures: Floats, shifts: npt.NDArray[np.int_]) -> Floats:
    """Each picture moved back by its shift (wrapping: margins are wider than any shift)."""
    rows, columns = pictures.shape[1:]
    i = (np.arange(rows)[None, :] + shifts[:, :1]) % rows
    j = (np.arange(columns)[None, :] + shifts[:, 1:]) % columns
    moved = pictures[np.arange(len(pictures))[:, None, None], i[:, :, None], j[:, None, :]]
    return np.asarray(moved, np.float32)


def _region(template: Floats, shape: Shape) -> Bools:
    """What the printed outline encloses, without it; else (no outline) the middle."""
    printed = template > _OUTLINE
    _, labels = cv2.connectedComponents((~printed).astype(np.uint8), connectivity=4)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    outside = np.isin(labels, border) & ~printed
    _, parts = cv2.connectedComponents((~outside).astype(np.uint8), connectivity=4)
    centre = parts[template.shape[0] // 2, template.shape[1] // 2]
    if centre:
        filled = (parts == centre).astype(np.uint8)
        depth = np.floor(cv2.distanceTransform(filled, cv2.DIST_L2, 5)).astype(int)
        # the outline ends at the depth where most is paper; strokes that cross it do not count
        thick = next((d for d in range(1, depth.max()) if not _mostly(printed[depth == d])), 1)
        enclosed = depth > thick
        if int(enclosed.sum()) >= _SMALLEST_INSIDE * shape.core_w * shape.core_h:
            return np.asarray(enclosed)
    return ellipse(shape, 0.7)


def _mostly(pixels: Bools) -> bool:
    return bool(pixels.size) and float(pixels.mean()) > 0.5


def spread(picture: Floats) -> Floats:
    """Grow ink by one pixel, so that print a fraction of a pixel askew is still print."""
    kernel = np.ones((3, 3), np.uint8)
    if picture.ndim == 2:
        return np.asarray(cv2.dilate(picture, kernel), np.float32)
    tall = cv2.dilate(picture.reshape(-1, picture.shape[2]), kernel)
    return np.asarray(tall, np.float32).reshape(picture.shape)  # rims keep boxes apart


def new_ink(cores: Floats, template: Floats, inside: Bools) -> Floats:
    """Share of the inside's bare paper that carries ink, shape (N,), 0..1."""
    grown = spread(template)[inside]
    room = float((1.0 - grown).sum())
    return np.asarray(np.maximum(cores[:, inside] - grown, 0.0).sum(axis=1) / room, np.float32)
