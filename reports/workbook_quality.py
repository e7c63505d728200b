"""Form 07: how the month's data came about, and what should be looked at."""

from __future__ import annotations

from collections.abc import Callable

from reports.measures import ratio
from reports.number_text import EMPTY
from reports.report_words import Say
from reports.rounding import percent, rounded
from reports.workbook_book import Book, Kind
from reports.workbook_formulas import share
from reports.workbook_grid import Column
from reports.workbook_questions import CONTENT
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import STT
from reports.workbook_text import Pair

FORM_07 = Form(
    "07",
    Pair("Chất lượng số liệu", "Data quality"),
    Pair("phiếu, dòng, câu", "sheets, rows, answers"),
)
_NOTE = Pair("Diễn giải", "Remark")
_SCANS = Pair("Phiếu giấy quét", "Scanned sheets")
_REFUSED = Pair("Phiếu bị loại, theo lý do", "Sheets refused, by reason")
_PEOPLE = Pair("Cán bộ xem lại", "Looked at by people")
_EXPORTS = Pair("Tệp khảo sát điện tử", "Electronic exports")
_BURSTS = Pair("Dấu hiệu cần xem xét", "To be looked into")
_SEEN = Pair("Trang hoặc phiếu thấy trên bản quét", "Sheets and pages on scans")
_COUNTED = Pair("Được tính", "Counted")
_WAITING = Pair("Chờ cán bộ quyết định", "Waiting for a person")
_DUPLICATES = Pair("Quét trùng, không tính lần hai", "Doubles, counted once")
_BLANK = Pair("Trang trắng hoặc không phải phiếu", "Blank or foreign pages")
_ALL_REFUSED = Pair("Bị loại", "Refused")
_REVIEWED = Pair("Phiếu có cán bộ xem lại", "Sheets that a person looked at")
_DECIDED = Pair("Câu trả lời do cán bộ quyết định", "Answers decided by a person")
_CORRECTED = Pair("Trong đó: khác với kết quả của máy", "Of these, other than the machine's")
_SECOND = Pair("Quyết định được người thứ hai đọc lại độc lập", "Decisions read again, blind")
_AGREED = Pair("Trong đó: hai người thống nhất", "Of these, the same outcome")
_KAPPA = Pair("Hệ số kappa của Cohen", "Cohen's kappa")
_OF_KAPPA = Pair("1: luôn thống nhất; 0: chỉ như ngẫu nhiên", "1: always the same; 0: as by chance")
_ROWS = Pair("Dòng trong các tệp đã nhập", "Rows of imported files")
_EXCLUDED = Pair("Gửi trùng, giữ lại nhưng không tính", "Sent twice, kept but not counted")
_OF_SEEN = Pair("% số thấy trên bản quét", "% of all on scans")
_OF_REFUSED = Pair("% số bị loại", "% of all refused")
_OF_COUNTED = Pair("% số được tính và chờ quyết định", "% of counted and waiting")
_OF_DECIDED = Pair("% số câu do cán bộ quyết định", "% of answers decided")
_OF_SECOND = Pair("% số đọc lại", "% of those read again")
_OF_ROWS = Pair("% số dòng", "% of rows")
_OF_LOOKED = Pair("% số phiếu đã xét", "% of those looked at")
_NONE = Pair("Không có", "None")
_NOTES = (
    Pair(
        "Dấu hiệu cần xem xét chỉ nêu nơi ngẫu nhiên rất khó tạo ra; không phải kết luận sai phạm, "
        "và các phiếu này vẫn được tính.",
        "Signs are only named where chance would hardly bring them; they prove nothing, and the "
        "responses are counted.",
    ),
    Pair(
        "Một phiếu có thể vừa được xem lại vừa được tính; các dòng của phần I cộng lại bằng tổng.",
        "A sheet may be looked at and counted; the rows of part I add up to all.",
    ),
)


def write_quality(book: Book) -> Sheet:
    """Form 07."""
    columns = (
        Column("stt", STT, 48, "A"),
        Column("name", CONTENT, 470, "B"),
        Column("count", Pair("Số lượng", "Number"), 90, "1"),
        Column("of", Pair("Trên tổng số", "Of"), 90, "2"),
        Column("share", Pair("Tỷ lệ (%)", "Share (%)"), 90, "3=1/2"),
        Column("note", _NOTE, 250, "C"),
    )
    sheet = Sheet(book, FORM_07, columns)
    _scans(sheet)
    _people(sheet)
    _exports(sheet)
    if not book.results.outside:
        _bursts(sheet)
    sheet.notes([book.said(note) for note in _NOTES])
    sheet.signatures()
    return sheet


