"""The worded parts of a form: header beside the stamp, how to mark, comment, footer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from forms.artwork import Block, Disc, Item, Ring, Slot, Stroke
from forms.fonts import Face
from forms.frame import (
    BUBBLE_DARKNESS,
    BUBBLE_LINE_MM,
    BUBBLE_MM,
    CODE_QUIET_MM,
    CODES,
    FIDUCIAL_QUIET_MM,
    FIDUCIAL_SIDE_MM,
    LEFT_MM,
    RIGHT_MM,
    STAMP,
)
from forms.style import FAINT, RULE_DARKNESS, RULE_MM, SMALL_PT, baseline
from forms.text_flow import line_width_mm, refuse_wider, set_line, wrap
from omr.geometry import PagePoint, PageRect
from omr.survey import Domain, Survey

FIELD = "Lĩnh vực:"
NUMBER = "Số:"
CONTROL_CODE = "Mã kiểm soát, xin không quét"
CONTROL_CODE_SHORT = "Mã kiểm soát"
STAMP_HERE = "(đóng dấu)"
RIGHT_MARKS, CORRECTION = "Đúng:", "Sửa:"
FIXED_WORDS = (FIELD, NUMBER, CONTROL_CODE, CONTROL_CODE_SHORT, STAMP_HERE, RIGHT_MARKS, CORRECTION)

HEADER_LEFT_MM = STAMP.right_mm + 3.0
HEADER_ROOM_MM = CODES[0].x_mm - CODE_QUIET_MM - 0.6 - HEADER_LEFT_MM
INTRO_ROOM_MM = 46.0  # the serial stands right of it
CAPTION_PT = 6.0
HOW_TO_PT = 8.5
HOW_TO_ROOM_MM = 96.0  # its first line stands beside the upper code's caption
SERIAL = Slot(PagePoint(RIGHT_MM, CODES[0].bottom_mm + 6.2), Face.BOLD, 8.5, 31.0)
UNIT = Slot(PagePoint(RIGHT_MM, CODES[0].bottom_mm + 9.6), Face.REGULAR, 7.5, 31.0)
COMMENT_LEFT_MM = CODES[1].right_mm + CODE_QUIET_MM + 1.2
COMMENT_RIGHT_MM = RIGHT_MM - FIDUCIAL_SIDE_MM - FIDUCIAL_QUIET_MM - 0.3
COMMENT_LINE_PITCH_MM = 6.2  # room for handwriting
WRITING_DOT_MM = 0.22
WRITING_PITCH_MM = 1.0


def header(survey: Survey, domain: Domain) -> Block:
    """Title, subtitle, domain and intro, between the stamp zone and the upper code."""
    items: list[Item] = []
    y = 1.0  # the title's stacked accents rise above its leading
    for words, face, size, leading, before, room, source in (
        (survey.title, Face.BOLD, 13.5, 5.5, 0.0, HEADER_ROOM_MM, "title"),
        (survey.subtitle, Face.REGULAR, 8.5, 3.5, 0.4, HEADER_ROOM_MM, "subtitle"),
        (f"{FIELD} {domain.name}", Face.BOLD, 9.0, 3.7, 1.1, HEADER_ROOM_MM, f"domain {domain.id}"),
        (survey.intro, Face.REGULAR, SMALL_PT, 3.3, 0.9, INTRO_ROOM_MM, "intro"),
    ):
        if words:
            y += before
        for line in wrap(words, face, size, room):
            refuse_wider(source, line, line_width_mm(line, face, size), room)
            at = PagePoint(HEADER_LEFT_MM, y + 0.77 * leading)
            items += set_line(at, line, face, size, source)
            y += leading
    return Block("header", y, tuple(items))


def furniture() -> tuple[Item, ...]:
    """What stands at fixed places: the stamp's corners and the codes' captions."""
    corner = 2.5
    shown = STAMP.grown(-2.0)  # within the printer's margin
    items: list[Item] = []
    for point, dx, dy in zip(shown.corners(), (1, -1, -1, 1), (1, 1, -1, -1), strict=True):
        across = PagePoint(point.x_mm + dx * corner, point.y_mm)
        down = PagePoint(point.x_mm, point.y_mm + dy * corner)
        items.append(Stroke((across, point, down), RULE_MM, RULE_DARKNESS, "stamp"))
    width = line_width_mm(STAMP_HERE, Face.ITALIC, 7.5)
    middle = PagePoint(STAMP.x_mm + (STAMP.w_mm - width) / 2, shown.bottom_mm - 1.2)
    items += set_line(middle, STAMP_HERE, Face.ITALIC, 7.5, "stamp")
    upper, lower = CODES
    width = line_width_mm(CONTROL_CODE, Face.REGULAR, CAPTION_PT)
    place = PagePoint(RIGHT_MM - width, upper.bottom_mm + 12.1)
    items += set_line(place, CONTROL_CODE, Face.REGULAR, CAPTION_PT, "code")
    width = line_width_mm(CONTROL_CODE_SHORT, Face.REGULAR, CAPTION_PT)
    place = PagePoint(lower.x_mm + (lower.w_mm - width) / 2, lower.y_mm - CODE_QUIET_MM - 0.5)
    items += set_line(place, CONTROL_CODE_SHORT, Face.REGULAR, CAPTION_PT, "code")
    return tuple(items)


def how_to(survey: Survey) -> Block:
    """How to mark, in words."""
    leading = 3.6
    lines = wrap(survey.how_to, Face.REGULAR, HOW_TO_PT, HOW_TO_ROOM_MM)
    items: list[Item] = []
    for index, line in enumerate(lines):
        refuse_wider("how_to", line, line_width_mm(line, Face.REGULAR, HOW_TO_PT), HOW_TO_ROOM_MM)
        at = PagePoint(LEFT_MM, (index + 0.77) * leading)
        items += set_line(at, line, Face.REGULAR, HOW_TO_PT, "how_to")
    return Block("how_to", len(lines) * leading, tuple(items))


def examples(height_mm: float) -> Block:
    """Right marks and a correction, drawn; for the room left of the table's heads."""
    pitch = 5.6
    x = LEFT_MM
    items: list[Item] = []
    for words, marks in ((RIGHT_MARKS, "ftx"), (CORRECTION, "sf")):
        at = PagePoint(x, baseline(0.0, SMALL_PT))
        items += set_line(at, words, Face.BOLD, SMALL_PT, "how_to")
        x += line_width_mm(words, Face.BOLD, SMALL_PT) + 1.2 + BUBBLE_MM / 2
        for mark in marks:
            items += _example(PagePoint(x, 0.0), mark)
            x += pitch
        x += 1.5
    return Block("examples", height_mm, tuple(items)).moved_down(height_mm / 2)


