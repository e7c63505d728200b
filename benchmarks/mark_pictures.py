"""The picture in docs/mark-specification.md: marks as people make them, and what is said of each.

    python benchmarks/mark_pictures.py docs/images/marks.png

Each row is on a sheet of its own, printed, filled and scanned by the virtual scanner; what
stands below it is what the real reader made of that sheet.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from accuracy_office import Office, open_office
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from omr.marks import Answer, AnswerState
from scans.pages import PageRef
from scans.read_page import read_page
from scans.virtual.canvas import Canvas
from scans.virtual.capture import Mode, Placement, draw_scanner, expose
from scans.virtual.gestures import mark
from scans.virtual.ink import Pen, draw, take_pen
from scans.virtual.intent import MarkKind, PenKind
from scans.virtual.printing import (
    bare_canvas,
    draw_paper,
    draw_printer,
    print_on,
    rasterise,
    tint,
    toner,
    trim,
)
from scans.virtual.sensor import deliver, sense
from scans.virtual.strokes import Hand, Stroke, hatch, move, shifted

Picture = NDArray[np.uint8]
Path2 = Sequence[tuple[float, float]]

DPI = 300
SEED = 7
QUESTION = "d1"  # the row that is shown; those above and below it stay empty
EMPTY = ("c2", "d1", "d2")
FILLED = ("a1", "a2", "b1", "b2", "c1", "e1", "x1", "t0")  # somebody's other answers
HAND = Hand(0.05, 1.0)
SIZE, GAP_MM = (4.5, 4.5), 6.2
_FILLED_RADIUS = (2.1, 2.1)

_PX_PER_MM = 8.5
_ACROSS_MM, _UP_MM, _DOWN_MM = 3.6, 4.6, 4.6  # shown round the row's bubbles
_COLUMNS, _GAP_PX, _LABEL_PX, _MARGIN_PX = 3, 30, 58, 20
_FONTS = Path(__file__).parent.parent / "forms" / "fonts"
_TEXT_PX = 21
_DARK, _FRAME = (35, 35, 35), (208, 208, 208)
_GREEN, _AMBER, _GREY = (40, 130, 60), (196, 108, 0), (110, 110, 110)
_FIBRES = 5.0  # grey levels by which the paper's are darker
_COLOURS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to show."""

    title: str
    paint: Callable[[Desk], None]
    pen: PenKind = PenKind.BLUE
    habit: MarkKind = MarkKind.FILL  # the sheet's other marks
    down_mm: float = 0.0  # what is shown begins so much lower


@dataclass(slots=True)
class Desk:
    """A sheet under somebody's hand."""

    canvas: Canvas
    places: Mapping[tuple[str, str], tuple[float, float]]
    rng: np.random.Generator
    lamp: tuple[float, float, float]
    pen: Pen

    def put(self, strokes: Sequence[Stroke], question: str, option: str, pen: Pen | None) -> None:
        """Strokes, mm from that bubble's centre."""
        moved = [shifted(stroke, *self.places[question, option]) for stroke in strokes]
        draw(self.canvas, moved, pen or self.pen, self.rng, self.lamp)

    def mark(self, kind: MarkKind, option: str, question: str = QUESTION) -> None:
        """A mark in the bubble."""
        nib = self.pen.nib_mm
        self.put(mark(self.rng, kind, HAND, SIZE, nib, GAP_MM), question, option, None)

    def line(self, path: Path2, option: str, question: str = QUESTION, press: float = 1.0) -> None:
        """A stroke through *path*."""
        self.put([move(self.rng, path, HAND, press)], question, option, None)

    def fill(self, option: str, radius: tuple[float, float] = _FILLED_RADIUS) -> None:
        """Filled without a gap, to and fro in two directions."""
        both = [
            hatch(self.rng, HAND, radius=radius, pitch=0.6 * self.pen.nib_mm, rough=0.3)
            for _ in range(2)
        ]
        self.put(both, QUESTION, option, None)

    def strike(self, option: str) -> None:
        """A large X over the bubble."""
        self.line([(-4.2, -3.6), (0.0, 0.1), (4.2, 3.4)], option)
        self.line([(4.1, -3.5), (0.1, 0.0), (-4.0, 3.6)], option)


