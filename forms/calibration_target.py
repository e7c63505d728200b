"""What a calibration page shows on the room of one form: a frame to measure, and samples.

The samples are what a form is made of, at a form's sizes, so that whoever looks at them
sees what the printer would do to a form.
"""

from __future__ import annotations

from collections.abc import Iterable

from forms.artwork import Disc, Item, Pattern, Ring, Stroke
from forms.codes_art import code_runs, fiducial_runs
from forms.fonts import MM_PER_POINT, Face
from forms.frame import (
    BUBBLE_DARKNESS,
    BUBBLE_LINE_MM,
    BUBBLE_MM,
    CODE_MODULES,
    CODE_QUIET_MM,
    CODE_SIDE_MM,
    FIDUCIAL_SIDE_MM,
    ROW_PITCH_MM,
)
from forms.lines import broken, line
from forms.style import RULE_DARKNESS, RULE_MM
from omr.fiducial_bits import CELLS_PER_SIDE
from omr.geometry import PagePoint, PageRect
from omr.own_pages import CALIBRATION_CODE

FRAME_WIDTH_MM, FRAME_HEIGHT_MM = 100.0, 150.0
FRAME_LINE_MM = 0.2

_SCALE_MAY_BE_OFF_MM = 1  # in 100 mm; a page shrunk to fit loses 3 mm
_MAY_BE_SHIFTED_MM = 2  # the form's margin is 8 mm: 6 lost at most, and 2 for this
MOST_LOST_MM = 6

_PADDING_MM = 5.0
_TEXT_PT = 8.5
_LEADING_MM = 3.9
_CAPTION_PT = 6.0
_GREYS = tuple(n / 10 for n in range(1, 11))
_GREY_DISC_MM = 6.0
_LINES_MM = (0.05, 0.1, 0.15, 0.2, 0.25, 0.5)
_SAMPLE_PT = (9.0, 8.0, 7.0, 6.0)
_SAMPLE = "ẨẾỖỮỚẶỴ Nguyễn Thị Ưởng, phường Đồ Sơn 0123456789"


def target(frame: PageRect, paper_name: str, paper_width_mm: float) -> Iterable[Item]:
    """Frame, rulers, words and samples.

    Args:
        frame: Where the frame lies on the paper, FRAME_WIDTH_MM by FRAME_HEIGHT_MM; the
            distances that are asked for are its own from the paper's edges.
        paper_name: Of the paper that has to lie in the tray.
        paper_width_mm: How wide that paper is.
    """
    yield from _outline(frame)
    yield from _rulers(frame)
    left, room = frame.x_mm + _PADDING_MM, frame.w_mm - 2 * _PADDING_MM
    y = frame.y_mm + 10.0
    yield from _words(left, y, "TRANG KIỂM TRA MÁY IN", Face.BOLD, 14.0)
    yield from _words(left + room, y, f"Giấy {paper_name}", Face.REGULAR, _TEXT_PT, align=1.0)
    y += 6.5
    for number, text in enumerate(_instructions(frame, paper_name, paper_width_mm), start=1):
        yield from _words(left, y, f"{number}.", Face.BOLD, _TEXT_PT)
        for part in broken(text, Face.REGULAR, _TEXT_PT, room - 4.5):
            yield from _words(left + 4.5, y, part, Face.REGULAR, _TEXT_PT)
            y += _LEADING_MM
        y += 0.7
    yield _rule(left, left + room, y)
    yield from _form_parts(left, room, y + 4.5)
    yield from _greys(left, room, y + 36.0)
    yield from _thin_lines(left, room, y + 47.5)
    y += 72.0
    for size in _SAMPLE_PT:
        yield from _words(left, y, f"{size:g} pt", Face.REGULAR, _CAPTION_PT)
        yield from _words(left + 8.0, y, _SAMPLE, Face.REGULAR, size)
        y += 0.42 * size + 0.7


def _instructions(frame: PageRect, paper_name: str, paper_width_mm: float) -> tuple[str, ...]:
    def mm(value: float) -> str:
        return f"{value:g}".replace(".", ",") + "\u00a0mm"

    from_right = paper_width_mm - frame.right_mm
    side, away = ("trái", frame.x_mm) if frame.x_mm <= from_right else ("phải", from_right)
    return (
        (
            f"In ở tỷ lệ 100% (Actual size) trên giấy {paper_name}; không chọn co giãn cho vừa "
            "trang (Fit, Shrink)."
        ),
        (
            f"Đo khung này: rộng {mm(frame.w_mm)}, cao {mm(frame.h_mm)}, sai số tối đa "
            f"{mm(_SCALE_MAY_BE_OFF_MM)}. Nếu quá: tắt co giãn rồi in lại."
        ),
        (
            f"Khung cách mép giấy bên {side} {mm(away)}, mép trên {mm(frame.y_mm)}, lệch tối đa "
            f"{mm(_MAY_BE_SHIFTED_MM)}. Nếu quá: chỉnh lại khay giấy."
        ),
        (
            "Tại mỗi mép giấy, số nhỏ nhất còn thấy vạch cho biết máy in bỏ mất bao nhiêu mm "
            f"lề; không được quá {MOST_LOST_MM}."
        ),
        (
            "Các mẫu dưới đây phải sắc nét, chữ 6 pt đọc rõ dấu. Bản in nhạt, có sọc hoặc lem: "
            "thay mực, lau máy."
        ),
    )


