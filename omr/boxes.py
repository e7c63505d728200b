"""Read the marks of any page whose boxes are given, calibrated on that page alone.

No layout, fiducial or blank original is needed. Per size of box: print is learnt from the
boxes that look blank (:mod:`omr.box_print`), the ink beyond it is measured, and two limits
divide blank | doubtful | marked. The limits start from physical minima (a fine tick, a
speck) and only ever widen the doubt: by the spread of this page's blank boxes, by letters
that no other box explains, by marks much fainter than the page's other marks.
Where no print can be learnt (fewer than three boxes look blank) every box stands alone and
must be plainly empty or plainly full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from omr.box_ink import Floats, Image, Page, Shape, darkness, ink_level, ink_of, noise_of, page_of
from omr.box_letters import usual_in_line, without_letters
from omr.box_print import (
    CENTRE,
    FEWEST,
    Print,
    centring,
    cores_of,
    ellipse,
    learn,
    new_ink,
    spread,
    steepness,
)

SMALLEST_SIDE = 4.0  # px; below, a box has too few pixels to tell ink from its outline
_SAME_SIZE = 1.25  # boxes whose sides differ by less belong to one class

# Shares of a box's inside. A 0.35 mm pen's tick in a 4.5 mm bubble covers 0.08 to 0.12, a
# cross 0.2; specks, and print left over after alignment, under 0.03 (measured).
_BLANK_BELOW = 0.03
_BLANK_AT_MOST = 0.05
_MARKED_FROM = 0.06
_LETTER_FROM = 0.03
_MOST, _TIMES_USUAL = 0.5, 3.0  # a W has 2.5 times the ink of the usual letter (measured)
_FULL = 0.8  # no letter has so much ink; a bold W, blurred, has 0.7 (measured)
_BLANK_AMONG_LETTERS, _TIMES_BLANK = 0.02, 3.0
_ALL_KNOWN = 0.95  # of the light boxes: their letter is seen, or explains all of their ink
_UNLIKE = 1.6  # times the line's usual ink: one letter's varies by 1.25 (measured)
_USUAL, _HEAVIER = 0.99, 1.15  # the light boxes' heaviest letter, and more than it
_FAINT = 0.25  # of the page's usual mark: fainter ones are doubtful
_MANY, _FAINTEST, _SPECK = 8, 0.05, 0.12  # marks; of them; of the ink that those have
_SPREADS_TO_DOUBT, _SPREADS_TO_MARK = 9.0, 10.0
_ALONE_BLANK_BELOW = 0.03
_ALONE_MARKED_FROM = 0.5
_ALONE_COVER = 0.4
_STEEP, _STEEP_LETTERS = 0.45, 0.6  # see steepness(); letters blur into shading first


class BoxMark(StrEnum):
    """Judgement on one box of a foreign page."""

    BLANK = "blank"
    DOUBTFUL = "doubtful"
    MARKED = "marked"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies, in pixels of the image from its top-left corner."""

    id: str
    x: float
    y: float
    w: float
    h: float
    group: str | None = None


@dataclass(frozen=True, slots=True)
class BoxReading:
    """What a box holds.

    Attributes:
        id: The box's id.
        mark: The judgement.
        fill: Share of the box's inside covered by new ink, 0..1.
    """

    id: str
    mark: BoxMark
    fill: float


@dataclass(frozen=True, slots=True)
class _Measured:
    """Ink and limits per box, shape (N,) each; blank < low <= doubtful < high <= marked."""

    ink: Floats
    low: Floats
    high: Floats
    lettered: npt.NDArray[np.bool_]  # whether a printed letter is seen here, and unshaded


