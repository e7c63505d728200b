"""What happens to sheets between the printer and the scanner's glass."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scans.virtual import parameters as p
from scans.virtual.canvas import TILE, Canvas, texture
from scans.virtual.ink import draw, take_pen
from scans.virtual.intent import PenKind
from scans.virtual.strokes import Hand, hatch, shifted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scans.virtual.printing import Printer


class Damage(StrEnum):
    """Named damages; each can be given a rate in a plan."""

    TORN_CORNER = "torn-corner"  # takes a fiducial away
    QR_SMUDGE = "qr-smudge"  # one code is unreadable
    QR_BOTH = "qr-both"  # every code is unreadable
    CREASE = "crease"
    STAIN = "stain"
    SHOW_THROUGH = "show-through"  # another print shines through from the back
    LOW_TONER = "low-toner"  # faded bands
    PHOTOCOPY = "photocopy"  # the filled sheet was copied, the copy scanned
    STAMP_ON_ANSWERS = "stamp-on-answers"  # the seal lies on bubbles
    EDGE_CROP = "edge-crop"  # the scan misses a strip of one edge
    STREAK = "streak"  # dust on the scanner's glass
    UPSIDE_DOWN = "upside-down"  # no damage at all
    BLANK_BACK = "blank-back"  # the back was scanned too, as a page of its own
    FOREIGN_PAGE = "foreign-page"  # another document lies before it in the stack
    DUPLICATE = "duplicate"  # the sheet is scanned twice


def tear(canvas: Canvas, layout: Mapping[str, Any], rng: np.random.Generator) -> None:
    """Tear off one corner with its fiducial; the lid shows through."""
    corner = int(rng.integers(4))
    at = canvas.outline_mm[corner]
    inward = np.sign(canvas.outline_mm.mean(axis=0) - at)
    reach = np.full(2, 12.0)
    if layout["fiducials"]:
        marks = np.array([(f["x_mm"], f["y_mm"]) for f in layout["fiducials"]])
        nearest = int(np.argmin(np.abs(marks - at).sum(axis=1)))
        half = layout["fiducials"][nearest]["size_mm"] / 2
        # a cut x/a + y/b = 1 through twice the mark's far corner takes the whole mark with it
        reach = 2.0 * (np.abs(marks[nearest] - at) + half)
    reach = reach + rng.uniform(p.TORN_BEYOND_MM.low, p.TORN_BEYOND_MM.high, 2)
    along = np.linspace(0.0, 1.0, 24)
    ragged = rng.normal(0.0, 0.25, (24, 2)).cumsum(axis=0) * 0.35
    edge = np.column_stack([(1 - along) * reach[0], along * reach[1]]) + ragged
    beyond = -8.0
    loop = np.vstack([[reach[0], beyond], edge, [beyond, reach[1]], [beyond, beyond]])
    pixels = canvas.to_pixels(at + inward * loop).round().astype(np.int32)
    torn = canvas.to_pixels(at + inward * edge).round().astype(np.int32)
    white = (0.97,) * 3 if canvas.colour else 0.97
    cv2.polylines(canvas.pixels, [torn], isClosed=False, color=white, thickness=5)  # bare fibres
    lid = (canvas.lid,) * 3 if canvas.colour else canvas.lid
    cv2.fillPoly(canvas.pixels, [pixels], lid)


def spoil_code(
    canvas: Canvas,
    code: Mapping[str, float],
    rng: np.random.Generator,
    lamp: tuple[float, float, float],
) -> None:
    """Make one code unreadable: scribbled over, or rubbed while the toner was loose."""
    half, (x, y) = code["size_mm"] / 2, (code["x_mm"], code["y_mm"])
    if rng.random() < 0.5:
        pen, hand = take_pen(PenKind.FELT, rng), Hand(p.TREMOR_MM.draw(rng), 1.0)
        for _ in range(2):
            over = hatch(
                rng, hand, radius=(1.25 * half, 1.25 * half), pitch=1.1 * pen.nib_mm, rough=0.3
            )
            draw(canvas, [shifted(over, x + half, y + half)], pen, rng, lamp)
        return
    low, high = canvas.to_pixels(np.array([(x - 1, y - 1), (x + 2 * half + 1, y + 2 * half + 1)]))
    area = (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])))
    smear = 1.6 * canvas.per_mm[0]
    rubbed = cv2.GaussianBlur(canvas.pixels[area], (0, 0), smear, sigmaY=0.7 * smear)
    canvas.pixels[area] = rubbed


def crease(canvas: Canvas, rng: np.random.Generator) -> None:
    """A fold across the sheet: a broken line with a lit and a shaded side."""
    middle = canvas.outline_mm.mean(axis=0) + rng.normal(0.0, 25.0, 2)
    angle = float(rng.choice((0.0, np.pi / 2))) + rng.normal(0.0, 0.12)
    depth, width = p.CREASE_DEPTH.draw(rng), p.CREASE_WIDTH_MM.draw(rng)
    reach, step = 5.0, 0.02
    away = np.arange(-reach, reach + step, step)
    side = np.sign(away) * np.exp(-np.abs(away) / 1.5) * 0.12 * depth
    line = depth * np.exp(-0.5 * (away / (width / 2)) ** 2) * rng.choice((1.0, -0.25))
    profile = np.asarray(1.0 - side - line, dtype=np.float32)
    profile[0] = profile[-1] = 1.0
    shape, normal = canvas.pixels.shape[:2], (np.cos(angle), np.sin(angle))
    x = (np.arange(shape[1]) - canvas.origin[0]) / canvas.per_mm[0] - middle[0]
    y = (np.arange(shape[0]) - canvas.origin[1]) / canvas.per_mm[1] - middle[1]
    far = (x * normal[0])[None, :] + (y * normal[1])[:, None]
    index = np.clip((far + reach) / step, 0, len(profile) - 1).astype(np.int32)
    worn = 1.0 + 0.35 * cv2.resize(texture().plain, (shape[1], shape[0]))  # not as deep everywhere
    canvas.cover(0, 0, 1.0 + (profile[index] - 1.0) * np.clip(worn, 0.2, 1.6))
    np.minimum(canvas.pixels, 1.0, out=canvas.pixels)


def stain(canvas: Canvas, rng: np.random.Generator, lamp: tuple[float, float, float]) -> None:
    """A dried splash of tea with a darker rim."""
    side = round(float(rng.uniform(12.0, 45.0)) * canvas.per_mm[0])
    low, high = canvas.to_pixels(canvas.outline_mm[[0, 2]])
    x0, y0 = (int(rng.uniform(low[i], max(low[i] + 1, high[i] - side))) for i in (0, 1))
    start = rng.integers(TILE - 300, size=2)
    rough = cv2.resize(texture(1.6).plain[start[0] :, start[1] :][:300, :300], (side, side))
    at = np.linspace(-1.3, 1.3, side, dtype=np.float32)
    level = 1.0 - np.hypot(at[:, None], at[None, :]) + 0.16 * rough
    inside = np.clip(level * 12.0, 0.0, 1.0)
    rim = np.exp(-0.5 * ((level - 0.06) / 0.05) ** 2)
    density = p.STAIN_DEPTH.draw(rng) * (0.6 * inside + 0.8 * rim)
    light = np.exp(-density[..., None] * np.array([1.6, 1.0, 0.6], dtype=np.float32))
    if not canvas.colour:
        light = light @ np.asarray(lamp, dtype=np.float32)
    canvas.cover(x0, y0, np.asarray(light, dtype=np.float32))


def shine_through(canvas: Canvas, cover: NDArray[Any], strength: float) -> None:
    """Let a print on the back shine through, mirrored and soft.

    Args:
        canvas: Changed in place.
        cover: Toner cover of the back, float32, 0..1, as it would be seen from there.
        strength: Share of the light that a solid black on the back takes away.
    """
    back = cover if cover.ndim == 2 else cover.mean(axis=2)
    soft = cv2.GaussianBlur(back[:, ::-1], (0, 0), 0.25 * canvas.per_mm[0])
    canvas.cover(round(canvas.origin[0]), round(canvas.origin[1]), 1.0 - strength * soft)


def fade(cover: NDArray[Any], rng: np.random.Generator) -> None:
    """Thin the toner in lengthwise bands, as an emptying cartridge does (in place)."""
    at = np.linspace(0.0, 1.0, cover.shape[1])
    band = np.ones(cover.shape[1])
    for _ in range(int(rng.integers(1, 4))):
        near = np.exp(-0.5 * ((at - rng.random()) / rng.uniform(0.02, 0.1)) ** 2)
        band = np.minimum(band, 1.0 - (1.0 - p.FADED_TONER.draw(rng)) * near)
    shape = (1, -1) if cover.ndim == 2 else (1, -1, 1)
    cover *= band.astype(np.float32).reshape(shape)


def copier_curve(relative: NDArray[Any], black: float, white: float) -> NDArray[Any]:
    """What a photocopier makes of reflectance relative to the paper: hard contrast."""
    return np.asarray(0.04 + 0.96 * np.clip((relative - black) / (white - black), 0.0, 1.0))


def photocopy(
    canvas: Canvas,
    rng: np.random.Generator,
    paper: float,
    printer: Printer,
    curve: tuple[float, float],
) -> None:
    """Replace the sheet by its black-and-white copy on the same paper."""
    grey = canvas.pixels.mean(axis=2) if canvas.colour else canvas.pixels
    soft = cv2.GaussianBlur(grey, (0, 0), 1.3 * max(0.25, printer.spread_mm * canvas.per_mm[0]))
    copy = (copier_curve(soft / paper, *curve) * paper).astype(np.float32)
    for _ in range(int(rng.poisson(40))):  # stray toner
        x, y = (int(rng.integers(side)) for side in (copy.shape[1], copy.shape[0]))
        cv2.circle(copy, (x, y), int(rng.integers(0, 2)), float(rng.uniform(0.05, 0.5)), -1)
    canvas.pixels = cv2.merge([copy, copy, copy]) if canvas.colour else copy