def _tail(desk: Desk) -> None:
    desk.mark(MarkKind.FILL, "r5")
    desk.line([(-1.4, 0.1), (-0.4, 1.5), (1.7, -5.5)], "r3", "d2")


def _circled(desk: Desk) -> None:
    turn = np.linspace(0.3, 2 * np.pi + 0.5, 14)
    radius = np.linspace(3.2, 3.6, 14)
    path = [
        (float(r * np.cos(t) * 1.1), float(r * np.sin(t)))
        for r, t in zip(radius, turn, strict=True)
    ]
    desk.line(path, "r4")


def _struck(desk: Desk) -> None:
    desk.fill("r4")
    desk.strike("r4")


def _corrected(desk: Desk) -> None:
    _struck(desk)
    desk.mark(MarkKind.FILL, "r2")


def _half_outside(desk: Desk) -> None:
    desk.line([(0.6, -0.2), (1.5, 1.4), (3.4, -2.6)], "r2")


def _faint_second(desk: Desk) -> None:
    desk.mark(MarkKind.FILL, "r5")
    faint = Pen(desk.pen.nib_mm, 0.16 * desk.pen.density, desk.pen.make)
    stroke = move(desk.rng, [(-1.5, 1.2), (-0.5, 1.9), (1.9, -1.9)], HAND)
    desk.put([stroke], QUESTION, "r4", faint)


def _fold(desk: Desk) -> None:
    """A crease down the sheet, through one column of bubbles: dark, with a lit side."""
    canvas, (column, _row) = desk.canvas, desk.places[QUESTION, "r3"]
    height, width = canvas.pixels.shape[:2]
    middle = float(canvas.to_pixels(np.array([(column + 0.5, 0.0)]))[0, 0])
    y, x = np.mgrid[:height, :width].astype(np.float32)
    away = (x - middle - 0.035 * (y - height / 2)) / np.float32(canvas.per_mm[0])
    side = np.sign(away) * np.exp(-np.abs(away) / 1.5)
    dark = 0.20 * np.exp(-0.5 * (away / 0.16) ** 2) + 0.02 * side
    _shade(canvas, 0, 0, np.asarray(1.0 - dark, np.float32))


def _stain(desk: Desk) -> None:
    """A dried drop of tea with a rim."""
    canvas, (x_mm, y_mm) = desk.canvas, desk.places[QUESTION, "r3"]
    reach = 9.0
    x0, y0 = canvas.to_pixels(np.array([(x_mm - reach + 4.0, y_mm - reach + 1.5)]))[0].astype(int)
    side = int(2 * reach * canvas.per_mm[0])
    y, x = (np.mgrid[:side, :side] / (side / 2) - 1.0).astype(np.float32)
    turn = np.arctan2(y, x)
    out = np.hypot(x, y) - 0.75 - 0.05 * np.sin(3 * turn) - 0.03 * np.sin(7 * turn + 1)
    inside = np.clip(-out * 14.0, 0.0, 1.0)
    rim = np.exp(-0.5 * ((out + 0.04) / 0.03) ** 2)
    density = 0.13 * inside + 0.22 * rim
    light = np.exp(-density[..., None] * np.array([1.7, 1.0, 0.6], np.float32))
    _shade(canvas, x0, y0, np.asarray(light, np.float32))


def _shade(canvas: Canvas, x0: int, y0: int, light: NDArray[np.float32]) -> None:
    if canvas.colour and light.ndim == 2:
        light = cv2.merge([light] * 3)
    canvas.cover(x0, y0, light)


def _dot(desk: Desk, option: str, radius_mm: float) -> None:
    spot = hatch(desk.rng, HAND, radius=(radius_mm, radius_mm), pitch=0.15, rough=0.3)
    desk.put([spot], QUESTION, option, None)


