"""One page through all stages. Runs in a worker: no ledger, no printing.

An expected trouble is a reading with its reason; only a fault of our own is an exception,
and :func:`read_page` turns that into a named refusal too, so that it costs one page.
"""

from __future__ import annotations

import math
import traceback
from dataclasses import replace

import cv2
import numpy as np

from omr.bilevel import is_bilevel
from omr.codes import CodeBody
from omr.fiducials import FoundFiducial, GreyImage, find_fiducials, is_bare
from omr.geometry import PagePoint
from omr.glance import are_those_of, place_at_a_glance
from omr.judging import MIN_OUTLINES_FOUND, is_doubtful, judge_sheet
from omr.ledger.issued import CODE_DIGITS
from omr.ledger.readings import SheetReading
from omr.marks import Reason, SheetStatus, doubted
from omr.measure_codec import packed, unpack
from omr.own_pages import CALIBRATION_CODE
from omr.registration import SheetPlace, Unplaced, place_sheets
from omr.scoring import measure
from scans.code_likeness import shows_spoilt_code
from scans.faults import PageFault, needs_memory
from scans.first_look import PX_PER_MM, enlarged, may_be_bilevel
from scans.formless import (
    code_of,
    is_blackened,
    is_dark,
    is_mirrored,
    is_negative,
    name_page,
    reduced,
)
from scans.identify import read_page_codes
from scans.identity import identify, serial_of
from scans.jpeg import Decoded
from scans.keeping import with_pictures, with_whole
from scans.likeness import may_be_ours
from scans.limits import is_out_of_memory
from scans.overlap import set_covered_apart
from scans.pages import PageRef, can_render, load_enough, load_page
from scans.ring_likeness import shows_our_bubbles
from scans.stages import Identified, Measured, PageOutcome, Placed, ReadingContext
from scans.streaked import streaked

# Doubts about a whole sheet: something may lie over it.
_SHEET_DOUBTS = frozenset({Reason.NO_CODE, Reason.REGISTRATION, Reason.POOR_IMAGE})
_UNKNOWN_PAGE = frozenset({Reason.FOREIGN_PAGE, Reason.EMPTY_PAGE})


def read_page(ref: PageRef, context: ReadingContext) -> PageOutcome:
    """Read every sheet on one page."""
    try:
        first = load_enough(ref, _enough_px(context))
        if isinstance(first, PageFault):
            return _failed(ref, first.reason, first.detail)
        sheets = _at_first_look(first, context)
        if sheets is None:
            image = first.grey if first.shrunk == 1 else load_page(ref)
            if isinstance(image, PageFault):
                return _failed(ref, image.reason, image.detail)
            sheets = read_image(image, context)
            if all(sheet.status is SheetStatus.BLANK for sheet in sheets) and can_render(ref):
                # The page may show more than its one image does: inverted, masked, in pieces.
                drawn = load_page(ref, rendered=True)
                if not isinstance(drawn, PageFault):
                    image, sheets = drawn, read_image(drawn, context)
            if all(_UNKNOWN_PAGE.intersection(sheet.reasons) for sheet in sheets):
                sheets = _never_lost(image, sheets, context)
    except Exception as error:  # noqa: BLE001 - one page's failure must not cost the batch
        if is_out_of_memory(error):
            return _failed(ref, needs_memory().reason, needs_memory().detail)
        return _failed(ref, Reason.INTERNAL, traceback.format_exc())
    return PageOutcome(ref.page, _numbered(sheets, ref.page))