def _outline(frame: PageRect) -> Iterable[Item]:
    corners = frame.corners()
    yield Stroke((*corners, corners[0]), FRAME_LINE_MM, 1.0, "frame")


def _rulers(frame: PageRect) -> Iterable[Item]:
    """Millimetres along the frame's upper and left sides, counted from its corner."""
    for n in range(round(frame.w_mm) + 1):
        x, y = frame.x_mm + n, frame.y_mm
        length = _tick_mm(n)
        yield Stroke((PagePoint(x, y), PagePoint(x, y - length)), 0.1, 1.0, "ruler")
        if n % 10 == 0:
            yield from _words(x, y - length - 0.8, str(n), Face.REGULAR, _CAPTION_PT, align=0.5)
    for n in range(round(frame.h_mm) + 1):
        x, y = frame.x_mm, frame.y_mm + n
        length = _tick_mm(n)
        yield Stroke((PagePoint(x, y), PagePoint(x - length, y)), 0.1, 1.0, "ruler")
        if n % 10 == 0:
            at = y + 0.36 * _CAPTION_PT * MM_PER_POINT  # half of a digit's height
            words = str(n)
            yield from _words(x - length - 0.8, at, words, Face.REGULAR, _CAPTION_PT, align=1.0)


def _tick_mm(n: int) -> float:
    return 3.2 if n % 10 == 0 else 2.2 if n % 5 == 0 else 1.3


def _form_parts(left: float, room: float, top: float) -> Iterable[Item]:
    """A control code, a fiducial and bubbles, as large as on a form."""
    code = PageRect(left, top, CODE_SIDE_MM, CODE_SIDE_MM)
    runs = tuple(code_runs(CALIBRATION_CODE))
    yield Pattern(runs, code, CODE_MODULES, CODE_MODULES, "code")
    side, cells = FIDUCIAL_SIDE_MM, CELLS_PER_SIDE
    corner = PageRect(code.right_mm + CODE_QUIET_MM + 5.0, top, side, side)
    yield Pattern(tuple(fiducial_runs(0)), corner, cells, cells, "fiducial")
    pitch = 9.0  # of the form's rating columns
    first = PagePoint(left + room - BUBBLE_MM / 2 - 4 * pitch, top + BUBBLE_MM / 2)
    for row in range(4):
        for column in range(5):
            at = PagePoint(first.x_mm + column * pitch, first.y_mm + row * ROW_PITCH_MM)
            yield Ring(at, BUBBLE_MM, BUBBLE_LINE_MM, BUBBLE_DARKNESS, "bubble")
    y = top + CODE_SIDE_MM + CODE_QUIET_MM + 2.3
    yield from _words(left, y, "Mã mẫu, không có giá trị", Face.REGULAR, _CAPTION_PT)
    x = corner.x_mm + side / 2
    yield from _words(x, top + side + 3.2, "Dấu góc", Face.REGULAR, _CAPTION_PT, align=0.5)


def _greys(left: float, room: float, top: float) -> Iterable[Item]:
    step = (room - _GREY_DISC_MM) / (len(_GREYS) - 1)
    for index, grey in enumerate(_GREYS):
        x = left + _GREY_DISC_MM / 2 + index * step
        yield Disc(PagePoint(x, top), _GREY_DISC_MM, grey, "grey")
        y = top + _GREY_DISC_MM / 2 + 2.7
        yield from _words(x, y, f"{grey:.0%}", Face.REGULAR, _CAPTION_PT, align=0.5)


def _thin_lines(left: float, room: float, top: float) -> Iterable[Item]:
    """Lines of several widths along the paper and across it."""
    pitch, across = 3.2, 7.0
    beside = left + room - (len(_LINES_MM) - 1) * across - 2.5  # half of a number
    for index, width in enumerate(_LINES_MM):
        words = f"{width:.2f}".replace(".", ",")
        y = top + index * pitch
        at = y + 0.36 * _CAPTION_PT * MM_PER_POINT
        yield from _words(left + 5.5, at, words, Face.REGULAR, _CAPTION_PT, align=1.0)
        ends = (PagePoint(left + 7.5, y), PagePoint(left + room / 2, y))
        yield Stroke(ends, width, 1.0, "line")
        x = beside + index * across
        ends = (PagePoint(x, top - 1.0), PagePoint(x, top + 12.5))
        yield Stroke(ends, width, 1.0, "line")
        yield from _words(x, top + 16.3, words, Face.REGULAR, _CAPTION_PT, align=0.5)


def _words(
    x: float, y: float, words: str, face: Face, size_pt: float, *, align: float = 0.0
) -> tuple[Item, ...]:
    return line(x, y, words, face, size_pt, "calibration", align=align)


def _rule(left: float, right: float, y: float) -> Stroke:
    return Stroke((PagePoint(left, y), PagePoint(right, y)), RULE_MM, RULE_DARKNESS, "rule")
