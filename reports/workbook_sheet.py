"""One sheet of the workbook: the head of an official form, a table, notes, signatures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from omr.settings import Language
from reports.number_text import day_text
from reports.report_words import Say, place_and_date
from reports.words import Word, word
from reports.workbook_book import (
    BODY_PT,
    HEAD_PT,
    NUMBERS_PT,
    ROW_PT,
    SMALL_PT,
    TITLE_PT,
    Book,
)
from reports.workbook_formulas import column_letter
from reports.workbook_grid import Column, Grid
from reports.workbook_text import Pair, height, lines, month_text, tidy, width

_STATE = Pair("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM")
_MOTTO = Pair("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness")
_FORM_NUMBER = Pair("Biểu số: {number}/ĐLHL", "Form {number}/ĐLHL")
_SHEET_NAME = Pair("Biểu {number}", "Form {number}")
_PERIOD = Pair("(Từ ngày {first} đến ngày {last})", "(From {first} to {last})")
_MEASURE = Pair("Đơn vị tính: {unit}", "Unit: {unit}")
_OUTSIDE = Pair("Bản gửi ra ngoài: đã che số liệu nhỏ", "For outside: small counts are left out")
_NOTES = Pair("Ghi chú:", "Notes:")
_PAGE = Pair("Trang &P/&N", "Page &P of &N")
_MAKER = Pair("NGƯỜI LẬP BIỂU", "PREPARED BY")
_CHIEF = Pair("THỦ TRƯỞNG ĐƠN VỊ", "HEAD OF THE OFFICE")
_BY_NAME = Pair("(Ký, ghi rõ họ tên)", "(signature and full name)")
_BY_SEAL = Pair("(Ký tên, đóng dấu)", "(signature and seal)")
_SIGNATURE_PT = 130.0  # three lines, and room for a seal and a name below them
# Millimetres: 20 at the left for the folder, as documents have it; the others for printers.
_MARGINS_MM = {"left": 20, "right": 10, "top": 15, "bottom": 15}
_A4, _INCH = 9, 25.4
_ROOM_PX = ((297 - 20 - 10) / _INCH * 96, (210 - 15 - 15) / _INCH * 96)  # between the margins
_HEAD_PADDING_PX = 8  # of a head's cell
_SMALLEST = 0.64  # scale at which 11 pt are read on paper without effort: 7 pt
_COMPANY_PT = 100.0  # of a page above its signature at least: notes and a few rows
_NARROWER = 0.97  # so that columns that a program makes wider still fit a page
_SURELY = 1.06  # how far programs' pages may be from ours
_SHRUNK, _WASTE = 0.88, 0.05  # of several pages: by how much at most; lost at each page's end


@dataclass(frozen=True, slots=True)
class Form:
    """What a sheet is."""

    number: str  # "01"; of a continuation "01a"; empty: no numbered form
    title: Pair
    measure: Pair  # what is counted
    frozen: int = 2  # columns that stay in sight, with the names

    def sheet_name(self, language: Language) -> str:
        """What the sheet's tab says."""
        return _SHEET_NAME.said(language).format(number=self.number)


