"""Code 128 barcodes as runs of whole modules (ISO/IEC 15417)."""

from __future__ import annotations

from itertools import accumulate

from reportlab.graphics.barcode.code128 import Code128

from forms.artwork import Pattern
from omr.geometry import PagePoint, PageRect

QUIET_MODULES = 10  # of white on either side, as the standard asks
# 3.5 px at 200 dpi, so that bars survive a photocopy; pads of usual names take 90 mm.
MODULE_MM = 0.45
LEAST_MODULE_MM = 0.27  # 2.1 px at 200 dpi


def barcode(text: str, at: PagePoint, *, height_mm: float, room_mm: float) -> Pattern:
    """The bars of *text* from their top-left corner, in modules as wide as the room allows.

    Args:
        text: ASCII, not empty.
        at: Where the first bar begins; the quiet zones lie outside the bars.
        height_mm: Of the bars.
        room_mm: Width for the bars without quiet zones.

    Raises:
        ValueError: If the text cannot be encoded, or its bars would be too fine to read.
    """
    widths = _widths(text)
    modules = sum(widths)
    module_mm = min(MODULE_MM, room_mm / modules)
    if module_mm < LEAST_MODULE_MM:
        raise ValueError(f"{text}: a barcode of {modules} modules in {room_mm} mm")
    starts = (0, *accumulate(widths))
    runs = tuple(
        (start, 0, width, 1) for start, width in zip(starts[::2], widths[::2], strict=True)
    )
    box = PageRect(at.x_mm, at.y_mm, modules * module_mm, height_mm)
    return Pattern(runs, box, modules, 1, text)


def _widths(text: str) -> list[int]:
    """Widths of bars and spaces by turns, in modules, from the first bar to the last."""
    code = Code128(text)
    code.validate()
    if not text or not code.valid:
        raise ValueError(f"{text!r} is not for a barcode")
    code.encode()
    code.decompose()
    return [ord(letter.upper()) - ord("A") + 1 for letter in code.decomposed]