def _rested(desk: Desk) -> None:
    desk.mark(MarkKind.FILL, "r4")
    _dot(desk, "r2", 0.08)


def _two(desk: Desk) -> None:
    desk.mark(MarkKind.FILL, "r5")
    desk.line([(-1.5, -0.3), (-0.5, 1.3), (2.2, -2.8)], "r3")


KINDS = (
    Kind("filled", lambda desk: desk.mark(MarkKind.FILL, "r4")),
    Kind("ticked", lambda desk: desk.line([(-1.5, -0.3), (-0.5, 1.3), (2.6, -3.0)], "r4")),
    Kind("crossed", lambda desk: desk.mark(MarkKind.CROSS, "r5"), habit=MarkKind.CROSS),
    Kind("a dash", lambda desk: desk.line([(-1.6, 0.2), (0.0, 0.0), (1.6, -0.2)], "r2")),
    Kind("a dot", lambda desk: _dot(desk, "r4", 0.5)),
    Kind("a tick half outside", _half_outside, habit=MarkKind.TICK),
    Kind(
        "a pencil that made every mark",
        lambda desk: desk.line([(-1.5, -0.3), (-0.5, 1.3), (2.2, -2.6)], "r4", press=0.8),
        PenKind.PENCIL,
        MarkKind.TICK,
    ),
    Kind("a tick's tail from the row below", _tail, down_mm=2.9),
    Kind("where a pen rested, beside a mark", _rested),
    Kind("struck out, another filled", _corrected),
    Kind("struck out, no other", _struck),
    Kind("two marks", _two),
    Kind("a faint second mark", _faint_second),
    Kind("circled", _circled),
    Kind("a slip of the pen", lambda desk: desk.line([(-7.5, 2.6), (0.0, 0.3), (9.0, -2.0)], "r3")),
    Kind("a stain", _stain),
    Kind("a fold", _fold),
    Kind("nothing", lambda _desk: None),
)


