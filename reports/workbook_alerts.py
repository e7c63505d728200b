"""Form 04: every low rating and extra cost, whether somebody looked into it, and where it is."""

from __future__ import annotations

from dataclasses import replace

from reports.alerts import Coded, coded
from reports.responses import Channel
from reports.results import AlertRow
from reports.words import Word, word
from reports.workbook_book import TABLE_PT, Book, Kind, Tone, picture_size
from reports.workbook_grid import Column
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import DOMAIN, GRAND_TOTAL, STT, UNIT
from reports.workbook_text import Pair, height, lines, tidy

FORM_04 = Form(
    "04",
    Pair(
        "Danh sách phản ánh cần xử lý: mức không hài lòng, chi phí ngoài quy định",
        "Alerts: low ratings and reported extra costs",
    ),
    Pair("ý kiến", "alerts"),
    frozen=3,
)
STATE = Pair("Trạng thái", "State")
_WHERE_OVER = Pair("Vị trí trên bản quét, trong tệp đã nhập", "Where it is: scan, or imported file")
_NOTES = (
    Pair(
        "Mã dùng cho lệnh omr reports alert khi ghi kết quả xử lý. Trang, phiếu và dòng đếm từ 1.",
        "The code names the alert to omr reports alert. Pages, sheets and rows count from 1.",
    ),
    Pair(
        "Danh sách nội bộ: không gửi ra ngoài, không dùng để tìm người trả lời.",
        "For the office alone: not to be sent out, and not to be used to find who answered.",
    ),
)
_NOT_OUTSIDE = Pair(
    "Từng ý kiến là của một người nên danh sách không có trong bản gửi ra ngoài.",
    "Each alert is about one person, so the list is not part of what leaves the office.",
)
_PICTURES_CUT = Pair(
    "Chỉ {count} ý kiến đầu có kèm ảnh trong biểu.",
    "Only the first {count} alerts have their picture here.",
)
_CHANNELS = {
    Channel.PAPER: Pair("Giấy", "Paper"),
    Channel.ELECTRONIC: Pair("Điện tử", "Online"),
}
# A crop is some 10 to 25 kB; more of them make a file that programs open slowly.
_MOST_PICTURES = 300
_PICTURE_PX = (200, 54)  # room for a row of bubbles
_GAP_PX = 3
_POINT = 72 / 96  # of a pixel


def write_alerts(book: Book) -> Sheet:
    """Form 04, the open ones first."""
    columns: tuple[Column, ...] = (
        Column("stt", STT, 40, "A"),
        Column("code", Pair("Mã", "Code"), 64, "B"),
        Column("state", STATE, 66, "C"),
        Column("name", UNIT, 170, "D"),
        Column("domain", DOMAIN, 58, "E"),
        Column("channel", Pair("Kênh", "Channel"), 58, "F"),
        Column("question", Pair("Câu hỏi", "Question"), 212, "G"),
        Column("answer", Pair("Trả lời", "Answer"), 90, "H"),
        Column("file", Pair("Tệp", "File"), 166, "I", _WHERE_OVER),
        Column("page", Pair("Trang", "Page"), 48, "J", _WHERE_OVER),
        Column("sheet", Pair("Phiếu", "Sheet"), 48, "K", _WHERE_OVER),
        Column("row", Pair("Dòng", "Row"), 48, "L", _WHERE_OVER),
        Column("crop", Pair("Ảnh", "Picture"), _PICTURE_PX[0] + 8, "M"),
        Column("note", Pair("Kết quả xử lý", "What was done"), 150, "N"),
    )
    results = book.results
    if not any(row.crop for row in results.alerts):
        *kept, crop, last = columns
        columns = (*kept, replace(last, number=crop.number))
    sheet = Sheet(book, FORM_04, columns)
    every = sorted(coded(results.alerts), key=lambda each: each.row.handled)
    pictures = 0
    for number, each in enumerate(every, 1):
        _alert(sheet, number, each)
        if each.row.crop and pictures < _MOST_PICTURES:
            pictures += _picture(sheet, each.row.crop, each.row.text)
            sheet.set_height(sheet.row, _height(sheet, each.row))
        sheet.step()
    if every:
        sheet.filter(sheet.row - 1)
    if not results.outside:
        _totals(sheet)
    notes = [_NOT_OUTSIDE] if results.outside else [*_NOTES]
    told = [book.said(note) for note in notes]
    if sum(bool(row.crop) for row in results.alerts) > pictures:
        told.append(book.said(_PICTURES_CUT).format(count=pictures))
    sheet.notes(told)
    sheet.signatures()
    return sheet


def _alert(sheet: Sheet, number: int, each: Coded) -> None:
    language, row = sheet.book.language, each.row
    state = word(Word.HANDLED_ALERT if row.handled else Word.OPEN_ALERT, language)
    sheet.number("stt", number, Kind.YEAR)
    sheet.text("code", each.code, Kind.CENTRE)
    sheet.text("state", state, Kind.CENTRE)
    sheet.text("name", row.unit_name)
    sheet.text("domain", row.domain, Kind.CENTRE)
    sheet.text("channel", _CHANNELS[row.channel].said(language), Kind.CENTRE)
    sheet.text("question", row.text)
    sheet.text("answer", row.label)
    sheet.text("file", row.file)
    page, on_page = (None if n is None else n + 1 for n in (row.page, row.sheet))
    for key, place in (("page", page), ("sheet", on_page), ("row", row.row)):
        if place is None:
            sheet.text(key, "")
        else:
            sheet.number(key, place, Kind.YEAR)
    if sheet.has("crop"):
        sheet.text("crop", "")
    sheet.text("note", row.note)


def _picture(sheet: Sheet, crop: bytes, words: str) -> int:
    """Lay the picture of an answer into its cell; 1 if that was possible."""
    size = picture_size(crop)
    if size is None:
        return 0
    scale = min(_PICTURE_PX[0] / size[0], _PICTURE_PX[1] / size[1])
    options = {
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": _GAP_PX,
        "y_offset": _GAP_PX,
        "object_position": 1,
        "description": tidy(words),
    }
    sheet.picture("crop", crop, options)
    return 1


def _height(sheet: Sheet, row: AlertRow) -> float:
    """A row as high as its picture and its texts need, in points."""
    texts = {"name": row.unit_name, "question": row.text, "file": row.file, "note": row.note}
    px = {column.key: column.px for column in sheet.columns}
    most = max(lines(text, px[key], TABLE_PT) for key, text in texts.items())
    return max(height(most, TABLE_PT), (_PICTURE_PX[1] + 2 * _GAP_PX) * _POINT)


def _totals(sheet: Sheet) -> None:
    """How many there are in each state, counted by live formulas."""
    book, last = sheet.book, sheet.row
    letter = sheet.letter("state")
    states = f"{letter}{sheet.first + 1}:{letter}{last}"
    rows = [(book.said(GRAND_TOTAL), f"=COUNTA({states})", len(book.results.alerts))]
    for handled, which in ((False, Word.OPEN_ALERT), (True, Word.HANDLED_ALERT)):
        words = word(which, book.language)
        count = sum(row.handled is handled for row in book.results.alerts)
        rows.append((words, f'=COUNTIF({states},"{words}")', count))
    for words, formula, count in rows:
        sheet.tone = Tone.TOTAL
        sheet.blanks()
        sheet.text("name", words)
        if last > sheet.first:
            sheet.formula("domain", formula, count, Kind.COUNT)
        else:
            sheet.count("domain", count)
        sheet.step()
