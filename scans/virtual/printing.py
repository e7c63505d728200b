"""The printer and the blank paper: PDF page to reflectance."""

from __future__ import annotations

import atexit
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pypdfium2

from omr.errors import InputUnusable
from omr.i18n import _
from scans.virtual import parameters as p
from scans.virtual.canvas import MARGIN_MM, Canvas, bands, strips, texture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scans.virtual.contract import PrintedSheet

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Raster:
    """A sheet cut out of its PDF page.

    Attributes:
        pixels: Uint8 ``(rows, columns)``, or with 3 channels (B, G, R) when the print has colour.
        per_mm: Pixels per mm, across and down.
        origin: Pixel position of the sheet's top-left corner (a fraction of a pixel).
        size_mm: Width and height of the sheet.
    """

    pixels: NDArray[Any]
    per_mm: tuple[float, float]
    origin: tuple[float, float]
    size_mm: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Printer:
    """One print of one sheet (origins: :mod:`scans.virtual.parameters`)."""

    scale: float
    offset_mm: tuple[float, float]
    toner: float
    density: float
    spread_mm: float
    gain_mm: float


@dataclass(frozen=True, slots=True)
class Paper:
    """One blank sheet."""

    reflectance: float
    tint_blue: float
    texture: float


def draw_printer(rng: np.random.Generator) -> Printer:
    """A printer out of the range of offices."""
    return Printer(
        scale=p.PRINT_SCALE.draw(rng),
        offset_mm=(p.PRINT_OFFSET_MM.draw(rng), p.PRINT_OFFSET_MM.draw(rng)),
        toner=p.TONER_REFLECTANCE.draw(rng),
        density=p.TONER_DENSITY.draw(rng),
        spread_mm=p.TONER_SPREAD_MM.draw(rng),
        gain_mm=p.DOT_GAIN_MM.draw(rng),
    )


def draw_paper(rng: np.random.Generator) -> Paper:
    """A sheet out of the range of papers."""
    return Paper(
        p.PAPER_REFLECTANCE.draw(rng), p.PAPER_TINT_BGR.draw(rng), p.PAPER_TEXTURE.draw(rng)
    )


@lru_cache(maxsize=2)
def _open(path: str) -> Any:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise InputUnusable(
            _("{path} cannot be opened as PDF: {error}").format(path=path, error=error),
            _("Print the forms again"),
        ) from error


atexit.register(_open.cache_clear)  # pypdfium2 complains of documents left open


def rasterise(
    pdf: str, sheet: PrintedSheet, layout: Mapping[str, Any], dpi: float, *, colour: bool
) -> Raster:
    """Cut *sheet* out of its PDF page.

    Args:
        pdf: Path of the printed PDF; it is kept open for the next call.
        sheet: Where it lies.
        layout: For the sheet's size.
        dpi: Pixels per inch.
        colour: Keep the print's colours, where it has any.

    Raises:
        InputUnusable: The PDF cannot be opened or has no such page.
    """
    size = (layout["page"]["width_mm"], layout["page"]["height_mm"])
    return _cut(pdf, sheet, size, dpi, colour)


@lru_cache(maxsize=2)
def _cut(
    pdf: str,
    sheet: PrintedSheet,
    size: tuple[float, float],
    dpi: float,
    colour: bool,  # noqa: FBT001 - lru_cache takes it by place
) -> Raster:
    """:func:`rasterise`, which keeps the last sheets for their next virtual copies."""
    document = _open(pdf)
    if not 0 <= sheet.pdf_page < len(document):
        raise InputUnusable(
            _("{pdf} has no page {page}, which its manifest names").format(
                pdf=pdf, page=sheet.pdf_page
            ),
            _("Give the PDF and the manifest of the same print run"),
        )
    page = document[sheet.pdf_page]
    wide, high = page.get_size()
    scale = dpi / 72
    per_mm = (
        math.ceil(wide * scale) / (wide / POINTS_PER_MM),
        math.ceil(high * scale) / (high / POINTS_PER_MM),
    )
    left, top = max(0.0, sheet.x_mm * POINTS_PER_MM), max(0.0, sheet.y_mm * POINTS_PER_MM)
    right = max(0.0, wide - (sheet.x_mm + size[0]) * POINTS_PER_MM)
    bottom = max(0.0, high - (sheet.y_mm + size[1]) * POINTS_PER_MM)
    bitmap = page.render(scale=scale, crop=(left, bottom, right, top), prefer_bgrx=True)
    pixels = bitmap.to_numpy()
    if colour and _has_colour(pixels):
        pixels = np.ascontiguousarray(pixels[..., :3])
    else:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY)
    origin = (
        sheet.x_mm * per_mm[0] - math.ceil(left * scale),
        sheet.y_mm * per_mm[1] - math.ceil(top * scale),
    )
    bitmap.close()
    page.close()
    pixels.setflags(write=False)  # they are handed out again
    return Raster(pixels, per_mm, origin, size)