def scanned(office: Office, kind: Kind) -> Picture:
    """A sheet on which somebody did that, as a colour scan (B, G, R)."""
    rng = np.random.default_rng([SEED, zlib.crc32(kind.title.encode())])
    sheet = office.forms.sheets[0]
    layout = office.forms.layouts[sheet.layout]
    same = np.random.default_rng(SEED)
    scanner, printer, paper = draw_scanner(same), draw_printer(same), draw_paper(same)
    raster = rasterise(str(office.forms.pdf), sheet, layout, DPI, colour=True)
    canvas = bare_canvas(rng, raster.size_mm, raster.per_mm, paper, scanner.lid)
    if raster.pixels.ndim == 3:
        tint(canvas, paper)
    print_on(canvas, raster, printer, toner(raster, printer))
    if not canvas.colour:
        tint(canvas, paper)
    places = {(b["question"], b["option"]): (b["x_mm"], b["y_mm"]) for b in layout["bubbles"]}
    desk = Desk(canvas, places, rng, scanner.lamp, take_pen(kind.pen, rng))
    for question in FILLED:
        desk.mark(kind.habit, f"r{rng.integers(3, 6)}", question)
    kind.paint(desk)
    trim(canvas, rng)
    size_mm = (layout["page"]["width_mm"] + 4.0, layout["page"]["height_mm"] + 4.0)
    shape = (round(size_mm[1] * DPI / 25.4), round(size_mm[0] * DPI / 25.4), 3)
    frame = np.full(shape, scanner.lid, np.float32)
    placement = Placement((size_mm[0] / 2, size_mm[1] / 2), float(rng.normal(0.0, 0.3)))
    expose(canvas, scanner, placement, frame, DPI, alone=True)
    sense(frame, scanner, rng, DPI, streaked=False)
    return np.asarray(deliver(frame, scanner, Mode.COLOUR, paper.reflectance, DPI), np.uint8)


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture with its words."""

    title: str
    said: str
    colour: tuple[int, int, int]
    picture: Picture  # R, G, B


def read(office: Office, kind: Kind, folder: Path) -> Cell:
    """What the reader says of such a sheet."""
    page = scanned(office, kind)
    path = folder / "page.png"
    cv2.imwrite(str(path), page)
    (sheet,) = read_page(PageRef(path, 0), office.context).sheets
    answer, registration = sheet.answers[QUESTION], sheet.registration
    if registration is None:
        raise RuntimeError(f"{kind.title}: the sheet was not found")
    said, colour = _in_words(answer)
    layout = office.forms.layouts[office.forms.sheets[0].layout]
    return Cell(kind.title, said, colour, _crop(page, registration, layout, kind.down_mm))


def _in_words(answer: Answer) -> tuple[str, tuple[int, int, int]]:
    if answer.state is AnswerState.ANSWERED:
        (option,) = answer.options
        return f"answer {option}", _GREEN
    if answer.state is AnswerState.BLANK:
        return "blank", _GREY
    return "asked: " + ", ".join(answer.reasons), _AMBER


def _crop(
    page: Picture, registration: Sequence[float], layout: Mapping[str, Any], down_mm: float
) -> Picture:
    """The row and a little round it, upright."""
    spots = [(b["x_mm"], b["y_mm"]) for b in layout["bubbles"] if b["question"] == QUESTION]
    low, high = np.min(spots, axis=0), np.max(spots, axis=0)
    left, top = low - (_ACROSS_MM, _UP_MM - down_mm)
    wide = round((high[0] + _ACROSS_MM - left) * _PX_PER_MM)
    tall = round((_UP_MM + _DOWN_MM) * _PX_PER_MM)
    scale = 1.0 / _PX_PER_MM
    to_mm = np.array([[scale, 0.0, left], [0.0, scale, top], [0.0, 0.0, 1.0]])
    matrix = np.asarray(registration, np.float64).reshape(3, 3) @ to_mm
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    found = cv2.warpPerspective(page, matrix, (wide, tall), flags=flags)
    # Paper as white as the document's, or its fibres would be most of the file.
    paper = np.median(found, axis=(0, 1)) - _FIBRES
    white = np.clip(found * (255.0 / paper), 0.0, 255.0)
    return np.asarray(white[:, :, ::-1], np.uint8)


def grid(cells: Sequence[Cell]) -> Image.Image:
    """All pictures below and beside each other, each with its words under it."""
    tall, wide = cells[0].picture.shape[:2]
    rows = -(-len(cells) // _COLUMNS)
    step_x, step_y = wide + _GAP_PX, tall + _LABEL_PX + _GAP_PX
    size = (
        _COLUMNS * step_x - _GAP_PX + 2 * _MARGIN_PX,
        rows * step_y - _GAP_PX + 2 * _MARGIN_PX,
    )
    sheet = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(sheet)
    plain = ImageFont.truetype(str(_FONTS / "Sarabun-Regular.ttf"), _TEXT_PX)
    bold = ImageFont.truetype(str(_FONTS / "Sarabun-Bold.ttf"), _TEXT_PX)
    for number, cell in enumerate(cells):
        row, column = divmod(number, _COLUMNS)
        x, y = _MARGIN_PX + column * step_x, _MARGIN_PX + row * step_y
        sheet.paste(Image.fromarray(cell.picture), (x, y))
        pen.rectangle((x - 1, y - 1, x + wide, y + tall), outline=_FRAME)
        pen.text((x, y + tall + 4), cell.title, _DARK, plain)
        pen.text((x, y + tall + 8 + _TEXT_PX), cell.said, cell.colour, bold)
    return sheet


def main() -> None:
    """Make the picture, and print what was said of each mark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, help="the picture, PNG")
    out = parser.parse_args().out
    with TemporaryDirectory() as folder:
        office = open_office(Path(folder) / "office", 1)
        cells = [read(office, kind, Path(folder)) for kind in KINDS]
    for cell in cells:
        print(f"{cell.title:40}{cell.said}")
    small = grid(cells).quantize(_COLOURS_KEPT, kmeans=3, dither=Image.Dither.NONE)
    small.save(out, optimize=True)
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
