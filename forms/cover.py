"""A pad's cover: which forms it holds, for whom, and what the counter has to do with them.

A cover carries no fiducial and no control code, so a scanned one is a page without a form.
Its barcode names the pad for those who give pads out and take them back, and for the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from forms.artwork import Item, Stroke
from forms.barcode import barcode
from forms.fonts import MM_PER_POINT, Face
from forms.frame import HEIGHT_MM, WIDTH_MM
from forms.issuer import Issuer
from forms.lines import line
from forms.style import FAINT, RULE_DARKNESS, RULE_MM
from forms.text_flow import FormDoesNotFit, line_width_mm, set_line, wrap
from omr.geometry import PagePoint
from omr.i18n import _
from omr.pads import Pad

MARGIN_MM = 13.0  # office printers lose up to 5 mm; the rest is for the eye, and for staples
LEFT_MM = MARGIN_MM
RIGHT_MM = WIDTH_MM - MARGIN_MM
ROOM_MM = RIGHT_MM - LEFT_MM
BOTTOM_MM = HEIGHT_MM - MARGIN_MM

_LABEL_PT = 8.0
_BODY_PT = 9.0
_BAR_MM = 0.5  # of the rule under the head
_DOT_MM, _DOT_PITCH_MM = 0.22, 1.0  # as the form's writing lines
_HAND_PITCH_MM = 8.3  # lines to write on, one below the other
_LEAST_PT = 8.0  # names longer than this allows are refused
_STEP_PT = 0.5
_INDENT_MM = 18.0  # of the fields, beside the word for what happens
_GAP_MM = 1.5  # between a label and its dots
_COLUMNS_MM = (LEFT_MM, LEFT_MM + 46.0, LEFT_MM + 92.0)  # from, to, how many


@dataclass(frozen=True, slots=True)
class CoverWords:
    """What is equal on the covers of one print run."""

    issuer: Issuer
    title: str  # of the form
    domain: str  # its name
    unit: str  # code of the unit that hands the forms out
    unit_short: str
    unit_name: str


def cover(words: CoverWords, pad: Pad) -> tuple[Item, ...]:
    """The cover of *pad*, of a form's size.

    Raises:
        FormDoesNotFit: If a name is too long for a cover, or has letters that cannot be drawn.
    """
    return (
        *_head(words, pad),
        *_pad(pad),
        *_unit(words),
        *_bars(pad),
        *_by_hand(),
        *_instructions(words),
    )


def _head(words: CoverWords, pad: Pad) -> Iterable[Item]:
    issuer = words.issuer
    year = f"Năm {pad.year}"
    room = ROOM_MM - line_width_mm(year, Face.BOLD, _BODY_PT) - 4.0
    yield from _fitted(16.2, issuer.agency.upper(), Face.REGULAR, _BODY_PT, "agency", room)
    yield from _fitted(20.6, issuer.office.upper(), Face.BOLD, _BODY_PT, "office", room)
    yield from _line(RIGHT_MM, 20.6, year, Face.BOLD, _BODY_PT, align=1.0)
    yield _rule(24.6, _BAR_MM, 1.0)
    yield from _fitted(34.2, words.title, Face.BOLD, 16.0, "title")
    yield from _paragraph(
        41.0, f"Lĩnh vực: {words.domain}", Face.REGULAR, 11.0, f"domain {pad.domain}"
    )


def _pad(pad: Pad) -> Iterable[Item]:
    yield from _line(LEFT_MM, 52.0, "Quyển số", Face.REGULAR, _LABEL_PT)
    yield from _fitted(62.0, str(pad), Face.BOLD, 28.0, "pad")
    shown = (
        ("Từ số", str(pad.first_serial)),
        ("Đến số", str(pad.last_serial)),
        ("Số phiếu", f"{len(pad):,}".replace(",", ".")),
    )
    for x, (label, value) in zip(_COLUMNS_MM, shown, strict=True):
        yield from _line(x, 70.5, label, Face.REGULAR, _LABEL_PT)
        room = _COLUMNS_MM[1] - _COLUMNS_MM[0] - 3.0
        yield from _fitted(76.0, value, Face.BOLD, 12.0, "serial", room, left=x)
    yield _rule(81.5)


def _unit(words: CoverWords) -> Iterable[Item]:
    yield from _line(LEFT_MM, 87.5, "Đơn vị sử dụng", Face.REGULAR, _LABEL_PT)
    room = _COLUMNS_MM[2] - LEFT_MM - 3.0
    short = words.unit_short or words.unit
    yield from _fitted(94.6, short, Face.BOLD, 16.0, "unit", room)
    yield from _line(_COLUMNS_MM[2], 87.5, "Mã đơn vị", Face.REGULAR, _LABEL_PT)
    room = RIGHT_MM - _COLUMNS_MM[2]
    yield from _fitted(94.6, words.unit, Face.BOLD, 12.0, "unit", room, left=_COLUMNS_MM[2])
    if words.unit_name != short:
        yield from _paragraph(100.8, words.unit_name, Face.REGULAR, 10.0, "unit")


def _bars(pad: Pad) -> Iterable[Item]:
    top, height = 110.5, 14.0
    bars = barcode(str(pad), PagePoint(LEFT_MM, top), height_mm=height, room_mm=ROOM_MM)
    yield bars
    yield from _line(LEFT_MM, top + height + 4.4, str(pad), Face.REGULAR, _BODY_PT)
    yield _rule(133.5)


def _by_hand() -> Iterable[Item]:
    """Lines to fill in when the pad is given out and when it comes back."""
    two = (LEFT_MM + _INDENT_MM, LEFT_MM + 82.0)
    y = 141.0
    yield from _blanks(y, "Cấp phát", ("Người nhận", "Ký nhận"), two)
    y += _HAND_PITCH_MM
    yield from _blanks(y, "", ("Biên bản số", "Ngày"), two)
    y += _HAND_PITCH_MM
    counts = ("Có ý kiến", "Trắng", "Hỏng", "Mất", "Còn")
    widths = [line_width_mm(count, Face.REGULAR, _BODY_PT) for count in counts]
    free = ROOM_MM - _INDENT_MM - sum(widths) + 2 * _GAP_MM  # none after the last
    dots = free / len(counts)
    starts = accumulate(widths, lambda x, width: x + width + dots, initial=two[0])
    yield from _blanks(y, "Nộp lại", counts, tuple(starts)[:-1])
    y += _HAND_PITCH_MM
    yield from _blanks(y, "", ("Người kiểm đếm", "Ngày"), two)
    yield _rule(y + 5.0)


def _instructions(words: CoverWords) -> Iterable[Item]:
    lines = (
        "Phát phiếu lần lượt theo số thứ tự; mỗi lượt giải quyết một phiếu.",
        "Phiếu in lỗi, rách, viết hỏng: giữ lại và nộp cùng quyển này.",
        f"Không bỏ đi phiếu nào. Mất phiếu: báo ngay {words.issuer.office}.",
    )
    y = 179.4
    yield from _line(LEFT_MM, y, "Cán bộ tiếp dân lưu ý", Face.BOLD, _BODY_PT)
    for number, rule in enumerate(lines, start=1):
        y += 5.2
        yield from _line(LEFT_MM, y, f"{number}.", Face.REGULAR, _BODY_PT)
        room = ROOM_MM - 4.5
        yield from _fitted(y, rule, Face.REGULAR, _BODY_PT, "cover", room, left=LEFT_MM + 4.5)


def _blanks(y: float, title: str, labels: Sequence[str], lefts: Sequence[float]) -> Iterable[Item]:
    """A row of labels, each followed by dots to write on, as far as the next label."""
    yield from _line(LEFT_MM, y, title, Face.BOLD, _BODY_PT)
    rights = [*(left - 2 * _GAP_MM for left in lefts[1:]), RIGHT_MM]
    for label, left, right in zip(labels, lefts, rights, strict=True):
        yield from _line(left, y, label, Face.REGULAR, _BODY_PT)
        start = left + line_width_mm(label, Face.REGULAR, _BODY_PT) + _GAP_MM
        # The dots of all rows stand on one grid, counted from the right margin.
        pitches = (RIGHT_MM - start) // _DOT_PITCH_MM
        ends = (PagePoint(RIGHT_MM - pitches * _DOT_PITCH_MM, y), PagePoint(right, y))
        yield Stroke(ends, _DOT_MM, FAINT, "cover", _DOT_PITCH_MM)


def _rule(y: float, width_mm: float = RULE_MM, darkness: float = RULE_DARKNESS) -> Stroke:
    return Stroke((PagePoint(LEFT_MM, y), PagePoint(RIGHT_MM, y)), width_mm, darkness, "rule")


def _line(
    x: float, y: float, words: str, face: Face, size_pt: float, *, align: float = 0.0
) -> tuple[Item, ...]:
    return line(x, y, words, face, size_pt, "cover", align=align)


def _fitted(
    y: float,
    words: str,
    face: Face,
    size_pt: float,
    source: str,
    room_mm: float = ROOM_MM,
    *,
    left: float = LEFT_MM,
) -> tuple[Item, ...]:
    """One line, smaller than *size_pt* if it is too long for that."""
    size = size_pt
    while line_width_mm(words, face, size) > room_mm and size > _LEAST_PT:
        size -= _STEP_PT
    _refuse_wider(words, face, size, source, room_mm)
    return set_line(PagePoint(left, y), words, face, size, source)


def _paragraph(y: float, words: str, face: Face, size_pt: float, source: str) -> Iterable[Item]:
    """One or two lines; smaller than *size_pt* if two are not enough for that."""
    size = size_pt
    while len(wrap(words, face, size, ROOM_MM)) > 2 and size > _LEAST_PT:
        size -= _STEP_PT
    lines = wrap(words, face, size, ROOM_MM)
    if len(lines) > 2:
        raise _too_long(words, source)
    for index, part in enumerate(lines):
        _refuse_wider(part, face, size, source, ROOM_MM)
        leading = 1.3 * size * MM_PER_POINT
        yield from set_line(PagePoint(LEFT_MM, y + index * leading), part, face, size, source)


def _refuse_wider(words: str, face: Face, size_pt: float, source: str, room_mm: float) -> None:
    if line_width_mm(words, face, size_pt) > room_mm:
        raise _too_long(words, source)


def _too_long(words: str, source: str) -> FormDoesNotFit:
    return FormDoesNotFit(
        _('{source} is too long for a pad\'s cover: "{words}"').format(source=source, words=words),
        _("Shorten it where it stands: omr.toml, units.csv or the survey file."),
    )
