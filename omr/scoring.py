"""What there is to see in and around each bubble of a registered sheet (pure).

Measures only; :mod:`omr.judging` decides what it means. All darkness is relative to the
sheet itself: 0 is its paper beside the bubble, 1 the black of its fiducials.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, overload

import numpy as np

from omr.bilevel import is_bilevel, is_thresholded
from omr.discs import discs_of, ring_reach
from omr.fiducials import GreyImage
from omr.field import ZONE_MM, Frame, Light, field_of, frame_of
from omr.geometry import Registration
from omr.ink_objects import trace
from omr.layout import Bubble, Layout
from omr.medians import median
from omr.once import once_each
from omr.outline import settle_offsets
from omr.sampling import Floats, Samples, local_maps, samples_at
from omr.shades import Shades
from omr.surfaces import TERMS, fit_surface
from omr.views import PageViews

PX_PER_MM = 8.0  # samples in which outlines are looked for
_DISC_PX_PER_MM = 5.5  # ... and of what lies inside; a 0.3 mm stroke is 1.7 samples wide
_RING_PX_PER_MM = 3.5  # ... and of the clear ring when all that is asked for is its paper
HALF_SIDE_MM = 4.0  # a patch in which the outline is looked for reaches so far from the centre
_AROUND = np.mgrid[-1:2, -1:2].reshape(2, 9)  # rows and columns round a pixel
_PAPER_SPREAD = 2.0  # grey levels between neighbouring bubbles of an even sheet
# A sample is ink from five times the paper's own scatter on, but at least a light pencil's
# 0.12 and at most 0.30, which every ball pen passes.
_INK_FACTOR, _LEAST_INK, _MOST_INK = 5.0, 0.12, 0.30


@dataclass(frozen=True, slots=True)
class BubbleMeasure:
    """What one bubble looks like. Shares and darknesses run from 0 to 1."""

    question: str
    option: str
    darkness: float  # mean over the inside, the page's blank bubbles taken off ...
    coverage: float  # ... and share of the inside that is ink; both without others' ink
    own: float  # of the ink inside, the share that does not belong to another bubble
    peak: float  # darkness of the darkest ink inside, over a stroke's width
    outside: float  # share of the clear ring just outside the outline that is ink
    beside: float  # ... in which there is any trace of ink, others' ink left out
    zone: float  # how far apart the ends of its largest trace, in or just outside, are ...
    whole: float  # of its own ink inside, the share in one piece
    arms: float  # share of the directions in which that piece ends well outside the bubble
    extent: float  # ... and those of its ink inside; shares of the diameter
    ring: float  # share of the directions in which there is ink round it, outside all bubbles
    loose: float  # ... ink that hardly enters any bubble
    straight: float  # 1 if the inside's ink is one straight line, else 0
    leaves: float  # how far beyond the outline that line goes, share of the diameter ...
    enters: float  # ... and on its shorter side
    bend: float  # share of that line's piece of ink nearby which lies off the line
    aligned: float  # 1 if that line goes on in another bubble, else 0
    hidden: float  # 1 if it comes out of print again, 0.5 if it may go on under it, else 0
    length: float  # how far apart the ends of its piece are, in diameters / 10
    share: float  # of the ink that its piece leaves in any two bubbles, the part in this one
    below: float  # 1 if that other bubble is further down on the sheet, else 0
    cut: float  # 1 if its piece touches print, and may go on under it, else 0
    home: float  # of all ink of that piece, the part in this bubble ...
    housed: float  # ... and in and just around any bubbles: of a stray line or a seal little
    depth: float  # how far below its middle its own ink reaches inside, share of the radius
    faint: float  # share of its middle with a trace of anything, however light
    shown: float  # of its printed outline's least visible quarter, as on most of the sheet's: 1
    paper: float  # grey level of the paper here, 0 to 255


_SETTERS = tuple(getattr(BubbleMeasure, field.name).__set__ for field in fields(BubbleMeasure))


def measures_of(*columns: Sequence[Any]) -> tuple[BubbleMeasure, ...]:
    """Many measures at once: *columns* of as many values, in the order of the fields.

    A frozen class checks every value that it is given; its slots, filled column by column,
    take a third of that time.
    """
    made = tuple(BubbleMeasure.__new__(BubbleMeasure) for _ in columns[0])
    for fill, values in zip(_SETTERS, columns, strict=True):
        deque(map(fill, made, values), maxlen=0)
    return made


class BubbleColumns(Sequence[BubbleMeasure]):
    """The measures of many bubbles, column by column; made into objects when one is asked for."""

    __slots__ = ("_made", "names", "numbers")

    def __init__(self, names: tuple[tuple[str, ...], tuple[str, ...]], numbers: Floats) -> None:
        """Of so many bubbles.

        Args:
            names: Their questions, and their options.
            numbers: (m, n) the other fields of :class:`BubbleMeasure`, in their order.
        """
        self.names, self.numbers = names, numbers
        self._made: tuple[BubbleMeasure, ...] | None = None

    def _all(self) -> tuple[BubbleMeasure, ...]:
        if self._made is None:
            self._made = measures_of(*self.names, *self.numbers.tolist())
        return self._made

    @overload
    def __getitem__(self, at: int) -> BubbleMeasure: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[BubbleMeasure, ...]: ...
    def __getitem__(self, at: int | slice) -> BubbleMeasure | tuple[BubbleMeasure, ...]:
        return self._all()[at]

    def __len__(self) -> int:
        return len(self.names[0])

    def __iter__(self) -> Iterator[BubbleMeasure]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())


@dataclass(frozen=True, slots=True)
class SheetMeasure:
    """Everything measured on one sheet; enough to judge it again without the image."""

    bubbles: Sequence[BubbleMeasure]
    noise: float  # spread of darkness over bubbles that look blank
    contrast: float  # paper minus black, grey levels
    bent_mm: float  # how far the outlines lie from where the fiducials put them, at most
    outlines_found: float  # share of bubbles whose printed outline was seen
    bilevel: bool  # a scanner or fax decided what is black and what is white


def measure(grey: GreyImage, registration: Registration, layout: Layout) -> SheetMeasure:
    """Measure every bubble of *layout* on the sheet that lies at *registration*.

    Args:
        grey: Shape (h, w), uint8.
        registration: Page to image.
        layout: The sheet's layout.
    """
    known = _known_of(layout)
    printed, radius = known.centres_mm, known.radius_mm
    black = _black_level(grey, registration, known.borders_mm)

    maps = local_maps(registration, printed)
    clear = discs_of(radius, ring_reach(radius, _RING_PX_PER_MM), _RING_PX_PER_MM).ring_mm
    light = _light_on(samples_at(grey, maps, clear), printed)
    paper = light.at_bubbles
    shades = Shades.between(paper, black)
    first = PageViews(grey, maps, round(HALF_SIDE_MM * PX_PER_MM), PX_PER_MM)
    settled = settle_offsets(first, printed, radius, PX_PER_MM, shades, known.fiducials_mm)
    maps = local_maps(registration, printed + settled.offsets_mm)

    discs = discs_of(radius, ring_reach(radius, _DISC_PX_PER_MM), _DISC_PX_PER_MM)
    samples = samples_at(grey, maps, discs.both_mm)
    inner = discs.inside_mm.shape[1]  # samples lie inside, and then those of the ring
    raw = shades.mean_dark(samples, inner)
    blank, noise = _blank_population(raw)
    pale = raw <= median(raw)
    ink = float(np.clip(_INK_FACTOR * shades.scatter(samples, inner, pale), _LEAST_INK, _MOST_INK))
    below = shades.lightest_ink(ink)
    field = field_of(
        grey,
        registration,
        known.frame,
        printed,
        settled,
        light,
        black,
        pale,
    )
    found = trace(field)
    around_mm2 = np.pi * ((radius + ZONE_MM) ** 2 - radius**2)
    shares = (  # in the order of BubbleMeasure's fields
        (raw - blank) * found.own,
        _share_below(samples, slice(inner), below) * found.own,
        found.own,
        found.peak,
        _share_below(samples, slice(inner, None), below),
        found.beside_mm2 / around_mm2,
        found.zone_mm / (2 * radius),
        found.whole,
        found.arms,
        found.lines.extent_mm / (2 * radius),
        found.ring,
        found.loose,
        found.lines.straight,
        found.lines.leaves_mm / (2 * radius),
        found.lines.enters_mm / (2 * radius),
        found.lines.bend,
        found.lines.aligned,
        found.lines.hidden,
        found.length_mm / (20 * radius),
        found.share,
        found.below,
        found.cut,
        found.home,
        found.housed,
        found.depth_mm / radius,
        field.faint,
        settled.shown,
    )
    numbers = np.empty((len(shares) + 1, len(paper)))
    np.clip(np.array(shares, np.float64), 0.0, 1.0, out=numbers[:-1])
    numbers[-1] = paper
    contrast = median(paper) - black
    return SheetMeasure(
        BubbleColumns(known.names, numbers),
        noise,
        contrast,
        settled.largest_mm,
        settled.share_found,
        is_bilevel(grey) or is_thresholded(grey, median(paper)),
    )


def _share_below(samples: Samples, which: slice, levels: Samples) -> Floats:
    """The share of *which* of each row of *samples* (n, m) that is darker than its level, (n,)."""
    from omr import loops_shades as loops  # noqa: PLC0415 - numba, which only measuring needs

    found = np.empty(len(samples))
    first, end, _step = which.indices(samples.shape[1])
    loops.shares_below(samples, first, end, levels, found)
    return found


def _black_level(grey: GreyImage, registration: Registration, borders_mm: Floats) -> float:
    """The grey level of solid print: the median over the fiducials' black borders."""
    height, width = grey.shape
    columns, rows = np.rint(local_maps(registration, borders_mm)[:, :, 2]).astype(np.int64).T
    within = (rows >= 1) & (rows < height - 1) & (columns >= 1) & (columns < width - 1)
    if not within.any():
        return 0.0
    around = grey[rows[within, None] + _AROUND[0], columns[within, None] + _AROUND[1]]
    return median(around.mean(axis=1))