def read_boxes(image: Image, boxes: Sequence[Box]) -> list[BoxReading]:
    """Read every box of a page.

    Args:
        image: uint8, shape (H, W) grey or (H, W, 3) colour in any channel order.
        boxes: The boxes; each at least :data:`SMALLEST_SIDE` px a side and inside the image.

    Returns:
        One reading per box, in the order given.

    Raises:
        ValueError: A box is too small or reaches outside the image.
    """
    if not boxes:
        return []
    rects = np.asarray([(b.x, b.y, b.w, b.h) for b in boxes], np.float32)
    _check(image, rects)
    page = page_of(image, float(np.sqrt(np.median(rects[:, 2] * rects[:, 3]))), _near(image, rects))
    classes = _classes(rects[:, 2:])
    shapes = [Shape.of(*(float(v) for v in np.median(rects[c, 2:], axis=0))) for c in classes]
    dark = [darkness(page, s, _centres(rects[c])) for s, c in zip(shapes, classes, strict=True)]
    level = max(ink_level(d) for d in dark)
    ink = np.zeros(len(boxes), np.float32)
    low, high = np.zeros_like(ink), np.zeros_like(ink)
    lettered = np.zeros(len(boxes), np.bool_)
    for shape, members, patches in zip(shapes, classes, dark, strict=True):
        measured = _measure(page, shape, rects[members], patches, level)
        ink[members], low[members], high[members] = measured.ink, measured.low, measured.high
        lettered[members] = measured.lettered
    certain = ink[ink >= high]
    if certain.size:
        high = np.maximum(high, _FAINT * float(np.median(certain)))
    if len(certain) >= _MANY:
        # Beside a letter that is seen, what is little even for the faintest marks is a speck.
        speck = min(_SPECK * float(np.quantile(certain, _FAINTEST)), _BLANK_AT_MOST)
        low = np.where(lettered, np.maximum(low, speck), low)
    return [
        BoxReading(box.id, _judge(*values), round(values[0], 4))
        for box, *values in zip(boxes, ink.tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def _judge(ink: float, low: float, high: float) -> BoxMark:
    if ink < low:
        return BoxMark.BLANK
    return BoxMark.MARKED if ink >= high else BoxMark.DOUBTFUL


def _check(image: Image, rects: Floats) -> None:
    height, width = image.shape[:2]
    if float(rects[:, 2:].min()) < SMALLEST_SIDE:
        raise ValueError(f"a box is smaller than {SMALLEST_SIDE:g} pixels")
    ends = rects[:, :2] + rects[:, 2:]
    if float(rects[:, :2].min()) < 0 or bool((ends > (width + 0.5, height + 0.5)).any()):
        raise ValueError("a box reaches outside the image")


def _centres(rects: Floats) -> Floats:
    return np.asarray(rects[:, :2] + rects[:, 2:] / 2, np.float32)


def _near(image: Image, rects: Floats) -> Image:
    """Pixels on a coarse grid about every box: what the page looks like where it matters."""
    grid = np.linspace(-0.5, 1.5, 13, dtype=np.float32)
    x = (rects[:, 0, None] + grid * rects[:, 2, None]).clip(0, image.shape[1] - 1).astype(int)
    y = (rects[:, 1, None] + grid * rects[:, 3, None]).clip(0, image.shape[0] - 1).astype(int)
    return np.asarray(image[y[:, :, None], x[:, None, :]], np.uint8)


def _classes(sizes: Floats) -> list[npt.NDArray[np.int_]]:
    """Indices of boxes of about one size, the most frequent size first."""
    left = np.ones(len(sizes), np.bool_)
    classes = []
    logs = np.log(sizes)
    while left.any():
        middle = np.median(logs[left], axis=0)
        near = np.abs(logs[left] - middle).sum(axis=1).argmin()
        seed = logs[np.flatnonzero(left)[near]]
        same = left & (np.abs(logs - seed) <= np.log(_SAME_SIZE)).all(axis=1)
        classes.append(np.flatnonzero(same))
        left &= ~same
    return classes


def _measure(page: Page, shape: Shape, rects: Floats, dark: Floats, level: float) -> _Measured:
    """Measure one class of boxes, by its own print or else each box alone."""
    centres = _centres(rects) / (shape.width, shape.height)
    learnt, clean = _learn(shape, dark, level)
    if float(rects[:, 2:].std(axis=0).max()) > 0.03 * float(rects[:, 2:].mean()):
        # Sizes vary: a photo's perspective (scale by box) or careless boxes (do not).
        again, scaled = _learn(shape, darkness(page, shape, _centres(rects), rects[:, 2:]), level)
        if again and (not learnt or _unrest(again) < _unrest(learnt)):
            learnt, clean = again, scaled
    return _alone(shape, clean) if learnt is None else _together(learnt, centres)


def _learn(shape: Shape, dark: Floats, level: float) -> tuple[Print | None, Floats]:
    ink = ink_of(dark, level, noise_of(dark))
    return learn(ink, shape), ink


def _unrest(learnt: Print) -> float:
    return float(np.median(np.abs(learnt.cores[learnt.light] - learnt.template).mean(axis=(1, 2))))


def _together(learnt: Print, centres: Floats) -> _Measured:
    """Limits from the class's own blank boxes, widened where letters are printed."""
    raw = new_ink(learnt.cores, learnt.template, learnt.inside)
    letters = without_letters(learnt, raw, centres, clean=_LETTER_FROM)
    blank = np.sort(letters.left[learnt.light])
    blank = blank[: max(FEWEST, (3 * len(blank)) // 4)]
    middle = float(np.median(blank))
    width = max(0.002, 1.48 * float(np.median(np.abs(blank - middle))))
    high = max(middle + _SPREADS_TO_MARK * width, _MARKED_FROM)
    # letters hide part of a mark, so less has to be enough for a doubt
    low = np.where(letters.about, _BLANK_AMONG_LETTERS, _BLANK_BELOW)
    lows = np.clip(middle + _SPREADS_TO_DOUBT * width, low, _BLANK_AT_MOST)
    # Among letters, shading is a mark, and so is ink beyond a letter known to be there; any
    # other ink may be a letter, until it is more than a letter can have.
    mark = np.maximum(high, _TIMES_BLANK * lows)
    heaviest = _HEAVIER * float(np.quantile(raw[learnt.light], _USUAL)) + _LETTER_FROM
    steep = steepness(learnt.cores) >= _STEEP_LETTERS  # else letters are blots, too
    beyond = letters.verified & (letters.left >= mark) & letters.printed
    usual = float(np.median(raw[learnt.light]))
    most = raw >= min(max(_MOST, _TIMES_USUAL * usual), _FULL)
    shaded = letters.shaded & (raw > heaviest) & steep
    # Where the page's letters are known, none is unlike all others in its row and column.
    explained = letters.verified[learnt.light] | (letters.left[learnt.light] < _LETTER_FROM)
    unlike = np.zeros_like(shaded)
    if letters.printed and float(explained.mean()) >= _ALL_KNOWN:
        asked = np.flatnonzero(shaded & ~(beyond | most))
        unlike[asked] = raw[asked] >= _UNLIKE * usual_in_line(raw, centres, asked)
    dark = shaded & (beyond | most | unlike)
    highs = np.where(dark | (beyond & ~letters.shaded), mark, _FULL)
    highs = np.where(letters.about, highs, high)
    lettered = letters.verified & letters.printed & ~letters.shaded & learnt.found
    bare = (letters.left < lows) & ~letters.shaded & (letters.printed | (raw < lows))
    bare |= lettered & (letters.left < _BLANK_AT_MOST)
    ink = np.where(bare | (beyond & ~dark & ~letters.shaded), letters.left, raw)
    lows[~learnt.found] = 0.0  # no outline, no box: nothing can be said
    highs[~learnt.found] = 2.0
    limits = lows.astype(np.float32), highs.astype(np.float32)
    return _Measured(ink.astype(np.float32), *limits, lettered)


def _alone(shape: Shape, patches: Floats) -> _Measured:
    """Judge each box by its middle, and by ink that breaks the symmetry of an empty outline.

    Without other boxes print and pen cannot be told apart, so only full cover is a mark
    and only a bare, symmetric box is blank.
    """
    cores = cores_of(patches, shape, centring(patches, shape))
    disc, zone = ellipse(shape, CENTRE), ellipse(shape, 0.9)
    middle = cores[:, disc].mean(axis=1)
    cover = np.quantile(cores[:, disc], 0.2, axis=1)  # letters leave more than that bare
    odd = np.empty_like(middle)
    for k, core in enumerate(cores):
        turned = np.stack([core[:, ::-1], core[::-1], core[::-1, ::-1]])
        mirror = np.sort(turned, axis=0)[1]
        odd[k] = np.maximum(core - spread(mirror), 0.0)[zone].mean()
    full = (middle >= _ALONE_MARKED_FROM) & (cover >= _ALONE_COVER) & (steepness(cores) >= _STEEP)
    ink = np.where(full, middle, np.minimum(np.maximum(middle, odd), _ALONE_MARKED_FROM - 0.01))
    low, high = np.full_like(middle, _ALONE_BLANK_BELOW), np.full_like(middle, _ALONE_MARKED_FROM)
    return _Measured(ink.astype(np.float32), low, high, np.zeros(len(ink), np.bool_))
