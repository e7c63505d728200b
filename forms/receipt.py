"""A hand-over receipt (*biên bản giao nhận phiếu*) in words: parties, pads, sums.

:mod:`forms.receipt_pdf` draws it. The words are the office's own, in Vietnamese.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from forms.issuer import Issuer
from forms.number_words import number_words
from omr.pads import Pad
from omr.serial_ranges import SerialRange
from omr.serials import Serial

BLANK = "………"  # to be filled in by hand


class ReceiptKind(StrEnum):
    """Which way the forms go."""

    ISSUE = "issue"  # from the office to a unit
    RETURN = "return"  # unused forms from a unit back to the office


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Consecutive forms of one domain: a whole pad, a part of one, or loose forms."""

    domain: str  # its name
    first: Serial
    last: Serial
    pad: str = ""  # name of the pad that they belong to
    note: str = ""
    is_whole_pad: bool = True  # all of the pad's forms, if there is a pad

    def __post_init__(self) -> None:
        same = (self.first.domain, self.first.year) == (self.last.domain, self.last.year)
        if not same or self.last.number < self.first.number:
            raise ValueError(f"no range of serials: {self.first} to {self.last}")

    def __len__(self) -> int:
        return self.last.number - self.first.number + 1


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs for a party; what is empty becomes a line to write on."""

    name: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the hand-over."""

    role: str  # BÊN GIAO or BÊN NHẬN
    name: str
    person: Person


@dataclass(frozen=True, slots=True)
class Receipt:
    """One hand-over between the office and a unit.

    Empty words become lines to fill in by hand, so that a receipt may be printed before
    it is known who will come.
    """

    kind: ReceiptKind
    issuer: Issuer
    unit: str  # full name of the other side
    rows: tuple[ReceiptRow, ...]
    day: date | None = None
    number: str = ""  # of the document
    office_person: Person = Person()
    unit_person: Person = Person()
    copies: int = 2

    def __post_init__(self) -> None:
        if not self.rows or self.copies < 2:
            raise ValueError("a receipt wants at least one row, and a copy for each side")

    @property
    def title(self) -> str:
        """The document's name."""
        return "BIÊN BẢN GIAO NHẬN PHIẾU" if self._issues else "BIÊN BẢN THU HỒI PHIẾU"

    @property
    def subject(self) -> str:
        """The line under the title."""
        if self._issues:
            return "Về việc cấp phát phiếu đo lường mức độ hài lòng"
        return "Về việc nộp lại phiếu đo lường mức độ hài lòng chưa sử dụng"

    @property
    def document_number(self) -> str:
        """The line with the document's number and symbol."""
        symbol = f"BB-{self.issuer.symbol}" if self.issuer.symbol else "BB"
        return f"Số: {self.number or BLANK}/{symbol}"

    @property
    def place_and_date(self) -> str:
        """The line that says where and when."""
        return f"{self.issuer.city}, {day_words(self.day)}"

    @property
    def opening(self) -> str:
        """Who met, when and where."""
        issuer = self.issuer
        return (
            f"Hôm nay, {day_words(self.day)}, tại {issuer.office}, {issuer.agency}, chúng tôi gồm:"
        )

    @property
    def parties(self) -> tuple[Party, Party]:
        """The giving and the receiving side."""
        office = (self.issuer.office, self.office_person)
        unit = (self.unit, self.unit_person)
        giver, receiver = (office, unit) if self._issues else (unit, office)
        return Party("BÊN GIAO", *giver), Party("BÊN NHẬN", *receiver)

    @property
    def lead(self) -> str:
        """The sentence before the table."""
        what = "phiếu đo lường mức độ hài lòng"
        if self._issues:
            return f"Hai bên đã giao, nhận {what} được đánh số như sau:"
        return f"Hai bên đã giao, nhận lại {what} chưa sử dụng như sau:"

    @property
    def groups(self) -> tuple[tuple[str, tuple[ReceiptRow, ...]], ...]:
        """The rows of each domain, in the order in which the domains come first."""
        order = list(dict.fromkeys(row.domain for row in self.rows))
        rows = sorted(self.rows, key=lambda row: order.index(row.domain))  # keeps their order
        return tuple((name, tuple(group)) for name, group in groupby(rows, lambda row: row.domain))

    @property
    def count(self) -> int:
        """How many forms in all."""
        return sum(len(row) for row in self.rows)

    @property
    def total(self) -> str:
        """The sum in digits and in words."""
        words = number_words(self.count)
        return f"Tổng số: {grouped(self.count)} phiếu (bằng chữ: {words} phiếu){self._pads()}."

    @property
    def closing(self) -> tuple[str, ...]:
        """What the sides declare."""
        if self._issues:
            duty = (
                "Bên nhận đã kiểm đếm đủ số lượng, đúng số thứ tự nêu trên; có trách nhiệm bảo "
                "quản, sử dụng phiếu đúng đơn vị, đúng lĩnh vực và nộp lại đầy đủ phiếu đã có ý "
                "kiến, phiếu hỏng, phiếu chưa sử dụng. Trường hợp mất phiếu phải báo ngay "
                f"{self.issuer.office}."
            )
        else:
            duty = (
                "Bên nhận đã kiểm đếm đủ số lượng, đúng số thứ tự phiếu chưa sử dụng nêu trên. "
                "Kể từ khi biên bản này được ký, bên nhận chịu trách nhiệm quản lý số phiếu đó."
            )
        kept = "mỗi bên giữ 01 bản"
        if self.copies > 2:
            kept += f", {self.copies - 2:02d} bản lưu hồ sơ"
        return duty, (
            "Biên bản đã được hai bên đọc lại, thống nhất nội dung và cùng ký tên; lập thành "
            f"{self.copies:02d} bản có giá trị như nhau, {kept}."
        )

    @property
    def _issues(self) -> bool:
        return self.kind is ReceiptKind.ISSUE

    def _pads(self) -> str:
        """How the forms are bound."""
        bound = sum(bool(row.pad and row.is_whole_pad) for row in self.rows)
        loose = self.count - sum(len(row) for row in self.rows if row.pad and row.is_whole_pad)
        if not bound:
            return ""
        pads = f"gồm {bound:02d} quyển"
        return f", {pads} và {grouped(loose)} phiếu lẻ" if loose else f", {pads}"


