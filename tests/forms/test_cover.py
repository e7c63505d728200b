"""A pad's cover: everything on it, readable, and never taken for a form."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import Image
from printed_pages import picture

from forms.artwork import Item, Text
from forms.barcode import QUIET_MODULES
from forms.cover import CoverWords, cover
from forms.draw import FormsPdf
from forms.frame import HEIGHT_MM, WIDTH_MM
from forms.issuer import Issuer
from forms.text_flow import FormDoesNotFit
from forms.typeset import typeset
from omr.codes import Verifier
from omr.geometry import PagePoint, PageRect
from omr.keys import Keyring
from omr.marks import Reason, SheetStatus
from omr.pads import Pad
from omr.survey import Survey
from omr.thresholds import Thresholds
from scans.read_page import read_image
from scans.stages import ReadingContext

try:
    from pyzbar import pyzbar
except ImportError:  # the system has no zbar library: the other decoder is checked alone
    pyzbar = None

PAD = Pad("GTDB", 2026, 3, 101, 150)
WORDS = CoverWords(
    issuer=Issuer("Công an thành phố Hải Phòng", "Phòng Tham mưu", "Hải Phòng", "PV01"),
    title="PHIẾU ĐO LƯỜNG MỨC ĐỘ HÀI LÒNG",
    domain="Giao thông đường bộ",
    unit="HP-PC08",
    unit_short="PC08",
    unit_name="Phòng Cảnh sát giao thông",
)
LONG = replace(
    WORDS,
    domain="Cấp, đổi, cấp lại căn cước; đăng ký, quản lý cư trú và dữ liệu dân cư; con dấu; ngành "
    "nghề đầu tư kinh doanh có điều kiện",
    unit="HP-PC07",
    unit_short="CAP Nam Đồ Sơn và Bắc Đồ Sơn",
    unit_name="Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ, Công an thành phố Hải "
    "Phòng",
)
LONG_PAD = Pad("ABCDEFGHIJ", 2026, 123456, 998001, 999000)
CASES = pytest.mark.parametrize(
    ("words", "pad"), [(WORDS, PAD), (LONG, LONG_PAD)], ids=["usual", "long"]
)
Write = Callable[[CoverWords, Pad], Path]


@pytest.fixture
def write(survey: Survey, tmp_path: Path) -> Write:
    """A PDF with one cover on A5."""

    def do(words: CoverWords, pad: Pad) -> Path:
        path = tmp_path / "cover.pdf"
        set_form = typeset(survey, survey.domain("GTDB"))
        with path.open("wb") as file:
            art = FormsPdf(
                file,
                set_form,
                unit="PC08",
                page_width_mm=WIDTH_MM,
                page_height_mm=HEIGHT_MM,
                title="cover",
            )
            art.artwork(cover(words, pad), PagePoint(0.0, 0.0))
            art.end_page()
            art.save()
        return path

    return do


def seen_at_200_dpi(path: Path) -> np.ndarray:
    page = Image.fromarray(picture(path))
    size = (round(WIDTH_MM / 25.4 * 200), round(HEIGHT_MM / 25.4 * 200))
    return np.asarray(page.resize(size, Image.Resampling.BOX))


def texts(items: tuple[Item, ...]) -> list[Text]:
    return [item for item in items if isinstance(item, Text)]


def depth(one: PageRect, two: PageRect) -> float:
    across = min(one.right_mm, two.right_mm) - max(one.x_mm, two.x_mm)
    down = min(one.bottom_mm, two.bottom_mm) - max(one.y_mm, two.y_mm)
    return min(across, down)


@CASES
def test_the_barcode_names_the_pad_on_a_200_dpi_picture(
    write: Write, words: CoverWords, pad: Pad
) -> None:
    seen = seen_at_200_dpi(write(words, pad))

    assert [code.text for code in zxingcpp.read_barcodes(seen)] == [str(pad)]
    if pyzbar is None:
        pytest.skip("the system has no zbar library")
    found = pyzbar.decode(seen, symbols=[pyzbar.ZBarSymbol.CODE128])
    assert [code.data.decode() for code in found] == [str(pad)]


@CASES
def test_a_scanned_cover_is_named_as_such(
    write: Write, survey: Survey, keyring: Keyring, words: CoverWords, pad: Pad
) -> None:
    layout = typeset(survey, survey.domain("GTDB")).layout
    context = ReadingContext(
        verifier=Verifier(keyring),
        layouts={layout.layout_id[:6]: layout},
        names={},
        thresholds=Thresholds(),
    )
    seen = seen_at_200_dpi(write(words, pad))
    for image in (seen, np.rot90(seen, 2).copy(), 255 - (255 - seen) // 2):
        [reading] = read_image(image, context)
        assert reading.status is SheetStatus.BLANK
        assert reading.reasons == (Reason.COVER,)
        assert reading.serial is None


def test_everything_about_the_pad_can_be_read_and_copied(write: Write) -> None:
    with pdfium.PdfDocument(write(WORDS, PAD)) as document:
        text = document[0].get_textpage().get_text_range()

    assert unicodedata.is_normalized("NFC", text)
    for words in (
        str(PAD),
        str(PAD.first_serial),
        str(PAD.last_serial),
        "50",
        "Năm 2026",
        WORDS.title,
        WORDS.domain,
        WORDS.unit,
        WORDS.unit_short,
        WORDS.unit_name,
        WORDS.issuer.agency.upper(),
        WORDS.issuer.office.upper(),
        "Không bỏ đi phiếu nào",
        "Biên bản số",
        "Hỏng",
    ):
        assert words in text


@CASES
def test_nothing_is_printed_where_printers_do_not_reach(words: CoverWords, pad: Pad) -> None:
    for item in cover(words, pad):
        box = item.ink
        assert box.x_mm >= 8.0, item
        assert box.y_mm >= 8.0, item
        assert box.right_mm <= WIDTH_MM - 8.0, item
        assert box.bottom_mm <= HEIGHT_MM - 8.0, item


@CASES
def test_no_words_touch_others_or_the_barcodes_quiet_zone(words: CoverWords, pad: Pad) -> None:
    items = cover(words, pad)
    for one, two in combinations(texts(items), 2):
        assert depth(one.ink, two.ink) < 0.15, (one, two)
    [bars] = [item for item in items if item.source == str(pad)]
    quiet = QUIET_MODULES * bars.ink.w_mm / bars.columns  # type: ignore[union-attr]  # a Pattern
    zone = replace(bars.ink, x_mm=bars.ink.x_mm - quiet, w_mm=bars.ink.w_mm + 2 * quiet)
    for item in items:
        assert item is bars or depth(item.ink, zone) < 0, item
    assert zone.x_mm >= 0
    assert zone.right_mm <= WIDTH_MM


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"unit_name": "Phòng Cảnh sát " * 20}, "too long"),
        ({"domain": "Giao thông đường bộ " * 15}, "too long"),
        ({"unit_short": "PC08" * 30}, "too long"),
        ({"title": "Phiếu 😀"}, "😀"),
        ({"issuer": Issuer("Công an " * 20, "Phòng", "Hải Phòng")}, "too long"),
    ],
)
def test_names_that_a_cover_cannot_hold_are_refused(
    changes: dict[str, str | Issuer], said: str
) -> None:
    with pytest.raises(FormDoesNotFit, match=said):
        cover(replace(WORDS, **changes), PAD)  # type: ignore[arg-type]  # as the keys say


def test_a_unit_without_a_short_name_is_called_by_its_code_once() -> None:
    items = cover(replace(WORDS, unit_short="", unit_name="HP-PC08"), PAD)
    assert [text.words for text in texts(items)].count("HP-PC08") == 2  # as name and as code