def _light_on(ring: Samples, centres_mm: Floats) -> Light:
    """The paper's grey level: at every bubble the middle of its clear ring (n, m).

    Where a mark fills the ring as well the level would be the ink's. Light varies smoothly
    over a sheet, even under a lamp, so a level far below its surroundings takes theirs.
    """
    from omr import loops_shades as loops  # noqa: PLC0415 - numba, which only measuring needs

    levels = np.empty(len(ring))
    loops.medians(ring, levels)
    surface = None
    smooth = np.full_like(levels, median(levels))
    if len(levels) >= 2 * TERMS:
        surface = fit_surface(centres_mm, levels[:, None], least_spread=_PAPER_SPREAD)
        smooth = surface.at(centres_mm)[:, 0]
    return Light(np.where(levels < 0.9 * smooth, smooth, levels), surface)


def _blank_population(raw: Floats) -> tuple[float, float]:
    """Typical darkness of blank bubbles and its spread (robust sigma).

    On every form of ours most bubbles stay blank: each question has at least two and at
    most one mark, so the lower 60 % of a sheet's bubbles are blank ones.
    """
    lower = np.sort(raw)[: max(3, int(0.6 * len(raw)))]
    middle = median(lower)
    spread = 1.4826 * median(np.abs(lower - middle))
    return middle, spread