def rows_of_pads(pads: Iterable[Pad], domain: str) -> tuple[ReceiptRow, ...]:
    """A row for each whole pad of the domain called *domain*."""
    return tuple(ReceiptRow(domain, pad.first_serial, pad.last_serial, str(pad)) for pad in pads)


def rows_of_forms(
    forms: Iterable[SerialRange], pads: Iterable[Pad], domain: str
) -> tuple[ReceiptRow, ...]:
    """A row for each pad that *forms* take from, and for each run of forms in no pad.

    Args:
        forms: Of one domain and year, none of them twice.
        pads: Every pad that holds some of them, and perhaps others.
        domain: The domain's name.
    """
    known = sorted(set(pads))
    rows: list[ReceiptRow] = []
    for part in sorted(forms):
        start = part.first
        for pad in known:
            if not part.meets(SerialRange(pad.domain, pad.year, pad.first, pad.last)):
                continue
            if start < pad.first:
                rows.append(_row(domain, part, start, pad.first - 1))
            start, last = max(start, pad.first), min(part.last, pad.last)
            rows.append(_row(domain, part, start, last, pad))
            start = last + 1
        if start <= part.last:
            rows.append(_row(domain, part, start, part.last))
    return tuple(rows)


def _row(
    domain: str, forms: SerialRange, first: int, last: int, pad: Pad | None = None
) -> ReceiptRow:
    return ReceiptRow(
        domain,
        Serial(forms.domain, forms.year, first),
        Serial(forms.domain, forms.year, last),
        pad=str(pad or ""),
        is_whole_pad=pad is not None and (first, last) == (pad.first, pad.last),
    )


def grouped(number: int) -> str:
    """*number* with dots between thousands, as documents write it."""
    return f"{number:,}".replace(",", ".")


def day_words(day: date | None) -> str:
    """A date in words; zeros before days under 10 and the months 1 and 2 (NĐ 30/2020)."""
    if day is None:
        return f"ngày {BLANK} tháng {BLANK} năm {BLANK}"
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
