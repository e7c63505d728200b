"""One page of the second generator: printed, filled in, damaged, packed, and what is true of it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import second_effects
import second_marks
from numpy.typing import NDArray
from second_effects import Effect

from scans.virtual.contract import PrintedForms, PrintedSheet

_DPI = (150, 200)
_PER_INCH = 25.4
_BORDER_MM = 4.0  # of white round the sheet, as of a scan area a little too large
_BARE = 0.03  # pages that nothing happens to
SAME_SHEET = 8  # pages in a row are copies of one printed form: it is rendered once for them
_VISIBLE = 24  # grey levels: what a person sees at a glance on white paper
ERASED_BELOW_MM2 = 0.3  # as in the rule of the first generator's faint marks


@dataclass(frozen=True, slots=True)
class Page:
    """A page before it is packed.

    Attributes:
        pixels: uint8, (h, w, 3) or (h, w).
        effects: Names, in order.
        dpi: Pixels to an inch.
        truth: In the form of a truth line.
        suffix: Of its file: ``jpg`` or ``png``.
        quality: Of the JPEG.
    """

    pixels: NDArray[Any]
    effects: tuple[str, ...]
    dpi: int
    truth: dict[str, Any]
    suffix: str
    quality: int

    def write(self, folder: Path, name: str) -> Path:
        """Pack it as a scan file of its own."""
        path = folder / f"{name}.{self.suffix}"
        words = [cv2.IMWRITE_JPEG_QUALITY, self.quality] if self.suffix == "jpg" else []
        done, packed = cv2.imencode(f".{self.suffix}", self.pixels, words)
        if not done:
            raise RuntimeError(f"{path} cannot be packed")
        path.write_bytes(packed.tobytes())
        return path


def make_page(
    forms: PrintedForms,
    seed: int,
    number: int,
    *,
    without: Iterable[tuple[str, str]] = (),
    effects: Sequence[Effect] | None = None,
) -> Page:
    """Make one page; the same numbers give the same bytes.

    Args:
        forms: The print run.
        seed: Of the run.
        number: Of the page in it, from 0.
        without: Question and option of marks that are left out; all else stays as it is.
        effects: Instead of those drawn for this page.
    """
    rng = np.random.default_rng([seed, number])
    sheet = forms.sheets[number // SAME_SHEET % len(forms.sheets)]
    layout = forms.layouts[sheet.layout]
    dpi = int(_DPI[rng.integers(len(_DPI))])
    drawn = [] if rng.random() < _BARE else second_effects.draw_effects(rng)
    suffix = "png" if rng.random() < 0.2 else "jpg"
    quality = int(rng.integers(60, 96))
    happens = drawn if effects is None else list(effects)
    filled = second_marks.fill_in(layout, (seed, number, 1))
    size = (layout["page"]["width_mm"], layout["page"]["height_mm"])
    raster, per_mm = _print(str(forms.pdf), sheet, size, dpi)
    first = [effect for effect in happens if effect.phase is second_effects.Phase.PRINT]
    later = [effect for effect in happens if effect.phase is not second_effects.Phase.PRINT]
    pixels = second_effects.apply(raster.copy(), first, (seed, number, 2))
    second_marks.draw(pixels, layout, filled, per_mm, without)
    edge = round(_BORDER_MM * per_mm[0])
    pixels = cv2.copyMakeBorder(
        pixels, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(255.0, 255.0, 255.0)
    )
    pixels = second_effects.apply(pixels, later, (seed, number, 2))
    kinds: dict[str, dict[str, str]] = {question: {} for question in filled.right}
    for mark in filled.marks:
        kinds[mark.question][mark.option] = mark.kind
    truth = {
        "file": f"{seed}-{number}.{suffix}",
        "page": 0,
        "sheet": 0,
        "kind": "form",
        "serial": sheet.serial,
        "unit": sheet.unit,
        "domain": sheet.domain,
        "layout": sheet.layout,
        "damage": [],
        "answers": {
            question: {
                "right": right,
                "kinds": kinds[question],
                "ambiguous": not right,
                "doubt": None if right else "overvote",
            }
            for question, right in filled.right.items()
        },
    }
    names = tuple(effect.name for effect in happens)
    return Page(pixels, names, dpi, truth, suffix, quality)


def visible_mm2(forms: PrintedForms, seed: int, number: int, question: str, option: str) -> float:
    """How much of one mark can still be seen on its page.

    The page is made again without that mark, with the same draws: what differs by
    :data:`_VISIBLE` grey levels is the mark. Below :data:`ERASED_BELOW_MM2` the damage erased
    it, and a reading without it is right, too.
    """
    page = make_page(forms, seed, number)
    twin = make_page(forms, seed, number, without=[(question, option)])
    if page.pixels.shape != twin.pixels.shape:
        return math.inf  # nothing can be said: the mark counts as seen
    differ = cv2.absdiff(page.pixels, twin.pixels)
    if differ.ndim == 3:
        differ = differ.max(axis=2)
    return float(np.count_nonzero(differ >= _VISIBLE)) * (_PER_INCH / page.dpi) ** 2


def fingerprint() -> str:
    """Sixteen hexadecimal digits that change with anything that makes a page."""
    digest = hashlib.sha256(second_effects.augraphy_version().encode())
    for module in (second_marks, second_effects):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=4)
def _print(
    pdf: str, sheet: PrintedSheet, size: tuple[float, float], dpi: int
) -> tuple[NDArray[Any], tuple[float, float]]:
    """The blank form, uint8 (h, w, 3), and its pixels to a millimetre, across and down."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[sheet.pdf_page]
        whole = np.asarray(page.render(scale=dpi / 72, prefer_bgrx=True).to_numpy()[..., :3])
        wide, high = (points * _PER_INCH / 72 for points in page.get_size())
    per_mm = (whole.shape[1] / wide, whole.shape[0] / high)
    left, top = round(sheet.x_mm * per_mm[0]), round(sheet.y_mm * per_mm[1])
    right, bottom = left + round(size[0] * per_mm[0]), top + round(size[1] * per_mm[1])
    found = np.ascontiguousarray(whole[top:bottom, left:right])
    found.setflags(write=False)  # it is handed out again
    return found, per_mm