def _has_colour(pixels: NDArray[Any]) -> bool:
    """Whether any channel differs visibly, seen on a quarter of the pixels."""
    some = pixels[::2, ::2].astype(np.int16)
    return bool(
        (np.abs(some[..., 0] - some[..., 1]) + np.abs(some[..., 1] - some[..., 2])).max() > 24
    )


def toner(raster: Raster, printer: Printer) -> NDArray[Any]:
    """How much of each pixel the toner covers: float32 like the raster, 0..1."""
    spread = max(0.25, printer.spread_mm * raster.per_mm[0])
    covered: NDArray[Any] = cv2.GaussianBlur(255 - raster.pixels, (0, 0), spread)
    # An edge's blur is steepest in its middle, 1/(sd sqrt(2 pi)): moving the cut moves the edge.
    cut = 0.5 - printer.gain_mm * raster.per_mm[0] / (spread * math.sqrt(2 * math.pi))
    cut = min(0.85, max(0.15, cut))
    level = np.linspace(0.0, 1.0, 256)
    steep = np.clip(0.5 + 1.6 * (level - cut), 0.0, 1.0)
    steep = (steep - steep[0]) / max(1e-6, steep[-1] - steep[0])
    levels = np.asarray(printer.density * steep, dtype=np.float32)
    return np.asarray(cv2.LUT(covered, levels))


def bare_canvas(
    rng: np.random.Generator,
    size_mm: tuple[float, float],
    per_mm: tuple[float, float],
    paper: Paper,
    lid: float,
) -> Canvas:
    """Unprinted grey paper all over (:func:`trim` cuts it out, :func:`tint` colours it)."""
    columns, rows = (math.ceil((size_mm[i] + 2 * MARGIN_MM) * per_mm[i]) for i in (0, 1))
    pixels = np.empty((rows, columns), dtype=np.float32)
    spread = paper.texture * paper.reflectance
    for here, noise in bands(texture(), rng, (rows, columns)):
        cv2.addWeighted(noise, spread, noise, 0.0, paper.reflectance, dst=pixels[here])
    origin = (round(MARGIN_MM * per_mm[0]), round(MARGIN_MM * per_mm[1]))
    corners = np.array([(0.0, 0.0), (size_mm[0], 0.0), size_mm, (0.0, size_mm[1])])
    return Canvas(pixels, per_mm, (float(origin[0]), float(origin[1])), corners, lid)


def tint(canvas: Canvas, paper: Paper) -> None:
    """Give a grey canvas its paper's colour and three channels."""
    grey = canvas.pixels
    blue, green = np.float32(paper.tint_blue), np.float32((1 + paper.tint_blue) / 2)
    canvas.pixels = cv2.merge([grey * blue, grey * green, grey])


def print_on(canvas: Canvas, raster: Raster, printer: Printer, cover: NDArray[Any]) -> None:
    """Lay *cover* on the canvas, which follows the print: the paper's outline is what moves.

    Args:
        canvas: Changed in place.
        raster: For its position and size.
        printer: Scale, offset and toner.
        cover: From :func:`toner`.
    """
    x0 = round(canvas.origin[0] - raster.origin[0])
    y0 = round(canvas.origin[1] - raster.origin[1])
    canvas.origin = (x0 + raster.origin[0], y0 + raster.origin[1])
    found = canvas.window(x0, y0, cover.shape[1], cover.shape[0])
    if found is None:
        return
    here, there = found
    paper, cover = canvas.pixels[here], cover[there]
    for rows in strips(*paper.shape[:2]):
        change = np.float32(printer.toner) - paper[rows]
        change *= cover[rows]
        paper[rows] += change
    middle = np.array(raster.size_mm) / 2
    canvas.print_per_paper = 1.0 / printer.scale
    canvas.outline_mm = middle + (canvas.outline_mm - middle - printer.offset_mm) / printer.scale


def trim(canvas: Canvas, rng: np.random.Generator) -> None:
    """Lay the lid over everything beyond the paper, with the paper's shadow on one side."""
    corners = canvas.to_pixels(canvas.outline_mm)
    left, top = (round(float(v)) for v in corners[0])
    right, bottom = (round(float(v)) for v in corners[2])
    pixels, shade = canvas.pixels, float(rng.uniform(0.55, 0.95))
    pixels[: max(0, top)] = canvas.lid
    pixels[max(0, bottom) :] = canvas.lid
    pixels[:, : max(0, left)] = canvas.lid
    pixels[:, max(0, right) :] = canvas.lid
    wide = max(1, round(float(rng.uniform(0.1, 0.5)) * canvas.per_mm[0]))
    pixels[max(0, top) : bottom + wide, max(0, right) : right + wide] *= shade
    pixels[max(0, bottom) : bottom + wide, max(0, left) : right + wide] *= shade