def comment(survey: Survey) -> tuple[Block, PageRect]:
    """The comment's title and dotted writing lines; and its area, with y from the top."""
    size = 8.5
    words = survey.comment.text
    width = line_width_mm(words, Face.BOLD, size)
    room = COMMENT_RIGHT_MM - COMMENT_LEFT_MM
    refuse_wider("comment", words, width, room)
    y = 4.2
    items: list[Item] = list(
        set_line(PagePoint(COMMENT_LEFT_MM, y), words, Face.BOLD, size, "comment")
    )
    # Dots of all lines stand under each other.
    start = COMMENT_LEFT_MM + math.ceil((width + 2.0) / WRITING_PITCH_MM) * WRITING_PITCH_MM
    while y <= survey.comment.height_mm - 1.0:
        ends = (PagePoint(start, y), PagePoint(COMMENT_RIGHT_MM, y))
        if COMMENT_RIGHT_MM - start > 10.0:
            items.append(Stroke(ends, WRITING_DOT_MM, FAINT, "comment", WRITING_PITCH_MM))
        start = COMMENT_LEFT_MM
        y += COMMENT_LINE_PITCH_MM
    height = survey.comment.height_mm
    return (
        Block("comment", height, tuple(items)),
        PageRect(COMMENT_LEFT_MM, 0.0, room, height),
    )


def footer(survey: Survey) -> Block:
    """Thanks, and where the form goes."""
    leading = 3.15
    room = COMMENT_RIGHT_MM - COMMENT_LEFT_MM
    items: list[Item] = []
    lines = wrap(survey.footer, Face.ITALIC, 7.5, room)
    for index, line in enumerate(lines):
        refuse_wider("footer", line, line_width_mm(line, Face.ITALIC, 7.5), room)
        at = PagePoint(COMMENT_LEFT_MM, 0.77 * leading + index * leading)
        items += set_line(at, line, Face.ITALIC, 7.5, "footer")
    return Block("footer", len(lines) * leading, tuple(items))


def _example(centre: PagePoint, mark: str) -> list[Item]:
    def line(points: Sequence[tuple[float, float]], width: float) -> Stroke:
        at = tuple(PagePoint(centre.x_mm + dx, centre.y_mm + dy) for dx, dy in points)
        return Stroke(at, width, 1.0, "how_to")

    items: list[Item] = [Ring(centre, BUBBLE_MM, BUBBLE_LINE_MM, BUBBLE_DARKNESS, "how_to")]
    if mark == "f":
        items.append(Disc(centre, BUBBLE_MM - 0.5, 1.0, "how_to"))
    elif mark == "t":
        items.append(line([(-1.2, 0.0), (-0.3, 1.1), (1.4, -1.3)], 0.45))
    elif mark == "x":
        items.append(line([(-1.15, -1.15), (1.15, 1.15)], 0.45))
        items.append(line([(-1.15, 1.15), (1.15, -1.15)], 0.45))
    else:  # filled by mistake, then struck through beyond its outline
        items.append(Disc(centre, BUBBLE_MM - 0.5, 0.4, "how_to"))
        items.append(line([(-2.6, -2.6), (2.6, 2.6)], 0.45))
        items.append(line([(-2.6, 2.6), (2.6, -2.6)], 0.45))
    return items
