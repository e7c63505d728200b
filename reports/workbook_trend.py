"""Forms 05 and 05a: thirteen months of the city and of each domain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.figures import Figures
from reports.number_text import EMPTY, WITHHELD
from reports.results import MonthPoint, Trend
from reports.rounding import percent, rounded
from reports.words import break_word
from reports.workbook_book import Book, Kind
from reports.workbook_charts import ChartLine, add_lines
from reports.workbook_figures import (
    FIGURE_COLUMNS,
    INDEX_HEAD,
    SHARE_HEAD,
    write_figures,
)
from reports.workbook_grid import Column
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import RESPONSES, STT, mark_participation
from reports.workbook_text import Pair, month_text, tidy

MONTH = Pair("Kỳ báo cáo", "Month")
FORM_05 = Form(
    "05",
    Pair("Diễn biến mức độ hài lòng trong 13 kỳ", "Satisfaction over 13 months"),
    Pair("phiếu, %", "responses, %"),
)
FORM_05A = Form(
    "05a",
    Pair(
        "Số liệu 13 kỳ của toàn thành phố và từng lĩnh vực",
        "Figures of 13 months: whole city and each domain",
    ),
    RESPONSES,
)
_CITY_OVER = Pair("Toàn thành phố", "Whole city")
_DOMAINS_OVER = Pair("Tỷ lệ hài lòng theo lĩnh vực (%)", "Share satisfied by domain (%)")
_COMPARABLE = Pair("So sánh với kỳ này", "Comparable")
_YES = Pair("được", "yes")
_CHART = Pair("Tỷ lệ hài lòng theo kỳ (%)", "Share satisfied by month (%)")
_NOT_COMPARABLE = Pair("Không so sánh được", "Not comparable")
_CHART_DATA = Pair("Số liệu vẽ biểu đồ (không in)", "Numbers of the chart (not printed)")
_NOTES = (
    Pair(
        "Chỉ nối thành đường những kỳ so sánh được với kỳ này: cùng đơn vị, lĩnh vực, câu hỏi. "
        "Kỳ khác vẽ bằng vòng tròn rời.",
        "Lines connect only months that may be compared with this one: the same units, domains "
        "and questions. Others are single circles.",
    ),
    Pair(
        "Trục đứng không bắt đầu từ 0. Số liệu chi tiết: Biểu 05a.",
        "The vertical axis does not begin at 0. In full: form 05a.",
    ),
)
# Of a column in form 05: key there, key in form 05a.
_CITY = ("responses", "share", "low", "high", "index", "participation")


@dataclass(frozen=True, slots=True)
class _Block:
    trend: Trend
    rows: tuple[int, ...]  # in form 05a, one for each month


def write_trend(book: Book) -> tuple[Sheet, Sheet]:
    """Forms 05 and 05a, the short one first."""
    short = _short_sheet(book)
    source, blocks = _write_in_full(book)
    _write_short(short, source, blocks)
    return short, source


def _told(book: Book) -> list[Trend]:
    """The domains in which anybody answered in any of the months, or may have."""
    return [
        trend
        for trend in book.results.domain_trends
        if any(p.figures and (p.figures.hidden or p.figures.responses != 0) for p in trend.points)
    ]


def _short_sheet(book: Book) -> Sheet:
    domains = _told(book)
    columns = (
        Column("stt", STT, 40, "A"),
        Column("month", MONTH, 70, "B"),
        Column("responses", Pair("Số phiếu", "Responses"), 66, "1", _CITY_OVER),
        Column("share", SHARE_HEAD, 66, "2", _CITY_OVER),
        Column("low", Pair("Khoảng 95%, từ", "95% from"), 60, "3", _CITY_OVER),
        Column("high", Pair("Khoảng 95%, đến", "95% to"), 60, "4", _CITY_OVER),
        Column("index", INDEX_HEAD, 62, "5", _CITY_OVER),
        Column("participation", Pair("Tham gia (%)", "Particip. (%)"), 60, "6", _CITY_OVER),
        *(
            Column(f"d{number}", Pair(trend.key[0], trend.key[0]), 58, str(number), _DOMAINS_OVER)
            for number, trend in enumerate(domains, 7)
        ),
        Column("comparable", _COMPARABLE, 132, "C"),
        Column("chart", _CHART, 500, "D"),
    )
    return Sheet(book, FORM_05, columns)


def _write_in_full(book: Book) -> tuple[Sheet, list[_Block]]:
    columns = (
        Column("stt", STT, 40, "A"),
        Column("month", MONTH, 84, "B"),
        *FIGURE_COLUMNS,
        Column("comparable", _COMPARABLE, 150, "C"),
    )
    sheet = Sheet(book, FORM_05A, columns)
    blocks = []
    for number, trend in enumerate((book.results.trend, *_told(book))):
        key = trend.key[0] if trend.key else ""
        sheet.band(str(number) if number else "", f"{key}. {trend.name}" if key else trend.name)
        rows = []
        for place, point in enumerate(trend.points, 1):
            rows.append(sheet.row)
            _named(sheet, place, point)
            if point.figures is None:
                for column in FIGURE_COLUMNS:
                    sheet.empty(column.key)
            else:
                write_figures(sheet, point.figures)
            sheet.step()
        blocks.append(_Block(trend, tuple(rows)))
    mark_participation(sheet, sheet.first, sheet.row)
    sheet.signatures()
    return sheet, blocks


def _named(sheet: Sheet, place: int, point: MonthPoint) -> None:
    book = sheet.book
    sheet.number("stt", place, Kind.YEAR)
    sheet.text("month", month_text(point.period, book.language), Kind.CENTRE)
    reasons = [break_word(reason, book.language) for reason in point.breaks]
    words = "; ".join(reasons) if reasons else book.said(_YES)
    sheet.text("comparable", words, Kind.INDENTED)


def _write_short(sheet: Sheet, source: Sheet, blocks: Sequence[_Block]) -> None:
    book, (city, *domains) = sheet.book, blocks
    for place, point in enumerate(city.trend.points):
        _named(sheet, place + 1, point)
        for key in _CITY:
            _reference(sheet, key, source, key, city, place)
        for number, block in enumerate(domains, 7):
            _reference(sheet, f"d{number}", source, "share", block, place)
        sheet.step()
    last = sheet.row - 1
    mark_participation(sheet, sheet.first, last)
    top = sheet.row
    drawn = _chart_lines(sheet, blocks, top + 100)
    shares = [
        float(share)
        for block in blocks
        for point in block.trend.points
        if point.figures and (share := percent(point.figures.share)) is not None
    ]
    least = max(0, 10 * math.floor((min(shares, default=0) - 3) / 10))
    if shares:
        months = f"='{sheet.name}'!${sheet.letter('month')}${sheet.first + 1}"
        months += f":${sheet.letter('month')}${last + 1}"
        add_lines(sheet, "chart", last, months, drawn, least=least)
    sheet.notes([book.said(note) for note in _NOTES])
    sheet.signatures()


def _reference(
    sheet: Sheet, key: str, source: Sheet, source_key: str, block: _Block, place: int
) -> None:
    """A cell of form 05a shown again in form 05."""
    value = _value(source_key, block.trend.points[place].figures)
    kind = Kind.COUNT if source_key == "responses" else Kind.DECIMAL
    sheet.formula(key, f"={source.far_ref(source_key, block.rows[place])}", value, kind)


def _value(key: str, figures: Figures | None) -> int | Decimal | str:
    """What form 05a shows in a column."""
    if figures is None:
        return EMPTY
    if key == "responses":
        return WITHHELD if figures.responses is None else figures.responses
    levels, visits = figures.overall, figures.visits
    if key == "participation":
        value = percent(visits.participation if visits else None)
        return value if value is not None else WITHHELD if figures.hidden else EMPTY
    ends = levels.interval
    value = {
        "share": percent(levels.share),
        "low": percent(ends.low if ends else None),
        "high": percent(ends.high if ends else None),
        "index": None if levels.index is None else rounded(levels.index),
    }[key]
    return value if value is not None else EMPTY if levels.n == 0 else WITHHELD


def _chart_lines(sheet: Sheet, blocks: Sequence[_Block], top: int) -> list[ChartLine]:
    """Numbers to draw, out of sight below the print: text would be drawn as 0."""
    book = sheet.book
    plain, number = book.style(), book.style(num_format="0.00")
    sheet.ws.write_string(top, 1, book.said(_CHART_DATA), book.style(italic=True))
    found = []
    ways = [(block, True) for block in blocks]
    ways.insert(1, (blocks[0], False))
    for place, (block, comparable) in enumerate(ways):
        column = place + 2
        key = "share" if not block.trend.key else f"d{7 + blocks.index(block) - 1}"
        name = block.trend.key[0] if block.trend.key else block.trend.name
        name = name if comparable else book.said(_NOT_COMPARABLE)
        sheet.ws.write_string(top + 1, column, tidy(name), plain)
        drawn = False
        for month, point in enumerate(block.trend.points):
            share = percent(point.figures.share) if point.figures else None
            if share is not None and point.comparable is comparable:
                cell = sheet.ref(key, sheet.first + month)
                sheet.ws.write_formula(top + 2 + month, column, f"={cell}", number, float(share))
                drawn = True
        if drawn:
            cells = _cells(sheet, column, top + 2, len(block.trend.points))
            found.append(ChartLine([sheet.name, top + 1, column], cells, comparable))
    return found


def _cells(sheet: Sheet, column: int, first: int, count: int) -> list[str | int]:
    return [sheet.name, first, column, first + count - 1, column]
