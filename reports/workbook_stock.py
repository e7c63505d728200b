"""Forms 03 and 03a: every form is accounted for, and which ones are not back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from omr.serial_ranges import SerialRange
from reports.number_text import ranges_text
from reports.results import Section, StockLine, return_rate
from reports.rounding import percent
from reports.words import section_word
from reports.workbook_book import Book, Kind, Tone
from reports.workbook_formulas import return_rate as return_rate_formula
from reports.workbook_grid import Column, Parts
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import DOMAIN, GRAND_TOTAL, STT, UNIT
from reports.workbook_text import Pair

FORMS = Pair("phiếu", "forms")
FORM_03 = Form(
    "03",
    Pair(
        "Đối chiếu cấp phát, thu hồi phiếu theo số sê-ri",
        "Forms handed out and returned, by serial",
    ),
    FORMS,
    frozen=3,
)
FORM_03A = Form(
    "03a",
    Pair("Danh sách dải số phiếu chưa thu hồi", "Serials that did not come back"),
    FORMS,
    frozen=3,
)
_MOST_RANGES = 8  # named in one row; form 03a has all of them
_COUNTED = (
    "opening",
    "issued",
    "returned_answered",
    "returned_blank",
    "void",
    "lost",
    "unused_returned",
    "outstanding",
)
_FATES = _COUNTED[2:]
_BACK_OVER = Pair("Kết quả xử lý trong kỳ", "What became of them")
_SCANS_OVER = Pair("Qua máy quét", "On scans")
_MORE = Pair("… và {count} dải khác (Biểu 03a)", "... and {count} more (form 03a)")
_NOTES = (
    Pair(
        "Cột 9 là số phiếu không cân đối; ở dòng cộng là tổng trị tuyệt đối, để thừa và thiếu "
        "không bù trừ nhau.",
        "Column 9: forms that do not balance; sums are of absolute values, so that too many and "
        "too few do not hide each other.",
    ),
    Pair(
        "Tỷ lệ thu hồi = (có trả lời + để trống + hỏng) / (tồn đầu kỳ + cấp trong kỳ − trả lại "
        "chưa dùng).",
        "Rate of return = (answered + blank + void) / (opening + issued - returned unused).",
    ),
    Pair(
        "Số sê-ri khuyết: chưa về dù số lớn hơn trong cùng quyển đã về.",
        "Missing serials: not back although later ones of the same pad are.",
    ),
)
_KINDS = (
    ("missing", Pair("Khuyết", "Missing")),
    ("still_out", Pair("Còn ở đơn vị", "Still out")),
    ("reported_lost", Pair("Đã báo mất", "Reported lost")),
)


def write_stock(book: Book) -> tuple[Sheet, Sheet]:
    """Forms 03 and 03a."""
    return _write_reconciliation(book), _write_ranges(book)


def _write_reconciliation(book: Book) -> Sheet:
    results = book.results
    columns = (
        Column("stt", STT, 36, "A"),
        Column("name", UNIT, 216, "B"),
        Column("domain", DOMAIN, 62, "C"),
        Column("opening", Pair("Tồn đầu kỳ", "Opening"), 62, "1"),
        Column("issued", Pair("Cấp trong kỳ", "Issued"), 62, "2"),
        Column("returned_answered", Pair("Có trả lời", "Answered"), 62, "3", _BACK_OVER),
        Column("returned_blank", Pair("Để trống", "Blank"), 56, "4", _BACK_OVER),
        Column("void", Pair("Hỏng, huỷ", "Void"), 56, "5", _BACK_OVER),
        Column("lost", Pair("Báo mất", "Lost"), 52, "6", _BACK_OVER),
        Column("unused_returned", Pair("Trả lại chưa dùng", "Unused"), 62, "7", _BACK_OVER),
        Column("outstanding", Pair("Còn ở đơn vị", "Still out"), 62, "8", _BACK_OVER),
        Column("difference", Pair("Chênh lệch", "Difference"), 84, "9=1+2−(3…8)"),
        Column("rate", Pair("Tỷ lệ thu hồi (%)", "Return (%)"), 62, "10"),
        Column("duplicates", Pair("Quét trùng", "Doubles"), 56, "11", _SCANS_OVER),
        Column("anomalies", Pair("Bất thường", "Odd"), 56, "12", _SCANS_OVER),
        Column("missing", Pair("Số sê-ri khuyết", "Missing serials"), 236, "D"),
    )
    sheet = Sheet(book, FORM_03, columns)
    heads: list[int] = []
    for section in Section:
        lines = [line for line in results.stock if line.section is section]
        if not lines:
            continue
        head = sheet.row
        sheet.step()
        for number, line in enumerate(lines, 1):
            _line(sheet, number, line)
        after, sheet.row = sheet.row, head
        heads.append(head)
        name = section_word(section, book.language).upper()
        rows = tuple(range(head + 1, after))
        parts = Parts(f"SUM({{c}}{head + 2}:{{c}}{after})", rows, sheet)
        _sum(sheet, Tone.GROUP, section.value, name, lines, parts, _absolute(sheet, rows))
        sheet.row = after
    cells = ",".join(f"{{c}}{row + 1}" for row in heads) or "0"
    parts = Parts(f"SUM({cells})", heads, sheet)
    difference = f"=SUM({cells})".format(c=sheet.letter("difference"))
    _sum(sheet, Tone.TOTAL, "", book.said(GRAND_TOTAL), results.stock, parts, difference)
    sheet.step()
    sheet.notes([book.said(note) for note in _NOTES])
    sheet.signatures()
    return sheet


def _line(sheet: Sheet, number: int, line: StockLine) -> None:
    sheet.number("stt", number, Kind.YEAR)
    sheet.text("name", line.name)
    sheet.text("domain", line.domain, Kind.CENTRE)
    for key in (*_COUNTED, "duplicates", "anomalies"):
        sheet.count(key, getattr(line, key))
    opening, issued = sheet.ref("opening"), sheet.ref("issued")
    fates = f"SUM({sheet.ref(_FATES[0])}:{sheet.ref(_FATES[-1])})"
    formula = f"={opening}+{issued}-{fates}"
    sheet.derived("difference", formula, line.difference, _COUNTED, Kind.COUNT)
    _rate(sheet, (line,))
    sheet.text("missing", _ranges(sheet.book, line.missing), Kind.INDENTED)
    sheet.step()


def _sum(
    sheet: Sheet,
    tone: Tone,
    symbol: str,
    name: str,
    lines: Sequence[StockLine],
    parts: Parts,
    difference: str,
) -> None:
    sheet.tone = tone
    sheet.text("stt", symbol, Kind.CENTRE)
    sheet.text("name", name, Kind.CENTRE if tone is Tone.TOTAL else Kind.TEXT)
    sheet.text("domain", "", Kind.CENTRE)
    for key in (*_COUNTED, "duplicates", "anomalies"):
        sheet.total(key, parts, _summed(getattr(line, key) for line in lines))
    off = _summed(None if line.difference is None else abs(line.difference) for line in lines)
    if off is None:
        sheet.count("difference", None)
    else:
        sheet.formula("difference", difference, off, Kind.COUNT)
    _rate(sheet, lines)
    forms = sum(len(each) for line in lines for each in line.missing)
    told = sheet.book.said(Pair("{count} phiếu khuyết", "{count} forms missing"))
    sheet.text("missing", told.format(count=forms) if forms else "", Kind.INDENTED)


def _rate(sheet: Sheet, lines: Sequence[StockLine]) -> None:
    came = [sheet.ref(key) for key in _FATES[:3]]
    formula = return_rate_formula(
        came, sheet.ref("opening"), sheet.ref("issued"), sheet.ref("unused_returned")
    )
    needs = ("opening", "issued", *_FATES[:3], "unused_returned")
    sheet.derived("rate", formula, percent(return_rate(tuple(lines))), needs)


def _summed(counts: Iterable[int | None]) -> int | None:
    every = list(counts)
    return None if None in every else sum(each or 0 for each in every)


def _absolute(sheet: Sheet, rows: Sequence[int]) -> str:
    letter = sheet.letter("difference")
    return f"=SUMPRODUCT(ABS({letter}{rows[0] + 1}:{letter}{rows[-1] + 1}))"


def _ranges(book: Book, ranges: Sequence[SerialRange]) -> str:
    if len(ranges) <= _MOST_RANGES:
        return ranges_text(ranges)
    more = book.said(_MORE).format(count=len(ranges) - _MOST_RANGES)
    return f"{ranges_text(ranges[:_MOST_RANGES])} {more}"


def _write_ranges(book: Book) -> Sheet:
    """Form 03a: a row for each range, to work through and to filter."""
    columns = (
        Column("stt", STT, 44, "A"),
        Column("name", UNIT, 340, "B"),
        Column("domain", DOMAIN, 80, "C"),
        Column("kind", Pair("Tình trạng", "State"), 120, "D"),
        Column("year", Pair("Năm in", "Year"), 60, "E"),
        Column("first", Pair("Từ số", "From"), 90, "F"),
        Column("last", Pair("Đến số", "To"), 90, "G"),
        Column("forms", Pair("Số phiếu", "Forms"), 90, "1=G−F+1"),
    )
    sheet = Sheet(book, FORM_03A, columns)
    for number, (line, kind, each) in enumerate(_every_range(book), 1):
        sheet.number("stt", number, Kind.YEAR)
        sheet.text("name", line.name)
        sheet.text("domain", line.domain, Kind.CENTRE)
        sheet.text("kind", kind, Kind.CENTRE)
        sheet.number("year", each.year, Kind.YEAR)
        sheet.number("first", each.first, Kind.SERIAL)
        sheet.number("last", each.last, Kind.SERIAL)
        formula = f"={sheet.ref('last')}-{sheet.ref('first')}+1"
        sheet.formula("forms", formula, len(each), Kind.COUNT)
        sheet.step()
    last = sheet.row
    if last > sheet.first:
        sheet.filter(last - 1)
    sheet.tone = Tone.TOTAL
    sheet.blanks()
    sheet.text("name", book.said(GRAND_TOTAL))
    rows = range(sheet.first, last)
    cells = f"{{c}}{sheet.first + 1}:{{c}}{last}" if rows else "0"
    forms = sum(len(each) for _, _, each in _every_range(book))
    sheet.total("forms", Parts(f"SUM({cells})", rows, sheet), forms)
    sheet.step()
    sheet.signatures()
    return sheet


def _every_range(book: Book) -> Iterator[tuple[StockLine, str, SerialRange]]:
    for line in book.results.stock:
        for name, words in _KINDS:
            for each in getattr(line, name):
                yield line, book.said(words), each
