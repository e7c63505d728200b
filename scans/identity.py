"""Who a placed sheet is: both copies of its signed code, and what the ledger knows of them."""

from __future__ import annotations

from functools import cache

import numpy as np

from omr.codes import CodeBody, CodeFault
from omr.fiducials import GreyImage
from omr.geometry import PagePoint, PageRect, Registration
from omr.marks import Reason
from omr.serials import Serial
from scans.identify import read_code
from scans.stages import Identified, Placed, ReadingContext

CODE_MARGIN_MM = 3.5  # quiet zone, and room for a sheet that lies a little off


def identify(grey: GreyImage, placed: Placed, context: ReadingContext) -> Identified | Reason:
    """Who the sheet is, from both copies of its code, or why that is not certain."""
    verify = cache(context.verifier.verify)  # both places mostly say the same
    seen = []
    for place in placed.frame.codes:
        crop = _crop(grey, placed.place.registration, place.grown(CODE_MARGIN_MM))
        seen.append(read_code(crop, verify))
    bodies = {said for place in seen for said in place if isinstance(said, CodeBody)}
    faults = [said for place in seen for said in place if isinstance(said, CodeFault)]
    ours = [fault for fault in faults if fault is not CodeFault.FOREIGN]
    if len(bodies) > 1 or (bodies and ours):
        return Reason.IDENTITY_CONFLICT
    if bodies:  # another code over one of the two is a sticker, and does no harm
        return _resolved(bodies.pop(), placed, context)
    if ours:
        return Reason(ours[0].value)
    # The margin of a place holds no whole code, so what was read there lies over our own.
    return Reason.FOREIGN_CODE if seen and all(seen) else Reason.NO_CODE


def _resolved(body: CodeBody, placed: Placed, context: ReadingContext) -> Identified | Reason:
    layout = context.layouts.get(body.layout)
    unit = context.names.get(("unit", body.unit))
    domain = context.names.get(("domain", body.domain))
    if layout is None or layout.frame != placed.frame.frame:
        return Reason.LAYOUT
    if unit is None or domain is None:
        return Reason.NOT_ISSUED
    serial = serial_of(domain, body)
    if serial is None:
        return Reason.NOT_ISSUED
    layout_id = context.layout_ids[body.layout]
    return Identified(placed, body, serial, unit, domain, layout, layout_id)


def serial_of(domain: str, body: CodeBody) -> str | None:
    """The serial that *body* names; None if no form has such a one."""
    try:
        return str(Serial(domain, body.campaign, body.number))
    except ValueError:  # signed by us, yet no number that is ever given
        return None


def _crop(grey: GreyImage, registration: Registration, place: PageRect) -> GreyImage:
    """The upright bounding box, in the image, of a rectangle on the page."""
    corners = np.array([pixel_of(registration, corner) for corner in place.corners()])
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    return grey[top : max(bottom, top), left : max(right, left)]


def pixel_of(registration: Registration, point: PagePoint) -> tuple[float, float]:
    """Where *point* lies in the image, px."""
    at = registration.locate(point)
    return at.x_px, at.y_px