def _never_lost(
    grey: GreyImage, sheets: list[SheetReading], context: ReadingContext
) -> list[SheetReading]:
    """*sheets* of a page that seems to bear no form, unless it may bear one all the same."""
    small = reduced(grey)
    if is_negative(small, context.frames):
        turned = read_image(np.asarray(cv2.bitwise_not(grey), np.uint8), context)
        lost = all(sheet.status is SheetStatus.BLANK for sheet in turned)
        return [_refused(Reason.REGISTRATION)] if lost else turned
    if is_dark(small):
        turned = read_image(np.asarray(cv2.bitwise_not(grey), np.uint8), context)
        if not any(_UNKNOWN_PAGE.intersection(sheet.reasons) for sheet in turned):
            return turned
    ours = not is_bare(small) and (
        is_blackened(small)
        or (shows_spoilt_code(small) and not read_page_codes(grey))
        or may_be_ours(small, context.frames)
        or shows_our_bubbles(small, context.frames)
    )
    return [_refused(Reason.REGISTRATION)] if ours else sheets


def _enough_px(context: ReadingContext) -> float:
    """The longer side of an image that a single sheet of the newest forms fills."""
    return max(
        (PX_PER_MM * max(frame.width_mm, frame.height_mm) for frame in context.frames[:1]),
        default=math.inf,
    )


def _at_first_look(image: Decoded, context: ReadingContext) -> list[SheetReading] | None:
    """The sheets on an image of half its size; ``None`` unless all of them are beyond doubt.

    Whatever is not plainly counted is looked at again with all pixels there are.
    """
    if image.shrunk == 1 or may_be_bilevel(image.grey):
        return None
    readings = []
    for placed in _glanced(image.grey, context):
        reading = _plain(image.grey, placed, context)
        if reading is None:
            return None
        readings.append(enlarged(reading, image.shrunk))
    return readings or None


def _plain(grey: GreyImage, placed: Placed, context: ReadingContext) -> SheetReading | None:
    """The reading of a sheet that counts and about which nobody will be asked anything."""
    where, frame = placed.place.registration, placed.frame
    if where.px_per_mm(PagePoint(frame.width_mm / 2, frame.height_mm / 2)) < PX_PER_MM:
        return None
    identified = identify(grey, placed, context)
    if isinstance(identified, Reason) or context.asks_about(identified.domain, identified.body):
        return None
    measured = Measured(identified, measure(grey, where, identified.layout))
    # A streak as wide as one pixel of the whole image is half as deep in this one.
    if streaked(grey, where, identified.layout, measured.measure.contrast / 2):
        return None
    reading = _judged(measured, context)
    if reading.status is not SheetStatus.COUNTED:
        return None
    # Nothing but a comment can be kept of it, which is large enough in half its size.
    return _pictured(reading, grey, measured, context, asked=False)


def _glanced(grey: GreyImage, context: ReadingContext) -> list[Placed]:
    """Sheets that fill the image."""
    return [
        Placed(place, frame)
        for frame in context.frames[:1]  # older forms are rare, and any may be the better fit
        for place in place_at_a_glance(grey, frame)
    ]


def read_image(grey: GreyImage, context: ReadingContext) -> list[SheetReading]:
    """Read every sheet in a grey page image, shape (h, w), uint8; at least one reading."""
    glanced = _glanced(grey, context)
    readings = [_read_placed(grey, each, context) for each in glanced]
    if readings and all(_is_ordinary(reading, context) for reading in readings):
        return readings
    side_px = min(map(_side_px, glanced), default=0.0)
    if readings and all(_is_ordinary(r, context) or _is_pale(r) for r in readings):
        # Fiducials that the glance found are known, so that nothing is gained by looking for
        # those harder that a worn 1-bit scan does not show at first.
        seen = find_fiducials(grey, harder=False, side_px=side_px)
        if are_those_of(seen, [(each.place, each.frame) for each in glanced], side_px):
            return readings
    found = find_fiducials(grey, side_px=side_px)
    placed = _placed(found, context)
    if not placed:
        return [_read_without_fiducials(grey, context, found)]
    if readings and len(placed) == len(readings):
        return readings  # nothing lies over the sheets: they were read as well as can be
    return [
        _read_placed(grey, each, context)
        if isinstance(each, Placed)
        else _read_unplaced(grey, each, context)
        for each in placed
    ]


def _side_px(placed: Placed) -> float:
    """How long the sides of a sheet's fiducials are in the image."""
    fiducials = placed.frame.fiducials
    scale = min(placed.place.registration.px_per_mm(fiducial.centre) for fiducial in fiducials)
    return scale * min(fiducial.size_mm for fiducial in fiducials)


