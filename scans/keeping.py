"""Which pictures of a sheet are kept for people, so that its scan file is needed no more.

Only what somebody may be shown: the rows in doubt, sharp, over an overview of the sheet; the
whole sheet, sharp, where a person is asked about all of it; a comment.
"""

from __future__ import annotations

from dataclasses import replace

from omr.evidence import jpeg_of, upright
from omr.fiducials import GreyImage
from omr.geometry import PageRect, Registration
from omr.layout import Layout
from omr.ledger.sheets import COMMENT_PART, WHOLE_PART, KeptPart, SheetReading
from omr.marks import ASKED_WHOLE, HOLDS_SERIAL, AnswerState, Reason, SheetStatus
from scans.comment_ink import is_written_on
from scans.crops import overview, upright_part, whole_pixels
from scans.rows_shown import crop_of

OVERVIEW_QUALITY = 30  # 30 to 40 kB a sheet; a pencil's words are still to be read
COMMENT_PX_PER_MM, COMMENT_QUALITY = 6.0, 70  # 152 dpi: about 10 kB
_COMMENT_RIM_MM = 3.0  # people write over the field's edges
# Rows that cover more of the sheet than this cost more, in time and space, than all of it.
_MOST_ROWS = 0.7
# Whatever is asked about such a sheet, the person needs to see it all.
_SHOWN_WHOLE = ASKED_WHOLE | {Reason.NO_CODE, Reason.REGISTRATION}


def with_whole(
    reading: SheetReading, grey: GreyImage, where: Registration, layout: Layout, *, bilevel: bool
) -> SheetReading:
    """*reading* with the picture of its whole sheet, fit to be measured again.

    Args:
        reading: What was seen on the sheet.
        grey: The page image, shape (h, w), uint8.
        where: Where the sheet lies in it.
        layout: Gives the sheet's size; any layout printed on that paper will do.
        bilevel: Whether the scan knew only black and white.
    """
    return replace(reading, picture=jpeg_of(upright(grey, where, layout), bilevel=bilevel))


def with_pictures(
    reading: SheetReading,
    grey: GreyImage,
    where: Registration,
    layout: Layout,
    *,
    contrast: float,
    bilevel: bool,
    asked: bool = False,
    always: bool = False,
) -> SheetReading:
    """*reading* of an identified sheet with everything of it that people may be shown.

    Args:
        reading: What was seen on the sheet.
        grey: The page image, shape (h, w), uint8.
        where: Where the sheet lies in it.
        layout: Its layout.
        contrast: Paper minus black on this sheet, grey levels.
        bilevel: Whether the scan knew only black and white.
        asked: Whether a person will be asked about the sheet, however well it was read.
        always: Whether a small picture is kept of a sheet about which nobody is asked.
    """
    if reading.status not in HOLDS_SERIAL:
        return reading
    comment = comment_part(grey, where, layout, contrast=contrast, bilevel=bilevel)
    parts = () if comment is None else (comment,)
    if reading.status is not SheetStatus.REVIEW and not asked:
        if always:
            return replace(
                reading, picture=_small(grey, where, layout, bilevel=bilevel), parts=parts
            )
        return replace(reading, parts=parts) if parts else reading
    rows = _rows_in_doubt(reading, layout)
    shown = sum(region.h_mm * region.w_mm for region in rows.values())
    whole = asked or not rows or bool(_SHOWN_WHOLE.intersection(reading.reasons))
    if whole or shown > _MOST_ROWS * layout.width_mm * layout.height_mm:
        return replace(with_whole(reading, grey, where, layout, bilevel=bilevel), parts=parts)
    return replace(
        reading,
        picture=_small(grey, where, layout, bilevel=bilevel),
        parts=(
            *(
                KeptPart(name, region, jpeg_of(upright_part(grey, where, region), bilevel=bilevel))
                for name, region in rows.items()
            ),
            *parts,
        ),
    )


def _small(grey: GreyImage, where: Registration, layout: Layout, *, bilevel: bool) -> bytes:
    return jpeg_of(overview(grey, where, layout), bilevel=bilevel, quality=OVERVIEW_QUALITY)


def comment_part(
    grey: GreyImage, where: Registration, layout: Layout, *, contrast: float, bilevel: bool
) -> KeptPart | None:
    """The comment field with a little round it; ``None`` if nothing is written there.

    Args:
        grey: The page image, shape (h, w), uint8; half its size will do, and so does a sheet's
            kept picture with :data:`omr.evidence.ON_UPRIGHT`.
        where: Where the sheet lies in it.
        layout: Its layout.
        contrast: Paper minus black on this sheet, grey levels.
        bilevel: Whether the scan knew only black and white.
    """
    if not is_written_on(grey, where, layout, contrast):
        return None
    region = whole_pixels(layout.comment.grown(_COMMENT_RIM_MM), layout, COMMENT_PX_PER_MM)
    crop = upright_part(grey, where, region, px_per_mm=COMMENT_PX_PER_MM)
    return KeptPart(COMMENT_PART, region, jpeg_of(crop, bilevel=bilevel, quality=COMMENT_QUALITY))


def whole_part(grey: GreyImage, where: Registration, layout: Layout, *, bilevel: bool) -> KeptPart:
    """The picture of a whole sheet that was kept without one.

    Args:
        grey: The page image, shape (h, w), uint8.
        where: Where the sheet lies in it.
        layout: Its layout.
        bilevel: Whether the scan knew only black and white.
    """
    sheet = PageRect(0.0, 0.0, layout.width_mm, layout.height_mm)
    return KeptPart(WHOLE_PART, sheet, jpeg_of(upright(grey, where, layout), bilevel=bilevel))


def _rows_in_doubt(reading: SheetReading, layout: Layout) -> dict[str, PageRect]:
    """What is shown for every doubtful question, in printed order."""
    return {
        question.id: whole_pixels(crop_of(layout, question)[0], layout)
        for question in layout.questions
        if question.id in reading.answers
        and reading.answers[question.id].state is AnswerState.DOUBTFUL
    }
