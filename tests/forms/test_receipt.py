"""Hand-over receipts: the words, and the document."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.issuer import Issuer, issuer_of
from forms.number_words import number_words
from forms.receipt import (
    Person,
    Receipt,
    ReceiptKind,
    ReceiptRow,
    day_words,
    grouped,
    rows_of_forms,
    rows_of_pads,
)
from forms.receipt_pdf import write_receipt
from omr.errors import UsageError
from omr.pads import Pad, cut_into_pads
from omr.serial_ranges import SerialRange
from omr.serials import Serial
from omr.workspace import Workspace

ISSUER = Issuer("Công an thành phố Hải Phòng", "Phòng Tham mưu", "Hải Phòng", "PV01")
ROAD = "Giao thông đường bộ"
FIRE = "Phòng cháy, chữa cháy"


def pads(domain: str, count: int, pad_size: int = 50) -> list[Pad]:
    return list(
        cut_into_pads(
            domain=domain, year=2026, first=1, count=count, pad_size=pad_size, first_pad=1
        )
    )


RECEIPT = Receipt(
    ReceiptKind.ISSUE,
    ISSUER,
    "Phòng Cảnh sát giao thông",
    rows_of_pads(pads("GTDB", 120), ROAD),
    day=date(2026, 11, 14),
)


def written(receipt: Receipt) -> bytes:
    file = BytesIO()
    write_receipt(file, receipt)
    return file.getvalue()


def page_texts(data: bytes) -> list[str]:
    with pdfium.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_document_says_everything_in_words_that_can_be_copied() -> None:
    [text] = page_texts(written(RECEIPT))
    said = flat(text)

    assert unicodedata.is_normalized("NFC", text)
    for words in (
        "CÔNG AN THÀNH PHỐ HẢI PHÒNG",
        "PHÒNG THAM MƯU",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "/BB-PV01",
        "Hải Phòng, ngày 14 tháng 11 năm 2026",
        "BIÊN BẢN GIAO NHẬN PHIẾU",
        "BÊN GIAO: Phòng Tham mưu",
        "BÊN NHẬN: Phòng Cảnh sát giao thông",
        "Cấp bậc, chức vụ:",
        f"Lĩnh vực: {ROAD}",
        "Tổng số: 120 phiếu (bằng chữ: một trăm hai mươi phiếu), gồm 03 quyển.",
        "lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản.",
        "ĐẠI DIỆN BÊN GIAO",
        "(Ký, ghi rõ họ tên)",
    ):
        assert words in said
    for pad in pads("GTDB", 120):
        assert f"{pad} {pad.first_serial} {pad.last_serial} {len(pad)}" in said


def test_the_fonts_are_embedded_and_no_other_is_named() -> None:
    data = written(RECEIPT)
    assert set(re.findall(rb"\+(Tinos[-A-Za-z]*)", data)) == {
        b"Tinos",
        b"Tinos-Bold",
        b"Tinos-Italic",
    }
    assert b"Helvetica" not in data
    assert b"(vi-VN)" in data


def test_a_table_over_several_pages_repeats_its_head_and_numbers_the_pages() -> None:
    rows = rows_of_pads(pads("GTDB", 3000), ROAD) + rows_of_pads(pads("PCCC", 300), FIRE)
    texts = [flat(text) for text in page_texts(written(replace(RECEIPT, rows=rows)))]

    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        assert text.count("Quyển số") == 1
        assert text.startswith(f"{number} ") == (number > 1)
    together = " ".join(texts)
    names = re.findall(r"(?:GTDB|PCCC)-26-Q\d{4}-[A-Z]", together)
    assert names == [str(pad) for pad in (*pads("GTDB", 3000), *pads("PCCC", 300))]
    assert "Tổng số: 3.300 phiếu (bằng chữ: ba nghìn ba trăm phiếu), gồm 66 quyển." in together


@pytest.mark.parametrize("count", range(1, 40))
def test_neither_a_domains_name_nor_the_sum_nor_the_signatures_stand_alone(count: int) -> None:
    rows = rows_of_pads(pads("GTDB", 50 * count), ROAD) + rows_of_pads(pads("PCCC", 50), FIRE)
    texts = [flat(text) for text in page_texts(written(replace(RECEIPT, rows=rows)))]

    for text in texts:
        assert not re.search(r"Lĩnh vực: [^0-9]+[0-9.]+$", text)  # a page's last words
        if "Tổng cộng" in text:
            assert re.search(r"-26-Q\d{4}-[A-Z].*Tổng cộng", text)
    assert "Biên bản đã được" in texts[-1]
    assert "ĐẠI DIỆN BÊN NHẬN" in texts[-1]


def test_the_return_of_unused_forms_has_its_own_title_and_turns_the_sides_round() -> None:
    back = replace(RECEIPT, kind=ReceiptKind.RETURN)

    assert back.title != RECEIPT.title
    assert back.subject != RECEIPT.subject
    assert [party.name for party in back.parties] == [RECEIPT.unit, ISSUER.office]
    assert [party.name for party in RECEIPT.parties] == [ISSUER.office, RECEIPT.unit]
    [text] = page_texts(written(back))
    assert "BÊN GIAO: Phòng Cảnh sát giao thông" in flat(text)
    assert "chưa sử dụng" in flat(text)


def test_what_is_not_known_yet_is_left_to_be_written_by_hand() -> None:
    empty = replace(RECEIPT, day=None, unit="", issuer=replace(ISSUER, symbol=""))
    [text] = page_texts(written(empty))

    assert "ngày ……… tháng ……… năm ………" in flat(text)
    assert "Số: ………/BB" in text
    assert "BB-" not in text


def test_known_people_stand_in_their_places_and_under_the_signatures() -> None:
    long_words = "Thượng tá, Phó Trưởng phòng phụ trách công tác cải cách hành chính"
    for position in ("Đại uý", long_words):
        people = replace(
            RECEIPT,
            number="12",
            office_person=Person("Nguyễn Văn A", position),
            unit_person=Person("Trần Thị Ẩn", "Cán bộ"),
        )
        [text] = page_texts(written(people))
        assert flat(text).count("Nguyễn Văn A") == flat(text).count("Trần Thị Ẩn") == 2
        assert f"Cấp bậc, chức vụ: {position}" in flat(text)
        assert "Số: 12/BB-PV01" in text


def test_markup_in_a_name_is_only_words() -> None:
    [text] = page_texts(written(replace(RECEIPT, unit="Đội <b>1</b> & 2")))
    assert "BÊN NHẬN: Đội <b>1</b> & 2" in flat(text)


def test_a_letter_that_cannot_be_drawn_is_refused() -> None:
    for changed in (
        replace(RECEIPT, unit="Đội 😀"),
        replace(RECEIPT, rows=(replace(RECEIPT.rows[0], note="😀"),)),
        replace(RECEIPT, unit_person=Person("😀")),
    ):
        with pytest.raises(UsageError, match="😀"):
            written(changed)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_dates_have_zeros_where_the_decree_wants_them(day: date, words: str) -> None:
    assert day_words(day) == words


def test_more_than_two_copies_are_accounted_for() -> None:
    assert "04 bản có giá trị" in replace(RECEIPT, copies=4).closing[-1].replace("\u00a0", " ")
    assert "02 bản lưu hồ sơ" in replace(RECEIPT, copies=4).closing[-1]


@pytest.mark.parametrize("broken", [{"rows": ()}, {"copies": 1}])
def test_a_receipt_about_nothing_or_for_one_side_is_refused(broken: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="receipt"):
        replace(RECEIPT, **broken)  # type: ignore[arg-type]  # as the keys say


@pytest.mark.parametrize(("first", "last"), [(("GTDB", 5), ("GTDB", 4)), (("GTDB", 1), ("L05", 2))])
def test_a_row_that_is_no_range_is_refused(first: tuple[str, int], last: tuple[str, int]) -> None:
    ends = [Serial(domain, 2026, number) for domain, number in (first, last)]
    with pytest.raises(ValueError, match="no range"):
        ReceiptRow(ROAD, *ends)


def test_domains_that_come_by_turns_are_grouped_and_nothing_is_lost() -> None:
    road, fire = rows_of_pads(pads("GTDB", 100), ROAD), rows_of_pads(pads("PCCC", 100), FIRE)
    mixed = replace(RECEIPT, rows=(road[0], fire[0], road[1], fire[1]))

    assert mixed.groups == ((ROAD, road), (FIRE, fire))
    assert mixed.count == 200


@given(
    count=st.integers(1, 200),
    pad_size=st.integers(1, 40),
    ends=st.lists(st.integers(1, 220), min_size=2, max_size=10, unique=True),
)
def test_rows_cut_at_pads_hold_every_form_once_and_sum_up(
    count: int, pad_size: int, ends: list[int]
) -> None:
    known = pads("GTDB", count, pad_size)
    cuts = sorted(ends[: len(ends) // 2 * 2])
    forms = [SerialRange("GTDB", 2026, a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    wanted = [number for part in forms for number in range(part.first, part.last + 1)]

    rows = rows_of_forms(forms, known, ROAD)
    held = [n for row in rows for n in range(row.first.number, row.last.number + 1)]
    of_pads = {str(pad): pad for pad in known}

    assert held == wanted
    for row in rows:
        inside = [p for p in known if p.first <= row.first.number <= p.last]
        assert [row.pad] == ([str(p) for p in inside] or [""])
        if row.pad:
            pad = of_pads[row.pad]
            assert row.last.number <= pad.last
            assert row.is_whole_pad == (len(row) == len(pad))
    receipt = replace(RECEIPT, rows=rows)
    whole = sum(len(row) for row in rows if row.pad and row.is_whole_pad)
    total = receipt.total.replace("\u00a0", " ")
    assert total.startswith(
        f"Tổng số: {grouped(len(wanted))} phiếu (bằng chữ: {number_words(len(wanted))} phiếu)"
    )
    if whole and whole < len(wanted):
        assert total.endswith(f"quyển và {grouped(len(wanted) - whole)} phiếu lẻ.")


def test_the_office_is_known_by_its_symbol(workspace: Workspace) -> None:
    found = issuer_of(workspace.settings, workspace.units(), date(2026, 11, 2))
    assert found == ISSUER
    nameless = replace(workspace.settings, office="Phòng không có trong danh sách")
    assert issuer_of(nameless, workspace.units(), date(2026, 11, 2)).symbol == ""