def _is_ordinary(reading: SheetReading, context: ReadingContext) -> bool:
    """Whether nothing hints at another sheet that lies over this one."""
    if reading.status is SheetStatus.COUNTED:
        return True
    if _is_pale(reading):
        if reading.measurements is None or reading.layout_id is None:
            return False
        layout = context.layouts[reading.layout_id[:CODE_DIGITS]]
        # Marks that a 1-bit scan may have lost hide nothing; another sheet hides outlines.
        return unpack(reading.measurements, layout).outlines_found >= MIN_OUTLINES_FOUND
    return reading.status is SheetStatus.REVIEW and not _SHEET_DOUBTS.intersection(reading.reasons)


def _is_pale(reading: SheetReading) -> bool:
    """Whether a sheet is known for what it is, and its scan alone is in doubt."""
    doubts = _SHEET_DOUBTS.intersection(reading.reasons)
    return reading.status is SheetStatus.REVIEW and doubts == {Reason.POOR_IMAGE}


def _placed(found: list[FoundFiducial], context: ReadingContext) -> list[Placed | Unplaced]:
    """Where sheets lie, tried with every arrangement of fiducials that was ever printed."""
    best: list[Placed | Unplaced] = []
    for frame in context.frames:
        places = place_sheets(found, frame.fiducials)
        tried: list[Placed | Unplaced] = [
            Placed(place, frame) if isinstance(place, SheetPlace) else place for place in places
        ]
        if sum(isinstance(p, Placed) for p in tried) > sum(isinstance(p, Placed) for p in best):
            best = tried
        best = best or tried
    return set_covered_apart(best)


def _read_placed(grey: GreyImage, placed: Placed, context: ReadingContext) -> SheetReading:
    where = placed.place.registration
    identified = identify(grey, placed, context)
    if identified is Reason.NO_CODE:
        return _nameless(grey, placed)
    if isinstance(identified, Reason):
        return SheetReading(0, 0, SheetStatus.REFUSED, (identified,), registration=where.h)
    measured = Measured(identified, measure(grey, where, identified.layout))
    if streaked(grey, where, identified.layout, measured.measure.contrast):
        return _of(identified, SheetStatus.REFUSED, (Reason.STREAK,))
    asked = context.asks_about(identified.domain, identified.body)
    return _pictured(_judged(measured, context), grey, measured, context, asked=asked)


def _nameless(grey: GreyImage, placed: Placed) -> SheetReading:
    """A sheet whose serial a person has to type; it is measured from its picture then.

    The picture is cut along the fiducials, so where these are in doubt nothing can be kept.
    """
    if placed.place.out_of_line:
        return _refused(Reason.REGISTRATION)
    reasons: tuple[Reason, ...] = (Reason.NO_CODE,)
    if placed.place.missing:  # the picture will not show this any more
        reasons += (Reason.FIDUCIAL_MISSING,)
    where = placed.place.registration
    reading = SheetReading(0, 0, SheetStatus.REVIEW, reasons, registration=where.h)
    return with_whole(reading, grey, where, placed.frame, bilevel=is_bilevel(grey))


def _pictured(
    reading: SheetReading,
    grey: GreyImage,
    measured: Measured,
    context: ReadingContext,
    *,
    asked: bool,
) -> SheetReading:
    """*reading* with what people may be shown, so that the scan file is needed no more."""
    return with_pictures(
        reading,
        grey,
        measured.identified.placed.place.registration,
        measured.identified.layout,
        contrast=measured.measure.contrast,
        bilevel=measured.measure.bilevel,
        asked=asked,
        always=context.every_picture,
    )


