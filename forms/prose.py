"""The worded parts of a form: header beside the stamp, how to mark, comment, footer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from forms import public_code
from forms.artwork import Block, Disc, Item, Ring, Slot, Stroke
from forms.fonts import Face
from forms.frame import (
    BUBBLE_DARKNESS,
    BUBBLE_LINE_MM,
    BUBBLE_MM,
    BUBBLE_REACH_MM,
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
from omr.links import Link
from omr.survey import Domain, Survey

FIELD = "Lĩnh vực:"
NUMBER = "Số:"
CONTROL_CODE, FOR_OFFICERS = "Mã kiểm soát", "cơ quan dùng, xin không quét"
CONTROL_CODE_SHORT = "Mã kiểm soát – không quét"
STAMP_HERE = "(đóng dấu)"
RIGHT_MARKS, WRONG_MARKS, CORRECTION = "Đúng:", "Sai:", "Sửa:"
FIXED_WORDS = (
    *(FIELD, NUMBER, CONTROL_CODE, FOR_OFFICERS, CONTROL_CODE_SHORT, STAMP_HERE),
    *(RIGHT_MARKS, WRONG_MARKS, CORRECTION),
)

HEADER_LEFT_MM = STAMP.right_mm + 1.4
HEADER_ROOM_MM = CODES[0].x_mm - CODE_QUIET_MM - 0.6 - HEADER_LEFT_MM
CAPTION_PT = 6.5
CAPTION_LEADING_MM = 2.5
HOW_TO_PT = 8.5
EXAMPLE_REACH_MM = {"c": (3.4, 3.4), "o": (BUBBLE_REACH_MM, 5.3), "s": (2.8, 2.8)}  # sideways
PEN_MM = 0.45  # what a pen draws in the examples
HOW_TO_ROOM_MM = 96.0  # its first line stands beside the upper code's caption
_CAPTION_MM = CODES[0].bottom_mm + CODE_QUIET_MM + 2.0  # its first baseline
SERIAL = Slot(PagePoint(RIGHT_MM, _CAPTION_MM + 6.4), Face.BOLD, 8.5, 33.0)
UNIT = Slot(PagePoint(RIGHT_MM, _CAPTION_MM + 9.8), Face.REGULAR, 7.5, 33.0)
INTRO_ROOM_MM = SERIAL.ink.x_mm - 1.0 - HEADER_LEFT_MM
COMMENT_LEFT_MM = CODES[1].right_mm + CODE_QUIET_MM + 2.0
COMMENT_RIGHT_MM = RIGHT_MM - FIDUCIAL_SIDE_MM - FIDUCIAL_QUIET_MM - 0.3
COMMENT_LINE_PITCH_MM = 6.2  # room for handwriting
WRITING_DOT_MM = 0.25
WRITING_PITCH_MM = 1.25


class _Passage(NamedTuple):
    words: str
    face: Face
    size_pt: float
    leading_mm: float
    before_mm: float  # white above it
    room_mm: float
    source: str
    even: bool = True  # lines of like length, or full ones


def header(survey: Survey, domain: Domain) -> Block:
    """Title, subtitle, domain and intro, between the stamp zone and the upper code."""
    sentences = _sentences(survey.intro)
    # The last sentence is what the citizen is promised, such as that no name is asked.
    why, promise = (sentences[:-1], sentences[-1]) if len(sentences) > 1 else (sentences, "")
    field = f"{FIELD} {domain.name}", Face.BOLD, 9.0, 3.7, 1.1, HEADER_ROOM_MM
    items: list[Item] = []
    y = 1.0  # the title's stacked accents rise above its leading
    for part in (
        _Passage(survey.title, Face.BOLD, 13.5, 5.5, 0.0, HEADER_ROOM_MM, "title"),
        _Passage(survey.subtitle, Face.REGULAR, 8.5, 3.5, 0.4, HEADER_ROOM_MM, "subtitle"),
        _Passage(*field, f"domain {domain.id}", even=False),
        _Passage(" ".join(why), Face.REGULAR, SMALL_PT, 3.3, 0.9, HEADER_ROOM_MM, "intro"),
        _Passage(promise, Face.BOLD, SMALL_PT, 3.3, 0.0, INTRO_ROOM_MM, "intro"),
    ):
        if part.words:
            y += part.before_mm
        for line in wrap(part.words, part.face, part.size_pt, part.room_mm, even=part.even):
            width = line_width_mm(line, part.face, part.size_pt)
            refuse_wider(part.source, line, width, part.room_mm)
            at = PagePoint(HEADER_LEFT_MM, y + 0.77 * part.leading_mm)
            items += set_line(at, line, part.face, part.size_pt, part.source)
            y += part.leading_mm
    return Block("header", y, tuple(items))


def _sentences(words: str) -> list[str]:
    return re.findall(r"\S.*?[.!?](?=\s|$)|\S.*$", words)


def furniture() -> tuple[Item, ...]:
    """What stands at fixed places: the stamp's corners and the codes' captions."""
    corner = 2.5
    shown = STAMP.grown(-1.5)  # within the printer's margin, level with the fiducials
    items: list[Item] = []
    for point, dx, dy in zip(shown.corners(), (1, -1, -1, 1), (1, 1, -1, -1), strict=True):
        across = PagePoint(point.x_mm + dx * corner, point.y_mm)
        down = PagePoint(point.x_mm, point.y_mm + dy * corner)
        items.append(Stroke((across, point, down), RULE_MM, RULE_DARKNESS, "stamp"))
    width = line_width_mm(STAMP_HERE, Face.ITALIC, 7.5)
    middle = PagePoint(STAMP.x_mm + (STAMP.w_mm - width) / 2, shown.bottom_mm - 1.2)
    items += set_line(middle, STAMP_HERE, Face.ITALIC, 7.5, "stamp")
    lower = CODES[1]
    for line, (words, face) in enumerate(((CONTROL_CODE, Face.BOLD), (FOR_OFFICERS, Face.REGULAR))):
        width = line_width_mm(words, face, CAPTION_PT)
        place = PagePoint(RIGHT_MM - width, _CAPTION_MM + line * CAPTION_LEADING_MM)
        items += set_line(place, words, face, CAPTION_PT, "code")
    width = line_width_mm(CONTROL_CODE_SHORT, Face.REGULAR, CAPTION_PT)
    place = PagePoint(lower.x_mm + (lower.w_mm - width) / 2, lower.y_mm - CODE_QUIET_MM - 0.6)
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
    """Marks as they should and should not be, and a correction; drawn left of the heads."""
    x = LEFT_MM
    items: list[Item] = []
    for words, marks in ((RIGHT_MARKS, "ftx"), (WRONG_MARKS, "dco"), (CORRECTION, "sf")):
        at = PagePoint(x, baseline(0.0, SMALL_PT))
        items += set_line(at, words, Face.BOLD, SMALL_PT, "how_to")
        x += line_width_mm(words, Face.BOLD, SMALL_PT) + 1.2
        for mark in marks:
            left, right = EXAMPLE_REACH_MM.get(mark, (BUBBLE_REACH_MM, BUBBLE_REACH_MM))
            items += _example(PagePoint(x + left, 0.0), mark)
            x += left + right + 0.8
        x += 2.0
    return Block("examples", height_mm, tuple(items)).moved_down(height_mm / 2)


def comment(survey: Survey, public: Link | None = None) -> tuple[Block, PageRect]:
    """The comment's title and dotted writing lines; and its area, with y from the top.

    A *public* code takes the right part of the block, and its address the lowest line.
    """
    size = 8.5
    words = survey.comment.text
    width = line_width_mm(words, Face.BOLD, size)
    height = survey.comment.height_mm
    items: list[Item] = []
    area = PageRect(COMMENT_LEFT_MM, 0.0, COMMENT_RIGHT_MM - COMMENT_LEFT_MM, height)
    if public:
        invited, area = public_code.beside(area, public)
        items += invited
    refuse_wider("comment", words, width, area.w_mm)
    y = 4.2
    items += set_line(PagePoint(COMMENT_LEFT_MM, y), words, Face.BOLD, size, "comment")
    # Dots of all lines stand under each other.
    start = COMMENT_LEFT_MM + math.ceil((width + 2.0) / WRITING_PITCH_MM) * WRITING_PITCH_MM
    while y <= area.h_mm - 1.0:
        ends = (PagePoint(start, y), PagePoint(area.right_mm, y))
        if area.right_mm - start > 10.0:
            items.append(Stroke(ends, WRITING_DOT_MM, FAINT, "comment", WRITING_PITCH_MM))
        start = COMMENT_LEFT_MM
        y += COMMENT_LINE_PITCH_MM
    return Block("comment", height, tuple(items)), area


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
    """A bubble of the examples with a mark: filled, ticked, crossed, dotted, and so on."""
    items: list[Item] = [Ring(centre, BUBBLE_MM, BUBBLE_LINE_MM, BUBBLE_DARKNESS, "how_to")]
    match mark:
        case "f":
            items.append(Disc(centre, BUBBLE_MM - 0.5, 1.0, "how_to"))
        case "d":
            items.append(Disc(centre, 0.9, 1.0, "how_to"))
        case "t" | "o":  # in the bubble, or outside
            right = 0.0 if mark == "t" else BUBBLE_MM / 2 + 1.6
            tick = [(right - 1.2, 0.0), (right - 0.3, 1.1), (right + 1.4, -1.3)]
            items.append(_penned(centre, tick))
        case "c":
            turns = [2 * math.pi * n / 36 for n in range(37)]
            circle = [(3.2 * math.cos(turn), -2.65 * math.sin(turn)) for turn in turns]
            items.append(_penned(centre, circle))
        case _:  # crossed; or shaded by mistake and struck through beyond the outline
            reach = 1.15 if mark == "x" else 2.6
            items += _shading(centre) if mark == "s" else []
            items.append(_penned(centre, [(-reach, -reach), (reach, reach)]))
            items.append(_penned(centre, [(-reach, reach), (reach, -reach)]))
    return items


def _shading(centre: PagePoint) -> list[Item]:
    """Lines across a bubble: black, since a copy would lose grey."""
    radius = BUBBLE_MM / 2 - 0.35
    ys = [0.42 * n for n in range(-4, 5)]
    halves = [(math.sqrt(radius**2 - y**2), y) for y in ys]
    return [_penned(centre, [(-x, y), (x, y)], 0.15) for x, y in halves]


def _penned(
    centre: PagePoint, points: Sequence[tuple[float, float]], width_mm: float = PEN_MM
) -> Stroke:
    at = tuple(PagePoint(centre.x_mm + dx, centre.y_mm + dy) for dx, dy in points)
    return Stroke(at, width_mm, 1.0, "how_to")
