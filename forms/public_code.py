"""The code that leads citizens to a form's electronic twin, right of the comment's lines.

It differs from unit to unit; the place that it takes does not, so that the forms of all
units have one layout.
"""

from __future__ import annotations

from forms.artwork import Item, Pattern
from forms.codes_art import MOST_MODULES, link_runs
from forms.fonts import Face, ink_mm
from forms.frame import RIGHT_MM
from forms.text_flow import FormDoesNotFit, line_width_mm, refuse_wider, set_line
from omr.geometry import PagePoint, PageRect
from omr.i18n import _
from omr.links import Link

INVITATION = ("Quét để", "góp ý", "trực", "tuyến")
OR_VISIT = "hoặc truy cập"
FIXED_WORDS = (*INVITATION, OR_VISIT)
SOURCE = "public code"

LEAST_SIDE_MM, MOST_SIDE_MM = 16.0, 22.0
LEAST_MODULE_MM = 0.3  # 7 dots at 600 dpi; telephones read it at arm's length
QUIET_MODULES = 4  # ISO/IEC 18004
# Small codes have large modules and would need more white around them than there is.
LEAST_VERSION = 6
_QUIET_SHARE = QUIET_MODULES / (17 + 4 * LEAST_VERSION)  # of the side
_ABOVE_MM = 0.6
_BELOW_MM = 3.4  # quiet zone and address
_TEXT_PT = 6.5
_LEADING_MM = 2.6
_APART_MM = 1.0  # from the comment's lines to the quiet zone


def beside(area: PageRect, public: Link) -> tuple[list[Item], PageRect]:
    """The code, its words and its address in *area*, and what is left for the comment.

    Raises:
        FormDoesNotFit: If the address is too long for a code or a line of that size, or the
            area too low; the message says by how many mm.
    """
    least = _ABOVE_MM + LEAST_SIDE_MM + _BELOW_MM
    if area.h_mm < least:
        raise FormDoesNotFit(
            _("the comment box is {excess:.1f} mm too low for a public code").format(
                excess=least - area.h_mm
            ),
            _("Make the comment box higher, or print without the public code."),
        )
    side = round(min(area.h_mm - _ABOVE_MM - _BELOW_MM, MOST_SIDE_MM), 3)
    quiet = side * _QUIET_SHARE
    code = PageRect(area.right_mm - quiet - side, area.y_mm + _ABOVE_MM, side, side)
    try:
        modules, runs = link_runs(public.url, LEAST_VERSION)
    except ValueError:
        modules, runs = MOST_MODULES, []
    if modules * LEAST_MODULE_MM > side:
        raise FormDoesNotFit(
            _('the public code is {excess:.1f} mm too large for the form: "{url}"').format(
                excess=modules * LEAST_MODULE_MM - side, url=public.url
            ),
            _("Use a shorter address."),
        )
    items: list[Item] = [Pattern(tuple(runs), code, modules, modules, SOURCE)]
    x = code.right_mm + quiet + 0.3
    y = code.y_mm + (side - (len(INVITATION) - 1) * _LEADING_MM) / 2 + 0.6
    for line in INVITATION:
        refuse_wider(SOURCE, line, line_width_mm(line, Face.BOLD, _TEXT_PT), RIGHT_MM - x)
        items += set_line(PagePoint(x, y), line, Face.BOLD, _TEXT_PT, SOURCE)
        y += _LEADING_MM
    address = f"{OR_VISIT} {public.short}"
    width = line_width_mm(address, Face.REGULAR, _TEXT_PT)
    refuse_wider(SOURCE, address, width, area.w_mm)
    rise, _depth = ink_mm("l", Face.REGULAR, _TEXT_PT)
    base = area.bottom_mm - _BELOW_MM + side * _QUIET_SHARE + rise + 0.05
    items += set_line(
        PagePoint(area.right_mm - width, base), address, Face.REGULAR, _TEXT_PT, SOURCE
    )
    left = PageRect(
        area.x_mm, area.y_mm, code.x_mm - quiet - _APART_MM - area.x_mm, area.h_mm - 1.9
    )
    return items, left