@dataclass(frozen=True, slots=True)
class _Known:
    """What is the same on every sheet of a layout; bubbles in the order of measuring."""

    names: tuple[tuple[str, ...], tuple[str, ...]]  # questions, options
    centres_mm: Floats  # (n, 2)
    radius_mm: float
    fiducials_mm: Floats  # (k, 2)
    borders_mm: Floats  # (m, 2) in the middle of their black borders
    frame: Frame


@once_each
def _known_of(layout: Layout) -> _Known:
    places = bubbles_of(layout)
    centres = np.array([(b.centre.x_mm, b.centre.y_mm) for _, b in places])
    radius = float(np.median([b.diameter_mm for _, b in places])) / 2
    borders = []
    for fiducial in layout.fiducials:
        reach = fiducial.size_mm / 2 - fiducial.size_mm / 12  # middle of the border cell
        x, y = fiducial.centre.x_mm, fiducial.centre.y_mm
        borders += [(x - reach, y), (x + reach, y), (x, y - reach), (x, y + reach)]
    return _Known(
        names=(tuple(question for question, _ in places), tuple(b.option for _, b in places)),
        centres_mm=centres,
        radius_mm=radius,
        fiducials_mm=np.array(
            [(f.centre.x_mm, f.centre.y_mm) for f in layout.fiducials], np.float64
        ).reshape(-1, 2),
        borders_mm=np.array(borders, np.float64).reshape(-1, 2),
        frame=frame_of(layout, centres, radius),
    )


def bubbles_of(layout: Layout) -> list[tuple[str, Bubble]]:
    """Every bubble with its question's id, in the order in which they are measured."""
    return [(question.id, bubble) for question in layout.questions for bubble in question.bubbles]
