"""One A4 page for the leader: four numbers, domains, 13 months, where to look first.

Every part has its own room on the page, so that there is always exactly one page: lists show
their first five, names are shortened, and what a month does not have is said in words.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from omr.colour_profiles import rgb_profile
from omr.document_fonts import Serif, serif_font
from omr.pdf_file import open_canvas
from reports.charts import (
    ALARM,
    BLACK,
    BLUE,
    DARK,
    HAIR,
    MIDDLE,
    Ink,
    drawable,
    lines,
    put,
    put_lines,
    shortened,
    stroke,
    width,
)
from reports.charts_intervals import draw_intervals
from reports.charts_levels import Bar, bars_height, draw_bars
from reports.charts_trend import broken_months, draw_trend, has_months
from reports.leader_words import (
    Headline,
    bars_of,
    footnotes,
    headlines,
    lowest_of,
    no_trend,
    open_lines,
    stock_lines,
    title,
)
from reports.report_general import answering
from reports.report_pdf import draw_mark, language_tag, made
from reports.report_words import Say
from reports.results import MonthResults

_LEFT, _RIGHT = 18 * float(mm), float(A4[0] - 15 * mm)
_ROOM = _RIGHT - _LEFT
_TOP = float(A4[1] - 13 * mm)
_GAP = 16.0  # between the two columns
_UNITS, _FORMS = 0.57 * (_ROOM - _GAP), 0.43 * (_ROOM - _GAP)
# Heights of the parts' upper edges, points from the bottom of the page.
_NUMBERS_TOP = _TOP - 52
_NUMBERS_HIGH = 78.0
_BARS_TOP = _NUMBERS_TOP - _NUMBERS_HIGH - 12
_TREND_HIGH = 122.0
_LIST_HIGH = 158.0
_ALERTS_HIGH = 92.0
_FOOT = 24.0
_TITLE_PT, _PART_PT, _SMALL_PT = 16.0, 11.5, 8.5
_NUMBER_PT = 25.0


def write_leader_page(results: MonthResults, path: Path, *, outside: bool = False) -> None:
    """Write ``leader.pdf``; equal results give equal bytes.

    Args:
        results: The month.
        path: Of the file; an older one is replaced.
        outside: Whether the page leaves the office.

    Raises:
        ValueError: If it does, but small counts are still in *results*.
        OSError: If the file cannot be written.
    """
    if outside and not results.outside:
        raise ValueError("results for outside the office must have their small counts left out")
    path.write_bytes(leader_pdf(results))


def leader_pdf(results: MonthResults) -> bytes:
    """The page as a PDF/A-2b file."""
    serif_font(Serif.REGULAR)
    file = io.BytesIO()
    say = Say(results.language)
    canvas = open_canvas(
        file,
        size=A4,
        title=drawable(title(results)),
        first_font=Serif.REGULAR.value,
        profile=rgb_profile(),
        language=language_tag(say),
        made=made(results),
    )
    canvas.bookmarkPage("page")
    canvas.addOutlineEntry(drawable(title(results)), "page", 0)
    _head(canvas, results, say)
    _numbers(canvas, headlines(results))
    y = _bars(canvas, results, say)
    y = _trend(canvas, results, say, y)
    y = _lists(canvas, results, say, y)
    _alerts(canvas, results, say, y)
    _foot(canvas, results)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, results: MonthResults, say: Say) -> None:
    office = shortened(f"{results.agency} – {results.office}", Serif.REGULAR, 10, _ROOM - 170)
    put(canvas, _LEFT, _TOP - 9, office, size=10, ink=MIDDLE)
    if results.provisional:
        draw_mark(canvas, _RIGHT, _TOP - 10, results)
    name = shortened(title(results), Serif.BOLD, _TITLE_PT, _ROOM)
    put(canvas, _LEFT, _TOP - 30, name, size=_TITLE_PT, face=Serif.BOLD)
    days = say.days(results)
    under = f"{days[0].upper()}{days[1:]} · {say.version(results)}"
    if results.outside:
        under += say(" · bản gửi ra ngoài cơ quan", " · for use outside the office")
    put(canvas, _LEFT, _TOP - 44, drawable(under), size=10, face=Serif.ITALIC)


def _numbers(canvas: Canvas, found: Sequence[Headline]) -> None:
    """Four numbers side by side under one rule."""
    stroke(canvas, BLACK, 1.2)
    canvas.line(_LEFT, _NUMBERS_TOP, _RIGHT, _NUMBERS_TOP)
    wide = _ROOM / len(found)
    bottom = _NUMBERS_TOP - _NUMBERS_HIGH
    for place, each in enumerate(found):
        x = _LEFT + place * wide + (10 if place else 0)
        if place:
            stroke(canvas, HAIR, 0.6)
            canvas.line(x - 10, _NUMBERS_TOP - 8, x - 10, bottom + 6)
        room = wide - (10 if place else 0) - 6
        ink = ALARM if each.alarming else DARK
        put(canvas, x, _NUMBERS_TOP - 15, shortened(each.name, Serif.REGULAR, 10.5, room),
            size=10.5)  # fmt: skip
        size = _NUMBER_PT
        while width(each.number, Serif.BOLD, size) > room:
            size -= 1
        put(canvas, x, _NUMBERS_TOP - 41, each.number, size=size, face=Serif.BOLD, ink=ink)
        y = _NUMBERS_TOP - 53
        for line in lines(each.note, Serif.REGULAR, _SMALL_PT, room, 3):
            put(canvas, x, y, line, size=_SMALL_PT, ink=DARK)
            y -= 1.17 * _SMALL_PT
    stroke(canvas, BLACK, 0.6)
    canvas.line(_LEFT, bottom, _RIGHT, bottom)


def _bars(canvas: Canvas, results: MonthResults, say: Say) -> float:
    """Bars of levels; returns where the next part begins."""
    bars: list[Bar] = bars_of(results)
    heading = say("Mức độ hài lòng theo lĩnh vực", "By domain")
    if len(bars) < len(answering(results.by_rollup)) and bars:
        heading += say(f" ({len(bars)} lĩnh vực nhiều phiếu nhất)", f" (the {len(bars)} largest)")
    _part(canvas, _LEFT, _BARS_TOP, _ROOM, heading)
    if not bars:
        words = say("Chưa có phiếu nào.", "No responses yet.")
        if results.city.figures.responses != 0:
            words = say("Không công bố ở bản này.", "Not shown in this version.")
        _nothing(canvas, _LEFT, _BARS_TOP - 34, words)
        return _BARS_TOP - 54
    draw_bars(canvas, _LEFT, _BARS_TOP - 18, _ROOM, bars, results.language)
    return _BARS_TOP - 18 - bars_height(len(bars)) - 6


def _trend(canvas: Canvas, results: MonthResults, say: Say, top: float) -> float:
    heading = say(
        "Tỷ lệ hài lòng 13 tháng (%), dải dọc là khoảng tin cậy 95%",
        "Share satisfied over 13 months (%), bands are 95% intervals",
    )
    _part(canvas, _LEFT, top, _ROOM, heading)
    room_left = top - _FOOT - _LIST_HIGH - _ALERTS_HIGH - 40
    high = min(max(_TREND_HIGH, room_left - 32), 190.0)
    bottom = top - 18 - high
    if not has_months(results.trend):
        _nothing(canvas, _LEFT, top - 34, no_trend(say))
        return top - 54
    draw_trend(canvas, _LEFT, bottom, (_ROOM, high), results.trend, results.language)
    words = broken_months(results.trend, results.language)
    if words:
        note = shortened(words, Serif.ITALIC, _SMALL_PT, _ROOM)
        put(canvas, _LEFT, bottom - 10, note, size=_SMALL_PT, face=Serif.ITALIC, ink=DARK)
    return bottom - (22 if words else 12)


def _lists(canvas: Canvas, results: MonthResults, say: Say, top: float) -> float:
    """The lowest units beside the worst reconciliations."""
    right = _LEFT + _UNITS + _GAP
    lowest = lowest_of(results)
    _part(canvas, _LEFT, top, _UNITS,
          say("Đơn vị xếp hạng thấp nhất", "Units with the lowest places"))  # fmt: skip
    if lowest:
        draw_intervals(canvas, _LEFT, top - 18, _UNITS, lowest, results.language)
    else:
        _nothing(canvas, _LEFT, top - 34,
                 say("Không đơn vị nào được xếp hạng.", "No unit can be ranked."))  # fmt: skip
    _part(canvas, right, top, _FORMS,
          say("Phiếu giấy chưa rõ ở đâu", "Forms not accounted for"))  # fmt: skip
    found = stock_lines(results)
    y = top - 30
    if not found:
        words = say("Mọi phiếu giấy đều đối chiếu được.", "Every form is accounted for.")
        if not results.stock:
            words = say("Kỳ này không có phiếu giấy.", "No paper forms this month.")
        elif any(line.difference is None for line in results.stock):
            words = say("Không công bố ở bản này.", "Not shown in this version.")
        _nothing(canvas, right, top - 34, words)
    for each in found:
        put(canvas, right + _FORMS, y - 3, each.number, size=10, face=Serif.BOLD, align="right")
        name = shortened(each.name, Serif.REGULAR, 9, _FORMS - 32)
        put(canvas, right, y + 2, name, size=9)
        note = shortened(each.note, Serif.REGULAR, _SMALL_PT - 0.5, _FORMS - 32)
        put(canvas, right, y - 8, note, size=_SMALL_PT - 0.5, ink=MIDDLE)
        y -= 24
    return top - 18 - 24 * max(len(lowest), len(found), 1) - 26


def _alerts(canvas: Canvas, results: MonthResults, say: Say, top: float) -> None:
    heading = say("Câu trả lời cần xem xét, chưa xử lý", "Open alerts")
    _part(canvas, _LEFT, top, _ROOM, heading)
    shown, more = open_lines(results, most=max(1, min(5, int((top - _FOOT - 34) / 14))))
    y = top - 28
    for each in shown:
        put(canvas, _RIGHT, y, each.number, size=10, face=Serif.BOLD, align="right")
        put(canvas, _LEFT, y, shortened(each.name, Serif.REGULAR, 9, 190), size=9)
        put(canvas, _LEFT + 200, y, shortened(each.note, Serif.REGULAR, 9, _ROOM - 240), size=9)
        y -= 14
    put_lines(canvas, _LEFT, y + 3, [drawable(more)] if more else [], size=9)


def _foot(canvas: Canvas, results: MonthResults) -> None:
    words = shortened(footnotes(results), Serif.ITALIC, 8, _ROOM)
    put(canvas, _LEFT, _FOOT - 4, words, size=8, face=Serif.ITALIC, ink=MIDDLE)


def _part(canvas: Canvas, x: float, top: float, room: float, words: str) -> None:
    """A part's heading over a hairline."""
    name = shortened(words, Serif.BOLD, _PART_PT, room)
    put(canvas, x, top - _PART_PT, name, size=_PART_PT, face=Serif.BOLD, ink=BLUE)
    stroke(canvas, HAIR, 0.6)
    canvas.line(x, top - _PART_PT - 4, x + room, top - _PART_PT - 4)


def _nothing(canvas: Canvas, x: float, y: float, words: str) -> None:
    grey: Ink = MIDDLE
    put(canvas, x, y, drawable(words), size=10, face=Serif.ITALIC, ink=grey)