class Sheet(Grid):
    """A form that is being written; ``first`` is the first row of its table."""

    def __init__(
        self, book: Book, form: Form, columns: Sequence[Column], *, name: str = ""
    ) -> None:
        super().__init__(
            book, name or form.sheet_name(book.language), _filling(columns, book.language)
        )
        self.form = form
        self._notes_at = self._signed_at = 0  # rows; 0: none
        self._heading()
        self._heads()
        self.first = self.row
        self._page()

    def line(self, words: str, *, points: float = BODY_PT, **style: Any) -> None:
        """A line of text over the whole width, as high as it needs; the next row follows."""
        clean = tidy(words)
        px = sum(column.px for column in self.columns)
        bold = bool(style.get("bold"))
        self.set_height(self.row, height(lines(clean, px, points, bold=bold), points))
        whole = {"align": "left", "text_wrap": True, "font_size": points} | style
        self.merge(self.row, 0, len(self.columns) - 1, clean, self.book.style(**whole))
        self.row += 1

    def notes(self, notes: Sequence[str]) -> None:
        """The notes below the table."""
        self._notes_at = self.row
        self.row += 1
        self.line(self.book.said(_NOTES), points=SMALL_PT, bold=True, italic=True)
        for note in notes:
            self.line(f"- {note}", points=SMALL_PT)

    def signatures(self) -> None:
        """Who made the table and who answers for it.

        One high row: nothing else keeps a signature on the page of its title.
        """
        book, half, last = self.book, self._half(), len(self.columns) - 1
        self.row += 1
        self._signed_at = self.row
        style = book.style(font_size=BODY_PT, align="center", valign="top", text_wrap=True)
        maker = ("\n", book.said(_MAKER), book.said(_BY_NAME))
        chief = (f"{place_and_date(book.results)}\n", book.said(_CHIEF), book.said(_BY_SEAL))
        for (first, end), (above, title, below) in (
            ((0, half - 1), maker),
            ((half, last), chief),
        ):
            self.merge(self.row, first, end, "", style)
            italic = book.style(font_size=BODY_PT, italic=True)
            bold = book.style(font_size=BODY_PT, bold=True)
            texts = (italic, tidy(above), bold, f"{title}\n", italic, below)
            self.ws.write_rich_string(self.row, first, *texts, style)
        self.set_height(self.row, _SIGNATURE_PT)
        self.row += 1
        self._end()

    def unsigned(self) -> None:
        """Nothing follows, and nobody signs."""
        self._end()

    def _end(self) -> None:
        self.ws.print_area(0, 0, self.row - 1, len(self.columns) - 1)
        pages = self._pages()
        last = self._last_page() if self._signed_at and not pages else 0
        if last:  # with pages to fit programs disregard breaks
            self.ws.set_print_scale(int(100 * _NARROWER * self._scale()))
            self.ws.set_h_pagebreaks([last])
        else:
            self.ws.fit_to_pages(1, pages)

    def _last_page(self) -> int:
        """The row that must begin the last page; 0 where a signature has company anyway.

        Programs break pages a little earlier or later than worked out here.
        """
        company = (
            self._high(self._page_of_signature(_NARROWER * self._scale() * far), self._signed_at)
            for far in (1 / _SURELY, 1.0, _SURELY)
        )
        begins = self._notes_at or self._signed_at
        while begins > self.first and self._high(begins, self._signed_at) < _COMPANY_PT:
            begins -= 1
        return begins if min(company) < _COMPANY_PT and begins > self.first else 0

    def _high(self, first: int, end: int) -> float:
        """The height of the rows from *first* up to *end*, not with it, in points."""
        return sum(self._heights.get(row, ROW_PT) for row in range(first, end))

    def _page_of_signature(self, scale: float) -> int:
        """The row that begins the page of the signature."""
        room, begins, used = _ROOM_PX[1] * 72 / 96 / scale, 0, 0.0
        for row in range(self._signed_at + 1):
            high = self._heights.get(row, ROW_PT)
            if used + high > room:
                begins, used = row, self._heads_height()
            used += high
        return begins

    def _scale(self) -> float:
        """That at which the columns fill the width of a page."""
        return min(1.0, _ROOM_PX[0] / self.px(0, len(self.columns)))

    def _pages(self) -> int:
        """How many pages the sheet is to fit; 0: as many as it needs.

        Shrunk a little it may save a last page with nothing but a few lines or a signature.
        """
        whole, heads = self.whole_height(), self._heads_height()
        first = self._scale()

        def pages(scale: float) -> float:
            room = _ROOM_PX[1] * 72 / 96 / scale
            return 1 + max(0.0, whole - room) / (room - heads)

        most = max(1, math.floor(pages(first)))
        smallest = _SMALLEST if most == 1 else max(_SMALLEST, _SHRUNK * first)
        # The rows that end a page leave some of it empty.
        fits = pages(min(first, smallest)) + _WASTE * (most - 1) <= most
        return most if fits else 0

    def _heads_height(self) -> float:
        return sum(self._heights.get(row, ROW_PT) for row in range(self.first - 3, self.first))

    def _heading(self) -> None:
        book, results, language = self.book, self.book.results, self.book.language
        half, last = self._half(), len(self.columns) - 1
        bold: dict[str, Any] = {"bold": True, "align": "center", "text_wrap": True}
        bold["font_size"] = BODY_PT
        style = book.style(bold=True, align="right", font_size=BODY_PT)
        self.merge(0, half, last, self._form_number(), style)
        for row, agency, state, more in (
            (1, results.agency.upper(), book.said(_STATE), {}),
            (2, results.office.upper(), book.said(_MOTTO), {"underline": 1}),
        ):
            left = bold | more | {"bold": row == 2}  # the body above the office is not bold
            self.merge(row, 0, half - 1, tidy(agency), book.style(**left))
            self.merge(row, half, last, state, book.style(**(bold | more)))
            high = max(
                lines(agency, self.px(0, half), BODY_PT, bold=True),
                lines(state, self.px(half, last + 1), BODY_PT, bold=True),
            )
            self.set_height(row, height(high, BODY_PT))
        self.row = 3
        self.set_height(self.row, 6)
        self.row += 1
        title = book.said(self.form.title).upper()
        self.line(title, points=TITLE_PT, bold=True, align="center")
        start, end = (
            day_text(day, language) for day in (results.period.first_day, results.period.last_day)
        )
        period = _PERIOD.said(language).format(first=start, last=end)
        self.line(period, italic=True, align="center")
        state = " · ".join(self._state())
        self.line(state, bold=results.provisional, align="center", points=SMALL_PT)
        measure = _MEASURE.said(language).format(unit=book.said(self.form.measure))
        self.line(measure, italic=True, align="right", points=SMALL_PT)

    def _state(self) -> list[str]:
        results, language = self.book.results, self.book.language
        state = [word(Word.PROVISIONAL, language)] if results.provisional else []
        version = Say(language).version(results)
        state.append(version[:1].upper() + version[1:])
        if results.outside:
            state.append(self.book.said(_OUTSIDE))
        return state

    def _heads(self) -> None:
        book, top = self.book, self.row
        style = book.style(
            bold=True,
            border=1,
            align="center",
            text_wrap=True,
            font_size=HEAD_PT,
            bg_color="#E8E8E8",
        )
        numbers = book.style(border=1, align="center", italic=True, font_size=NUMBERS_PT)
        upper = lower = 1
        place = 0
        while place < len(self.columns):
            over = self.columns[place].over
            end = place
            while over and end + 1 < len(self.columns) and self.columns[end + 1].over == over:
                end += 1
            if over is None:
                head = book.said(self.columns[place].head)
                self.ws.merge_range(top, place, top + 1, place, head, style)
                need = self._head_lines(head, self.columns[place].px)
                lower = max(lower, need - 1)
            else:
                self.merge(top, place, end, book.said(over), style)
                upper = max(upper, self._head_lines(book.said(over), self.px(place, end + 1)))
                for each in range(place, end + 1):
                    head = book.said(self.columns[each].head)
                    self.merge(top + 1, each, each, head, style)
                    lower = max(lower, self._head_lines(head, self.columns[each].px))
            place = end + 1
        for each, column in enumerate(self.columns):
            self.ws.write_string(top + 2, each, column.number, numbers)
        self.set_height(top, height(upper, HEAD_PT))
        self.set_height(top + 1, height(lower, HEAD_PT))
        self.set_height(top + 2, height(1, NUMBERS_PT + 1))
        end_letter = column_letter(len(self.columns) - 1)
        self.ws.ignore_errors({"number_stored_as_text": f"A{top + 3}:{end_letter}{top + 3}"})
        self.ws.repeat_rows(top, top + 2)
        self.ws.freeze_panes(top + 3, self.form.frozen)
        self.row = top + 3

    def _page(self) -> None:
        ws, language = self.ws, self.book.language
        ws.set_landscape()
        ws.set_paper(_A4)
        ws.set_margins(**{side: mm / _INCH for side, mm in _MARGINS_MM.items()})
        ws.center_horizontally()
        ws.hide_gridlines(2)
        month = month_text(self.book.results.period, language)
        about = " · ".join(filter(None, (self._form_number(), month)))
        state = " · ".join(self._state()).replace("&", "&&")
        font = '&"Times New Roman,Italic"&9'
        ws.set_footer(f"&L{font} {about}&C{font} {state}&R{font} {_PAGE.said(language)}")

    def _form_number(self) -> str:
        number = self.form.number
        return _FORM_NUMBER.said(self.book.language).format(number=number) if number else ""

    def _head_lines(self, head: str, px: int) -> int:
        return lines(head, px, HEAD_PT, bold=True)

    def _half(self) -> int:
        """The first column of the right half; the left one has at least one."""
        whole, used = self.px(0, len(self.columns)), 0
        ends: list[int] = []
        for column in self.columns:
            used += column.px
            ends.append(abs(2 * used - whole))
        return 1 + ends[:-1].index(min(ends[:-1]))


def _filling(columns: Sequence[Column], language: Language) -> list[Column]:
    """*columns*, wide enough for every word of their heads and together for the page."""
    wide = [max(column.px, _head_px(column, language)) for column in columns]
    factor = max(1.0, _ROOM_PX[0] / sum(wide))
    return [replace(column, px=int(px * factor)) for column, px in zip(columns, wide, strict=True)]


def _head_px(column: Column, language: Language) -> int:
    words = column.head.said(language).split()
    most = max((width(each, HEAD_PT, bold=True) for each in words), default=0.0)
    return math.ceil(max(most, width(column.number, NUMBERS_PT)) + _HEAD_PADDING_PX)