def _scans(sheet: Sheet) -> None:
    book, quality = sheet.book, sheet.book.results.quality
    sheet.band("I", book.said(_SCANS))
    refused = sum(count for _, count in quality.refused)
    all_seen = sheet.row
    _line(sheet, "1", book.said(_SEEN), quality.sheets)
    for number, (words, count) in enumerate(
        (
            (_COUNTED, quality.counted),
            (_WAITING, quality.waiting),
            (_DUPLICATES, quality.duplicates),
            (_BLANK, quality.blank_pages),
            (_ALL_REFUSED, refused),
        ),
        2,
    ):
        whole = (all_seen, quality.sheets)
        _line(sheet, str(number), book.said(words), count, whole, book.said(_OF_SEEN))
    all_refused = sheet.row - 1
    sheet.band("II", book.said(_REFUSED))
    _listed(
        sheet,
        quality.refused,
        Say(book.language).reason,
        (all_refused, refused),
        book.said(_OF_REFUSED),
    )


def _people(sheet: Sheet) -> None:
    book, quality = sheet.book, sheet.book.results.quality
    sheet.band("III", book.said(_PEOPLE))
    could = quality.counted + quality.waiting
    _line(sheet, "1", book.said(_REVIEWED), quality.reviewed, (None, could), book.said(_OF_COUNTED))
    decided = sheet.row
    _line(sheet, "2", book.said(_DECIDED), quality.decided)
    whole = (decided, quality.decided)
    _line(sheet, "3", book.said(_CORRECTED), quality.corrected, whole, book.said(_OF_DECIDED))
    second = sheet.row
    _line(sheet, "4", book.said(_SECOND), quality.second_readings)
    whole = (second, quality.second_readings)
    _line(sheet, "5", book.said(_AGREED), quality.agreed, whole, book.said(_OF_SECOND))
    if quality.second_readings:
        sheet.blanks()
        sheet.number("stt", 6, Kind.YEAR)
        sheet.text("name", book.said(_KAPPA))
        sheet.value("count", None if quality.kappa is None else rounded(quality.kappa))
        sheet.text("note", book.said(_OF_KAPPA), Kind.INDENTED)
        sheet.step()


def _exports(sheet: Sheet) -> None:
    book, quality = sheet.book, sheet.book.results.quality
    sheet.band("IV", book.said(_EXPORTS))
    rows = sheet.row
    _line(sheet, "1", book.said(_ROWS), quality.electronic_rows)
    whole = (rows, quality.electronic_rows)
    _line(sheet, "2", book.said(_EXCLUDED), quality.excluded, whole, book.said(_OF_ROWS))
    for number, (trouble, count) in enumerate(quality.unmatched, 3):
        _line(sheet, str(number), _sentence(Say(book.language).trouble(trouble)), count)


def _bursts(sheet: Sheet) -> None:
    book = sheet.book
    sheet.band("V", book.said(_BURSTS))
    bursts = book.results.quality.bursts
    for number, burst in enumerate(bursts, 1):
        words = Say(book.language).burst(burst.kind)
        name = f"{burst.unit_name} ({burst.domain}): {words}"
        note = f"{book.said(_OF_LOOKED)}; {burst.where}"
        _line(sheet, str(number), name, burst.count, (None, burst.of), note)
    if not bursts:
        _line(sheet, "", book.said(_NONE), None)


def _listed(
    sheet: Sheet,
    counts: tuple[tuple[str, int], ...],
    words: Callable[[str], str],
    whole: tuple[int | None, int],
    note: str,
) -> None:
    for number, (key, count) in enumerate(counts, 1):
        _line(sheet, str(number), _sentence(words(key)), count, whole, note)
    if not counts:
        _line(sheet, "", sheet.book.said(_NONE), None)


def _line(
    sheet: Sheet,
    symbol: str,
    name: str,
    count: int | None,
    whole: tuple[int | None, int] | None = None,
    note: str = "",
) -> None:
    """A row; *whole* is the row that has the count it is part of, if any, and that count."""
    sheet.blanks()
    if symbol:
        sheet.number("stt", int(symbol), Kind.YEAR)
    sheet.text("name", name)
    if count is not None:
        sheet.count("count", count)
    if whole is not None and count is not None:
        row, number = whole
        if row is None:
            sheet.count("of", number)
        else:
            sheet.formula("of", f"={sheet.ref('count', row)}", number, Kind.COUNT)
        value = percent(ratio(count, number))
        formula = share(sheet.ref("count"), sheet.ref("of"))
        sheet.formula("share", formula, EMPTY if value is None else value, Kind.DECIMAL)
    sheet.text("note", note, Kind.INDENTED)
    sheet.step()


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
