"""Words of the report and of the leader's page, and how lists and counts are said.

Vietnamese first, English second, as in :mod:`reports.words`. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from omr.marks import Reason
from omr.settings import Language
from reports.measures import Interval
from reports.number_text import (
    count_text,
    day_text,
    decimal_text,
    difference_text,
    interval_text,
    percent_text,
)
from reports.results import MonthResults

# What the staff office of every provincial police force is called in document numbers.
_SYMBOLS = {"phòng tham mưu": "PV01"}
# Letters; the longest names of the catalogue have 56.
_LONGEST_NAME = 72
_LONGEST_LIST = 170  # letters of all names in one list
_DOTS = "………"  # to be filled in by hand
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

REASONS: Mapping[str, tuple[str, str]] = {
    Reason.BAD_SIGNATURE: ("chữ ký của mã không đúng", "the code's signature is wrong"),
    Reason.UNKNOWN_KEY: ("mã ký bằng khoá lạ", "signed with an unknown key"),
    Reason.WITHDRAWN_KEY: ("mã ký bằng khoá đã thu hồi", "signed with a withdrawn key"),
    Reason.SPECIMEN: ("phiếu mẫu", "a specimen"),
    Reason.FOREIGN_CODE: ("mã lạ che mã của phiếu", "another code covers the form's own"),
    Reason.NOT_ISSUED: ("số phiếu chưa được cấp", "the number was never issued"),
    Reason.VOIDED: ("phiếu đã huỷ", "a voided form"),
    Reason.LAYOUT: ("mẫu phiếu không có trong sổ", "an unknown layout"),
    Reason.IDENTITY_CONFLICT: ("hai mã trên phiếu khác nhau", "its two codes differ"),
    Reason.MIRRORED: ("ảnh bị lật gương", "a mirrored picture"),
    Reason.STREAK: ("ảnh có sọc của máy quét", "scanner streaks over the answers"),
    Reason.POOR_IMAGE: ("ảnh quá kém", "the picture is too poor"),
    Reason.LOW_RESOLUTION: ("độ phân giải quá thấp", "the resolution is too low"),
    Reason.UNREADABLE_FILE: ("tệp không đọc được", "an unreadable file"),
    Reason.ENCRYPTED: ("tệp có mật khẩu", "an encrypted file"),
    Reason.TOO_LARGE: ("ảnh quá lớn", "the picture is too large"),
    Reason.INTERNAL: ("lỗi của phần mềm", "a fault of the program"),
    Reason.NO_CODE: ("không đọc được mã", "no readable code"),
    Reason.NO_SERIAL: ("không rõ số phiếu", "the form's number is not known"),
    Reason.FIDUCIAL_MISSING: ("mất dấu định vị", "a corner mark is missing"),
    Reason.REGISTRATION: ("không căn được ảnh", "the page could not be aligned"),
    Reason.WRONG_PERIOD: ("thuộc kỳ khác", "of another month"),
    Reason.NOT_HANDED_OUT: ("phiếu còn trong kho", "never handed out"),
    Reason.RETURNED_UNUSED: ("phiếu đã nộp lại chưa dùng", "handed back unused"),
    Reason.REPORTED_LOST: ("phiếu đã báo mất", "reported lost"),
    Reason.NOT_AS_MEASURED: ("câu trả lời khác số đo", "answers unlike their measurements"),
    "person": ("cán bộ loại", "set aside by a person"),
    "": ("lý do khác", "for other reasons"),
}
_TROUBLES: Mapping[str, tuple[str, str]] = {  # words of reports.unmatched.Trouble
    "bad-time": ("thời điểm gửi không đọc được", "unreadable time"),
    "unknown-unit": ("không nhận ra đơn vị", "unknown unit"),
    "unit-not-valid": ("đơn vị không có ở kỳ này", "unit not valid in the month"),
    "unknown-domain": ("không nhận ra lĩnh vực", "unknown domain"),
    "surplus-cells": ("dòng thừa ô", "too many cells in a row"),
    "cut-off": ("dòng bị cắt cụt", "a cut-off row"),
    "bad-period": ("kỳ báo cáo không đọc được", "unreadable month"),
    "unknown-question": ("không nhận ra câu hỏi", "unknown question"),
    "unknown-option-row": ("dòng có phương án lạ", "a row with an unknown option"),
    "bad-count": ("số đếm không đọc được", "unreadable count"),
    "merged-count": ("số đếm trong ô gộp", "a count in merged cells"),
    "counted-before": ("số đã được đếm trước đó", "counted before"),
    "contradicting-columns": ("hai cột đếm cùng một số", "two columns count the same"),
    "held-back": ("dòng được giữ lại", "row held back"),
    "total-too-small": ("tổng số nhỏ hơn các phần", "a total below its parts"),
    "unknown-option": ("không nhận ra phương án trả lời", "unknown option"),
    "contradiction": ("câu trả lời mâu thuẫn", "contradicting answers"),
    "not-asked": ("câu không hỏi ở lĩnh vực đó", "not asked in the domain"),
    "unmapped-column": ("cột không dùng", "column not used"),
    "unit-without-domain": ("đơn vị không có lĩnh vực đó", "a domain that the unit lacks"),
    "total-row": ("dòng tổng không nhập", "a row of totals"),
    "total-differs": ("dòng tổng khác các phần", "a total that differs from its parts"),
    "sum-differs": ("tổng khác các phần", "a sum that differs from its parts"),
    "": ("lý do khác", "other troubles"),
    "unit": ("không nhận ra đơn vị", "unknown unit"),
    "domain": ("không nhận ra lĩnh vực", "unknown domain"),
    "option": ("không nhận ra phương án trả lời", "unknown option"),
}
_BURSTS: Mapping[str, tuple[str, str]] = {
    "identical-pad": ("trả lời giống hệt trong một quyển", "identical answers in one pad"),
    "identical-minutes": ("trả lời giống hệt, gửi liền nhau", "identical answers in a row"),
    "straight-line": ("một mức cho mọi câu", "one level in every row"),
}


@dataclass(frozen=True, slots=True)
class Say:
    """Says things in the language of the papers."""

    language: Language

    def __call__(self, vietnamese: str, english: str) -> str:
        """The words in the language of the papers."""
        return english if self.language is Language.ENGLISH else vietnamese

    def n(self, number: int | None) -> str:
        """A count."""
        return count_text(number, self.language)

    def share(self, share: Fraction | None, *, withheld: bool = False) -> str:
        """A share."""
        return percent_text(share, self.language, withheld=withheld)

    def mean(self, value: Fraction | None, *, withheld: bool = False) -> str:
        """A mean or an index."""
        return decimal_text(value, self.language, withheld=withheld)

    def interval(self, interval: Interval | None, *, withheld: bool = False) -> str:
        """An interval."""
        return interval_text(interval, self.language, withheld=withheld)

    def apart(self, now: Fraction | None, before: Fraction | None) -> str:
        """How far two shares are apart, without a sign."""
        return difference_text(now, before, self.language).lstrip("+−")

    def of(self, number: int, vietnamese: str, english: str, more: str = "") -> str:
        """A number and what is counted: ``3 đơn vị``, ``1 unit``, ``3 units``."""
        several = more or f"{english}s"
        return f"{self.n(number)} {self(vietnamese, english if number == 1 else several)}"

    def list(self, words: Sequence[str], kind: str, most: int = 4) -> str:
        """Names as a list in a sentence; those beyond *most* are counted, as things of a *kind*."""
        shown = list(words[:most])
        while len(shown) > 1 and sum(map(len, shown)) > _LONGEST_LIST:
            shown.pop()
        left = len(words) - len(shown)
        if left > 0:
            return ", ".join(shown) + self(f" và {left} {kind} khác", f" and {left} more")
        if len(shown) < 2:
            return "".join(shown)
        return f"{', '.join(shown[:-1])} {self('và', 'and')} {shown[-1]}"

    def reason(self, reason: str) -> str:
        """Why a sheet was refused; an unknown reason stands for itself."""
        return self(*REASONS.get(reason, (reason, reason)))

    def trouble(self, trouble: str) -> str:
        """What could not be matched; an unknown word stands for itself."""
        return self(*_TROUBLES.get(trouble, (trouble, trouble)))

    def burst(self, kind: str) -> str:
        """What is alike; an unknown word stands for itself."""
        return self(*_BURSTS.get(kind, (kind, kind)))

    def month(self, results: MonthResults) -> str:
        """The reporting month: ``tháng 11/2026``."""
        period = results.period
        english = f"{_MONTHS[period.month - 1]} {period.year}"
        return self(f"tháng {period.month:02d}/{period.year}", english)

    def days(self, results: MonthResults) -> str:
        """Its first and last day."""
        first = day_text(results.period.first_day, self.language)
        last = day_text(results.period.last_day, self.language)
        return self(f"từ ngày {first} đến ngày {last}", f"from {first} to {last}")

    def version(self, results: MonthResults) -> str:
        """Which version of the month's numbers this is."""
        if results.version is None:
            return self("kỳ chưa khoá sổ", "the month is open")
        return self(f"phiên bản {results.version}", f"version {results.version}")


def short_name(name: str) -> str:
    """A name as it stands in a sentence or a table: whole, unless it is out of all proportion."""
    if len(name) <= _LONGEST_NAME:
        return name
    return name[:_LONGEST_NAME].rsplit(" ", 1)[0].rstrip(" ,.;-–(…") + "…"


def document_number(results: MonthResults) -> str:
    """The line with the document's number (to be filled in) and its symbol."""
    symbol = office_symbol(results)
    return Say(results.language)(f"Số: {_DOTS}/BC", f"No. {_DOTS}/BC") + (symbol and f"-{symbol}")


def office_symbol(results: MonthResults) -> str:
    """The office's symbol: its short name in the catalogue, or what it is called everywhere."""
    office = results.office.casefold()
    known = [group.short for group in results.by_unit if group.name.casefold() == office]
    return known[0] if known else _SYMBOLS.get(office, "")


def place_and_date(results: MonthResults) -> str:
    """Where, and the month in which the numbers can be complete; the day is left to the signer."""
    day = results.period.last_day + timedelta(days=1)
    return Say(results.language)(
        f"{results.place}, ngày …… tháng {day.month:02d} năm {day.year}",
        f"{results.place}, …… {_MONTHS[day.month - 1]} {day.year}",
    )
