"""The parts of a form that a reader must find, equal on every form, and the room they need.

Two fiducials and a code stand along every long edge; the codes lie in opposite corners, so
that one fold, stain or torn corner leaves one of them whole.
"""

from __future__ import annotations

from omr.geometry import PagePoint, PageRect
from omr.layout import Fiducial

WIDTH_MM = 148.0  # A5, ISO 216
HEIGHT_MM = 210.0
MARGIN_MM = 8.0  # office printers and scanners lose up to 5 mm; 3 mm for a crooked feed
LEFT_MM = MARGIN_MM
RIGHT_MM = WIDTH_MM - MARGIN_MM
TOP_MM = MARGIN_MM
BOTTOM_MM = HEIGHT_MM - MARGIN_MM

FIDUCIAL_SIDE_MM = 7.0  # keeps 4.5 px a module at 100 dpi, where precision was measured
FIDUCIAL_QUIET_MM = 1.2  # one module of white, as ArUco's detector wants
CODE_SIDE_MM = 20.0  # version 3: 0.69 mm a module, 5.4 px at 200 dpi
CODE_MODULES = 29  # per side, version 3
CODE_QUIET_MM = 4 * CODE_SIDE_MM / CODE_MODULES  # ISO/IEC 18004: four modules

_NEAR, _FAR = MARGIN_MM + FIDUCIAL_SIDE_MM / 2, MARGIN_MM + FIDUCIAL_SIDE_MM + 3.0
FIDUCIALS = (
    Fiducial(0, PagePoint(_NEAR, _NEAR), FIDUCIAL_SIDE_MM),
    Fiducial(1, PagePoint(WIDTH_MM - _NEAR, _NEAR), FIDUCIAL_SIDE_MM),
    Fiducial(2, PagePoint(WIDTH_MM - _NEAR, HEIGHT_MM - _NEAR), FIDUCIAL_SIDE_MM),
    Fiducial(3, PagePoint(_NEAR, HEIGHT_MM - _NEAR), FIDUCIAL_SIDE_MM),
)
CODES = (
    PageRect(RIGHT_MM - CODE_SIDE_MM, _FAR, CODE_SIDE_MM, CODE_SIDE_MM),  # below fiducial 1
    PageRect(_FAR, BOTTOM_MM - CODE_SIDE_MM, CODE_SIDE_MM, CODE_SIDE_MM),  # beside fiducial 3
)
# A seal of 36 mm, pressed by hand: nothing that a machine reads may lie under it. It may
# reach beyond the printer's margin, since nothing is printed there.
STAMP = PageRect(17.0, 6.5, 42.0, 42.0)

BUBBLE_MM = 4.5  # outline diameter at the middle of its line
BUBBLE_LINE_MM = 0.25
BUBBLE_DARKNESS = 0.6  # marks stand out from it, and a 1-bit scan still keeps it
CLEAR_MM = 1.0  # white around every bubble's outline, so that ink there is the citizen's
ROW_PITCH_MM = 6.2  # least distance of rows: 1.45 mm of white between two outlines
BUBBLE_REACH_MM = (BUBBLE_MM + BUBBLE_LINE_MM) / 2  # from the centre to the outline's edge


def fiducial_box(fiducial: Fiducial) -> PageRect:
    """The black square of *fiducial*."""
    side = fiducial.size_mm
    return PageRect(fiducial.centre.x_mm - side / 2, fiducial.centre.y_mm - side / 2, side, side)


def quiet_zones() -> tuple[tuple[str, PageRect], ...]:
    """Where nothing else may be printed, with a name for messages."""
    return (
        *((f"fiducial {f.marker}", fiducial_box(f).grown(FIDUCIAL_QUIET_MM)) for f in FIDUCIALS),
        *((f"code {n}", code.grown(CODE_QUIET_MM)) for n, code in enumerate(CODES, start=1)),
    )