def _judged(measured: Measured, context: ReadingContext) -> SheetReading:
    identified = measured.identified
    # Judged as kept, so that judging the ledger's measurements again gives the same answers.
    kept, seen = packed(measured.measure, identified.layout)
    answers, doubts = judge_sheet(seen, identified.layout, context.thresholds)
    reasons = list(doubts)
    place = identified.placed.place
    if place.missing:
        reasons.append(Reason.FIDUCIAL_MISSING)
    if place.out_of_line:
        reasons.append(Reason.REGISTRATION)
        # A bubble may have been taken for another.
        answers = {name: doubted(answer, Reason.REGISTRATION) for name, answer in answers.items()}
    waits = bool(reasons) or is_doubtful(answers)
    for answer in answers.values():
        reasons += answer.reasons
    return SheetReading(
        page=0,
        sheet=0,
        status=SheetStatus.REVIEW if waits else SheetStatus.COUNTED,
        reasons=tuple(dict.fromkeys(reasons)),
        serial=identified.serial,
        unit=identified.unit,
        domain=identified.domain,
        layout_id=identified.layout_id,
        answers=answers,
        registration=place.registration.h,
        measurements=kept,
    )


def _read_unplaced(grey: GreyImage, unplaced: Unplaced, context: ReadingContext) -> SheetReading:
    """A sheet that lies where nothing can be measured; named by its code if one is read."""
    codes = read_page_codes(grey)
    body = code_of(unplaced, _bodies(codes, context), context.frames)
    if body is not None:
        return _named(body, unplaced.reason, context)
    if CALIBRATION_CODE in {text for text, _centre in codes}:  # it bears one fiducial, to look at
        return SheetReading(0, 0, SheetStatus.BLANK, (Reason.CALIBRATION,))
    return _refused(unplaced.reason)


def _read_without_fiducials(
    grey: GreyImage, context: ReadingContext, found: list[FoundFiducial]
) -> SheetReading:
    """A page on which no sheet could be placed: ours but spoilt, foreign, or empty."""
    small = reduced(grey)
    mirrored = not found and is_mirrored(small)
    reason = Reason.MIRRORED if mirrored else Reason.REGISTRATION
    codes = read_page_codes(grey)
    for said, _centre in _bodies(codes, context):
        return _named(said, reason, context)
    if found or mirrored:
        return _refused(reason)
    kind = name_page(grey, small, {text for text, _centre in codes})
    return SheetReading(0, 0, SheetStatus.BLANK, (kind,))


def _bodies(
    codes: list[tuple[str, tuple[float, float]]], context: ReadingContext
) -> list[tuple[CodeBody, tuple[float, float]]]:
    """Those of a page's *codes* that are ours, each with its rough centre."""
    found = []
    for text, centre in codes:
        said = context.verifier.verify(text)
        if isinstance(said, CodeBody):
            found.append((said, centre))
    return found


def _named(body: CodeBody, reason: Reason, context: ReadingContext) -> SheetReading:
    """A refusal that says which form it is about."""
    unit = context.names.get(("unit", body.unit))
    domain = context.names.get(("domain", body.domain))
    serial = None if domain is None else serial_of(domain, body)
    return SheetReading(
        0, 0, SheetStatus.REFUSED, (reason,), serial=serial, unit=unit, domain=domain
    )


def _of(identified: Identified, status: SheetStatus, reasons: tuple[Reason, ...]) -> SheetReading:
    """A reading that keeps the sheet's identity but none of its answers."""
    return SheetReading(
        page=0,
        sheet=0,
        status=status,
        reasons=reasons,
        serial=identified.serial,
        unit=identified.unit,
        domain=identified.domain,
        layout_id=identified.layout_id,
        registration=identified.placed.place.registration.h,
    )


def _refused(reason: Reason) -> SheetReading:
    return SheetReading(0, 0, SheetStatus.REFUSED, (reason,))


def _failed(ref: PageRef, reason: Reason, detail: str) -> PageOutcome:
    return PageOutcome(ref.page, _numbered([_refused(reason)], ref.page), detail)


def _numbered(sheets: list[SheetReading], page: int) -> tuple[SheetReading, ...]:
    return tuple(replace(sheet, page=page, sheet=n) for n, sheet in enumerate(sheets))
