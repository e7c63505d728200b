"""Where sheets lie on the printer's paper: A5 as it is, or two on an A4 page to be cut.

Two-up pages are cut and stacked: the left halves carry the first half of the run's sheets,
covers included, the right halves the second, so that one cut through the pile and laying
the right pile under the left one keeps everything in order. A pile too thick for the cutter
is cut in portions, from the top: left halves go on one pile and right halves on another,
each portion under those before it; at the end the right pile goes under the left one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.artwork import Stroke
from forms.frame import HEIGHT_MM, WIDTH_MM
from omr.geometry import PagePoint
from omr.settings import Paper

A4_LANDSCAPE_MM = (297.0, 210.0)  # ISO 216
# From the edge: long enough to be seen where a printer loses 5 mm. A cut through it leaves a
# trace on the forms' own edges, 8 mm from anything that is read.
_CUT_MARK_MM = (1.0, 10.0)


@dataclass(frozen=True, slots=True)
class Imposition:
    """A page of the printer's paper."""

    width_mm: float
    height_mm: float
    places: tuple[PagePoint, ...]  # the sheets' top-left corners
    cuts: tuple[Stroke, ...]  # marks for the cutter

    def pages(self, count: int) -> Iterator[list[tuple[int, PagePoint]]]:
        """For each page, which sheet of the run (from 0) lies where."""
        pages = -(-count // len(self.places))
        for page in range(pages):
            stacked = ((stack * pages + page, at) for stack, at in enumerate(self.places))
            yield [(index, at) for index, at in stacked if index < count]


def imposition(paper: Paper) -> Imposition:
    """How sheets lie on *paper*."""
    if paper is Paper.A5:
        return Imposition(WIDTH_MM, HEIGHT_MM, (PagePoint(0.0, 0.0),), ())
    width, height = A4_LANDSCAPE_MM
    middle = width / 2  # half of A4 is 0.5 mm wider than A5; the rest is left at the right
    near, far = _CUT_MARK_MM
    ends = ((near, far), (height - far, height - near))
    cuts = tuple(
        Stroke((PagePoint(middle, top), PagePoint(middle, bottom)), 0.1, 1.0, "cut")
        for top, bottom in ends
    )
    return Imposition(width, height, (PagePoint(0.0, 0.0), PagePoint(middle, 0.0)), cuts)
