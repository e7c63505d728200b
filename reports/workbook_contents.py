"""The first sheet: what is in the workbook, the month in numbers, and how to read it."""

from __future__ import annotations

from decimal import Decimal

from reports.report_words import Say
from reports.rounding import percent
from reports.words import Word, band_word, remark_text, word
from reports.workbook_book import Book, Kind
from reports.workbook_grid import Column
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import STT
from reports.workbook_text import Pair

CONTENTS = Form(
    "",
    Pair("Kết quả đo lường sự hài lòng của người dân", "Satisfaction of citizens: results"),
    Pair("phiếu, %", "responses, %"),
    frozen=0,
)
_NAME = Pair("Mục lục, ghi chú", "Contents, notes")
_FORMS = Pair("Các biểu trong tệp", "Forms in this file")
_NUMBERS = Pair("Số liệu chính", "The month in numbers")
_DOMAINS = Pair("Danh mục lĩnh vực", "Domains")
_OPEN = Pair("Ý kiến cần xử lý còn mở", "Open alerts")
_HOW_NOTES = (
    Pair(
        "Ô có công thức tính lại được ngay trong bảng: bấm vào ô để xem cách tính. Các biểu có chữ "
        "a, b là phần chi tiết của biểu cùng số.",
        "Cells with formulas can be recalculated here: click one to see how. Forms with a or b "
        "are details of the form with that number.",
    ),
    Pair(
        "Dấu “–”: không có mẫu số hoặc không có số liệu. Khoảng tin cậy 95%: tỷ lệ thật nằm trong "
        "khoảng này với độ tin cậy 95%.",
        "“–”: no denominator, or nothing is known. 95% interval: where the truth lies with 95 % "
        "confidence.",
    ),
)


def contents_sheet(book: Book) -> Sheet:
    """The first sheet, with its head; filled by :func:`write_contents` when all is written."""
    columns = (
        Column("stt", STT, 56, "A"),
        Column("name", Pair("Nội dung", "Item"), 500, "B"),
        Column("value", Pair("Số liệu", "Number"), 120, "1"),
        Column("note", Pair("Diễn giải", "Remark"), 330, "C"),
    )
    return Sheet(book, CONTENTS, columns, name=book.said(_NAME))


def write_contents(sheet: Sheet, forms: list[Sheet]) -> None:
    """Fill the first sheet.

    Args:
        sheet: From :func:`contents_sheet`.
        forms: All others, in their order.
    """
    book = sheet.book
    sheet.band("I", book.said(_NUMBERS))
    _numbers(sheet)
    sheet.band("II", book.said(_FORMS))
    for form in forms:
        sheet.text("stt", form.form.number, Kind.CENTRE)
        sheet.link("name", book.said(form.form.title), form.name)
        sheet.text("value", form.name, Kind.CENTRE)
        sheet.text("note", book.said(form.form.measure), Kind.INDENTED)
        sheet.step()
    sheet.band("III", book.said(_DOMAINS))
    for number, group in enumerate(book.results.by_domain, 1):
        sheet.number("stt", number, Kind.YEAR)
        sheet.text("name", group.name)
        sheet.text("value", group.key[0], Kind.CENTRE)
        sheet.text("note", "")
        sheet.step()
    language = book.language
    sheet.notes(
        [
            *(remark_text(remark, language) for remark in book.results.remarks),
            *(book.said(note) for note in _HOW_NOTES),
            *([word(Word.WITHHELD, language)] if book.results.outside else []),
        ]
    )
    sheet.unsigned()


def _numbers(sheet: Sheet) -> None:
    book, results = sheet.book, sheet.book.results
    figures, language = results.city.figures, sheet.book.language
    say = Say(language)
    interval = f"{word(Word.INTERVAL, language)}: {say.interval(figures.share_interval)}"
    band = figures.participation_band
    paper, electronic = (
        f"{word(which, language)}: {say.n(count)}"
        for which, count in (
            (Word.PAPER, figures.paper),
            (Word.ELECTRONIC, figures.electronic),
        )
    )
    lines: list[tuple[str, int | Decimal | None, str]] = [
        (word(Word.RESPONSES, language), figures.responses, f"{paper}; {electronic}"),
        (word(Word.SHARE_PEOPLE, language) + " (%)", percent(figures.share), interval),
        (word(Word.SHARE_ANSWERS, language) + " (%)", percent(figures.share_answers), ""),
        (word(Word.FULLY, language) + " (%)", percent(figures.fully_share), ""),
        (
            word(Word.PARTICIPATION, language) + " (%)",
            percent(figures.participation),
            band_word(band, language) if band else "",
        ),
        (word(Word.RETURN_RATE, language) + " (%)", percent(results.return_rate), ""),
    ]
    if not results.outside:
        lines.append((book.said(_OPEN), results.open_alerts, ""))
    for number, (name, value, note) in enumerate(lines, 1):
        sheet.number("stt", number, Kind.YEAR)
        sheet.text("name", name)
        if isinstance(value, int):
            sheet.count("value", value)
        else:
            sheet.value("value", value, withheld=results.outside)
        sheet.text("note", note, Kind.INDENTED)
        sheet.step()
