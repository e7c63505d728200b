"""The page that shows what a printer does to forms: scale, shift, lost margins, faint ink."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from forms.artwork import Item, Stroke
from forms.calibration_paper import CalibrationPaper
from forms.calibration_target import FRAME_HEIGHT_MM, FRAME_WIDTH_MM, target
from forms.fonts import MM_PER_POINT, Face, font, width_mm
from forms.frame import HEIGHT_MM, WIDTH_MM
from forms.lines import line
from forms.paper import imposition
from forms.pen import Pen, to_points
from omr.geometry import PagePoint, PageRect
from omr.settings import Paper

_A4_MM = (210.0, 297.0)  # ISO 216
_DEEPEST_MM = 10  # an edge scale counts so many mm from the paper's edge
_STEP_MM = 4.0  # from one of its lines to the next
_LINE_MM = 3.0
_LEADER_TO_MM = 11.5  # from the edge: beyond this every printer prints
_NUMBER_PT = 8.0
_NAMES = {"a5": "A5", "a4": "A4 dọc", "a4-2up": "A4 ngang"}


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    """A page ready to draw."""

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]


def calibration_page(paper: CalibrationPaper) -> CalibrationPage:
    """The page for *paper*: what stands on a form's place, and scales at the paper's edges."""
    name = _NAMES[paper.value]
    if paper is CalibrationPaper.A4:
        width, height = _A4_MM
        frames = [_frame(width / 2, height / 2)]
        cuts: tuple[Stroke, ...] = ()
    else:
        laid = imposition(Paper(paper.value))
        width, height, cuts = laid.width_mm, laid.height_mm, laid.cuts
        frames = [_frame(at.x_mm + WIDTH_MM / 2, at.y_mm + HEIGHT_MM / 2) for at in laid.places]
    items = [item for frame in frames for item in target(frame, name, width)]
    return CalibrationPage(width, height, (*items, *_edges(width, height, frames), *cuts))


def write_calibration(file: BinaryIO, paper: CalibrationPaper) -> None:
    """Write the page for *paper* as a PDF of one page."""
    page = calibration_page(paper)
    rl_config.useA85 = 0
    for face in Face:
        font(face)
    size = to_points(PagePoint(page.width_mm, 0.0), page.height_mm)
    canvas = Canvas(
        file, pagesize=size, pageCompression=1, lang="vi-VN", initialFontName=Face.REGULAR.value
    )
    canvas.setTitle(f"Trang kiểm tra máy in {_NAMES[paper.value]}")
    canvas.setViewerPreference("PrintScaling", "None")
    pen = Pen(canvas, page.height_mm)
    for item in page.items:
        pen.item(item)
    canvas.showPage()
    canvas.save()


def _frame(x_mm: float, y_mm: float) -> PageRect:
    """The frame to measure, around a centre."""
    corner = PagePoint(x_mm - FRAME_WIDTH_MM / 2, y_mm - FRAME_HEIGHT_MM / 2)
    return PageRect(corner.x_mm, corner.y_mm, FRAME_WIDTH_MM, FRAME_HEIGHT_MM)


def _edges(width: float, height: float, frames: list[PageRect]) -> Iterable[Item]:
    """A scale at the middle of each edge of each frame's share of the paper."""
    span = (_DEEPEST_MM - 1) * _STEP_MM
    middle = height / 2 - span / 2
    for frame in frames:
        start = frame.x_mm + frame.w_mm / 2 - span / 2
        for n in range(1, _DEEPEST_MM + 1):
            x = start + (n - 1) * _STEP_MM
            yield from _edge_line(n, PagePoint(x, 0.0), (0.0, 1.0))
            yield from _edge_line(n, PagePoint(x, height), (0.0, -1.0))
    for n in range(1, _DEEPEST_MM + 1):
        y = middle + (n - 1) * _STEP_MM
        yield from _edge_line(n, PagePoint(0.0, y), (1.0, 0.0))
        yield from _edge_line(n, PagePoint(width, y), (-1.0, 0.0))


def _edge_line(n: int, edge: PagePoint, inwards: tuple[float, float]) -> Iterable[Item]:
    """A line *n* mm from the paper's edge, its number, and a leader between the two."""
    dx, dy = inwards

    def inside(depth: float, aside: float = 0.0) -> PagePoint:
        return PagePoint(edge.x_mm + dx * depth + dy * aside, edge.y_mm + dy * depth + dx * aside)

    half = _LINE_MM / 2
    yield Stroke((inside(n, -half), inside(n, half)), 0.25, 1.0, "edge")
    yield Stroke((inside(n), inside(_LEADER_TO_MM)), 0.1, 1.0, "edge")
    width = width_mm(str(n), Face.BOLD, _NUMBER_PT)
    digit = 0.70 * _NUMBER_PT * MM_PER_POINT  # Sarabun's digits are as high as its capitals
    reach = _LEADER_TO_MM + 1.0
    centre = inside(reach + (width if dx else digit) / 2)
    y = centre.y_mm + digit / 2
    yield from line(centre.x_mm, y, str(n), Face.BOLD, _NUMBER_PT, "edge", align=0.5)
